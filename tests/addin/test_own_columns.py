"""A workbook with orders on one sheet and the user's own columns on another."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pytest
import xlsxwriter

from addin.words import Words
from tests.addin.conftest import Run

SCHEME = """
method = "thresholds"
name = { zh = "满意度", en = "By satisfaction" }
[thresholds]
measure = "stars"
[columns.stars]
name = { zh = "服务满意度", en = "Service satisfaction" }
headers = ["满意度"]
most = 5
[columns.age]
name = { zh = "年龄", en = "Age" }
[[tiers]]
key = "A"
name = "A"
limits = { stars = { at_least = 4 }, age = { above = 0 } }
[[tiers]]
key = "B"
name = "B"
"""
TITLES = {
    "en": (("Customer", "Order date", "Amount"), ("Customer", "Service satisfaction", "Age")),
    "zh": (("客户编号", "下单日期", "金额"), ("客户编号", "满意度", "年龄")),
}
CARDS: tuple[tuple[object, ...], ...] = (("K1", 5, 30), ("K2", 2, 40), ("K3", "good", 50))


@pytest.fixture
def book(folder: Path, words: Words) -> Path:
    """Three customers, and what is known of them on a sheet of its own."""
    orders, cards = TITLES[words.lang]
    path = folder / "two.xlsx"
    with xlsxwriter.Workbook(path) as made:
        first, second = made.add_worksheet("S1"), made.add_worksheet("S2")
        day = made.add_format({"num_format": "yyyy-mm-dd"})
        first.write_row(0, 0, orders)
        for i in range(9):
            first.write_string(i + 1, 0, f"K{i % 3 + 1}")
            first.write_datetime(i + 1, 1, dt.datetime(2025, 1, 1 + i), day)
            first.write_number(i + 1, 2, 10 + i)
        second.write_row(0, 0, cards)
        for i, row in enumerate(CARDS, start=1):
            second.write_row(i, 0, row)
    (folder / "own.toml").write_text(SCHEME, encoding="utf-8")
    return path


def graded(folder: Path) -> dict[str, str]:
    with (folder / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["customer"]: row["tier"] for row in csv.DictReader(file)}


def test_both_sheets_are_read(folder: Path, fenji: Run, book: Path, words: Words) -> None:
    arguments = ("grade", book.name, "--scheme", "own.toml", "-o", "out.csv")
    done = fenji(*arguments, lang=words.lang)
    assert done.code == 0, done.err
    assert graded(folder) == {"K1": "A", "K2": "B", "K3": "B"}
    name = {"zh": "服务满意度", "en": "Service satisfaction"}[words.lang]
    header = TITLES[words.lang][1][1]
    place = {"column": name, "header": header, "sheet": "S2"}
    said = done.err.splitlines()
    assert words("note.column_from", **place, customers=2, all=3) in said
    assert words("note.column_unreadable", **place, cells=1, value="good", row=4) in said
    age = {"zh": "年龄", "en": "Age"}[words.lang]
    assert words("note.sensitive_criteria", columns=age) in said


def test_a_column_may_be_named(folder: Path, fenji: Run, book: Path, words: Words) -> None:
    header = TITLES[words.lang][1][2]
    arguments = ("grade", book.name, "--scheme", "own.toml", "-o", "out.csv")
    done = fenji(*arguments, "--column", f"stars={header}", lang=words.lang)
    assert done.code == 0, done.err
    assert set(graded(folder).values()) == {"A"}
    refused = fenji(*arguments, "--force", "--column", "moons=x", lang=words.lang)
    assert refused.code == 2
    assert "stars" in refused.err


def test_a_check_tells_where_they_are(fenji: Run, book: Path, words: Words) -> None:
    done = fenji("check", book.name, "--scheme", "own.toml", lang=words.lang)
    name = {"zh": "服务满意度", "en": "Service satisfaction"}[words.lang]
    header = TITLES[words.lang][1][1]
    place = {"column": name, "header": header, "sheet": "S2"}
    assert words("note.column_from", **place, customers=2, all=3) in done.out.splitlines()


def test_a_model_reads_them_again(folder: Path, fenji: Run, book: Path, words: Words) -> None:
    arguments = ("grade", book.name, "-o", "out.csv")
    first = fenji(*arguments, "--scheme", "own.toml", "--save-model", "m.json", lang=words.lang)
    assert first.code == 0, first.err
    before = graded(folder)
    again = fenji(*arguments, "--model", "m.json", "--force", lang=words.lang)
    assert again.code == 0, again.err
    assert graded(folder) == before
