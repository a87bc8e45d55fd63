"""Every shipped industry grades plain orders in one command, in both languages."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from addin.cli import main
from segmentation.scheme_file import preset, presets
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
