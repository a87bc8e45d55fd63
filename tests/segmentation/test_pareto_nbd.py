"""Pareto/NBD against the papers, another implementation, its formulas and made-up customers."""

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
from scipy.integrate import quad
from scipy.optimize import minimize
from scipy.special import expit, gammaln, hyp2f1
from scipy.stats import nbinom

from segmentation.lifetime.grouped import Numbers, grouped
from segmentation.lifetime.leaving_integral import left
from segmentation.lifetime.maximising import Maximum
from segmentation.lifetime.pareto_nbd import ParetoNbd, _at_edges, _Likelihood, fit

# How far the other one's climb ends from the top, by its worst prediction of a customer.
PEERS = [
    ("cdnow", "summary2357_weeks39", 2e-4),
    ("cdnow", "sample_Dover7_1997-09-30", 5e-5),
    ("cdnow", "sample_Dover7_1998-06-30", 2e-4),
    ("cdnow", "sample_D_1997-09-30", 5e-5),
    ("cdnow", "master_Dover7_1997-09-30", 2e-4),
    ("cdnow", "master_Dover7_1998-06-30", 2e-3),
]
Of = tuple[float, float, float, float]


@pytest.fixture(autouse=True)
def silent() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def histories_in(table: pl.DataFrame) -> tuple[Numbers, Numbers, Numbers]:
    x, t_x, total = (table[name].to_numpy() for name in ("frequency", "recency", "T"))
    return x, t_x, total


def peer(data: Path, folder: str, name: str) -> tuple[pl.DataFrame, dict[str, float]]:
    oracle = data / folder / "oracle"
    (path,) = oracle.glob(f"lifetimes_Pareto_NBD_{name}_predictions.csv*")
    rows = pl.read_csv(oracle / "lifetimes_parameters.csv").filter(
        (pl.col("dataset") == name) & (pl.col("model") == "Pareto_NBD")
    )
    return pl.read_csv(path), dict(zip(rows["parameter"], rows["value"], strict=True))


def same_as(theirs: dict[str, float]) -> ParetoNbd:
    return ParetoNbd(**{name: theirs[name] for name in ("r", "alpha", "s", "beta")})


def apart(model: ParetoNbd, table: pl.DataFrame) -> float:
    """The largest relative difference from the predictions in the table."""
    of = histories_in(table)
    ahead = [name for name in table.columns if name.startswith("exp_purchases_")]
    assert len(ahead) == 5
    found = [np.abs(model.p_alive(*of) / table["p_alive"].to_numpy() - 1).max()]
    for name in ahead:
        orders = model.expected_orders(*of, float(name.rpartition("_")[2]))
        found.append(np.abs(orders / table[name].to_numpy() - 1).max())
    return float(max(found))


def simulated(
    of: Of, count: int, *, seed: int, watched: tuple[float, float] = (200, 500)
) -> tuple[Numbers, Numbers, Numbers]:
    """Customers as the model has them: they order at a rate until they leave."""
    r, alpha, s, beta = of
    dice = np.random.default_rng(seed)
    total = dice.uniform(*watched, count)
    leaves = dice.exponential(1 / np.maximum(dice.gamma(s, 1 / beta, count), 1e-12))
    until = np.minimum(leaves, total)
    x = dice.poisson(dice.gamma(r, 1 / alpha, count) * until).astype(float)
    # The last of x moments at random.
    return x, until * np.where(x > 0, dice.random(count) ** (1 / np.maximum(x, 1)), 0), total


# ── the papers and another implementation ──────────────────────────────────────────────────────


def test_the_paper(shared_data: Path) -> None:
    """Fader, Hardie & Lee (2005), table 2, on CDNOW's 39 weeks: the printed digits."""
    table, _ = peer(shared_data, "cdnow", "sample_Dover7_1997-09-30")
    published = pl.read_csv(shared_data / "PUBLISHED_VALUES.csv").filter(
        pl.col("model") == "Pareto/NBD"
    )
    printed = dict(zip(published["quantity"], published["published"], strict=True))
    model, found = fit(grouped(*histories_in(table)))
    for name, value in dataclasses.asdict(model).items():
        assert f"{value:.3f}" == printed[name]
    assert f"{found.log_likelihood:.1f}" == printed["LL"]


@pytest.mark.parametrize(("folder", "name", "close"), PEERS)
def test_another_implementation(shared_data: Path, folder: str, name: str, close: float) -> None:
    table, theirs = peer(shared_data, folder, name)
    histories = grouped(*histories_in(table))
    same = same_as(theirs)
    assert same.log_likelihood(histories) == pytest.approx(theirs["loglik"], rel=1e-13)
    assert apart(same, table) < 1e-11
    model, found = fit(histories)
    assert found.converged
    assert not any(found.at_edge)
    assert found.log_likelihood > theirs["loglik"]
    assert model.log_likelihood(histories) == pytest.approx(found.log_likelihood, rel=1e-13)
    assert apart(model, table) < close
    # What is left of the difference is theirs: at the top there is no slope.
    slope = _Likelihood(histories)(np.log(dataclasses.astuple(model)))[1]
    other = _Likelihood(histories)(np.log(dataclasses.astuple(same)))[1]
    assert np.abs(slope).max() < 1e-3 * np.abs(other).max()


@pytest.mark.parametrize("name", ["completejourney", "pagila"])
def test_a_peer_that_stops_short_of_the_edge(shared_data: Path, name: str) -> None:
    """Households that leave all alike, if ever; customers of whom nobody leaves."""
    table, theirs = peer(shared_data, name, name)
    histories = grouped(*histories_in(table))
    same = same_as(theirs)
    assert same.log_likelihood(histories) == pytest.approx(theirs["loglik"], rel=1e-13)
    assert apart(same, table) < 1e-11
    model, found = fit(histories)
    assert found.converged
    assert found.at_edge[2] or found.at_edge[3]
    assert found.log_likelihood > theirs["loglik"] + 1
    assert model.log_likelihood(histories) == pytest.approx(found.log_likelihood, rel=1e-12)
    if name == "pagila":
        # All order alike, nobody leaves: a Poisson process of one rate.
        orders, time = (histories.n * histories.x).sum(), (histories.n * histories.T).sum()
        poisson = orders * np.log(orders / time) - orders
        assert found.log_likelihood == pytest.approx(poisson, abs=0.01)
        assert model.p_alive(*histories_in(table)).min() > 1 - 1e-6


# ── the formulas ───────────────────────────────────────────────────────────────────────────────


def by_hypergeometric(of: Of, x: Numbers, t_x: Numbers, total: Numbers) -> tuple[Numbers, Numbers]:
    """Log-likelihood and P(alive) as Fader & Hardie's note of 2005 has them."""
    r, alpha, s, beta = of
    both, larger = r + s + x, max(alpha, beta)
    second = s + 1 if alpha >= beta else r + x

    def term(t: Numbers) -> Numbers:
        share = abs(alpha - beta) / (larger + t)
        return np.asarray(hyp2f1(both, second, both + 1, share) * (larger + t) ** -both)

    still = (alpha + total) ** -(r + x) * (beta + total) ** -s
    gone = s / both * (term(t_x) - term(total))
    first = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    return first + np.log(still + gone), still / (still + gone)


@pytest.mark.parametrize("of", [(0.55, 10.6, 0.61, 11.7), (1.4, 30.0, 0.2, 6.0), (2, 9, 3, 9)])
def test_the_likelihood_and_p_alive_are_the_papers(of: Of) -> None:
    x, t_x, total = simulated(of, 400, seed=1, watched=(10, 80))
    few = x < 30
    x, t_x, total = x[few], t_x[few], total[few]
    value, alive = by_hypergeometric(of, x, t_x, total)
    model = ParetoNbd(r=of[0], alpha=of[1], s=of[2], beta=of[3])
    assert model.log_likelihood(grouped(x, t_x, total)) == pytest.approx(value.sum(), rel=1e-11)
    assert model.p_alive(x, t_x, total) == pytest.approx(alive, rel=1e-9)


def by_quad(of: Of, x: float, t_x: float, total: float) -> float:
    """The log-odds of having left: the integral over the time of leaving, in small pieces."""
    r, alpha, s, beta = of

    def log_integrand(w: float) -> float:
        since = float(np.exp(w))
        silence = (r + x) * np.log1p((total - t_x - since) / (alpha + t_x + since))
        staying = s * np.log1p((total - t_x - since) / (beta + t_x + since))
        return float(silence + staying + w + np.log(s) - np.log(beta + t_x + since))

    # By the logarithm of tau - t_x, which is neither of the code's variables.
    end = np.log(total - t_x)
    places = np.arange(end - 75, end, 0.5)
    peak = max(log_integrand(w) for w in np.append(places, end))
    pieces = [
        quad(lambda w: np.exp(log_integrand(w) - peak), a, min(a + 0.5, end), epsrel=1e-12)[0]
        for a in places
        if max(log_integrand(a), log_integrand(min(a + 0.5, end))) > peak - 45
    ]
    return float(peak + np.log(sum(pieces)))


def test_the_integral_is_right_for_ordinary_and_for_absurd_parameters() -> None:
    dice = np.random.default_rng(2)
    for reach in (1.5, 4.0, 9.0, 13.8):
        for _ in range(40):
            r, alpha, s, beta = np.exp(dice.uniform(-reach, reach, 4)).tolist()
            x = float(np.floor(np.exp(dice.uniform(-1, 9.2))))
            total = float(np.exp(dice.uniform(-6.9, 11.5)))
            t_x = total * float(dice.choice([0.0, dice.random(), 1 - 1e-3])) * (x > 0)
            of = (r, alpha, s, beta)
            found = left(of, *(np.array([each]) for each in (x, t_x, total))).log_odds[0]
            expected = by_quad(of, x, t_x, total)
            # The terms themselves have the rounding of 16 digits of up to 1e7.
            assert found == pytest.approx(expected, abs=1e-9, rel=1e-10)


def test_expected_orders_are_the_mean_over_rates_of_leaving() -> None:
    """Of who is still there: r + x orders in alpha + T, until it leaves at a rate that is gamma."""
    for s in (0.3, 1.0, 1 + 1e-12, 1 - 1e-9, 4.0):
        model = ParetoNbd(r=0.6, alpha=20.0, s=s, beta=50.0)
        alive = float(model.p_alive(2.0, 30.0, 90.0))
        for t in (1e-9, 1.0, 40.0, 4e3):
            stays = quad(lambda u: (1 + u / 140.0) ** -s, 0, t, epsabs=0, epsrel=1e-11)[0]  # noqa: B023
            expected = alive * 2.6 / 110.0 * stays
            found = float(model.expected_orders(2.0, 30.0, 90.0, t))
            assert found == pytest.approx(expected, rel=1e-9)


def test_shares_of_orders_are_the_negative_binomials_ended_by_leaving() -> None:
    r, alpha, s, beta = 0.6, 20.0, 0.5, 60.0
    model, total = ParetoNbd(r=r, alpha=alpha, s=s, beta=beta), 200.0
    found = model.p_orders(12, total)
    for k in (0, 1, 5, 12):
        ended = quad(
            lambda t: nbinom.pmf(k, r, alpha / (alpha + t)) * s * beta**s / (beta + t) ** (s + 1),  # noqa: B023
            *(0, total),
            epsabs=0,
            epsrel=1e-11,
        )[0]
        stayed = nbinom.pmf(k, r, alpha / (alpha + total)) * (beta / (beta + total)) ** s
        assert found[k] == pytest.approx(ended + stayed, rel=1e-9)
    # Who has not ordered again by T either left before or did not.
    nobody = (1 + total / alpha) ** -r * (1 + total / beta) ** -s
    assert found[0] == pytest.approx(nobody / float(model.p_alive(0, 0, total)), rel=1e-11)


def test_shares_of_orders_add_up_to_one_and_to_the_expected_total() -> None:
    for r, alpha, s, beta in [(0.6, 20, 0.8, 50), (1e6, 1e6, 1e-3, 4), (3, 50, 1e6, 1e6)]:
        model = ParetoNbd(r=r, alpha=alpha, s=s, beta=beta)
        shares = model.p_orders(1000, 30.0)
        assert shares.sum() == pytest.approx(1, abs=1e-11)
        assert shares[-1] < 1e-12
        total = float(model.expected_total(30.0))
        assert (shares[:-1] * np.arange(1001)).sum() == pytest.approx(total, rel=1e-9)
    model = ParetoNbd(r=0.6, alpha=20, s=0.8, beta=50)
    each = [model.p_orders(3, T) for T in (0.0, 30.0, 30.0, 400.0)]
    assert each[0] == pytest.approx([1, 0, 0, 0, 0])
    assert model.p_orders(3, [0, 30, 30, 400]) == pytest.approx(np.mean(each, axis=0))


def test_new_customers_order_as_made_up_ones_do() -> None:
    model = ParetoNbd(r=0.6, alpha=20.0, s=0.5, beta=60.0)
    x, t_x, total = simulated((0.6, 20.0, 0.5, 60.0), 60_000, seed=3)
    assert abs(x.mean() - model.expected_total(total).mean()) < 4 * x.std() / np.sqrt(len(x))
    shares = model.p_orders(6, np.round(total))
    counted = np.bincount(np.minimum(x, 7).astype(int), minlength=8) / len(x)
    assert (np.abs(counted - shares) < 4.5 * np.sqrt(shares / len(x))).all()
    alive = (1 + total / 60.0) ** -0.5
    assert model.p_alive(x, t_x, total).mean() == pytest.approx(alive.mean(), abs=0.005)


# ── the fit ────────────────────────────────────────────────────────────────────────────────────


def test_the_gradient_is_the_slope() -> None:
    dice = np.random.default_rng(3)
    likelihood = _Likelihood(
        grouped([0, 0, 1, 2, 2, 30, 10_000], [0, 0, 1, 0.5, 3, 3.5, 4], [1e-3, 4, 1, 3, 3, 4, 4])
    )
    for at in dice.uniform(-13.5, 13.5, (200, 4)):
        value, gradient = likelihood(at)
        assert np.isfinite(value)
        for i, step in enumerate(np.eye(4) * 1e-4):
            ends = likelihood(at + step)[0] - likelihood(at - step)[0]
            scale = abs(value) * 1e-9 + abs(gradient[i]) * 1e-6 + 1e-5
            assert abs(gradient[i] - ends / 2e-4) < scale


@pytest.mark.parametrize("unit", [7.0, 365.25, 1 / 24])
def test_the_unit_of_time_changes_nothing(unit: float) -> None:
    x, t_x, total = simulated((0.6, 20.0, 0.8, 60.0), 3000, seed=4)
    one, found = fit(grouped(x, t_x, total))
    other, again = fit(grouped(x, t_x / unit, total / unit))
    moved = found.log_parameters - np.log(unit) * np.array([0, 1, 0, 1])
    assert again.log_parameters == pytest.approx(moved, abs=1e-8)
    assert again.log_likelihood == pytest.approx(found.log_likelihood + x.sum() * np.log(unit))
    assert other.expected_orders(x, t_x / unit, total / unit, 90 / unit) == pytest.approx(
        one.expected_orders(x, t_x, total, 90), rel=1e-8
    )


@pytest.mark.parametrize("of", [(0.5, 15.0, 0.7, 80.0), (2.0, 60.0, 1.5, 400.0)])
def test_parameters_that_made_the_data_are_found(of: Of) -> None:
    """Of more histories than the climb begins with."""
    model, found = fit(grouped(*simulated(of, 45_000, seed=5)))
    spread = np.sqrt(np.diag(found.covariance))
    assert found.converged
    assert not any(found.at_edge)
    assert (spread < 0.2).all()
    assert (np.abs(found.log_parameters - np.log(of)) < 3.5 * spread).all()
    assert dataclasses.astuple(model) == pytest.approx(found.parameters, rel=1e-12)


def test_all_of_the_customers_count_not_only_those_the_climb_begins_with() -> None:
    histories = grouped(*simulated((0.6, 20.0, 0.8, 60.0), 5000, seed=6))
    assert len(histories.n) > 2000
    model, _ = fit(histories)
    gradient = _Likelihood(histories)(np.log(dataclasses.astuple(model)))[1]
    assert gradient == pytest.approx(0, abs=1e-5)


def who_stay(count: int) -> tuple[Numbers, Numbers, Numbers]:
    """The last of x orders at random: nearer to the end than anybody who leaves would have it."""
    dice = np.random.default_rng(7)
    total = dice.uniform(200, 500, count)
    x = dice.poisson(dice.gamma(1.5, 1 / 40, count) * total).astype(float)
    return x, total * np.where(x > 0, dice.beta(np.maximum(x, 1), 0.5), 0), total


def test_nobody_who_leaves_is_an_edge_with_the_others_found() -> None:
    x, last, total = who_stay(2000)
    model, found = fit(grouped(x, last, total))
    assert found.at_edge == (False, False, True, True)
    assert found.converged
    assert model.p_alive(x, last, total).min() > 1 - 1e-6
    assert np.isfinite(found.covariance[:2, :2]).all()
    assert np.isnan(found.covariance[2:, 2:]).all()


def test_who_leaves_at_once_or_never_is_told_from_who_stays() -> None:
    dice = np.random.default_rng(1)
    x, last, total = who_stay(300)
    lost = dice.random(300) < 0.9
    x, last = (np.where(lost, 0.0, each) for each in (x, last))
    model, found = fit(grouped(x, last, total))
    assert found.at_edge == (False, False, False, True)
    alive = model.p_alive(x, last, total)
    assert alive[x > 0].min() > 0.9
    assert alive[x == 0].max() < 0.01

    def of_two_kinds(of: Numbers) -> float:
        (r, alpha), stays = np.exp(of[:2]), expit(of[2])
        ordered = gammaln(r + x) - gammaln(r) + r * np.log(alpha) - (r + x) * np.log(alpha + total)
        return float(-np.log(stays * np.exp(ordered) + (1 - stays) * (x == 0)).sum())

    likeliest = -minimize(of_two_kinds, [0.0, 3.0, 0.0], method="Nelder-Mead").fun
    # The model comes to that only as 1 over the logarithm of beta, of which there is an end.
    assert likeliest - 10 < found.log_likelihood < likeliest


def test_a_climb_that_stops_on_the_way_is_led_to_the_edge() -> None:
    likelihood = _Likelihood(grouped(*who_stay(500)))
    place = np.log([1.5, 40.0, 1e-4, 1e5])
    value = likelihood(place)[0]
    stopped = Maximum(
        log_parameters=place,
        log_likelihood=value,
        covariance=np.eye(4),
        at_edge=(False,) * 4,
        converged=True,
    )
    found = _at_edges(likelihood, stopped)
    assert found.at_edge == (False, False, True, True)
    assert found.log_likelihood > value


def test_customers_who_are_alike_are_an_edge() -> None:
    """Everybody orders and leaves at the same two rates."""
    dice = np.random.default_rng(8)
    total = np.full(3000, 400.0)
    until = np.minimum(dice.exponential(150.0, 3000), total)
    # Fewer surprises than chance has.
    x = np.round(until / 10)
    model, found = fit(grouped(x, until * np.where(x > 0, x / (x + 1), 0), total))
    assert found.converged
    assert found.at_edge[0] or found.at_edge[1]
    assert model.alpha / model.r == pytest.approx(10, rel=0.1)
    assert model.beta / model.s == pytest.approx(150, rel=0.2)


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
    model, found = fit(grouped(x, t_x, total))
    assert any(found.at_edge)
    assert np.isfinite(found.log_likelihood)
    assert all(0 < value < np.inf for value in dataclasses.astuple(model))
    holds(model, x, t_x, total)


# ── whatever the parameters ────────────────────────────────────────────────────────────────────


def holds(model: ParetoNbd, x: Any, t_x: Any, total: Any) -> None:
    """Chances from 0 to 1; orders finite, not below 0, never fewer in more time."""
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


@settings(max_examples=150, deadline=None)
@given(
    of=st.tuples(extreme, extreme, extreme, extreme),
    x=st.one_of(st.integers(0, 3), st.integers(0, 10_000)),
    total=st.floats(-3, 5).map(lambda exponent: 10.0**exponent),
    share=st.one_of(st.just(0.0), st.just(1.0), st.floats(0, 1)),
)
def test_whatever_the_parameters_and_histories(of: Of, x: int, total: float, share: float) -> None:
    model = ParetoNbd(r=of[0], alpha=of[1], s=of[2], beta=of[3])
    t_x = total * share if x else 0.0
    holds(model, np.array([float(x)]), np.array([t_x]), np.array([total]))
    value, gradient = _Likelihood(grouped([x], [t_x], [total]))(np.log(of))
    assert np.isfinite(value)
    assert np.isfinite(gradient).all()


def test_a_longer_silence_makes_leaving_likelier() -> None:
    model = ParetoNbd(r=0.6, alpha=20.0, s=0.5, beta=60.0)
    total = np.geomspace(50, 5000, 40)
    alive = model.p_alive(4.0, 50.0, total)
    assert alive[0] == 1
    assert (np.diff(alive) < 0).all()
