"""What LibreOffice saved is graded again: nothing is lost, and every formula follows."""

from __future__ import annotations

import math
from itertools import zip_longest
from pathlib import Path
from types import ModuleType

import openpyxl
import pytest

from addin.cli import main as fenji
from addin.graded import read_graded
from addin.hosts.file.restoring import restored
from addin.words import words
from tests.addin.orders import orders, write_workbook
from tests.calc_host.jobs import Desk, fill_orders, sheets, tiers, with_orders

ENGLISH = words("en")
STRATEGY = "Only dinners"
SHEETS = ("Customers", "Budget", "Dashboard", "Actions", "Model")


def edited(document: Path) -> dict[str, str]:
    """Write a note on two customers in a column of one's own, and change a strategy."""
    book = openpyxl.load_workbook(document)
    sheet = book["Customers"]
    column = sheet.tables["FenjiCustomers"].ref.split(":")[1]
    right = sheet[column].column + 1
    sheet.cell(4, right, "My note")
    notes = {}
    for row in (5, 30):
        customer = str(sheet.cell(row, 1).value)
        notes[customer] = f"note on {customer}"
        sheet.cell(row, right, notes[customer])
    book["Strategy"]["B6"] = STRATEGY
    book.save(document)
    return notes


def noted(rows: list[tuple[str | None, ...]]) -> dict[str, str]:
    at = rows[3].index("My note")
    return {str(row[0]): str(row[at]) for row in rows[4:] if row[at]}


def alike(one: str | None, other: str | None) -> bool:
    if (one or "") == (other or ""):
        return True
    try:
        return math.isclose(float(one or "x"), float(other or "x"), rel_tol=1e-9)
    except ValueError:
        return False


def different(one: Path, other: Path) -> list[tuple[str, int, int, str | None, str | None]]:
    """The cells of Fenji's sheets that differ, headings and the user's own text left aside."""
    first, second = sheets(one), sheets(other)
    found = []
    for name in SHEETS:
        pairs = zip_longest(first[name], second[name], fillvalue=())
        for row, (mine, theirs) in enumerate(pairs, start=1):
            for column, (a, b) in enumerate(zip_longest(mine, theirs)):
                own = a == "My note" or str(a).startswith("note on ")
                if row > 3 and not own and not alike(a, b):
                    found.append((name, row, column, a, b))
    return found


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_a_month_later(desk: Desk, office: ModuleType, kind: str) -> None:
    before, now = orders(200), orders(500, customers=60)
    first = desk.press("grade", write_workbook(desk.folder / "o.xlsx", before))
    document = with_orders(first.file, desk.folder / "doc.xlsx", before)
    notes = edited(document)
    saved = office.convert(document, kind, desk.folder / "saved")
    copy = office.convert(saved, "xlsx", desk.folder / "copy")
    fill_orders(copy, now)

    said = desk.press("grade", copy)
    assert (said.plan["kind"], said.plan["put"]) == ("done", "replace"), said.plan["said"]

    alone = write_workbook(desk.folder / "alone.xlsx", now)
    fresh = desk.folder / "fresh.xlsx"
    assert fenji(["grade", str(alone), "-o", str(fresh), "--lang", "en"]) == 0
    assert tiers(said.file) == tiers(fresh)
    made, expected = (office.recalculate(path) for path in (said.file, fresh))
    assert tiers(made) == tiers(fresh)
    rows = sheets(made)
    assert noted(rows["Customers"]) == notes
    assert rows["Strategy"][5][1] == STRATEGY
    assert not different(made, expected)


def test_the_command_line_grades_it_as_well(desk: Desk, office: ModuleType) -> None:
    before, now = orders(200), orders(500, customers=60)
    first = desk.press("grade", write_workbook(desk.folder / "o.xlsx", before))
    document = with_orders(first.file, desk.folder / "doc.xlsx", before)
    saved = office.convert(document, "ods", desk.folder / "saved")
    copy = fill_orders(office.convert(saved, "xlsx", desk.folder / "copy"), now)
    out, fresh = desk.folder / "out.xlsx", desk.folder / "fresh.xlsx"
    alone = write_workbook(desk.folder / "alone.xlsx", now)
    for source, made in ((copy, out), (alone, fresh)):
        assert fenji(["grade", str(source), "-o", str(made), "--lang", "en"]) == 0
    assert not different(office.recalculate(out), office.recalculate(fresh))


def test_references_come_back_as_they_were(desk: Desk, office: ModuleType) -> None:
    source = desk.press("grade", write_workbook(desk.folder / "o.xlsx", orders())).file
    saved = office.convert(source, "ods", desk.folder / "saved")
    copy = office.convert(saved, "xlsx", desk.folder / "copy")
    assert formulas(copy) != formulas(source)
    assert restored(copy, copy)
    again = formulas(copy)
    wrong = [text for place, text in formulas(source).items() if again.get(place) != text]
    # LibreOffice itself writes a range of one cell as that cell, and a header's name as its cell.
    assert all("[#Headers]" in text or "$G$11:$G$11" in text for text in wrong)
    assert columns(copy) == columns(source)
    assert not restored(source, desk.folder / "none.xlsx")
    assert not (desk.folder / "none.xlsx").exists()


def formulas(path: Path) -> dict[tuple[str, str], str]:
    book = openpyxl.load_workbook(path)
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str) and cell.value.startswith("=")
    }


def columns(path: Path) -> dict[tuple[str, str], str]:
    """The formulas of the tables' columns, but for those with a header's name in them."""
    book = openpyxl.load_workbook(path)
    found = {
        (table.name, column.name): column.calculatedColumnFormula
        for sheet in book
        for table in sheet.tables.values()
        for column in table.tableColumns
    }
    return {
        place: formula.attr_text
        for place, formula in found.items()
        if formula and place[0] == "FenjiCustomers"
    }


def test_an_edited_workbook_of_libreoffice_is_read_as_graded(
    desk: Desk, office: ModuleType
) -> None:
    source = desk.press("grade", write_workbook(desk.folder / "o.xlsx", orders())).file
    saved = office.convert(source, "ods", desk.folder / "saved")
    copy = office.convert(saved, "xlsx", desk.folder / "copy")
    assert tiers(copy) == tiers(source)
    assert read_graded(copy).certain
