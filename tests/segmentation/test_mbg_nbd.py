"""MBG/NBD against another implementation, its formulas and made-up customers.

What holds for both models is in ``test_bg_nbd``.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from scipy.special import betaln, gammaln

from segmentation.lifetime.beta_likelihood import Likelihood
from segmentation.lifetime.grouped import grouped
from segmentation.lifetime.maximising import maximise
from segmentation.lifetime.mbg_nbd import MbgNbd, fit
from tests.segmentation.test_bg_nbd import (
    PEERS,
    agrees_with_peer,
    by_counting,
    finds_what_made,
    histories_in,
    peer,
    simulated,
)

pytestmark = pytest.mark.filterwarnings("error")
SOME = MbgNbd(r=0.52, alpha=43.3, a=0.89, b=1.61)


@pytest.mark.parametrize(("folder", "name"), PEERS)
def test_another_implementation(shared_data: Path, folder: str, name: str) -> None:
    table, theirs = peer(shared_data, folder, "MBG_NBD", name)
    agrees_with_peer(fit(grouped(*histories_in(table))), table, theirs)


def test_the_likelihood_and_p_alive_are_the_papers() -> None:
    x, t_x, total = simulated(SOME, 300, seed=1)
    r, alpha, a, b = dataclasses.astuple(SOME)
    first = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    still = np.exp(betaln(a, b + x + 1) - betaln(a, b)) * (alpha + total) ** -(r + x)
    left = np.exp(betaln(a + 1, b + x) - betaln(a, b)) * (alpha + t_x) ** -(r + x)
    value = (first + np.log(still + left)).sum()
    assert SOME.log_likelihood(grouped(x, t_x, total)) == pytest.approx(value, rel=1e-12)
    assert SOME.p_alive(x, t_x, total) == pytest.approx(still / (still + left), rel=1e-12)


def test_who_ordered_once_can_have_left() -> None:
    alive = SOME.p_alive([0, 0, 0], [0, 0, 0], [0, 90, 1e5])
    assert alive[0] == pytest.approx(SOME.b / (SOME.a + SOME.b))
    assert alive[0] > alive[1] > alive[2] > 0


def test_a_new_customer_orders_if_the_first_order_was_not_the_last() -> None:
    expected = SOME.b / (SOME.a + SOME.b) * by_counting(SOME, 0.0, 0.0, 90.0)
    assert float(SOME.expected_total(90.0)) == pytest.approx(expected, rel=1e-11)
    assert float(SOME.expected_orders(0, 0, 0, 90)) == pytest.approx(expected, rel=1e-11)


def test_parameters_that_made_the_data_are_found() -> None:
    finds_what_made(SOME, fit(grouped(*simulated(SOME, 30_000, seed=5))))


def test_leaving_at_once_or_never_is_near_an_edge() -> None:
    """A third of the customers order once; the others never leave."""
    dice = np.random.default_rng(8)
    total = dice.uniform(200, 500, 3000)
    x = dice.poisson(dice.gamma(4.0, 1 / 40, 3000) * total).astype(float)
    x[:1000] = 0
    last = total * np.where(x > 0, dice.beta(np.maximum(x, 1), 1), 0)
    model, found = fit(grouped(x, last, total))
    assert found.converged
    assert model.a + model.b < 0.02
    assert model.a / (model.a + model.b) == pytest.approx(1 / 3, abs=0.03)
    assert (model.p_alive(x, last, total)[x > 3] > 0.9).all()
    again = fit(grouped(x, last / 7, total / 7))[1]
    assert again.log_likelihood == pytest.approx(found.log_likelihood + x.sum() * np.log(7))


def test_most_leave_at_once_and_the_others_come_soon() -> None:
    """A maximum that no climb from customers who leave little finds."""
    total = np.linspace(18, 923, 80)
    x, t_x = np.zeros(80), np.zeros(80)
    x[[24, 53]], t_x[[24, 53]] = 2.0, (92.0, 124.0)
    histories = grouped(x, t_x, total)
    found = fit(histories)[1]
    best = MbgNbd(r=50.0, alpha=50 * 50.0, a=1.4, b=0.04).log_likelihood(histories)
    assert found.log_likelihood >= best
    dice = np.random.default_rng(1)
    starts = np.exp(dice.uniform([-4, 2, -4, -4], [4, 10, 4, 4], (20, 4))).tolist()
    other = maximise(Likelihood(histories, 1), starts).log_likelihood
    assert found.log_likelihood >= other - 1e-6
