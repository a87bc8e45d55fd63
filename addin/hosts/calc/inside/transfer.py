"""Fenji's sheets from a filled workbook into the open document."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from . import cells, looks
from .changes import Changes
from .undo import quiet, unlocked

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .cells import Content, Table


_FORMULAS = 16  # com.sun.star.sheet.CellFlags


class Unfit(Exception):  # noqa: N818 (a finding about sheets)
    """Sheets that can't be put into this document as they are."""


def load(desktop: Any, url: str) -> Any:
    """A workbook opened where nobody sees it. Raises Unfit."""
    import uno  # noqa: PLC0415

    made = []
    for name, value in (("Hidden", True), ("ReadOnly", True), ("MacroExecutionMode", 0)):
        made.append(uno.createUnoStruct("com.sun.star.beans.PropertyValue"))
        made[-1].Name, made[-1].Value = name, value
    found = desktop.loadComponentFromURL(url, "_blank", 0, tuple(made))
    if found is None:
        raise Unfit(url)
    return found


class Insertion:
    """All sheets of a workbook behind the document's own; can be taken back and done again.

    Everything here goes through ``quiet``, so that it may run inside an undo step.
    """

    def __init__(self, desktop: Any, document: Any, url: str) -> None:
        self._desktop = desktop
        self._document = document
        self._url = url
        self._sheets: Sequence[str] = ()
        self._names: set[str] = set()
        self._tables: set[str] = set()
        self._stale: dict[str, Any] = {}
        self._moved: dict[str, Table] = {}
        self._styles: looks.Styles = {}

    def do(self) -> None:
        """Raises Unfit when they can't be inserted, or not all of them arrived."""
        source = load(self._desktop, self._url)
        try:
            self._insert(source)
        finally:
            source.close(True)

    def back(self) -> None:
        """Take the sheets, names and tables away again."""
        add_tables(self._document, self._moved)
        take_away(self._document, self._sheets, self._names, self._tables)
        add_names(self._document, self._stale)
        looks.take_away_styles(self._document, self._styles)

    def _insert(self, source: Any) -> None:
        document = self._document
        self._sheets = source.Sheets.ElementNames
        self._names = set(document.NamedRanges.ElementNames)
        # Names that stayed when somebody deleted Fenji's sheets point to nothing.
        self._stale = {n: c for n, c in cells.names(document).items() if cells.is_own(n)}
        self._tables = set(document.DatabaseRanges.ElementNames)
        self._styles = looks.styles_of(document)
        wanted = cells.contents(source, self._sheets)
        tables = cells.tables(source)
        names = cells.names(source)
        there = cells.tables(document)
        # Those on a sheet of findings, which the button Check data made, go to the new one.
        self._moved = {n: t for n, t in there.items() if n in tables and cells.is_own(n)}
        if any(document.Sheets.hasByName(name) for name in self._sheets):
            raise Unfit(self._url)
        without_formulas(source, self._sheets)
        count = document.Sheets.Count
        for number in range(count):
            # Imported sheets keep the numbers of the sheets that they refer to.
            source.Sheets.insertNewByName(f"fenji-{number}", 0)
        bring(document, source, self._sheets, count)
        add_names(
            document, {n: c for n, c in names.items() if n not in self._names or cells.is_own(n)}
        )
        add_tables(
            document, {n: t for n, t in tables.items() if n not in self._tables or n in self._moved}
        )
        heal(document, wanted)
        looks.carry(document, source, self._sheets, self._styles)
        looks.view_like(document, source, self._sheets)


def take_away(document: Any, sheets: Sequence[str], names: set[str], tables: set[str]) -> None:
    """Remove sheets, and all names and tables but those that were there before.

    The sheets first: while they stand, removing one brings back tables that they refer to.
    """
    for name in reversed(sheets):
        if document.Sheets.hasByName(name):
            quiet(document, document.Sheets.removeByName, name)
    for listed, before in ((document.NamedRanges, names), (document.DatabaseRanges, tables)):
        for name in listed.ElementNames:
            if name not in before:
                quiet(document, listed.removeByName, name)


def without_formulas(source: Any, sheets: Iterable[str]) -> None:
    """Clear all formulas of a file that is to be imported; ``heal`` enters them again.

    LibreOffice 25.2 would bring them as references to the file, load it a second time for them, and
    crash at times.
    """
    for name in sheets:
        sheet = source.Sheets.getByName(name)
        locked = sheet.isProtected()
        if locked:
            sheet.unprotect("")
        cells.used(sheet).clearContents(_FORMULAS)
        if locked:
            sheet.protect("")


def bring(document: Any, source: Any, sheets: Iterable[str], place: int) -> None:
    """Import sheets, but no tables: those that come along have the numbers of other ones."""
    before = set(document.DatabaseRanges.ElementNames)
    for offset, name in enumerate(sheets):
        quiet(document, document.Sheets.importSheet, source, name, place + offset)
    for name in document.DatabaseRanges.ElementNames:
        if name not in before:
            quiet(document, document.DatabaseRanges.removeByName, name)


def add_names(document: Any, wanted: dict[str, Any]) -> None:
    """Give names that the document lacks; those of sheets just imported may be there already."""
    import uno  # noqa: PLC0415

    origin = uno.createUnoStruct("com.sun.star.table.CellAddress")
    listed = document.NamedRanges
    for name, (text, kind) in wanted.items():
        if not listed.hasByName(name):
            quiet(document, listed.addNewByName, name, text, origin, kind)
        elif listed.getByName(name).Content != text:
            quiet(document, listed.getByName(name).setContent, text)


def add_tables(document: Any, wanted: dict[str, Table]) -> None:
    """Add database ranges, or put those that are there where they have to stand."""
    ranges = document.DatabaseRanges
    for name, table in wanted.items():
        if ranges.hasByName(name):
            quiet(document, ranges.getByName(name).setDataArea, address(document, table))
        else:
            quiet(document, ranges.addNewByName, name, address(document, table))
        made = ranges.getByName(name)
        quiet(document, made.setPropertyValue, "ContainsHeader", table.header)
        quiet(document, made.setPropertyValue, "AutoFilter", table.filtered)


def address(document: Any, table: Table) -> Any:
    """Where a table stands, as LibreOffice says it."""
    import uno  # noqa: PLC0415

    made = uno.createUnoStruct("com.sun.star.table.CellRangeAddress")
    made.Sheet = document.Sheets.getByName(table.sheet).RangeAddress.Sheet
    made.StartColumn, made.StartRow = table.left, table.top
    made.EndColumn, made.EndRow = table.right, table.bottom
    return made


def heal(document: Any, wanted: dict[str, Content]) -> None:
    """Enter the formulas by their text. Raises Unfit where a sheet is not as it has to be."""
    with unlocked(document, wanted):
        Changes.of_sheets(document, wanted).do(partial(quiet, document))
    for name, made in cells.contents(document, wanted).items():
        if made.formulas != wanted[name].formulas:
            raise Unfit(name)
