"""Lifecycle: new, active, dormant or lost by the time since the last purchase, both limits in.

With ``unit = "intervals"`` the limits are multiples of the customer's own mean days between
purchases; customers with too few orders go by the median of the others' (learned), and where
nobody has an interval the limits in days go. An active customer with at most ``new_orders``
orders is new. An unknown recency is lost, an unknown number of orders is never new.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from segmentation.classes import class_problems, named, tiers_of
from segmentation.lifting import change_of
from segmentation.method import Data, Floats, Ints, Model
from segmentation.rhythm import STAGES, intervals, multiples, stages, typical_interval
from segmentation.scheme import Part
from segmentation.settings import Count, Positive, Weight, Whole, settings


@settings
class Settings:
    """Limits in days and in intervals; ``unit`` says which go."""

    unit: Literal["days", "intervals"] = "days"
    active_days: Weight = 90.0
    dormant_days: Weight = 180.0
    active_intervals: Positive = 1.5
    dormant_intervals: Positive = 3.0
    min_orders: Count = 3
    new_orders: Whole = 1


CLASSES = ("active", "new", "dormant", "lost")
TIER_KEYS = ("classes",)
# Tiers may stand with the new ones first, and one order more may show a short interval.
MONOTONE = False
_CLASS_OF_STAGE = np.array([CLASSES.index(stage) for stage in STAGES], dtype=np.int64)


def needs(part: Part) -> tuple[str, ...]:
    """Recency and orders, and the interval where the limits are multiples of it."""
    rhythm = ("interval",) if part.settings.unit == "intervals" else ()
    return ("recency", "frequency", *rhythm)


def problems(part: Part) -> list[tuple[str, str, dict[str, Any]]]:
    """Limits in the wrong order; classes that do not exist."""
    found = class_problems(part.tiers, CLASSES)
    for unit in ("days", "intervals"):
        active, dormant = _limits(part, unit)
        if active > dormant:
            shown = {"value": f"{active:g}, {dormant:g}"}
            found.append((f"lifecycle.dormant_{unit}", "not_ascending", shown))
    return found


def _limits(part: Part, unit: str) -> list[float]:
    return [float(getattr(part.settings, f"{stage}_{unit}")) for stage in ("active", "dormant")]


def fit(part: Part, data: Data) -> dict[str, Any]:
    """The limits, and the typical interval where they are multiples of one."""
    data.known("recency")
    asked, fewest = part.settings, part.settings.min_orders
    typical = typical_interval(data, fewest) if asked.unit == "intervals" else None
    unit = "days" if typical is None else "intervals"
    return {
        "unit": unit,
        "limits": _limits(part, unit),
        "typical": typical,
        "min_orders": fewest,
        "new_orders": asked.new_orders,
    }


def apply(learned: Model, tiers: Sequence[Mapping[str, Any]], data: Data) -> dict[str, Any]:
    """Tiers without a score; ``lifecycle_class``, and the interval gone by, in days, if any."""
    number = _class(learned, data)
    found = {
        "tier_no": tiers_of(number, CLASSES, tiers),
        "score": np.full(len(data), np.nan),
        "lifecycle_class": named(number, CLASSES),
    }
    if learned["unit"] == "intervals":
        found["usual_interval"] = _interval(learned, data)
    return found


def _interval(learned: Model, data: Data) -> Floats:
    return intervals(data, learned["min_orders"], learned["typical"])


def _class(learned: Model, data: Data) -> Ints:
    recency, orders = data.values["recency"], data.values["frequency"]
    if learned["unit"] == "intervals":
        days = [multiples(_interval(learned, data), times) for times in learned["limits"]]
    else:
        days = [np.full(len(data), limit) for limit in learned["limits"]]
    number = stages(
        recency, orders, active=days[0], dormant=days[1], new_orders=learned["new_orders"]
    )
    found: Ints = _CLASS_OF_STAGE[number]
    return found


def next_steps(
    learned: Model,
    tiers: Sequence[Mapping[str, Any]],
    data: Data,
    spans: Mapping[str, Mapping[str, Any]],
) -> dict[str, Floats]:
    """Ordering again: fewer days since the last purchase, and one order more than new ones have."""
    movable = {m: dict(span) for m, span in spans.items() if m in ("recency", "frequency")}
    # More orders than that change nothing but whose interval is gone by.
    if "frequency" in movable:
        movable["frequency"]["best"] = learned["new_orders"] + 1
    return change_of(
        lambda some: tiers_of(_class(learned, some), CLASSES, tiers), data, spans, movable
    )
