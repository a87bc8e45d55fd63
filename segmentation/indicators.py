"""Indicators: measures as points, 0 to 100, higher is better, and their weighted mean.

What is fitted is plain data: ``cuts`` with the ``marks`` between them (along rising values),
``low`` and ``high``, or a ``table`` of categories. Where all customers that are fitted have the
same value, that value gets the middle mark, better ones the best, worse ones the worst. A
measure that stands in for a column of the user's own (see ``Data.stands_in``) has other units
than the limits or categories of that column: it is cut by quantile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from typing import Annotated, Any, Literal

import numpy as np
from annotated_types import Ge, Le, MinLen

from segmentation import bins
from segmentation.method import Data, Floats
from segmentation.scheme import SMALLER_IS_BETTER
from segmentation.settings import Ascending, Flag, Number, Weight, Whole, settings

DECIMALS = 6
# Finer than the total's: a rounded part must not decide how the total is rounded.
PART_DECIMALS = 9
_FILL = {"lowest": 0.0, "middle": 50.0}
_STAND_IN_BINS = 5

Missing = Literal["skip", "lowest", "middle"]
Better = Literal["more", "less"]
Points = Annotated[Number, Ge(0), Le(100)]
Bins = Annotated[Whole, Ge(2), Le(100)]
Fitted = Mapping[str, Any]
Marks = Callable[[Fitted, Data], Floats]


@settings
class Indicator:
    """How one measure becomes points.

    ``by`` quantile: ``bins`` scores, points evenly from 0 to 100. minmax: evenly between the
    worst and the best value, values outside at the ends. limits: ``points`` between and beyond
    the ``limits``, along rising values; who stands on a limit has reached it (is on its better
    side) if ``inclusive``. table: points by category or number, others are unknown.
    """

    measure: str
    weight: Weight | None = None
    by: Literal["quantile", "minmax", "limits", "table"] = "quantile"
    bins: Bins = 5
    limits: Ascending = ()
    inclusive: Flag = True
    points: Annotated[tuple[Points, ...], MinLen(1)] = ()
    table: Mapping[str, Points] = field(default_factory=dict)
    better: Better | None = None


def fit_indicator(chosen: Indicator, data: Data) -> dict[str, Any] | None:
    """One indicator as plain data; None where no customer's value is known."""
    measure = chosen.measure
    less = is_less(measure, chosen.better, data)
    stands_in = measure in data.stands_in
    if chosen.by == "table" and (table := fit_table(measure, chosen.table, data)) is not None:
        return table if table["known"] else None
    known = known_values(measure, data)
    if not len(known):
        return None
    if chosen.by == "minmax":
        low, high = float(known.min()), float(known.max())
        best = {"best": 100.0, "middle": 50.0, "worst": 0.0}
        ends = {"low": low, "high": high} if low < high else {"constant": low, **best}
        return {"measure": measure, "by": "minmax", "less": less, **ends}
    if chosen.by == "limits" and not stands_in:
        marks = chosen.points or evenly(len(chosen.limits) + 1, less=less)
        return fit_limits(measure, chosen.limits, marks, inclusive=chosen.inclusive, less=less)
    count = {"quantile": chosen.bins, "limits": len(chosen.limits) + 1}.get(chosen.by)
    marks = evenly(count or _STAND_IN_BINS, less=less)
    return fit_quantiles(measure, known, marks, middle=50.0, less=less)


def evenly(count: int, *, less: bool) -> list[float]:
    """Points from 0 to 100 (or down, where less is better), along rising values."""
    marks = [100.0 * i / (count - 1) for i in range(count)]
    return marks[::-1] if less else marks


def is_less(measure: str, better: Better | None, data: Data) -> bool:
    """Whether less is better: as said, else as the measure (or what stands in for it) has it."""
    stand_in = data.stands_in.get(measure)
    if stand_in or better is None:
        return (stand_in or measure) in SMALLER_IS_BETTER
    return better == "less"


def known_values(measure: str, data: Data) -> Floats:
    """The known values of a measure, ascending or not, without the unknown ones."""
    values = data.values.get(measure)
    return np.empty(0) if values is None else values[~np.isnan(values)]


def fit_limits(
    measure: str, limits: Sequence[float], marks: Sequence[float], *, inclusive: bool, less: bool
) -> dict[str, Any]:
    """Fixed cut points: whoever stands on one is on its better side if ``inclusive``."""
    closed = "left" if inclusive != less else "right"
    cuts, marks = [float(v) for v in limits], [float(m) for m in marks]
    return {
        "measure": measure,
        "by": "limits",
        "less": less,
        "cuts": cuts,
        "marks": marks,
        "closed": closed,
    }


def fit_quantiles(
    measure: str, known: Floats, marks: Sequence[float], *, middle: float, less: bool
) -> dict[str, Any]:
    """As many bins as there are marks; a value on a cut point belongs below it."""
    fitted = {"measure": measure, "by": "quantile", "less": less}
    if known.min() == known.max():
        ends = marks[::-1] if less else marks
        best = {"best": float(ends[-1]), "middle": middle, "worst": float(ends[0])}
        return {**fitted, "constant": float(known[0]), **best}
    cuts = bins.fit_cuts(known, bins=len(marks))
    return {**fitted, "cuts": cuts, "marks": [float(m) for m in marks], "closed": "right"}


def fit_table(measure: str, table: Mapping[str, float], data: Data) -> dict[str, Any] | None:
    """Marks by category, or by number; None where numbers stand where categories were meant.

    ``known`` tells whether any customer's category is in the table.
    """
    named = {_folded(k): float(v) for k, v in table.items()}
    if measure not in data.texts:
        numbers = [as_number(k) for k in named]
        if measure in data.stands_in or None in numbers:
            return None
        named = {f"{n:g}": v for n, v in zip(numbers, named.values(), strict=True)}
    fitted = {"measure": measure, "by": "table", "table": named}
    return {**fitted, "known": not bool(np.isnan(marks_for(fitted, data)).all())}


def _folded(category: str) -> str:
    return category.strip().casefold()


def as_number(text: str) -> float | None:
    """The number that a key of a table is, if it is one."""
    try:
        return float(text)
    except ValueError:
        return None


def marks_for(fitted: Fitted, data: Data) -> Floats:
    """What each customer gets; NaN where its value is unknown."""
    measure = fitted["measure"]
    if fitted["by"] == "table" and measure in data.texts:
        return _by_text(fitted["table"], data.texts[measure])
    values = data.values.get(measure)
    return np.full(len(data), np.nan) if values is None else marks_of(fitted, values)


def marks_of(fitted: Fitted, values: Floats) -> Floats:
    """The same for bare numbers."""
    if fitted["by"] == "table":
        return _by_number(fitted["table"], values)
    if "constant" in fitted:
        side = np.sign(values - fitted["constant"]) * (-1 if fitted["less"] else 1)
        ends = np.where(side > 0, fitted["best"], fitted["worst"])
        return np.where(np.isnan(side), np.nan, np.where(side == 0, fitted["middle"], ends))
    if "cuts" in fitted:
        numbers = bins.bin_numbers(values, fitted["cuts"], closed=fitted["closed"]) - 1
        return np.where(np.isnan(values), np.nan, np.asarray(fitted["marks"])[numbers])
    low, high = fitted["low"], fitted["high"]
    above = high - values if fitted["less"] else values - low
    points: Floats = np.clip(above / (high - low) * 100, 0, 100)
    return points


def _by_text(table: Mapping[str, float], texts: Sequence[str | None]) -> Floats:
    found = {t: None if t is None else table.get(_folded(t)) for t in set(texts)}
    # None becomes NaN.
    return np.array([*map(found.__getitem__, texts)], dtype=np.float64)


def _by_number(table: Mapping[str, float], values: Floats) -> Floats:
    result = np.full(len(values), np.nan)
    for number, mark in table.items():
        result[values == float(number)] = mark
    return result


class Remembered:
    """Marks that are worked out again only where the measure has changed.

    Trying a change of one measure at a time, as ``lifting`` does, then costs one indicator.
    """

    def __init__(self) -> None:
        self._kept: dict[int, tuple[object, Floats]] = {}

    def __call__(self, fitted: Fitted, data: Data) -> Floats:
        measure = fitted["measure"]
        source: object = data.texts.get(measure, data.values.get(measure))
        kept = self._kept.get(id(fitted))
        if kept is None or kept[0] is not source or source is None:
            kept = (source, marks_for(fitted, data))
            self._kept[id(fitted)] = kept
        return kept[1]


def fit_group(indicators: Sequence[Indicator], data: Data) -> dict[str, Any]:
    """Several indicators with the weights as used, which sum to 1.

    ``absent`` lists those that no customer has, with the weight that they were given;
    ``indicators`` is empty where nothing that counts is left.
    """
    shares = shares_of([i.weight for i in indicators])
    fitted = [fit_indicator(i, data) for i in indicators]
    used = sum(s for s, f in zip(shares, fitted, strict=True) if f)
    found, absent = [], []
    for chosen, share, one in zip(indicators, shares, fitted, strict=True):
        if one is None or used <= 0:
            absent.append({"measure": chosen.measure, "given": share})
        else:
            found.append({**one, "given": share, "weight": share / used})
    return {"indicators": found, "absent": absent}


def shares_of(weights: Sequence[float | None]) -> list[float]:
    """Weights as shares of their sum; alike where none is given."""
    if all(w is None for w in weights):
        return [1 / len(weights)] * len(weights)
    total = sum(w or 0 for w in weights)
    return [(w or 0) / total if total else 0.0 for w in weights]


def weighted(parts: Iterable[Floats], weights: Iterable[float], missing: str, count: int) -> Floats:
    """Weighted mean of points; NaN where nothing is known that counts.

    ``missing`` says what an unknown one counts as: skip (the others count for more), lowest (0)
    or middle (50).
    """
    total, mass = np.zeros(count), np.zeros(count)
    for points, weight in zip(parts, weights, strict=True):
        unknown = np.isnan(points)
        fill = _FILL.get(missing)
        total += weight * np.where(unknown, fill or 0.0, points)
        mass += weight * np.where(unknown & (fill is None), 0.0, 1.0)
    mean: Floats = np.divide(total, mass, out=np.full(count, np.nan), where=mass > 0)
    return mean


def group_points(group: Mapping[str, Any], missing: str, data: Data, find: Marks) -> Floats:
    """The weighted mean of one group of indicators."""
    parts = [find(i, data) for i in group["indicators"]]
    return weighted(parts, [i["weight"] for i in group["indicators"]], missing, len(data))
