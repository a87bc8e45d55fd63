"""Expected orders without a fitted model, for data from which none can be learned.

A customer's rate is its own repeat orders by its own time, drawn towards all customers' by the
weight of one average customer. Whether one still is a customer goes by the silence since its last
order, measured by its usual interval: certain within one interval, then falling with the inverse;
who never came back, by the share of all customers who did (Laplace's rule of succession), with all
customers' interval as the usual one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segmentation.lifetime.grouped import Grouped, Numbers


@dataclass(frozen=True, kw_only=True)
class Simple:
    """``rate``: repeat orders a day; ``span``: mean days watched; ``back``: share who came back."""

    rate: float
    span: float
    back: float

    def p_alive(self, x: Numbers, t_x: Numbers, T: Numbers) -> Numbers:  # noqa: N803
        """Shape (n,), between 0 and 1."""
        usual = np.maximum(t_x / np.maximum(x, 1.0), 1.0)
        silence = (T - t_x) / usual
        returned = 1.0 / np.maximum(silence, 1.0)
        never = self.back / np.maximum(T * self.rate, 1.0)
        return np.where(x > 0, returned, never)

    def living_orders(self, x: Numbers, T: Numbers, t: float) -> Numbers:  # noqa: N803
        """In the ``t`` days that follow, of who still is a customer, shape (n,)."""
        own = (x + self.rate * self.span) / np.maximum(T + self.span, 1.0)
        return np.asarray(own * t)

    def expected_orders(self, x: Numbers, t_x: Numbers, T: Numbers, t: float) -> Numbers:  # noqa: N803
        """In the ``t`` days that follow, shape (n,)."""
        return np.asarray(self.p_alive(x, t_x, T) * self.living_orders(x, T, t))

    def expected_total(self, t: Numbers) -> Numbers:
        """Repeat orders of a new customer in the first ``t`` days."""
        return np.asarray(self.rate * t)


def fit(histories: Grouped) -> Simple:
    """From at least one customer; with no repeat order at all a rate of half of one is taken."""
    n, x, total = histories.n, histories.x, histories.T
    time = max(float((n * total).sum()), 1.0)
    returned = float(n[x > 0].sum())
    return Simple(
        rate=max(float((n * x).sum()), 0.5) / time,
        span=time / histories.customers,
        back=(returned + 1) / (histories.customers + 2),
    )
