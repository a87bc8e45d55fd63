"""The best so many, or the best share, by one measure."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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

SHARES = tiers({"top": 0.1}, {"top": 0.3}, {})
NUMBERS = tiers({"top": 2.0}, {"top": 5.0}, {})


def test_shares_count_from_the_very_top() -> None:
    frame = customers(monetary=[float(v) for v in range(20, 0, -1)])
    assert graded(scheme_of("top", SHARES), frame) == [0] * 2 + [1] * 4 + [2] * 14


@pytest.mark.parametrize(
    ("count", "first"), [(47, 4), (50, 5), (9, 1), (1, 1), (100, 10), (109, 10)]
)
def test_a_share_is_rounded_down_but_never_to_none(count: int, first: int) -> None:
    frame = customers(monetary=[float(v) for v in range(count)])
    assert graded(scheme_of("top", SHARES), frame).count(0) == first


def test_numbers_of_customers() -> None:
    frame = customers(monetary=[1.0, 9.0, 3.0, 7.0, 5.0, 2.0, 8.0])
    assert graded(scheme_of("top", NUMBERS), frame) == [2, 0, 1, 1, 1, 2, 0]
    few = customers(monetary=[3.0, 1.0])
    assert graded(scheme_of("top", tiers({"top": 1.0}, {"top": 9.0}, {})), few) == [0, 1]


def test_ties_with_the_last_one_in_are_in() -> None:
    frame = customers(monetary=[9.0, 8.0, 8.0, 8.0, 7.0, 6.0])
    assert graded(scheme_of("top", NUMBERS), frame) == [0, 0, 0, 0, 1, 2]
    assert graded(scheme_of("top", NUMBERS), customers(monetary=[4.0] * 9)) == [0] * 9


def test_the_lowest_is_the_best_where_less_is_better() -> None:
    frame = customers(recency=[30.0, 2.0, 90.0, 10.0], monetary=[1.0] * 4)
    own = tiers({"top": 0.5}, {})
    assert graded(scheme_of("top", own, measure="recency"), frame) == [1, 0, 1, 0]
    assert graded(scheme_of("top", own, measure="recency", best="highest"), frame) == [0, 1, 0, 1]
    rank = customers(rank=[1.0, 2.0, 3.0, 4.0])
    assert graded(scheme_of("top", own, ("rank",), measure="rank", best="lowest"), rank) == [
        0,
        0,
        1,
        1,
    ]


def test_a_column_with_unknown_values() -> None:
    # Ten known scores: 10 % of them is one.
    values = [float(v) for v in range(60, 70)] + [np.nan] * 5
    scheme = scheme_of("top", SHARES, ("exam",), measure="exam")
    assert graded(scheme, customers(exam=values)) == [2] * 7 + [1] * 2 + [0] + [2] * 5
    with pytest.raises(DataError, match="measure_absent"):
        graded(scheme, customers(monetary=[1.0]))


@given(
    st.lists(st.integers(0, 30), min_size=1, max_size=40),
    st.sampled_from([0.05, 0.1, 0.25, 0.29, 0.5, 1.0, 3.0]),
)
@settings(deadline=None, max_examples=200)
def test_as_counted_by_hand(values: list[int], top: float) -> None:
    frame = customers(monetary=[float(v) for v in values])
    count = max(1, math.floor(round(top * 100) * len(values) / 100)) if top < 1 else int(top)
    # In is whoever has fewer than ``count`` others above.
    expected = [int(sum(o > v for o in values) >= count) for v in values]
    assert graded(scheme_of("top", tiers({"top": top}, {})), frame) == expected


@pytest.mark.parametrize("measure", ["monetary", "recency", "satisfaction"])
@pytest.mark.parametrize("best", ["auto", "highest", "lowest"])
@pytest.mark.parametrize("own", [SHARES, NUMBERS])
def test_again_and_next(measure: str, best: str, own: object) -> None:
    columns = ("satisfaction",) if measure == "satisfaction" else ()
    scheme = scheme_of("top", own, columns, measure=measure, best=best)  # type: ignore[arg-type]
    frame = some_customers(11)
    first = check_again(scheme, frame)
    below = first.filter((pl.col("tier_no") > 0) & pl.col(measure).is_not_nan()).height
    assert check_steps(scheme, frame) == below


def test_a_step_by_hand() -> None:
    frame = customers(monetary=[100.0, 50.0, 20.0])
    found = apply(fit(scheme_of("top", tiers({"top": 1.0}, {"top": 2.0}, {})), frame), frame)
    assert found["next_monetary"].to_list()[1:] == [100.0, 50.0]
    assert found["next_tier"].to_list()[1:] == [0.0, 1.0]


def test_problems() -> None:
    assert codes("top", SHARES) == codes("top", NUMBERS) == []
    assert codes("top", tiers({"top": 0.3}, {"top": 0.1}, {})) == [
        ("tiers[1].top", "not_ascending")
    ]
    assert codes("top", tiers({"top": 5.0}, {"top": 5.0}, {})) == [
        ("tiers[1].top", "not_ascending")
    ]
    assert codes("top", tiers({"top": 0.1}, {"top": 20.0}, {})) == [("tiers[1].top", "mixed_tops")]
    assert codes("top", tiers({"top": 0.0}, {})) == [("tiers[0].top", "bad_number")]
    assert codes("top", tiers({"top": 2.5}, {})) == [("tiers[0].top", "bad_number")]
