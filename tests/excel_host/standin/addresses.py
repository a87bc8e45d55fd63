"""Addresses: A1 notation to rectangles and back."""

from __future__ import annotations

import re
from typing import NamedTuple

from openpyxl.utils import column_index_from_string, get_column_letter

ROWS, COLUMNS = 1_048_576, 16_384
_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})$")
_COLUMN = re.compile(r"\$?([A-Za-z]{1,3})$")
_ROW = re.compile(r"\$?(\d{1,7})$")


class Area(NamedTuple):
    """A rectangle of cells, counted from 1, both ends included."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def height(self) -> int:
        return self.bottom - self.top + 1

    @property
    def width(self) -> int:
        return self.right - self.left + 1

    def meets(self, other: Area) -> Area | None:
        """What both have in common."""
        area = Area(
            max(self.top, other.top),
            max(self.left, other.left),
            min(self.bottom, other.bottom),
            min(self.right, other.right),
        )
        return area if area.height > 0 and area.width > 0 else None

    def holds(self, other: Area) -> bool:
        return self.meets(other) == other

    def without(self, other: Area) -> list[Area]:
        """The rectangles that are left of this one without another."""
        hit = self.meets(other)
        if hit is None:
            return [self]
        middle = self._replace(top=hit.top, bottom=hit.bottom)
        parts = [
            self._replace(bottom=hit.top - 1),
            self._replace(top=hit.bottom + 1),
            middle._replace(right=hit.left - 1),
            middle._replace(left=hit.right + 1),
        ]
        return [part for part in parts if part.height > 0 and part.width > 0]

    def moved(self, rows: int = 0, columns: int = 0) -> Area:
        return Area(self.top + rows, self.left + columns, self.bottom + rows, self.right + columns)

    @property
    def plain(self) -> str:
        """``A1:B2``, as files write it."""
        return self.address(absolute=("", ""))

    def address(self, absolute: tuple[str, str] = ("$", "$")) -> str:
        """``$A$1:$B$2``; whole columns ``$A:$B``, whole rows ``$1:$2``."""
        row, column = absolute
        left, right = (f"{column}{get_column_letter(c)}" for c in (self.left, self.right))
        top, bottom = (f"{row}{r}" for r in (self.top, self.bottom))
        if (self.top, self.bottom) == (1, ROWS):
            return f"{left}:{right}"
        if (self.left, self.right) == (1, COLUMNS):
            return f"{top}:{bottom}"
        if self.height == self.width == 1:
            return f"{left}{top}"
        return f"{left}{top}:{right}{bottom}"


WHOLE = Area(1, 1, ROWS, COLUMNS)


def parse(text: str) -> Area | None:
    """The rectangle of ``A1``, ``$A$1:B2``, ``A:A`` or ``1:3``; None for what is no address."""
    first, _, second = text.strip().partition(":")
    ends = [_end(first), _end(second or first)]
    if None in ends or (not second and _CELL.match(first) is None):
        return None
    tops, lefts, bottoms, rights = zip(*ends, strict=True)  # type: ignore[arg-type]
    area = Area(min(tops), min(lefts), max(bottoms), max(rights))
    return area if WHOLE.holds(area) else None


def _end(text: str) -> Area | None:
    if found := _CELL.match(text):
        row, column = int(found[2]), column_index_from_string(found[1].upper())
        return Area(row, column, row, column)
    if found := _COLUMN.match(text):
        column = column_index_from_string(found[1].upper())
        return Area(1, column, ROWS, column)
    if found := _ROW.match(text):
        return Area(int(found[1]), 1, int(found[1]), COLUMNS)
    return None


def sheet_and_rest(text: str) -> tuple[str | None, str]:
    """``'My sheet'!A1`` → ``My sheet``, ``A1``."""
    sheet, mark, rest = text.removeprefix("=").rpartition("!")
    if not mark:
        return None, rest
    if sheet.startswith("'"):
        sheet = sheet[1:-1].replace("''", "'")
    return sheet.rpartition("]")[2], rest


def quoted(sheet: str) -> str:
    """A sheet's name as formulas write it."""
    if re.fullmatch(r"[A-Za-z_]\w*", sheet) and parse(sheet) is None:
        return sheet
    return "'" + sheet.replace("'", "''") + "'"
