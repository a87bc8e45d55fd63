"""How long customers under contract stay: the shifted-beta-geometric model.

At the end of every period a customer renews or is lost, with a chance of loss of its own that
stays the same and differs among customers as Beta(alpha, beta): P. Fader and B. Hardie, "How to
Project Customer Retention", Journal of Interactive Marketing 21(1), 2007; what customers are
still worth: the same, "Customer-Base Valuation in a Contractual Setting: The Perils of Ignoring
Heterogeneity", Marketing Science 29(1), 2010. Retention grows with the age of a cohort because
those likely to leave have left.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.special import expit, gammaln

from segmentation.lifetime.grouped import Numbers
from segmentation.lifetime.maximising import Maximum, maximise

_STIRLING_FROM = 10.0
# What an integral leaves out, and how far its trapezoids are from it: exp(-40) of the whole.
_LEFT_OUT = 40.0
_WIDEST_STEP = 0.125
# Rows of the integral done at once, for the memory's sake.
_ROWS = 128


@dataclass(frozen=True, kw_only=True)
class Sbg:
    """Shapes of the beta distribution of the chance to be lost in a period; no unit.

    alpha / (alpha + beta) are lost in the first period; the larger alpha + beta, the more alike
    are the customers.
    """

    alpha: float
    beta: float

    def log_likelihood(self, lost: npt.ArrayLike, still: npt.ArrayLike) -> float:
        """Of the counts that ``fit`` takes (2007, eq. B3)."""
        return _log_likelihood(*_renewals(lost, still))(np.log([self.alpha, self.beta]))[0]

    def retention(self, periods: npt.ArrayLike) -> Numbers:
        """The share of those there at the start of period 1, 2, ... who stay beyond its end.

        Shape of ``periods``, from 1 on.
        """
        so_far = np.asarray(periods, dtype=np.float64) - 1
        return np.asarray((self.beta + so_far) / (self.alpha + self.beta + so_far))

    def survival(self, periods: npt.ArrayLike) -> Numbers:
        """The share of customers who stay beyond the end of period 0, 1, 2, ....

        That is B(alpha, beta + t) / B(alpha, beta), shape of ``periods`` (2007; eq. 7 step by
        step).
        """
        t = np.asarray(periods, dtype=np.float64)
        # Both make the same ratio; the shorter way loses fewer digits.
        short, long = np.minimum(t, self.alpha), np.maximum(t, self.alpha)
        log = _log_rising(self.beta, short) - _log_rising(self.beta + long, short)
        return np.asarray(np.exp(np.minimum(log, 0.0)))

    @property
    def expected_tenure(self) -> float:
        """Periods that a new customer stays, the first included; infinite for alpha <= 1.

        Then a few who hardly ever leave make up the mean. It is the mean of 1 over the chance.
        """
        return self.discounted_tenure(0.0)

    def discounted_tenure(self, rate: float) -> float:
        """What one unit at the start of each period brings of a new customer (DEL of 2010).

        The first counts fully, each next one 1 + ``rate`` times less; ``rate`` >= 0 is that of
        one period. Infinite for ``rate`` = 0 and alpha <= 1.
        """
        return float(_present_value(self.alpha, np.array([self.beta]), rate)[0])

    def discounted_residual(self, renewals: npt.ArrayLike, rate: float) -> Numbers:
        """What one unit at each renewal to come brings of customers still there (DERL of 2010).

        ``renewals`` is how often they have renewed so far (n - 1 in the paper), 0 or more; they
        decide on the next renewal now, and the unit it brings counts fully. ``rate`` as in
        ``discounted_tenure``. Shape of ``renewals``.
        """
        distinct, which = np.unique(np.asarray(renewals, np.float64), return_inverse=True)
        renewed = self.retention(distinct + 1)
        value = renewed * _present_value(self.alpha, self.beta + distinct + 1, rate)
        return np.asarray(value[which].reshape(np.shape(renewals)))


def counted(
    periods: npt.ArrayLike, lost: npt.ArrayLike, n: npt.ArrayLike | None = None
) -> tuple[Numbers, Numbers]:
    """Counts of lost and of remaining customers by period, as ``fit`` takes them.

    ``periods`` shape (k,): the whole number of the period in which each was lost, from 1 on, or
    of those that it has completed by now, from 0 on; ``lost`` shape (k,) says which; ``n`` is how
    many customers there are of each kind, 1 if left out. Cohorts may be of different ages.
    """
    number, gone, count = np.broadcast_arrays(
        np.asarray(periods).astype(np.intp).ravel(),
        np.asarray(lost, dtype=bool),
        np.asarray(1.0 if n is None else n, dtype=np.float64),
    )
    if (number < np.where(gone, 1, 0)).any():
        raise ValueError("periods go from 1, or 0 of those still there")
    longest = int(number.max(initial=0))

    def by_period(kind: npt.NDArray[np.bool_]) -> Numbers:
        found = np.bincount(number[kind], weights=count[kind], minlength=longest + 1)
        return found[1:].astype(np.float64)

    return by_period(gone), by_period(~gone)


def fit(lost: npt.ArrayLike, still: npt.ArrayLike) -> tuple[Sbg, Maximum]:
    """The most likely model of counts by period, shape (k,), and the maximum by its logarithms.

    ``lost`` is how many customers were lost in period 1, 2, ... k; ``still`` how many remain of
    those who have been there for so many periods, of all cohorts; one number means one cohort
    after period k. Customers who are all alike lead to the largest shapes, nobody lost to the
    smallest alpha, all lost at once to the smallest beta: the maximum says so. Of one period alone
    only the ratio of the shapes is known; then their sum is about 2 and the covariance NaN.

    Raises ValueError where nobody has come to the end of a period.
    """
    left, stayed = _renewals(lost, still)
    met = left + stayed
    if not met.any():
        raise ValueError("nobody has come to an end of a period")
    share = min(max(float(left.sum() / met.sum()), 1e-6), 1 - 1e-6)
    # After one period all sizes are as likely: rounding would choose among several starts.
    sizes = (2.0, 0.2, 20.0, 1e6) if met[1:].any() else (2.0,)
    starts = [[size * share, size * (1 - share)] for size in sizes]
    found = maximise(_log_likelihood(left, stayed), starts)
    if len(sizes) == 1:
        found = replace(found, covariance=np.full((2, 2), np.nan))
    alpha, beta = found.parameters.tolist()
    return Sbg(alpha=alpha, beta=beta), found


def _renewals(lost: npt.ArrayLike, still: npt.ArrayLike) -> tuple[Numbers, Numbers]:
    """How many left and how many stayed at the end of period 1, 2, ... k."""
    left = np.atleast_1d(np.asarray(lost, dtype=np.float64))
    remain = np.asarray(still, dtype=np.float64)
    if not remain.ndim:
        remain = np.append(np.zeros(len(left) - 1), remain)
    met = np.cumsum((left + remain)[::-1])[::-1]
    return left, met - left


def _log_likelihood(left: Numbers, stayed: Numbers) -> Callable[[Numbers], tuple[float, Numbers]]:
    """By the logarithms of alpha and beta, with its gradient.

    The product of the chances of every renewal that was due is that of the chances of whole
    lifetimes, and needs no beta functions.
    """
    so_far = np.arange(len(left), dtype=np.float64)

    def at(logarithms: Numbers) -> tuple[float, Numbers]:
        alpha, beta = np.exp(logarithms)
        renewed = beta + so_far
        both = alpha + renewed
        value = (stayed * -np.log1p(alpha / renewed)).sum() + (left * np.log(alpha / both)).sum()
        by_alpha = (left * (renewed / both) - stayed * (alpha / both)).sum()
        by_beta = ((stayed * (alpha / renewed) - left) * (beta / both)).sum()
        return float(value), np.array([by_alpha, by_beta])

    return at


def _log_rising(z: Numbers | float, more: Numbers) -> Numbers:
    """log Gamma(z + more) - log Gamma(z), whose digits the difference loses for large z."""
    z, more = np.broadcast_arrays(np.asarray(z, dtype=np.float64), more)
    large = np.maximum(z, _STIRLING_FROM)
    stirling = (large - 0.5) * np.log1p(more / large) + more * np.log(large + more) - more
    rest = _beside_stirling(large + more) - _beside_stirling(large)
    made: Numbers = np.where(z < _STIRLING_FROM, gammaln(z + more) - gammaln(z), stirling + rest)
    return made


def _beside_stirling(z: Numbers) -> Numbers:
    """What log Gamma(z) has beside Stirling's formula, to 1e-15 from z = 10 on."""
    y = 1 / (z * z)
    series = 1 / 1260 - y * (1 / 1680 - y * (1 / 1188 - y * (691 / 360360)))
    made: Numbers = (1 / 12 - y * (1 / 360 - y * series)) / z
    return made


def _present_value(alpha: float, beta: Numbers, rate: float) -> Numbers:
    """The mean of (1 + rate) / (theta + rate) of theta as Beta(alpha, beta), shape of ``beta``.

    It is the sum of survival(t) / (1 + rate)**t over t = 0, 1, 2, ..., in the paper of 2010
    2F1(1, beta; alpha + beta; 1 / (1 + rate)), of which SciPy makes NaN for a beta of some hundreds
    and which loses digits for small rates. The integral does neither.
    """
    if rate < 0:
        raise ValueError("rate is below 0")
    if rate == 0:
        mean = (alpha + beta - 1) / (alpha - 1) if alpha > 1 else np.full(beta.shape, np.inf)
        return np.asarray(mean)
    parts = [_integral(alpha, beta[i : i + _ROWS, None], rate) for i in range(0, len(beta), _ROWS)]
    return np.concatenate(parts) if parts else np.zeros(0)


def _integral(alpha: float, beta: Numbers, rate: float) -> Numbers:
    """``_present_value`` of ``beta``, shape (k, 1), by trapezoids over u; shape (k,).

    With theta = expit(centre + width * sinh(u)) the integrand is analytic around the real line
    and vanishes fast on both sides, where trapezoids gain digits with every halving of the step;
    the nearest points where it isn't are theta = -rate and the infinite ones of theta.
    """
    centre = np.log(alpha) - np.log(beta)
    width = np.minimum(np.sqrt(1 / alpha + 1 / beta), math.pi)
    furthest = np.abs(centre) + abs(math.log(rate)) + 1
    clear = np.arcsinh((furthest + 1j * math.pi) / width).imag
    step = min(float(2 * math.pi / _LEFT_OUT * clear.min()), _WIDEST_STEP)
    slowest = width * np.minimum(alpha, beta)
    end = np.arcsinh(12 + (_LEFT_OUT + abs(math.log(rate))) / slowest).max()
    u = np.arange(-math.ceil(end / step), math.ceil(end / step) + 1) * step
    logit = centre + width * np.sinh(u)
    log_weight = alpha * logit - (alpha + beta) * np.logaddexp(0, logit) + np.log(np.cosh(u))
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    value = (weight * ((1 + rate) / (rate + expit(logit)))).sum(axis=1)
    made: Numbers = value / weight.sum(axis=1)
    return made
