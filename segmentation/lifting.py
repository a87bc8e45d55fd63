"""The smallest change that lifts a tier, found by trying and never guessed.

Measures move in steps: whole days and orders, cents, or the last decimal that a column has.
``spans`` says how, per measure: ``step``, ``best`` (the furthest value tried) and ``down`` (true
where smaller is better).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from segmentation.bins import decimals_of
from segmentation.method import Data, Floats, Grade, Ints

Spans = Mapping[str, Mapping[str, Any]]
_EXACT = 2.0**52


def nothing(spans: Spans, count: int) -> dict[str, Floats]:
    """A result in which nothing lifts anybody."""
    return {f"next_{m}": np.full(count, np.nan) for m in (*spans, "tier")}


def smallest_change(grade: Grade, data: Data, spans: Spans) -> dict[str, Floats]:
    """For methods in which a better measure never lowers the tier.

    Per customer the target values of the cheapest change that lifts the tier:
    ``next_<measure>`` (NaN where that measure may stay) and ``next_tier``. One measure is changed
    where one is enough, the one whose change is smallest beside today's value; else several, each
    no further than needed. A step less of any named change lifts nothing.
    """
    result = nothing(spans, len(data))
    now = grade(data)
    left = np.flatnonzero(now > 0)
    if not len(left):
        return result
    some, tier = data.some(left), now[left]
    cost = np.full(len(left), np.inf)
    for measure in spans:
        target = _least(grade, some, tier, measure, spans[measure])
        change = _relative(target, some.values[measure], spans[measure])
        win = change < cost
        cost[win] = change[win]
        for other in spans:
            result[f"next_{other}"][left[win]] = target[win] if other == measure else np.nan
    stuck = np.flatnonzero(np.isinf(cost))
    if len(stuck) and len(spans) > 1:
        joint = _together(grade, some.some(stuck), tier[stuck], spans)
        for measure in spans:
            result[f"next_{measure}"][left[stuck]] = joint[measure]
    _name_tier(grade, data, spans, result)
    return result


def change_of(grade: Grade, data: Data, spans: Spans, movable: Spans) -> dict[str, Floats]:
    """``smallest_change`` where only some of the measures may move; the others stay."""
    return nothing(spans, len(data)) | smallest_change(grade, data, movable)


def _relative(target: Floats, now: Floats, span: Mapping[str, Any]) -> Floats:
    change = np.abs(target - now) / np.maximum(np.abs(now), span["step"])
    return np.where(np.isnan(change), np.inf, change)


def _name_tier(grade: Grade, data: Data, spans: Spans, result: dict[str, Floats]) -> None:
    """The tier that the named changes lead to."""
    targets = {m: result[f"next_{m}"] for m in spans}
    moved = ~np.all([np.isnan(t) for t in targets.values()], axis=0)
    goals = {m: np.where(np.isnan(t), data.values[m], t) for m, t in targets.items()}
    result["next_tier"] = np.where(moved, grade(data.changed(goals)), np.nan)


def _steps(now: Floats, span: Mapping[str, Any]) -> tuple[Floats, Ints]:
    """The first step on the better side of ``now`` (on the grid of steps), and how many follow."""
    step, sign = span["step"], -1.0 if span["down"] else 1.0
    # Values carry float noise: 0.29 / 0.01 is 28.999999999999996.
    grid = np.floor(np.round(sign * now / step, 6)) + 1
    last = np.floor(np.round(sign * span["best"] / step, 6))
    count = np.where(np.isnan(now), 0, np.clip(last - grid + 1, 0, _EXACT))
    return grid, count.astype(np.int64)


def _value(grid: Floats, span: Mapping[str, Any]) -> Floats:
    sign = -1.0 if span["down"] else 1.0
    # Adding zero makes 0 of -0, which a reader would see as "-0".
    rounded: Floats = np.round(sign * grid * span["step"], decimals_of(span["step"])) + 0.0
    return rounded


def _least(grade: Grade, data: Data, tier: Ints, measure: str, span: Mapping[str, Any]) -> Floats:
    """The nearest value of one measure that lifts each customer, by halving; NaN where none."""
    now = data.values[measure]
    grid, count = _steps(now, span)
    low, high = np.zeros(len(now), dtype=np.int64), count - 1

    def lifts(step: Ints) -> Any:
        goal = np.where(count > 0, _value(grid + step, span), now)
        return grade(data.changed({measure: goal})) < tier

    can = (count > 0) & lifts(np.maximum(high, 0))
    high = np.where(can, high, low)
    while bool((low < high).any()):
        middle = (low + high) // 2
        enough = lifts(middle)
        high = np.where(enough, middle, high)
        low = np.where(enough | (low >= high), low, middle + 1)
    return np.where(can, _value(grid + low, span), np.nan)


def _together(grade: Grade, data: Data, tier: Ints, spans: Spans) -> dict[str, Floats]:
    """Several measures at once: all as good as can be, then each taken back as far as it goes."""
    goals = {}
    for measure, span in spans.items():
        grid, count = _steps(data.values[measure], span)
        best = _value(grid + count - 1, span)
        goals[measure] = np.where(count > 0, best, data.values[measure])
    can = grade(data.changed(goals)) < tier
    for measure, span in spans.items():
        now = data.values[measure]
        rest = data.changed({**goals, measure: now})
        needless = grade(rest) < tier
        least = _least(grade, rest, tier, measure, span)
        goals[measure] = np.where(needless, now, np.where(np.isnan(least), goals[measure], least))
    return {m: np.where(can & (goals[m] != data.values[m]), goals[m], np.nan) for m in spans}


def first_that_lifts(
    grade: Grade, data: Data, spans: Spans, candidates: Mapping[str, Sequence[Floats]]
) -> dict[str, Floats]:
    """For methods in which a better measure may also lower the tier.

    ``candidates`` are, per measure, the values at which the tier can change (one number per
    customer each; only those on the better side are tried, after rounding up to a step). One
    measure is changed, the one whose change is smallest beside today's value.
    """
    result = nothing(spans, len(data))
    now = grade(data)
    cost = np.full(len(data), np.inf)
    for measure, points in candidates.items():
        span, today = spans[measure], data.values[measure]
        first, count = _steps(today, span)
        sign = -1.0 if span["down"] else 1.0
        for point in points:
            at = np.floor(np.round(sign * np.asarray(point) / span["step"], 6))
            # The point itself may still belong to the worse side, the next step does not.
            for grid in (at, at + 1):
                near = np.maximum(grid, first)
                possible = (near - first < count) & np.isfinite(near)
                goal = np.where(possible, _value(np.where(possible, near, 0), span), today)
                change = _relative(goal, today, span)
                lifts = possible & (grade(data.changed({measure: goal})) < now)
                win = lifts & (change < cost)
                cost[win] = change[win]
                for other in spans:
                    result[f"next_{other}"][win] = goal[win] if other == measure else np.nan
    _name_tier(grade, data, spans, result)
    return result


def toward(
    grade: Grade,
    data: Data,
    spans: Spans,
    goals: Sequence[Mapping[str, Floats]],
    crossings: Callable[[Data, str], Sequence[Floats]],
) -> dict[str, Floats]:
    """Several measures at once, where a better one alone may lower the tier or is not enough.

    Each of ``goals`` is tried: values per measure and customer to go to (only for the better; NaN
    stays). Each measure is then taken back as far as it goes; ``crossings(data, measure)`` are the
    values at which the tier can change there. The cheapest change is named, if a step less of any
    part of it lifts nothing.
    """
    result = nothing(spans, len(data))
    now = grade(data)
    cost = np.full(len(data), np.inf)
    for goal in goals:
        found = {m: _reached(goal[m], data.values[m], spans[m]) for m in spans if m in goal}
        can = grade(data.changed(found)) < now
        for measure, value in list(found.items()):
            rest = data.changed({**found, measure: data.values[measure]})
            moves = _Moves(measure=measure, span=spans[measure], points=crossings(rest, measure))
            back = _taken_back(grade, rest, now, value, moves)
            found[measure] = np.where(can, back, value)
        change = np.zeros(len(data))
        for measure, value in found.items():
            today, span = data.values[measure], spans[measure]
            moved = value != today
            change += np.where(moved, _relative(value, today, span), 0.0)
            less = np.where(moved, _one_back(value, today, span), today)
            can &= ~moved | (grade(data.changed({**found, measure: less})) >= now)
        win = can & (change > 0) & (change < cost)
        cost[win] = change[win]
        for measure in spans:
            value = found.get(measure, data.values[measure])
            named = np.where(value != data.values[measure], value, np.nan)
            result[f"next_{measure}"][win] = named[win]
    _name_tier(grade, data, spans, result)
    return result


def _reached(goal: Floats, today: Floats, span: Mapping[str, Any]) -> Floats:
    """The first step at or past a goal on the better side; today's value where there is none."""
    sign = -1.0 if span["down"] else 1.0
    first, count = _steps(today, span)
    grid = np.maximum(np.ceil(np.round(sign * goal / span["step"], 6)), first)
    can = (sign * goal > sign * today) & np.isfinite(grid) & (grid - first < count)
    return np.where(can, _value(np.where(can, grid, 0), span), today)


@dataclass(frozen=True, kw_only=True)
class _Moves:
    """One measure, how it moves, and the values at which the tier can change."""

    measure: str
    span: Mapping[str, Any]
    points: Sequence[Floats]


def _taken_back(grade: Grade, data: Data, now: Ints, goal: Floats, moves: _Moves) -> Floats:
    """The value nearest to today's (``data`` has it) that still lifts, all else as in ``data``."""
    span, today = moves.span, data.values[moves.measure]
    sign = -1.0 if span["down"] else 1.0
    first, _ = _steps(today, span)
    best = np.where(grade(data) < now, today, goal)
    for point in moves.points:
        at = np.floor(np.round(sign * np.asarray(point) / span["step"], 6))
        for grid in (at, at + 1):
            near = np.maximum(grid, first)
            sure = np.isfinite(near)
            value = np.where(sure, _value(np.where(sure, near, 0), span), best)
            nearer = sign * value < sign * best
            goal_here = {moves.measure: np.where(nearer, value, best)}
            best = np.where(nearer & (grade(data.changed(goal_here)) < now), value, best)
    return best


def _one_back(value: Floats, today: Floats, span: Mapping[str, Any]) -> Floats:
    sign = -1.0 if span["down"] else 1.0
    back = _value(np.round(sign * value / span["step"]) - 1, span)
    return np.where(sign * back > sign * today, back, today)


def spans_of(data: Data, measures: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """How each measure can move, from the customers that are fitted.

    ``measures``: per measure ``down`` and, where there is one, ``most`` (the highest value that
    exists) and ``limits`` (numbers of the settings that must be in reach).
    """
    spans = {}
    for measure, wish in measures.items():
        values = data.values[measure]
        known = values[~np.isnan(values)]
        if not len(known):
            continue
        step = 10.0 ** -_decimals(measure, known)
        numbers = [*wish.get("limits", ()), float(np.abs(known).max()), step]
        far = 10 * max(map(abs, numbers))
        best = min(0.0, float(known.min())) if wish["down"] else far
        if wish.get("most") is not None and not wish["down"]:
            best = float(wish["most"])
        spans[measure] = {"step": step, "best": best, "down": bool(wish["down"])}
    return spans


_DECIMALS = {
    "recency": 0,
    "monetary": 2,
    "mean_order": 2,
    "interval": 1,
    "growth": 2,
    "return_share": 2,
    "repeat_rate": 2,
    "repeat_mean": 2,
}
_MOST_DECIMALS = 4


def _decimals(measure: str, known: Floats) -> int:
    """Decimals that the measure has: amounts two, others as many as their values show."""
    if measure in _DECIMALS:
        return _DECIMALS[measure]
    for decimals in range(_MOST_DECIMALS):
        if bool((np.round(known, decimals) == np.round(known, _MOST_DECIMALS + 4)).all()):
            return decimals
    return _MOST_DECIMALS
