"""The Gamma-Gamma model against the paper, another implementation, formulas and made-up shops."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import digamma, gammaln, polygamma

from segmentation.lifetime import gamma_gamma
from segmentation.lifetime.gamma_gamma import GammaGamma, fit
from segmentation.lifetime.spending import spending

pytestmark = pytest.mark.filterwarnings("error")

# Name in the file of parameters: folder and end of the file of predictions.
PEER = {
    "summary2357_weeks39": ("cdnow", "csv"),
    "sample_Dover7_1997-09-30": ("cdnow", "csv"),
    "sample_Dover7_1998-06-30": ("cdnow", "csv"),
    "sample_D_1997-09-30": ("cdnow", "csv"),
    "master_Dover7_1997-09-30": ("cdnow", "csv.gz"),
    "master_Dover7_1998-06-30": ("cdnow", "csv.gz"),
    "completejourney": ("completejourney", "csv"),
}


@pytest.fixture(autouse=True)
def _loud() -> Iterator[None]:
    """Whatever would warn or make NaN fails."""
    with np.errstate(all="raise", under="ignore"):
        yield


def peer(data: Path, name: str) -> tuple[pl.DataFrame, dict[str, float]]:
    folder, ending = PEER[name]
    oracle = data / folder / "oracle"
    table = oracle / f"lifetimes_Gamma_Gamma_{name}_predictions.{ending}"
    if not table.is_file():
        pytest.skip(f"no {table.name}")
    rows = pl.read_csv(oracle / "lifetimes_parameters.csv").filter(
        (pl.col("dataset") == name) & (pl.col("model") == "Gamma_Gamma")
    )
    return pl.read_csv(table), dict(zip(rows["parameter"], rows["value"], strict=True))


def simulated(seed: int, customers: int, p: float, q: float, gamma: float) -> tuple:
    dice = np.random.default_rng(seed)
    x = dice.geometric(0.3, customers).astype(float)
    nu = dice.gamma(q, 1 / gamma, customers)
    return x, dice.gamma(p * x) / (nu * x)


def test_the_paper(shared_data: Path) -> None:
    published = pl.read_csv(shared_data / "PUBLISHED_VALUES.csv").filter(
        pl.col("model") == "Gamma-Gamma"
    )
    printed = dict(zip(published["quantity"].str.slice(0, 5), published["published"], strict=True))
    table, _ = peer(shared_data, "sample_Dover7_1997-09-30")
    model, found = fit(table["frequency"], table["monetary_value"])
    assert f"{model.p:.2f}" == printed["p"]
    assert f"{model.q:.2f}" == printed["q"]
    assert f"{model.gamma:.2f}" == printed["gamma"]
    assert found.log_likelihood == pytest.approx(float(printed["LL"]), abs=1e-4)
    assert found.converged
    assert found.at_edge == (False, False, False)


@pytest.mark.parametrize("name", PEER)
def test_another_implementation(shared_data: Path, name: str) -> None:
    table, theirs = peer(shared_data, name)
    x, mean = table["frequency"].to_numpy(), table["monetary_value"].to_numpy()
    expected = table["exp_avg_profit"].to_numpy()

    at_theirs = GammaGamma(p=theirs["p"], q=theirs["q"], gamma=theirs["v"])
    assert at_theirs.log_likelihood(x, mean) == pytest.approx(theirs["loglik"], rel=1e-12)
    assert at_theirs.population_mean == pytest.approx(theirs["population_mean"], rel=1e-12)
    np.testing.assert_allclose(at_theirs.expected_mean(x, mean), expected, rtol=1e-12)

    model, found = fit(x, mean)
    assert found.converged
    assert found.log_likelihood >= theirs["loglik"] - 1e-9
    np.testing.assert_allclose(model.expected_mean(x, mean), expected, rtol=1e-6)
    assert model.p == pytest.approx(theirs["p"], rel=1e-6)
    assert model.q == pytest.approx(theirs["q"], rel=1e-6)
    assert model.gamma == pytest.approx(theirs["v"], rel=1e-6)


def test_the_likelihood_is_that_of_equation_1a() -> None:
    x, mean = simulated(1, 200, 4, 3, 20)
    for p, q, gamma in [(6.25, 3.74, 15.44), (0.1, 0.2, 3), (30, 12, 400)]:
        paper = (
            gammaln(p * x + q)
            - gammaln(p * x)
            - gammaln(q)
            + q * np.log(gamma)
            + (p * x - 1) * np.log(mean)
            + p * x * np.log(x)
            - (p * x + q) * np.log(gamma + mean * x)
        )
        model = GammaGamma(p=p, q=q, gamma=gamma)
        assert model.log_likelihood(x, mean) == pytest.approx(paper.sum(), rel=1e-12)


@pytest.mark.parametrize(
    ("p", "q", "x"),
    [
        (6.25, 3.74, 1),
        (0.05, 0.08, 2),
        (1e6, 1e6, 1e4),
        (1e6, 2.5, 1e4),
        (0.02, 1e6, 3),
        (9.9, 1e3, 1),
    ],
)
def test_the_density_adds_up_to_one(p: float, q: float, x: float) -> None:
    model = GammaGamma(p=p, q=q, gamma=7 * q / p)
    spread = math.sqrt(1 / (p * x) + 1 / q)
    # The logarithm of a mean amount leans to the side of the smaller shape.
    ends = 9 * spread + 40 / (p * x), 9 * spread + 40 / q
    logs = np.linspace(-min(ends[0], 2400), min(ends[1], 650), 40_001)
    logs = logs[logs > -600]
    density = [model.log_likelihood(x, 7 * math.exp(log)) for log in logs[::20]]
    inside = np.exp(np.array(density) + math.log(7) + logs[::20])
    assert inside.sum() * (logs[20] - logs[0]) == pytest.approx(1, abs=2e-9)


def test_the_gradient_is_the_slope() -> None:
    dice = np.random.default_rng(5)
    x = np.r_[dice.integers(1, 40, 30), 10_000]
    known = spending(x, dice.lognormal(0, 1, 31), dice.integers(1, 5, 31))
    for at in dice.uniform(-13.5, 13.5, (200, 3)):
        value, gradient = gamma_gamma._relative(known, at)
        assert np.isfinite(value)
        for i in range(3):
            step = np.eye(3)[i] * 1e-4
            ahead, behind = (gamma_gamma._relative(known, at + s)[0] for s in (step, -step))
            slope = (ahead - behind) / 2e-4
            off = 1e-6 * (np.abs(gradient).max() + 1) + 1e-11 * abs(value)
            assert gradient[i] == pytest.approx(slope, abs=off)


def test_known_parameters_come_back() -> None:
    x, mean = simulated(7, 20_000, 5.0, 3.5, 18.0)
    model, found = fit(x, mean)
    error = np.sqrt(np.diag(found.covariance))
    wanted = np.log([5.0, 3.5, 18.0])
    assert (np.abs(found.log_parameters - wanted) < 3 * error).all()
    assert (error < 0.1).all()
    assert model.population_mean == pytest.approx(5 * 18 / 2.5, rel=0.03)


def test_the_covariance_is_that_of_the_paper_s_parameters() -> None:
    x, mean = simulated(8, 400, 5.0, 3.5, 18.0)
    model, found = fit(x, mean)
    at, step = found.log_parameters, 1e-3 * np.eye(3)

    def value(logs: np.ndarray) -> float:
        p, q, gamma = np.exp(logs)
        return GammaGamma(p=p, q=q, gamma=gamma).log_likelihood(x, mean)

    curved = [
        [
            (value(at + a + b) - value(at + a - b) - value(at - a + b) + value(at - a - b)) / 4e-6
            for b in step
        ]
        for a in step
    ]
    assert value(at) == pytest.approx(found.log_likelihood, rel=1e-13)
    np.testing.assert_allclose(np.linalg.inv(-np.array(curved)), found.covariance, rtol=1e-3)
    assert model == GammaGamma(p=math.exp(at[0]), q=math.exp(at[1]), gamma=math.exp(at[2]))


def test_no_start_finds_more() -> None:
    grid = [0.05, 1.0, 30.0, 1e4]
    for seed, (p, q) in enumerate([(6, 3.7), (0.3, 0.6), (50, 1.2), (0.5, 300)]):
        x, mean = simulated(seed, 300, p, q, 9.0)
        best = fit(x, mean)[1].log_likelihood
        known = spending(x, mean / np.exp(np.log(mean).mean()), None)
        starts = [[one, other, 1.0] for one in grid for other in grid]
        other = gamma_gamma.maximise(lambda at, s=known: gamma_gamma._relative(s, at), starts)
        again = other.log_likelihood - np.log(mean).sum()
        assert best >= again - 1e-7


@pytest.mark.parametrize("seed", range(4))
def test_no_start_finds_more_among_amounts_of_any_size(seed: int) -> None:
    """The unlikely ones of which a few are worth more than all the others together."""
    dice = np.random.default_rng(seed)
    x = 1 + np.floor(dice.lognormal(1, 1.5, 20))
    mean = np.exp(dice.uniform(math.log(1e-6), math.log(1e12), 20))
    known = spending(x, mean / np.exp(np.log(mean).mean()), None)
    starts = np.exp(dice.uniform(-4, 6, (12, 3)) * [1, 1, 2]).tolist()
    other = gamma_gamma.maximise(lambda at: gamma_gamma._relative(known, at), starts)
    assert fit(x, mean)[1].log_likelihood >= other.log_likelihood - np.log(mean).sum() - 1e-6


@pytest.mark.parametrize("factor", [1e-9, 0.137, 7.1, 1e12])
def test_the_currency_does_not_matter(factor: float) -> None:
    x, mean = simulated(2, 500, 3, 2.5, 10)
    (model, found), (other, scaled) = fit(x, mean), fit(x, factor * mean)
    assert other.p == pytest.approx(model.p, rel=1e-10)
    assert other.q == pytest.approx(model.q, rel=1e-10)
    assert other.gamma == pytest.approx(factor * model.gamma, rel=1e-10)
    assert scaled.log_likelihood == pytest.approx(
        found.log_likelihood - 500 * math.log(factor), rel=1e-12
    )
    np.testing.assert_allclose(scaled.covariance, found.covariance, rtol=1e-6)


def test_counts_order_and_those_who_say_nothing() -> None:
    x, mean = simulated(3, 300, 3, 2.5, 10)
    n = np.random.default_rng(3).integers(0, 4, 300)
    counted = fit(x, mean, n)[0]
    repeated = np.repeat(np.arange(300), n)[::-1]
    listed = fit(x[repeated], mean[repeated])[0]
    silent = fit(
        np.r_[x[repeated], 0, 3, 2, 4, 1], np.r_[mean[repeated], 20, 0, -5, math.nan, math.inf]
    )[0]
    for other in (listed, silent):
        assert (other.p, other.q, other.gamma) == pytest.approx(
            (counted.p, counted.q, counted.gamma), rel=1e-9
        )
    assert counted.log_likelihood(x, mean, n) == pytest.approx(
        listed.log_likelihood(x[repeated], mean[repeated]), rel=1e-10
    )


def test_many_customers_are_begun_with_a_few() -> None:
    x, mean = simulated(4, 5_000, 3, 2.5, 10)
    # Each of a shop's customers ten times over has the shop's maximum.
    few, many = fit(x, mean), fit(np.repeat(x, 10), np.repeat(mean, 10))
    np.testing.assert_allclose(many[1].log_parameters, few[1].log_parameters, atol=1e-9)
    assert many[1].log_likelihood == pytest.approx(10 * few[1].log_likelihood, rel=1e-12)


ALIKE = {
    "one customer": ([1], [20.0]),
    "one with many orders": ([10_000], [1e-9]),
    "all the same": ([1, 2, 3, 1], [7.0] * 4),
}


@pytest.mark.parametrize("name", ALIKE)
def test_amounts_that_do_not_differ(name: str) -> None:
    x, mean = ALIKE[name]
    model, found = fit(x, mean)
    assert found.at_edge == (True, True, True)
    assert np.isfinite(found.log_likelihood)
    assert np.isnan(found.covariance).all()
    assert model.population_mean == pytest.approx(mean[0], rel=1e-5)
    np.testing.assert_allclose(
        model.expected_mean([0, *x], [0, *mean]), model.population_mean, rtol=1e-5
    )


def test_customers_who_always_pay_the_same() -> None:
    """No spread within is the best way to a steep lower end of the means: p runs off."""
    mean = 10 * (1 + np.random.default_rng(6).pareto(3, 3_000))
    model, found = fit(np.full(3_000, 5), mean)
    assert found.at_edge == (True, False, True)
    assert found.converged
    np.testing.assert_allclose(model.expected_mean(5, mean), mean, rtol=1e-5)
    assert np.isnan(found.covariance[0]).all()
    assert np.isnan(found.covariance[2]).all()
    # What remains is that of 1 / Gamma(q): its equation for the maximum, and its information.
    centre = np.log(np.mean(1 / mean)) + np.mean(np.log(mean))
    assert math.log(model.q) - digamma(model.q) == pytest.approx(centre, rel=1e-5)
    information = 3_000 * model.q**2 * (polygamma(1, model.q) - 1 / model.q)
    assert found.covariance[1, 1] == pytest.approx(1 / information, rel=1e-3)


def test_customers_who_are_all_alike() -> None:
    """No spread among them: q runs off, and all are expected to pay the overall mean."""
    dice = np.random.default_rng(3)
    x = dice.integers(1, 30, 500)
    mean = dice.gamma(3.0 * x) / x
    model, found = fit(x, mean)
    assert found.at_edge == (False, True, True)
    assert model.p == pytest.approx(3, rel=0.15)
    np.testing.assert_allclose(model.expected_mean(x, mean), np.average(mean, weights=x), rtol=1e-3)


def test_a_population_without_a_mean() -> None:
    model = GammaGamma(p=0.25, q=0.5, gamma=8.0)
    assert model.population_mean == math.inf
    assert model.expected_mean([0, 1, 2], [5, 5, 5])[:2].tolist() == [math.inf, math.inf]
    assert model.expected_mean(3, 5) == pytest.approx(0.25 * (8 + 3 * 5) / (0.25 * 3 + 0.5 - 1))
    dice = np.random.default_rng(9)
    x = dice.integers(1, 5, 3_000)
    heavy, found = fit(x, dice.gamma(2.0 * x) / x / dice.gamma(0.4, 1, 3_000))
    assert found.converged
    assert heavy.q == pytest.approx(0.4, rel=0.1)
    assert heavy.population_mean == math.inf


def test_amounts_far_apart() -> None:
    x, mean = simulated(2, 300, 8, 2.5, 30)
    model, found = fit(np.r_[x, 1], np.r_[mean, 1e12])
    assert found.converged
    assert np.isfinite(model.expected_mean(np.r_[x, 1, 0], np.r_[mean, 1e12, 0])).all()
    model, found = fit([1, 1, 2, 3], [1e-300, 1e300, 1, 2])
    assert np.isfinite([model.p, model.q, model.gamma, found.log_likelihood]).all()


def test_nobody_to_learn_from() -> None:
    with pytest.raises(ValueError, match="nobody"):
        fit([0, 2, 3], [5, 0, -1])


SHAPES = st.floats(-6, 6).map(lambda log: 10.0**log)


@settings(max_examples=60, deadline=None)
@given(
    p=SHAPES,
    q=SHAPES.filter(lambda q: q > 1 + 1e-6),
    gamma=SHAPES,
    x=st.integers(1, 10_000),
    amounts=st.lists(st.floats(0, 1e9), min_size=2, max_size=5),
)
def test_what_to_expect_lies_between(
    p: float, q: float, gamma: float, x: int, amounts: list[float]
) -> None:
    model = GammaGamma(p=p, q=q, gamma=gamma)
    own = np.sort(np.array(amounts))
    found = model.expected_mean(x, own)
    lower, upper = np.minimum(own, model.population_mean), np.maximum(own, model.population_mean)
    assert (found >= lower * (1 - 1e-9)).all()
    assert (found <= upper * (1 + 1e-9)).all()
    assert (np.diff(found) >= 0).all()
    assert model.expected_mean(0, 123.0) == pytest.approx(model.population_mean, rel=1e-9)
    assert model.expected_mean(x, -50.0) == model.expected_mean(x, 0.0)
    assert np.isfinite(model.log_likelihood(x, own))


@settings(max_examples=15, deadline=None)
@given(
    rows=st.lists(st.tuples(st.integers(1, 10_000), st.floats(1e-6, 1e9)), min_size=1, max_size=8)
)
def test_any_few_customers_have_an_answer(rows: list[tuple[int, float]]) -> None:
    x, mean = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    model, found = fit(x, mean)
    values = [model.p, model.q, model.gamma, found.log_likelihood]
    assert np.isfinite(values).all()
    expected = model.expected_mean(x, mean)
    assert (expected >= 0).all()
    assert model.log_likelihood(x, mean) == pytest.approx(found.log_likelihood, rel=1e-9, abs=1e-9)
