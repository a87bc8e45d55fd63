"""Tier, segment, reason and next step beside the user's own list."""

from __future__ import annotations

from contextlib import suppress
from itertools import groupby
from typing import TYPE_CHECKING, Any

from .cells import Content, content
from .changes import Change, Changes
from .messages import Told

if TYPE_CHECKING:
    from .cells import Grid
    from .undo import Step

Column = dict[str, Any]
# What makes a new column look like the list it stands beside.
_LOOKS = (
    "CellStyle",
    "CellBackColor",
    "IsCellBackgroundTransparent",
    "CharColor",
    "CharFontName",
    "CharFontNameAsian",
    "CharHeight",
    "CharHeightAsian",
    "CharPosture",
    "CharWeight",
    "CharWeightAsian",
    "IsTextWrapped",
    "TableBorder2",
    "VertJustify",
)


def write(document: Any, columns: list[Column], step: Step) -> None:
    """Write the columns, while the step is recorded. Raises Told where a sheet is protected."""
    for name, together in groupby(columns, key=lambda column: str(column["sheet"])):
        listed = list(together)
        if not document.Sheets.hasByName(name):
            raise Told("calc.document.changed")
        sheet = document.Sheets.getByName(name)
        if sheet.isProtected():
            raise Told("calc.problem.protected_sheet", sheet=name)
        places = _places(sheet, listed)
        for column, place in zip(listed, places):  # noqa: B905 (Python 3.9)
            if column["column"] is None:
                _dress(sheet, column, place)
            _fill(document, column, place, step)


def _places(sheet: Any, columns: list[Column]) -> list[int]:
    """Where each column goes: where it stands already, or the first free place for the new ones."""
    new = [column for column in columns if column["column"] is None]
    free = _free(sheet, new) if new else 0
    return [
        free + new.index(column) if column["column"] is None else int(column["column"])
        for column in columns
    ]


def _free(sheet: Any, new: list[Column]) -> int:
    """The first so many blank columns side by side, right of the list."""
    first = new[0]
    start = int(first["after"]) + 1
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(False)
    right = cursor.RangeAddress.EndColumn
    if right < start:
        return start
    last = max([int(first["header_row"]), *(int(row) for row, _ in first["cells"])])
    block = sheet.getCellRangeByPosition(start, int(first["header_row"]), right, last)
    filled = [any(cell != "" for cell in column) for column in zip(*block.getFormulaArray())]  # noqa: B905 (Python 3.9)
    place = 0
    while any(filled[place : place + len(new)]):
        place += 1
    return start + place


def _dress(sheet: Any, column: Column, place: int) -> None:
    """Give a new column the looks of the list's last one, header and rows apart."""
    header, after = int(column["header_row"]), int(column["after"])
    last = max([header, *(int(row) for row, _ in column["cells"])])
    _copy_looks(sheet.getCellByPosition(after, header), sheet, place, header, header)
    if last > header:
        _copy_looks(sheet.getCellByPosition(after, header + 1), sheet, place, header + 1, last)
    # Hundredths of a millimetre.
    sheet.Columns.getByIndex(place).Width = round(float(column["width_mm"]) * 100)


def _copy_looks(model: Any, sheet: Any, place: int, first: int, last: int) -> None:
    cells = sheet.getCellRangeByPosition(place, first, place, last)
    for name in _LOOKS:
        with suppress(Exception):
            found = getattr(model, name)
            if getattr(cells, name) != found:
                setattr(cells, name, found)


def _fill(document: Any, column: Column, place: int, step: Step) -> None:
    header = int(column["header_row"])
    texts = {header: column["header"]}
    texts |= {int(row): "" if said is None else str(said) for row, said in column["cells"]}
    first, last = min(texts), max(texts)
    sheet = document.Sheets.getByName(column["sheet"])
    there = content(sheet.getCellRangeByPosition(place, first, place, last))
    wanted = Content(*(_with(grid, first, texts) for grid in there))
    change = Change(document, column["sheet"], there, wanted, (place, first))
    step.write(Changes(document, [change]))


def _with(grid: Grid, first: int, texts: dict[int, str]) -> Grid:
    return tuple((texts.get(first + i, old),) for i, (old,) in enumerate(grid))
