"""What abc, top, lifecycle, loyalty, size and risk say to people."""

from __future__ import annotations

import polars as pl
import pytest

from addin import explain
from addin.words import Words
from addin.words import words as words_of
from segmentation.grading import apply, fit
from segmentation.scheme_file import parse_scheme

PEOPLE = pl.DataFrame(
    {
        "customer": list("abcd"),
        "recency": [10.0, 60.0, 200.0, 0.0],
        "frequency": [5.0, 3.0, 1.0, 1.0],
        "monetary": [30000.0, 6000.0, 100.0, 0.0],
        "interval": [20.0, 30.0, None, None],
        "active_months": [4.0, 3.0, 1.0, None],
        "return_share": [0.0, 0.2, None, None],
        "referrals": [0.0, 1.0, None, 0.0],
        "satisfaction": [5.0, 3.0, None, 4.0],
        "beds": [600.0, 120.0, 40.0, None],
        "rating": ["AAA", "B", None, None],
    }
)
COLUMNS = """
[columns.beds]
name = { zh = "床位数", en = "Beds" }
[columns.referrals]
name = { zh = "推荐人数", en = "Referrals" }
[columns.satisfaction]
name = { zh = "满意度", en = "Satisfaction" }
[columns.rating]
name = { zh = "评级", en = "Rating" }
kind = "text"
"""
# Scheme, language, customer, what is said of it.
CASES = {
    "abc": (
        'method = "abc"',
        "zh",
        "b",
        "金额 6,000.00，占合计的 16.6205%。B类客户：不低于 6,000.00（累计前 95%）；"
        "A类客户：不低于 30,000.00（累计前 80%）",
    ),
    "abc, two measures": (
        'method = "abc"\n[abc]\nmeasures = { monetary = 1, frequency = 1 }',
        "en",
        "d",
        "Amount 0.00, Orders 1; mean share of the totals 5%. "
        "Not reached – B: share of at least 5.1385% (first 95%)",
    ),
    "top": (
        'method = "top"',
        "en",
        "b",
        "Amount 6,000.00. Not reached – Top 30 %: at least 30,000.00 (best 30%)",
    ),
    "top, a number": (
        'method = "top"\n[top]\nmeasure = "recency"\n'
        '[[tiers]]\nkey = "S"\ntop = 2\n[[tiers]]\nkey = "N"',
        "zh",
        "a",
        "距上次购买天数 10。S：不超过 10（前 2 名）",
    ),
    "lifecycle": (
        'method = "lifecycle"',
        "en",
        "d",
        "New: last order on the grading day (at most 90 days), 1 order (at most 1)",
    ),
    "lifecycle, lost": (
        'method = "lifecycle"',
        "zh",
        "c",
        "流失客户：距上次购买 200 天（超过 180 天）",
    ),
    "lifecycle, intervals": (
        'method = "lifecycle"\n[lifecycle]\nunit = "intervals"',
        "zh",
        "b",
        "休眠客户：距上次购买 60 天（超过 45 天、90 天以内）；购买间隔按 30 天计",
    ),
    "loyalty": (
        'method = "loyalty"',
        "zh",
        "b",
        "订单数 3，有购买的月份数 3。潜在忠诚客户：订单数 不低于 2；"
        "忠诚客户：订单数 不低于 4，有购买的月份数 不低于 3",
    ),
    "loyalty, columns": (
        'method = "loyalty"\n[loyalty]\nreferrals = "referrals"\nsatisfaction = "satisfaction"',
        "en",
        "a",
        "Orders 5, Months with a purchase 4, Referrals 0, Satisfaction 5. "
        "Loyal: Orders at least 4, Months with a purchase at least 3; "
        "or Orders at least 2, Referrals at least 1 (but not with Satisfaction less than 4)",
    ),
    "size": (
        'method = "size"\n[size]\nmeasures = { monetary = [20000, 5000], beds = [500, 100] }',
        "zh",
        "b",
        "金额 6,000.00，床位数 120。中客户：金额 不低于 5,000.00或床位数 不低于 100；"
        "大客户：金额 不低于 20,000.00或床位数 不低于 500",
    ),
    "risk": (
        'method = "risk"',
        "zh",
        "b",
        "已过购买间隔倍数 2（普通风险：高于 1.5），"
        "退货金额占比 20%（普通风险：高于 10%）。以最差的一项为准",
    ),
    "risk, one known": ('method = "risk"', "en", "d", "Intervals since last order 0 (low risk)"),
    "risk, words": (
        'method = "risk"\n[risk.indicators]\n'
        'rating = { words = { low = ["AAA"], high = ["C"] } }\n'
        "beds = { normal = { below = 100 }, high = { below = 50 } }",
        "en",
        "c",
        "Beds 40 (high risk: less than 50)",
    ),
    "risk, none known": (
        'method = "risk"\n[risk.indicators]\nrating = { words = { low = ["AAA"] } }',
        "en",
        "d",
        "None of the indicators is known: taken as ordinary",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_why(case: str) -> None:
    text, lang, customer, expected = CASES[case]
    model = fit(parse_scheme(f"{text}\n{COLUMNS}", source="my.toml"), PEOPLE)
    said = apply(model, PEOPLE).select("customer", why=explain.why(model, words_of(lang)))
    assert said.filter(pl.col("customer") == customer)["why"].item() == expected


@pytest.mark.parametrize("case", CASES)
def test_nobody_is_left_without_a_word(case: str, words: Words) -> None:
    model = fit(parse_scheme(f"{CASES[case][0]}\n{COLUMNS}", source="my.toml"), PEOPLE)
    graded = apply(model, PEOPLE)
    said = graded.select(why=explain.why(model, words), next=explain.next_step(model, words))
    assert min(len(text or "") for row in said.rows() for text in row) > len("A")
    rules = explain.rules(model, words)
    assert rules
    assert all(rules)
    for extra in explain.extras(model, words):
        assert extra.header
        assert graded.select(extra.values).height == len(PEOPLE)
