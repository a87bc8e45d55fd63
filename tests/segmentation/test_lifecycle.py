"""New, active, dormant, lost: by days, or by multiples of the customer's own interval."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

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

CLASSES = ("active", "new", "dormant", "lost")
USUAL = tiers(*({"classes": (c,)} for c in CLASSES))
NEW_FIRST = tiers(*({"classes": (c,)} for c in ("new", "active", "dormant", "lost")))
ACTIVE_ONLY = tiers({"classes": ("active",)}, {"classes": ("new", "dormant", "lost")})


def classes(frame: pl.DataFrame, **settings: Any) -> list[str]:
    scheme = scheme_of("lifecycle", USUAL, **settings)
    found = apply(fit(scheme, frame), frame)
    assert [CLASSES[n] for n in found["tier_no"]] == found["lifecycle_class"].to_list()
    return found["lifecycle_class"].to_list()


def test_both_limits_are_in() -> None:
    frame = customers(recency=[0.0, 90.0, 91.0, 180.0, 181.0], frequency=[2.0] * 5)
    assert classes(frame) == ["active", "active", "dormant", "dormant", "lost"]
    once = frame.with_columns(frequency=pl.lit(1.0))
    assert classes(once) == ["new", "new", "dormant", "dormant", "lost"]


def test_the_same_as_the_column_stage() -> None:
    frame = some_customers(3)
    found = apply(fit(scheme_of("lifecycle", USUAL), frame), frame)
    assert found["stage"].to_list() == found["lifecycle_class"].to_list()


def test_limits_of_ones_own() -> None:
    frame = customers(recency=[30.0, 31.0, 60.0, 61.0], frequency=[2.0, 2.0, 2.0, 2.0])
    asked = {"active_days": 30.0, "dormant_days": 60.0}
    assert classes(frame, **asked) == ["active", "dormant", "dormant", "lost"]
    assert classes(frame, **asked, new_orders=2) == ["new", "dormant", "dormant", "lost"]
    assert classes(frame, **asked, new_orders=0) == classes(frame, **asked)


def test_multiples_of_the_own_interval() -> None:
    # Every 20 days: active to 30, dormant to 60. Every 100 days: active to 150, dormant to 300.
    frame = customers(
        recency=[30.0, 31.0, 60.0, 61.0, 150.0, 151.0, 300.0, 301.0],
        frequency=[5.0] * 8,
        interval=[20.0] * 4 + [100.0] * 4,
    )
    expected = ["active", "dormant", "dormant", "lost"] * 2
    assert classes(frame, unit="intervals") == expected
    tight = classes(frame, unit="intervals", active_intervals=1.0, dormant_intervals=2.0)
    assert tight == ["dormant", "dormant", "lost", "lost"] * 2


def test_thirds_of_days_have_no_noise() -> None:
    # Three intervals of 7/3 days are 7 days.
    asked = {"unit": "intervals", "active_intervals": 3.0, "dormant_intervals": 6.0}
    for days in range(1, 60):
        frame = customers(recency=[float(days)], frequency=[4.0], interval=[days / 3])
        assert classes(frame, **asked) == ["active"]


def test_too_few_orders_go_by_the_median_of_the_others() -> None:
    frame = customers(
        recency=[60.0, 61.0, 60.0, 61.0, 1.0, 1.0, 1.0],
        # The third and fourth have an interval, but two orders only.
        frequency=[1.0, 1.0, 2.0, 2.0, 3.0, 4.0, 9.0],
        interval=[np.nan, np.nan, 1.0, 1.0, 10.0, 40.0, 50.0],
    )
    found = classes(frame, unit="intervals")
    assert found == ["new", "dormant", "active", "dormant", "active", "active", "active"]
    model = fit(scheme_of("lifecycle", USUAL, unit="intervals"), frame)
    assert model["learned"]["typical"] == 40.0
    assert apply(model, frame)["usual_interval"].to_list() == [40.0] * 4 + [10.0, 40.0, 50.0]
    # With two orders enough, they have one of their own: three intervals are three days.
    assert classes(frame, unit="intervals", min_orders=2)[2:4] == ["lost", "lost"]


def test_no_interval_at_all_means_days() -> None:
    frame = customers(recency=[90.0, 91.0, 181.0], frequency=[2.0, 2.0, 2.0])
    assert classes(frame, unit="intervals") == ["active", "dormant", "lost"]
    # All purchases on one day show no interval either.
    still = frame.with_columns(frequency=pl.lit(5.0), interval=pl.lit(0.0))
    assert classes(still, unit="intervals") == ["active", "dormant", "lost"]


@pytest.mark.parametrize("unit", ["days", "intervals"])
@pytest.mark.parametrize("own", [USUAL, NEW_FIRST, ACTIVE_ONLY])
@pytest.mark.parametrize("orders", [{}, {"new_orders": 2, "min_orders": 2}, {"new_orders": 4}])
def test_again_and_next(unit: str, own: Any, orders: dict[str, Any]) -> None:
    scheme = scheme_of("lifecycle", own, unit=unit, **orders)
    frame = some_customers(5)
    first = check_again(scheme, frame)
    steps = check_steps(scheme, frame)
    below = first.filter(pl.col("tier_no") > 0)
    # Only who is active and not new any more cannot become new again.
    stuck = below.filter(pl.col("lifecycle_class") == "active").height if own is NEW_FIRST else 0
    assert steps == below.height - stuck


def test_steps_by_hand() -> None:
    frame = customers(recency=[10.0, 120.0, 300.0, 120.0], frequency=[1.0, 3.0, 1.0, 1.0])
    found = apply(fit(scheme_of("lifecycle", USUAL), frame), frame)
    # New: one more order. Dormant and lost: an order 90 or 180 days ago at the most.
    assert found["next_frequency"].to_list()[0] == 2.0
    assert found["next_recency"].to_list()[1:] == [90.0, 180.0, 90.0]
    assert found["next_tier"].to_list() == [0.0, 0.0, 2.0, 1.0]
    # Where only active counts, a lost customer who bought once needs both.
    two = apply(fit(scheme_of("lifecycle", ACTIVE_ONLY), frame), frame)
    assert two.select("next_recency", "next_frequency").row(2) == (90.0, 2.0)


def test_tiers_without_classes_go_in_order() -> None:
    frame = customers(recency=[1.0, 1.0, 120.0, 300.0], frequency=[2.0, 1.0, 1.0, 1.0])
    assert graded(scheme_of("lifecycle", tiers({}, {}, {}, {})), frame) == [0, 1, 2, 3]
    assert graded(scheme_of("lifecycle", tiers({}, {})), frame) == [0, 1, 1, 1]


def test_problems() -> None:
    assert codes("lifecycle", USUAL) == codes("lifecycle", tiers({}, {})) == []
    assert codes("lifecycle", USUAL, active_days=200.0) == [
        ("lifecycle.dormant_days", "not_ascending")
    ]
    assert codes("lifecycle", USUAL, active_intervals=4.0) == [
        ("lifecycle.dormant_intervals", "not_ascending")
    ]
    assert codes("lifecycle", tiers({"classes": ("asleep",)}, {})) == [
        ("tiers[0].classes", "choice")
    ]
    assert codes("lifecycle", tiers({"classes": ("new",)}, {"classes": ("new",)}, {})) == [
        ("tiers[1].classes", "twice")
    ]
    assert codes("lifecycle", tiers({"classes": ("new",)}, {}, {})) == [
        ("tiers[1].classes", "limit_missing")
    ]
