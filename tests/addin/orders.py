"""Orders to grade, and ways to write them to files."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import polars as pl
import xlsxwriter

HEADERS = ("Order", "Customer", "Name", "Order date", "Amount")
TITLES = {
    "en": HEADERS,
    "zh": ("订单号", "客户编号", "客户名称", "下单日期", "金额"),
}
FIRST_DAY = dt.date(2025, 1, 1)
SHEET_HEAD = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{doctype}'
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
)
SHEET_TAIL = "</sheetData></worksheet>"


def orders(rows: int = 300, customers: int = 40, seed: int = 1) -> pl.DataFrame:
    """Typed orders; some customer ids start with zeros, some names would run as formulas."""
    random = np.random.default_rng(seed)
    number = np.concatenate([np.arange(customers), random.integers(0, customers, rows)])[:rows]
    names = ["=1+1", "@SUM(A1)", "+86 Trading", "-Minus & Co", "李雷", 'Quote "Q", Ltd']
    return pl.DataFrame(
        {
            "Order": [f"S{i:06d}" for i in range(rows)],
            "Customer": [f"{n:05d}" for n in number],
            "Name": [f"{names[n % 6]} {n}" if n % 6 > 3 else f"{names[n % 6]}" for n in number],
            "Order date": [
                FIRST_DAY + dt.timedelta(days=int(d)) for d in random.integers(0, 360, rows)
            ],
            "Amount": np.round(random.lognormal(4, 1, rows), 2),
        }
    )


def write_workbook(
    path: Path,
    frame: pl.DataFrame,
    *,
    headers: Sequence[str] | None = None,
    above: Iterable[Sequence[object]] = (),
    text_dates: bool = False,
    hidden: bool = False,
    date_1904: bool = False,
    sheet_name: str = "Orders",
) -> Path:
    """Orders as a workbook: real dates (or ISO texts), ids as text, rows of titles above."""
    options = {"strings_to_formulas": False, "date_1904": date_1904}
    with xlsxwriter.Workbook(path, options) as book:
        if hidden:
            book.add_worksheet("front").write("A1", "notes")
        sheet = book.add_worksheet(sheet_name)
        if hidden:
            sheet.hide()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        row = 0
        for titles in above:
            sheet.write_row(row, 0, titles)
            row += 1
        sheet.write_row(row, 0, headers or frame.columns)
        for values in frame.iter_rows():
            row += 1
            for column, value in enumerate(values):
                if isinstance(value, dt.date) and not text_dates:
                    sheet.write_datetime(row, column, value, day)
                elif value is not None:
                    sheet.write(row, column, str(value) if isinstance(value, dt.date) else value)
    return path


def write_text(
    path: Path, frame: pl.DataFrame, *, separator: str = ",", encoding: str = "utf-8"
) -> Path:
    path.write_bytes(frame.write_csv(separator=separator).encode(encoding))
    return path


def raw_workbook(path: Path, rows: Iterable[str], *, doctype: str = "") -> Path:
    """A workbook of one sheet whose rows are XML as given, however wrong."""
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Orders")
    with zipfile.ZipFile(path) as made:
        parts = {name: made.read(name) for name in made.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, data in parts.items():
            if name != "xl/worksheets/sheet1.xml":
                book.writestr(name, data)
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            part.write(SHEET_HEAD.format(doctype=doctype).encode())
            for row in rows:
                part.write(row.encode())
            part.write(SHEET_TAIL.encode())
    return path


def rewrite_sheet(path: Path, old: str, new: str) -> None:
    """Replace a text in the first sheet of a workbook."""
    part = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(path) as made:
        parts = {name: made.read(name) for name in made.namelist()}
    assert parts[part].count(old.encode()) == 1
    parts[part] = parts[part].replace(old.encode(), new.encode())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, data in parts.items():
            book.writestr(name, data)


def row_xml(number: int, values: Sequence[object]) -> str:
    """One row of inline texts and numbers, from column A on."""
    cells = []
    for i, value in enumerate(values):
        place = f"{chr(65 + i)}{number}"
        if isinstance(value, str):
            cells.append(f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>')
        else:
            cells.append(f'<c r="{place}"><v>{value}</v></c>')
    return f'<row r="{number}">{"".join(cells)}</row>'
