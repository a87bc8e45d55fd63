"""A table of points learned from tiers: so many points per limit that a customer reaches.

Tiers that come from a sum of scores need hundreds of boxes as a tree and a dozen limits as
points: the M-of-N rules of Murphy & Pazzani (1991), with whole points as in the scoring systems
of Ustun & Rudin (2016). Nothing is known here but measures and tiers: limits are found one by
one by least squares (forward selection with backfitting), then moved wherever that makes more
customers agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from segmentation import round_numbers
from segmentation.method import Floats, Ints
from segmentation.scheme import SMALLER_IS_BETTER

_SWEEPS = 10
_SCALES = (1, 2, 3, 4, 6, 8, 10)
# Finer points, and each limit, must be worth it: this share of the customers.
_WORTH = 0.001
_LEAST_HEIGHT = 0.05


@dataclass(frozen=True, kw_only=True)
class _Problem:
    """``ranks`` per measure, higher is better; ``goal`` 0 for the last tier, ``tiers - 1`` best."""

    ranks: list[Ints]
    sizes: list[int]
    goal: Ints
    tiers: int
    least: int


@dataclass(frozen=True, kw_only=True)
class _Table:
    """Limits as (measure, rank from which it is reached), their points, and goals by total."""

    limits: list[tuple[int, int]]
    points: list[int]
    goals: Ints
    agree: int


def learn(
    columns: Mapping[str, Floats], tier_no: Ints, tiers: int, *, most: int, least: int
) -> dict[str, Any] | None:
    """``points``: conditions with the points each gives; ``totals``: per tier the least total.

    ``most`` limits at most, each with ``least`` customers on either side. A tier that no total
    leads to has None. None where nothing can be learned.
    """
    better = [-v if m in SMALLER_IS_BETTER else v for m, v in columns.items()]
    uniques = [np.unique(v, return_inverse=True) for v in better]
    problem = _Problem(
        ranks=[inverse for _, inverse in uniques],
        sizes=[len(values) for values, _ in uniques],
        goal=tiers - 1 - tier_no,
        tiers=tiers,
        least=least,
    )
    limits, heights = _by_least_squares(problem, most)
    if not limits:
        return None
    best: _Table | None = None
    for scale in _SCALES:
        wanted = np.maximum(np.round(heights / heights.max() * scale), 1).astype(int).tolist()
        table = _improved(problem, _table(problem, limits, wanted))
        if best is None or table.agree > best.agree + _WORTH * len(tier_no):
            best = table
    assert best is not None
    best = _lean(problem, best)
    values = [v for v, _ in uniques]
    return {
        "points": [
            {**_condition(m, values[j], rank), "points": points}
            for m, j, rank, points in sorted(
                (list(columns)[j], j, rank, points)
                for (j, rank), points in zip(best.limits, best.points, strict=True)
            )
        ],
        "totals": [_least_total(best.goals, tiers - 1 - i) for i in range(tiers)],
    }


def _condition(measure: str, values: Floats, rank: int) -> dict[str, Any]:
    below, above = float(values[rank - 1]), float(values[rank])
    if measure in SMALLER_IS_BETTER:
        return {"measure": measure, "at_most": round_numbers.at_most(-above, -below)}
    return {"measure": measure, "at_least": round_numbers.at_least(below, above)}


def _least_total(goals: Ints, goal: int) -> int | None:
    found = np.flatnonzero(goals == goal)
    return int(found[0]) if len(found) else None


def _by_least_squares(problem: _Problem, most: int) -> tuple[list[tuple[int, int]], Floats]:
    """The limits whose steps, added up, come nearest to the tiers."""
    goal = problem.goal.astype(np.float64)
    limits: list[tuple[int, int]] = []
    rest = goal - goal.mean()
    while len(limits) < most:
        found = _best_step(problem, rest, limits)
        if found is None:
            break
        limits.append(found)
        rest = goal - _fitted(problem, limits, goal)[0]
    for _ in range(_SWEEPS):
        before = list(limits)
        for i in range(len(limits)):
            others = limits[:i] + limits[i + 1 :]
            found = _best_step(problem, goal - _fitted(problem, others, goal)[0], others)
            limits[i] = found or limits[i]
        if limits == before:
            break
    heights = _fitted(problem, limits, goal)[1]
    tall = [i for i, h in enumerate(heights) if h > _LEAST_HEIGHT * heights.max() > 0]
    return [limits[i] for i in tall], heights[tall]


def _best_step(
    problem: _Problem, rest: Floats, taken: list[tuple[int, int]]
) -> tuple[int, int] | None:
    """The limit that explains most of the rest, among those that mean better."""
    best, gain = None, 1e-9 * max(1.0, float(rest @ rest))
    for j, (ranks, size) in enumerate(zip(problem.ranks, problem.sizes, strict=True)):
        count = np.cumsum(np.bincount(ranks, minlength=size))[:-1]
        total = np.cumsum(np.bincount(ranks, weights=rest, minlength=size))[:-1]
        above = len(rest) - count
        sure = (count >= problem.least) & (above >= problem.least)
        sure[[rank - 1 for i, rank in taken if i == j]] = False
        step = (rest.sum() - total) / above - total / count
        worth = np.where(sure & (step > 0), step**2 * count * above / len(rest), 0.0)
        if len(worth) and worth.max() > gain:
            gain, best = float(worth.max()), (j, int(np.argmax(worth)) + 1)
    return best


def _fitted(
    problem: _Problem, limits: list[tuple[int, int]], goal: Floats
) -> tuple[Floats, Floats]:
    columns = [np.ones(len(goal)), *(problem.ranks[j] >= rank for j, rank in limits)]
    design = np.column_stack(columns).astype(np.float64)
    # Normal equations: a dozen unknowns, and fast with very many customers.
    heights = np.linalg.lstsq(design.T @ design, design.T @ goal, rcond=None)[0]
    return np.asarray(design @ heights), np.asarray(heights[1:])


def _table(problem: _Problem, limits: list[tuple[int, int]], points: list[int]) -> _Table:
    """The table with the totals for each tier at which most customers agree."""
    total = _total(problem, limits, points)
    counts = np.zeros((sum(points) + 1, problem.tiers))
    np.add.at(counts, (total, problem.goal), 1)
    # Goals never fall as totals rise: the best so far, for each goal of the total at hand.
    best = counts[0]
    came = []
    for row in counts[1:]:
        top = np.maximum.accumulate(best)
        came.append(np.array([int(np.argmax(best[: g + 1])) for g in range(problem.tiers)]))
        best = top + row
    goals = np.zeros(len(counts), dtype=np.int64)
    goals[-1] = int(np.argmax(best))
    for i in range(len(came) - 1, -1, -1):
        goals[i] = came[i][goals[i + 1]]
    return _Table(limits=limits, points=points, goals=goals, agree=int(best.max()))


def _total(problem: _Problem, limits: list[tuple[int, int]], points: list[int]) -> Ints:
    total = np.zeros(len(problem.goal), dtype=np.int64)
    for (j, rank), each in zip(limits, points, strict=True):
        total += each * (problem.ranks[j] >= rank)
    return total


def _improved(problem: _Problem, table: _Table) -> _Table:
    """Limits moved, points changed by one, as long as more customers agree."""
    for _ in range(_SWEEPS):
        before = table.agree
        for i in range(len(table.limits)):
            table = _moved(problem, table, i)
            for step in (-1, 1):
                points = [*table.points]
                points[i] += step
                if points[i] > 0:
                    other = _table(problem, table.limits, points)
                    table = other if other.agree > table.agree else table
        if table.agree == before:
            break
    return table


def _moved(problem: _Problem, table: _Table, i: int) -> _Table:
    """One limit put where most customers agree, all else kept."""
    (j, rank), points = table.limits[i], table.points[i]
    ranks, size = problem.ranks[j], problem.sizes[j]
    without = _total(problem, table.limits, table.points) - points * (ranks >= rank)
    missed, reached = (
        np.bincount(ranks, weights=table.goals[without + more] == problem.goal, minlength=size)
        for more in (0, points)
    )
    count = np.cumsum(np.bincount(ranks, minlength=size))[:-1]
    sure = (count >= problem.least) & (len(ranks) - count >= problem.least)
    agree = np.cumsum(missed)[:-1] + reached.sum() - np.cumsum(reached)[:-1]
    sure[[r - 1 for n, (k, r) in enumerate(table.limits) if k == j and n != i]] = False
    agree = np.where(sure, agree, -1)
    if agree.max() <= table.agree:
        return table
    limits = [*table.limits]
    limits[i] = (j, int(np.argmax(agree)) + 1)
    return _table(problem, limits, table.points)


def _lean(problem: _Problem, table: _Table) -> _Table:
    """Without the limits that hardly any customer's tier hangs on."""
    while len(table.limits) > 1:
        fewer = [
            _table(problem, _without(table.limits, i), _without(table.points, i))
            for i in range(len(table.limits))
        ]
        best = max(fewer, key=lambda each: each.agree)
        if best.agree < table.agree - _WORTH * len(problem.goal):
            break
        table = best
    return table


def _without(items: list[Any], i: int) -> list[Any]:
    return items[:i] + items[i + 1 :]
