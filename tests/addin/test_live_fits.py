"""A workbook's own formulas stay only where they say what the model that fills it says."""

from __future__ import annotations

import math
from collections.abc import Collection
from pathlib import Path
from types import ModuleType

import pytest
from openpyxl import load_workbook

from addin.live.fits import keeps_formulas
from addin.output import write
from addin.tables import customers_table, shape_of
from addin.words import words as words_of
from segmentation.run import Grading, grade
from segmentation.scheme_defaults import method_text
from segmentation.scheme_file import parse_scheme
from segmentation.sources import RawSheet
from templates.book import SHEETS
from templates.build import build
from templates.shape import Shape
from tests.segmentation.sheets import sheet
from tests.templates.test_formulas import read
from tests.templates.workbook import tables

CUSTOMERS = "FenjiCustomers"
SCORED = ("r_score", "f_score", "m_score", "rfm", "score", "tier")
RFM = 'method = "rfm"\n'
BINS = "[rfm]\nbins = { recency = %d, frequency = %d, monetary = %d }\n"
WEIGHTS = "[rfm.weights]\nrecency = 3\nfrequency = 1\nmonetary = 0.5\n"
TIERS = """
[[tiers]]
key = "gold"
name = { zh = "黄金", en = "Gold" }
%s
[[tiers]]
key = "rest"
name = { zh = "其余", en = "Rest" }
"""
LIMITS = 'method = "thresholds"\n' + TIERS
SIZES = 'method = "size"\n[size]\ntake = "%s"\nmeasures = { monetary = [500, 100] }\n'
NESTED = "[rfm]\nnested = true\n"
# A workbook's scheme, that of the grading which fills it, and whether its formulas stay.
PAIRS = {
    "the same": (RFM, RFM, True),
    "other weights": (RFM, RFM + WEIGHTS, True),
    "fewer scores": (RFM, RFM + BINS % (3, 4, 5), True),
    "more scores": (RFM, RFM + BINS % (5, 5, 7), False),
    "more scores in the workbook": (RFM + BINS % (12, 5, 5), RFM, True),
    "other tiers": (RFM, RFM + TIERS % "min_score = 3", False),
    "nested": (RFM, RFM + NESTED, False),
    "other limits": (LIMITS % "at_least = 300", LIMITS % "at_least = 70", True),
    "another end": (LIMITS % "at_least = 300", LIMITS % "above = 300", False),
    "another measure": (
        LIMITS % "at_least = 300",
        LIMITS % "limits = { frequency = { at_least = 3 } }",
        False,
    ),
    "more scores of another method": (
        LIMITS % "at_least = 300",
        LIMITS % "at_least = 300" + BINS % (5, 5, 7),
        False,
    ),
    "nested in another method": (
        LIMITS % "at_least = 300",
        LIMITS % "at_least = 300" + NESTED,
        False,
    ),
    "best and worst": (SIZES % "best", SIZES % "worst", False),
    "RFM, then another": (RFM, LIMITS % "at_least = 300", False),
    "another, then RFM": (LIMITS % "at_least = 300", RFM, False),
    "RFM, then clusters": (RFM, method_text("kmeans"), False),
    "no formulas at all": (method_text("kmeans"), RFM, True),
}


def people() -> list[RawSheet]:
    head = ("customer_id", "recency_days", "orders", "total_spend")
    rows = [
        (f"C{i:03d}", str(i * 37 % 211), str(1 + i * 13 % 17), str(5 + i * 71 % 997))
        for i in range(60)
    ]
    return [sheet(head, *rows)]


def graded(text: str) -> Grading:
    return grade(people(), scheme=parse_scheme(text, source="x.toml"))


def template(path: Path, grading: Grading, lang: str, only: Collection[str] = SHEETS) -> Path:
    form = shape_of(grading.model, words_of(lang), live=True)
    build(path, words=words_of(lang), shape=Shape(**form), only=only)
    return path


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", PAIRS)
def test_formulas_stay_where_they_say_what_the_model_says(
    tmp_path: Path, name: str, lang: str
) -> None:
    theirs, ours, stays = PAIRS[name]
    path = template(tmp_path / "t.xlsx", graded(theirs), lang, ("customers", "model"))
    assert keeps_formulas(path, graded(ours).model, words_of(lang)) is stays


def test_a_file_that_is_no_workbook_keeps_what_it_has(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    path.write_bytes(b"not a workbook")
    assert keeps_formulas(path, graded(RFM).model, words_of("en"))


@pytest.mark.parametrize("name", PAIRS)
def test_a_template_of_another_scheme_gets_values_or_formulas_that_come_to_them(
    tmp_path: Path, office: ModuleType, name: str
) -> None:
    words = words_of("en")
    theirs, ours, stays = PAIRS[name]
    if name == "no formulas at all" or (stays and name != "fewer scores"):
        pytest.skip("tests/templates/test_live_methods.py calculates those")
    used, grading = template(tmp_path / "t.xlsx", graded(theirs), "en"), graded(ours)
    out = tmp_path / "out.xlsx"
    write(grading, out, words=words, files=["x.csv"], template=used)
    book = load_workbook(out)
    table = tables(book)[CUSTOMERS]
    tier = words(f"header.{CUSTOMERS}.tier")
    left, top, right, _ = table.box
    head = [cell.value for (cell,) in book[table.sheet].iter_cols(left, right, top, top)]
    cell = book[table.sheet].cell(top + 1, left + head.index(tier)).value
    assert str(cell).startswith("=") is stays
    expected = customers_table(grading, words)
    headers = [words(f"header.{CUSTOMERS}.{key}") for key in SCORED]
    got = [tuple(row[h] for h in headers) for row in read(office.recalculate(out), CUSTOMERS)]
    assert [_plain(row) for row in got] == [_plain(r) for r in expected.select(headers).iter_rows()]


def _plain(row: tuple[object, ...]) -> list[object]:
    # Without a score there is a blank.
    return [
        None if value == "" or (isinstance(value, float) and math.isnan(value)) else value
        for value in row
    ]
