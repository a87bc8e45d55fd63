"""The shipped industries: whole in both languages, and every number of the trade where it belongs.

Expected tiers come from the rules as customer-management guides publish them, value by value.
"""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import polars as pl
import pytest

from segmentation.grading import apply, dump_model, fit, load_model, needs
from segmentation.scheme import DERIVED, MEASURES, Part, Scheme, Tier
from segmentation.scheme_file import preset, preset_text, presets
from segmentation.sensitive import sensitive_columns

CJK = re.compile(r"[\u3400-\u9fff]")
FULL_WIDTH = re.compile(r"[\u3000-\u303f\uff00-\uffef]")
INDUSTRIES = [name for name in presets() if name != "general"]
# Practice allows these only with a visible warning, never by default.
SENSITIVE = re.compile(
    r"年龄|性别|职业|学历|受教育|文化程度|生活方式|婚姻|民族|宗教|籍贯"
    r"|\b(age|gender|sex|occupation|profession|education|lifestyle|marital|religion|race)\b",
    re.IGNORECASE,
)
MONEY = {"monetary", "mean_order"}

each = pytest.mark.parametrize("name", INDUSTRIES)


def tiers_of(name: str, **columns: Sequence[Any]) -> list[str]:
    """The tiers of customers whose measures are the columns; what is not given is ordinary."""
    count = max(len(values) for values in columns.values())
    whole = {"recency": [30.0] * count, "frequency": [5.0] * count, "monetary": [1000.0] * count}
    frame = pl.DataFrame({"customer": [f"{i:04d}" for i in range(count)], **whole, **columns})
    model = load_model(dump_model(fit(preset(name), frame)))
    return apply(model, frame)["tier"].to_list()


def parts_of(name: str) -> tuple[Part, ...]:
    return preset(name).parts


def every_tier(name: str) -> Iterator[Tier]:
    for part in parts_of(name):
        yield from part.tiers


# What a preset must have.


def test_there_is_one_for_every_industry_of_the_trade() -> None:
    assert set(INDUSTRIES) == {
        "retail",
        "fashion-retail",
        "e-commerce",
        "catering",
        "b2b",
        "b2b-software",
        "pharma-hospitals",
        "pharma-doctors",
        "pharma-patients",
        "finance",
        "hotel",
        "medical",
        "education",
        "online-education",
        "training-institute",
        "manufacturing",
    }


@each
def test_it_begins_with_what_it_is_for(name: str) -> None:
    lines = preset_text(name).splitlines()
    comment = list(itertools.takewhile(lambda line: line.startswith("# "), lines))
    assert 2 <= len(comment) <= 4
    assert not CJK.search("".join(comment))
    assert "reads" in " ".join(comment).lower()


@each
def test_every_tier_is_whole(name: str) -> None:
    for tier in every_tier(name):
        assert tier.contact_days is not None
        assert 0 < tier.contact_days <= 180
        for lang in ("zh", "en"):
            assert 2 <= len(tier.strategy[lang]) <= 4, tier.key
        assert len(tier.strategy["zh"]) == len(tier.strategy["en"]), tier.key
        for text in (tier.name, tier.owner, tier.first_action, tier.service_floor):
            assert text["zh"].strip(), tier.key
            assert text["en"].strip(), tier.key


@each
def test_budget_shares_sum_to_one(name: str) -> None:
    for part in parts_of(name):
        shares = [tier.budget_share for tier in part.tiers]
        assert None not in shares
        assert sum(share or 0 for share in shares) == pytest.approx(1)
        assert min(share or 0 for share in shares) > 0


def texts(node: Any, path: str = "") -> Iterator[tuple[str, str, str]]:
    """Every text of a scheme file that stands there in two languages: where, zh, en."""
    if isinstance(node, dict) and node and node.keys() <= {"zh", "en"}:
        assert node.keys() == {"zh", "en"}, path
        zh, en = node["zh"], node["en"]
        if isinstance(zh, str):
            zh, en = [zh], [en]
        for a, b in zip(zh, en, strict=True):
            yield path, a, b
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from texts(value, f"{path}.{key}")
    elif isinstance(node, list):
        for i, value in enumerate(node):
            yield from texts(value, f"{path}[{i}]")


@each
def test_no_text_is_left_untranslated(name: str) -> None:
    found = list(texts(tomllib.loads(preset_text(name))))
    assert len(found) > 20
    for path, zh, en in found:
        assert CJK.search(zh), path
        assert not CJK.search(en), path
        assert not FULL_WIDTH.search(en), path
        assert zh != en


@each
def test_names_of_tiers_differ_in_both_languages(name: str) -> None:
    for part in parts_of(name):
        for lang in ("zh", "en"):
            names = [tier.name[lang] for tier in part.tiers]
            assert len(set(names)) == len(names)


@each
def test_basic_service_is_the_same_for_all(name: str) -> None:
    """Fair treatment: nobody's basic service is worse than somebody else's."""
    for part in parts_of(name):
        assert len({tuple(tier.service_floor.items()) for tier in part.tiers}) == 1


@each
def test_nothing_sensitive_is_looked_at(name: str) -> None:
    scheme = preset(name)
    for key, column in scheme.columns.items():
        for text in (key, *column.name.values(), *column.headers):
            assert not SENSITIVE.search(text), text
    for measure in needs(scheme):
        assert not SENSITIVE.search(measure)
    assert not sensitive_columns(scheme)


@each
def test_headers_name_one_column_each(name: str) -> None:
    headers = [
        text.casefold()
        for column in preset(name).columns.values()
        for text in {*column.name.values(), *column.headers}
    ]
    assert sorted(headers) == sorted(set(headers))


@each
def test_every_column_of_its_own_is_read(name: str) -> None:
    scheme = preset(name)
    assert set(scheme.columns) <= set(needs(scheme))
    assert set(needs(scheme)) <= {*MEASURES, *DERIVED, *scheme.columns}


def test_several_presets_have_a_second_grading() -> None:
    beside = {n: s.beside.method for n in INDUSTRIES if (s := preset(n)).beside}
    assert {"retail", "e-commerce"} <= {n for n, m in beside.items() if m == "lifecycle"}
    assert {"b2b", "finance", "manufacturing"} <= {n for n, m in beside.items() if m == "risk"}


def test_nobody_is_in_two_stages() -> None:
    """The lifecycle beside the tiers and the stage of every customer count the same days."""
    found = {n: s for n in INDUSTRIES if (s := preset(n)).beside and s.beside.method == "lifecycle"}
    days = {name: (s.stage.active_days, s.stage.dormant_days) for name, s in found.items()}
    wanted = {}
    for name in found:
        read = tomllib.loads(preset_text(name))["beside"].get("lifecycle", {})
        wanted[name] = (read.get("active_days", 90), read.get("dormant_days", 180))
    assert days == wanted


PLAIN = {
    "recency": [3.0, 20.0, 45.0, 90.0, 200.0, 400.0],
    "frequency": [24.0, 12.0, 6.0, 3.0, 2.0, 1.0],
    "monetary": [2e6, 60000.0, 12000.0, 4000.0, 900.0, 50.0],
}


@each
def test_it_grades_a_bare_list_of_customers(name: str) -> None:
    """Nothing but recency, frequency and amount: stand-ins, or criteria left out."""
    found = tiers_of(name, **PLAIN)
    keys = [tier.key for tier in preset(name).tiers]
    assert found[0] == keys[0]
    assert found[-1] == keys[-1]
    assert len(set(found)) > 1


@each
def test_it_grades_a_single_customer(name: str) -> None:
    for i in range(len(PLAIN["recency"])):
        one = tiers_of(name, **{measure: [values[i]] for measure, values in PLAIN.items()})
        assert one[0] in [tier.key for tier in preset(name).tiers]


# Names of the trade, best first.

NAMES = {
    "retail": ["VIP客户", "普通客户", "潜在客户"],
    "e-commerce": ["高价值客户", "普通客户", "低价值客户"],
    "catering": ["忠实食客", "普通食客", "新客"],
    "b2b": ["大客户", "中小企业客户", "潜在客户"],
    "online-education": ["VIP客户", "黄金客户", "普通客户"],
    "fashion-retail": ["金卡客户", ...],
    "b2b-software": ["金牌客户", "战略客户", ...],
    "hotel": ["白金会员", "忠诚客户", "普通客户"],
    "finance": ["尊贵客户", "优质客户", ...],
    "training-institute": ["荣誉学员", "优秀学员", ...],
    "medical": ["优质患者", ...],
    "education": ["高价值客户", "潜力客户", "普通客户", "低价值客户"],
}


@pytest.mark.parametrize(("name", "wanted"), NAMES.items())
def test_tiers_are_called_as_in_the_trade(name: str, wanted: list[Any]) -> None:
    found = [tier.name["zh"] for tier in preset(name).tiers]
    if wanted[-1] is ...:
        wanted, found = wanted[:-1], found[: len(wanted) - 1]
    assert found == wanted


@pytest.mark.parametrize("name", ["pharma-hospitals", "pharma-doctors"])
def test_pharma_tiers_are_letters(name: str) -> None:
    tiers = preset(name).tiers
    assert "".join(tier.key for tier in tiers) == "ABCD"[: len(tiers)]
    assert all(tier.name["zh"].startswith(tier.key) for tier in tiers)


# Fixed limits, strict and inclusive as written.


@pytest.mark.parametrize(
    ("spend", "tier"),
    [
        (5000.01, "VIP"),
        (5000.0, "gold"),
        (4999.99, "gold"),
        (2000.01, "gold"),
        (2000.0, "gold"),
        (1999.99, "ordinary"),
        (0.0, "ordinary"),
        (-10.0, "ordinary"),
    ],
)
def test_online_education(spend: float, tier: str) -> None:
    assert tiers_of("online-education", monetary=[spend]) == [tier]


@pytest.mark.parametrize(
    ("spend", "gold"), [(9999.99, False), (10000.0, False), (10000.01, True), (2e6, True)]
)
def test_fashion_retail(spend: float, gold: bool) -> None:
    assert (tiers_of("fashion-retail", monetary=[spend]) == ["gold"]) is gold


def test_gold_card_means_exclusive_shopping_and_private_shows() -> None:
    gold = preset("fashion-retail").tiers[0].strategy
    assert "专属购物" in "".join(gold["zh"])
    assert "私享秀" in "".join(gold["zh"])


@pytest.mark.parametrize("name", ["online-education", "fashion-retail", "b2b-software"])
def test_yearly_limits_count_a_year(name: str) -> None:
    assert preset(name).measures.window_days == 365


@pytest.mark.parametrize(
    ("amount", "licences", "tier"),
    [
        (500000.01, 1, "gold"),
        (500000.01, 5000, "gold"),
        (500000.0, 100, "strategic"),
        (499999.99, 100, "strategic"),
        (500000.0, 99, "growing"),
        (10.0, 100, "strategic"),
        (10.0, None, "growing"),
    ],
)
def test_business_software(amount: float, licences: float | None, tier: str) -> None:
    seats = [None if licences is None else float(licences), 1.0]
    found = tiers_of("b2b-software", monetary=[amount, 1.0], licences=seats)
    assert found[0] == tier


def test_business_software_without_licences_counts_orders() -> None:
    found = tiers_of("b2b-software", frequency=[100.0, 99.0, 4.0, 3.0])
    assert found == ["strategic", "growing", "growing", "standard"]


@pytest.mark.parametrize(
    ("stays", "tier"),
    [(12, "platinum"), (11, "platinum"), (10, "loyal"), (3, "loyal"), (2, "ordinary")],
)
def test_hotel(stays: float, tier: str) -> None:
    assert tiers_of("hotel", frequency=[float(stays)]) == [tier]


@pytest.mark.parametrize(
    ("assets", "trades", "tier"),
    [
        (1000000.01, 1, "premier"),
        (1000000.0, 2, "preferred"),
        (999999.99, 30, "preferred"),
        (200000.0, 2, "preferred"),
        (200000.0, 1, "standard"),
        (199999.99, 2, "standard"),
        (199999.99, 12, "rising"),
        (0.0, 11, "standard"),
    ],
)
@pytest.mark.parametrize("column", ["assets", "monetary"])
def test_finance(column: str, assets: float, trades: float, tier: str) -> None:
    """By assets; where the sheet has no such column, by the amount."""
    other = {"monetary": [5e6]} if column == "assets" else {}
    assert tiers_of("finance", frequency=[float(trades)], **other, **{column: [assets]}) == [tier]


def beside_of(name: str, **columns: Sequence[Any]) -> list[str]:
    """Keys of the second grading's tiers."""
    count = max(len(values) for values in columns.values())
    whole = {"recency": [30.0] * count, "frequency": [5.0] * count, "monetary": [1000.0] * count}
    frame = pl.DataFrame({**whole, **columns})
    scheme = preset(name)
    assert scheme.beside
    keys = [tier.key for tier in scheme.beside.tiers]
    return [keys[i] for i in apply(fit(scheme, frame), frame)["beside_no"].to_list()]


def test_risk_of_financial_clients_decides_rates_and_limits() -> None:
    overdue = [0.0, 1.0, 90.0, 90.01]
    assert beside_of("finance", overdue_days=overdue) == ["low", "normal", "normal", "high"]
    score = [650.0, 649.0, 550.0, 549.0]
    assert beside_of("finance", credit_score=score) == ["low", "normal", "normal", "high"]
    debts = [0.5, 0.51, 0.7, 0.71]
    assert beside_of("finance", debt_ratio=debts) == ["low", "normal", "normal", "high"]
    rating = ["正常", "关注", "次级", "可疑", "损失"]  # the five classes of loans
    assert beside_of("finance", risk_rating=rating) == ["low", "normal", *["high"] * 3]
    scheme = preset("finance")
    assert scheme.beside
    for tier in scheme.beside.tiers:
        words = "".join(tier.strategy["zh"])
        assert "贷款利率" in words, tier.key
        assert "额度" in words, tier.key


def test_a_dormant_account_alone_is_never_high_risk() -> None:
    assert beside_of("finance", recency=[180.0, 181.0, 4000.0]) == ["low", "normal", "normal"]


def test_payment_makes_business_customers_a_risk() -> None:
    for name in ("b2b", "manufacturing"):
        # Everybody orders at the usual pace, so that only the payment speaks.
        found = beside_of(name, interval=[60.0] * 3, overdue_days=[0.0, 30.0, 91.0])
        assert found == ["low", "normal", "high"]


def test_best_tenth_of_students() -> None:
    """100 students with different scores: 10 honour, 20 excellent, by score and not by money."""
    scores = [float(v) for v in range(1, 101)]
    found = tiers_of("training-institute", exam_score=scores, monetary=scores[::-1])
    assert found == ["ordinary"] * 70 + ["excellent"] * 20 + ["honour"] * 10


def test_students_who_tie_with_the_last_one_in_are_in() -> None:
    scores = [50.0] * 88 + [99.0] * 12
    assert tiers_of("training-institute", exam_score=scores).count("honour") == 12


def test_students_without_scores_go_by_what_they_paid() -> None:
    paid = [float(v) for v in range(1, 101)]
    assert tiers_of("training-institute", monetary=paid).count("honour") == 10


# Patients: by what ails them, not by money.


@pytest.mark.parametrize("name", ["medical", "pharma-patients"])
def test_patients_are_never_graded_by_money(name: str) -> None:
    assert not MONEY & {m for part in parts_of(name) for m in needs_of(name, part)}
    columns = preset(name).columns.values()
    assert not MONEY & {column.instead for column in columns}
    some = {k: v for k, v in PLAIN.items() if k != "monetary"}
    for money in itertools.permutations([1.0, 500.0, 90000.0]):
        assert tiers_of(name, **some, monetary=[*money, *money]) == tiers_of(name, **some)


def needs_of(name: str, part: Part) -> Sequence[str]:
    """What a grading itself reads; the three measures are always measured."""
    scheme: Scheme = preset(name)
    others = set(needs(scheme)) - set(MEASURES)
    settings = repr(part.settings)
    return [m for m in (*others, *MEASURES) if f"'{m}'" in settings]


@pytest.mark.parametrize(
    ("chronic", "months", "tier"),
    [
        ("是", 1, "priority"),
        ("chronic", 1, "priority"),
        ("糖尿病", 3, "priority"),
        ("否", 6, "priority"),
        ("否", 5, "returning"),
        ("否", 2, "returning"),
        ("否", 1, "new"),
        (None, 6, "priority"),
        (None, 5, "returning"),
        (None, 1, "new"),
    ],
)
def test_long_term_or_chronic_patients_come_first(
    chronic: str | None, months: int, tier: str
) -> None:
    found = tiers_of(
        "medical",
        long_term_condition=[chronic, "否"],
        active_months=[float(months), 1.0],
        frequency=[float(months), 1.0],
    )
    assert found[0] == tier


def test_patients_who_stop_need_guidance() -> None:
    """Adherence of 80 % and 50 % are the usual limits (proportion of days covered)."""
    known = {"recency": [20.0] * 3, "active_months": [6.0] * 3}
    course = {
        "treatment_stage": ["稳定期", "中期", "晚期"],
        "diagnosis": ["高血压", "糖尿病", "肿瘤"],
    }
    found = tiers_of("pharma-patients", **known, **course, adherence_share=[0.9, 0.6, 0.3])
    assert found == ["steady", "irregular", "guidance"]
    # Refills alone, where nothing else is known.
    found = tiers_of("pharma-patients", recency=[20.0, 50.0, 90.0], active_months=[6.0, 6.0, 1.0])
    assert found == ["steady", "irregular", "guidance"]


@pytest.mark.parametrize("column", ["adherence_share", "treatment_stage", "diagnosis"])
def test_each_criterion_of_patients_counts(column: str) -> None:
    better = {"adherence_share": 0.9, "treatment_stage": "Stable", "diagnosis": "Hypertension"}
    worse = {"adherence_share": 0.2, "treatment_stage": "Severe", "diagnosis": "Cancer"}
    frame = pl.DataFrame(
        {"recency": [50.0] * 2, "frequency": [3.0] * 2, "monetary": [1.0] * 2}
        | {c: [better[c], worse[c] if c == column else better[c]] for c in better}
    )
    one, other = apply(fit(preset("pharma-patients"), frame), frame)["score"].to_list()
    assert one > other


# Pharma: doctors and hospitals.

LEVELS = {"三级": 0, "二级": 1, "一级": 2}
TITLES = {"主任医师": 0, "副主任医师": 1, "主治医师": 2}
NINE_BOX = [[9, 8, 5], [7, 5, 3], [3, 2, 1]]
CELLS = list(itertools.product(LEVELS, TITLES, (1, 2, 3)))


def letter(total: int) -> str:
    return "A" if 8 <= total <= 12 else "B" if 4 <= total <= 7 else "C"


def doctors(read: Callable[[str], str] = str) -> list[str]:
    levels, titles, behaviour = zip(*CELLS, strict=True)
    return tiers_of(
        "pharma-doctors",
        hospital_level=[read(level) for level in levels],
        title=[read(title) for title in titles],
        behaviour=[float(b) for b in behaviour],
    )


def test_all_27_doctors() -> None:
    wanted = [letter(NINE_BOX[LEVELS[a]][TITLES[b]] + c) for a, b, c in CELLS]
    assert doctors() == wanted
    # By hand, one of each kind: 9+3, 7+1, 5+2, 3+1, 2+1, 1+1.
    for level, title, behaviour, tier in [
        ("三级", "主任医师", 3, "A"),
        ("二级", "主任医师", 1, "A"),
        ("二级", "副主任医师", 2, "B"),
        ("一级", "主任医师", 1, "B"),
        ("一级", "副主任医师", 1, "C"),
        ("一级", "主治医师", 1, "C"),
    ]:
        assert doctors()[CELLS.index((level, title, behaviour))] == tier


def test_doctors_by_other_words_for_the_same() -> None:
    words = {
        "三级": "三甲",
        "二级": "Secondary",
        "一级": "社区医院",
        "主任医师": "Chief physician",
        "副主任医师": "副高",
        "主治医师": "住院医师",
    }
    assert doctors(words.__getitem__) == doctors()


def test_a_doctor_of_whom_nothing_is_known_is_c() -> None:
    found = tiers_of(
        "pharma-doctors",
        hospital_level=["三级", None],
        title=["主任医师", None],
        behaviour=[3.0, None],
    )
    assert found == ["A", "C"]


def test_visits_of_doctors() -> None:
    """Eight a month, two to four a month, on demand."""
    a, b, c = (tier.contact_days or 0 for tier in preset("pharma-doctors").tiers)
    assert 7 <= 30 / a <= 9
    assert 2 <= 30 / b <= 4
    assert 30 / c < 2
    words = ["".join(tier.strategy["zh"]) for tier in preset("pharma-doctors").tiers]
    assert "一对一" in words[0]
    assert "学术" in words[1]
    assert "信息传递" in words[2]
    assert "按需" in words[2]


def test_hospitals_by_potential_and_contribution() -> None:
    grid = {"三级": "ABB", "二级": "ABC", "一级": "BCD"}
    cells = list(itertools.product(grid, range(3)))
    beds = {"三级": 1500.0, "二级": 400.0, "一级": 50.0}
    found = tiers_of(
        "pharma-hospitals",
        hospital_level=[level for level, _ in cells],
        beds=[beds[level] for level, _ in cells],
        demand=[1000 * beds[level] for level, _ in cells],
        monetary=[[900000.0, 90000.0, 9000.0][column] for _, column in cells],
    )
    assert found == [grid[level][column] for level, column in cells]


# Scorecards: what each is said to look at decides.

EMPHASIS = {
    "retail": {"frequency", "monetary", "categories"},
    "e-commerce": {"frequency", "monetary", "mean_order", "campaigns"},
    "catering": {"frequency", "mean_order", "referrals"},
    "b2b": {"monetary", "frequency", "supply_share"},
    "manufacturing": {"quality_need", "delivery_need"},
    "medical": {"long_term_condition", "active_months"},
    "pharma-patients": {"diagnosis", "treatment_stage", "adherence_share"},
}


@pytest.mark.parametrize(("name", "measures"), EMPHASIS.items())
def test_scorecards_look_at_what_the_trade_looks_at(name: str, measures: set[str]) -> None:
    criteria = preset(name).settings.criteria
    total = dict.fromkeys(measures, 0.0)
    for criterion in criteria:
        weights = [i.weight or 1 for i in criterion.indicators]
        for one, weight in zip(criterion.indicators, weights, strict=True):
            if one.measure in total:
                total[one.measure] += criterion.weight * weight / sum(weights)
    assert min(total.values()) > 0
    assert sum(total.values()) >= 35


def test_retail_has_the_five_dimensions() -> None:
    names = [criterion.name["zh"] for criterion in preset("retail").settings.criteria]
    assert names == ["购买力", "忠诚度", "活跃度", "潜在价值", "反馈与互动"]


def test_one_visit_leaves_a_guest_new() -> None:
    bills = [10.0, 50.0, 100.0, 500.0, 5000.0]
    found = tiers_of("catering", frequency=[1.0] * 5, mean_order=bills)
    assert set(found) == {"new"}


def test_education_by_value_and_potential() -> None:
    """High value whatever the potential; potential where value is low but growing."""
    value = {"monetary": [9e4, 9e3, 900.0] * 3, "frequency": [9.0, 5.0, 1.0] * 3}
    grows = [0.9] * 3 + [0.5] * 3 + [0.1] * 3
    when = [5.0] * 3 + [90.0] * 3 + [400.0] * 3
    found = tiers_of("education", **value, growth=grows, recency=when)
    wanted = ["high", "potential", "potential", "high", "ordinary", "ordinary", "high"]
    assert found == [*wanted, "ordinary", "low"]
