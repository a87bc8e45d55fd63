"""What customers spend per order: the Gamma-Gamma model.

Orders of a customer are worth Gamma(p, nu) each, and nu differs among customers as Gamma(q, gamma):
P. Fader and B. Hardie, "The Gamma-Gamma Model of Monetary Value" (2013), after D. Schmittlein and
R. Peterson (1994). x is the number of orders that a customer's mean amount is of (the paper takes
the repeat orders), and what someone spends is independent of how often.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import numpy.typing as npt
from scipy.special import digamma, gammaln

from segmentation.lifetime.grouped import Numbers
from segmentation.lifetime.maximising import Maximum, maximise, maximise_in_stages

_HALF_LOG_TAU = 0.5 * math.log(2 * math.pi)
# The series of log Gamma beside Stirling's formula, in 1/z, 1/z**3 ...; exact to 1e-15 from 10 on.
_STIRLING = np.array([1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360])
_STIRLING_FROM = 10.0
# Amounts further apart than exp(600) times would overflow.
_WIDEST = 600.0
# Among more customers, the climb begins with so many of them.
_ENOUGH = 20_000


@dataclass(frozen=True, kw_only=True)
class GammaGamma:
    """``p`` is the shape of a customer's orders, ``q`` that of the customers; no unit.

    The larger ``p``, the more alike are the orders of one customer, the larger ``q``, the more
    alike the customers. ``gamma`` is in the currency of the amounts.
    """

    p: float
    q: float
    gamma: float

    def log_likelihood(
        self, x: npt.ArrayLike, mean: npt.ArrayLike, n: npt.ArrayLike | None = None
    ) -> float:
        """Log density of the mean amounts, shape (k,), each of x orders (the paper's eq. 1a).

        ``n`` is how many customers there are of each kind, 1 if left out. Customers with x or
        mean not above 0 are left out.
        """
        spending = _spending(x, mean, n)
        p, q, gamma = np.log(np.array([self.p, self.q, self.gamma]))
        at = np.array([p, q, p + gamma - q])
        return _relative(spending, at)[0] - spending.log_amounts

    @property
    def population_mean(self) -> float:
        """Mean amount per order over all customers, known or not; infinite for q <= 1.

        Then a few customers who spend without bound make up the mean; the amount in the middle
        exists nevertheless.
        """
        return self.gamma * self.p / (self.q - 1) if self.q > 1 else math.inf

    def expected_mean(self, x: npt.ArrayLike, mean: npt.ArrayLike) -> Numbers:
        """Mean amount per order to expect of each customer, shape (k,) (the paper's eq. 5).

        For q > 1 it lies between the customer's own mean amount and that of the population, the
        nearer to its own the more orders it has. Customers with x = 0 get the population's,
        whatever their ``mean``; a mean below 0 counts as 0. Infinite only for p * x + q <= 1.
        """
        orders, own = np.broadcast_arrays(
            np.asarray(x, dtype=np.float64), np.asarray(mean, dtype=np.float64)
        )
        known = orders > 0
        orders = np.where(known, orders, 0.0)
        total = orders * np.where(known, np.maximum(own, 0.0), 0.0)
        weight = self.p * orders + self.q - 1
        finite = weight > 0
        made: Numbers = np.where(
            finite, self.p * (self.gamma + total) / np.where(finite, weight, 1.0), math.inf
        )
        return made


def fit(
    x: npt.ArrayLike, mean_amount: npt.ArrayLike, n: npt.ArrayLike | None = None
) -> tuple[GammaGamma, Maximum]:
    """The most likely model of customers with x > 0 and a finite mean_amount > 0, shape (k,).

    ``n`` is how many customers there are of each kind, 1 if left out. The others are left out.
    The maximum is one by the logarithms of p, q and gamma, in the currency of the amounts; where
    p or q runs off (amounts that hardly differ within customers, or among them), gamma does, too.

    Raises ValueError where no customer is left.
    """
    spending = _spending(x, mean_amount, n)
    if not len(spending.log_mean):
        raise ValueError("nobody has x and mean_amount above 0")
    # The geometric mean as the unit: unlike the mean, no single amount moves it far.
    log_unit = float(np.average(spending.log_mean, weights=spending.n))
    scaled = replace(spending, log_mean=spending.log_mean - log_unit)
    starts = _starts(scaled)
    found = maximise_in_stages(lambda every: _Quick(scaled.thinned(every)), len(scaled.n), starts)
    if found is None:
        few = scaled.thinned(max(1, len(scaled.n) // _ENOUGH))
        if few is not scaled:
            starts = [maximise(partial(_relative, few), starts).parameters.tolist()]
        found = maximise(partial(_relative, scaled), starts)
    found = _in_currency(found, log_unit, spending.log_amounts)
    p, q, gamma = found.parameters.tolist()
    return GammaGamma(p=p, q=q, gamma=gamma), found


@dataclass(frozen=True, kw_only=True)
class _Spending:
    """Customers of whom the model says something.

    ``log_mean`` shape (k,), the logarithm of the mean amount; ``n`` shape (k,), how many there
    are; ``orders`` shape (g,), the distinct x, and ``which`` of them each has, shape (k,).
    """

    log_mean: Numbers
    n: Numbers
    orders: Numbers
    which: npt.NDArray[np.intp]

    @property
    def log_amounts(self) -> float:
        """What the log density of the amounts has less than that of their logarithms."""
        return float((self.n * self.log_mean).sum())

    def thinned(self, every: int) -> _Spending:
        """Each ``every``-th of the customers."""
        if every == 1:
            return self
        return replace(
            self, log_mean=self.log_mean[::every], n=self.n[::every], which=self.which[::every]
        )


def _spending(x: npt.ArrayLike, mean: npt.ArrayLike, n: npt.ArrayLike | None) -> _Spending:
    orders, amounts, count = np.broadcast_arrays(
        np.asarray(x, dtype=np.float64).ravel(),
        np.asarray(mean, dtype=np.float64).ravel(),
        np.asarray(1.0 if n is None else n, dtype=np.float64),
    )
    kept = (orders > 0) & (amounts > 0) & np.isfinite(amounts) & (count > 0)
    distinct, which = np.unique(orders[kept], return_inverse=True)
    return _Spending(log_mean=np.log(amounts[kept]), n=count[kept], orders=distinct, which=which)


def _starts(scaled: _Spending) -> list[list[float]]:
    """p, q and the typical amount, 1, by how far the logarithms of the amounts spread."""
    spread = float(np.average(scaled.log_mean**2, weights=scaled.n))
    shape = min(max(1 / max(spread, 1e-12), 1e-3), 1e5)
    return [[2 * shape, 2 * shape, 1.0], [10 * shape, shape, 1.0], [shape, 1e3 * (1 + shape), 1.0]]


class _Quick:
    """The same as `_relative` where p and q are no extremes, in a fraction of its time.

    With y = A * w + q the log density is A log(A w) + q log q - (A + q) log y - log B(A, q): of
    each customer one logarithm is to be taken, all else of each x.
    """

    def __init__(self, spending: _Spending) -> None:
        self._x, self._which, self._n = spending.orders, spending.which, spending.n
        self._mean = np.exp(np.clip(spending.log_mean, -_WIDEST / 2, _WIDEST / 2))
        self._at_x = self._summed(self._n)
        self._logs = self._summed(self._n * spending.log_mean)

    def __call__(self, at: Numbers) -> tuple[float, Numbers]:
        p, q, m = np.exp(at).tolist()
        n, a, count = self._at_x, p * self._x, len(self._x)
        shapes = np.append(np.concatenate([a, a + q]), q)
        logs, slopes = gammaln(shapes), digamma(shapes)
        both = slopes[count:-1]
        w = self._mean / m
        y = a[self._which] * w + q
        log_y, one_by_y = self._summed(self._n * np.log(y)), self._n / y
        w_by_y, one_by_y = self._summed(one_by_y * w), self._summed(one_by_y)
        log_w, log_a = self._logs - n * at[2], np.log(a)
        beta = logs[:count] + logs[-1] - logs[count:-1]
        value = a * (n * log_a + log_w) + n * (q * at[1] - beta) - (a + q) * log_y
        gradient = (
            (a * (n * (log_a + 1 - slopes[:count] + both) + log_w - log_y - (a + q) * w_by_y)),
            q * (n * (at[1] + 1 - slopes[-1] + both) - log_y - (a + q) * one_by_y),
            a * ((a + q) * w_by_y - n),
        )
        return float(value.sum()), np.array([each.sum() for each in gradient])

    def _summed(self, each: Numbers) -> Numbers:
        found = np.bincount(self._which, weights=each, minlength=len(self._x))
        return found.astype(np.float64, copy=False)


def _relative(spending: _Spending, at: Numbers) -> tuple[float, Numbers]:
    """Log density of the logarithms of the mean amounts, and its gradient by ``at``, shape (3,).

    ``at`` holds the logarithms of p, q and of the typical amount m = p * gamma / q: unlike gamma,
    m stays where it is while p or q runs off. With A = p * x and w = mean / m, the share
    u = A * w / (A * w + q) is Beta(A, q). Its density is taken apart so that digits stay where A
    or q are large: (A + q) times the divergence of A / (A + q) from u, which is the sum of
    A * (log(1 + e) - e) and q * (log(1 + f) - f) below, and what Stirling's formula leaves of the
    beta function.
    """
    p, q = np.exp(at[:2])
    shapes = p * spending.orders
    beside, slope = _beside_stirling(np.concatenate([shapes, shapes + q, [q]]))
    g = len(shapes)
    of_customers = np.bincount(spending.which, weights=spending.n, minlength=g)
    of_shape = shapes / (shapes + q)
    constant = 0.5 * np.log(q * of_shape) - _HALF_LOG_TAU - (beside[:g] + beside[-1] - beside[g:-1])
    by_p = 0.5 * (1 - of_shape) - shapes * (slope[:g] - slope[g:-1])
    by_q = 0.5 * of_shape - q * (slope[-1] - slope[g:-1])

    a = shapes[spending.which]
    w = np.exp(np.clip(spending.log_mean - at[2], -_WIDEST, _WIDEST))
    below = a * w + q
    e, f = q * (w - 1) / below, a * (1 - w) / below
    at_p = a * _log_beyond(e, w * (a + q) / below)
    at_q = q * _log_beyond(f, (a + q) / below)
    n = spending.n
    # Sums instead of inner products, which differ with the number of BLAS's threads.
    sum_p, sum_q = float((n * at_p).sum()), float((n * at_q).sum())
    gradient = np.array(
        [
            sum_p + (of_customers * by_p).sum(),
            sum_q + (of_customers * by_q).sum(),
            (n * (a * e)).sum(),
        ]
    )
    return sum_p + sum_q + float((of_customers * constant).sum()), gradient


def _log_beyond(e: Numbers, one_and_e: Numbers) -> Numbers:
    """log(1 + e) - e, of which each of the two keeps the digits that the other loses."""
    near = np.abs(e) < 0.5
    made: Numbers = np.where(near, np.log1p(np.where(near, e, 0.0)), np.log(one_and_e)) - e
    return made


def _beside_stirling(z: Numbers) -> tuple[Numbers, Numbers]:
    """log Gamma(z) less Stirling's formula (z - 1/2) log z - z + log(2 pi) / 2; its derivative."""
    large = np.maximum(z, _STIRLING_FROM)
    powers = large[:, None] ** (1.0 - 2 * np.arange(1, len(_STIRLING) + 1))
    factors = _STIRLING * (1.0 - 2 * np.arange(1, len(_STIRLING) + 1))
    small = np.minimum(z, _STIRLING_FROM)
    log = np.log(small)
    near = z < _STIRLING_FROM
    value = np.where(
        near, gammaln(small) - (small - 0.5) * log + small - _HALF_LOG_TAU, powers @ _STIRLING
    )
    slope = np.where(near, digamma(small) - log + 0.5 / small, powers @ factors / large)
    return value, slope


def _in_currency(found: Maximum, log_unit: float, log_amounts: float) -> Maximum:
    """The maximum by p, q and gamma = m * q / p in the currency, instead of the typical amount m.

    And the density of the amounts instead of that of their logarithms.
    """
    turned = np.array([[1.0, 0, 0], [0, 1, 0], [-1, 1, 1]])
    unknown = np.isnan(np.diag(found.covariance))
    unknown[2] = unknown.any()
    covariance = turned @ np.nan_to_num(found.covariance) @ turned.T
    covariance[unknown] = covariance[:, unknown] = np.nan
    p_edge, q_edge, typical_edge = found.at_edge
    return replace(
        found,
        log_parameters=turned @ found.log_parameters + np.array([0.0, 0.0, log_unit]),
        log_likelihood=found.log_likelihood - log_amounts,
        covariance=covariance,
        at_edge=(p_edge, q_edge, p_edge or q_edge or typical_edge),
    )
