"""What methods that end in a total share: tiers by a least total or by rank, and their promises."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from segmentation.indicators import Fitted, Marks, Remembered
from segmentation.lifting import change_of
from segmentation.limits import top_conditions
from segmentation.method import Data, Floats, Grade, Ints, Model
from segmentation.scheme import MEASURES, Tier

TIER_KEYS = ("min_score", "top")
Tiers = Sequence[Mapping[str, Any]]
Total = Callable[[Model, Data, Marks], Floats]


def tier_problems(tiers: Sequence[Tier]) -> list[tuple[str, str, dict[str, Any]]]:
    """Tiers that mix the least total and the rank, or whose ranks do not go up."""
    gates = {key: [getattr(t, key) for t in tiers] for key in TIER_KEYS}
    if all(any(v is not None for v in values) for values in gates.values()):
        first = next(i for i, v in enumerate(gates["top"]) if v is not None)
        return [(f"tiers[{first}].top", "mixed_limits", {"keys": ", ".join(TIER_KEYS)})]
    tops = [(i, t) for i, t in enumerate(gates["top"][:-1]) if t is not None]
    found: list[tuple[str, str, dict[str, Any]]] = [
        (f"tiers[{i}].top", "bad_number", {"value": f"{t:g}"}) for i, t in tops if t <= 0
    ]
    for (_, one), (j, other) in itertools.pairwise(tops):
        if (one < 1) == (other < 1) and other <= one:
            found.append((f"tiers[{j}].top", "not_ascending", {"value": f"{one:g}, {other:g}"}))
    return found


def fit_tops(tiers: Sequence[Tier], total: Floats) -> list[float | None] | None:
    """The least total of each tier by rank; None where tiers go by ``min_score``.

    A rank of None takes nobody. Customers without a total are not counted.
    """
    if all(t.top is None for t in tiers[:-1]):
        return None
    wanted = top_conditions(tiers, total, "total")
    return [w[0]["at_least"] if w else None for w in wanted]


def tier_of(learned: Model, tiers: Tiers, total: Floats) -> Ints:
    """0 for the best tier; the last one takes the rest, and who has no total."""
    limits = learned.get("tops") or [t["min_score"] for t in tiers[:-1]]
    number = np.full(len(total), max(len(tiers) - 1, 0), dtype=np.int64)
    for i in range(len(limits) - 1, -1, -1):
        if limits[i] is not None:
            number[total >= limits[i]] = i
    return number


def directions(fitted: Iterable[Fitted]) -> dict[str, bool]:
    """By measure, whether less is better; categories have no direction."""
    return {one["measure"]: one["less"] for one in fitted if one["by"] != "table"}


def next_steps(
    learned: Model,
    tiers: Tiers,
    data: Data,
    spans: Mapping[str, Mapping[str, Any]],
    *,
    total: Total,
    fitted: Iterable[Fitted],
) -> dict[str, Floats]:
    """The smallest change that lifts each tier where tiers go by the ``total``."""
    find = Remembered()

    def grade(some: Data) -> Ints:
        return tier_of(learned, tiers, total(learned, some, find))

    return promises(grade, fitted, data, spans)


def promises(
    grade: Grade, fitted: Iterable[Fitted], data: Data, spans: Mapping[str, Mapping[str, Any]]
) -> dict[str, Floats]:
    """The smallest change that lifts each tier, by measures that can be told to move.

    Categories are no steps that one can be told to take, whether they are words or numbers.
    """
    stay = {one["measure"] for one in fitted if one["by"] == "table"}
    # There are words for fewer days and for more orders, and none for the contrary.
    stay |= {m for m, s in spans.items() if m in MEASURES and s["down"] != (m == "recency")}
    return change_of(grade, data, spans, {m: s for m, s in spans.items() if m not in stay})
