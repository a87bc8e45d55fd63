"""Range: values, formulas, clearing, merging."""
# ruff: noqa: N802, N803  (members and arguments are as COM has them)

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from openpyxl.cell.cell import MergedCell
from openpyxl.formula.translate import Translator

from tests.excel_host.standin import cells
from tests.excel_host.standin.addresses import Area
from tests.excel_host.standin.com import ComObject, NotInStandin, refused

NOTHING_THERE = SCODE_NA = cells.SCODES["#N/A"]


class Contents(ComObject):
    """What stands in cells. A rectangle goes in and out as rows of values, in one call."""

    sheet: Any
    area: Area

    def places(self, area: Area | None = None) -> Iterator[tuple[int, int]]:
        area = area or self.area
        return (
            (row, column)
            for row in range(area.top, area.bottom + 1)
            for column in range(area.left, area.right + 1)
        )

    @staticmethod
    def one_of(values: set[Any]) -> Any:
        """Excel gives None (Null) where cells differ."""
        return next(iter(values)) if len(values) == 1 else None

    # ── reading ──

    def rows(self, read: Callable[..., Any], empty: Any = None) -> Any:
        """Rows of values as a tuple of tuples; one cell's value alone."""
        there, computed, area = self.sheet.file._cells, self.sheet.file.computed, self.area

        def one(row: int, column: int) -> Any:
            cell = there.get((row, column))
            return empty if cell is None else read(cell, computed)

        if area.height == area.width == 1:
            return one(area.top, area.left)
        blank = (empty,) * area.width
        bottom, columns = self.sheet.used.bottom, range(area.left, area.right + 1)
        return tuple(
            tuple(one(row, column) for column in columns) if row <= bottom else blank
            for row in range(area.top, area.bottom + 1)
        )

    @property
    def Value(self) -> Any:
        return self.rows(cells.value)

    @Value.setter
    def Value(self, given: Any) -> None:
        self.fill(given, cells.enter)

    @property
    def Value2(self) -> Any:
        return self.rows(cells.value2)

    @Value2.setter
    def Value2(self, given: Any) -> None:
        self.fill(given, cells.enter)

    @property
    def Formula(self) -> Any:
        """Formulas, and constants as text; ``""`` for an empty cell."""
        return self.rows(_formula, "")

    @Formula.setter
    def Formula(self, given: Any) -> None:
        self.fill(given, cells.enter)

    @property
    def Formula2(self) -> Any:
        return self.rows(_formula, "")

    @Formula2.setter
    def Formula2(self, given: Any) -> None:
        self.fill(given, cells.enter)

    @property
    def HasFormula(self) -> bool | None:
        return self.one_of(
            {cells.formula_of(self.sheet.file.cell(*place)) is not None for place in self.places()}
        )

    @property
    def HasArray(self) -> bool:
        return False

    @property
    def HasSpill(self) -> bool:
        return False

    @property
    def Text(self) -> Any:
        raise NotInStandin("Range.Text: it depends on widths and fonts")

    # ── writing ──

    def fill(self, given: Any, enter: Callable[..., None]) -> None:
        """A single value into every cell; rows of values cell by cell.

        A single formula is the first cell's; its relative references move along. One row or one
        column given to more goes into all of them; cells beyond what was given become #N/A; what
        goes beyond the cells is left out. Where a filter hides some of the rows, the first row goes
        into all that are seen and nothing into the others (xlwings #679, #747).
        """
        rows = _rows(given)
        unseen = self.sheet.filtered_out() if self.area.height > 1 else frozenset()
        if unseen and isinstance(rows, list) and any(r in unseen for r, _ in self.places()):
            rows = rows[:1]
        self.sheet.guard(self.area)
        growing = self.sheet.growing(self.area)
        computed = self.sheet.file.computed
        alone = isinstance(rows, str) and rows.startswith("=")
        for row, column in self.places(self._writable()):
            if row in unseen:
                continue
            down, across = row - self.area.top, column - self.area.left
            value = _moved(rows, down, across) if alone else _pick(rows, down, across)
            cell = self.sheet.file._get_cell(row, column)
            if value is NOTHING_THERE:
                cells.enter(cell, "#N/A", computed)
            else:
                enter(cell, value, computed)
        if self.sheet.bounds(self.area):
            for table, area in growing:
                table.place(area)
        self.sheet.changed(self.area)

    def _writable(self) -> Area:
        if self.area.height * self.area.width > 20_000_000:
            raise NotInStandin("writing so many cells at once")
        return self.area

    def ClearContents(self) -> bool:
        self._clear(contents=True)
        return True

    def ClearFormats(self) -> bool:
        self._clear(formats=True)
        return True

    def Clear(self) -> bool:
        self._clear(contents=True, formats=True)
        return True

    def _clear(self, *, contents: bool = False, formats: bool = False) -> None:
        self.sheet.guard(self.area)
        file = self.sheet.file
        if contents and self._cuts_merged():
            raise refused("We can't do that to a merged cell.")
        for place in [p for p in file._cells if self.area.holds(Area(*p, *p))]:
            cell = file._cells[place]
            if contents and not isinstance(cell, MergedCell):
                cell.value = None
                file.computed.pop(place, None)
            if formats:
                cell._style = type(cell._style)()
        self.sheet.changed(self.area)

    # ── merged cells ──

    def _merged(self) -> list[Area]:
        return [a for a in self.sheet.merged() if a.meets(self.area)]

    def _cuts_merged(self) -> bool:
        return any(not self.area.holds(merged) for merged in self._merged())

    @property
    def MergeCells(self) -> bool | None:
        merged = self._merged()
        if any(area.holds(self.area) for area in merged):
            return True
        return None if merged else False

    @MergeCells.setter
    def MergeCells(self, value: bool) -> None:
        if value:
            self.Merge()
        else:
            self.UnMerge()

    @property
    def MergeArea(self) -> Any:
        if self.area.height * self.area.width > 1 and not self.MergeCells:
            raise refused("Application-defined or object-defined error")
        return self.to(next(iter(self._merged()), self.area))  # type: ignore[attr-defined]

    def Merge(self, Across: bool = False) -> None:
        if Across:
            raise NotInStandin("merging across")
        self.sheet.guard(self.area)
        if any(table.area.meets(self.area) for table in self.sheet.tables()):
            raise refused("Merge method of Range class failed")
        self.sheet.file.merge_cells(self.area.plain)

    def UnMerge(self) -> None:
        self.sheet.guard(self.area)
        for area in self._merged():
            self.sheet.file.unmerge_cells(area.plain)


def _formula(cell: Any, computed: dict[tuple[int, int], Any]) -> Any:
    formula = cells.formula_of(cell)
    if formula is not None:
        return formula
    plain = cells.value2(cell, computed)
    if plain is None:
        return ""
    if isinstance(plain, bool):
        return str(plain).upper()
    if isinstance(plain, float):
        return str(int(plain)) if plain.is_integer() else repr(plain)
    return cell.value if cell.data_type == "e" else plain


def _rows(given: Any) -> list[list[Any]] | Any:
    """Rows of equal length, or the single value."""
    if not isinstance(given, list | tuple):
        return given
    rows = [list(r) if isinstance(r, list | tuple) else r for r in given]
    if rows and not isinstance(rows[0], list):
        return [rows]
    if not rows or len({len(row) for row in rows}) != 1:
        raise TypeError("rows of different lengths: pywin32 makes no array of them")
    return rows


def _moved(formula: str, down: int, across: int) -> str:
    """A formula as it reads further down and across."""
    if not down and not across:
        return formula
    return str(Translator(formula, "A1").translate_formula(row_delta=down, col_delta=across))


def _pick(rows: Any, row: int, column: int) -> Any:
    if not isinstance(rows, list):
        return rows
    row = 0 if len(rows) == 1 else row
    column = 0 if len(rows[0]) == 1 else column
    inside = row < len(rows) and column < len(rows[0])
    return rows[row][column] if inside else NOTHING_THERE
