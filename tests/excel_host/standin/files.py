"""Workbook files: openpyxl's, with the results of formulas kept beside them.

openpyxl reads either formulas or their results and writes formulas only. Excel's files have both,
so both are read, and results are written again into the copy that SaveCopyAs makes.
"""

from __future__ import annotations

import warnings
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import openpyxl.worksheet._writer as openpyxl_writer
from openpyxl.cell import Cell
from openpyxl.workbook import Workbook as File

from tests.excel_host.standin.cells import SCODES, formula_of

ERRORS = {number: text for text, number in SCODES.items()}


def read(path: Path) -> File:
    """The workbook, each of its worksheets with ``computed``: (row, column) → result."""
    content = path.read_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(BytesIO(content), keep_vba=path.suffix == ".xlsm")
        results = openpyxl.load_workbook(BytesIO(content), data_only=True)
    for sheet in book.worksheets:
        there = results[sheet.title]
        sheet.computed = {
            place: there._cells[place].value
            for place, cell in sheet._cells.items()
            if formula_of(cell) is not None and place in there._cells
        }
    return book


def new() -> File:
    """An empty workbook of one sheet."""
    book = File()
    book.active.title = "Sheet1"
    book.active.computed = {}
    return book


def write(book: File, path: Path) -> None:
    """Save with the results of formulas. Raises OSError."""
    original = openpyxl_writer.write_cell
    openpyxl_writer.write_cell = _write_cell(original)
    stream = BytesIO()
    try:
        book.save(stream)
    finally:
        openpyxl_writer.write_cell = original
    path.write_bytes(stream.getvalue())


def _write_cell(original: Any) -> Any:
    def write_cell(xf: Any, worksheet: Any, cell: Cell, styled: bool = False) -> None:
        result = worksheet.computed.get((cell.row, cell.column)) if cell.data_type == "f" else None
        if result is None or not isinstance(cell.value, str):
            original(xf, worksheet, cell, styled)
            return
        kind, text = _result(result, worksheet)
        attributes = {"r": cell.coordinate, "t": kind} | (
            {"s": f"{cell.style_id}"} if styled else {}
        )
        with xf.element("c", attributes):
            with xf.element("f"):
                xf.write(cell.value[1:])
            with xf.element("v"):
                xf.write(text)

    return write_cell


def _result(result: Any, worksheet: Any) -> tuple[str, str]:
    """A result's type and text as files have them."""
    if isinstance(result, bool):
        return "b", str(int(result))
    if isinstance(result, int | float):
        return ("e", ERRORS[int(result)]) if result in ERRORS else ("n", repr(result))
    if hasattr(result, "isoformat"):
        return "n", repr(openpyxl.utils.datetime.to_excel(result, worksheet.parent.epoch))
    return ("e", result) if result in SCODES else ("str", str(result))
