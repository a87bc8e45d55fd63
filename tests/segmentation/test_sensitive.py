"""Criteria that may discriminate never pass without a word."""

from __future__ import annotations

import pytest

from segmentation.grading import needs
from segmentation.run import grade
from segmentation.scheme_file import preset, presets
from segmentation.sensitive import is_sensitive, sensitive_columns
from tests.segmentation.sheets import ORDERS, scheme, sheet

SCHEME = """
method = "thresholds"
[thresholds]
measure = "stars"
[columns.stars]
name = "{name}"
headers = ["{header}"]
[columns.unread]
name = "性别"
[[tiers]]
key = "A"
name = "A"
at_least = 40
[[tiers]]
key = "B"
name = "B"
"""


def named(name: str = "评分", header: str = "打分") -> str:
    return SCHEME.replace("{name}", name).replace("{header}", header)


@pytest.mark.parametrize(
    "text",
    [
        *("年龄", "客户年龄段", "性别", "職業", "最高学历", "生活方式", "民族", "宗教信仰"),
        *("婚姻状况", "健康状况", "出生日期", "age", "Customer_Age", "customerAge", "AGE GROUP"),
        *("birth_year", "Job", "职务", "联系人职位", "hobbies", "Hobby", "爱好", "兴趣", "kids"),
        *("kids_count", "children_count", "教育", "Degree", "家庭收入", "个人年收入"),
        *("Household income", "personal_income"),
        *("Gender", "sex", "Occupation", "Education level", "education", "Lifestyle", "ＡＧＥ"),
    ],
)
def test_what_may_discriminate(text: str) -> None:
    assert is_sensitive(text)


@pytest.mark.parametrize(
    "text",
    [
        *("image", "average", "page_views", "stage", "wages", "Account age", "客户健康度"),
        *("Health score", "满意度", "职称", "医院等级", "专业", "Education spend", "资产", ""),
        *("教育支出", "培训教育费", "degree_celsius", "Temperature degrees", "营业收入", "revenue"),
        *("income", "Job number", "Kids wear spend", "兴趣班消费", "主要病种", "疾病谱"),
    ],
)
def test_what_does_not(text: str) -> None:
    assert not is_sensitive(text)


@pytest.mark.parametrize(("name", "header"), [("年龄", "x"), ("评分", "Age"), ("Age", "x")])
def test_only_what_a_grading_reads(name: str, header: str) -> None:
    assert sensitive_columns(scheme(named(name, header))) == ["stars"]
    assert sensitive_columns(scheme(named())) == []
    assert sensitive_columns(scheme()) == []


def test_a_warning_comes_with_the_grading() -> None:
    titles = (*ORDERS, "年龄", "打分")
    orders = sheet(titles, ("K1", "1", "2025-01-05", "10", "50", "9"))
    warned = grade([orders], scheme=scheme(named(header="年龄")))
    name = {"zh": "评分", "en": "评分"}
    expected = ("sensitive_criteria", {"columns": ["stars"], "names": [name]})
    assert expected in warned.notes
    assert "sensitive_criteria" not in dict(grade([orders], scheme=scheme(named())).notes)
    # Nor does it pass under another name.
    hidden = grade([orders], scheme=scheme(named()), wanted={"stars": "年龄"})
    assert expected in hidden.notes
    again = grade([orders], scheme=scheme(), model=warned.model)
    assert expected in again.notes


def test_no_shipped_industry_reads_one() -> None:
    assert presets()
    for industry in presets():
        found = preset(industry)
        assert sensitive_columns(found) == [], (industry, needs(found))
