"""What a reader should know about how customers spread over scores and segments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from segmentation.scheme import MEASURES

Note = tuple[str, dict[str, Any]]
MANY = 0.2


def spread(model: Mapping[str, Any], graded: pl.DataFrame) -> list[Note]:
    """How customers spread over the scores, where scores give the tier, and over segments."""
    found: list[Note] = []
    if model["method"] == "rfm":
        scores = {m: graded[f"{m[0]}_score"] for m in MEASURES}
        found = few_scores(model, scores, graded.height)
        found += best_tier_empty(model, scores) if found else []
    return found + many_without_segment(model, graded["segment_no"])


def few_scores(model: Mapping[str, Any], scores: Mapping[str, Any], customers: int) -> list[Note]:
    """Measures whose tied values left fewer scores than asked for, as notes.

    ``scores`` holds the scores of all customers by measure; where there are fewer customers
    than scores nothing is said.
    """
    notes = []
    for measure in MEASURES:
        wanted = model["rfm"]["bins"][measure]
        used = len(set(scores[measure]))
        if model["rfm"]["cut"] == "quantile" and used < wanted <= customers:
            notes.append(("few_scores", {"measure": measure, "scores": used, "bins": wanted}))
    return notes


def best_tier_empty(model: Mapping[str, Any], scores: Mapping[str, Any]) -> list[Note]:
    """A note where even the highest scores in use do not add up to the best tier."""
    weights, limit = model["rfm"]["weights"], model["tiers"][0]["min_score"]
    highest = sum(weights[m] * max(scores[m]) for m in MEASURES) / sum(weights.values())
    if limit is None or round(highest, 6) >= limit:
        return []
    return [("best_tier_empty", {"highest": highest, "limit": limit})]


def many_without_segment(model: Mapping[str, Any], numbers: Any) -> list[Note]:
    """A note where the map leaves more than a fifth of the customers without a segment.

    ``numbers`` is a series of the customers' ``segment_no``.
    """
    rest = len(model["rfm"]["segments"]["rules"])
    count = int((numbers == rest).sum())
    share = count / len(numbers)
    if not rest or share <= MANY:
        return []
    return [("many_without_segment", {"count": count, "share": share})]
