"""The document that a command works on: which one it is, its copy, and what of it is Fenji's."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

import uno
import unohelper
from com.sun.star.document import XUndoManagerListener

from . import cells
from .messages import Told
from .undo import quiet

SHEETS = "com.sun.star.sheet.SpreadsheetDocument"
COPY = "document.xlsx"
XLSX = "Calc MS Excel 2007 XML"
_ENCRYPTED = ("Password", "EncryptionData")


def spreadsheet(frame: Any) -> Any:
    """The spreadsheet in a window. Raises Told where there is none."""
    controller = frame.getController() if frame is not None else None
    document = controller.getModel() if controller is not None else None
    if document is None or not document.supportsService(SHEETS):
        raise Told("vba.no_book")
    return document


def refuse(document: Any) -> None:
    """What stands in the way of changing a document, before any work. Raises Told."""
    title = title_of(document)
    if document.isReadonly():
        raise Told("calc.document.read_only", book=title)
    if getattr(document, "Parent", None) is not None:
        raise Told("calc.document.embedded")
    if document.isProtected():
        raise Told("calc.problem.protected_structure", book=title)
    for name in own_sheets(document):
        sheet = document.Sheets.getByName(name)
        if sheet.isProtected() and not _opens(document, sheet):
            raise Told("calc.document.protected_list", sheet=name)


def _opens(document: Any, sheet: Any) -> bool:
    """Whether a protected sheet has no password; it stays as it is."""
    modified = document.isModified()
    with suppress(Exception):  # it raises for a wrong password
        quiet(document, sheet.unprotect, "")
    if sheet.isProtected():
        return False
    quiet(document, sheet.protect, "")
    document.setModified(modified)
    return True


def title_of(document: Any) -> str:
    """The document's name as its window shows it, with the ending of its file."""
    if document.hasLocation():
        with suppress(Exception):
            return Path(uno.fileUrlToSystemPath(document.getURL())).name
    return str(document.getTitle())


def folder_of(document: Any) -> str | None:
    """The folder on this computer that the document lies in, if it lies in one."""
    with suppress(Exception):
        if document.hasLocation() and document.getURL().startswith("file:"):
            return str(Path(uno.fileUrlToSystemPath(document.getURL())).parent)
    return None


def copy_of(document: Any, folder: Path) -> Path:
    """A copy as .xlsx in a folder; the document and its file stay as they are. Raises Told."""
    place = folder / COPY
    if _may_take_file(document):
        with suppress(OSError):
            shutil.copyfile(uno.fileUrlToSystemPath(document.getURL()), place)
            return place
    try:
        document.storeToURL(uno.systemPathToFileUrl(str(place)), (value("FilterName", XLSX),))
    except Exception:
        raise Told("calc.document.no_copy", book=title_of(document)) from None
    return place


def _may_take_file(document: Any) -> bool:
    """Whether the file on the disk says all that the document does, and anyone may read it."""
    given = {each.Name: each.Value for each in document.getArgs()}
    return bool(
        document.hasLocation()
        and document.getURL().startswith("file:")
        and document.getURL().lower().endswith(".xlsx")
        and given.get("FilterName") == XLSX
        and not document.isModified()
        and not any(given.get(name) for name in _ENCRYPTED)
    )


def value(name: str, given: Any) -> Any:
    """A named value, as UNO's calls take them."""
    made = uno.createUnoStruct("com.sun.star.beans.PropertyValue")
    made.Name, made.Value = name, given
    return made


def own_sheets(document: Any) -> list[str]:
    """The sheets with tables of Fenji's, in the document's order."""
    found = {t.sheet for name, t in cells.tables(document).items() if cells.is_own(name)}
    return [name for name in document.Sheets.ElementNames if name in found]


def show_table(document: Any, name: str) -> bool:
    """Go to one of Fenji's tables; whether there is one."""
    wanted = name.casefold()
    for known, table in cells.tables(document).items():
        if known.casefold() == wanted:
            return show_sheet(document, table.sheet)
    return False


def show_sheet(document: Any, name: str) -> bool:
    """Make a sheet the active one; whether that could be done."""
    if not document.Sheets.hasByName(name):
        return False
    with suppress(Exception):
        document.getCurrentController().setActiveSheet(document.Sheets.getByName(name))
        return True
    return False


def selected(document: Any) -> tuple[str, int]:
    """The active sheet's name and the selected row, counted from 1."""
    controller = document.getCurrentController()
    row = 1
    with suppress(Exception):
        row = _first_row(controller.getSelection()) + 1
    return str(controller.getActiveSheet().Name), row


def _first_row(selection: Any) -> int:
    if hasattr(selection, "RangeAddress"):
        return int(selection.RangeAddress.StartRow)
    return int(selection.getRangeAddresses()[0].StartRow)


class Watch(unohelper.Base, XUndoManagerListener):
    """Whether somebody has changed or closed a document since.

    Not by its being modified: LibreOffice says that also for what it calculates or lays out itself.
    """

    def __init__(self, document: Any) -> None:
        self.changed = False
        self.gone = False
        self._manager = document.UndoManager
        self._manager.addUndoManagerListener(self)

    def disposing(self, _event: Any) -> None:
        self.gone = True

    def end(self) -> None:
        if not self.gone:
            with suppress(Exception):
                self._manager.removeUndoManagerListener(self)

    def _see(self, _event: Any) -> None:
        self.changed = True

    def _ignore(self, _event: Any) -> None:
        pass

    # UNO's names.
    undoActionAdded = actionUndone = actionRedone = _see  # noqa: N815
    allActionsCleared = redoActionsCleared = resetAll = _ignore  # noqa: N815
    enteredContext = enteredHiddenContext = _ignore  # noqa: N815
    leftContext = leftHiddenContext = cancelledContext = _ignore  # noqa: N815
