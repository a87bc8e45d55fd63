"""Rows that are no orders: totals in any column, repeated headers, customers that are none."""

from __future__ import annotations

import dataclasses

import polars as pl
import pytest

from segmentation.amounts import parse_amounts
from segmentation.check import check_orders
from segmentation.check_customers import check_customers
from segmentation.columns import layout
from segmentation.scheme import MeasureSettings
from tests.segmentation.sheets import sheet

HEADER = ["Customer", "Order Date", "Item", "Amount"]
GOOD = ["Ann", "2026-01-05", "Tea", "10"]


def reasons(*rows: list[str]) -> list[str]:
    """The rule of each row left out, in order."""
    found = check_orders([layout(sheet(HEADER, *rows, GOOD))], settings=MeasureSettings())
    assert found.read == len(rows) + 1
    return found.findings["rule"].to_list()


@pytest.mark.parametrize(
    "word", ["Total", "Grand total:", "Subtotal", "合计", "小計", " 本页合计 "]
)
@pytest.mark.parametrize("column", [0, 2])
def test_a_total_may_stand_in_any_column(word: str, column: int) -> None:
    row = ["", "", "", "99"]
    row[column] = word
    assert reasons(row) == ["total_row"]


def test_an_order_of_something_called_total_is_an_order() -> None:
    assert reasons(["Bob", "2026-01-06", "Total", "5"]) == []


def test_a_repeated_header_is_no_order() -> None:
    assert reasons(HEADER) == ["total_row"]


@pytest.mark.parametrize("nobody", ["NULL", "#N/A", "-", "——", "未知", "None", "n/a"])
def test_a_customer_that_is_none(nobody: str) -> None:
    assert reasons([nobody, "2026-01-06", "Tea", "5"]) == ["missing_customer"]


@pytest.mark.parametrize("somebody", ["Nan", "Na", "散客", "0", "Null & Sons"])
def test_a_customer_that_looks_like_none(somebody: str) -> None:
    assert reasons([somebody, "2026-01-06", "Tea", "5"]) == []


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("Cancelled by customer", ["cancelled"]),
        ("Refunded", ["refunded"]),
        ("Refunded partially", []),
        ("部分退款", []),
        ("Closed", []),
        ("Unpaid", []),
        ("待付款", ["cancelled"]),
        ("等待买家付款", ["cancelled"]),
        ("买家已取消", ["cancelled"]),
        ("取消失败", []),
        ("已退款关闭", ["refunded"]),
        ("not refunded", []),
        ("No show", ["cancelled"]),
    ],
)
def test_status_words(status: str, expected: list[str]) -> None:
    rows = [[*HEADER, "Status"], ["Bob", "2026-01-06", "Tea", "5", status], [*GOOD, "Done"]]
    found = check_orders([layout(sheet(*rows))], settings=MeasureSettings())
    assert found.findings["rule"].to_list() == expected
    told = [params["statuses"] for code, params in found.notes if code == "statuses_used"]
    assert told == ([] if expected else [dict.fromkeys(sorted(["Done", status]), 1)])


@pytest.mark.parametrize(
    "word", ["合计", "Total", "平均", "2025年合计", "总计(元)", "Sum of Amount"]
)
def test_a_total_is_none_of_the_customers_even_with_a_date(word: str) -> None:
    assert reasons([word, "2026-01-06", "", "99"]) == ["total_row"]


@pytest.mark.parametrize("name", ["Total Energies", "Meanwood Ltd", "上海总计算机公司", "@SUM(A1)"])
def test_a_customer_whose_name_begins_like_a_total(name: str) -> None:
    assert reasons([name, "2026-01-06", "", "99"]) == []


def test_the_total_of_a_group_has_no_date() -> None:
    assert reasons(["Ann Total", "", "", "99"]) == ["total_row"]


def test_a_total_in_a_list_of_customers() -> None:
    rows = [("customer_id", "recency_days", "orders", "total_spend"), ("Ann", "3", "2", "50")]
    found = check_customers(
        [layout(sheet(*rows, ("Total", "45", "465", "4380"), ("平均", "9", "1", "5")))],
        settings=MeasureSettings(),
    )
    assert found.left_out == {"total_row": 2}


def test_merged_customers_reach_their_last_row_and_merged_amounts_do_not() -> None:
    rows = [HEADER, GOOD, [None, None, "Milk", "5"], [None, None, "Rice", None]]
    raw = dataclasses.replace(
        sheet(*rows), merged=lambda: [(1, 0, 3, 0), (1, 1, 3, 1), (2, 3, 3, 3)]
    )
    found = check_orders([layout(raw)], settings=MeasureSettings())
    assert found.rows.select("customer", "amount").rows() == [("Ann", 10.0), ("Ann", 5.0)]
    assert found.left_out == {"bad_amount": 1}


def test_many_rows_left_out_for_one_reason_are_told() -> None:
    found = check_orders(
        [layout(sheet(HEADER, GOOD, *[["", "2026-01-05", "Tea", "1"]] * 3))],
        settings=MeasureSettings(),
    )
    assert [code for code, _ in found.notes] == ["many_missing_customer"]


@pytest.mark.parametrize(
    ("amounts", "kinds"),
    [(["$5", "€7"], ["EUR", "USD"]), (["¥5", "7元"], []), (["HK$5", "$1"], ["HKD", "USD"])],
)
def test_currencies_that_were_added_up_are_told(amounts: list[str], kinds: list[str]) -> None:
    rows = [["Bob", "2026-01-06", "Tea", amount] for amount in amounts]
    found = check_orders([layout(sheet(HEADER, *rows))], settings=MeasureSettings())
    said = [params["currencies"] for code, params in found.notes if code == "mixed_currencies"]
    assert said == ([kinds] if kinds else [])


def test_a_currency_column_tells_too() -> None:
    rows = [[*HEADER, "Currency"], [*GOOD, "usd"], [*GOOD, "EUR"]]
    found = check_orders([layout(sheet(*rows))], settings=MeasureSettings())
    assert ("mixed_currencies", {"currencies": ["EUR", "USD"]}) in found.notes


def test_points_group_thousands_beside_small_whole_amounts() -> None:
    some = pl.Series(["1.234", "2.500", "10.750", "950", "80"])
    assert parse_amounts(some, money=True).to_list() == [1234, 2500, 10750, 950, 80]
    assert parse_amounts(some).to_list() == [1.234, 2.5, 10.75, 950, 80]
    prices = pl.Series(["1.459", "1.529", "1.399"])
    assert parse_amounts(prices, money=True).to_list() == [1.459, 1.529, 1.399]
