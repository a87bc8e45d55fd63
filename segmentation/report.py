"""What a grading comes to: counts and shares per tier, segment, stage and score, as frames."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from segmentation import segments
from segmentation.rhythm import STAGES

TOP_SHARE = 0.2


@dataclass(frozen=True, kw_only=True)
class Report:
    """Plain data for a host to put into words and fill in.

    ``tiers``, ``segments`` and ``stages`` have one row per tier, segment and stage that exists,
    also where nobody is in it: its number, ``customers``, ``customer_share``, ``monetary``,
    ``monetary_share``, ``mean_monetary``, ``mean_recency`` (no mean where nobody is in it).
    ``heat`` counts customers by R score (rows, best first) and F score (columns ``1``…).
    ``top_share`` is what the best fifth of customers brings of the amount. Where the amount is
    zero or less in all, there are no shares of it.
    """

    customers: int
    monetary: float
    as_of: dt.date | None
    tiers: pl.DataFrame
    segments: pl.DataFrame
    stages: pl.DataFrame
    heat: pl.DataFrame
    top_share: float | None
    quiet_top: int
    quiet_days: int


def summarise(model: Mapping[str, Any], graded: pl.DataFrame, as_of: dt.date | None) -> Report:
    """Count what was graded; ``graded`` is what ``apply`` gave."""
    stage_numbers = {s: i for i, s in enumerate(STAGES)}
    graded = graded.with_columns(
        stage_no=pl.col("stage").replace_strict(stage_numbers, return_dtype=pl.Int64)
    )
    learned = model["rfm"]
    quiet_days = model["stage"]["active_days"]
    quiet = graded.filter((pl.col("tier_no") == 0) & (pl.col("recency") > quiet_days))
    money = graded["monetary"].sort(descending=True)
    fifth = money.head(max(1, round(TOP_SHARE * graded.height))).to_numpy().sum()
    total = float(money.to_numpy().sum())
    return Report(
        customers=graded.height,
        monetary=round(total, 6),
        as_of=as_of,
        tiers=_grouped(graded, "tier_no", len(model["tiers"])),
        segments=_grouped(graded, "segment_no", len(segments.names(learned["segments"], "en"))),
        stages=_grouped(graded, "stage_no", len(STAGES)),
        heat=_heat(graded, learned["bins"]),
        top_share=float(fifth) / total if round(total, 6) > 0 else None,
        quiet_top=quiet.height,
        quiet_days=quiet_days,
    )


def _grouped(graded: pl.DataFrame, number: str, count: int) -> pl.DataFrame:
    """One row per number 0…count-1."""
    total = float(graded["monetary"].to_numpy().sum())
    none = pl.lit(None, dtype=pl.Float64)
    share = pl.col("monetary") / total if round(total, 6) > 0 else none
    found = graded.group_by(number).agg(
        pl.len().cast(pl.Int64).alias("customers"),
        pl.col("monetary").sort().sum().round(6),
        pl.col("recency").mean().alias("mean_recency"),
    )
    every = pl.DataFrame({number: range(count)}, schema={number: pl.Int64})
    return (
        every.join(found, on=number, how="left", maintain_order="left")
        .with_columns(pl.col("customers", "monetary").fill_null(0))
        .with_columns(
            customer_share=pl.col("customers") / graded.height,
            monetary_share=share,
            # Nobody divided by nobody is no number at all.
            mean_monetary=pl.when(pl.col("customers") > 0).then(
                pl.col("monetary") / pl.col("customers")
            ),
        )
    )


def _heat(graded: pl.DataFrame, bins: Mapping[str, int]) -> pl.DataFrame:
    counted = graded.group_by("r_score", "f_score").len()
    cells = {(r, f): n for r, f, n in counted.iter_rows()}
    r_scores = list(range(bins["recency"], 0, -1))
    columns: dict[str, list[int]] = {"r_score": r_scores}
    for f in range(1, bins["frequency"] + 1):
        columns[str(f)] = [cells.get((r, f), 0) for r in r_scores]
    return pl.DataFrame(columns)
