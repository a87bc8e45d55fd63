"""Why a customer is in an RFM tier: mean score, the tier's limit, the three scores."""

from __future__ import annotations

import polars as pl

from addin.explaining.told import Told
from addin.phrases import money, phrase, score, whole
from addin.words import Words


def why(told: Told) -> pl.Expr:
    """``Score 4.33 (A from 4.00): R5 last order 3 days ago, F4 8 orders, M4 1,200.00 in total``."""
    words = told.words
    monetary = words(f"why.monetary_{told.measures['monetary']}")
    return phrase(
        words("why.text"),
        score=score(told.own("score")),
        limit=_limits(told),
        r=told.own("r_score").cast(pl.String),
        f=told.own("f_score").cast(pl.String),
        m=told.own("m_score").cast(pl.String),
        recency=last_order(words),
        frequency=orders(told),
        monetary=phrase(monetary, n=money(pl.col("monetary"))),
    )


def orders(told: Told) -> pl.Expr:
    """``8 orders``, or what else counts as frequency."""
    kind, count = told.measures["frequency"], pl.col("frequency")
    several = phrase(told.words(f"why.frequency_{kind}"), n=whole(count))
    once = told.words(f"why.frequency_{kind}_one")
    return pl.when(count == 1).then(pl.lit(once)).otherwise(several)


def last_order(words: Words) -> pl.Expr:
    """``last order 12 days ago``."""
    days = pl.col("recency").round(0)
    return (
        pl.when(days == 0)
        .then(pl.lit(words("why.recency_zero")))
        .when(days == 1)
        .then(pl.lit(words("why.recency_one")))
        .otherwise(phrase(words("why.recency"), n=whole(days)))
    )


def _limits(told: Told) -> pl.Expr:
    names, tiers = told.tiers(), told.part["tiers"]
    limits = [t["min_score"] for t in tiers]
    texts = []
    for i, name in enumerate(names):
        if i < len(names) - 1:
            texts.append(told.words("why.limit", tier=name, min=f"{limits[i]:.2f}"))
        elif i:
            texts.append(told.words("why.rest", tier=name, max=f"{limits[i - 1]:.2f}"))
        else:
            texts.append(name)
    return told.by_tier(texts)
