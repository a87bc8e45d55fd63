"""The sheet Moves of a template."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from types import ModuleType

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from addin.words import Words
from templates.build import build, draw
from templates.looks import LIGHT, contrast, readable_ink
from templates.moves import FALLS
from templates.shape import MovesShape, Shape
from tests.templates.workbook import MOVES, SMALL, filled_cells, named_cells, overlap, tables

TABLES = ("FenjiMoves", "FenjiMoveKinds", "FenjiMoveMatrix")
# Twelve tiers became five, and nobody knows how.
MANY = MovesShape(
    kinds=("Up", "Down", "Same", "New", "Gone", "Can't tell"),
    before=(*(f"T{n}" for n in range(12)), "Other tier", "New"),
    now=("A", "B", "C", "D", "E", "Gone"),
    total="Total",
    steps=tuple((None,) * 5 for _ in range(12)),
    notes=3,
)


@pytest.fixture(params=[MOVES, MANY], ids=["few", "many"])
def moves(request: pytest.FixtureRequest) -> MovesShape:
    found: MovesShape = request.param
    return found


def alone(words: Words, moves: MovesShape) -> Workbook:
    shape = replace(SMALL, moves=moves)
    return openpyxl.load_workbook(BytesIO(draw(words=words, shape=shape, only=("moves",))))


def test_the_sheet_is_there_only_where_there_are_moves(words: Words) -> None:
    name = words("sheet.moves")
    both = [
        openpyxl.load_workbook(BytesIO(draw(words=words, shape=shape))).sheetnames
        for shape in (SMALL, replace(SMALL, moves=MOVES))
    ]
    assert name not in both[0]
    assert [sheet for sheet in both[1] if sheet != name] == both[0]
    assert both[1].index(name) == both[1].index(words("sheet.dashboard")) + 1


def test_what_stands_in_it(words: Words, moves: MovesShape) -> None:
    book = alone(words, moves)
    assert book.sheetnames == [words("sheet.moves")]
    (sheet,), found = book.worksheets, tables(book)
    assert set(found) == set(TABLES)
    assert found["FenjiMoves"].headers == tuple(words.section("header.FenjiMoves").values())
    assert found["FenjiMoveKinds"].headers[1:] == moves.kinds
    assert found["FenjiMoveMatrix"].headers[1:] == (*moves.now, moves.total)
    left, top, _, bottom = found["FenjiMoveMatrix"].box
    rows = [sheet.cell(row, left).value for row in range(top + 1, bottom + 1)]
    assert rows == [*moves.before, moves.total]
    names = {"FenjiMovesFiles", *(f"FenjiMovesNote{n + 1}" for n in range(moves.notes))}
    assert set(named_cells(book)) == names
    assert all(sheet[cell].value is None for _, cell in named_cells(book).values())


def test_the_list_has_room_to_grow(words: Words, moves: MovesShape) -> None:
    book = alone(words, moves)
    boxes = {name: table.box for name, table in tables(book).items()}
    for name, box in boxes.items():
        assert not [n for n, other in boxes.items() if n != name and overlap(box, other)]
    bottom = boxes["FenjiMoves"][3]
    assert max(row for _, row in filled_cells(book.worksheets[0])) <= bottom
    assert book.worksheets[0].print_title_rows == "${0}:${0}".format(boxes["FenjiMoves"][1])


def test_falls_and_rises_have_colours_of_their_own(words: Words) -> None:
    book = alone(words, MOVES)
    sheet = book.worksheets[0]
    left, top, _, _ = tables(book)["FenjiMoveMatrix"].box
    scales = {
        rule.colorScale.color[1].rgb[2:]: {
            cell for part in area.sqref.ranges for cell in part.cells
        }
        for area, rules in sheet.conditional_formatting._cf_rules.items()
        for rule in rules
        if rule.type == "colorScale"
    }
    # Rows are the tiers before, columns those now: to the right of the same tier is a fall.
    cells = {(r, c): (top + 1 + r, left + 1 + c) for r in range(3) for c in range(3)}
    falls = {cells[r, c] for r in range(3) for c in range(3) if c > r}
    rises = {cells[r, c] for r in range(3) for c in range(3) if c < r}
    assert scales.pop(FALLS.lstrip("#")) == falls
    assert list(scales.values()) == [rises]
    assert all(contrast(readable_ink(colour), colour) >= 4.5 for colour in (FALLS, LIGHT))


def test_a_shape_gives_the_same_file_and_a_valid_one(
    words: Words,
    moves: MovesShape,
    tmp_path: Path,
    office: ModuleType,
    validator: Callable[[Path], list[str]],
) -> None:
    shape: Shape = replace(SMALL, moves=moves)
    for only in (("moves",), None):
        path = tmp_path / "t.xlsx"
        build(path, words=words, shape=shape, **({"only": only} if only else {}))
        again = draw(words=words, shape=replace(shape), **({"only": only} if only else {}))
        assert path.read_bytes() == again
        assert validator(path) == []
        assert office.errors(office.cell_values(office.recalculate(path))) == {}


@pytest.mark.parametrize(("shape", "even"), [(MOVES, False), (MANY, True)])
def test_tiers_stand_in_columns_of_one_width(words: Words, shape: MovesShape, even: bool) -> None:
    """Where they reach beyond the list's narrow columns, the sentences run out of theirs."""
    book = alone(words, shape)
    sheet, found = book.worksheets[0], tables(book)
    left, _, right, _ = found["FenjiMoveMatrix"].box
    reason = found["FenjiMoves"].box[2]
    letters = [openpyxl.utils.get_column_letter(c) for c in range(left + 1, right + 1)]
    assert max(sheet.column_dimensions[letter].width for letter in letters) < 20
    cell = sheet.cell(found["FenjiMoves"].box[1] + 1, reason)
    assert bool(cell.alignment.wrap_text) != even
