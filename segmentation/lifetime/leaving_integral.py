"""When a customer of Pareto/NBD has left: the integral that its formulas share.

The papers have hypergeometric functions instead, of which two are subtracted: they lose their
digits for large x, and are inf or NaN for many parameters.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.polynomial.legendre import leggauss
from scipy.special import expit, log_expit

from segmentation.lifetime.grouped import Numbers
from segmentation.lifetime.histories import Flags

# What an integral leaves out: exp(-36) of the whole.
_LEFT_OUT = 36.0
# How many points it may have. By trial, 6 + 0.4 fall + 2.6 width of them give 12 digits.
_POINTS = (8, 12, 16, 20, 24, 32, 48, 64, 128)
# Numbers at once: as many as stay near the processor.
_AT_ONCE = 30_000
# exp of more would be inf; a logarithm of less -inf.
_HUGE, _TINY = 600.0, 1e-300
# Logarithms of times and their ratios are nearer to 0; how finely they are looked for.
_FAR, _HALVINGS = 100.0, 40


@dataclass(frozen=True, kw_only=True)
class Left:
    """Whether and when customers with histories x, t_x, T, shape (n,) each, have left before T.

    ``log_odds`` of having left. If so, it was at a tau from t_x to T: ``log_alpha`` is the mean of
    log((alpha + T) / (alpha + tau)), ``share_alpha`` of alpha / (alpha + tau) - alpha / (alpha +
    T); likewise of beta. They have no unit.
    """

    log_odds: Numbers
    log_alpha: Numbers
    log_beta: Numbers
    share_alpha: Numbers
    share_beta: Numbers


def left(
    parameters: tuple[float, float, float, float],
    x: Numbers,
    t_x: Numbers,
    T: Numbers,  # noqa: N803
) -> Left:
    """By r, alpha, s and beta.

    The odds are the integral of s / (beta + tau) * ((alpha + T) / (alpha + tau))**(r + x) *
    ((beta + T) / (beta + tau))**s by tau from t_x to T: the second term of the likelihood over the
    first (P. Fader and B. Hardie, "A Note on Deriving the Pareto/NBD Model", 2005). With m the
    smaller of alpha and beta and y = log((m + tau) / (m + t_x)), the integrand is a constant times
    exp(-steep y) (1 + q (exp(y) - 1))**-other. Its logarithm is concave, and it is analytic within
    +-pi beside the line, so that Gauss and Legendre need few points.
    """
    r, alpha, s, beta = parameters
    turned = alpha > beta
    m, other_m = (beta, alpha) if turned else (alpha, beta)
    steep, other = (np.full(len(x), s), r + x) if turned else (r + x - 1, np.full(len(x), s + 1))
    since = T - t_x
    q = (m + t_x) / (other_m + t_x)
    near, far = np.log1p(since / (m + t_x)), np.log1p(since / (other_m + t_x))
    enough = _LEFT_OUT + np.maximum(-steep, 0.0) * near
    end = np.minimum(near, enough / np.maximum(steep, _TINY))
    end = np.minimum(end, np.log1p(np.expm1(np.minimum(enough / other, _HUGE)) / q))

    whole, y, rise, log_other, rise_other = _means(end, steep, other, q)
    logs = near - y, far - log_other
    shares = (
        m / (m + t_x) * (since / (m + T) - rise),
        other_m / (other_m + t_x) * (since / (other_m + T) - rise_other),
    )
    to_alpha, to_beta = (far, near) if turned else (near, far)
    log_odds = np.log(s * (1.0 if turned else q)) + (r + x) * to_alpha + s * to_beta
    log_odds += np.log(np.maximum(end * whole, _TINY))
    return Left(
        log_odds=log_odds,
        log_alpha=logs[turned],
        log_beta=logs[not turned],
        share_alpha=shares[turned],
        share_beta=shares[not turned],
    )


def _means(end: Numbers, steep: Numbers, other: Numbers, q: Numbers) -> Numbers:
    """Over y from 0 to end, shape (5, n): the integrand's mean and, weighted with it, the means
    of y, 1 - exp(-y), z and 1 - exp(-z), where exp(z) = 1 + q (exp(y) - 1)."""
    fall = np.maximum(steep, 0.0) * end + other * np.log1p(q * np.expm1(end))
    kind = np.searchsorted(_POINTS[:-1], 6 + 0.4 * fall + 2.6 * end).astype(np.int8)
    order = np.argsort(kind, kind="stable")
    given = np.stack([end, steep, other, q])[:, order]
    sums = np.empty((5, len(end)))
    lasts = np.cumsum(np.bincount(kind, minlength=len(_POINTS)))
    first = 0
    for points, last in zip(_POINTS, lasts, strict=True):
        rows = _AT_ONCE // points
        for i in range(first, last, rows):
            some = slice(i, min(i + rows, last))
            _sum_up(given[:, some], sums[:, some], *_gauss(points))
        first = last
    sums[1:] /= sums[0]
    made = np.empty_like(sums)
    made[:, order] = sums
    return made


def _sum_up(given: Numbers, sums: Numbers, at: Numbers, weight: Numbers) -> None:
    """The same means, not divided by the first, of a few; with a row for each point."""
    end, steep, other, q = given
    y = at[:, None] * end
    # As good as expm1 and log1p for a factor of exp(z), and twice as fast.
    up = np.exp(y) - 1
    up_other = up * q
    z = np.log(1 + up_other)
    share = np.exp(-steep * y - other * z)
    np.matmul(weight, share, out=sums[0])
    for k, each in enumerate((y, up / (1 + up), z, up_other / (1 + up_other)), 1):
        np.matmul(weight, each * share, out=sums[k])


def orders_of_the_left(
    parameters: tuple[float, float, float, float],
    log_ways: Numbers,
    T: Numbers,  # noqa: N803
) -> Numbers:
    """The chance of having left before T after k repeat orders, k = 0, 1, ..., shape (n, most + 1).

    ``log_ways`` shape (most + 1,) has log(Gamma(r + k) / (Gamma(r) k!)); T has shape (n, 1).
    It is the integral of the negative binomial chance of k orders in tau times the density of
    leaving at tau. By z = log(tau / alpha) its logarithm is concave: there is one peak, from which
    it is followed to both sides as far as it is worth it.
    """
    r, alpha, s, beta = parameters
    k, to_beta = np.arange(float(len(log_ways))), math.log(alpha / beta)

    def slope(z: Numbers) -> Numbers:
        rising = k * expit(-z) + expit(-z - to_beta)
        return np.asarray(rising - r * expit(z) - s * expit(z + to_beta))

    def log_density(z: Numbers, k: Numbers = k, log_ways: Numbers = log_ways) -> Numbers:
        ordering = log_ways + k * log_expit(z) + r * log_expit(-z)
        leaving = math.log(s) + log_expit(z + to_beta) + s * log_expit(-z - to_beta)
        return np.asarray(ordering + leaving)

    end = np.log(np.maximum(T / alpha, _TINY))
    peak = _halved(lambda z: slope(z) > 0, 0 * k - _FAR, 0 * k + _FAR)
    worth = log_density(peak) - _LEFT_OUT
    last = np.minimum(_halved(lambda z: log_density(z) > worth, peak, peak + _FAR), end)
    top = np.minimum(peak, end)
    low = log_density(top) - _LEFT_OUT
    first = _halved(lambda z: log_density(z) < low, top - 2 * _FAR, top)

    at, weight = _gauss(_POINTS[-1])
    made = np.zeros_like(top)
    for low, high in ((first, top), (top, np.maximum(top, last))):
        z = low[..., None] + (high - low)[..., None] * at
        density = np.exp(log_density(z, k[:, None], log_ways[:, None]))
        made += (high - low) * (density @ weight)
    return made


def _halved(before: Callable[[Numbers], Flags], low: Numbers, high: Numbers) -> Numbers:
    """Where between low and high ``before`` ends to be true."""
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        there = before(middle)
        low, high = np.where(there, middle, low), np.where(there, high, middle)
    return low


@cache
def _gauss(points: int) -> tuple[Numbers, Numbers]:
    """Of an integral from 0 to 1."""
    at, weight = leggauss(points)
    return (at + 1) / 2, weight / 2
