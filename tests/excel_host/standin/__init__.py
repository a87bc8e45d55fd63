"""A stand-in of Excel for Windows: xlwings' own Windows engine runs on it, on any system.

    def test_it(excel, tmp_path):                       # the fixture of conftest.py
        book = excel.open(tmp_path / "orders.xlsx")     # or excel.new(): never saved
        sheet = excel.app.books["orders.xlsx"].sheets[0]    # real xlwings, as on Windows
        sheet["A1"].value = [["Customer", "Amount"], ["A", 1]]
        assert len(excel.called("Range.Value", "set")) == 1
        assert book.file["Sheet1"]["A2"].value == "A"   # book.file: the openpyxl workbook

    excel.open(path, full_name="https://contoso.sharepoint.com/sites/x/orders.xlsx")
    excel.open(path, read_only=True)
    FakeExcel()                                         # another instance, another hwnd
    excel.fail_on("Range.Value", nth=3, kind="set")     # raises com_error at the third write
    excel.fail_on("Worksheet.Delete", error=NotInStandin())
    excel.busy_on("Workbook.SaveCopyAs", times=2)       # rejected twice: a cell is being edited
    excel.macros["FenjiDone"] = lambda *args: None      # Run("'Fenji.xlam'!FenjiDone", …)
    excel.ran, excel.status, excel.asked                # macros, texts of the status bar, dialogs
    excel.calls                                         # every call from Python, in order
    book.copies                                         # files that SaveCopyAs wrote
    book.file["Sheet1"].computed[3, 2] = 7.5            # result of the formula in B3
    book.sheet_called("Sheet1").Protect()               # members with a capital are COM's

Outside of pytest: ``with windows_xlwings(): excel = FakeExcel(); …``.

What it is not: it calculates no formulas, draws no charts (openpyxl drops them when it reads a
file), and knows what Fenji and xlwings use. For more it raises NotInStandin, and the fixture
``xw`` fails at the end of the test (``LACKING``), so that no ``except Exception`` hides it.

It is as strict as Excel. Text that looks like a number becomes one unless the cell's format is
``@``. NumPy scalars and times without zone are refused (write through xlwings). A protected sheet
raises com_error. A table or merged cells cannot be cut by inserting. A single formula written to
many cells moves along. ``Range.Resize(2, 3)`` is refused: with xlwings' early-bound objects it
means ``Range.Resize.Item(2, 3)``. A table takes in what is written right beside or below it,
unless ``AutoCorrect.AutoExpandListRange`` is off; nobody here could try whether Excel does so for
every way of writing, so count on neither.
"""

from __future__ import annotations

from tests.excel_host.standin.application import FakeExcel
from tests.excel_host.standin.books import Workbook
from tests.excel_host.standin.com import LACKING, NotInStandin, busy, com_error, refused
from tests.excel_host.standin.windows import windows_xlwings

__all__ = [
    "LACKING",
    "FakeExcel",
    "NotInStandin",
    "Workbook",
    "busy",
    "com_error",
    "refused",
    "windows_xlwings",
]
