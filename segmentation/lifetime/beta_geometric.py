"""What BG/NBD and MBG/NBD share: they differ only in when a customer can leave.

A customer orders at a rate of its own, Gamma(r, alpha) among customers (alpha a time), and on each
occasion leaves with a probability p of its own, Beta(a, b). The occasions are the repeat orders
(BG/NBD: P. Fader, B. Hardie and K. L. Lee, "Counting Your Customers the Easy Way", Marketing
Science 24(2), 2005), or the first order, too (MBG/NBD: E. Batislam, M. Denizel and
A. Filiztekin, International Journal of Research in Marketing 24(3), 2007). Below, k is how many
occasions a customer has met: x, or x + 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc, expit, gammaln, xlogy

from segmentation.lifetime.beta_likelihood import Likelihood, log_odds_to_leave
from segmentation.lifetime.grouped import Grouped, Numbers, with_places
from segmentation.lifetime.maximising import (
    HIGHEST,
    LOWEST,
    LogLikelihood,
    Maximum,
    maximise,
)
from segmentation.lifetime.special import chances, rising
from segmentation.lifetime.stages import maximise_in_stages

# Numbers of an integral at once, and distinct x, for the memory's sake.
_AT_ONCE, _DISTINCT = 1_000_000, 256
# Among more customers, the climb begins with about so many of them.
_ENOUGH = 5_000
# Less than this of the log-likelihood is no reason not to call a parameter unbounded.
_NOTHING = 1e-6
# Where a climb begins: r, how much faster than the mean they order, a and b. Silence tells of slow
# customers or of lost ones, and either may be a maximum: the first two starts lead to one each.
_KINDS = (
    (0.1, 1.5, 5, 50),
    (5, 10, 1, 0.1),
    (0.1, 1.2, 1.5, 10),
    (1, 1.2, 10, 500),
    (0.3, 1.5, 0.8, 2.5),
    (0.3, 1.5, 0.3, 0.3),
    (5, 3, 5, 9),
    (1, 2, 0.8, 1),
    (2, 1.1, 0.05, 5),
)
_QUICK = 2
# Where something likelier than an edge is looked for: log a and log b; as far from both.
_LEAVING = np.array([(a, b) for a in range(-12, 13, 4) for b in range(-12, 13, 4)], np.float64)
_ALIKE = np.arange(-24.0, 25.0, 2.0)[:, None]
# Ways to the edges: customers order alike; never; may leave alike; leave at once or never; all at
# once; nobody ever. Of equals the last is taken.
_R, _RATES, _A, _B, _LEAVES = [0], [0, 1], [2], [3], [2, 3]
_WAYS = ((_RATES, 1), (_R, -1), (_LEAVES, 1), (_LEAVES, -1), (_B, -1), (_A, 1), (_B, 1), (_A, -1))


@dataclass(frozen=True, kw_only=True)
class BetaGeometric:
    """``r`` and ``alpha`` of the rates of ordering, ``a`` and ``b`` of the chances to leave.

    alpha has the data's unit of time, r / alpha is the mean rate; a / (a + b) is the mean chance to
    leave on an occasion. The larger r, and a + b, the more alike are the customers. Of histories
    x, t_x, T (see the package), 0 <= t_x <= T is assumed.
    """

    FIRST_TOO: ClassVar[int] = 0

    r: float
    alpha: float
    a: float
    b: float

    def log_likelihood(self, histories: Grouped) -> float:
        """Of all customers; a density by time for each repeat order (2005, eq. 6)."""
        at = np.log([self.r, self.alpha, self.a, self.b])
        return Likelihood(histories, self.FIRST_TOO)(at)[0]

    def p_alive(self, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Numbers:  # noqa: N803
        """The probability of still being a customer at T, shape (n,)."""
        x, t_x, total = (np.asarray(each, dtype=np.float64) for each in (x, t_x, T))
        k = x + self.FIRST_TOO
        silence = (self.r + x) * np.log1p((total - t_x) / (self.alpha + t_x))
        left = log_odds_to_leave(self.a, self.b, k) + silence
        return np.asarray(np.where(k > 0, expit(-left), 1.0))

    def expected_orders(self, x: ArrayLike, t_x: ArrayLike, T: ArrayLike, t: ArrayLike) -> Numbers:  # noqa: N803
        """Orders to expect in (T, T + t] of who has that history (2005, eq. 10), shape (n,)."""
        return np.asarray(self.p_alive(x, t_x, T) * self.living_orders(x, T, t))

    def expected_total(self, t: ArrayLike) -> Numbers:
        """Repeat orders to expect of a new customer in its first t, shape (k,) (2005, eq. 9)."""
        t = np.asarray(t, dtype=np.float64)
        stays = self.b / (self.a + self.b) if self.FIRST_TOO else 1.0
        return np.asarray(stays * self.living_orders(0 * t, 0 * t, t))

    def p_orders(self, most: int, T: ArrayLike) -> Numbers:  # noqa: N803
        """The share of customers with 0, 1, ... ``most`` repeat orders, and with more.

        Expected of new customers who are watched for T each, a number or shape (n,): the mean over
        them of P(X(T) = x) (2005, eq. 8); shape (most + 2,), its sum is 1.
        """
        watched, customers = np.unique(np.asarray(T, dtype=np.float64), return_counts=True)
        x = np.arange(most + 1.0)
        k = x + self.FIRST_TOO
        stays = np.exp(rising(self.b, k)[0] - rising(self.a + self.b, k)[0])
        leaves = stays * np.exp(log_odds_to_leave(self.a, self.b, k))
        ways = rising(self.r, x)[0] - gammaln(x + 1)
        made = np.zeros(most + 2)
        rows = max(1, _AT_ONCE // (most + 2))
        for i in range(0, len(watched), rows):
            total, n = watched[i : i + rows, None], customers[i : i + rows, None]
            share = total / (self.alpha + total)
            exactly = np.exp(ways + xlogy(x, share) - self.r * np.log1p(total / self.alpha))
            # x or more orders, if nobody left.
            beyond = np.hstack([np.ones_like(share), betainc(x + 1, self.r, share)])
            made[:-1] += (n * (stays * exactly + leaves * beyond[:, :-1])).sum(axis=0)
            made[-1] += (n[:, 0] * stays[-1] * beyond[:, -1]).sum()
        return np.asarray(made / max(customers.sum(), 1))

    def living_orders(self, x: ArrayLike, T: ArrayLike, t: ArrayLike) -> Numbers:  # noqa: N803
        """Orders to expect in (T, T + t] of who is still a customer at T; t_x tells no more.

        Equal cases are done once, and the integral's points once for each x.
        """
        given = np.broadcast_arrays(*(np.asarray(each, np.float64) for each in (x, T, t)))
        cases, places = with_places(*(np.ravel(each) for each in given))
        orders, watched, ahead = (each[:, None] for each in (cases.x, cases.t_x, cases.T))
        distinct, of_x = np.unique(cases.x, return_inverse=True)
        made = np.empty(len(cases.x))
        first = 0
        while first < len(made):
            some = distinct[of_x[first] : of_x[first] + _DISTINCT]
            p, weight = chances(self.a, self.b + (some + self.FIRST_TOO))
            last = first + max(1, _AT_ONCE // p.shape[1])
            now = slice(first, min(last, int(np.searchsorted(of_x, of_x[first] + len(some)))))
            row = of_x[now] - of_x[first]
            later = np.log1p(p[row] * (ahead[now] / (self.alpha + watched[now])))
            made[now] = (-np.expm1(-(self.r + orders[now]) * later) * weight[row]).sum(axis=1)
            first = now.stop
        return made[places].reshape(given[0].shape)

    @classmethod
    def fitted(cls, histories: Grouped) -> tuple[Self, Maximum]:
        """The most likely model, and the maximum by the logarithms of r, alpha, a and b.

        x are whole numbers. There is always an answer, with ``at_edge`` where parameters are
        unbounded: r and alpha where customers order alike, a and b where they may leave alike (both
        large), at once or never (both small) or never at all (a small, b large).
        """
        unit = histories.mean_time
        scaled = histories.scaled(unit)

        def likelihood(every: int) -> Likelihood:
            return Likelihood(scaled, cls.FIRST_TOO, every)

        starts = _starts(scaled)
        found = maximise_in_stages(likelihood, int(scaled.customers), starts[:_QUICK])
        if found is None:
            every = max(1, int(scaled.customers) // _ENOUGH)
            found = maximise(likelihood(every), starts)
            if every > 1:
                found = maximise(likelihood(1), [found.parameters.tolist()])
            found = _unbounded(likelihood(1), found)
        found = found.in_unit(unit, of_time=(1,), orders=histories.orders)
        r, alpha, a, b = found.parameters.tolist()
        return cls(r=r, alpha=alpha, a=a, b=b), found


def _starts(
    histories: Grouped, kinds: Sequence[tuple[float, float, float, float]] = _KINDS
) -> list[list[float]]:
    """At about the mean rate of orders, customers who differ and leave little or much."""
    rate = min(max(histories.orders, 0.5) / max(histories.time, 1e-300), 1e6)
    return [[r, r / (rate * more), one, other] for r, more, one, other in kinds]


def _unbounded(likelihood: LogLikelihood, found: Maximum) -> Maximum:
    """The maximum moved to the edges where these are as likely: a climb stops on the way there.

    Near the edges there is hardly a slope, so likelier places are looked for all around, too.
    """
    with np.errstate(all="ignore"):
        at = _to_edges(likelihood, found)
        if (at == found.log_parameters).all() and not any(found.at_edge):
            return found
        around = [np.r_[at[:2], place] for place in (*_LEAVING, *(at[2:] + _ALIKE))]
        around = [np.clip(place, LOWEST, HIGHEST) for place in around]
        best = max(around, key=lambda each: likelihood(each)[0])
        if likelihood(best)[0] > likelihood(at)[0]:
            other = maximise(likelihood, [np.exp(best).tolist()])
            found = max(found, other, key=lambda each: each.log_likelihood)
            at = _to_edges(likelihood, found)
    return _with_edges(likelihood, found, at)


def _to_edges(likelihood: LogLikelihood, found: Maximum) -> Numbers:
    at = found.log_parameters
    for which, sign in _WAYS:
        there = at.copy()
        there[which] += sign * np.abs((HIGHEST if sign > 0 else LOWEST) - at[which]).min()
        if likelihood(there)[0] >= found.log_likelihood - _NOTHING:
            at = there
    return at


def _with_edges(likelihood: LogLikelihood, found: Maximum, at: Numbers) -> Maximum:
    """The maximum with those of ``at`` that stand at an edge, and the best of the others."""
    free = (at > LOWEST + _NOTHING) & (at < HIGHEST - _NOTHING)
    covariance = np.full((4, 4), np.nan)
    if not free.any():
        found = replace(found, log_parameters=at, log_likelihood=likelihood(at)[0])
        return replace(found, covariance=covariance, at_edge=(True,) * 4, converged=True)

    def along(part: Numbers) -> tuple[float, Numbers]:
        whole = at.copy()
        whole[free] = part
        value, gradient = likelihood(whole)
        return value, gradient[free]

    inner = maximise(along, [np.exp(at[free]).tolist()])
    covariance[np.ix_(free, free)] = inner.covariance
    at, edge = at.copy(), ~free
    at[free], edge[free] = inner.log_parameters, inner.at_edge
    return replace(inner, log_parameters=at, covariance=covariance, at_edge=tuple(edge.tolist()))
