"""What is wrong with indicators and their weights, as (key path, code, parameters)."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from segmentation.indicators import Better, Indicator, as_number
from segmentation.scheme import SMALLER_IS_BETTER, ColumnSettings

Problem = tuple[str, str, dict[str, Any]]
# Which keys say something where a measure is cut in which way.
_USED = {
    "quantile": ("bins",),
    "minmax": (),
    "limits": ("limits", "points"),
    "table": ("table",),
}
_SUMS = (1.0, 100.0)
_CLOSE = 1e-6


class Cut(Protocol):
    """What indicators and the axes of a matrix have in common."""

    @property
    def by(self) -> str: ...
    @property
    def limits(self) -> tuple[float, ...]: ...
    @property
    def table(self) -> Mapping[str, Any]: ...


def of_indicators(indicators: Sequence[Indicator], where: str) -> list[Problem]:
    """Problems of a list of indicators; ``where`` is its key path."""
    found: list[Problem] = []
    for i, one in enumerate(indicators):
        path = f"{where}[{i}]"
        found += of_cut(one, path)
        found += _of_points(one, path)
    return found + of_weights([i.weight for i in indicators], where)


def of_cut(one: Cut, path: str) -> list[Problem]:
    """Keys that are missing for the way a measure is cut, and keys that say nothing there."""
    found: list[Problem] = []
    if one.by in ("limits", "table") and not getattr(one, one.by):
        found.append((f"{path}.{one.by}", "missing_key", {}))
    for key in ("limits", "points", "table"):
        if getattr(one, key, None) and key not in _USED[one.by]:
            found.append((f"{path}.{key}", "unused_key", {"by": one.by}))
    return found


def _of_points(one: Indicator, path: str) -> list[Problem]:
    if one.by != "limits" or not one.points or not one.limits:
        return []
    wanted = len(one.limits) + 1
    if len(one.points) != wanted:
        params = {"value": len(one.points), "wanted": wanted}
        return [(f"{path}.points", "points_count", params)]
    less = one.measure in SMALLER_IS_BETTER if one.better is None else one.better == "less"
    along = one.points[::-1] if less else one.points
    if any(b < a for a, b in itertools.pairwise(along)):
        shown = ", ".join(f"{p:g}" for p in one.points)
        return [(f"{path}.points", "points_order", {"value": shown})]
    return []


def of_weights(weights: Sequence[float | None], where: str) -> list[Problem]:
    """Weights sum to 1 or to 100, or none is given; ``where`` is the list that has them."""
    if all(w is None for w in weights):
        return []
    missing: list[Problem] = [
        (f"{where}[{i}].weight", "missing_key", {}) for i, w in enumerate(weights) if w is None
    ]
    total = sum(w or 0 for w in weights)
    if missing or any(abs(total - wanted) <= _CLOSE * wanted for wanted in _SUMS):
        return missing
    return [(f"{where}[0].weight", "weights_sum", {"value": f"{total:g}"})]


def of_kinds(node: Any, where: str, columns: Mapping[str, ColumnSettings]) -> list[Problem]:
    """Words for what holds numbers, and numbers for what holds words, anywhere in settings."""
    found: list[Problem] = []
    if isinstance(node, tuple):
        for i, one in enumerate(node):
            found += of_kinds(one, f"{where}[{i}]", columns)
    if not dataclasses.is_dataclass(node):
        return found
    for each in dataclasses.fields(node):
        found += of_kinds(getattr(node, each.name), f"{where}.{each.name}", columns)
    measure, by = getattr(node, "measure", None), getattr(node, "by", None)
    if not isinstance(measure, str) or by not in _USED:
        return found
    text = measure in columns and columns[measure].kind == "text"
    if by == "table" and not text and any(as_number(k) is None for k in getattr(node, by)):
        found.append((f"{where}.table", "not_text", {"value": measure}))
    if by != "table" and text:
        found.append((f"{where}.by", "text_by_table", {"value": measure}))
    return found


def of_directions(directions: Sequence[tuple[str, str, Better | None]]) -> list[Problem]:
    """Measures for which more is better in one place and less in another.

    ``directions``: key path, measure and what is said there.
    """
    first: dict[str, bool] = {}
    found: list[Problem] = []
    for path, measure, better in directions:
        less = measure in SMALLER_IS_BETTER if better is None else better == "less"
        if first.setdefault(measure, less) != less:
            found.append((f"{path}.better", "two_directions", {"value": measure}))
    return found
