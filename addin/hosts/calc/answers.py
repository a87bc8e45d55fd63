"""A function's answer to what Calc hands over: the same in LibreOffice and in the worker.

Calc gives numbers, text, rows of both, and None for what is missing. A single blank cell comes as
the number 0, TRUE as 1, a date as its serial number, a blank cell of a range as empty text.
"""

from __future__ import annotations

import datetime as dt
import inspect
import math
from collections.abc import Sequence
from functools import cache
from itertools import chain
from typing import Any

from addin.functions import FUNCTIONS, Function
from addin.words import words

# A customer without a single order is no customer yet; so 0 can only be a blank cell.
_NEVER_ZERO = frozenset({"frequency", "orders"})
_BLANK_KINDS = frozenset({"date", "text", "label", "model"})
_FIRST_DAY = dt.datetime(1899, 12, 30)
_FINISHED = frozenset({str, float})


def answer(name: str, lang: str, given: Sequence[Any]) -> list[list[Any]]:
    """Rows of text and numbers; text alone where the function gives text."""
    function = FUNCTIONS[name]
    found = function(words(lang), *arguments(function, given))
    rows = found if isinstance(found, list) else [[found]]
    if not rows or not rows[0]:
        return [[""]]
    if {str} == set(map(type, chain.from_iterable(rows))):
        return rows
    cell = _text if function.gives == "text" else _cell
    return [[cell(value) for value in row] for row in rows]


def arguments(function: Function, given: Sequence[Any]) -> list[Any]:
    """What the function takes: blank cells are None, missing ones have their default."""
    singles = [
        each
        for each, argument in zip(given, function.arguments, strict=False)
        if argument.kind == "number" and type(each) is float
    ]
    # Nobody asks for a tier of nothing but zeros.
    nothing = bool(singles) and not any(singles)
    made: list[Any] = []
    for value, argument, default in zip(
        given, function.arguments, _defaults(function.name), strict=False
    ):
        if value is None:
            made.append(default)
        elif type(value) is tuple:
            # A model is found again by its identity, see `addin.functions.models`.
            made.append(value if argument.kind == "model" else _rows(value))
        elif value == 0 and type(value) is float:
            blank = argument.kind in _BLANK_KINDS or argument.name in _NEVER_ZERO
            blank = blank or (argument.kind == "number" and nothing)
            made.append(default if blank else value)
        else:
            made.append(value)
    missing = _defaults(function.name)[len(given) :]
    return [*made, *missing]


@cache
def _defaults(name: str) -> tuple[Any, ...]:
    _, *parameters = inspect.signature(FUNCTIONS[name].answer).parameters.values()
    return tuple(None if p.default is p.empty else p.default for p in parameters)


def _rows(given: tuple[Any, ...]) -> Sequence[Sequence[Any]]:
    """Blank cells as None, which functions pass over faster than empty text."""
    kinds = set(map(type, chain.from_iterable(given)))
    if str in kinds:
        return [[None if cell == "" else cell for cell in row] for row in given]
    return given


def _cell(value: Any) -> Any:
    if type(value) in _FINISHED and value == value:  # noqa: PLR0124 (not a number)
        return value
    plain = value.item() if hasattr(value, "item") else value  # NumPy's scalars
    if plain is None or (isinstance(plain, float) and math.isnan(plain)):
        return ""
    if isinstance(plain, str):
        return str(plain)
    if isinstance(plain, dt.date):
        return _serial(plain)
    return float(plain)


def _serial(day: dt.date) -> float:
    moment = day if isinstance(day, dt.datetime) else dt.datetime.combine(day, dt.time())
    return (moment.replace(tzinfo=None) - _FIRST_DAY) / dt.timedelta(days=1)


def _text(value: Any) -> str:
    cell = _cell(value)
    return f"{cell:g}" if isinstance(cell, float) else cell
