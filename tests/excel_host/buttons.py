"""Pressing the ribbon's buttons: what the add-in would start, on the stand-in of Excel."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
import polars as pl
from openpyxl.worksheet.table import Table

from addin.cli import main as fenji
from addin.graded import read_graded
from addin.hosts.excel import job
from tests.excel_host.standin import FakeExcel, Workbook
from tests.excel_host.standin.cells import value2

SETTINGS = ("ScreenUpdating", "EnableEvents", "DisplayAlerts", "Calculation")
CUSTOMERS_HEADER = ["Customer", "Days since last order", "Orders", "Total amount"]
DAY = dt.datetime(2025, 1, 1)


@dataclass(kw_only=True)
class Desk:
    """An Excel, a folder for files, and the configuration folder of the user."""

    excel: FakeExcel
    folder: Path
    configuration: Path
    told: list[tuple[str, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.watch(self.excel)

    def watch(self, excel: FakeExcel) -> None:
        excel.macros["FenjiStarted"] = lambda *args: self.told.append(("started", *args))
        excel.macros["FenjiDone"] = lambda *args: self.told.append(("done", *args))

    def press(self, action: str, book: Workbook | None, *more: str, lang: str = "en") -> str:
        """Press a button; gives the kind of the end. ``message`` has what was said."""
        self.told.clear()
        excel = book.excel if book is not None else self.excel
        name = ["--book", book.name] if book is not None else []
        arguments = ["--hwnd", str(excel.hwnd), *name, "--lang", lang, "--job", "job1", *more]
        code = job.main([action, *arguments])
        (started, (_, number, kind, self.title, self.message)) = self.told
        assert started == ("started", "job1")
        assert number == "job1"
        assert code == (0 if kind == "done" else 1)
        return kind

    def backups(self, stem: str = "") -> list[Path]:
        return sorted(self.folder.glob(f"{stem}*-backup-*"))


def content(book: Workbook) -> dict[str, object]:
    """All that a workbook holds: values as Excel stores them, formulas, tables, names."""
    cells = {
        (sheet.title, cell.coordinate): (
            cell.value if cell.data_type == "f" else value2(cell, sheet.computed)
        )
        for sheet in book.file.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }
    tables = {
        (sheet.title, made.displayName): (made.ref, tuple(c.name for c in made.tableColumns))
        for sheet in book.file.worksheets
        for made in sheet.tables.values()
    }
    names = {name: defined.value for name, defined in book.file.defined_names.items()}
    return {"sheets": book.file.sheetnames, "cells": cells, "tables": tables, "names": names}


def held(excel: FakeExcel) -> list[object]:
    """The settings that writing changes."""
    return [excel.state[name] for name in SETTINGS] + [excel.status[-1] if excel.status else False]


def orders(rows: int = 300, customers: int = 40, seed: int = 1) -> list[list[object]]:
    """A header and rows of orders."""
    dice = random.Random(seed)
    return [["Customer", "Order date", "Amount"]] + [
        [
            f"C{dice.randint(1, customers):03d}",
            DAY + dt.timedelta(days=dice.randint(0, 300)),
            round(dice.random() * 100 + 1, 2),
        ]
        for _ in range(rows)
    ]


def customers(count: int = 40, seed: int = 2) -> list[list[object]]:
    """A header and one row a customer, in no order."""
    dice = random.Random(seed)
    rows = [
        [
            f"K{number:03d}",
            dice.randint(1, 400),
            dice.randint(1, 30),
            round(dice.random() * 5000, 2),
        ]
        for number in range(1, count + 1)
    ]
    dice.shuffle(rows)
    return [CUSTOMERS_HEADER, *rows]


def write(
    path: Path, rows: list[list[object]], *, title: str = "Data", table: str = "", top: int = 1
) -> Path:
    """A workbook of one sheet, as an Excel table perhaps."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    add(sheet, rows, top=top)
    if table:
        last = openpyxl.utils.get_column_letter(len(rows[0]))
        sheet.add_table(Table(displayName=table, ref=f"A{top}:{last}{top + len(rows) - 1}"))
    book.save(path)
    return path


def add(sheet: object, rows: list[list[object]], *, top: int = 1) -> None:
    for number, row in enumerate(rows, start=top):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(number, column, value)
            if isinstance(value, dt.datetime):
                cell.number_format = "yyyy-mm-dd"


def by_command(source: Path, out: Path, *more: str) -> dict[str, str]:
    """The tiers that ``fenji grade`` gives for a file, by customer."""
    assert fenji(["grade", str(source), "-o", str(out), "--lang", "en", *more]) == 0
    return tiers_of(out)


def tiers_of(path: Path) -> dict[str, str]:
    """The tiers in a graded workbook, by customer."""
    frame = read_graded(path).frame.filter(pl.col("tier") != "")
    return dict(zip(frame["customer"], frame["tier"], strict=True))


def column(book: Workbook, sheet: str, header: str, *, row: int = 1) -> list[object]:
    """The values below a header."""
    cells = book.file[sheet]
    at = next(c.column for c in cells[row] if c.value == header)
    return [
        value2(cells.cell(number, at), cells.computed)
        for number in range(row + 1, cells.max_row + 1)
    ]


def table(book: Workbook, name: str) -> tuple[list[str], list[dict[str, object]]]:
    """The headers and rows of a table, by header; formulas as their results."""
    sheet = next(s for s in book.file.worksheets if name in s.tables)
    rows = list(sheet[sheet.tables[name].ref])
    headers = [str(cell.value) for cell in rows[0]]
    return headers, [
        {h: value2(c, sheet.computed) for h, c in zip(headers, row, strict=True)}
        for row in rows[1:]
    ]
