"""Calls of functions as our VBA makes them: through xlwings' COM server, values as COM has them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.excel_host.selfcheck_cases import MISSING
from tests.excel_host.standin.addresses import Area
from tests.excel_host.standin.cells import SCODES
from tests.excel_host.standin.windows import TimeType

VBA_MISSING = -2147352572  # DISP_E_PARAMNOTFOUND: an Optional Variant that was left out
MOMENT = ("year", "month", "day", "hour", "minute", "second")


def com_value(cell: Any) -> Any:
    """One value as pywin32 hands it over."""
    if isinstance(cell, dt.datetime):
        return TimeType(*(getattr(cell, part) for part in MOMENT), tzinfo=dt.UTC)
    return SCODES.get(cell, cell) if isinstance(cell, str) else cell


def array(argument: Any) -> Any:
    """An argument as the wrapper passes it: the range's values, or the single value."""
    if argument is MISSING:
        return VBA_MISSING
    if not isinstance(argument, list):
        return com_value(argument)
    if len(argument) == 1 and len(argument[0]) == 1:
        return com_value(argument[0][0])
    return tuple(tuple(map(com_value, row)) for row in argument)


class Placed:
    """Arguments written into a sheet of the stand-in, side by side; gives COM Ranges."""

    def __init__(self, sheet: Any) -> None:
        self.sheet, self.column = sheet, 1

    def range(self, argument: Any) -> Any:
        if argument is MISSING:
            return VBA_MISSING
        rows = argument if isinstance(argument, list) else [[argument]]
        height, width = len(rows), len(rows[0])
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                place = self.sheet.file.cell(r + 1, self.column + c)
                place.value = cell
        area = Area(1, self.column, height, self.column + width - 1)
        self.column += width + 1
        return self.sheet.range(area)


def expected(answer: Any) -> list[list[Any]]:
    """What Excel gets for an answer: blanks as empty text, failures as their text."""
    rows = answer if isinstance(answer, list) else [[answer]]
    return [["" if c is None else str(c) if isinstance(c, str) else c for c in row] for row in rows]
