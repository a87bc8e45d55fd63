"""One row a customer: recency, frequency, monetary and what comes with them.

Written against Narwhals: pandas, Polars and lazy engines such as DuckDB give the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import narwhals as nw
from narwhals.typing import IntoFrameT

from segmentation.amounts import MONEY_DECIMALS
from segmentation.derived import (
    amounts_for,
    days_between,
    since,
    sums,
    with_derived,
    with_distinct,
)
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
_COUNTS = ("days", "rows", "orders")


def measure_orders(
    orders: IntoFrameT,
    *,
    settings: MeasureSettings,
    as_of: dt.date,
    has_order_ids: bool,
    extra: Sequence[str] = (),
) -> IntoFrameT:
    """Measures per customer, ordered by customer.

    ``orders``: one row per order line with ``customer`` ``name`` ``order`` (text), ``date``,
    ``amount`` and ``purchase`` (false for returns: they lower the amount and are neither an
    order nor a purchase date); where there are such columns also ``category`` (null where
    blank) and ``back`` (what a refund has taken off the amount already). Customers without a
    purchase are left out.

    ``recency`` is whole days from the last purchase to ``as_of``. ``frequency`` counts orders
    (each line without an order id as one), purchase days or rows. ``monetary`` is the sum, or
    the sum divided by orders or by purchase days, to six decimals, whatever the row order;
    ``monetary_raw`` is the same as a bare floating-point sum (15.36 + 16.99 there is
    32.349999999999994), for schemes that compare as R does.

    ``extra`` asks for measures of ``scheme.DERIVED``, as further columns in that order:
    ``mean_order`` the amount per order; ``categories`` different categories bought (null
    without such a column); ``active_months`` calendar months with a purchase; ``tenure`` days
    from the first purchase to ``as_of``; ``interval`` mean days between purchase days (null
    with one); ``growth`` the amount of the last 182 days by that of the last 364 (null where
    that is zero or less); ``return_share`` returned by bought amount; ``repeat_rate`` orders
    after the first by all orders, these three between 0 and 1; ``repeats`` purchase days after
    the first; ``active_span`` days from the first to the last of them; ``repeat_mean`` the amount
    per repeat purchase day, what was returned since the first day taken off (null without one).

    With ``settings.window_days`` frequency, monetary and, of these, mean_order, categories,
    active_months, return_share and repeat_rate count only rows at most so many days before
    ``as_of``. Who bought nothing since then has frequency and monetary 0 (and no mean order or
    repeat rate).
    """
    frame: Any = nw.from_native(orders)
    bought = frame.filter(nw.col("purchase"))
    inside = None if settings.window_days is None else since(as_of, settings.window_days)
    recent = bought if inside is None else bought.filter(inside)
    counted = _counted(bought, recent, has_order_ids=has_order_ids)
    money = nw.col("amount")
    if inside is not None:
        money = nw.when(inside).then(money).otherwise(nw.lit(0.0))
    amounts = {"money": money, **amounts_for(extra, frame, as_of=as_of, inside=inside)}
    dated = frame
    if "repeat_mean" in extra:
        dated = frame.join(counted.select("customer", "first_date"), on="customer", how="inner")
    joined = counted.join(sums(dated, amounts), on="customer", how="left").join(
        _names(frame), on="customer", how="left"
    )
    if extra:
        joined = with_derived(with_distinct(joined, recent, extra), extra, as_of)
    per = {"sum": nw.lit(1), "mean": nw.col("orders"), "mean_per_day": nw.col("days")}
    raw = nw.col("money") / per[settings.monetary]
    if inside is not None:
        raw = nw.when(nw.col("rows") > 0).then(raw).otherwise(nw.lit(0.0))
    measured = joined.with_columns(
        recency=days_between(nw.col("last_date"), nw.lit(as_of)),
        monetary=raw.round(MONEY_DECIMALS),
        monetary_raw=raw,
    ).with_columns(
        nw.col(settings.frequency).cast(nw.Float64).alias("frequency"),
        nw.col("monetary").cast(nw.Float64),
    )
    result: IntoFrameT = measured.select(*COLUMNS, *extra).sort("customer").to_native()
    return result


def _counted(bought: Any, recent: Any, *, has_order_ids: bool) -> Any:
    """First and last date and purchase days of all; days, rows and orders of the recent."""
    dates = (
        nw.col("date").max().alias("last_date"),
        nw.col("date").min().alias("first_date"),
        nw.col("date").n_unique().alias("all_days"),
    )
    count = (nw.col("date").n_unique().alias("days"), nw.len().alias("rows"))
    if recent is bought:
        counted = bought.group_by("customer").agg(*dates, *count[1:])
        counted = counted.with_columns(days=nw.col("all_days"))
        return _with_orders(counted, bought, has_order_ids=has_order_ids)
    few = _with_orders(
        recent.group_by("customer").agg(*count), recent, has_order_ids=has_order_ids
    ).select("customer", *_COUNTS)
    every = bought.group_by("customer").agg(*dates).join(few, on="customer", how="left")
    return every.with_columns(nw.col(*_COUNTS).fill_null(0))


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
