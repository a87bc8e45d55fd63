"""Real data in a real Calc: arrays of thousands of rows and hundreds of single cells."""

from __future__ import annotations

import csv
import datetime as dt
import random
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from addin.cli import main as fenji
from addin.functions import call
from addin.words import LANGUAGES, words
from tests.calc_host.placing import Sheet, expected, serial
from tests.functions.sheets import DATA, MEASURES, graded
from tests.office.calc import Calc

COLUMNS = {"RFM_TIER": "tier", "RFM_SCORE": "rfm", "RFM_SEGMENT": "segment", "TIER_WHY": "why"}
SINGLE = 200
# Raw orders: the places of customers, dates and amounts, rows above the headers, most rows.
ORDERS = {
    "cdnow": ("cdnow/cdnow_master.csv", (0, 1, 3), 0, 5_000),
    "messy orders": ("zh_messy_orders/orders.xlsx", (0, 2, 4), 2, 5_000),
}


@pytest.fixture(scope="session")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("unpacked")


def in_array(sheet: Sheet, at: str, size: tuple[int, int], formula: str) -> list[list[Any]]:
    first = "".join(c for c in at if c.isalpha())
    last = get_column_letter(openpyxl.utils.column_index_from_string(first) + size[1] - 1)
    area = f"{first}1:{last}{size[0]}"
    sheet.calc.set_array(sheet.doc, 0, area, formula)
    got = sheet.calc.values(sheet.doc, 0, area)
    sheet.calc.run(
        "docs[doc].Sheets.getByIndex(0).getCellRangeByName(area).clearContents(16)",
        doc=sheet.doc,
        area=area,
    )
    return got


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("data", DATA)
def test_columns_of_a_graded_workbook(  # noqa: PLR0917 (fixtures)
    calc: Calc, calc_zh: Calc, shared_data: Path, unpacked: Path, data: str, lang: str
) -> None:
    """With the workbook's model and without, over all customers, and one by one."""
    book = graded(shared_data / DATA[data], words(lang), unpacked)
    sheet = Sheet({"en": calc, "zh": calc_zh}[lang])
    try:
        rows = [[a[0], b[0], c[0]] for a, b, c in zip(*book.measures, strict=True)]
        sheet.calc.set_values(sheet.doc, 0, "A1", rows)
        width = max(map(len, book.model))
        model = [[*row, *[None] * (width - len(row))] for row in book.model]
        sheet.calc.set_values(sheet.doc, 0, "E1", model)
        cells = f"$E$1:${get_column_letter(4 + width)}${len(model)}"
        count = len(rows)
        for name, key in COLUMNS.items():
            blank = ";" if name == "RFM_SEGMENT" else ""
            wanted = expected([[each] for each in book.answers[key]])
            for given in ("", f";{blank}{cells}"):
                formula = f"={name}(A1:A{count};B1:B{count};C1:C{count}{given})"
                assert in_array(sheet, "Z", (count, 1), formula) == wanted, (name, given)
            if name == "TIER_WHY":
                continue
            some = sorted(random.Random(1).sample(range(count), min(SINGLE, count)))
            formulas = [f"={name}(A{n + 1};B{n + 1};C{n + 1};{blank}{cells})" for n in some]
            sheet.calc.set_column(sheet.doc, 0, "AB1", formulas)
            got = sheet.calc.values(sheet.doc, 0, f"AB1:AB{len(some)}")
            assert got == [wanted[n] for n in some], name
    finally:
        sheet.close()


def raw_rows(shared_data: Path, name: str) -> list[list[Any]]:
    source, places, above, most = ORDERS[name]
    path = shared_data / source
    if not path.exists():
        pytest.skip(f"not among the real data: {source}")
    if path.suffix == ".xlsx":
        sheet = openpyxl.load_workbook(path, data_only=True).worksheets[0]
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    else:
        with path.open(encoding="utf-8-sig") as file:
            rows = [list(map(_typed, row)) for row in csv.reader(file)]
    return [[_whole(row[at]) for at in places] for row in rows[above:most]]


def _typed(text: str) -> Any:
    for kind in (float, dt.datetime.fromisoformat):
        try:
            return kind(text)
        except ValueError:
            continue
    return text or None


def _whole(cell: Any) -> Any:
    return float(cell) if isinstance(cell, int) and not isinstance(cell, bool) else serial(cell)


@pytest.mark.parametrize("function", ["RFM_TABLE", "DATA_CHECK"])
@pytest.mark.parametrize("name", ORDERS)
def test_tables_of_raw_orders(
    calc: Calc, calc_zh: Calc, shared_data: Path, name: str, function: str
) -> None:
    lang = "zh" if "messy" in name else "en"
    rows = raw_rows(shared_data, name)
    sheet = Sheet({"en": calc, "zh": calc_zh}[lang])
    try:
        sheet.calc.set_values(sheet.doc, 0, "A1", rows)
        wanted = expected(
            call(function, *([[row[i]] for row in rows] for i in range(3)), lang=lang)
        )
        ends = ";".join(f"{column}1:{column}{len(rows)}" for column in "ABC")
        assert in_array(sheet, "H", (len(wanted), len(wanted[0])), f"={function}({ends})") == wanted
    finally:
        sheet.close()


def test_wholesale_customers(calc: Calc, shared_data: Path) -> None:
    """The functions of plain numbers, on amounts by kind of goods."""
    found = sorted((shared_data / "wholesale").glob("*.csv"))
    if not found:
        pytest.skip("no wholesale data")
    with found[0].open(encoding="utf-8-sig") as file:
        rows = [list(map(_typed, row)) for row in csv.reader(file)][1:]
    spent = [row[-6:] for row in rows]
    sheet = Sheet(calc)
    n = len(spent)
    tried = {
        f"ABC_CLASS(A1:A{n})": ("ABC_CLASS", [[r[0]] for r in spent]),
        f'TOP_TIER(A1:A{n};"0.1;0.3";"T;M;R")': (
            "TOP_TIER",
            [[r[0]] for r in spent],
            "0.1;0.3",
            "T;M;R",
        ),
        f'THRESHOLD_TIER(B1:B{n};"9000;2000";"T;M;R")': (
            "THRESHOLD_TIER",
            [[r[1]] for r in spent],
            "9000;2000",
            "T;M;R",
        ),
        f"MATRIX_TIER(A1:A{n};B1:B{n})": (
            "MATRIX_TIER",
            [[r[0]] for r in spent],
            [[r[1]] for r in spent],
        ),
        f'SCORECARD(A1:F{n};"1;2;3;1;1;1")': ("SCORECARD", spent, "1;2;3;1;1;1"),
        f"KMEANS_TIER(A1:F{n};3)": ("KMEANS_TIER", spent, 3.0),
    }
    try:
        sheet.calc.set_values(sheet.doc, 0, "A1", spent)
        for formula, (name, *given) in tried.items():
            wanted = expected(call(name, *given, lang="en"))
            assert in_array(sheet, "H", (n, 1), f"={formula}") == wanted, formula
    finally:
        sheet.close()


@pytest.mark.parametrize("data", ["online retail", "messy orders"])
def test_beside_the_tiers_of_fenji_grade(
    calc: Calc, calc_zh: Calc, shared_data: Path, tmp_path: Path, data: str
) -> None:
    """In the made workbook itself, opened in Calc: =RFM_TIER(…;FenjiModel) is the column Tier."""
    lang = "zh" if "messy" in data else "en"
    source, out = shared_data / DATA[data], tmp_path / "graded.xlsx"
    if not source.exists():
        pytest.skip(f"not among the real data: {DATA[data]}")
    assert fenji(["grade", str(source), "-o", str(out), "--lang", lang]) == 0
    office, headers = (
        {"en": calc, "zh": calc_zh}[lang],
        words(lang).section("header.FenjiCustomers"),
    )
    doc = office.open(out)
    try:
        office.calculate(doc)
        code = """
found = {}
for name in ("FenjiCustomers", "FenjiModel"):
    area = docs[doc].DatabaseRanges.getByName(name).DataArea
    found[name] = [area.Sheet, area.StartColumn, area.StartRow, area.EndColumn, area.EndRow]
result = found
"""
        areas = office.run(code, doc=doc)
        sheet, left, top, right, bottom = areas["FenjiCustomers"]
        corner = f"{get_column_letter(left + 1)}{top + 1}"
        rows = office.values(doc, sheet, f"{corner}:{get_column_letter(right + 1)}{bottom + 1}")
        place = {key: rows[0].index(headers[key]) for key in (*MEASURES, "tier")}
        ranges = ";".join(
            f"{get_column_letter(left + 1 + place[key])}{top + 2}:"
            f"{get_column_letter(left + 1 + place[key])}{bottom + 1}"
            for key in MEASURES
        )
        free = get_column_letter(right + 5)
        area = f"{free}{top + 2}:{free}{bottom + 1}"
        office.set_array(doc, sheet, area, f"=RFM_TIER({ranges};FenjiModel)")
        got = [row[0] for row in office.values(doc, sheet, area)]
        assert got == [row[place["tier"]] for row in rows[1:]]
        assert len(set(got)) == 4
    finally:
        office.close(doc)
