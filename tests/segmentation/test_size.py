"""Large, medium, small customers: by share of the total, or by limits."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from segmentation.errors import DataError
from segmentation.grading import apply, fit
from tests.segmentation.promises import (
    check_again,
    check_steps,
    codes,
    customers,
    graded,
    scheme_of,
    some_customers,
    tiers,
)

OWN = tiers({"classes": ("large",)}, {"classes": ("medium",)}, {"classes": ("small",)})
MONEY = {"monetary": (20000.0, 5000.0)}
TWO = {"monetary": (500.0, 200.0), "employees": (250.0, 50.0)}


def test_limits_are_in() -> None:
    frame = customers(monetary=[20000.01, 20000.0, 19999.99, 5000.0, 4999.99, 0.0, -3.0])
    assert graded(scheme_of("size", OWN, measures=MONEY), frame) == [0, 0, 1, 1, 2, 2, 2]


def test_several_measures() -> None:
    frame = customers(
        monetary=[500.0, 500.0, 200.0, 199.0, 500.0, 199.0],
        employees=[250.0, 49.0, 250.0, 50.0, np.nan, np.nan],
    )
    best = scheme_of("size", OWN, ("employees",), measures=TWO)
    assert graded(best, frame) == [0, 0, 0, 1, 0, 2]
    worst = scheme_of("size", OWN, ("employees",), measures=TWO, take="worst")
    assert graded(worst, frame) == [0, 2, 1, 2, 0, 2]


@pytest.mark.parametrize("take", ["best", "worst"])
def test_none_known_is_small(take: str) -> None:
    only = {"employees": (250.0, 50.0)}
    scheme = scheme_of("size", OWN, ("employees",), measures=only, take=take)
    assert graded(scheme, customers(employees=[np.nan, 60.0, 300.0])) == [2, 1, 0]
    with pytest.raises(DataError, match="measure_absent"):
        graded(scheme, customers(monetary=[1.0]))


def test_without_limits_by_share() -> None:
    # Before each: 0 %, 50 %, 80 %, 95 %.
    frame = customers(monetary=[50.0, 30.0, 15.0, 5.0])
    found = apply(fit(scheme_of("size", OWN), frame), frame)
    assert found["tier_no"].to_list() == [0, 0, 1, 2]
    assert found["score"].to_list() == pytest.approx([50.0, 30.0, 15.0, 5.0])
    assert found["size_class"].to_list() == ["large", "large", "medium", "small"]
    assert graded(scheme_of("size", OWN, shares=(0.5, 0.8)), frame) == [0, 1, 2, 2]
    assert graded(scheme_of("size", OWN), customers(monetary=[0.0, -4.0])) == [2, 2]


def test_who_is_as_large_as_the_last_one_in_is_in() -> None:
    # Before each: 0 %, 25 %, 50 %, 75 %; by keys the fourth would be smaller than the third.
    assert (
        graded(scheme_of("size", OWN, shares=(0.6, 0.8)), customers(monetary=[5.0] * 4)) == [0] * 4
    )


def test_shares_are_those_of_the_column_abc_but_for_ties() -> None:
    frame = some_customers(2).unique("monetary", maintain_order=True)
    found = apply(fit(scheme_of("size", OWN), frame), frame)
    assert found["abc"].to_list() == ["ABC"[n] for n in found["tier_no"]]


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"measure": "employees"},
        {"measures": {"monetary": (2000.0, 500.0)}},
        {"measures": TWO},
        {"measures": TWO, "take": "worst"},
    ],
)
def test_again_and_next(asked: dict[str, Any]) -> None:
    scheme = scheme_of("size", OWN, ("employees",), **asked)
    frame = some_customers(13)
    first = check_again(scheme, frame)
    below = first.filter(pl.col("tier_no") > 0)
    if asked == {"measure": "employees"}:
        below = below.filter(pl.col("employees").is_not_nan())
    assert check_steps(scheme, frame) == below.height


def test_steps_by_hand() -> None:
    frame = customers(monetary=[100.0, 300.0], employees=[10.0, 100.0])
    best = apply(fit(scheme_of("size", OWN, ("employees",), measures=TWO), frame), frame)
    # 100 → 200 is twice as much, 10 → 50 five times; 300 → 500 is less than 100 → 250.
    assert best["next_monetary"].to_list() == [200.0, 500.0]
    worst = scheme_of("size", OWN, ("employees",), measures=TWO, take="worst")
    found = apply(fit(worst, frame), frame)
    assert found.select("next_monetary", "next_employees").rows() == [(200.0, 50.0), (500.0, 250.0)]


def test_problems() -> None:
    assert codes("size", OWN) == codes("size", OWN, measures=MONEY) == []
    assert codes("size", OWN, measures={"monetary": (5000.0, 20000.0)}) == [
        ("size.measures.monetary", "limits_not_descending")
    ]
    assert codes("size", OWN, shares=(0.95, 0.8)) == [("size.shares", "not_ascending")]
    assert codes("size", OWN, shares=(0.0, 0.8)) == [("size.shares", "not_ascending")]
    assert codes("size", OWN, measure="recency") == [("size.measure", "choice")]
    assert codes("size", OWN, measures={"interval": (9.0, 2.0)}) == [("size.measures", "choice")]
    assert codes("size", tiers({"classes": ("huge",)}, {})) == [("tiers[0].classes", "choice")]
