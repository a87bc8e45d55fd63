"""Several sheets and files, and sheets of customers."""

from __future__ import annotations

import datetime as dt

import pytest

from segmentation.errors import DataError
from tests.segmentation.sheets import ORDERS, PEOPLE, checked_sheets, reasons, sheet


def test_sheets_of_one_file() -> None:
    result = checked_sheets(
        sheet(("报表",), (), ORDERS, ("K1", "D1", "2025-06-01", "10"), name="六月"),
        sheet(
            ("会员", "时间", "金额"), ("K1", "未知", "5"), ("K2", "2025-07-02", "5"), name="七月"
        ),
    )
    assert result.findings.rows() == [("七月", 2, "时间", "未知", "bad_date")]
    assert result.rows["customer"].to_list() == ["K1", "K2"]
    assert (result.read, result.used) == (3, 2)


def test_sheets_of_several_files_are_told_apart() -> None:
    rows = [ORDERS, ("K1", "D1", "x", "10"), ("K2", "D2", "2025-06-01", "10")]
    result = checked_sheets(sheet(*rows, file="a.xlsx"), sheet(*rows, file="b.xlsx"))
    assert result.findings["sheet"].to_list()[0] == "a.xlsx · Sheet1"
    assert result.left_out == {"bad_date": 2, "duplicate": 1}


def test_each_sheet_decides_on_its_own_dates() -> None:
    europe = [("K1", "D1", "31/12/2024", "10"), ("K1", "D2", "3/4/2025", "10")]
    america = [("K2", "D3", "12/31/2024", "10"), ("K2", "D4", "3/4/2025", "10")]
    result = checked_sheets(sheet(ORDERS, *europe), sheet(ORDERS, *america, name="US"))
    assert result.left_out == {}
    assert result.rows["date"].to_list() == [
        dt.date(2024, 12, 31),
        dt.date(2025, 4, 3),
        dt.date(2024, 12, 31),
        dt.date(2025, 3, 4),
    ]


def test_a_sheet_that_cannot_decide_follows_the_others() -> None:
    result = checked_sheets(
        sheet(ORDERS, ("K1", "D1", "31/12/2024", "10")),
        sheet(ORDERS, ("K1", "D2", "3/4/2025", "10"), name="2"),
    )
    assert result.rows["date"].to_list()[1] == dt.date(2025, 4, 3)


def test_each_sheet_decides_on_its_own_decimal_comma() -> None:
    result = checked_sheets(
        sheet(ORDERS, ("K1", "D1", "2025-06-01", "1.234,50"), ("K1", "D2", "2025-06-01", "2.500")),
        sheet(ORDERS, ("K1", "D3", "2025-06-01", "1,234.50"), name="2"),
    )
    assert result.rows["amount"].to_list() == [1234.5, 2500, 1234.5]


def test_units_hold_for_their_sheet() -> None:
    wan = ("客户编号", "订单号", "下单日期", "金额(万元)")
    result = checked_sheets(
        sheet(ORDERS, ("K1", "D1", "2025-06-01", "5")),
        sheet(wan, ("K1", "D2", "2025-06-01", "5"), name="2"),
    )
    assert result.rows["amount"].to_list() == [5, 50_000]


def test_customers_with_days() -> None:
    result = checked_sheets(
        sheet(
            PEOPLE,
            ("a", "30", "3", "1,200"),
            ("b", "0", "1", "-5"),
            ("a", "31", "3", "9"),
            (None, "1", "1", "1"),
            ("c", None, "1", "1"),
            ("d", "-2", "1", "1"),
            ("e", "2.5", "1", "1"),
            ("f", "2", None, "1"),
            ("g", "2", "1", "?"),
            ("h", "2", "0", "1"),
            ("Total", None, "9", "99"),
            (" ", None, None, None),
        )
    )
    assert reasons(result) == {
        4: "duplicate",
        5: "missing_customer",
        6: "bad_date",
        7: "future_date",
        8: "bad_date",
        9: "bad_amount",
        10: "bad_amount",
        11: "zero_or_negative",
        12: "total_row",
        13: "blank_row",
    }
    assert result.rows.select("customer", "recency", "frequency", "monetary").rows() == [
        ("a", 30, 3, 1200),
        ("b", 0, 1, -5),
    ]
    assert result.as_of is None


LAST = ("客户", "最近购买日期", "购买次数", "消费总额")


def test_customers_with_last_dates() -> None:
    rows = [LAST, ("a", "2025-06-01", "3", "10"), ("b", "2025-06-11", "1", "10")]
    result = checked_sheets(sheet(*rows))
    assert (str(result.as_of), result.rows["recency"].to_list()) == ("2025-06-12", [11, 1])
    asked = checked_sheets(sheet(*rows), as_of="2025-06-05")
    assert (asked.rows["recency"].to_list(), asked.left_out) == ([4], {"future_date": 1})
    early = checked_sheets(sheet(*rows), today="2025-06-05")
    assert (str(early.as_of), early.left_out) == ("2025-06-02", {"future_date": 1})


def test_days_and_dates_together_give_the_day_they_were_counted_for() -> None:
    headers = (*LAST, "recency")
    rows = [("a", "2025-06-01", "3", "10", "29"), ("b", "2025-06-11", "1", "10", "19")]
    result = checked_sheets(sheet(headers, *rows))
    assert (str(result.as_of), result.rows["recency"].to_list()) == ("2025-06-30", [29, 19])
    later = checked_sheets(sheet(headers, *rows), as_of="2025-07-01")
    assert later.rows["recency"].to_list() == [30, 20]


def test_customers_before_the_day() -> None:
    with pytest.raises(DataError) as refused:
        checked_sheets(sheet(LAST, ("a", "2025-06-01", "3", "10")), as_of="2025-01-01")
    assert refused.value.code == "as_of_before_data"


def test_undecidable_last_dates_are_asked_about() -> None:
    rows = [("a", "3/4/2025", "3", "10"), ("b", "5/6/2025", "3", "10")]
    with pytest.raises(DataError) as asked:
        checked_sheets(sheet(LAST, *rows))
    assert asked.value.code == "date_order_unknown"


def test_a_date_of_another_kind_on_a_sheet_of_customers() -> None:
    headers = ("客户", "创建时间", *LAST[1:])
    rows = [("a", "2024-01-01", "2025-06-01", "3", "10"), ("b", "2024-01-01", "?", "3", "10")]
    result = checked_sheets(sheet(headers, *rows))
    assert result.findings.rows() == [("Sheet1", 3, "最近购买日期", "?", "bad_date")]


def test_a_finding_shows_the_column_that_can_not_be_read() -> None:
    rows = [("a", "2025-06-01", "abc", "10"), ("b", "2025-06-01", "3", "ten")]
    rows += [("c", "2025-06-01", "3", "10")]
    result = checked_sheets(sheet(LAST, *rows))
    assert result.findings.rows() == [
        ("Sheet1", 2, "购买次数", "abc", "bad_amount"),
        ("Sheet1", 3, "消费总额", "ten", "bad_amount"),
    ]
    both = ("客户", "距上次购买天数", *LAST[1:])
    days = [("a", None, "someday", "3", "10"), ("b", "soon", None, "3", "10")]
    result = checked_sheets(sheet(both, *days, ("c", "4", None, "3", "10")))
    assert result.findings.select("column", "value").rows() == [
        ("最近购买日期", "someday"),
        ("距上次购买天数", "soon"),
    ]
    priced = ("客户", "日期", "数量", "单价")
    lines = [("a", "2025-06-01", "2", "x"), ("b", "2025-06-01", "y", "2")]
    result = checked_sheets(sheet(priced, *lines, ("c", "2025-06-01", "2", "2")))
    assert result.findings.select("column", "value").rows() == [("单价", "x"), ("数量", "y")]
