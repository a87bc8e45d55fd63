"""Low, normal, high risk from indicators."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import polars as pl
import pytest

from segmentation.errors import DataError
from segmentation.grading import apply, dump_model, fit, load_model
from segmentation.methods.risk import Indicator
from segmentation.scheme import ColumnSettings, Limit, Scheme
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

OWN = tiers({"classes": ("low",)}, {"classes": ("normal",)}, {"classes": ("high",)})
RETURNS = Indicator(normal=Limit(above=0.1), high=Limit(above=0.3))
CREDIT = Indicator(normal=Limit(below=650.0), high=Limit(below=550.0))
RATING = Indicator(words={"low": ("AAA", "AA"), "normal": ("A",), "high": ("B", "C")})


def by(**indicators: Indicator) -> dict[str, Any]:
    return {"indicators": indicators}


def test_limits_out_and_in() -> None:
    shares = [0.1, 0.1001, 0.3, 0.3001, np.nan]
    frame = customers(return_share=shares)
    outside = by(return_share=RETURNS)
    assert graded(scheme_of("risk", OWN, **outside), frame) == [0, 1, 1, 2, 1]
    inside = by(return_share=Indicator(normal=Limit(at_least=0.1), high=Limit(at_least=0.3)))
    assert graded(scheme_of("risk", OWN, **inside), frame) == [1, 1, 2, 2, 1]


def test_the_lower_the_worse() -> None:
    frame = customers(credit=[800.0, 650.0, 649.0, 550.0, 549.0])
    assert graded(scheme_of("risk", OWN, ("credit",), **by(credit=CREDIT)), frame) == [
        0,
        0,
        1,
        1,
        2,
    ]
    met = Indicator(normal=Limit(at_most=650.0), high=Limit(at_most=550.0))
    assert graded(scheme_of("risk", OWN, ("credit",), **by(credit=met)), frame) == [0, 1, 1, 2, 2]


def test_overdue_in_intervals_of_ones_own() -> None:
    # Every 20 days: above 30 normal, above 60 high; one order: the median, which is 20 too.
    frame = customers(
        recency=[30.0, 31.0, 60.0, 61.0, 30.0, 31.0],
        frequency=[3.0, 3.0, 3.0, 3.0, 1.0, 1.0],
        interval=[20.0, 20.0, 20.0, 20.0, np.nan, np.nan],
    )
    found = apply(fit(scheme_of("risk", OWN), frame), frame)
    assert found["tier_no"].to_list() == [0, 1, 1, 2, 0, 1]
    assert found["intervals_since"].to_list() == [1.5, 1.55, 3.0, 3.05, 1.5, 1.55]


def test_overdue_where_nobody_has_an_interval() -> None:
    frame = customers(recency=[90.0, 91.0, 180.0, 181.0])
    assert graded(scheme_of("risk", OWN), frame) == [0, 1, 1, 2]
    assert graded(scheme_of("risk", OWN, usual_days=120.0), frame) == [0, 0, 0, 1]


def test_the_worst_or_most_of_them() -> None:
    levels = (0.0, 0.2, 0.5)
    rows = list(itertools.product(levels, repeat=3))
    values = dict(zip("abc", map(list, zip(*rows, strict=True)), strict=True))
    three = by(a=RETURNS, b=RETURNS, c=RETURNS)
    worst = graded(scheme_of("risk", OWN, ("a", "b", "c"), **three), customers(**values))
    assert worst == [max(levels.index(v) for v in row) for row in rows]
    most = graded(
        scheme_of("risk", OWN, ("a", "b", "c"), **three, take="most"), customers(**values)
    )
    # Of three the one in the middle is what at least half of them reach.
    assert most == [sorted(levels.index(v) for v in row)[1] for row in rows]
    two = customers(a=[0.0, 0.0, 0.2], b=[0.5, 0.2, 0.5], c=[np.nan] * 3)
    assert graded(scheme_of("risk", OWN, ("a", "b", "c"), **three, take="most"), two) == [2, 1, 2]


def test_unknown_does_not_count_and_none_known_is_normal() -> None:
    nan = np.nan
    frame = customers(credit=[500.0, nan, nan, 700.0], return_share=[nan, 0.0, nan, nan])
    both = by(credit=CREDIT, return_share=RETURNS)
    for take in ("worst", "most"):
        scheme = scheme_of("risk", OWN, ("credit",), **both, take=take)
        assert graded(scheme, frame) == [2, 0, 1, 0]
        found = apply(fit(scheme, frame), frame)
        assert found["risk_credit"].to_list() == ["high", "", "", "low"]
        assert found["risk_return_share"].to_list() == ["", "low", "", ""]
        assert found["risk_class"].to_list() == ["high", "low", "normal", "low"]
        with pytest.raises(DataError, match="measure_absent"):
            fit(scheme, customers(monetary=[1.0, 2.0]))


def words_scheme(**indicators: Indicator) -> Scheme:
    return Scheme(
        name={"en": "risk"},
        method="risk",
        tiers=OWN,
        settings=scheme_of("risk", OWN, **by(**indicators)).settings,
        columns={
            "rating": ColumnSettings(name={"en": "rating"}, kind="text"),
            "credit": ColumnSettings(name={"en": "credit"}),
        },
    )


def test_words_for_levels() -> None:
    ratings = ["AAA", "AA", "A", "B", "C", "D", None, " B "]
    frame = customers(rating=ratings, credit=[700.0] * 8)
    model = fit(words_scheme(rating=RATING), frame)
    found = apply(load_model(dump_model(model)), frame)
    # A word that no level names is as good as unknown.
    assert found["risk_class"].to_list() == [
        "low",
        "low",
        "normal",
        "high",
        "high",
        "normal",
        "normal",
        "high",
    ]
    both = words_scheme(rating=RATING, credit=CREDIT)
    found = apply(fit(both, frame), frame)
    assert found["risk_class"].to_list()[5:7] == ["low", "low"]


def test_bank_columns() -> None:
    frame = customers(
        overdue_days=[0.0, 1.0, 90.0, 91.0, 0.0, 0.0], debt=[0.5, 0.5, 0.5, 0.5, 0.51, 0.71]
    )
    bank = by(
        overdue_days=Indicator(normal=Limit(at_least=1.0), high=Limit(above=90.0)),
        debt=Indicator(normal=Limit(above=0.5), high=Limit(above=0.7)),
    )
    assert graded(scheme_of("risk", OWN, ("overdue_days", "debt"), **bank), frame) == [
        0,
        1,
        1,
        2,
        1,
        2,
    ]


CASES: list[dict[str, Any]] = [
    {},
    {"take": "most"},
    by(credit=CREDIT),
    by(credit=CREDIT, return_share=RETURNS),
    {**by(overdue=RETURNS, credit=CREDIT, return_share=RETURNS), "take": "most"},
    by(overdue=RETURNS, frequency=Indicator(high=Limit(below=2.0)), recency=RETURNS),
    by(satisfaction=Indicator(normal=Limit(at_most=3.0), high=Limit(at_most=1.0))),
]


@pytest.mark.parametrize("asked", CASES)
def test_again_and_next(asked: dict[str, Any]) -> None:
    scheme = scheme_of("risk", OWN, ("credit", "satisfaction"), **asked)
    frame = some_customers(17)
    first = check_again(scheme, frame)
    steps = check_steps(scheme, frame)
    below = first.filter(pl.col("tier_no") > 0)
    assert 0 < steps <= below.height
    names = list(asked.get("indicators", ()))
    if names in (["credit"], ["satisfaction"]):
        # Everybody whose indicator is known can better it.
        assert steps == below.filter(pl.col(names[0]).is_not_nan()).height


def test_steps_by_hand() -> None:
    frame = customers(
        recency=[50.0, 70.0, 50.0],
        frequency=[4.0] * 3,
        interval=[20.0] * 3,
        return_share=[0.0, 0.0, 0.25],
    )
    found = apply(fit(scheme_of("risk", OWN), frame), frame)
    columns = ("next_recency", "next_return_share", "next_tier")
    rows = [tuple(None if np.isnan(v) else v for v in r) for r in found.select(columns).rows()]
    # 30 days are 1.5 intervals, 60 are three; the third must better both.
    assert rows == [(30.0, None, 0.0), (60.0, None, 1.0), (30.0, 0.1, 0.0)]


def test_problems() -> None:
    assert codes("risk", OWN) == codes("risk", OWN, **by(rating=RATING, credit=CREDIT)) == []
    assert codes("risk", OWN, **by()) == [("risk.indicators", "no_levels")]

    def wrong(**levels: Any) -> str:
        ((key, code),) = codes("risk", OWN, **by(x=Indicator(**levels)))
        assert key == "risk.indicators.x"
        return code

    assert wrong() == "no_levels"
    assert wrong(normal=Limit(above=1.0), words={"low": ("A",)}) == "one_of"
    assert wrong(normal=Limit()) == "one_end"
    assert wrong(normal=Limit(above=1.0, below=3.0)) == "one_end"
    assert wrong(normal=Limit(above=1.0), high=Limit(below=3.0)) == "two_directions"
    assert wrong(normal=Limit(above=3.0), high=Limit(above=1.0)) == "levels_crossed"
    assert wrong(normal=Limit(below=1.0), high=Limit(below=3.0)) == "levels_crossed"
    assert codes("risk", tiers({"classes": ("none",)}, {})) == [("tiers[0].classes", "choice")]
