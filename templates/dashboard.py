"""The sheet Dashboard: what to know in a minute; page one to look at, page two to look up."""

from __future__ import annotations

from itertools import accumulate

from xlsxwriter.worksheet import Worksheet

from templates import charts
from templates.book import Book, Column
from templates.charts import Place, Plot, Series
from templates.customers import tier_rules
from templates.formulas import GroupFormulas, heat_count
from templates.looks import COUNT, DARK, DATE, LIGHT, MIDDLE, PAPER, QUIET, SHARE

LEFT = 1
LEFT_WIDTHS = (20.0, 11.0, 11.0, 15.0, 11.0, 13.0, 13.0)
RIGHT = LEFT + len(LEFT_WIDTHS) + 1
GAP = 2.0
HEAT_FIRST_WIDTH = 14.0
HEAT_WIDTH = 12.0
RIGHT_COLUMNS = 6
HEADLINES = 5
ROW = 20
BAND = 280
HEAT_ROWS_ABOVE = 3
HEAT_TALLEST = 80
FORMATS = {
    "customers": COUNT,
    "customer_share": SHARE,
    "monetary": COUNT,
    "monetary_share": SHARE,
    "mean_monetary": COUNT,
    "mean_recency": COUNT,
}


class Dashboard:
    """The sheet while it is being drawn, from top to bottom."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.sheet: Worksheet = book.sheets["dashboard"]
        self.words = book.words
        self.row = 0
        self.heat_columns = book.shape.bins[1]
        self.last_column = RIGHT + max(RIGHT_COLUMNS, 1 + self.heat_columns) - 1

    def draw(self) -> None:
        """Draw the sheet. Tables are placed before the charts that show them."""
        self._columns()
        self._head()
        self._key_figures()
        self._headlines()
        first_band = self._rows(pixels=ROW, count=BAND // ROW)
        self._rows(pixels=10)
        second_band, height = self._heat()
        page_two = self.row
        tiers, segments, stages = self._tables()
        left, right = self._left_width(), self._right_width()
        wide = left if segments is not None else left + _pixels(GAP) + right
        self._tier_chart(tiers, Place(row=first_band, col=LEFT, width=wide, height=BAND))
        if segments is not None:
            beside = Place(row=first_band, col=RIGHT, width=right, height=BAND)
            self._bar_chart("segments", "FenjiSegments", segments, beside)
        below = Place(row=second_band, col=LEFT, width=left, height=height)
        self._bar_chart("stages", "FenjiStages", stages, below)
        self.sheet.set_h_pagebreaks([page_two])
        self.sheet.print_area(0, 0, self.row, self.last_column)
        self.sheet.hide_gridlines(2)
        self.book.page(self.sheet)

    def _rows(self, *, pixels: int, count: int = 1) -> int:
        # Every height is set: charts then cover the same cells in every program and font.
        first = self.row
        for row in range(first, first + count):
            self.sheet.set_row_pixels(row, pixels)
        self.row += count
        return first

    def _columns(self) -> None:
        self.sheet.set_column(0, 0, GAP)
        for offset, width in enumerate(LEFT_WIDTHS):
            self.sheet.set_column(LEFT + offset, LEFT + offset, width)
        self.sheet.set_column(RIGHT - 1, RIGHT - 1, GAP)
        self.sheet.set_column(RIGHT, RIGHT, HEAT_FIRST_WIDTH)
        self.sheet.set_column(RIGHT + 1, self.last_column, HEAT_WIDTH)

    def _left_width(self) -> int:
        return sum(_pixels(width) for width in LEFT_WIDTHS)

    def _right_width(self) -> int:
        return _pixels(HEAT_FIRST_WIDTH) + (self.last_column - RIGHT) * _pixels(HEAT_WIDTH)

    def _head(self) -> None:
        row = self._rows(pixels=36)
        title = self.words(
            "template.heading", title=self.book.shape.title, sheet=self.sheet.get_name()
        )
        self.sheet.write_string(row, LEFT, title, self.book.looks.title())
        row = self._rows(pixels=ROW)
        how = "live" if self.book.shape.live else "fixed"
        note = self.words(f"dashboard.{how}")
        self.book.named_note("FenjiDashboardNote", self.sheet, (row, LEFT), note)
        self._rows(pixels=8)

    def _key_figures(self) -> None:
        looks = self.book.looks
        labels, values = self._rows(pixels=ROW), self._rows(pixels=36)
        figures = (
            ("customers", "FenjiCustomerCount", COUNT),
            ("amount", "FenjiAmountTotal", COUNT),
            ("as_of", "FenjiDashboardAsOf", DATE),
        )
        block: dict[str, object] = {"bg_color": LIGHT, "align": "left", "indent": 1}
        block |= {"left": 5, "left_color": PAPER}
        small = looks.format(font_color=QUIET, **block)
        for (key, name, number), cols in zip(figures, self._thirds(), strict=True):
            large = looks.format(
                font_size=18,
                bold=True,
                font_color=DARK,
                num_format=number,
                valign="vcenter",
                **block,
            )
            self.sheet.merge_range(
                labels, cols[0], labels, cols[1], self.words(f"dashboard.{key}"), small
            )
            self.book.name_merged(name, self.sheet, values, cols, large)
        self._rows(pixels=10)

    def _thirds(self) -> list[tuple[int, int]]:
        """First and last columns of three blocks, as equal as the columns allow."""
        widths = [*LEFT_WIDTHS, GAP, HEAT_FIRST_WIDTH]
        widths += [HEAT_WIDTH] * (self.last_column - RIGHT)
        ends = list(accumulate(widths))
        thirds = [ends[-1] / 3, ends[-1] * 2 / 3]
        cuts = [min((abs(end - third), i) for i, end in enumerate(ends))[1] for third in thirds]
        lasts = [*(LEFT + cut for cut in cuts), self.last_column]
        return list(zip([LEFT, *(last + 1 for last in lasts[:2])], lasts, strict=True))

    def _headlines(self) -> None:
        looks = self.book.looks
        row = self._rows(pixels=26)
        self.sheet.write_string(row, LEFT, self.words("dashboard.headlines"), looks.heading())
        for number in range(1, HEADLINES + 1):
            row = self._rows(pixels=24)
            line = looks.format(
                font_size=11, valign="vcenter", text_wrap=True, left=5, left_color=MIDDLE, indent=1
            )
            cols = (LEFT, self.last_column)
            self.book.name_merged(f"FenjiHeadline{number}", self.sheet, row, cols, line)
        self._rows(pixels=10)

    def _heat(self) -> tuple[int, int]:
        """The heat map on the right of the second band; gives the band's first row and height."""
        looks, (r_bins, f_bins, _) = self.book.looks, self.book.shape.bins
        top = self._rows(pixels=ROW, count=HEAT_ROWS_ABOVE)
        self.sheet.write_string(top, RIGHT, self.words("dashboard.heat"), looks.heading())
        self.sheet.write_string(top + 1, RIGHT, self.words("dashboard.heat_note"), looks.note())
        height = min(HEAT_TALLEST, max(ROW, (BAND - HEAT_ROWS_ABOVE * ROW) // r_bins))
        self._rows(pixels=height, count=r_bins)
        used = HEAT_ROWS_ABOVE * ROW + r_bins * height
        spare = max(0, BAND - used) // ROW
        self._rows(pixels=ROW, count=spare)
        frame: dict[str, object] = {"valign": "vcenter", "bottom": 0}
        columns = [
            Column(
                header=self.words("header.FenjiHeat.r_score"),
                wishes=frame | {"num_format": '"R"0', "bold": True},
                align="center",
                values=range(r_bins, 0, -1),
            )
        ]
        columns += [
            Column(
                header=f"F{number}",
                wishes=frame | {"num_format": COUNT, "border": 1, "border_color": PAPER},
                align="center",
                formula=heat_count(words=self.words, frequency=number),
            )
            for number in range(1, f_bins + 1)
        ]
        self.book.table(
            "FenjiHeat",
            self.sheet,
            at=(top + HEAT_ROWS_ABOVE - 1, RIGHT),
            columns=columns,
            rows=r_bins,
        )
        first = top + HEAT_ROWS_ABOVE
        self.sheet.conditional_format(
            first,
            RIGHT + 1,
            first + r_bins - 1,
            RIGHT + f_bins,
            {"type": "2_color_scale", "min_color": "#F4F8FB", "max_color": MIDDLE},
        )
        return top, used + spare * ROW

    def _tables(self) -> tuple[int, int | None, int]:
        """The tables of page two; gives the first data rows of tiers, segments and stages."""
        shape = self.book.shape
        self._rows(pixels=10)
        start = self.row
        tiers = self._group("tiers", "FenjiTiers", "tier", shape.tiers, LEFT)
        tier_rules(self.book, self.sheet, (tiers, LEFT, tiers + len(shape.tiers) - 1, LEFT))
        end, self.row = self.row, start
        stages = self._group("stages", "FenjiStages", "stage", shape.stages, RIGHT)
        self.row = max(end, self.row)
        if not shape.segments:
            return tiers, None, stages
        self._rows(pixels=10)
        segments = self._group("segments", "FenjiSegments", "segment", shape.segments, LEFT)
        return tiers, segments, stages

    def _group(self, title: str, name: str, key: str, names: tuple[str, ...], left: int) -> int:
        looks = self.book.looks
        row = self._rows(pixels=28)
        self.sheet.write_string(row, left, self.words(f"dashboard.{title}"), looks.heading())
        top = self._rows(pixels=40)
        formulas = GroupFormulas(table=name, key=key, names=names, words=self.words).by_key()
        columns = [
            Column(
                header=header,
                wishes={"valign": "vcenter"} | ({"num_format": FORMATS[k]} if k in FORMATS else {}),
                align="right" if k in FORMATS else "left",
                formula=formulas.get(k),
                values=names if k == key else (),
            )
            for k, header in self.words.section(f"header.{name}").items()
        ]
        first = self._rows(pixels=ROW, count=len(names))
        self.book.table(name, self.sheet, at=(top, left), columns=columns, rows=len(names))
        return first

    def _tier_chart(self, first: int, place: Place) -> None:
        keys = list(self.words.section("header.FenjiTiers"))
        last = first + len(self.book.shape.tiers) - 1
        shares = zip(("customer_share", "monetary_share"), charts.PAIR, strict=True)
        series = [
            Series(
                name=(first - 1, LEFT + keys.index(key)),
                values=(first, LEFT + keys.index(key), last, LEFT + keys.index(key)),
                colour=colour,
            )
            for key, colour in shares
        ]
        plot = Plot(
            title=self.words("dashboard.tier_chart"),
            categories=(first, LEFT, last, LEFT),
            series=series,
            axis=self.words("dashboard.share"),
            number="0%",
        )
        charts.add(self.book, self.sheet, plot=plot, place=place)

    def _bar_chart(self, title: str, name: str, first: int, place: Place) -> None:
        shape = self.book.shape
        names, left = (shape.segments, LEFT) if name == "FenjiSegments" else (shape.stages, RIGHT)
        last = first + len(names) - 1
        count = left + list(self.words.section(f"header.{name}")).index("customers")
        plot = Plot(
            title=self.words(f"dashboard.{title}_chart"),
            categories=(first, left, last, left),
            series=[Series(name=(first - 1, count), values=(first, count, last, count))],
            axis=self.words("dashboard.customers"),
            number=COUNT,
            bars=True,
        )
        charts.add(self.book, self.sheet, plot=plot, place=place)


def draw(book: Book) -> None:
    """Draw the sheet."""
    Dashboard(book).draw()


def _pixels(width: float) -> int:
    # A digit of Calibri 11, which the workbook's Normal style keeps, is 7 pixels wide.
    return int(width * 7 + 5)
