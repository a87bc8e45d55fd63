"""One cell's content, as Excel gives and takes it through COM.

Documented by Microsoft: ``Value2`` "doesn't use the Currency and Date data types"; ``Value`` does,
by the cell's number format (pywin32 makes a Decimal and a time of them). Errors come as numbers,
an empty cell as None. What is written is entered as if typed: text that looks like a number, a
date, a logical value or a formula becomes one, unless the cell's format is Text (``@``).
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles.numbers import is_date_format
from openpyxl.utils.datetime import from_excel, to_excel
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from tests.excel_host.standin.com import refused
from tests.excel_host.standin.windows import TimeType

SCODES = {
    "#NULL!": -2146826288,
    "#DIV/0!": -2146826281,
    "#VALUE!": -2146826273,
    "#REF!": -2146826265,
    "#NAME?": -2146826259,
    "#NUM!": -2146826252,
    "#N/A": -2146826246,
    "#GETTING_DATA": -2146826245,
    "#SPILL!": -2146826243,
    "#CALC!": -2146826238,
}
LONGEST_TEXT = 32_767
CURRENCY = re.compile(r"[$¥\uffe5€£]")
_NUMBER = re.compile(
    r"\s*([+-]?)[$¥\uffe5€£]?\s*(\d{1,3}(?:,\d{3})+|\d+)?(\.\d*)?(e[+-]?\d+)?\s*(%?)\s*$",
    re.IGNORECASE,
)
_DATE = re.compile(r"\s*(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\s*$")
_SHORT_DATE = re.compile(r"\s*(\d{1,2})[-/](\d{1,2})[-/](\d{4})\s*$")
_TIME = re.compile(r"\s*(\d{1,2}):(\d{2})(?::(\d{2}))?\s*$")


def formula_of(cell: Cell | MergedCell) -> str | None:
    """The text of a cell's formula, with its equals sign."""
    value = cell.value
    if isinstance(value, ArrayFormula | DataTableFormula):
        text = getattr(value, "text", None) or ""
        return text if text.startswith("=") else f"={text}"
    is_formula = isinstance(value, str) and cell.data_type == "f"
    return value if is_formula else None


def value2(cell: Cell | MergedCell, computed: dict[tuple[int, int], Any]) -> Any:
    """``Range.Value2`` of one cell: None, bool, float, text or an error's number."""
    value = cell.value
    if formula_of(cell) is not None:
        value = computed.get((cell.row, cell.column))
    if value is None or value == "":
        return None if formula_of(cell) is None else ""
    if isinstance(value, bool):
        return value
    if isinstance(value, dt.datetime | dt.date | dt.time | dt.timedelta):
        return float(to_excel(value, cell.parent.parent.epoch))
    if isinstance(value, int | float | Decimal):
        return float(value)
    if cell.data_type == "e" or (formula_of(cell) and value in SCODES):
        return SCODES.get(str(value), SCODES["#VALUE!"])
    return str(value)


def value(cell: Cell | MergedCell, computed: dict[tuple[int, int], Any]) -> Any:
    """``Range.Value`` of one cell: as Value2, but a time or a Decimal by the number format."""
    plain = value2(cell, computed)
    if not isinstance(plain, float):
        return plain
    number_format = cell.number_format or "General"
    if is_date_format(number_format):
        try:
            moment = from_excel(plain, cell.parent.parent.epoch)
        except (OverflowError, ValueError):
            return plain
        if isinstance(moment, dt.time):
            moment = dt.datetime.combine(dt.date(1899, 12, 30), moment)
        if isinstance(moment, dt.datetime):
            return TimeType(*moment.timetuple()[:6], moment.microsecond, dt.UTC)
        return plain
    return round(Decimal(repr(plain)), 4) if CURRENCY.search(number_format) else plain


def enter(cell: Cell | MergedCell, given: Any, computed: dict[tuple[int, int], Any]) -> None:
    """Write as if typed. Raises TypeError for what pywin32 cannot hand over."""
    if isinstance(cell, MergedCell):
        return  # Excel keeps what is written below a merged cell's first one out of sight.
    computed.pop((cell.row, cell.column), None)
    if isinstance(given, str):
        _enter_text(cell, given)
    elif isinstance(given, dt.datetime):
        if given.tzinfo is None:
            raise TypeError("a time without zone: pywin32 would shift it; write through xlwings")
        _enter_date(cell, given.replace(tzinfo=None))
    elif given is None:
        cell.value = None
    elif type(given) in (bool, int, Decimal) or isinstance(given, float):
        if given in (float("inf"), float("-inf")) or given != given:  # noqa: PLR0124
            raise refused("A number that is none")
        cell.value = given
        cell.data_type = "b" if isinstance(given, bool) else "n"
    else:
        raise TypeError(
            f"Objects of type '{type(given).__name__}' can not be converted to a COM VARIANT"
        )


def _enter_text(cell: Cell, text: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise refused("Application-defined or object-defined error")
    if not text:
        cell.value = None
        return
    if cell.number_format == "@":
        _set(cell, text, "s")
    elif text.startswith("'"):
        _set(cell, text[1:], "s")
    elif text.startswith("=") and len(text) > 1:
        _set(cell, text, "f")
    elif text.upper() in ("TRUE", "FALSE"):
        _set(cell, text.upper() == "TRUE", "b")
    elif text.upper() in SCODES:
        _set(cell, text.upper(), "e")
    elif (moment := _as_date(text)) is not None:
        _enter_date(cell, moment)
    elif (number := _as_number(text)) is not None:
        _set(cell, number, "n")
    else:
        _set(cell, text, "s")


def _set(cell: Cell, content: Any, kind: str) -> None:
    cell._value = content
    cell.data_type = kind


def _enter_date(cell: Cell, moment: dt.datetime) -> None:
    """The serial; a cell of format General gets a date's."""
    _set(cell, to_excel(moment, cell.parent.parent.epoch), "n")
    if (cell.number_format or "General") == "General":
        cell.number_format = "yyyy-mm-dd" if moment.time() == dt.time() else "yyyy-mm-dd hh:mm"


def _as_number(text: str) -> float | None:
    found = _NUMBER.match(text)
    if found is None or not (found[2] or (found[3] or "").strip(".")):
        return None
    sign, whole, part, power, percent = (group or "" for group in found.groups())
    number = float(f"{sign}{whole.replace(',', '') or '0'}{part}{power}")
    return number / 100 if percent else number


def _as_date(text: str) -> dt.datetime | None:
    try:
        if found := _DATE.match(text):
            return dt.datetime(int(found[1]), int(found[2]), int(found[3]))
        if found := _SHORT_DATE.match(text):
            return dt.datetime(int(found[3]), int(found[1]), int(found[2]))
        if found := _TIME.match(text):
            hour, minute, second = (int(group or 0) for group in found.groups())
            return dt.datetime(1899, 12, 30, hour, minute, second)
    except ValueError:
        return None
    return None
