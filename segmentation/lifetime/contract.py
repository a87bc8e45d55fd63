"""Customers who pay once in every period until they leave: the model of `sbg`, seen by days.

Who has paid within the last period, and a tenth of one of grace, still is a customer; who hasn't
left at the end of the period after the last payment.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from segmentation.lifetime import sbg
from segmentation.lifetime.grouped import Grouped, Numbers
from segmentation.lifetime.maximising import Maximum

_GRACE = 1.1
_DAY = 1e-9


@dataclass(frozen=True, kw_only=True)
class Contract:
    """``alpha`` and ``beta`` of the chances to leave at the end of a ``period`` of so many days."""

    alpha: float
    beta: float
    period: float

    def p_alive(self, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Numbers:  # noqa: ARG002, N803
        """1 for who still pays, 0 for who does not any more, shape (n,)."""
        return np.where(_still(np.asarray(t_x), np.asarray(T), self.period), 1.0, 0.0)

    def living_orders(self, x: ArrayLike, T: ArrayLike, t: ArrayLike) -> Numbers:  # noqa: N803
        """Payments to expect in (T, T + t] of who still is a customer at T, shape (n,).

        One that is due, and by x not there yet, is to come, too.
        """
        x, total, t = np.broadcast_arrays(*(np.asarray(v, np.float64) for v in (x, T, t)))
        so_far, then = self._periods(total), self._periods(total + t)
        so_far = np.where(x < so_far, np.maximum(so_far - 1, 0), so_far)
        survival = self._survival(int(then.max(initial=0)))
        paid = np.cumsum(survival)
        return np.asarray((paid[then] - paid[so_far]) / survival[so_far])

    def expected_orders(self, x: ArrayLike, t_x: ArrayLike, T: ArrayLike, t: ArrayLike) -> Numbers:  # noqa: N803
        """Payments to expect in (T, T + t] of who has that history, shape (n,)."""
        return np.asarray(self.p_alive(x, t_x, T) * self.living_orders(x, T, t))

    def expected_total(self, t: ArrayLike) -> Numbers:
        """Payments after the first to expect of a new customer in its first t, shape (k,)."""
        t = np.asarray(t, dtype=np.float64)
        return self.living_orders(np.inf * (t + 1), 0 * t, t)

    def p_orders(self, most: int, T: ArrayLike) -> Numbers:  # noqa: N803
        """The share of customers with 0, 1, ... ``most`` payments after the first, and with more.

        Expected of new customers who are watched for T each, shape (n,); shape (most + 2,), its
        sum is 1.
        """
        ends, customers = np.unique(self._periods(np.asarray(T, np.float64)), return_counts=True)
        survival = self._survival(max(int(ends.max(initial=0)), most) + 1)
        made = np.zeros(most + 2)
        for end, n in zip(ends.tolist(), customers.tolist(), strict=True):
            reached = survival[: end + 2].copy()
            # Nobody can have paid more often than there were periods.
            reached[end + 1 :] = 0.0
            shares = reached[:-1] - reached[1:]
            made[: min(end, most) + 1] += n * shares[: most + 1]
            made[-1] += n * shares[most + 1 :].sum()
        return np.asarray(made / max(customers.sum(), 1))

    def _periods(self, days: Numbers) -> np.ndarray[tuple[int, ...], np.dtype[np.intp]]:
        return np.floor(days / self.period + _DAY).astype(np.intp)

    def _survival(self, longest: int) -> Numbers:
        model = sbg.Sbg(alpha=self.alpha, beta=self.beta)
        # Where hardly anybody is left what follows still has to be told by a ratio.
        return np.asarray(np.maximum(model.survival(np.arange(longest + 1.0)), 1e-300))


def fit(histories: Grouped, period: float) -> tuple[Contract, Maximum]:
    """The most likely model of the histories; the maximum by alpha, beta and the period, given.

    Raises ValueError where nobody has come to the end of a period.
    """
    still = _still(histories.t_x, histories.T, period)
    renewed = np.rint(histories.t_x / period)
    counts = sbg.counted(np.where(still, renewed, renewed + 1), ~still, histories.n)
    model, found = sbg.fit(*counts)
    covariance = np.zeros((3, 3))
    covariance[:2, :2] = found.covariance
    found = replace(
        found,
        log_parameters=np.append(found.log_parameters, np.log(period)),
        covariance=covariance,
        at_edge=(*found.at_edge, False),
    )
    return Contract(alpha=model.alpha, beta=model.beta, period=period), found


def _still(
    t_x: Numbers, total: Numbers, period: float
) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    return np.asarray(total - t_x <= _GRACE * period)
