"""Parameters that made the data lie within the stated intervals as often as these say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from segmentation.lifetime import bg_nbd, gamma_gamma, mbg_nbd, pareto_nbd, sbg
from segmentation.lifetime.histories import Histories
from segmentation.lifetime.learning import learn
from segmentation.lifetime.maximising import Maximum
from segmentation.lifetime.predicting import Forecast, Terms, columns
from tests.segmentation.buyers import leaving_at_any_time, simulated

# Of 200 simulations the share itself is known to 1.5 %; Pareto/NBD takes its time.
SIMULATIONS = {"pareto_nbd": 200}
USUALLY = 600
LEAST, MOST = 0.90, 0.97
NORMAL = 1.959963984540054
SEED = 20_000
Made = tuple[Maximum, dict[str, float]]


def _shop(module: Any, *, first_too: bool) -> Callable[[int], Made]:
    truth = {"r": 0.9, "alpha": 15.0, "a": 0.8, "b": 2.4}

    def made(seed: int) -> Made:
        some = simulated(3_000, seed=seed, orders=(0.9, 15.0), first_too=first_too)
        return module.fit(some.grouped())[1], truth

    return made


def _pareto(seed: int) -> Made:
    truth = {"r": 0.9, "alpha": 15.0, "s": 0.7, "beta": 60.0}
    some = leaving_at_any_time(3_000, seed=seed, orders=(0.9, 15.0), leaving=(0.7, 60.0))
    return pareto_nbd.fit(some.grouped())[1], truth


def _amounts(seed: int) -> Made:
    some = simulated(3_000, seed=seed)
    paid = some.x > 0
    return gamma_gamma.fit(some.x[paid], some.mean[paid])[1], {"p": 6.0, "q": 4.0, "gamma": 15.0}


def _contracts(seed: int) -> Made:
    rng = np.random.default_rng(seed)
    end = rng.geometric(rng.beta(0.9, 3.5, 3_000))
    periods = rng.integers(1, 15, 3_000)
    lost = end <= periods
    counts = sbg.counted(np.where(lost, end, periods), lost)
    return sbg.fit(*counts)[1], {"alpha": 0.9, "beta": 3.5}


MODELS: dict[str, Callable[[int], Made]] = {
    "bg_nbd": _shop(bg_nbd, first_too=False),
    "mbg_nbd": _shop(mbg_nbd, first_too=True),
    "pareto_nbd": _pareto,
    "gamma_gamma": _amounts,
    "sbg": _contracts,
}


def coverage(model: str, first_seed: int) -> dict[str, float]:
    """The share of simulations in whose intervals each parameter lies."""
    within: list[list[bool]] = []
    for seed in range(first_seed, first_seed + SIMULATIONS.get(model, USUALLY)):
        found, truth = MODELS[model](seed)
        reach = NORMAL * np.sqrt(np.diag(found.covariance))
        away = np.abs(found.log_parameters - np.log(list(truth.values())))
        within.append((away <= reach).tolist())
    return dict(zip(truth, np.mean(within, axis=0).tolist(), strict=True))


@pytest.mark.parametrize("model", MODELS)
def test_parameters_lie_within_their_intervals(model: str) -> None:
    found = coverage(model, SEED)
    assert all(LEAST <= share <= MOST for share in found.values()), found


TYPICAL = Histories(
    x=np.array([0.0, 1.0, 4.0, 12.0]),
    t_x=np.array([0.0, 60.0, 250.0, 330.0]),
    T=np.array([200.0, 150.0, 300.0, 350.0]),
    mean=np.array([np.nan, 20.0, 35.0, 28.0]),
)
TRUE = {
    "orders": {
        "model": "mbg_nbd",
        "parameters": {"r": 0.9, "alpha": 15.0, "a": 0.8, "b": 2.4},
        "covariance": None,
    },
    "spend": {
        "model": "gamma_gamma",
        "parameters": {"p": 6.0, "q": 4.0, "gamma": 15.0},
        "covariance": None,
    },
}


def test_values_lie_within_their_intervals() -> None:
    """Of customers who did the same, the value by the model that made the data."""
    true = Forecast(TRUE, TYPICAL).values(Terms(), [12])[12]
    within = []
    for seed in range(SEED, SEED + 200):
        learned = learn(simulated(3_000, seed=seed, orders=(0.9, 15.0)), "mbg_nbd")
        made = columns(learned, TYPICAL, Terms(), (12,))
        within.append((made["clv_low"] <= true) & (true <= made["clv_high"]))
    shares = np.mean(within, axis=0)
    assert ((shares >= LEAST) & (shares <= 0.98)).all(), shares
