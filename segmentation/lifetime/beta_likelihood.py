"""The likelihood of BG/NBD and MBG/NBD, how it slopes and how it bends."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from segmentation.lifetime.grouped import Grouped, Numbers
from segmentation.lifetime.special import bends, either, risings

# Rates alike enough for the logarithm of a time to be multiplied by this.
_MUCH = 100.0


class _Left(NamedTuple):
    """Who may have left: of each history alpha + t_x, log((alpha + T) / (alpha + t_x)), r + x,
    log(1 + odds) and odds / (1 + odds) of having left, and so many customers who are gone; these,
    too, of each distinct x."""

    begun: Numbers
    since: Numbers
    shape: Numbers
    either_way: Numbers
    gone: Numbers
    lost: Numbers
    at_x: Numbers


class Likelihood:
    """Log-likelihood by the logarithms of r, alpha, a and b, with its gradient.

    With r log(alpha) taken into (alpha + T)**-(r + x) and the beta functions into products, no term
    is much larger than the result. Of each ``every``-th customer.
    """

    def __init__(self, histories: Grouped, first_too: int, every: int = 1) -> None:
        h = histories.thinned(every)
        self._t_x, self._since, self._n = h.t_x, h.T - h.t_x, h.n
        self._x, self._of_x = np.unique(h.x, return_inverse=True)
        k = self._x + first_too
        self._k, self._before = k, np.maximum(k - 1, 0.0)
        self._met = (k > 0).astype(np.float64)
        self._at_x = _totals(self._of_x, h.n)
        # T is told of by x and by itself alone, and of few different ones.
        self._T, of_total = np.unique(h.T, return_inverse=True)
        self._at_T = _totals(of_total, h.n)
        self._x_at_T = _totals(of_total, h.n * h.x)

    def __call__(self, at: Numbers) -> tuple[float, Numbers]:
        """The log-likelihood at ``at``, and its gradient, shape (4,)."""
        return self._sloped(at, self._left(at))

    def bent(self, at: Numbers) -> tuple[float, Numbers, Numbers]:
        """The same, and the second derivatives by the logarithms, negative, shape (4, 4)."""
        left = self._left(at)
        value, gradient = self._sloped(at, left)
        return value, gradient, self._bends(at, left, gradient)

    def _left(self, at: Numbers) -> _Left:
        r, alpha, a, b = np.exp(at).tolist()
        begun = alpha + self._t_x
        ratio = self._since / begun
        # The logarithm alone is faster, and as good beside 1; times much it would not be.
        since = np.log(1 + ratio) if r < _MUCH else np.log1p(ratio)
        shape = (r + self._x)[self._of_x]
        last = log_odds_to_leave(a, b, self._k)
        either_way, gone = either(last[self._of_x] + shape * since)
        lost = self._n * gone
        return _Left(begun, since, shape, either_way, gone, lost, _totals(self._of_x, lost))

    def _sloped(self, at: Numbers, left: _Left) -> tuple[float, Numbers]:
        r, alpha, a, b = np.exp(at).tolist()
        k, total, n_x = self._k, self._T, self._at_x
        (ordered, by_r), (stays, by_b), (both, by_both) = risings((r, self._x), (b, k), (a + b, k))
        longer, end = np.log1p(total / alpha), left.begun + self._since
        value = _sum(n_x, ordered + stays - both - self._x * at[1]) + _sum(self._n, left.either_way)
        value -= _sum(r * self._at_T + self._x_at_T, longer)
        slopes = (
            r * (_sum(n_x, by_r) - _sum(self._at_T, longer) + _sum(left.lost, left.since)),
            _sum(r * self._at_T * total - alpha * self._x_at_T, 1 / (alpha + total))
            - alpha * _sum(left.lost * left.shape, self._since / (left.begun * end)),
            left.at_x.sum() - a * _sum(n_x, by_both),
            b * (_sum(n_x, by_b - by_both) - _sum(left.at_x, self._met / (b + self._before))),
        )
        return value, np.array(slopes)

    def _bends(self, at: Numbers, left: _Left, gradient: Numbers) -> Numbers:
        """log(1 + odds) adds, by each two parameters, ``gone`` of how the logarithm of the odds
        bends, and gone * (1 - gone) of the product of its slopes."""
        r, alpha, a, b = np.exp(at).tolist()
        n_x, lost = self._at_x, left.lost
        until, end = alpha / left.begun, alpha / (left.begun + self._since)
        fall = self._since / left.begun * end
        by_last = b * self._met / (b + self._before)
        slopes = np.array(
            [r * left.since, -left.shape * fall, np.ones_like(fall), -by_last[self._of_x]]
        )
        found = (slopes * (lost * (1 - left.gone))) @ slopes.T

        watched = self._T / (alpha + self._T)
        bend_r, bend_b, bend_both = bends((r, self._x), (b, self._k), (a + b, self._k))
        found[0, 0] += gradient[0] + r * r * _sum(n_x, bend_r)
        found[0, 1] += r * (_sum(self._at_T, watched) - _sum(lost, fall))
        found[1, 1] -= _sum(r * self._at_T + self._x_at_T, watched * (1 - watched))
        found[1, 1] -= _sum(lost * left.shape, fall * (1 - until - end))
        found[2, 2] += gradient[2] - left.at_x.sum() - a * a * _sum(n_x, bend_both)
        found[2, 3] -= a * b * _sum(n_x, bend_both)
        found[3, 3] += gradient[3] + b * b * _sum(n_x, bend_b - bend_both)
        found[3, 3] += _sum(left.at_x, by_last**2)
        found[1, 0], found[3, 2] = found[0, 1], found[2, 3]
        return np.asarray(-found)


def log_odds_to_leave(a: float, b: float, k: Numbers) -> Numbers:
    """log of a / (b + k - 1): left, not stayed, on the last of k occasions; -inf for k = 0."""
    log_odds = math.log(a) - np.log(np.where(k > 0, b + (k - 1), 1.0))
    return np.asarray(np.where(k > 0, log_odds, -np.inf))


def _totals(which: npt.NDArray[np.intp], each: Numbers) -> Numbers:
    return np.bincount(which, weights=each).astype(np.float64, copy=False)


def _sum(one: Numbers, other: Numbers) -> float:
    """Of products; unlike an inner product it does not depend on how many threads there are."""
    return float(np.einsum("i,i->", one, other))
