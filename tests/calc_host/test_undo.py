"""One undo takes all of a command back; redo brings it again; a failure leaves nothing."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from addin.cli import main
from tests.calc_host.documents import dump, opened, plan, press, python, tiers
from tests.office.calc import Calc


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    assert main(["demo", "--lang", "en", "-o", str(folder)]) == 0
    return folder / "sample-orders.xlsx"


def test_one_undo_restores_and_redo_repeats(calc: Calc, sample: Path, tmp_path: Path) -> None:
    doc = opened(calc, sample, tmp_path)
    before = dump(calc, doc, styles=True)
    assert press(calc, doc, "grade")[0] == "done"
    assert calc.undo_titles(doc) == ["Grade customers"]
    graded = dump(calc, doc)
    calc.set_values(doc, 0, "C20", [["changed"]])
    assert press(calc, doc, "grade")[0] == "done"
    again = dump(calc, doc)
    assert again != graded
    calc.undo(doc)
    calc.undo(doc)
    assert dump(calc, doc) == graded
    calc.undo(doc)
    assert dump(calc, doc, styles=True) == before
    assert calc.undo_titles(doc) == []
    for _ in range(3):
        calc.redo(doc)
    assert dump(calc, doc) == again
    for _ in range(3):
        calc.undo(doc)
    assert dump(calc, doc, styles=True) == before
    calc.close(doc)


def test_more_and_fewer_customers_are_undone_and_redone(calc_zh: Calc) -> None:
    """Rows go into Fenji's tables and out of them; LibreOffice must survive taking that back."""
    doc = calc_zh.new(hidden=False)
    some = [["客户编号", "下单日期", "金额"], *(order(n) for n in range(240))]
    more = [*some, *([f"N{n}", 45_450 + n % 5, 50 + n] for n in range(30))]
    fewer = [some[0], *(row for row in some[1:] if row[0] < "C20")]
    states = []
    for rows in (some, more, fewer, [*some, ["N1", 45_450, 50]], fewer):
        orders(calc_zh, doc, rows)
        before = dump(calc_zh, doc)
        assert press(calc_zh, doc, "grade")[0] == "done"
        after = dump(calc_zh, doc)
        states.append((before, after))
        assert len(tiers(calc_zh, doc)) == len({row[0] for row in rows[1:]})
        for _ in range(2):
            calc_zh.undo(doc)
            assert dump(calc_zh, doc) == before
            calc_zh.redo(doc)
            assert dump(calc_zh, doc) == after
    for before, after in reversed(states):
        assert fenjis(dump(calc_zh, doc)) == fenjis(after)
        calc_zh.undo(doc)
        assert fenjis(dump(calc_zh, doc)) == fenjis(before)
        calc_zh.undo(doc)  # the orders
    calc_zh.close(doc)


def fenjis(found: dict[str, Any]) -> dict[str, Any]:
    """Without the first sheet: LibreOffice itself leaves orders in cells that were blank."""
    sheets = {name: found["sheets"][name] for name in found["order"][1:]}
    return found | {"sheets": sheets}


def order(number: int) -> list[Any]:
    return [f"C{number % 40:02d}", 45_000 + number * 37 % 450, 20 + number * 7919 % 4000 / 3]


def orders(calc: Calc, doc: int, rows: list[list[Any]]) -> None:
    """Put orders into the first sheet, as one step."""
    calc.run(
        """
sheet = docs[doc].Sheets.getByIndex(0)
docs[doc].UndoManager.enterUndoContext("orders")
sheet.getCellRangeByName("A1:C400").clearContents(1 | 2 | 4 | 16)
sheet.getCellRangeByPosition(0, 0, 2, len(rows) - 1).setDataArray(tuple(map(tuple, rows)))
formats, locale = docs[doc].NumberFormats, uno.createUnoStruct("com.sun.star.lang.Locale")
sheet.Columns.getByIndex(1).NumberFormat = formats.getStandardFormat(2, locale)
docs[doc].UndoManager.leaveUndoContext()
result = None
""",
        doc=doc,
        rows=rows,
    )


def test_what_was_done_before_can_still_be_undone(calc: Calc, sample: Path, tmp_path: Path) -> None:
    doc = opened(calc, sample, tmp_path)
    old = calc.values(doc, 0, "A1:C3")
    # One filled cell: LibreOffice itself leaves what an array has written into blank ones.
    calc.set_values(doc, 0, "A1", [["mine"]])
    assert calc.values(doc, 0, "A1:C3") != old
    assert press(calc, doc, "grade", Language="zh")[:2] == ("done", "客户分级")
    assert calc.undo_titles(doc)[0] == "客户分级"
    while calc.undo_titles(doc):
        calc.undo(doc)
    assert calc.values(doc, 0, "A1:C3") == old
    calc.close(doc)


@pytest.fixture
def planned(calc: Calc, tmp_path: Path) -> Iterator[Any]:
    with python(calc, tmp_path) as put:
        yield partial(plan, put)


def beside(sheet: str, header: str, cells: list[list[Any]], at: int | None = None) -> Any:
    return {
        "sheet": sheet,
        "header_row": 0,
        "column": at,
        "after": 1,
        "header": header,
        "width_mm": 30.0,
        "cells": cells,
    }


def test_columns_stand_beside_the_list_and_go_with_one_undo(calc: Calc, planned: Any) -> None:
    doc = calc.new(hidden=False)
    name = calc.sheets(doc)[0]
    rows = [["Customer", "Amount"], ["a", 1], ["b", 2], ["c", 3]]
    calc.set_values(doc, 0, "A1", rows)
    calc.set_values(doc, 0, "C3", [["note"]])
    before = dump(calc, doc)
    steps = len(calc.undo_titles(doc))
    columns = [
        beside(name, "Tier", [[1, "A"], [2, None], [3, "00123"]]),
        beside(name, "Why", [[1, "x"], [2, "y"], [3, "=z"]]),
    ]
    planned(columns=columns)
    assert press(calc, doc, "grade")[0] == "done"
    # The note is in the way of two columns side by side.
    assert calc.values(doc, 0, "A1:E4") == [
        ["Customer", "Amount", "", "Tier", "Why"],
        ["a", 1, "", "A", "x"],
        ["b", 2, "note", "", "y"],
        ["c", 3, "", "00123", "=z"],
    ]
    done = dump(calc, doc)
    assert done["sheets"][name]["widths"][3] == pytest.approx(3000, abs=20)
    columns = [beside(name, "Tier", [[1, None], [2, "B"], [3, "C"]], at=3)]
    planned(columns=columns)
    assert press(calc, doc, "grade")[0] == "done"
    assert [row[3] for row in calc.values(doc, 0, "A1:E4")] == ["Tier", "", "B", "C"]
    again = dump(calc, doc)
    calc.undo(doc)
    assert dump(calc, doc) == done
    calc.undo(doc)
    assert dump(calc, doc) == before
    assert len(calc.undo_titles(doc)) == steps
    calc.redo(doc)
    calc.redo(doc)
    assert dump(calc, doc) == again
    calc.close(doc)


def test_a_failure_half_way_leaves_nothing(
    calc: Calc, sample: Path, tmp_path: Path, planned: Any
) -> None:
    doc = opened(calc, sample, tmp_path)
    before = dump(calc, doc, styles=True)
    sheet = calc.sheets(doc)[0]
    file = sample.with_name("sample-orders-graded.xlsx")
    broken = beside(sheet, "Why", [["no row", "x"]])
    planned(put="insert", file=str(file), columns=[beside(sheet, "Tier", [[1, "A"]]), broken])
    kind, _, text = press(calc, doc, "grade")
    assert kind == "problem"
    assert "put back" in text
    assert dump(calc, doc, styles=True) == before
    assert calc.undo_titles(doc) == []
    calc.close(doc)


def test_a_new_sheet_comes_behind_the_others_when_they_are_filled(
    calc: Calc, sample: Path, tmp_path: Path, planned: Any
) -> None:
    doc = opened(calc, sample.with_name("sample-orders-graded.xlsx"), tmp_path)
    calc.calculate(doc)
    before = dump(calc, doc, styles=True)
    made = calc.open(sample.with_name("sample-orders-graded.xlsx"))
    calc.run(
        """
sheets = docs[doc].Sheets
sheets.insertNewByName("Kept notes", sheets.Count)
sheets.getByName("Kept notes").getCellByPosition(0, 0).Formula = "=COUNTA($Customers.A5:A9)"
sheets.getByName("Customers").getCellByPosition(0, 0).String = "A new title"
result = None
""",
        doc=made,
    )
    file = calc.save(made, tmp_path / "made.xlsx")
    calc.close(made)
    planned(put="replace", file=str(file), sheets=[*before["order"], "Kept notes"])
    assert press(calc, doc, "grade")[0] == "done"
    done = dump(calc, doc)
    assert done["order"] == [*before["order"], "Kept notes"]
    assert calc.values(doc, "Kept notes") == [[5]]
    assert calc.values(doc, "Customers", "A1") == [["A new title"]]
    calc.undo(doc)
    back = dump(calc, doc, styles=True)
    for name, sheet in before["sheets"].items():
        for part, found in sheet.items():
            assert back["sheets"][name][part] == found, (name, part)
    assert back == before
    calc.redo(doc)
    assert dump(calc, doc) == done
    calc.close(doc)


def test_grading_after_a_check_goes_on_with_the_new_findings(
    calc: Calc, sample: Path, tmp_path: Path
) -> None:
    """The table of findings moves to the grading's own sheet, and back by Undo."""
    doc = opened(calc, sample, tmp_path)
    assert press(calc, doc, "check")[0] == "done"
    checked = dump(calc, doc)
    assert press(calc, doc, "grade")[0] == "done"
    graded = dump(calc, doc)
    sheet = graded["tables"]["FenjiFindings"][0]
    assert graded["order"].index("Customers") < sheet
    assert graded["names"]["FenjiRowsRead"][0].startswith(f"$'{graded['order'][sheet]}'.")
    assert not [name for name, each in graded["sheets"].items() if each["errors"]]
    calc.undo(doc)
    assert dump(calc, doc) == checked
    calc.close(doc)
