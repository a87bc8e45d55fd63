"""What stands in a template, and where."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pymupdf
import pytest
from openpyxl.utils.cell import range_boundaries

from addin.words import LANGUAGES, Words
from addin.words import words as words_of
from templates.build import build, draw
from templates.looks import contrast, ramp
from templates.shape import SettingRow, Shape
from tests.templates.workbook import (
    GROWING,
    MOVES,
    SETTINGS,
    SHAPES,
    SMALL,
    RecordingWords,
    built,
    chart_boxes,
    filled_cells,
    formulas_of,
    functions_of,
    named_cells,
    named_ranges,
    overlap,
    tables,
)

SHEETS = {
    "customers": ("FenjiCustomers",),
    "card": (),
    "strategy": ("FenjiStrategy", "FenjiSegmentStrategy", "FenjiCapacity"),
    "actions": ("FenjiActions", "FenjiContacts"),
    "budget": ("FenjiBudget",),
    "dashboard": (
        *("FenjiTiers", "FenjiSegments", "FenjiStages", "FenjiHeat", "FenjiHeatAmount"),
        *("FenjiTrend", "FenjiPareto", "FenjiTop", "FenjiAtRisk"),
    ),
    "model": ("FenjiModel",),
    "data_check": ("FenjiReasons", "FenjiFindings"),
    "settings": ("FenjiSettings",),
}
BUDGET_STEPS = (
    *("Chosen", "Total", "Power", "Basis", "State"),
    *("Point", "Slope", "Level", "Left"),
)
NAMES = {
    "customers": ("FenjiTitle", "FenjiAsOf", "FenjiSource", "FenjiCustomersNote"),
    "card": ("FenjiCardSearch",),
    "actions": ("FenjiActionsSpan", "FenjiActionsOwners"),
    "budget": tuple(
        f"FenjiBudget{key}"
        for key in ("Amount", "Way", "Least", "Exponent", "Check", *BUDGET_STEPS)
    ),
    "dashboard": (
        "FenjiCustomerCount",
        "FenjiAmountTotal",
        "FenjiDashboardAsOf",
        "FenjiDashboardNote",
        "FenjiDashboardMoves",
        *("FenjiMovesUp", "FenjiMovesDown", "FenjiAtRiskCount", "FenjiAtRiskAmount"),
        *(f"FenjiHeadline{number}" for number in range(1, 9)),
    ),
    "model": ("FenjiModelJson", "FenjiModelNote"),
    "data_check": ("FenjiRowsRead", "FenjiRowsUsed", "FenjiRowsLeftOut"),
    "settings": ("FenjiSchemeToml", *(f"FenjiSchemeToml{number}" for number in range(1, 5))),
}
# In Excel 2016 and LibreOffice, none with a prefix in the file.
ALLOWED = {
    "ABS",
    "AND",
    "CHOOSE",
    "HYPERLINK",
    "OR",
    "REPT",
    "RIGHT",
    "ROWS",
    "TRIM",
    "AVERAGEIFS",
    "COUNT",
    "COUNTA",
    "COUNTIFS",
    "EXACT",
    "FIXED",
    "IF",
    "IFERROR",
    "INDEX",
    "INT",
    "LOOKUP",
    "MATCH",
    "ISNUMBER",
    "MAX",
    "MIN",
    "N",
    "ROUND",
    "ROW",
    "SUBSTITUTE",
    "SUM",
    "SUMIFS",
    "SUMPRODUCT",
}
LIVE = ("r_score", "f_score", "m_score", "rfm", "score", "tier", "change")
# Beside the model where the grades are formulas.
BESIDE = ("FenjiNumbers", "FenjiWhatIf", "FenjiModelGraded")


@pytest.fixture(params=SHAPES)
def shape(request: pytest.FixtureRequest) -> Shape:
    return SHAPES[request.param]


def test_sheets_tables_and_headers_are_those_of_the_words(words: Words, shape: Shape) -> None:
    book = built(words, shape)
    found = tables(book)
    assert book.sheetnames == [words(f"sheet.{key}") for key in SHEETS]
    expected = {name: words(f"sheet.{key}") for key, names in SHEETS.items() for name in names}
    if not shape.segments:
        del expected["FenjiSegments"], expected["FenjiSegmentStrategy"]
    if shape.live:
        expected |= dict.fromkeys(BESIDE, words("sheet.model"))
    assert {name: table.sheet for name, table in found.items()} == expected
    for name, table in found.items():
        headers = tuple(words.section(f"header.{name}").values())
        if name in ("FenjiHeat", "FenjiHeatAmount"):
            headers += tuple(f"F{number}" for number in range(1, shape.bins[1] + 1))
        if name == "FenjiCustomers" and shape.live:
            more = words.section("header_more.FenjiCustomers")
            headers += (more["graded_tier"], more["change"])
        assert table.headers == headers
        left, top, right, _ = table.box
        row = book[table.sheet].iter_rows(top, top, left, right, values_only=True)
        assert next(row) == headers


def test_rows_of_the_tables_are_those_of_the_shape(words: Words, shape: Shape) -> None:
    book = built(words, shape)
    first: dict[str, tuple[object, ...]] = {}
    for name, table in tables(book).items():
        if name == "FenjiNumbers":
            continue
        left, top, _, bottom = table.box
        cells = book[table.sheet].iter_rows(top + 1, bottom, left, left, values_only=True)
        first[name] = tuple(value for (value,) in cells)
    expected: dict[str, tuple[object, ...]] = dict.fromkeys(GROWING, (None,))
    expected |= dict.fromkeys(("FenjiStrategy", "FenjiBudget", "FenjiTiers"), shape.tiers)
    expected |= {"FenjiStages": shape.stages, "FenjiTrend": (None,) * 12}
    expected |= dict.fromkeys(("FenjiHeat", "FenjiHeatAmount"), tuple(range(shape.bins[0], 0, -1)))
    if shape.live:
        expected |= {"FenjiWhatIf": shape.tiers, "FenjiModelGraded": (None,)}
    expected |= {"FenjiTop": (None,) * 10, "FenjiAtRisk": (None,) * 15}
    expected["FenjiPareto"] = tuple(n / 20 for n in range(21))
    if shape.segments:
        expected |= dict.fromkeys(("FenjiSegments", "FenjiSegmentStrategy"), shape.segments)
    expected["FenjiCapacity"] = tuple(row["owner"] for row in shape.capacity) or (None,)
    assert first == expected


def test_names_point_to_one_blank_cell_each(words: Words, shape: Shape) -> None:
    book = built(words, shape)
    found = named_cells(book)
    expected = {name: words(f"sheet.{key}") for key, names in NAMES.items() for name in names}
    if shape.live:
        expected["FenjiWhatIfSaid"] = words("sheet.model")
    assert {name: sheet for name, (sheet, _) in found.items()} == expected
    held = {name: book[sheet][cell].value for name, (sheet, cell) in found.items()}
    assert held.pop("FenjiTitle") == shape.title
    how = "live" if shape.live else "fixed"
    assert held.pop("FenjiCustomersNote") == words(f"template.customers.{how}")
    assert held.pop("FenjiDashboardNote") == words(f"dashboard.{how}")
    assert held.pop("FenjiDashboardMoves") == words("dashboard.no_moves")
    if shape.live:
        assert str(held.pop("FenjiWhatIfSaid")).startswith("=IF(")
    for name in ("FenjiAtRiskCount", "FenjiAtRiskAmount"):
        assert str(held.pop(name)).startswith("=") == shape.live
    assert held.pop("FenjiBudgetWay") == words("budget_way.share")
    assert held.pop("FenjiBudgetExponent") == 0.5
    for key in ("Check", *BUDGET_STEPS):
        assert str(held.pop(f"FenjiBudget{key}")).startswith("=")
    assert held.pop("FenjiModelNote") == words(f"template.model.{how}")
    assert set(held.values()) == {None}


def test_scores_and_tier_are_formulas_only_when_live(words: Words, shape: Shape) -> None:
    table = tables(built(words, shape))["FenjiCustomers"]
    more = ("graded_tier", "change") if shape.live else ()
    keys = [*words.section("header.FenjiCustomers"), *more]
    with_formula = {key for key, text in zip(keys, table.formulas, strict=True) if text}
    assert with_formula == (set(LIVE) if shape.live else set())


def test_formulas_call_only_functions_that_every_program_has(words: Words) -> None:
    odd = replace(SMALL, segments=("a*", "~b"), bins=(12, 5, 5))
    for shape in (*SHAPES.values(), odd):
        book = built(words, shape)
        called = {name for formula in formulas_of(book) for name in functions_of(formula)}
        assert called - ALLOWED == set()
        assert "COUNTIFS" in called


@pytest.mark.parametrize("lang", LANGUAGES)
def test_equal_templates_are_equal_files(tmp_path: Path, lang: str) -> None:
    one, other = tmp_path / "one.xlsx", tmp_path / "other.xlsx"
    build(one, words=words_of(lang), shape=SMALL)
    build(other, words=words_of(lang), shape=replace(SMALL))
    assert one.read_bytes() == other.read_bytes()
    assert one.read_bytes() != draw(words=words_of(lang), shape=replace(SMALL, title="Other"))


def test_both_languages_have_the_same_structure(shape: Shape) -> None:
    books = {lang: built(words_of(lang), shape) for lang in LANGUAGES}
    structures = []
    for book in books.values():
        order = {sheet: number for number, sheet in enumerate(book.sheetnames)}
        structures.append(
            {
                "tables": {
                    name: (order[table.sheet], table.box, [bool(f) for f in table.formulas])
                    for name, table in tables(book).items()
                },
                "names": {name: (order[s], cell) for name, (s, cell) in named_cells(book).items()},
                "charts": [chart_boxes(sheet) for sheet in book.worksheets],
                "cells": [filled_cells(sheet) for sheet in book.worksheets],
                "widths": [
                    {key: column.width for key, column in sheet.column_dimensions.items()}
                    for sheet in book.worksheets
                ],
                "frozen": [sheet.freeze_panes for sheet in book.worksheets],
            }
        )
    assert structures[0] == structures[1]


def test_every_word_for_templates_is_shown(words: Words) -> None:
    recording = RecordingWords(words)
    whole = replace(SMALL, settings=SETTINGS, moves=MOVES, lifetime=True)
    for shape in (*SHAPES.values(), whole):
        draw(words=recording, shape=shape)
    sections = ("dashboard", "template", "measure")
    offered = {key for section in sections for key in _keys(words, section)}
    assert offered - recording.asked == set()


def _keys(words: Words, section: str) -> set[str]:
    keys: set[str] = set()
    for name, text in words.section(section).items():
        path = f"{section}.{name}"
        keys |= {path} if isinstance(text, str) else _keys(words, path)
    return keys


def test_no_sheet_shows_a_key_or_the_other_language() -> None:
    ours = "".join(_texts(words_of("zh")))
    assert any("\u4e00" <= char <= "\u9fff" for char in ours)
    english = [text for text in _texts(words_of("en")) if any(ord(char) > 0x2FFF for char in text)]
    assert english == []
    for lang in LANGUAGES:
        keys = [text for text in _texts(words_of(lang)) if "_" in text or "template." in text]
        assert keys == []


def _texts(words: Words) -> list[str]:
    book = built(words, SMALL)
    return [
        cell.value
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str) and not cell.value.startswith("=")
    ]


def test_nothing_stands_below_a_table_that_grows(words: Words, shape: Shape) -> None:
    book = built(words, shape)
    found = tables(book)
    for name in GROWING:
        left, _, right, bottom = found[name].box
        sheet = book[found[name].sheet]
        below = {cell for cell in filled_cells(sheet) if left <= cell[0] <= right}
        assert {cell for cell in below if cell[1] > bottom} == set()


def test_charts_and_tables_do_not_cover_anything(words: Words, shape: Shape) -> None:
    book = built(words, shape)
    sheet = book[words("sheet.dashboard")]
    charts = chart_boxes(sheet)
    assert len(charts) == (5 if shape.segments else 4)
    tabled = [table.box for table in tables(book).values() if table.sheet == sheet.title]
    cells = [(col, row, col, row) for col, row in filled_cells(sheet)]
    for number, chart in enumerate(charts):
        others = charts[:number] + charts[number + 1 :] + tabled + cells
        assert [other for other in others if overlap(chart, other)] == []
    for number, table in enumerate(tabled):
        assert [other for other in tabled[:number] if overlap(table, other)] == []


def test_charts_show_all_rows_of_their_table(words: Words, shape: Shape) -> None:
    book = built(words, shape)
    sheet = book[words("sheet.dashboard")]
    boxes = {name: table.box for name, table in tables(book).items()}
    expected = {
        (boxes[name][1] + 1, boxes[name][3])
        for name in ("FenjiTiers", "FenjiSegments", "FenjiStages", "FenjiTrend", "FenjiPareto")
        if name in boxes
    }
    named = {"!".join(place) for place in named_ranges(book).values()}
    shown = set()
    for chart in sheet._charts:
        for series in chart.series:
            for ref in (series.cat.strRef or series.cat.numRef, series.val.numRef):
                assert ref.f.replace("$", "").replace("'", "") in named
                _, top, _, bottom = range_boundaries(ref.f.split("!")[1])
                shown.add((top, bottom))
    assert shown == expected


def test_pages_are_a4_one_page_wide_and_numbered(words: Words) -> None:
    book = built(words, SMALL)
    # Two wide tables side by side; a break between them.
    two_wide = {words("sheet.customers"), words("sheet.strategy")}
    for sheet in book.worksheets:
        assert sheet.page_setup.paperSize == 9
        if sheet.title == words("sheet.card"):
            continue
        assert sheet.page_setup.orientation == "landscape"
        assert (len(sheet.col_breaks.brk) == 1) == (sheet.title in two_wide)
        if sheet.title not in two_wide:
            assert sheet.sheet_properties.pageSetUpPr.fitToPage
            # One page wide is what a file says by saying nothing.
            assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        footer = sheet.oddFooter
        assert SMALL.title in footer.left.text
        assert "&P" in footer.right.text and "&N" in footer.right.text
    customers = book.worksheets[0]
    header = tables(book)["FenjiCustomers"].box[1]
    assert customers.freeze_panes == f"C{header + 1}"
    assert customers.print_title_rows == f"${header}:${header}"


def test_customers_print_two_pages_wide_in_letters_that_can_be_read(
    tmp_path: Path, words: Words, office: ModuleType
) -> None:
    path = tmp_path / "template.xlsx"
    build(path, words=words, shape=SMALL)
    headers = list(words.section("header.FenjiCustomers").values())
    with pymupdf.open(office.to_pdf(path)) as printed:
        pages = [{span["text"]: span["size"] for span in _spans(page)} for page in printed]
    first, second = ["".join(page) for page in pages[:2]]
    assert [h for h in (headers[0], headers[1], headers[10]) if h.split()[0] not in first] == []
    assert [h for h in (headers[0], headers[-2], headers[-1]) if h.split()[0] not in second] == []
    # 10 points on the sheet come out as 8 at least.
    assert max(size for text, size in pages[0].items() if text.strip() == headers[0]) >= 8


def _spans(page: Any) -> list[dict[str, Any]]:
    blocks = page.get_text("dict")["blocks"]
    return [s for block in blocks for line in block.get("lines", ()) for s in line["spans"]]


@pytest.mark.parametrize("steps", range(1, 13))
def test_tier_colours_are_legible_and_fade_in_grey(steps: int) -> None:
    shades = ramp(steps)
    assert all(contrast(shade.ink, shade.fill) >= 4.5 for shade in shades)
    against_white = [contrast("#FFFFFF", shade.fill) for shade in shades]
    assert against_white == sorted(against_white, reverse=True)
    assert len(set(against_white)) == steps
    assert [shade.bold for shade in shades] == [True] + [False] * (steps - 1)


@pytest.mark.parametrize("wrong", [{"tiers": ()}, {"stages": ()}, {"bins": (5, 0, 5)}])
def test_a_shape_without_a_workbook_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong)).rstrip("s")):
        replace(SMALL, **wrong)


def test_a_title_of_any_length_and_sign_is_printed_as_it_is(words: Words) -> None:
    book = built(words, replace(SMALL, title="A & B " * 60))
    footer = book.worksheets[0].oddFooter
    assert footer.left.text.strip().startswith("A && B")
    assert len(footer.left.text) < 255


def test_an_unwritable_place_is_an_os_error(tmp_path: Path, words: Words) -> None:
    with pytest.raises(OSError, match="missing"):
        build(tmp_path / "missing" / "t.xlsx", words=words, shape=SMALL)
    assert list(tmp_path.iterdir()) == []


def test_settings_can_only_be_what_they_can_be(words: Words) -> None:
    book = built(words, replace(SMALL, settings=SETTINGS))
    sheet = book[words("sheet.settings")]
    _, *rows = sheet[sheet.tables["FenjiSettings"].ref]
    assert [row[1].value for row in rows] == [row.value for row in SETTINGS]
    assert [row[3].value for row in rows] == [row.key or None for row in SETTINGS]
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    assert set(rules) == {
        row[1].coordinate for row, meant in zip(rows, SETTINGS, strict=True) if meant.key
    }
    for row, meant in zip(rows, SETTINGS, strict=True):
        rule = rules.get(row[1].coordinate)
        if rule is None:
            continue
        assert rule.promptTitle == meant.setting
        assert rule.prompt
        if meant.kind == "choice":
            assert rule.formula1 == f'"{",".join(meant.choices)}"'
            assert bool(rule.showErrorMessage) != meant.free
        if meant.kind in ("whole", "number", "share"):
            least, most = float(rule.formula1), float(rule.formula2)
            assert least == (-1e300 if meant.least is None else meant.least)
            assert most == (1e300 if meant.most is None else meant.most)


def test_a_list_that_does_not_fit_a_cell_is_no_list(words: Words) -> None:
    for choices in (("a, b", "c"), tuple(f"choice {n:03}" for n in range(30))):
        row = SettingRow(setting="Pick", kind="choice", key="a.b", choices=choices)
        sheet = built(words, replace(SMALL, settings=(row,)))[words("sheet.settings")]
        assert [rule.type for rule in sheet.data_validations.dataValidation] in ([], [None])
