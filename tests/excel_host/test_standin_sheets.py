"""Sheets of the stand-in: protection, tables, what cannot be cut, templates put in."""

from __future__ import annotations

import openpyxl
import pytest

from tests.excel_host.standin import com_error


@pytest.fixture
def sheet(excel):
    """The only sheet of a new workbook, through xlwings."""
    excel.new()
    return excel.app.books["Book1"].sheets["Sheet1"]


def test_protected_sheets_refuse(excel, sheet):
    sheet["A1"].value = "kept"
    sheet["B1"].api.Locked = False
    sheet.api.Protect("secret")
    attempts = [
        lambda: setattr(sheet["A1"], "value", 1),
        sheet["A1"].clear_contents,
        lambda: sheet["A:A"].insert("right"),
        lambda: setattr(sheet["A1"], "color", (1, 2, 3)),
        lambda: sheet.tables.add(sheet["A1:B2"], has_headers=True),
    ]
    for attempt in attempts:
        with pytest.raises(com_error):
            attempt()
    sheet["B1"].value = "open"
    assert sheet["A1:B1"].value == ["kept", "open"]
    with pytest.raises(com_error):
        sheet.api.Unprotect("wrong")
    sheet.api.Unprotect("secret")
    sheet["A1"].value = 1
    excel.ActiveWorkbook.Protect()
    with pytest.raises(com_error):
        sheet.book.sheets.add()


def test_tables(excel, sheet):
    sheet["A1"].value = [["Customer", "Sum", "Note"], ["Anna", 1, "x"], ["Bo", 2, "y"]]
    sheet["A7"].value = "below"
    sheet["B1:B3"].api.Name = "Sums"
    table = sheet.tables.add(sheet["A1:B3"], has_headers=True, name="Buyers")
    assert table.data_body_range.value == [["Anna", 1], ["Bo", 2]]
    table.columns.add("Tier")
    assert table.range.value[0] == ["Customer", "Sum", "Tier"]
    assert sheet["D1:D3"].value == ["Note", "x", "y"]  # what stood beside moved along
    table.columns.add("Key", 1)
    assert table.range.address == "$A$1:$D$3"
    assert sheet.book.names["Sums"].refers_to_range.address == "$C$1:$C$3"
    sheet["D1"].value = "Sum"
    assert [c.name for c in table.columns] == ["Key", "Customer", "Sum", "Sum2"]
    table.rows.add(["1", "Cy", 3, None])
    assert (table.range.address, sheet["A8"].value) == ("$A$1:$D$4", "below")
    table.rows[0].delete()
    assert (table.range.address, sheet["A7"].value) == ("$A$1:$D$3", "below")
    table.columns(1).delete()
    assert table.range.value == [["Customer", "Sum", "Sum2"], ["Bo", 2, None], ["Cy", 3, None]]
    table.resize(sheet["A1:C2"])
    assert sheet["Buyers[#All]"].address == "$A$1:$C$2"
    assert sheet["Buyers[Sum]"].address == "$B$2"
    assert sheet["B2"].table.name == "Buyers"
    with pytest.raises(com_error):
        table.resize(sheet["A2:C3"])
    with pytest.raises(com_error):
        table.name = "A1"
    assert excel.asked == []


def test_tables_take_in_what_is_written_beside_them(excel, sheet):
    sheet["A1"].value = [["Customer", "Sum"], ["Anna", 1]]
    table = sheet.tables.add(sheet["A1:B2"], has_headers=True)
    sheet["C1"].value = [["Tier"], ["A"]]
    assert [c.name for c in table.columns] == ["Customer", "Sum", "Tier"]
    sheet["A3"].value = ["Bo", 2]
    assert table.range.address == "$A$1:$C$3"
    sheet["E1"].value = [["far"], ["away"]]
    excel.AutoCorrect.AutoExpandListRange = False
    sheet["D1"].value = [["Note"], ["x"], ["y"]]
    assert table.range.address == "$A$1:$C$3"


def test_rules_of_entry_can_be_taken_away(sheet):
    file = sheet.api.file
    rule = openpyxl.worksheet.datavalidation.DataValidation(type="list", formula1='"A,B"')
    rule.add("B2:D9")
    file.add_data_validation(rule)
    sheet["C4:E5"].api.Validation.Delete()
    assert sorted(str(rule.sqref).split()) == ["B2:D3", "B4:B5", "B6:D9"]
    sheet["A:Z"].api.Validation.Delete()
    assert file.data_validations.dataValidation == []


def test_what_excel_does_not_cut(sheet):
    sheet["A1"].value = [["a", "b"], [1, 2]]
    sheet.tables.add(sheet["A1:B2"], has_headers=True)
    sheet["A5:B5"].merge()
    assert sheet["A5"].merge_area.address == "$A$5:$B$5"
    sheet["A5"].value = [["title", "lost"]]
    assert sheet["A5:B5"].value == ["title", None]
    for address, shift in (("A1", "down"), ("B2", "right"), ("A4", "down")):
        with pytest.raises(com_error):
            sheet[address].insert(shift)
    sheet["1:1"].insert("down")
    assert sheet.tables[0].range.address == "$A$2:$B$3"
    assert sheet["A6"].merge_area.address == "$A$6:$B$6"
    sheet["A:A"].insert("right")
    assert sheet.tables[0].range.value == [["a", "b"], [1, 2]]


def test_hidden_rows_and_filters_hide_nothing_from_programs(sheet):
    sheet["A1"].value = [["a"], [1], [2]]
    sheet.api.Rows(2).Hidden = True
    assert sheet["A1:A3"].value == ["a", 1, 2]
    assert sheet["A2"].api.EntireRow.Hidden
    assert not sheet["A3"].api.EntireRow.Hidden


def test_a_template_is_inserted_whole(excel, sheet, tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Customers"
    book.active.append(["customer", "tier"])
    book.active.append(["Anna", "A"])
    book.active.add_table(openpyxl.worksheet.table.Table(displayName="FenjiCustomers", ref="A1:B2"))
    other = book.create_sheet("Sheet1")
    other["A1"] = '=COUNTIF(FenjiCustomers[tier],"A")'
    other["A1"].font = openpyxl.styles.Font(b=True)
    book.defined_names["top"] = openpyxl.workbook.defined_name.DefinedName(
        "top", attr_text="Sheet1!$A$1"
    )
    path = tmp_path / "template.xlsx"
    book.save(path)
    for _ in range(2):
        sheet.book.api.Sheets.Add(After=sheet.api, Type=str(path))
    assert [s.name for s in sheet.book.sheets] == [
        "Sheet1",
        "Customers (2)",
        "Sheet1 (3)",
        "Customers",
        "Sheet1 (2)",
    ]
    first, second = sheet.book.sheets["Sheet1 (2)"], sheet.book.sheets["Sheet1 (3)"]
    assert [t.name for s in sheet.book.sheets for t in s.tables] == [
        "FenjiCustomers2",
        "FenjiCustomers",
    ]
    assert second["A1"].formula == '=COUNTIF(FenjiCustomers2[tier],"A")'
    assert first["A1"].font.bold
    names = {n.name: n.refers_to for n in sheet.book.names}
    assert names == {"top": "='Sheet1 (2)'!$A$1", "Sheet1 (3)!top": "='Sheet1 (3)'!$A$1"}
    sheet.book.sheets["Customers"].delete()
    assert "Customers" not in [s.name for s in sheet.book.sheets]
    assert (excel.asked, excel.app.display_alerts) == ([], True)
