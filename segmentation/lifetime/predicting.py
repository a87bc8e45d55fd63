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


class Ahead:
    """What customers who still are some will order within ``terms``, remembered.

    It depends on x and T alone, of which there are few, and takes most of a prediction's time.
    """

    def __init__(self, learned: Mapping[str, Any], terms: Terms) -> None:
        self._orders, self._terms = learned["orders"], terms
        # A pair as one number, which sorts by x and then by T.
        self._pairs = np.zeros(0, dtype=np.complex128)
        self._found = np.zeros(0)

    def __call__(self, x: Numbers, T: Numbers) -> Numbers:  # noqa: N803
        """Orders, discounted, shape (n,)."""
        pairs = x + 1j * T
        new = np.setdiff1d(pairs, self._pairs)
        if len(new):
            months = self._terms.months
            found = discounted(self._orders, new.real, new.imag, self._terms, [months])[months]
            order = np.argsort(np.r_[self._pairs, new])
            self._pairs = np.r_[self._pairs, new][order]
            self._found = np.r_[self._found, found][order]
        return np.asarray(self._found[np.searchsorted(self._pairs, pairs)])


def discounted(
    orders: Mapping[str, Any],
    x: Numbers,
    T: Numbers,  # noqa: N803
    terms: Terms,
    horizons: Sequence[int],
) -> dict[int, Numbers]:
    """Orders to come of who still is a customer, shape (n,) for each horizon in months.

    A month's orders count at its middle: divided by (1 + annual_rate) ** ((month - 0.5) / 12).
    """
    model = model_of(orders)
    found: dict[int, Numbers] = {}
    total = before = np.zeros(len(x))
    for month in range(1, max(horizons) + 1):
        until = np.asarray(model.living_orders(x, T, month * MONTH))
        total = total + (until - before) / (1 + terms.annual_rate) ** ((month - 0.5) / 12)
        before = until
        if month in horizons:
            found[month] = total
    return found


class Forecast:
    """Customers as the learned models see them; all results have shape (n,), NaN without a history.

    Equal histories are predicted once, and so are those of equal x and T where t_x does not count.
    """

    def __init__(self, learned: Mapping[str, Any], histories: Histories) -> None:
        self._orders, self._spend = learned["orders"], learned["spend"]
        self._histories = histories
        self._known = histories.known
        some = histories.some(self._known)
        self._distinct, self._places = with_places(some.x, some.t_x, some.T)
        one = self._distinct
        self._cases, self._of_case = with_places(one.x, 0 * one.x, one.T)

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
        """The value of the orders to come within so many months, by horizon: see `discounted`."""
        case = self._cases
        ahead = discounted(self._orders, case.x, case.T, terms, horizons)
        return {month: self._worth(each[self._of_case], terms) for month, each in ahead.items()}

    def value(self, terms: Terms, ahead: Ahead) -> Numbers:
        """The value within ``terms.months``; what ``ahead`` remembers is not predicted again."""
        return self._worth(ahead(self._cases.x, self._cases.T)[self._of_case], terms)

    def _worth(self, ahead: Numbers, terms: Terms) -> Numbers:
        one = self._distinct
        alive = model_of(self._orders).p_alive(one.x, one.t_x, one.T)
        return np.asarray(self._spread(alive * ahead) * self.amounts() * terms.margin)

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
        ahead = np.asarray(model.living_orders(self._cases.x, self._cases.T, days))
        return np.asarray(model.p_alive(one.x, one.t_x, one.T) * ahead[self._of_case])

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
