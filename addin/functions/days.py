"""Days from cells: dates, serials, and text as the core reads dates."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from addin.functions.define import Failure, failure
from addin.functions.numbers import Floats, Unanswered
from addin.functions.values import error_in, is_blank, named
from addin.words import Words

EPOCH = dt.date(1899, 12, 30)
_SERIALS = (20_000, 80_000)  # 1954 to 2119, as in segmentation.dates
_YEARS = (1950, 2150)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def day_of(words: Words, cell: Any) -> float | Failure | None:
    """The day in one cell as a serial; None for a blank one, else a `Failure`."""
    days, unanswered = days_of(words, [cell])
    return unanswered[0] if math.isnan(days[0]) else float(days[0])


def days_of(words: Words, cells: Sequence[Any]) -> tuple[Floats, Unanswered]:
    """The days in a column of cells, and what to answer where there is none.

    A day is a whole number: days since 1899-12-30, Excel's serial (`date_of` gives the date);
    times of day are dropped. The array has NaN where a cell holds no day; there the list has a
    `Failure`, or None for a blank cell. Cells hold dates, serials, or text, which is read by the
    column as `segmentation.dates` reads it: 3/4/2026 counts only where other cells tell which
    is the month.
    """
    days = np.full(len(cells), math.nan)
    unanswered: Unanswered = [None] * len(cells)
    texts: dict[int, str] = {}
    for i, cell in enumerate(cells):
        if is_blank(cell):
            continue
        found = _typed(cell)
        if found is not None:
            days[i] = found
        elif (error := error_in(words, cell)) is not None:
            unanswered[i] = error
        else:
            texts[i] = _text(cell)
    if texts:
        for (i, text), day in zip(texts.items(), _read(list(texts.values())), strict=True):
            if isinstance(day, dt.date):
                days[i] = serial_of(day)
            else:
                unanswered[i] = failure(words(f"function_error.{day}", value=named(text)))
    return days, unanswered


def serial_of(day: dt.date) -> int:
    """Excel's serial of a day."""
    return day.toordinal() - EPOCH.toordinal()


def date_of(day: float) -> dt.date:
    """The date of a day as `days_of` gives it."""
    return EPOCH + dt.timedelta(days=int(day))


def _typed(cell: Any) -> int | None:
    """The day of a date or of a serial; None where it is neither."""
    if isinstance(cell, np.datetime64):
        cell = cell.astype("datetime64[D]").item()
    if isinstance(cell, dt.date):
        return serial_of(cell) if _YEARS[0] <= cell.year <= _YEARS[1] else None
    if isinstance(cell, bool | np.bool_) or not isinstance(cell, int | float | np.number):
        return None
    with suppress(OverflowError, ValueError):
        day = math.floor(cell)
        return day if _SERIALS[0] <= day <= _SERIALS[1] else None
    return None


def _text(cell: Any) -> str:
    """What stands in a cell that holds no day by itself; 20260131 is one as a text."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _read(texts: list[str]) -> list[dt.date | str]:
    """The dates of texts, or the key of what is wrong with them: ``no_date date_order``."""
    if all(map(_ISO.fullmatch, texts)):
        return [_iso(text) or "no_date" for text in texts]
    import polars as pl  # noqa: PLC0415  (late: most columns of dates hold dates)

    from segmentation.checked import clean  # noqa: PLC0415
    from segmentation.dates import parse_dates  # noqa: PLC0415

    parsed = parse_dates(clean(pl.Series(texts, dtype=pl.String)))
    pairs = zip(parsed.dates.to_list(), parsed.undecided.to_list(), strict=True)
    return [day or ("date_order" if undecided else "no_date") for day, undecided in pairs]


def _iso(text: str) -> dt.date | None:
    with suppress(ValueError):
        day = dt.date.fromisoformat(text)
        return day if _YEARS[0] <= day.year <= _YEARS[1] else None
    return None
