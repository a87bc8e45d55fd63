"""A copy of the workbook as it is now: graded in its stead, and kept as a backup."""

from __future__ import annotations

import datetime as dt
import logging
import re
import shutil
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from addin.hosts.excel.native import ON_MAC, property_of
from addin.hosts.excel.problems import ExcelProblem
from addin.hosts.excel.session import ADDIN, QUIET, held
from addin.words import Words

if TYPE_CHECKING:
    import xlwings as xw

KEPT = 20
_log = logging.getLogger(__name__)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PACKAGES = (".xlsx", ".xlsm")
_PARTS = {"xl/workbook.bin": ".xlsb", "content.xml": ".ods"}
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
# Formats of a workbook that keep no sheets, tables and formulas when they are saved.
_TEXT_ENDINGS = (".csv", ".tsv", ".txt", ".prn", ".dif", ".slk")


@dataclass(frozen=True, kw_only=True)
class Copy:
    """The workbook's copy in a temporary folder, under the workbook's own name.

    ``content`` is the ending that fits its content; a ``sealed`` one (encrypted) can't be read.
    """

    path: Path
    content: str
    sealed: bool = False

    @property
    def is_package(self) -> bool:
        """Whether its tables and names can be read from the file."""
        return self.content in _PACKAGES and not self.sealed

    @property
    def keeps_tables(self) -> bool:
        """Whether the workbook, saved as it is, would keep new sheets with tables."""
        return self.content in (*_PACKAGES, ".xlsb")

    @property
    def is_text(self) -> bool:
        return self.content in _TEXT_ENDINGS


def saved_copy(book: xw.Book, folder: Path) -> Copy:
    """Save a copy of the workbook with all that is not yet saved. Raises ExcelProblem."""
    name = _FORBIDDEN.sub("_", book.name)
    target = folder / name
    try:
        with held(book.app, QUIET):
            _save_copy(book, target)
        content = _content(target)
    except Exception:
        _log.exception("no copy")
        raise ExcelProblem("no_copy", book=book.name) from None
    # An unsaved workbook's name has no ending, and an ending may deny what Excel wrote.
    fitting = target.with_name(target.stem + content if target.suffix else name + content)
    if fitting != target and target.suffix.lower() != content:
        target = target.rename(fitting)
    ending = Path(book.name).suffix.lower()
    with target.open("rb") as file:
        sealed = content in _PACKAGES and file.read(8) == _OLE
    kind = ending if ending in _TEXT_ENDINGS else content
    return Copy(path=target, content=kind, sealed=sealed)


def _save_copy(book: xw.Book, target: Path) -> None:
    if ON_MAC:
        # AppleScript can only save the workbook itself under another name; VBA can do more.
        book.app.macro(f"'{ADDIN}'!FenjiSaveCopy")(book.name, str(target))
    else:
        book.api.SaveCopyAs(str(target))


def _content(path: Path) -> str:
    """The ending that fits what stands in the file."""
    with path.open("rb") as file:
        start = file.read(8)
    if start == _OLE:
        # An encrypted workbook is such a container too; whoever reads it will say so.
        return path.suffix.lower() if path.suffix else ".xls"
    if not start.startswith(b"PK"):
        return path.suffix.lower() if path.suffix.lower() in _TEXT_ENDINGS else ".csv"
    with zipfile.ZipFile(path) as file_zip:
        names = set(file_zip.namelist())
        found = next((kind for part, kind in _PARTS.items() if part in names), None)
        types = file_zip.read("[Content_Types].xml") if "[Content_Types].xml" in names else b""
    return found or (".xlsm" if b"macroEnabled" in types else ".xlsx")


def backed_up(copy: Copy, book: xw.Book, *, folder: Path, words: Words) -> Path:
    """Keep the copy beside the workbook, or else in the configuration folder (the last 20).

    Raises ExcelProblem ``no_backup``.
    """
    stamp = dt.datetime.now().strftime("%Y%m%d-%H%M%S")
    name = words("excel.backup_name", stem=copy.path.stem, stamp=stamp) + copy.path.suffix
    beside = str(property_of(book, "Path", "path") or "")
    if beside and "://" not in beside:
        with suppress(OSError):
            return _kept(copy.path, Path(beside) / name)
    backups = folder / "backups"
    try:
        backups.mkdir(parents=True, exist_ok=True)
        kept = _kept(copy.path, backups / name)
    except OSError:
        raise ExcelProblem("no_backup", folder=str(backups)) from None
    _thin(backups)
    return kept


def _kept(copy: Path, wanted: Path) -> Path:
    """Copy under a name that is free."""
    target, number = wanted, 1
    while target.exists():
        number += 1
        target = wanted.with_name(f"{wanted.stem}-{number}{wanted.suffix}")
    shutil.copyfile(copy, target)
    return target


def _thin(folder: Path) -> None:
    files = sorted((f for f in folder.iterdir() if f.is_file()), key=lambda f: f.stat().st_mtime)
    for old in files[:-KEPT]:
        with suppress(OSError):
            old.unlink()
