"""Workbooks made elsewhere: their formulas are known and right as soon as they are open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.worksheet.formula import ArrayFormula

from addin.functions import call
from tests.office.calc import Calc

ROWS = [[10, 3, 200.5], [200, 1, 20], [30, 2, 90], [5, 9, 900]]
LIMITS = '"500;100","A;B;C")'
PREFIXES = {
    "none": "",
    "book": "[1]!",
    "library": "_xll.",
    "path": "'C:\\Office add-ins\\Fenji.xlam'!",
    "quote": "'C:\\it''s\\Fenji.xlam'!",
    "file": "Fenji.xlam!",
}
NAME_ERROR = "#NAME?"
# What the writer of the file had in the cell.
CACHED = {"blank": "", "error": NAME_ERROR}


def column(number: int) -> list[list[Any]]:
    return [[float(row[number])] for row in ROWS]


TIERS = [r[0] for r in call("RFM_TIER", *map(column, range(3)), lang="en")]
CLASSES = [str(call("THRESHOLD_TIER", r[2], "500;100", "A;B;C", lang="en")) for r in ROWS]


def made(path: Path, prefix: str, cached: str) -> Path:
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    for number, row in enumerate(ROWS):
        sheet.write_row(number, 0, row)
        formula = f"={prefix}THRESHOLD_TIER(C{number + 1},{LIMITS}"
        sheet.write_formula(number, 4, formula, None, cached)
    array = f"{{={prefix}RFM_TIER(A1:A4,B1:B4,C1:C4)}}"
    sheet.write_array_formula("F1:F4", array, None, cached)
    nested = f'=IF(1,{prefix}THRESHOLD_TIER(C4,{LIMITS},"[1]!RFM_TIER(")'
    sheet.write_formula("G1", nested, None, cached)
    sheet.write_formula("G2", "=1/0", None, "#DIV/0!")
    sheet.write_formula("G3", "=[1]!OTHER_TIER(1)", None, NAME_ERROR)
    book.close()
    return path


@pytest.mark.parametrize("hidden", [True, False], ids=["hidden", "shown"])
@pytest.mark.parametrize("cached", CACHED)
@pytest.mark.parametrize("prefix", PREFIXES)
def test_right_after_loading(
    calc: Calc, tmp_path: Path, prefix: str, cached: str, hidden: bool
) -> None:
    path = made(tmp_path / "elsewhere.xlsx", PREFIXES[prefix], CACHED[cached])
    doc = calc.open(path, hidden=hidden)
    try:
        shown = calc.strings(doc, 0, "E1:F4")
        assert [row[0] for row in shown] == CLASSES
        assert [row[1] for row in shown] == TIERS
        assert calc.strings(doc, 0, "G1:G3") == [["A"], ["#DIV/0!"], ["#NAME?"]]
        assert not calc.modified(doc)
        assert calc.undo_titles(doc) == []
        # It calculates on: the formula is alive.
        calc.set_values(doc, 0, "C1", [[9999]])
        assert calc.strings(doc, 0, "E1:E1") == [["A"]]
        saved = openpyxl.load_workbook(calc.save(doc, tmp_path / "saved.xlsx")).worksheets[0]
    finally:
        calc.close(doc)
    assert saved["E2"].value == f"=THRESHOLD_TIER(C2,{LIMITS}"
    assert isinstance(saved["F1"].value, ArrayFormula)
    assert saved["F1"].value.text == "=RFM_TIER(A1:A4,B1:B4,C1:C4)"
    assert saved["F1"].value.ref == "F1:F4"
    assert saved["G1"].value == f'=IF(1,THRESHOLD_TIER(C4,{LIMITS},"[1]!RFM_TIER(")'


def test_results_that_were_saved_stay(calc: Calc, tmp_path: Path) -> None:
    """A result that another program saved is no error: Calc leaves it until asked."""
    doc = calc.open(made(tmp_path / "saved.xlsx", "", "Gold"))
    try:
        assert calc.strings(doc, 0, "E1:E4") == [["Gold"]] * 4
        calc.calculate(doc)
        assert [row[0] for row in calc.strings(doc, 0, "E1:E4")] == CLASSES
    finally:
        calc.close(doc)


def test_written_by_openpyxl_without_results(calc: Calc, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for number, row in enumerate(ROWS, start=1):
        sheet.append(row)
        sheet[f"E{number}"] = f"=THRESHOLD_TIER(C{number},{LIMITS}"
    sheet["F1"] = ArrayFormula("F1:F4", "=RFM_TIER(A1:A4,B1:B4,C1:C4)")
    book.save(tmp_path / "o.xlsx")
    doc = calc.open(tmp_path / "o.xlsx")
    try:
        assert [list(r) for r in calc.strings(doc, 0, "E1:F4")] == [
            [one, other] for one, other in zip(CLASSES, TIERS, strict=True)
        ]
    finally:
        calc.close(doc)


@pytest.mark.parametrize("kind", ["xlsx", "ods", "xls"])
def test_saved_and_opened_again(calc: Calc, tmp_path: Path, kind: str) -> None:
    doc = calc.open(made(tmp_path / "first.xlsx", "[1]!", NAME_ERROR))
    path = calc.save(doc, tmp_path / f"again.{kind}", kind)
    calc.close(doc)
    doc = calc.open(path)
    try:
        calc.calculate(doc)
        shown = calc.strings(doc, 0, "E1:F4")
        assert [list(row) for row in shown] == [
            [one, other] for one, other in zip(CLASSES, TIERS, strict=True)
        ]
    finally:
        calc.close(doc)


def test_a_protected_sheet_opens_as_it_is(calc: Calc, tmp_path: Path) -> None:
    path = made(tmp_path / "p.xlsx", "[1]!", NAME_ERROR)
    book = openpyxl.load_workbook(path)
    book.worksheets[0].protection.sheet = True
    book.save(path)
    doc = calc.open(path)
    try:
        assert len(calc.strings(doc, 0, "E1:E4")) == 4
        assert not calc.modified(doc)
    finally:
        calc.close(doc)
