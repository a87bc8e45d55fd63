"""Cells as Excel's engines take and give them, and the few calls that differ between engines.

On a Mac the names are AppleScript's.
"""

from __future__ import annotations

import datetime as dt
import re
import sys
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

from addin.hosts.file.values import TEXT_LIMIT, serial

if TYPE_CHECKING:
    import xlwings as xw

# There calls go through AppleScript instead of COM.
ON_MAC = sys.platform.startswith("darwin")
Cells = tuple[tuple[Any, ...], ...]
# What the numbers stand for that COM gives for #NULL! … #N/A and their younger brothers.
ERRORS = range(-2146826300, -2146826200)
TEXT_FORMAT = "@"
LONGEST_ENTRY = 40
# Excel reads what is written as if it were typed. These would become something else than text:
# formulas, numbers, dates, logical values and errors. An apostrophe in front keeps them.
_SIGNS = r"^\s*[=+\-@'#\uff1d\uff0b\uff0d\uff20]"
_WORDS = r"^\s*(?i:true|false)\s*$"
_RISKY = re.compile(rf"{_SIGNS}|{_WORDS}")
_DIGIT = re.compile(r"\d")


def rows_of(value: Any) -> Cells:
    """What a range gives, as rows of cells, whatever its form."""
    if not isinstance(value, tuple | list):
        return ((value,),)
    if value and not isinstance(value[0], tuple | list):
        return (tuple(value),)
    return tuple(tuple(row) for row in value)


def block(rows: Sequence[Sequence[Any]]) -> list[list[Any]] | Any:
    """Rows as a range takes them; a single cell is no list."""
    if len(rows) == 1 and len(rows[0]) == 1:
        return rows[0][0]
    return [list(row) for row in rows]


def text_of(value: Any) -> str | None:  # noqa: PLR0911 (one line a kind of value)
    """A cell as text, as the file host reads it: dates as ISO, numbers short, errors blank."""
    match value:
        case None | "":
            return None
        case bool():
            return "true" if value else "false"
        case int() if value in ERRORS:
            return None
        case int():
            return str(value)
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case Decimal():
            return text_of(float(value))
        case dt.datetime():
            return value.strftime("%Y-%m-%d %H:%M:%S")
        case _:
            return str(value)


def entry(text: str) -> str:
    """Text such that Excel takes it for text in a cell of any format but Text."""
    short = len(text) <= LONGEST_ENTRY and _DIGIT.search(text)
    return f"'{text}" if short or _RISKY.search(text) else text


def value_of(value: Any, *, date1904: bool, text_format: bool = False) -> Any:  # noqa: PLR0911
    """One value as a cell takes it. A blank is empty text, which leaves a cell blank."""
    match value:
        case None:
            return ""
        case bool():
            return value
        case int():
            return float(value)
        case dt.datetime():
            days = serial(value, date1904=date1904)
            return value.isoformat() if days is None else days
        case dt.date():
            midnight = dt.datetime(value.year, value.month, value.day)
            return value_of(midnight, date1904=date1904)
        case str():
            return value[:TEXT_LIMIT] if text_format else entry(value)[:TEXT_LIMIT]
        case float() if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124
            return ""
        case _:
            return value


def column_of(series: pl.Series, *, date1904: bool, text_format: bool = False) -> list[Any]:
    """A whole column as ``value_of`` gives it, the common kinds without a loop in Python."""
    if series.dtype == pl.String:
        text = series.str.slice(0, TEXT_LIMIT - 1).fill_null("")
        if not text_format:
            short = (text.str.len_chars() <= LONGEST_ENTRY) & text.str.contains(r"\d")
            risky = short | text.str.contains(_SIGNS) | text.str.contains(_WORDS)
            quoted = pl.select(
                pl.when(risky).then(pl.concat_str(pl.lit("'"), text)).otherwise(text)
            )
            text = quoted.to_series()
        return text.to_list()
    if series.dtype.is_integer():
        return ["" if v is None else float(v) for v in series.to_list()]
    if series.dtype.is_float():
        sound = pl.select(pl.when(series.is_finite()).then(series)).to_series()
        return ["" if v is None else v for v in sound.to_list()]
    return [value_of(v, date1904=date1904, text_format=text_format) for v in series.to_list()]


def property_of(thing: Any, com: str, script: str) -> Any:
    """A property of a workbook, sheet or range that xlwings does not offer, by both its names."""
    return getattr(thing.api, script).get() if ON_MAC else getattr(thing.api, com)


def activate(sheet: xw.Sheet) -> None:
    """Show a sheet, without taking the focus from what the user does elsewhere."""
    if ON_MAC:
        sheet.activate()
    else:
        sheet.api.Activate()


def calculate(sheet: xw.Sheet) -> None:
    """Calculate the formulas of a sheet."""
    if ON_MAC:
        sheet.api.calculate()
    else:
        sheet.api.Calculate()


def plain_values(cells: xw.Range) -> Cells:
    """The values with dates as serials."""
    return rows_of(property_of(cells, "Value2", "value2"))


def text_columns(cells: xw.Range) -> list[bool]:
    """Which columns of a range are formatted as text throughout."""
    width = cells.shape[1]
    common = cells.number_format
    if common is not None or width == 1:
        return [common == TEXT_FORMAT] * width
    return [cells[:, column].number_format == TEXT_FORMAT for column in range(width)]


def runs(flags: Sequence[Any]) -> list[tuple[int, int]]:
    """First and behind-the-last position of each run of equal flags."""
    starts = [i for i, flag in enumerate(flags) if i == 0 or flag != flags[i - 1]]
    return list(zip(starts, [*starts[1:], len(flags)], strict=True))


def again(formula: Any, value: Any, *, text_format: bool = False) -> Any:
    """What must be written so that a cell is again as it was: its formula, or its value."""
    if isinstance(formula, str) and formula.startswith("=") and formula != value:
        return formula
    if isinstance(value, int) and not isinstance(value, bool) and value in ERRORS:
        return formula  # an error that somebody typed
    if isinstance(value, str) and not text_format:
        return entry(value)
    return "" if value is None else value


def stored(cells: xw.Range) -> list[tuple[int, int, list[list[Any]]]]:
    """The content of cells, to be put back by ``restore``: first column, last, and rows."""
    formulas, values = rows_of(cells.formula), plain_values(cells)
    flags = text_columns(cells)
    return [
        (
            first,
            last,
            [
                [again(f[c], v[c], text_format=flags[c]) for c in range(first, last)]
                for f, v in zip(formulas, values, strict=True)
            ],
        )
        for first, last in runs(flags)
    ]


def restore(cells: xw.Range, old: Sequence[tuple[int, int, list[list[Any]]]]) -> None:
    """Put back what ``stored`` gave."""
    for first, last, rows in old:
        part = cells[:, first:last]
        if all(cell == "" for row in rows for cell in row):
            part.clear_contents()
        else:
            part.formula = block(rows)
