"""What should be said of rows that were used, and of many that were not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from segmentation.amounts import currencies
from segmentation.columns import Layout
from segmentation.notes import Note
from segmentation.vocabulary import CURRENCY

MANY_LEFT_OUT = 0.2
_MISUNDERSTOOD = ("missing_customer", "bad_date", "future_date", "bad_amount")
_MOST_STATUSES = 8


def remarks(
    rows: pl.DataFrame, layouts: Sequence[Layout], left_out: Mapping[str, int], money: str
) -> list[Note]:
    """Notes on checked ``rows``; ``money`` is the role that holds the amounts."""
    notes = _many(left_out, rows.height)
    used = rows.filter(pl.col("reason").is_null())
    kinds = sorted(set(_currency_column(layouts)) | set(currencies(used[money])))
    if len(kinds) > 1:
        notes.append(("mixed_currencies", {"currencies": kinds}))
    if "status" in used.columns:
        notes += _statuses(used)
    return notes


def _many(left_out: Mapping[str, int], read: int) -> list[Note]:
    """A reason that takes a fifth of the rows is more likely a misunderstanding."""
    return [
        (f"many_{'missing_customer' if reason == 'missing_customer' else 'left_out'}", params)
        for reason, count in left_out.items()
        if reason in _MISUNDERSTOOD
        and count > MANY_LEFT_OUT * read
        and (params := {"reason": reason, "rows": count, "share": count / read})
    ]


def _currency_column(layouts: Sequence[Layout]) -> list[str]:
    found: set[str] = set()
    for sheet in layouts:
        if CURRENCY in sheet.columns:
            texts = sheet.data[f"c{sheet.columns[CURRENCY]}"].str.strip_chars().str.to_uppercase()
            found |= set(texts.drop_nulls().unique().to_list())
    return sorted(found - {""})


def _statuses(used: pl.DataFrame) -> list[Note]:
    """The statuses that were counted as sales, most frequent first, where there are several."""
    counted = (
        used.select(pl.col("status").str.strip_chars().alias("status"))
        .drop_nulls()
        .group_by("status")
        .len()
        .sort("len", "status", descending=[True, False])
    )
    if counted.height < 2:  # one status only: there was no choice to make
        return []
    shown = dict(counted.head(_MOST_STATUSES).iter_rows())
    return [("statuses_used", {"statuses": shown, "more": counted.height - len(shown)})]
