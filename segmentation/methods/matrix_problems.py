"""What is wrong with a matrix: its grid against its axes and tiers, and each axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from segmentation import indicator_problems
from segmentation.indicators import Better
from segmentation.methods._axis import Axis
from segmentation.scheme import Part, Tier

Problem = tuple[str, str, dict[str, Any]]


def problems(part: Part) -> list[Problem]:
    """All of them, as (key path, code, parameters)."""
    chosen = part.settings
    found: list[Problem] = []
    ways: list[tuple[str, str, Better | None]] = []
    for key in ("rows", "columns"):
        axis: Axis = getattr(chosen, key)
        path = f"matrix.{key}"
        found += _of_axis(axis, path)
        ways += [
            (f"{path}.indicators[{i}]", k.measure, k.better) for i, k in enumerate(axis.indicators)
        ]
        ways += [(path, axis.measure, axis.better)] if axis.measure else []
    found += indicator_problems.of_directions(ways)
    found += _of_shape(chosen.grid, chosen.rows, chosen.columns)
    return found + _of_cells(chosen.grid, chosen.plus, part.tiers)


def _of_axis(axis: Axis, path: str) -> list[Problem]:
    found = indicator_problems.of_cut(axis, path)
    if axis.indicators:
        found += indicator_problems.of_indicators(axis.indicators, f"{path}.indicators")
        if axis.measure:
            found.append((f"{path}.measure", "one_of", {"keys": "measure, indicators"}))
        if axis.by == "table":
            found.append(
                (f"{path}.by", "choice", {"value": axis.by, "choices": "quantile, limits"})
            )
    elif not axis.measure:
        found.append((f"{path}.measure", "missing_key", {}))
    if axis.bins and axis.by != "quantile":
        found.append((f"{path}.bins", "unused_key", {"by": axis.by}))
    return found


def _of_shape(grid: Sequence[Sequence[Any]], rows: Axis, columns: Axis) -> list[Problem]:
    """As many rows and columns as the axes have levels, and names for all or none of them."""
    shape = len(grid), len(grid[0])
    wanted = rows.count or shape[0], columns.count or shape[1]
    found: list[Problem] = []
    widths = [len(row) for row in grid]
    if len(set(widths)) > 1:
        found.append(("matrix.grid", "ragged_grid", {"value": ", ".join(map(str, widths))}))
    elif wanted != shape:
        sizes = {"value": f"{shape[0]} × {shape[1]}", "wanted": f"{wanted[0]} × {wanted[1]}"}
        found.append(("matrix.grid", "grid_shape", sizes))
    for key, axis, count in (("rows", rows, shape[0]), ("columns", columns, shape[1])):
        if axis.levels and len(axis.levels) != count:
            names = {"value": len(axis.levels), "wanted": count}
            found.append((f"matrix.{key}.levels", "levels_count", names))
    return found


def _of_cells(
    grid: Sequence[Sequence[Any]], plus: str | None, tiers: Sequence[Tier]
) -> list[Problem]:
    """Cells are all numbers, or all name tiers that there are."""
    cells = [cell for row in grid for cell in row]
    texts = [cell for cell in cells if isinstance(cell, str)]
    if texts and len(texts) < len(cells):
        return [("matrix.grid", "mixed_cells", {})]
    if not texts:
        return [
            (f"tiers[{i}].min_score", "missing_key", {})
            for i, tier in enumerate(tiers[:-1])
            if tier.min_score is None
        ]
    known = {t.key for t in tiers} | {c for t in tiers for c in t.classes}
    shown = ", ".join(t.key for t in tiers)
    found: list[Problem] = [
        ("matrix.grid", "unknown_tier", {"value": cell, "choices": shown})
        for cell in dict.fromkeys(texts)
        if cell not in known
    ]
    if plus:
        found.append(("matrix.plus", "plus_needs_numbers", {}))
    return found
