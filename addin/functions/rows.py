"""Rows of customers: measures in several columns, and answers for those that are known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from addin.functions.define import CallError
from addin.functions.lists import unwrapped
from addin.functions.numbers import Bools, Floats, Unanswered, answerable, numbers_of
from addin.functions.values import Shape, columns_aligned, is_range, rows_of
from addin.words import Words

Answer = Callable[[list[Floats]], Iterable[Any]]


@dataclass(frozen=True, kw_only=True)
class Table:
    """Measures of customers, one column each (NaN where blank).

    ``known`` are the rows that can be answered; ``answers`` hold what is said of the others.
    """

    columns: list[Floats]
    known: Bools
    answers: Unanswered
    shape: Shape


def compared(*given: Any) -> None:
    """Raises CallError ``alone`` where one value is to be compared with no other."""
    if all(len(rows := rows_of(g)) == 1 and len(rows[0]) == 1 for g in given):
        raise CallError("alone")


def rows_compared(measures: Any) -> None:
    """The same for one row of measures."""
    if len(rows_of(measures)) == 1:
        raise CallError("alone")


def single(*given: Any) -> list[Any] | None:
    """The cells where each argument is a single value, or a range of one cell."""
    cells = [unwrapped(g) for g in given]
    return None if any(map(is_range, cells)) else cells


def like(answer: Any, *given: Any) -> Any:
    """One answer in the shape of what was given: a range of one cell where any was one."""
    return [[answer]] if any(map(is_range, given)) else answer


def measures_in(words: Words, given: Any) -> Table:
    """A range with a row for each customer and a column for each measure.

    A blank cell is an unknown value; a wholly blank row is no customer.
    """
    flat, shape = columns_aligned([given if is_range(given) else [[given]]])
    assert shape is not None
    width = shape.columns
    columns = [numbers_of(words, flat[0][i::width]) for i in range(width)]
    sound, answers = failures(columns)
    blank = np.logical_and.reduce([np.isnan(numbers) for numbers, _ in columns])
    return Table(
        columns=[numbers for numbers, _ in columns],
        known=sound & ~blank,
        answers=answers,
        shape=Shape(rows=shape.rows, columns=1),
    )


def failures(columns: Iterable[tuple[Floats, Unanswered]]) -> tuple[Bools, Unanswered]:
    """Rows in which nothing fails, and the first failure of each other; blank cells are none."""
    columns = list(columns)
    sound: Bools = np.ones(len(columns[0][0]), dtype=bool)
    answers: Unanswered = [None] * len(sound)
    for numbers, said in columns:
        for i in unknown(numbers):
            if answers[i] is None and said[i] is not None:
                answers[i], sound[i] = said[i], False
    return sound, answers


def unknown(numbers: Floats) -> list[int]:
    """Where nothing is known."""
    found: list[int] = np.isnan(numbers).nonzero()[0].tolist()
    return found


def answered(columns: Sequence[tuple[Floats, Unanswered]], answer: Answer) -> list[Any]:
    """``answer`` for the rows of which every column is known; the others as they are."""
    known, answers = answerable(columns)
    return filled(known, answers, [numbers for numbers, _ in columns], answer)


def filled(
    known: Bools, answers: Unanswered, columns: Sequence[Floats], answer: Answer
) -> list[Any]:
    """Answers for the known rows put among those of the others."""
    if known.all():
        return list(answer(list(columns))) if len(known) else []
    where = np.flatnonzero(known)
    full: list[Any] = list(answers)
    if not len(where):
        return full
    found = answer([column[where] for column in columns])
    for i, one in zip(where.tolist(), found, strict=True):
        full[i] = one
    return full
