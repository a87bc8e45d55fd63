"""From histories to values: always an answer, never a silent one."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator

import numpy as np
import pytest

from segmentation.lifetime.grouped import with_places
from segmentation.lifetime.histories import Histories
from segmentation.lifetime.learning import learn, model_of
from segmentation.lifetime.predicting import MONTH, Forecast, Terms, columns
from tests.segmentation.buyers import simulated

HORIZONS = (3, 6, 12)


def histories(rows: list[tuple[float, float, float, float]]) -> Histories:
    x, t_x, total, mean = np.array(rows, dtype=float).T
    return Histories(x=x, t_x=t_x, T=total, mean=mean)


NAN = float("nan")
ODD: dict[str, tuple[Histories, str]] = {
    "one customer": (histories([(3, 60, 90, 25.0)]), "few_repeaters"),
    "one who came once": (histories([(0, 0, 90, NAN)]), "no_repeaters"),
    "all came once": (histories([(0, 0, float(d), 9.5) for d in range(1, 200)]), "no_repeaters"),
    "all the same": (histories([(3, 60, 90, 25.0)] * 300), "amounts_alike"),
    "nothing paid": (histories([(2, 30.0 + i, 200, 0.0) for i in range(60)]), "few_amounts"),
    "returns only": (
        histories([(1 + i % 3, 10.0 + i, 300, -5.0 if i % 2 else 40.0 + i) for i in range(90)]),
        "no_amount",
    ),
    "today's": (histories([(0, 0, 0, NAN)] * 50), "no_repeaters"),
    "every day": (histories([(300, 300, 300, 5.0 + i) for i in range(60)]), "rates_alike"),
}


@pytest.fixture(autouse=True)
def silent() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.mark.parametrize("case", ODD)
def test_odd_customers_have_an_answer_and_a_reason(case: str) -> None:
    some, code = ODD[case]
    learned = learn(some)
    assert code in [note for note, _ in learned["notes"]]
    made = columns(json.loads(json.dumps(learned)), some, Terms(), HORIZONS)
    for name, values in made.items():
        if name not in ("clv_low", "clv_high"):
            assert np.isfinite(values).all(), name
            assert (values >= 0).all(), name
    assert (made["p_alive"] <= 1).all()
    for kind in ("orders", "clv"):
        three, six, twelve = (made[f"{kind}_{m}m"] for m in HORIZONS)
        assert (three <= six).all()
        assert (six <= twelve).all()


def test_who_has_no_history_has_no_value() -> None:
    some = simulated(400, seed=4)
    gaps = Histories(
        x=np.r_[some.x, NAN, 3.0, -1.0],
        t_x=np.r_[some.t_x, 3.0, 50.0, 0.0],
        T=np.r_[some.T, 9.0, 40.0, 9.0],
        mean=np.r_[some.mean, 5.0, 5.0, 5.0],
    )
    learned = learn(gaps)
    assert learned == learn(some)
    made = columns(learned, gaps, Terms(), HORIZONS)
    assert all(np.isnan(made[name][-3:]).all() for name in ("p_alive", "orders_3m", "clv_12m"))
    assert np.isfinite(made["clv_12m"][:-3]).all()


def test_the_unit_of_money_scales_values_and_nothing_else() -> None:
    some = simulated(600, seed=5)
    dear = Histories(x=some.x, t_x=some.t_x, T=some.T, mean=some.mean * 1000)
    one = columns(learn(some), some, Terms(), HORIZONS)
    other = columns(learn(dear), dear, Terms(), HORIZONS)
    assert other["p_alive"] == pytest.approx(one["p_alive"])
    assert other["clv_12m"] == pytest.approx(1000 * one["clv_12m"], rel=1e-6)
    assert other["clv_high"] == pytest.approx(1000 * one["clv_high"], rel=1e-4)


def test_terms_count_as_they_say() -> None:
    some = simulated(600, seed=6)
    seen = Forecast(learn(some), some)
    plain = seen.values(Terms(annual_rate=0.0), [12])[12]
    assert plain == pytest.approx(seen.orders(12 * MONTH) * seen.amounts())
    margin = seen.values(Terms(annual_rate=0.0, margin=0.3), [12])[12]
    assert margin == pytest.approx(0.3 * plain)
    later = seen.values(Terms(annual_rate=0.1), [1, 12])
    first = seen.orders(MONTH) * seen.amounts() / 1.1 ** (0.5 / 12)
    assert later[1] == pytest.approx(first)
    assert (later[12] < plain).all()
    assert (later[12] > plain / 1.1).all()


def test_the_reach_of_a_value_narrows_with_more_customers() -> None:
    few, many = simulated(300, seed=7), simulated(6000, seed=7)
    ends = [columns(learn(each), few, Terms(), HORIZONS) for each in (few, many)]
    wide, narrow = (np.log(each["clv_high"] / each["clv_low"]) for each in ends)
    assert (narrow < wide).mean() > 0.9
    for each in ends:
        assert (each["clv_low"] <= each["clv"]).all()
        assert (each["clv"] <= each["clv_high"]).all()


def test_equal_histories_are_found_wherever_they_stand() -> None:
    rng = np.random.default_rng(8)
    x = rng.integers(0, 3, 500).astype(float)
    t_x = rng.integers(0, 4, 500).astype(float)
    found, places = with_places(x, t_x, np.full(500, 9.0))
    assert found.n.sum() == 500
    assert len(found.n) == len({*zip(x.tolist(), t_x.tolist(), strict=True)})
    assert (found.x[places] == x).all()
    assert (found.t_x[places] == t_x).all()


@pytest.mark.parametrize("orders", ["auto", "bg_nbd", "mbg_nbd", "pareto_nbd"])
def test_a_model_that_the_past_contradicts_is_told(orders: str) -> None:
    """New customers order much, old ones hardly, which no such model knows."""
    rng = np.random.default_rng(9)
    total = rng.uniform(30, 900, 800)
    x = rng.poisson(np.where(total < 100, 20.0, 0.2)).astype(float)
    t_x = np.where(x > 0, total * 0.98, 0)
    some = Histories(x=x, t_x=t_x, T=total, mean=rng.lognormal(3, 0.5, 800))
    told = dict(learn(some, orders)["notes"])["past_differs"]
    assert told["actual"] == x.sum()
    assert told["expected"] > 3 * told["actual"]
    assert "past_differs" not in dict(learn(simulated(2_000, seed=9))["notes"])


@pytest.mark.parametrize("customers", [3, 400])
def test_values_without_a_model_are_told_where_they_were_asked_for(customers: int) -> None:
    some = simulated(400, seed=10).some(np.arange(400) < customers)
    learned = learn(some, "simple")
    assert learned["orders"]["model"] == "simple"
    assert learned["notes"][0] == ["simple_asked", {}]
    assert "simple_asked" not in [note for note, _ in learn(some)["notes"]]


@pytest.mark.parametrize("x", [0.0, 1.0, 6.0])
def test_without_a_model_silence_makes_leaving_likelier(x: float) -> None:
    model = model_of(learn(simulated(400, seed=11), "simple")["orders"])
    silence = np.linspace(0, 900, 40)
    t_x = 30.0 if x else 0.0
    alive = model.p_alive(np.full(40, x), np.full(40, t_x), t_x + silence)
    assert ((alive > 0) & (alive <= 1)).all()
    assert (np.diff(alive) <= 0).all()
    assert alive[-1] < alive[0] / 2
