"""Why a customer's tier rose or fell: the scores and measures that changed, in one sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from addin.explain import extras
from addin.explaining.told import Kind, kind_of, shown
from addin.graded import Graded
from addin.moves import SCORES, Comparison
from addin.phrases import phrase, plain, whole
from addin.words import Words
from segmentation.scheme import MEASURES, SMALLER_IS_BETTER

_CLOSE = 1e-9
_MOST = 5


def reason(found: Comparison, words: Words) -> pl.Expr:
    """The sentence for customers that rose or fell; null for all others."""
    if _by_scores(found):
        text = _scored({m: _fact(m, found, words) for m in MEASURES}, words)
    else:
        text = _told(found, words)
    return pl.when(pl.col("kind").is_in(["up", "down"])).then(text)


def _told(found: Comparison, words: Words) -> pl.Expr:
    """The total and the criteria that moved as the tier did; else the measures that changed."""
    there = _shared(found)
    criteria = [c for c in there if c.endswith("_score") and c not in SCORES]
    total = [pl.when(_changed("score")).then(_fact("score", found, words))]
    along = [pl.when(_along(c)).then(_fact(c, found, words)) for c in criteria]
    measures = [
        pl.when(_changed(m)).then(_fact(m, found, words)) for m in _measures(found, there)[:_MOST]
    ]
    limits = pl.lit(words("move_reason.limits"))
    changed = _and([*total, *measures], words, limits)
    if not along:
        return changed
    some = pl.any_horizontal(part.is_not_null() for part in along)
    return pl.when(some).then(_and([*total, *along], words, limits)).otherwise(changed)


def _measures(found: Comparison, there: Sequence[str]) -> list[str]:
    """What the tier goes by, as far as both gradings have it; all there is where nobody says."""
    model = found.new.model or found.old.model
    if model:
        return [m for m in model["spans"] if m in there]
    more = [c for c in there if c not in (*MEASURES, *SCORES, "score", "rfm")]
    return [*MEASURES, *more]


def _along(column: str) -> pl.Expr:
    """Whether it moved as the tier did."""
    before, now = pl.col(f"{column}_before"), pl.col(f"{column}_now")
    return pl.when(pl.col("kind") == "up").then(now > before).otherwise(now < before)


def _scored(facts: Mapping[str, pl.Expr], words: Words) -> pl.Expr:
    """The scores that moved as the tier did; where there is none, all that moved."""
    along, moved = [], []
    for measure, score in zip(MEASURES, SCORES, strict=True):
        before, now = pl.col(f"{score}_before"), pl.col(f"{score}_now")
        text = phrase(
            words("move_reason.score"),
            score=words(f"header.FenjiCustomers.{score}"),
            before=plain(before),
            now=plain(now),
            fact=facts[measure],
            limits=pl.when(_follows(measure, score))
            .then(pl.lit(""))
            .otherwise(pl.lit(words("move_reason.cuts"))),
        )
        moved.append(pl.when(before != now).then(text))
        along.append(pl.when(_along(score)).then(text))
    every = _and(moved, words, pl.lit(words("move_reason.tiers")))
    return _and(along, words, every)


def _and(parts: Sequence[pl.Expr], words: Words, otherwise: pl.Expr) -> pl.Expr:
    joined = pl.concat_str(parts, separator=words("move_reason.and"), ignore_nulls=True)
    return (
        pl.when(pl.any_horizontal(part.is_not_null() for part in parts))
        .then(joined)
        .otherwise(otherwise)
    )


def _follows(measure: str, score: str) -> pl.Expr:
    """Whether the measure itself moved as its score did; else it was the limits."""
    step = pl.col(f"{score}_now") - pl.col(f"{score}_before")
    change = pl.col(f"{measure}_now") - pl.col(f"{measure}_before")
    return step * (-change if measure in SMALLER_IS_BETTER else change) > 0


def _changed(measure: str) -> pl.Expr:
    before, now = pl.col(f"{measure}_before"), pl.col(f"{measure}_now")
    apart = (before - now).abs() > _CLOSE * pl.max_horizontal(before.abs(), now.abs(), 1.0)
    return apart.fill_null(before.is_null() != now.is_null())


def _fact(measure: str, found: Comparison, words: Words) -> pl.Expr:
    """``last order 12 → 95 days ago``; ``Amount 3,200.00 → 2,900.00``."""
    unknown = words("measure_name.unknown")
    kind = _kind(measure, found.new)
    sides = [pl.col(f"{measure}_{side}") for side in ("before", "now")]
    if kind == "number":
        sides = [side.round(2) for side in sides]
    before, now = (shown(side, kind).fill_null(unknown) for side in sides)
    if measure == "recency":
        days = [pl.col(f"recency_{side}").round(0) for side in ("before", "now")]
        texts = [
            pl.when(d.is_null()).then(pl.lit(unknown)).otherwise(whole(d.fill_null(0)))
            for d in days
        ]
        return phrase(words("move_reason.recency"), before=texts[0], now=texts[1])
    name = _name(measure, found, words)
    return phrase(words("move_reason.fact"), name=name, before=before, now=now)


def _kind(measure: str, graded: Graded) -> Kind:
    model: Mapping[str, Any] = graded.model or {}
    known = {"frequency": "number", "monetary": "money"}
    return known.get(measure) or kind_of(model.get("columns", {}), measure)  # type: ignore[return-value]


def _name(measure: str, found: Comparison, words: Words) -> str:
    """What a column is called: as this grading counts it, or as the file heads it."""
    model = found.new.model or found.old.model
    if model and measure in ("frequency", "monetary"):
        return words(f"measure_name.{measure}_{model['measures'][measure]}")
    own = words.section("header.FenjiCustomers").get(measure)
    if own:
        return own
    if model:
        headers = {e.key: e.header for e in extras(model, words)}
        if measure in headers:
            return headers[measure]
    return found.new.headers.get(measure, measure)


def _shared(found: Comparison) -> list[str]:
    """The numeric columns that both gradings have, where there is something in them."""
    frame = found.moves.customers
    return [
        c.removesuffix("_now")
        for c in found.moves.customers.columns
        if c.endswith("_now") and c != "tier_now" and (frame[c].is_not_null().any())
    ]


def _by_scores(found: Comparison) -> bool:
    """Whether both tiers go by the mean of the three scores, on one scale."""
    models = [one.model for one in (found.old, found.new)]
    known = [model for model in models if model]
    if any(model["method"] != "rfm" for model in known):
        return False
    if len(known) == len(models) and known[0]["rfm"]["bins"] != known[1]["rfm"]["bins"]:
        return False
    return all(_is_mean(one.frame) for one in (found.old, found.new))


def _is_mean(frame: pl.DataFrame) -> bool:
    """A mean of the three lies between them; no other method's score does for everybody."""
    scores = [pl.col(s) for s in SCORES]
    least, most = pl.min_horizontal(scores), pl.max_horizontal(scores)
    inside = pl.col("score").is_between(least - _CLOSE, most + _CLOSE)
    return bool(frame.height and frame.select(inside.fill_null(value=False).all()).item())
