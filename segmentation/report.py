"""What a grading comes to: counts and shares per tier, segment, stage and score, as frames."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from segmentation import segments
from segmentation.amounts import MONEY_DECIMALS
from segmentation.at_risk import tells_risk
from segmentation.listed import says_nothing
from segmentation.rhythm import STAGES
from segmentation.standings import MOST_TOP, AtRisk, largest, lost_soon, pareto

TOP_SHARE = 0.2


@dataclass(frozen=True, kw_only=True)
class Report:
    """Plain data for a host to put into words and fill in.

    ``tiers``, ``segments`` and ``stages`` have one row per tier, segment and stage that exists,
    also where nobody is in it: its number, ``customers``, ``customer_share``, ``monetary``,
    ``monetary_share``, ``mean_monetary``, ``mean_recency`` (no mean where nobody is in it).
    ``heat`` counts customers by R score (rows, best first) and F score (columns ``1``…),
    ``heat_amount`` has their mean amounts. Where a measure is unknown nobody is in what follows
    from it.

    ``top_share`` is what the best fifth of customers brings of the amount; ``pareto`` has the
    same for other shares, ``top`` the largest customers (see ``segmentation.standings``). Where
    the amount is zero or less in all, there are no shares of it; where it is unknown, ``pareto``,
    ``top`` and ``at_risk`` are None, the last also where the stage is. ``trend`` is what
    ``segmentation.trend`` gave, None where there are no orders.
    """

    customers: int
    monetary: float
    as_of: dt.date | None
    tiers: pl.DataFrame
    segments: pl.DataFrame
    stages: pl.DataFrame
    heat: pl.DataFrame
    heat_amount: pl.DataFrame
    top_share: float | None
    pareto: pl.DataFrame | None
    top: pl.DataFrame | None
    at_risk: AtRisk | None
    trend: pl.DataFrame | None
    quiet_top: int
    quiet_days: int


def summarise(
    model: Mapping[str, Any],
    graded: pl.DataFrame,
    as_of: dt.date | None,
    *,
    trend: pl.DataFrame | None = None,
) -> Report:
    """Count what was graded; ``graded`` is what ``apply`` gave."""
    unknown = model.get("unknown", ())
    stage_numbers = {s: i for i, s in enumerate(STAGES)}
    graded = graded.with_columns(
        stage_no=pl.col("stage").replace_strict(stage_numbers, return_dtype=pl.Int64)
    )
    learned = model["rfm"]
    quiet_days = model["stage"]["active_days"]
    quiet = graded.filter((pl.col("tier_no") == 0) & (pl.col("recency") > quiet_days))
    total = float(graded["monetary"].sort(descending=True).to_numpy().sum())
    money = None if "monetary" in unknown else pareto(graded["monetary"])
    shared = graded.with_columns(
        pl.lit(None, dtype=pl.Int64).alias(_NUMBERS.get(c, c))
        for c in says_nothing(tuple(unknown))
        if c in _COUNTED
    )
    if "recency" in unknown:
        graded = graded.with_columns(recency=pl.lit(None, dtype=pl.Float64))
    counts, means = _heat(shared, learned["bins"])
    return Report(
        customers=graded.height,
        monetary=round(total, MONEY_DECIMALS),
        as_of=as_of,
        tiers=_grouped(graded, "tier_no", len(model["tiers"])),
        segments=_grouped(shared, "segment_no", len(segments.names(learned["segments"], "en"))),
        stages=_grouped(shared, "stage_no", len(STAGES)),
        heat=counts,
        heat_amount=means,
        top_share=None if money is None else _share_at(money, TOP_SHARE),
        pareto=money,
        top=None if money is None else largest(graded, MOST_TOP),
        at_risk=lost_soon(graded) if tells_risk(unknown) else None,
        trend=trend,
        quiet_top=quiet.height,
        quiet_days=quiet_days,
    )


_NUMBERS = {"segment": "segment_no", "stage": "stage_no"}
_COUNTED = ("r_score", "f_score", *_NUMBERS)


def _share_at(money: pl.DataFrame, share: float) -> float | None:
    found: float | None = money.filter(pl.col("share") == share)["monetary_share"].item()
    return found


def _grouped(graded: pl.DataFrame, number: str, count: int) -> pl.DataFrame:
    """One row per number 0…count-1."""
    total = float(graded["monetary"].to_numpy().sum())
    none = pl.lit(None, dtype=pl.Float64)
    share = pl.col("monetary") / total if round(total, MONEY_DECIMALS) > 0 else none
    found = graded.group_by(number).agg(
        pl.len().cast(pl.Int64).alias("customers"),
        pl.col("monetary").sort().sum().round(MONEY_DECIMALS),
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


def _heat(graded: pl.DataFrame, bins: Mapping[str, int]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """How many customers have each pair of scores, and what they have bought for on average."""
    found = graded.group_by("r_score", "f_score").agg(
        pl.len(), pl.col("monetary").sort().sum().round(MONEY_DECIMALS).alias("money")
    )
    cells = {(r, f): (n, money / n) for r, f, n, money in found.iter_rows()}
    r_scores = list(range(bins["recency"], 0, -1))
    counts: dict[str, list[Any]] = {"r_score": r_scores}
    means: dict[str, list[Any]] = {"r_score": r_scores}
    for f in range(1, bins["frequency"] + 1):
        here = [cells.get((r, f), (0, None)) for r in r_scores]
        counts[str(f)] = [n for n, _ in here]
        means[str(f)] = [mean for _, mean in here]
    amounts = {c: pl.Float64 for c in means if c != "r_score"}
    return pl.DataFrame(counts), pl.DataFrame(means, schema_overrides=amounts)
