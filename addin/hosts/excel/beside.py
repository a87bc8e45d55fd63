"""Tier, segment, reason and next step beside the user's own list of customers, row by row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from addin.beside_list import WIDTHS, Answer, answers, edge_of, headers
from addin.hosts.excel import filters, native
from addin.hosts.excel.filling import CHUNK, copy_formats
from addin.hosts.excel.own import new_column
from addin.hosts.excel.problems import ExcelProblem
from addin.hosts.excel.undo import Undo
from addin.words import Words

if TYPE_CHECKING:
    import xlwings as xw
    from xlwings.main import Table

__all__ = ["Answer", "Writer", "answers"]


@dataclass(frozen=True, kw_only=True)
class Writer:
    """Writes the columns; ``pause`` is called before each write and may raise Stopped."""

    book: xw.Book
    text: Words
    undo: Undo
    pause: Callable[[], None]

    def write(self, answer: Answer) -> None:
        """Put the columns beside the list. Raises ExcelProblem ``changed filtered``."""
        sheet = self.book.sheets[answer.layout.sheet.sheet]
        header = answer.layout.header_row + 1
        last = int(answer.rows["row"].max())  # type: ignore[arg-type]
        self._check_same(sheet, answer, last)
        filters.show_all(sheet)
        places = self._places(sheet, answer, header, last)
        by_row = pl.DataFrame({"row": range(header + 1, last + 1)}, schema={"row": pl.UInt32})
        lines = by_row.join(answer.rows, on="row", how="left", maintain_order="left")
        for first, end in _blocks([places[key] for key in answer.keys]):
            block = answer.keys[first:end]
            columns = [native.column_of(lines[key], date1904=False) for key in block]
            self._write(sheet, columns, header + 1, places[block[0]])

    def _write(self, sheet: xw.Sheet, columns: list[list[Any]], top: int, left: int) -> None:
        rows = list(zip(*columns, strict=True))
        right = left + len(columns) - 1
        for start in range(0, len(rows), CHUNK):
            part = rows[start : start + CHUNK]
            first = top + start
            self.pause()
            self.undo.write(sheet.range((first, left), (first + len(part) - 1, right)), part)

    def _check_same(self, sheet: xw.Sheet, answer: Answer, last: int) -> None:
        """Rows may have moved while Python was grading."""
        found = answer.layout
        column = found.sheet.first_column + found.columns["customer"] + 1
        top = found.header_row + 2
        now = native.rows_of(sheet.range((top, column), (last, column)).raw_value)
        then = found.data[f"c{found.columns['customer']}"].head(len(now)).to_list()
        for new, old in zip(now, then, strict=False):
            if not _alike(native.text_of(new[0]), old):
                raise ExcelProblem("changed", sheet=sheet.name)

    def _places(self, sheet: xw.Sheet, answer: Answer, header: int, last: int) -> dict[str, int]:
        """The column of the sheet for each key: where it stands already, else a new one."""
        used = sheet.used_range
        right = used.column + used.shape[1] - 1
        titles = native.rows_of(sheet.range((header, 1), (header, max(right, 2))).raw_value)[0]
        known = {str(title): number for number, title in enumerate(titles, start=1) if title}
        there = {
            key: next((known[h] for h in headers(key) if h in known), 0) for key in answer.keys
        }
        missing = [key for key in answer.keys if not there[key]]
        if not missing:
            return there
        table = next((t for t in sheet.tables if _covers(t, header, answer)), None)
        if table is not None:
            return there | self._into_table(table, missing)
        return there | self._into_range(sheet, missing, answer, header, last)

    def _into_table(self, table: Table, missing: Sequence[str]) -> dict[str, int]:
        """New columns at the right end of a table, which brings its own looks."""
        made = {}
        for key in missing:
            self.pause()
            column = new_column(table, self.text(f"excel.column.{key}"), None, self.undo)
            made[key] = column.range.column
            if column.data_body_range is not None:
                column.data_body_range.number_format = "General"
            column.range.column_width = WIDTHS[key]
        return made

    def _into_range(
        self, sheet: xw.Sheet, missing: Sequence[str], answer: Answer, header: int, last: int
    ) -> dict[str, int]:
        """New columns right of a plain list, in the first place that is free for all of them."""
        edge = edge_of(answer.layout)
        left = _free(sheet, edge + 1, len(missing), header, last)
        right = left + len(missing) - 1
        cells = sheet.range((header, left), (last, right))
        self.pause()
        self.undo.add(cells.clear)
        copy_formats(sheet.range((header, edge), (last, edge)), cells)
        sheet.range((header + 1, left), (last, right)).number_format = "General"
        made = {}
        for number, key in enumerate(missing, start=left):
            made[key] = number
            title = sheet.range((header, number))
            title.raw_value = self.text(f"excel.column.{key}")
            title.column_width = WIDTHS[key]
        return made


def _covers(table: Table, header: int, answer: Answer) -> bool:
    """Whether the list stands in a table of Excel's."""
    place = table.range
    column = answer.layout.sheet.first_column + answer.layout.columns["customer"] + 1
    return bool(place.row == header and 0 <= column - place.column < place.shape[1])


def _free(sheet: xw.Sheet, start: int, width: int, header: int, last: int) -> int:
    """The first of so many columns side by side that are blank in the list's rows."""
    used = sheet.used_range
    right = used.column + used.shape[1] - 1
    if right < start:
        return start
    cells = native.rows_of(sheet.range((header, start), (last, right)).formula)
    filled = [any(row[i] not in ("", None) for row in cells) for i in range(right - start + 1)]
    left = 0
    while any(filled[left : left + width]):
        left += 1
    return start + left


def _blocks(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """The runs of columns that stand side by side, as first and behind-the-last position."""
    return native.runs([number - position for position, number in enumerate(numbers)])


def _alike(new: str | None, old: str | None) -> bool:
    one, other = (new or "").strip(), (old or "").strip()
    if one == other:
        return True
    try:
        return abs(float(one) - float(other)) <= 1e-9 * max(1.0, abs(float(one)))
    except ValueError:
        return False
