"""The quick way to a maximum is the slow one's, and its parts are what they stand for."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, gammaln, psi

from segmentation.lifetime import gamma_gamma
from segmentation.lifetime.beta_geometric import _starts
from segmentation.lifetime.beta_likelihood import Likelihood
from segmentation.lifetime.grouped import Grouped, grouped, with_places
from segmentation.lifetime.maximising import Maximum, maximise
from segmentation.lifetime.special import either, rising, risings
from segmentation.lifetime.spending import Quick, spending
from segmentation.lifetime.stages import Curved, maximise_in_stages
from tests.segmentation.buyers import simulated


def scaled(count: int, seed: int) -> Grouped:
    some = simulated(count, seed=seed)
    return grouped(some.x, np.floor(some.t_x) / 365, some.T / 365)


@pytest.mark.parametrize(("count", "seed"), [(800, 1), (5_000, 2), (60_000, 3)])
@pytest.mark.parametrize("first_too", [0, 1])
def test_both_ways_lead_to_the_same_place(count: int, seed: int, first_too: int) -> None:
    given = scaled(count, seed)
    starts = _starts(given)
    slow = maximise(Likelihood(given, first_too), starts)
    quick = maximise_in_stages(
        lambda every: Likelihood(given, first_too, every), int(given.customers), starts
    )
    assert isinstance(quick, Maximum)
    assert quick.converged
    sure = np.sqrt(np.diag(slow.covariance))
    assert (np.abs(quick.log_parameters - slow.log_parameters) < 1e-5 * sure).all()
    assert quick.log_likelihood == pytest.approx(slow.log_likelihood, rel=1e-12)
    # Of many customers a sample tells the curvature.
    close = 0.05 if count > 30_000 else 1e-3
    np.testing.assert_allclose(np.diag(quick.covariance), np.diag(slow.covariance), rtol=2 * close)


def test_data_that_leave_doubt_are_left_to_the_slow_way() -> None:
    nobody_leaves = grouped(np.full(500, 30.0), np.full(500, 0.99), np.full(500, 1.0))
    found = maximise_in_stages(
        lambda every: Likelihood(nobody_leaves, 1, every), 500, _starts(nobody_leaves)
    )
    assert found is None


@pytest.mark.parametrize("every", [1, 3, 40])
def test_each_so_manieth_customer(every: int) -> None:
    given = scaled(4_000, 5)
    some = given.thinned(every)
    assert some.customers == pytest.approx(given.customers / every, abs=1)
    # Those who ordered once, most of all, are as large a part as before.
    once = [(each.n * (each.x == 0)).sum() / each.customers for each in (given, some)]
    assert once[1] == pytest.approx(once[0], abs=2 / some.customers)
    rows = [{*zip(each.x, each.t_x, each.T, strict=True)} for each in (given, some)]
    assert rows[1] <= rows[0]


@pytest.mark.parametrize("kind", ["days", "any", "halves", "ahead"])
def test_equal_histories_stand_together(kind: str) -> None:
    rng = np.random.default_rng(8)
    x = rng.integers(0, 4, 3_000).astype(float)
    total = rng.integers(1, 40, 3_000).astype(float)
    t_x = np.minimum(rng.integers(0, 40, 3_000), total)
    if kind == "any":
        # Differences that a key of one number cannot tell.
        t_x = np.minimum(t_x + rng.integers(0, 3, 3_000) * 1e-15, total)
        total = total * 1e5
    if kind == "halves":
        x = x / 2
    if kind == "ahead":
        t_x, total = 700 + t_x, np.full(3_000, 91.3)
    made, places = with_places(x, t_x, total)
    rows = np.column_stack([x, t_x, total])
    distinct, count = np.unique(rows, axis=0, return_counts=True)
    assert (np.column_stack([made.x, made.t_x, made.T]) == distinct).all()
    assert (made.n == count).all()
    assert (np.column_stack([made.x, made.t_x, made.T])[places] == rows).all()


def test_functions_are_those_of_scipy() -> None:
    more = np.arange(30.0)
    cases = [(0.3, more), (2.5, more + 0.5), (9.0, more)]
    for (z, each), (value, slope) in zip(cases, risings(*cases), strict=True):
        np.testing.assert_allclose(value, gammaln(z + each) - gammaln(z), atol=1e-12)
        np.testing.assert_allclose(slope, psi(z + each) - psi(z), atol=1e-12)
    large = risings((0.3, more), (50.0, more))
    np.testing.assert_allclose(large[1][0], rising(50.0, more)[0])
    odds = np.array([-np.inf, -800.0, -30, -1e-9, 0, 1e-9, 30, 800])
    log, share = either(odds)
    np.testing.assert_allclose(log, np.logaddexp(0, odds), rtol=1e-15, atol=1e-15)
    np.testing.assert_allclose(share, expit(odds), rtol=1e-14)


def assert_bends(likelihood: Curved, at: np.ndarray) -> None:
    """What is said of its slope and of how it bends is what differences say."""
    step = 1e-5
    ways = step * np.eye(len(at))
    value, gradient, information = likelihood.bent(at)
    assert value == likelihood(at)[0]
    slope = [(likelihood(at + one)[0] - likelihood(at - one)[0]) / (2 * step) for one in ways]
    np.testing.assert_allclose(gradient, slope, rtol=1e-6, atol=1e-4)
    bends = [(likelihood(at - one)[1] - likelihood(at + one)[1]) / (2 * step) for one in ways]
    np.testing.assert_allclose(information, bends, rtol=1e-6, atol=1e-8 * np.abs(bends).max())


@pytest.mark.parametrize("first_too", [0, 1])
@pytest.mark.parametrize("at", [(-0.5, 0.3, -0.2, 0.9), (1, 2, 1.5, -1), (-2, -1, 0.3, 3)])
def test_how_the_likelihood_of_leaving_bends(at: tuple[float, ...], first_too: int) -> None:
    assert_bends(Likelihood(scaled(3_000, 4), first_too), np.array(at, float))


@pytest.mark.parametrize("at", [(1.8, 1.2, 3.0), (-1.0, 0.5, 2.0), (3.0, 2.0, 0.1)])
def test_how_the_likelihood_of_amounts_bends(at: tuple[float, ...]) -> None:
    some = simulated(3_000, seed=4)
    paid = some.x > 0
    counts = np.random.default_rng(3).integers(1, 4, int(paid.sum()))
    assert_bends(Quick(spending(some.x[paid], some.mean[paid], counts)), np.array(at))


def test_amounts_by_both_formulas() -> None:
    some = simulated(3_000, seed=4)
    paid = some.x > 0
    known = spending(some.x[paid], some.mean[paid], None)
    quick = Quick(known)
    for at in ([1.8, 1.2, 3.0], [-1.0, 0.5, 2.0], [3.0, 2.0, 0.1]):
        slow = gamma_gamma._relative(known, np.array(at))
        value, gradient = quick(np.array(at))
        assert value == pytest.approx(slow[0], rel=1e-11)
        np.testing.assert_allclose(gradient, slow[1], rtol=1e-9, atol=1e-7)
