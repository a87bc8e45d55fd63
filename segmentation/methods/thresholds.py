"""Fixed limits: a customer is in the first tier whose limits it meets, the last takes the rest.

Each limit says in its name whether the end is in (``at_least``, ``at_most``) or out (``above``,
``below``). A tier may ask for several measures at once; then all must hold. An unknown value
meets no limit.
"""

from __future__ import annotations

from typing import Any

from segmentation.limits import (
    ENDS,
    apply_limits,
    conditions,
    measures_named,
    next_by_limits,
)
from segmentation.method import Data
from segmentation.methods import thresholds_problems
from segmentation.scheme import Part
from segmentation.settings import settings


@settings
class Settings:
    """``measure`` is what the tiers' limits are about where they name nothing else."""

    measure: str = "monetary"


TIER_KEYS = (*ENDS, "limits")
MONOTONE = True


def needs(part: Part) -> tuple[str, ...]:
    """The measures that the tiers' limits are about."""
    return measures_named(part.tiers, part.settings.measure)


def problems(part: Part) -> list[tuple[str, str, dict[str, Any]]]:
    """See ``thresholds_problems``."""
    return thresholds_problems.problems(part)


def fit(part: Part, data: Data) -> dict[str, Any]:
    """The limits as plain data; nothing is learned but that the measures are there."""
    for measure in needs(part):
        data.known(measure)
    limits = [conditions(t, part.settings.measure) for t in part.tiers[:-1]]
    return {"measure": part.settings.measure, "limits": limits}


apply = apply_limits
next_steps = next_by_limits
