"""The change that `next` names lifts the tier; a slightly smaller one does not."""

from __future__ import annotations

from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.grading import apply, fit
from segmentation.scheme import MEASURES
from tests.segmentation.sheets import people, scheme
from tests.segmentation.test_rfm import OPTIONS, PEOPLE, text_of

STEP = {"recency": 1.0, "frequency": -1.0, "monetary": -0.01}


def changed(row: dict[str, Any], targets: dict[str, float]) -> pl.DataFrame:
    values = {m: targets.get(m, row[m]) for m in MEASURES}
    return pl.DataFrame({"customer": [row["customer"]], **{m: [v] for m, v in values.items()}})


def targets_of(row: dict[str, Any]) -> dict[str, float]:
    named = {m: row[f"next_{m}"] for m in MEASURES}
    return {m: v for m, v in named.items() if v is not None and v == v}  # noqa: PLR0124  (NaN)


@given(rows=PEOPLE, options=OPTIONS)
@settings(deadline=None, max_examples=100)
def test_the_named_change_lifts_and_less_does_not(
    rows: list[tuple[float, float, float]], options: dict[str, Any]
) -> None:
    some = people(*rows)
    model = fit(scheme(text_of(options)), some)
    for row in apply(model, some).iter_rows(named=True):
        targets = targets_of(row)
        if not targets:
            continue
        assert targets.get("recency", row["recency"]) <= row["recency"]
        assert all(targets.get(m, row[m]) >= row[m] for m in MEASURES[1:])
        assert targets.get("recency", 0) >= 0
        reached = apply(model, changed(row, targets))["tier_no"].item()
        assert reached == row["next_tier"] < row["tier_no"]
        if len(targets) == 1 and not options["nested"]:
            ((measure, target),) = targets.items()
            less = round(target + STEP[measure], 2)
            weaker = apply(model, changed(row, {measure: less}))["tier_no"].item()
            assert weaker > row["next_tier"]


@given(rows=PEOPLE)
@settings(deadline=None, max_examples=60)
def test_one_measure_is_changed_where_one_is_enough(rows: list[tuple[float, float, float]]) -> None:
    some = people(*rows)
    model = fit(scheme(), some)
    best = {"recency": 0.0, "frequency": 1e6, "monetary": 1e9}
    for row in apply(model, some).iter_rows(named=True):
        targets = targets_of(row)
        lifts = [
            m
            for m in MEASURES
            if apply(model, changed(row, {m: best[m]}))["tier_no"].item() < row["tier_no"]
        ]
        if row["tier_no"] == 0:
            assert not targets
        elif lifts:
            assert len(targets) == 1
            assert set(targets) <= set(lifts)
        else:
            assert len(targets) != 1


CENTS = st.lists(st.integers(1000, 1100), min_size=3, max_size=10)


@given(cents=CENTS, closed=st.sampled_from(["left", "right"]))
@settings(deadline=None, max_examples=60)
def test_noise_on_a_cut_point_hides_no_step(cents: list[int], closed: str) -> None:
    text = f"""[rfm]
closed = "{closed}"
bins = 4
weights = {{ recency = 0, frequency = 0, monetary = 1 }}
[[tiers]]
key = "A"
min_score = 4
[[tiers]]
key = "B"
"""
    some = people(*[(5, 1, c / 100) for c in cents])
    model = fit(scheme(text), some)
    for row in apply(model, some).filter(pl.col("tier_no") == 1).iter_rows(named=True):
        target = targets_of(row)["monetary"]
        reached = [
            apply(model, changed(row, {"monetary": value}))["tier"].item()
            for value in (target, round(target - 0.01, 2))
        ]
        assert reached == ["A", "B"]


def test_the_best_tier_has_nothing_next() -> None:
    some = people(*[(10 * i, 11 - i, 100 * (11 - i)) for i in range(1, 11)])
    graded = apply(fit(scheme(), some), some)
    best = graded.filter(pl.col("tier_no") == 0)
    assert best.select(pl.col(r"^next_.*$").is_not_nan().sum()).row(0) == (0, 0, 0, 0)


def test_a_step_by_hand() -> None:
    # Cut points: recency 28, 46, 64, 82; frequency 2.8 … ; the last of B has scores 3-3-3.
    some = people(*[(10 * i, 11 - i, 100 * (11 - i)) for i in range(1, 11)])
    graded = apply(fit(scheme(), some), some)
    row = graded.filter(pl.col("customer") == "c009").row(0, named=True)
    # From 1-1-1 one measure alone reaches 7/3 at the most: recency 28 days is the cheapest.
    assert targets_of(row) == {"recency": 46.0}
    assert row["next_tier"] == 2
