"""The last twelve calendar months of orders: one row a month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import polars as pl

from segmentation.amounts import MONEY_DECIMALS
from segmentation.checked import Checked

MONTHS = 12
_COUNTS: dict[str, Any] = {
    "rows": pl.len(),
    "days": pl.col("date").n_unique(),
    # A row without an order id is an order of its own.
    "orders": pl.col("order").drop_nulls().n_unique() + pl.col("order").null_count(),
}


def trend_of(
    checked: Checked, model: Mapping[str, Any], graded: pl.DataFrame
) -> pl.DataFrame | None:
    """The trend of a grading, None where there are no orders."""
    if checked.kind != "orders" or checked.as_of is None:
        return None
    how = model["measures"]["frequency"]
    return trend(checked.rows, graded["first_date"], as_of=checked.as_of, frequency=how)


def trend(
    orders: pl.DataFrame, first_dates: pl.Series, *, as_of: dt.date, frequency: str
) -> pl.DataFrame:
    """One row for each of the last twelve calendar months, the earliest first.

    ``orders`` are checked rows (``customer order date amount purchase``), ``first_dates`` the
    day of each customer's first purchase, ``frequency`` what the scheme counts per customer
    (``orders``, ``days`` or ``rows``; an order in two months counts in both).

    The columns: ``month`` (its first day), ``orders``, ``customers`` who bought, ``amount`` (less
    what was returned in the month), ``new`` customers, and ``partial``: the rows begin or end
    within the month. A month without sales has zeros; one before the first row says nothing and
    has nulls. The last day that the rows tell of is the one before ``as_of``, or ``as_of`` where
    there is a row of that day.
    """
    begin, latest = _day(orders["date"].min()), _day(orders["date"].max())
    end = max(as_of - dt.timedelta(days=1), latest)
    last = end.replace(day=1)
    months = pl.DataFrame({"month": [_months_before(last, n) for n in range(MONTHS - 1, -1, -1)]})
    counted = _counted(orders.filter(pl.col("date") >= months["month"][0]), frequency)
    new = first_dates.dt.month_start().value_counts(name="new")
    joined = months.join(counted, on="month", how="left", maintain_order="left").join(
        new.rename({new.columns[0]: "month"}), on="month", how="left", maintain_order="left"
    )
    told = pl.col("month") >= begin.replace(day=1)
    starts_within = (pl.col("month") == begin.replace(day=1)) & (begin.day > 1)
    whole = end == end.replace(day=1) + dt.timedelta(days=_length(end) - 1)
    ends_within = (pl.col("month") == last) & (not whole)
    return joined.select(
        "month",
        *(
            pl.when(told).then(pl.col(c).fill_null(0)).cast(kind).alias(c)
            for c, kind in _COLUMNS.items()
        ),
        (starts_within | ends_within).alias("partial"),
    )


_COLUMNS: dict[str, Any] = {
    "orders": pl.Int64,
    "customers": pl.Int64,
    "amount": pl.Float64,
    "new": pl.Int64,
}


def _counted(orders: pl.DataFrame, frequency: str) -> pl.DataFrame:
    """What the rows come to, by month."""
    rows = orders.select(
        "customer", "order", "date", "amount", "purchase", month=pl.col("date").dt.month_start()
    )
    bought = rows if rows["purchase"].all() else rows.filter("purchase")
    each = bought.group_by("month", "customer").agg(_COUNTS[frequency].alias("orders"))
    counted = each.group_by("month").agg(pl.col("orders").sum(), customers=pl.len())
    amounts = rows.group_by("month").agg(pl.col("amount").sum().round(MONEY_DECIMALS))
    return amounts.join(counted, on="month", how="left")


def _day(value: object) -> dt.date:
    assert isinstance(value, dt.date)
    return value


def _months_before(month: dt.date, number: int) -> dt.date:
    year, rest = divmod(month.year * 12 + month.month - 1 - number, 12)
    return dt.date(year, rest + 1, 1)


def _length(day: dt.date) -> int:
    """Days of the day's month."""
    after = _months_before(day.replace(day=1), -1)
    return (after - day.replace(day=1)).days
