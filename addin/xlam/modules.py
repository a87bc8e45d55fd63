"""The VBA text of the add-in: our modules, xlwings' one, and the wrappers."""

from __future__ import annotations

from importlib import resources

from addin.functions import FUNCTIONS
from addin.xlam import wrappers
from addin.xlam.upstream import xlwings_module

# Standard modules of ours, as addin/vba has them.
OURS = (
    "FenjiSystem",
    "FenjiConfig",
    "FenjiWords",
    "FenjiCall",
    "FenjiJobs",
    "FenjiRibbon",
    "FenjiHelp",
)
BOOK = "ThisWorkbook"


def modules() -> dict[str, str]:
    """The text of every standard module by its name, as VBA keeps it: ASCII, CR LF."""
    found = {"xlwings": xlwings_module()}
    found |= {name: _file(f"{name}.bas") for name in OURS}
    found[wrappers.NAME] = wrappers.wrappers(FUNCTIONS.values())
    return {name: as_vba(text) for name, text in found.items()}


def book_module() -> str:
    """The text behind the workbook itself."""
    return as_vba(_file(f"{BOOK}.cls"))


def as_vba(text: str) -> str:
    """Lines with CR LF, however the file was checked out. Raises UnicodeEncodeError."""
    text.encode("ascii")
    return "\r\n".join(text.splitlines()) + "\r\n"


def _file(name: str) -> str:
    return resources.files("addin").joinpath(f"vba/{name}").read_text(encoding="utf-8")
