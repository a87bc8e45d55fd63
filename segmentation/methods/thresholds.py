"""Fixed limits: a customer is in the first tier whose limits it meets, the last takes the rest.

Each limit says in its name whether the end is in (``at_least``, ``at_most``) or out (``above``,
``below``). A tier may ask for several measures at once; then all must hold. An unknown value
meets no limit.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from segmentation.lifting import smallest_change
from segmentation.limits import ENDS, conditions, first_met, measures_named
from segmentation.method import Data, Floats, Ints, Model
from segmentation.scheme import Part, Tier
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
    """Tiers that overlap or leave a gap, where all go by one measure and both ends are given."""
    if any(t.limits for t in part.tiers):
        return []
    found: list[tuple[str, str, dict[str, Any]]] = []
    for j, (upper, lower) in enumerate(itertools.pairwise(part.tiers), start=1):
        where = f"tiers[{j}]"
        if _end(upper, "low") is None or _end(lower, "high") is None:
            continue
        begins, in_upper = _end(upper, "low") or (0.0, False)
        ends, in_lower = _end(lower, "high") or (0.0, False)
        names = {"upper": upper.key, "lower": lower.key}
        if ends > begins or (ends == begins and in_upper and in_lower):
            found.append((where, "overlap", {**names, "value": f"{begins:g}, {ends:g}"}))
        elif ends < begins or not (in_upper or in_lower):
            found.append((where, "gap", {**names, "value": f"{ends:g}, {begins:g}"}))
    begins_at = [(i, e[0]) for i, t in enumerate(part.tiers) if (e := _end(t, "low"))]
    for (_, one), (j, other) in itertools.pairwise(begins_at):
        if other >= one:
            names = {"value": f"{one:g}, {other:g}"}
            found.append((f"tiers[{j}]", "not_descending", names))
    return found


def _end(tier: Tier, side: str) -> tuple[float, bool] | None:
    """Where a tier begins (``low``) or ends (``high``), and whether that value is in it."""
    outer, inner = (tier.above, tier.at_least) if side == "low" else (tier.below, tier.at_most)
    if outer is not None:
        return outer, False
    return None if inner is None else (inner, True)


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
