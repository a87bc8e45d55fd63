"""What changed for each customer: columns of a workbook's table of customers only."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from addin.moves import Comparison
from addin.words import Words

COLUMNS = ("before", "graded_tier", "change")
_TABLE = "FenjiCustomers"
# More findings are listed without a link: so many formulas make a workbook slow to open.
MOST_LINKS = 5_000


def headers(words: Words) -> dict[str, str]:
    """The headers of the columns, by key."""
    return {key: words(f"header_more.{_TABLE}.{key}") for key in COLUMNS}


def with_changes(customers: pl.DataFrame, moves: Comparison | None, words: Words) -> pl.DataFrame:
    """The table with the tier before, the tier when graded, and a change that is none yet."""
    named = headers(words)
    who, tier = (words(f"header.{_TABLE}.{key}") for key in ("customer", "tier"))
    return customers.with_columns(
        _before(customers[who], moves, words).alias(named["before"]),
        customers[tier].alias(named["graded_tier"]),
        pl.lit(None, dtype=pl.String).alias(named["change"]),
    )


def _before(customers: pl.Series, moves: Comparison | None, words: Words) -> pl.Series:
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, customers.len())
    if moves is None:
        return nothing
    names = dict(enumerate(moves.before(words.lang)))
    known = moves.moves.customers.select(
        pl.col("customer").cast(pl.String),
        before=pl.col("before_no").replace_strict(names, default=None, return_dtype=pl.String),
    ).drop_nulls()
    keys = pl.DataFrame({"customer": customers.cast(pl.String)})
    return keys.join(known, on="customer", how="left", maintain_order="left")["before"]


def further_tables(
    tables: Mapping[str, pl.DataFrame], words: Words, moves: Comparison | None
) -> dict[str, pl.DataFrame]:
    """The customers with their changes, the tiers of the what-if, and the model as it graded."""
    values = tables["FenjiModel"][words("header.FenjiModel.value")]
    return {
        _TABLE: with_changes(tables[_TABLE], moves, words),
        "FenjiWhatIf": _unchanged(tables["FenjiTiers"], words),
        "FenjiModelGraded": pl.DataFrame({words("header.FenjiModelGraded.value"): values}),
    }


def _unchanged(tiers: pl.DataFrame, words: Words) -> pl.DataFrame:
    """The what-if while nothing is changed: every tier is now as it was when graded."""
    text = {key: words(f"header.FenjiTiers.{key}") for key in ("tier", "customers", "monetary")}
    count, amount = tiers[text["customers"]], tiers[text["monetary"]]
    values = {
        "tier": tiers[text["tier"]],
        "before": count,
        "now": count,
        "difference": count * 0,
        "amount_before": amount,
        "amount_now": amount,
        "amount_difference": amount * 0,
    }
    headers = words.section("header.FenjiWhatIf")
    return pl.DataFrame({headers[key]: values[key] for key in headers})


def first_customer(tables: Mapping[str, pl.DataFrame], words: Words) -> str | None:
    """Whom the customer card shows first."""
    customers = tables[_TABLE][words(f"header.{_TABLE}.customer")]
    return str(customers[0]) if customers.len() else None
