"""The sheet Dashboard in every form that a scheme and its data can give it."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any
from xml.etree import ElementTree

import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from addin.words import Words
from addin.words import words as words_of
from templates.build import build, draw
from templates.dashboard_charts import MANY_TIERS
from tests.office.libreoffice import recalculate_all
from tests.templates.workbook import (
    BARE,
    LARGE,
    SMALL,
    built,
    chart_boxes,
    filled_cells,
    named_cells,
    overlap,
    tables,
)

C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
EVERYTHING = ("trend", "at_risk", "money", "shares", "stages", "segments", "scores")
SIXTY = replace(SMALL, tiers=tuple(f"Level {n}" for n in range(1, 61)), bins=(20, 20, 20))
FORMS = {
    "small": SMALL,
    "large": LARGE,
    "bare": BARE,
    "many": replace(SMALL, tiers=tuple(f"T{n}" for n in range(1, MANY_TIERS + 2))),
    "sixty": SIXTY,
    "high": replace(SMALL, bins=(20, 1, 20)),
    "no_segments": replace(SMALL, segments=()),
    "no_orders": replace(SMALL, silent=("trend",), live=False),
    "amounts_only": replace(
        SMALL, silent=("trend", "at_risk", "stages", "segments", "scores"), live=False
    ),
    "no_amounts": replace(SMALL, silent=("at_risk", "money", "shares", "segments"), live=False),
    "nothing": replace(SMALL, silent=EVERYTHING, live=False),
}
CHARTS = {
    "no_segments": 4,
    "bare": 4,
    "no_orders": 4,
    "amounts_only": 2,
    "no_amounts": 3,
    "nothing": 1,
}
PARTS = {
    "trend": {"FenjiTrend"},
    "at_risk": {"FenjiAtRisk"},
    "money": {"FenjiTop", "FenjiPareto", "FenjiHeatAmount"},
    "shares": set[str](),
    "stages": {"FenjiStages"},
    "segments": {"FenjiSegments"},
    "scores": {"FenjiHeat", "FenjiHeatAmount"},
}


@pytest.fixture(params=FORMS)
def form(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def _sheet(book: Workbook, words: Words) -> Worksheet:
    sheet: Worksheet = book[words("sheet.dashboard")]
    return sheet


def test_nothing_covers_anything_else(form: str) -> None:
    words = words_of("en")
    book = built(words, FORMS[form])
    sheet = _sheet(book, words)
    charts = chart_boxes(sheet)
    assert len(charts) == CHARTS.get(form, 5)
    tabled = [table.box for table in tables(book).values() if table.sheet == sheet.title]
    cells = [(col, row, col, row) for col, row in filled_cells(sheet)]
    for number, chart in enumerate(charts):
        others = charts[:number] + charts[number + 1 :] + tabled + cells
        assert [other for other in others if overlap(chart, other)] == []
    for number, table in enumerate(tabled):
        assert [other for other in tabled[:number] if overlap(table, other)] == []


def test_what_the_data_tell_nothing_of_is_left_out(form: str) -> None:
    words, shape = words_of("en"), FORMS[form]
    book = built(words, shape)
    here = {name for name, table in tables(book).items() if table.sheet == words("sheet.dashboard")}
    absent = set[str]().union(*(PARTS[part] for part in shape.silent))
    absent |= set() if shape.segments else {"FenjiSegments"}
    assert here == set[str]().union({"FenjiTiers"}, *PARTS.values()) - absent
    # The key figures and the sentences are always there.
    assert {f"FenjiHeadline{n}" for n in range(1, 9)} <= named_cells(book).keys()


def test_every_chart_names_its_subject_and_its_units(words: Words, form: str) -> None:
    with zipfile.ZipFile(BytesIO(draw(words=words, shape=FORMS[form]))) as package:
        names = [name for name in package.namelist() if name.startswith("xl/charts/chart")]
        charts = [ElementTree.fromstring(package.read(name)) for name in names]
    titles = [_words_in(chart.find(f"{C}chart/{C}title")) for chart in charts]
    assert all(titles) and len(set(titles)) == len(titles)
    for chart, title in zip(charts, titles, strict=True):
        # An axis of its own for what is drawn over the first kind of series.
        axes = list(chart.iter(f"{C}valAx"))
        assert len(axes) == (2 if title == words("dashboard.trend_chart") else 1)
        assert all(_words_in(axis.find(f"{C}title")) for axis in axes), title


def _words_in(element: Any) -> str:
    return "" if element is None else "".join(t.text or "" for t in element.iter(f"{A}t"))


def _text(title: Any) -> str:
    return "".join(run.t for part in title.tx.rich.p for run in part.r or ())


@pytest.mark.parametrize("form", ["small", "many", "sixty", "large"])
def test_pages_end_between_tables_and_charts(form: str) -> None:
    words = words_of("en")
    book = built(words, FORMS[form])
    sheet = _sheet(book, words)
    breaks = [each.id for each in sheet.row_breaks.brk]
    assert breaks
    boxes = [table.box for table in tables(book).values() if table.sheet == sheet.title]
    for box in [*boxes, *chart_boxes(sheet)]:
        assert not [row for row in breaks if box[1] <= row < box[3]], (box, breaks)


def test_up_to_twelve_tiers_the_first_page_shows_them() -> None:
    words = words_of("en")
    for tiers, first_page in ((MANY_TIERS, True), (MANY_TIERS + 1, False)):
        shape = replace(SMALL, tiers=tuple(f"T{n}" for n in range(tiers)))
        sheet = _sheet(built(words, shape), words)
        found = next(c for c in sheet._charts if _text(c.title) == words("dashboard.tier_chart"))
        page = min(each.id for each in sheet.row_breaks.brk)
        assert (found.anchor._from.row < page) is first_page
        assert (found.barDir == "col") is first_page


def test_a_chart_of_sixty_tiers_has_room_for_each() -> None:
    words = words_of("en")
    sheet = _sheet(built(words, SIXTY), words)
    found = next(c for c in sheet._charts if _text(c.title) == words("dashboard.tier_chart"))
    rows = range(found.anchor._from.row + 1, found.anchor.to.row + 1)
    points = sum(sheet.row_dimensions[row].height or 15 for row in rows)
    # A letter of 7 points needs 8.
    assert points >= 60 * 8


def test_columns_begin_at_zero_unless_a_month_lost_money() -> None:
    words = words_of("en")
    for losses, least in ((False, 0), (True, None)):
        sheet = _sheet(built(words, replace(SMALL, losses=losses)), words)
        found = next(c for c in sheet._charts if _text(c.title) == words("dashboard.trend_chart"))
        assert found.y_axis.scaling.min == least


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_form_is_a_valid_workbook_without_errors(
    lang: str, tmp_path: Path, office: ModuleType, validator: Callable[[Path], list[str]]
) -> None:
    paths = [tmp_path / f"{form}.xlsx" for form in FORMS]
    for path in paths:
        build(path, words=words_of(lang), shape=FORMS[path.stem])
    assert {path.stem: errors for path in paths if (errors := validator(path))} == {}
    for path, made in zip(paths, recalculate_all(paths), strict=True):
        assert office.errors(office.cell_values(made)) == {}, path.stem
