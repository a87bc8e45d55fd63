"""Read the sheets of an open workbook through Excel, where its copy can't be read.

That is so for encrypted and labelled workbooks. Hidden and filtered rows are read like others.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import polars as pl

from addin.hosts.excel import native, own
from addin.hosts.excel.own import Place
from addin.hosts.file.own_tables import TableText
from segmentation.sources import RawSheet

if TYPE_CHECKING:
    import xlwings as xw

CHUNK = 100_000


def raw_sheets(book: xw.Book, step: Callable[[str], None]) -> list[RawSheet]:
    """All worksheets as text; ``step`` is told the sheet that is read."""
    found = []
    for sheet in book.sheets:
        step(sheet.name)
        found.append(raw_sheet(sheet, file=book.name))
    return found


def raw_sheet(sheet: xw.Sheet, *, file: str, rows: int | None = None) -> RawSheet:
    """One worksheet as text, or its first ``rows``."""
    used = sheet.used_range
    bottom, right = used.row + used.shape[0] - 1, used.column + used.shape[1] - 1
    bottom = min(bottom, rows) if rows else bottom
    parts = [_frame(cells) for cells in _chunks(sheet, used.column, bottom, right)]
    return RawSheet(
        file=file,
        sheet=sheet.name,
        cells=pl.concat(parts) if parts else pl.DataFrame(),
        first_column=used.column - 1,
        hidden=not _is_visible(sheet),
    )


def _is_visible(sheet: xw.Sheet) -> bool:
    """``visible`` is True, a number, or AppleScript's word; -1 is Excel's own True."""
    return sheet.visible in (True, -1) or "visible" in str(sheet.visible).split(".")


def _chunks(sheet: xw.Sheet, left: int, bottom: int, right: int) -> Iterator[native.Cells]:
    """The values from the first row on, each chunk in one call."""
    for first in range(1, bottom + 1, CHUNK):
        last = min(first + CHUNK - 1, bottom)
        yield native.rows_of(sheet.range((first, left), (last, right)).raw_value)


def _frame(rows: native.Cells) -> pl.DataFrame:
    columns = zip(*rows, strict=True) if rows else ()
    return pl.DataFrame({f"c{i}": _texts(column) for i, column in enumerate(columns)})


def _texts(column: tuple[Any, ...]) -> pl.Series:
    return pl.Series([native.text_of(value) for value in column], dtype=pl.String)


def table_text(place: Place, book: xw.Book, cells: tuple[str, ...] = ()) -> TableText:
    """A table as text, and named cells, as ``own_tables.read_table`` gives them."""
    rows = native.rows_of(place.rows(place.top, place.bottom).raw_value)
    named = {name: own.named_cell(book, name) for name in cells}
    return TableText(
        file=book.name,
        sheet=place.sheet.name,
        headers=place.headers,
        first=place.top,
        rows=tuple(
            zip(
                itertools.count(place.top),
                (tuple(native.text_of(cell) for cell in row) for row in rows),
            )
        ),
        cells={
            name: native.text_of(cell.raw_value) if cell is not None else None
            for name, cell in named.items()
        },
    )
