"""Real data sets: the buttons give the tiers of the command line; cells read as files do."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from addin import output
from addin.cli import main as fenji
from addin.hosts.excel import beside, filling, reading
from addin.hosts.file.reading import read_sources
from addin.words import words
from tests.excel_host.buttons import (
    Desk,
    by_command,
    column,
    content,
    orders,
    table,
    tiers_of,
    write,
)


def typed(text: str) -> object:
    """A cell as Excel would have it after opening a .csv."""
    for kind in (int, float, dt.datetime.fromisoformat):
        try:
            return kind(text)
        except ValueError:
            continue
    return text or None


def workbook_of(source: Path, path: Path, most: int | None = None) -> Path:
    with source.open(encoding="utf-8-sig", newline="") as file:
        rows = [[typed(cell) for cell in row] for row in csv.reader(file)]
    return write(path, rows[:most])


def messy_files(folder: Path) -> list[Path]:
    return sorted((folder / "zh_messy_orders").glob("*.xlsx"))


def test_messy_chinese_orders(desk: Desk, shared_data: Path) -> None:
    sources = messy_files(shared_data)
    assert sources
    for source in sources:
        out = desk.folder / f"{source.stem}-out.xlsx"
        if fenji(["grade", str(source), "-o", str(out), "--lang", "zh"]) != 0:
            continue
        book = desk.excel.open(source)
        book.folder = str(desk.folder)
        assert desk.press("grade", book, lang="zh") == "done", desk.message
        _, rows = table(book, "FenjiCustomers")
        who, tier = (words("zh")(f"header.FenjiCustomers.{key}") for key in ("customer", "tier"))
        assert {r[who]: r[tier] for r in rows} == tiers_of(out)


def test_orders_of_rfm_for_r(desk: Desk, shared_data: Path) -> None:
    source = workbook_of(shared_data / "rfm_r" / "rfm_data_orders.csv", desk.folder / "o.xlsx")
    expected = by_command(source, desk.folder / "out.xlsx")
    book = desk.excel.open(source)
    assert desk.press("grade", book) == "done", desk.message
    _, rows = table(book, "FenjiCustomers")
    assert {r["Customer"]: r["Tier"] for r in rows} == expected


def test_more_customers_than_have_formulas(
    desk: Desk, shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Values alone, and beside the list, in chunks of whole ranges. (The limit is 20,000; with
    all 40,000 customers of the file the stand-in takes minutes.)"""
    monkeypatch.setattr(output, "LIVE_CUSTOMERS", 1_000)
    monkeypatch.setattr(beside, "CHUNK", 800)
    source = workbook_of(
        shared_data / "rfm_r" / "rfm_data_customer.csv", desk.folder / "c.xlsx", 2_001
    )
    expected = by_command(source, desk.folder / "out.xlsx")
    book = desk.excel.open(source)
    assert desk.press("grade", book) == "done", desk.message
    who = column(book, "Data", "customer_id")
    tiers = column(book, "Data", "Fenji tier")
    shown = {str(int(w)): t for w, t in zip(who, tiers, strict=True)}
    assert shown == expected
    assert len(desk.excel.called("Range.Value", "set")) < 20
    # Again, in place: values alone, a few writes.
    done = len(desk.excel.called("Range.Value", "set"))
    assert desk.press("grade", book) == "done", desk.message
    assert len(desk.excel.called("Range.Value", "set")) - done < 60
    _, rows = table(book, "FenjiCustomers")
    assert {r["Customer"]: r["Tier"] for r in rows} == expected


def mixed(path: Path) -> Path:
    made = openpyxl.Workbook()
    sheet = made.active
    rows = [
        ["title", None, None, None, None, None],
        [None, None, None, None, None, None],
        ["text", "whole", "part", "day", "moment", "yes"],
        ["a", 1, 1.5, dt.date(2025, 1, 2), dt.datetime(2025, 1, 2, 13, 45, 7), True],
        ["007", -3, 1e-7, dt.date(1999, 12, 31), dt.datetime(2024, 2, 29), False],
        ["  x ", 12345678901, 0.1 + 0.2, None, None, None],
        [None, 0, 1e21, None, None, None],
        ["客户", 17850, 100.0, None, None, None],
    ]
    for row in rows:
        sheet.append(row)
    sheet["A10"] = "#N/A"
    sheet["A10"].data_type = "e"
    sheet["B5"].number_format = "0.00"
    sheet["B8"].number_format = '"$"#,##0.00'
    sheet.row_dimensions[5].hidden = True
    hidden = made.create_sheet("Hidden")
    hidden["C3"] = "far"
    hidden["C4"] = 5
    hidden.sheet_state = "hidden"
    made.save(path)
    return path


@pytest.mark.parametrize("chunk", [3, 100_000])
def test_cells_read_through_excel_are_those_of_the_file(
    desk: Desk, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "CHUNK", chunk)
    path = mixed(desk.folder / "mixed.xlsx")
    book = desk.excel.open(path)
    through = reading.raw_sheets(desk.excel.app.books[book.name], lambda _: None)
    by_file = read_sources([path])
    assert [(s.sheet, s.hidden) for s in through] == [(s.sheet, s.hidden) for s in by_file]
    for one, other in zip(through, by_file, strict=True):
        assert cells_of(one) == cells_of(other)


def cells_of(sheet) -> dict[tuple[int, int], object]:
    """Cells by place; numbers as such, for one reader writes 1e21 and the other 1000…"""
    found = {}
    for row, line in enumerate(sheet.cells.iter_rows()):
        for at, text in enumerate(line):
            if text is not None:
                place = (row, at + sheet.first_column)
                found[place] = float(text) if _is_number(text) else text
    return found


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return not text.startswith("0") or text.startswith("0.")


def test_chunks_of_writing_come_to_the_same(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    first = desk.excel.open(write(desk.folder / "one.xlsx", orders()))
    assert desk.press("grade", first) == "done", desk.message
    assert desk.press("grade", first) == "done", desk.message
    whole = content(first)["cells"]
    monkeypatch.setattr(filling, "CHUNK", 7)
    assert desk.press("grade", first) == "done", desk.message
    again = content(first)["cells"]
    different = {p for p in whole.keys() | again.keys() if whole.get(p) != again.get(p)}
    assert different == set()


def test_text_that_excel_would_take_for_something_else(desk: Desk) -> None:
    names = ["=1+1", "+5", "@me", "TRUE", "#N/A!", "1-2", "007", "2025-01-02", "5%", "-x", "'q"]
    rows = [["Customer", "Order date", "Amount"]]
    for number, name in enumerate(names * 3):
        rows.append([name, dt.datetime(2025, 1, 1 + number % 28), 10.0 + number])
    path = desk.folder / "odd.xlsx"
    made = openpyxl.Workbook()
    sheet = made.active
    for r, row in enumerate(rows, start=1):
        for c, value in enumerate(row, start=1):
            cell = sheet.cell(r, c)
            cell.value = value
            if c == 1:
                cell.data_type = "s"
    made.save(path)
    expected = set(by_command(path, desk.folder / "out.xlsx"))
    book = desk.excel.open(path)
    for _ in range(2):
        assert desk.press("grade", book) == "done", desk.message
        _, found = table(book, "FenjiCustomers")
        assert {r["Customer"] for r in found} == expected
    assert pl.Series(sorted(expected)).len() == len(expected) >= len(names) - 1
