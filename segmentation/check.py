"""Every row is used, or left out with one reason; nothing else happens to the data here."""

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
    matches,
    nothing_left,
    total_rows,
)
from segmentation.columns import Layout
from segmentation.remarks import remarks
from segmentation.scheme import MeasureSettings
from segmentation.vocabulary import ORDER_ROLES, plain, vocabulary

# Where quantity times price should make the amount, the price may be what can't be read.
_AT: Any = pl.when(
    pl.col("reason") == "bad_amount",
    (pl.col("amount").str.strip_chars() == "").fill_null(value=True),
    pl.col("count").is_not_null(),
).then(pl.lit("price"))


def check_orders(
    layouts: Sequence[Layout],
    *,
    settings: MeasureSettings,
    as_of: dt.date | None = None,
    today: dt.date | None = None,
    carry: Collection[str] = (),
) -> Checked:
    """Check sheets of orders.

    ``as_of`` is the day to grade for; later rows are left out as ``future_date``. Without it
    rows after ``today`` (where the host knows it) are, and the day after the last order counts.
    ``carry`` asks for more columns of the rows: ``category`` and ``back`` (each where a sheet
    has such a column), ``place`` for ``sheet_no`` and ``row``.
    Raises DataError ``date_order_unknown``, ``as_of_before_data``, ``nothing_left``.
    """
    rows = gather(layouts, ORDER_ROLES)
    read = rows.height
    key = keys(rows["customer"])
    amounts, notes = _amounts(rows, layouts)
    days = sheet_dates(rows, "date", layouts, order=settings.date_order)
    total = total_rows(layouts, rows, days.is_null())
    rows = rows.with_columns(key, *amounts.get_columns(), days.alias("day"), total.alias("total"))
    rows = _reasoned(rows, settings, as_of or today)
    rows, more = _duplicates(rows, settings)
    rows = _returns_only(rows, settings)
    if "price" in {r for sheet in layouts for r in sheet.columns}:
        rows = rows.with_columns(at=_AT)
    notes += more
    good = rows.filter(pl.col("reason").is_null())
    left_out = counts(rows)
    if good.is_empty():
        raise nothing_left(rows, "day", left_out, as_of)
    last = good.filter("purchase")["day"].max()
    assert isinstance(last, dt.date)
    returned = good.height - int(good["purchase"].sum())
    if returned and settings.refunds == "net":
        notes.append(("returns", {"rows": returned}))
    notes += remarks(rows, layouts, left_out, "amount")
    has_ids = good["order"].null_count() < good.height
    return Checked(
        kind="orders",
        rows=good.select(
            pl.col("key").alias("customer"),
            clean(good["name"]).alias("name"),
            clean(good["order"]).alias("order"),
            pl.col("day").alias("date"),
            pl.col("money").alias("amount"),
            "purchase",
            *_carried(good, layouts, carry),
        ),
        findings=findings(rows, layouts),
        read=read,
        left_out=left_out,
        as_of=as_of or last + dt.timedelta(days=1),
        has_order_ids=has_ids,
        notes=notes,
    )


def _carried(good: pl.DataFrame, layouts: Sequence[Layout], carry: Collection[str]) -> list[Any]:
    """What else is asked for of the used rows, as far as the sheets have it."""
    roles = {r for sheet in layouts for r in sheet.columns}
    found: list[Any] = ["sheet_no", "row"] if "place" in carry else []
    if "category" in carry and "category" in roles:
        found.append(clean(good["category"].str.normalize("NFKC")))
    if "back" in carry and "refund" in roles:
        found.append("back")
    return found


def _amounts(rows: pl.DataFrame, layouts: Sequence[Layout]) -> tuple[pl.DataFrame, list[Any]]:
    """Columns ``money``, ``count``, ``free`` (its price is zero), ``money_back``."""
    notes: list[Any] = []
    roles = {r for sheet in layouts for r in sheet.columns}
    scale = rows["scale"]
    blank = pl.Series([None], dtype=pl.Float64).new_from_index(0, rows.height)
    money = sheet_amounts(rows, "amount") * scale if "amount" in roles else blank
    count = sheet_amounts(rows, "quantity") if "quantity" in roles else blank
    price = sheet_amounts(rows, "price") if "price" in roles else blank
    frame = pl.DataFrame(
        {"own": money, "count": count, "price": price, "scale": scale, "text": rows["amount"]}
    )
    if {"quantity", "price"} <= roles:
        # Only a blank amount is worked out: one that can't be read is a problem to show.
        blank_amount = pl.col("text").is_null() | (pl.col("text").str.strip_chars() == "")
        worked = pl.when(blank_amount).then(pl.col("count") * pl.col("price") * pl.col("scale"))
        frame = frame.with_columns(money=pl.coalesce("own", worked))
        if "amount" not in roles:
            notes.append(("amount_from_price", {}))
    else:
        frame = frame.with_columns(money="own")
    flipped = (pl.col("count") < 0) & (pl.col("own") > 0)
    frame = frame.with_columns(
        money=pl.when(flipped).then(-pl.col("money")).otherwise("money").round(MONEY_DECIMALS),
        free=(pl.col("price") == 0).fill_null(value=False),
    )
    back, flagged = _refunds(rows) if "refund" in roles else (blank, None)
    frame = frame.with_columns(back.alias("money_back"))
    frame = frame.with_columns(
        pl.lit(value=False).alias("flagged") if flagged is None else flagged.alias("flagged")
    )
    return frame.select("money", "count", "free", "money_back", "flagged"), notes


def _refunds(rows: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    """Amount given back per row, and whether a word (or a 1 among 0 and 1) says all of it was."""
    text = rows["refund"]
    distinct = clean(text).unique().drop_nulls().to_list()
    if set(distinct) <= {"0", "1"}:
        nothing = pl.Series([None], dtype=pl.Float64).new_from_index(0, rows.height)
        return nothing, (text.str.strip_chars() == "1").fill_null(value=False)
    words = vocabulary().words["yes"] | vocabulary().words["refunded"]
    yes = [t for t in text.unique().drop_nulls().to_list() if plain(t) in words]
    return sheet_amounts(rows, "refund").abs(), text.is_in(yes).fill_null(value=False)


def _reasoned(rows: pl.DataFrame, settings: MeasureSettings, limit: dt.date | None) -> pl.DataFrame:
    """``rows`` with ``reason`` (the first that applies, null for a row to use), ``purchase``
    and the amount as the scheme counts it."""
    roles = [r for r in ORDER_ROLES if rows[r].null_count() < rows.height]
    texts = [pl.col(r).str.strip_chars() for r in roles]
    rows = rows.with_columns(
        matches(rows["status"], "cancelled"),
        matches(rows["status"], "refunded"),
    )
    blank: Any = pl.lit(value=False)
    if rows["key"].null_count():  # a row with a customer is not blank
        blank = ~pl.any_horizontal((t.is_not_null()) & (t != "") for t in texts)
    money, back = pl.col("money"), pl.col("money_back")
    rules = [("blank_row", blank), ("total_row", pl.col("total"))]
    rules.append(("missing_customer", pl.col("key").is_null()))
    if settings.refunds != "keep":
        void = pl.col("order").str.contains(r"^\s*[Cc]\d") & (pl.col("count") < 0)
        rules.append(("cancelled", pl.col("cancelled") | void))
        all_back = (back > 0) & (back >= money)
        rules.append(("refunded", pl.col("refunded") | pl.col("flagged") | all_back))
    rules.append(("bad_date", pl.col("day").is_null()))
    if limit is not None:
        rules.append(("future_date", pl.col("day") > limit))
    rules.append(("bad_amount", money.is_null()))
    if settings.refunds == "drop":
        rules.append(("zero_or_negative", (money <= 0) | (pl.col("count") <= 0)))
    elif settings.refunds == "net":
        # A line at price zero is a gift or a correction; an order paid with a voucher is not.
        rules.append(("zero_or_negative", pl.col("free") & (money == 0)))
    reason: Any = pl.lit(None, dtype=pl.String)
    for name, applies in reversed(rules):
        reason = pl.when(applies.fill_null(value=False)).then(pl.lit(name)).otherwise(reason)
    keep = settings.refunds == "keep"
    back = pl.lit(0.0) if keep else back.fill_null(0.0)
    net = (money - back).round(MONEY_DECIMALS)
    return rows.with_columns(
        reason=reason,
        purchase=pl.lit(value=True) if keep else money >= 0,
        money=net,
        back=back,
    )


def _duplicates(rows: pl.DataFrame, settings: MeasureSettings) -> tuple[pl.DataFrame, list[Any]]:
    """Leave out exact repeats where an order is one row; else count them in a note."""
    good = rows.filter(pl.col("reason").is_null())
    repeats = good.filter(~good["content"].is_first_distinct())
    if settings.duplicates == "keep" or repeats.is_empty():
        return rows, []
    distinct = good.filter(good["content"].is_first_distinct() & good["purchase"])
    ids = distinct["order"]
    one_row = ids.null_count() == 0 and ids.n_unique() == ids.len()
    if settings.duplicates == "drop" or one_row:
        repeated = pl.col("reason").is_null() & ~(
            pl.col("content").is_first_distinct().over(pl.col("reason").is_null())
        )
        marked = pl.when(repeated).then(pl.lit("duplicate")).otherwise("reason").alias("reason")
        return rows.with_columns(marked), []
    code = "duplicates_kept_lines" if ids.null_count() < ids.len() else "duplicates_kept_no_id"
    return rows, [(code, {"rows": repeats.height})]


def _returns_only(rows: pl.DataFrame, settings: MeasureSettings) -> pl.DataFrame:
    if settings.refunds == "keep" or rows["purchase"].fill_null(value=True).all():
        return rows
    good = pl.col("reason").is_null()
    buyers = rows.filter(good & pl.col("purchase"))["key"].unique()
    alone = good & ~pl.col("key").is_in(buyers.implode())
    marked = pl.when(alone).then(pl.lit("returns_only")).otherwise("reason").alias("reason")
    return rows.with_columns(marked)
