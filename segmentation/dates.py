"""Dates as people write them, read by the column and not by the cell."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from segmentation.vocabulary import vocabulary

ORDERS = ("dmy", "mdy", "ymd")
_EPOCH = dt.date(1899, 12, 30)
_SERIAL_RANGE = (20_000, 80_000)  # 1954 to 2119: what a business calls a date
_YEARS = (1950, 2150)
_PATTERNS = vocabulary().patterns
_WITH_TIME = re.compile(rf"^(.*?\d.*?)[\s,t]*{_PATTERNS['time']}$", re.IGNORECASE)
_WEEKDAY = re.compile(rf"\(?{_PATTERNS['weekday']}\)?", re.IGNORECASE)
_YEAR_FIRST = re.compile(_PATTERNS["year_first"])
_SHORT_YEAR_FIRST = re.compile(_PATTERNS["short_year_first"])
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:\d{4}|\d{6}|\.0+)?$")
_THREE = re.compile(r"^(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4}|\d{2})$")
_SERIAL = re.compile(r"^(\d{5})(?:\.\d+)?$")
_NAMED = re.compile(
    r"^(?:(\d{1,2})(?:st|nd|rd|th)?[\s\-./]*([a-z]{3,9})\.?|([a-z]{3,9})\.?[\s\-./]*(\d{1,2})(?:st|nd|rd|th)?)"
    r"[\s\-./,]*(\d{4}|\d{2})$",
    re.IGNORECASE,
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        [
            ("jan", "january"),
            ("feb", "february"),
            ("mar", "march"),
            ("apr", "april"),
            ("may", "may"),
            ("jun", "june"),
            ("jul", "july"),
            ("aug", "august"),
            ("sep", "sept", "september"),
            ("oct", "october"),
            ("nov", "november"),
            ("dec", "december"),
        ],
        start=1,
    )
    for name in names
}


@dataclass(frozen=True, kw_only=True)
class ParsedDates:
    """``dates`` (null where none), ``undecided``: rows whose day and month could be swapped.

    ``order`` is what the column decided on for texts such as 3/4/2025 (None: nothing to decide,
    or undecidable).
    """

    dates: pl.Series
    undecided: pl.Series
    order: str | None


def parse_dates(text: pl.Series, *, order: str | None = None) -> ParsedDates:
    """Read a text column as dates (times are dropped).

    ``order`` (``dmy``, ``mdy``, ``ymd``) settles texts of three short numbers; without it the
    column decides: the order under which most of them are dates, if there is just one.
    """
    distinct = text.unique().drop_nulls()
    heads = {raw: _head(raw) for raw in distinct.to_list()}
    parsed = {head: _read(head) for head in set(heads.values())}
    short = [value for value in parsed.values() if isinstance(value, tuple)]
    chosen = order or _decide(short)
    final: dict[str, dt.date | None] = {}
    open_heads: set[str] = set()
    for head, value in parsed.items():
        if isinstance(value, tuple):
            final[head] = _short_date(value, chosen) if chosen else _if_unambiguous(value)
            if chosen is None and final[head] is None and _candidates(value):
                open_heads.add(head)
        else:
            final[head] = value
    lookup = pl.DataFrame(
        {
            "text": list(heads),
            "date": [final[h] for h in heads.values()],
            "open": [h in open_heads for h in heads.values()],
        },
        schema={"text": pl.String, "date": pl.Date, "open": pl.Boolean},
    )
    joined = (
        text.alias("text").to_frame().join(lookup, on="text", how="left", maintain_order="left")
    )
    return ParsedDates(
        dates=joined["date"], undecided=joined["open"].fill_null(value=False), order=chosen
    )


def _head(text: str) -> str:
    """The day part of a text: without time of day and weekday."""
    text = unicodedata.normalize("NFKC", text).strip()
    if text.isdigit():
        return text
    with_time = _WITH_TIME.match(text)
    if with_time:
        text = with_time.group(1)
    return _WEEKDAY.sub(" ", text).strip(" ,\u00a0")


def _read(head: str) -> dt.date | tuple[int, int, int, bool] | None:
    """A date, three short numbers whose order is open, or None."""
    found: dt.date | tuple[int, int, int, bool] | None = None
    if match := _YEAR_FIRST.match(head) or _COMPACT.match(head):
        found = _date(*map(int, match.groups()))
    elif match := _SERIAL.match(head):
        found = _from_serial(int(match.group(1)))
    elif match := _THREE.match(head):
        a, b, c = match.groups()
        found = int(a), int(b), int(c), len(c) == 4
    elif match := _SHORT_YEAR_FIRST.match(head):
        year, month, day = map(int, match.groups())
        found = _date(2000 + year, month, day)
    elif match := _NAMED.match(head):
        named = _MONTHS.get((match.group(2) or match.group(3)).lower())
        day = int(match.group(1) or match.group(4))
        found = _date(_year(int(match.group(5))), named, day) if named else None
    return found


def _from_serial(serial: int) -> dt.date | None:
    low, high = _SERIAL_RANGE
    return _EPOCH + dt.timedelta(days=serial) if low <= serial <= high else None


def _decide(values: Iterable[tuple[int, int, int, bool]]) -> str | None:
    values = list(values)
    if not values:
        return None
    orders = ORDERS if not any(v[3] for v in values) else ORDERS[:2]
    fits = {o: sum(_short_date(v, o) is not None for v in values) for o in orders}
    most = max(fits.values())
    winners = [o for o, n in fits.items() if n == most]
    return winners[0] if len(winners) == 1 and most else None


def _candidates(value: tuple[int, int, int, bool]) -> set[dt.date]:
    found = (_short_date(value, o) for o in ORDERS)
    return {d for d in found if d is not None}


def _if_unambiguous(value: tuple[int, int, int, bool]) -> dt.date | None:
    candidates = _candidates(value)
    return candidates.pop() if len(candidates) == 1 else None


def _short_date(value: tuple[int, int, int, bool], order: str) -> dt.date | None:
    a, b, c, long_year = value
    if order == "ymd":
        return None if long_year else _date(_year(a), b, c)
    year = c if long_year else _year(c)
    return _date(year, b, a) if order == "dmy" else _date(year, a, b)


def _year(year: int) -> int:
    if year >= 100:
        return year
    return 2000 + year if year < 70 else 1900 + year


def _date(year: int, month: int, day: int) -> dt.date | None:
    if not _YEARS[0] <= year <= _YEARS[1]:
        return None
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
