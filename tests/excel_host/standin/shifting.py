"""Range: inserting and deleting cells, and copying them.

Cells move with their looks; tables, merged cells and the names of ranges move along. Formulas
elsewhere keep their text (Excel would adjust their references).
"""
# ruff: noqa: ARG002, N802, N803  (members and arguments are as COM has them)

from __future__ import annotations

from copy import copy
from typing import Any

from openpyxl.cell.cell import Cell, MergedCell

from tests.excel_host.standin.addresses import COLUMNS, ROWS, Area
from tests.excel_host.standin.com import ComObject, NotInStandin, refused

SHIFT_DOWN, SHIFT_RIGHT, SHIFT_UP, SHIFT_LEFT = -4121, -4161, -4162, -4159


class Shifting(ComObject):
    sheet: Any
    area: Area

    def Insert(self, Shift: Any = None, CopyOrigin: Any = None) -> bool:
        """Insert cells; without ``Shift`` down where the range is wider than high."""
        down = self._down(Shift, SHIFT_DOWN)
        self.sheet.guard()
        _shift(self.sheet, self.area, down=down, by=1)
        return True

    def Delete(self, Shift: Any = None) -> bool:
        up = self._down(Shift, SHIFT_UP)
        self.sheet.guard()
        _shift(self.sheet, self.area, down=up, by=-1)
        return True

    def _down(self, shift: Any, vertical: int) -> bool:
        area = self.area
        if area.width == COLUMNS:
            return True
        if area.height == ROWS:
            return False
        return area.width >= area.height if shift is None else int(shift) == vertical

    def Copy(self, Destination: Any = None) -> bool:
        """Copy onto another range, contents and looks; repeated where that is a multiple of it."""
        if Destination is None:
            raise NotInStandin("the clipboard")
        Destination.sheet.guard(Destination.area)
        down, across = (
            Destination.area.height // self.area.height,
            Destination.area.width // self.area.width,
        )
        fits = (down * self.area.height, across * self.area.width) == (
            Destination.area.height,
            Destination.area.width,
        )
        down, across = (down, across) if fits else (1, 1)
        cells = _cells(self.sheet, self.area)
        rows, columns = (
            Destination.area.top - self.area.top,
            Destination.area.left - self.area.left,
        )
        for times_down in range(down):
            for times_across in range(across):
                lower = rows + times_down * self.area.height
                further = columns + times_across * self.area.width
                self._copy_to(Destination.sheet, cells, lower, further)
        Destination.sheet.changed(Destination.area)
        return True

    def _copy_to(self, sheet: Any, cells: Any, rows: int, columns: int) -> None:
        for (row, column), cell in cells.items():
            target = sheet.file._get_cell(row + rows, column + columns)
            if not isinstance(target, MergedCell):
                target._value, target.data_type = cell._value, cell.data_type
                _copy_look(cell, target)


def _copy_look(source: Cell, target: Cell) -> None:
    if source.parent.parent is target.parent.parent:
        target._style = copy(source._style)
    else:
        for key in ("font", "fill", "border", "alignment", "number_format", "protection"):
            setattr(target, key, copy(getattr(source, key)))


def _cells(sheet: Any, area: Area) -> dict[tuple[int, int], Any]:
    return {p: c for p, c in sheet.file._cells.items() if area.holds(Area(*p, *p))}


def _shift(sheet: Any, area: Area, *, down: bool, by: int) -> None:
    """Move what lies at and beyond ``area`` along (``by`` 1) or over it (-1)."""
    size = area.height if down else area.width
    rows, columns = (size * by, 0) if down else (0, size * by)
    band = (
        Area(area.top, area.left, ROWS, area.right)
        if down
        else Area(area.top, area.left, area.bottom, COLUMNS)
    )
    _refuse_cuts(sheet, area, band, deleting=by < 0)
    places = [p for p in sheet.file._cells if band.holds(Area(*p, *p))]
    taken = {p: sheet.file._cells.pop(p) for p in places}
    results = {p: sheet.file.computed.pop(p) for p in places if p in sheet.file.computed}
    for (row, column), cell in taken.items():
        if by < 0 and area.holds(Area(row, column, row, column)):
            continue
        if row + rows > ROWS or column + columns > COLUMNS:
            raise refused("To prevent possible loss of data, Excel cannot shift nonblank cells")
        cell.row, cell.column = row + rows, column + columns
        sheet.file._cells[cell.row, cell.column] = cell
        if (row, column) in results:
            sheet.file.computed[cell.row, cell.column] = results[row, column]
    sheet.shift_areas(area, rows=rows, columns=columns)


def _refuse_cuts(sheet: Any, area: Area, band: Area, *, deleting: bool) -> None:
    """Excel shifts no part of a table or of merged cells, and tells so."""
    for table in sheet.tables():
        hit = band.meets(table.area)
        whole = hit == table.area
        within = table.area.holds(area) and _spans(area, table.area)
        if hit and not whole and not within:
            raise refused(
                "This operation is not allowed. The operation is attempting to shift cells in a "
                "table on your worksheet."
            )
    for merged in sheet.merged():
        hit = band.meets(merged)
        if hit and hit != merged and not (deleting and area.holds(merged)):
            raise refused("We can't do that to a merged cell.")


def _spans(area: Area, table: Area) -> bool:
    """Whether whole rows or whole columns of the table move, so that it only grows or shrinks."""
    rows = area.left <= table.left and area.right >= table.right
    columns = area.top <= table.top and area.bottom >= table.bottom
    return rows or columns
