"""``why`` and ``next``: each customer's tier in words, and what would lift it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from addin.phrases import money, phrase, score, whole
from addin.words import Words


def tier_names(model: Mapping[str, Any], lang: str) -> list[str]:
    """Display names of the tiers, best first."""
    return [t["name"].get(lang) or t["key"] for t in model["tiers"]]


def why(model: Mapping[str, Any], words: Words) -> pl.Expr:
    """What gave a customer this tier: mean score, the tier's limit, the three scores."""
    kind = model["measures"]
    counted = words(f"why.frequency_{kind['frequency']}")
    once = words(f"why.frequency_{kind['frequency']}_one")
    frequency = (
        pl.when(pl.col("frequency") == 1)
        .then(pl.lit(once))
        .otherwise(phrase(counted, n=whole(pl.col("frequency"))))
    )
    monetary = words(f"why.monetary_{kind['monetary']}")
    return phrase(
        words("why.text"),
        score=score(pl.col("score")),
        limit=_limits(model, words),
        r=pl.col("r_score").cast(pl.String),
        f=pl.col("f_score").cast(pl.String),
        m=pl.col("m_score").cast(pl.String),
        recency=_last_order(words),
        frequency=frequency,
        monetary=phrase(monetary, n=money(pl.col("monetary"))),
    )


def _last_order(words: Words) -> pl.Expr:
    days = pl.col("recency").round(0)
    return (
        pl.when(days == 0)
        .then(pl.lit(words("why.recency_zero")))
        .when(days == 1)
        .then(pl.lit(words("why.recency_one")))
        .otherwise(phrase(words("why.recency"), n=whole(days)))
    )


def _limits(model: Mapping[str, Any], words: Words) -> pl.Expr:
    names = tier_names(model, words.lang)
    limits = [t["min_score"] for t in model["tiers"]]
    texts = []
    for i, name in enumerate(names):
        if i < len(names) - 1:
            texts.append(words("why.limit", tier=name, min=f"{limits[i]:.2f}"))
        elif i:
            texts.append(words("why.rest", tier=name, max=f"{limits[i - 1]:.2f}"))
        else:
            texts.append(name)
    return _by_number("tier_no", texts)


def _by_number(column: str, texts: list[str]) -> pl.Expr:
    return pl.col(column).replace_strict(dict(enumerate(texts)), return_dtype=pl.String)


def next_step(model: Mapping[str, Any], words: Words) -> pl.Expr:
    """The smallest change that lifts a customer's tier (see ``rfm_next``)."""
    kind = model["measures"]
    changes = pl.concat_str(
        [_recency(words), _frequency(words, kind["frequency"]), _monetary(words, kind["monetary"])],
        separator=words("next.and"),
        ignore_nulls=True,
    )
    reached = pl.col("next_tier").cast(pl.Int64)
    names = dict(enumerate(tier_names(model, words.lang)))
    tier = reached.replace_strict(names, default=None, return_dtype=pl.String)
    lifted = phrase(words("next.text"), tier=tier, changes=changes)
    return (
        pl.when(pl.col("tier_no") == 0)
        .then(pl.lit(words("next.top")))
        .when(pl.col("next_tier").is_nan())
        .then(pl.lit(words("next.none")))
        .otherwise(lifted)
    )


def _recency(words: Words) -> pl.Expr:
    to, now = pl.col("next_recency"), whole(pl.col("recency"))
    text = phrase(words("next.recency"), to=whole(to), now=now)
    zero = phrase(words("next.recency_zero"), now=now)
    one = phrase(words("next.recency_one"), now=now)
    return (
        pl.when(to.is_nan())
        .then(None)
        .when(to == 0)
        .then(zero)
        .when(to.round(0) == 1)
        .then(one)
        .otherwise(text)
    )


def _frequency(words: Words, kind: str) -> pl.Expr:
    to = pl.col("next_frequency")
    more = to - pl.col("frequency")
    text = phrase(words(f"next.{kind}"), more=whole(more), to=whole(to))
    one = phrase(words(f"next.{kind}_one"), to=whole(to))
    return pl.when(to.is_nan()).then(None).when(more.round(0) == 1).then(one).otherwise(text)


def _monetary(words: Words, kind: str) -> pl.Expr:
    to = pl.col("next_monetary")
    text = phrase(words(f"next.{kind}"), more=money(to - pl.col("monetary")), to=money(to))
    return pl.when(to.is_nan()).then(None).otherwise(text)
