"""Lifetime values and chances of still being a customer equal those of the method."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from addin.functions import Failure
from addin.words import Words
from tests.functions.calls import EN, refused, say
from tests.functions.sheets import DATA, Range, column, flat, graded

CLV = 'method = "clv"\n'
TERMS = CLV + "[clv]\nmonths = 24\nannual_rate = 0.02\n"
# What one customer of two hundred did.
SOME = np.random.default_rng(7)


def histories(customers: pl.DataFrame) -> tuple[Range, Range, Range, Range]:
    names = ("repeats", "active_span", "tenure", "repeat_mean")
    x, t_x, total, mean = (column(customers[name].to_list()) for name in names)
    return x, t_x, total, mean


def made_up(rows: int) -> tuple[Range, Range, Range, Range]:
    total = SOME.integers(30, 500, rows)
    x = SOME.poisson(total * SOME.gamma(0.7, 0.03, rows))
    t_x = np.where(x > 0, np.ceil(total * SOME.uniform(0.1, 1, rows)), 0)
    mean = SOME.gamma(5, 10, rows)
    both = zip(x, mean, strict=True)
    paid: list[Any] = [round(float(m), 2) if again else None for again, m in both]
    return *(column([float(v) for v in each]) for each in (x, t_x, total)), column(paid)  # type: ignore[return-value]


@pytest.mark.parametrize(
    "data", ["cdnow sample", "completejourney", "online retail", "messy orders", "pagila"]
)
def test_values_are_those_of_the_method(
    data: str, words: Words, shared_data: Path, unpacked: Path
) -> None:
    for scheme, more in ((CLV, ()), (TERMS, (24, 0.02))):
        customers = graded(shared_data / DATA[data], words, unpacked, scheme).grading.graded
        given = histories(customers)
        alive = flat(say("P_ALIVE", *given[:3], words=words))
        np.testing.assert_allclose(alive, customers["p_alive"].to_numpy(), rtol=1e-9, atol=1e-20)
        worth = flat(say("CLV", *given, *more, words=words))
        np.testing.assert_allclose(worth, customers["score"].to_numpy(), rtol=1e-9, atol=1e-8)
        assert len(set(worth)) > 5


def test_the_unit_of_time_is_the_day(words: Words) -> None:
    x, t_x, total, mean = made_up(200)
    year = np.array(flat(say("CLV", x, t_x, total, mean, words=words)))
    half = np.array(flat(say("CLV", x, t_x, total, mean, 6, words=words)))
    undiscounted = np.array(flat(say("CLV", x, t_x, total, mean, 12, 0, words=words)))
    assert (half < year).all()
    assert (year < undiscounted).all()
    # Of twelve months discounted at their middles none counts less than eleven and a half.
    assert (year > undiscounted / 1.1).all()
    # By another unit chances are the same.
    weeks = [[[cell / 7 for cell in row] for row in each] for each in (t_x, total)]
    days = flat(say("P_ALIVE", x, t_x, total, words=words))
    np.testing.assert_allclose(flat(say("P_ALIVE", x, *weeks, words=words)), days, rtol=1e-6)


def test_who_never_came_back_needs_no_amount() -> None:
    x, t_x, total, mean = made_up(200)
    assert None in flat(mean)
    with_any = [[9.0 if m is None else m] for m in flat(mean)]
    assert say("CLV", x, t_x, total, mean) == say("CLV", x, t_x, total, with_any)
    back = flat(x).index(next(v for v in flat(x) if v))
    mean[back] = [None]
    answers = flat(say("CLV", x, t_x, total, mean))
    assert answers[back] in (None, "")
    assert isinstance(answers[back - 1], float)


@pytest.mark.parametrize(
    ("history", "code"),
    [
        ((-1, 5, 9), "history_negative"),
        ((1, -5, 9), "history_negative"),
        ((2, 10, 9), "history_order"),
        ((0, 3, 9), "history_once"),
    ],
)
def test_a_history_that_can_not_be(history: tuple[float, ...], code: str, words: Words) -> None:
    given = [[*each] for each in made_up(60)[:3]]
    before = flat(say("P_ALIVE", *given, words=words))
    wrong = [[*each, [float(value)]] for each, value in zip(given, history, strict=True)]
    *answers, last = flat(say("P_ALIVE", *wrong, words=words))
    assert answers == before
    assert isinstance(last, Failure)
    assert last.reason == words(f"function_error.{code}")


def test_terms_that_can_not_be() -> None:
    given = made_up(60)
    assert refused("CLV", *given, 0) == "bad_months"
    assert refused("CLV", *given, 1.5) == "bad_months"
    assert refused("CLV", *given, 121) == "bad_months"
    assert refused("CLV", *given, 12, -0.1) == "bad_rate"
    assert refused("CLV", 3.0, 60.0, 90.0, 20.0) == "alone"
    assert refused("P_ALIVE", 3.0, 60.0, 90.0) == "alone"
    assert EN("function_error.bad_rate") != EN("function_error.bad_months", most=120)
