"""The best so many, or the best share, by one measure; the last tier takes the rest.

``top`` counts from the very top: 0.1 and then 0.3 are the best 10% and the 20% after them. A
share is one of the customers whose value is known, rounded down to whole customers but never to
none. Whoever ties with the last one in is in. An unknown value is in the last tier.
"""

from __future__ import annotations

from typing import Any, Literal

from segmentation.limits import apply_limits, next_by_limits, top_conditions, top_problems
from segmentation.method import Data
from segmentation.scheme import SMALLER_IS_BETTER, Part
from segmentation.settings import settings


@settings
class Settings:
    """``measure`` is ranked; ``best`` says from which end (``auto``: as the measure is meant)."""

    measure: str = "monetary"
    best: Literal["auto", "highest", "lowest"] = "auto"


TIER_KEYS = ("top",)
MONOTONE = True


def needs(part: Part) -> tuple[str, ...]:
    """The measure that is ranked."""
    return (part.settings.measure,)


def problems(part: Part) -> list[tuple[str, str, dict[str, Any]]]:
    """Numbers that are none, do not ascend, or are shares beside numbers of customers."""
    return top_problems(part.tiers)


def fit(part: Part, data: Data) -> dict[str, Any]:
    """Ranks as limits on the measure."""
    measure, best = part.settings.measure, part.settings.best
    down = measure in SMALLER_IS_BETTER if best == "auto" else best == "lowest"
    sign = -1.0 if down else 1.0
    asked = top_conditions(part.tiers, sign * data.known(measure), measure)
    limits = [_turned(conditions, down=down) for conditions in asked]
    tops = [float(t.top or 0) for t in part.tiers[:-1]]
    return {"measure": measure, "down": {measure: down}, "tops": tops, "limits": limits}


def _turned(conditions: list[dict[str, Any]] | None, *, down: bool) -> list[dict[str, Any]] | None:
    """Limits on the negated measure as limits on the measure itself."""
    if not down or conditions is None:
        return conditions
    return [{"measure": c["measure"], "at_most": 0.0 - c["at_least"]} for c in conditions]


apply = apply_limits
next_steps = next_by_limits
