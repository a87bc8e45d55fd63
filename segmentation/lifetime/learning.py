"""From customers' histories to a model of orders and one of amounts: always one, with its quality.

What stands in the way of the model asked for leads to the next simpler one, and is noted as
(code, parameters). The result is plain data.
"""

from __future__ import annotations

import dataclasses
import importlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from segmentation.lifetime import contract, gamma_gamma, simple
from segmentation.lifetime.grouped import Grouped, Numbers
from segmentation.lifetime.histories import Histories
from segmentation.lifetime.maximising import Maximum

ORDER_MODELS = ("bg_nbd", "mbg_nbd", "pareto_nbd", "contract")
CHOICES = ("auto", *ORDER_MODELS, "simple")
# That says of nobody for certain that he is still a customer.
_AUTO = ("mbg_nbd", "pareto_nbd")
_CLASSES = {
    "bg_nbd": "BgNbd",
    "mbg_nbd": "MbgNbd",
    "pareto_nbd": "ParetoNbd",
    "contract": "Contract",
    "simple": "Simple",
}
# Fewer tell next to nothing of four parameters.
FEWEST_CUSTOMERS, FEWEST_REPEATERS = 30, 10
_FEWEST_AMOUNTS = 10
# How far expected repeat orders may be from those that were counted.
_CLOSE = 0.1
# The parameters that say how much customers differ in how often they order; others say who leaves.
_OF_RATES = {"r", "alpha"}
_TIED = 0.3
Notes = list[list[Any]]


def learn(histories: Histories, asked: str = "auto", *, period: float = 30.0) -> dict[str, Any]:
    """Both models, and ``notes`` on them; histories that are not known are left out.

    ``period`` is how many days a contract runs, for the model of contracts.

    ``orders``: ``model``, its ``parameters`` (per day), ``covariance`` of their logarithms (None
    where unknown), ``log_likelihood``, ``expected`` and ``actual`` repeat orders so far.
    ``spend``: likewise of amounts.
    """
    known = histories.some(histories.known)
    notes: Notes = []
    orders = _orders(known, asked, notes, period)
    spend = _spend(known, notes)
    return {"orders": orders, "spend": spend, "notes": notes, "customers": len(known)}


def model_of(learned: Mapping[str, Any]) -> Any:
    """The model of orders or amounts as an object."""
    name, parameters = learned["model"], learned["parameters"]
    if name == "gamma_gamma":
        return gamma_gamma.GammaGamma(**parameters)
    module = importlib.import_module(f"segmentation.lifetime.{name}")
    return getattr(module, _CLASSES[name])(**parameters)


def _orders(known: Histories, asked: str, notes: Notes, period: float) -> dict[str, Any]:
    histories = known.grouped()
    repeaters = int((known.x > 0).sum())
    if asked == "simple":
        notes.append(["simple_asked", {}])
    elif not _enough(len(known), repeaters, notes):
        asked = "simple"
    if asked == "contract" and float(known.T.max()) < 2 * period:
        notes.append(["no_period", {"days": round(period)}])
        asked = "simple"
    if asked == "simple":
        model = simple.fit(histories)
        return _told("simple", model, None, histories)
    found = [_fitted(each, histories, period) for each in _asked(asked)]
    name, model, maximum = max(found, key=lambda each: each[2].log_likelihood)
    edges = {f.name for f, at in zip(dataclasses.fields(model), maximum.at_edge, strict=True) if at}
    of_rates = edges & _OF_RATES if name != "contract" else set()
    if of_rates:
        notes.append(["rates_alike", {}])
    if edges - of_rates:
        notes.append(["leaving_unknown", {}])
    if not edges and not maximum.converged:
        notes.append(["not_converged", {}])
    told = _told(name, model, maximum, histories)
    told["compared"] = {each[0]: each[2].log_likelihood for each in found}
    ratio = told["expected"] / max(told["actual"], 1.0)
    if abs(ratio - 1) > _CLOSE:
        seen = {"expected": round(told["expected"]), "actual": round(told["actual"])}
        notes.append(["past_differs", seen])
    return told


def _enough(customers: int, repeaters: int, notes: Notes) -> bool:
    shown = {"customers": customers, "repeaters": repeaters}
    if repeaters == 0:
        notes.append(["no_repeaters", shown])
    elif customers < FEWEST_CUSTOMERS or repeaters < FEWEST_REPEATERS:
        notes.append(["few_repeaters", shown])
    return customers >= FEWEST_CUSTOMERS and repeaters >= FEWEST_REPEATERS


def _asked(asked: str) -> tuple[str, ...]:
    return _AUTO if asked == "auto" else (asked,)


def _fitted(name: str, histories: Grouped, period: float) -> tuple[str, Any, Maximum]:
    if name == "contract":
        return name, *contract.fit(histories, period)
    model, maximum = importlib.import_module(f"segmentation.lifetime.{name}").fit(histories)
    return name, model, maximum


def _told(name: str, model: Any, maximum: Maximum | None, histories: Grouped) -> dict[str, Any]:
    lengths, at = np.unique(histories.T, return_inverse=True)
    expected = np.asarray(model.expected_total(lengths))[at]
    return {
        "model": name,
        "parameters": dataclasses.asdict(model),
        "covariance": _plain(maximum),
        "log_likelihood": None if maximum is None else float(maximum.log_likelihood),
        "expected": float((histories.n * expected).sum()),
        "actual": histories.orders,
    }


def _plain(maximum: Maximum | None) -> list[list[float]] | None:
    """The covariance without the parameters at an edge, which have none."""
    if maximum is None:
        return None
    found = np.nan_to_num(maximum.covariance, nan=0.0)
    return [[float(v) for v in row] for row in found] if found.any() else None


def _spend(known: Histories, notes: Notes) -> dict[str, Any]:
    """Amounts of those who came back; the mean of all where these are too few or all alike."""
    with np.errstate(invalid="ignore"):
        paying = (known.x > 0) & (known.mean > 0) & np.isfinite(known.mean)
        unpaid = int(((known.x > 0) & ~(known.mean > 0)).sum())
    if unpaid:
        notes.append(["no_amount", {"customers": unpaid}])
    # Sums of floating-point numbers must not depend on the order of rows.
    order = np.lexsort((known.mean[paying], known.x[paying]))
    x, mean = known.x[paying][order], known.mean[paying][order]
    if len(x) < _FEWEST_AMOUNTS:
        notes.append(["few_amounts", {"customers": len(x)}])
        return _mean_spend(known)
    model, maximum = gamma_gamma.fit(x, mean)
    # At an edge of p alone each customer always spends the same, as under contract.
    alike = maximum.at_edge[1] or not maximum.converged
    if alike or not np.isfinite(model.population_mean):
        notes.append(["amounts_alike", {}])
        return _mean_spend(known)
    tie = _correlation(np.log(x), np.log(mean))
    if abs(tie) > _TIED:
        notes.append(["amount_tied", {"correlation": round(tie, 2)}])
    return {
        "model": "gamma_gamma",
        "parameters": dataclasses.asdict(model),
        "covariance": _plain(maximum),
        "log_likelihood": float(maximum.log_likelihood),
        "correlation": tie,
        "customers": len(x),
    }


def _mean_spend(known: Histories) -> dict[str, Any]:
    """The mean amount, and how sure its logarithm is: by its standard error."""
    amounts = np.sort(known.mean[np.isfinite(known.mean)])
    mean = max(float(amounts.mean()), 0.0) if len(amounts) else 0.0
    sure = len(amounts) >= _FEWEST_AMOUNTS and mean > 0
    variance = float(amounts.var(ddof=1)) / len(amounts) / mean**2 if sure else None
    return {
        "model": "mean",
        "parameters": {"mean": mean},
        "covariance": None if variance is None else [[variance]],
    }


def _correlation(one: Numbers, other: Numbers) -> float:
    if len(one) < 3 or one.std() == 0 or other.std() == 0:
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])
