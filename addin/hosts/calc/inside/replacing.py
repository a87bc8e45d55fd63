"""Fenji's sheets filled anew where they stand, so that all that refers to them stays right.

Rows are put into and taken out of the tables by LibreOffice's own recorded steps, then the cells
that differ are written by a step of ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from . import cells, looks
from .changes import Changes
from .transfer import (
    Unfit,
    add_names,
    add_tables,
    address,
    bring,
    load,
    take_away,
    without_formulas,
)

if TYPE_CHECKING:
    from .cells import Content, Table
    from .undo import Step


class Replacement:
    """The named sheets, made to say what they say in a file.

    The file's sheets are those of the document at the same places, with new ones behind them.
    """

    def __init__(self, desktop: Any, document: Any, url: str, sheets: Sequence[str]) -> None:
        """Raises Unfit."""
        self._desktop, self._document, self._url = desktop, document, url
        self._source = load(desktop, url)
        there = document.Sheets.ElementNames
        self._kept = [name for name in sheets if name in there]
        self._new = [name for name in sheets if name not in there]

    def __enter__(self) -> Replacement:
        return self

    def __exit__(self, *_given: object) -> None:
        self._source.close(True)

    def add(self, step: Step) -> None:
        """Bring the new sheets. Raises Unfit."""
        there = self._document.Sheets.ElementNames
        if self._source.Sheets.ElementNames[: len(there)] != there:
            raise Unfit(self._url)
        if self._new:
            addition = Addition(self._desktop, self._document, self._url, self._new)
            step.add(addition.do, addition.back)

    def fill(self, step: Step) -> None:
        """Fill them, while the step is recorded. Raises Unfit."""
        document, source = self._document, self._source
        sheets = [*self._kept, *self._new]
        wanted = cells.contents(source, sheets)
        tables = {n: t for n, t in cells.tables(source).items() if t.sheet in wanted}
        locked = [name for name in sheets if document.Sheets.getByName(name).isProtected()]
        for name in locked:
            document.Sheets.getByName(name).unprotect("")
        for name in self._kept:
            _align(document, name, tables)
        _set_tables(document, tables)
        _set_names(document, {n: c for n, c in cells.names(source).items() if cells.is_own(n)})
        step.write(Changes.of_sheets(document, wanted))
        _check(document, wanted)
        for name in locked:
            document.Sheets.getByName(name).protect("")


def _check(document: Any, wanted: dict[str, Content]) -> None:
    for name, found in cells.contents(document, wanted).items():
        if not cells.alike(found, wanted[name]):
            raise Unfit(name)


def _set_tables(document: Any, wanted: dict[str, Table]) -> None:
    """Put each table where it has to stand; a new one is added."""
    ranges = document.DatabaseRanges
    there = cells.tables(document)
    for name, table in wanted.items():
        if name not in there:
            ranges.addNewByName(name, address(document, table))
        elif there[name][:5] != table[:5]:
            ranges.getByName(name).setDataArea(address(document, table))


def _set_names(document: Any, wanted: dict[str, Any]) -> None:
    import uno  # noqa: PLC0415

    origin = uno.createUnoStruct("com.sun.star.table.CellAddress")
    there = cells.names(document)
    for name, (text, kind) in wanted.items():
        if name not in there:
            document.NamedRanges.addNewByName(name, text, origin, kind)
        elif there[name][0] != text:
            document.NamedRanges.getByName(name).setContent(text)


def _keep_rules(sheet: Any) -> None:
    """Have the conditional formats of a sheet put back as they were.

    LibreOffice 25.2 gives rows that were removed formats of their own when it puts them back, with
    bars of their own length. A step that changes no look at all keeps a copy of all formats; as the
    first one it is taken back last.
    """
    there = sheet.ConditionalFormats.getConditionalFormats()
    places = [at for found in there for at in found.Range.RangeAddresses]
    if places:
        cells = sheet.getCellRangeByPosition(
            min(at.StartColumn for at in places),
            min(at.StartRow for at in places),
            max(at.EndColumn for at in places),
            max(at.EndRow for at in places),
        )
        cells.ParaIsHyphenation = False


def _align(document: Any, sheet: str, wanted: dict[str, Table]) -> None:
    """Make the tables of a sheet as high as they have to be, the upper ones first."""
    here = [n for n, t in wanted.items() if t.sheet == sheet and n in cells.tables(document)]
    if any(wanted[name].height < cells.tables(document)[name].height for name in here):
        _keep_rules(document.Sheets.getByName(sheet))
    rows = document.Sheets.getByName(sheet).Rows
    done: list[str] = []
    for name in sorted(here, key=lambda n: (wanted[n].top, wanted[n].height)):
        now = cells.tables(document)
        table = now[name]
        more = wanted[name].height - table.height
        if more > 0:
            # In front of the last row, so that whatever spans the rows spans the new ones too.
            rows.insertByIndex(table.bottom if table.height > 2 else table.bottom + 1, more)
        elif more < 0:
            # Never rows of a table beside it, which has its height already.
            floor = max([table.top + 1, *(now[d].bottom for d in done if _beside(now[d], table))])
            fewer = min(-more, table.bottom - floor)
            if fewer > 0:
                rows.removeByIndex(table.bottom - fewer, fewer)
        done.append(name)


def _beside(one: Table, other: Table) -> bool:
    return one.top <= other.bottom and other.top <= one.bottom


class Addition:
    """New sheets of a file whose other sheets are those of the document, at the same places."""

    def __init__(self, desktop: Any, document: Any, url: str, sheets: list[str]) -> None:
        self._desktop = desktop
        self._document = document
        self._url = url
        self._sheets = sheets
        self._names = set(document.NamedRanges.ElementNames)
        self._tables = set(document.DatabaseRanges.ElementNames)
        self._styles = looks.styles_of(document)

    def do(self) -> None:
        """Raises Unfit."""
        document = self._document
        source = load(self._desktop, self._url)
        try:
            tables = {n: t for n, t in cells.tables(source).items() if t.sheet in self._sheets}
            without_formulas(source, self._sheets)
            bring(document, source, self._sheets, document.Sheets.Count)
            names = cells.names(source)
            add_names(document, {n: c for n, c in names.items() if n not in self._names})
            add_tables(document, {n: t for n, t in tables.items() if n not in self._tables})
            looks.carry(document, source, self._sheets, self._styles)
        finally:
            source.close(True)

    def back(self) -> None:
        take_away(self._document, self._sheets, self._names, self._tables)
        looks.take_away_styles(self._document, self._styles)
