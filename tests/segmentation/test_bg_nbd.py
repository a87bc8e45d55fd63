"""BG/NBD against the paper, another implementation, its formulas and made-up customers."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import betainc, betaln, gammaln

from segmentation.lifetime import bg_nbd, mbg_nbd
from segmentation.lifetime.beta_geometric import BetaGeometric
from segmentation.lifetime.beta_likelihood import Likelihood
from segmentation.lifetime.bg_nbd import BgNbd, fit
from segmentation.lifetime.grouped import Numbers, grouped
from segmentation.lifetime.maximising import Maximum
from segmentation.lifetime.mbg_nbd import MbgNbd

PEERS = [
    ("cdnow", "summary2357_weeks39"),
    ("cdnow", "sample_Dover7_1997-09-30"),
    ("cdnow", "sample_Dover7_1998-06-30"),
    ("cdnow", "sample_D_1997-09-30"),
    ("cdnow", "master_Dover7_1997-09-30"),
    ("cdnow", "master_Dover7_1998-06-30"),
    ("completejourney", "completejourney"),
]
CLASSES: list[type[BetaGeometric]] = [BgNbd, MbgNbd]


@pytest.fixture(autouse=True)
def silent() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def histories_in(table: pl.DataFrame) -> tuple[Numbers, Numbers, Numbers]:
    x, t_x, total = (table[name].to_numpy() for name in ("frequency", "recency", "T"))
    return x, t_x, total


def peer(data: Path, folder: str, model: str, name: str) -> tuple[pl.DataFrame, dict[str, float]]:
    oracle = data / folder / "oracle"
    tables = list(oracle.glob(f"lifetimes_{model}_{name}_predictions.csv*"))
    if not tables:
        pytest.skip(f"no predictions of {name}")
    rows = pl.read_csv(oracle / "lifetimes_parameters.csv").filter(
        (pl.col("dataset") == name) & (pl.col("model") == model)
    )
    return pl.read_csv(tables[0]), dict(zip(rows["parameter"], rows["value"], strict=True))


def apart(model: BetaGeometric, table: pl.DataFrame) -> float:
    """The largest relative difference from the predictions in the table."""
    of = histories_in(table)
    ahead = [name for name in table.columns if name.startswith("exp_purchases_")]
    assert len(ahead) == 5
    found = [np.abs(model.p_alive(*of) / table["p_alive"].to_numpy() - 1).max()]
    for name in ahead:
        orders = model.expected_orders(*of, float(name.rpartition("_")[2]))
        found.append(np.abs(orders / table[name].to_numpy() - 1).max())
    return float(max(found))


def agrees_with_peer(
    made: tuple[BetaGeometric, Maximum], table: pl.DataFrame, theirs: dict[str, float]
) -> None:
    model, found = made
    histories = grouped(*histories_in(table))
    names = [field.name for field in dataclasses.fields(model)]
    same = type(model)(**{name: theirs[name] for name in names})
    assert same.log_likelihood(histories) == pytest.approx(theirs["loglik"], rel=1e-13)
    assert apart(same, table) < 1e-11
    assert found.converged
    assert not any(found.at_edge)
    assert found.log_likelihood >= theirs["loglik"] - 1e-8
    assert model.log_likelihood(histories) == pytest.approx(found.log_likelihood, rel=1e-13)
    # What the other one leaves of its climb.
    assert apart(model, table) < 3e-5


def simulated(
    model: BetaGeometric, count: int, *, seed: int, watched: tuple[float, float] = (200, 500)
) -> tuple[Numbers, Numbers, Numbers]:
    """Customers as the model has them: they order at a rate, and leave after an order."""
    dice = np.random.default_rng(seed)
    rate = dice.gamma(model.r, 1 / model.alpha, count)
    leaves = dice.beta(model.a, model.b, count)
    total = dice.uniform(*watched, count)
    x, last, at = np.zeros(count), np.zeros(count), np.zeros(count)
    there = dice.random(count) >= leaves if model.FIRST_TOO else np.ones(count, bool)
    while there.any():
        at = at + dice.exponential(1 / np.maximum(rate, 1e-9))
        there &= at <= total
        x, last = x + there, np.where(there, at, last)
        there &= dice.random(count) >= leaves
    return x, last, total


def finds_what_made(model: BetaGeometric, made: tuple[BetaGeometric, Maximum]) -> None:
    _, found = made
    truth = np.log(dataclasses.astuple(model))
    spread = np.sqrt(np.diag(found.covariance))
    assert found.converged
    assert (spread < 0.2).all()
    assert (np.abs(found.log_parameters - truth) < 3.5 * spread).all()


def by_counting(model: BetaGeometric, x: float, total: float, t: float) -> float:
    """Orders to come of who is still there: of all n for which N(t) > n, with nobody left so far.

    N(t) is negative binomial given the history; all terms are positive.
    """
    s, k = model.r + x, x + model.FIRST_TOO
    share = t / (model.alpha + total + t)
    mean = s * t / (model.alpha + total)
    most = mean + 12 * np.sqrt(mean / (1 - share)) + 45 / -np.log(share)
    n = np.arange(int(most) + 10.0)
    stays = np.r_[0.0, np.cumsum(-np.log1p(model.a / (model.b + k + n[:-1])))]
    return float((betainc(n + 1, s, share) * np.exp(stays)).sum())


def test_the_paper(shared_data: Path) -> None:
    """Fader, Hardie & Lee (2005), table 2, on CDNOW's 39 weeks."""
    table, _ = peer(shared_data, "cdnow", "BG_NBD", "summary2357_weeks39")
    published = pl.read_csv(shared_data / "PUBLISHED_VALUES.csv").filter(pl.col("id") <= 5)
    printed = dict(zip(published["quantity"], published["published"], strict=True))
    model, found = fit(grouped(*histories_in(table)))
    for name, value in dataclasses.asdict(model).items():
        assert f"{value:.3f}" == printed[name]
    assert f"{found.log_likelihood:.1f}" == printed["LL"]


@pytest.mark.parametrize(("folder", "name"), PEERS)
def test_another_implementation(shared_data: Path, folder: str, name: str) -> None:
    table, theirs = peer(shared_data, folder, "BG_NBD", name)
    agrees_with_peer(fit(grouped(*histories_in(table))), table, theirs)


def test_the_likelihood_and_p_alive_are_the_papers() -> None:
    model = BgNbd(r=0.24, alpha=30.9, a=0.79, b=2.43)
    x, t_x, total = simulated(model, 300, seed=1)
    r, alpha, a, b = dataclasses.astuple(model)
    first = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    still = np.exp(betaln(a, b + x) - betaln(a, b)) * (alpha + total) ** -(r + x)
    left = np.exp(betaln(a + 1, b + x - (x > 0)) - betaln(a, b)) * (alpha + t_x) ** -(r + x)
    left = np.where(x > 0, left, 0.0)
    value = (first + np.log(still + left)).sum()
    assert model.log_likelihood(grouped(x, t_x, total)) == pytest.approx(value, rel=1e-12)
    assert model.p_alive(x, t_x, total) == pytest.approx(still / (still + left), rel=1e-12)


def test_who_ordered_once_is_still_a_customer() -> None:
    model = BgNbd(r=0.24, alpha=30.9, a=0.79, b=2.43)
    assert (model.p_alive([0, 0], [0, 0], [1, 1e5]) == 1).all()


@pytest.mark.parametrize("seed", range(40))
def test_expected_orders_are_those_counted_one_by_one(seed: int) -> None:
    dice = np.random.default_rng(seed)
    for cls in CLASSES:
        for _ in range(5):
            reach = 14 if seed % 2 else 3
            r, alpha, a, b = np.exp(dice.uniform(-reach, reach, 4)).tolist()
            x, total = float(np.floor(np.exp(dice.uniform(-1, 9.2)))), np.exp(dice.uniform(-7, 11))
            # Few enough terms to add up.
            longest = min(1e5, 1e4 * (alpha + total) / (r + x), 1e3 * (alpha + total))
            t = longest * np.exp(dice.uniform(-9, 0))
            model = cls(r=r, alpha=alpha, a=a, b=b)
            alive = model.p_alive(x, total, total)
            expected = float(alive) * by_counting(model, x, total, t)
            found = float(model.expected_orders(x, total, total, t))
            assert found == pytest.approx(expected, rel=1e-10)


def test_expected_orders_near_a_of_1_and_for_a_short_time() -> None:
    """Where the paper's difference of hypergeometric functions has no digits left."""
    for a in (1.0, 1 + 1e-12, 1 - 1e-9):
        model = BgNbd(r=0.3, alpha=20.0, a=a, b=2.5)
        for t in (1e-9, 1e-3, 40.0):
            expected = float(model.p_alive(2.0, 30.0, 90.0)) * by_counting(model, 2.0, 90.0, t)
            assert float(model.expected_orders(2.0, 30.0, 90.0, t)) == pytest.approx(expected)


def test_new_customers_order_as_made_up_ones_do() -> None:
    for cls in CLASSES:
        model = cls(r=0.6, alpha=20.0, a=0.8, b=2.4)
        x, _, total = simulated(model, 60_000, seed=2)
        error = x.std() / np.sqrt(len(x))
        assert abs(x.mean() - model.expected_total(total).mean()) < 4 * error
        shares = model.p_orders(6, total)
        counted = np.bincount(np.minimum(x, 7).astype(int), minlength=8) / len(x)
        assert (np.abs(counted - shares) < 4.5 * np.sqrt(shares / len(x))).all()


def test_shares_of_orders_add_up_to_one_and_to_the_expected_total() -> None:
    for cls in CLASSES:
        for r, alpha, a, b in [(0.6, 20, 0.8, 2.4), (1e6, 1e6, 1e-3, 4), (3, 50, 1e6, 1e6)]:
            model = cls(r=r, alpha=alpha, a=a, b=b)
            shares = model.p_orders(2000, 30.0)
            assert shares.sum() == pytest.approx(1, abs=1e-11)
            assert shares[-1] < 1e-14
            total = float(model.expected_total(30.0))
            assert (shares[:-1] * np.arange(2001)).sum() == pytest.approx(total, rel=1e-9)
        model = cls(r=0.6, alpha=20, a=0.8, b=2.4)
        each = [model.p_orders(3, T) for T in (0.0, 30.0, 30.0, 400.0)]
        assert each[0] == pytest.approx([1, 0, 0, 0, 0])
        assert model.p_orders(3, [0, 30, 30, 400]) == pytest.approx(np.mean(each, axis=0))


def test_the_gradient_is_the_slope() -> None:
    dice = np.random.default_rng(3)
    histories = grouped(
        [0, 0, 1, 2, 2, 30, 10_000], [0, 0, 1, 0.5, 3, 3.5, 4], [1e-3, 4, 1, 3, 3, 4, 4]
    )
    for first_too in (0, 1):
        likelihood = Likelihood(histories, first_too)
        for at in dice.uniform(-13.5, 13.5, (200, 4)):
            value, gradient = likelihood(at)
            assert np.isfinite(value)
            for i, step in enumerate(np.eye(4) * 1e-4):
                ends = likelihood(at + step)[0] - likelihood(at - step)[0]
                scale = abs(value) * 1e-9 + abs(gradient[i]) * 1e-6 + 1e-5
                assert abs(gradient[i] - ends / 2e-4) < scale


@pytest.mark.parametrize("unit", [7.0, 365.25, 1 / 24])
def test_the_unit_of_time_changes_nothing(unit: float) -> None:
    for module, cls in ((bg_nbd, BgNbd), (mbg_nbd, MbgNbd)):
        x, t_x, total = simulated(cls(r=0.6, alpha=20.0, a=0.8, b=2.4), 3000, seed=4)
        one, found = module.fit(grouped(x, t_x, total))
        other, again = module.fit(grouped(x, t_x / unit, total / unit))
        assert again.log_parameters == pytest.approx(
            found.log_parameters - [0, np.log(unit), 0, 0], abs=1e-8
        )
        assert again.log_likelihood == pytest.approx(found.log_likelihood + x.sum() * np.log(unit))
        assert other.expected_orders(x, t_x / unit, total / unit, 90 / unit) == pytest.approx(
            one.expected_orders(x, t_x, total, 90), rel=1e-8
        )


def test_parameters_that_made_the_data_are_found() -> None:
    model = BgNbd(r=0.5, alpha=15.0, a=0.7, b=2.2)
    finds_what_made(model, fit(grouped(*simulated(model, 30_000, seed=5))))


def test_nobody_who_leaves_is_an_edge_with_the_others_found() -> None:
    dice = np.random.default_rng(7)
    total = dice.uniform(200, 500, 2000)
    x = dice.poisson(dice.gamma(1.5, 1 / 40, 2000) * total).astype(float)
    # The last of x orders at random: nearer to the end than anybody who leaves would have it.
    last = total * np.where(x > 0, dice.beta(np.maximum(x, 1), 0.5), 0)
    for module in (bg_nbd, mbg_nbd):
        model, found = module.fit(grouped(x, last, total))
        assert found.at_edge == (False, False, True, True)
        assert found.converged
        assert model.p_alive(x, last, total).min() > 1 - 1e-6
        assert np.isfinite(found.covariance[:2, :2]).all()
        assert np.isnan(found.covariance[2:, 2:]).all()
        never = module.fit(grouped(x, total, total))[0]
        assert [model.r, model.alpha] == pytest.approx([never.r, never.alpha], rel=1e-4)


def test_customers_who_are_alike_are_an_edge() -> None:
    """More than chance has it: an order every ten days, the last one after 40 or 50 days."""
    x = np.repeat([4.0, 5.0], 100)
    histories = grouped(x, 10 * x, np.full(200, 400.0))
    for module, cls in ((bg_nbd, BgNbd), (mbg_nbd, MbgNbd)):
        model, found = module.fit(histories)
        assert found.converged
        assert found.at_edge[0]
        assert found.at_edge[2] or found.at_edge[3]
        assert model.alpha / model.r == pytest.approx(10, rel=0.01)
        occasions = (x + cls.FIRST_TOO).sum()
        assert model.a / (model.a + model.b) == pytest.approx(200 / occasions, rel=0.01)
        less = cls(r=1e3, alpha=1e3 * model.alpha / model.r, a=1e3, b=1e3 * model.b / model.a)
        assert found.log_likelihood > less.log_likelihood(histories)


def test_payments_of_pagila_which_peers_cannot_fit(shared_data: Path) -> None:
    table = pl.read_csv(
        shared_data / "pagila/oracle/lifetimes_summary_pagila_Dover7_2022-07-27.csv"
    )
    histories = grouped(*histories_in(table))
    for module in (bg_nbd, mbg_nbd):
        model, found = module.fit(histories)
        assert found.converged
        assert any(found.at_edge)
        # All order alike, nobody leaves: a Poisson process of one rate.
        orders, time = (histories.n * histories.x).sum(), (histories.n * histories.T).sum()
        assert model.r / model.alpha == pytest.approx(orders / time, rel=1e-4)
        poisson = orders * np.log(orders / time) - orders
        assert found.log_likelihood == pytest.approx(poisson, abs=0.01)


ODD: dict[str, Any] = {
    "one customer": ([3], [60], [90]),
    "one who came once": ([0], [0], [90]),
    "all came once": (np.zeros(99), np.zeros(99), np.arange(99)),
    "today's": (np.zeros(5), np.zeros(5), np.zeros(5)),
    "nobody": ([], [], []),
    "every day": (np.full(50, 300), np.full(50, 300), np.full(50, 300)),
    "once again and never more": (np.ones(50), np.arange(50) + 1, np.full(50, 100)),
    "at the same moment": (np.ones(50), np.zeros(50), np.full(50, 10)),
    "from a second to a century": ([0, 1e4, 3, 0], [0, 1e5, 1e-3, 0], [1e-3, 1e5, 1e-3, 1e5]),
}


@pytest.mark.parametrize("case", ODD)
def test_odd_customers_have_a_model_at_an_edge(case: str) -> None:
    x, t_x, total = (np.asarray(each, dtype=float) for each in ODD[case])
    for module in (bg_nbd, mbg_nbd):
        model, found = module.fit(grouped(x, t_x, total))
        assert any(found.at_edge)
        assert np.isfinite(found.log_likelihood)
        assert all(0 < value < np.inf for value in dataclasses.astuple(model))
        holds(model, x, t_x, total)


def holds(model: BetaGeometric, x: Any, t_x: Any, total: Any) -> None:
    alive = model.p_alive(x, t_x, total)
    assert ((alive >= 0) & (alive <= 1)).all()
    before, so_far = np.zeros(np.shape(x)), 0.0
    for t in (0.0, 1e-3, 1.0, 30.0, 91.0, 365.25, 1e5):
        expected = model.expected_orders(x, t_x, total, t)
        assert np.isfinite(expected).all()
        assert (expected >= before).all()
        in_all = float(model.expected_total(t))
        assert so_far <= in_all < np.inf
        before, so_far = expected, in_all
    shares = model.p_orders(3, total)
    assert ((shares >= 0) & (shares <= 1 + 1e-9)).all()
    assert shares.sum() == pytest.approx(1 if np.size(total) else 0, abs=1e-8)


extreme = st.floats(-6, 6).map(lambda exponent: 10.0**exponent)


@settings(max_examples=100, deadline=None)
@given(
    parameters=st.tuples(extreme, extreme, extreme, extreme),
    x=st.one_of(st.integers(0, 3), st.integers(0, 10_000)),
    total=st.floats(-3, 5).map(lambda exponent: 10.0**exponent),
    share=st.one_of(st.just(0.0), st.just(1.0), st.floats(0, 1)),
)
def test_whatever_the_parameters_and_histories(
    parameters: tuple[float, float, float, float], x: int, total: float, share: float
) -> None:
    r, alpha, a, b = parameters
    t_x = total * share if x else 0.0
    for cls in CLASSES:
        model = cls(r=r, alpha=alpha, a=a, b=b)
        holds(model, np.array([float(x)]), np.array([t_x]), np.array([total]))
        assert np.isfinite(model.log_likelihood(grouped([x], [t_x], [total])))
