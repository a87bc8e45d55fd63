"""Sheets of ours that are protected without a password are filled all the same."""

from __future__ import annotations

import openpyxl
import pytest

from addin.cli import main as fenji
from addin.words import words
from templates.protection import PROTECTED
from tests.excel_host.buttons import Desk, add, by_command, content, customers, orders, table, write
from tests.excel_host.standin import Workbook, com_error

OPTIONS = ("sheet", "objects", "scenarios", "formatCells", "formatRows", "autoFilter", "insertRows")


def opened(desk: Desk, lang: str = "en") -> Workbook:
    """A template with orders on a sheet of its own."""
    path = desk.folder / "template.xlsx"
    assert fenji(["template", "general", "-o", str(path), "--lang", lang]) == 0
    made = openpyxl.load_workbook(path)
    add(made.create_sheet("Mine"), orders())
    made.save(path)
    return desk.excel.open(path)


def protection(book: Workbook) -> dict[str, list[object]]:
    return {
        sheet.title: [getattr(sheet.protection, name) for name in OPTIONS]
        for sheet in book.file.worksheets
    }


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_protected_sheets_are_filled_and_protected_again(desk: Desk, lang: str) -> None:
    book = opened(desk, lang)
    before = protection(book)
    there = {words(lang)(f"sheet.{key}") for key in PROTECTED if words(lang).has(f"sheet.{key}")}
    locked = {title for title, options in before.items() if options[0]}
    assert locked == there & set(book.file.sheetnames)
    assert len(locked) >= 4
    assert desk.press("grade", book, lang=lang) == "done", desk.message
    assert protection(book) == before
    model = table(book, "FenjiModel")[1]
    value = words(lang)("header.FenjiModel.value")
    assert any(isinstance(row[value], float) for row in model)
    who = words(lang)("header.FenjiCustomers.customer")
    expected = by_command(desk.folder / "template.xlsx", desk.folder / "out.xlsx", "--lang", lang)
    # Tiers are formulas here, which the stand-in does not calculate.
    assert {r[who] for r in table(book, "FenjiCustomers")[1]} == expected.keys()


@pytest.mark.parametrize("nth", [1, 5, 12])
def test_after_a_failure_they_are_protected_as_before(desk: Desk, nth: int) -> None:
    book = opened(desk)
    before, how = content(book), protection(book)
    desk.excel.fail_on("Range.Value", kind="set", nth=nth, error=com_error(-2146827284, "No."))
    assert desk.press("grade", book) == "problem"
    assert content(book) == before
    assert protection(book) == how


def test_a_password_is_never_asked_for(desk: Desk) -> None:
    book = opened(desk)
    desk.excel.app.books[book.name].sheets["Model"].api.Unprotect()
    desk.excel.app.books[book.name].sheets["Model"].api.Protect(Password="x")
    before, asked = content(book), len(desk.excel.called("Worksheet.Unprotect", "call"))
    assert desk.press("grade", book) == "problem"
    assert "Model" in desk.message
    assert content(book) == before
    # Excel asks where the password is left out, and only then.
    calls = desk.excel.called("Worksheet.Unprotect", "call")[asked:]
    assert calls and all(call.args == ("",) for call in calls)
    assert not desk.backups()


def test_sheets_of_the_users_keep_their_protection(desk: Desk) -> None:
    path = write(desk.folder / "list.xlsx", customers())
    made = openpyxl.load_workbook(path)
    made.create_sheet("Secret")["A1"] = "x"
    made["Secret"].protection.sheet = True
    made.save(path)
    book = desk.excel.open(path)
    assert desk.press("grade", book) == "done", desk.message
    touched = [c for c in desk.excel.called("Worksheet.Unprotect", "call") if "Secret" in c.target]
    assert touched == []
    assert book.file["Secret"].protection.sheet
