"""The shifted-beta-geometric model against the papers, exact sums and made-up contracts."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import betaln, hyp2f1

from segmentation.lifetime import sbg
from segmentation.lifetime.sbg import Sbg, counted, fit

pytestmark = pytest.mark.filterwarnings("error")

# Fader and Hardie (2007): percent of customers still there after so many years, and the shapes
# that they print for seven years of each of the two segments.
HIGH_END = [100, 86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1]
REGULAR = [100, 63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1]
PAPER = [(HIGH_END, "0.668", "3.806"), (REGULAR, "0.704", "1.182")]


@pytest.fixture(autouse=True)
def _loud() -> Iterator[None]:
    """Whatever would warn or make NaN fails."""
    with np.errstate(all="raise", under="ignore"):
        yield


def cohort(percent: list[float]) -> tuple[np.ndarray, float]:
    """Counts of a thousand customers."""
    there = np.round(10 * np.array(percent))
    return -np.diff(there), float(there[-1])


@pytest.mark.parametrize(("percent", "alpha", "beta"), PAPER)
def test_the_paper(percent: list[float], alpha: str, beta: str) -> None:
    lost, still = cohort(percent)
    model, found = fit(lost, still)
    assert (f"{model.alpha:.3f}", f"{model.beta:.3f}") == (alpha, beta)
    assert found.converged
    assert found.at_edge == (False, False)

    # The likelihood as the paper has it: of lifetimes, by beta functions.
    t, a, b = np.arange(1, 8), model.alpha, model.beta
    died = betaln(a + 1, b + t - 1) - betaln(a, b)
    paper = lost @ died + still * (betaln(a, b + 7) - betaln(a, b))
    assert found.log_likelihood == pytest.approx(paper, rel=1e-12)
    assert model.log_likelihood(lost, still) == pytest.approx(paper, rel=1e-12)


def test_survival_by_hand() -> None:
    """The chance to be lost doesn't differ: halves. It's spread evenly: 1 / (t + 1)."""
    assert Sbg(alpha=1, beta=1).survival(range(6)) == pytest.approx(1 / np.arange(1, 7))
    alike = Sbg(alpha=1e12, beta=1e12)
    assert alike.survival(range(6)) == pytest.approx(0.5 ** np.arange(6))
    assert alike.retention(range(1, 6)) == pytest.approx(0.5)
    model = Sbg(alpha=0.668, beta=3.806)
    assert model.retention(1) == pytest.approx(3.806 / 4.474)
    assert np.cumprod(model.retention(range(1, 30))) == pytest.approx(model.survival(range(1, 30)))


@pytest.mark.parametrize(
    ("alpha", "beta"),
    [(0.668, 3.806), (1e-6, 1e-6), (1e6, 1e-6), (1e-6, 1e6), (1e6, 1e6), (12.5, 9.99), (3, 4e4)],
)
def test_survival_is_exact(alpha: float, beta: float) -> None:
    a, b = Fraction(alpha), Fraction(beta)
    model, exact = Sbg(alpha=alpha, beta=beta), Fraction(1)
    for t in range(1, 60):
        exact *= (b + t - 1) / (a + b + t - 1)
        assert float(model.survival(t)) == pytest.approx(float(exact), rel=2e-12)
    far = model.survival([1e3, 1e5, 1e8])
    assert (np.diff([*far[::-1], float(exact)]) >= 0).all()


def test_the_gradient_is_the_slope() -> None:
    dice = np.random.default_rng(5)
    at_log = sbg._log_likelihood(*sbg._renewals(dice.integers(0, 50, 40), dice.integers(0, 9, 40)))
    for at in dice.uniform(-13.5, 13.5, (300, 2)):
        value, gradient = at_log(at)
        for i in range(2):
            step = np.eye(2)[i] * 1e-4
            slope = (at_log(at + step)[0] - at_log(at - step)[0]) / 2e-4
            off = 1e-6 * (np.abs(gradient).max() + 1e-3) + 1e-11 * abs(value)
            assert gradient[i] == pytest.approx(slope, abs=off)


# ── what customers are worth ───────────────────────────────────────────────────────────────────

SHAPES = [1e-6, 1e-3, 0.3, 1.0, 3.8, 40.0, 1e3, 1e6]


@pytest.mark.parametrize("rate", [0.01, 0.1, 3.0])
def test_discounted_tenure_is_the_sum(rate: float) -> None:
    t = np.arange(4_000)
    for alpha in SHAPES:
        for beta in SHAPES:
            factors = (beta + t) / (alpha + beta + t) / (1 + rate)
            summed = 1 + np.exp(np.cumsum(np.log(factors))).sum()
            found = Sbg(alpha=alpha, beta=beta).discounted_tenure(rate)
            assert found == pytest.approx(summed, rel=1e-12)


@pytest.mark.parametrize("rate", [1e-300, 1e-12, 1e-6, 1e-3, 0.1, 1.0, 1e6])
def test_discounted_tenure_of_chances_spread_evenly(rate: float) -> None:
    exact = (1 + rate) * math.log1p(1 / rate)
    assert Sbg(alpha=1, beta=1).discounted_tenure(rate) == pytest.approx(exact, rel=1e-12)


@pytest.mark.parametrize("rate", [0.004, 0.1])
@pytest.mark.parametrize(("alpha", "beta"), [(0.668, 3.806), (0.704, 1.182), (2.5, 9.0)])
def test_the_formulas_of_2010(alpha: float, beta: float, rate: float) -> None:
    model, z = Sbg(alpha=alpha, beta=beta), 1 / (1 + rate)
    assert model.discounted_tenure(rate) == pytest.approx(
        hyp2f1(1, beta, alpha + beta, z), rel=1e-10
    )
    n = np.arange(1, 11)
    paper = (beta + n - 1) / (alpha + beta + n - 1) * hyp2f1(1, beta + n, alpha + beta + n, z)
    assert model.discounted_residual(n - 1, rate) == pytest.approx(paper, rel=1e-10)


@pytest.mark.parametrize("renewals", [0, 1, 7, 400])
def test_discounted_residual_is_the_sum_of_survivors(renewals: int) -> None:
    model, t = Sbg(alpha=0.7, beta=2.1), np.arange(1, 3_000)
    there = model.survival(renewals + t) / model.survival(renewals)
    summed = (there / 1.05 ** (t - 1)).sum()
    assert float(model.discounted_residual(renewals, 0.05)) == pytest.approx(summed, rel=1e-11)


def test_without_discount() -> None:
    model = Sbg(alpha=3.0, beta=7.0)
    assert model.expected_tenure == pytest.approx(9 / 2)
    assert model.expected_tenure == pytest.approx(model.survival(range(200_000)).sum(), rel=1e-6)
    assert model.discounted_tenure(1e-9) == pytest.approx(4.5, rel=1e-7)
    # The beta after n renewals and the one at hand is 7 + n + 1.
    assert model.discounted_residual([0, 4], 0) == pytest.approx([7 / 10 * 5, 11 / 14 * 7])
    for alpha in (1e-6, 0.668, 1.0):
        endless = Sbg(alpha=alpha, beta=3.806)
        assert endless.expected_tenure == math.inf
        assert endless.discounted_residual([1, 2], 0).tolist() == [math.inf, math.inf]


def test_a_rate_below_0() -> None:
    with pytest.raises(ValueError, match="rate"):
        Sbg(alpha=1, beta=1).discounted_tenure(-0.01)


def test_shapes_of_what_comes_back() -> None:
    model = Sbg(alpha=0.7, beta=3.0)
    asked = np.array([[3, 0, 3], [900, 1, 0]])
    found = model.discounted_residual(asked, 0.02)
    assert found.shape == (2, 3)
    for i, j in np.ndindex(2, 3):
        alone = float(model.discounted_residual(asked[i, j], 0.02))
        assert found[i, j] == pytest.approx(alone, rel=1e-12)
    assert model.discounted_residual(5, 0.02).shape == ()
    assert model.discounted_residual([], 0.02).shape == (0,)
    assert model.discounted_residual(range(1_000), 0.02).shape == (1_000,)


# ── counts ─────────────────────────────────────────────────────────────────────────────────────


def test_counting_customers() -> None:
    lost, still = counted([1, 2, 2, 0, 5, 2], [True, True, False, False, False, True])
    assert lost.tolist() == [1, 2, 0, 0, 0]
    assert still.tolist() == [0, 1, 0, 0, 1]
    lost, still = counted([1, 2, 0], [True, False, False], [30, 4, 7])
    assert (lost.tolist(), still.tolist()) == ([30, 0], [0, 4])


@pytest.mark.parametrize(("periods", "lost"), [([0, 1], [True, True]), ([-1], [False])])
def test_periods_that_cannot_be(periods: list[int], lost: list[bool]) -> None:
    with pytest.raises(ValueError, match="periods"):
        counted(periods, lost)


def test_cohorts_of_different_ages_are_the_sum_of_their_likelihoods() -> None:
    model = Sbg(alpha=0.9, beta=4.0)
    old, young = ([20, 10, 5], 65), ([9, 4], 37)
    together = model.log_likelihood([29, 14, 5], [0, 37, 65])
    apart = model.log_likelihood(*old) + model.log_likelihood(*young)
    assert together == pytest.approx(apart, rel=1e-14)


def test_known_parameters_come_back() -> None:
    """Cohorts that began 1 to 12 periods ago, each customer with its own chance to be lost."""
    dice, customers = np.random.default_rng(11), 60_000
    age = dice.integers(1, 13, customers)
    stays = dice.geometric(dice.beta(0.8, 3.2, customers))
    lost = stays <= age
    model, found = fit(*counted(np.where(lost, stays, age), lost))
    error = np.sqrt(np.diag(found.covariance))
    assert (np.abs(found.log_parameters - np.log([0.8, 3.2])) < 3 * error).all()
    assert (error < 0.06).all()
    shares = [(stays > t).mean() for t in range(12)]
    assert model.survival(range(12)) == pytest.approx(shares, abs=0.006)


def test_counts_ten_times_as_large() -> None:
    lost, still = cohort(HIGH_END)
    (model, once), (other, tenfold) = fit(lost, still), fit(10 * lost, 10 * still)
    assert (other.alpha, other.beta) == pytest.approx((model.alpha, model.beta), rel=1e-8)
    np.testing.assert_allclose(tenfold.covariance, once.covariance / 10, rtol=1e-5)


def test_no_start_finds_more() -> None:
    grid = [1e-3, 0.1, 1.0, 30.0, 1e4]
    for lost, still in [cohort(HIGH_END), cohort(REGULAR), (np.array([3.0, 0, 1]), 90.0)]:
        best = fit(lost, still)[1].log_likelihood
        value = sbg._log_likelihood(*sbg._renewals(lost, still))
        again = sbg.maximise(value, [[one, other] for one in grid for other in grid])
        assert best >= again.log_likelihood - 1e-8 * (1 + abs(best))


# ── the edges ──────────────────────────────────────────────────────────────────────────────────


def test_nobody_lost() -> None:
    model, found = fit([0, 0, 0], 50)
    assert found.at_edge[0]
    assert model.survival(100) == pytest.approx(1, abs=1e-4)
    assert model.discounted_residual(3, 0.1) == pytest.approx(1.1 / 0.1, rel=1e-4)


def test_all_lost_at_once() -> None:
    model, found = fit([50], 0)
    assert found.at_edge[1]
    assert model.survival(1) == pytest.approx(0, abs=1e-5)
    assert model.discounted_tenure(0.1) == pytest.approx(1, rel=1e-5)


def test_customers_who_are_all_alike() -> None:
    """Losses that grow with age can't be: the model says the same share is lost each time."""
    model, found = fit([10, 100, 500], 20)
    assert any(found.at_edge)
    assert found.converged
    # 610 of 630, 620 and 520 renewals at hand were not made.
    assert model.retention([1, 2, 3]) == pytest.approx(1 - 610 / (630 + 620 + 520), rel=1e-5)
    assert model.expected_tenure == pytest.approx((630 + 620 + 520) / 610, rel=1e-5)


def test_one_period_says_how_many_and_not_how_different() -> None:
    model, found = fit([12], 28)
    assert model.retention(1) == pytest.approx(0.7)
    assert model.alpha + model.beta == pytest.approx(2, rel=0.01)
    assert np.isnan(found.covariance).all()
    assert found.log_likelihood == pytest.approx(12 * math.log(0.3) + 28 * math.log(0.7))


@pytest.mark.parametrize(("lost", "still"), [([0], 0), ([0, 0], [0, 0])])
def test_nobody_to_learn_from(lost: list[int], still: int | list[int]) -> None:
    with pytest.raises(ValueError, match="nobody"):
        fit(lost, still)


# ── promises ───────────────────────────────────────────────────────────────────────────────────

ANY = st.floats(-6, 6).map(lambda log: 10.0**log)


@settings(max_examples=60, deadline=None)
@given(alpha=ANY, beta=ANY, rate=st.floats(-6, 2).map(lambda log: 10.0**log))
def test_promises(alpha: float, beta: float, rate: float) -> None:
    model = Sbg(alpha=alpha, beta=beta)
    kept = model.survival([0, 1, 2, 3, 10, 1e3, 1e5])
    assert kept[0] == 1
    assert ((kept >= 0) & (np.diff(kept, prepend=1) <= 1e-12)).all()
    renewed = model.retention([1, 2, 3, 1e5])
    assert ((renewed >= 0) & (renewed <= 1) & (np.diff(renewed, prepend=0) >= 0)).all()
    worth = model.discounted_residual([0, 1, 5, 1e4], rate)
    assert all(one <= other * (1 + 1e-11) for one, other in pairwise(worth))
    assert (worth <= (1 + rate) / rate * (1 + 1e-11)).all()
    # A new customer brings 1, and after it what one brings who has renewed 0 times, later.
    whole = 1 + worth[0] / (1 + rate)
    assert model.discounted_tenure(rate) == pytest.approx(whole, rel=1e-11)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2_000), st.integers(0, 2_000)), min_size=1, max_size=30))
def test_any_counts_have_an_answer(counts: list[tuple[int, int]]) -> None:
    lost, still = np.array(counts, dtype=float).T
    if not (lost + still).any():
        return
    model, found = fit(lost, still)
    assert np.isfinite([model.alpha, model.beta, found.log_likelihood]).all()
    assert np.isfinite(model.discounted_residual([0, 10], 0.1)).all()
    assert model.log_likelihood(lost, still) == pytest.approx(found.log_likelihood, rel=1e-9)
