"""What stands in the cells of a workbook."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl

Cell = str | int | float | bool | dt.datetime | dt.date | dt.time | dt.timedelta
Values = dict[str, dict[str, Cell]]

ERRORS = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "Err:")


def cell_values(path: Path) -> Values:
    """The cached value of every cell that has one, as {sheet: {"A1": value}}."""
    book = openpyxl.load_workbook(path, data_only=True)
    return {
        sheet.title: {
            cell.coordinate: cell.value
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None
        }
        for sheet in book.worksheets
    }


def errors(values: Values) -> dict[str, str]:
    """The cells that show an error, as {"Sheet!A1": "#NAME?"}."""
    return {
        f"{sheet}!{where}": value
        for sheet, cells in values.items()
        for where, value in cells.items()
        if isinstance(value, str) and value.startswith(ERRORS)
    }
