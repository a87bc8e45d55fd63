"""The smallest change that lifts an RFM tier, tried out and not guessed."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from segmentation.method import Floats, Ints
from segmentation.scheme import MEASURES

CENT = 0.01
Values = Mapping[str, Floats]
Tier = Callable[[Values], Ints]


def next_steps(learned: Mapping[str, Any], tier_of: Tier, values: Values) -> dict[str, Floats]:
    """Per customer the target values of the cheapest change that lifts the tier.

    ``next_recency`` (days at most), ``next_frequency``, ``next_monetary`` (at least): NaN where
    that measure may stay; ``next_tier`` is the number of the tier reached (NaN: already best,
    or nothing lifts). One measure is changed where that is enough, else two, else all three;
    among those the change that is smallest relative to today's value.
    """
    count = len(values["recency"])
    result = {f"next_{m}": np.full(count, np.nan) for m in (*MEASURES, "tier")}
    tier = tier_of(values)
    left = np.flatnonzero(tier > 0)
    for size in (1, 2, 3):
        if len(left):
            some = {m: values[m][left] for m in MEASURES}
            found = _cheapest(learned, tier_of, some, tier[left], size)
            for key, target in found.items():
                result[key][left] = target
            left = left[np.isnan(found["next_tier"])]
    return result


def _cheapest(
    learned: Mapping[str, Any], tier_of: Tier, values: Values, tier: Ints, size: int
) -> dict[str, Floats]:
    count = len(tier)
    best = np.full(count, np.inf)
    found = {f"next_{m}": np.full(count, np.nan) for m in (*MEASURES, "tier")}
    targets = {m: _targets(learned, m, values) for m in MEASURES}
    if size == 3:
        targets = {m: t[-1:] for m, t in targets.items()}
    for chosen in itertools.combinations(MEASURES, size):
        for goal in itertools.product(*(targets[m] for m in chosen)):
            changed = {**values, **_better(chosen, goal, values)}
            reached = tier_of(changed)
            relative = [
                np.abs(changed[m] - values[m]) / _at_least_a_cent(values[m]) for m in chosen
            ]
            cost: Floats = np.sum(np.array(relative), axis=0)
            moved = np.all([changed[m] != values[m] for m in chosen], axis=0)
            win = moved & (reached < tier) & (cost < best)
            best[win] = cost[win]
            for m in MEASURES:
                found[f"next_{m}"][win] = changed[m][win] if m in chosen else np.nan
            found["next_tier"][win] = reached[win]
    return found


def _at_least_a_cent(values: Floats) -> Floats:
    return np.maximum(np.abs(values), CENT)


def _better(chosen: Sequence[str], goal: Sequence[Floats], values: Values) -> dict[str, Floats]:
    """The goal where it is an improvement and can be had, else today's value."""
    changed = {}
    for measure, target in zip(chosen, goal, strict=True):
        if measure == "recency":
            possible = (target < values[measure]) & (target >= 0)
        else:
            possible = target > values[measure]
        changed[measure] = np.where(possible, target, values[measure])
    return changed


def _targets(learned: Mapping[str, Any], measure: str, values: Values) -> list[Floats]:
    """For each cut point the nearest value on its better side, worst first.

    With nested cuts the cut points of all cells are tried.
    """
    points = sorted({c for cuts in learned["cuts"][measure].values() for c in cuts})
    left = learned["closed"] == "left"
    goals = []
    for point in reversed(points) if measure == "recency" else points:
        if measure == "recency":
            goal = np.ceil(point) - 1 if left else np.floor(point)
        elif measure == "frequency":
            goal = np.ceil(point) if left else np.floor(point) + 1
        else:
            goal = _next_cent(point, left=left)
        goals.append(np.full(len(values[measure]), goal))
    return goals


def _next_cent(point: float, *, left: bool) -> float:
    """The least amount in whole cents on the better side of a cut point, noise and all."""
    cents = np.floor(point / CENT)
    near = (float(np.round((cents + step) * CENT, 2)) for step in (-1, 0, 1, 2))
    # Beyond the amounts that know cents, the next number there is.
    beyond = float(np.nextafter(point, np.inf))
    return next((goal for goal in near if goal > point or (left and goal == point)), beyond)
