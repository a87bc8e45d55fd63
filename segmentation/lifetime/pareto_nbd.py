"""Pareto/NBD: customers can leave at any moment, also right after the first order.

A customer orders at a rate of its own, Gamma(r, alpha) among customers, and leaves at a rate of its
own, Gamma(s, beta); alpha and beta are times. D. Schmittlein, D. Morrison and R. Colombo, "Counting
Your Customers: Who Are They and What Will They Do Next?", Management Science 33(1), 1987, with the
derivations of P. Fader and B. Hardie, "A Note on Deriving the Pareto/NBD Model", 2005.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, gammaln, xlogy

from segmentation.lifetime.beta_geometric import _starts, _to_edges, _unbounded, _with_edges
from segmentation.lifetime.grouped import Grouped, Numbers
from segmentation.lifetime.leaving_integral import left, orders_of_the_left
from segmentation.lifetime.maximising import (
    HIGHEST,
    LOOSE,
    LOWEST,
    Maximum,
    highest,
    maximise,
    one_thread,
)
from segmentation.lifetime.special import either, rising
from segmentation.lifetime.stages import maximise_in_stages

# Numbers at once, for the memory's sake.
_AT_ONCE = 5_000
# Of so many customers the climb begins, where there are at least twice as many.
_SAMPLES = (1_000, 20_000)
# How many steps then lead on with their curvature.
_STEPS = 5
# Where a climb begins: r, how much faster than the mean they order, s and beta; customers who leave
# early, late, or at once or never. Silence tells of slow customers or of lost ones, and either may
# be a maximum: the first two starts nearly always lead to both, the first four always did.
_KINDS = (
    (0.5, 1.5, 0.5, 0.5),
    (50, 2, 0.2, 1e-3),
    (2, 1.1, 0.1, 3),
    (2, 2, 0.2, 1e-3),
    (1, 2, 1, 1),
    (5, 3, 5, 9),
)
_QUICK, _ENOUGH = 2, 4


@dataclass(frozen=True, kw_only=True)
class ParetoNbd:
    """``r`` and ``alpha`` of the rates of ordering, ``s`` and ``beta`` of the rates of leaving.

    alpha and beta have the data's unit of time; r / alpha and s / beta are the mean rates. The
    larger r and s, the more alike are the customers. Of histories x, t_x, T (see the package),
    0 <= t_x <= T is assumed.
    """

    r: float
    alpha: float
    s: float
    beta: float

    def log_likelihood(self, histories: Grouped) -> float:
        """Of all customers; a density by time for each repeat order."""
        return _Likelihood(histories)(np.log(self._parameters))[0]

    def p_alive(self, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Numbers:  # noqa: N803
        """The probability of still being a customer at T, shape (n,)."""
        given = np.broadcast_arrays(*(np.asarray(v, np.float64) for v in (x, t_x, T)))
        log_odds = left(self._parameters, *(np.ravel(each) for each in given)).log_odds
        return np.asarray(expit(-log_odds).reshape(given[0].shape))

    def expected_orders(self, x: ArrayLike, t_x: ArrayLike, T: ArrayLike, t: ArrayLike) -> Numbers:  # noqa: N803
        """Orders to expect in (T, T + t] of who has that history (1987), shape (n,)."""
        return np.asarray(self.p_alive(x, t_x, T) * self.living_orders(x, T, t))

    def expected_total(self, t: ArrayLike) -> Numbers:
        """Repeat orders to expect of a new customer in its first t, shape (k,) (1987)."""
        t = np.asarray(t, dtype=np.float64)
        return np.asarray(self.living_orders(0 * t, 0 * t, t))

    def p_orders(self, most: int, T: ArrayLike) -> Numbers:  # noqa: N803
        """The share of customers with 0, 1, ... ``most`` repeat orders, and with more.

        Expected of new customers who are watched for T each, a number or shape (n,): the mean over
        them of P(X(T) = x); shape (most + 2,), its sum is 1.
        """
        watched, customers = np.unique(np.asarray(T, dtype=np.float64), return_counts=True)
        x = np.arange(most + 1.0)
        log_ways = rising(self.r, x)[0] - gammaln(x + 1)
        made = np.zeros(most + 2)
        rows = max(1, _AT_ONCE // (most + 2))
        for i in range(0, len(watched), rows):
            total, n = watched[i : i + rows, None], customers[i : i + rows]
            share = total / (self.alpha + total)
            never = self.r * np.log1p(total / self.alpha) + self.s * np.log1p(total / self.beta)
            living = np.exp(log_ways + xlogy(x, share) - never)
            made[:-1] += n @ (living + orders_of_the_left(self._parameters, log_ways, total))
        made[-1] = max(customers.sum() - made.sum(), 0.0)
        return np.asarray(made / max(customers.sum(), 1))

    @property
    def _parameters(self) -> tuple[float, float, float, float]:
        return self.r, self.alpha, self.s, self.beta

    def living_orders(self, x: ArrayLike, T: ArrayLike, t: ArrayLike) -> Numbers:  # noqa: N803
        """Orders to expect in (T, T + t] of who is still a customer at T; t_x tells no more."""
        x, total, t = (np.asarray(each, dtype=np.float64) for each in (x, T, t))
        longer = np.log1p(t / (self.beta + total))
        more = self.s - 1
        stays = longer if more == 0 else -np.expm1(-more * longer) / more
        return np.asarray((self.r + x) / (self.alpha + total) * (self.beta + total) * stays)


def fit(histories: Grouped) -> tuple[ParetoNbd, Maximum]:
    """The most likely model, and the maximum by the logarithms of r, alpha, s and beta.

    x are whole numbers. There is always an answer, with ``at_edge`` where parameters are
    unbounded: r and alpha where customers order alike, s or beta where they leave alike (both
    large), at once or never (beta small) or never at all (s small, beta large).
    """
    unit = histories.mean_time
    scaled = histories.scaled(unit)
    starts = _starts(scaled, _KINDS)
    found = maximise_in_stages(
        lambda every: _Likelihood(scaled, every), int(scaled.customers), starts[:_QUICK]
    ) or _at_last(scaled, starts)
    found = found.in_unit(unit, of_time=(1, 3), orders=histories.orders)
    r, alpha, s, beta = found.parameters.tolist()
    return ParetoNbd(r=r, alpha=alpha, s=s, beta=beta), found


def _at_last(histories: Grouped, starts: Sequence[Sequence[float]]) -> Maximum:
    """The maximum of histories that leave more than one place for it, or none but edges."""
    few, *more = _samples(histories)
    reached = maximise(few, starts)
    found = _unbounded(few, reached)
    # Where some of the customers stand at an edge, all of them need not.
    ends, customers = [found, reached][: 1 + any(found.at_edge)], few.customers
    for likelihood in more:
        share, customers = customers / likelihood.customers, likelihood.customers
        nearer = [_nearer(likelihood, end, share) for end in ends]
        if customers < 2 * _SAMPLES[-1]:
            nearer.append(_highest(likelihood, starts[:_ENOUGH]))
        found = maximise(likelihood, nearer)
        found = _at_edges(likelihood, found)
        ends = [found]
    return found


def _highest(likelihood: _Likelihood, starts: Sequence[Sequence[float]]) -> list[float]:
    """Where the best of climbs from ``starts`` leads, roughly."""
    with one_thread(), np.errstate(all="ignore"):
        at, _ = highest(likelihood, [np.log(start) for start in starts], LOOSE)
    return [float(each) for each in np.exp(at)]


def _samples(histories: Grouped) -> list[_Likelihood]:
    """Of ever more histories, in the end of all."""
    every = [int(histories.customers) // count for count in _SAMPLES]
    return [_Likelihood(histories, each) for each in (*(n for n in every if n > 1), 1)]


def _nearer(likelihood: _Likelihood, found: Maximum, share: float) -> list[float]:
    """The maximum of a ``share`` of the customers moved towards that of all, with its curvature.

    A step costs one likelihood, a tenth of one of Newton's with the curvature of all.
    """
    at = found.log_parameters
    best, gradient = likelihood(at)
    for _ in range(_STEPS):
        further = np.clip(at + share * np.nan_to_num(found.covariance) @ gradient, LOWEST, HIGHEST)
        value, gradient = likelihood(further)
        if not value > best:
            break
        at, best = further, value
    return [float(each) for each in np.exp(at)]


def _at_edges(likelihood: _Likelihood, found: Maximum) -> Maximum:
    with np.errstate(all="ignore"):
        at = _to_edges(cast(Any, likelihood), found)
    if (at == found.log_parameters).all() and not any(found.at_edge):
        return found
    return _with_edges(cast(Any, likelihood), found, at)


class _Likelihood:
    """Log-likelihood by the logarithms of r, alpha, s and beta, with its gradient (2005).

    No term is much larger than the result. Of each ``every``-th customer.
    """

    def __init__(self, histories: Grouped, every: int = 1) -> None:
        self._given = histories.thinned(every)
        self._x, of_x = np.unique(self._given.x, return_inverse=True)
        self._n = np.bincount(of_x, weights=self._given.n, minlength=len(self._x))
        self.customers = self._given.customers

    def __call__(self, at: Numbers) -> tuple[float, Numbers]:
        h = self._given
        r, alpha, s, beta = np.exp(at).tolist()
        gone = left((r, alpha, s, beta), h.x, h.t_x, h.T)
        ordered, by_r = rising(r, self._x)
        ordering, leaving = np.log1p(h.T / alpha), np.log1p(h.T / beta)
        either_way, p = either(gone.log_odds)
        value = (self._n * ordered).sum() + (h.n * either_way).sum()
        value -= (h.n * ((r + h.x) * ordering + h.x * at[1] + s * leaving)).sum()

        n, p = h.n, h.n * p
        slopes = (
            r * ((self._n * by_r).sum() - (n * ordering).sum() + (p * gone.log_alpha).sum()),
            (n * (r * h.T - alpha * h.x) / (alpha + h.T) - p * (r + h.x) * gone.share_alpha).sum(),
            (p * (1 + s * gone.log_beta) - n * s * leaving).sum(),
            ((n * s * h.T - p * beta) / (beta + h.T) - p * (s + 1) * gone.share_beta).sum(),
        )
        return float(value), np.array(slopes)
