"""Which sheets are protected, what can be changed there all the same, and where people write."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from types import ModuleType

import openpyxl
import pytest

from addin.cli import main
from addin.words import LANGUAGES, words
from templates.inputs import InputColumn
from templates.orders import fitting
from templates.protection import PROTECTED

FREE = ("customers", "strategy", "actions", "orders", "attributes", "data_check", "moves")


@pytest.fixture(params=LANGUAGES)
def template(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, str]:
    path = tmp_path / "t.xlsx"
    assert main(["template", "pharma-doctors", "--lang", request.param, "-o", str(path)]) == 0
    return path, request.param


def test_sheets_are_protected_without_a_password(template: tuple[Path, str]) -> None:
    path, lang = template
    book = openpyxl.load_workbook(path)
    for key in (*PROTECTED, *FREE):
        title = words(lang)(f"sheet.{key}") if words(lang).has(f"sheet.{key}") else ""
        if title not in book.sheetnames:
            continue
        protection = book[title].protection
        assert bool(protection.sheet) == (key in PROTECTED), key
        assert protection.password is None and protection.hashValue is None
        if key in PROTECTED:
            # What is locked says True: looks, filters, charts and comments are free.
            locked = (protection.formatCells, protection.formatColumns, protection.formatRows)
            assert locked == (False, False, False)
            assert not (protection.objects or protection.scenarios or protection.autoFilter)
            assert not (protection.selectLockedCells or protection.selectUnlockedCells)
            assert protection.insertRows and protection.deleteColumns


def test_what_can_be_chosen_is_unlocked(template: tuple[Path, str]) -> None:
    path, lang = template
    book = openpyxl.load_workbook(path)
    for key, name in (("settings", "FenjiSettings"), ("model", "FenjiModel")):
        sheet = book[words(lang)(f"sheet.{key}")]
        header, *rows = sheet[sheet.tables[name].ref]
        value = words(lang)(f"header.{name}.value")
        at = [cell.value for cell in header].index(value)
        assert len(rows) > 5
        for row in rows:
            assert [c.protection.locked for c in row] == [n != at for n in range(len(row))]


def test_value_cells_can_be_written_in_libreoffice(
    template: tuple[Path, str], office: ModuleType
) -> None:
    path, lang = template
    again = openpyxl.load_workbook(office.recalculate(path))
    sheet = again[words(lang)("sheet.settings")]
    header, *rows = sheet[sheet.tables["FenjiSettings"].ref]
    at = [c.value for c in header].index(words(lang)("header.FenjiSettings.value"))
    assert sheet.protection.sheet
    assert all(row[at].protection.locked is False for row in rows)


def test_what_is_pasted_is_never_refused(template: tuple[Path, str]) -> None:
    path, lang = template
    book = openpyxl.load_workbook(path)
    kinds = {}
    for key in ("orders", "attributes"):
        sheet = book[words(lang)(f"sheet.{key}")]
        assert sheet.freeze_panes == "A5"
        for rule in sheet.data_validations.dataValidation:
            assert rule.errorStyle == "information"
            assert rule.prompt and rule.promptTitle
            assert str(rule.sqref).endswith("1048576")
            kinds.setdefault(rule.type or "none", []).append(rule)
    assert {"date", "decimal", "list"} <= kinds.keys()
    lists = [rule.formula1.strip('"').split(",") for rule in kinds["list"]]
    chosen = {"en": ("Level 3", "Chief physician"), "zh": ("三级甲等", "主任医师")}[lang]
    assert [any(word in some for some in lists) for word in chosen] == [True, True]
    (date,) = kinds["date"]
    assert (dt.date(1899, 12, 30) + dt.timedelta(days=int(date.formula1))).year == 1990


def test_rows_below_the_table_look_the_same(template: tuple[Path, str]) -> None:
    path, lang = template
    sheet = openpyxl.load_workbook(path)[words(lang)("sheet.orders")]
    (table,) = sheet.tables.values()
    for cell in sheet[table.ref][1]:
        column = sheet.column_dimensions[cell.column_letter]
        assert column.number_format.rstrip("_0") == cell.number_format.rstrip("_0")
        assert column.alignment.horizontal == cell.alignment.horizontal


def test_lists_hold_what_excel_can_hold() -> None:
    many = [f"word {number}" for number in range(100)]
    found = fitting(many)
    assert found == many[: len(found)]
    assert len(",".join(found)) <= 255 < len(",".join(many[: len(found) + 1]))
    assert fitting(InputColumn(header="x", kind="class").choices) == []
