"""The sheet Lifetime value: how far the model of orders agrees with what happened."""

from __future__ import annotations

from collections.abc import Mapping

from segmentation.lifetime.tracking import MOST_REPEATS, REPEATS, SILENCES, WEEKS
from templates import charts
from templates.book import Book, Column
from templates.charts import Axis, Cells, Place, Plot, Series
from templates.looks import COUNT, DARK, MIDDLE, PAPER, TEXT

WEEK_TABLE, REPEAT_TABLE, ALIVE_TABLE = (
    "FenjiLifetimeWeeks",
    "FenjiLifetimeRepeats",
    "FenjiLifetimeAlive",
)
# Blocks of columns: charts and map, then the two tables that the charts show.
LEFT, FIRST_WIDTH, MAP_WIDTH = 1, 15.0, 8.5
LEFT_END = LEFT + len(REPEATS)
WEEKS_AT = LEFT_END + 2
REPEATS_AT = WEEKS_AT + 4
END = REPEATS_AT + 2
TABLE_WIDTHS = (13.0, 12.0, 12.0)
GAP = 2.0
ROW, TALL = 20, 36
LEAD, TOP = 2, 5
CHART_ROWS = 14
SENTENCE_ROWS = 2


def draw(book: Book) -> None:
    """Draw the sheet."""
    Page(book).draw()


class Page:
    """The sheet while it is being drawn."""

    def __init__(self, book: Book) -> None:
        self.book, self.words, self.looks = book, book.words, book.looks
        self.sheet = book.sheets["lifetime"]

    def draw(self) -> None:
        """Draw the sheet: charts on the left, what they show on the right."""
        self._columns()
        self.book.head(self.sheet, note=self.words("template.lifetime.note"))
        self._lead()
        self._tables()
        repeats_at = TOP + 1 + SENTENCE_ROWS + CHART_ROWS + 1
        alive_at = repeats_at + 1 + SENTENCE_ROWS + CHART_ROWS + 1
        self._block("weeks", "Weeks", TOP)
        self._chart(self._weeks(), TOP + 1 + SENTENCE_ROWS)
        self._block("repeats", "Repeats", repeats_at)
        self._chart(self._repeats(), repeats_at + 1 + SENTENCE_ROWS)
        self._block("alive", "Alive", alive_at)
        self._map(alive_at + 1 + SENTENCE_ROWS)
        self.sheet.hide_gridlines(2)
        self.book.page(self.sheet)
        self.sheet.fit_to_pages(1, 1)

    def _columns(self) -> None:
        widths: dict[int, float] = {0: GAP, LEFT: FIRST_WIDTH, LEFT_END + 1: GAP}
        widths |= dict.fromkeys(range(LEFT + 1, LEFT_END + 1), MAP_WIDTH)
        widths[REPEATS_AT - 1] = GAP
        for first in (WEEKS_AT, REPEATS_AT):
            widths |= {first + n: width for n, width in enumerate(TABLE_WIDTHS)}
        for column, width in widths.items():
            self.sheet.set_column(column, column, width)
        self._width = sum(int(widths[c] * 7 + 5) for c in range(LEFT, LEFT_END + 1))

    def _lead(self) -> None:
        """What is to be expected of all customers, and how sure that is."""
        line = self.looks.format(
            font_size=11, valign="vcenter", text_wrap=True, left=5, left_color=MIDDLE, indent=1
        )
        for row, name in ((LEAD, "FenjiLifetimeTotal"), (LEAD + 1, "FenjiLifetimeQuality")):
            self.sheet.set_row_pixels(row, TALL)
            self.book.name_merged(name, self.sheet, row, (LEFT, END), line)

    def _block(self, key: str, name: str, row: int) -> None:
        """A heading and the sentence below it."""
        self.sheet.write_string(row, LEFT, self.words(f"lifetime.{key}"), self.looks.heading())
        quiet = self.looks.note(text_wrap=True)
        cols = (LEFT, LEFT_END)
        self.book.name_merged(
            f"FenjiLifetime{name}Said", self.sheet, row + 1, cols, quiet, rows=SENTENCE_ROWS
        )

    def _tables(self) -> None:
        repeats = (*(f"{n}" for n in range(MOST_REPEATS)), f"{MOST_REPEATS}+")
        for name, title, left, rows, known in (
            (WEEK_TABLE, "weeks_table", WEEKS_AT, WEEKS, ()),
            (REPEAT_TABLE, "repeats_table", REPEATS_AT, len(repeats), repeats),
        ):
            self.sheet.write_string(
                TOP, left, self.words(f"lifetime.{title}"), self.looks.heading()
            )
            headers = self.words.section(f"header.{name}")
            columns = [
                Column(
                    header=header,
                    wishes={"valign": "vcenter", "num_format": COUNT if n else TEXT},
                    align="right" if n else "left",
                    values=() if n else known,
                )
                for n, header in enumerate(headers.values())
            ]
            self.book.table(name, self.sheet, at=(TOP + 1, left), columns=columns, rows=rows)
        for row in range(TOP + 2, TOP + 2 + WEEKS):
            self.sheet.set_row_pixels(row, ROW)
        self.sheet.set_row_pixels(TOP + 1, TALL)

    def _chart(self, plot: Plot, row: int) -> None:
        place = Place(row=row, col=LEFT, width=self._width, height=CHART_ROWS * ROW)
        charts.add(self.book, self.sheet, plot=plot, place=place)

    def _weeks(self) -> Plot:
        return self._both("Weeks", "weeks", WEEKS_AT, WEEKS, every=4)

    def _repeats(self) -> Plot:
        return self._both("Repeats", "repeats", REPEATS_AT, MOST_REPEATS + 1, every=1)

    def _both(self, key: str, title: str, left: int, rows: int, *, every: int) -> Plot:
        """What happened as columns, what the model expected as a line."""

        def column(offset: int) -> Cells:
            return TOP + 2, left + offset, TOP + 1 + rows, left + offset

        return Plot(
            key=f"Lifetime{key}",
            title=self.words(f"lifetime.{title}_chart"),
            categories=column(0),
            series=[
                Series(name=(TOP + 1, left + 1), values=column(1), colour=MIDDLE, labelled=False),
                Series(
                    name=(TOP + 1, left + 2),
                    values=column(2),
                    kind="line",
                    colour=DARK,
                    labelled=False,
                ),
            ],
            axis=Axis(title=self.words(f"lifetime.{title}_axis"), number=COUNT),
            under=self.words(f"lifetime.{title}_under"),
            every=every,
        )

    def _map(self, row: int) -> None:
        """The darker, the more likely still a customer."""
        usual: Mapping[str, object] = {"valign": "vcenter", "bottom": 0}
        cells = {**usual, "num_format": "0%", "border": 1, "border_color": PAPER}
        columns = [
            Column(
                header=self.words(f"header.{ALIVE_TABLE}.silence"),
                wishes={**usual, "num_format": COUNT, "bold": True},
                align="center",
            ),
            *(Column(header=f"{n}", wishes=cells, align="center") for n in REPEATS),
        ]
        self.book.table(ALIVE_TABLE, self.sheet, at=(row, LEFT), columns=columns, rows=SILENCES)
        self.sheet.conditional_format(
            row + 1,
            LEFT + 1,
            row + SILENCES,
            LEFT_END,
            {
                "type": "2_color_scale",
                "min_type": "num",
                "min_value": 0,
                "max_type": "num",
                "max_value": 1,
                "min_color": "#F4F8FB",
                "max_color": MIDDLE,
            },
        )
