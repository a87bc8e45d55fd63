"""The sheet Customer card: one customer on a page to take along, found by number or name."""

from __future__ import annotations

import math
from collections.abc import Iterable

from xlsxwriter.worksheet import Worksheet

from templates.book import Book
from templates.card_search import BEST, Search, draw_search
from templates.customers import EXTRA_FORMATS, SEARCH_CELL, changes, tier_rules
from templates.looks import COUNT, DARK, INPUT, LIGHT, LINE, MIDDLE, MONEY, QUIET, SCORE, TEXT
from templates.references import CUSTOMERS, column
from templates.sentences import sentence
from templates.widths import BOLD

STRATEGY = "FenjiStrategy"
NAME = "FenjiCardSearch"
WIDTHS = (21.0, 25.0, 21.0, 25.0)
LAST = len(WIDTHS) - 1
ROW, LINE_HEIGHT = 22, 17
# Narrow characters in a line of the three columns beside a label.
ACROSS = 76
FEWEST, MOST_LINES = 2, 12
MOST_EXTRAS = 16
FORMATS = {"recency": COUNT, "frequency": COUNT, "monetary": MONEY, "score": SCORE}
FACTS = ("monetary", "frequency", "recency", "place", "r_score", "f_score", "m_score", "score")
KINDS = ("segment", "stage", "abc", "rfm")
TO_DO = ("strategy", "first_action", "owner", "contact_days", "service_floor")
OTHERS = 5


def draw(book: Book) -> None:
    """Draw the sheet."""
    sheet = book.sheets["card"]
    book.head(sheet, note=book.words("template.card.note"))
    for at, width in enumerate(WIDTHS):
        sheet.set_column(at, at, width)
    _Card(book, sheet).draw()
    book.page(sheet, landscape=False)
    sheet.fit_to_pages(1, 1)
    sheet.hide_gridlines(2)


class _Card:
    """The sheet while it is being drawn, from top to bottom."""

    def __init__(self, book: Book, sheet: Worksheet) -> None:
        self.book, self.sheet, self.words = book, sheet, book.words
        self.row = SEARCH_CELL[0]

    def draw(self) -> None:
        search = draw_search(self.book, self.sheet, NAME)
        self._search()
        self._who(search)
        for key in ("why", "next"):
            lines = math.ceil(max(self.book.shape.longest, 1) / ACROSS)
            text = self._customer(key)
            self._wide(self.words(f"header.{CUSTOMERS}.{key}"), text, lines=lines)
        self._facts()
        self._to_do()
        self._others(search)
        self.sheet.print_area(0, 0, self.row - 1, LAST)

    def _search(self) -> None:
        looks, words, (row, at) = self.book.looks, self.words, SEARCH_CELL
        self.sheet.set_row_pixels(row, 30)
        label = looks.format(bold=True, valign="vcenter", font_size=11)
        self.sheet.write_string(row, at - 1, words("template.card.search"), label)
        box = {"bg_color": INPUT, "border": 1, "border_color": MIDDLE, "num_format": TEXT}
        look = looks.format(
            bold=True, font_size=12, valign="vcenter", indent=1, locked=False, **box
        )
        self.book.name_cell(NAME, self.sheet, row, at, look)
        title, prompt = (words(f"template.card.prompt{end}") for end in ("_title", ""))
        said = {"validate": "any", "input_title": title, "input_message": prompt}
        self.sheet.data_validation(row, at, row, at, said)
        self.sheet.ignore_errors({"number_stored_as_text": "B4"})
        self.row = row + 1

    def _who(self, search: Search) -> None:
        """What was found, and then who it is, with the tier in its colour."""
        looks = self.book.looks
        note = looks.format(font_color=QUIET, valign="vcenter", text_wrap=True)
        self._merged(0, LAST, search.said, note, height=30)
        big = looks.format(
            bold=True, font_size=16, font_color=DARK, valign="vcenter", text_wrap=True
        )
        self._merged(0, LAST - 1, f"={search.who}", big, height=52, stay=True)
        tier = looks.format(
            bold=True, font_size=16, align="center", valign="vcenter", text_wrap=True
        )
        self.sheet.write_formula(self.row, LAST, self._customer("tier"), tier, "")
        tier_rules(self.book, self.sheet, (self.row, LAST, self.row, LAST))
        self.row += 1

    def _facts(self) -> None:
        header = self.words.section(f"header.{CUSTOMERS}")
        facts = [(header[k], self._customer(k), FORMATS.get(k, "0")) for k in FACTS if k != "place"]
        facts.insert(FACTS.index("place"), (self.words("template.card.place"), self._place(), "0"))
        facts += [(header[key], self._customer(key), "0") for key in KINDS]
        changed = [(key, text) for key, text in changes(self.book).items() if key != "graded_tier"]
        facts += [(text, self._found(text), "0") for _, text in changed]
        extras = self.book.shape.extras[:MOST_EXTRAS]
        facts += [
            (text, self._found(text), EXTRA_FORMATS.get(k, "General")) for _, text, k in extras
        ]
        self._heading("numbers")
        self._grid(facts)

    def _grid(self, facts: Iterable[tuple[str, str, str]]) -> None:
        """Labels and values, two a row."""
        label = self.book.looks.format(
            font_color=QUIET, valign="vcenter", text_wrap=True, bottom=1, bottom_color=LINE
        )
        at, height = 0, ROW
        for text, formula, shape in facts:
            value = self.book.looks.format(
                bold=True,
                valign="vcenter",
                align="left",
                num_format=shape,
                text_wrap=True,
                bottom=1,
                bottom_color=LINE,
            )
            self.sheet.write_string(self.row, at, text, label)
            self.sheet.write_formula(self.row, at + 1, formula, value, "")
            wide = BOLD * len(text.encode("gbk", "replace")) > WIDTHS[at]
            # Two facts share a row: the higher one decides.
            height = max(height if at else ROW, 2 * LINE_HEIGHT if wide else ROW)
            self.sheet.set_row_pixels(self.row, height)
            at = 2 - at
            self.row += at == 0
        self.row += at != 0

    def _to_do(self) -> None:
        """The strategy of the customer's tier."""
        header = self.words.section(f"header.{STRATEGY}")
        self._heading("to_do")
        for key in TO_DO:
            texts = [str(row.get(key) or "") for row in self.book.shape.strategies]
            lines = max([_lines(text) for text in texts], default=1)
            formula = self._shown(column(STRATEGY, header[key]), BEST.strategy)
            self._wide(header[key], formula, lines=lines, fewest=1)

    def _others(self, search: Search) -> None:
        self._heading("others")
        look = self.book.looks.format(valign="vcenter", bottom=1, bottom_color=LINE)
        for row in search.others[:OTHERS]:
            for at, key in enumerate(("customer", "name", "segment", "tier")):
                text = column(CUSTOMERS, self.words(f"header.{CUSTOMERS}.{key}"))
                formula = f'=IF(ISNUMBER({row}),INDEX({text},{row})&"","")'
                self.sheet.write_formula(self.row, at, formula, look, "")
            tier_rules(self.book, self.sheet, (self.row, LAST, self.row, LAST))
            self.sheet.set_row_pixels(self.row, ROW)
            self.row += 1

    def _customer(self, key: str) -> str:
        return self._found(self.words(f"header.{CUSTOMERS}.{key}"))

    def _found(self, header: str) -> str:
        return self._shown(column(CUSTOMERS, header), BEST.customer)

    @staticmethod
    def _shown(cells: str, row: str) -> str:
        """A value of the row that was found; a dash for a blank, nothing while nobody is found."""
        value = f"INDEX({cells},{row})"
        return f'=IF(ISNUMBER({row}),IF({value}="","–",{value}),"")'

    def _place(self) -> str:
        """Which place the customer has by amount."""
        amounts = column(CUSTOMERS, self.words(f"header.{CUSTOMERS}.monetary"))
        mine = f"INDEX({amounts},{BEST.customer})"
        place = sentence(
            self.words("template.card.place_of"),
            place=f"(1+SUMPRODUCT(ISNUMBER({amounts})*({amounts}>{mine})))",
            customers=f"COUNT({amounts})",
        )
        return f'=IF(ISNUMBER({BEST.customer}),IF(ISNUMBER({mine}),{place},"–"),"")'

    def _heading(self, key: str) -> None:
        look = self.book.looks.format(
            bold=True, font_size=11, font_color=DARK, bg_color=LIGHT, valign="vcenter"
        )
        self.sheet.set_row_pixels(self.row, 10)
        self.row += 1
        self.sheet.set_row_pixels(self.row, 24)
        for at in range(LAST + 1):
            self.sheet.write_blank(self.row, at, None, look)
        self.sheet.write_string(self.row, 0, self.words(f"template.card.{key}"), look)
        self.row += 1

    def _wide(self, label: str, formula: str, *, lines: int, fewest: int = FEWEST) -> None:
        looks = self.book.looks
        quiet = looks.format(
            font_color=QUIET, valign="top", text_wrap=True, bottom=1, bottom_color=LINE
        )
        self.sheet.write_string(self.row, 0, label, quiet)
        text = looks.format(valign="top", align="left", text_wrap=True, bottom=1, bottom_color=LINE)
        height = LINE_HEIGHT * min(MOST_LINES, max(fewest, lines)) + 8
        self._merged(1, LAST, formula, text, height=height)

    def _merged(
        self, left: int, right: int, formula: str, look: object, *, height: int, stay: bool = False
    ) -> None:
        self.sheet.merge_range(self.row, left, self.row, right, "", look)
        self.sheet.write_formula(self.row, left, formula, look, "")
        self.sheet.set_row_pixels(self.row, height)
        self.row += not stay


def _lines(text: str) -> int:
    """How many lines a text takes; a Chinese character is two wide."""
    return sum(
        max(1, math.ceil(len(line.encode("gbk", "replace")) / ACROSS)) for line in text.split("\n")
    )
