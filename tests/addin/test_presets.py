"""Every shipped industry grades plain orders in one command, in both languages."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from addin.cli import main
from addin.explain import rules
from addin.explaining.told import constant, kind_of
from addin.hosts.file.reading import read_sources
from addin.words import LANGUAGES, words
from segmentation.grading import fit
from segmentation.scheme_file import parse_scheme, preset, preset_text, presets
from tests.addin.conftest import CJK, Run

INDUSTRIES = [name for name in presets() if name != "general"]

each = pytest.mark.parametrize("name", INDUSTRIES)
both = pytest.mark.parametrize("lang", ["zh", "en"])


@cache
def demo(base: Path, lang: str) -> Path:
    """The demo orders of a language, made once."""
    folder = base / f"demo-{lang}"
    assert main(["demo", "--lang", lang, "-o", str(folder)]) == 0
    return folder / {"zh": "示例订单.xlsx", "en": "sample-orders.xlsx"}[lang]


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("presets")


def check_graded(name: str, lang: str, told: dict[str, Any], out: Path) -> None:
    """Everybody is in one of the preset's tiers, in more than one of them, and is told why."""
    keys = [tier.key for tier in preset(name).tiers]
    frame = pl.read_csv(out, infer_schema=False)
    counts = dict(frame["tier"].value_counts().iter_rows())
    assert set(counts) <= set(keys)
    assert {k: n for k, n in told["tiers"].items() if n} == counts
    assert sum(counts.values()) == told["customers"] == frame.height
    assert len(counts) > 1
    assert not frame["why"].is_null().any()
    first = frame["why"].to_list()[0]
    assert bool(CJK.search(first)) is (lang == "zh"), first


@each
@both
def test_demo_orders(name: str, lang: str, base: Path, fenji: Run, folder: Path) -> None:
    out = folder / "graded.csv"
    options = ("--industry", name, "-o", out, "--json")
    done = fenji("grade", demo(base, lang), *options, lang=lang)
    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert told["customers"] == 320
    check_graded(name, lang, told, out)


@each
@both
def test_messy_orders(name: str, lang: str, shared_data: Path, fenji: Run, folder: Path) -> None:
    source = shared_data / "zh_messy_orders" / "orders.xlsx"
    out = folder / "graded.csv"
    done = fenji("grade", source, "--industry", name, "-o", out, "--json", lang=lang)
    assert done.code == 0, done.err
    check_graded(name, lang, json.loads(done.out), out)


@pytest.mark.parametrize(
    ("name", "lang"), [("finance", "zh"), ("pharma-doctors", "en"), ("online-education", "zh")]
)
def test_a_whole_workbook(name: str, lang: str, base: Path, fenji: Run, folder: Path) -> None:
    """The sheet of strategies says what the preset says."""
    out = folder / "graded.xlsx"
    done = fenji("grade", demo(base, lang), "--industry", name, "-o", out, lang=lang)
    assert done.code == 0, done.err
    sheet = {"zh": "策略", "en": "Strategy"}[lang]
    cells = pl.read_excel(out, sheet_name=sheet, has_header=False, infer_schema_length=0)
    shown = "\n".join(c for row in cells.rows() for c in map(str, row))
    for tier in preset(name).tiers:
        assert tier.name[lang] in shown
        assert tier.service_floor[lang] in shown
        assert tier.strategy[lang][0] in shown


# Columns of the trade, as its sheets call them.


def write(path: Path, headers: Sequence[str], rows: Sequence[Sequence[Any]]) -> Path:
    pl.DataFrame(rows, schema=list(headers), orient="row").write_csv(path)
    return path


def tiers(fenji: Run, source: Path, name: str, *options: str) -> dict[str, str]:
    out = source.with_suffix(".graded.csv")
    done = fenji("grade", source, "--industry", name, "-o", out, *options)
    assert done.code == 0, done.err
    frame = pl.read_csv(out, infer_schema=False)
    return dict(frame.select("customer", "tier").iter_rows())


def test_doctors_by_the_columns_of_their_list(fenji: Run, folder: Path) -> None:
    headers = ["医生编号", "医院等级", "职称", "行为评分", "日期", "金额"]
    rows = [
        ("D1", "三甲", "主任医师", 3, "2026-01-05", 10),
        ("D2", "二级甲等", "副主任医师", 2, "2026-01-05", 10),
        ("D3", "社区医院", "主治医师", 1, "2026-01-05", 90000),
        ("D4", "三级", "主治医师", 3, "2026-01-05", 10),
    ]
    found = tiers(fenji, write(folder / "d.csv", headers, rows), "pharma-doctors")
    # 9 + 3, 5 + 2, 1 + 1, 5 + 3.
    assert found == {"D1": "A", "D2": "B", "D3": "C", "D4": "A"}


def test_clients_by_assets_and_trades(fenji: Run, folder: Path) -> None:
    headers = ["客户编号", "交易日期", "交易金额", "金融资产(万元)"]
    rows = [
        ("K1", "2026-01-05", 500, 100.01),
        ("K2", "2026-01-05", 9000000, 100),
        ("K2", "2026-02-05", 500, 100),
        ("K3", "2026-01-05", 9000000, 5),
    ]
    found = tiers(fenji, write(folder / "k.csv", headers, rows), "finance")
    assert found == {"K1": "premier", "K2": "preferred", "K3": "standard"}


def test_students_by_score(fenji: Run, folder: Path) -> None:
    rows = [(f"S{i:02d}", "2026-01-05", 5000 - i, 50 + i) for i in range(20)]
    source = write(folder / "s.csv", ["学号", "报名日期", "学费", "考试成绩"], rows)
    found = tiers(fenji, source, "training-institute")
    assert {k for k, t in found.items() if t == "honour"} == {"S19", "S18"}
    assert {k for k, t in found.items() if t == "excellent"} == {"S17", "S16", "S15", "S14"}


def test_chronic_patients_whatever_they_paid(fenji: Run, folder: Path) -> None:
    headers = ["Patient ID", "Visit date", "Amount", "Chronic condition"]
    rows = [
        ("P1", "2026-01-05", 5, "Yes"),
        ("P2", "2026-01-05", 90000, "No"),
        *(("P3", f"2025-0{month}-10", 20, "No") for month in range(1, 7)),
        ("P4", "2025-11-05", 800, "No"),
        ("P4", "2025-12-05", 800, "No"),
    ]
    found = tiers(fenji, write(folder / "p.csv", headers, rows), "medical")
    assert found == {"P1": "priority", "P2": "new", "P3": "priority", "P4": "returning"}


def test_adherence_in_percent(fenji: Run, folder: Path) -> None:
    headers = ["患者编号", "就诊日期", "金额", "依从率", "病种", "分期"]
    rows = [
        *(("P1", f"2026-0{month}-20", 1, "92%", "高血压", "稳定期") for month in range(1, 7)),
        ("P2", "2025-12-01", 99999, "30%", "肿瘤", "晚期"),
        ("P3", "2026-04-30", 10, "65%", "糖尿病", "中期"),
    ]
    source = write(folder / "p.csv", headers, rows)
    found = tiers(fenji, source, "pharma-patients", "--as-of", "2026-06-25")
    assert found == {"P1": "steady", "P2": "guidance", "P3": "irregular"}


def test_licences_are_added_up(fenji: Run, folder: Path) -> None:
    headers = ["Customer", "Order date", "Amount", "Licenses"]
    rows = [
        ("gold", "2026-01-05", 500000.01, 1),
        ("even", "2026-01-05", 500000, 1),
        ("seats", "2026-01-05", 900, 60),
        ("seats", "2026-02-05", 900, 40),
    ]
    found = tiers(fenji, write(folder / "l.csv", headers, rows), "b2b-software")
    assert found == {"gold": "gold", "even": "standard", "seats": "strategic"}


@pytest.mark.parametrize(
    ("name", "amount"),
    [("online-education", 5000.01), ("fashion-retail", 10000.01), ("b2b-software", 500000.01)],
)
def test_yearly_spend_is_that_of_the_last_365_days(
    name: str, amount: float, fenji: Run, folder: Path
) -> None:
    day = dt.date(2026, 7, 1)
    rows = [
        ("inside", f"{day - dt.timedelta(days=365)}", amount),
        ("outside", f"{day - dt.timedelta(days=366)}", amount),
    ]
    source = write(folder / "y.csv", ["Customer", "Order date", "Amount"], rows)
    found = tiers(fenji, source, name, "--as-of", f"{day}")
    keys = [tier.key for tier in preset(name).tiers]
    assert found == {"inside": keys[0], "outside": keys[-1]}


DOCTORS = [
    ("张三", "三级", "主任医师", 3),
    ("李四", "特级", "副主任医师", 2),
    ("王五", "二级", "主治", 1),
]
BLANK = ("recency", "frequency", "monetary", "r_score", "f_score", "m_score", "rfm")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_list_with_only_what_is_read(lang: str, fenji: Run, folder: Path) -> None:
    source = write(folder / "d.csv", ["医生", "医院级别", "职称", "行为"], DOCTORS)
    done = fenji("grade", source, "--industry", "pharma-doctors", "-o", "o.csv", lang=lang)
    assert done.code == 0, done.err
    names = [words(lang)(f"measure_name.{m}") for m in ("recency", "frequency_orders")]
    assert all(name in done.out + done.err for name in names)
    assert "特级 1" in done.out + done.err
    frame = pl.read_csv(folder / "o.csv", infer_schema=False)
    assert frame["tier"].to_list() == ["A", "B", "B"]
    for column in (*BLANK, "segment", "abc", "stage"):
        assert frame[column].null_count() == 3, column
    book = fenji("grade", source, "--industry", "pharma-doctors", "-o", "o.xlsx", lang=lang)
    assert book.code == 0, book.err
    cells = [
        c for s in read_sources([folder / "o.xlsx"]) for row in s.cells.iter_rows() for c in row
    ]
    assert words(lang)("headline.count", customers="3") in cells
    told = fenji("explain", "o.xlsx", "张三", lang=lang)
    assert told.code == 0, told.err


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_customer_that_stands_twice_is_called_that(lang: str, fenji: Run, folder: Path) -> None:
    headers = ["客户", "距上次购买天数", "购买次数", "消费总额"]
    rows = [("甲", 3, 2, 10), ("乙", 4, 2, 20), ("甲", 9, 1, 5)]
    source = write(folder / "k.csv", headers, rows)
    tell = words(lang)
    for command in (("grade", source, "-o", "o.csv"), ("check", source)):
        done = fenji(*command, lang=lang)
        said = done.out + done.err
        assert tell("reason.duplicate_customer") in said
        assert tell("reason.duplicate") not in said


def test_intervals_and_centres_are_short() -> None:
    assert constant(62.2222, kind_of({}, "interval")) == "62.2"
    assert constant(1230, kind_of({}, "interval")) == "1,230.0"
    people = pl.DataFrame(
        {
            "customer": [f"c{i}" for i in range(30)],
            "recency": [float(i % 7) for i in range(30)],
            "frequency": [float(1 + i % 3) for i in range(30)],
            "monetary": [float(i) for i in range(30)],
            "stars": [i / 7 for i in range(30)],
        }
    )
    text = preset_text("kmeans").replace("[kmeans]", '[columns.stars]\nname = "评分"\n[kmeans]')
    chosen = parse_scheme(text, source="k.toml")
    settings = dataclasses.replace(chosen.settings, measures=("stars",))
    model = fit(dataclasses.replace(chosen, settings=settings), people)
    said = "\n".join(map(str, rules(model, words("en"))))
    assert said
    assert not re.search(r"\d\.\d{3}", said)
