"""What learned models say of customers: who still is one, orders and value to come, how sure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from segmentation.lifetime.grouped import Numbers, with_places
from segmentation.lifetime.histories import Histories
from segmentation.lifetime.learning import model_of

MONTH = 365.25 / 12
# Both ends of what holds for 95 of 100 customers alike.
_NORMAL = 1.959963984540054
_STEP = 1e-3
_LEAST = 1e-300
Parameters = Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What counts as value: so many months, discounted by the year, so much of each amount."""

    months: int = 12
    annual_rate: float = 0.1
    margin: float = 1.0


class Forecast:
    """Customers as the learned models see them; all results have shape (n,), NaN without a history.

    Equal histories are predicted once.
    """

    def __init__(self, learned: Mapping[str, Any], histories: Histories) -> None:
        self._orders, self._spend = learned["orders"], learned["spend"]
        self._histories = histories
        self._known = histories.known
        some = histories.some(self._known)
        self._distinct, self._places = with_places(some.x, some.t_x, some.T)

    def p_alive(self) -> Numbers:
        """The probability of still being a customer."""
        one = self._distinct
        return self._spread(model_of(self._orders).p_alive(one.x, one.t_x, one.T))

    def orders(self, days: float) -> Numbers:
        """Expected orders in the ``days`` after the as-of date."""
        return self._spread(self._expected(self._orders["parameters"], days))

    def amounts(self) -> Numbers:
        """Expected amount of an order, never below 0.

        By the gamma-gamma model where there is one; else the customer's own mean, drawn towards
        everybody's by the weight of one order.
        """
        return self._amounts(self._spend["parameters"])

    def values(self, terms: Terms, horizons: Sequence[int]) -> dict[int, Numbers]:
        """The value of the orders to come within so many months, by horizon.

        A month's orders count at its middle: divided by (1 + annual_rate) ** ((month - 0.5) / 12).
        """
        per_order = self.amounts() * terms.margin
        found: dict[int, Numbers] = {}
        total = before = np.zeros(len(self._distinct.x))
        for month in range(1, max(horizons) + 1):
            until = self._expected(self._orders["parameters"], month * MONTH)
            total = total + (until - before) / (1 + terms.annual_rate) ** ((month - 0.5) / 12)
            before = until
            if month in horizons:
                found[month] = self._spread(total) * per_order
        return found

    def reach(self, months: int) -> Numbers:
        """The factor by which a value may be larger or smaller, with 95 %.

        By the delta method on the logarithm of expected orders times expected amount, from the
        covariances of the parameters; what customers do by chance comes on top. NaN where nothing
        is known of how sure the parameters are.
        """
        orders, spend = self._orders["covariance"], self._spend["covariance"]
        if orders is None or spend is None:
            return np.full(len(self._histories), np.nan)
        days = months * MONTH
        slopes = _slopes(self._orders["parameters"], lambda p: self._expected(p, days))
        variance = self._spread(_variance(slopes, orders))
        variance = variance + _variance(_slopes(self._spend["parameters"], self._amounts), spend)
        reach: Numbers = np.exp(_NORMAL * np.sqrt(np.maximum(variance, 0.0)))
        return reach

    def _expected(self, parameters: Parameters, days: float) -> Numbers:
        one, model = self._distinct, model_of({**self._orders, "parameters": parameters})
        return np.asarray(model.expected_orders(one.x, one.t_x, one.T, days))

    def _spread(self, made: Numbers) -> Numbers:
        found = np.full(len(self._histories), np.nan)
        if len(self._places):
            found[self._known] = np.asarray(made)[self._places]
        return found

    def _amounts(self, parameters: Parameters) -> Numbers:
        given = self._histories
        paid = np.isfinite(given.mean)
        mean = np.where(paid, np.maximum(given.mean, 0.0), 0.0)
        x = np.where(self._known, given.x, 0.0)
        if self._spend["model"] == "gamma_gamma":
            model = model_of({**self._spend, "parameters": parameters})
            return np.asarray(model.expected_mean(np.where(mean > 0, x, 0.0), mean))
        around = parameters["mean"]
        weight = np.where(paid, np.maximum(x, 1.0), 0.0)
        return np.asarray((mean * weight + around) / (weight + 1.0))


def _slopes(parameters: Parameters, predict: Callable[[Parameters], Numbers]) -> Numbers:
    """Of a prediction's logarithm by each parameter's logarithm, shape (k, n)."""
    found = []
    for name, value in parameters.items():
        ends = [
            np.log(np.maximum(predict({**parameters, name: value * float(np.exp(step))}), _LEAST))
            for step in (_STEP, -_STEP)
        ]
        found.append((ends[0] - ends[1]) / (2 * _STEP))
    return np.array(found)


def _variance(slopes: Numbers, covariance: Sequence[Sequence[float]]) -> Numbers:
    return np.asarray(np.einsum("in,ij,jn->n", slopes, np.asarray(covariance), slopes))


def columns(
    learned: Mapping[str, Any], histories: Histories, terms: Terms, horizons: Sequence[int]
) -> dict[str, Numbers]:
    """``p_alive``, ``orders_<m>m`` and ``clv_<m>m`` for each horizon in months; ``clv_low`` and
    ``clv_high``, between which the value within ``terms.months`` lies."""
    seen = Forecast(learned, histories)
    value = seen.values(terms, sorted({*horizons, terms.months}))
    made = {"p_alive": seen.p_alive()}
    for months in horizons:
        made[f"orders_{months}m"] = seen.orders(months * MONTH)
        made[f"clv_{months}m"] = value[months]
    reach = seen.reach(terms.months)
    made["clv"] = value[terms.months]
    made["clv_low"], made["clv_high"] = made["clv"] / reach, made["clv"] * reach
    return made
