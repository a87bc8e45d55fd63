"""Potential: high, middle or low by the weighted points (0 to 100) of a few indicators.

Indicators that the data do not have are left out; what an unknown value of one customer counts
as is a setting (``missing``). A customer of whom nothing is known has no total and stands in
the last tier.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import numpy as np
from annotated_types import MinLen

from segmentation import indicator_problems
from segmentation.errors import DataError
from segmentation.indicators import (
    DECIMALS,
    PART_DECIMALS,
    Indicator,
    Marks,
    Missing,
    fit_group,
    marks_for,
    weighted,
)
from segmentation.method import Data, Floats, Model
from segmentation.methods import _scored
from segmentation.scheme import Part
from segmentation.settings import settings

DEFAULT = (
    Indicator(measure="mean_order", weight=0.4),
    Indicator(measure="growth", weight=0.3),
    Indicator(measure="recency", weight=0.3),
)


@settings
class Settings:
    """``missing``: what a customer's unknown value counts as (see ``indicators.weighted``)."""

    missing: Missing = "skip"
    indicators: Annotated[tuple[Indicator, ...], MinLen(1)] = DEFAULT


TIER_KEYS = _scored.TIER_KEYS
MONOTONE = True


def needs(part: Part) -> tuple[str, ...]:
    """The measures of the indicators."""
    return tuple(dict.fromkeys(i.measure for i in part.settings.indicators))


def problems(part: Part) -> list[tuple[str, str, dict[str, Any]]]:
    """Weights that do not sum, limits and points that do not match, tiers that mix limits."""
    listed: Sequence[Indicator] = part.settings.indicators
    path = "potential.indicators"
    directions = [(f"{path}[{i}]", one.measure, one.better) for i, one in enumerate(listed)]
    return [
        *indicator_problems.of_indicators(listed, path),
        *indicator_problems.of_directions(directions),
        *_scored.tier_problems(part.tiers),
    ]


def fit(part: Part, data: Data) -> dict[str, Any]:
    """Cut points of the indicators and the weights as used.

    Raises DataError ``measure_absent`` where the data have none of them.
    """
    chosen: Settings = part.settings
    group = fit_group(chosen.indicators, data)
    if not group["indicators"]:
        raise DataError("measure_absent", measure=chosen.indicators[0].measure)
    down = _scored.directions(group["indicators"])
    learned = {"missing": chosen.missing, **group, "down": down}
    return {**learned, "tops": _scored.fit_tops(part.tiers, _total(learned, data, marks_for))}


def apply(learned: Model, tiers: Sequence[Mapping[str, Any]], data: Data) -> dict[str, Any]:
    """Tier numbers, the total, and ``<measure>_points`` (NaN where unknown)."""
    total = _total(learned, data, marks_for)
    points = _points(learned, data, marks_for)
    own = {f"{i['measure']}_points": p for i, p in zip(learned["indicators"], points, strict=True)}
    return {"tier_no": _scored.tier_of(learned, tiers, total), "score": total, **own}


def _total(learned: Model, data: Data, find: Marks) -> Floats:
    points = _points(learned, data, find)
    weights = [i["weight"] for i in learned["indicators"]]
    return np.round(weighted(points, weights, learned["missing"], len(data)), DECIMALS)


def _points(learned: Model, data: Data, find: Marks) -> list[Floats]:
    # The total comes from what the columns show, so that a spreadsheet comes to the same.
    return [np.round(find(i, data), PART_DECIMALS) for i in learned["indicators"]]


def next_steps(
    learned: Model,
    tiers: Sequence[Mapping[str, Any]],
    data: Data,
    spans: Mapping[str, Mapping[str, Any]],
) -> dict[str, Floats]:
    """The smallest change that lifts each tier; none is promised for categories."""
    return _scored.next_steps(
        learned, tiers, data, spans, total=_total, fitted=learned["indicators"]
    )
