"""Measures per customer: the same from every frame, in every order."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.measures import COLUMNS, measure_orders
from segmentation.scheme import MeasureSettings

AS_OF = dt.date(2025, 6, 30)
SCHEMA = {
    "customer": pl.String,
    "name": pl.String,
    "order": pl.String,
    "date": pl.Date,
    "amount": pl.Float64,
    "purchase": pl.Boolean,
}
Line = tuple[str, str | None, str | None, dt.date, float, bool]


def day(number: int) -> dt.date:
    return dt.date(2025, 6, number)


def frame(*lines: Line) -> pl.DataFrame:
    return pl.DataFrame(list(lines), schema=SCHEMA, orient="row")


def measured(orders: pl.DataFrame, *, ids: bool = True, **chosen: str) -> pl.DataFrame:
    return measure_orders(
        orders,
        settings=MeasureSettings(**chosen),  # type: ignore[arg-type]
        as_of=AS_OF,
        has_order_ids=ids,
    )


LINES = frame(
    ("a", "甲", "1", day(1), 10.0, True),
    ("a", "甲", "1", day(1), 5.0, True),
    ("a", "乙", "2", day(1), 3.0, True),
    ("a", None, None, day(3), 2.0, True),
    ("a", "丙", "9", day(20), -4.0, False),
    ("b", None, "3", day(30), 0.1, True),
    ("b", None, "4", day(30), 0.2, True),
    ("c", "丁", "5", day(2), -7.0, False),
)


@pytest.mark.parametrize(
    ("chosen", "frequency", "monetary"),
    [
        ({}, 3, 16),
        ({"frequency": "days"}, 2, 16),
        ({"frequency": "rows"}, 4, 16),
        ({"monetary": "mean"}, 3, 16 / 3),
        ({"monetary": "mean_per_day"}, 3, 8),
        ({"frequency": "rows", "monetary": "mean"}, 4, 16 / 3),
    ],
)
def test_measures_by_hand(chosen: dict[str, str], frequency: float, monetary: float) -> None:
    result = measured(LINES, **chosen)
    assert tuple(result.columns) == COLUMNS
    assert result["customer"].to_list() == ["a", "b"]
    first = result.row(0, named=True)
    assert (first["recency"], first["frequency"]) == (27, frequency)
    assert first["monetary"] == pytest.approx(monetary, abs=1e-6)
    assert (first["first_date"], first["last_date"]) == (day(1), day(3))
    assert first["name"] == "丙"


def test_without_order_ids_each_line_is_an_order() -> None:
    assert measured(LINES, ids=False)["frequency"].to_list() == [4, 2]
    assert measured(LINES, ids=False, monetary="mean")["monetary"].to_list() == [4, 0.15]


def test_sums_are_rounded_and_the_bare_sum_is_kept() -> None:
    pair = frame(("a", None, "1", day(1), 15.36, True), ("a", None, "2", day(2), 16.99, True))
    result = measured(pair).row(0, named=True)
    assert result["monetary"] == 32.35
    assert result["monetary_raw"] == 15.36 + 16.99 != 32.35


def test_a_last_day_that_is_the_day_itself_is_zero_days_ago() -> None:
    assert measured(LINES)["recency"].to_list()[1] == 0


def test_the_latest_name_counts_and_ties_are_settled() -> None:
    names = frame(
        ("a", "旧", "1", day(1), 1.0, True),
        ("a", "b", "2", day(5), 1.0, True),
        ("a", "a", "3", day(5), 1.0, True),
    )
    assert measured(names)["name"].to_list() == ["a"]


def test_same_name_with_different_ids_is_two_customers() -> None:
    twins = frame(("a", "王芳", "1", day(1), 1.0, True), ("b", "王芳", "2", day(1), 2.0, True))
    assert measured(twins)["monetary"].to_list() == [1, 2]


LINE = st.tuples(
    st.sampled_from("abcd"),
    st.sampled_from([None, "甲", "乙"]),
    st.sampled_from([None, "1", "2", "3", "4", "5"]),
    st.integers(1, 30).map(day),
    st.integers(-(10**6), 10**8).map(lambda cents: cents / 100),
    st.booleans(),
)
SETTINGS = st.fixed_dictionaries(
    {
        "frequency": st.sampled_from(["orders", "days", "rows"]),
        "monetary": st.sampled_from(["sum", "mean", "mean_per_day"]),
    }
)
ORDERS = st.lists(LINE, min_size=1, max_size=30)


@given(lines=ORDERS, chosen=SETTINGS, ids=st.booleans(), cut=st.integers(0, 30), mix=st.randoms())
@settings(deadline=None, max_examples=60)
def test_row_order_and_chunks_do_not_matter(
    lines: list[Line], chosen: dict[str, str], ids: bool, cut: int, mix: Any
) -> None:
    mixed = list(lines)
    mix.shuffle(mixed)
    chunked = pl.concat([frame(*mixed[:cut]), frame(*mixed[cut:])], rechunk=False)
    expected = measured(frame(*lines), ids=ids, **chosen)
    assert measured(chunked, ids=ids, **chosen).equals(expected)


@given(lines=ORDERS, chosen=SETTINGS)
@settings(deadline=None, max_examples=60)
def test_the_rule_in_plain_python(lines: list[Line], chosen: dict[str, str]) -> None:
    result = measured(frame(*lines), **chosen)
    wanted = {}
    for key in sorted({line[0] for line in lines if line[5]}):
        mine = [line for line in lines if line[0] == key]
        bought = [line for line in mine if line[5]]
        days = {line[3] for line in bought}
        known = {line[2] for line in bought if line[2]}
        orders = len(known) + sum(line[2] is None for line in bought)
        money = sum(Fraction(str(line[4])) for line in mine)
        per = {"sum": 1, "mean": orders, "mean_per_day": len(days)}[chosen["monetary"]]
        counted = {"orders": orders, "days": len(days), "rows": len(bought)}[chosen["frequency"]]
        wanted[key] = ((AS_OF - max(days)).days, counted, float(money / per))
    got = {
        r["customer"]: (r["recency"], r["frequency"], r["monetary"])
        for r in result.iter_rows(named=True)
    }
    assert got == {k: (r, f, pytest.approx(m, abs=1e-6)) for k, (r, f, m) in wanted.items()}


@given(lines=ORDERS, chosen=SETTINGS, ids=st.booleans())
@settings(deadline=None, max_examples=15)
def test_pandas_polars_and_duckdb_agree(
    lines: list[Line], chosen: dict[str, str], ids: bool
) -> None:
    orders = frame(*lines)
    arguments: dict[str, Any] = {
        "settings": MeasureSettings(**chosen),  # type: ignore[arg-type]
        "as_of": AS_OF,
        "has_order_ids": ids,
    }
    expected = measure_orders(orders, **arguments)
    lazy = measure_orders(orders.lazy(), **arguments).collect()
    assert lazy.equals(expected)
    in_duckdb: Any = duckdb.from_arrow(orders.to_arrow())
    other = pl.from_arrow(measure_orders(in_duckdb, **arguments).arrow().read_all())
    assert same(other, expected)
    in_pandas = pd.DataFrame(orders.to_arrow().to_pandas(date_as_object=False))
    assert same(pl.from_pandas(measure_orders(in_pandas, **arguments)), expected)


def same(other: Any, expected: pl.DataFrame) -> bool:
    wanted = {name: expected.schema[name] for name in COLUMNS}
    assert tuple(other.columns) == COLUMNS
    return bool(other.cast(wanted).equals(expected))
