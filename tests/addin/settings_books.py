"""Workbooks of Fenji in a user's hands: orders pasted in, cells of the sheet Settings changed."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

TABLE = "FenjiSettings"


def opened(path: Path) -> Workbook:
    with warnings.catch_warnings(action="ignore"):
        return openpyxl.load_workbook(path)


def settings_sheet(book: Workbook) -> Worksheet:
    (sheet,) = (sheet for sheet in book.worksheets if TABLE in sheet.tables)
    return sheet


def setting_rows(sheet: Worksheet) -> list[tuple[Any, ...]]:
    """Cells of setting, value, meaning and key, row by row."""
    _, *rows = sheet[sheet.tables[TABLE].ref]
    return [tuple(row) for row in rows]


def by_key(sheet: Worksheet) -> dict[str, Any]:
    """The cell of each setting."""
    return {key.value: value for _, value, _, key in setting_rows(sheet) if key.value}


def paste(path: Path, headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Put orders on a new sheet, as somebody does who fills a template."""
    book = opened(path)
    sheet = book.create_sheet("Pasted")
    sheet.append(list(headers))
    for row in rows:
        sheet.append(list(row))
        for cell in sheet[sheet.max_row]:
            if cell.data_type == "f":  # a name that begins with = is a name
                cell.data_type = "s"
    book.save(path)


def change(path: Path, cells: dict[str, Any]) -> dict[str, int]:
    """Write into cells by their keys; the row numbers of those cells."""
    book = opened(path)
    found = by_key(settings_sheet(book))
    for key, value in cells.items():
        found[key].value = value
    book.save(path)
    return {key: found[key].row for key in cells}
