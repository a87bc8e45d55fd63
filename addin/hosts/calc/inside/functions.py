"""Fenji's functions as an add-in of Calc: one method for each, made from ``functions.json``."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import unohelper
from com.sun.star.lang import XLocalizable, XServiceInfo, XServiceName
from org.fenji.calc import XFunctions

from .answering import Answering
from .messages import Words

NAME = "org.fenji.calc.Functions"
_KNOWN = json.loads(Path(__file__).with_name("functions.json").read_text(encoding="utf-8"))
# What a cell of a range with an error is to the functions.
_ERROR = "#VALUE!"
# Rows of a whole column, of which only the used part is meant.
_WHOLE = frozenset({65_536, 1_048_576})


def _say(lang: str, key: str, **params: object) -> str:
    return Words(lang)(key, **params)


# One for the whole of LibreOffice: it may hold a process.
ANSWERING = Answering(_say)


class Functions(unohelper.Base, XFunctions, XServiceInfo, XServiceName, XLocalizable):
    """The add-in."""

    lang = "en"

    def __init__(self, context: Any, *_given: Any) -> None:
        self._context = context
        self._locale: Any = None

    def getServiceName(self) -> str:  # noqa: N802 (UNO's names)
        return NAME

    def getImplementationName(self) -> str:  # noqa: N802
        return NAME

    def supportsService(self, name: str) -> bool:  # noqa: N802
        return name in self.getSupportedServiceNames()

    def getSupportedServiceNames(self) -> Any:  # noqa: N802
        return ("com.sun.star.sheet.AddIn", NAME)

    def setLocale(self, locale: Any) -> None:  # noqa: N802
        self._locale = locale
        self.lang = "zh" if locale.Language == "zh" else "en"

    def getLocale(self) -> Any:  # noqa: N802
        return self._locale


def _method(name: str) -> Callable[..., Any]:
    def answer(self: Functions, *given: Any) -> Any:
        return tuple(map(tuple, ANSWERING.answer(name, self.lang, _values(given))))

    return answer


def _values(given: Sequence[Any]) -> list[Any]:
    """What the arguments hold; whole columns end with the last row that any of them uses."""
    ranges = [each for each in given if hasattr(each, "getDataArray")]
    last = max(map(_last_row, ranges), default=0)
    values = [_value(each, last) for each in given]
    rows = [len(each) for each in values if type(each) is tuple]
    if _WHOLE.isdisjoint(rows):
        return values
    used = [n for n in rows if n not in _WHOLE]
    used += [_used(each) for each in values if type(each) is tuple and len(each) in _WHOLE]
    end = max(1, *used)
    return [each[:end] if type(each) is tuple else each for each in values]


def _value(given: Any, last: int) -> Any:
    if given is None or type(given) in {float, str, tuple}:
        return given
    if hasattr(given, "getDataArray"):
        return _cells(given, last)
    return float(given) if isinstance(given, (int, bool)) else given


def _used(rows: Sequence[Sequence[Any]]) -> int:
    blank = ("",) * len(rows[0])
    return next((n for n in range(len(rows), 0, -1) if rows[n - 1] != blank), 0)


def _cells(given: Any, last: int) -> Any:
    """The cells of a range that Calc hands over as such: only there errors can be seen."""
    rows = _cut(given, last).getDataArray()
    if any(None in row for row in rows):
        return tuple(tuple(_ERROR if cell is None else cell for cell in row) for row in rows)
    return rows


def _last_row(given: Any) -> int:
    cursor = given.getSpreadsheet().createCursor()
    cursor.gotoEndOfUsedArea(False)
    return int(cursor.getRangeAddress().EndRow)


def _cut(given: Any, last: int) -> Any:
    place = given.getRangeAddress()
    last = max(last, place.StartRow)
    if last >= place.EndRow:
        return given
    return given.getSpreadsheet().getCellRangeByPosition(
        place.StartColumn, place.StartRow, place.EndColumn, last
    )


for _name, _about in _KNOWN.items():
    setattr(Functions, _about["method"], _method(_name))
