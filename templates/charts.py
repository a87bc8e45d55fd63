"""The native charts of the dashboard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from xlsxwriter.chart import Chart
from xlsxwriter.utility import quote_sheetname, xl_range_abs
from xlsxwriter.worksheet import Worksheet

from templates.book import Book
from templates.looks import DARK, INK, LINE, MIDDLE, PAPER, QUIET

Cells = tuple[int, int, int, int]
Kind = Literal["column", "bar", "line", "area"]
CROWDED = 8
PAIR = (MIDDLE, DARK)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a chart stands: its top left cell and its size in pixels."""

    row: int
    col: int
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class Series:
    """One series: its name's cell and its values' cells.

    ``labelled`` says which of its points have their number beside them: all, none, or those
    given. A ``second`` axis on the right may measure it; ``quiet`` series are there to compare
    with.
    """

    name: tuple[int, int]
    values: Cells
    kind: Kind = "column"
    colour: str = DARK
    labelled: bool | tuple[int, ...] = True
    second: bool = False
    quiet: bool = False


@dataclass(frozen=True, kw_only=True)
class Axis:
    """A value axis: its title, its numbers' format, and its ends where they are fixed."""

    title: str
    number: str
    least: float | None = 0
    most: float | None = None


@dataclass(frozen=True, kw_only=True)
class Plot:
    """What a chart shows.

    ``axis`` measures the values, ``second`` those of series that ask for it, on the right;
    ``under`` is the title of the categories (``under_number`` their format), of which one in
    ``every`` is named. Only with a ``key`` the ranges have names. With ``edge`` the first and last
    category stand at the very edges.
    """

    title: str
    categories: Cells
    series: Sequence[Series]
    axis: Axis
    key: str = ""
    second: Axis | None = None
    under: str = ""
    under_number: str = ""
    every: int = 1
    legend: bool = True
    edge: bool = False


def add(book: Book, sheet: Worksheet, *, plot: Plot, place: Place) -> None:
    """Draw ``plot`` over the cells of ``sheet``, and name the ranges that it shows."""
    chart = _chart(book, sheet, plot)
    font = _font(book)
    chart.set_title({"name": plot.title, "name_font": font | {"size": 11, "color": DARK}})
    _axes(book, chart, plot)
    if plot.legend and len(plot.series) > 1:
        hidden = [i for i, series in enumerate(_drawn(plot)) if series.quiet]
        chart.set_legend({"position": "top", "font": font, "delete_series": hidden})
    else:
        chart.set_legend({"none": True})
    chart.set_chartarea({"border": {"color": LINE}, "fill": {"color": PAPER}})
    chart.show_blanks_as("gap")
    chart.set_size({"width": place.width, "height": place.height})
    sheet.insert_chart(
        place.row, place.col, chart, {"object_position": 1, "description": plot.title}
    )
    if plot.key:
        _name_ranges(book, sheet, plot)


def _drawn(plot: Plot) -> list[Series]:
    """The series in the order in which they are drawn: one kind after the other."""
    kinds = list(dict.fromkeys((series.kind, series.second) for series in plot.series))
    return [s for kind in kinds for s in plot.series if (s.kind, s.second) == kind]


def _chart(book: Book, sheet: Worksheet, plot: Plot) -> Chart:
    """The chart with its series; those of further kinds are drawn over the first."""
    charts: dict[tuple[Kind, bool], Chart] = {}
    for series in _drawn(plot):
        key = series.kind, series.second
        if key not in charts:
            made = book.workbook.add_chart({"type": series.kind})
            if not isinstance(made, Chart):
                raise TypeError(series.kind)
            charts[key] = made
        charts[key].add_series(_series(sheet, plot, series))
    first, *others = charts.values()
    for other in others:
        if plot.second:
            other.set_y2_axis(_value_axis(book, plot.second, lines=False))
        first.combine(other)
    return first


def _axes(book: Book, chart: Chart, plot: Plot) -> None:
    font = _font(book)
    title = {"name_font": font | {"bold": False, "color": QUIET}}
    axis: dict[str, Any] = title | {
        "num_font": font,
        "line": {"color": LINE},
        "major_tick_mark": "none",
        "minor_tick_mark": "none",
        # Where amounts fall below zero the names stay at the bottom.
        "label_position": "low",
    }
    if plot.under:
        axis["name"] = plot.under
    if plot.every > 1:
        axis |= {"interval_unit": plot.every, "interval_tick": plot.every}
    if plot.edge:
        axis["position_axis"] = "on_tick"
    if plot.under_number:
        axis["num_format"] = plot.under_number
    values = _value_axis(book, plot.axis, lines=True)
    if plot.series[0].kind != "bar":
        chart.set_x_axis(axis)
        chart.set_y_axis(values)
        return
    # The first category belongs at the top, while the value axis stays at the bottom.
    # Every name is shown: a segment without one can't be read.
    axis |= {"reverse": True, "crossing": "max", "interval_unit": 1}
    if _count(plot) > CROWDED:
        axis["num_font"] = font | {"size": 7}
    chart.set_y_axis(axis)
    chart.set_x_axis(values)


def _value_axis(book: Book, axis: Axis, *, lines: bool) -> dict[str, Any]:
    font = _font(book)
    found: dict[str, Any] = {
        "name": axis.title,
        "name_font": font | {"bold": False, "color": QUIET},
        "num_font": font | {"color": QUIET},
        "num_format": axis.number,
        "major_gridlines": {"visible": lines, "line": {"color": LINE, "width": 0.5}},
        "line": {"none": True},
        "major_tick_mark": "none",
    }
    ends = {"min": axis.least, "max": axis.most}
    return found | {key: value for key, value in ends.items() if value is not None}


def _font(book: Book) -> dict[str, Any]:
    return {"name": book.looks.font, "size": 9, "color": INK}


def _count(plot: Plot) -> int:
    first, _, last, _ = plot.categories
    return last - first + 1


def _series(sheet: Worksheet, plot: Plot, series: Series) -> dict[str, Any]:
    name = sheet.get_name()
    found: dict[str, Any] = {
        "name": [name, *series.name],
        "categories": [name, *plot.categories],
        "values": [name, *series.values],
        "y2_axis": series.second,
    }
    if series.kind == "line":
        width, dash = (1.0, "dash") if series.quiet else (2.25, "solid")
        found["line"] = {"color": series.colour, "width": width, "dash_type": dash}
        if series.second:
            fill = {"fill": {"color": PAPER}, "border": {"color": series.colour}}
            found["marker"] = {"type": "circle", "size": 5, **fill}
    else:
        found |= {"fill": {"color": series.colour}, "border": {"none": True}}
    if series.kind in ("column", "bar"):
        found |= {"gap": 60, "overlap": 0}
    return found | _labels(plot, series)


def _labels(plot: Plot, series: Series) -> dict[str, Any]:
    if series.labelled is False:
        return {}
    size = 7 if _count(plot) > CROWDED and series.kind == "column" else 8
    number = plot.second.number if series.second and plot.second else plot.axis.number
    labels: dict[str, Any] = {
        "value": True,
        "num_format": number,
        "font": {"size": size, "color": INK},
    }
    if isinstance(series.labelled, tuple):
        labels["custom"] = [
            {} if point in series.labelled else {"delete": True} for point in range(_count(plot))
        ]
        labels |= {"position": "left", "font": {"size": 10, "bold": True, "color": INK}}
    return {"data_labels": labels}


def _name_ranges(book: Book, sheet: Worksheet, plot: Plot) -> None:
    # The series themselves refer to cells: LibreOffice cuts a chart loose from names.
    ranges = {"Labels": plot.categories}
    ranges |= {str(n): series.values for n, series in enumerate(plot.series, start=1)}
    for part, cells in ranges.items():
        area = f"{quote_sheetname(sheet.get_name())}!{xl_range_abs(*cells)}"
        book.workbook.define_name(f"FenjiChart{plot.key}{part}", f"={area}")
