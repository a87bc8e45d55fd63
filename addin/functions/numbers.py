"""Numbers from cells; text is read as the core reads amounts."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Sequence
from contextlib import suppress
from decimal import Decimal
from itertools import compress
from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt

from addin.functions.define import Failure, failure
from addin.functions.values import error_in, is_blank, named
from addin.words import Words

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Unanswered = list[Failure | None]
"""Per cell: what the answer is where there is no number, a `Failure`, or None for a blank cell."""

_LARGEST = sys.float_info.max
_PLAIN = frozenset({float, int, type(None)})
# What `segmentation.amounts` and Python read alike; the second groups thousands in some columns.
_SIMPLE = re.compile(r"\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*", re.ASCII | re.IGNORECASE)
_POINTED = re.compile(r"\s*[+-]?\d+\.\d{3}\s*", re.ASCII)


def number_of(words: Words, cell: Any) -> float | Failure | None:
    """The number in one cell; None for a blank one, else a `Failure` that names what is there."""
    kind = type(cell)
    if (kind is float or kind is int) and abs(cell) <= _LARGEST:
        return float(cell)
    numbers, unanswered = numbers_of(words, [cell])
    return unanswered[0] if math.isnan(numbers[0]) else float(numbers[0])


def numbers_of(
    words: Words, cells: Sequence[Any], *, money: bool = False
) -> tuple[Floats, Unanswered]:
    """The numbers in a column of cells, and what to answer where there is none.

    The array has NaN where a cell holds no number; there the list has a `Failure`, or None for a
    blank cell. Text such as 1,234.50 or (120) is read as `segmentation.amounts` reads it,
    ``money`` saying that the column holds amounts. TRUE and FALSE are no numbers.
    """
    unanswered: Unanswered = [None] * len(cells)
    if _PLAIN.issuperset(map(type, cells)):
        with suppress(OverflowError):  # a whole number of more than 308 digits
            numbers = np.array(cells, dtype=np.float64)
            for i in np.flatnonzero(np.isinf(numbers)).tolist():
                numbers[i], unanswered[i] = math.nan, _no_number(words, cells[i])
            return numbers, unanswered
    numbers = np.full(len(cells), math.nan)
    texts: dict[int, str] = {}
    for i, cell in enumerate(cells):
        if is_blank(cell):
            continue
        found = _typed(cell)
        if found is not None:
            numbers[i] = found
        elif (error := error_in(words, cell)) is not None:
            unanswered[i] = error
        elif isinstance(cell, str):
            texts[i] = cell
        else:
            unanswered[i] = _no_number(words, cell)
    if texts:
        where = list(texts)
        numbers[where] = _read(list(texts.values()), numbers, money=money)
        for i in where:
            if not math.isfinite(numbers[i]):
                numbers[i], unanswered[i] = math.nan, _no_number(words, cells[i])
    return numbers, unanswered


def answerable(columns: Sequence[tuple[Floats, Unanswered]]) -> tuple[Bools, Unanswered]:
    """Rows of which every column is known, and what to answer for the others.

    A row with a blank cell stays blank; else its first failure tells what is wrong.
    """
    known: Bools = np.ones(len(columns[0][0]), dtype=bool)
    for numbers, _ in columns:
        known &= ~np.isnan(numbers)
    answers: Unanswered = [None] * len(known)
    for i in np.flatnonzero(~known).tolist():
        told = [said[i] for numbers, said in columns if math.isnan(numbers[i])]
        answers[i] = None if None in told else told[0]
    return known, answers


def _typed(cell: Any) -> float | None:
    """The number that a cell holds as such; True is none, nor is one too large."""
    if isinstance(cell, bool | np.bool_) or not isinstance(cell, Real | Decimal):
        return None
    try:
        number = float(cell)
    except OverflowError:
        number = math.inf
    return number if math.isfinite(number) else None


def _no_number(words: Words, cell: Any) -> Failure:
    return failure(words("function_error.no_number", value=named(cell)))


def _read(texts: list[str], numbers: Floats, *, money: bool) -> Floats:
    """Texts as numbers, NaN where they are none, as in a column that also has these numbers."""
    if all(map(_SIMPLE.fullmatch, texts)) and not (money and any(map(_POINTED.fullmatch, texts))):
        return np.array([float(t) for t in texts])
    import polars as pl  # noqa: PLC0415  (late: few columns hold numbers as odd text)

    from segmentation.amounts import parse_amounts  # noqa: PLC0415

    # Typed numbers stand beside them in the column that decides what a comma means.
    typed = [f"{n:.15g}" for n in compress(numbers.tolist(), np.isfinite(numbers).tolist())]
    column = pl.Series([*texts, *typed], dtype=pl.String)
    read = parse_amounts(column, money=money).head(len(texts))
    return read.fill_null(math.nan).to_numpy().astype(np.float64)
