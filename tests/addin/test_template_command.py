"""``fenji template``, ``fenji grade`` on it and ``fenji clear``: the way of a workbook."""

from __future__ import annotations

import datetime as dt
import json
import warnings
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from addin.words import LANGUAGES, words
from tests.addin.conftest import Run

DAY = dt.datetime(2026, 1, 5)
FIRST = 5  # the first row below the header
# A level of hospital, a title and a behaviour by the number of the doctor.
LEVELS = {"en": ("Level 3", "Level 2", "Level 1"), "zh": ("三级", "二级", "一级")}
TITLES = {"en": ("Chief", "Attending", "Resident"), "zh": ("主任医师", "主治医师", "住院医师")}


def opened(path: Path) -> Workbook:
    with warnings.catch_warnings(action="ignore"):
        return openpyxl.load_workbook(path)


def paste(path: Path, lang: str, *, below: int = 0, rows: int = 60) -> None:
    """Orders of twelve doctors and what is known of them, over the sample or further down."""
    book = opened(path)
    orders, people = (book[words(lang)(f"sheet.{key}")] for key in ("orders", "attributes"))
    for number in range(rows):
        day = DAY + dt.timedelta(days=2 * number)
        line = (f"D{number % 12:02d}", f"Doc {number % 12}", day, f"X{number}", 100 + 10 * number)
        _write(orders, FIRST + below + number, line)
    for number in range(12):
        known = (LEVELS[lang][number % 3], TITLES[lang][number % 3], number % 4)
        _write(people, FIRST + number, (f"D{number:02d}", f"Doc {number}", *known))
    book.save(path)


def _write(sheet: object, row: int, line: Sequence[object]) -> None:
    for column, value in enumerate(line, start=1):
        sheet.cell(row, column).value = value  # type: ignore[attr-defined]


def customers(path: Path, lang: str) -> dict[str, str]:
    """The tiers by customer, as the workbook has them."""
    with warnings.catch_warnings(action="ignore"):
        book = openpyxl.load_workbook(path, data_only=True)
    sheet = book[words(lang)("sheet.customers")]
    header, *rows = sheet[opened(path)[sheet.title].tables["FenjiCustomers"].ref]
    titles = [cell.value for cell in header]
    known = words(lang).section("header.FenjiCustomers")
    who, tier = (titles.index(known[key]) for key in ("customer", "tier"))
    return {row[who].value: row[tier].value for row in rows}


def inputs_of(path: Path, lang: str) -> dict[str, list[str]]:
    """The first column of the sheets that people paste into, without blank cells."""
    book = opened(path)
    found = {}
    for key in ("orders", "attributes"):
        sheet = book[words(lang)(f"sheet.{key}")]
        cells = (sheet.cell(row, 1).value for row in range(FIRST, sheet.max_row + 1))
        found[key] = [str(cell) for cell in cells if cell is not None]
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
def test_from_the_template_to_the_results(lang: str, folder: Path, fenji: Run) -> None:
    assert fenji("template", "pharma-doctors", "-o", "t.xlsx", lang=lang).code == 0
    before = opened(folder / "t.xlsx").sheetnames
    paste(folder / "t.xlsx", lang)
    done = fenji("grade", "t.xlsx", "-o", "g.xlsx", lang=lang)
    assert done.code == 0, done.err
    sheet = words(lang)("sheet.orders")
    left = words(lang)("note.sample_rows_aside", rows=40, sheet=sheet, file="t.xlsx")
    assert left in done.err
    # By the preset's own rule: level and title give the box, the behaviour is added.
    boxes = ((9, 8, 5), (7, 5, 3), (3, 2, 1))
    expected = {}
    for number in range(12):
        level, title = number % 3, {0: 0, 1: 2, 2: 2}[number % 3]
        total = boxes[level][title] + number % 4
        expected[f"D{number:02d}"] = "A" if total >= 8 else "B" if total >= 4 else "C"
    graded = customers(folder / "g.xlsx", lang)
    assert {who: tier[:1] for who, tier in graded.items()} == expected
    assert opened(folder / "g.xlsx").sheetnames == before
    # Its own results are no list of customers that somebody might have meant.
    again = fenji("grade", "g.xlsx", "-o", "again.xlsx", lang=lang)
    assert again.code == 0, again.err
    assert customers(folder / "again.xlsx", lang) == graded
    ours = words(lang)("sheet.customers")
    assert words(lang)("note.sheet_not_used", sheet=ours, file="g.xlsx") not in again.err
    plain = fenji("grade", "t.xlsx", "-o", "g.csv", "--json", lang=lang)
    rows = json.loads(plain.out)["rows"]
    assert rows["read"] == rows["used"] == 60


def test_a_setting_changed_in_the_template_counts(folder: Path, fenji: Run) -> None:
    assert fenji("template", "pharma-doctors", "-o", "t.xlsx").code == 0
    paste(folder / "t.xlsx", "en")
    assert fenji("grade", "t.xlsx", "-o", "one.xlsx").code == 0
    book = opened(folder / "t.xlsx")
    sheet = book["Settings"]
    (row,) = (r for r in sheet.iter_rows() if r[3].value == "tiers[0].min_score")
    row[1].value = 11
    book.save(folder / "t.xlsx")
    done = fenji("grade", "t.xlsx", "-o", "two.xlsx")
    assert done.code == 0, done.err
    one, two = (customers(folder / f"{name}.xlsx", "en") for name in ("one", "two"))
    best = [
        sorted(who for who, tier in graded.items() if tier.startswith("A")) for graded in (one, two)
    ]
    # 9 for level and title, and 0, 3, 2 and 1 for the behaviour of the doctors 0, 3, 6 and 9.
    assert best == [["D00", "D03", "D06", "D09"], ["D03", "D06"]]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_sample_alone_is_graded_and_said_to_be_one(lang: str, folder: Path, fenji: Run) -> None:
    assert fenji("template", "retail", "-o", "t.xlsx", lang=lang).code == 0
    done = fenji("grade", "t.xlsx", "-o", "g.csv", lang=lang)
    assert done.code == 0, done.err
    assert words(lang)("note.sample_only", sheet=words(lang)("sheet.orders")) in done.err
    assert len((folder / "g.csv").read_text("utf-8-sig").splitlines()) == 25


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kept", [False, True])
def test_clearing_the_sample(kept: bool, lang: str, folder: Path, fenji: Run) -> None:
    path = folder / "t.xlsx"
    assert fenji("template", "pharma-doctors", "-o", "t.xlsx", lang=lang).code == 0
    samples = {key: len(cells) for key, cells in inputs_of(path, lang).items()}
    assert samples == {"orders": 100, "attributes": 24}
    if kept:
        paste(path, lang, below=100)
    old = path.read_bytes()
    done = fenji("clear", "t.xlsx", lang=lang)
    assert done.code == 0, done.err
    backup = folder / (words(lang)("file.backup", stem="t", number="") + ".xlsx")
    assert backup.exists() == kept
    if kept:
        assert backup.read_bytes() == old
        doctors = [f"D{number % 12:02d}" for number in range(60)]
        assert inputs_of(path, lang) == {"orders": doctors, "attributes": doctors[:12]}
        assert fenji("grade", "t.xlsx", "-o", "g.csv", lang=lang).code == 0
    else:
        assert inputs_of(path, lang) == {"orders": [], "attributes": []}
        again = fenji("grade", "t.xlsx", "-o", "g.csv", lang=lang)
        assert (again.code, again.err.strip()) == (
            3,
            words(lang)("error.empty_template", file="t.xlsx"),
        )
    now = path.read_bytes()
    assert fenji("clear", "t.xlsx", lang=lang).out.strip() == words(lang)(
        "cli.nothing_to_clear", file="t.xlsx"
    )
    assert path.read_bytes() == now


def test_everything_but_the_sample_rows_stays(folder: Path, fenji: Run) -> None:
    assert fenji("template", "retail", "-o", "t.xlsx").code == 0
    before = opened(folder / "t.xlsx")
    assert fenji("clear", "t.xlsx").code == 0
    after = opened(folder / "t.xlsx")
    assert after.sheetnames == before.sheetnames
    inputs = {"Orders", "Customer data"}
    for sheet in before.worksheets:
        other = after[sheet.title]
        assert [t.ref for t in other.tables.values()] == [t.ref for t in sheet.tables.values()]
        for line, new in zip(sheet.iter_rows(), other.iter_rows(), strict=True):
            for cell, now in zip(line, new, strict=True):
                assert now._style == cell._style
                if sheet.title not in inputs or cell.row < FIRST:
                    assert now.value == cell.value


@pytest.mark.parametrize("lang", LANGUAGES)
def test_another_file_graded_with_the_template_leaves_no_sample(
    lang: str, folder: Path, fenji: Run
) -> None:
    text = words(lang)
    header = ",".join(text(f"inputs.header.general.{k}") for k in ("customer", "date", "amount"))
    days = [(DAY + dt.timedelta(days=n)).date() for n in range(60)]
    lines = [f"C{n % 15},{day},{100 + n * n}" for n, day in enumerate(days)]
    (folder / "o.csv").write_text("\n".join([header, *lines]), encoding="utf-8")
    assert fenji("template", "retail", "-o", "t.xlsx", lang=lang).code == 0
    template = (folder / "t.xlsx").read_bytes()
    done = fenji("grade", "o.csv", "--template", "t.xlsx", "-o", "g.xlsx", lang=lang)
    assert done.code == 0, done.err
    assert inputs_of(folder / "g.xlsx", lang) == {"orders": [], "attributes": []}
    assert set(customers(folder / "g.xlsx", lang)) == {f"C{n}" for n in range(15)}
    assert (folder / "t.xlsx").read_bytes() == template


def test_what_cannot_be_cleared_is_told(folder: Path, fenji: Run) -> None:
    (folder / "o.csv").write_text("a,b\n", encoding="utf-8")
    assert fenji("clear", "none.xlsx").code == 4
    assert fenji("clear", "o.csv").code == 4
    assert fenji("clear").code == 2


def test_a_scheme_that_needs_more_than_the_sample_has(folder: Path, fenji: Run) -> None:
    (folder / "s.toml").write_text(
        'format = 1\nmethod = "thresholds"\n[thresholds]\nmeasure = "points"\n'
        '[columns.points]\nname = "Points"\n'
        '[[tiers]]\nkey = "high"\nabove = 10\n[[tiers]]\nkey = "low"\n',
        encoding="utf-8",
    )
    done = fenji("template", "--scheme", "s.toml", "-o", "t.xlsx")
    assert done.code == 0, done.err
    header = [c.value for c in opened(folder / "t.xlsx")["Customer data"][FIRST - 1]]
    assert header[:3] == ["Customer ID", "Customer name", "Points"]
