"""Risk: low, normal or high, from indicators that each have limits or words for their levels.

An indicator is high where its ``high`` limit holds, else normal where its ``normal`` limit holds,
else low. ``overdue`` is built in: days since the last purchase in multiples of the customer's own
mean days between purchases (see ``segmentation.rhythm``). Unknown values and words that no level
names do not count; of the others the worst decides, or with ``take = "most"`` the worst level
that at least half of them reach. Where none is known the risk is normal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any, Literal

import numpy as np

from segmentation.classes import class_problems, named, tiers_of
from segmentation.errors import DataError
from segmentation.lifting import change_of
from segmentation.limits import ENDS, conditions, holds
from segmentation.method import Data, Floats, Ints, Model
from segmentation.rhythm import MEASURES as RHYTHM
from segmentation.rhythm import intervals, overdue, typical_interval
from segmentation.scheme import Limit, Part
from segmentation.settings import Count, Positive, settings

Level = Literal["low", "normal", "high"]


@settings
class Indicator:
    """From where the risk is normal and high, or which words stand for which level."""

    normal: Limit | None = None
    high: Limit | None = None
    words: Mapping[Level, tuple[str, ...]] = field(default_factory=dict)


def _usual() -> dict[str, Indicator]:
    return {
        "overdue": Indicator(normal=Limit(above=1.5), high=Limit(above=3.0)),
        "return_share": Indicator(normal=Limit(above=0.1), high=Limit(above=0.3)),
    }


@settings
class Settings:
    """``usual_days`` is the interval where nobody's is known (90 and 180 days are 1.5 and 3)."""

    indicators: Mapping[str, Indicator] = field(default_factory=_usual)
    take: Literal["worst", "most"] = "worst"
    min_orders: Count = 3
    usual_days: Positive = 60.0


CLASSES = ("low", "normal", "high")
TIER_KEYS = ("classes",)
# One order more may show that the customer's own interval is a short one.
MONOTONE = False
OVERDUE = "overdue"
_LOW, _NORMAL, _HIGH = range(3)
_UNKNOWN = -1
_HIGHER_IS_WORSE = ("above", "at_least")


def needs(part: Part) -> tuple[str, ...]:
    """The indicators, and what ``overdue`` is made of."""
    names = part.settings.indicators
    rhythm = RHYTHM if OVERDUE in names else ()
    return tuple(dict.fromkeys([*rhythm, *(n for n in names if n != OVERDUE)]))


def problems(part: Part) -> list[tuple[str, str, dict[str, Any]]]:
    """Indicators without levels or whose levels contradict each other; unknown classes."""
    found = class_problems(part.tiers, CLASSES)
    if not part.settings.indicators:
        found.append(("risk.indicators", "no_levels", {}))
    for name, indicator in part.settings.indicators.items():
        found += _wrong(f"risk.indicators.{name}", indicator)
    return found


def _wrong(where: str, indicator: Indicator) -> list[tuple[str, str, dict[str, Any]]]:
    levels = [level for level in (indicator.normal, indicator.high) if level is not None]
    ends = [[end for end in ENDS if getattr(level, end) is not None] for level in levels]
    if not levels and not indicator.words:
        return [(where, "no_levels", {})]
    if levels and indicator.words:
        return [(where, "one_of", {"keys": "normal, high | words"})]
    if any(len(each) != 1 for each in ends):
        return [(where, "one_end", {"keys": ", ".join(ENDS)})]
    if len({end in _HIGHER_IS_WORSE for (end,) in ends}) > 1:
        return [(where, "two_directions", {"value": where.rsplit(".", 1)[-1]})]
    if len(levels) > 1:
        normal, high = (getattr(level, end) for level, (end,) in zip(levels, ends, strict=True))
        rising = ends[0][0] in _HIGHER_IS_WORSE
        if (high < normal) if rising else (high > normal):
            return [(where, "levels_crossed", {"value": f"{normal:g}, {high:g}"})]
    return []


def fit(part: Part, data: Data) -> dict[str, Any]:
    """The indicators' levels as plain data, and the typical interval.

    Raises DataError ``measure_absent`` where the data have none of the indicators.
    """
    asked = part.settings
    typical = None
    if OVERDUE in asked.indicators:
        typical = typical_interval(data, asked.min_orders) or float(asked.usual_days)
    learned = {
        "take": asked.take,
        "min_orders": asked.min_orders,
        "typical": typical,
        "indicators": {name: _plain(name, each) for name, each in asked.indicators.items()},
        "down": {
            name: down
            for name, each in asked.indicators.items()
            if (down := _down(each)) is not None
        },
    }
    levels = [_level(learned, name, data) for name in learned["indicators"]]
    if all((level == _UNKNOWN).all() for level in levels):
        raise DataError("measure_absent", measure=next(iter(asked.indicators)))
    return learned


def _down(indicator: Indicator) -> bool | None:
    """Whether less of it is better; None for words."""
    levels = [level for level in (indicator.normal, indicator.high) if level is not None]
    worse_above = [
        any(getattr(level, end) is not None for end in _HIGHER_IS_WORSE) for level in levels
    ]
    return worse_above[0] if worse_above else None


def _plain(name: str, indicator: Indicator) -> dict[str, Any]:
    if indicator.words:
        return {"words": {level: list(words) for level, words in indicator.words.items()}}
    levels = {"normal": indicator.normal, "high": indicator.high}
    return {k: conditions(limit, name)[0] for k, limit in levels.items() if limit is not None}


def apply(learned: Model, tiers: Sequence[Mapping[str, Any]], data: Data) -> dict[str, Any]:
    """Tiers without a score, ``risk_class``, and each indicator's level (empty where unknown)."""
    number = _class(learned, data)
    found = {
        "tier_no": tiers_of(number, CLASSES, tiers),
        "score": np.full(len(data), np.nan),
        "risk_class": named(number, CLASSES),
    }
    for name in learned["indicators"]:
        # The last, empty name is that of the unknown level -1.
        found[f"risk_{name}"] = named(_level(learned, name, data), (*CLASSES, ""))
    if OVERDUE in learned["indicators"]:
        found["intervals_since"] = _overdue(learned, data)
    return found


def _overdue(learned: Model, data: Data) -> Floats:
    return overdue(data, intervals(data, learned["min_orders"], learned["typical"]))


def _level(learned: Model, name: str, data: Data) -> Ints:
    """Each customer's level of one indicator, -1 where it is unknown."""
    asked = learned["indicators"][name]
    if "words" in asked:
        levels = {w: CLASSES.index(k) for k, words in asked["words"].items() for w in words}
        texts = data.texts.get(name, [None] * len(data))
        return np.array([levels.get(t or "", _UNKNOWN) for t in texts], dtype=np.int64)
    if name == OVERDUE:
        value = _overdue(learned, data)
    else:
        value = data.values.get(name, np.full(len(data), np.nan))
    level = np.where(np.isnan(value), _UNKNOWN, _LOW)
    for number, key in ((_NORMAL, "normal"), (_HIGH, "high")):
        if key in asked:
            level[holds(asked[key], {name: value})] = number
    return level


def _class(learned: Model, data: Data) -> Ints:
    levels = np.array([_level(learned, name, data) for name in learned["indicators"]])
    if learned["take"] == "worst":
        taken = levels.max(axis=0)
    else:
        known = (levels != _UNKNOWN).sum(axis=0)
        taken = np.full(len(data), _LOW, dtype=np.int64)
        for number in (_NORMAL, _HIGH):
            taken[2 * (levels >= number).sum(axis=0) >= known] = number
        taken[known == 0] = _UNKNOWN
    return np.where(taken == _UNKNOWN, _NORMAL, taken)


def next_steps(
    learned: Model,
    tiers: Sequence[Mapping[str, Any]],
    data: Data,
    spans: Mapping[str, Mapping[str, Any]],
) -> dict[str, Floats]:
    """The smallest change that lifts each tier; the interval that overdue goes by stays."""
    fixed = RHYTHM[1:] if OVERDUE in learned["indicators"] else ()
    movable = {m: span for m, span in spans.items() if m not in fixed}
    return change_of(
        lambda some: tiers_of(_class(learned, some), CLASSES, tiers), data, spans, movable
    )
