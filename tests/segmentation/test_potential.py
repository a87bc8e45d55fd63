"""Potential: the weighted points of a few indicators, high, middle or low."""

from __future__ import annotations

import math

import polars as pl
import pytest

from segmentation.errors import DataError
from segmentation.grading import apply, fit
from segmentation.indicators import Indicator
from segmentation.methods.potential import DEFAULT
from segmentation.scheme_file import preset
from tests.segmentation.crowd import crowd
from tests.segmentation.promises import (
    check_again,
    check_steps,
    codes,
    customers,
    scheme_of,
    some_customers,
    tiers,
)

LEVELS = tiers({"min_score": 67.0}, {"min_score": 34.0}, {})
NAN = math.nan


def test_a_total_computed_by_hand() -> None:
    some = customers(
        mean_order=[10.0, 20, 30, 40, 50],
        growth=[0.9, 0.7, 0.5, 0.3, NAN],
        recency=[1.0, 2, 3, 4, 5],
    )
    graded = apply(fit(scheme_of("potential", LEVELS), some), some)
    assert graded["mean_order_points"].to_list() == [0, 25, 50, 75, 100]
    # Cut points of 0.3, 0.5, 0.7, 0.9 are 0.42, 0.54, 0.66, 0.78.
    assert graded["growth_points"].to_list()[:4] == [100, 75, 25, 0]
    assert graded["recency_points"].to_list() == [100, 75, 50, 25, 0]
    wanted = [0.3 * 100 + 0.3 * 100, 10 + 22.5 + 22.5, 20 + 7.5 + 15, 30 + 0 + 7.5, 40 / 0.7]
    assert graded["score"].to_list() == pytest.approx(wanted, abs=1e-6)
    assert graded["tier_no"].to_list() == [1, 1, 1, 1, 1]


def test_the_limits_are_in() -> None:
    listed = (Indicator(measure="x", by="minmax"),)
    scheme = scheme_of("potential", LEVELS, ["x"], indicators=listed)
    some = customers(x=[0.0, 33.99, 34, 66.99, 67, 100])
    assert apply(fit(scheme, some), some)["tier_no"].to_list() == [2, 2, 1, 1, 0, 0]


def test_the_market_counts_where_it_is_known() -> None:
    scheme = preset("potential")
    some = crowd(scheme, 100)
    weights = {i["measure"]: i["weight"] for i in fit(scheme, some)["learned"]["indicators"]}
    assert weights == pytest.approx(
        {"mean_order": 0.28, "growth": 0.21, "recency": 0.21, "market_potential": 0.3}
    )
    model = fit(scheme, some.drop("market_potential"))
    weights = {i["measure"]: i["weight"] for i in model["learned"]["indicators"]}
    # Orders alone: the same as where a scheme says nothing of its indicators.
    assert weights == pytest.approx({str(i.measure): i.weight for i in DEFAULT})
    assert [i["measure"] for i in model["learned"]["absent"]] == ["market_potential"]


def test_without_any_indicator_there_is_nothing_to_grade_by() -> None:
    scheme = scheme_of("potential", LEVELS, ["x"], indicators=(Indicator(measure="x"),))
    with pytest.raises(DataError, match="measure_absent"):
        fit(scheme, customers(recency=[1.0, 2.0]))


@pytest.mark.parametrize("missing", ["skip", "lowest", "middle"])
def test_promises_are_true_for_a_thousand_customers(missing: str) -> None:
    some = some_customers(3).with_columns(
        mean_order=(pl.col("monetary") / pl.col("frequency")).round(2),
        growth=pl.col("return_share"),
    )
    scheme = scheme_of("potential", LEVELS, missing=missing)
    graded = check_again(scheme, some)
    assert set(graded["tier_no"]) == {0, 1, 2}
    assert check_steps(scheme, some) > 500


def test_problems_are_told_where_they_are() -> None:
    listed = (
        Indicator(measure="x", weight=0.5, by="table"),
        Indicator(measure="y", weight=0.6),
    )
    assert codes("potential", LEVELS, indicators=listed) == [
        ("potential.indicators[0].table", "missing_key"),
        ("potential.indicators[0].weight", "weights_sum"),
    ]
    assert codes("potential", LEVELS) == []
