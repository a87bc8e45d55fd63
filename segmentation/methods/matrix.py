"""Matrix: the levels of two axes (potential and value, say), and a tier for each cell.

The cells name tiers, or they are numbers: then the value of a further measure may be added (an
unknown one adds nothing), and the tiers take the sums from their ``min_score`` on. A customer
whose value on an axis is unknown stands at its worst or its middle level, as the axis says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Annotated, Any

import numpy as np
from annotated_types import MinLen
from pydantic import BeforeValidator

from segmentation.indicators import (
    DECIMALS,
    Bins,
    Fitted,
    Indicator,
    Marks,
    Remembered,
    fit_quantiles,
    is_less,
    known_values,
    marks_for,
)
from segmentation.method import Data, Floats, Ints, Model
from segmentation.methods import _axis, _scored, matrix_problems
from segmentation.methods._axis import Axis
from segmentation.scheme import Part
from segmentation.settings import Number, refused, settings


def _cell(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise refused("bad_cell")
    return value


Cell = Annotated[str | Number, BeforeValidator(_cell)]
Row = Annotated[tuple[Cell, ...], MinLen(1)]


@settings
class Settings:
    """``grid`` has a row per level of the first axis and a column per level of the second.

    ``plus`` is a measure whose value is added to a cell's number; where another measure stands
    in for it, that one is cut by quantile into 1 … ``plus_most``.
    """

    grid: Annotated[tuple[Row, ...], MinLen(1)] = (
        ("A", "A", "B"),
        ("A", "B", "C"),
        ("B", "C", "D"),
    )
    plus: str | None = None
    plus_most: Bins = 3
    rows: Axis = field(
        default_factory=lambda: Axis(
            indicators=(
                Indicator(measure="mean_order", weight=0.4),
                Indicator(measure="growth", weight=0.3),
                Indicator(measure="recency", weight=0.3),
            ),
        )
    )
    columns: Axis = field(default_factory=lambda: Axis(measure="monetary", missing="lowest"))


TIER_KEYS = ("min_score", "classes")
MONOTONE = True


def needs(part: Part) -> tuple[str, ...]:
    """The measures of both axes, and the one that is added."""
    chosen: Settings = part.settings
    plus = [chosen.plus] if chosen.plus else []
    return tuple(dict.fromkeys([*chosen.rows.measures, *chosen.columns.measures, *plus]))


def problems(part: Part) -> list[tuple[str, str, dict[str, Any]]]:
    """A grid that fits neither the axes nor the tiers, and what is wrong with an axis."""
    return matrix_problems.problems(part)


def fit(part: Part, data: Data) -> dict[str, Any]:
    """The axes' levels as plain data, and the grid.

    Raises DataError ``measure_absent`` where the data do not have an axis.
    """
    chosen: Settings = part.settings
    learned = {
        "grid": [list(row) for row in chosen.grid],
        "rows": _axis.fit_axis(chosen.rows, len(chosen.grid), data),
        "columns": _axis.fit_axis(chosen.columns, len(chosen.grid[0]), data),
        "plus": _fit_plus(chosen, data) if chosen.plus else None,
    }
    return {**learned, "down": _scored.directions(_fitted(learned))}


def _fitted(learned: Model) -> list[Fitted]:
    plus = [learned["plus"]] if learned["plus"] else []
    axes = [learned["rows"], learned["columns"]]
    return [*(f for axis in axes for f in _axis.fitted_of(axis)), *plus]


def _fit_plus(chosen: Settings, data: Data) -> dict[str, Any]:
    """What is added: the value as it is, or the stand-in's level."""
    measure = str(chosen.plus)
    known = known_values(measure, data)
    if measure not in data.stands_in or not len(known):
        return {"measure": measure, "by": "value", "less": False}
    marks = [float(i + 1) for i in range(chosen.plus_most)]
    less = is_less(measure, None, data)
    middle = float((chosen.plus_most + 1) // 2)
    return fit_quantiles(measure, known, marks[::-1] if less else marks, middle=middle, less=less)


def apply(learned: Model, tiers: Sequence[Mapping[str, Any]], data: Data) -> dict[str, Any]:
    """Tier numbers, the sum where the cells are numbers, and both levels (1 is best).

    ``added`` is what a further measure added to the cell's number, where there is one.
    """
    row, column, tier, total = _grade(learned, tiers, data, marks_for)
    plus = learned["plus"]
    more = {"added": _added(plus, data, marks_for)} if plus else {}
    return {"tier_no": tier, "score": total, "row_level": row, "column_level": column, **more}


def _grade(
    learned: Model, tiers: Sequence[Mapping[str, Any]], data: Data, find: Marks
) -> tuple[Ints, Ints, Ints, Floats]:
    row = _axis.levels(learned["rows"], data, find)
    column = _axis.levels(learned["columns"], data, find)
    if isinstance(learned["grid"][0][0], str):
        named = _cells_of(tiers)
        cells = [[named.get(cell, len(tiers) - 1) for cell in r] for r in learned["grid"]]
        tier = np.array(cells, dtype=np.int64)[row - 1, column - 1]
        return row, column, tier, np.full(len(data), np.nan)
    total = np.array(learned["grid"], dtype=np.float64)[row - 1, column - 1]
    if learned["plus"]:
        total = total + _added(learned["plus"], data, find)
    total = np.round(total, DECIMALS)
    return row, column, _scored.tier_of({}, tiers, total), total


def _cells_of(tiers: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """The tier of each word that a cell can hold: a tier's key, or one of its classes."""
    named = {c: i for i, t in enumerate(tiers) for c in t.get("classes") or ()}
    return {**named, **{t["key"]: i for i, t in enumerate(tiers)}}


def _added(plus: Fitted, data: Data, find: Marks) -> Floats:
    """What is added to a cell's number; nothing where it is unknown."""
    if plus["by"] == "value":
        values = data.values.get(plus["measure"])
        return np.zeros(len(data)) if values is None else np.nan_to_num(values)
    return np.nan_to_num(find(plus, data))


def next_steps(
    learned: Model,
    tiers: Sequence[Mapping[str, Any]],
    data: Data,
    spans: Mapping[str, Mapping[str, Any]],
) -> dict[str, Floats]:
    """The smallest change that lifts each tier; none is promised for categories."""
    find = Remembered()

    def grade(some: Data) -> Ints:
        return _grade(learned, tiers, some, find)[2]

    return _scored.promises(grade, _fitted(learned), data, spans)
