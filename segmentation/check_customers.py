"""Check sheets that already hold one row a customer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

import polars as pl

from segmentation.amounts import MONEY_DECIMALS
from segmentation.by_sheet import sheet_amounts, sheet_dates
from segmentation.checked import (
    Checked,
    clean,
    counts,
    findings,
    gather,
    keys,
    nothing_left,
    total_rows,
)
from segmentation.columns import Layout
from segmentation.remarks import remarks
from segmentation.scheme import MeasureSettings
from segmentation.vocabulary import CUSTOMER_ROLES

_ROLES = ("customer", "name", *CUSTOMER_ROLES)
_MEASURED = {"recency": "days", "frequency": "orders", "monetary": "money"}
# What a row's problem is about where another column than the usual one holds it.
_AT: Any = (
    pl.when(pl.col("reason") == "bad_amount", pl.col("money").is_not_null())
    .then(pl.lit("frequency"))
    .when(
        pl.col("reason") == "bad_date",
        (pl.col("recency").str.strip_chars() == "").fill_null(value=True),
        pl.col("last_date").is_not_null(),
    )
    .then(pl.lit("last_date"))
)


def check_customers(
    layouts: Sequence[Layout],
    *,
    settings: MeasureSettings,
    as_of: dt.date | None = None,
    today: dt.date | None = None,
    carry: Collection[str] = (),
    unknown: Collection[str] = (),
) -> Checked:
    """Check sheets of customers: recency (days) or a last date, orders, amount.

    A customer's second row is left out as ``duplicate``. Of ``unknown`` measures there
    is no column: they are 0 for everybody. Without ``as_of`` the recency column
    counts as it stands, or the day after the latest last date. With ``place`` in ``carry`` the
    rows have ``sheet_no`` and ``row``.
    Raises DataError ``date_order_unknown``, ``as_of_before_data``, ``nothing_left``.
    """
    rows = gather(layouts, _ROLES)
    days = sheet_amounts(rows, "recency")
    order = settings.date_order
    last = sheet_dates(rows, "last_date", layouts, order=order, needed=days.is_null())
    never = pl.Series([False]).new_from_index(0, rows.height)
    first = sheet_dates(rows, "first_date", layouts, order=order, needed=never)
    money = sheet_amounts(rows, "monetary") * rows["scale"]
    rows = rows.with_columns(
        keys(rows["customer"]),
        last.alias("last_day"),
        first.alias("first_day"),
        days.alias("days"),
        sheet_amounts(rows, "frequency").alias("orders"),
        money.round(MONEY_DECIMALS).alias("money"),
    )
    day = _as_of(rows, as_of, today)
    rows = _with_recency(rows, day, given=as_of is not None)
    rows = rows.with_columns(**{_MEASURED[m]: pl.lit(0.0) for m in unknown})
    rows = rows.with_columns(total_rows(layouts, rows, rows["days"].is_null()).alias("total"))
    rows = rows.with_columns(_reason(rows, layouts, unknown)).with_columns(at=_AT)
    good = rows.filter(pl.col("reason").is_null())
    left_out = counts(rows)
    if good.is_empty():
        raise nothing_left(rows, "last_day", left_out, as_of)
    return Checked(
        kind="customers",
        rows=good.select(
            pl.col("key").alias("customer"),
            clean(good["name"]).alias("name"),
            pl.col("days").alias("recency"),
            pl.col("orders").alias("frequency"),
            pl.col("money").alias("monetary"),
            pl.col("first_day").alias("first_date"),
            pl.col("last_day").alias("last_date"),
            *(("sheet_no", "row") if "place" in carry else ()),
        ),
        findings=findings(rows, layouts),
        read=rows.height,
        left_out=left_out,
        as_of=day,
        notes=remarks(rows, layouts, left_out, "monetary"),
    )


def _as_of(rows: pl.DataFrame, as_of: dt.date | None, today: dt.date | None) -> dt.date | None:
    if as_of is not None:
        return as_of
    both = rows.filter(pl.col("days").is_not_null() & pl.col("last_day").is_not_null())
    if both.height:
        days = pl.duration(days=pl.col("days").cast(pl.Int64))
        guess = both.select((pl.col("last_day") + days).mode().sort().last()).item()
        assert isinstance(guess, dt.date)
        return guess
    known = rows["last_day"].drop_nulls()
    if today is not None:
        known = known.filter(known <= today)
    latest = known.max()
    return latest + dt.timedelta(days=1) if isinstance(latest, dt.date) else None


def _with_recency(rows: pl.DataFrame, day: dt.date | None, *, given: bool) -> pl.DataFrame:
    """Days since the last order: from the last date when a day was asked for, else as stated."""
    if day is None:
        return rows
    counted = (pl.lit(day) - pl.col("last_day")).dt.total_days().cast(pl.Float64)
    order = [counted, pl.col("days")] if given else [pl.col("days"), counted]
    return rows.with_columns(days=pl.coalesce(order))


def _reason(rows: pl.DataFrame, layouts: Sequence[Layout], unknown: Collection[str]) -> pl.Series:
    roles = {r for sheet in layouts for r in sheet.columns}
    texts = [pl.col(r).str.strip_chars() for r in _ROLES if r in roles]
    days = pl.col("days")
    rules = [
        ("blank_row", ~pl.any_horizontal((t.is_not_null()) & (t != "") for t in texts)),
        ("total_row", pl.col("total")),
        ("missing_customer", pl.col("key").is_null()),
        ("bad_date", days.is_null() | (days != days.floor())),
        ("future_date", days < 0),
        ("bad_amount", pl.col("money").is_null() | pl.col("orders").is_null()),
        ("zero_or_negative", (pl.col("orders") <= 0) & ("frequency" not in unknown)),
    ]
    reason: Any = pl.lit(None, dtype=pl.String)
    for name, applies in reversed(rules):
        reason = pl.when(applies.fill_null(value=False)).then(pl.lit(name)).otherwise(reason)
    named = rows.with_columns(reason=reason)
    again = pl.col("reason").is_null() & ~pl.col("key").is_first_distinct().over(
        pl.col("reason").is_null()
    )
    return named.select(
        pl.when(again).then(pl.lit("duplicate")).otherwise("reason").alias("reason")
    ).to_series()
