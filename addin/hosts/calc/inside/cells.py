"""Sheets as plain data: cells, tables (database ranges) and names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Grid = tuple[tuple[Any, ...], ...]
OWN = "fenji"
BLANK, CONSTANT, FORMULA = 0, 1, 2


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

    @property
    def height(self) -> int:
        return len(self.formulas)

    @property
    def width(self) -> int:
        return len(self.formulas[0])

    def at(self, row: int, column: int) -> Any:
        """A formula as its text, else the value; blank outside."""
        if row >= self.height or column >= self.width:
            return ""
        formula = self.formulas[row][column]
        return formula if formula[:1] == "=" or formula[:2] == "{=" else self.values[row][column]

    def is_formula(self, row: int, column: int) -> bool:
        if row >= self.height or column >= self.width:
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


def content(cells: Any) -> Content:
    """All that stands in a range."""
    return Content(cells.getFormulaArray(), cells.getDataArray())


def contents(document: Any, sheets: Iterable[str]) -> dict[str, Content]:
    """All that stands in sheets, by their names."""
    return {name: content(used(document.Sheets.getByName(name))) for name in sheets}


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


def alike(there: Content, wanted: Content) -> bool:
    """Whether two sheets hold the same; of formulas only the text counts."""
    return next(differing(there, wanted), None) is None


def differing(there: Content, wanted: Content) -> Iterator[tuple[int, int]]:
    """The cells, as row and column, that differ; of formulas only the text counts."""
    least = min(there.height, wanted.height)
    for row in range(max(there.height, wanted.height)):
        if there.width == wanted.width and row < least and _same_row(there, wanted, row):
            continue
        for column in range(max(there.width, wanted.width)):
            if _differs(there, wanted, row, column):
                yield row, column


def _same_row(one: Content, other: Content, row: int) -> bool:
    return bool(one.values[row] == other.values[row] and one.formulas[row] == other.formulas[row])


def _differs(there: Content, wanted: Content, row: int, column: int) -> bool:
    if wanted.is_formula(row, column) != there.is_formula(row, column):
        return True
    return bool(wanted.at(row, column) != there.at(row, column))
