"""Indicators: values as points, by quantile, min-max, limits or a table, and their mean."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation import indicator_problems
from segmentation.indicators import (
    Indicator,
    Remembered,
    fit_group,
    fit_indicator,
    marks_for,
    shares_of,
    weighted,
)
from segmentation.method import Data, Floats

NAN = math.nan


def data(texts: dict[str, list[str | None]] | None = None, **values: list[float]) -> Data:
    """Customers with these measures and categories."""
    count = len(next(iter({**values, **(texts or {})}.values())))
    arrays = {m: np.array(v, dtype=np.float64) for m, v in values.items()}
    return Data(values={"recency": np.ones(count), **arrays}, texts=texts or {})


def points(chosen: Indicator, fitted_on: Data, seen: Data | None = None) -> list[float]:
    fitted = fit_indicator(chosen, fitted_on)
    assert fitted is not None
    return marks_for(fitted, seen or fitted_on).tolist()


def test_quantile_scores_are_spread_evenly_over_0_to_100() -> None:
    some = data(frequency=[1, 2, 3, 4, 5])
    assert points(Indicator(measure="frequency"), some) == [0, 25, 50, 75, 100]
    assert points(Indicator(measure="frequency", bins=2), some) == [0, 0, 0, 100, 100]
    assert points(Indicator(measure="frequency", better="less"), some) == [100, 75, 50, 25, 0]


def test_less_is_better_for_the_measures_that_say_so() -> None:
    some = data(recency=[1, 2, 3, 4, 5], interval=[1, 2, 3, 4, 5])
    assert points(Indicator(measure="recency"), some) == [100, 75, 50, 25, 0]
    assert points(Indicator(measure="interval", by="minmax"), some) == [100, 75, 50, 25, 0]
    assert points(Indicator(measure="recency", better="more"), some) == [0, 25, 50, 75, 100]


@given(
    st.lists(st.integers(-50, 50).map(float), min_size=2, max_size=60),
    st.integers(2, 9),
)
@settings(deadline=None)
def test_quantile_points_are_those_of_numpy(values: list[float], count: int) -> None:
    if min(values) == max(values):
        values = [*values, values[0] + 1]
    cuts = np.quantile(values, [k / count for k in range(1, count)])
    # Type 7 in whole numbers leaves no noise; numpy's is taken off.
    numbers = [sum(v > round(c, 9) for c in cuts) for v in values]
    wanted = [n / (count - 1) * 100 for n in numbers]
    found = points(Indicator(measure="x", bins=count), data(x=values))
    assert found == pytest.approx(wanted)


def test_minmax_lies_between_the_ends_and_stays_there() -> None:
    some, seen = data(x=[10, 20, 40]), data(x=[5, 10, 20, 40, 100, NAN])
    found = points(Indicator(measure="x", by="minmax"), some, seen)
    assert found[:5] == pytest.approx([0, 0, 100 / 3, 100, 100])
    assert math.isnan(found[5])
    less = points(Indicator(measure="x", by="minmax", better="less"), some, seen)
    assert less[:5] == pytest.approx([100, 100, 200 / 3, 0, 0])


LIMITS = (2000.0, 5000.0)
AROUND = [1999.99, 2000.0, 2000.01, 4999.99, 5000.0, 5000.01]


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({}, [0, 50, 50, 50, 100, 100]),
        ({"inclusive": False}, [0, 0, 50, 50, 50, 100]),
        ({"points": (10.0, 60.0, 90.0)}, [10, 60, 60, 60, 90, 90]),
        # On a limit that less is better for, the better side is below.
        ({"better": "less"}, [100, 100, 50, 50, 50, 0]),
        ({"better": "less", "inclusive": False}, [100, 50, 50, 50, 0, 0]),
        ({"better": "less", "points": (90.0, 60.0, 10.0)}, [90, 90, 60, 60, 60, 10]),
    ],
)
def test_limits_to_the_cent(options: dict[str, Any], wanted: list[float]) -> None:
    chosen = Indicator(measure="x", by="limits", limits=LIMITS, **options)
    assert points(chosen, data(x=AROUND)) == wanted


def test_tables_give_points_by_category() -> None:
    table = {"三级": 100.0, "Level 2": 60.0}
    some = data(texts={"hospital": ["三级", " level 2 ", "民办", None]})
    found = points(Indicator(measure="hospital", by="table", table=table), some)
    assert found[:2] == [100, 60]
    assert all(math.isnan(p) for p in found[2:])


def test_tables_give_points_by_number() -> None:
    table = {"1": 100.0, "2.0": 60.0, "3": 0.0}
    some = data(level=[1, 2, 3, 2.5, NAN])
    found = points(Indicator(measure="level", by="table", table=table), some)
    assert found[:3] == [100, 60, 0]
    assert all(math.isnan(p) for p in found[3:])


@pytest.mark.parametrize("by", ["quantile", "minmax"])
@pytest.mark.parametrize(
    ("better", "wanted"), [("more", [0, 50, 100]), ("less", [100, 50, 0])], ids=str
)
def test_one_value_for_all_stands_in_the_middle(by: Any, better: Any, wanted: list[float]) -> None:
    found = points(
        Indicator(measure="x", by=by, better=better), data(x=[7, 7, NAN]), data(x=[6, 7, 8])
    )
    assert found == wanted


def test_what_stands_in_is_cut_by_quantile_in_its_own_direction() -> None:
    values = np.array([1.0, 2, 3, 4, 5, 6])
    some = Data(values={"recency": values, "beds": values}, stands_in={"beds": "recency"})
    by_limits = Indicator(measure="beds", by="limits", limits=(300, 500))
    assert points(by_limits, some) == [100, 100, 50, 50, 0, 0]
    by_table = Indicator(measure="beds", by="table", table={"三级": 100.0, "二级": 50.0})
    assert points(by_table, some) == points(Indicator(measure="recency"), some)


def test_what_nobody_has_is_left_out_and_the_weights_are_those_used() -> None:
    some = data(x=[1, 2, 3], y=[NAN, NAN, NAN], z=[3, 2, 1])
    listed = [
        Indicator(measure="x", weight=30),
        Indicator(measure="y", weight=50),
        Indicator(measure="z", weight=20),
        Indicator(measure="nowhere", weight=0),
    ]
    group = fit_group(listed, some)
    assert [(i["measure"], i["weight"]) for i in group["indicators"]] == [("x", 0.6), ("z", 0.4)]
    assert group["absent"] == [
        {"measure": "y", "given": 0.5},
        {"measure": "nowhere", "given": 0.0},
    ]


def test_weights_are_shares_and_alike_where_none_is_given() -> None:
    assert shares_of([None, None, None, None]) == [0.25] * 4
    assert shares_of([10, 30, 60]) == [0.1, 0.3, 0.6]
    assert shares_of([0, 0]) == [0, 0]


@pytest.mark.parametrize(
    ("missing", "wanted"),
    [("skip", (0.5 * 80 + 0.2 * 20) / 0.7), ("lowest", 44.0), ("middle", 59.0)],
)
def test_the_stated_rule_for_unknown_values(missing: str, wanted: float) -> None:
    parts = [np.array([80.0, NAN]), np.array([NAN, NAN]), np.array([20.0, NAN])]
    found = weighted(parts, [0.5, 0.3, 0.2], missing, 2)
    assert found[0] == pytest.approx(wanted)
    nothing = {"skip": NAN, "lowest": 0.0, "middle": 50.0}[missing]
    assert found[1] == pytest.approx(nothing, nan_ok=True)


INDICATORS = st.one_of(
    st.builds(Indicator, measure=st.just("x"), bins=st.integers(2, 6)),
    st.builds(Indicator, measure=st.just("x"), by=st.just("minmax")),
    st.builds(
        Indicator,
        measure=st.just("x"),
        by=st.just("limits"),
        limits=st.sets(st.integers(-9, 9), min_size=1, max_size=4).map(
            lambda s: tuple(map(float, sorted(s)))
        ),
        inclusive=st.booleans(),
    ),
)
VALUES = st.lists(st.integers(-10, 10).map(float), min_size=1, max_size=30)


@given(INDICATORS, VALUES, VALUES, st.booleans())
@settings(deadline=None)
def test_points_lie_in_0_to_100_and_never_fall_as_the_value_gets_better(
    chosen: Indicator, fitted_on: list[float], seen: list[float], less: bool
) -> None:
    directed = Indicator(
        measure="x",
        by=chosen.by,
        bins=chosen.bins,
        limits=chosen.limits,
        inclusive=chosen.inclusive,
        better="less" if less else "more",
    )
    found = np.array(points(directed, data(x=fitted_on), data(x=sorted(seen, reverse=less))))
    assert ((found >= 0) & (found <= 100)).all()
    assert (np.diff(found) >= 0).all()


def test_remembered_marks_follow_the_values() -> None:
    fitted = fit_indicator(Indicator(measure="x"), some := data(x=[1, 2, 3, 4, 5]))
    assert fitted is not None
    find = Remembered()

    def found(seen: Data) -> Floats:
        return find(fitted, seen)

    assert found(some) is found(some)
    turned = some.changed({"x": np.array([5.0, 4, 3, 2, 1])})
    assert found(turned).tolist() == [100, 75, 50, 25, 0]
    assert found(some).tolist() == [0, 25, 50, 75, 100]


def test_changing_a_measure_changes_what_it_stands_in_for() -> None:
    values = np.array([1.0, 2.0])
    some = Data(values={"frequency": values, "beds": values}, stands_in={"beds": "frequency"})
    changed = some.changed({"frequency": np.array([9.0, 2.0])})
    assert changed.values["beds"].tolist() == [9, 2]
    assert changed.some(np.array([0])).stands_in == {"beds": "frequency"}


def codes(*listed: Indicator) -> list[tuple[str, str]]:
    return [(k, c) for k, c, _ in indicator_problems.of_indicators(listed, "p")]


def test_what_does_not_go_together_is_told() -> None:
    assert codes(Indicator(measure="x")) == []
    assert codes(Indicator(measure="x", by="table")) == [("p[0].table", "missing_key")]
    assert codes(Indicator(measure="x", by="limits")) == [("p[0].limits", "missing_key")]
    assert codes(Indicator(measure="x", limits=(1,))) == [("p[0].limits", "unused_key")]
    two = Indicator(measure="x", by="limits", limits=(1, 2), points=(0, 100))
    assert codes(two) == [("p[0].points", "points_count")]
    down = Indicator(measure="x", by="limits", limits=(1,), points=(100, 0))
    assert codes(down) == [("p[0].points", "points_order")]
    assert codes(Indicator(measure="recency", by="limits", limits=(30,), points=(100, 0))) == []


@pytest.mark.parametrize(
    ("weights", "wanted"),
    [
        ([0.4, 0.6], []),
        ([40, 60], []),
        ([None, None], []),
        ([1 / 3, 1 / 3, 1 / 3], []),
        ([0.4, 0.5], [("p[0].weight", "weights_sum")]),
        ([4, 6], [("p[0].weight", "weights_sum")]),
        ([0, 0], [("p[0].weight", "weights_sum")]),
        ([1, None], [("p[1].weight", "missing_key")]),
    ],
)
def test_weights_sum_to_1_or_100(
    weights: list[float | None], wanted: list[tuple[str, str]]
) -> None:
    assert [(k, c) for k, c, _ in indicator_problems.of_weights(weights, "p")] == wanted


def test_one_measure_has_one_direction() -> None:
    listed = [("a", "x", None), ("b", "x", "less"), ("c", "recency", "less")]
    found = indicator_problems.of_directions(listed)  # type: ignore[arg-type]
    assert [(k, c) for k, c, _ in found] == [("b.better", "two_directions")]
