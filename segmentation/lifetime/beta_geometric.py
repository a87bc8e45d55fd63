"""What BG/NBD and MBG/NBD share: they differ in when somebody can leave.

Orders come at a customer's own rate, gamma over customers (r, alpha); after each occasion to leave
a customer leaves with his own probability, beta over customers (a, b). The occasions are the
repeat orders (BG/NBD; Fader, Hardie & Lee 2005), or the first order too (MBG/NBD; Batislam,
Denizel & Filiztekin 2007). With k occasions so far

    L = Gamma(r+x) alpha^r / Gamma(r) * B(a, b+k) / B(a, b)
        * ((alpha+T)^-(r+x) + [k > 0] a / (b+k-1) * (alpha+t_x)^-(r+x)).

For somebody who is still there the orders of the time t to come have the mean, over the rate and
the probability p ~ Beta(a, b+k), of (1 - exp(-rate p t)) / p; with z = t / (alpha+T+t) that is

    (a+b+k-1) / (a-1) * (1 - (1-z)^(a-1) * 2F1(a+b+k-x-1-r, a-1; a+b+k-1; z)),

Euler's transformation of the papers' form: its parameters stay small however large x is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, betaincc, betaln, expit, gammaln, hyp2f1, log_expit, psi

from segmentation.lifetime.grouped import Grouped, Numbers
from segmentation.lifetime.maximising import Maximum, maximise

# Nearer to a = 1 the difference above loses its digits; the mean of both sides has them.
_NEAR = 1e-4
# Beyond, SciPy's 2F1 can't be relied on.
_LARGEST, _STEEP = 1e4, 20.0
_POINTS, _LEAST = 400, 1e-300


@dataclass(frozen=True, kw_only=True)
class BetaGeometric:
    """``r`` and ``alpha`` (in the data's unit of time) of the rates, ``a`` and ``b`` of leaving.

    Histories ``x``, ``t_x``, ``T`` have shape (n,), and so have the results.
    """

    r: float
    alpha: float
    a: float
    b: float

    FIRST_TOO: ClassVar[int] = 0

    def log_likelihood(self, histories: Grouped) -> float:
        """Of all customers."""
        of = np.array([self.r, self.alpha, self.a, self.b])
        with np.errstate(all="ignore"):
            return float((histories.n * _terms(histories, of, self.FIRST_TOO)[0]).sum())

    def p_alive(self, x: npt.ArrayLike, t_x: npt.ArrayLike, T: npt.ArrayLike) -> Numbers:  # noqa: N803
        """The probability of still being a customer."""
        x, t_x, total = (np.asarray(each, dtype=np.float64) for each in (x, t_x, T))
        k = x + self.FIRST_TOO
        with np.errstate(all="ignore"):
            longer = np.log((self.alpha + total) / (self.alpha + t_x))
            gone = np.log(self.a / (self.b + k - 1)) + (self.r + x) * longer
            found: Numbers = np.where(k > 0, expit(-gone), 1.0)
        return found

    def expected_orders(
        self,
        x: npt.ArrayLike,
        t_x: npt.ArrayLike,
        T: npt.ArrayLike,  # noqa: N803
        t: npt.ArrayLike,
    ) -> Numbers:
        """Orders in (T, T + t]."""
        x, total, t = np.broadcast_arrays(*(np.asarray(v, np.float64) for v in (x, T, t)))
        return self.p_alive(x, t_x, total) * self._while_alive(x, total, t)

    def expected_total(self, t: npt.ArrayLike) -> Numbers:
        """Repeat orders of a new customer in the first ``t``."""
        t = np.atleast_1d(np.asarray(t, dtype=np.float64))
        nothing = np.zeros_like(t)
        stays = self.b / (self.a + self.b) if self.FIRST_TOO else 1.0
        return stays * self._while_alive(nothing, nothing, t)

    def _while_alive(self, x: Numbers, total: Numbers, t: Numbers) -> Numbers:
        """Orders of somebody who is there at T, in (T, T + t]."""
        k = x + self.FIRST_TOO
        if abs(self.a - 1) < _NEAR:
            sides = [self._closed(x, k, total, t, 1 + side * _NEAR) for side in (-1, 1)]
            found = (sides[0] + sides[1]) / 2
        else:
            found = self._closed(x, k, total, t, self.a)
        rate = (self.r + x) / (self.alpha + total)
        # More than anybody who never leaves would order can't be; the rest has lost its digits.
        with np.errstate(all="ignore"):
            sound = np.isfinite(found) & (found >= 0) & (found <= rate * t * (1 + 1e-9))
        bad = np.flatnonzero(~sound)
        found = np.where(sound, found, 0.0)
        if len(bad):
            found[bad] = self._by_quadrature(*(v[bad] for v in (x, k, total, t)))
        return np.where(t > 0, found, 0.0)

    def _closed(self, x: Numbers, k: Numbers, total: Numbers, t: Numbers, a: float) -> Numbers:
        if a > _STEEP or max(self.b, self.r) > _LARGEST:
            return np.full(len(x), np.nan)
        with np.errstate(all="ignore"):
            z = t / (self.alpha + total + t)
            c = a + self.b + k - 1
            small = a + self.b + (k - x) - 1 - self.r
            rest = (1 - z) ** (a - 1) * hyp2f1(small, a - 1, c, z)
            found = c / (a - 1) * (1 - rest)
            # A difference of nearly nothing has no digits left.
            lost = (np.abs(1 - rest) < 1e-7 * np.abs(rest)) | (np.abs(c) < 1e-3)
            return np.where(lost, np.nan, found)

    def _by_quadrature(self, x: Numbers, k: Numbers, total: Numbers, t: Numbers) -> Numbers:
        """The mean over the probability p of leaving: never without an answer.

        By the trapezoidal rule in v = log(p / (1-p)), around where p is likely, which converges
        fast as the density falls off at both ends. What lies beyond counts with its end.
        """
        of, steps = self.r + x, t / (self.alpha + total)
        rest = self.b + k
        with np.errstate(all="ignore"):
            middle = np.log(self.a / rest)
            width = np.sqrt(1 / self.a + 1 / rest)
            # Below, the orders to come hardly depend on p.
            low = np.minimum(middle - 12 * width, -np.log1p(of * steps) - 30)
            low = np.maximum(low, middle - 60 * width)
            v = low[:, None] + np.linspace(0, 1, _POINTS) * (12 * width + middle - low)[:, None]
            p = np.maximum(expit(v), _LEAST)
            log_density = self.a * log_expit(v) + rest[:, None] * log_expit(-v)
            weight = np.exp(log_density - log_density.max(axis=1, keepdims=True))
            inside = betainc(self.a, rest, p[:, -1]) - betainc(self.a, rest, p[:, 0])
            weight *= (inside / weight.sum(axis=1))[:, None]
            weight[:, 0] += betainc(self.a, rest, p[:, 0])
            weight[:, -1] += betaincc(self.a, rest, p[:, -1])
            value = -np.expm1(-of[:, None] * np.log1p(p * steps[:, None])) / p
            found = (value * weight).sum(axis=1)
            # Nobody leaves, or everybody at once.
            plain = -np.expm1(-of * np.log1p(steps * self.a / (self.a + rest)))
            plain = plain * (self.a + rest) / self.a
            plain = np.where(np.isfinite(plain), plain, of * steps)
        return np.where(np.isfinite(found), found, plain)

    @classmethod
    def fitted(cls, histories: Grouped) -> tuple[Self, Maximum]:
        """The likeliest parameters."""
        unit = max(float((histories.n * histories.T).sum() / histories.customers), 1e-9)
        scaled = histories.scaled(unit)

        def log_likelihood(at: Numbers) -> tuple[float, Numbers]:
            of = np.exp(at)
            value, slopes = _terms(scaled, of, cls.FIRST_TOO)
            return float((scaled.n * value).sum()), of * (scaled.n * slopes).sum(axis=1)

        found = maximise(log_likelihood, _starts(scaled)).in_unit(
            unit, of_time=(1,), orders=float((histories.n * histories.x).sum())
        )
        r, alpha, a, b = found.parameters.tolist()
        return cls(r=r, alpha=alpha, a=a, b=b), found


def _starts(scaled: Grouped) -> list[tuple[float, float, float, float]]:
    """Around the mean rate, with much and little difference between customers."""
    rate = max(float((scaled.n * scaled.x).sum()) / float((scaled.n * scaled.T).sum() or 1.0), 1e-6)
    leaving = ((0.8, 2.5), (0.2, 0.5), (0.05, 5.0), (3.0, 3.0))
    return [
        (r, r / (2 * rate), a, b) for r, (a, b) in zip((0.3, 1.0, 2.0, 0.6), leaving, strict=True)
    ]


def _terms(h: Grouped, of: Numbers, first_too: int) -> tuple[Numbers, Numbers]:
    """Each distinct history's log-likelihood, shape (g,), and its slopes by parameter, (4, g)."""
    r, alpha, a, b = of
    x, k = h.x, h.x + first_too
    later, longer = np.log(alpha + h.t_x), np.log(alpha + h.T)
    some = k > 0
    gone = np.where(some, np.log(a / np.where(some, b + k - 1, 1.0)) - (r + x) * later, -np.inf)
    there = -(r + x) * longer
    value = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    value = value + betaln(a, b + k) - betaln(a, b) + np.logaddexp(there, gone)
    w = expit(gone - there)
    by_r = psi(r + x) - psi(r) + np.log(alpha) - (1 - w) * longer - w * later
    by_alpha = r / alpha - (r + x) * ((1 - w) / (alpha + h.T) + w / (alpha + h.t_x))
    by_a = psi(a + b) - psi(a + b + k) + w / a
    by_b = psi(b + k) - psi(a + b + k) - psi(b) + psi(a + b)
    by_b = by_b - np.where(some, w / np.where(some, b + k - 1, 1.0), 0.0)
    return value, np.array([by_r, by_alpha, by_a, by_b])
