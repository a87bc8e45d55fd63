"""Lists of customers with only what a grading reads."""

from __future__ import annotations

from typing import Any

import pytest

from segmentation.errors import DataError
from segmentation.grading import dump_model, load_model
from segmentation.run import grade, look
from segmentation.scheme_file import preset
from segmentation.sources import RawSheet
from tests.segmentation.sheets import ORDERS, scheme, sheet

DOCTORS = (
    ("医生", "医院", "医院级别", "职称", "行为"),
    ("张", "一院", "三级", "主任医师", "3"),
    ("李", "一院", "特级", "副主任医师", "2"),
    ("王", "二院", "特级", "神医", "1"),
    ("赵", "二院", None, "主治", "1"),
)
ALL = ("recency", "frequency", "monetary")


def said(notes: list[tuple[str, dict[str, Any]]], code: str) -> list[dict[str, Any]]:
    return [params for found, params in notes if found == code]


def assets(*rows: tuple[str, ...], more: tuple[str, ...] = ()) -> RawSheet:
    return sheet(("客户", "资产", *more), *rows)


def test_doctors_by_their_list() -> None:
    done = grade([sheet(*DOCTORS)], scheme=preset("pharma-doctors"))
    tiers = dict(done.graded.select("customer", "tier").iter_rows())
    # 9 + 3; 2 + 2 and 1 + 1 at the lowest level, where unknown levels stand; 1 + 1.
    assert tiers == {"张": "A", "李": "B", "王": "C", "赵": "C"}
    assert done.unknown == ALL
    assert done.graded.select(ALL).unique().rows() == [(0, 0, 0)]
    assert said(done.notes, "measures_unknown") == [
        {"measures": ["recency", "frequency_orders", "monetary_sum"]}
    ]
    assert {"many_without_segment", "few_scores"}.isdisjoint(dict(done.notes))


def test_the_model_knows_it_again() -> None:
    first = grade([sheet(*DOCTORS)], scheme=preset("pharma-doctors"))
    model = load_model(dump_model(first.model))
    again = grade([sheet(*DOCTORS)], scheme=scheme(), model=model)
    assert again.graded.equals(first.graded)
    assert again.unknown == ALL
    # With orders, too, scores that were learned from nothing say nothing.
    headers = (*ORDERS, *DOCTORS[0][2:])
    orders = sheet(headers, ("张", "1", "2025-01-05", "10", "三级", "主任医师", "3"))
    later = grade([orders], scheme=scheme(), model=model)
    assert (later.checked.kind, later.unknown) == ("orders", ALL)


def test_categories_that_no_table_knows() -> None:
    done = grade([sheet(*DOCTORS)], scheme=preset("pharma-doctors"))
    level, title = said(done.notes, "column_unseen")
    assert (level["categories"], level["customers"], level["more"]) == ({"特级": 2}, 2, 0)
    assert (title["column"]["en"], title["categories"]) == ("Title", {"神医": 1})
    many = [(f"K{i}", "9", "1", f"级{i // 2}") for i in range(8)]
    rated = assets(*many, ("K9", "9", "1", "低"), more=("交易次数", "风险等级"))
    (risk,) = said(grade([rated], scheme=preset("finance")).notes, "column_unseen")
    assert (risk["customers"], risk["more"]) == (8, 1)
    assert risk["categories"] == {"级0": 2, "级1": 2, "级2": 2}
    model = grade([sheet(*DOCTORS)], scheme=preset("pharma-doctors")).model
    again = grade([sheet(*DOCTORS)], scheme=scheme(), model=model)
    assert len(said(again.notes, "column_unseen")) == 2


def test_a_column_that_a_measure_stands_in_for_is_not_counted() -> None:
    rows = [("K1", "1", "2025-01-05", "10"), ("K2", "2", "2025-01-06", "20")]
    done = grade([sheet(ORDERS, *rows)], scheme=preset("pharma-doctors"))
    assert not said(done.notes, "column_unseen")
    assert done.unknown == ()


def test_a_measure_that_is_read_must_be_there() -> None:
    with pytest.raises(DataError) as refused:
        grade([assets(("甲", "5"))], scheme=preset("finance"))
    assert refused.value.code == "missing_frequency_column"
    # The number of orders would stand in for the title.
    with pytest.raises(DataError) as refused:
        grade([sheet(*(row[:3] for row in DOCTORS))], scheme=preset("pharma-doctors"))
    assert refused.value.code == "missing_date_column"


def test_a_second_grading_counts_it_as_unknown() -> None:
    rows = [("甲", "2000000", "3", "低"), ("乙", "300000", "5", "高"), ("丙", "1", "1", None)]
    done = grade([assets(*rows, more=("交易次数", "风险等级"))], scheme=preset("finance"))
    tiers = dict(done.graded.select("customer", "tier").iter_rows())
    assert tiers == {"甲": "premier", "乙": "preferred", "丙": "standard"}
    risks = dict(done.graded.select("customer", "beside_risk_recency").iter_rows())
    assert set(risks.values()) == {""}
    assert done.unknown == ("recency", "monetary")
    assert said(done.notes, "measures_unknown_beside") == [{"measures": ["recency"]}]
    alone = grade([assets(("甲", "5", "3"), more=("交易次数",))], scheme=preset("finance"))
    assert alone.model["beside"] is None
    assert said(alone.notes, "beside_left_out")


SPEND = ("CustomerId", "Fresh", "Milk")


@pytest.mark.parametrize("method", ["abc", "size", "top"])
def test_amounts_alone(method: str) -> None:
    rows = [(f"K{i}", str(1000 // (i + 1)), "5") for i in range(20)]
    wanted = {"customer": "CustomerId", "monetary": "Fresh"}
    done = grade([sheet(SPEND, *rows)], scheme=preset(method), wanted=wanted)
    assert done.unknown == ("recency", "frequency")
    assert done.graded["monetary"].sum() == sum(1000 // (i + 1) for i in range(20))
    assert done.graded.filter(customer="K0")["tier_no"].item() == 0
    with pytest.raises(DataError) as refused:
        grade([sheet(SPEND, *rows)], scheme=scheme(), wanted=wanted)
    assert refused.value.code == "missing_date_column"


def test_what_may_be_orders_is_no_list() -> None:
    again = [("甲", "5"), ("乙", "7"), ("甲", "6")]
    with pytest.raises(DataError):
        grade([sheet(("客户", "金额"), *again)], scheme=preset("abc"))
    once = grade([sheet(("客户", "金额"), *again[:2], again[0])], scheme=preset("abc"))
    assert once.checked.left_out == {"duplicate": 1}
    assert once.graded["monetary"].sort().to_list() == [5, 7]
    with pytest.raises(DataError):
        visits = [("甲", "2025-01-05", "5"), ("甲", "2025-02-05", "6")]
        grade([sheet(("客户", "日期", "资产"), *visits)], scheme=preset("finance"))
    # Orders beside a list stay orders.
    orders = sheet(ORDERS, ("甲", "1", "2025-01-05", "10"), name="2")
    both = grade([assets(("甲", "3000000")), orders], scheme=preset("finance"))
    assert both.checked.kind == "orders"
    assert both.unknown == ()
    assert both.graded["tier"].to_list() == ["premier"]


def test_what_follows_from_an_unknown_measure_is_unknown() -> None:
    limit = """
method = "thresholds"
[thresholds]
measure = "stars"
[columns.stars]
name = "评分"
[[tiers]]
key = "A"
name = "A"
limits = { stars = { at_least = 4 }, mean_order = { at_least = 0 } }
[[tiers]]
key = "B"
name = "B"
"""
    rows = [("甲", "5", "100"), ("乙", "1", "50")]
    people = sheet(("客户", "评分", "消费总额"), *rows)
    with pytest.raises(DataError) as refused:
        look([people], scheme=scheme(limit))
    assert refused.value.code == "missing_frequency_column"
    told = sheet(("客户", "评分", "客单价"), *rows)
    looked = look([told], scheme=scheme(limit))
    assert looked.measures["mean_order"].to_list() == [50, 100]
    assert looked.unknown == ALL
