"""Every industry's template, filled in place; columns that users put in or took out."""

from __future__ import annotations

import openpyxl
import pytest

from addin.cli import main as fenji
from addin.words import words
from segmentation.scheme_file import preset, presets
from tests.excel_host.buttons import Desk, add, content, orders, table, tiers_of
from tests.excel_host.standin import Workbook

BY_FORMULAS = [name for name in presets() if preset(name).parts[0].method == "rfm"]


def opened(desk: Desk, industry: str, lang: str = "en") -> Workbook:
    """A template with orders on a sheet of its own."""
    path = desk.folder / f"{industry}.xlsx"
    assert fenji(["template", industry, "-o", str(path), "--lang", lang]) == 0
    made = openpyxl.load_workbook(path)
    add(made.create_sheet("Mine"), orders())
    made.save(path)
    return desk.excel.open(path)


@pytest.mark.parametrize("industry", [n for n in presets() if n not in BY_FORMULAS])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_tiers_are_those_of_the_command(desk: Desk, industry: str, lang: str) -> None:
    book = opened(desk, industry, lang)
    source, out = desk.folder / f"{industry}.xlsx", desk.folder / "out.xlsx"
    like = ["--template", str(source)]
    if fenji(["grade", str(source), "-o", str(out), "--lang", lang, *like]) != 0:
        before = content(book)
        assert desk.press("grade", book, lang=lang) == "problem"
        assert content(book) == before
        return
    titles = book.file.sheetnames
    assert desk.press("grade", book, lang=lang) == "done", desk.message
    assert book.file.sheetnames == titles
    assert "--" not in desk.message
    text = words(lang)
    who, tier = (text(f"header.FenjiCustomers.{key}") for key in ("customer", "tier"))
    headers, rows = table(book, "FenjiCustomers")
    # What is a formula there, Excel calculates and the stand-in does not.
    live = formulas_in(book)
    if tier not in live:
        assert {r[who]: r[tier] for r in rows} == tiers_of(out)
    # Cell for cell what the command writes, sentences and further columns too.
    made = openpyxl.load_workbook(out, data_only=True)
    sheet = next(s for s in made if "FenjiCustomers" in s.tables)
    theirs = [[c.value for c in row] for row in sheet[sheet.tables["FenjiCustomers"].ref]]
    assert headers == [str(h) for h in theirs[0]]
    for ours, line in zip(rows, theirs[1:], strict=True):
        known = {h: plain(v) for h, v in zip(headers, line, strict=True)}
        for each in live:
            del ours[each], known[each]
        assert ours == known


def formulas_in(book: Workbook) -> set[str]:
    """The columns of the table of customers that are formulas."""
    sheet = next(s for s in book.file.worksheets if "FenjiCustomers" in s.tables)
    head, first, *_ = sheet[sheet.tables["FenjiCustomers"].ref]
    return {str(h.value) for h, c in zip(head, first, strict=True) if str(c.value).startswith("=")}


def plain(value: object) -> object:
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def test_the_default_is_graded_by_formulas() -> None:
    assert BY_FORMULAS == ["general"]


def test_a_column_inside_the_table_stays_with_its_customer(desk: Desk) -> None:
    book = opened(desk, "general")
    assert desk.press("grade", book) == "done", desk.message
    sheet = desk.excel.app.books[book.name].sheets["Customers"]
    listed = sheet.tables["FenjiCustomers"]
    remark = listed.columns.add("Remark")
    double = listed.columns.add("Double")
    height = listed.data_body_range.shape[0]
    remark.data_body_range.value = [[f"'0{row}"] for row in range(height)]
    double.data_body_range.formula = [[f"=E{row + 5}*2"] for row in range(height)]
    _, before = table(book, "FenjiCustomers")
    said = {r["Customer"]: r["Remark"] for r in before}
    data = book.file["Mine"]
    data.delete_rows(1, 400)
    add(data, orders(rows=400, customers=60, seed=8))
    assert desk.press("grade", book) == "done", desk.message
    _, after = table(book, "FenjiCustomers")
    assert len(after) == 60 > len(before)
    assert {r["Customer"]: r["Remark"] for r in after} == {
        r["Customer"]: said.get(r["Customer"]) for r in after
    }
    cells = book.file["Customers"]
    at = [cell.value for cell in cells[4]].index("Double") + 1
    assert [cells.cell(row, at).value for row in range(5, 65)] == [
        f"=E{row}*2" for row in range(5, 65)
    ]


def test_columns_that_were_taken_out(desk: Desk) -> None:
    """What the method adds comes back; what the user does not want to see stays away."""
    book = opened(desk, "catering")
    assert desk.press("grade", book) == "done", desk.message
    headers, whole = table(book, "FenjiCustomers")
    listed = desk.excel.app.books[book.name].sheets["Customers"].tables["FenjiCustomers"]
    for name in ("ABC", "Visits points"):
        next(c for c in listed.columns if c.name == name).delete()
    assert desk.press("grade", book) == "done", desk.message
    again, rows = table(book, "FenjiCustomers")
    assert sorted(again) == sorted(h for h in headers if h != "ABC")
    assert [{h: r[h] for h in again} for r in whole] == rows
