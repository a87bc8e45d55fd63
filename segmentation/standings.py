"""Who brings the money, and who of them is about to be lost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from segmentation.amounts import MONEY_DECIMALS
from segmentation.at_risk import at_risk

STEPS = 20
MOST_TOP = 10
MOST_AT_RISK = 15
_LISTED = ("customer", "name", "tier_no", "abc", "recency", "monetary")


@dataclass(frozen=True, kw_only=True)
class AtRisk:
    """Customers about to be lost: how many, the sum of their amounts, and the largest of them."""

    customers: int
    monetary: float
    listed: pl.DataFrame


def counted(share: float, customers: int) -> int:
    """How many customers a share of them is: the nearest number, but someone."""
    return min(customers, max(1, round(share * customers))) if share > 0 else 0


def pareto(monetary: pl.Series) -> pl.DataFrame:
    """What the best customers bring, in steps of a twentieth of them, from none to all.

    ``share`` of the customers, so many ``customers`` (as ``counted``), their ``monetary`` and
    ``monetary_share`` of the whole, null where the whole is zero or less.
    """
    amounts = monetary.sort(descending=True).to_numpy()
    total = round(float(amounts.sum()), MONEY_DECIMALS)
    sums = np.concatenate([[0.0], np.cumsum(amounts)])
    shares = [step / STEPS for step in range(STEPS + 1)]
    numbers = [counted(share, len(amounts)) for share in shares]
    money = [round(float(sums[n]), MONEY_DECIMALS) for n in numbers]
    return pl.DataFrame(
        {
            "share": shares,
            "customers": numbers,
            "monetary": money,
            "monetary_share": [m / total if total > 0 else None for m in money],
        },
        schema_overrides={"monetary_share": pl.Float64},
    )


def largest(graded: pl.DataFrame, most: int) -> pl.DataFrame:
    """At most so many customers, the largest amount first.

    ``customer name tier_no abc recency monetary`` and ``monetary_share`` of the whole.
    """
    total = round(float(graded["monetary"].to_numpy().sum()), MONEY_DECIMALS)
    share = pl.col("monetary") / total if total > 0 else pl.lit(None, dtype=pl.Float64)
    return _listed(graded, most).with_columns(share.alias("monetary_share"))


def lost_soon(graded: pl.DataFrame) -> AtRisk:
    """Who of the graded customers is about to be lost."""
    found = graded.filter(at_risk())
    return AtRisk(
        customers=found.height,
        monetary=round(float(found["monetary"].sort().to_numpy().sum()), MONEY_DECIMALS),
        listed=_listed(found, MOST_AT_RISK),
    )


def _listed(customers: pl.DataFrame, most: int) -> pl.DataFrame:
    """At most so many of the customers, the largest amount first."""
    found = customers.sort("monetary", "customer", descending=[True, False]).head(most)
    return found.select(c for c in _LISTED if c in found.columns)
