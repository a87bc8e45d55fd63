"""The buttons' jobs: what they make of a copy of the document, and what they say."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import openpyxl
import polars as pl
import pytest
import xlsxwriter
from openpyxl.workbook.protection import WorkbookProtection

from addin.cli import main as fenji
from addin.words import words
from tests.addin.orders import orders, write_workbook
from tests.calc_host.jobs import Desk, sheets, tiers, with_orders

ENGLISH, CHINESE = words("en"), words("zh")


def by_command(source: Path, out: Path, lang: str = "en") -> dict[str, str]:
    """The tiers that the command line gives."""
    assert fenji(["grade", str(source), "-o", str(out), "--lang", lang, "--force"]) == 0
    return tiers(out)


def lists(path: Path) -> Path:
    """Orders of 40 customers, and a list of them with a title above and a tier of before."""
    frame = orders()
    names = frame["Customer"].unique(maintain_order=True).to_list()
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        date = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet("Orders")
        sheet.write_row(0, 0, frame.columns)
        for number, row in enumerate(frame.iter_rows(), start=1):
            for at, cell in enumerate(row):
                sheet.write(number, at, cell, *([date] if isinstance(cell, dt.date) else []))
        mine = book.add_worksheet("Customers")
        mine.write(0, 0, "My customers")
        mine.write_row(2, 1, ["Customer", "City", "Fenji tier"])
        for number, name in enumerate(reversed(names), start=3):
            mine.write_row(number, 1, [name, "Utrecht"])
        mine.write_row(len(names) + 3, 1, ["99999", "nobody knows"])
    return path


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_document_without_fenjis_sheets_gets_them(desk: Desk, lang: str) -> None:
    source = write_workbook(desk.folder / "o.xlsx", orders())
    said = desk.press("grade", source, lang=lang)
    assert said.code == 0, said.plan
    assert (said.plan["kind"], said.plan["put"]) == ("done", "insert")
    assert tiers(said.file) == by_command(source, desk.folder / "out.xlsx", lang)
    assert list(sheets(said.file)) == said.plan["sheets"]
    assert "Orders" not in said.plan["sheets"]
    text = words(lang)
    assert said.plan["show"] == text("sheet.customers")
    assert said.plan["title"] == text("ribbon.grade.label")
    assert said.plan["said"].endswith(text("calc.done.undo"))
    assert said.steps[0] == text("cli.reading", file="o.xlsx")
    assert said.steps[-1] == text("excel.step.write")
    assert len(said.steps) > 3
    assert not said.errors


def test_the_second_grading_fills_what_the_first_made(desk: Desk) -> None:
    few, many = orders(200), orders(400, customers=60)
    first = desk.press("grade", write_workbook(desk.folder / "o.xlsx", few))
    document = with_orders(first.file, desk.folder / "doc.xlsx", many)
    expected = by_command(write_workbook(desk.folder / "m.xlsx", many), desk.folder / "out.xlsx")
    said = desk.press("grade", document)
    assert (said.plan["kind"], said.plan["put"]) == ("done", "replace"), said.plan["said"]
    assert tiers(said.file) == expected
    assert said.plan["sheets"] == first.plan["sheets"]
    assert list(sheets(said.file)) == [*first.plan["sheets"], "Orders"]


def test_comparing_says_who_moved(desk: Desk) -> None:
    few, many = orders(200), orders(400, customers=60)
    first = desk.press("grade", write_workbook(desk.folder / "o.xlsx", few))
    document = with_orders(first.file, desk.folder / "doc.xlsx", many)
    said = desk.press("compare", document)
    assert said.plan["kind"] == "done", said.plan["said"]
    new = sorted(set(tiers(said.file)) - set(tiers(document)))
    moves = [row for row in sheets(said.file)["Moves"] if row[0] in set(new)]
    assert sorted(str(row[0]) for row in moves) == new
    assert len(new) == 20


def test_nothing_to_compare_with(desk: Desk) -> None:
    source = write_workbook(desk.folder / "o.xlsx", orders())
    for lang in ("en", "zh"):
        said = desk.press("compare", source, lang=lang)
        assert said.code == 1
        assert said.plan["said"] == words(lang)("excel.problem.nothing_to_compare")


def test_columns_beside_the_users_own_list(desk: Desk) -> None:
    source = lists(desk.folder / "o.xlsx")
    said = desk.press("grade", source)
    found = tiers(said.file)
    columns = {column["header"]: column for column in said.plan["columns"]}
    assert list(columns) == [
        ENGLISH(f"excel.column.{k}") for k in ("tier", "segment", "why", "next")
    ]
    tier = columns["Fenji tier"]
    assert (tier["sheet"], tier["header_row"], tier["column"]) == ("Customers", 2, 3)
    new = [column for header, column in columns.items() if header != "Fenji tier"]
    assert {(column["column"], column["after"]) for column in new} == {(None, 3)}
    mine = sheets(source)["Customers"]
    first_column = 1
    for row, text in tier["cells"]:
        assert text == found.get(str(mine[row][first_column - (len(mine[0]) < 4)]))
    assert [row for row, _ in tier["cells"]] == list(range(3, 44))
    assert tier["cells"][-1] == [43, None]
    # The user's own sheet has the name that Fenji's would have.
    assert "Customers" not in said.plan["sheets"]
    assert said.plan["show"] == "Customers"


def test_checking_makes_the_sheet_and_then_fills_it(desk: Desk) -> None:
    frame = orders().with_columns(pl.col("Amount").cast(pl.String))
    bad = frame.with_columns(
        Amount=pl.when(pl.int_range(pl.len()) == 7).then(pl.lit("n/a")).otherwise("Amount")
    )
    source = write_workbook(desk.folder / "o.xlsx", bad)
    said = desk.press("check", source, lang="zh")
    assert (said.plan["put"], said.plan["sheets"]) == ("insert", [CHINESE("sheet.data_check")])
    (report,) = sheets(said.file).values()
    assert any("n/a" in row for row in report)
    assert CHINESE("reason.bad_amount") in said.plan["said"]
    graded = desk.press("grade", source)
    document = with_orders(graded.file, desk.folder / "doc.xlsx", frame)
    again = desk.press("check", document)
    assert (again.plan["put"], again.plan["sheets"]) == ("replace", [ENGLISH("sheet.data_check")])
    assert not any("n/a" in row for row in sheets(again.file)[ENGLISH("sheet.data_check")])
    assert tiers(again.file) == tiers(document)


def test_explaining_a_customer(desk: Desk) -> None:
    frame = orders()
    graded = desk.press("grade", write_workbook(desk.folder / "o.xlsx", frame))
    document = with_orders(graded.file, desk.folder / "doc.xlsx", frame)
    found = tiers(document)
    customer = frame["Customer"][10]
    said = desk.press("explain", document, "--sheet", "Orders", "--row", str(10 + 5))
    assert said.plan["said"].startswith(f"{customer} ")
    assert f": {found[customer]}\n" in said.plan["said"]
    first = desk.press("explain", document, "--sheet", "Customers", "--row", "5")
    assert first.plan["said"].split(" ")[0] == sheets(document)["Customers"][4][0]
    for sheet, row in (("Orders", "4"), ("Customers", "2"), ("Model", "6"), ("Nowhere", "3")):
        none = desk.press("explain", document, "--sheet", sheet, "--row", row)
        assert none.plan["kind"] == "problem"
        assert none.plan["said"] == ENGLISH("excel.problem.no_customer_row", sheet=sheet, row=row)


def test_a_template_is_made_under_a_free_name(desk: Desk) -> None:
    beside = desk.folder / "papers"
    beside.mkdir()
    made = [
        desk.press("template", None, "--name", "retail", "--beside", str(beside), lang="zh")
        for _ in range(2)
    ]
    assert [said.plan["put"] for said in made] == ["open", "open"]
    assert len({said.plan["file"] for said in made}) == 2
    assert all(said.file.parent == beside and said.file.exists() for said in made)
    wrong = desk.press("template", None, "--name", "nothing")
    assert wrong.plan["kind"] == "problem"
    assert "retail" in wrong.plan["said"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_help_is_a_page_about_calc(desk: Desk, lang: str) -> None:
    said = desk.press("help", lang=lang)
    page = desk.configuration / f"help-{lang}.html"
    assert said.plan["url"] == page.as_uri()
    text = page.read_text(encoding="utf-8")
    assert words(lang)("calc.help.title") in text
    assert "RFM_TIER" in text
    assert "Excel" not in text.split("<h2>")[1]
    # There is none in Calc.
    assert not any(word in text for word in ("backup", "备份"))


def bad_copies(folder: Path) -> dict[str, Path]:
    """Documents that can't be graded."""
    frame = orders()
    nobody = write_workbook(folder / "nobody.xlsx", frame.select("Order date", "Amount"))
    empty = write_workbook(folder / "empty.xlsx", pl.DataFrame())
    broken = folder / "broken.xlsx"
    broken.write_bytes(nobody.read_bytes()[:2000])
    locked = write_workbook(folder / "locked.xlsx", frame)
    book = openpyxl.load_workbook(locked)
    book.security = WorkbookProtection(lockStructure=True)
    book.save(locked)
    return {"nobody": nobody, "empty": empty, "broken": broken, "locked": locked}


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("kind", ["nobody", "empty", "broken", "locked"])
def test_a_bad_document_gives_one_clear_sentence(desk: Desk, kind: str, lang: str) -> None:
    said = desk.press("grade", bad_copies(desk.folder)[kind], lang=lang)
    assert (said.code, said.plan["kind"]) == (1, "problem")
    assert said.plan["file"] is None
    assert "\n" not in said.plan["said"]
    assert not (desk.configuration / "fenji.log").exists() or kind == "locked"
    assert "Traceback" not in said.errors
    if kind == "locked":
        expected = words(lang)("calc.problem.protected_structure", book="locked.xlsx")
        assert said.plan["said"] == expected


def test_what_is_unexpected_stands_in_the_log(desk: Desk) -> None:
    said = desk.press("explain", desk.folder)
    assert said.plan["kind"] == "problem"
    assert "Traceback" not in said.plan["said"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends processes in another way")
def test_a_killed_job_leaves_nothing_but_its_own_folder(desk: Desk) -> None:
    source = write_workbook(desk.folder / "o.xlsx", orders(30_000, customers=5_000))
    system = desk.folder / "system-temp"
    system.mkdir()
    command = desk.command("grade", source)
    environment = desk.environment | {"TMPDIR": str(system)}
    before = {path.name for path in desk.folder.iterdir()}
    job = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)
    assert job.stdout is not None
    last = ENGLISH("excel.step.write")
    for line in job.stdout:
        if last.encode().split(b" ")[0] in line:
            break
    time.sleep(0.3)
    os.kill(job.pid, signal.SIGKILL)
    job.stdout.close()
    job.wait()
    assert not list(system.iterdir())
    assert {path.name for path in desk.folder.iterdir()} - before <= {"configuration"}
