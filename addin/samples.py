"""Sample rows of a template: left aside as soon as there are other orders, and cleared."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from pathlib import Path

import polars as pl

from addin.hosts.file.own_tables import input_sheets, is_blank, own_sheets
from addin.hosts.file.tablexml import Table
from addin.words import Words
from segmentation.columns import layout
from segmentation.errors import FenjiError
from segmentation.notes import Note
from segmentation.sources import RawSheet
from templates.inputs import ORDERS, SAMPLE_ID


def without_samples(
    sheets: Sequence[RawSheet], paths: Iterable[Path]
) -> tuple[list[RawSheet], list[Note]]:
    """The sheets without the sample rows that stand where people paste; with notes of them.

    Where nothing else can be graded the sample is, and a note says so. The rows stay as blank
    ones, so that all others keep their number.
    """
    paths = list(paths)
    places = {(path.name, name): t for path in paths for name, t in input_sheets(path).items()}
    rows = {
        key: sample_rows(sheet, places[key])
        for sheet in sheets
        if (key := (sheet.file, sheet.sheet)) in places
    }
    if not any(rows.values()):
        return list(sheets), []
    cleared = [_cleared(s, rows.get((s.file, s.sheet), [])) for s in sheets]
    own = {(path.name, name) for path in paths for name in own_sheets(path)}
    others = [s for s in cleared if (s.file, s.sheet) not in own]
    orders = [key for key in rows if rows[key] and places[key].name.lower() == ORDERS.lower()]
    if not _can_be_graded(others, places):
        notes: list[Note] = [("sample_only", {"sheet": sheet, "file": f}) for f, sheet in orders]
        return list(sheets), notes
    return cleared, [
        ("sample_rows_aside", {"sheet": sheet, "file": file, "rows": len(rows[file, sheet])})
        for file, sheet in orders
    ]


def sample_lines(customers: pl.Series, words: Words) -> list[str]:
    """A line for the sheet Dashboard where all graded customers are those of a sample."""
    pattern = f"^{SAMPLE_ID.pattern}$"
    if customers.is_empty() or not customers.str.contains(pattern).fill_null(value=False).all():
        return []
    return [words("inputs.headline", sheet=words("sheet.orders"))]


def sample_rows(sheet: RawSheet, table: Table) -> list[int]:
    """The sample rows below a table's header, by the number that they have in the sheet."""
    if not sheet.cells.width:
        return []
    below = sheet.cells.slice(table.data.top - 1).with_row_index("row", offset=table.data.top)
    pattern = f"^{SAMPLE_ID.pattern}$"
    named = [pl.col(c).str.strip_chars().str.contains(pattern) for c in sheet.cells.columns]
    found = below.filter(pl.any_horizontal(named).fill_null(value=False))
    return [int(row) for row in found["row"]]


def _cleared(sheet: RawSheet, rows: Sequence[int]) -> RawSheet:
    """The sheet with these rows blank."""
    if not rows:
        return sheet
    index = pl.int_range(1, pl.len() + 1)
    kept = [pl.when(~index.is_in(list(rows))).then(pl.col(c)).alias(c) for c in sheet.cells.columns]
    return dataclasses.replace(sheet, cells=sheet.cells.select(kept))


def _can_be_graded(sheets: Sequence[RawSheet], places: dict[tuple[str, str], Table]) -> bool:
    """Whether orders or customers stand on one of the sheets, besides blank ones to paste into."""
    for sheet in sheets:
        place = places.get((sheet.file, sheet.sheet))
        if sheet.hidden or (place and is_blank(sheet, place)):
            continue
        try:
            if layout(sheet).kind != "other":
                return True
        except FenjiError:  # something stands there that has to be asked about
            return True
    return False
