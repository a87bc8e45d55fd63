"""Weighted scorecard: criteria of several indicators, each 0 to 100 points, and their total.

A criterion's score is the weighted mean of its indicators' points, the total that of the
criteria, to six decimals so that limits are met exactly. Indicators that the data do not have
are left out; what an unknown value of one customer counts as is a setting (``missing``). A
customer of whom nothing is known has no total and stands in the last tier.
"""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import field
from functools import cache
from importlib import resources
from typing import Annotated, Any

import numpy as np
from annotated_types import MinLen
from pydantic import TypeAdapter

from segmentation import indicator_problems
from segmentation.errors import DataError
from segmentation.indicators import (
    DECIMALS,
    PART_DECIMALS,
    Indicator,
    Marks,
    Missing,
    fit_group,
    group_points,
    marks_for,
    shares_of,
    weighted,
)
from segmentation.method import Data, Floats, Model
from segmentation.methods import _scored
from segmentation.scheme import DERIVED, MEASURES, Part
from segmentation.settings import Text, Weight, settings

# Their columns would be called as those of the three RFM scores.
_TAKEN = frozenset({"r", "f", "m"})


@settings
class Criterion:
    """One criterion; ``key`` names its column, ``<key>_score``."""

    key: Annotated[str, MinLen(1)]
    name: Text = field(default_factory=dict)
    weight: Weight | None = None
    indicators: Annotated[tuple[Indicator, ...], MinLen(1)]


@cache
def _shipped() -> tuple[Criterion, ...]:
    """The criteria of the default scheme, as far as orders alone give them."""
    file = resources.files("segmentation").joinpath("methods", "scorecard.toml")
    raw = tomllib.loads(file.read_text(encoding="utf-8"))["scorecard"]["criteria"]
    found = []
    for one in TypeAdapter(tuple[Criterion, ...]).validate_python(raw):
        own = [i for i in one.indicators if i.measure in (*MEASURES, *DERIVED)]
        shares = shares_of([i.weight for i in own]) if own else []
        listed = [dataclasses.replace(i, weight=s) for i, s in zip(own, shares, strict=True)]
        found += [dataclasses.replace(one, indicators=tuple(listed))] if listed else []
    shares = shares_of([c.weight for c in found])
    return tuple(dataclasses.replace(c, weight=s) for c, s in zip(found, shares, strict=True))


@settings
class Settings:
    """``missing``: what a customer's unknown value counts as (see ``indicators.weighted``)."""

    missing: Missing = "skip"
    criteria: Annotated[tuple[Criterion, ...], MinLen(1)] = field(default_factory=_shipped)


TIER_KEYS = _scored.TIER_KEYS
MONOTONE = True


def needs(part: Part) -> tuple[str, ...]:
    """The measures of all indicators."""
    return tuple(dict.fromkeys(i.measure for i in _indicators(part)))


def _indicators(part: Part) -> list[Indicator]:
    return [i for c in part.settings.criteria for i in c.indicators]


def problems(part: Part) -> list[tuple[str, str, dict[str, Any]]]:
    """Weights that do not sum, keys that stand twice, limits and points that do not match."""
    criteria: Sequence[Criterion] = part.settings.criteria
    where = "scorecard.criteria"
    found = indicator_problems.of_weights([c.weight for c in criteria], where)
    keys = [c.key for c in criteria]
    for i, key in enumerate(keys):
        if key in keys[:i]:
            found.append((f"{where}[{i}].key", "twice", {"value": key}))
        elif key in _TAKEN:
            found.append((f"{where}[{i}].key", "taken", {"value": key}))
    directions = []
    for i, one in enumerate(criteria):
        path = f"{where}[{i}].indicators"
        found += indicator_problems.of_indicators(one.indicators, path)
        directions += [(f"{path}[{j}]", k.measure, k.better) for j, k in enumerate(one.indicators)]
    found += indicator_problems.of_directions(directions)
    return found + _scored.tier_problems(part.tiers)


def fit(part: Part, data: Data) -> dict[str, Any]:
    """Cut points of all indicators and the weights as used.

    A criterion without any indicator in the data has weight 0. Raises DataError
    ``measure_absent`` where no indicator is left.
    """
    chosen: Settings = part.settings
    groups = [fit_group(c.indicators, data) for c in chosen.criteria]
    given = shares_of([c.weight for c in chosen.criteria])
    kept = [s if g["indicators"] else 0.0 for s, g in zip(given, groups, strict=True)]
    if not sum(kept):
        raise DataError("measure_absent", measure=chosen.criteria[0].indicators[0].measure)
    criteria = [
        {"key": c.key, "name": dict(c.name), "given": s, "weight": k / sum(kept), **g}
        for c, s, k, g in zip(chosen.criteria, given, kept, groups, strict=True)
    ]
    down = _scored.directions(i for g in groups for i in g["indicators"])
    learned = {"missing": chosen.missing, "criteria": criteria, "down": down}
    return {**learned, "tops": _scored.fit_tops(part.tiers, _total(learned, data, marks_for))}


def apply(learned: Model, tiers: Sequence[Mapping[str, Any]], data: Data) -> dict[str, Any]:
    """Tier numbers, the total, and ``<criterion>_score`` (NaN where nothing is known of it)."""
    scores = _scores(learned, data, marks_for)
    total = _total_of(learned, scores, len(data))
    own = {f"{c['key']}_score": s for c, s in zip(learned["criteria"], scores, strict=True)}
    return {"tier_no": _scored.tier_of(learned, tiers, total), "score": total, **own}


def _scores(learned: Model, data: Data, find: Marks) -> list[Floats]:
    # The total comes from what the columns show, so that a spreadsheet comes to the same.
    points = [group_points(c, learned["missing"], data, find) for c in learned["criteria"]]
    return [np.round(each, PART_DECIMALS) for each in points]


def _total_of(learned: Model, scores: Sequence[Floats], count: int) -> Floats:
    used = [(s, c["weight"]) for s, c in zip(scores, learned["criteria"], strict=True)]
    used = [(s, w) for s, w in used if w]
    total = weighted([s for s, _ in used], [w for _, w in used], learned["missing"], count)
    return np.round(total, DECIMALS)


def _total(learned: Model, data: Data, find: Marks) -> Floats:
    return _total_of(learned, _scores(learned, data, find), len(data))


def next_steps(
    learned: Model,
    tiers: Sequence[Mapping[str, Any]],
    data: Data,
    spans: Mapping[str, Mapping[str, Any]],
) -> dict[str, Floats]:
    """The smallest change that lifts each tier; none is promised for categories."""
    fitted = [i for c in learned["criteria"] for i in c["indicators"]]
    return _scored.next_steps(learned, tiers, data, spans, total=_total, fitted=fitted)
