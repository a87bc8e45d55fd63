"""The stand-in behaves as Excel is documented to, where Fenji and xlwings rely on it."""

from __future__ import annotations

import datetime as dt
import sys
from decimal import Decimal

import numpy as np
import openpyxl
import pytest

from tests.excel_host.standin import LACKING, FakeExcel, NotInStandin, com_error, windows_xlwings

DAY = dt.datetime(2024, 2, 29)


@pytest.fixture
def sheet(excel):
    """The only sheet of a new workbook, through xlwings."""
    excel.new()
    return excel.app.books["Book1"].sheets["Sheet1"]


def test_xlwings_runs_its_own_windows_code(excel, xw):
    excel.new()
    app = xw.apps.active
    assert type(app.impl).__module__ == "xlwings._xlwindows"
    assert type(app.api).__name__ == "COMRetryObjectWrapper"
    assert (app.hwnd, app.pid) == (excel.hwnd, excel.process_id)
    assert xw.func.__module__ == "xlwings.udfs"


def test_everything_is_as_before_afterwards():
    import xlwings  # noqa: PLC0415

    def state():
        known = (
            "win32",
            "python",
            "pywin",
            "xlwings._xlw",
            "xlwings.udfs",
            "addin.hosts.excel.udfs",
        )
        loaded = {name for name in sys.modules if name.startswith(known)}
        return (
            loaded,
            set(vars(xlwings)),
            xlwings.func,
            len(xlwings.engines),
            xlwings.engines.active,
        )

    before = state()
    with windows_xlwings():
        FakeExcel().new()
        assert state() != before
    assert state() == before


def test_several_instances_are_told_apart(excel, xw):
    other = FakeExcel()
    excel.new()
    assert [app.pid for app in xw.apps] == [excel.process_id]  # the other has no workbook
    other.new().Name  # noqa: B018
    assert {app.pid for app in xw.apps} == {excel.process_id, other.process_id}
    assert other.app.hwnd == other.hwnd != excel.hwnd
    other.app.quit()
    assert [app.pid for app in xw.apps] == [excel.process_id]
    with pytest.raises(com_error):
        other.Version  # noqa: B018


def test_values_go_in_and_out_in_one_call(excel, sheet):
    rows = [
        ["Customer", "Since", "Paid", "New"],
        ["Anna", DAY, 12.5, True],
        [None, None, None, None],
    ]
    excel.calls.clear()
    sheet["B2"].value = rows
    assert len(excel.called("Range.Value", "set")) == 1
    assert sheet["B2:E4"].value == rows
    assert sheet.api.Range("B2:C3").Value2 == (("Customer", "Since"), ("Anna", 45351.0))
    assert sheet["C3"].number_format != "General"
    assert sheet["B2"].expand().address == "$B$2:$E$3"
    assert sheet.used_range.address == "$B$2:$E$3"
    assert sheet["B10"].end("up").address == "$B$3"
    assert sheet["B2"].end("down").address == "$B$3"
    assert sheet["C3"].current_region.address == "$B$2:$E$3"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("00123", 123.0),
        ("1,234.5", 1234.5),
        ("10%", 0.1),
        ("1E5", 100000.0),
        ("2024-02-29", DAY),
        ("true", True),
        ("", None),
        ("'00123", "00123"),
        ("1-2-3-4", "1-2-3-4"),
        ("#N/A", None),
        (".", "."),
        ("VIP", "VIP"),
    ],
)
def test_text_is_entered_as_if_typed(sheet, typed, kept):
    sheet["A1"].value = typed
    assert sheet["A1"].value == kept


def test_a_cell_of_format_text_keeps_text(sheet):
    sheet["A1:A2"].number_format = "@"
    sheet["A1"].value = [["00123"], ["=A1"]]
    assert sheet["A1:A2"].value == ["00123", "=A1"]
    assert sheet["A1"].formula == "00123"


def test_errors_are_numbers_and_currency_is_decimal(sheet):
    sheet["A1"].value = [["#DIV/0!", 1.25]]
    sheet["B1"].number_format = '"¥"#,##0.00'
    assert sheet.api.Range("A1:B1").Value == ((-2146826281, Decimal("1.25")),)
    assert sheet.api.Range("A1:B1").Value2 == ((-2146826281, 1.25),)
    assert sheet["A1"].options(err_to_str=True).value == "#DIV/0!"


@pytest.mark.parametrize("value", [np.int64(1), np.bool_(True), DAY, {1}, [[1, 2], [3]]])
def test_what_pywin32_cannot_hand_over_is_refused(sheet, value):
    with pytest.raises(TypeError):
        sheet.api.Range("A1:B2").Value = value


def test_fewer_values_than_cells(sheet):
    sheet.api.Range("A1:C2").Value = [[1, 2]]
    assert sheet["A1:C2"].options(err_to_str=True).value == [[1, 2, "#N/A"]] * 2
    sheet.api.Range("A1:C2").Value = 7
    assert sheet["A1:C2"].value == [[7] * 3] * 2


def test_a_single_formula_moves_along(sheet):
    sheet["C2:D3"].formula = "=A2+$A2+B$1+SUM(Buyers[[#This Row],[A1]])"
    assert sheet["C3:D3"].formula == (
        (
            "=A3+$A3+B$1+SUM(Buyers[[#This Row],[A1]])",
            "=B3+$A3+C$1+SUM(Buyers[[#This Row],[A1]])",
        ),
    )
    sheet["C2:C3"].formula = [["=A2"], ["=A2"]]
    assert sheet["C3"].formula == "=A2"


def test_dates_of_1904(excel, tmp_path):
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.MAC_EPOCH
    book.active["A1"] = DAY
    book.save(tmp_path / "mac.xlsx")
    opened = excel.open(tmp_path / "mac.xlsx")
    cell = excel.app.books["mac.xlsx"].sheets[0]["A1"]
    assert opened.Date1904
    assert (cell.value, cell.api.Value2) == (DAY, 45351.0 - 1462)


def test_a_copy_is_a_file_with_results(excel, sheet, tmp_path):
    book = excel.ActiveWorkbook
    sheet["A1"].value = [[2, DAY, "=A1*2", "=1/0", '="x"']]
    computed = book.file.active.computed
    computed.update({(1, 3): 4, (1, 4): "#DIV/0!", (1, 5): "x"})
    assert sheet["C1:E1"].options(err_to_str=True).value == [4, "#DIV/0!", "x"]
    path = tmp_path / "copy.xlsx"
    sheet.book.api.SaveCopyAs(str(path))
    assert (book.copies, book.Path, book.Saved) == ([path], "", False)
    results = openpyxl.load_workbook(path, data_only=True).active
    assert [c.value for c in results[1]] == [2, DAY, 4, "#DIV/0!", "x"]
    assert openpyxl.load_workbook(path).active["C1"].value == "=A1*2"
    again = excel.open(path)
    assert again.file.active.computed == computed
    with pytest.raises(com_error):
        sheet.book.api.SaveCopyAs(str(tmp_path / "nowhere" / "copy.xlsx"))


def test_names_of_workbooks(excel, sheet, tmp_path):
    path = tmp_path / "orders.xlsx"
    sheet.book.save(path)
    assert (sheet.book.fullname.endswith("orders.xlsx"), excel.asked) == (True, [])
    cloud = excel.open(path, full_name="https://contoso.sharepoint.com/sites/x/sold.xlsx")
    assert cloud.FullName == "https://contoso.sharepoint.com/sites/x/sold.xlsx"
    assert (cloud.Name, cloud.Path) == ("sold.xlsx", "https://contoso.sharepoint.com/sites/x")
    assert [book.name for book in excel.app.books] == ["orders.xlsx", "sold.xlsx"]
    assert excel.app.books.active.name == "sold.xlsx"
    cloud.read_only = True
    with pytest.raises(com_error):
        excel.app.books["sold.xlsx"].save()


def test_settings_names_and_macros(excel, sheet):
    app = sheet.book.app
    with app.properties(screen_updating=False, calculation="manual", status_bar="working"):
        assert (excel.ScreenUpdating, excel.Calculation) == (False, -4135)
    assert (app.screen_updating, app.calculation, excel.StatusBar) == (True, "automatic", False)
    assert excel.status == ["working", False]
    sheet.book.names.add("mine", "=Sheet1!$A$1")
    assert "mine" in sheet.book.names
    assert "other" not in sheet.book.names
    with pytest.raises(com_error):
        app.macro("'Fenji.xlam'!FenjiDone")("1")
    excel.macros["FenjiDone"] = lambda job: f"done {job}"
    assert app.macro("'Fenji.xlam'!FenjiDone")("1") == "done 1"
    assert excel.ran == [("'Fenji.xlam'!FenjiDone", "1")]
    app.selection.value = 3
    assert sheet["A1"].value == 3
    sheet["B2:C3"].select()
    assert app.selection.address == "$B$2:$C$3"


def test_faults_strike_once_and_where_told(excel, sheet):
    excel.fail_on("Range.Value", nth=2, kind="set")
    sheet["A1"].value = 1
    with pytest.raises(com_error) as caught:
        sheet["A1"].value = 2
    assert caught.value.excepinfo[5] == -2146827284
    sheet["A1"].value = 3
    assert sheet["A1"].value == 3
    excel.fail_on("Range.Value2", target="Sheet1!$B$1")
    assert sheet["A1"].api.Value2 == 3
    with pytest.raises(com_error):
        sheet["B1"].api.Value2  # noqa: B018


def test_a_busy_excel_is_asked_again(excel, sheet):
    excel.busy_on("Range.Value", times=3)
    sheet["A1"].value = 1
    assert len(excel.called("Range.Value", "set")) == 4


def test_what_it_does_not_know_it_says(sheet):
    for attempt in (
        lambda: sheet.api.Range("A1").Sparkles,
        lambda: setattr(sheet.api.Range("A1"), "Sparkles", 1),
        lambda: sheet.api.Range("A1").Resize(2, 2),
    ):
        with pytest.raises(NotInStandin):
            attempt()
    assert len(LACKING) == 3
    LACKING.clear()
