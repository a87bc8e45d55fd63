"""What is said of scorecard, potential and matrix: the numbers that decided, weights as used."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from addin import explain
from addin.words import words
from segmentation.grading import apply, fit
from segmentation.scheme import Scheme
from segmentation.scheme_file import parse_scheme, preset

MORE = 'strategy = { zh = ["回访"], en = ["call"] }\nservice_floor = "答复"\n'
TIERS = f"""
[[tiers]]
key = "A"
min_score = 70
{MORE}
[[tiers]]
key = "B"
{MORE}
"""
SCORECARD = f"""method = "scorecard"
[[scorecard.criteria]]
key = "buying"
name = {{ zh = "购买力", en = "Buying" }}
weight = 60
indicators = [
  {{ measure = "frequency", by = "limits", limits = [5, 10], weight = 0.5 }},
  {{ measure = "referrals", by = "limits", limits = [1], weight = 0.5 }},
]
[[scorecard.criteria]]
key = "feedback"
name = {{ zh = "反馈", en = "Feedback" }}
weight = 40
indicators = [{{ measure = "stars", by = "limits", limits = [3, 5] }}]
[columns.stars]
name = {{ zh = "星级", en = "Stars" }}
[columns.referrals]
name = {{ zh = "推荐人数", en = "Referrals" }}
{TIERS}"""
POTENTIAL = f"""method = "potential"
[potential]
indicators = [
  {{ measure = "monetary", by = "limits", limits = [100, 1000], weight = 0.7 }},
  {{ measure = "recency", by = "limits", limits = [30], weight = 0.3 }},
]
{TIERS}"""
MATRIX = f"""method = "matrix"
[matrix]
grid = [["A", "A"], ["A", "B"]]
[matrix.rows]
name = {{ zh = "潜力", en = "Potential" }}
measure = "monetary"
by = "limits"
limits = [1000]
[matrix.columns]
measure = "frequency"
by = "limits"
limits = [5]
levels = [{{ zh = "常客", en = "regular" }}, {{ zh = "散客", en = "casual" }}]
[[tiers]]
key = "A"
{MORE}
[[tiers]]
key = "B"
{MORE}
"""
NUMBERS = MATRIX.replace('[["A", "A"], ["A", "B"]]', '[[70, 5], [4, 1]]\nplus = "recency"').replace(
    'key = "A"', 'key = "A"\nmin_score = 72'
)


def told(text: str, lang: str, **columns: list[float | None]) -> list[str]:
    scheme, some = scheme_of(text), people(**columns)
    model = fit(scheme, some)
    graded = apply(model, some)
    said = graded.select(why=explain.why(model, words(lang)))["why"].to_list()
    # A second grading says the same behind the leading one.
    both = replace(preset("thresholds"), beside=scheme.leading, columns=scheme.columns)
    model = fit(both, some)
    behind = apply(model, some).select(why=explain.why(model, words(lang)))["why"].to_list()
    assert [b.endswith(s) for b, s in zip(behind, said, strict=True)] == [True] * len(said)
    return said


def scheme_of(text: str) -> Scheme:
    return parse_scheme(text, source="x.toml")


def people(**columns: list[float | None]) -> pl.DataFrame:
    count = max(map(len, columns.values()))
    ones = {m: [1.0] * count for m in ("recency", "frequency", "monetary")}
    names = [f"c{i}" for i in range(count)]
    return pl.DataFrame({"customer": names, **ones, **columns}, strict=False)


def test_a_total_is_said_with_the_weights_used_for_this_customer() -> None:
    columns = {"frequency": [10.0, 5.0], "stars": [3.0, None]}
    assert told(SCORECARD, "en", **columns) == [
        "Score 80.00 (A from 70.00): Buying 100 × 60%, Feedback 50 × 40%",
        "Score 50.00 (B below 70.00): Buying 50 × 100%, Feedback unknown",
    ]
    assert told(SCORECARD, "zh", **columns) == [
        "总分 80.00（70.00 起为“A”）：购买力 100×60%，反馈 50×40%",
        "总分 50.00（低于 70.00 为“B”）：购买力 50×100%，反馈未知",
    ]


def test_weights_as_used_stand_in_the_rules() -> None:
    model = fit(scheme_of(SCORECARD), people(frequency=[10.0, 5.0], stars=[3.0, None]))
    assert explain.rules(model, words("en")) == [
        "A from 70.00",
        "B: all others",
        "Buying counts 60%: Orders 100%",
        "Feedback counts 40%: Stars 100%",
        "Left out, because the data do not have it: Referrals. The weights are shown as used.",
    ]
    assert explain.rules(model, words("zh"))[2:] == [
        "购买力占 60%：订单数 100%",
        "反馈占 40%：星级 100%",
        "数据中没有、未计入的指标：推荐人数。以上权重为实际使用的权重。",
    ]


def test_criteria_are_columns_of_the_graded_table() -> None:
    model = fit(scheme_of(SCORECARD), people(frequency=[10.0, 5.0], stars=[3.0, None]))
    shown = {e.key: e.header for e in explain.extras(model, words("zh"))}
    assert shown["buying_score"] == "购买力得分"
    assert shown["feedback_score"] == "反馈得分"


def test_potential_is_said_by_its_indicators() -> None:
    columns = {"monetary": [1000.0, 999.99], "recency": [31.0, 30.0]}
    assert told(POTENTIAL, "en", **columns) == [
        "Potential 70.00 (A from 70.00): Amount 1,000.00 (100 points × 70%), "
        "Days since last order 31 (0 points × 30%)",
        "Potential 65.00 (B below 70.00): Amount 999.99 (50 points × 70%), "
        "Days since last order 30 (100 points × 30%)",
    ]
    assert told(POTENTIAL, "zh", **columns)[0] == (
        "潜力 70.00（70.00 起为“A”）：金额 1,000.00（100 分×70%），距上次购买天数 31（0 分×30%）"
    )


def test_a_cell_is_said_by_both_levels() -> None:
    columns = {"monetary": [1000.0, 999.0], "frequency": [5.0, 4.0]}
    assert told(MATRIX, "en", **columns) == [
        "Potential high (Amount 1,000.00) × Orders regular (Orders 5) gives A",
        "Potential low (Amount 999.00) × Orders casual (Orders 4) gives B",
    ]
    assert told(MATRIX, "zh", **columns)[1] == (
        "潜力低（金额 999.00）×订单数散客（订单数 4），对应“B”"
    )


def test_a_sum_is_said_with_what_was_added() -> None:
    columns = {"monetary": [1000.0, 1000.0], "frequency": [5.0, 5.0], "recency": [2.0, 1.0]}
    assert told(NUMBERS, "en", **columns) == [
        "Potential high (Amount 1,000.00) × Orders regular (Orders 5) plus Days since last order 2 "
        "gives 72 (A from 72.00)",
        "Potential high (Amount 1,000.00) × Orders regular (Orders 5) plus Days since last order 1 "
        "gives 71 (B below 72.00)",
    ]


def test_the_grid_is_said_row_by_row() -> None:
    model = fit(scheme_of(MATRIX), people(monetary=[1000.0, 999.0], frequency=[5.0, 4.0]))
    assert explain.rules(model, words("en")) == [
        "Potential high: Orders regular → A, casual → A",
        "Potential low: Orders regular → A, casual → B",
    ]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_levels_are_words_in_the_graded_table(lang: str) -> None:
    model = fit(scheme_of(MATRIX), some := people(monetary=[1000.0, 9.0], frequency=[5.0, 4.0]))
    graded = apply(model, some)
    shown = {e.key: e.values for e in explain.extras(model, words(lang))}
    levels = graded.select(shown["row_level"].alias("row"), shown["column_level"].alias("column"))
    wanted = {
        "zh": [("高", "常客"), ("低", "散客")],
        "en": [("high", "regular"), ("low", "casual")],
    }
    assert levels.rows() == wanted[lang]
