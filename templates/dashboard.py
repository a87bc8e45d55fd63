"""The sheet Dashboard: what to know in a minute; page one to look at, the others to look up."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from xlsxwriter.format import Format

from segmentation.standings import MOST_AT_RISK, MOST_TOP, STEPS
from segmentation.trend import MONTHS
from templates import charts, dashboard_charts, dashboard_tables
from templates.book import Book
from templates.charts import Place
from templates.dashboard_charts import MANY_TIERS
from templates.dashboard_formulas import RiskFormulas
from templates.dashboard_grid import LEFT, LEFT_CUT, LEFT_WIDTHS, RIGHT, ROW, SPACE, Grid
from templates.dashboard_tables import customer_row
from templates.looks import ALARM, COUNT, DARK, DATE, LIGHT, MIDDLE, PAPER, QUIET

Draw = Callable[[], None]
HEADLINES = 8
BAND = 240
SECOND_BAND = 330
AIR = 8
LEFT_END = LEFT + len(LEFT_WIDTHS) - 1
BLOCK: Mapping[str, object] = {
    "bg_color": LIGHT,
    "align": "left",
    "indent": 1,
    "left": 5,
    "left_color": PAPER,
}
HEAT_LOWEST, HEAT_TALLEST = 15, 60


class Dashboard:
    """The sheet while it is being drawn, from top to bottom."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.grid = Grid(book)
        self.sheet = self.grid.sheet
        self.words = book.words
        self.first: dict[str, int] = {}
        self.segments = book.shape.segments if self._told("segments") else ()

    def draw(self) -> None:
        """Draw the sheet. Tables are placed before the charts that show them."""
        grid = self.grid
        grid.columns()
        self._head()
        self._key_figures()
        self._headlines()
        more = self._told("scores") or self._told("stages") or self.segments
        band = BAND if more else BAND + SECOND_BAND
        first_band = grid.band(band)
        grid.rows(pixels=SPACE)
        second_band, height = self._second_band()
        grid.new_page()
        tall = self._many_tiers()
        self._tables()
        self._charts((first_band, second_band), (band, height), tall)
        grid.finish()

    def _head(self) -> None:
        row = self.grid.rows(pixels=36)
        title = self.words(
            "template.heading", title=self.book.shape.title, sheet=self.sheet.get_name()
        )
        self.sheet.write_string(row, LEFT, title, self.book.looks.title())
        row = self.grid.rows()
        how = "live" if self.book.shape.live else "fixed"
        note = self.words(f"dashboard.{how}")
        self.book.named_note("FenjiDashboardNote", self.sheet, (row, LEFT), note)
        self.grid.rows(pixels=8)

    def _key_figures(self) -> None:
        labels, values = self.grid.rows(), self.grid.rows(pixels=36)
        risk = self._risk_formulas()
        figures = (
            ("customers", "FenjiCustomerCount", COUNT, (LEFT, LEFT)),
            ("amount", "FenjiAmountTotal", COUNT, (LEFT + 1, LEFT + 2)),
            ("as_of", "FenjiDashboardAsOf", DATE, (LEFT + 3, LEFT + 4)),
            ("up", "FenjiMovesUp", COUNT, (LEFT + 5, LEFT + 5)),
            ("down", "FenjiMovesDown", COUNT, (LEFT + 6, LEFT + 6)),
            ("at_risk_count", "FenjiAtRiskCount", COUNT, (RIGHT, RIGHT + 1)),
            ("at_risk_amount", "FenjiAtRiskAmount", COUNT, (RIGHT + 2, self.grid.last_column)),
        )
        for key, name, number, cols in figures:
            label = self.words(f"dashboard.{key}")
            large = self._large(number, alarm=key.startswith("at_risk"))
            self._key_figure(name, (label, large), (labels, values), cols, risk.get(key))
        row = self.grid.rows()
        none = self.words("dashboard.no_moves")
        self.book.named_note("FenjiDashboardMoves", self.sheet, (row, LEFT), none)
        note = self.words("dashboard.at_risk_note")
        self.sheet.write_string(row, RIGHT, note, self.book.looks.note())
        self.grid.rows(pixels=SPACE)

    def _risk_formulas(self) -> dict[str, str]:
        if not self.book.shape.live:
            return {}
        formulas = RiskFormulas(stage=self.words("stage.dormant"), words=self.words)
        return {"at_risk_count": formulas.count(), "at_risk_amount": formulas.amount()}

    def _large(self, number: str, *, alarm: bool) -> Format:
        return self.book.looks.format(
            font_size=18,
            bold=True,
            font_color=ALARM if alarm else DARK,
            num_format=number,
            valign="vcenter",
            shrink=True,
            **BLOCK,
        )

    def _key_figure(
        self,
        name: str,
        shown: tuple[str, Format],
        rows: tuple[int, int],
        cols: tuple[int, int],
        formula: str | None,
    ) -> None:
        """A label, and the named cell below it."""
        label, large = shown
        small = self.book.looks.format(font_color=QUIET, **BLOCK)
        if cols[0] == cols[1]:
            self.sheet.write_string(rows[0], cols[0], label, small)
            self.book.name_cell(name, self.sheet, rows[1], cols[0], large)
        else:
            self.sheet.merge_range(rows[0], cols[0], rows[0], cols[1], label, small)
            self.book.name_merged(name, self.sheet, rows[1], cols, large)
        if formula:
            self.sheet.write_formula(rows[1], cols[0], formula, large, "")

    def _headlines(self) -> None:
        looks = self.book.looks
        row = self.grid.rows(pixels=26)
        self.sheet.write_string(row, LEFT, self.words("dashboard.headlines"), looks.heading())
        line = looks.format(
            font_size=11, valign="vcenter", text_wrap=True, left=5, left_color=MIDDLE, indent=1
        )
        half = HEADLINES // 2
        first = self.grid.rows(pixels=30, count=half)
        for number in range(HEADLINES):
            right = number >= half
            cols = (RIGHT, self.grid.last_column) if right else (LEFT, LEFT_END)
            name = f"FenjiHeadline{number + 1}"
            self.book.name_merged(name, self.sheet, first + number % half, cols, line)
        self.grid.rows(pixels=SPACE)

    def _heats(self) -> tuple[int, int]:
        """The heat maps on the right of the second band, one above the other; gives the first row
        and the height of the charts beside them."""
        grid, rows = self.grid, self.book.shape.bins[0]
        amounts = self._told("money")
        frame = (1 + amounts) * dashboard_tables.heat_height(0, 0) + ROW
        fits = (SECOND_BAND - frame) // ((1 + amounts) * rows)
        row = max(HEAT_LOWEST, min(HEAT_TALLEST, fits))
        one = dashboard_tables.heat_height(rows, row)
        first = dashboard_tables.heat(grid, amounts=False, row=row)
        note = grid.rows()
        self.sheet.write_string(
            note, RIGHT, self.words("dashboard.heat_note"), self.book.looks.note()
        )
        pages = grid.pages()
        if amounts:
            grid.keep_together(one)
            dashboard_tables.heat(grid, amounts=True, row=row)
        if grid.pages() > pages:
            return first, one
        used = frame + (1 + amounts) * rows * row
        spare = max(0, SECOND_BAND - used)
        grid.band(spare)
        return first, used + spare

    def _second_band(self) -> tuple[int, int]:
        if self._told("scores"):
            return self._heats()
        there = self._told("stages") or self.segments
        return (self.grid.band(SECOND_BAND) if there else self.grid.row), SECOND_BAND

    def _told(self, part: str) -> bool:
        return part not in self.book.shape.silent

    def _many_tiers(self) -> Place | None:
        """Room for a chart of more tiers than fit beside others."""
        tiers = len(self.book.shape.tiers)
        if tiers <= MANY_TIERS:
            return None
        grid = self.grid
        height = 90 + tiers * max(11, min(28, (grid.page_height() - 100) // tiers))
        row = grid.band(height)
        grid.rows(pixels=SPACE)
        return Place(row=row, col=LEFT, width=grid.pixels(LEFT, grid.last_column), height=height)

    def _tables(self) -> None:
        grid, shape = self.grid, self.book.shape
        high, row = dashboard_tables.height, customer_row(shape.tiers)
        beside: list[Draw] = []
        if self._told("at_risk"):
            beside.append(lambda: self._customers("at_risk", "FenjiAtRisk", LEFT))
            if grid.narrow:
                grid.side_by_side(beside.pop(), height=high(MOST_AT_RISK, row))
        if self._told("money"):
            at = RIGHT if beside else LEFT
            beside.append(lambda: self._customers("top", "FenjiTop", at))
        longest = MOST_AT_RISK if len(beside) > 1 else MOST_TOP
        grid.side_by_side(*beside, height=high(longest, row))
        groups: list[Draw] = [lambda: self._group("tiers", "FenjiTiers", "tier", shape.tiers, LEFT)]
        if self._told("stages"):
            groups.append(
                lambda: self._group("stages", "FenjiStages", "stage", shape.stages, RIGHT)
            )
        grid.side_by_side(*groups, height=high(len(shape.tiers)))
        rest: list[Draw] = [self._months] if self._told("trend") else []
        if self.segments:
            rest.append(
                lambda: self._group("segments", "FenjiSegments", "segment", self.segments, LEFT)
            )
        grid.side_by_side(*rest, height=high(max(MONTHS, len(self.segments))))
        if self._told("money"):
            grid.side_by_side(self._shares, height=high(STEPS + 1))

    def _customers(self, title: str, name: str, left: int) -> None:
        first = dashboard_tables.customers(self.grid, title=title, name=name, left=left)
        self.first[name] = first

    def _group(self, title: str, name: str, key: str, names: tuple[str, ...], left: int) -> None:
        self.first[name] = dashboard_tables.group(
            self.grid, title=title, name=name, key=key, names=names, left=left
        )

    def _months(self) -> None:
        self.first["FenjiTrend"] = dashboard_tables.months(self.grid, left=RIGHT)

    def _shares(self) -> None:
        self.first["FenjiPareto"] = dashboard_tables.shares(self.grid, left=LEFT)

    def _charts(self, bands: tuple[int, int], heights: tuple[int, int], tall: Place | None) -> None:
        grid, drawn = self.grid, dashboard_charts.Charts(self.grid, self.first)
        first = [drawn.pareto()] if self._told("shares") else []
        if tall:
            charts.add(self.book, self.sheet, plot=drawn.tiers(bars=True), place=tall)
        else:
            first.insert(0, drawn.tiers(bars=False))
        if self._told("trend"):
            first.append(drawn.trend())
        second = [drawn.stages()] if self._told("stages") else []
        if self.segments:
            second.append(drawn.segments())
        whole = not self._told("scores")
        for row, plots, high, cut in (
            (bands[0], first, heights[0], _cuts(len(first), grid.last_column)),
            (bands[1], second, heights[1], _cuts(len(second), grid.last_column if whole else None)),
        ):
            for plot, (left, right) in zip(plots, cut, strict=True):
                # A little air to the chart beside it, where no column is between them.
                air = AIR if right == LEFT + LEFT_CUT - 1 else 0
                width = grid.pixels(left, right) - air
                place = Place(row=row, col=left, width=width, height=high)
                charts.add(self.book, self.sheet, plot=plot, place=place)


def _cuts(count: int, last: int | None) -> list[tuple[int, int]]:
    """First and last columns of so many charts side by side, up to ``last`` or on the left."""
    halves = [(LEFT, LEFT + LEFT_CUT - 1), (LEFT + LEFT_CUT, LEFT_END)]
    if last is None:
        return halves if count > 1 else [(LEFT, LEFT_END)][:count]
    whole = [(LEFT, LEFT_END), (RIGHT, last)]
    return {1: [(LEFT, last)], 2: whole, 3: [*halves, (RIGHT, last)]}.get(count, [])


def draw(book: Book) -> None:
    """Draw the sheet."""
    Dashboard(book).draw()
