"""Tables beside and below each other, and all that refers to their rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from addin.hosts.file import sheetwrite
from addin.hosts.file.fill import TemplateError, fill
from tests.file_host.books import (
    formula,
    grid,
    parts,
    replace,
    rewrite,
    rows_xml,
    sheet_xml,
    table_ref,
    value,
)

# openpyxl reads here, and says what it would lose if it wrote
pytestmark = pytest.mark.filterwarnings("ignore:.*not supported and will be removed")


def layout(path: Path, *, totals: bool = False) -> Path:
    """Left in A3:B4 (or a totals row more), Right in D6:E7, words around them."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("It's one")
        other = book.add_worksheet("Other")
        left = [{"header": "K"}, {"header": "V", "total_function": "sum"}]
        options = {"name": "Left", "columns": left, "total_row": totals}
        sheet.add_table("A3:B5" if totals else "A3:B4", options)
        right = [{"header": "K"}, {"header": "V"}]
        sheet.add_table("D6:E7", {"name": "Right", "columns": right})
        sheet.set_row(3, 20)
        sheet.set_row(5, 30)
        sheet.set_row(6, 40)
        for cell in ("C4", "C8", "F5", "F12", "D5", "A1"):
            sheet.write(cell, f"at {cell}")
        sheet.write("A40", "far below")
        sheet.merge_range("G5:H6", "merged")
        sheet.conditional_format("B4:B4", {"type": "data_bar", "data_bar_2010": True})
        sheet.conditional_format("A4:E4", {"type": "cell", "criteria": ">", "value": 1})
        sheet.conditional_format("E7:E7", {"type": "3_color_scale"})
        sheet.conditional_format("F4:F4", {"type": "2_color_scale"})
        sheet.data_validation("A4:A4", {"validate": "list", "source": ["x", "y"]})
        sheet.data_validation("B1", {"validate": "integer", "criteria": ">", "value": 1})
        sheet.ignore_errors({"number_stored_as_text": "A4:B4"})
        sheet.print_area("A1:E4")
        other.print_area("A1:E4")
        book.define_name("List", "='It''s one'!$A$4:$A$4")
        book.define_name("One", "='It''s one'!$A$4")
        book.define_name("Spot", "=Other!$C$5")
        other.write("A5", "kept")
    return path


def pair(rows: int, mark: str = "k") -> pl.DataFrame:
    return pl.DataFrame(
        {"K": [f"{mark}{n}" for n in range(rows)], "V": [n + 0.5 for n in range(rows)]},
        schema={"K": pl.String, "V": pl.Float64},
    )


@pytest.mark.parametrize(("left", "right"), [(1, 1), (3, 9), (20, 2), (5, 4), (0, 6)])
def test_tables_side_by_side(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left: int, right: int
) -> None:
    monkeypatch.setattr(sheetwrite, "CELLS_AT_ONCE", 12)
    out = tmp_path / "out.xlsx"
    tables = {"Left": pair(left), "Right": pair(right, "r")}
    fill(layout(tmp_path / "t.xlsx"), out, tables=tables, cells={})
    blank = [[None, None]]
    assert grid(out, f"A4:B{left + 4}") == [list(row) for row in pair(left).iter_rows()] + blank
    found = grid(out, f"D7:E{right + 7}")
    assert found == [list(row) for row in pair(right, "r").iter_rows()] + blank
    for cell in ("C4", "C8", "F5", "F12", "D5", "A1"):
        assert value(out, cell) == f"at {cell}"
    assert value(out, "A40") == "far below"
    assert value(out, "G5") == "merged"
    assert value(out, "D6") == "K"
    rows = rows_xml(out)
    heights = [float(rows[n].get("ht")) for n in (4, 6, 7)]
    assert heights == pytest.approx([20, 30, 40], abs=0.3)
    assert (table_ref(out, 1), table_ref(out, 2)) == (
        f"A3:B{max(left, 1) + 3}",
        f"D6:E{max(right, 1) + 6}",
    )


def test_formats_rules_and_names_follow_the_rows(tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    before = layout(tmp_path / "t.xlsx")
    fill(before, out, tables={"Left": pair(8), "Right": pair(5)}, cells={})
    xml = sheet_xml(out)
    for old, new in [
        ('conditionalFormatting sqref="B4"', 'conditionalFormatting sqref="B4:B11"'),
        ('conditionalFormatting sqref="A4:E4"', 'conditionalFormatting sqref="A4:E11"'),
        ('conditionalFormatting sqref="E7"', 'conditionalFormatting sqref="E7:E11"'),
        ('sqref="A4"', 'sqref="A4:A11"'),
        ("<xm:sqref>B4</xm:sqref>", "<xm:sqref>B4:B11</xm:sqref>"),
        ('ignoredError sqref="A4:B4"', 'ignoredError sqref="A4:B11"'),
    ]:
        assert old in sheet_xml(before)
        assert new in xml
        assert old not in xml
    assert 'conditionalFormatting sqref="F4"' in xml  # beside the table, not of it
    assert 'sqref="B1"' in xml
    book = parts(out)["xl/workbook.xml"].decode()
    assert "'It''s one'!$A$1:$E$11<" in book
    assert "Other!$A$1:$E$4<" in book
    assert "'It''s one'!$A$4:$A$11<" in book
    assert "'It''s one'!$A$4<" in book  # a cell's name stays with its cell
    fill(out, before, tables={"Left": pair(2), "Right": pair(1)}, cells={})
    assert 'conditionalFormatting sqref="B4:B5"' in sheet_xml(before)
    assert "'It''s one'!$A$4:$A$5<" in parts(before)["xl/workbook.xml"].decode()


def test_totals_row_moves_along(tmp_path: Path) -> None:
    out, again = tmp_path / "out.xlsx", tmp_path / "again.xlsx"
    before = layout(tmp_path / "t.xlsx", totals=True)
    text = formula(before, "B5")
    fill(before, out, tables={"Left": pair(6)}, cells={})
    assert formula(before, "B5") == "SUBTOTAL(109,[V])"
    assert (formula(out, "B5"), formula(out, "B10")) == (None, text)
    assert table_ref(out) == "A3:B10"
    assert 'autoFilter ref="A3:B9"' in parts(out)["xl/tables/table1.xml"].decode()
    fill(out, again, tables={"Left": pair(1)}, cells={})
    assert formula(again, "B5") == text
    assert (value(again, "A6"), table_ref(again)) == (None, "A3:B5")


def test_content_below(tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    before = layout(tmp_path / "t.xlsx")
    fill(before, out, tables={"Left": pair(36)}, cells={})  # ends right above it
    assert value(out, "A40") == "far below"

    def blocked(tables: dict[str, pl.DataFrame], cells: dict[str, object]) -> dict[str, object]:
        with pytest.raises(TemplateError) as error:
            fill(before, out, tables=tables, cells=cells)
        assert error.value.code == "content_below"
        return error.value.params

    expected = {"table": "Left", "sheet": "It's one", "cell": "A40"}
    assert blocked({"Left": pair(37)}, {}) == expected
    replace(before, "xl/workbook.xml", ("Other!$C$5", "'It''s one'!$B$30"))
    assert blocked({"Left": pair(30)}, {"Spot": 1})["cell"] == "B30"
    replace(before, "xl/worksheets/sheet1.xml", ('ref="G5:H6"', 'ref="B20:C21"'))
    assert blocked({"Left": pair(30)}, {})["cell"] == "B20"
    replace(before, "xl/tables/table2.xml", ('" ref="D6:E7"', '" ref="B10:C11"'))
    assert blocked({"Left": pair(10)}, {})["cell"] == "B10"
    assert blocked({"Left": pair(10), "Right": pair(1)}, {})["cell"] == "B10"


def test_more_rows_than_a_sheet_has(tmp_path: Path) -> None:
    before = layout(tmp_path / "t.xlsx")
    table = pl.DataFrame({"V": pl.int_range(1_048_574, eager=True)})
    with pytest.raises(TemplateError) as error:
        fill(before, tmp_path / "out.xlsx", tables={"Left": table}, cells={})
    assert error.value.code == "too_many_rows"
    assert error.value.params == {"table": "Left", "rows": 1_048_574, "limit": 1_048_573}


def test_a_named_cell_in_a_table_is_refused(tmp_path: Path) -> None:
    before = layout(tmp_path / "t.xlsx")
    with pytest.raises(TemplateError) as error:
        fill(before, tmp_path / "out.xlsx", tables={"Left": pair(1)}, cells={"One": 1})
    assert (error.value.code, error.value.params) == (
        "cell_in_table",
        {"cell": "One", "table": "Left"},
    )


def test_cells_where_the_template_has_none(tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    before = layout(tmp_path / "t.xlsx")
    fill(before, out, tables={}, cells={"Spot": 3})
    assert grid(out, "A5:C5", "Other") == [["kept", None, 3]]
    replace(before, "xl/workbook.xml", ("Other!$C$5", "Other!$C$2"))
    fill(before, out, tables={}, cells={"Spot": 3})
    assert grid(out, "A2:C5", "Other")[::3] == [[None, None, 3], ["kept", None, None]]


def test_style_of_cells_that_do_not_stand_in_the_file(tmp_path: Path) -> None:
    before, out = tmp_path / "t.xlsx", tmp_path / "out.xlsx"
    with xlsxwriter.Workbook(before) as book:
        sheet = book.add_worksheet("S")
        bold = book.add_format({"bold": True})
        sheet.set_column("B:B", 12, book.add_format({"num_format": "0.00"}))
        sheet.add_table("A3:B4", {"name": "T", "columns": [{"header": "K"}, {"header": "V"}]})
        sheet.set_row(8, None, bold)
        book.define_name("Spot", "=S!$C$9")
    fill(before, out, tables={"T": pair(2)}, cells={"Spot": 1})
    xml = sheet_xml(out)
    assert '<c r="B5" s="1">' in xml
    assert '<c r="C9" s="2">' in xml


def test_prefixed_parts_stay_prefixed(
    tmp_path: Path, validator: Callable[[Path], list[str]]
) -> None:
    before, out = layout(tmp_path / "t.xlsx"), tmp_path / "out.xlsx"
    text = sheet_xml(before)
    for name in ("worksheet", "sheetData", "row", "c", "v", "dimension", "sheetViews"):
        for old, new in ((f"<{name} ", f"<x:{name} "), (f"<{name}>", f"<x:{name}>")):
            text = text.replace(old, new)
        text = text.replace(f"</{name}>", f"</x:{name}>")
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    text = text.replace(f'xmlns="{main}"', f'xmlns="{main}" xmlns:x="{main}"')
    rewrite(before, {"xl/worksheets/sheet1.xml": text.encode()})
    assert validator(before) == []
    fill(before, out, tables={"Left": pair(3), "Right": pair(0)}, cells={"Spot": "x"})
    assert "<row" not in sheet_xml(out)
    assert value(out, "A6") == "k2"
    assert validator(out) == []
    fill(out, before, tables={"Left": pair(3), "Right": pair(0)}, cells={"Spot": "x"})
    assert before.read_bytes() == out.read_bytes()


def test_output_is_valid(tmp_path: Path, validator: Callable[[Path], list[str]]) -> None:
    out = tmp_path / "out.xlsx"
    for totals in (False, True):
        before = layout(tmp_path / "t.xlsx", totals=totals)
        fill(before, out, tables={"Left": pair(9), "Right": pair(0)}, cells={"Spot": "x"})
        assert validator(out) == []


def test_rows_hidden_by_an_old_filter_show_again(tmp_path: Path) -> None:
    before, out = layout(tmp_path / "t.xlsx"), tmp_path / "out.xlsx"
    replace(before, "xl/worksheets/sheet1.xml", ('<row r="4"', '<row r="4" hidden="1"'))
    fill(before, out, tables={"Left": pair(3)}, cells={})
    assert [rows_xml(out)[row].get("hidden") for row in (4, 5, 6)] == [None] * 3


def test_the_row_that_excel_lends_an_empty_table_becomes_its_own(tmp_path: Path) -> None:
    before, out = layout(tmp_path / "t.xlsx"), tmp_path / "out.xlsx"
    replace(before, "xl/tables/table1.xml", (' ref="A3:B4" ', ' ref="A3:B4" insertRow="1" '))
    fill(before, out, tables={"Left": pair(1)}, cells={})
    assert 'insertRow="0"' in parts(out)["xl/tables/table1.xml"].decode()


def test_a_name_of_the_whole_workbook_wins(tmp_path: Path) -> None:
    before, out = layout(tmp_path / "t.xlsx"), tmp_path / "out.xlsx"
    local = '<definedName name="Spot" localSheetId="0">Other!$A$5</definedName>'
    replace(before, "xl/workbook.xml", ("<definedNames>", f"<definedNames>{local}"))
    fill(before, out, tables={}, cells={"Spot": 9})
    assert grid(out, "A5:C5", "Other") == [["kept", None, 9]]
