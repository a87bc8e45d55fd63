"""Each reason for leaving a row out, with the smallest sheet that shows it."""

from __future__ import annotations

import pytest

from segmentation.errors import DataError
from tests.segmentation.sheets import ORDERS, Row, checked, reasons

GOOD = ("K1", "D1", "2025-06-01", "10")
STATUS = (*ORDERS, "订单状态")
LINES = ("Customer ID", "Invoice", "Date", "Quantity", "Price")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ((None, "D2", "2025-06-02", "5"), "missing_customer"),
        (("  ", "D2", "2025-06-02", "5"), "missing_customer"),
        (("K2", "D2", None, "5"), "bad_date"),
        (("K2", "D2", "未知", "5"), "bad_date"),
        (("K2", "D2", "2025-07-02", "5"), "future_date"),
        (("K2", "D2", "2025-06-02", None), "bad_amount"),
        (("K2", "D2", "2025-06-02", "免费"), "bad_amount"),
        (GOOD, "duplicate"),
        (("K2", "D2", "2025-06-02", "-5"), "returns_only"),
        (("合计", None, None, "15"), "total_row"),
        ((None, "Total:", None, "15"), "total_row"),
        ((" ", "", None, None), "blank_row"),
    ],
)
def test_reasons(row: Row, reason: str) -> None:
    result = checked(GOOD, row, as_of="2025-06-30")
    assert result.left_out == {reason: 1}
    assert reasons(result) == {3: reason}
    assert (result.read, result.used) == (2, 1)


def test_a_wholly_empty_row_is_not_read() -> None:
    result = checked(GOOD, (None, None, None, None), ("", None, None, None), GOOD)
    assert (result.read, result.left_out) == (2, {"duplicate": 1})
    assert reasons(result) == {5: "duplicate"}


def test_the_first_reason_counts() -> None:
    result = checked(GOOD, (None, "D2", "未知", "x"), ("K2", "D3", "未知", "x"))
    assert reasons(result) == {3: "missing_customer", 4: "bad_date"}


def test_a_finding_names_sheet_row_column_and_value() -> None:
    result = checked(GOOD, ("K2", "D2", "未知", "5"), ("K3", "D3", "2025-06-02", "x"))
    assert result.findings.rows() == [
        ("Sheet1", 3, "下单日期", "未知", "bad_date"),
        ("Sheet1", 4, "金额", "x", "bad_amount"),
    ]


def test_a_customer_called_total_with_a_date_is_a_customer() -> None:
    result = checked(GOOD, ("Total", "D2", "2025-06-02", "5"))
    assert result.left_out == {}
    assert result.rows["customer"].to_list() == ["K1", "Total"]


def test_a_total_may_stand_in_a_column_without_a_role() -> None:
    headers = ("序号", *ORDERS)
    result = checked(("1", *GOOD), ("合计", None, None, None, "10"), headers=headers)
    assert result.left_out == {"total_row": 1}


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("交易关闭", "cancelled"),
        ("已取消", "cancelled"),
        ("已 取消 ", "cancelled"),
        ("待付款", "cancelled"),
        ("Cancelled", "cancelled"),
        ("CANCELED", "cancelled"),
        ("Canceled by customer", "cancelled"),
        ("voided", "cancelled"),
        ("Payment failed", "cancelled"),
        ("退款成功", "refunded"),
        ("已退货", "refunded"),
        ("已退貨", "refunded"),
        ("Refunded", "refunded"),
        ("Returned", "refunded"),
        ("交易成功", None),
        ("已发货", None),
        ("部分退款", None),
        ("Partially refunded", None),
        ("paid", None),
        (None, None),
    ],
)
def test_status_words(word: str | None, reason: str | None) -> None:
    rows = [(*GOOD, "交易成功"), ("K2", "D2", "2025-06-02", "5", word)]
    assert checked(*rows, headers=STATUS).left_out == ({reason: 1} if reason else {})
    assert checked(*rows, headers=STATUS, refunds="drop").left_out == (
        {reason: 1} if reason else {}
    )
    assert checked(*rows, headers=STATUS, refunds="keep").left_out == {}


def test_cancelled_invoices_of_the_uci_kind() -> None:
    rows = [
        ("17850.0", "536365", "2010-12-01 08:26:00", "6", "2.55"),
        ("17850.0", "C536379", "2010-12-01 09:41:00", "-1", "27.5"),
        ("17850.0", "C536380", "2010-12-01 09:41:00", "1", "27.5"),
    ]
    result = checked(*rows, headers=LINES)
    assert reasons(result) == {3: "cancelled"}
    assert result.rows["amount"].to_list() == [15.3, 27.5]
    assert result.rows["customer"].unique().to_list() == ["17850"]
    assert checked(*rows, headers=LINES, refunds="keep").left_out == {}


def test_zero_priced_lines_are_left_out_and_vouchers_are_not() -> None:
    rows = [
        ("K1", "1", "2025-06-01", "2", "5"),
        ("K1", "2", "2025-06-02", "2", "0"),
    ]
    assert reasons(checked(*rows, headers=LINES)) == {3: "zero_or_negative"}
    assert checked(*rows, headers=LINES, refunds="keep").left_out == {}
    voucher = checked(GOOD, ("K2", "D2", "2025-06-02", "0"))
    assert (voucher.left_out, voucher.used) == ({}, 2)
    assert voucher.rows["purchase"].to_list() == [True, True]
    assert reasons(checked(GOOD, ("K1", "D2", "2025-06-02", "0"), refunds="drop")) == {
        3: "zero_or_negative"
    }


@pytest.mark.parametrize(
    ("refunds", "amounts", "purchases", "left_out"),
    [
        ("net", [10.0, -4.0], [True, False], {}),
        ("drop", [10.0], [True], {"zero_or_negative": 1}),
        ("keep", [10.0, -4.0], [True, True], {}),
    ],
)
def test_returns(
    refunds: str, amounts: list[float], purchases: list[bool], left_out: dict[str, int]
) -> None:
    result = checked(GOOD, ("K1", "D2", "2025-06-09", "-4"), refunds=refunds)
    assert result.rows["amount"].to_list() == amounts
    assert result.rows["purchase"].to_list() == purchases
    assert result.left_out == left_out
    assert str(result.as_of) == ("2025-06-10" if refunds == "keep" else "2025-06-02")
    assert [code for code, _ in result.notes] == (["returns"] if refunds == "net" else [])


def test_a_negative_quantity_is_a_return_however_its_amount_is_written() -> None:
    headers = (*ORDERS, "数量")
    rows = [(*GOOD, "1"), ("K1", "D2", "2025-06-02", "4", "-1")]
    result = checked(*rows, headers=headers)
    assert result.rows["amount"].to_list() == [10, -4]
    assert reasons(checked(*rows, headers=headers, refunds="drop")) == {3: "zero_or_negative"}


def test_refund_amounts_lower_and_full_refunds_leave_out() -> None:
    headers = (*ORDERS, "退款金额")
    rows = [
        (*GOOD, None),
        ("K1", "D2", "2025-06-02", "20", "-5.00"),
        ("K1", "D3", "2025-06-03", "20", "20"),
        ("K1", "D4", "2025-06-04", "20", "0"),
    ]
    result = checked(*rows, headers=headers)
    assert result.rows["amount"].to_list() == [10, 15, 20]
    assert reasons(result) == {4: "refunded"}
    kept = checked(*rows, headers=headers, refunds="keep")
    assert kept.rows["amount"].to_list() == [10, 20, 20, 20]


@pytest.mark.parametrize("header", ["是否退款", "Returned", "退款状态"])
@pytest.mark.parametrize(
    ("yes", "no"),
    [("是", "否"), ("Yes", "no"), ("TRUE", "FALSE"), ("退款成功", "没有申请退款"), ("1", "0")],
)
def test_refund_flags(header: str, yes: str, no: str) -> None:
    rows = [
        (*GOOD, no),
        ("K1", "D2", "2025-06-02", "20", yes),
        ("K1", "D3", "2025-06-03", "7", None),
    ]
    result = checked(*rows, headers=(*ORDERS, header))
    assert reasons(result) == {3: "refunded"}
    assert result.rows["amount"].to_list() == [10, 7]


def test_customers_with_returns_only() -> None:
    rows = [GOOD, ("K2", "D2", "2025-06-02", "-5"), ("K2", "D3", "2025-06-03", "-6")]
    assert checked(*rows).left_out == {"returns_only": 2}
    assert checked(*rows, refunds="drop").left_out == {"zero_or_negative": 2}
    assert checked(*rows, refunds="keep").used == 3


def test_duplicates_where_an_order_is_one_row() -> None:
    rows = [GOOD, ("K1", "D2", "2025-06-02", "5"), GOOD, GOOD]
    assert reasons(checked(*rows)) == {4: "duplicate", 5: "duplicate"}
    kept = checked(*rows, duplicates="keep")
    assert (kept.used, kept.notes) == (4, [])


def test_duplicates_where_orders_have_several_lines() -> None:
    rows = [GOOD, ("K1", "D1", "2025-06-01", "5"), GOOD]
    result = checked(*rows)
    assert result.left_out == {}
    assert result.notes == [("duplicates_kept_lines", {"rows": 1})]
    assert reasons(checked(*rows, duplicates="drop")) == {4: "duplicate"}


def test_duplicates_without_order_ids() -> None:
    headers = ("客户", "日期", "金额")
    rows = [("K1", "2025-06-01", "10"), ("K1", "2025-06-01", "10"), ("K2", "2025-06-01", "10")]
    result = checked(*rows, headers=headers)
    assert (result.left_out, result.has_order_ids) == ({}, False)
    assert result.notes == [("duplicates_kept_no_id", {"rows": 1})]
    assert reasons(checked(*rows, headers=headers, duplicates="drop")) == {3: "duplicate"}


def test_repeats_of_rows_left_out_keep_their_own_reason() -> None:
    bad = ("K2", "D2", "未知", "5")
    assert checked(GOOD, bad, bad).left_out == {"bad_date": 2}


def test_amounts_from_quantity_and_price() -> None:
    headers = (*LINES, "Amount")
    rows = [
        ("K1", "1", "2025-06-01", "2", "5", None),
        ("K1", "2", "2025-06-02", "2", "5", "9"),
        ("K1", "3", "2025-06-02", "2", "5", "x"),
    ]
    result = checked(*rows, headers=headers)
    assert result.rows["amount"].to_list() == [10, 9]
    assert reasons(result) == {4: "bad_amount"}
    alone = checked(*[r[:5] for r in rows], headers=LINES)
    assert alone.rows["amount"].to_list() == [10, 10, 10]
    assert ("amount_from_price", {}) in alone.notes


def test_amounts_in_ten_thousands() -> None:
    result = checked(GOOD, headers=("客户编号", "订单号", "下单日期", "金额(万元)"))
    assert result.rows["amount"].to_list() == [100_000]


def test_the_day_to_grade_for() -> None:
    rows = [GOOD, ("K2", "D2", "2025-06-20", "5")]
    assert str(checked(*rows).as_of) == "2025-06-21"
    early = checked(*rows, today="2025-06-10")
    assert (str(early.as_of), early.left_out) == ("2025-06-02", {"future_date": 1})
    asked = checked(*rows, as_of="2025-06-20", today="2025-06-10")
    assert (str(asked.as_of), asked.left_out) == ("2025-06-20", {})


def test_nothing_left_says_why() -> None:
    with pytest.raises(DataError) as refused:
        checked(("K1", "D1", "未知", "10"), (None, "D2", "2025-06-01", "1"))
    assert refused.value.code == "nothing_left"
    assert refused.value.params["counts"] == {"missing_customer": 1, "bad_date": 1}
    with pytest.raises(DataError) as early:
        checked(GOOD, as_of="2025-05-31")
    assert early.value.code == "as_of_before_data"


def test_undecidable_dates_are_asked_about_with_a_place() -> None:
    rows = [("K1", "D1", "3/4/2025", "10"), ("K1", "D2", "5/6/2025", "10")]
    with pytest.raises(DataError) as asked:
        checked(*rows)
    assert asked.value.code == "date_order_unknown"
    assert asked.value.params == {
        "sheet": "Sheet1",
        "column": "下单日期",
        "row": 2,
        "value": "3/4/2025",
    }
    assert str(checked(*rows, date_order="dmy").as_of) == "2025-06-06"
    assert str(checked(*rows, date_order="mdy").as_of) == "2025-05-07"
