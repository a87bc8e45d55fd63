"""One axis of a matrix: a measure, or a total of indicators, cut into levels (1 is best)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Literal

import numpy as np

from segmentation.errors import DataError
from segmentation.indicators import (
    DECIMALS,
    Better,
    Bins,
    Fitted,
    Indicator,
    Marks,
    Missing,
    fit_group,
    fit_limits,
    fit_quantiles,
    fit_table,
    group_points,
    is_less,
    known_values,
    marks_for,
    marks_of,
)
from segmentation.method import Data, Floats, Ints
from segmentation.settings import Ascending, Count, Flag, Text, settings

_TOTAL = "total"


@settings
class Axis:
    """``measure``, or a total of ``indicators``, cut ``by`` quantile, limits or a table.

    ``bins`` is the number of levels by quantile; left out, as many as the grid has. ``missing``
    is the level of a customer whose value is unknown: ``lowest`` or ``middle``; with indicators
    it is also what an unknown one of them counts as, where ``skip`` leaves it out.
    """

    name: Text = field(default_factory=dict)
    measure: str | None = None
    indicators: tuple[Indicator, ...] = ()
    by: Literal["quantile", "limits", "table"] = "quantile"
    bins: Bins | None = None
    limits: Ascending = ()
    inclusive: Flag = True
    table: Mapping[str, Count] = field(default_factory=dict)
    better: Better | None = None
    missing: Missing = "skip"
    levels: tuple[Text, ...] = ()

    @property
    def measures(self) -> list[str]:
        return [i.measure for i in self.indicators] or ([self.measure] if self.measure else [])

    @property
    def count(self) -> int | None:
        """How many levels the settings make; None where the grid says it."""
        if self.by == "limits":
            return len(self.limits) + 1 if self.limits else None
        return max(self.table.values(), default=None) if self.by == "table" else self.bins


def fit_axis(axis: Axis, count: int, data: Data) -> dict[str, Any]:
    """An axis of ``count`` levels as plain data.

    Raises DataError ``measure_absent`` where the data have none of its measures.
    """
    group = fit_group(axis.indicators, data) if axis.indicators else None
    scale = _scale_of_total(axis, group, count, data) if group else _scale(axis, count, data)
    if scale is None:
        raise DataError("measure_absent", measure=(axis.measures or [""])[0])
    # Names such as those of hospital grades would be untrue of what only stands in for them.
    stands_in = not group and axis.measure in data.stands_in
    return {
        "name": dict(axis.name),
        "names": [] if stands_in else [dict(n) for n in axis.levels],
        "levels": count,
        "missing": axis.missing,
        "group": group,
        "scale": scale,
    }


def _scale(axis: Axis, count: int, data: Data) -> dict[str, Any] | None:
    """How one measure becomes levels; None where no customer's value is known."""
    measure = str(axis.measure)
    if axis.by == "table" and (table := fit_table(measure, axis.table, data)) is not None:
        return table if table["known"] else None
    known = known_values(measure, data)
    less = is_less(measure, axis.better, data)
    own = axis.by == "limits" and measure not in data.stands_in
    return _cut(axis, measure, known, count, less=less, own=own) if len(known) else None


def _scale_of_total(
    axis: Axis, group: Mapping[str, Any], count: int, data: Data
) -> dict[str, Any] | None:
    if not group["indicators"]:
        return None
    total = _total(group, axis.missing, data, marks_for)
    known = total[~np.isnan(total)]
    return _cut(axis, _TOTAL, known, count, less=False, own=axis.by == "limits")


def _cut(
    axis: Axis, measure: str, known: Floats, count: int, *, less: bool, own: bool
) -> dict[str, Any]:
    """Levels along rising values: 1, 2, 3 where less is better, 3, 2, 1 else."""
    marks = [float(i + 1) for i in range(count)]
    marks = marks if less else marks[::-1]
    if own:
        return fit_limits(measure, axis.limits, marks, inclusive=axis.inclusive, less=less)
    return fit_quantiles(measure, known, marks, middle=float(count // 2 + 1), less=less)


def _total(group: Mapping[str, Any], missing: str, data: Data, find: Marks) -> Floats:
    return np.round(group_points(group, missing, data, find), DECIMALS)


def levels(axis: Mapping[str, Any], data: Data, find: Marks) -> Ints:
    """The level of each customer, 1 is best."""
    if axis["group"]:
        total = _total(axis["group"], axis["missing"], data, find)
        found = marks_of(axis["scale"], total)
    else:
        found = find(axis["scale"], data)
    count = axis["levels"]
    unknown = count // 2 + 1 if axis["missing"] == "middle" else count
    known = np.where(np.isnan(found), unknown, found)
    return np.clip(known, 1, count).astype(np.int64)


def fitted_of(axis: Mapping[str, Any]) -> list[Fitted]:
    """What of an axis goes by a measure of the data."""
    return axis["group"]["indicators"] if axis["group"] else [axis["scale"]]
