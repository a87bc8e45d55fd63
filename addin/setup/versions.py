"""Which versions belong together."""

from __future__ import annotations

import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

# Excel's VBA names xlwings' library files by their version, so it is fixed, not at least.
XLWINGS = "0.37.8"
ROOT = Path(__file__).parents[2]


def checkout(root: Path = ROOT) -> Path | None:
    """The folder of Fenji's sources that this runs from, if it does."""
    return root if (root / "pyproject.toml").is_file() and (root / "addin").is_dir() else None


def fenji_version(root: Path = ROOT) -> str:
    """The version of the Fenji that runs; nothing needs to be installed to ask."""
    sources = checkout(root)
    if sources:
        text = (sources / "pyproject.toml").read_text(encoding="utf-8")
        return str(tomllib.loads(text)["project"]["version"])
    try:
        return version("fenji")
    except PackageNotFoundError:
        return "0"
