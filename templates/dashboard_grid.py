"""Columns, rows and pages of the sheet Dashboard: two blocks that tables and charts share."""

from __future__ import annotations

from collections.abc import Callable

from xlsxwriter.worksheet import Worksheet

from templates.book import Book

LEFT = 1
LEFT_WIDTHS = (20.0, 16.0, 11.0, 15.0, 11.0, 13.0, 13.0)
# Where the left block is cut in two charts side by side.
LEFT_CUT = 3
RIGHT = LEFT + len(LEFT_WIDTHS) + 1
RIGHT_COLUMNS = 6
GAP = 2.0
SPACE = 10
FIRST_WIDTH = 14.0
# The wider the heat map, the narrower its columns: by how many scores of frequency there are.
SCORE_WIDTHS = ((6, 13.5), (10, 11.0), (20, 8.5))
ROW = 20
# What a page in landscape is high, in its width.
PAGE_HEIGHT = 0.665


class Grid:
    """The sheet while it is being drawn, from top to bottom."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.sheet: Worksheet = book.sheets["dashboard"]
        self.row = 0
        scores = book.shape.bins[1]
        self.last_column = RIGHT + max(RIGHT_COLUMNS, 1 + scores) - 1
        self.score_width = next((w for most, w in SCORE_WIDTHS if scores <= most), 7.0)
        self._height = 0
        self._breaks: list[int] = []

    @property
    def narrow(self) -> bool:
        """Whether the columns on the right are too narrow for a customer's name."""
        return self.score_width < SCORE_WIDTHS[0][1]

    def widths(self) -> list[float]:
        """The width of each column, the first included."""
        right = [FIRST_WIDTH, *[self.score_width] * (self.last_column - RIGHT)]
        return [GAP, *LEFT_WIDTHS, GAP, *right]

    def columns(self) -> None:
        """Set the widths of all columns."""
        for column, width in enumerate(self.widths()):
            self.sheet.set_column(column, column, width)

    def pixels(self, first: int, last: int) -> int:
        """How wide the columns from ``first`` to ``last`` are."""
        return sum(_pixels(width) for width in self.widths()[first : last + 1])

    def rows(self, *, pixels: int = ROW, count: int = 1) -> int:
        """The next rows; gives the first."""
        # Every height is set: charts then cover the same cells in every program and font.
        first = self.row
        for row in range(first, first + count):
            self.sheet.set_row_pixels(row, pixels)
        self.row += count
        self._height += pixels * count
        return first

    def band(self, pixels: int) -> int:
        """Rows that are so high together; gives the first."""
        whole, rest = divmod(pixels, ROW)
        first = self.rows(count=whole)
        if rest:
            self.rows(pixels=rest)
        return first

    def keep_together(self, pixels: int) -> None:
        """Begin a page where so much does not fit on this one."""
        if self._height + pixels > self.page_height():
            self.new_page()

    def side_by_side(self, *draws: Callable[[], object], height: int) -> None:
        """Draw each from the same row on; the next rows come below all of them.

        They stay on one page if so many pixels of them fit there.
        """
        if not draws:
            return
        self.keep_together(height)
        start, above = self.row, self._height
        ends = []
        for draw in draws:
            self.row, self._height = start, above
            draw()
            ends.append((self.row, self._height))
        self.row, self._height = max(ends)
        self.rows(pixels=SPACE)

    def pages(self) -> int:
        """How many pages were begun."""
        return len(self._breaks)

    def new_page(self) -> None:
        """Begin a page."""
        self._breaks.append(self.row)
        self._height = 0

    def page_height(self) -> int:
        """How many pixels of rows fit on a page."""
        return int(PAGE_HEIGHT * self.pixels(0, self.last_column))

    def finish(self) -> None:
        """Set the pages."""
        self.sheet.set_h_pagebreaks(self._breaks)
        self.sheet.print_area(0, 0, self.row, self.last_column)
        self.sheet.hide_gridlines(2)
        self.book.page(self.sheet)


def _pixels(width: float) -> int:
    # A digit of Calibri 11, which the workbook's Normal style keeps, is 7 pixels wide.
    return int(width * 7 + 5)
