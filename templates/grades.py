"""What native formulas grade by: numbers of the table FenjiModel, each in a place of its own.

A formula that looked through the whole model for every customer would take a spreadsheet half a
minute; so a small table beside the model, FenjiNumbers, finds each line once, wherever the user
has sorted it to, and the customers' formulas take its cells by their places.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from templates.references import column, literal

NUMBERS = "FenjiNumbers"
# What Excel takes in one formula, and in one text of it.
LONGEST_FORMULA = 8000
LONGEST_TEXT = 250
# Excel nests no deeper than 64 calls.
DEEPEST = 60


@dataclass(frozen=True, kw_only=True)
class Key:
    """What tells a line of the model from all others: its first three cells."""

    item: str
    measure: str = ""
    number: int | None = None


@dataclass(frozen=True, kw_only=True)
class Grades:
    """How a method other than RFM grades natively.

    ``keys`` are the lines whose values the formulas take, in the order of their places; those of
    ``words`` (items) may hold words. ``formulas`` are those of the score, where it follows from
    changeable numbers, and the tier. ``scores`` says whether those of the RFM scores can be
    formulas too.
    """

    keys: tuple[Key, ...]
    formulas: Mapping[str, str] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    scores: bool = True


def place(header: str, at: int) -> str:
    """The number in a place, counted from 1; ``header`` is that of the column of values."""
    return f"INDEX({column(NUMBERS, header)},{at})"


def span(header: str, first: int, last: int) -> str:
    """The numbers in neighbouring places."""
    return f"{place(header, first)}:{place(header, last)}"


def numbers_there(header: str, first: int, last: int) -> str:
    """Whether numbers stand in all of these places."""
    return f"COUNT({span(header, first, last)})={last - first + 1}"


def first_true(pairs: Sequence[tuple[str, str]], otherwise: str) -> str:
    """The text beside the first condition that holds, as nested calls of IF."""
    text = literal(otherwise)
    for condition, name in reversed(pairs):
        text = f"IF({condition},{literal(name)},{text})"
    return text
