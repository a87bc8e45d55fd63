"""Whatever stands in a sheet, every row is used or left out once, with its place."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.checked import REASONS, Checked
from segmentation.errors import DataError
from segmentation.measures import measure_orders
from segmentation.scheme import MeasureSettings
from tests.segmentation.sheets import PEOPLE, checked_sheets, sheet

HEADERS = (
    "客户编号",
    "客户名称",
    "订单号",
    "下单日期",
    "金额",
    "数量",
    "单价",
    "订单状态",
    "退款金额",
    "备注",
)
BLANK = st.sampled_from([None, None, "", " "])
DAYS = st.dates(dt.date(2025, 5, 1), dt.date(2025, 7, 10)).map(str)
NUMBERS = st.integers(-500, 3000).map(lambda cents: str(cents / 100))


def one_of(*words: str) -> st.SearchStrategy[str]:
    return st.sampled_from(words)


CELLS: list[st.SearchStrategy[Any]] = [
    one_of("K1", "K2", "K3", "合计", "Ｋ１") | BLANK,
    one_of("张三", "李四", "总计", "=1+1") | BLANK,
    one_of("D1", "D2", "C3", "C4", "D5", "小计") | BLANK,
    DAYS | DAYS | one_of("未知", "45838", "2025年6月1日") | BLANK,
    NUMBERS | one_of("1,000", "免费", "¥5", "(3)", "0") | BLANK,
    one_of("1", "2", "-1", "0", "x") | BLANK,
    one_of("1", "2.5", "0") | BLANK,
    one_of("交易成功", "已取消", "退款", "Cancelled") | BLANK,
    one_of("0", "1", "500", "退款成功") | BLANK | BLANK,
    one_of("a", "合计") | BLANK,
]
ROWS = st.lists(st.tuples(*CELLS), min_size=1, max_size=25)
SETTINGS = st.builds(
    MeasureSettings,
    refunds=st.sampled_from(["net", "drop", "keep"]),
    duplicates=st.sampled_from(["auto", "drop", "keep"]),
)
REFUSALS = (
    "as_of_before_data",
    "missing_amount_column",
    "missing_customer_column",
    "missing_date_column",
    "missing_frequency_column",
    "no_rows",
    "nothing_left",
)
AS_OF = st.sampled_from([None, "2025-06-30", "2025-05-10"])


def rows_add_up(result: Checked, data: list[Any], above: int) -> None:
    assert result.read == sum(any(cell not in (None, "") for cell in row) for row in data)
    assert result.read == result.used + sum(result.left_out.values())
    assert result.rows.height == result.used > 0
    assert result.findings.height == sum(result.left_out.values())
    assert dict(Counter(result.findings["rule"])) == result.left_out
    assert set(result.left_out) <= set(REASONS)
    numbers = result.findings["row"].to_list()
    assert numbers == sorted(set(numbers))
    assert all(above + 1 < n <= above + 1 + len(data) for n in numbers)


def stands_there(result: Checked, data: list[Any], headers: tuple[str, ...], above: int) -> None:
    """Each finding shows the very cell that it names."""
    for _, row, column, value, _ in result.findings.iter_rows():
        assert value == data[row - above - 2][headers.index(column)]


@given(data=ROWS, chosen=SETTINGS, as_of=AS_OF, titles=st.integers(0, 2))
@settings(deadline=None, max_examples=120)
def test_order_rows_add_up(
    data: list[Any], chosen: MeasureSettings, as_of: str | None, titles: int
) -> None:
    described = sheet(*[("报表",)] * titles, HEADERS, *data)
    try:
        result = checked_sheets(described, settings=chosen, as_of=as_of)
    except DataError as refused:
        assert refused.code in REFUSALS
        return
    rows_add_up(result, data, titles)
    stands_there(result, data, HEADERS, titles)
    assert result.rows["customer"].null_count() == 0
    assert result.rows["amount"].is_finite().all()
    assert result.rows["date"].max() <= (result.as_of or dt.date.max)  # type: ignore[operator]
    if chosen.refunds == "drop":
        assert (result.rows["amount"] > 0).all()
    measured = measure_orders(
        result.rows,
        settings=chosen,
        as_of=result.as_of or dt.date.max,
        has_order_ids=result.has_order_ids,
    )
    assert measured["customer"].to_list() == sorted(set(result.rows["customer"].to_list()))
    assert (measured["recency"] >= 0).all()
    assert (measured["frequency"] >= 1).all()
    total, parts = result.rows["amount"].sum(), measured["monetary"].sum()
    assert abs(total - parts) < 1e-6


PERSON: list[st.SearchStrategy[Any]] = [
    one_of("a", "b", "c", "d", "合计") | BLANK,
    one_of("0", "5", "30", "-1", "2.5", "x") | BLANK,
    one_of("1", "2", "0", "y") | BLANK,
    NUMBERS | BLANK,
]


@given(data=st.lists(st.tuples(*PERSON), min_size=1, max_size=20), as_of=AS_OF)
@settings(deadline=None, max_examples=60)
def test_customer_rows_add_up(data: list[Any], as_of: str | None) -> None:
    try:
        result = checked_sheets(sheet(PEOPLE, *[("z", "1", "1", "1"), *data]), as_of=as_of)
    except DataError as refused:
        assert refused.code in REFUSALS
        return
    every = [("z", "1", "1", "1"), *data]
    rows_add_up(result, every, 0)
    stands_there(result, every, PEOPLE, 0)
    assert result.rows["customer"].is_unique().all()
    assert result.rows.select(pl.col("recency", "frequency", "monetary").is_not_null().all()).row(
        0
    ) == (True, True, True)
