"""Fill Fenji's named cells where they stand in the user's workbook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from addin.hosts.excel import native, own
from addin.hosts.excel.undo import Undo

if TYPE_CHECKING:
    import xlwings as xw


def fill(
    book: xw.Book,
    cells: Mapping[str, object],
    *,
    undo: Undo,
    date1904: bool,
    pause: Callable[[], None],
) -> None:
    """Put values into named cells; a cell with a formula keeps it."""
    for name, value in cells.items():
        cell = own.named_cell(book, name)
        if cell is None or str(cell.formula).startswith("="):
            continue
        text_format = cell.number_format == native.TEXT_FORMAT
        new = native.value_of(value, date1904=date1904, text_format=text_format)
        if cell.formula in ("", None) and new == "":
            continue
        pause()
        undo.write(cell, [[new]])
