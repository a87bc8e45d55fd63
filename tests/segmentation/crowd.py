"""Made-up customers with every measure and column that a scheme reads."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from segmentation.grading import needs
from segmentation.scheme import DERIVED, MEASURES, Scheme

_WHOLE = {"categories": 9, "active_months": 13, "tenure": 900, "repeats": 9, "active_span": 600}
# A table's own words are what a sheet would hold; the last one no table knows.
_UNSEEN = "something else"


def crowd(scheme: Scheme, count: int, *, seed: int = 1, blanks: float = 0.0) -> pl.DataFrame:
    """``count`` customers with all that ``scheme`` needs; a share of the rest unknown."""
    rng = np.random.default_rng(seed)
    orders = rng.geometric(0.25, count).astype(float)
    mean = np.round(rng.lognormal(4, 1, count), 2)
    columns: dict[str, Any] = {
        "customer": [f"c{i:05d}" for i in range(count)],
        "recency": np.floor(rng.exponential(120, count)),
        "frequency": orders,
        "monetary": np.round(mean * orders, 2),
    }
    for name in needs(scheme):
        if name in MEASURES:
            continue
        if name in scheme.columns and scheme.columns[name].kind == "text":
            known = [*categories(scheme), _UNSEEN]
            column: list[Any] = [known[i] for i in rng.integers(0, len(known), count)]
        else:
            column = numbers(name, scheme, rng, count, mean).tolist()
        gone = rng.random(count) < blanks
        columns[name] = [None if g else v for v, g in zip(column, gone, strict=True)]
    return pl.DataFrame(columns, strict=False)


def numbers(
    name: str, scheme: Scheme, rng: np.random.Generator, count: int, mean: Any
) -> np.ndarray[Any, Any]:
    if name == "mean_order":
        return np.asarray(mean)
    if name in _WHOLE:
        return rng.integers(1, _WHOLE[name], count).astype(float)
    if name == "interval":
        return np.round(rng.exponential(40, count) + 1, 1)
    if name in DERIVED:
        return np.round(rng.random(count), 2)
    most = scheme.columns[name].most
    if most:
        return np.round(rng.random(count) * most, 1)
    return rng.integers(0, 1000, count).astype(float)


def categories(scheme: Scheme) -> list[str]:
    """The categories that the scheme's tables know."""
    found: dict[str, None] = {}

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            for key, value in node.items():
                if key == "table" and isinstance(value, dict):
                    found.update(dict.fromkeys(map(str, value)))
                walk(value)
        elif isinstance(node, list | tuple):
            for value in node:
                walk(value)
        elif hasattr(node, "__dataclass_fields__"):
            walk({f: getattr(node, f) for f in node.__dataclass_fields__})

    for part in scheme.parts:
        walk(part.settings)
    return list(found) or ["A", "B"]
