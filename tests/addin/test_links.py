"""Findings lead to the cells that they are about."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import openpyxl
import pytest
from openpyxl import Workbook

from addin.hosts.file.reading import read_sources
from addin.links import address, seen_from
from addin.output import write
from addin.words import words as words_of
from segmentation import run
from segmentation.scheme_file import preset

NAMES = ("Sheet1", "it's #1", "订单 2026", "a!b")
TARGET = re.compile(r"(?P<file>[^#]*)#'(?P<sheet>(?:[^']|'')*)'!(?P<cell>[A-Z]+[0-9]+)")


def _orders(path: Path) -> None:
    """Orders on several sheets, the table not at the corner, some rows unusable."""
    book = Workbook()
    for number, name in enumerate(NAMES):
        sheet = book.active if not number else book.create_sheet()
        sheet.title = name
        sheet.cell(3, 3 + number).value = "Customer"
        sheet.cell(3, 5 + number).value = "Order date"
        sheet.cell(3, 30 + number).value = "Amount"
        for row in range(4, 24):
            sheet.cell(row, 3 + number).value = f"c{row % 7}"
            sheet.cell(row, 5 + number).value = f"2026-01-{row:02}"
            sheet.cell(row, 30 + number).value = row * 10.5 + number
        sheet.cell(9, 5 + number).value = f"not a day {number}"
        sheet.cell(11, 30 + number).value = f"not a sum {number}"
    book.save(path)


@pytest.mark.parametrize("inside", [True, False])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_link_leads_to_the_value_of_its_finding(
    tmp_path: Path, office: ModuleType, lang: str, inside: bool
) -> None:
    words = words_of(lang)
    source, out = tmp_path / "50% of #1 订单.xlsx", tmp_path / "out.xlsx"
    _orders(source)
    found = run.grade(read_sources([source]), scheme=preset("general"))
    where = {source.name: ""} if inside else seen_from([source], out)
    write(found, out, words=words, files=[source.name], where=where)
    calculated = office.recalculate(out)
    assert office.validate(out) == []
    values = openpyxl.load_workbook(calculated, data_only=True)[words("sheet.data_check")]
    heads = {c.value: c.column for row in values.iter_rows(1, 12) for c in row if c.value}
    header = words.section("header.FenjiFindings")
    orders = openpyxl.load_workbook(source)
    seen = 0
    for row in range(9, values.max_row + 1):
        at = {key: values.cell(row, heads[text]).value for key, text in header.items()}
        if not at["row"]:
            continue
        target = TARGET.fullmatch(at["address"])
        assert target
        assert target["file"] == ("" if inside else "50%25 of %231 订单.xlsx")
        assert at["cell"] == target["cell"]
        sheet = orders[target["sheet"].replace("''", "'")]
        assert str(sheet[target["cell"]].value) == at["value"]
        assert sheet[target["cell"]].row == at["row"]
        assert len(at["action"]) > 5
        seen += 1
    assert seen == 2 * len(NAMES)


def test_text_files_and_tables_of_databases_have_no_cells_to_lead_to() -> None:
    assert address("orders.csv", "orders") == "orders.csv"
    assert address("orders.parquet", "orders") is None
    assert address("", "it's") == "#'it''s'!"
    assert address("a.xlsx", "订单") == "a.xlsx#'订单'!"


def test_a_file_in_another_folder_is_reached_from_the_workbook(tmp_path: Path) -> None:
    for folder in ("in", "out"):
        (tmp_path / folder).mkdir()
    source, out = tmp_path / "in" / "a.xlsx", tmp_path / "out" / "b.xlsx"
    assert seen_from([source], out) == {"a.xlsx": "../in/a.xlsx"}
    assert seen_from([source], source) == {"a.xlsx": ""}
    assert seen_from([source], out, source) == {"a.xlsx": ""}
