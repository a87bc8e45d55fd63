"""Formulas are right in every row, and Excel is told to calculate."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.formula.translate import Translator

from addin.hosts.file.fill import fill
from addin.hosts.file.formula import Formula
from tests.file_host.books import MAIN, cell_xml, formula, parts, replace, rewrite, value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A4*2", "A9*2"),
        ("$A$4+A$4+$A4+A4", "$A$4+A$4+$A9+A9"),
        ("SUM(B$1:B4)-SUM(Other!C4:D5)", "SUM(B$1:B9)-SUM(Other!C9:D10)"),
        ('\'It\'\'s A4\'!A4&"A4 ""A4"""&A3', '\'It\'\'s A4\'!A9&"A4 ""A4"""&A8'),
        ("LOG10(A4)+Q1Total+A4.B5+_A4", "LOG10(A9)+Q1Total+A4.B5+_A4"),
        ("T[[#This Row],[A4]]*A4+T['[A5']]", "T[[#This Row],[A4]]*A9+T['[A5']]"),
        ("SUM(4:4)+SUM($4:5)+SUM(A:A)", "SUM(9:9)+SUM($4:10)+SUM(A:A)"),
        ("IF(A4>=1E4,A5,{1,2;3,4})", "IF(A9>=1E4,A10,{1,2;3,4})"),
        ("[1]Sheet1!A4+Jan:Mar!B4", "[1]Sheet1!A9+Jan:Mar!B9"),
        ("XFD4+XFE4+ABCD4", "XFD9+XFE4+ABCD4"),
        ("A1048573", "A2"),
        ("客户!A4&客户4", "客户!A9&客户4"),
    ],
)
def test_a_formula_follows_its_row(text: str, expected: str) -> None:
    parsed = Formula.parse(text, row=4)
    assert parsed.at(9) == expected
    assert parsed.at(4) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A4+$A4+SUM(B:C)+SUM($B:C)", "C4+$A4+SUM(D:E)+SUM($B:E)"),
        ("Jan:Mar!A4+XFD4", "Jan:Mar!C4+B4"),
    ],
)
def test_a_formula_follows_its_column(text: str, expected: str) -> None:
    assert Formula.parse(text, row=4, column=2, to_column=4).at(4) == expected


@given(
    text=st.lists(
        st.tuples(
            st.sampled_from(["", "$"]),
            st.sampled_from(["A", "Z", "AB"]),
            st.sampled_from(["", "$"]),
            st.integers(1, 2000),
        ),
        min_size=1,
    ).map(lambda refs: "SUM(" + ",".join("".join(map(str, ref)) for ref in refs) + ")"),
    shift=st.integers(0, 500),
)
def test_it_moves_as_openpyxl_moves_it(text: str, shift: int) -> None:
    theirs = Translator("=" + text, origin="F2001").translate_formula(f"F{2001 + shift}")
    assert Formula.parse(text, row=2001).at(2001 + shift) == theirs[1:]


def template(path: Path, *, sheet_formula: str = "=A4*2") -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("S")
        columns = [{"header": header} for header in ("N", "P", "Q")]
        sheet.add_table("A3:C4", {"name": "T", "columns": columns})
        sheet.write_formula("B4", sheet_formula)
        sheet.write_formula("C4", "=B4+A$4")
    return path


def test_relative_references_are_right_in_every_row(tmp_path: Path, office: ModuleType) -> None:
    out = tmp_path / "out.xlsx"
    numbers = pl.DataFrame({"N": [3, 5, 8]})
    fill(template(tmp_path / "t.xlsx"), out, tables={"T": numbers}, cells={})
    assert [formula(out, f"B{row}") for row in (4, 5, 6)] == ["A4*2", "A5*2", "A6*2"]
    assert [formula(out, f"C{row}") for row in (4, 5, 6)] == ["B4+A$4", "B5+A$4", "B6+A$4"]
    values = office.cell_values(office.recalculate(out))["S"]
    assert [values[f"C{row}"] for row in (4, 5, 6)] == [9, 13, 19]


def test_shared_formula_is_written_in_full(tmp_path: Path) -> None:
    before, out = template(tmp_path / "t.xlsx"), tmp_path / "out.xlsx"
    replace(
        before,
        "xl/worksheets/sheet1.xml",
        ("<f>A4*2</f>", '<f t="shared" ref="B4:C4" si="0">A4*2&amp;A$1</f>'),
        ("<f>B4+A$4</f>", '<f t="shared" si="0"/>'),
    )
    fill(before, out, tables={"T": pl.DataFrame({"N": [1, 2]})}, cells={})
    assert [formula(out, address) for address in ("B4", "C4", "B5", "C5")] == [
        "A4*2&A$1",
        "B4*2&B$1",
        "A5*2&A$1",
        "B5*2&B$1",
    ]
    assert cell_xml(out, "C5").find(f"{MAIN}f").attrib == {}


def test_cells_that_borrow_a_formula_from_the_table_get_their_own(tmp_path: Path) -> None:
    before, out = template(tmp_path / "t.xlsx"), tmp_path / "out.xlsx"
    replace(
        before,
        "xl/worksheets/sheet1.xml",
        ("<f>A4*2</f>", '<f t="shared" ref="B4:E90" si="0">A4*2</f>'),
        (
            "</row></sheetData>",
            '<c r="E4"><f t="shared" si="0"/><v>1</v></c></row>'
            '<row r="90"><c r="D90"><v>7</v></c><c r="E90"><f t="shared" si="0"/></c></row>'
            "</sheetData>",
        ),
    )
    fill(before, out, tables={"T": pl.DataFrame({"N": [1, 2]})}, cells={})
    assert formula(out, "E4") == "D4*2"
    assert formula(out, "E90") == "D90*2"
    assert value(out, "D90") == 7


def test_array_formula_is_one_in_every_row(tmp_path: Path) -> None:
    before, out = template(tmp_path / "t.xlsx"), tmp_path / "out.xlsx"
    replace(
        before,
        "xl/worksheets/sheet1.xml",
        ('<c r="B4"><f>A4*2</f>', '<c r="B4" cm="1"><f t="array" ref="B4">SUM(A4*{1,2})</f>'),
    )
    fill(before, out, tables={"T": pl.DataFrame({"N": [1, 2]})}, cells={})
    cell = cell_xml(out, "B5")
    assert cell.get("cm") == "1"
    assert cell.find(f"{MAIN}f").attrib == {"t": "array", "ref": "B5"}
    assert formula(out, "B5") == "SUM(A5*{1,2})"


def with_chain(path: Path) -> Path:
    """Add what Excel writes: a calculation chain, and no order to calculate on opening."""
    template(path)
    old = parts(path)
    types = old["[Content_Types].xml"].replace(
        b"</Types>",
        b'<Override PartName="/xl/calcChain.xml" ContentType="application/vnd.openxmlformats-'
        b'officedocument.spreadsheetml.calcChain+xml"/></Types>',
    )
    rels = old["xl/_rels/workbook.xml.rels"].replace(
        b"</Relationships>",
        b'<Relationship Id="rId77" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        b'relationships/calcChain" Target="calcChain.xml"/></Relationships>',
    )
    chain = (
        b'<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<c r="B4" i="1"/><c r="C4" i="1"/></calcChain>'
    )
    rewrite(
        path,
        {
            "[Content_Types].xml": types,
            "xl/_rels/workbook.xml.rels": rels,
            "xl/calcChain.xml": chain,
            "xl/workbook.xml": old["xl/workbook.xml"].replace(b' fullCalcOnLoad="1"', b""),
        },
    )
    return path


def test_calculation_chain_goes_with_all_that_names_it(tmp_path: Path) -> None:
    before, out = with_chain(tmp_path / "t.xlsx"), tmp_path / "out.xlsx"
    fill(before, out, tables={"T": pl.DataFrame({"N": [1, 2]})}, cells={})
    old, new = parts(before), parts(out)
    assert set(old) - set(new) == {"xl/calcChain.xml"}
    for name in ("[Content_Types].xml", "xl/_rels/workbook.xml.rels"):
        assert b"calcChain" in old[name]
        assert b"calcChain" not in new[name]
    assert b'fullCalcOnLoad="1"' in new["xl/workbook.xml"]


def test_calculation_on_opening_is_ordered_even_without_calcpr(tmp_path: Path) -> None:
    before, out = with_chain(tmp_path / "t.xlsx"), tmp_path / "out.xlsx"
    replace(before, "xl/workbook.xml", ('<calcPr calcId="124519"/>', ""))
    fill(before, out, tables={"T": pl.DataFrame({"N": [1]})}, cells={})
    assert b'</sheets><calcPr fullCalcOnLoad="1"/>' in parts(out)["xl/workbook.xml"]


def test_workbook_part_stays_without_formulas(tmp_path: Path) -> None:
    before, out = with_chain(tmp_path / "t.xlsx"), tmp_path / "out.xlsx"
    text = parts(before)["xl/worksheets/sheet1.xml"].decode()
    for old in ("<f>A4*2</f>", "<f>B4+A$4</f>"):
        text = text.replace(old, "")
    rewrite(before, {"xl/worksheets/sheet1.xml": text.encode()})
    fill(before, out, tables={"T": pl.DataFrame({"N": [1, 2]})}, cells={})
    same = {name for name, data in parts(out).items() if data == parts(before)[name]}
    assert set(parts(before)) - same == {"xl/worksheets/sheet1.xml", "xl/tables/table1.xml"}
