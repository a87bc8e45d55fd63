"""Contracts: sBG seen by days, from payments to values."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import numpy as np
import pytest

from segmentation.lifetime import sbg
from segmentation.lifetime.contract import Contract, fit
from segmentation.lifetime.histories import Histories
from segmentation.lifetime.learning import learn
from segmentation.lifetime.predicting import MONTH, Forecast, Terms

PERIOD = 30.0
MODEL = Contract(alpha=0.7, beta=4.0, period=PERIOD)
SURVIVAL = sbg.Sbg(alpha=0.7, beta=4.0).survival(np.arange(60.0))


@pytest.fixture(autouse=True)
def silent() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def subscribers(count: int, *, seed: int = 1, late: float = 2.0) -> Histories:
    """They pay every thirty days, a little late at times, until they leave."""
    rng = np.random.default_rng(seed)
    total = np.floor(rng.uniform(40, 900, count))
    chance = rng.beta(MODEL.alpha, MODEL.beta, count)
    stays = rng.geometric(np.maximum(chance, 1e-9))
    most = np.floor(total / PERIOD)
    x = np.minimum(stays - 1.0, most)
    t_x = np.where(x > 0, np.minimum(x * PERIOD + np.floor(rng.uniform(0, late, count)), total), 0)
    return Histories(x=x, t_x=t_x, T=total, mean=rng.normal(20, 1, count))


def test_it_finds_the_chances_again() -> None:
    model, found = fit(subscribers(20_000).grouped(), PERIOD)
    assert found.converged
    for name in ("alpha", "beta"):
        sure = 4 * np.sqrt(
            found.covariance[0 if name == "alpha" else 1, 0 if name == "alpha" else 1]
        )
        assert abs(np.log(getattr(model, name) / getattr(MODEL, name))) < sure
    assert model.period == PERIOD


def test_who_stopped_paying_has_left() -> None:
    t_x = np.array([60.0, 60, 60, 0, 0])
    total = np.array([90.0, 93, 94, 33, 34])
    assert MODEL.p_alive(np.array([2, 2, 2, 0, 0]), t_x, total).tolist() == [1, 1, 0, 1, 0]


@pytest.mark.parametrize(("total", "ahead"), [(0, 29), (0, 30), (95, 365), (720, 90), (15, 15)])
def test_payments_to_come(total: float, ahead: float) -> None:
    so_far, then = int(total // PERIOD), int((total + ahead) // PERIOD)
    expected = sum(SURVIVAL[so_far + 1 : then + 1]) / SURVIVAL[so_far]
    found = MODEL.living_orders(np.array([so_far]), np.array([total]), ahead)
    assert found == pytest.approx([expected], rel=1e-12)
    if so_far:
        # The last one is late.
        due = MODEL.living_orders(np.array([so_far - 1.0]), np.array([total]), ahead)
        expected = sum(SURVIVAL[so_far : then + 1]) / SURVIVAL[so_far - 1]
        assert due == pytest.approx([expected], rel=1e-12)


def test_shares_of_payments_are_those_of_simulation() -> None:
    given = subscribers(40_000, seed=2)
    shares = MODEL.p_orders(5, given.T)
    assert shares.sum() == pytest.approx(1)
    counted = np.bincount(np.minimum(given.x, 6).astype(int), minlength=7) / len(given)
    assert np.abs(shares - counted).max() < 4 / np.sqrt(len(given))
    total = MODEL.expected_total(given.T).sum()
    assert total == pytest.approx(given.x.sum(), rel=0.02)


def test_values_are_what_goes_on_to_be_paid() -> None:
    """Of customers seen until a day, the payments after it are as expected."""
    rng = np.random.default_rng(4)
    count = 30_000
    leaves = rng.geometric(np.maximum(rng.beta(MODEL.alpha, MODEL.beta, count), 1e-9))
    total = rng.integers(60, 600, count).astype(float)
    now, year = np.floor(total / PERIOD), np.floor((total + 12 * MONTH) / PERIOD)
    x = np.minimum(leaves - 1.0, now)
    seen = Histories(x=x, t_x=x * PERIOD, T=total, mean=np.full(count, 20.0))
    came = np.minimum(leaves - 1.0, year) - x
    learned = learn(seen, "contract", period=PERIOD)
    assert learned["orders"]["model"] == "contract"
    forecast = Forecast(learned, seen)
    assert forecast.orders(12 * MONTH).sum() == pytest.approx(came.sum(), rel=0.03)
    value = forecast.values(Terms(months=12, annual_rate=0.0), [12])[12]
    assert value.sum() == pytest.approx(20 * came.sum(), rel=0.03)
    reach = forecast.reach(12)
    assert ((reach >= 1) & (reach < 1.2)).all()


def test_too_short_for_a_period_is_said() -> None:
    short = subscribers(300)
    young = Histories(
        x=short.x, t_x=np.minimum(short.t_x, 40), T=np.full(300, 50.0), mean=short.mean
    )
    learned = learn(young, "contract", period=PERIOD)
    assert "no_period" in [code for code, _ in learned["notes"]]
    assert learned["orders"]["model"] == "simple"


def test_nobody_lost_and_everybody_lost_have_an_answer() -> None:
    days = np.arange(60.0, 360.0)
    stay = Histories(x=np.floor(days / 30), t_x=30 * np.floor(days / 30), T=days, mean=days)
    gone = Histories(x=np.ones(300), t_x=np.full(300, 30.0), T=np.full(300, 300.0), mean=days)
    for some, low, high in ((stay, 11.99, 13), (gone, 0, 0)):
        learned = learn(some, "contract", period=PERIOD)
        assert [code for code, _ in learned["notes"] if code == "leaving_unknown"]
        orders = Forecast(learned, some).orders(12 * MONTH)
        assert (orders >= low).all()
        assert (orders <= high).all()
