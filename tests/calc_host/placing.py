"""Calls of functions as a person makes them in Calc: arguments in cells, an answer in cells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from openpyxl.utils import get_column_letter

from tests.excel_host.selfcheck_cases import MISSING
from tests.office.calc import Calc

EPOCH = dt.datetime(1899, 12, 30)
# Right of the arguments of every call.
ANSWER = 60


def serial(cell: Any) -> Any:
    """A cell as Calc has it: a date is a number."""
    if isinstance(cell, dt.date):
        moment = cell if isinstance(cell, dt.datetime) else dt.datetime.combine(cell, dt.time())
        return (moment - EPOCH) / dt.timedelta(days=1)
    return cell


def rows_of(given: Any) -> list[list[Any]]:
    return given if isinstance(given, list) else [[given]]


def place(column: int, rows: int = 1, columns: int = 1) -> str:
    first = f"{get_column_letter(column)}1"
    return f"{first}:{get_column_letter(column + columns - 1)}{rows}"


class Sheet:
    """A new document for one call after another."""

    def __init__(self, calc: Calc) -> None:
        self.calc, self.doc = calc, calc.new()

    def close(self) -> None:
        self.calc.close(self.doc)

    def clear(self) -> None:
        # Cells and what they show: values, text, formulas, dates.
        self.calc.run("docs[doc].Sheets.getByIndex(0).clearContents(1 | 2 | 4 | 16)", doc=self.doc)

    def formula(self, function: str, arguments: Sequence[Any]) -> str:
        """The formula, its arguments written into cells side by side."""
        self.clear()
        column, given = 1, []
        for argument in arguments:
            if argument is MISSING or isinstance(argument, bool):
                given.append("" if argument is MISSING else f"{str(argument).upper()}()")
                continue
            rows = [[serial(cell) for cell in row] for row in rows_of(argument)]
            width = max(map(len, rows))
            rows = [[*row, *[None] * (width - len(row))] for row in rows]
            area = place(column, len(rows), width)
            self.calc.set_values(self.doc, 0, area.split(":", maxsplit=1)[0], rows)
            one = len(rows) == width == 1
            given.append(area.split(":", maxsplit=1)[0] if one else area)
            column += width + 1
        assert column <= ANSWER
        return f"={function}({';'.join(given)})"

    def answer(self, function: str, arguments: Sequence[Any], shape: Any) -> list[list[Any]]:
        """What the cells hold, in as many cells as ``shape`` has rows and columns."""
        formula = self.formula(function, arguments)
        height, width = len(rows_of(shape)), len(rows_of(shape)[0])
        area = place(ANSWER, height, width)
        if height == width == 1:
            self.calc.set_formulas(self.doc, 0, {area.split(":", maxsplit=1)[0]: formula})
        else:
            self.calc.set_array(self.doc, 0, area, formula)
        return self.calc.values(self.doc, 0, area)


def expected(answer: Any) -> list[list[Any]]:
    """What Calc shows for an answer: nothing as empty text, dates as numbers."""
    return [[_shown(cell) for cell in row] for row in rows_of(answer)]


def _shown(cell: Any) -> Any:
    plain = serial(cell.item() if hasattr(cell, "item") else cell)
    if plain is None or plain != plain:  # noqa: PLR0124 (not a number)
        return ""
    return str(plain) if isinstance(plain, str) else float(plain)
