"""What stands in cells, as every host hands it over, brought into one form.

A host gives an argument as a single value, a list (one row) or a list of rows: numbers, text,
dates, True/False, None for a blank cell, and ``"#N/A"`` and its like for an error.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from addin.functions.define import FAILURES, CallError, Failure, failure
from addin.words import Words

# What a whole column of a worksheet has: nobody means all those blank cells.
WHOLE_COLUMN = (65_536, 1_048_576)
ERRORS = frozenset(
    {
        "#NULL!",
        "#DIV/0!",
        "#VALUE!",
        "#REF!",
        "#NAME?",
        "#NUM!",
        "#N/A",
        "#SPILL!",
        "#CALC!",
        "#GETTING_DATA",
        "#BUSY!",
        "#BLOCKED!",
        "#CONNECT!",
        "#FIELD!",
        "#UNKNOWN!",
    }
)
# A cell is quoted in a message, not repeated.
_QUOTED = 40


@dataclass(frozen=True, kw_only=True)
class Shape:
    """Rows and columns of a range; a single value has the shape ``None``."""

    rows: int
    columns: int


def is_range(given: Any) -> bool:
    return isinstance(given, list | tuple)


def is_blank(value: Any) -> bool:
    """A blank cell, or one with nothing but spaces; NaN stands for one in frames."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, float) and math.isnan(value))


def error_in(words: Words, cell: Any) -> Failure | None:
    """The `Failure` for a cell that holds an error, or the text of one of our own failures."""
    if not isinstance(cell, str) or not cell.startswith("#"):
        return None
    if cell in ERRORS:
        error = cell if cell in FAILURES else FAILURES[0]
        return failure(words("function_error.cell_error", value=cell), error)
    return Failure(cell) if cell.startswith(tuple(f"{e} " for e in FAILURES)) else None


def named(cell: Any) -> str:
    """What a cell holds, short enough for a message."""
    text = str(cell).upper() if isinstance(cell, bool) else " ".join(str(cell).split())
    return text if len(text) <= _QUOTED else f"{text[: _QUOTED - 1]}…"


def rows_of(given: Any) -> list[list[Any]]:
    """A range as a list of rows, one at least; a single value is one row of one cell.

    Rows that are shorter than the longest end in blank cells.
    """
    if not is_range(given):
        return [[given]]
    if not given:
        return [[None]]
    kinds = set(map(type, given))
    if not any(issubclass(kind, list | tuple) for kind in kinds):
        return [list(given)]
    rows = given
    # Rows of one kind stay as they are: making lists of a hundred thousand tuples takes longer
    # than grading them.
    if kinds not in ({list}, {tuple}):
        rows = [list(row) if is_range(row) else [row] for row in given]
    widths = set(map(len, rows))
    width = max(widths)
    if len(widths) == 1 and width:
        return list(rows)
    return [[*row, *[None] * (max(width, 1) - len(row))] for row in rows]


def columns_aligned(given: Sequence[Any]) -> tuple[list[list[Any]], Shape | None]:
    """Arguments cell by cell: a flat list each, all of one length, and the shape of the answer.

    Single values go with every cell of a range, and so does a range of one cell beside longer
    ones. Whole columns end where the last of them does. The shape is that of the first range
    of this length; one of nothing but single values is ``None``.
    Raises CallError ``lengths`` where ranges differ in length.
    """
    ranges = [rows_of(g) if is_range(g) else None for g in given]
    known = [r for r in ranges if r is not None]
    if not known:
        return [[g] for g in given], None
    trimmed = iter(_trimmed(known))
    flat = [[g] if r is None else _flat(next(trimmed)) for g, r in zip(given, ranges, strict=True)]
    sizes = {len(cells) for cells, r in zip(flat, ranges, strict=True) if r is not None}
    size = max(sizes)
    if sizes - {size, 1}:
        raise CallError("lengths", lengths=", ".join(f"{s:,}" for s in sorted(sizes)))
    first = next(r for c, r in zip(flat, ranges, strict=True) if r is not None and len(c) == size)
    width = len(first[0])
    aligned = [cells if len(cells) == size else cells * size for cells in flat]
    return aligned, Shape(rows=size // width, columns=width)


def _flat(rows: list[list[Any]]) -> list[Any]:
    return list(chain.from_iterable(rows))


def _trimmed(ranges: list[list[list[Any]]]) -> list[list[list[Any]]]:
    """Whole columns cut below the last cell that any of them uses.

    Other columns beside them say how long they are when whole columns have nothing more.
    """
    if not any(len(r) in WHOLE_COLUMN for r in ranges):
        return ranges
    used = max(_used(r) if len(r) in WHOLE_COLUMN else len(r) for r in ranges)
    return [r[: max(used, 1)] if len(r) in WHOLE_COLUMN else r for r in ranges]


def trimmed(rows: list[list[Any]]) -> list[list[Any]]:
    """One range that may be a whole column, cut below its last used cell."""
    return _trimmed([rows])[0]


def _used(rows: list[list[Any]]) -> int:
    last = len(rows)
    while last and all(is_blank(cell) for cell in rows[last - 1]):
        last -= 1
    return last


def shaped(answers: Sequence[Any], shape: Shape | None) -> Any:
    """Answers in the shape of what was asked: rows of cells, or the one value."""
    if shape is None:
        return answers[0]
    if shape.columns == 1:
        return [[answer] for answer in answers]
    width = shape.columns
    return [list(answers[i * width : (i + 1) * width]) for i in range(shape.rows)]
