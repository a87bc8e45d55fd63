"""What customers' amounts say of the Gamma-Gamma model, where p and q are no extremes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import digamma, gammaln, zeta

from segmentation.lifetime.grouped import Numbers

# Amounts further apart than exp(600) times would overflow.
WIDEST = 600.0
# Where the six second derivatives stand by each two of the three parameters.
_SYMMETRIC = np.array([[0, 1, 2], [1, 3, 4], [2, 4, 5]])


@dataclass(frozen=True, kw_only=True)
class Spending:
    """Customers of whom the model says something.

    ``x`` shape (k,), their orders, ascending; ``log_mean`` shape (k,), the logarithm of the mean
    amount; ``n`` shape (k,), how many there are.
    """

    x: Numbers
    log_mean: Numbers
    n: Numbers

    @cached_property
    def firsts(self) -> npt.NDArray[np.intp]:
        """Where each distinct x begins, shape (g,)."""
        return np.flatnonzero(np.diff(self.x, prepend=0.0))

    @cached_property
    def counts(self) -> npt.NDArray[np.intp]:
        """How many of the ``k`` have each distinct x, shape (g,)."""
        return np.diff(np.append(self.firsts, len(self.x)))

    @property
    def log_amounts(self) -> float:
        """What the log density of the amounts has less than that of their logarithms."""
        return float((self.n * self.log_mean).sum())

    def thinned(self, every: int) -> Spending:
        """Each ``every``-th of the customers."""
        if every == 1:
            return self
        x, log_mean, n = self.x[::every], self.log_mean[::every], self.n[::every]
        return replace(self, x=x, log_mean=log_mean, n=n)


def spending(x: npt.ArrayLike, mean: npt.ArrayLike, n: npt.ArrayLike | None) -> Spending:
    """Those with x and a finite mean amount above 0; ``n`` is 1 if left out."""
    orders, amounts, count = np.broadcast_arrays(
        np.asarray(x, dtype=np.float64).ravel(),
        np.asarray(mean, dtype=np.float64).ravel(),
        np.asarray(1.0 if n is None else n, dtype=np.float64),
    )
    kept = np.flatnonzero((orders > 0) & (amounts > 0) & np.isfinite(amounts) & (count > 0))
    kept = kept[np.argsort(orders[kept])]
    return Spending(x=orders[kept], log_mean=np.log(amounts[kept]), n=count[kept])


class _Parts(NamedTuple):
    """Of A * w + q = y, with A = p * x: per distinct x the sums over its customers, shape (g,), of
    log y, 1/y and w/y; per customer 1/y and w/y, shape (k,)."""

    a: Numbers
    q: float
    log_y: Numbers
    v: Numbers
    u: Numbers
    by_y: Numbers
    w_by_y: Numbers


class Quick:
    """The log density of the logarithms of the mean amounts, by those of p, q and the typical
    amount m = p * gamma / q.

    With A = p * x, w = mean / m and y = A * w + q it is A log(A w) + q log q - (A + q) log y -
    log B(A, q): of each customer one logarithm is to be taken, all else of each x.
    """

    def __init__(self, known: Spending) -> None:
        self._firsts, self._counts, self._n = known.firsts, known.counts, known.n
        self._x = known.x[self._firsts]
        self._mean = np.exp(np.clip(known.log_mean, -WIDEST / 2, WIDEST / 2))
        self._at_x, self._logs = self._summed(self._n, self._n * known.log_mean)

    def __call__(self, at: Numbers) -> tuple[float, Numbers]:
        """The log-likelihood at ``at``, and its gradient, shape (3,)."""
        return self._sloped(at, self._parts(at))

    def bent(self, at: Numbers) -> tuple[float, Numbers, Numbers]:
        """The same, and the second derivatives by the logarithms, negative, shape (3, 3)."""
        parts = self._parts(at)
        value, gradient = self._sloped(at, parts)
        information = -self._bends(parts)
        information[[0, 1], [0, 1]] -= gradient[:2]
        return value, gradient, information

    def _parts(self, at: Numbers) -> _Parts:
        p, q, m = np.exp(at).tolist()
        a, w = p * self._x, self._mean / m
        y = np.repeat(a, self._counts) * w + q
        by_y = 1 / y
        w_by_y = w * by_y
        n = self._n
        log_y, v, u = self._summed(n * np.log(y), n * by_y, n * w_by_y)
        return _Parts(a, q, log_y, v, u, by_y, w_by_y)

    def _sloped(self, at: Numbers, parts: _Parts) -> tuple[float, Numbers]:
        a, q, log_y, v, u, *_ = parts
        n, count, c = self._at_x, len(a), a + q
        shapes = np.concatenate([a, c, [q]])
        logs, slopes = gammaln(shapes), digamma(shapes)
        both = slopes[count:-1]
        log_w, log_a = self._logs - n * at[2], np.log(a)
        beta = logs[:count] + logs[-1] - logs[count:-1]
        value = a * (n * log_a + log_w) + n * (q * at[1] - beta) - c * log_y
        slope = (
            a * (n * (log_a + 1 - slopes[:count] + both) + log_w - log_y - c * u),
            q * (n * (at[1] + 1 - slopes[-1] + both) - log_y - c * v),
            a * (c * u - n),
        )
        summed = np.array([value, *slope]).sum(axis=1)
        return float(summed[0]), summed[1:]

    def _bends(self, parts: _Parts) -> Numbers:
        """The second derivatives, but for the slopes that logarithms add to those by p and q."""
        a, q, _, v, u, by_y, w_by_y = parts
        n, count, c = self._at_x, len(a), a + q
        some, more = self._n * by_y, self._n * w_by_y
        vv, uv, uu = self._summed(some * by_y, some * w_by_y, more * w_by_y)
        bends = zeta(2.0, np.concatenate([a, c, [q]]))
        both = n * bends[count:-1]
        pp = a * a * (n / a - 2 * u + c * uu - n * bends[:count] + both)
        qq = q * q * (n / q - 2 * v + c * vv - n * bends[-1] + both)
        pq = a * q * (both - v - u + c * uv)
        pm = a * (a * u - n + c * q * uv)
        qm = q * a * (u - c * uv)
        mm = -c * a * q * uv
        summed = np.array([pp, pq, pm, qq, qm, mm]).sum(axis=1)
        return np.asarray(summed[_SYMMETRIC])

    def _summed(self, *each: Numbers) -> list[Numbers]:
        """The sums over the customers of each x."""
        return [np.add.reduceat(one, self._firsts) for one in each]
