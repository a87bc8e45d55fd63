"""The last twelve months, against the same counted row by row in Python."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Any

import numpy as np
import polars as pl
import pytest

from segmentation.trend import MONTHS, trend

FREQUENCIES = ("orders", "days", "rows")


def _rows(seed: int, start: dt.date, days: int, count: int = 500) -> pl.DataFrame:
    random = np.random.default_rng(seed)
    spans = random.integers(0, days, count)
    ids = [None if n % 9 == 0 else f"S{n % 170}" for n in random.integers(0, 900, count)]
    amounts = np.round(random.lognormal(3, 1, count), 2)
    bought = random.random(count) > 0.1
    return pl.DataFrame(
        {
            "customer": [f"K{n}" for n in random.integers(0, 60, count)],
            "order": pl.Series(ids, dtype=pl.String),
            "date": [start + dt.timedelta(days=int(d)) for d in spans],
            "amount": np.where(bought, amounts, -amounts),
            "purchase": bought,
        }
    )


def _first_dates(rows: pl.DataFrame) -> pl.Series:
    return rows.filter("purchase").group_by("customer").agg(pl.col("date").min())["date"]


def _by_hand(rows: pl.DataFrame, as_of: dt.date, frequency: str) -> list[dict[str, Any]]:
    """The same with loops and sets."""
    days = rows["date"].to_list()
    end = max(as_of - dt.timedelta(days=1), *days)
    first: dict[str, dt.date] = {}
    for row in rows.filter("purchase").iter_rows(named=True):
        first[row["customer"]] = min(row["date"], first.get(row["customer"], row["date"]))
    found = []
    for back in range(MONTHS - 1, -1, -1):
        number = end.year * 12 + end.month - 1 - back
        year, month = number // 12, number % 12 + 1
        here = [
            r
            for r in rows.iter_rows(named=True)
            if (r["date"].year, r["date"].month) == (year, month)
        ]
        bought = [r for r in here if r["purchase"]]
        counted = {
            "rows": len(bought),
            "days": len({(r["customer"], r["date"]) for r in bought}),
            "orders": len({(r["customer"], r["order"]) for r in bought if r["order"]})
            + sum(r["order"] is None for r in bought),
        }
        begins = (min(days).year, min(days).month)
        if (year, month) < begins:
            found.append({"month": dt.date(year, month, 1), "partial": False})
            continue
        last_day = calendar.monthrange(year, month)[1]
        found.append(
            {
                "month": dt.date(year, month, 1),
                "orders": counted[frequency],
                "customers": len({r["customer"] for r in bought}),
                "amount": sum(r["amount"] for r in here),
                "new": sum((d.year, d.month) == (year, month) for d in first.values()),
                "partial": ((year, month) == begins and min(days).day > 1)
                or (back == 0 and end.day < last_day),
            }
        )
    return found


@pytest.mark.parametrize("frequency", FREQUENCIES)
@pytest.mark.parametrize(
    ("start", "days", "as_of"),
    [
        (dt.date(2024, 1, 1), 720, dt.date(2025, 12, 21)),
        (dt.date(2025, 11, 5), 100, dt.date(2026, 2, 13)),
        (dt.date(2026, 2, 3), 20, dt.date(2026, 3, 1)),
        (dt.date(2025, 3, 1), 30, dt.date(2025, 9, 30)),
    ],
)
def test_every_month_is_what_counting_by_hand_gives(
    frequency: str, start: dt.date, days: int, as_of: dt.date
) -> None:
    rows = _rows(len(frequency) + days, start, days)
    found = trend(rows, _first_dates(rows), as_of=as_of, frequency=frequency)
    expected = _by_hand(rows, as_of, frequency)
    assert found.height == len(expected) == MONTHS
    for row, wanted in zip(found.iter_rows(named=True), expected, strict=True):
        for key in ("month", "orders", "customers", "new", "partial"):
            assert row[key] == wanted.get(key), (row["month"], key)
        if "amount" in wanted:
            assert row["amount"] == pytest.approx(wanted["amount"], abs=1e-6)
        else:
            assert row["amount"] is None


def test_months_without_sales_are_zero_and_months_before_the_data_say_nothing() -> None:
    rows = _rows(1, dt.date(2026, 1, 1), 31).filter(pl.col("purchase"))
    rows = rows.with_columns(date=pl.lit(dt.date(2026, 1, 1)))
    found = trend(rows, _first_dates(rows), as_of=dt.date(2026, 4, 1), frequency="orders")
    assert found["month"].to_list()[-3:] == [dt.date(2026, n, 1) for n in (1, 2, 3)]
    assert found["orders"].to_list()[:9] == [None] * 9
    assert found["orders"].to_list()[-2:] == found["new"].to_list()[-2:] == [0, 0]
    assert found["amount"].to_list()[-2:] == [0.0, 0.0]
    # It begins on the first of January and ends on the last of March.
    assert found["partial"].to_list() == [False] * 12


@pytest.mark.parametrize(
    ("last", "as_of", "month", "partial"),
    [
        # The day after the last order is what a grading goes by: it tells of no day in April.
        (dt.date(2026, 3, 31), dt.date(2026, 4, 1), 3, False),
        (dt.date(2026, 3, 30), dt.date(2026, 3, 31), 3, True),
        # Somebody bought on the day itself.
        (dt.date(2026, 4, 1), dt.date(2026, 4, 1), 4, True),
        (dt.date(2026, 2, 28), dt.date(2026, 2, 28), 2, False),
    ],
)
def test_the_last_month_is_that_of_the_last_day_told_of(
    last: dt.date, as_of: dt.date, month: int, *, partial: bool
) -> None:
    rows = pl.DataFrame(
        {
            "customer": ["a", "a"],
            "order": pl.Series([None, None], dtype=pl.String),
            "date": [dt.date(2024, 1, 1), last],
            "amount": [1.0, 2.0],
            "purchase": [True, True],
        }
    )
    found = trend(rows, _first_dates(rows), as_of=as_of, frequency="orders")
    assert found["month"][-1] == dt.date(2026, month, 1)
    assert found["partial"].to_list() == [False] * 11 + [partial]


def test_the_order_of_the_rows_does_not_matter() -> None:
    rows = _rows(5, dt.date(2025, 1, 1), 360)
    mixed = rows.sample(fraction=1, shuffle=True, seed=2)
    one, other = (
        trend(each, _first_dates(each), as_of=dt.date(2026, 1, 1), frequency="orders")
        for each in (rows, mixed)
    )
    assert one.equals(other)
