"""What a reader should know about how customers spread over scores and segments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from segmentation.scheme import MEASURES

Note = tuple[str, dict[str, Any]]
MANY = 0.2


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
