"""Short lists in one argument: limits, labels, weights as a range or as one text."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import chain
from typing import Any

import numpy as np

from addin.functions.define import CallError, Failure
from addin.functions.numbers import number_of
from addin.functions.values import ERRORS, is_blank, is_range, named, rows_of
from addin.words import LANGUAGES, Words
from addin.words import words as words_of

# Commas part a text only where no semicolon does: 5,000;2,000 are two limits.
_SEPARATORS = (re.compile(r"[;\uff1b]"), re.compile(r"[,\uff0c]"))
_PERCENT = re.compile(r"(.+)[%\uff05]\s*")


def is_nothing(cell: Any) -> bool:
    """A blank cell; NaN stands for one where numbers come from a frame."""
    return is_blank(cell) or bool(cell != cell)  # noqa: PLR0124


def unwrapped(given: Any) -> Any:
    """The value of a range of one cell, which some hosts make of every single value."""
    while isinstance(given, list | tuple) and len(given) == 1:
        given = given[0]
    return given


def left_out(given: Any) -> bool:
    """Whether an argument was left out, or is one blank cell."""
    value = unwrapped(given)
    return not is_range(value) and is_nothing(value)


def text_of(cell: Any) -> str:
    """A cell as a sheet of text holds it: whole numbers without .0, dates as ISO text."""
    if isinstance(cell, bool | np.bool_):
        return str(bool(cell)).upper()
    if isinstance(cell, np.datetime64):
        cell = cell.astype("datetime64[s]").item()
    if isinstance(cell, dt.datetime):
        midnight = cell.time() == dt.time()
        return cell.date().isoformat() if midnight else cell.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, float | np.floating):
        return str(int(cell)) if float(cell).is_integer() else repr(float(cell))
    return str(cell).strip()


def items(given: Any) -> list[Any]:
    """The cells of a range in reading order, or the parts of one text; blank ends fall away."""
    found = list(chain.from_iterable(rows_of(given)))
    if len(found) == 1 and isinstance(found[0], str):
        text = found[0]
        parts = next((s for s in _SEPARATORS if s.search(text)), None)
        found = [part.strip() for part in parts.split(text)] if parts else found
    while found and is_nothing(found[-1]):
        found.pop()
    return found


def numbers_in(words: Words, argument: str, given: Any) -> list[float]:
    """A list of numbers; 10% is 0.1. Raises CallError ``list_empty list_number``."""
    given = unwrapped(given)
    if isinstance(given, str):
        return list(_numbers_in_text(words, argument, given))
    return _numbers_in(words, argument, given)


@lru_cache(maxsize=256)
def _numbers_in_text(words: Words, argument: str, text: str) -> tuple[float, ...]:
    """Read once, so that a column of single formulas is quick."""
    return tuple(_numbers_in(words, argument, text))


def _numbers_in(words: Words, argument: str, given: Any) -> list[float]:
    found = [_number(words, item) for item in _some(argument, given)]
    for item, number in zip(items(given), found, strict=True):
        if number is None:
            raise CallError("list_number", argument=argument, value=named(item or ""))
    return [n for n in found if n is not None]


def _number(words: Words, item: Any) -> float | None:
    percent = _PERCENT.fullmatch(item) if isinstance(item, str) else None
    number = number_of(words, percent[1] if percent else item)
    if number is None or isinstance(number, Failure):
        return None
    return number / 100 if percent else number


def labels_in(argument: str, given: Any) -> list[str]:
    """A list of names. Raises CallError ``list_empty list_label``."""
    given = unwrapped(given)
    if isinstance(given, str):
        return list(_labels_in_text(argument, given))
    return _labels_in(argument, given)


@lru_cache(maxsize=256)
def _labels_in_text(argument: str, text: str) -> tuple[str, ...]:
    return tuple(_labels_in(argument, text))


def _labels_in(argument: str, given: Any) -> list[str]:
    found = _some(argument, given)
    for item in found:
        if is_nothing(item) or item in ERRORS:
            raise CallError("list_label", argument=argument, value=named(item or ""))
    return [text_of(item) for item in found]


def _some(argument: str, given: Any) -> list[Any]:
    found = items(given)
    if not found:
        raise CallError("list_empty", argument=argument)
    return found


def one(argument: str, given: Any) -> Any:
    """The one value of an argument, None where it is blank. Raises CallError ``one_value``."""
    value = unwrapped(given)
    if is_range(value):
        raise CallError("one_value", argument=argument)
    return None if is_nothing(value) else value


def one_number(words: Words, argument: str, given: Any, otherwise: float) -> float:
    """The one number of an argument; ``otherwise`` where it is blank."""
    if one(argument, given) is None:
        return otherwise
    return numbers_in(words, argument, given)[0]


def flag(argument: str, given: Any, *, otherwise: bool) -> bool:
    """TRUE or FALSE, also as a word or a number. Raises CallError ``no_flag``."""
    value = one(argument, given)
    if value is None:
        return otherwise
    if isinstance(value, bool):
        return value
    word = text_of(value).casefold()
    if word not in spoken("yes") | spoken("no"):
        raise CallError("no_flag", argument=argument, value=named(value))
    return word in spoken("yes")


@cache
def spoken(key: str) -> frozenset[str]:
    """The words of every language for one thing, folded."""
    told = (words_of(lang)(f"function_word.{key}") for lang in LANGUAGES)
    return frozenset(word.casefold() for text in told for word in text.split())


def labelled(argument: str, labels: Sequence[str], limits: Sequence[float]) -> None:
    """Raises CallError ``label_count`` unless there is one label more than limits."""
    if len(labels) != len(limits) + 1:
        count = {"labels": len(labels), "limits": len(limits), "wanted": len(limits) + 1}
        raise CallError("label_count", argument=argument, **count)
