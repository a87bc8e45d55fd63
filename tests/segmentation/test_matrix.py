"""The matrix: levels of two axes, the cell that they meet in, and what it gives."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from segmentation.errors import DataError, SchemeError
from segmentation.grading import apply, fit
from segmentation.indicators import Indicator
from segmentation.methods import matrix
from segmentation.methods._axis import Axis
from segmentation.scheme import ColumnSettings, Scheme
from segmentation.scheme_file import parse_scheme, preset
from tests.segmentation.promises import (
    check_again,
    check_steps,
    customers,
    some_customers,
    tiers,
)

NAN = math.nan
DOCTORS = """method = "matrix"
[matrix]
grid = [[9, 8, 5], [7, 5, 3], [3, 2, 1]]
plus = "behaviour"
[matrix.rows]
name = { zh = "医院级别", en = "Hospital" }
measure = "hospital"
by = "table"
table = { "三级" = 1, "二级" = 2, "一级" = 3 }
[matrix.columns]
name = { zh = "职称", en = "Title" }
measure = "title"
by = "table"
table = { "主任医师" = 1, "副主任医师" = 1, "主治医师" = 2, "住院医师" = 3 }
[columns.hospital]
name = "医院级别"
kind = "text"
instead = "monetary"
[columns.title]
name = "职称"
kind = "text"
[columns.behaviour]
name = "行为评分"
most = 3
[[tiers]]
key = "A"
min_score = 8
[[tiers]]
key = "B"
min_score = 4
[[tiers]]
key = "C"
"""
HOSPITALS, TITLES = ("三级", "二级", "一级"), ("主任医师", "主治医师", "住院医师")
POTENTIAL = ((9, 8, 5), (7, 5, 3), (3, 2, 1))
KEYS = tiers({}, {}, {}, {})
GRID = (("T0", "T0", "T1"), ("T0", "T1", "T2"), ("T1", "T2", "T3"))


def doctors() -> Scheme:
    # Only the grading is looked at: what is done for each tier is another's matter.
    return parse_scheme(with_strategies(DOCTORS), source="doctors.toml")


def with_strategies(text: str) -> str:
    """The same scheme with all that a tier must say."""
    more = 'strategy = { zh = ["拜访"], en = ["visit"] }\nservice_floor = "答复"\n'
    return "\n".join(
        f"{line}\n{more}" if line.startswith("key = ") else line for line in text.splitlines()
    )


def test_the_nine_box_of_doctors_cell_by_cell() -> None:
    cells = list(itertools.product(range(3), range(3), (1, 2, 3)))
    some = customers(
        hospital=[HOSPITALS[r] for r, _, _ in cells],
        title=[TITLES[c] for _, c, _ in cells],
        behaviour=[float(b) for *_, b in cells],
    )
    graded = apply(fit(doctors(), some), some)
    sums = [POTENTIAL[r][c] + b for r, c, b in cells]
    assert {min(sums), max(sums)} == {2, 12}
    assert graded["score"].to_list() == sums
    wanted = ["A" if s >= 8 else "B" if s >= 4 else "C" for s in sums]
    assert graded["tier"].to_list() == wanted
    assert graded["row_level"].to_list() == [r + 1 for r, _, _ in cells]
    assert graded["column_level"].to_list() == [c + 1 for _, c, _ in cells]


def test_what_is_unknown_of_a_doctor_adds_nothing_and_stands_lowest() -> None:
    some = customers(
        hospital=["三级", "三级", None, "民办", "三级"],
        title=["主任医师", " 主任医师 ", "主任医师", "主任医师", None],
        behaviour=[NAN, 3.0, 3, 3, 1],
    )
    graded = apply(fit(doctors(), some), some)
    assert graded["score"].to_list() == [9, 12, 3 + 3, 3 + 3, 5 + 1]


def test_a_measure_that_stands_in_for_words_is_cut_by_quantile() -> None:
    some = customers(
        monetary=[100.0, 200, 300, 400, 500, 600], title=["主任医师"] * 6, behaviour=[1.0] * 6
    )
    graded = apply(fit(doctors(), some), some)
    assert graded["row_level"].to_list() == [3, 3, 2, 2, 1, 1]
    named = replace(doctors().settings.rows, levels=tuple({"en": h} for h in HOSPITALS))
    scheme = replace(doctors(), settings=replace(doctors().settings, rows=named))
    assert fit(scheme, some)["learned"]["rows"]["names"] == []
    known = some.with_columns(hospital=pl.Series(["三级"] * 6))
    assert fit(scheme, known)["learned"]["rows"]["names"] == [{"en": h} for h in HOSPITALS]
    # 9 + 1 and 7 + 1 are A already; 3 + 1 is B.
    assert graded["tier"].to_list() == ["B", "B", "A", "A", "A", "A"]
    assert check_steps(doctors(), some) == 2


def test_a_measure_that_stands_in_for_what_is_added_is_cut_by_quantile() -> None:
    scheme = doctors()
    own = replace(scheme.columns["behaviour"], instead="frequency")
    scheme = replace(scheme, columns={**scheme.columns, "behaviour": own})
    some = customers(
        frequency=[1.0, 20, 30, 50, 60, 80],
        hospital=["二级"] * 6,
        title=["主治医师"] * 6,
    )
    graded = apply(fit(scheme, some), some)
    assert graded["added"].to_list() == [1, 1, 2, 2, 3, 3]
    assert graded["score"].to_list() == [6, 6, 7, 7, 8, 8]
    assert check_steps(scheme, some) == 4


def axis(measure: str, **more: Any) -> Axis:
    return Axis(measure=measure, **more)


def scheme_of(own: Any, **settings: Any) -> Scheme:
    named = ("x", "y", "satisfaction", "credit", "employees")
    return Scheme(
        name={"en": "matrix"},
        method="matrix",
        tiers=own,
        settings=matrix.Settings(**settings),
        columns={key: ColumnSettings(name={"en": key}) for key in named},
    )


def by_keys(rows: Axis, columns: Axis, grid: Any = GRID, own: Any = KEYS) -> Scheme:
    return scheme_of(own, rows=rows, columns=columns, grid=grid)


def codes(own: Any, **settings: Any) -> list[tuple[str, str]]:
    return [(k, c) for k, c, _ in matrix.problems(scheme_of(own, **settings).leading)]


def test_every_cell_gives_the_tier_that_it_names() -> None:
    scheme = by_keys(axis("x", by="limits", limits=(10, 20)), axis("y", by="limits", limits=(1, 2)))
    pairs = list(itertools.product((25.0, 15, 5), (3.0, 1.5, 0)))
    some = customers(x=[x for x, _ in pairs], y=[y for _, y in pairs])
    graded = apply(fit(scheme, some), some)
    assert graded["tier"].to_list() == [cell for row in GRID for cell in row]
    assert np.isnan(graded["score"].to_numpy()).all()


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({}, [3, 2, 2, 2, 1, 1]),
        ({"inclusive": False}, [3, 3, 2, 2, 2, 1]),
        ({"better": "less"}, [1, 1, 2, 2, 2, 3]),
        ({"better": "less", "inclusive": False}, [1, 2, 2, 2, 3, 3]),
    ],
)
def test_limits_to_the_cent(more: dict[str, Any], wanted: list[int]) -> None:
    scheme = by_keys(axis("x", by="limits", limits=(2000, 5000), **more), axis("monetary"))
    some = customers(x=[1999.99, 2000, 2000.01, 4999.99, 5000, 5000.01])
    assert apply(fit(scheme, some), some)["row_level"].to_list() == wanted


def test_levels_by_quantile_are_as_many_as_the_grid_has() -> None:
    grid = (("T0", "T1"), ("T0", "T2"), ("T1", "T2"), ("T2", "T3"))
    scheme = by_keys(axis("x"), axis("recency"), grid)
    some = customers(x=[float(i) for i in range(1, 9)], recency=[float(i) for i in range(1, 9)])
    graded = apply(fit(scheme, some), some)
    assert graded["row_level"].to_list() == [4, 4, 3, 3, 2, 2, 1, 1]
    # Recent is better.
    assert graded["column_level"].to_list() == [1] * 4 + [2] * 4
    wanted = [grid[r - 1][c - 1] for r, c in graded.select("row_level", "column_level").rows()]
    assert graded["tier"].to_list() == wanted


@pytest.mark.parametrize(("missing", "level"), [("lowest", 3), ("skip", 3), ("middle", 2)])
def test_an_unknown_value_stands_where_the_axis_says(missing: Any, level: int) -> None:
    scheme = by_keys(axis("x", missing=missing), axis("monetary"))
    some = customers(x=[1.0, 2, 3, 4, 5, 6, NAN])
    assert apply(fit(scheme, some), some)["row_level"].to_list() == [3, 3, 2, 2, 1, 1, level]


def test_one_value_for_all_stands_in_the_middle() -> None:
    scheme = by_keys(axis("x"), axis("recency"))
    model = fit(scheme, some := customers(x=[7.0, 7], recency=[30.0, 30]))
    assert apply(model, some).select("row_level", "column_level").rows() == [(2, 2)] * 2
    others = customers(x=[8.0, 6], recency=[29.0, 31])
    assert apply(model, others).select("row_level", "column_level").rows() == [(1, 1), (3, 3)]


def test_an_axis_of_several_indicators() -> None:
    rows = Axis(
        indicators=(
            Indicator(measure="x", weight=0.75, by="minmax"),
            Indicator(measure="y", weight=0.25, by="minmax"),
        ),
        by="limits",
        limits=(25, 75),
        missing="skip",
    )
    some = customers(x=[0.0, 100, 100, 0, NAN, NAN], y=[0.0, 0, 100, 100, 50, NAN])
    graded = apply(fit(by_keys(rows, axis("monetary")), some), some)
    # Totals 0, 75, 100, 25, 50 and none.
    assert graded["row_level"].to_list() == [3, 1, 1, 2, 2, 3]


def test_words_of_a_cell_may_be_classes_of_a_tier() -> None:
    own = tiers({"classes": ("star",)}, {"classes": ("cow", "problem")}, {})
    scheme = by_keys(
        axis("x", by="limits", limits=(10,)),
        axis("y", by="limits", limits=(10,)),
        (("star", "problem"), ("cow", "T2")),
        own,
    )
    some = customers(x=[10.0, 10, 0, 0], y=[10.0, 0, 10, 0])
    assert apply(fit(scheme, some), some)["tier"].to_list() == ["T0", "T1", "T1", "T2"]


@pytest.mark.parametrize("absent", ["x", "y"])
def test_both_axes_must_be_in_the_data(absent: str) -> None:
    rows = Axis(indicators=(Indicator(measure="x"),))
    some = customers(**{"x": [1.0, 2], "y": [1.0, 2]}).drop(absent)
    with pytest.raises(DataError) as refused:
        fit(by_keys(rows, axis("y")), some)
    assert (refused.value.code, refused.value.params) == (
        "measure_absent",
        {"measure": absent, "measures": {absent: {"en": absent}}},
    )


def test_the_shipped_grid_is_the_one_that_a_scheme_has_by_itself() -> None:
    shipped = preset("matrix").settings
    own = scheme_of(KEYS).settings
    assert shipped.grid == own.grid
    assert shipped.rows.indicators == own.rows.indicators
    assert shipped.columns.measure == own.columns.measure


CASES: dict[str, Scheme] = {
    "quantiles": by_keys(axis("monetary"), axis("recency")),
    "four by two": by_keys(
        axis("credit", better="less", missing="middle"),
        axis("employees", by="limits", limits=(50,)),
        (("T0", "T1"), ("T1", "T1"), ("T1", "T2"), ("T2", "T3")),
    ),
    "numbers": scheme_of(
        tiers({"min_score": 8.0}, {"min_score": 4.0}, {}),
        grid=POTENTIAL,
        plus="satisfaction",
        rows=axis("monetary"),
        columns=axis("frequency", by="limits", limits=(3, 6)),
    ),
    "indicators": by_keys(
        Axis(
            indicators=(
                Indicator(measure="recency", weight=40),
                Indicator(measure="return_share", weight=60, by="minmax"),
            ),
        ),
        axis("monetary"),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_promises_are_true_for_a_thousand_customers(case: str) -> None:
    scheme, some = CASES[case], some_customers(17)
    graded = check_again(scheme, some)
    assert len(set(graded["tier_no"])) > 2
    assert check_steps(scheme, some) > 300


def test_no_category_is_promised() -> None:
    some = customers(hospital=["三级", "一级"], title=["住院医师"] * 2, behaviour=[1.0, 1.0])
    model = fit(doctors(), some)
    assert "hospital" not in model["spans"]
    graded = apply(model, some)
    # 5 + 3 is 8; 1 + 3 is 4.
    assert graded["next_behaviour"].to_list() == [3, 3]
    numbers = by_keys(axis("x", by="table", table={"1": 1, "2": 2, "3": 3}), axis("monetary"))
    some = customers(x=[3.0, 3, 3, 3], monetary=[1.0, 2, 3, 4])
    assert np.isnan(apply(fit(numbers, some), some)["next_x"].to_numpy()).all()


def test_a_grid_fits_its_axes_and_its_tiers() -> None:
    three = axis("x", by="limits", limits=(1, 2))
    good: dict[str, Any] = {"rows": three, "columns": axis("y"), "grid": GRID}
    assert codes(KEYS, **good) == []

    def wrong(own: Any = KEYS, **more: Any) -> list[tuple[str, str]]:
        return codes(own, **{**good, **more})

    assert wrong(grid=GRID[:2]) == [("matrix.grid", "grid_shape")]
    assert wrong(grid=(*GRID[:2], ("T0", "T1"))) == [("matrix.grid", "ragged_grid")]
    assert wrong(columns=axis("y", bins=4)) == [("matrix.grid", "grid_shape")]
    table = axis("y", by="table", table={"a": 1, "b": 2})
    assert wrong(columns=table) == [("matrix.grid", "grid_shape")]
    assert wrong(own=KEYS[:3]) == [("matrix.grid", "unknown_tier")]
    assert wrong(grid=(*GRID[:2], ("T1", "T2", 3.0))) == [("matrix.grid", "mixed_cells")]
    assert wrong(plus="x") == [("matrix.plus", "plus_needs_numbers")]
    assert wrong(rows=axis("x", levels=({"en": "up"},))) == [("matrix.rows.levels", "levels_count")]


def test_an_axis_says_what_it_is_cut_by() -> None:
    def wrong(rows: Axis) -> list[tuple[str, str]]:
        return codes(KEYS, grid=GRID, rows=rows, columns=axis("y"))

    assert wrong(Axis()) == [("matrix.rows.measure", "missing_key")]
    both = Axis(measure="x", indicators=(Indicator(measure="y"),))
    assert wrong(both) == [("matrix.rows.measure", "one_of")]
    assert ("matrix.rows.limits", "missing_key") in wrong(axis("x", by="limits"))
    assert ("matrix.rows.table", "missing_key") in wrong(axis("x", by="table"))
    assert wrong(axis("x", limits=(1, 2))) == [("matrix.rows.limits", "unused_key")]
    turned = axis("y", better="less")
    assert wrong(turned) == [("matrix.columns.better", "two_directions")]


def test_numbers_need_a_least_sum_in_every_tier_but_the_last() -> None:
    some = tiers({"min_score": 8.0}, {}, {})
    assert codes(some, grid=POTENTIAL) == [("tiers[1].min_score", "missing_key")]


def test_a_cell_is_a_tier_or_a_number() -> None:
    text = with_strategies(DOCTORS).replace("[9, 8, 5]", "[9, true, 5]")
    with pytest.raises(SchemeError) as refused:
        parse_scheme(text, source="doctors.toml")
    assert [(line, code) for line, code, _ in refused.value.problems] == [(3, "bad_cell")]


def test_every_random_doctor_gets_what_the_table_says() -> None:
    dice = np.random.default_rng(23)
    count = 500
    rows, columns = dice.integers(0, 3, count), dice.integers(0, 3, count)
    behaviour = dice.integers(1, 4, count)
    some = customers(
        hospital=[HOSPITALS[i] for i in rows],
        title=[TITLES[i] for i in columns],
        behaviour=behaviour.astype(float),
    )
    graded = check_again(doctors(), some)
    sums = np.array(POTENTIAL)[rows, columns] + behaviour
    assert graded["score"].to_list() == sums.tolist()
    assert check_steps(doctors(), some) > 50
