"""Conditions on measures: who gets into a tier by limits, by rank, or by share of the total.

A condition is plain data, ``{"measure": m, "at_least": 2000.0}``; a tier's conditions must all
hold. Unknown values meet no condition.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from segmentation.bins import top_limit
from segmentation.lifting import smallest_change
from segmentation.method import Data, Floats, Ints, Model
from segmentation.scheme import Limit, Tier

ENDS = ("above", "at_least", "below", "at_most")
Condition = Mapping[str, Any]
Bools = npt.NDArray[np.bool_]


def conditions(tier: Tier | Limit, measure: str) -> list[dict[str, Any]]:
    """What a tier (or one limit) asks for, as plain data; ``measure`` where it names none."""
    found: list[dict[str, Any]] = []
    ends = {end: float(v) for end in ENDS if (v := getattr(tier, end)) is not None}
    if ends:
        found.append({"measure": measure, **ends})
    if isinstance(tier, Tier):
        for name, limit in tier.limits.items():
            found += conditions(limit, name)
    return found


def contradictions(limit: Tier | Limit) -> list[tuple[str, str]]:
    """Ends that no value can meet both: the key of the upper end, and both as they are written."""
    found = []
    for low, high in itertools.product(("above", "at_least"), ("below", "at_most")):
        begins, ends = getattr(limit, low), getattr(limit, high)
        if begins is None or ends is None:
            continue
        one_value = (low, high) == ("at_least", "at_most") and begins == ends
        if begins >= ends and not one_value:
            found.append((high, f"{low} {begins:g}, {high} {ends:g}"))
    return found


def top_conditions(
    tiers: Sequence[Tier], values: Floats, measure: str
) -> list[list[dict[str, Any]] | None]:
    """Ranks as limits on the measure, one list per tier but the last.

    ``top`` below 1 is a share of the customers whose value is known, else a number of them.
    Equal values stand in the same tier: whoever ties with the last one in is in.
    """
    known = values[~np.isnan(values)]
    found: list[list[dict[str, Any]] | None] = []
    for tier in tiers[:-1]:
        limit = top_limit(known, float(tier.top or 0))
        found.append(None if limit is None else [{"measure": measure, "at_least": limit}])
    return found


def top_problems(tiers: Sequence[Tier]) -> list[tuple[str, str, dict[str, Any]]]:
    """Numbers that are none, do not ascend, or are shares beside numbers of customers."""
    found: list[tuple[str, str, dict[str, Any]]] = []
    tops = [(i, t.top) for i, t in enumerate(tiers[:-1]) if t.top is not None]
    for i, top in tops:
        if top <= 0 or (top > 1 and top != int(top)):
            found.append((f"tiers[{i}].top", "bad_number", {"value": top}))
    for (_, one), (j, other) in itertools.pairwise(tops):
        shown = {"value": f"{one:g}, {other:g}"}
        if (one < 1) != (other < 1):
            found.append((f"tiers[{j}].top", "mixed_tops", shown))
        elif other <= one:
            found.append((f"tiers[{j}].top", "not_ascending", shown))
    return found


def holds(condition: Condition, values: Mapping[str, Floats]) -> Bools:
    """Who meets one condition."""
    value = values[condition["measure"]]
    met: Bools = ~np.isnan(value)
    if "above" in condition:
        met &= value > condition["above"]
    if "at_least" in condition:
        met &= value >= condition["at_least"]
    if "below" in condition:
        met &= value < condition["below"]
    if "at_most" in condition:
        met &= value <= condition["at_most"]
    return met


def first_met(tiers: Sequence[Sequence[Condition] | None], data: Data) -> Ints:
    """Number of the first tier whose conditions all hold; where none does, one past the end.

    A tier without conditions takes everybody; None takes nobody.
    """
    number = np.full(len(data), len(tiers), dtype=np.int64)
    for i in range(len(tiers) - 1, -1, -1):
        wanted = tiers[i]
        if wanted is None:
            continue
        met = np.ones(len(data), dtype=bool)
        for condition in wanted:
            met &= holds(condition, data.values)
        number[met] = i
    return number


def measures_named(tiers: Sequence[Tier], measure: str | None) -> tuple[str, ...]:
    """The measures that the tiers' limits are about."""
    names = [measure] if measure else []
    for tier in tiers:
        names += list(tier.limits)
    return tuple(dict.fromkeys(names))


def apply_limits(learned: Model, tiers: Sequence[Mapping[str, Any]], data: Data) -> dict[str, Any]:  # noqa: ARG001
    """Tier numbers by ``learned["limits"]``; there is no score but the measures themselves."""
    return {"tier_no": first_met(learned["limits"], data), "score": np.full(len(data), np.nan)}


def next_by_limits(
    learned: Model,
    tiers: Sequence[Mapping[str, Any]],  # noqa: ARG001
    data: Data,
    spans: Mapping[str, Mapping[str, Any]],
) -> dict[str, Floats]:
    """The smallest change that lifts each tier."""
    return smallest_change(lambda some: first_met(learned["limits"], some), data, spans)
