"""Fixed limits: a customer is in the first tier whose limits it meets, the last takes the rest.

Each limit says in its name whether the end is in (``at_least``, ``at_most``) or out (``above``,
``below``). A tier may ask for several measures at once; then all must hold. An unknown value
meets no limit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from segmentation.lifting import smallest_change
from segmentation.limits import ENDS, conditions, first_met, measures_named
from segmentation.method import Data, Floats, Ints, Model
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


def apply(learned: Model, tiers: Sequence[Mapping[str, Any]], data: Data) -> dict[str, Any]:  # noqa: ARG001
    """Tier numbers; there is no score but the measures themselves."""
    return {"tier_no": _tier(learned, data), "score": np.full(len(data), np.nan)}


def _tier(learned: Model, data: Data) -> Ints:
    return first_met(learned["limits"], data)


def next_steps(
    learned: Model,
    tiers: Sequence[Mapping[str, Any]],  # noqa: ARG001
    data: Data,
    spans: Mapping[str, Mapping[str, Any]],
) -> dict[str, Floats]:
    """The smallest change that lifts each tier."""
    return smallest_change(lambda some: _tier(learned, some), data, spans)
