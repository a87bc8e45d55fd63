"""Values come out as they went in; what the template says of a table and a cell stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path

import fastexcel
import polars as pl
import pytest

from addin.hosts.file import sheetwrite
from addin.hosts.file.fill import TemplateError, fill
from tests.file_host.books import (
    cell_xml,
    formula,
    grid,
    parts,
    replace,
    rows_xml,
    sheet_xml,
    table_ref,
    template,
    value,
)

BREAK = "Line\nbreak"


def frame(rows: int) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "Flag": [number % 2 == 0 for number in range(rows)],
            "Name & co": [f"n<{number}>" for number in range(rows)],
            BREAK: [number / 4 for number in range(rows)],
            "Day": [date(2025, 1, 1) + timedelta(days=number) for number in range(rows)],
            "Twice": [number / 2 for number in range(rows)],
        },
        schema_overrides={"Name & co": pl.String, BREAK: pl.Float64},
    )


@pytest.mark.parametrize("rows", [1, 2, 7, 1500])
def test_values_read_back_with_openpyxl_and_fastexcel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    monkeypatch.setattr(sheetwrite, "CELLS_AT_ONCE", 1000)  # so that several pieces join
    out = tmp_path / "out.xlsx"
    given = frame(rows)
    fill(template(tmp_path / "t.xlsx"), out, tables={"T": given}, cells={"Title": "Done"})
    expected = [
        [name, number, datetime.combine(day, time()), twice, flag]
        for flag, name, number, day, twice in given.iter_rows()
    ]
    assert grid(out, f"A4:E{rows + 3}") == expected
    assert grid(out, "A1:C1") == [["Done", None, None]]
    assert table_ref(out) == f"A3:E{rows + 3}"
    table = fastexcel.read_excel(out).load_table("T").to_polars()
    assert table["Name & co"].to_list() == given["Name & co"].to_list()
    assert table["Twice"].cast(pl.Float64).to_list() == given["Twice"].to_list()


def test_styles_row_height_and_notes_stay(tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    before = template(tmp_path / "t.xlsx")
    fill(before, out, tables={"T": frame(5)}, cells={})
    styles = [cell_xml(before, f"{letter}4").get("s") for letter in "BCD"]
    assert None not in styles
    for row, element in rows_xml(out).items():
        if 4 <= row <= 8:
            assert [cell_xml(out, f"{letter}{row}").get("s") for letter in "BCD"] == styles
        if row in {4, 5, 7, 8}:
            assert element.get("ht") == "21.75"
    assert rows_xml(out)[6].get("ht") is None  # the row of the far note had no height of its own
    assert value(out, "G6") == "far note"
    assert value(out, "G3") == "note"
    assert 'dimension ref="A1:I8"' in sheet_xml(out)


def test_formula_column_keeps_its_formula_and_gets_the_value(tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    before = template(tmp_path / "t.xlsx")
    text = formula(before, "D4")
    given = frame(3).with_columns(Twice=pl.Series(["a & b", None, ""]))
    fill(before, out, tables={"T": given}, cells={})
    assert [formula(out, f"D{row}") for row in (4, 5, 6)] == [text] * 3
    assert [value(out, f"D{row}") for row in (4, 5, 6)] == ["a & b", None, None]
    assert cell_xml(out, "D4").get("t") == "str"


def test_formula_column_that_the_frame_lacks(tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    before = template(tmp_path / "t.xlsx")
    for formulas in (True, False):
        given = frame(3).drop("Twice", "Day")
        fill(before, out, tables={"T": given}, cells={}, formulas=formulas)
        assert formula(out, "D6") == formula(before, "D4")
        assert value(out, "D6") is None
        assert cell_xml(out, "C6").get("s") == cell_xml(before, "C4").get("s")
        assert value(out, "C6") is None


def test_values_alone(tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    given = frame(3)
    fill(template(tmp_path / "t.xlsx"), out, tables={"T": given}, cells={}, formulas=False)
    assert [formula(out, f"D{row}") for row in (4, 5, 6)] == [None] * 3
    assert [value(out, f"D{row}") for row in (4, 5, 6)] == given["Twice"].to_list()


def test_formula_from_the_table_when_the_cell_has_none(tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    before = template(tmp_path / "t.xlsx")
    text = formula(before, "D4")
    replace(
        before,
        "xl/worksheets/sheet1.xml",
        (f'<c r="D4" s="2"><f>{text}</f><v>0</v></c>', '<c r="D4" s="2"/>'),
    )
    fill(before, out, tables={"T": frame(2)}, cells={})
    assert [formula(out, "D4"), formula(out, "D5")] == [text, text]


def test_empty_frame_keeps_one_blank_row(tmp_path: Path) -> None:
    full, out = tmp_path / "full.xlsx", tmp_path / "out.xlsx"
    fill(template(tmp_path / "t.xlsx"), full, tables={"T": frame(9)}, cells={})
    for before in (tmp_path / "t.xlsx", full):
        fill(before, out, tables={"T": frame(0)}, cells={})
        assert table_ref(out) == "A3:E4"
        assert grid(out, "A4:E12") == [[None] * 5] * 9
        assert formula(out, "D4") is None
        assert cell_xml(out, "B4").get("s") == "2"
    fill(out, full, tables={"T": frame(2)}, cells={})
    assert formula(full, "D5") is not None  # and can be filled again


def test_filling_again_gives_the_same_bytes(tmp_path: Path) -> None:
    once, again, shorter = (tmp_path / name for name in ("1.xlsx", "2.xlsx", "3.xlsx"))
    given = {"T": frame(40)}
    cells = {"Title": "now", "Total": 3.5}
    fill(template(tmp_path / "t.xlsx"), once, tables=given, cells=cells)
    fill(once, again, tables=given, cells=cells)
    assert again.read_bytes() == once.read_bytes()
    fill(once, shorter, tables={"T": frame(4)}, cells=cells)
    fill(shorter, again, tables=given, cells=cells)
    assert again.read_bytes() == once.read_bytes()


def test_rows_beyond_the_new_length_are_gone(tmp_path: Path) -> None:
    full, out = tmp_path / "full.xlsx", tmp_path / "out.xlsx"
    fill(template(tmp_path / "t.xlsx"), full, tables={"T": frame(30)}, cells={})
    fill(full, out, tables={"T": frame(2)}, cells={})
    assert max(rows_xml(out)) == 6
    assert [cell.get("r") for cell in rows_xml(out)[6]] == ["G6"]
    assert 'dimension ref="A1:I6"' in sheet_xml(out)
    assert table_ref(out) == "A3:E5"


@pytest.mark.parametrize("date1904", [False, True])
def test_dates_and_times(tmp_path: Path, date1904: bool) -> None:
    out = tmp_path / "out.xlsx"
    moments = [datetime(2024, 2, 29, 18, 30), None, datetime(1999, 12, 31)]
    before = template(tmp_path / "t.xlsx", date_1904=date1904)
    for given in (pl.Series(moments), pl.Series(moments, dtype=pl.Object)):
        table = pl.DataFrame({"Day": given})
        fill(before, out, tables={"T": table}, cells={"Total": date(2025, 6, 30)})
        assert [row[0] for row in grid(out, "C4:C6")] == moments
        serial = 45838 - (1462 if date1904 else 0)
        assert value(out, "I1") == serial


def test_days_before_the_calendar_are_text(tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    days = [date(1850, 5, 6), date(1900, 1, 1), date(1900, 2, 28), date(1900, 3, 1)]
    fill(template(tmp_path / "t.xlsx"), out, tables={"T": pl.DataFrame({"Day": days})}, cells={})
    assert [value(out, f"C{row}") for row in range(4, 8)] == ["1850-05-06", 1, 59, 61]


def test_every_kind_of_column(tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    before = template(tmp_path / "t.xlsx")

    def filled(series: pl.Series) -> list[object]:
        fill(before, out, tables={"T": pl.DataFrame({"Name & co": series})}, cells={})
        return [value(out, f"A{row + 4}") for row in range(len(series))]

    assert filled(pl.Series([1.5, float("nan"), float("inf"), None])) == [1.5, None, None, None]
    assert filled(pl.Series([2**40, None, -3])) == [2.0**40, None, -3]
    assert filled(pl.Series([True, None, False])) == [True, None, False]
    assert filled(pl.Series(["x", None], dtype=pl.Categorical)) == ["x", None]
    assert filled(pl.Series([None, None])) == [None, None]
    assert filled(pl.Series(["1.25"]).cast(pl.Decimal(10, 2))) == [1.25]
    assert filled(pl.Series([time(6)])) == [0.25]
    assert filled(pl.Series([timedelta(hours=36)])) == [1.5]
    mixed = ["=1+1", 2, None, 0.1, True, "a<b"]
    assert filled(pl.Series(mixed, dtype=pl.Object)) == mixed
    with pytest.raises(TypeError):
        filled(pl.Series([[1], [2]]))


def test_named_cells_keep_style_and_formula(tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    before = template(tmp_path / "t.xlsx")
    fill(before, out, tables={}, cells={"title": "=HYPERLINK(1)", "Total": 12.5, "Nowhere": 1})
    assert value(out, "A1") == "=HYPERLINK(1)"
    assert formula(out, "A1") is None
    assert cell_xml(out, "A1").get("s") == cell_xml(before, "A1").get("s")
    assert (formula(out, "I1"), value(out, "I1")) == ("SUM(T[Twice])", 12.5)
    assert cell_xml(out, "I1").get("s") == cell_xml(before, "I1").get("s")
    fill(before, out, tables={}, cells={"Title": None})
    assert value(out, "A1") is None


def test_what_the_template_lacks(tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    before = template(tmp_path / "t.xlsx")
    fill(before, out, tables={"T": frame(2), "Other": frame(3)}, cells={"Gone": 1})
    assert table_ref(out) == "A3:E5"
    out.unlink()

    def code(act: Callable[[], None]) -> tuple[str, dict[str, object]]:
        with pytest.raises(TemplateError) as error:
            act()
        assert not out.exists()
        return error.value.code, error.value.params

    none = code(lambda: fill(before, out, tables={"Other": frame(1)}, cells={"Gone": 1}))
    assert none == ("table_missing", {"tables": ["Other"], "cells": ["Gone"]})
    extra = frame(1).with_columns(New=1)
    column = code(lambda: fill(before, out, tables={"T": extra}, cells={}))
    assert column == ("column_missing", {"table": "T", "columns": ["New"]})
    replace(before, "xl/workbook.xml", ("Customers!$I$1", "Customers!#REF!"))
    cell = code(lambda: fill(before, out, tables={}, cells={"Total": 1}))
    assert cell == ("cell_missing", {"cell": "Total"})
    # Of a sheet that was deleted.
    replace(before, "xl/workbook.xml", ("Customers!#REF!", "#REF!$I$1"))
    fill(before, out, tables={"T": frame(2)}, cells={"Total": 1})
    assert table_ref(out) == "A3:E5"


def test_template_with_shared_strings_only_loses_what_is_filled(tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    before = template(tmp_path / "t.xlsx")
    fill(before, out, tables={"T": frame(3)}, cells={})
    assert cell_xml(out, "A3").get("t") == "s"
    assert value(out, "A3") == "Name & co"
    assert parts(out)["xl/sharedStrings.xml"] == parts(before)["xl/sharedStrings.xml"]
