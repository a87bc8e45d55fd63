"""A workbook's file written anew: whole or not at all, over the one it is made from too."""

from __future__ import annotations

import os
import secrets
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from addin.hosts.file.errors import TemplateError
from addin.hosts.file.package import Package, Writer, pack


@contextmanager
def rewritten(package: Package, out: Path) -> Iterator[Writer]:
    """What writes ``out``, which appears when the block has ended well.

    Raises TemplateError ``write_failed``.
    """
    beside = out.parent / f".{out.name[:40]}.{secrets.token_hex(4)}.tmp"
    try:
        with beside.open("xb") as file:
            yield Writer(file)
        # Windows replaces no file that is still open, and it may be the package's own.
        package.close()
        os.replace(beside, out)  # noqa: PTH105 Path.replace would hide that this is the atomic one
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise TemplateError("write_failed", path=str(out), reason=reason) from error
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def write_parts(
    package: Package,
    out: Path,
    changed: Mapping[str, bytes],
    added: Mapping[str, bytes] | None = None,
) -> None:
    """The package with other contents for some parts, and new parts behind them.

    Raises TemplateError ``write_failed``.
    """
    small = {part.lower(): data for part, data in changed.items()}
    with rewritten(package, out) as target:
        for entry in package.entries:
            data = small.get(entry.filename.lower())
            if data is None:
                target.copy(package, entry)
            else:
                target.write(entry, [pack(data, last=True)])
        for part, data in (added or {}).items():
            target.write(zipfile.ZipInfo(part), [pack(data, last=True)])
        target.finish()
