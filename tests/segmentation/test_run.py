"""From sheets to a report, as every host calls it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.grading import apply, fit
from segmentation.report import summarise
from segmentation.rhythm import STAGES
from segmentation.run import grade
from tests.segmentation.sheets import ORDERS, PEOPLE, people, scheme, sheet
from tests.segmentation.test_rfm import PEOPLE as MANY

DAY = dt.date(2025, 6, 30)


def orders(count: int) -> list[tuple[str, ...]]:
    return [
        (f"K{i % 7}", f"D{i}", f"2025-{1 + i % 6:02}-{1 + i % 28:02}", str(10 + i * i % 97))
        for i in range(count)
    ]


def test_a_grading_from_end_to_end() -> None:
    steps: list[str] = []
    bad = ("K1", "D99", "未知", "5")
    done = grade([sheet(ORDERS, *orders(40), bad)], scheme=scheme(), progress=steps.append)
    assert steps == ["check", "grade"]
    assert done.checked.left_out == {"bad_date": 1}
    assert done.graded.height == done.report.customers == 7
    assert done.model["as_of"] == str(done.checked.as_of) == str(done.report.as_of)
    places = done.graded.select("tier_no", "monetary").rows()
    assert places == sorted(places, key=lambda row: (row[0], -row[1]))
    total = sum(float(row[3]) for row in orders(40))
    assert done.report.monetary == pytest.approx(total)


def test_row_order_and_sheets_do_not_matter() -> None:
    rows = orders(60)
    one = grade([sheet(ORDERS, *rows)], scheme=scheme())
    mixed = grade([sheet(ORDERS, *rows[::-1])], scheme=scheme())
    parts = [sheet(ORDERS, *rows[:25]), sheet(("x",), ("y",)), sheet(ORDERS, *rows[25:], name="2")]
    several = grade(parts, scheme=scheme())
    for other in (mixed, several):
        assert other.graded.equals(one.graded)
        assert other.model == one.model


def test_another_day_with_the_model_of_before() -> None:
    first = grade([sheet(ORDERS, *orders(40))], scheme=scheme(), as_of=DAY)
    later = dt.date(2025, 12, 31)
    again = grade([sheet(ORDERS, *orders(40))], scheme=scheme(), model=first.model, as_of=later)
    assert again.model == first.model
    moved = again.graded.join(first.graded, on="customer")
    assert (moved["recency"] - moved["recency_right"]).to_list() == [184.0] * 7
    assert (moved["r_score"] <= moved["r_score_right"]).all()


def test_customers_go_the_same_way() -> None:
    rows = [(f"c{i}", str(i), "2", str(100 - i)) for i in range(10)]
    done = grade([sheet(PEOPLE, *rows)], scheme=scheme())
    assert done.checked.kind == "customers"
    assert done.graded.height == 10
    assert done.model["as_of"] is None
    assert [note for note, _ in done.notes] == ["few_scores", "best_tier_empty"]


@given(rows=MANY)
@settings(deadline=None, max_examples=40)
def test_a_report_adds_up(rows: list[tuple[float, float, float]]) -> None:
    graded = apply(model := fit(scheme(), people(*rows)), people(*rows))
    report = summarise(model, graded, DAY)
    assert report.customers == len(rows)
    assert report.monetary == pytest.approx(sum(row[2] for row in rows), abs=1e-6)
    groups: list[tuple[Any, str, int]] = [
        (report.tiers, "tier_no", 4),
        (report.segments, "segment_no", 11),
    ]
    for found, column, size in groups:
        assert found[column].to_list() == list(range(size))
        counted = Counter(graded[column].to_list())
        assert found["customers"].to_list() == [counted[i] for i in range(size)]
        assert found["customer_share"].sum() == pytest.approx(1)
        assert found["monetary"].sum() == pytest.approx(report.monetary, abs=1e-4)
    counted = Counter(graded["stage"].to_list())
    assert report.stages["customers"].to_list() == [counted[s] for s in STAGES]
    heat = report.heat
    assert heat["r_score"].to_list() == [5, 4, 3, 2, 1]
    assert heat.drop("r_score").sum_horizontal().sum() == len(rows)
    for row in heat.iter_rows(named=True):
        for f in range(1, 6):
            cell = (pl.col("r_score") == row["r_score"]) & (pl.col("f_score") == f)
            assert row[str(f)] == graded.filter(cell).height
    quiet = graded.filter((pl.col("tier") == "A") & (pl.col("recency") > report.quiet_days))
    assert report.quiet_top == quiet.height


def test_what_the_best_fifth_brings() -> None:
    some = people(*[(1, 1, m) for m in (60, 20, 10, 5, 5)])
    report = summarise(model := fit(scheme(), some), apply(model, some), DAY)
    assert report.top_share == pytest.approx(0.6)
    nothing = people((1, 1, 0), (1, 1, 0))
    owed = people((1, 1, -3), (1, 1, 2))
    for some in (nothing, owed):
        report = summarise(model := fit(scheme(), some), apply(model, some), DAY)
        assert report.top_share is None
        assert report.tiers["monetary_share"].to_list() == [None] * 4


@given(count=st.integers(1, 30))
@settings(deadline=None, max_examples=15)
def test_few_orders_are_graded_too(count: int) -> None:
    done = grade([sheet(ORDERS, *orders(count))], scheme=scheme())
    assert done.graded["customer"].n_unique() == min(count, 7)
