"""Recency, frequency and amount of customers from cells, and what is wrong with some of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from addin.functions.days import days_of
from addin.functions.define import Failure, failure
from addin.functions.numbers import (
    Bools,
    Floats,
    Unanswered,
    answerable,
    number_of,
    numbers_of,
)
from addin.functions.values import named
from addin.words import Words

__all__ = ["Bools", "Floats", "Values", "one_customer", "single", "some_customers"]

Values = tuple[float, float, float]
# Half a century: a date, not the days since one.
_LONGEST = 20_000
_CENTS = 1e6
# Beyond this a float has no six decimals.
_ROUNDED_BELOW = 2**52 / _CENTS


def single(given: tuple[Any, Any, Any]) -> tuple[Any, Any, Any] | None:
    """The three cells where each argument is a single value, or a range of one cell."""
    found = []
    for cell in given:
        while type(cell) is list or type(cell) is tuple:
            if len(cell) != 1:
                return None
            cell = cell[0]  # noqa: PLW2901
        found.append(cell)
    return found[0], found[1], found[2]


def one_customer(words: Words, cells: tuple[Any, Any, Any]) -> Values | Failure | None:
    """The measures of one customer; None where a cell is blank."""
    r, f, m = cells
    fast = type(r) is type(f) is type(m) is float
    # NaN and what is infinite fail here.
    if not (fast and r < math.inf and f < math.inf and -math.inf < m < math.inf):
        numbers = [number_of(words, cell) for cell in cells]
        if isinstance(numbers[0], Failure):
            numbers[0] = _dates_told(words, [r], [numbers[0]])[0]
        if None in numbers:
            return None
        for number in numbers:
            if isinstance(number, Failure):
                return number
        r, f, m = numbers
    if not 0 <= r < _LONGEST or r % 1 or f < 0:
        return _problem(words, r, f)
    return r, f, round(m * _CENTS) / _CENTS if -_ROUNDED_BELOW < m < _ROUNDED_BELOW else m


def some_customers(
    words: Words, columns: Sequence[Sequence[Any]], *, fitting: bool
) -> tuple[dict[str, Floats], Bools, Unanswered]:
    """Arrays by measure, who is known by all three, and what to answer for the others.

    The amount is rounded to six decimals, as the core rounds it. ``fitting``: they are all
    there is, so that who never ordered is left out, as from a list of customers.
    """
    read = [numbers_of(words, c, money=i == 2) for i, c in enumerate(columns)]
    (r, said), (f, _), (m, _) = read
    _dates_told(words, columns[0], said)
    known, answers = answerable(read)
    few = f <= 0 if fitting else f < 0
    with np.errstate(invalid="ignore"):
        wrong = known & ((r < 0) | (r >= _LONGEST) | (r != np.floor(r)) | few)
    for i in np.flatnonzero(wrong).tolist():
        answers[i] = _problem(words, float(r[i]), float(f[i]))
    small = np.abs(m) < _ROUNDED_BELOW
    m[small] = np.rint(m[small] * _CENTS) / _CENTS
    return {"recency": r, "frequency": f, "monetary": m}, known & ~wrong, answers


def _dates_told(words: Words, cells: Sequence[Any], said: Unanswered) -> Unanswered:
    """In place: what is said of days since the last order that are dates, in text or as such."""
    wrong = [i for i, failed in enumerate(said) if failed is not None]
    if wrong:
        days, _ = days_of(words, [cells[i] for i in wrong])
        for i in np.array(wrong)[~np.isnan(days)].tolist():
            said[i] = failure(words("function_error.recency_text", value=named(cells[i])))
    return said


def _problem(words: Words, recency: float, frequency: float) -> Failure:
    """What keeps a customer from being graded, as it would in a list of customers."""
    if recency >= _LONGEST:
        return failure(words("function_error.recency_date", value=f"{recency:,.0f}"))
    if recency < 0:
        return failure(words("function_error.recency_future", value=f"{recency:g}"))
    if recency % 1:
        return failure(words("function_error.recency_part", value=f"{recency:g}"))
    return failure(words("function_error.frequency", value=f"{frequency:g}"))
