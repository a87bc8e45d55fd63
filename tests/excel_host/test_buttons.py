"""The other buttons: Check data, Re-grade and compare, Explain, New from template, Help, Repair."""

from __future__ import annotations

import re
import webbrowser

import openpyxl
import pytest

from addin import card
from addin.cli import main as fenji
from addin.functions.define import FUNCTIONS
from addin.hosts.excel.wording import words_in_excel
from addin.words import words
from tests.excel_host.buttons import (
    Desk,
    add,
    by_command,
    content,
    customers,
    held,
    orders,
    table,
    write,
)


def messy() -> list[list[object]]:
    rows = orders()
    rows[10] = [None, rows[10][1], 5.0]
    rows[20] = [rows[20][0], "soon", 5.0]
    rows[30] = [rows[30][0], rows[30][1], "much"]
    return rows


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_check_lists_every_row_that_cannot_be_used(desk: Desk, lang: str) -> None:
    text = words(lang)
    book = desk.excel.open(write(desk.folder / "orders.xlsx", messy()))
    before, settings = content(book), held(desk.excel)
    assert desk.press("check", book, lang=lang) == "done", desk.message
    assert book.file.sheetnames == ["Data", text("sheet.data_check")]
    after = content(book)["cells"]
    assert {p: v for p, v in after.items() if p[0] == "Data"} == before["cells"]
    assert held(desk.excel) == settings
    _, rows = table(book, "FenjiFindings")
    header = text("header.FenjiFindings.row")
    assert sorted(r[header] for r in rows if r[header] is not None) == [11, 21, 31]
    # Again: the same sheet, what was put right is gone from it.
    book.file["Data"]["A11"] = "C001"
    assert desk.press("check", book, lang=lang) == "done", desk.message
    _, rows = table(book, "FenjiFindings")
    assert sorted(r[header] for r in rows if r[header] is not None) == [21, 31]
    assert not desk.backups()


def test_grading_after_a_check_has_one_sheet_of_each(desk: Desk) -> None:
    book = desk.excel.open(write(desk.folder / "orders.xlsx", messy()))
    assert desk.press("check", book) == "done", desk.message
    assert desk.press("grade", book) == "done", desk.message
    titles = book.file.sheetnames
    assert titles.count("Data check") == 1
    assert not [t for t in titles if "old" in t]
    tables = [name for _, name in content(book)["tables"]]
    assert len(tables) == len(set(tables)) and not [t for t in tables if "old" in t]
    assert content(book)["names"]["FenjiRowsRead"].startswith("'Data check'!")
    _, rows = table(book, "FenjiFindings")
    assert len([r for r in rows if r["Row"] is not None]) == 3


def test_compare_shows_who_moved(desk: Desk) -> None:
    book = desk.excel.open(write(desk.folder / "orders.xlsx", orders()))
    assert desk.press("compare", book) == "problem"
    assert "Grade customers first" in desk.message
    assert desk.press("grade", book) == "done", desk.message
    _, rows = table(book, "FenjiCustomers")
    before = {r["Customer"]: r["Tier"] for r in rows}
    data = book.file["Data"]
    data.delete_rows(1, 400)
    new = [r for r in orders(rows=320, customers=44, seed=5) if r[0] != "C011"]
    add(data, new)
    made = write(desk.folder / "new.xlsx", new)
    now = by_command(made, desk.folder / "new-out.xlsx")
    assert desk.press("compare", book) == "done", desk.message
    _, moves = table(book, "FenjiMoves")
    kinds = {r["Customer"]: r["Move"] for r in moves}
    order = ["A", "B", "C", "D"]
    expected = {}
    for who in before.keys() | now.keys():
        one, other = before.get(who), now.get(who)
        if one is None or other is None:
            expected[who] = "New" if one is None else "Gone"
        else:
            step = order.index(one) - order.index(other)
            expected[who] = "Up" if step > 0 else "Down" if step < 0 else "Same"
    assert kinds == expected
    assert expected["C011"] == "Gone"
    for kind in ("Up", "Down", "Gone"):
        assert str(list(expected.values()).count(kind)) in desk.message
    # Once more: the sheet Moves is filled where it stands; nobody moves.
    titles = book.file.sheetnames
    refresh(book, now)
    assert desk.press("compare", book) == "done", desk.message
    assert book.file.sheetnames == titles
    _, moves = table(book, "FenjiMoves")
    assert {r["Move"] for r in moves} == {"Same"}
    # Grading without comparing leaves no moves of before.
    assert desk.press("grade", book) == "done", desk.message
    _, moves = table(book, "FenjiMoves")
    assert all(v is None for r in moves for v in r.values())


def refresh(book, tiers: dict[str, str]) -> None:
    """What Excel calculates and the stand-in does not: the tiers of the table of customers."""
    sheet = book.file["Customers"]
    headers = [cell.value for cell in sheet[4]]
    at = headers.index("Tier") + 1
    for row in range(5, sheet.max_row + 1):
        who = sheet.cell(row, 1).value
        if who in tiers:
            sheet.computed[row, at] = tiers[who]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_explain_says_what_the_command_says(desk: Desk, lang: str) -> None:
    source = write(desk.folder / "orders.xlsx", orders())
    book = desk.excel.open(source)
    assert desk.press("grade", book, lang=lang) == "done", desk.message
    out = desk.folder / "out.xlsx"
    assert fenji(["grade", str(source), "-o", str(out), "--lang", lang]) == 0
    text = words(lang)
    sheet = text("sheet.customers")
    who = book.file[sheet]["A9"].value
    card_of_file = card.lines(card.explained(out, who), text)
    assert desk.press("explain", book, "--sheet", sheet, "--row", "9", lang=lang) == "done"
    assert desk.message.splitlines() == card_of_file
    row = next(i for i, r in enumerate(orders(), start=1) if r[0] == who)
    assert desk.press("explain", book, "--sheet", "Data", "--row", str(row), lang=lang) == "done"
    assert desk.message.splitlines() == card_of_file


@pytest.mark.parametrize(
    ("sheet", "row", "part"),
    [
        ("Customers", "2", "Row 2"),
        ("Customers", "900", "Row 900"),
        ("Data", "1", "Row 1"),
        ("Data", "900", "Row 900"),
        ("Strategy", "5", "Row 5"),
        ("Notes", "2", "no column that names the customer"),
        ("Gone", "2", "Gone"),
        ("People", "2", "not among the graded"),
    ],
)
def test_explain_says_why_a_row_is_no_customer(desk: Desk, sheet: str, row: str, part: str) -> None:
    source = write(desk.folder / "orders.xlsx", orders())
    made = openpyxl.load_workbook(source)
    add(made.create_sheet("Notes"), [["Colour", "Weight"], ["red", 5], ["blue", 6]])
    add(made.create_sheet("People"), [["Customer", "City"], ["Nobody", "Hefei"]])
    made.save(source)
    book = desk.excel.open(source)
    assert desk.press("explain", book, "--sheet", "Data", "--row", "2") == "problem"
    assert "no graded customers" in desk.message
    assert desk.press("grade", book) == "done", desk.message
    assert desk.press("explain", book, "--sheet", sheet, "--row", row) == "problem"
    assert part in desk.message


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_new_template_is_opened_here(desk: Desk, lang: str) -> None:
    documents = desk.folder.parent / "home" / "Documents"
    documents.mkdir(parents=True)
    other = desk.excel.new()
    assert desk.press("template", other, "--name", "retail", lang=lang) == "done", desk.message
    assert desk.press("template", other, "--name", "retail", lang=lang) == "done", desk.message
    made = sorted(documents.iterdir())
    assert len(made) == 2
    assert {b.name for b in desk.excel.books} >= {path.name for path in made}
    assert "FenjiSettings" in openpyxl.load_workbook(made[0])[words(lang)("sheet.settings")].tables
    assert desk.press("template", other, "--name", "none", lang=lang) == "problem"
    assert "retail" in desk.message


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_help_is_a_page(desk: Desk, lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr(webbrowser, "open", seen.append)
    assert desk.press("help", desk.excel.new(), lang=lang) == "done", desk.message
    (page,) = desk.configuration.glob("help-*.html")
    assert seen == [page.as_uri()]
    text = page.read_text("utf-8")
    assert FUNCTIONS and all(name in text for name in FUNCTIONS)
    assert words(lang)("ribbon.compare.label") in text
    assert str(desk.configuration) in text


def test_repair_reports_every_check(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from addin.setup import doctor, place  # noqa: PLC0415
    from addin.setup.checks import ok  # noqa: PLC0415

    asked = []

    def diagnose(where: object, repair: bool) -> list[object]:
        asked.append((where, repair))
        return [ok("python", file="python.exe")]

    monkeypatch.setattr(doctor, "diagnose", diagnose)
    monkeypatch.setattr(place, "here", lambda: "here")
    assert desk.press("repair", desk.excel.new()) == "done", desk.message
    assert asked == [("here", True)]
    assert "python.exe" in desk.message


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_problems_name_no_option_of_the_command_line(desk: Desk, lang: str) -> None:
    sheets = {
        "nothing": [["Colour", "Weight"], ["red", 5], ["blue", 6], ["green", 7]],
        "no date": [["Customer", "Amount"], *([f"C{i % 3}", i] for i in range(9))],
        "twice": [
            ["Customer", "Order date", "Amount", "Amount"],
            *([f"C{i % 3}", f"2025-01-{i + 1:02d}", i, i + 1] for i in range(9)),
        ],
        "order": [
            ["Customer", "Order date", "Amount"],
            *([f"C{i % 3}", f"0{i % 3 + 1}/0{i % 3 + 2}/2025", i] for i in range(9)),
        ],
    }
    for name, rows in sheets.items():
        book = desk.excel.open(write(desk.folder / f"{name}.xlsx", rows))
        before = content(book)
        assert desk.press("grade", book, lang=lang) == "problem", name
        assert "--" not in desk.message, name
        assert "Traceback" not in desk.message
        assert content(book) == before


# Of options, files and a day that the buttons never give.
NEVER = set(
    """
    exists out_is_source out_is_compared template_ending both_schemes bad_column_option
    bad_as_of model_and_scheme usage as_of_before_data unknown_out_ending measure_absent_option
    not_graded no_sheet bad_owner_option bad_from out_is_graded out_is_budgeted budget_no_amount
    """.split()  # noqa: SIM905
)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("section", ["error", "note", "moves", "moves_note"])
def test_no_problem_or_note_names_an_option(lang: str, section: str) -> None:
    texts = words_in_excel(lang).section(section)
    named = {key for key, text in texts.items() if re.search(r"--[a-z]|-o\b|\bfenji ", text)}
    assert named <= NEVER
    assert texts.keys() == words(lang).section(section).keys()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_note_names_a_key_of_a_scheme_file(lang: str) -> None:
    # Not its {placeholders}.
    keys = r"(?<!\{)\bbins\b|min_score|duplicates =|scheme check"
    texts = words_in_excel(lang).section("note")
    assert {key for key, text in texts.items() if re.search(keys, text)} == set()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_makes_moves_doubtful_is_said(desk: Desk, lang: str) -> None:
    book = desk.excel.open(write(desk.folder / "orders.xlsx", orders()))
    assert desk.press("grade", book, lang=lang) == "done", desk.message
    add(book.file["Data"], orders(rows=280, customers=55, seed=4))
    assert desk.press("compare", book, lang=lang) == "done", desk.message
    assert words(lang)("excel.moves_note.cuts_moved") in desk.message
    assert "orders.xlsx" not in desk.message.splitlines()[1]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_settings_that_cannot_be_are_told_with_their_cells(desk: Desk, lang: str) -> None:
    text = words(lang)
    path = desk.folder / "template.xlsx"
    assert fenji(["template", "general", "-o", str(path), "--lang", lang]) == 0
    made = openpyxl.load_workbook(path)
    sheet = made[text("sheet.settings")]
    rows = list(sheet[sheet.tables["FenjiSettings"].ref])
    headers = [cell.value for cell in rows[0]]
    key, value = (headers.index(text(f"header.FenjiSettings.{k}")) for k in ("key", "value"))
    cell = next(r[value] for r in rows if r[key].value == "rfm.bins.recency")
    cell.value = "many"
    add(made.create_sheet("Mine"), orders())
    made.save(path)
    book = desk.excel.open(path)
    before = content(book)
    assert desk.press("grade", book, lang=lang) == "problem"
    assert "--" not in desk.message
    assert str(cell.row) in desk.message and "many" in desk.message
    assert content(book) == before


def test_an_unknown_error_is_one_sentence_and_a_log(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from addin import requests  # noqa: PLC0415

    def broken(*_: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(requests, "graded", broken)
    book = desk.excel.open(write(desk.folder / "orders.xlsx", orders()))
    settings = held(desk.excel)
    assert desk.press("grade", book) == "problem"
    assert "ZeroDivisionError: secret detail" in desk.message
    assert len(desk.message.splitlines()) == 1
    log = desk.configuration / "fenji.log"
    assert "Traceback" in log.read_text("utf-8") and str(log) in desk.message
    assert held(desk.excel) == settings


def test_a_workbook_that_was_closed(desk: Desk) -> None:
    book = desk.excel.open(write(desk.folder / "orders.xlsx", orders()))
    book.name = "other.xlsx"
    settings = held(desk.excel)
    other = desk.excel.new()
    other.name = "none.xlsx"
    desk.excel.books.remove(other)
    assert desk.press("grade", other) == "problem"
    assert "none.xlsx" in desk.message
    assert held(desk.excel) == settings


def test_graded_customers_alone_are_graded_again(desk: Desk) -> None:
    source = write(desk.folder / "list.xlsx", customers())
    out = desk.folder / "out.xlsx"
    expected = by_command(source, out)
    book = desk.excel.open(out)
    assert desk.press("grade", book) == "done", desk.message
    refresh(book, expected)
    _, rows = table(book, "FenjiCustomers")
    assert {r["Customer"]: r["Tier"] for r in rows} == expected
    assert all(h is None for h in [book.file["Customers"].cell(4, c).value for c in range(20, 25)])
