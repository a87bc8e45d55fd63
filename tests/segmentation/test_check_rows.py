"""Rows that are no orders: totals in any column, repeated headers, customers that are none."""

from __future__ import annotations

import pytest

from segmentation.check import check_orders
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
    ],
)
def test_status_words(status: str, expected: list[str]) -> None:
    rows = [[*HEADER, "Status"], ["Bob", "2026-01-06", "Tea", "5", status], [*GOOD, "Done"]]
    found = check_orders([layout(sheet(*rows))], settings=MeasureSettings())
    assert found.findings["rule"].to_list() == expected
