"""ABC as a method: Pareto on one measure or on several together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.errors import DataError
from segmentation.grading import apply, fit
from segmentation.method import method
from segmentation.scheme_file import preset
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
from tests.segmentation.sheets import scheme

ABC = tiers({}, {}, {})


def by_hand(shares: list[float], limits: tuple[float, ...]) -> list[int]:
    """Tiers by walking down the shares, equal ones in the order in which they stand."""
    order = sorted(range(len(shares)), key=lambda i: -shares[i])
    found, before = [len(limits)] * len(shares), 0.0
    for i in order:
        if shares[i] > 0:
            found[i] = sum(round(before, 12) >= limit for limit in limits)
        before += shares[i]
    return found


def test_the_share_before_decides() -> None:
    # Before each: 0 %, 50 %, 80 %, 95 %.
    frame = customers(monetary=[50.0, 30.0, 15.0, 5.0])
    assert graded(scheme_of("abc", ABC), frame) == [0, 0, 1, 2]
    assert graded(scheme_of("abc", ABC, a=0.81), frame) == [0, 0, 0, 2]
    assert graded(scheme_of("abc", ABC, b=0.951), frame) == [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [(0.7, 0.9, [0, 0, 1, 2, 2]), (0.75, 0.9, [0, 0, 0, 2, 2]), (0.8, 0.95, [0, 0, 0, 1, 2])],
)
def test_other_usual_shares(a: float, b: float, expected: list[int]) -> None:
    # Before each: 0 %, 40 %, 70 %, 90 %, 96 %.
    frame = customers(monetary=[40.0, 30.0, 20.0, 6.0, 4.0])
    assert graded(scheme_of("abc", ABC, a=a, b=b), frame) == expected


def test_shares_of_the_tiers_go_before_a_and_b() -> None:
    own = tiers({"share": 0.5}, {"share": 0.7}, {"share": 0.95}, {})
    frame = customers(monetary=[50.0, 20.0, 25.0, 4.0, 1.0])
    # Sorted: 50 25 20 4 1, before each 0 50 75 95 99.
    assert graded(scheme_of("abc", own), frame) == [0, 2, 1, 3, 3]


def test_nothing_is_in_no_class_but_the_last() -> None:
    frame = customers(monetary=[10.0, 0.0, -5.0], frequency=[1.0, 1.0, 1.0])
    assert graded(scheme_of("abc", ABC, a=0.99, b=1.0), frame) == [0, 2, 2]
    assert graded(scheme_of("abc", ABC), customers(monetary=[0.0, -1.0])) == [2, 2]
    assert graded(scheme_of("abc", ABC), customers(monetary=[7.0])) == [0]


def test_equal_values_go_by_their_keys() -> None:
    # Before each: 0 %, 25 %, 50 %, 75 %.
    frame = customers(monetary=[10.0] * 4).with_columns(customer=pl.Series(["d", "b", "c", "a"]))
    found = apply(fit(scheme_of("abc", ABC, a=0.5, b=0.75), frame), frame)
    assert dict(found.select("customer", "tier_no").iter_rows()) == {"a": 0, "b": 0, "c": 1, "d": 2}


def test_shares_of_two_totals_together() -> None:
    # Amount 60 % 30 % 10 %, orders 10 % 30 % 60 %: together 35 % 30 % 35 %; tie by key.
    frame = customers(monetary=[60.0, 30.0, 10.0], frequency=[1.0, 3.0, 6.0])
    both = {"monetary": 1.0, "frequency": 1.0}
    found = apply(fit(scheme_of("abc", ABC, a=0.35, b=0.7, measures=both), frame), frame)
    assert found["tier_no"].to_list() == [0, 2, 1]
    assert found["score"].to_list() == pytest.approx([35.0, 30.0, 35.0])
    # Three to one: 47.5 % 30 % 22.5 %.
    heavy = {"monetary": 3.0, "frequency": 1.0}
    found = apply(fit(scheme_of("abc", ABC, a=0.47, b=0.7, measures=heavy), frame), frame)
    assert found["score"].to_list() == pytest.approx([47.5, 30.0, 22.5])
    assert found["tier_no"].to_list() == [0, 1, 2]


@given(st.lists(st.tuples(st.integers(-3, 9), st.integers(1, 5)), min_size=1, max_size=12))
@settings(deadline=None, max_examples=150)
def test_as_walked_down_by_hand(rows: list[tuple[int, int]]) -> None:
    money, orders = [max(0.0, float(m)) for m, _ in rows], [float(f) for _, f in rows]
    frame = customers(monetary=[float(m) for m, _ in rows], frequency=orders)
    total = sum(money)
    alone = [m / total if total else 0.0 for m in money]
    assert graded(scheme_of("abc", ABC), frame) == by_hand(alone, (0.8, 0.95))
    # Joint shares that tie on paper may differ in their last bits; those cases are left out.
    half = 0.5 if total else 0.0
    joint = [half * a + (1 - half) * f / sum(orders) for a, f in zip(alone, orders, strict=True)]
    near = {round(j, 12) for j in joint}
    if len(near) == len(joint):
        both = {"monetary": 1.0, "frequency": 1.0}
        found = graded(scheme_of("abc", ABC, measures=both), frame)
        assert found == by_hand(joint, (0.8, 0.95))


def test_the_same_as_the_column_abc() -> None:
    for seed in range(5):
        frame = some_customers(seed)
        found = apply(fit(scheme_of("abc", ABC), frame), frame)
        assert found["abc"].to_list() == ["ABC"[n] for n in found["tier_no"]]


@pytest.mark.parametrize(
    "file",
    [
        "cdnow/oracle/abc_sample.csv",
        "cdnow/oracle/abc_master.csv",
        "completejourney/oracle/abc_completejourney.csv",
    ],
)
def test_a_pareto_table_of_real_customers(file: str, shared_data: Path) -> None:
    path = shared_data / file
    if not path.exists():
        pytest.skip("not among the real data")
    oracle = pl.read_csv(path, schema_overrides={"customer_id": pl.String})
    revenue = oracle["revenue"].cast(pl.Float64).to_list()
    frame = customers(monetary=revenue).with_columns(customer=oracle["customer_id"])
    found = graded(scheme_of("abc", ABC), frame)
    assert ["ABC"[n] for n in found] == oracle["abc_cum_prev"].to_list()


MEASURES: list[dict[str, Any]] = [
    {"monetary": 1.0},
    {"monetary": 1.0, "frequency": 1.0},
    {"employees": 1.0, "frequency": 2.0},
]


@pytest.mark.parametrize("measures", MEASURES)
def test_again_and_next(measures: dict[str, float]) -> None:
    asked = scheme_of("abc", ABC, ("employees",), measures=measures)
    frame = some_customers(7)
    first = check_again(asked, frame)
    assert first["score"].sum() == pytest.approx(100.0)
    # Everybody below A can sell more.
    assert check_steps(asked, frame) == (first["tier_no"] > 0).sum()


def test_a_step_by_hand() -> None:
    frame = customers(monetary=[50.0, 30.0, 15.0, 5.0])
    found = apply(fit(scheme_of("abc", ABC), frame), frame)
    # The last of A has 30 and the key c001: who comes later in the alphabet needs a cent more.
    assert found["next_monetary"].to_list()[2:] == [30.01, 15.01]
    assert found["next_tier"].to_list()[2:] == [0.0, 1.0]


def test_unknown_values_count_as_nothing() -> None:
    frame = customers(employees=[10.0, np.nan, 5.0], monetary=[1.0, 1.0, 1.0])
    one = scheme_of("abc", ABC, ("employees",), measures={"employees": 1.0})
    assert graded(one, frame) == [0, 2, 0]
    with pytest.raises(DataError, match="measure_absent"):
        graded(one, customers(monetary=[1.0]))


def test_problems() -> None:
    assert codes("abc", ABC) == []
    assert codes("abc", ABC, a=0.95, b=0.8) == [("tiers[1].share", "not_ascending")]
    assert codes("abc", tiers({"share": 0.8}, {"share": 0.8}, {})) == [
        ("tiers[1].share", "not_ascending")
    ]
    assert codes("abc", tiers({"share": 0.5}, {"share": 1.2}, {})) == [
        ("tiers[1].share", "bad_number")
    ]
    assert codes("abc", tiers({"share": 0.0}, {})) == [("tiers[0].share", "bad_number")]
    assert codes("abc", tiers({}, {}, {}, {})) == [("tiers[2].share", "limit_missing")]
    assert codes("abc", ABC, measures={"recency": 1.0}) == [("abc.measures", "choice")]
    assert codes("abc", ABC, measures={"monetary": 0.0}) == [("abc.measures", "bad_number")]


def test_a_and_b_of_a_scheme_file_are_those_of_column_and_tiers() -> None:
    frame = some_customers(4)
    for text in ("", "[abc]\na = 0.7\nb = 0.9\nmeasures = { monetary = 2 }\n"):
        asked = scheme(f'method = "abc"\n{text}')
        found = apply(fit(asked, frame), frame)
        assert found["abc"].to_list() == found["tier"].to_list()
        assert found["abc"].n_unique() == len("ABC")
    both = scheme('method = "abc"\n[abc]\nmeasures = { monetary = 1, frequency = 1 }\n')
    assert dict(both.settings.measures) == {"monetary": 1.0, "frequency": 1.0}


@pytest.mark.parametrize("name", ["abc", "top", "lifecycle", "loyalty", "size", "risk"])
def test_the_scheme_as_it_comes_says_the_defaults(name: str) -> None:
    shipped = preset(name)
    assert shipped.settings == method(name).Settings()
    assert method(name).problems(shipped.leading) == []
    assert sum(t.budget_share or 0.0 for t in shipped.tiers) == pytest.approx(1.0)
    for tier in shipped.tiers:
        words = (tier.name, tier.strategy, tier.owner, tier.first_action, tier.service_floor)
        assert all(set(text) == {"zh", "en"} for text in words)
        assert tier.contact_days
