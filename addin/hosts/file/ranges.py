"""Cell addresses: ``B3``, ``A3:D14``, lists of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Self

LAST_ROW = 1_048_576
LAST_COLUMN = 16_384

_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")


@cache
def letters(column: int) -> str:
    """The letters of a column: 1 is A, 27 is AA."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


@cache
def column_number(text: str) -> int:
    """The number of a column from its letters: A is 1, AA is 27."""
    number = 0
    for letter in text.upper():
        number = number * 26 + ord(letter) - 64
    return number


def split_cell(text: str) -> tuple[int, int]:
    """Row and column of an address such as ``$B$3``. ValueError if it is none."""
    found = _CELL.fullmatch(text.strip())
    if not found:
        raise ValueError(text)
    return int(found[2]), column_number(found[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A rectangle of cells; all four edges belong to it."""

    top: int
    left: int
    bottom: int
    right: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """The area of ``B3`` or ``A3:D14``. ValueError if the text is neither."""
        first, _, last = text.partition(":")
        top, left = split_cell(first)
        bottom, right = split_cell(last) if last else (top, left)
        return cls(
            top=min(top, bottom),
            left=min(left, right),
            bottom=max(top, bottom),
            right=max(left, right),
        )

    def __str__(self) -> str:
        first = f"{letters(self.left)}{self.top}"
        if (self.top, self.left) == (self.bottom, self.right):
            return first
        return f"{first}:{letters(self.right)}{self.bottom}"

    def has(self, row: int, column: int) -> bool:
        return self.top <= row <= self.bottom and self.left <= column <= self.right

    def meets(self, other: Area) -> bool:
        return (
            self.top <= other.bottom
            and other.top <= self.bottom
            and self.left <= other.right
            and other.left <= self.right
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """How the data rows of one table move its lower edge.

    ``data`` are the data rows as the template has them, ``totals`` the number of totals rows
    below (0 or 1), ``shift`` the rows gained (negative: lost).
    """

    data: Area
    totals: int
    shift: int

    def moved(self, area: Area) -> int | None:
        """The new bottom of an area that covers the data rows, None if it doesn't."""
        edges = (self.data.bottom, self.data.bottom + self.totals)
        covers = (
            area.top <= self.data.top
            and area.bottom in edges
            and area.left <= self.data.right
            and self.data.left <= area.right
        )
        return area.bottom + self.shift if covers else None


def runs(numbers: Iterable[int]) -> list[list[int]]:
    """Numbers in ascending order, those that follow one another together."""
    out: list[list[int]] = []
    for number in sorted(numbers):
        if out and out[-1][-1] == number - 1:
            out[-1].append(number)
        else:
            out.append([number])
    return out


def grown(area: Area, growths: list[Growth]) -> Area:
    """The area after all tables have grown: it follows the longest one it covers."""
    bottoms = [bottom for growth in growths if (bottom := growth.moved(area)) is not None]
    if not bottoms:
        return area
    return Area(top=area.top, left=area.left, bottom=max(bottoms), right=area.right)


def grown_list(text: str, growths: list[Growth]) -> str:
    """The same for a blank-separated list of areas (``sqref``); what is no area stays."""
    return " ".join(_grown_text(part, growths) for part in text.split())


def _grown_text(text: str, growths: list[Growth]) -> str:
    try:
        area = Area.parse(text)
    except ValueError:
        return text
    new = grown(area, growths)
    return text if new == area else str(new)
