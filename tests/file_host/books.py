"""Template workbooks for the tests of `fill`, and ways to look into what comes out."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter
from lxml import etree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def parts(path: Path) -> dict[str, bytes]:
    """All parts of a workbook, unpacked."""
    with zipfile.ZipFile(path) as book:
        assert book.testzip() is None
        return {name: book.read(name) for name in book.namelist()}


def rewrite(path: Path, changes: dict[str, bytes | None]) -> None:
    """Replace, add (or with None remove) parts of a workbook."""
    kept = parts(path)
    kept.update({name: data for name, data in changes.items() if data is not None})
    for name, data in changes.items():
        if data is None:
            del kept[name]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, data in kept.items():
            book.writestr(name, data)


def replace(path: Path, part: str, *pairs: tuple[str, str]) -> None:
    """Replace texts in a part; each must be there exactly once."""
    text = parts(path)[part].decode()
    for old, new in pairs:
        assert text.count(old) == 1, (old, text)
        text = text.replace(old, new)
    rewrite(path, {part: text.encode()})


def sheet_xml(path: Path, number: int = 1) -> str:
    return parts(path)[f"xl/worksheets/sheet{number}.xml"].decode()


def rows_xml(path: Path, number: int = 1) -> dict[int, etree._Element]:
    """The rows of a sheet by number; row numbers and columns must ascend."""
    root = etree.fromstring(parts(path)[f"xl/worksheets/sheet{number}.xml"])
    rows = list(root.find(f"{MAIN}sheetData"))
    numbers = [int(row.get("r")) for row in rows]
    assert numbers == sorted(set(numbers))
    for row in rows:
        columns = [_column(cell.get("r")) for cell in row]
        assert columns == sorted(set(columns))
        assert all(
            cell.get("r").lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == row.get("r") for cell in row
        )
    return dict(zip(numbers, rows, strict=True))


def _column(address: str) -> tuple[int, str]:
    letters = address.rstrip("0123456789")
    return len(letters), letters


def cell_xml(path: Path, address: str, number: int = 1) -> etree._Element | None:
    row = rows_xml(path, number).get(int(address.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")))
    found = [cell for cell in (row if row is not None else ()) if cell.get("r") == address]
    return found[0] if found else None


def formula(path: Path, address: str) -> str | None:
    cell = cell_xml(path, address)
    return None if cell is None else cell.findtext(f"{MAIN}f")


def plain(text: str) -> str:
    """Text as Excel shows it: ``_x0001_`` escapes undone."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def value(path: Path, address: str) -> Any:
    """What a cell holds, read from the XML itself: text, number, bool or None."""
    cell = cell_xml(path, address)
    if cell is not None and cell.get("t") == "inlineStr":
        return plain(cell.find(f"{MAIN}is").findtext(f"{MAIN}t") or "")
    text = None if cell is None else cell.findtext(f"{MAIN}v")
    if cell is None or text is None:
        return None
    match cell.get("t", "n"):
        case "str":
            return plain(text)
        case "b":
            return text == "1"
        case "s":
            shared = etree.fromstring(parts(path)["xl/sharedStrings.xml"])
            return "".join(shared[int(text)].itertext())
    return float(text)


def grid(path: Path, area: str, sheet: str | None = None) -> list[list[Any]]:
    """The values of an area as openpyxl reads them."""
    book = openpyxl.load_workbook(path, data_only=True)
    found = book[sheet] if sheet else book.worksheets[0]
    return [[cell.value for cell in row] for row in found[area]]


def table_ref(path: Path, number: int = 1) -> str:
    return etree.fromstring(parts(path)[f"xl/tables/table{number}.xml"]).get("ref")


def template(path: Path, **options: Any) -> Path:
    """A sheet with a title, a table ``T`` of five columns in A3:E4 and notes beside it."""
    with xlsxwriter.Workbook(path, options) as book:
        sheet = book.add_worksheet("Customers")
        money = book.add_format({"num_format": "#,##0.00"})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write("A1", "A title", book.add_format({"bold": True}))
        sheet.merge_range("A1:C1", "A title", book.add_format({"bold": True}))
        columns = [
            {"header": "Name & co"},
            {"header": "Line\nbreak", "format": money},
            {"header": "Day", "format": day},
            {"header": "Twice", "formula": "=[@[Line\nbreak]]*2", "format": money},
            {"header": "Flag"},
        ]
        sheet.add_table("A3:E4", {"name": "T", "columns": columns})
        for column in (1, 2):
            sheet.write_blank(3, column, None, columns[column]["format"])
        sheet.set_row(3, 22)
        sheet.write("G3", "note")
        sheet.write("G6", "far note")
        book.define_name("Title", "=Customers!$A$1")
        book.define_name("Total", "=Customers!$I$1")
        sheet.write_formula("I1", "=SUM(T[Twice])", money, 0)
    return path
