"""The sheets Strategy and Actions of a template."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from types import ModuleType

import openpyxl
import polars as pl
import pytest
from openpyxl.workbook import Workbook

from addin.hosts.file.fill import fill
from addin.words import Words
from templates.build import build, draw
from templates.looks import INPUT
from templates.shape import Shape
from tests.templates.workbook import SHAPES, SMALL, Box, overlap, tables

ROWS = 3000
TABLES = ("FenjiStrategy", "FenjiSegmentStrategy", "FenjiCapacity", "FenjiActions", "FenjiContacts")
# Nobody types there: what a row stands for, and what Fenji counts.
FIXED = {
    "FenjiStrategy": {"tier"},
    "FenjiSegmentStrategy": {"segment"},
    "FenjiCapacity": {"owner", "planned", "waiting"},
}


@pytest.fixture(params=SHAPES)
def shape(request: pytest.FixtureRequest) -> Shape:
    return SHAPES[request.param]


def built(words: Words, shape: Shape) -> Workbook:
    only = ("strategy", "actions")
    return openpyxl.load_workbook(BytesIO(draw(words=words, shape=shape, only=only)))


def wider(box: Box) -> Box:
    left, top, right, _ = box
    return left, top, right, top + 100_000


def test_every_table_can_grow(words: Words, shape: Shape) -> None:
    found = {name: t for name, t in tables(built(words, shape)).items() if name in TABLES}
    assert set(found) == set(TABLES) - (set() if shape.segments else {"FenjiSegmentStrategy"})
    for name, one in found.items():
        below = wider(one.box)
        others = [t for n, t in found.items() if n != name and t.sheet == one.sheet]
        assert [t for t in others if overlap(below, wider(t.box))] == []


def test_what_users_may_change_looks_so_and_is_not_locked(words: Words) -> None:
    book = built(words, SMALL)
    for name, fixed in FIXED.items():
        found = tables(book)[name]
        left, top, _, bottom = found.box
        for offset, key in enumerate(words.section(f"header.{name}")):
            for row in range(top + 1, bottom + 1):
                cell = book[found.sheet].cell(row, left + offset)
                assert cell.protection.locked == (key in fixed), (name, key)
                assert (cell.fill.fgColor.rgb == f"FF{INPUT[1:]}") == (key not in fixed)
    sheet = book[words("sheet.actions")]
    left, top, _, _ = tables(book)["FenjiActions"].box
    keys = list(words.section("header.FenjiActions"))
    open_ones = {
        k for i, k in enumerate(keys) if not sheet.cell(top + 1, left + i).protection.locked
    }
    assert open_ones == {"done", "note"}


def test_numbers_and_ticks_are_checked_as_they_are_typed(words: Words) -> None:
    book = built(words, SMALL)
    strategy, actions = book[words("sheet.strategy")], book[words("sheet.actions")]
    (whole,) = strategy.data_validations.dataValidation
    (tick,) = actions.data_validations.dataValidation
    assert (whole.type, whole.formula1, whole.operator) == ("whole", "0", None)
    assert tick.formula1 == f'"{words("action.done")}"'
    # Any other mark may stand there too.
    assert not tick.showErrorMessage
    capacity = tables(book)["FenjiCapacity"].box
    assert f"{openpyxl.utils.get_column_letter(capacity[0] + 1)}{capacity[1] + 1}" in whole.sqref


def test_links_lead_to_the_other_tables(words: Words, shape: Shape) -> None:
    book = built(words, shape)
    sheet = book[words("sheet.strategy")]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    links = [(cell.coordinate, cell.hyperlink.location or "") for cell in cells]
    boxes = {name: t.box for name, t in tables(book).items()}
    wanted = ["FenjiSegmentStrategy", "FenjiCapacity"] if shape.segments else ["FenjiCapacity"]
    assert len(links) == len(wanted)
    for (ref, location), name in zip(links, wanted, strict=True):
        letter = openpyxl.utils.get_column_letter(boxes[name][0])
        name_of_sheet, _, cell = location.rpartition("!")
        assert (name_of_sheet.strip("'"), cell) == (sheet.title, f"{letter}{boxes[name][1] - 1}")
        assert sheet[ref].value in (
            words("template.strategy.to_segments"),
            words("template.strategy.to_capacity"),
        )


def test_a_list_of_thousands_opens_without_an_error(
    tmp_path: Path, words: Words, office: ModuleType
) -> None:
    template, out = tmp_path / "t.xlsx", tmp_path / "o.xlsx"
    shape = replace(SMALL, call_lines=4)
    build(template, words=words, shape=shape, only=("strategy", "actions"))
    headers = words.section("header.FenjiActions")
    numbers = [f"{n:05d}" for n in range(ROWS)]
    texts = {"tier": "A", "why": "x" * 150, "what": "y" * 90, "owner": "Anna"}
    frame = pl.DataFrame(
        {
            headers["customer"]: numbers,
            **{headers[key]: [text] * ROWS for key, text in texts.items()},
            headers["amount"]: [float(n) for n in range(ROWS)],
        }
    )
    more = words.section("header.FenjiSegmentStrategy")
    kinds = pl.DataFrame({more["segment"]: [f"Kind {n}" for n in range(40)]})
    tiers = pl.DataFrame({words("header.FenjiStrategy.tier"): [f"T{n}" for n in range(25)]})
    filled = {"FenjiActions": frame, "FenjiSegmentStrategy": kinds, "FenjiStrategy": tiers}
    fill(template, out, tables=filled, cells={})
    assert office.validate(out) == []
    assert office.errors(office.cell_values(out)) == {}
    book = openpyxl.load_workbook(out)
    left, top, _, bottom = tables(book)["FenjiActions"].box
    sheet = book[words("sheet.actions")]
    assert bottom - top == ROWS
    assert sheet.cell(bottom, left).value == numbers[-1]
    # Four lines in 10 points, and some air; every row as the first.
    assert sheet.row_dimensions[bottom].height == sheet.row_dimensions[top + 1].height >= 4 * 11
    assert sheet.cell(bottom, left + list(headers).index("done")).protection.locked is False
