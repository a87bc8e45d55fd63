"""Why a customer has this tier of a scorecard: total, the tier's limit, each criterion's score."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from addin.explaining import _totals
from addin.explaining.told import Extra, Told
from addin.phrases import phrase, score


def why(told: Told) -> pl.Expr:
    """``Score 61.43 (B from 50.00): Purchasing power 55 × 35%, Loyalty 80 × 24%``."""
    used = _used(told)
    listed = [{"name": _name(told, c), "weight": c["weight"]} for c in used]
    values = [told.own(f"{c['key']}_score") for c in used]
    total = told.own("score")
    known = total.is_not_null() & total.is_not_nan()
    text = phrase(
        told.words("why_scorecard.text"),
        score=score(pl.when(known).then(total).otherwise(0.0)),
        limit=_totals.limit(told),
        criteria=_totals.parts(told, "why_scorecard.part", listed, values),
    )
    return pl.when(known).then(text).otherwise(pl.lit(told.words("why_scorecard.nothing")))


def extras(told: Told) -> list[Extra]:
    """The score of each criterion that counts."""
    return [
        Extra(
            key=f"{told.prefix}{c['key']}_score",
            header=told.words("why_scorecard.header", name=_name(told, c)),
            values=told.own(f"{c['key']}_score"),
            kind="number",
        )
        for c in _used(told)
    ]


def rules(told: Told) -> list[str]:
    """What each tier asks for, and the weights as used."""
    criteria = [
        told.words(
            "why_scorecard.criterion",
            name=_name(told, c),
            weight=_totals.share(c),
            indicators=_totals.indicator_rule(told, c),
        )
        for c in _used(told)
    ]
    absent = _totals.absent_rule(told, told.learned["criteria"])
    return [*_totals.tier_rules(told), *criteria, *absent]


def _used(told: Told) -> list[Mapping[str, Any]]:
    return [c for c in told.learned["criteria"] if c["weight"]]


def _name(told: Told, criterion: Mapping[str, Any]) -> str:
    return str(criterion["name"].get(told.words.lang) or criterion["key"])
