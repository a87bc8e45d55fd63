"""Functions of which the usual formulas lose digits, or time."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import expit, gammaln, log_expit, psi, zeta

from segmentation.lifetime.grouped import Numbers

# The series of log Gamma beside Stirling's formula, in 1/z, 1/z**3 ...; exact to 1e-15 from 10 on.
_STIRLING = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360)
_STIRLING_FROM = 10.0
# What an integral leaves out: exp(-32) of the whole. Its step, and from where it hurries outwards.
_LEFT_OUT, _STEP, _NEAR = 32.0, 0.36, 15.0


def rising(z: float, more: Numbers) -> tuple[Numbers, Numbers]:
    """log Gamma(z + more) - log Gamma(z), whose digits the difference loses for large z; by z."""
    if z < _STIRLING_FROM:
        return gammaln(z + more) - gammaln(z), psi(z + more) - psi(z)
    end = z + more
    log = np.log1p(more / z)
    at_end, slope_at_end = _beside_stirling(end)
    at_z, slope_at_z = _beside_stirling(np.asarray(z))
    value = (z - 0.5) * log + more * np.log(end) - more + (at_end - at_z)
    return value, log + more / (2 * z * end) + (slope_at_end - slope_at_z)


def risings(*cases: tuple[float, Numbers]) -> list[tuple[Numbers, Numbers]]:
    """``rising`` of each."""
    if any(z >= _STIRLING_FROM for z, _ in cases):
        return [rising(z, more) for z, more in cases]
    starts = np.array([z for z, _ in cases])
    ends = np.concatenate([starts, *(z + more for z, more in cases)])
    logs, slopes = gammaln(ends), psi(ends)
    found, first = [], len(cases)
    for i, (_, more) in enumerate(cases):
        some = slice(first, first + len(more))
        found.append((logs[some] - logs[i], slopes[some] - slopes[i]))
        first = some.stop
    return found


def bends(*cases: tuple[float, Numbers]) -> list[Numbers]:
    """The second derivatives of ``rising`` by z, to the digits that a difference leaves."""
    ends = np.concatenate([[z for z, _ in cases], *(z + more for z, more in cases)])
    found = zeta(2.0, ends)
    places = np.cumsum([len(cases), *(len(more) for _, more in cases)])
    return [found[places[i] : places[i + 1]] - found[i] for i in range(len(cases))]


def _beside_stirling(z: Numbers) -> tuple[Numbers, Numbers]:
    """log Gamma(z) less Stirling's formula (z - 1/2) log z - z + log(2 pi) / 2; its slope."""
    y = 1 / (z * z)
    value = slope = 0 * z
    for i in reversed(range(len(_STIRLING))):
        value, slope = _STIRLING[i] + y * value, -(2 * i + 1) * _STIRLING[i] + y * slope
    return value / z, slope * y


def either(log_odds: Numbers) -> tuple[Numbers, Numbers]:
    """log(1 + odds) and odds / (1 + odds), for any logarithm of odds.

    NumPy's exp and log take a fraction of the time of logaddexp and expit; the logarithm is exact
    beside 1, not beside itself where it is tiny.
    """
    small = np.exp(-np.abs(log_odds))
    whole = 1 + small
    more = np.log(whole) + np.maximum(log_odds, 0.0)
    return more, np.where(log_odds > 0, 1.0, small) / whole


def chances(a: float, b: Numbers) -> tuple[Numbers, Numbers]:
    """Points p and weights of the mean of f(p) / p, p being Beta(a, b); shape (len(b), m) each.

    f is 1 - (1 + p t / (alpha + T))**-(r + x): the customer leaves on the orders to come. The
    papers have a difference of hypergeometric functions for the mean, which loses its digits near
    a = 1 and for short times; SciPy's are inf or NaN for many large or small parameters. These are
    trapezoids over u with log(p / (1 - p)) = centre + width * (u + 2 exp(-15) sinh(u)): the
    integrand is analytic within +-pi/2 beside the line, whatever t is, and its ends vanish fast
    even for tiny a or b.
    """
    centre = np.log((a + 1) / (b + 1))[:, None]
    width = np.minimum(np.sqrt(1 / (a + 1) + 1 / (b + 1)), 1.0)[:, None]
    ends = [
        min(9 + reach, _NEAR + math.log1p(reach))
        for reach in (_LEFT_OUT / float((end * width[:, 0]).min()) for end in (a, b))
    ]
    u = np.arange(-math.ceil(ends[0] / _STEP), math.ceil(ends[1] / _STEP) + 1) * _STEP
    tails = np.exp(u - _NEAR), np.exp(-u - _NEAR)
    logit = centre + width * (u + tails[0] - tails[1])
    log_weight = a * log_expit(logit) + b[:, None] * log_expit(-logit)
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True)) * (1 + tails[0] + tails[1])
    # Smaller ones are all alike, and would be 0.
    p = np.maximum(expit(logit), 1e-200)
    return p, weight / weight.sum(axis=1, keepdims=True) / p
