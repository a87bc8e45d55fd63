"""Cells made to hold something else, and back, without a step of LibreOffice's own.

Its own undo of an array leaves texts in cells that were blank (25.2).
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from .cells import BLANK, FORMULA, contents, differing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from .cells import Content

_CONTENT = 1 | 2 | 4 | 16  # com.sun.star.sheet.CellFlags: numbers, dates, texts, formulas


class Change:
    """Cells of one sheet; it is looked up each time, for it may have been brought again."""

    def __init__(
        self,
        document: Any,
        sheet: str,
        there: Content,
        wanted: Content,
        corner: tuple[int, int] = (0, 0),
    ) -> None:
        """What is there and what is wanted, from the cell at ``corner`` (column, row) on."""
        self._document, self._sheet, self._corner = document, sheet, corner
        self._there, self._wanted = there, wanted

    def do(self, call: Callable[..., Any]) -> None:
        """Write what is wanted; ``call`` calls UNO."""
        self._write(self._there, self._wanted, call)

    def back(self, call: Callable[..., Any]) -> None:
        """Write what was there."""
        self._write(self._wanted, self._there, call)

    def _write(self, there: Content, wanted: Content, call: Callable[..., Any]) -> None:
        sheet = self._document.Sheets.getByName(self._sheet)
        cells = self._cells(sheet)
        differ = set(differing(there, wanted))
        _open_arrays(sheet, cells, there, differ, call)
        _put_arrays(cells, wanted, differ, call)
        for column, first, last in _runs(differ, wanted.kind):
            run = cells.getCellRangeByPosition(column, first, column, last)
            kind = wanted.kind(first, column)
            if kind == BLANK:
                call(run.clearContents, _CONTENT)
                continue
            given = tuple((wanted.at(row, column),) for row in range(first, last + 1))
            call(run.setFormulaArray if kind == FORMULA else run.setDataArray, given)

    def _cells(self, sheet: Any) -> Any:
        left, top = self._corner
        right = left + max(self._there.width, self._wanted.width) - 1
        bottom = top + max(self._there.height, self._wanted.height) - 1
        return sheet.getCellRangeByPosition(left, top, right, bottom)


class Changes:
    """Several of them, one after the other, back in the same order."""

    def __init__(self, document: Any, changes: Sequence[Change]) -> None:
        self._document = document
        self._changes = changes

    @classmethod
    def of_sheets(cls, document: Any, wanted: dict[str, Content]) -> Changes:
        """What makes sheets hold what is wanted."""
        there = contents(document, wanted)
        return cls(document, [Change(document, n, there[n], wanted[n]) for n in wanted])

    def do(self, call: Callable[..., Any]) -> None:
        with _at_rest(self._document):
            for change in self._changes:
                change.do(call)

    def back(self, call: Callable[..., Any]) -> None:
        with _at_rest(self._document):
            for change in self._changes:
                change.back(call)


@contextmanager
def _at_rest(document: Any) -> Iterator[None]:
    """Without calculating and painting while many cells change, and not on the first sheet.

    LibreOffice 25.2 lets go of ``quiet``'s lock in the middle of a call when a window has to paint:
    the call is recorded all the same, and while a step is taken back that destroys the step, and
    LibreOffice with it. Locked painting calls only upon windows that show the first sheet.
    """
    first, *others = (document.Sheets.getByName(each) for each in document.Sheets.ElementNames)
    other = next((each for each in others if each.IsVisible), None)
    aside = [each for each in _windows(document) if each.getActiveSheet().Name == first.Name]
    automatic = document.isAutomaticCalculationEnabled()
    document.enableAutomaticCalculation(False)
    for window in aside if other is not None else ():
        window.setActiveSheet(other)
    document.lockControllers()
    try:
        yield
    finally:
        document.unlockControllers()
        for window in aside:
            window.setActiveSheet(first)
        document.enableAutomaticCalculation(automatic)


def _windows(document: Any) -> list[Any]:
    found, made = document.getControllers(), []
    while found.hasMoreElements():
        made.append(found.nextElement())
    return made


def _open_arrays(
    sheet: Any, cells: Any, there: Content, differ: set[tuple[int, int]], call: Callable[..., Any]
) -> None:
    """Clear whole array formulas of which a cell is to change: a part of one can't be."""
    for row, column in sorted(differ):
        if str(there.at(row, column))[:2] != "{=":
            continue
        cursor = sheet.createCursorByRange(cells.getCellByPosition(column, row))
        cursor.collapseToCurrentArray()
        call(cursor.clearContents, _CONTENT)
        corner, at = cells.RangeAddress, cursor.RangeAddress
        differ.update(
            (r - corner.StartRow, c - corner.StartColumn)
            for r in range(at.StartRow, at.EndRow + 1)
            for c in range(at.StartColumn, at.EndColumn + 1)
        )


def _put_arrays(
    cells: Any, wanted: Content, differ: set[tuple[int, int]], call: Callable[..., Any]
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
        array = cells.getCellRangeByPosition(column, row, right, bottom)
        call(array.clearContents, _CONTENT)
        call(array.setArrayFormula, text[1:-1])
        differ.difference_update(
            (r, c) for r in range(row, bottom + 1) for c in range(column, right + 1)
        )


def _runs(
    cells: set[tuple[int, int]], kind: Callable[[int, int], int]
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
