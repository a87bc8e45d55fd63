"""Who brings the money and who is about to be lost, against plain counting."""

from __future__ import annotations

import datetime as dt
from itertools import accumulate, product

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.at_risk import at_risk, tells_risk
from segmentation.rhythm import STAGES
from segmentation.run import grade
from segmentation.scheme_file import preset, with_method
from segmentation.standings import MOST_AT_RISK, STEPS, largest, lost_soon, pareto
from tests.segmentation.sheets import sheet

CENTS = st.lists(st.integers(-(10**6), 10**8), min_size=1, max_size=60)


@given(CENTS)
def test_the_curve_is_what_the_best_customers_sum_up_to(cents: list[int]) -> None:
    found = pareto(pl.Series([c / 100 for c in cents]))
    sums = [0, *accumulate(sorted(cents, reverse=True))]
    assert found["share"].to_list() == pytest.approx([n / STEPS for n in range(STEPS + 1)])
    assert found["customers"].to_list()[0] == 0
    assert found["customers"].to_list()[-1] == len(cents)
    assert found["customers"].is_sorted()
    for share, number, money, part in found.rows():
        assert number == (min(len(cents), max(1, round(share * len(cents)))) if share else 0)
        assert money == pytest.approx(sums[number] / 100, abs=1e-5)
        assert part is None if sums[-1] <= 0 else part == pytest.approx(sums[number] / sums[-1])


def test_only_dormant_customers_of_the_first_two_classes_are_at_risk() -> None:
    every = list(product(STAGES, ("A", "B", "C")))
    frame = pl.DataFrame(every, schema=["stage", "abc"], orient="row")
    found = frame.filter(at_risk()).rows()
    assert found == [("dormant", "A"), ("dormant", "B")]


@pytest.mark.parametrize(
    ("unknown", "told"),
    [
        ((), True),
        (("recency",), False),
        (("frequency",), False),
        (("monetary",), False),
        (("recency", "frequency"), False),
    ],
)
def test_an_unknown_measure_leaves_the_risk_unknown(
    unknown: tuple[str, ...], *, told: bool
) -> None:
    assert tells_risk(unknown) is told


def _graded(count: int = 300) -> pl.DataFrame:
    random = np.random.default_rng(count)
    return pl.DataFrame(
        {
            "customer": [f"{n:04d}" for n in random.permutation(count)],
            "name": [None] * count,
            "tier_no": random.integers(0, 4, count),
            "abc": random.choice(["A", "B", "C"], count),
            "stage": random.choice(STAGES, count),
            "recency": random.integers(1, 300, count).astype(float),
            # Many are alike, so that the customer must decide.
            "monetary": random.integers(1, 40, count).astype(float),
        }
    )


def test_the_lists_begin_with_the_largest_amount_and_then_go_by_customer() -> None:
    frame = _graded()
    rows = sorted(frame.iter_rows(named=True), key=lambda r: (-r["monetary"], r["customer"]))
    top = largest(frame, 10)
    assert top["customer"].to_list() == [r["customer"] for r in rows[:10]]
    total = sum(r["monetary"] for r in rows)
    assert top["monetary_share"].to_list() == pytest.approx(
        [r["monetary"] / total for r in rows[:10]]
    )
    lost = [r for r in rows if r["stage"] == "dormant" and r["abc"] != "C"]
    found = lost_soon(frame)
    assert len(lost) > MOST_AT_RISK
    assert (found.customers, found.monetary) == (len(lost), sum(r["monetary"] for r in lost))
    assert found.listed["customer"].to_list() == [r["customer"] for r in lost[:MOST_AT_RISK]]


def test_shares_of_nothing_or_of_a_loss_are_none() -> None:
    frame = _graded(20).with_columns(monetary=-pl.col("monetary"))
    assert largest(frame, 3)["monetary_share"].to_list() == [None] * 3
    assert set(pareto(frame["monetary"])["monetary_share"]) == {None}


def _orders(days: dict[str, int]) -> list[list[str]]:
    first = dt.date(2026, 6, 30)
    lines = [[who, str(first - dt.timedelta(days=back)), "100"] for who, back in days.items()]
    return [["Customer", "Order date", "Amount"], *lines]


def test_a_grading_reports_the_same_from_its_customers() -> None:
    days = {f"K{n}": 3 * n for n in range(80)}
    found = grade([sheet(*_orders(days))], scheme=preset("general"))
    report, graded = found.report, found.graded
    assert report.at_risk is not None and report.trend is not None and report.top is not None
    risk = [
        row["monetary"]
        for row in graded.iter_rows(named=True)
        if 90 < row["recency"] <= 180 and row["abc"] in ("A", "B")
    ]
    assert risk
    assert (report.at_risk.customers, report.at_risk.monetary) == (len(risk), sum(risk))
    assert report.top.height == 10
    assert report.trend["customers"].sum() == len(days)
    counts, means = report.heat, report.heat_amount
    for row in range(counts.height):
        r_score = counts["r_score"][row]
        for f_score in counts.columns[1:]:
            here = graded.filter(
                (pl.col("r_score") == r_score) & (pl.col("f_score") == int(f_score))
            )
            assert counts[f_score][row] == here.height
            assert means[f_score][row] == (
                pytest.approx(here["monetary"].mean()) if here.height else None
            )


def test_of_a_list_without_dates_and_orders_little_is_said() -> None:
    rows = [["Customer", "Amount"], *([f"K{n}", f"{10 * n}"] for n in range(1, 30))]
    scheme = with_method(preset("general"), "abc")
    report = grade([sheet(*rows)], scheme=scheme).report
    assert report.trend is None and report.at_risk is None
    assert report.stages["customers"].sum() == report.segments["customers"].sum() == 0
    assert report.heat.drop("r_score").sum().row(0) == (0,) * 5
    assert report.pareto is not None and report.pareto["monetary_share"][-1] == 1
    assert report.top is not None and report.top["recency"].null_count() == report.top.height
    assert report.tiers["mean_recency"].null_count() == report.tiers.height
