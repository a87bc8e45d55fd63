"""What lifts a customer where rules are conditions: a way into the box of a better rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from segmentation.lifting import Spans, first_that_lifts, toward
from segmentation.limits import ENDS
from segmentation.method import Data, Floats, Grade

Rules = Sequence[Mapping[str, Any]]


def next_steps(rules: Rules, grade: Grade, data: Data, spans: Spans) -> dict[str, Floats]:
    """One measure to the nearest limit that lifts; else several, into the box of a rule."""
    limits = {m: _limits(rules, m) for m in spans}

    def crossings(some: Data, measure: str) -> list[Floats]:
        return [np.full(len(some), limit) for limit in limits[measure]]

    found = first_that_lifts(grade, data, spans, {m: crossings(data, m) for m in spans})
    stuck = np.flatnonzero(np.isnan(found["next_tier"]) & (grade(data) > 0))
    if len(stuck) and len(spans) > 1:
        some = data.some(stuck)
        goals = [_corner(rule, some, spans) for rule in rules]
        for key, target in toward(grade, some, spans, goals, crossings).items():
            found[key][stuck] = target
    return found


def _limits(rules: Rules, measure: str) -> list[float]:
    asked = [c for rule in rules for c in rule["conditions"] if c["measure"] == measure]
    return sorted({c[end] for c in asked for end in ENDS if end in c})


def _corner(rule: Mapping[str, Any], data: Data, spans: Spans) -> dict[str, Floats]:
    """The values nearest to the worse side that meet a rule; NaN where any will do."""
    goal = {m: np.full(len(data), np.nan) for m in spans}
    for condition in rule["conditions"]:
        span = spans.get(condition["measure"])
        if span is None:
            continue
        inner, outer = ("at_most", "below") if span["down"] else ("at_least", "above")
        past = -span["step"] / 2 if span["down"] else span["step"] / 2
        value = condition.get(inner, condition.get(outer, np.nan) + past)
        goal[condition["measure"]] = np.full(len(data), value)
    return goal
