"""Formulas that move: which references in a formula follow the row it stands in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from addin.hosts.file.ranges import LAST_COLUMN, LAST_ROW, column_number, letters

_TOKEN = re.compile(
    r"""
      (?P<string> "(?:[^"]|"")*" )
    | (?P<quoted> '(?:[^']|'')*' )
    | (?P<bracket> \[ (?: [^\[\]'] | '. | \[ (?:[^\[\]']|'.)* \] )* \] )
    | (?P<rows> \$?[0-9]+ : \$?[0-9]+ ) (?![\w.])
    | (?P<columns> \$?[A-Za-z]{1,3} : \$?[A-Za-z]{1,3} ) (?![\w.(!$])
    | (?P<word> [\w.\\?$]+ )
    | (?P<other> . )
    """,
    re.VERBOSE | re.DOTALL,
)
_CELL = re.compile(r"(\$?)([A-Za-z]{1,3})(\$?)([1-9][0-9]{0,6})")
_HALF = re.compile(r"(\$?)(\w+):(\$?)(\w+)")


def _wrapped(number: int, limit: int) -> int:
    """Excel's own rule: a reference pushed over the edge comes back at the other one."""
    return (number - 1) % limit + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """A formula as text and row references: ``("A", 0, "+A", -1)`` is ``A{row}+A{row-1}``.

    ``array`` says that it is entered as an array formula.
    """

    parts: tuple[str | int, ...]
    array: bool = False

    @classmethod
    def parse(
        cls,
        text: str,
        *,
        row: int,
        column: int = 1,
        to_column: int | None = None,
        array: bool = False,
    ) -> Self:
        """Read a formula that stands in ``row`` and ``column``, to be used in ``to_column``."""
        shift = 0 if to_column is None else to_column - column
        parts: list[str | int] = []
        for part in _parts(text, row, shift):
            if isinstance(part, str) and parts and isinstance(parts[-1], str):
                parts[-1] += part
            else:
                parts.append(part)
        return cls(parts=tuple(parts), array=array)

    def at(self, row: int) -> str:
        """The text of the formula in that row."""
        return "".join(
            part if isinstance(part, str) else str(_wrapped(row + part, LAST_ROW))
            for part in self.parts
        )


def _parts(text: str, row: int, shift: int) -> list[str | int]:
    parts: list[str | int] = []
    for found in _TOKEN.finditer(text):
        token, kind = found[0], found.lastgroup
        follower = text[found.end() : found.end() + 1]
        cell = _CELL.fullmatch(token) if kind == "word" else None
        if cell and follower not in {"(", "!"} and column_number(cell[2]) <= LAST_COLUMN:
            parts += [*_column(cell[1], cell[2], shift), *_row(cell[3], cell[4], row)]
        elif kind == "rows" and (half := _HALF.fullmatch(token)):
            parts += [*_row(half[1], half[2], row), ":", *_row(half[3], half[4], row)]
        elif kind == "columns" and (half := _HALF.fullmatch(token)):
            parts += [*_column(half[1], half[2], shift), ":", *_column(half[3], half[4], shift)]
        else:
            parts.append(token)
    return parts


def _column(fixed: str, name: str, shift: int) -> list[str]:
    if fixed or not shift:
        return [fixed, name]
    return [letters(_wrapped(column_number(name) + shift, LAST_COLUMN))]


def _row(fixed: str, number: str, row: int) -> list[str | int]:
    return [fixed, number] if fixed else [int(number) - row]
