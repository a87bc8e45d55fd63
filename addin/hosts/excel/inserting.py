"""Fenji's sheets put into the user's workbook, from a filled workbook in a temporary folder."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from addin.hosts.excel import native, own
from addin.hosts.excel.problems import Unfit
from addin.hosts.excel.undo import Undo
from addin.hosts.file.package import Package
from addin.hosts.file.ranges import letters
from addin.hosts.file.workbookxml import Workbook

if TYPE_CHECKING:
    import xlwings as xw

_EXCEL_LINKS = 1
_log = logging.getLogger(__name__)


def insert(book: xw.Book, path: Path, *, undo: Undo, pause: Callable[[], None]) -> None:
    """Insert all sheets of a workbook behind the last one, with their tables and named cells.

    Raises Unfit where Excel can't, or where something of them did not arrive; nothing of them is
    left then.
    """
    mark = undo.mark()
    try:
        with Package(path) as package:
            source = Workbook(package)
            _clear_way(book, source, undo)
            pause()
            _insert(book, path, source, undo)
    except Unfit:
        undo.back(mark)
        raise


def _insert(book: xw.Book, path: Path, source: Workbook, undo: Undo) -> None:
    if native.ON_MAC:  # AppleScript has no such call
        raise Unfit(path.name)
    before = {sheet.name for sheet in book.sheets}
    links = _links(book)
    undo.add(lambda: _remove(book, before))
    try:
        book.api.Sheets.Add(After=book.sheets[-1].api, Type=str(path))
    except Exception as error:
        _log.exception("sheets could not be inserted")
        raise Unfit(path.name) from error
    made = [sheet for sheet in book.sheets if sheet.name not in before]
    if len(made) != len(source.sheets):
        raise Unfit(path.name)
    tables = {t.name.casefold() for sheet in made for t in sheet.tables}
    wanted = {table.name.casefold() for sheet in source.sheets for table in sheet.tables}
    if not wanted <= tables or _links(book) - links:
        raise Unfit(path.name)
    _name_cells(book, source, {s.name: m for s, m in zip(source.sheets, made, strict=True)}, undo)


def _remove(book: xw.Book, before: set[str]) -> None:
    """Delete the sheets that were not there before, the last one first."""
    for sheet in reversed([s for s in book.sheets if s.name not in before]):
        sheet.delete()


def _links(book: xw.Book) -> set[str]:
    """The other workbooks that this one refers to."""
    with suppress(Exception):
        return set(book.api.LinkSources(_EXCEL_LINKS) or ())
    return set()


def _name_cells(book: xw.Book, source: Workbook, sheets: dict[str, xw.Sheet], undo: Undo) -> None:
    """Give the cells their names where Excel did not bring these along for the workbook."""
    for name in _names(source):
        place = source.named_cell(name)
        if place is None:
            continue
        sheet, row, column = sheets[place[0].name], *place[1:]
        there = own.named_cell(book, name)
        if there is not None and (there.sheet.name, there.row, there.column) == (
            sheet.name,
            row,
            column,
        ):
            undo.add(lambda name=name: _unname(book, name))  # type: ignore[misc]
            continue
        _unname(book, name)
        quoted = sheet.name.replace("'", "''")
        book.names.add(name, f"='{quoted}'!${letters(column)}${row}")
        undo.add(lambda name=name: _unname(book, name))  # type: ignore[misc]


def _unname(book: xw.Book, name: str) -> None:
    with suppress(Exception):
        book.names[name].delete()


def _names(source: Workbook) -> list[str]:
    listed = source.root.find("definedNames")
    names = [node.attrs.get("name", "") for node in (listed.children if listed else ())]
    return [name for name in names if name.casefold().startswith(own.OWN)]


def _clear_way(book: xw.Book, source: Workbook, undo: Undo) -> None:
    """Take older sheets of ours aside that hold tables of the same names; they go at the end.

    That is so where only the data were checked, or the grading before fits no more.
    """
    wanted = {table.name.casefold() for sheet in source.sheets for table in sheet.tables}
    old: dict[str, xw.Sheet] = {}
    for key, place in own.tables(book).items():
        if key in wanted:
            old[place.sheet.name] = place.sheet
            name = place.table.name
            place.table.name = f"{name}_old"
            undo.add(lambda t=place.table, n=name: setattr(t, "name", n))  # type: ignore[misc]
    for name in _names(source):
        cell = own.named_cell(book, name)
        if cell is not None:
            refers = book.names[name].refers_to
            undo.add(lambda n=name, r=refers: book.names.add(n, r))  # type: ignore[misc]
            _unname(book, name)
    for title, sheet in old.items():
        aside = f"{title[:20]} (old)"
        sheet.name = aside
        undo.add(lambda s=sheet, t=title: setattr(s, "name", t))  # type: ignore[misc]
        undo.at_the_end(sheet.delete)
