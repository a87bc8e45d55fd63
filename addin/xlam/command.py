"""``fenji build``: the Excel add-in, written to a folder."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError
from pathlib import Path

from addin.choices import Options
from addin.words import Words
from addin.xlam.upstream import VERSION, UpstreamError
from segmentation.errors import UsageError


def build(options: Options, words: Words) -> None:
    """Write Fenji.xlam and say where it is."""
    try:
        from addin.xlam import build as builder  # noqa: PLC0415 (only builders need pyOpenVBA)

        made = builder.build(Path(options.out or "."))
    except (ImportError, PackageNotFoundError, UpstreamError) as error:
        raise UsageError("build_needs", version=VERSION, detail=str(error)) from None
    print(words("cli.built", file=made))  # noqa: T201
