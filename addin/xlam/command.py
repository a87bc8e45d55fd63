"""``fenji build``: the add-ins of both hosts, written to a folder."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError
from pathlib import Path

from addin.choices import Options
from addin.hosts.calc import build as calc
from addin.words import Words
from addin.xlam.upstream import VERSION, UpstreamError
from segmentation.errors import UsageError


def build(options: Options, words: Words) -> None:
    """Write Fenji.oxt and Fenji.xlam, and say where they are."""
    folder = Path(options.out or ".")
    # First the one that needs nothing of Excel's libraries.
    print(words("cli.built", file=calc.build(folder)))  # noqa: T201
    try:
        from addin.xlam import build as excel  # noqa: PLC0415 (only builders need pyOpenVBA)

        made = excel.build(folder)
    except (ImportError, PackageNotFoundError, UpstreamError) as error:
        raise UsageError("build_needs", version=VERSION, detail=str(error)) from None
    print(words("cli.built", file=made))  # noqa: T201
