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

    @property
    def orders(self) -> float:
        """How many repeat orders all of them have made."""
        return float((self.n * self.x).sum())

    @property
    def time(self) -> float:
        """How long all of them have been watched, added up."""
        return float((self.n * self.T).sum())

    @property
    def mean_time(self) -> float:
        """How long each has been watched on average, as a unit: 1 where that is nothing."""
        return self.time / max(self.customers, 1.0) or 1.0

    def scaled(self, unit: float) -> Grouped:
        """The same histories with ``unit`` as the unit of time."""
        return Grouped(x=self.x, t_x=self.t_x / unit, T=self.T / unit, n=self.n)

    def thinned(self, every: int) -> Grouped:
        """Of customers as they stand here, one after the other, each ``every``-th."""
        if every <= 1:
            return self
        ends = np.cumsum(self.n)
        chosen = np.searchsorted(ends, np.arange(every / 2, self.customers, every), side="right")
        some, count = np.unique(np.minimum(chosen, len(ends) - 1), return_counts=True)
        x, t_x, total = (each[some] for each in (self.x, self.t_x, self.T))
        return Grouped(x=x, t_x=t_x, T=total, n=count.astype(np.float64))


def grouped(x: npt.ArrayLike, t_x: npt.ArrayLike, T: npt.ArrayLike) -> Grouped:  # noqa: N803
    """Group customers' histories, shape (n,) each; they must be finite."""
    return with_places(x, t_x, T)[0]


def with_places(x: npt.ArrayLike, t_x: npt.ArrayLike, T: npt.ArrayLike) -> tuple[Grouped, Places]:  # noqa: N803
    """The same, and where among the distinct histories each customer's stands, shape (n,)."""
    columns = [np.asarray(each, dtype=np.float64) for each in (x, t_x, T)]
    order = _by_x(*columns)
    x, t_x, total = (each[order] for each in columns)
    first = np.ones(len(x), dtype=bool)
    first[1:] = (x[1:] != x[:-1]) | (t_x[1:] != t_x[:-1]) | (total[1:] != total[:-1])
    starts = np.flatnonzero(first)
    count = np.diff(np.r_[starts, len(x)]).astype(np.float64)
    places = np.empty(len(x), dtype=np.int64)
    places[order] = np.cumsum(first) - 1
    made = Grouped(x=x[starts], t_x=t_x[starts], T=total[starts], n=count)
    return made, places


def _by_x(x: Numbers, t_x: Numbers, total: Numbers) -> Places:
    """By x, then t_x, then T: by one key where it tells different histories apart, which is several
    times as fast."""
    wide = max(float(np.max(each, initial=0.0)) for each in (t_x, total)) + 1.0
    key = x + (t_x * wide + total) / (2 * wide * wide)
    order = np.argsort(key)
    same = np.diff(key[order]) == 0
    apart = [(np.diff(each[order]) != 0) & same for each in (x, t_x, total)]
    whole = (x == np.floor(x)).all() and min(t_x.min(initial=0.0), total.min(initial=0.0)) >= 0
    if whole and not np.any(apart):
        return order
    return np.lexsort((total, t_x, x))
