"""What else orders tell of a customer, beside recency, frequency and monetary.

Written against Narwhals, like ``segmentation.measures``; what each measure means stands there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import narwhals as nw
import polars as pl

from segmentation.amounts import MONEY_DECIMALS

HALF, WHOLE = 182, 364
# Amounts are split at this resolution, so that sums of either part are the same in any order.
_GRID = 2.0**20
_MINUTES_A_DAY = 24 * 60


def sums(frame: Any, amounts: Mapping[str, Any]) -> Any:
    """Per customer the sum of each expression, the same whatever the row order."""
    coarse = {f"{name}_coarse": (nw.col(name) * _GRID).round() / _GRID for name in amounts}
    fine = {f"{name}_fine": nw.col(name) - nw.col(f"{name}_coarse") for name in amounts}
    parts = frame.with_columns(**amounts).with_columns(**coarse).with_columns(**fine)
    added = parts.group_by("customer").agg(*(nw.col(n).sum() for n in (*coarse, *fine)))
    return added.select(
        "customer",
        **{name: nw.col(f"{name}_coarse") + nw.col(f"{name}_fine") for name in amounts},
    )


def days_between(earlier: Any, later: Any) -> Any:
    """Whole days from one date to another, as a float."""
    # Between two dates DuckDB counts days and the others give durations; times are alike.
    span = later.cast(nw.Datetime) - earlier.cast(nw.Datetime)
    return (span.dt.total_minutes() / _MINUTES_A_DAY).cast(nw.Float64)


def since(as_of: dt.date, days: int) -> Any:
    """Whether a date is at most ``days`` before ``as_of``."""
    start = nw.lit(as_of - dt.timedelta(days=days)).cast(nw.Datetime)
    return nw.col("date").cast(nw.Datetime) >= start


def amounts_for(extra: Sequence[str], frame: Any, *, as_of: dt.date, inside: Any) -> dict[str, Any]:
    """What to sum per customer for the measures asked for; ``inside`` is null without a window."""
    amount, purchase = nw.col("amount"), nw.col("purchase")
    wanted: dict[str, Any] = {}
    if "growth" in extra:
        wanted["in_half"] = _where(since(as_of, HALF), amount)
        wanted["in_whole"] = _where(since(as_of, WHOLE), amount)
    if "return_share" in extra:
        # What a refund column gave back is part of what was bought, and of what was returned.
        back = nw.col("back") if "back" in _names(frame) else nw.lit(0.0)
        kept = purchase if inside is None else purchase & inside
        returned = ~purchase if inside is None else ~purchase & inside
        wanted["returned"] = _where(kept, back) - _where(returned, amount)
        wanted["bought"] = _where(kept, amount + back)
    if "repeat_mean" in extra:
        wanted["repeated"] = _where(nw.col("date") > nw.col("first_date"), amount)
    return wanted


def _where(condition: Any, amount: Any) -> Any:
    return nw.when(condition).then(amount).otherwise(nw.lit(0.0))


def _names(frame: Any) -> list[str]:
    names: list[str] = frame.collect_schema().names()
    return names


def with_distinct(joined: Any, bought: Any, extra: Sequence[str]) -> Any:
    """``joined`` with how many different categories and months stand in ``bought``."""
    counted = []
    if "categories" in extra and "category" in _names(bought):
        counted.append(("categories", bought.filter(~nw.col("category").is_null()), "category"))
    if "active_months" in extra:
        month = nw.col("date").dt.year() * 12 + nw.col("date").dt.month()
        counted.append(("active_months", bought.with_columns(month=month), "month"))
    for measure, rows, column in counted:
        found = rows.group_by("customer").agg(nw.col(column).n_unique().alias(measure))
        joined = joined.join(found, on="customer", how="left")
        joined = joined.with_columns(nw.col(measure).fill_null(0).cast(nw.Float64))
    return joined


def with_derived(joined: Any, extra: Sequence[str], as_of: dt.date) -> Any:
    """``joined`` with the measures asked for that follow from what it counted and summed."""
    orders, days = nw.col("orders").cast(nw.Float64), nw.col("all_days").cast(nw.Float64)
    first, last = nw.col("first_date"), nw.col("last_date")
    known: dict[str, Callable[[], Any]] = {
        "mean_order": lambda: _ratio(nw.col("money"), orders).round(MONEY_DECIMALS),
        "repeat_rate": lambda: _ratio(orders - 1, orders),
        "tenure": lambda: days_between(first, nw.lit(as_of)),
        "interval": lambda: _ratio(days_between(first, last), days - 1),
        "growth": lambda: _ratio(_money("in_half"), _money("in_whole")).clip(0.0, 1.0),
        "repeats": lambda: days - 1,
        "active_span": lambda: days_between(first, last),
        "repeat_mean": lambda: _ratio(nw.col("repeated"), days - 1).round(MONEY_DECIMALS),
        "return_share": lambda: _ratio(_money("returned"), _money("bought")).clip(0.0, 1.0),
    }
    there = _names(joined)
    none = nw.lit(None).cast(nw.Float64)
    return joined.with_columns(
        **{m: known[m]() if m in known else none for m in extra if m not in there}
    )


def _money(name: str) -> Any:
    return nw.col(name).round(MONEY_DECIMALS)


def _ratio(part: Any, whole: Any) -> Any:
    """Null where the whole is zero or less."""
    return nw.when(whole > 0).then(part / whole)


def derived_of_customers(
    rows: pl.DataFrame, extra: Sequence[str], as_of: dt.date | None
) -> pl.DataFrame:
    """Measures that follow from rows of customers; what they do not tell is null.

    ``interval`` and ``repeats`` take each order for a day of its own, since nothing says how many
    days there were; ``repeat_mean`` is the mean of all orders, the first one's being unknown.
    """
    orders, money = pl.col("frequency"), pl.col("monetary")
    first, last = pl.col("first_date"), pl.col("last_date")
    known: dict[str, Any] = {
        "mean_order": pl.when(orders > 0).then((money / orders).round(MONEY_DECIMALS)),
        "repeat_rate": pl.when(orders > 0).then(((orders - 1) / orders).clip(0.0, 1.0)),
        "repeats": pl.when(orders > 0).then(orders - 1),
        "repeat_mean": pl.when(orders > 1).then((money / orders).round(MONEY_DECIMALS)),
    }
    if as_of is not None:
        day = pl.lit(as_of)
        ago = pl.duration(days=pl.col("recency").cast(pl.Int64))
        span = (pl.coalesce(last, day - ago) - first).dt.total_days().cast(pl.Float64)
        tenure = (day - first).dt.total_days().cast(pl.Float64)
        known["tenure"] = pl.when(tenure >= 0).then(tenure)
        known["interval"] = pl.when((orders > 1) & (span > 0)).then(span / (orders - 1))
        known["active_span"] = pl.when(span >= 0).then(span)
    none = pl.lit(None, dtype=pl.Float64)
    return rows.with_columns(**{m: known.get(m, none) for m in extra})
