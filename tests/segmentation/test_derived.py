"""Measures beside recency, frequency and monetary: by hand, and against pandas."""

from __future__ import annotations

import datetime as dt
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.measures import COLUMNS, measure_orders
from segmentation.run import check, look, measure
from segmentation.scheme import DERIVED, MeasureSettings
from tests.segmentation.sheets import Row, found, scheme, sheet

AS_OF = dt.date(2025, 12, 31)
SCHEMA = {
    "customer": pl.String,
    "name": pl.String,
    "order": pl.String,
    "date": pl.Date,
    "amount": pl.Float64,
    "purchase": pl.Boolean,
    "category": pl.String,
    "back": pl.Float64,
}
Line = tuple[str, str | None, str | None, dt.date, float, bool, str | None, float]


def ago(days: int) -> dt.date:
    return AS_OF - dt.timedelta(days=days)


def frame(*lines: Line) -> pl.DataFrame:
    return pl.DataFrame(list(lines), schema=SCHEMA, orient="row")


def derived(orders: pl.DataFrame, *, ids: bool = True, **chosen: Any) -> dict[str, Any]:
    """Measures by customer."""
    result = measure_orders(
        orders,
        settings=MeasureSettings(**chosen),
        as_of=AS_OF,
        has_order_ids=ids,
        extra=DERIVED,
    )
    return {row["customer"]: row for row in result.iter_rows(named=True)}


LINES = frame(
    ("a", None, "1", ago(400), 100.0, True, "Tea", 0.0),
    ("a", None, "2", ago(364), 60.0, True, "Tea", 20.0),
    ("a", None, "2", ago(364), 20.0, True, None, 0.0),
    ("a", None, "3", ago(182), 40.0, True, "Cups", 0.0),
    ("a", None, None, ago(182), 10.0, True, "Tea", 0.0),
    ("a", None, "9", ago(1), -25.0, False, "Pots", 0.0),
    ("b", None, "4", ago(0), 5.0, True, None, 0.0),
    ("b", None, "8", ago(0), -9.0, False, "Tea", 0.0),
)


def test_every_measure_by_hand() -> None:
    first, second = derived(LINES)["a"], derived(LINES)["b"]
    # 100 + 60 + 20 + 40 + 10 - 25 in four orders, one of them without a number.
    assert first["mean_order"] == pytest.approx(205 / 4, abs=1e-6)
    assert (first["categories"], first["tenure"]) == (2, 400)
    days = {ago(400), ago(364), ago(182)}
    assert first["active_months"] == len({(d.year, d.month) for d in days}) == 3
    assert first["interval"] == (400 - 182) / 2
    assert first["growth"] == pytest.approx((50 - 25) / (130 - 25))
    assert first["return_share"] == pytest.approx((25 + 20) / (230 + 20))
    assert first["repeat_rate"] == 3 / 4
    assert (second["mean_order"], second["categories"], second["tenure"]) == (-4, 0, 0)
    assert (second["active_months"], second["repeat_rate"]) == (1, 0)
    assert (second["interval"], second["growth"], second["return_share"]) == (None, None, 1)


def test_a_window_leaves_dates_and_growth_alone() -> None:
    whole, recent = derived(LINES)["a"], derived(LINES, window_days=182)["a"]
    for measure_name in ("recency", "tenure", "interval", "growth", "first_date", "last_date"):
        assert recent[measure_name] == whole[measure_name], measure_name
    assert (recent["frequency"], recent["monetary"]) == (2, 25)
    assert (recent["mean_order"], recent["repeat_rate"]) == (12.5, 0.5)
    assert (recent["categories"], recent["active_months"]) == (2, 1)
    assert recent["return_share"] == 0.5


@pytest.mark.parametrize("monetary", ["sum", "mean", "mean_per_day"])
@pytest.mark.parametrize("frequency", ["orders", "days", "rows"])
def test_who_bought_nothing_in_the_window_stays(monetary: str, frequency: str) -> None:
    result = derived(LINES, window_days=100, monetary=monetary, frequency=frequency)
    row = result["a"]
    assert (row["frequency"], row["monetary"], row["monetary_raw"]) == (0, 0, 0)
    assert (row["recency"], row["tenure"]) == (182, 400)
    assert (row["mean_order"], row["repeat_rate"]) == (None, None)
    assert (row["categories"], row["active_months"]) == (0, 0)
    assert result["b"]["frequency"] == 1


def test_without_a_category_column_categories_are_unknown() -> None:
    assert derived(LINES.drop("category"))["a"]["categories"] is None
    assert derived(LINES.drop("back"))["a"]["return_share"] == pytest.approx(25 / 230)


def test_nothing_is_measured_that_was_not_asked_for() -> None:
    arguments: dict[str, Any] = {
        "settings": MeasureSettings(),
        "as_of": AS_OF,
        "has_order_ids": True,
    }
    assert tuple(measure_orders(LINES, **arguments).columns) == COLUMNS
    some = measure_orders(LINES, **arguments, extra=("growth", "tenure"))
    assert tuple(some.columns) == (*COLUMNS, "growth", "tenure")


LINE = st.tuples(
    st.sampled_from("abc"),
    st.none(),
    st.sampled_from([None, "1", "2", "3", "4"]),
    st.integers(0, 500).map(ago),
    st.integers(0, 10**7).map(lambda cents: cents / 100),
    st.booleans(),
    st.sampled_from([None, "x", "y", "z"]),
    st.integers(0, 500).map(lambda cents: cents / 100),
).map(
    lambda row: (*row[:4], row[4] if row[5] else -row[4], row[5], row[6], row[7] if row[5] else 0.0)
)
ORDERS = st.lists(LINE, min_size=1, max_size=25)
WINDOW = st.sampled_from([None, 1, 90, 365])


@given(lines=ORDERS, ids=st.booleans(), window=WINDOW)
@settings(deadline=None, max_examples=60)
def test_pandas_says_the_same(lines: list[Line], ids: bool, window: int | None) -> None:
    result = derived(frame(*lines), ids=ids, window_days=window)
    table = pd.DataFrame(lines, columns=list(SCHEMA))
    table["days"] = [(AS_OF - d).days for d in table["date"]]
    buyers = table[table.purchase].customer.unique()
    assert set(result) == set(buyers)
    for key in buyers:
        for measure_name, wanted in second_look(table[table.customer == key], ids, window).items():
            got = result[key][measure_name]
            assert (got is None) == bool(np.isnan(wanted)), measure_name
            assert got is None or got == pytest.approx(wanted, abs=1e-5), measure_name


def second_look(rows: pd.DataFrame, ids: bool, window: int | None) -> dict[str, float]:
    """The measures of one customer, written down a second time; NaN where unknown."""
    bought = rows[rows.purchase]
    inside = rows if window is None else rows[rows.days <= window]
    kept, returned = inside[inside.purchase], inside[~inside.purchase]
    orders = kept.order.dropna().nunique() + kept.order.isna().sum() if ids else len(kept)
    months = {(d.year, d.month) for d in kept.date}
    purchase_days = bought.days.nunique()
    half, year = rows[rows.days <= 182].amount.sum(), rows[rows.days <= 364].amount.sum()
    gross = kept.amount.sum() + kept.back.sum()
    money = round(inside.amount.sum(), 6)
    gone = kept.back.sum() - returned.amount.sum()
    nan = float("nan")
    return {
        "frequency": orders,
        "monetary": money if orders else 0,
        "mean_order": money / orders if orders else nan,
        "categories": kept.category.nunique(),
        "active_months": len(months),
        "tenure": bought.days.max(),
        "interval": (bought.days.max() - bought.days.min()) / (purchase_days - 1)
        if purchase_days > 1
        else nan,
        "growth": np.clip(half / year, 0, 1) if round(year, 6) > 0 else nan,
        "return_share": np.clip(gone / gross, 0, 1) if round(gross, 6) > 0 else nan,
        "repeat_rate": (orders - 1) / orders if orders else nan,
    }


@given(lines=ORDERS, ids=st.booleans(), window=WINDOW, mix=st.randoms())
@settings(deadline=None, max_examples=25)
def test_engines_and_row_order_do_not_matter(
    lines: list[Line], ids: bool, window: int | None, mix: Any
) -> None:
    orders = frame(*lines)
    arguments: dict[str, Any] = {
        "settings": MeasureSettings(window_days=window),
        "as_of": AS_OF,
        "has_order_ids": ids,
        "extra": DERIVED,
    }
    expected = measure_orders(orders, **arguments)
    mixed = list(lines)
    mix.shuffle(mixed)
    assert measure_orders(frame(*mixed), **arguments).equals(expected)
    assert measure_orders(orders.lazy(), **arguments).collect().equals(expected)
    in_duckdb: Any = duckdb.from_arrow(orders.to_arrow())
    other: Any = pl.from_arrow(measure_orders(in_duckdb, **arguments).arrow().read_all())
    in_pandas = pd.DataFrame(orders.to_arrow().to_pandas(date_as_object=False))
    for result in (other, pl.from_pandas(measure_orders(in_pandas, **arguments))):
        assert tuple(result.columns) == (*COLUMNS, *DERIVED)
        assert result.cast(expected.schema).equals(expected)


HEADERS = ("客户编号", "订单号", "下单日期", "金额", "品类", "退款金额")
ROWS: tuple[Row, ...] = (
    ("K1", "1", "2025-01-05", "100", " 茶叶 ", "30"),
    ("K1", "2", "2025-02-05", "50", "茶叶", None),
    ("K1", "3", "2025-02-06", "-20", "茶具", None),
    ("K2", "4", "2025-02-07", "80", None, "80"),
    ("K3", "5", "2025-02-07", "80", "", None),
)


@pytest.mark.parametrize(("refunds", "share"), [("net", 50 / 150), ("drop", 30 / 150), ("keep", 0)])
def test_refunds_of_a_column_count_as_returned(refunds: str, share: float) -> None:
    chosen = MeasureSettings(refunds=refunds)  # type: ignore[arg-type]
    done = check([found(HEADERS, *ROWS)], settings=chosen, carry={"category", "back"})
    result = measure(done, chosen, ("categories", "return_share"))
    first = result.row(0, named=True)
    assert first["return_share"] == pytest.approx(share)
    assert first["categories"] == (2 if refunds == "keep" else 1)
    assert result["customer"].to_list() == (
        ["K1", "K2", "K3"] if refunds == "keep" else ["K1", "K3"]
    )
    assert result["categories"].to_list()[-1] == 0


def test_rows_carry_only_what_is_asked_for_and_there() -> None:
    plain = check([found(HEADERS, *ROWS)], settings=MeasureSettings())
    names = ["customer", "name", "order", "date", "amount", "purchase"]
    assert plain.rows.columns == names
    some = [row[:4] for row in ROWS]
    bare = check(
        [found(HEADERS[:4], *some)], settings=MeasureSettings(), carry={"category", "back", "place"}
    )
    assert bare.rows.columns == [*names, "sheet_no", "row"]
    assert bare.rows["row"].to_list() == [2, 3, 4, 5, 6]


LIMITS = """
method = "thresholds"
[[tiers]]
key = "A"
name = "A"
limits = { {MEASURE} = { at_least = 1 } }
[[tiers]]
key = "B"
name = "B"
"""
PEOPLE = ("客户编号", "首次购买日期", "最近购买日期", "购买次数", "消费总额")


@pytest.mark.parametrize(
    ("measure_name", "expected"),
    [
        ("mean_order", [100.0, 50.0, 20.0]),
        ("repeat_rate", [0.75, 0.5, 0.0]),
        ("tenure", [91.0, None, 1.0]),
        ("interval", [30.0, None, None]),
        ("categories", [None] * 3),
        ("growth", [None] * 3),
    ],
)
def test_customers_tell_some_of_it(measure_name: str, expected: list[float | None]) -> None:
    rows = (
        ("K1", "2025-01-01", "2025-04-01", "4", "400"),
        ("K2", None, "2025-03-01", "2", "100"),
        ("K3", "2025-04-01", "2025-04-01", "1", "20"),
    )
    looked = look([sheet(PEOPLE, *rows)], scheme=scheme(LIMITS.replace("{MEASURE}", measure_name)))
    assert looked.measures[measure_name].to_list() == expected
