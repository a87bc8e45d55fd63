"""Loyalty: loyal, potentially loyal or not, by orders and the months in which they came.

Two columns of the user's own may count too. Who is potentially loyal and has referred others is
loyal. Who is known to be less content than asked for is potentially loyal at most. What is
unknown of a customer is not asked for, months not even later where they are absent altogether
when the limits are fitted; an unknown number of orders is not loyal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from segmentation.classes import class_problems, named, tiers_of
from segmentation.lifting import smallest_change
from segmentation.method import Data, Floats, Ints, Model
from segmentation.scheme import Part
from segmentation.settings import Number, Weight, settings


@settings
class Settings:
    """Least numbers of orders and months; names of the two columns, empty where not asked for."""

    loyal_orders: Weight = 4.0
    loyal_months: Weight = 3.0
    potential_orders: Weight = 2.0
    referrals: str = ""
    min_referrals: Weight = 1.0
    satisfaction: str = ""
    min_satisfaction: Number = 4.0


CLASSES = ("loyal", "potential", "disloyal")
TIER_KEYS = ("classes",)
MONOTONE = True
_LOYAL, _POTENTIAL, _DISLOYAL = range(3)


def needs(part: Part) -> tuple[str, ...]:
    """Orders, months with a purchase, and the columns that are named."""
    own = (part.settings.referrals, part.settings.satisfaction)
    return ("frequency", "active_months", *(name for name in own if name))


def problems(part: Part) -> list[tuple[str, str, dict[str, Any]]]:
    """Limits in the wrong order; classes that do not exist."""
    found = class_problems(part.tiers, CLASSES)
    potential, loyal = part.settings.potential_orders, part.settings.loyal_orders
    if potential > loyal:
        shown = {"value": f"{potential:g}, {loyal:g}"}
        found.append(("loyalty.loyal_orders", "not_ascending", shown))
    return found


def fit(part: Part, data: Data) -> dict[str, Any]:
    """The limits by measure; nothing is learned but whether months are known (else None)."""
    data.known("frequency")
    asked = part.settings
    counted = ~np.isnan(_values({"measure": "active_months"}, data)).all()
    learned: dict[str, Any] = {
        "loyal_orders": float(asked.loyal_orders),
        "loyal_months": float(asked.loyal_months) if counted else None,
        "potential_orders": float(asked.potential_orders),
    }
    for role in ("referrals", "satisfaction"):
        column = getattr(asked, role)
        limit = float(getattr(asked, f"min_{role}"))
        learned[role] = {"measure": column, "at_least": limit} if column else None
    return learned


def apply(learned: Model, tiers: Sequence[Mapping[str, Any]], data: Data) -> dict[str, Any]:
    """Tiers without a score, and ``loyalty_class``."""
    number = _class(learned, data)
    return {
        "tier_no": tiers_of(number, CLASSES, tiers),
        "score": np.full(len(data), np.nan),
        "loyalty_class": named(number, CLASSES),
    }


def _values(asked: Mapping[str, Any] | None, data: Data) -> Floats:
    """The values of a column that may be asked for; unknown where it is not there."""
    unknown = np.full(len(data), np.nan)
    return unknown if asked is None else data.values.get(asked["measure"], unknown)


def _class(learned: Model, data: Data) -> Ints:
    orders = data.values["frequency"]
    potential = orders >= learned["potential_orders"]
    loyal = orders >= learned["loyal_orders"]
    # Comparisons with NaN are false: what is unknown is neither too little nor enough.
    if learned["loyal_months"] is not None:
        loyal &= ~(_values({"measure": "active_months"}, data) < learned["loyal_months"])
    if learned["referrals"]:
        loyal |= potential & (
            _values(learned["referrals"], data) >= learned["referrals"]["at_least"]
        )
    if learned["satisfaction"]:
        loyal &= ~(_values(learned["satisfaction"], data) < learned["satisfaction"]["at_least"])
    number = np.full(len(data), _DISLOYAL, dtype=np.int64)
    # Whoever has orders enough for loyal has them for potentially loyal.
    number[potential | loyal] = _POTENTIAL
    number[loyal] = _LOYAL
    return number


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
