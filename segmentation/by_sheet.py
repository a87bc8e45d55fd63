"""Dates and amounts, read sheet by sheet: each column decides for itself how it is written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from segmentation.amounts import parse_amounts
from segmentation.checked import clean
from segmentation.columns import Layout
from segmentation.dates import parse_dates
from segmentation.errors import DataError

UNDECIDED_SHARE = 0.05


def sheet_amounts(rows: pl.DataFrame, role: str) -> pl.Series:
    """Numbers of the column ``role`` of gathered ``rows`` (null where the text is none)."""
    money = role in ("amount", "monetary")
    parts = [parse_amounts(text, money=money) for text in _parts(rows, role)]
    return pl.concat(parts).alias(role)


def sheet_dates(
    rows: pl.DataFrame,
    role: str,
    layouts: Sequence[Layout],
    *,
    order: str = "auto",
    needed: pl.Series | None = None,
) -> pl.Series:
    """Dates of the column ``role`` of gathered ``rows``.

    A sheet that can't tell day from month takes the order that the others decided on, where
    they agree. Raises DataError ``date_order_unknown`` where too many rows of a sheet stay
    open; ``needed`` says which rows matter (all, without it).
    """
    texts = [clean(text) for text in _parts(rows, role)]
    asked = None if order == "auto" else order
    parsed = [parse_dates(text, order=asked) for text in texts]
    decided = {each.order for each in parsed if each.order}
    if len(decided) == 1:
        common = decided.pop()
        parsed = [
            parse_dates(text, order=common) if each.undecided.any() else each
            for text, each in zip(texts, parsed, strict=True)
        ]
    undecided = pl.concat([each.undecided for each in parsed])
    _ask(rows, role, layouts, undecided if needed is None else undecided & needed)
    return pl.concat([each.dates for each in parsed])


def _parts(rows: pl.DataFrame, role: str) -> list[pl.Series]:
    """The texts of each sheet; gathered rows stand sheet by sheet."""
    some = rows.select("sheet_no", role).partition_by("sheet_no", maintain_order=True)
    return [part[role] for part in some] or [rows[role]]


def _ask(rows: pl.DataFrame, role: str, layouts: Sequence[Layout], undecided: pl.Series) -> None:
    if not undecided.any():
        return
    place: Any = rows.select("sheet_no", "row", role).with_columns(undecided.alias("undecided"))
    shares = place.group_by("sheet_no", maintain_order=True).agg(pl.col("undecided").mean())
    many = shares.filter(pl.col("undecided") > UNDECIDED_SHARE)["sheet_no"].to_list()
    if not many:
        return
    first = place.filter(pl.col("undecided") & (pl.col("sheet_no") == many[0])).row(0, named=True)
    sheet = layouts[many[0]]
    raise DataError(
        "date_order_unknown",
        sheet=sheet.sheet.sheet,
        column=sheet.headers[sheet.columns[role]],
        row=first["row"],
        value=first[role],
    )
