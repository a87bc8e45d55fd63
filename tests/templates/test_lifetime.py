"""The sheet Lifetime value of a template."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from itertools import combinations
from pathlib import Path
from types import ModuleType

import openpyxl
from openpyxl.workbook import Workbook

from addin.words import Words
from segmentation.lifetime.tracking import MOST_REPEATS, REPEATS, SILENCES, WEEKS
from templates.build import build, draw
from templates.lifetime import ALIVE_TABLE, REPEAT_TABLE, WEEK_TABLE
from tests.templates.workbook import SMALL, named_cells, overlap, tables

ROWS = {WEEK_TABLE: WEEKS, REPEAT_TABLE: MOST_REPEATS + 1, ALIVE_TABLE: SILENCES}


def book_of(words: Words) -> Workbook:
    return openpyxl.load_workbook(BytesIO(draw(words=words, shape=replace(SMALL, lifetime=True))))


def test_the_sheet_is_there_only_where_there_are_values(words: Words) -> None:
    name = words("sheet.lifetime")
    without = openpyxl.load_workbook(BytesIO(draw(words=words, shape=SMALL))).sheetnames
    there = book_of(words).sheetnames
    assert name not in without
    assert [sheet for sheet in there if sheet != name] == without
    assert there.index(name) == there.index(words("sheet.dashboard")) + 1


def test_what_stands_in_it(words: Words) -> None:
    book = book_of(words)
    found = {name: tables(book)[name] for name in ROWS}
    assert {t.sheet for t in found.values()} == {words("sheet.lifetime")}
    for name, rows in ROWS.items():
        left, top, right, bottom = found[name].box
        assert bottom - top == rows
        assert right - left + 1 == (1 + len(REPEATS) if name == ALIVE_TABLE else 3)
    for one, other in combinations(found.values(), 2):
        assert not overlap(one.box, other.box)
    assert found[ALIVE_TABLE].headers[1:] == tuple(map(str, REPEATS))
    ours = {name: sheet for name, (sheet, _) in named_cells(book).items() if "Lifetime" in name}
    parts = ("Total", "Quality", "WeeksSaid", "RepeatsSaid", "AliveSaid")
    assert set(ours) == {f"FenjiLifetime{part}" for part in parts}
    assert set(ours.values()) == {words("sheet.lifetime")}


def test_the_charts_show_the_tables(words: Words) -> None:
    book = book_of(words)
    sheet = book[words("sheet.lifetime")]
    ranges = set()
    for chart in sheet._charts:
        for part in (chart, *chart._charts):
            for series in part.series:
                ranges.add(series.val.numRef.f.rpartition("!")[2].replace("$", ""))
    expected = set()
    for name in (WEEK_TABLE, REPEAT_TABLE):
        left, top, _, bottom = tables(book)[name].box
        for column in (left + 1, left + 2):
            letter = openpyxl.utils.get_column_letter(column)
            expected.add(f"{letter}{top + 1}:{letter}{bottom}")
    assert ranges == expected


def test_it_opens(
    words: Words, tmp_path: Path, office: ModuleType, validator: Callable[[Path], list[str]]
) -> None:
    path = tmp_path / "t.xlsx"
    build(path, words=words, shape=replace(SMALL, lifetime=True))
    assert validator(path) == []
    assert office.errors(office.cell_values(office.recalculate(path))) == {}
