"""Where the header stands and what each column means."""

from __future__ import annotations

import dataclasses

import pytest

from segmentation.choosing import understand
from segmentation.columns import column_letter, layout, role_named
from segmentation.errors import DataError, UsageError
from segmentation.vocabulary import ROLES
from tests.segmentation.sheets import ORDERS, Row, found, roles, sheet

ROW = ("K1", "D1", "2025-06-01", "10")


@pytest.mark.parametrize(
    "above",
    [
        [],
        [("2025年销售订单明细表",)],
        [("2025年销售订单明细表", None, None, None), ("导出时间:2025-06-30", None, "制表人:张三")],
        [(), (), ("Sales report",), ()],
        [("客户", "张三"), ("日期:", "2025-06-30")],
        [("说明", "金额为含税金额"), ("数据来源", "ERP")],
    ],
)
def test_the_header_is_found_below_titles(above: list[Row]) -> None:
    described = found(*above, ORDERS, ROW)
    assert described.header_row == len(above)
    assert described.headers == ORDERS
    assert described.kind == "orders"
    assert described.data.rows() == [ROW]


def test_a_header_far_down_is_found_and_data_never_taken_for_it() -> None:
    filler: list[Row] = [("备注",)] * 50
    assert found(*filler, ORDERS, ROW).header_row == 50
    same = ("客户", "订单", "日期", "金额")
    assert found(ORDERS, same, ROW).header_row == 0


def test_group_titles_of_merged_cells_complete_a_name() -> None:
    described = found(
        ("客户信息", None, "订单信息", None, None),
        ("客户编号", "客户名称", "订单号", "下单日期", "金额"),
        ("K1", "张三", "D1", "2025-06-01", "10"),
    )
    assert described.header_row == 1
    described = found(
        ("客户", None, "订单", None, None),
        ("编号", "名称", "编号", "日期", "金额"),
        ("K1", "张三", "D1", "2025-06-01", "10"),
    )
    titles = {r: described.columns[r] for r in ("customer", "name", "order", "date", "amount")}
    assert titles == {"customer": 0, "name": 1, "order": 2, "date": 3, "amount": 4}


def test_headers_may_carry_blanks_case_width_and_units() -> None:
    titles = (" 客户 编号 ", "ORDER_ID", "下单日期\n", "金额（万元）")
    described = found(titles, ROW)
    assert set(described.columns) >= {"customer", "order", "date", "amount"}
    assert described.scale == 10_000
    assert described.headers[0] == "客户 编号"


@pytest.mark.parametrize(
    ("header", "scale"),
    [
        ("金额(万元)", 1e4),
        ("销售额【千元】", 1e3),
        ("金额[亿元]", 1e8),
        ("金额(元)", 1),
        ("金额", 1),
        ("Amount (USD)", 1),
    ],
)
def test_units_scale(header: str, scale: float) -> None:
    assert found(("客户", "日期", header), ("K1", "2025-06-01", "1")).scale == scale


def test_an_id_wins_over_a_name() -> None:
    for titles in (
        ("客户名称", "客户编号", "日期", "金额"),
        ("Customer", "Customer ID", "Date", "Amount"),
    ):
        assert found(titles, ("张三", "K1", "2025-06-01", "1")).columns["customer"] == 1
    assert roles(("姓名", "日期", "金额"))["customer"] == "姓名"


def test_a_running_number_is_no_customer() -> None:
    rows = [(str(i), name, "2025-06-01", "1") for i, name in enumerate("甲乙甲丙")]
    described = found(("编号", "姓名", "日期", "金额"), *rows)
    assert (described.columns["customer"], described.columns["order"]) == (1, 0)
    rows = [(str(i % 3), name, "2025-06-01", "1") for i, name in enumerate("甲乙丙甲")]
    described = found(("编号", "姓名", "日期", "金额"), *rows)
    assert (described.columns["customer"], described.columns["name"]) == (0, 1)


def test_an_empty_column_is_not_taken() -> None:
    described = found(("客户编号", "会员号", "日期", "金额"), (None, "K1", "2025-06-01", "1"))
    assert described.columns["customer"] == 1


def test_equal_twin_columns_are_not_asked_about() -> None:
    titles = ("客户编号", "会员编号", "日期", "金额")
    assert found(titles, ("K1", "K1", "2025-06-01", "1")).columns["customer"] == 0


@pytest.mark.parametrize(
    ("titles", "role", "candidates", "choice"),
    [
        (
            ("客户编号", "会员编号", "日期", "金额"),
            "customer",
            "客户编号 (A), 会员编号 (B)",
            "客户编号",
        ),
        (
            ("客户", "下单日期", "交易日期", "金额"),
            "date",
            "下单日期 (B), 交易日期 (C)",
            "下单日期",
        ),
        (("客户", "日期", "金额", "价税合计"), "amount", "金额 (C), 价税合计 (D)", "金额"),
        (("客户", "日期", "金额", "金额"), "amount", "金额 (C), 金额 (D)", "C"),
    ],
)
def test_what_stays_open_is_asked(titles: Row, role: str, candidates: str, choice: str) -> None:
    row = ("1", "2", "3", "4")
    with pytest.raises(DataError) as asked:
        found(titles, row)
    params = asked.value.params
    assert asked.value.code == "columns_ambiguous"
    assert (params["role"], params["candidates"], params["choice"]) == (role, candidates, choice)
    settled = layout(sheet(titles, row), {role: choice})
    assert column_letter(settled.columns[role]) in candidates.split(",", maxsplit=1)[0]


def test_a_column_may_be_named_by_header_or_letter() -> None:
    titles = ("谁", "何时", "多少", None)
    row = ("K1", "2025-06-01", "10", "x")
    for wanted in (
        {"customer": "谁", "date": " 何时 ", "amount": "多少"},
        {"customer": "A", "date": "b", "amount": "C"},
    ):
        described = layout(sheet(titles, row), wanted)
        assert described.columns == {"customer": 0, "date": 1, "amount": 2}
        assert described.kind == "orders"
    shifted = layout(
        sheet(titles, row, first_column=2), {"customer": "C", "date": "D", "amount": "E"}
    )
    assert shifted.columns == {"customer": 0, "date": 1, "amount": 2}


def test_a_named_header_moves_the_header_row() -> None:
    described = layout(
        sheet(("客户", "日期", "金额"), ("谁", "何时", "多少"), ("K1", "2025-06-01", "10")),
        {"customer": "谁"},
    )
    assert described.header_row == 1


@pytest.mark.parametrize("header", ["没有", "Z", "AAA", ""])
def test_a_header_that_is_not_there_is_refused(header: str) -> None:
    with pytest.raises(UsageError) as refused:
        layout(sheet(ORDERS, ROW), {"amount": header})
    assert refused.value.code == "no_such_header"
    assert refused.value.params["headers"] == ", ".join(ORDERS)


def test_roles_by_every_name() -> None:
    assert [role_named(role) for role in ROLES] == list(ROLES)
    assert role_named("金额") == "amount"
    assert role_named("Order-ID") == "order"
    with pytest.raises(UsageError) as refused:
        role_named("colour")
    assert refused.value.code == "unknown_role"


@pytest.mark.parametrize(
    ("titles", "code"),
    [
        (("日期", "金额", "备注"), "missing_customer_column"),
        (("客户", "日期", "备注"), "missing_amount_column"),
        (("客户", "日期", "数量"), "missing_amount_column"),
        (("客户", "金额", "备注"), "missing_date_column"),
        (("客户", "最近购买日期", "消费总额"), "missing_frequency_column"),
        (("甲", "乙", "丙"), "missing_customer_column"),
    ],
)
def test_sheets_that_cannot_be_graded(titles: Row, code: str) -> None:
    with pytest.raises(DataError) as refused:
        understand([sheet(titles, ("a", "b", "c"))])
    assert refused.value.code == code


def test_sheets_without_rows() -> None:
    with pytest.raises(DataError) as refused:
        understand([sheet(ORDERS)])
    assert refused.value.code == "no_rows"


def test_orders_go_before_customers_and_notes_are_passed_over() -> None:
    orders = sheet(ORDERS, ROW, name="orders")
    people = sheet(
        ("客户", "最近购买日期", "购买次数", "消费总额"),
        ("K1", "2025-06-01", "1", "1"),
        name="people",
    )
    notes = sheet(("说明",), ("本表每月更新",), name="notes")
    chosen, said = understand([notes, people, orders])
    assert [found.sheet.sheet for found in chosen] == ["orders"]
    assert said == [("sheet_not_used", {"sheet": "people", "file": "orders.xlsx"})]
    chosen, said = understand([notes, people])
    assert [(found.sheet.sheet, found.kind) for found in chosen] == [("people", "customers")]
    assert said == []


def test_a_doubtful_sheet_of_orders_is_asked_about_beside_a_good_one() -> None:
    doubtful = sheet(("客户", "日期", "金额", "价税合计"), ("1", "2", "3", "4"), name="odd")
    with pytest.raises(DataError) as caught:
        understand([doubtful, sheet(ORDERS, ROW)])
    assert caught.value.code == "columns_ambiguous"


def test_a_doubtful_sheet_that_is_no_orders_stops_nothing() -> None:
    prices = sheet(("单价", "售价", "销售单价"), ("1", "2", "3"), name="prices")
    chosen, _ = understand([prices, sheet(ORDERS, ROW)])
    assert [found.sheet.sheet for found in chosen] == ["Sheet1"]


def test_a_file_without_orders_is_refused_and_not_passed_over() -> None:
    odd = sheet(("Cust", "Day", "Umsatz"), ("1", "2026-01-01", "3"), file="march.xlsx")
    with pytest.raises(DataError) as caught:
        understand([sheet(ORDERS, ROW), odd])
    assert caught.value.params["file"] == "march.xlsx"


def test_a_table_that_is_not_used_is_told() -> None:
    rows = [("客户", "退货日期")] + [("K1", "2025-06-01")] * 5
    _, said = understand([sheet(ORDERS, ROW), sheet(*rows, name="returns")])
    assert said == [("sheet_without_amount", {"sheet": "returns", "file": "orders.xlsx"})]


def test_hidden_orders_are_told_and_asked_about() -> None:
    hidden = dataclasses.replace(sheet(ORDERS, ROW, name="old"), hidden=True)
    chosen, said = understand([sheet(ORDERS, ROW), hidden])
    assert [found.sheet.sheet for found in chosen] == ["Sheet1"]
    assert said == [("sheet_hidden", {"sheet": "old", "file": "orders.xlsx"})]
    with pytest.raises(DataError) as caught:
        understand([hidden])
    assert caught.value.code == "only_hidden"


@pytest.mark.parametrize(
    "header", ["平均消费金额", "预计销售金额", "Cancelled order amount", "Average order value"]
)
def test_an_average_or_a_forecast_is_no_amount(header: str) -> None:
    assert found(("客户", "日期", header), ("1", "2026-01-01", "3")).kind == "other"


@pytest.mark.parametrize(
    ("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")]
)
def test_column_letters(index: int, letters: str) -> None:
    assert column_letter(index) == letters


@pytest.mark.parametrize(
    ("titles", "role", "chosen"),
    [
        (("客户", "付款时间", "下单时间", "金额"), "date", "下单时间"),
        (("客户", "成交时间", "下单时间", "金额"), "date", "下单时间"),
        (("Guest", "Booking Date", "Check-in Date", "Amount"), "date", "Check-in Date"),
        (("客户", "下单时间", "订单金额", "实付金额"), "amount", "实付金额"),
        (("Customer", "Date", "Subtotal", "Total"), "amount", "Total"),
        (("Account ID", "Contact ID", "Order Date", "Amount"), "customer", "Account ID"),
        (("Email", "Customer", "Order Date", "Amount"), "customer", "Customer"),
    ],
)
def test_the_better_of_two_is_taken_without_a_question(titles: Row, role: str, chosen: str) -> None:
    assert roles([str(t) for t in titles], ("1", "2", "3", "4"))[role] == chosen


@pytest.mark.parametrize(
    "header",
    [
        *("医院", "医生", "患者", "学员", "学生", "住客", "会员", "医院名称", "Hospital", "Doctor"),
        *("Patient", "Student", "Guest", "Member", "Hospital name", "Doctor name", "Physician"),
    ],
)
def test_customers_of_a_trade(header: str) -> None:
    assert roles((header, "日期", "金额"))["customer"] == header


@pytest.mark.parametrize(
    ("headers", "customer"),
    [
        (("医院", "医生", "职称"), "医生"),
        (("医院名称", "医生姓名", "职称"), "医生姓名"),
        (("医生", "医院", "患者"), "患者"),
        (("医院", "姓名", "日期"), "姓名"),
        (("医生", "客户", "日期"), "客户"),
        (("医院", "联系人", "年采购额"), "医院"),
        (("医院", "医院编号", "等级"), "医院编号"),
        (("Doctor", "Patient name", "Date"), "Patient name"),
    ],
)
def test_who_treats_is_no_customer_beside_who_is_treated(
    headers: tuple[str, ...], customer: str
) -> None:
    assert roles(headers)["customer"] == customer
