"""When Excel refuses half-way, or the user stops, the workbook is as it was before."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from addin.hosts.excel.session import Session
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
from tests.excel_host.standin import Workbook, com_error, refused

MANUAL = -4135


def opened(desk: Desk, kind: str) -> Workbook:
    """A workbook of a kind, ready to be graded; its user calculates by hand."""
    name = desk.folder / f"{kind}.xlsx"
    if kind == "orders":
        book = desk.excel.open(write(name, orders()))
    elif kind == "list":
        book = desk.excel.open(write(name, customers(), top=3))
    elif kind == "table":
        book = desk.excel.open(write(name, customers(), table="Clients"))
    else:
        book = graded_before(desk, name)
    desk.excel.state |= {"Calculation": MANUAL, "EnableEvents": False}
    return book


def graded_before(desk: Desk, name: Path) -> Workbook:
    """Graded, with a column of the user's own, and other orders since."""
    book = desk.excel.open(write(name, orders()))
    assert desk.press("grade", book) == "done", desk.message
    cells = desk.excel.app.books[book.name].sheets["Customers"]
    cells["R4"].value = "Remark"
    cells["R5"].value = [[f"'00{row}"] for row in range(40)]
    cells["S4"].value = "Twice"
    cells["S5"].formula = [[f"=E{row}*2"] for row in range(5, 45)]
    data = book.file["Data"]
    data.delete_rows(1, 400)
    add(data, [r for r in orders(rows=280, customers=55, seed=4) if r[0] != "C003"])
    for backup in desk.backups():
        backup.unlink()
    return book


FAULTS = [
    *[("orders", "Sheets.Add", "call", n) for n in (1,)],
    *[("list", "Range.Value", "set", n) for n in (1, 2, 3, 5)],
    ("list", "Range.Copy", "call", 1),
    ("list", "Range.NumberFormat", "set", 1),
    *[("table", "ListColumns.Add", "call", n) for n in (1, 2, 4)],
    ("table", "ListColumn.Name", "set", 2),
    *[("table", "Range.Value", "set", n) for n in (1,)],
    *[("before", "Range.Value", "set", n) for n in (1, 2, 3, 5, 8, 13, 21)],
    *[("before", "Range.Formula", "set", n) for n in (1, 2, 3, 4, 5, 8)],
    *[("before", "ListObject.Resize", "call", n) for n in (1, 2)],
    *[("before", "Range.Copy", "call", n) for n in (1, 2)],
    *[("before", "Range.ClearContents", "call", n) for n in (1, 2)],
]


@pytest.mark.parametrize(("kind", "member", "how", "nth"), FAULTS)
def test_a_failure_half_way_changes_nothing(
    desk: Desk, kind: str, member: str, how: str, nth: int
) -> None:
    book = opened(desk, kind)
    before, settings = content(book), held(desk.excel)
    desk.excel.fail_on(member, kind=how, nth=nth)
    ended = desk.press("grade", book)
    struck = desk.excel.faults[-1].seen >= nth
    assert held(desk.excel) == settings
    assert len(desk.backups(kind)) == 1
    assert str(desk.backups(kind)[0]) in desk.message
    assert "com_error" not in desk.message
    if kind == "orders":  # a workbook of its own instead
        assert ended == "done"
        assert content(book) == before
        assert (desk.folder / "orders-graded.xlsx").exists()
        return
    assert struck, "the fault never came: the test shows nothing"
    assert ended == "problem"
    assert content(book) == before


@pytest.mark.parametrize("kind", ["orders", "list", "table", "before"])
@pytest.mark.parametrize("nth", [1, 2, 3, 4, 6, 9])
def test_stop(desk: Desk, kind: str, nth: int, monkeypatch: pytest.MonkeyPatch) -> None:
    book = opened(desk, kind)
    before, settings = content(book), held(desk.excel)
    asked = []
    check = Session.check_stop

    def count(session: Session) -> None:
        asked.append(1)
        if len(asked) == nth:
            desk.configuration.mkdir(exist_ok=True)
            (desk.configuration / "job1.stop").touch()
        check(session)

    monkeypatch.setattr(Session, "check_stop", count)
    ended = desk.press("grade", book)
    assert held(desk.excel) == settings
    assert not (desk.configuration / "job1.stop").exists()
    if len(asked) < nth:
        assert ended == "done"
        return
    assert ended == "stopped"
    assert content(book) == before


def test_steps_back_that_fail_are_told(desk: Desk) -> None:
    book = opened(desk, "before")
    settings = held(desk.excel)
    desk.excel.fail_on("Range.Formula", kind="set", nth=1, times=500)
    assert desk.press("grade", book) == "problem"
    assert held(desk.excel) == settings
    assert "close this workbook without saving" in desk.message
    assert str(desk.backups("before")[0]) in desk.message


@pytest.mark.parametrize("member", ["Workbook.SaveCopyAs", "Application.Calculation"])
def test_a_cell_is_being_edited(desk: Desk, member: str) -> None:
    book = opened(desk, "orders")
    settings = held(desk.excel)
    desk.excel.busy_on(member, times=3)
    assert desk.press("grade", book) == "done", desk.message
    assert held(desk.excel) == settings


@pytest.mark.parametrize("mode", [MANUAL, -4105])
def test_sheets_of_ours_are_calculated_where_nobody_else_does(desk: Desk, mode: int) -> None:
    book = opened(desk, "before")
    desk.excel.state["Calculation"] = mode
    assert desk.press("grade", book) == "done", desk.message
    done = {call.target for call in desk.excel.called("Worksheet.Calculate")}
    titles = {name for name in ("Customers", "Dashboard") if any(name in t for t in done)}
    assert titles == ({"Customers", "Dashboard"} if mode == MANUAL else set())


def test_no_copy_no_change(desk: Desk) -> None:
    book = opened(desk, "orders")
    before = content(book)
    desk.excel.fail_on("Workbook.SaveCopyAs", error=refused("Disk full"))
    assert desk.press("grade", book) == "problem"
    assert content(book) == before
    assert "nothing was changed" in desk.message
    assert "Disk full" in (desk.configuration / "fenji.log").read_text("utf-8")


def test_excel_closed_meanwhile(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from addin.hosts.excel import job  # noqa: PLC0415

    monkeypatch.setattr(job, "_TRIES", 2)
    book = opened(desk, "list")
    gone = com_error(-2147023174, "The RPC server is unavailable.")
    desk.excel.fail_on("Range.Value", kind="set", error=gone)
    for member in ("Range.Formula", "Range.Clear", "Application.Run", "Application.StatusBar"):
        desk.excel.fail_on(member, times=1000, error=gone)
    arguments = ["grade", "--hwnd", str(desk.excel.hwnd), "--book", book.name, "--job", "j"]
    assert job.main(arguments) == 1


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_protected_sheet_is_told_before_anything_is_changed(desk: Desk, lang: str) -> None:
    book = opened(desk, "before")
    desk.excel.app.books[book.name].sheets["Customers"].api.Protect(Password="x")
    before = content(book)
    assert desk.press("grade", book, lang=lang) == "problem"
    assert "Customers" in desk.message
    assert content(book) == before
    assert not desk.backups()


def test_a_protected_list_of_customers(desk: Desk) -> None:
    book = opened(desk, "table")
    desk.excel.app.books[book.name].sheets["Data"].api.Protect(Password="x")
    before = content(book)
    assert desk.press("grade", book) == "problem"
    assert "Data" in desk.message and "Unprotect Sheet" in desk.message
    assert content(book) == before


def test_a_protected_structure(desk: Desk) -> None:
    book = opened(desk, "orders")
    book.Protect(Structure=True)
    before = content(book)
    assert desk.press("grade", book) == "problem"
    assert "Protect Workbook" in desk.message
    assert content(book) == before


def test_rows_that_moved_while_python_was_grading(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from addin import requests  # noqa: PLC0415

    book = opened(desk, "list")
    graded = requests.graded

    def slowly(*args, **kwargs):
        sheet = desk.excel.app.books[book.name].sheets["Data"]
        sheet["A6"].value, sheet["A7"].value = sheet["A7"].value, sheet["A6"].value
        return graded(*args, **kwargs)

    monkeypatch.setattr(requests, "graded", slowly)
    assert desk.press("grade", book) == "problem"
    assert "changed while" in desk.message
    assert "FenjiCustomers" not in {name for _, name in content(book)["tables"]}


def test_an_encrypted_copy_is_read_through_excel(desk: Desk) -> None:
    source = write(desk.folder / "secret.xlsx", orders(), top=2)
    expected = by_command(source, desk.folder / "out.xlsx")
    book = desk.excel.open(source)
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") * 20
    made = type("Encrypted", (type(book),), {})
    made.SaveCopyAs = lambda _, Filename: Path(Filename).write_bytes(ole)  # noqa: N803
    book.__class__ = made
    before = len(desk.excel.called("Range.Value", "get"))
    assert desk.press("grade", book) == "done", desk.message
    assert len(desk.excel.called("Range.Value", "get")) - before < 40
    assert desk.backups("secret")[0].read_bytes() == ole
    _, rows = table(book, "FenjiCustomers")
    assert {r["Customer"]: r["Tier"] for r in rows} == expected
    # Once more, with Fenji's own sheets in it, whose settings count.
    cells = desk.excel.app.books["secret.xlsx"].sheets["Settings"]
    assert desk.press("grade", book) == "done", desk.message
    assert "Settings" in desk.message and cells.name == "Settings"
    _, rows = table(book, "FenjiCustomers")
    assert {r["Customer"] for r in rows} == expected.keys()


def test_something_stands_below_our_table(desk: Desk) -> None:
    book = opened(desk, "before")
    sheet = desk.excel.app.books[book.name].sheets["Customers"]
    sheet["B48"].value = "my own notes"
    before = content(book)
    assert desk.press("grade", book) == "done", desk.message
    assert content(book) == before
    made = desk.folder / "before-graded.xlsx"
    assert str(made) in desk.message
    assert "FenjiCustomers" in openpyxl.load_workbook(made)["Customers"].tables
