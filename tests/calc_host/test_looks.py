"""Sheets that come into a document look, print and are viewed as in the file they come from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymupdf
import pytest

from addin.cli import main as fenji
from tests.office.calc import Calc

STYLES = """
document = docs[doc]
families = document.StyleFamilies
result = {
    "names": {f: list(families.getByName(f).ElementNames) for f in ("CellStyles", "PageStyles")},
    "pages": {},
    "rules": {},
}
pages, cells = families.getByName("PageStyles"), families.getByName("CellStyles")
for sheet in document.Sheets:
    page = pages.getByName(sheet.PageStyle)
    result["pages"][sheet.Name] = [
        page.getPropertyValue(name)
        for name in ("IsLandscape", "PageScale", "ScaleToPagesX", "ScaleToPagesY", "FooterIsOn",
                     "LeftMargin", "TopMargin")
    ]
    found = {}
    for place in sheet.ConditionalFormats.getConditionalFormats():
        for number in range(place.getCount()):
            entry = place.getByIndex(number)
            if getattr(entry, "StyleName", ""):
                style = cells.getByName(entry.StyleName)
                found.setdefault(entry.Formula1, []).append(
                    [style.CharColor, style.CellBackColor, style.CharWeight]
                )
    result["rules"][sheet.Name] = {text: sorted(each) for text, each in found.items()}
"""
PRINT = """
document = docs[doc]
document.storeToURL(url, properties(FilterName="calc_pdf_Export"))
"""
# A rule of the user's own, whose style has the name that LibreOffice gives to those of a file.
OWN_STYLE = """
document = docs[doc]
styles = document.StyleFamilies.getByName("CellStyles")
for number in range(100):
    made = document.createInstance("com.sun.star.style.CellStyle")
    styles.insertByName(f"ConditionalStyle_{number}", made)
    made.CellBackColor = 0x123456
"""


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's orders, and beside them what `fenji grade` makes of them."""
    folder = tmp_path_factory.mktemp("looks")
    assert fenji(["demo", "--lang", "en", "-o", str(folder)]) == 0
    return folder


@pytest.fixture
def document(calc: Calc, graded: Path, tmp_path: Path) -> Iterator[int]:
    """The demo's orders in Calc."""
    orders = tmp_path / "sample-orders.xlsx"
    orders.write_bytes((graded / orders.name).read_bytes())
    doc = calc.open(orders)
    yield doc
    calc.close(doc)


def press(calc: Calc, doc: int) -> None:
    kind, _, said = calc.dispatch(doc, "org.fenji.calc:grade")
    assert kind == "done", said


def from_file(calc: Calc, graded: Path) -> dict[str, Any]:
    doc = calc.open(graded / "sample-orders-graded.xlsx")
    found: dict[str, Any] = calc.run(STYLES, doc=doc)
    calc.close(doc)
    return found


def test_sheets_print_and_are_coloured_as_in_the_file(
    calc: Calc, graded: Path, document: int
) -> None:
    expected = from_file(calc, graded)
    press(calc, document)
    found = calc.run(STYLES, doc=document)
    for sheet, page in expected["pages"].items():
        assert found["pages"][sheet] == page, sheet
    # Rules that are alike in several places are one rule of several places in the document.
    assert {k: backs(v) for k, v in found["rules"].items() if k in expected["rules"]} == {
        k: backs(v) for k, v in expected["rules"].items()
    }


def backs(rules: dict[str, list[list[Any]]]) -> set[int]:
    """The grounds on which a sheet's rules put cells."""
    return {back for looks in rules.values() for _, back, _ in looks}


def test_rules_about_texts_hold_at_once(
    calc: Calc, graded: Path, document: int, tmp_path: Path
) -> None:
    """Customers about to be lost are red, in the file as in the document."""
    press(calc, document)
    file = calc.open(graded / "sample-orders-graded.xlsx")
    red = []
    for doc in (document, file):
        path = tmp_path / f"{doc}.pdf"
        calc.run(PRINT, doc=doc, url=path.as_uri())
        red.append(coloured(path))
    calc.close(file)
    assert red[0] == red[1]
    assert red[0]


def coloured(path: Path) -> set[str]:
    """The customers that are printed in the colour of the words "Red: …"."""
    spans = [
        span
        for page in pymupdf.open(path)
        for block in page.get_text("dict")["blocks"]
        for line in block.get("lines", ())
        for span in line["spans"]
    ]
    colour = next(span["color"] for span in spans if span["text"].startswith("Red:"))
    texts = {span["text"].strip() for span in spans if span["color"] == colour}
    return {text for text in texts if text.startswith("C0")}


def test_styles_of_the_users_own_stay_and_are_not_taken_for_ours(
    calc: Calc, graded: Path, document: int
) -> None:
    expected = from_file(calc, graded)
    calc.run(OWN_STYLE, doc=document)
    before = calc.run(STYLES, doc=document)
    press(calc, document)
    found = calc.run(STYLES, doc=document)
    assert backs(found["rules"]["Customers"]) == backs(expected["rules"]["Customers"])
    calc.undo(document)
    assert calc.run(STYLES, doc=document)["names"] == before["names"]
