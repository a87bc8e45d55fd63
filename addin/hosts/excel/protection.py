"""Sheets of ours are protected, without a password: opened for writing, and protected again."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from addin.hosts.excel import native
from addin.hosts.excel.own import OWN

if TYPE_CHECKING:
    import xlwings as xw

    from addin.hosts.excel.own import Place

# What Excel's object Protection says, and Protect takes under the same name.
_ALLOWED = (
    "AllowFormattingCells",
    "AllowFormattingColumns",
    "AllowFormattingRows",
    "AllowInsertingColumns",
    "AllowInsertingRows",
    "AllowInsertingHyperlinks",
    "AllowDeletingColumns",
    "AllowDeletingRows",
    "AllowSorting",
    "AllowFiltering",
    "AllowUsingPivotTables",
)
# As templates/protection.py has it: AppleScript does not tell what is allowed.
_ON_MAC = {
    "drawing_objects": False,
    "worksheet_contents": True,
    "scenarios": False,
    "allow_formatting_cells": True,
    "allow_formatting_columns": True,
    "allow_formatting_rows": True,
    "allow_sorting": True,
    "allow_filtering": True,
}
_log = logging.getLogger(__name__)


def is_protected(sheet: xw.Sheet) -> bool:
    return bool(native.property_of(sheet, "ProtectContents", "protect_contents"))


def opens(sheet: xw.Sheet) -> bool:
    """Whether a sheet can be written on: it is not protected, or has no password."""
    if not is_protected(sheet):
        return True
    options = _options(sheet)
    try:
        _unprotect(sheet)
    except Exception:  # every engine has an error of its own for a password
        return False
    _protect(sheet, options)
    return True


def ours(book: xw.Book, places: Iterable[Place]) -> list[xw.Sheet]:
    """The protected sheets on which tables or named cells of Fenji stand."""
    titles = {place.sheet.name for place in places}
    locked = [sheet for sheet in book.sheets if is_protected(sheet)]
    if any(sheet.name not in titles for sheet in locked):
        refers = [n.refers_to or "" for n in book.names if n.name.casefold().startswith(OWN)]
        titles |= {s.name for s in locked if any(_is_on(s.name, text) for text in refers)}
    return [sheet for sheet in locked if sheet.name in titles]


def _is_on(title: str, refers_to: str) -> bool:
    quoted = title.replace("'", "''")
    return refers_to.startswith((f"={title}!", f"='{quoted}'!"))


@contextmanager
def opened(sheets: Iterable[xw.Sheet]) -> Iterator[None]:
    """The sheets without their protection; whatever happens they have it again afterwards."""
    before: list[tuple[xw.Sheet, dict[str, Any]]] = []
    try:
        for sheet in sheets:
            options = _options(sheet)
            _unprotect(sheet)
            before.append((sheet, options))
        yield
    finally:
        for sheet, options in before:
            _protect(sheet, options)


def _options(sheet: xw.Sheet) -> dict[str, Any]:
    """How a sheet is protected, as Protect takes it."""
    if native.ON_MAC:
        return dict(_ON_MAC)
    found = {name: bool(getattr(sheet.api.Protection, name)) for name in _ALLOWED}
    found["DrawingObjects"] = bool(sheet.api.ProtectDrawingObjects)
    found["Scenarios"] = bool(sheet.api.ProtectScenarios)
    return found | {"Contents": True}


def _unprotect(sheet: xw.Sheet) -> None:
    # A password that is left out is asked for; a blank one is merely wrong.
    if native.ON_MAC:
        sheet.api.unprotect(password="")
    else:
        sheet.api.Unprotect("")


def _protect(sheet: xw.Sheet, options: dict[str, Any]) -> None:
    """Protect a sheet, which may be gone by now; the results are worth more than that."""
    try:
        if native.ON_MAC:
            sheet.api.protect_worksheet(**options)
        else:
            sheet.api.Protect(**options)
    except Exception:
        _log.exception("a sheet could not be protected again")
