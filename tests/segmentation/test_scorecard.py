"""The weighted scorecard: hand-computed totals, unknown values, tiers, true promises."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import polars as pl
import pytest

from segmentation.errors import DataError, SchemeError
from segmentation.grading import apply, fit
from segmentation.indicators import Indicator
from segmentation.methods.scorecard import Criterion, Settings
from segmentation.scheme import ColumnSettings, Scheme
from segmentation.scheme_file import parse_scheme, preset
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

ABC = tiers({"min_score": 70.0}, {"min_score": 40.0}, {})
NAN = math.nan


def criterion(key: str, weight: float | None, *indicators: Indicator) -> Criterion:
    return Criterion(key=key, name={"en": key}, weight=weight, indicators=indicators)


def limits(measure: str, *at: float, weight: float | None = None, **more: Any) -> Indicator:
    return Indicator(measure=measure, weight=weight, by="limits", limits=at, **more)


# Frequency: 0, 50, 100 points; recency: 100 up to 30 days, 0 beyond; stars by a table.
TWO = (
    criterion(
        "buying",
        0.6,
        limits("frequency", 5, 10, weight=0.75),
        Indicator(
            measure="stars", weight=0.25, by="table", table={"1": 0.0, "2": 40.0, "3": 100.0}
        ),
    ),
    criterion("activity", 0.4, limits("recency", 30)),
)


def two(missing: Any = "skip", own: Any = ABC) -> Scheme:
    return scheme_of("scorecard", own, ["stars"], criteria=TWO, missing=missing)


def test_a_total_computed_by_hand() -> None:
    some = customers(frequency=[10.0, 5, 4], stars=[2.0, 3, 1], recency=[30.0, 31, 31])
    graded = apply(fit(two(), some), some)
    assert graded["buying_score"].to_list() == [0.75 * 100 + 0.25 * 40, 37.5 + 25, 0]
    assert graded["activity_score"].to_list() == [100, 0, 0]
    assert graded["score"].to_list() == [0.6 * 85 + 0.4 * 100, 0.6 * 62.5, 0]
    assert graded["tier_no"].to_list() == [0, 2, 2]


@pytest.mark.parametrize(
    ("missing", "buying"), [("skip", 100.0), ("lowest", 75.0), ("middle", 87.5)]
)
def test_an_unknown_value_counts_as_the_rule_says(missing: str, buying: float) -> None:
    some = customers(frequency=[10.0, 1], stars=[NAN, 1], recency=[99.0, 99])
    graded = apply(fit(two(missing), some), some)
    assert graded["buying_score"][0] == buying
    assert graded["score"][0] == pytest.approx(0.6 * buying)


def test_an_unknown_criterion_leaves_its_weight_to_the_others() -> None:
    listed = (criterion("a", 30, limits("x", 1)), criterion("b", 70, limits("y", 1)))
    scheme = scheme_of("scorecard", ABC, ["x", "y"], criteria=listed)
    some = customers(x=[1.0, NAN, 1, NAN], y=[NAN, 1.0, 0, NAN])
    graded = apply(fit(scheme, some), some)
    assert graded["score"].to_list()[:3] == [100, 100, 30]
    # Nothing is known of the last one: no total, and the last tier.
    assert math.isnan(graded["score"][3])
    assert graded["tier_no"].to_list() == [0, 0, 2, 2]
    assert math.isnan(graded["b_score"][0])


def test_what_the_data_do_not_have_is_left_out_and_the_weights_are_told() -> None:
    some = customers(frequency=[10.0, 5], recency=[30.0, 31])
    model = fit(two("lowest"), some)
    buying, activity = model["learned"]["criteria"]
    assert [i["weight"] for i in buying["indicators"]] == [1.0]
    assert buying["absent"] == [{"measure": "stars", "given": 0.25}]
    assert (buying["weight"], activity["weight"]) == (0.6, 0.4)
    assert apply(model, some)["score"].to_list() == [100, 30]
    # They stay out: the same model grades the same next month, stars or not.
    rated = some.with_columns(stars=pl.Series([1.0, 1.0]))
    assert apply(model, rated)["score"].to_list() == [100, 30]


def test_a_criterion_without_data_leaves_its_weight_to_the_others() -> None:
    listed = (criterion("a", 20, limits("x", 1)), criterion("b", 30, limits("frequency", 5)))
    listed = (*listed, criterion("c", 50, limits("recency", 30)))
    scheme = scheme_of("scorecard", ABC, ["x"], criteria=listed)
    some = customers(frequency=[5.0, 1], recency=[99.0, 1])
    model = fit(scheme, some)
    used = [c["weight"] for c in model["learned"]["criteria"]]
    assert used == pytest.approx([0, 30 / 80, 50 / 80])
    assert apply(model, some)["score"].to_list() == [37.5, 62.5]
    assert np.isnan(apply(model, some)["a_score"].to_numpy()).all()


def test_without_any_indicator_there_is_nothing_to_grade_by() -> None:
    scheme = scheme_of(
        "scorecard", ABC, ["x"], criteria=(criterion("a", None, Indicator(measure="x")),)
    )
    with pytest.raises(DataError) as refused:
        fit(scheme, customers(recency=[1.0, 2.0]))
    assert (refused.value.code, refused.value.params) == (
        "measure_absent",
        {"measure": "x", "measures": {"x": {"en": "x"}}},
    )


def test_weighted_rfm_on_min_max_values() -> None:
    listed = tuple(
        criterion(key, weight, Indicator(measure=measure, by="minmax"))
        for key, measure, weight in (
            ("recent", "recency", 0.1),
            ("often", "frequency", 0.3),
            ("much", "monetary", 0.6),
        )
    )
    scheme = scheme_of("scorecard", ABC, criteria=listed)
    some = customers(recency=[0.0, 50, 100], frequency=[1.0, 3, 11], monetary=[1000.0, 250, 0])
    wanted = [
        100 * (0.1 * (100 - r) / 100 + 0.3 * (f - 1) / 10 + 0.6 * m / 1000)
        for r, f, m in some.select("recency", "frequency", "monetary").iter_rows()
    ]
    assert apply(fit(scheme, some), some)["score"].to_list() == pytest.approx(wanted)


def test_a_limit_met_exactly_is_met() -> None:
    weights = (0.1, 0.2, 0.7)
    listed = tuple(criterion(f"c{i}", w, limits(f"x{i}", 1)) for i, w in enumerate(weights))
    columns = [f"x{i}" for i in range(3)]
    # 0.1 · 100 + 0.2 · 100 is 30.000000000000004 in bare floating point.
    scheme = scheme_of(
        "scorecard", tiers({"min_score": 80.0}, {"min_score": 30.0}, {}), columns, criteria=listed
    )
    some = customers(x0=[1.0, 0, 1], x1=[1.0, 1, 0], x2=[0.0, 0, 1])
    graded = apply(fit(scheme, some), some)
    assert graded["score"].to_list() == [30, 20, 80]
    assert graded["tier_no"].to_list() == [1, 2, 0]


def test_tiers_by_rank_of_the_total() -> None:
    scheme = scheme_of(
        "scorecard",
        tiers({"top": 0.1}, {"top": 0.3}, {}),
        criteria=(criterion("a", None, Indicator(measure="monetary", by="minmax")),),
    )
    some = customers(monetary=[float(i) for i in range(20)])
    model = fit(scheme, some)
    assert apply(model, some)["tier_no"].to_list() == [2] * 14 + [1] * 4 + [0] * 2
    newcomers = customers(monetary=[18.0, 17.99, 14.0, 13.99])
    assert apply(model, newcomers)["tier_no"].to_list() == [0, 1, 1, 2]
    assert check_steps(scheme, some) == 18


def test_the_default_criteria_are_those_of_the_shipped_scheme() -> None:
    shipped = preset("scorecard")
    assert [c.key for c in shipped.settings.criteria] == [
        "purchasing",
        "loyalty",
        "activity",
        "potential",
        "feedback",
    ]
    # Where a scheme has only tiers of its own, what orders alone give is left: the same totals.
    own = scheme_of("scorecard", shipped.tiers)
    some = crowd(shipped, 200)
    bare = some.drop(c for c in shipped.columns if c in some.columns)
    theirs, ours = apply(fit(shipped, bare), bare), apply(fit(own, bare), bare)
    assert ours["score"].to_list() == pytest.approx(theirs["score"].to_list())
    assert Settings().criteria == own.settings.criteria


CASES: dict[str, tuple[Any, tuple[Criterion, ...]]] = {
    "two": (ABC, TWO),
    "ranks": (tiers({"top": 20.0}, {"top": 200.0}, {}), TWO),
    "own directions": (
        ABC,
        (
            criterion("a", 40, Indicator(measure="employees", better="less", by="minmax")),
            criterion(
                "b",
                40,
                Indicator(measure="satisfaction", weight=1),
                limits("credit", 500, weight=0),
            ),
            criterion(
                "c", 20, Indicator(measure="return_share", bins=3), Indicator(measure="recency")
            ),
        ),
    ),
    "amounts": (
        ABC,
        (
            criterion("a", 50, Indicator(measure="monetary", by="minmax")),
            criterion("b", 50, limits("interval", 10, 40), Indicator(measure="frequency", bins=7)),
        ),
    ),
}


@pytest.mark.parametrize("missing", ["skip", "lowest", "middle"])
@pytest.mark.parametrize("case", CASES)
def test_promises_are_true_for_a_thousand_customers(case: str, missing: str) -> None:
    own, criteria = CASES[case]
    some = some_customers(11).with_columns(stars=pl.col("satisfaction").clip(1, 3))
    columns = ["stars", "employees", "satisfaction", "credit"]
    scheme = scheme_of("scorecard", own, columns, criteria=criteria, missing=missing)
    graded = check_again(scheme, some)
    assert len(set(graded["tier_no"])) > 1
    assert check_steps(scheme, some) > 50


def test_less_of_a_column_can_be_promised() -> None:
    scheme = scheme_of(
        "scorecard",
        tiers({"min_score": 50.0}, {}),
        ["complaints"],
        criteria=(criterion("a", None, limits("complaints", 3, better="less")),),
    )
    some = customers(complaints=[2.0, 3, 4, 9])
    graded = apply(fit(scheme, some), some)
    assert graded["tier_no"].to_list() == [0, 0, 1, 1]
    assert graded["next_complaints"].to_list()[2:] == [3, 3]


def test_no_category_is_promised() -> None:
    some = customers(frequency=[10.0, 5, 4], stars=[2.0, 3, 1], recency=[30.0, 31, 31])
    assert np.isnan(apply(fit(two(), some), some)["next_stars"].to_numpy()).all()


def test_a_measure_that_stands_in_is_what_a_promise_names() -> None:
    listed = (criterion("a", None, Indicator(measure="stays", bins=4)),)
    scheme = scheme_of("scorecard", ABC, criteria=listed)
    stays = ColumnSettings(name={"en": "Stays"}, instead="frequency")
    scheme = Scheme(
        name=scheme.name,
        method="scorecard",
        tiers=ABC,
        settings=scheme.settings,
        columns={"stays": stays},
    )
    some = some_customers(5)
    model = fit(scheme, some)
    assert set(model["spans"]) == {"frequency"}
    assert check_steps(scheme, some) > 100


def test_problems_are_told_where_they_are() -> None:
    listed = (
        criterion("a", 50, Indicator(measure="x", weight=0.5)),
        criterion("a", 40, Indicator(measure="x", better="less")),
        criterion("r", 20, limits("x", 1, points=(100.0,))),
    )
    mixed = tiers({"min_score": 70.0}, {"top": 0.5}, {})
    assert codes("scorecard", mixed, criteria=listed) == [
        ("scorecard.criteria[0].weight", "weights_sum"),
        ("scorecard.criteria[1].key", "twice"),
        ("scorecard.criteria[2].key", "taken"),
        ("scorecard.criteria[0].indicators[0].weight", "weights_sum"),
        ("scorecard.criteria[2].indicators[0].points", "points_count"),
        ("scorecard.criteria[1].indicators[0].better", "two_directions"),
        ("tiers[1].top", "mixed_limits"),
    ]
    ranks = tiers({"top": 0.5}, {"top": 0.2}, {})
    assert codes("scorecard", ranks, criteria=TWO) == [("tiers[1].top", "not_ascending")]
    assert codes("scorecard", ABC, criteria=TWO) == []


def test_words_and_numbers_are_told_apart() -> None:
    text = """method = "scorecard"
[[scorecard.criteria]]
key = "a"
indicators = [
  { measure = "size", by = "table", table = { "large" = 100, "small" = 0 } },
  { measure = "kind" },
  { measure = "frequency", by = "table", table = { "1" = 0, "2" = 100 } },
]
[columns.size]
name = "Size"
[columns.kind]
name = "Kind"
kind = "text"
"""
    with pytest.raises(SchemeError) as refused:
        parse_scheme(text, source="x.toml")
    found = [(line, code, params["key"]) for line, code, params in refused.value.problems]
    assert found == [
        (5, "not_text", "scorecard.criteria[0].indicators[0].table"),
        (6, "text_by_table", "scorecard.criteria[0].indicators[1].by"),
    ]
    assert (
        parse_scheme(
            text.replace('kind = "text"', "").replace(
                'name = "Size"', 'name = "Size"\nkind = "text"'
            ),
            source="x.toml",
        ).method
        == "scorecard"
    )


def test_problems_of_a_file_have_their_lines() -> None:
    text = """method = "scorecard"
[[scorecard.criteria]]
key = "a"
weight = 50
indicators = [{ measure = "recency", by = "limits", limits = [30, 10] }]
[[scorecard.criteria]]
key = "b"
weight = 60
indicators = []
"""
    with pytest.raises(SchemeError) as refused:
        parse_scheme(text, source="x.toml")
    found = [(line, params["key"]) for line, _, params in refused.value.problems]
    assert (5, "scorecard.criteria[0].indicators[0].limits") in found
    assert (9, "scorecard.criteria[1].indicators") in found
