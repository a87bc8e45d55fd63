"""Why a customer has this potential: total, the tier's limit, the points of each indicator."""

from __future__ import annotations

import polars as pl

from addin.explaining import _totals
from addin.explaining.told import Extra, Told
from addin.phrases import phrase, score


def why(told: Told) -> pl.Expr:
    """``Potential 57.50 (high from 67.00): Days since last order 12 (75 points × 30%), …``."""
    used = told.learned["indicators"]
    listed = [
        {
            "name": told.measure(i["measure"]),
            "weight": i["weight"],
            "value": told.value(i["measure"]),
        }
        for i in used
    ]
    values = [told.own(f"{i['measure']}_points") for i in used]
    total = told.own("score")
    known = total.is_not_null() & total.is_not_nan()
    text = phrase(
        told.words("why_potential.text"),
        score=score(pl.when(known).then(total).otherwise(0.0)),
        limit=_totals.limit(told),
        indicators=_totals.parts(told, "why_potential.part", listed, values),
    )
    return pl.when(known).then(text).otherwise(pl.lit(told.words("why_scorecard.nothing")))


def extras(told: Told) -> list[Extra]:
    """The points of each indicator."""
    return [
        Extra(
            key=f"{told.prefix}{i['measure']}_points",
            header=told.words("why_potential.header", name=told.measure(i["measure"])),
            values=told.own(f"{i['measure']}_points"),
            kind="number",
        )
        for i in told.learned["indicators"]
    ]


def rules(told: Told) -> list[str]:
    """What each tier asks for, and the weights as used."""
    group = told.learned
    weights = told.words("why_potential.weights", indicators=_totals.indicator_rule(told, group))
    return [*_totals.tier_rules(told), weights, *_totals.absent_rule(told, [group])]
