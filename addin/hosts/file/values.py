"""Values as the content of cells: one value at a time.

``series`` does the same for whole columns; a test holds the two together.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from addin.hosts.file.xmlspan import escape

TEXT_LIMIT = 32_767
"""The most UTF-16 units that Excel takes in a cell."""

ILLEGAL = [chr(code) for code in (*range(9), 11, 12, *range(13, 32), 0xFFFE, 0xFFFF)]
"""What XML can't hold, and the carriage return, which its readers turn into a line feed."""

_ILLEGAL = re.compile("[" + re.escape("".join(ILLEGAL)) + "]")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_BEGIN_1900 = datetime(1899, 12, 30)
_BEGIN_1904 = datetime(1904, 1, 1)
_LEAP_BUG = datetime(1900, 3, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a cell holds: its type attribute's value (``""`` for a number) and the raw text.

    ``blank`` cells have neither.
    """

    kind: str = ""
    text: str = ""
    blank: bool = False

    def cell(self, head: str, formula: str = "", prefix: str = "") -> str:
        """The whole element; ``head`` is the tag up to its attributes, ``formula`` the element."""
        p = prefix
        if self.blank:
            return f"{head}>{formula}</{p}c>" if formula else f"{head}/>"
        if self.kind == "inlineStr" and not formula:
            space = ' xml:space="preserve"' if self.text != self.text.strip(" \t\n\r") else ""
            return f'{head} t="inlineStr"><{p}is><{p}t{space}>{self.text}</{p}t></{p}is></{p}c>'
        kind = "str" if self.kind == "inlineStr" else self.kind
        attribute = f' t="{kind}"' if kind else ""
        return f"{head}{attribute}>{formula}<{p}v>{self.text}</{p}v></{p}c>"


BLANK = Content(blank=True)


def escaped(text: str) -> str:
    """Text as cell content: cut at Excel's limit, with what XML can't hold as ``_x0001_``."""
    if len(text) * 2 > TEXT_LIMIT:
        text = text.encode("utf-16-le")[: TEXT_LIMIT * 2].decode("utf-16-le", "ignore")
    text = _LOOKS_ESCAPED.sub("_x005F_", text)
    text = _ILLEGAL.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def serial(moment: datetime, *, date1904: bool) -> float | None:
    """Excel's serial of a moment, in days; None for a moment before its calendar begins."""
    moment = moment.replace(tzinfo=None)
    if date1904:
        days = (moment - _BEGIN_1904) / timedelta(days=1)
        return days if days >= 0 else None
    days = (moment - _BEGIN_1900) / timedelta(days=1)
    if moment < _LEAP_BUG:  # 1900 has a 29 February in Excel
        days -= 1
    return days if days >= 1 else None


def content(value: Any, *, date1904: bool) -> Content:  # noqa: PLR0911 one line a kind of value
    """What a cell holds for a value of any kind that a report has."""
    if hasattr(value, "item") and not isinstance(value, str):  # a NumPy scalar
        value = value.item()
    match value:
        case None | "":
            return BLANK
        case bool():
            return Content(kind="b", text="1" if value else "0")
        case int():
            return Content(text=str(value))
        case float() | Decimal():
            return Content(text=repr(float(value))) if math.isfinite(value) else BLANK
        case datetime() | date():
            return _dated(value, date1904)
        case time():
            whole = timedelta(
                hours=value.hour,
                minutes=value.minute,
                seconds=value.second,
                microseconds=value.microsecond,
            )
            return Content(text=repr(whole / timedelta(days=1)))
        case timedelta():
            return Content(text=repr(value / timedelta(days=1)))
        case str():
            return Content(kind="inlineStr", text=escaped(value))
    raise TypeError(f"no cell can hold a {type(value).__name__}")


def _dated(value: date, date1904: bool) -> Content:
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
    days = serial(moment, date1904=date1904)
    if days is None:
        return Content(kind="inlineStr", text=value.isoformat())
    return Content(text=str(int(days)) if days.is_integer() else repr(days))


def formula_element(text: str, *, array: bool, cell: str, prefix: str) -> str:
    """The ``f`` element of a formula in a cell."""
    attributes = f' t="array" ref="{cell}"' if array else ""
    return f"<{prefix}f{attributes}>{escape(text)}</{prefix}f>"
