"""Size: large, medium or small customers, by share of the total or by limits.

Without limits a customer is large while the share of the measure's total accumulated before it
is below the first share, medium below the second; who is as large as the last one in is in, and
zero, less and unknown are small. With limits each measure gives a class (large from the first
number on, medium from the second), and where several are known the best or the worst of them
counts; unknown ones do not, and who has none known is small.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any, Literal

import numpy as np

from segmentation.bins import pareto_class
from segmentation.classes import class_problems, named, tiers_of
from segmentation.errors import DataError
from segmentation.lifting import smallest_change
from segmentation.method import Data, Floats, Ints, Model
from segmentation.scheme import DERIVED, MEASURES, SMALLER_IS_BETTER, Part
from segmentation.settings import Number, Share, settings


@settings
class Settings:
    """``measures``: two limits by measure, going down; without them ``measure`` by ``shares``."""

    measure: str = "monetary"
    shares: tuple[Share, Share] = (0.8, 0.95)
    measures: Mapping[str, tuple[Number, Number]] = field(default_factory=dict)
    take: Literal["best", "worst"] = "best"


CLASSES = ("large", "medium", "small")
TIER_KEYS = ("classes",)
MONOTONE = True
_SMALL = 2


def needs(part: Part) -> tuple[str, ...]:
    """The measures that have limits, or the one that is shared out."""
    return tuple(part.settings.measures) or (part.settings.measure,)


def problems(part: Part) -> list[tuple[str, str, dict[str, Any]]]:
    """Limits or shares in the wrong order, measures of which less is more, unknown classes."""
    found = class_problems(part.tiers, CLASSES)
    first, second = part.settings.shares
    if not 0 < first < second:
        found.append(("size.shares", "not_ascending", {"value": f"{first:g}, {second:g}"}))
    for measure, (large, medium) in part.settings.measures.items():
        if medium >= large:
            shown = {"value": f"{large:g}, {medium:g}"}
            found.append((f"size.measures.{measure}", "limits_not_descending", shown))
    wrong = [m for m in needs(part) if m in SMALLER_IS_BETTER]
    others = ", ".join(m for m in (*MEASURES, *DERIVED) if m not in SMALLER_IS_BETTER)
    where = "size.measures" if part.settings.measures else "size.measure"
    found += [(where, "choice", {"value": m, "choices": others}) for m in wrong]
    return found


def fit(part: Part, data: Data) -> dict[str, Any]:
    """The limits, or the least value that is in each share.

    Raises DataError ``measure_absent`` where the data have none of the measures.
    """
    names, asked = needs(part), part.settings
    if all(np.isnan(data.values[m]).all() for m in names):
        raise DataError("measure_absent", measure=names[0])
    if asked.measures:
        limits = {m: [float(v) for v in both] for m, both in asked.measures.items()}
        return {"take": asked.take, "limits": limits}
    values = _counted(data.values[asked.measure])
    last = [pareto_class(values, data.keys, share) for share in asked.shares]
    return {
        "measure": asked.measure,
        "total": float(np.sort(values).sum()),
        "shares": [float(share) for share in asked.shares],
        "least": [None if each is None else each[0] for each in last],
    }


def apply(learned: Model, tiers: Sequence[Mapping[str, Any]], data: Data) -> dict[str, Any]:
    """Tiers and ``size_class``; the score is the share of the total in percent.

    With limits there is no score but the measures themselves.
    """
    number = _class(learned, data)
    return {
        "tier_no": tiers_of(number, CLASSES, tiers),
        "score": _score(learned, data),
        "size_class": named(number, CLASSES),
    }


def _score(learned: Model, data: Data) -> Floats:
    if "limits" not in learned:
        return 100 * _counted(data.values[learned["measure"]]) / (learned["total"] or 1.0)
    return np.full(len(data), np.nan)


def _counted(values: Floats) -> Floats:
    return np.where(values > 0, values, 0.0)


def _class(learned: Model, data: Data) -> Ints:
    if "limits" in learned:
        return _by_limits(learned, data)
    value = data.values[learned["measure"]]
    number = np.full(len(data), _SMALL, dtype=np.int64)
    for i in (1, 0):
        # Nobody has anything where there is no least value.
        least = learned["least"][i]
        number[value >= (np.inf if least is None else least)] = i
    return number


def _by_limits(learned: Model, data: Data) -> Ints:
    best = learned["take"] == "best"
    taken = np.full(len(data), _SMALL if best else -1, dtype=np.int64)
    for measure, (large, medium) in learned["limits"].items():
        value = data.values[measure]
        number = np.where(value >= large, 0, np.where(value >= medium, 1, _SMALL))
        better = np.minimum(taken, number) if best else np.maximum(taken, number)
        taken = np.where(np.isnan(value), taken, better)
    return np.where(taken < 0, _SMALL, taken)


def next_steps(
    learned: Model,
    tiers: Sequence[Mapping[str, Any]],
    data: Data,
    spans: Mapping[str, Mapping[str, Any]],
) -> dict[str, Floats]:
    """The smallest change that lifts each tier."""
    return smallest_change(
        lambda some: tiers_of(_class(learned, some), CLASSES, tiers), data, spans
    )
