"""Fenji's functions as xlwings' functions of Excel; `udfs_en` and `udfs_zh` hold them.

The add-in's VBA calls them by their names. Excel's values come through xlwings' conversion: rows
of cells for every argument, errors as text, blank cells as None, times without zone.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import chain
from typing import Any

import xlwings as xw

from addin.functions import FUNCTIONS, Function
from addin.functions.define import failure
from addin.words import Words
from addin.words import words as words_of

CATEGORY = "Fenji"
# What xlwings leaves as a number: the errors that Excel got after 2007. A code is xlErrNull's and
# what Excel's number of the error is above 2000.
ERROR_CODES = range(-2_146_826_288, -2_146_826_188)
LATER_ERRORS = {43: "#GETTING_DATA", 45: "#SPILL!", 46: "#CONNECT!", 47: "#BLOCKED!"}
LATER_ERRORS |= {48: "#UNKNOWN!", 49: "#FIELD!", 50: "#CALC!", 51: "#BUSY!"}
# A cell of Excel is one of these as it is; whole numbers beyond 32 bits are not.
PLAIN = frozenset({str, bool})
SMALL = range(-(2**31), 2**31)


def register(namespace: dict[str, Any], lang: str) -> None:
    """Put every function under its name into a module, with the words of ``lang``."""
    words = words_of(lang)
    for function in FUNCTIONS.values():
        namespace[function.name] = _registered(function, words)


def _registered(function: Function, words: Words) -> Callable[..., Any]:
    """The function with what xlwings reads of it: its signature, its help, its options."""
    _, *parameters = inspect.signature(function.answer).parameters.values()
    defaults = [None if p.default is p.empty else p.default for p in parameters]

    def cells(*given: Any) -> list[list[Any]]:
        arguments = [argument(g, d) for g, d in zip(given, defaults, strict=False)]
        try:
            return result(function(words, *arguments))
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a panic in Rust is no Exception; cells would show its text
            detail = f"{function.name}: {type(error).__name__}"
            return [[str(failure(words("error.unexpected", detail=detail)))]]

    cells.__name__ = cells.__qualname__ = function.name
    cells.__doc__ = function.help(words)
    cells.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [p.replace(annotation=p.empty) for p in parameters]
    )
    # Our results are plain already; xlwings would look at each cell once more, with pandas.
    made: Callable[..., Any] = xw.ret("raw")(cells)
    for each in function.arguments:
        doc = function.argument_help(each.name, words)
        made = xw.arg(each.name, ndim=2, err_to_str=True, doc=doc)(made)
    # Last: each of the others sets the category back.
    return xw.func(category=CATEGORY)(made)


def argument(given: Any, default: Any) -> Any:
    """What a function takes: the value of a single cell, or rows of values.

    A missing argument comes as its default, a blank cell as None and means the default too.
    """
    if not isinstance(given, list):
        return given
    if len(given) == 1 and len(given[0]) == 1:
        value = given[0][0]
        return default if value is None else _value(value)
    if {int, Decimal}.isdisjoint(map(type, chain.from_iterable(given))):
        return given
    return [[_value(cell) for cell in row] for row in given]


def _value(cell: Any) -> Any:
    """Amounts with a currency's format come as Decimal, some errors as whole numbers."""
    if isinstance(cell, Decimal):
        return float(cell)
    if type(cell) is int and cell in ERROR_CODES:
        return LATER_ERRORS.get(cell - ERROR_CODES.start, "#UNKNOWN!")
    return cell


def result(answer: Any) -> list[list[Any]]:
    """Rows of what Excel takes: text, numbers, logical values, times."""
    rows = answer if isinstance(answer, list) else [[answer]]
    if not rows or not rows[0]:
        return [[""]]
    if PLAIN.issuperset(map(type, chain.from_iterable(rows))):
        return rows
    return [[_cell(cell) for cell in row] for row in rows]


def _cell(cell: Any) -> Any:
    """A blank answer is empty text: for nothing at all Excel would show 0."""
    kind = type(cell)
    if kind in PLAIN or (kind is float and not math.isnan(cell)):
        return cell
    value = cell.item() if hasattr(cell, "item") else cell  # NumPy's scalars
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, date):
        return _moment(value)
    return float(value) if type(value) is int and value not in SMALL else value


def _moment(day: date) -> datetime:
    """With a time zone, or pywin32 would take it for local time and shift it."""
    moment = day if isinstance(day, datetime) else datetime.combine(day, time())
    return moment.replace(tzinfo=UTC)
