"""The native charts of the dashboard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter.chart import Chart
from xlsxwriter.worksheet import Worksheet

from templates.book import Book
from templates.looks import DARK, INK, LINE, MIDDLE, QUIET

Cells = tuple[int, int, int, int]
CROWDED = 8


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a chart stands: its top left cell and its size in pixels."""

    row: int
    col: int
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class Series:
    """One series: its name's cell and its values' cells."""

    name: tuple[int, int]
    values: Cells
    colour: str = DARK


@dataclass(frozen=True, kw_only=True)
class Plot:
    """What a chart shows; ``axis`` is the title of the value axis, ``number`` its format."""

    title: str
    categories: Cells
    series: Sequence[Series]
    axis: str
    number: str
    bars: bool = False


def add(book: Book, sheet: Worksheet, *, plot: Plot, place: Place) -> None:
    """Draw ``plot`` over the cells of ``sheet``."""
    kind = "bar" if plot.bars else "column"
    chart = book.workbook.add_chart({"type": kind})
    if not isinstance(chart, Chart):
        raise TypeError(kind)
    for series in plot.series:
        chart.add_series(_series(sheet, plot, series))
    font = _font(book)
    chart.set_title({"name": plot.title, "name_font": font | {"size": 11, "color": DARK}})
    value_axis: dict[str, Any] = {
        "name": plot.axis,
        "name_font": font | {"bold": False, "color": QUIET},
        "num_font": font | {"color": QUIET},
        "num_format": plot.number,
        "min": 0,
        "major_gridlines": {"visible": True, "line": {"color": LINE, "width": 0.5}},
        "line": {"none": True},
    }
    category_axis: dict[str, Any] = {
        "num_font": font,
        "line": {"color": LINE},
        "major_tick_mark": "none",
        "minor_tick_mark": "none",
    }
    if plot.bars:
        # The first category belongs at the top, while the value axis stays at the bottom.
        # Every name is shown: a segment without one can't be read.
        axis = category_axis | {"reverse": True, "crossing": "max", "interval_unit": 1}
        if _count(plot) > CROWDED:
            axis["num_font"] = font | {"size": 7}
        chart.set_y_axis(axis)
        chart.set_x_axis(value_axis)
    else:
        chart.set_x_axis(category_axis)
        chart.set_y_axis(value_axis)
    if len(plot.series) > 1:
        chart.set_legend({"position": "top", "font": font})
    else:
        chart.set_legend({"none": True})
    chart.set_chartarea({"border": {"color": LINE}})
    chart.set_size({"width": place.width, "height": place.height})
    sheet.insert_chart(
        place.row, place.col, chart, {"object_position": 1, "description": plot.title}
    )


def _font(book: Book) -> dict[str, Any]:
    return {"name": book.looks.font, "size": 9, "color": INK}


def _count(plot: Plot) -> int:
    first, _, last, _ = plot.categories
    return last - first + 1


def _series(sheet: Worksheet, plot: Plot, series: Series) -> dict[str, Any]:
    name = sheet.get_name()
    size = 7 if _count(plot) > CROWDED and not plot.bars else 8
    return {
        "name": [name, *series.name],
        "categories": [name, *plot.categories],
        "values": [name, *series.values],
        "fill": {"color": series.colour},
        "border": {"none": True},
        "gap": 60,
        "overlap": 0,
        "data_labels": {
            "value": True,
            "num_format": plot.number,
            "font": {"size": size, "color": INK},
        },
    }


PAIR = (MIDDLE, DARK)
