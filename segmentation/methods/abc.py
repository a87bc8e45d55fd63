"""ABC: a customer's tier by the share of the total that is accumulated before it.

From the greatest share down, a customer is in a tier while the share accumulated before it is
below the tier's; equal shares go by their keys. With several measures a customer's shares of the
totals are averaged with the weights. Values of zero or less and unknown ones count as nothing,
and who has nothing is in the last tier.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

import numpy as np

from segmentation.bins import in_pareto_class, pareto_class
from segmentation.lifting import smallest_change
from segmentation.method import Data, Floats, Ints, Model
from segmentation.scheme import DERIVED, MEASURES, SMALLER_IS_BETTER, Part
from segmentation.settings import Number, Weight, settings


@settings
class Settings:
    """``a`` and ``b`` are the shares of the first two tiers where these say none themselves.

    ``measures`` are weights by measure.
    """

    a: Number = 0.8
    b: Number = 0.95
    measures: Mapping[str, Weight] = field(default_factory=lambda: {"monetary": 1.0})


TIER_KEYS = ("share",)
MONOTONE = True
_DECIMALS = 15


def needs(part: Part) -> tuple[str, ...]:
    """The measures that weigh something."""
    return tuple(m for m, weight in part.settings.measures.items() if weight > 0)


def shares(part: Part) -> list[float | None]:
    """The share of each tier but the last: its own, else ``a`` and ``b``; None where none."""
    default = (part.settings.a, part.settings.b)
    return [
        t.share if t.share is not None else default[i] if i < len(default) else None
        for i, t in enumerate(part.tiers[:-1])
    ]


def problems(part: Part) -> list[tuple[str, str, dict[str, Any]]]:
    """Shares that are missing, out of range or not ascending; measures that cannot be summed."""
    found: list[tuple[str, str, dict[str, Any]]] = []
    for measure in needs(part):
        if measure in SMALLER_IS_BETTER:
            others = [m for m in (*MEASURES, *DERIVED) if m not in SMALLER_IS_BETTER]
            params = {"value": measure, "choices": ", ".join(others)}
            found.append(("abc.measures", "choice", params))
    if not needs(part):
        found.append(("abc.measures", "bad_number", {"value": 0}))
    asked = shares(part)
    for i, (tier, share) in enumerate(zip(part.tiers, asked, strict=False)):
        where = f"tiers[{i}].share"
        if share is None:
            found.append((where, "limit_missing", {"tier": tier.key, "keys": "share"}))
        elif not 0 < share <= 1:
            found.append((where, "bad_number", {"value": share, "allowed": "0 < x ≤ 1"}))
    known = [(i, s) for i, s in enumerate(asked) if s is not None]
    for (_, one), (j, other) in itertools.pairwise(known):
        if other <= one:
            found.append((f"tiers[{j}].share", "not_ascending", {"value": f"{one:g}, {other:g}"}))
    return found


def fit(part: Part, data: Data) -> dict[str, Any]:
    """Totals, and the last customer of each tier: the least value in it, and its key."""
    measures = {m: float(part.settings.measures[m]) for m in needs(part)}
    # Sorted first, so that a total is the same in any order of rows.
    totals = {m: float(np.sort(_counted(data.known(m))).sum()) for m in measures}
    learned: dict[str, Any] = {"measures": measures, "totals": totals, "shares": shares(part)}
    values = _values(learned, data)
    last = [pareto_class(values, data.keys, float(s or 0)) for s in learned["shares"]]
    return {**learned, "limits": [None if each is None else list(each) for each in last]}


def apply(learned: Model, tiers: Sequence[Mapping[str, Any]], data: Data) -> dict[str, Any]:  # noqa: ARG001
    """Tier numbers; the score is the customer's share of the total (or joint share) in percent."""
    return {"tier_no": _tier(learned, data), "score": 100 * _shares(learned, data)}


def _counted(values: Floats) -> Floats:
    return np.where(values > 0, values, 0.0)


def _shares(learned: Model, data: Data) -> Floats:
    """Each customer's share of the total, averaged over the measures; 0 where it has nothing."""
    totals = learned["totals"]
    # A total of nothing has no shares, and so no weight.
    weights = {m: weight for m, weight in learned["measures"].items() if totals[m] > 0}
    joint = np.zeros(len(data))
    for measure, weight in weights.items():
        part = weight / sum(weights.values()) / totals[measure]
        joint += _counted(data.values[measure]) * part
    # Shares that are equal on paper must not differ in their last bits.
    found: Floats = np.round(joint, _DECIMALS)
    return found


def _values(learned: Model, data: Data) -> Floats:
    """What is accumulated: the one measure as it is, or the joint shares of several."""
    if len(learned["measures"]) == 1:
        return _counted(data.values[next(iter(learned["measures"]))])
    return _shares(learned, data)


def _tier(learned: Model, data: Data) -> Ints:
    values, limits = _values(learned, data), learned["limits"]
    number = np.full(len(data), len(limits), dtype=np.int64)
    for i in range(len(limits) - 1, -1, -1):
        number[in_pareto_class(values, data.keys, limits[i])] = i
    return number


def next_steps(
    learned: Model,
    tiers: Sequence[Mapping[str, Any]],  # noqa: ARG001
    data: Data,
    spans: Mapping[str, Mapping[str, Any]],
) -> dict[str, Floats]:
    """The smallest change that lifts each tier, the totals staying as they were."""
    return smallest_change(lambda some: _tier(learned, some), data, spans)
