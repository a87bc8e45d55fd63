"""Files that appear whole or not at all, alone or together with another."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from segmentation.errors import FileError


def _hidden(target: Path) -> Path:
    return target.with_name(f".{target.name[:40]}.{secrets.token_hex(4)}.tmp")


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """A path beside ``target`` to write to; it is gone afterwards, whatever happens.

    Raises FileError ``cannot_write`` for any OSError of the block.
    """
    made = _hidden(target)
    try:
        yield made
    except OSError:
        raise FileError("cannot_write", file=str(target)) from None
    finally:
        with suppress(OSError):
            made.unlink(missing_ok=True)


def write_text(text: str, target: Path) -> None:
    """A small text file, whole or not at all."""
    with beside(target) as made:
        made.write_text(text, encoding="utf-8")
        os.replace(made, target)  # noqa: PTH105


def write_bytes(content: bytes, target: Path) -> None:
    """A file, whole or not at all, and its folder. Raises FileError ``cannot_write``."""
    with beside(target) as made:
        target.parent.mkdir(parents=True, exist_ok=True)
        made.write_bytes(content)
        os.replace(made, target)  # noqa: PTH105


def free_name(wanted: Path) -> Path:
    """``wanted``, or the first ``wanted-2``, ``wanted-3`` … that does not exist."""
    target, number = wanted, 1
    while target.exists():
        number += 1
        target = wanted.with_name(f"{wanted.stem}-{number}{wanted.suffix}")
    return target


def is_writable(folder: Path) -> bool:
    """Whether a file can be made in a folder; only a try tells."""
    probe = folder / f".{secrets.token_hex(6)}.tmp"
    try:
        if not folder.is_dir():
            return False
        probe.touch()
        probe.unlink()
    except OSError:
        return False
    return True


@contextmanager
def kept_if_all_goes_well(text: str, target: Path) -> Iterator[None]:
    """Write ``text`` to ``target``; if the block fails, ``target`` is as it was before.

    Raises FileError ``cannot_write``, before the block begins.
    """
    # A copy, so that putting it back needs no room on a disk that may be full by then.
    before = _hidden(target)
    existed = target.exists()
    try:
        if existed:
            shutil.copy2(target, before)
        write_text(text, target)
        try:
            yield
        except BaseException:
            _put_back(before if existed else None, target)
            raise
    except OSError:
        raise FileError("cannot_write", file=str(target)) from None
    finally:
        with suppress(OSError):
            before.unlink(missing_ok=True)


def _put_back(before: Path | None, target: Path) -> None:
    with suppress(OSError):
        if before is None:
            target.unlink(missing_ok=True)
        else:
            os.replace(before, target)  # noqa: PTH105
