"""What methods that end in a total say: the tier's limit, parts with their weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from addin.explaining.told import Told
from addin.phrases import phrase, plain


def least(told: Told) -> list[float | None]:
    """The total from which a customer is in each tier but the last."""
    tops: list[float | None] | None = told.learned.get("tops")
    return tops or [t["min_score"] for t in told.part["tiers"][:-1]]


def limit(told: Told) -> pl.Expr:
    """``A from 70.00``; for the last tier ``D below 30.00``."""
    names, limits = told.tiers(), least(told)
    texts = [
        told.words("why_scorecard.limit", tier=name, min=f"{low:.2f}") if low is not None else name
        for name, low in zip(names, limits, strict=False)
    ]
    known = [low for low in limits if low is not None]
    rest = (
        told.words("why_scorecard.rest", tier=names[-1], max=f"{known[-1]:.2f}")
        if known
        else names[-1]
    )
    return told.by_tier([*texts, rest])


def tier_rules(told: Told) -> list[str]:
    """What each tier asks for, one sentence each."""
    names = told.tiers()
    rules = [
        told.words("why_scorecard.limit", tier=name, min=f"{low:.2f}")
        for name, low in zip(names, least(told), strict=False)
        if low is not None
    ]
    return [*rules, told.words("why_scorecard.others", tier=names[-1])]


def parts(
    told: Told, wording: str, listed: Sequence[Mapping[str, Any]], values: Sequence[pl.Expr]
) -> pl.Expr:
    """Each known part with its score and its weight as used for this customer.

    ``listed``: per part ``name``, ``weight`` (as used) and what else the wording fills in;
    ``values``: the score of each, unknown where not a number.
    """
    known = [v.is_not_null() & v.is_not_nan() for v in values]
    weights = [float(p["weight"]) for p in listed]
    counts = told.learned["missing"] == "skip"
    mass = pl.sum_horizontal(
        pl.when(k).then(w).otherwise(0.0 if counts else w)
        for k, w in zip(known, weights, strict=True)
    )
    texts = [
        pl.when(is_known)
        .then(
            phrase(
                told.words(wording),
                score=plain(pl.when(is_known).then(value).otherwise(0.0).round(2)),
                weight=_share(pl.lit(weight) / pl.when(mass > 0).then(mass).otherwise(1.0)),
                **{k: v for k, v in part.items() if k != "weight"},
            )
        )
        .otherwise(phrase(told.words("why_scorecard.unknown"), name=part["name"]))
        for part, value, weight, is_known in zip(listed, values, weights, known, strict=True)
    ]
    return pl.concat_str(texts, separator=told.words("limit.and"))


def indicator_rule(told: Told, group: Mapping[str, Any]) -> str:
    """``Orders 40%, Mean amount per order 60%``: the weights as used."""
    return told.words("limit.and").join(
        told.words("why_scorecard.share", name=told.measure(i["measure"]), weight=share(i))
        for i in group["indicators"]
    )


def absent_rule(told: Told, groups: Sequence[Mapping[str, Any]]) -> list[str]:
    """The indicators that were left out because the data do not have them."""
    names = [told.measure(i["measure"]) for g in groups for i in g["absent"]]
    shown = told.words("limit.and").join(dict.fromkeys(names))
    return [told.words("why_scorecard.absent", names=shown)] if names else []


def _share(weight: pl.Expr) -> pl.Expr:
    """To one decimal, so that what is shown adds up."""
    return pl.concat_str(plain((weight * 100).round(1)), pl.lit("%"))


def share(part: Mapping[str, Any]) -> str:
    """The weight of a criterion or an indicator as used."""
    return f"{round(100 * part['weight'], 1):g}%"
