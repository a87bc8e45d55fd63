"""One row a customer: recency, frequency, monetary and what comes with them.

Written against Narwhals: pandas, Polars and lazy engines such as DuckDB give the same.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import narwhals as nw
from narwhals.typing import IntoFrameT

from segmentation.amounts import MONEY_DECIMALS
from segmentation.scheme import MeasureSettings

COLUMNS = (
    "customer",
    "name",
    "recency",
    "frequency",
    "monetary",
    "monetary_raw",
    "first_date",
    "last_date",
)
# Amounts are split at this resolution, so that sums of either part are the same in any order.
_GRID = 2.0**20


def measure_orders(
    orders: IntoFrameT, *, settings: MeasureSettings, as_of: dt.date, has_order_ids: bool
) -> IntoFrameT:
    """Measures per customer, ordered by customer.

    ``orders``: one row per order line with ``customer`` ``name`` ``order`` (text), ``date``,
    ``amount`` and ``purchase`` (false for returns: they lower the amount and are neither an
    order nor a purchase date). Customers without a purchase are left out.

    ``recency`` is whole days from the last purchase to ``as_of``. ``frequency`` counts orders
    (each line without an order id as one), purchase days or rows. ``monetary`` is the sum, or
    the sum divided by orders or by purchase days, to six decimals, whatever the row order;
    ``monetary_raw`` is the same as a bare floating-point sum (15.36 + 16.99 there is
    32.349999999999994), for schemes that compare as R does.
    """
    frame: Any = nw.from_native(orders)
    bought = frame.filter(nw.col("purchase"))
    counted = bought.group_by("customer").agg(
        nw.col("date").max().alias("last_date"),
        nw.col("date").min().alias("first_date"),
        nw.col("date").n_unique().alias("days"),
        nw.len().alias("rows"),
    )
    counted = _with_orders(counted, bought, has_order_ids=has_order_ids)
    coarse = (nw.col("amount") * _GRID).round() / _GRID
    split = frame.with_columns(coarse=coarse).with_columns(fine=nw.col("amount") - nw.col("coarse"))
    money = split.group_by("customer").agg(nw.col("coarse").sum(), nw.col("fine").sum())
    joined = counted.join(money, on="customer", how="left").join(
        _names(frame), on="customer", how="left"
    )
    # Between two dates DuckDB counts days and the others give durations; times are alike.
    span = nw.lit(as_of).cast(nw.Datetime) - nw.col("last_date").cast(nw.Datetime)
    per = {"sum": nw.lit(1), "mean": nw.col("orders"), "mean_per_day": nw.col("days")}
    raw = (nw.col("coarse") + nw.col("fine")) / per[settings.monetary]
    measured = joined.with_columns(
        recency=span.dt.total_minutes() / (24 * 60),
        monetary=raw.round(MONEY_DECIMALS),
        monetary_raw=raw,
    ).with_columns(
        nw.col("recency").cast(nw.Float64),
        nw.col(settings.frequency).cast(nw.Float64).alias("frequency"),
        nw.col("monetary").cast(nw.Float64),
    )
    result: IntoFrameT = measured.select(*COLUMNS).sort("customer").to_native()
    return result


def _with_orders(counted: Any, bought: Any, *, has_order_ids: bool) -> Any:
    if not has_order_ids:
        return counted.with_columns(orders=nw.col("rows"))
    known = bought.filter(~nw.col("order").is_null())
    ids = known.group_by("customer").agg(
        nw.col("order").n_unique().alias("ids"), nw.len().alias("with_id")
    )
    joined = counted.join(ids, on="customer", how="left").with_columns(
        nw.col("ids").fill_null(0), nw.col("with_id").fill_null(0)
    )
    return joined.with_columns(orders=nw.col("ids") + nw.col("rows") - nw.col("with_id"))


def _names(frame: Any) -> Any:
    """Each customer's latest name (the first in the alphabet where two are as late)."""
    named = frame.filter(~nw.col("name").is_null())
    seen = named.group_by("customer", "name").agg(nw.col("date").max().alias("seen"))
    latest = seen.group_by("customer").agg(nw.col("seen").max().alias("latest"))
    both = seen.join(latest, on="customer", how="inner")
    return (
        both.filter(nw.col("seen") == nw.col("latest"))
        .group_by("customer")
        .agg(nw.col("name").min().alias("name"))
    )
