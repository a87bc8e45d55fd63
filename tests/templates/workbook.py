"""A built template, taken apart for the tests."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

import openpyxl
from openpyxl.utils.cell import range_boundaries
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from addin.words import Words
from templates.build import draw
from templates.shape import MovesShape, SettingRow, Shape

Box = tuple[int, int, int, int]

# A heading, and a setting of each kind with and without ends.
SETTINGS = (
    SettingRow(setting="Scheme", kind="heading"),
    SettingRow(setting="Method", kind="fact", value="RFM", meaning="How"),
    SettingRow(setting="Name", kind="text", value="x", meaning="m", key="name.en"),
    SettingRow(setting="Pick", kind="choice", value="b", key="a.pick", choices=("a", "b")),
    SettingRow(setting="Free", kind="choice", value="b", key="a.at", choices=("a",), free=True),
    SettingRow(setting="Share", kind="share", value=0.125, key="tiers[0].share", least=0, most=1),
    SettingRow(setting="List", kind="list", value="1; 2", key="a.list"),
    SettingRow(setting="Table", kind="pairs", value="a = 1", key="a.table"),
    *(
        SettingRow(
            setting=kind, kind=kind, value=3, key=f"a.{kind}{n}", least=ends[0], most=ends[1]
        )
        for kind in ("whole", "number")
        for n, ends in enumerate(((None, None), (0, None), (0, 9)))
    ),
)
SMALL = Shape(
    title="Grading",
    tiers=("A", "B", "C", "D"),
    bins=(5, 5, 5),
    segments=("Champions", "At Risk", "Others"),
    stages=("New", "Active", "Dormant", "Lost"),
    live=True,
    segment_strategies=(
        {"segment": "Champions", "strategy": "Thank them", "contact_days": 14, "owner": "Anna"},
        {"segment": "At Risk", "strategy": "Ask why"},
        {"segment": "Others"},
    ),
    capacity=({"owner": "Anna", "calls_per_week": 20}, {"owner": "Ben", "calls_per_week": 5}),
)
LARGE = replace(
    SMALL,
    tiers=tuple(f"T{number}" for number in range(1, 13)),
    segments=tuple(f"Segment {number}" for number in range(1, 13)),
    segment_strategies=tuple({"segment": f"Segment {number}"} for number in range(1, 13)),
    bins=(7, 9, 10),
)
MOVES = MovesShape(
    kinds=("Up", "Down", "Same", "New", "Gone"),
    before=("A", "B", "C", "New"),
    now=("A", "B", "C", "Gone"),
    total="Total",
    steps=((0, -1, -2), (1, 0, -1), (2, 1, 0)),
)
BARE = replace(
    SMALL,
    tiers=("all",),
    segments=(),
    segment_strategies=(),
    capacity=(),
    stages=("one",),
    bins=(1, 1, 1),
    live=False,
)
SHAPES = {"small": SMALL, "large": LARGE, "bare": BARE}
GROWING = (
    "FenjiCustomers",
    "FenjiActions",
    "FenjiContacts",
    "FenjiModel",
    "FenjiReasons",
    "FenjiFindings",
    "FenjiSettings",
)


class RecordingWords:
    """Words that remember which keys were asked for."""

    def __init__(self, words: Words) -> None:
        self.lang = words.lang
        self.asked: set[str] = set()
        self._words = words

    def __call__(self, key: str, /, **params: object) -> str:
        self.asked.add(key)
        return self._words(key, **params)

    def section(self, key: str) -> Mapping[str, str]:
        found = self._words.section(key)
        self.asked |= {f"{key}.{name}" for name in found}
        return found


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table of a workbook: its sheet, its cells (min_col, min_row, max_col, max_row)."""

    sheet: str
    box: Box
    headers: tuple[str, ...]
    formulas: tuple[str, ...]


def built(words: Words, shape: Shape) -> Workbook:
    """The template as openpyxl reads it."""
    return openpyxl.load_workbook(BytesIO(draw(words=words, shape=shape)))


def tables(book: Workbook) -> dict[str, Table]:
    """The tables by name."""
    return {
        table.name: Table(
            sheet=sheet.title,
            box=range_boundaries(table.ref),
            headers=tuple(column.name for column in table.tableColumns),
            formulas=tuple(
                column.calculatedColumnFormula.attr_text if column.calculatedColumnFormula else ""
                for column in table.tableColumns
            ),
        )
        for sheet in book.worksheets
        for table in sheet.tables.values()
    }


def named_cells(book: Workbook) -> dict[str, tuple[str, str]]:
    """Sheet and cell of each name of the workbook, but for those of charts' ranges."""
    found = named_ranges(book)
    return {name: place for name, place in found.items() if not name.startswith("FenjiChart")}


def named_ranges(book: Workbook) -> dict[str, tuple[str, str]]:
    """Sheet and cells of each name of the workbook."""
    found = {}
    for name, defined in book.defined_names.items():
        ((sheet, cell),) = defined.destinations
        found[name] = (sheet, cell.replace("$", ""))
    return found


def chart_boxes(sheet: Worksheet) -> list[Box]:
    """The cells that each chart covers."""
    return [_anchored(chart.anchor) for chart in sheet._charts]


def _anchored(anchor: Any) -> Box:
    start, end = anchor._from, anchor.to
    # A chart that ends at a cell's very edge does not cover that cell.
    last_col, last_row = end.col - (end.colOff <= 0), end.row - (end.rowOff <= 0)
    return start.col + 1, start.row + 1, last_col + 1, last_row + 1


def filled_cells(sheet: Worksheet) -> set[tuple[int, int]]:
    """Column and row of every cell with content, and of every merged one."""
    merged = {
        (col, row)
        for area in sheet.merged_cells.ranges
        for row in range(area.min_row, area.max_row + 1)
        for col in range(area.min_col, area.max_col + 1)
    }
    return merged | {
        (cell.column, cell.row)
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


def overlap(one: Box, other: Box) -> bool:
    return not (one[2] < other[0] or other[2] < one[0] or one[3] < other[1] or other[3] < one[1])


def formulas_of(book: Workbook) -> set[str]:
    """Every formula in a cell of the workbook."""
    return {
        cell.value
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str) and cell.value.startswith("=")
    }


def functions_of(formula: str) -> set[str]:
    """The functions that a formula calls."""
    bare = re.sub(r'"[^"]*"|\[[^\]]*\]', "", formula)
    return set(re.findall(r"([A-Z_][A-Z0-9_.]*)\(", bare, flags=re.IGNORECASE))
