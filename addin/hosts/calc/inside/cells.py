"""Sheets as plain data: cells, tables (database ranges) and names; and writing what differs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Grid = tuple[tuple[Any, ...], ...]
OWN = "fenji"
BLANK, CONSTANT, FORMULA = 0, 1, 2
CONTENT = 1 | 2 | 4 | 16  # com.sun.star.sheet.CellFlags: numbers, dates, texts, formulas


class Table(NamedTuple):
    """A database range: its sheet's name, its corners counted from 0, and how it is used."""

    sheet: str
    left: int
    top: int
    right: int
    bottom: int
    filtered: bool
    header: bool

    @property
    def height(self) -> int:
        return self.bottom - self.top + 1


class Content(NamedTuple):
    """What cells hold: formulas as text (array formulas in braces), and values."""

    formulas: Grid
    values: Grid

    def at(self, row: int, column: int) -> Any:
        """A formula as its text, else the value; blank outside."""
        if row >= len(self.formulas) or column >= len(self.formulas[0]):
            return ""
        formula = self.formulas[row][column]
        return formula if formula[:1] == "=" or formula[:2] == "{=" else self.values[row][column]

    def is_formula(self, row: int, column: int) -> bool:
        if row >= len(self.formulas) or column >= len(self.formulas[0]):
            return False
        formula = self.formulas[row][column]
        text = str(formula)
        return text.startswith(("=", "{=")) and text != self.values[row][column]

    def kind(self, row: int, column: int) -> int:
        """BLANK, CONSTANT or FORMULA."""
        if self.at(row, column) == "":
            return BLANK
        return FORMULA if self.is_formula(row, column) else CONSTANT


def used(sheet: Any) -> Any:
    """The cells from A1 to the last one in use."""
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(False)
    end = cursor.RangeAddress
    return sheet.getCellRangeByPosition(0, 0, end.EndColumn, end.EndRow)


def content(sheet: Any) -> Content:
    """All that stands in a sheet."""
    cells = used(sheet)
    return Content(cells.getFormulaArray(), cells.getDataArray())


def tables(document: Any) -> dict[str, Table]:
    """The document's tables by name."""
    found = {}
    ranges = document.DatabaseRanges
    for name in ranges.ElementNames:
        table = ranges.getByName(name)
        at = table.DataArea
        found[name] = Table(
            document.Sheets.getByIndex(at.Sheet).Name,
            at.StartColumn,
            at.StartRow,
            at.EndColumn,
            at.EndRow,
            bool(table.AutoFilter),
            bool(table.ContainsHeader),
        )
    return found


def names(document: Any) -> dict[str, tuple[str, int]]:
    """The document's names: what each stands for, and its kind."""
    listed = document.NamedRanges
    every = [listed.getByIndex(i) for i in range(listed.Count)]
    return {name.Name: (name.Content, name.Type) for name in every}


def is_own(name: str) -> bool:
    """Whether a name of a table or a cell is Fenji's."""
    return name.casefold().startswith(OWN)


class Change:
    """What has to be written so that a sheet holds what is wanted."""

    def __init__(self, sheet: Any, wanted: Content) -> None:
        self._sheet = sheet
        self._wanted = wanted
        self._there = content(sheet)
        self._differ = set(_differing(self._there, wanted))

    def blank(self) -> list[Any]:
        """The cells that are blank now and will not be, as ranges."""
        there = self._there
        found = {cell for cell in self._differ if there.at(*cell) == ""}
        return [at(self._sheet, run) for run in runs(found)]

    def write(self, call: Callable[..., Any]) -> None:
        """Write it; ``call`` calls UNO."""
        sheet, wanted, differ = self._sheet, self._wanted, self._differ
        _open_arrays(sheet, self._there, differ, call)
        _put_arrays(sheet, wanted, differ, call)
        for run in runs(differ, wanted.kind):
            column, first, last = run
            cells = at(sheet, run)
            kind = wanted.kind(first, column)
            if kind == BLANK:
                # Blank text among others would not blank the cell again when it is redone.
                call(cells.clearContents, CONTENT)
                continue
            given = tuple((wanted.at(row, column),) for row in range(first, last + 1))
            call(cells.setFormulaArray if kind == FORMULA else cells.setDataArray, given)


def _differing(there: Content, wanted: Content) -> Iterator[tuple[int, int]]:
    """The cells, as row and column, that differ; of formulas only the text counts."""
    height = max(len(there.formulas), len(wanted.formulas))
    width = max(len(there.formulas[0]), len(wanted.formulas[0]))
    least = min(len(there.formulas), len(wanted.formulas))
    same = len(there.formulas[0]) == len(wanted.formulas[0])
    for row in range(height):
        if same and row < least and _same_row(there, wanted, row):
            continue
        for column in range(width):
            if _differs(there, wanted, row, column):
                yield row, column


def _same_row(one: Content, other: Content, row: int) -> bool:
    return bool(one.values[row] == other.values[row] and one.formulas[row] == other.formulas[row])


def _differs(there: Content, wanted: Content, row: int, column: int) -> bool:
    if wanted.is_formula(row, column) != there.is_formula(row, column):
        return True
    return bool(wanted.at(row, column) != there.at(row, column))


def _open_arrays(
    sheet: Any, there: Content, differ: set[tuple[int, int]], call: Callable[..., Any]
) -> None:
    """Clear whole array formulas of which a cell is to change: a part of one can't be."""
    for row, column in sorted(differ):
        if not there.at(row, column) or str(there.at(row, column))[:2] != "{=":
            continue
        cursor = sheet.createCursorByRange(sheet.getCellByPosition(column, row))
        cursor.collapseToCurrentArray()
        at = cursor.RangeAddress
        call(cursor.clearContents, CONTENT)
        differ.update(
            (r, c)
            for r in range(at.StartRow, at.EndRow + 1)
            for c in range(at.StartColumn, at.EndColumn + 1)
        )


def _put_arrays(
    sheet: Any, wanted: Content, differ: set[tuple[int, int]], call: Callable[..., Any]
) -> None:
    """Write array formulas; cells side by side with the same one are one array."""
    for row, column in sorted(differ):
        text = wanted.at(row, column)
        if (row, column) not in differ or not wanted.is_formula(row, column) or text[:2] != "{=":
            continue
        right, bottom = column, row
        while wanted.at(row, right + 1) == text:
            right += 1
        while wanted.at(bottom + 1, column) == text:
            bottom += 1
        cells = sheet.getCellRangeByPosition(column, row, right, bottom)
        call(cells.clearContents, CONTENT)
        call(cells.setArrayFormula, text[1:-1])
        differ.difference_update(
            (r, c) for r in range(row, bottom + 1) for c in range(column, right + 1)
        )


def runs(
    cells: set[tuple[int, int]], kind: Callable[[int, int], int] = lambda _row, _column: BLANK
) -> Iterator[tuple[int, int, int]]:
    """Cells (row, column) as runs of one kind down a column: column, first and last row."""
    left = sorted((column, row) for row, column in cells)
    start = 0
    for i, (column, row) in enumerate(left):
        follows = i + 1 < len(left) and left[i + 1] == (column, row + 1)
        if follows and kind(row + 1, column) == kind(row, column):
            continue
        yield column, left[start][1], row
        start = i + 1


def at(sheet: Any, run: tuple[int, int, int]) -> Any:
    """The cells of a run."""
    column, first, last = run
    return sheet.getCellRangeByPosition(column, first, column, last)


def alike(there: Content, wanted: Content) -> bool:
    """Whether two sheets hold the same; of formulas only the text counts."""
    return next(_differing(there, wanted), None) is None
