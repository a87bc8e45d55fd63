"""Fenji's own sheets in a workbook that is read, and the settings that stand on one of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from addin.hosts.file.errors import TemplateError
from addin.hosts.file.package import Package
from addin.hosts.file.ranges import Area, split_cell
from addin.hosts.file.reading import read_sources
from addin.hosts.file.tablexml import Table
from addin.hosts.file.workbookxml import Workbook
from segmentation.errors import DataError
from segmentation.sources import RawSheet
from templates.inputs import ATTRIBUTES, ORDERS, SAMPLE_ID

_ENDINGS = (".xlsx", ".xlsm")
_OWN = "fenji"
# A cell of the kind "e": its address among the attributes, its value after a formula perhaps.
_ERROR = re.compile(
    rb"""<(?:\w+:)?c\s(?=[^>]*\st=["']e["'])(?:[^>]*\s)?r=["'](?P<cell>[A-Z]+[0-9]+)["'][^>]*>"""
    rb"""(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>(?P<value>[^<]*)<""",
    re.DOTALL,
)
_CUSTOMERS = "fenjicustomers"
# What somebody put there is no sheet of ours.
_THEIRS = (ORDERS.lower(), ATTRIBUTES.lower())


@dataclass(frozen=True, kw_only=True)
class TableText:
    """A named table as text: its headers, and its rows by the number that they have in the sheet.

    ``first`` is the number of the first row. Errors stand there as text (``#REF!``). ``cells`` are
    the named cells that were asked for; None where one is blank or missing.
    """

    file: str
    sheet: str
    headers: tuple[str, ...]
    first: int
    rows: tuple[tuple[int, tuple[str | None, ...]], ...]
    cells: dict[str, str | None]


def own_sheets(path: Path) -> dict[str, tuple[Table, ...]]:
    """Fenji's sheets of a workbook, with its tables there; on some there are but named cells."""
    if path.suffix.lower() not in _ENDINGS:
        return {}
    try:
        with Package(path) as package:
            workbook = Workbook(package)
    except TemplateError:  # whoever reads its rows says so
        return {}
    named = workbook.sheets_named(_OWN)
    theirs = {s.name for s in workbook.sheets if any(t.name.lower() in _THEIRS for t in s.tables)}
    found = {s.name: tuple(t for t in s.tables if _is_own(t)) for s in workbook.sheets}
    return {
        name: tables
        for name, tables in found.items()
        if tables or (name in named and name not in theirs)
    }


def input_sheets(path: Path) -> dict[str, Table]:
    """The sheets of a workbook that people paste into, with the table that is meant for it."""
    if path.suffix.lower() not in _ENDINGS:
        return {}
    try:
        with Package(path) as package:
            sheets = Workbook(package).sheets
    except TemplateError:
        return {}
    return {s.name: t for s in sheets for t in s.tables if t.name.lower() in _THEIRS}


def without_own(sheets: Sequence[RawSheet], paths: Iterable[Path]) -> list[RawSheet]:
    """The sheets that may hold orders or customers: all but Fenji's own.

    Customers that were graded before stay, for they may be graded again. Raises DataError
    ``empty_template`` for a workbook of which nothing is left.
    """
    kept = list(sheets)
    for path in paths:
        own = own_sheets(path)
        pasted = input_sheets(path)
        mine = [s for s in kept if s.file == path.name]
        gone = [
            s
            for s in mine
            if s.sheet in own and not _has_customers(s, own[s.sheet], samples=not pasted)
        ]
        blank = [s for s in mine if s.sheet in pasted and is_blank(s, pasted[s.sheet])]
        if gone and len(gone) + len(blank) == len(mine):
            raise DataError("empty_template", file=path.name)
        kept = [s for s in kept if not any(s is each for each in gone)]
    return kept


def is_blank(sheet: RawSheet, table: Table) -> bool:
    """Whether nothing stands below a table's header, nor further down."""
    below = sheet.cells.slice(table.data.top - 1)
    return all(below[name].fill_null("").str.strip_chars().eq("").all() for name in below.columns)


def _has_customers(sheet: RawSheet, tables: Iterable[Table], *, samples: bool) -> bool:
    """Whether customers stand there; ``samples`` says that those of a sample count as such."""
    for table in tables:
        if table.name.lower() == _CUSTOMERS:
            names = [cells[0] for _, cells in _rows(sheet, table.data) if cells[0]]
            return any(samples or not SAMPLE_ID.fullmatch(name) for name in names)
    return False


def _is_own(table: Table) -> bool:
    name = table.name.lower()
    return name.startswith(_OWN) and name not in _THEIRS


def read_table(path: Path, name: str, cells: Iterable[str] = ()) -> TableText | None:
    """A table by its name, and cells by theirs on the same sheet; None where it is not there.

    Raises FileError as reading the file does.
    """
    if path.suffix.lower() not in _ENDINGS:
        return None
    try:
        with Package(path) as package:
            workbook = Workbook(package)
            if name.lower() not in workbook.tables:
                return None
            sheet, table = workbook.tables[name.lower()]
            places = {cell: _place(workbook, cell, sheet.name) for cell in cells}
            errors = _errors(package.read(sheet.part))
    except TemplateError:
        return None
    (raw,) = read_sources([path], sheet=sheet.name) or (None,)
    if raw is None:
        return None
    return TableText(
        file=path.name,
        sheet=sheet.name,
        headers=tuple(column.header for column in table.columns),
        first=table.data.top,
        rows=_rows(raw, table.data, errors),
        cells={cell: _text(raw, *place) if place else None for cell, place in places.items()},
    )


def read_cell(path: Path, name: str) -> str | None:
    """A named cell of a workbook as text; None where it is blank or missing.

    Raises FileError as reading the file does.
    """
    if path.suffix.lower() not in _ENDINGS:
        return None
    try:
        with Package(path) as package:
            place = Workbook(package).named_cell(name)
    except TemplateError:
        return None
    if place is None:
        return None
    (raw,) = read_sources([path], sheet=place[0].name) or (None,)
    return _text(raw, *place[1:]) if raw else None


def _place(workbook: Workbook, name: str, sheet: str) -> tuple[int, int] | None:
    try:
        found = workbook.named_cell(name)
    except TemplateError:  # the name stands for no cell any more
        return None
    return found[1:] if found and found[0].name == sheet else None


def _errors(xml: bytes) -> dict[tuple[int, int], str]:
    """The cells that hold an error, which a sheet's text leaves blank."""
    return {
        split_cell(found["cell"].decode()): found["value"].decode()
        for found in _ERROR.finditer(xml)
    }


def _rows(
    raw: RawSheet, area: Area, errors: Mapping[tuple[int, int], str] | None = None
) -> tuple[tuple[int, tuple[str | None, ...]], ...]:
    columns = range(area.left, area.right + 1)
    last = min(area.bottom, raw.cells.height)
    return tuple(
        (row, tuple(_text(raw, row, c) or (errors or {}).get((row, c)) for c in columns))
        for row in range(area.top, last + 1)
    )


def _text(raw: RawSheet, row: int, column: int) -> str | None:
    """A cell by its place in the sheet, counted from 1."""
    at = column - 1 - raw.first_column
    if not (0 <= at < raw.cells.width and row <= raw.cells.height):
        return None
    found: str | None = raw.cells[row - 1, at]
    return found
