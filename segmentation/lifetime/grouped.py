"""Customers with the same history counted once: what a likelihood needs of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Grouped:
    """Distinct histories (x, t_x, T), shape (g,) each, and ``n``, how many customers have each."""

    x: Numbers
    t_x: Numbers
    T: Numbers
    n: Numbers

    @property
    def customers(self) -> float:
        """How many customers there are."""
        return float(self.n.sum())

    def scaled(self, unit: float) -> Grouped:
        """The same histories with ``unit`` as the unit of time."""
        return Grouped(x=self.x, t_x=self.t_x / unit, T=self.T / unit, n=self.n)


def grouped(x: npt.ArrayLike, t_x: npt.ArrayLike, T: npt.ArrayLike) -> Grouped:  # noqa: N803
    """Group customers' histories, shape (n,) each; they must be finite."""
    return with_places(x, t_x, T)[0]


def with_places(x: npt.ArrayLike, t_x: npt.ArrayLike, T: npt.ArrayLike) -> tuple[Grouped, Places]:  # noqa: N803
    """The same, and where among the distinct histories each customer's stands, shape (n,)."""
    rows = np.column_stack([np.asarray(each, dtype=np.float64) for each in (x, t_x, T)])
    order = np.lexsort(rows.T[::-1])
    rows = rows[order]
    first = np.r_[True, (rows[1:] != rows[:-1]).any(axis=1)] if len(rows) else np.zeros(0, bool)
    starts = np.flatnonzero(first)
    count = np.diff(np.r_[starts, len(rows)]).astype(np.float64)
    places = np.empty(len(rows), dtype=np.int64)
    places[order] = np.cumsum(first) - 1
    made = Grouped(x=rows[starts, 0], t_x=rows[starts, 1], T=rows[starts, 2], n=count)
    return made, places
