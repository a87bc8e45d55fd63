"""The user's own columns: where they are found, and what of several rows counts."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import pytest

from segmentation.columns import role_named
from segmentation.errors import DataError, UsageError
from segmentation.grading import dump_model, load_model
from segmentation.notes import Note
from segmentation.run import Grading, grade, look
from segmentation.scheme import Scheme
from segmentation.sources import RawSheet
from tests.segmentation.sheets import ORDERS, Row, scheme, sheet

SCHEME = """
method = "thresholds"
[thresholds]
measure = "stars"
[columns.stars]
name = { zh = "满意度", en = "Satisfaction" }
headers = ["服务评分", "NPS"]
{more}
[[tiers]]
key = "A"
name = "A"
at_least = 4
[[tiers]]
key = "B"
name = "B"
"""
SALES: tuple[Row, ...] = (
    ORDERS,
    ("K1", "1", "2025-01-05", "10"),
    ("K2", "2", "2025-01-06", "20"),
    ("K3", "3", "2025-01-07", "30"),
)
NAME = {"zh": "满意度", "en": "Satisfaction"}


def own(more: str = "") -> Scheme:
    return scheme(SCHEME.replace("{more}", more))


def seen(
    *sheets: RawSheet, more: str = "", **arguments: Any
) -> tuple[list[Any], list[tuple[str, dict[str, Any]]]]:
    """The column by customer, and the notes."""
    looked = look(list(sheets), scheme=own(more), **arguments)
    return looked.measures["stars"].to_list(), looked.notes


def codes(notes: Sequence[Note]) -> list[str]:
    return [code for code, _ in notes]


def marks(*rows: Row, headers: Row = ("客户编号", "满意度"), name: str = "档案") -> RawSheet:
    return sheet(headers, *rows, name=name)


def test_another_sheet_gives_the_column() -> None:
    other = marks(("K3", "5"), ("K1", "3.5"), ("K9", "1"), ("合计", "9.5"))
    values, notes = seen(sheet(*SALES), other)
    assert values == [3.5, None, 5]
    where = {"header": "满意度", "sheet": "档案", "file": "orders.xlsx"}
    assert notes == [("column_from", {"column": NAME, **where, "customers": 2, "all": 3})]


@pytest.mark.parametrize(
    "header", ["stars", "STARS ", "满意度", "satisfaction", "服务评分", "满意度(5分)", "nps"]
)
def test_names_of_the_column(header: str) -> None:
    assert seen(sheet(*SALES), marks(("K1", "4"), headers=("客户编号", header)))[0][0] == 4


def test_the_header_that_the_user_names() -> None:
    other = marks(("K1", "4", "2"), headers=("客户编号", "满意度", "打分"))
    values, notes = seen(sheet(*SALES), other, wanted={"stars": "打分"})
    assert (values[0], notes[0][1]["header"]) == (2, "打分")
    with pytest.raises(UsageError) as caught:
        seen(sheet(*SALES), other, wanted={"stars": "评级"})
    assert caught.value.code == "no_such_header"
    assert caught.value.params["role"] == "stars"


def test_a_header_named_for_the_orders_need_not_stand_in_the_other_sheet() -> None:
    titles = ("客户编号", "订单号", "下单日期", "甲")
    values, _ = seen(
        sheet(titles, *SALES[1:]), marks(("K2", "4"), name="x"), wanted={"amount": "甲"}
    )
    assert values == [None, 4, None]


ORDERS_WITH = (
    (*ORDERS, "满意度"),
    ("K1", "2", "2025-02-01", "10", "5"),
    ("K1", "1", "2025-01-01", "10", "1"),
    ("K1", "3", "2025-03-01", "10", None),
    ("K2", "4", "2025-01-01", "10", "4"),
    ("K2", "5", "2025-01-01", "10", "2"),
    ("K2", "6", "没有", "10", "9"),
)


@pytest.mark.parametrize(
    ("take", "expected"),
    [
        ("last", [5, 2]),
        ("first", [1, 4]),
        ("sum", [6, 6]),
        ("mean", [3, 3]),
        ("max", [5, 4]),
        ("min", [1, 2]),
    ],
)
def test_what_counts_of_several_orders(take: str, expected: list[float]) -> None:
    """By date, then by row; rows that are left out count nowhere."""
    assert seen(sheet(*ORDERS_WITH), more=f'take = "{take}"')[0] == expected


def test_other_sheets_go_by_row_or_by_their_date() -> None:
    by_row = marks(("K1", "5"), ("K1", "2"), ("K1", None))
    assert seen(sheet(*SALES), by_row)[0][0] == 2
    assert seen(sheet(*SALES), by_row, more='take = "first"')[0][0] == 5
    dated = marks(
        ("K1", "5", "2025-01-03"),
        ("K1", "2", "2025-01-01"),
        ("K1", "9", "2025-12-01"),
        headers=("客户编号", "满意度", "日期"),
    )
    assert seen(sheet(*SALES), dated)[0][0] == 5  # the last row is after the day of grading


def test_the_first_sheet_that_has_it_counts() -> None:
    values, notes = seen(
        sheet(*SALES), marks(("K1", "1")), marks(("K1", "2"), ("K2", "2"), name="旧档案")
    )
    assert values == [1, None, None]
    assert codes(notes) == ["column_from", "column_also"]
    assert (notes[1][1]["sheet"], notes[1][1]["used"]) == ("旧档案", "档案")
    both = [sheet(*ORDERS_WITH), sheet(*ORDERS_WITH[:1], ("K7", "7", "2025-01-01", "1", "8"))]
    values, notes = seen(*both, marks(("K1", "1")))
    assert (values, codes(notes)) == ([5, 2, 8], ["column_from", "column_also"])


def test_a_sheet_of_other_people_is_told() -> None:
    values, notes = seen(sheet(*SALES), marks(("X1", "1")), marks(("K1", "2"), name="2"))
    assert values[0] == 2
    assert codes(notes) == ["column_unmatched", "column_from"]


def test_customers_meet_by_name_too() -> None:
    by_name = (("客户名称", "下单日期", "金额"), ("甲公司", "2025-01-01", "1"))
    card = marks(("K1", "甲公司", "4"), headers=("客户编号", "客户名称", "满意度"))
    assert seen(sheet(*by_name), card)[0] == [4]
    with_ids = (
        ("客户编号", "客户名称", "下单日期", "金额"),
        ("K1", "甲公司", "2025-01-01", "1"),
        ("K2", "乙公司", "2025-01-01", "1"),
        ("K3", "乙公司", "2025-01-01", "1"),
    )
    names = marks(("乙公司", "2"), (" 甲公司 ", "5"), headers=("客户名称", "满意度"))
    assert seen(sheet(*with_ids), names)[0] == [5, None, None]


def test_keys_that_went_through_another_program_meet() -> None:
    numbered = (ORDERS, ("17850", "1", "2025-01-05", "10"))
    assert seen(sheet(*numbered), marks(("17850.0", "3"), ("１２", "4")))[0] == [3]


@pytest.mark.parametrize(
    ("header", "text", "value"),
    [
        ("满意度", "1,200.5", 1200.5),
        ("满意度", "1.5万", 15000),
        ("满意度(万元)", "1.5", 15000),
        ("满意度", "85%", 0.85),
        ("满意度", "85 ％", 0.85),
        ("满意度", "-3", -3),
    ],
)
def test_numbers_as_people_write_them(header: str, text: str, value: float) -> None:
    other = marks(("K1", text), headers=("客户编号", header))
    values, notes = seen(sheet(*SALES), other)
    assert values[0] == pytest.approx(value)
    assert codes(notes) == ["column_from"]


def test_cells_that_cannot_be_read_are_told() -> None:
    other = marks(("K1", "4"), ("K2", "好"), ("K3", "很好"), ("K3", "无"), ("K9", "差"))
    values, notes = seen(sheet(*SALES), other)
    assert values == [4, None, None]
    bad = dict(notes)["column_unreadable"]
    assert (bad["cells"], bad["value"], bad["row"]) == (2, "好", 3)


def test_values_beyond_the_highest_are_told() -> None:
    values, notes = seen(sheet(*SALES), marks(("K1", "5"), ("K2", "45")), more="most = 5")
    assert values == [5, 45, None]
    above = dict(notes)["column_above"]
    assert (above["cells"], above["value"], above["row"], above["most"]) == (1, "45", 3, "5")


def test_texts_are_trimmed_and_blanks_unknown() -> None:
    other = marks(("K1", " ＡＢ级 "), ("K2", "#N/A"), ("K3", "无"))
    values, notes = seen(sheet(*SALES), other, more='kind = "text"')
    assert (values, codes(notes)) == (["AB级", None, "无"], ["column_from"])


def test_what_stands_in_where_there_is_no_such_column() -> None:
    values, notes = seen(sheet(*SALES), more='instead = "frequency"')
    assert values == [None] * 3
    params = {"column": NAME, "key": "stars"}
    assert notes == [("column_instead", {**params, "instead": "frequency_orders"})]
    assert seen(sheet(*SALES))[1] == [("column_absent", params)]
    assert seen(sheet(*SALES), marks(("K1", "好")))[1][-1] == ("column_absent", params)


def test_what_stands_in_is_measured() -> None:
    done = grade([sheet(*SALES)], scheme=own('instead = "mean_order"'))
    assert dict(done.graded.select("customer", "tier").iter_rows()) == dict.fromkeys(
        ("K1", "K2", "K3"), "A"
    )


def tiers(done: Grading) -> dict[str, str]:
    return dict(done.graded.select("customer", "tier").iter_rows())


def test_a_model_finds_its_column_again() -> None:
    other = marks(("K1", "5"), ("K2", "1"), headers=("客户编号", "服务评分"))
    first = grade([sheet(*SALES), other], scheme=own('take = "min"'))
    assert tiers(first) == {"K1": "A", "K2": "B", "K3": "B"}
    model = load_model(dump_model(first.model))
    assert model == first.model
    later = marks(("K1", "5"), ("K1", "1"), ("K2", "4"), headers=("客户编号", "服务评分"))
    again = grade([sheet(*SALES), later], scheme=scheme(), model=model)
    assert tiers(again) == {"K1": "B", "K2": "A", "K3": "B"}
    gone = grade([sheet(*SALES)], scheme=scheme(), model=model)
    assert tiers(gone) == {"K1": "B", "K2": "B", "K3": "B"}
    assert "column_absent" in codes(gone.notes)


def test_what_stood_in_for_a_model_stands_in_again() -> None:
    first = grade([sheet(*SALES)], scheme=own('instead = "monetary"'))
    again = grade([sheet(*SALES), marks(("K1", "1"))], scheme=scheme(), model=first.model)
    assert tiers(again) == tiers(first)
    told = {"column": NAME, "key": "stars", "instead": "monetary_sum"}
    assert ("column_instead", told) in again.notes


def test_a_file_of_attributes_alone_is_welcome() -> None:
    card = dataclasses.replace(marks(("K1", "5")), file="cards.csv")
    assert seen(sheet(*SALES), card)[0] == [5, None, None]
    with pytest.raises(DataError) as caught:
        look([sheet(*SALES), card], scheme=scheme())
    assert caught.value.code == "missing_amount_column"


def test_a_file_with_an_open_question_asks_it() -> None:
    twins = sheet(("客户编号", "会员编号", "满意度"), ("K1", "M1", "5"), file="cards.csv")
    with pytest.raises(DataError) as caught:
        seen(sheet(*SALES), twins)
    assert caught.value.code == "columns_ambiguous"


def test_sheets_of_customers_have_own_columns_too() -> None:
    rows = (
        ("客户编号", "最近购买天数", "购买次数", "消费总额", "满意度"),
        ("K1", "3", "2", "100", "5"),
        ("K2", "4", "2", "100", "2"),
    )
    assert seen(sheet(*rows))[0] == [5, 2]
    aside = sheet(*(row[:4] for row in rows), name="x")
    assert seen(aside, marks(("K2", "3")))[0] == [None, 3]


def test_columns_that_no_grading_reads_are_not_looked_for() -> None:
    unread = dataclasses.replace(scheme(), columns=own().columns)
    looked = look([sheet(*SALES), marks(("K1", "5"))], scheme=unread)
    assert "stars" not in looked.measures.columns
    assert looked.notes == []


def test_a_role_or_a_key_may_be_named() -> None:
    named = {"stars": ("满意度", "Satisfaction")}
    assert role_named("Stars", named) == role_named("满意度", named) == "stars"
    assert role_named("金额", named) == "amount"
    with pytest.raises(UsageError) as caught:
        role_named("评级", named)
    assert str(caught.value.params["roles"]).endswith("stars")
