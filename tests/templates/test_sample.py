"""The sample orders: the same every time, like a real export, and as messy as they say."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from addin.hosts.file.reading import read_sources
from segmentation.check import check_orders
from segmentation.columns import layout
from segmentation.run import Grading, grade
from segmentation.scheme import MeasureSettings
from segmentation.scheme_file import preset
from templates.sample import HEADER_ROW, LANGUAGES, MESS, SEED, write
from templates.sample_mess import AMOUNT_TEXTS, DATE_TEXTS, RETURNS
from templates.sample_orders import END, START, Dice, orders, shop

HEADERS = {
    "zh": [
        "客户编号",
        "客户名称",
        "下单日期",
        "订单号",
        "品类",
        "数量",
        "实付金额(元)",
        "订单状态",
        "业务员",
    ],
    "en": [
        "Customer ID",
        "Customer name",
        "Order date",
        "Order no.",
        "Category",
        "Quantity",
        "Amount paid",
        "Status",
        "Sales rep",
    ],
}


@pytest.fixture(scope="module", params=LANGUAGES)
def lang(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def sample(lang: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sample") / f"{lang}.xlsx"
    write(path, lang)
    return path


@pytest.fixture(scope="module")
def graded(sample: Path) -> Grading:
    return grade(read_sources([sample]), scheme=preset("general"))


def cells(sample: Path) -> list[tuple[Any, ...]]:
    """All rows of the first sheet, as the workbook holds them."""
    return list(openpyxl.load_workbook(sample).worksheets[0].iter_rows(values_only=True))


def body(sample: Path) -> list[tuple[Any, ...]]:
    """The rows between the header and the total."""
    return cells(sample)[HEADER_ROW + 1 : -1]


def test_another_process_writes_the_same_bytes(lang: str, sample: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.xlsx"
    code = (
        "import sys; from pathlib import Path; from templates.sample import write; "
        "write(Path(sys.argv[1]), sys.argv[2])"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Shanghai"}
    command = [sys.executable, "-c", code, str(again), lang]
    subprocess.run(command, check=True, env=environment, cwd=Path(__file__).parents[2])
    assert again.read_bytes() == sample.read_bytes()


def test_size_and_sheets(lang: str, sample: Path) -> None:
    assert sample.stat().st_size < 150_000
    book = openpyxl.load_workbook(sample)
    assert book.sheetnames == [shop(lang).sheet, shop(lang).notes["sheet"]]
    notes = [row[0] for row in book.worksheets[1].iter_rows(values_only=True)]
    assert notes == [shop(lang).notes["title"], *shop(lang).notes["lines"]]
    assert 1_700 < len(body(sample)) < 1_900


def test_two_titles_then_the_header_and_a_total_at_the_end(lang: str, sample: Path) -> None:
    rows = cells(sample)
    assert HEADER_ROW == 2
    assert all(row[0] and not any(row[1:]) for row in rows[:HEADER_ROW])
    assert list(rows[HEADER_ROW]) == HEADERS[lang]
    total = rows[-1]
    assert total[0] == shop(lang).total
    known = {}
    for row in body(sample):
        known[row[3]] = row[6]
    numbers = sum(v for v in known.values() if isinstance(v, int | float))
    # The shop's total also has the amounts that stand as text.
    assert numbers < total[6] < numbers * 1.03


def test_header_is_frozen_and_filtered(sample: Path) -> None:
    sheet = openpyxl.load_workbook(sample).worksheets[0]
    assert sheet.freeze_panes == f"A{HEADER_ROW + 2}"
    last = HEADER_ROW + 1 + len(body(sample))
    assert sheet.auto_filter.ref == f"A{HEADER_ROW + 1}:I{last}"
    assert sheet.print_title_rows == f"${HEADER_ROW + 1}:${HEADER_ROW + 1}"


def test_columns_are_understood_and_notes_are_no_orders(lang: str, sample: Path) -> None:
    found, notes = (layout(sheet) for sheet in read_sources([sample]))
    roles = ("customer", "name", "date", "order", "category", "quantity", "amount", "status")
    assert found.kind == "orders"
    assert {role: found.headers[i] for role, i in found.columns.items()} == dict(
        zip(roles, HEADERS[lang][: len(roles)], strict=True)
    )
    assert notes.kind == "other"


def test_mess_is_what_the_check_finds(sample: Path) -> None:
    found = [x for x in map(layout, read_sources([sample])) if x.kind == "orders"]
    checked = check_orders(found, settings=MeasureSettings())
    assert checked.left_out == MESS
    assert checked.findings.height == sum(MESS.values())
    assert checked.read == len(body(sample)) + 1
    assert checked.read == checked.used + sum(checked.left_out.values())
    assert checked.rows.height == checked.used
    assert ("returns", {"rows": RETURNS}) in checked.notes
    assert checked.as_of == END + dt.timedelta(days=1)


def test_values_survive_the_mess(lang: str, graded: Grading) -> None:
    """What is read from odd cells is what the shop really sold."""
    told = {o.order: o for o in orders(shop(lang), Dice(SEED))}
    bought = graded.checked.rows.filter("purchase")
    assert bought.height > 1_650
    wrong = [
        row
        for row in bought.iter_rows(named=True)
        if (told[row["order"]].day, told[row["order"]].amount) != (row["date"], row["amount"])
        or told[row["order"]].customer != row["customer"]
    ]
    assert wrong == []


def test_odd_cells_that_can_be_read(lang: str, sample: Path) -> None:
    rows = body(sample)
    day_texts = [r[2] for r in rows if isinstance(r[2], str)]
    amount_texts = [r[6] for r in rows if isinstance(r[6], str)]
    assert len(day_texts) == DATE_TEXTS + MESS["bad_date"]
    assert len(amount_texts) == AMOUNT_TEXTS + MESS["bad_amount"]
    assert set(shop(lang).bad_dates) <= set(day_texts)
    assert set(shop(lang).bad_amounts) <= set(amount_texts)
    assert any(text.count("/") == 2 for text in day_texts)
    assert any("年" in text for text in day_texts) == (lang == "zh")
    assert {r[2].date() for r in rows if isinstance(r[2], dt.datetime)} <= {
        START + dt.timedelta(days=n) for n in range((END - START).days + 1)
    }


def test_a_name_that_looks_like_a_formula_is_text(lang: str, sample: Path) -> None:
    sheet = openpyxl.load_workbook(sample).worksheets[0]
    named = [cell for cell in sheet["B"] if str(cell.value).startswith("=")]
    assert {cell.value for cell in named} == {shop(lang).formula_name}
    assert {cell.data_type for cell in named} == {"s"}
    assert len(named) > 1


def test_it_behaves_like_real_customers(graded: Grading) -> None:
    report = graded.report
    customers = graded.graded
    assert 300 <= report.customers <= 330
    assert 0.65 <= report.top_share <= 0.75
    shares = dict(report.tiers.select("tier_no", "customer_share").iter_rows())
    assert 0.15 <= shares[0] <= 0.25
    assert all(0.15 <= shares[tier] <= 0.35 for tier in (1, 2, 3))
    assert report.quiet_top >= 5
    assert report.stages["customers"].min() >= 20
    once = customers.filter(pl.col("frequency") == 1).height / customers.height
    assert 0.2 <= once <= 0.4
    assert customers["frequency"].max() >= 20
    assert customers.filter(pl.col("first_date") > END - dt.timedelta(days=90)).height >= 25
    scores = ("r_score", "f_score", "m_score")
    assert {name: customers[name].n_unique() for name in scores} == dict.fromkeys(scores, 5)


def test_the_shop_grows_and_has_seasons(lang: str, graded: Grading) -> None:
    rows = graded.checked.rows.filter("purchase")
    first = rows.filter(pl.col("date") < dt.date(2025, 7, 1))["amount"].sum()
    second = rows["amount"].sum() - first
    assert 1.05 < second / first < 1.5
    by_month: Mapping[int, int] = dict(
        rows.group_by(pl.col("date").dt.month().alias("month")).len().iter_rows()
    )
    season = shop(lang).season
    busy = sorted(range(12), key=season.__getitem__)
    quiet_three = sum(by_month[m + 1] for m in busy[:3])
    busy_three = sum(by_month[m + 1] for m in busy[-3:])
    assert busy_three > 1.15 * quiet_three


def test_workbook_is_valid(sample: Path, validator: Callable[[Path], list[str]]) -> None:
    assert validator(sample) == []


def test_both_languages_say_the_same_things() -> None:
    one, other = shop("en"), shop("zh")
    for part in ("headers", "widths", "status"):
        assert list(getattr(one, part)) == list(getattr(other, part))
    assert len(one.season) == len(other.season) == 12
    assert len(one.notes["lines"]) == len(other.notes["lines"])


def test_another_language_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="'fr'"):
        write(tmp_path / "x.xlsx", "fr")
    assert not (tmp_path / "x.xlsx").exists()
