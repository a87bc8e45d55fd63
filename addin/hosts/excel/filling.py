"""Fill Fenji's tables where they stand in the user's workbook; whole ranges in one call.

The rows come as the file host writes them: a column keeps its formula where the table has one and
the grading is ``live``, else it gets values. Columns that the user put into or beside the table
of customers stay with their customer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from addin.hosts.excel import filters, native
from addin.hosts.excel.own import Place, place_of
from addin.hosts.excel.problems import Unfit
from addin.hosts.excel.undo import Undo
from addin.hosts.file.formula import Formula

if TYPE_CHECKING:
    import xlwings as xw

CHUNK = 50_000
_LAST_ROW = 1_048_576


@dataclass(frozen=True, kw_only=True)
class Filler:
    """How tables are filled; ``pause`` is called before each write and may raise Stopped."""

    undo: Undo
    live: bool
    date1904: bool
    pause: Callable[[], None]

    def fill(self, place: Place, frame: pl.DataFrame) -> None:
        """Put a frame into a table, by headers; columns that somebody took out stay out.

        Raises Unfit where it has no room, or no column in common.
        """
        frame = frame.select(name for name in frame.columns if name in place.headers)
        if not frame.width:
            raise Unfit(place.table.name)
        formulas = self._formulas(place, frame)
        filters.show_all(place.sheet)
        totals = self._without_totals(place)
        if not totals:
            self.undo.keep(place.rows(place.top, place.bottom))
        grown = self._resized(place, max(frame.height, 1))
        self._write(grown, frame, formulas)
        if totals:
            place.table.show_totals = True

    def _formulas(self, place: Place, frame: pl.DataFrame) -> dict[int, str]:
        """The formula of each column that keeps one, by its place in the table."""
        first = native.rows_of(place.rows(place.top, place.top).formula)[0]
        return {
            number: text
            for number, text in enumerate(first)
            if isinstance(text, str)
            and text.startswith("=")
            and frame.height
            and (self.live or place.headers[number] not in frame.columns)
        }

    def _without_totals(self, place: Place) -> bool:
        """Take a totals row away while the table changes; it remembers its formulas."""
        if not place.table.show_totals:
            return False
        self.undo.keep(place.rows(place.top, place.bottom))
        place.table.show_totals = False
        self.undo.add(lambda: setattr(place.table, "show_totals", True))
        return True

    def _resized(self, place: Place, height: int) -> Place:
        """The table with so many data rows; formats come from its first row."""
        bottom = place.top + height - 1
        if height == place.height:
            return place
        first = place.rows(place.top, place.top)
        if height > place.height:
            self._check_below(place, bottom)
            gained = place.rows(place.bottom + 1, bottom)
            self._resize(place, bottom)
            self.undo.add(gained.clear)
            copy_formats(first, gained)
        else:
            left_over = place.rows(bottom + 1, place.bottom)
            self._resize(place, bottom)
            self.undo.add(lambda: copy_formats(first, left_over))
            left_over.clear()
        return place_of(place.sheet, place.table)

    def _resize(self, place: Place, bottom: int) -> None:
        self.undo.add(lambda: place.table.resize(place.rows(place.top - 1, place.bottom)))
        place.table.resize(place.rows(place.top - 1, bottom))

    def _check_below(self, place: Place, bottom: int) -> None:
        """Raises Unfit where something stands below the table that it would take in."""
        if bottom > _LAST_ROW:
            raise Unfit(place.table.name)
        used = place.sheet.used_range
        last = min(bottom, used.row + used.shape[0] - 1)
        if last <= place.bottom:
            return
        below = native.rows_of(place.rows(place.bottom + 1, last).formula)
        if any(cell not in ("", None) for row in below for cell in row):
            raise Unfit(place.table.name)

    def _write(self, place: Place, frame: pl.DataFrame, formulas: dict[int, str]) -> None:
        values = [
            number
            for number, header in enumerate(place.headers)
            if number not in formulas and header in frame.columns
        ]
        kinds = ["v" if n in values else "f" if n in formulas else "" for n in range(place.width)]
        for first, last in native.runs(kinds):
            if kinds[first] == "v":
                self._write_values(place, frame, first, last)
            elif kinds[first] == "f":
                for number in range(first, last):
                    cells = place.rows(place.top, place.bottom, place.left + number, 1)
                    self.pause()
                    cells.formula = _for_rows(formulas[number], place)

    def _write_values(self, place: Place, frame: pl.DataFrame, first: int, last: int) -> None:
        columns = [
            native.column_of(
                frame[place.headers[number]],
                date1904=self.date1904,
                text_format=frame.schema[place.headers[number]] == pl.String
                and self._is_text(place, number),
            )
            for number in range(first, last)
        ]
        if not frame.height:
            self.pause()
            place.rows(place.top, place.top, place.left + first, last - first).clear_contents()
            return
        write_columns(place, columns, left=place.left + first, pause=self.pause)

    @staticmethod
    def _is_text(place: Place, number: int) -> bool:
        cell = place.rows(place.top, place.top, place.left + number, 1)
        return bool(cell.number_format == native.TEXT_FORMAT)


def write_columns(
    place: Place, columns: Sequence[list[Any]], *, left: int, pause: Callable[[], None]
) -> None:
    """Write columns side by side from the table's first data row on, in chunks of rows."""
    height = len(columns[0])
    for start in range(0, height, CHUNK):
        end = min(start + CHUNK, height)
        pause()
        rows = list(zip(*(column[start:end] for column in columns), strict=True))
        target = place.rows(place.top + start, place.top + end - 1, left, len(columns))
        target.raw_value = native.block(rows)


def _for_rows(formula: str, place: Place) -> Any:
    """A formula of the first data row for all of them, one by one where it names other cells."""
    parsed = Formula.parse(formula, row=place.top)
    if all(isinstance(part, str) for part in parsed.parts):
        return formula
    return native.block([[parsed.at(row)] for row in range(place.top, place.bottom + 1)])


def copy_formats(source: xw.Range, target: xw.Range) -> None:
    """The looks of cells for other cells, without the clipboard, which is the user's."""
    source.copy(target)
    target.clear_contents()
