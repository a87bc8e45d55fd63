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
from segmentation.lifetime.maximising import Maximum, maximise
from segmentation.lifetime.spending import WIDEST, Quick, Spending, spending
from segmentation.lifetime.stages import maximise_in_stages

_HALF_LOG_TAU = 0.5 * math.log(2 * math.pi)
# The series of log Gamma beside Stirling's formula, in 1/z, 1/z**3 ...; exact to 1e-15 from 10 on.
_STIRLING = np.array([1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360])
_STIRLING_FROM = 10.0
_TINY = 1e-12
# Among more customers, the climb begins with so many of them.
_ENOUGH = 20_000
# Where a climb begins, too, when much is in doubt: few customers spend beyond all bounds.
_HEAVY = [[1.0, 0.1, 1e-5], [0.1, 0.5, 1e5]]
# A step takes little more time of so many customers than of a few.
_FEW = 10_000


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
        known = spending(x, mean, n)
        p, q, gamma = np.log(np.array([self.p, self.q, self.gamma]))
        at = np.array([p, q, p + gamma - q])
        return _relative(known, at)[0] - known.log_amounts

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
    known = spending(x, mean_amount, n)
    if not len(known.log_mean):
        raise ValueError("nobody has x and mean_amount above 0")
    # The geometric mean as the unit: unlike the mean, no single amount moves it far.
    log_unit = float(np.average(known.log_mean, weights=known.n))
    scaled = replace(known, log_mean=known.log_mean - log_unit)
    starts = _starts(scaled)
    found = maximise_in_stages(
        lambda every: Quick(scaled.thinned(every)), len(scaled.n), starts[:1], few=_FEW
    )
    if found is None:
        starts += _HEAVY
        few = scaled.thinned(max(1, len(scaled.n) // _ENOUGH))
        if few is not scaled:
            starts = [maximise(partial(_relative, few), starts).parameters.tolist()]
        found = maximise(partial(_relative, scaled), starts)
    found = _in_currency(found, log_unit, known.log_amounts)
    p, q, gamma = found.parameters.tolist()
    return GammaGamma(p=p, q=q, gamma=gamma), found


def _starts(scaled: Spending) -> list[list[float]]:
    """p, q and the typical amount, 1, by how far the logarithms of the amounts spread.

    That is about 1 / (p * x) + 1 / q: the less, the more orders a mean amount is of.
    """
    firsts = scaled.firsts
    at_x, spread = (np.add.reduceat(each, firsts) for each in (scaled.n, _squares(scaled)))
    share, by_x = at_x / at_x.sum(), 1 / scaled.x[firsts]
    whole, beside = float(spread.sum() / at_x.sum()), by_x - (share * by_x).sum()
    shape = _shape(whole)
    slope = float((beside * spread).sum() / max((at_x * beside**2).sum(), _TINY))
    rest = whole - slope * float((share * by_x).sum())
    first = [_shape(slope), _shape(rest), 1.0] if min(slope, rest) > 0 else [2 * shape] * 2 + [1.0]
    return [first, [10 * shape, shape, 1.0], [shape, 1e3 * (1 + shape), 1.0]]


def _squares(scaled: Spending) -> Numbers:
    return scaled.n * scaled.log_mean**2


def _shape(spread: float) -> float:
    return min(max(1 / max(spread, _TINY), 1e-3), 1e5)


def _relative(known: Spending, at: Numbers) -> tuple[float, Numbers]:
    """Log density of the logarithms of the mean amounts, and its gradient by ``at``, shape (3,).

    ``at`` holds the logarithms of p, q and of the typical amount m = p * gamma / q: unlike gamma,
    m stays where it is while p or q runs off. With A = p * x and w = mean / m, the share
    u = A * w / (A * w + q) is Beta(A, q). Its density is taken apart so that digits stay where A
    or q are large: (A + q) times the divergence of A / (A + q) from u, which is the sum of
    A * (log(1 + e) - e) and q * (log(1 + f) - f) below, and what Stirling's formula leaves of the
    beta function.
    """
    p, q = np.exp(at[:2])
    firsts = known.firsts
    shapes = p * known.x[firsts]
    beside, slope = _beside_stirling(np.concatenate([shapes, shapes + q, [q]]))
    g = len(shapes)
    of_customers = np.add.reduceat(known.n, firsts)
    of_shape = shapes / (shapes + q)
    constant = 0.5 * np.log(q * of_shape) - _HALF_LOG_TAU - (beside[:g] + beside[-1] - beside[g:-1])
    by_p = 0.5 * (1 - of_shape) - shapes * (slope[:g] - slope[g:-1])
    by_q = 0.5 * of_shape - q * (slope[-1] - slope[g:-1])

    a = np.repeat(shapes, known.counts)
    w = np.exp(np.clip(known.log_mean - at[2], -WIDEST, WIDEST))
    below = a * w + q
    e, f = q * (w - 1) / below, a * (1 - w) / below
    at_p = a * _log_beyond(e, w * (a + q) / below)
    at_q = q * _log_beyond(f, (a + q) / below)
    n = known.n
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
