"""The sheet Customers: one row a customer."""

from __future__ import annotations

import math

from xlsxwriter.utility import quote_sheetname, xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from templates.book import LAST_ROW, Book, Column, TwoWide
from templates.changes import DOWN, UP, change
from templates.formulas import CUSTOMERS, ONE_DIGIT, SCORES, ScoreFormulas, literal
from templates.looks import (
    ALARM,
    COUNT,
    DARK,
    DATE,
    LIGHT,
    LINE,
    MONEY,
    PAPER,
    QUIET,
    SCORE,
    SHARE,
    SOFT,
    TEXT,
    WHOLE,
    Align,
    ramp,
)
from templates.widths import header_height, name_width, word_width

HEADER_ROW = 3
FROZEN_COLUMNS = 2
WIDTHS = {
    "customer": 14.0,
    "name": 22.0,
    "recency": 15.0,
    "frequency": 10.0,
    "monetary": 16.0,
    "r_score": 6.0,
    "f_score": 6.0,
    "m_score": 6.0,
    "rfm": 8.0,
    "score": 10.0,
    "tier": 11.0,
    "segment": 19.0,
    "abc": 8.0,
    "stage": 11.0,
    "why": 46.0,
    "next": 38.0,
    "before": 9.0,
    "graded_tier": 9.0,
    "change": 11.0,
}
# Two lines of a sentence with air around them, or three.
ROW = 42
TALLEST = 150
LINE_HEIGHT = 15
# Longer sentences get wider columns, then higher rows; small type puts more into a width.
USUAL = 110
WIDER = {"why": 62.0, "next": 42.0}
PER_WIDTH = 1.0
# What fits across a page in landscape at 100 %, in widths of columns.
PAGE = 131.0
SMALLEST_PERCENT = 55
SENTENCES = ("why", "next")
FIRST_PAGE_ENDS = "abc"
PERCENT = 88
NUMBERS = {"recency": COUNT, "frequency": COUNT, "monetary": MONEY, "score": SCORE}
EXTRA_FORMATS = {
    "whole": COUNT,
    "tenth": "#,##0.0",
    "money": MONEY,
    "number": MONEY,
    "percent": SHARE,
}
# Where the customer card has its search cell.
SEARCH_CELL = (3, 1)
# Beside the source, on the first page.
LEGEND_COLUMN = 8
DORMANT = 2
IDS = ("customer", "name")
CENTRED = (*SCORES, "rfm", "score", "tier", "abc", "before", "graded_tier", "change")
CHANGES = "header_more.FenjiCustomers"
RIGHT = ("recency", "frequency", "monetary")
TIERS = ("tier", "before", "graded_tier")
WRAPPED = ("segment", "stage", "why", "next", *TIERS, "change")


def draw(book: Book) -> None:
    """Draw the sheet."""
    sheet = book.sheets["customers"]
    columns = _columns(book)
    _head(book, sheet)
    book.table(CUSTOMERS, sheet, at=(HEADER_ROW, 0), columns=columns, filters=True)
    sheet.set_row_pixels(
        HEADER_ROW, header_height((text, _width(book, key)) for key, text, _ in book.shape.extras)
    )
    sheet.set_row_pixels(HEADER_ROW + 1, _row_height(book))
    sheet.freeze_panes(HEADER_ROW + 1, FROZEN_COLUMNS)
    # Customer numbers are text so that leading zeros stay; that is no mistake to be marked.
    sheet.ignore_errors({"number_stored_as_text": f"A{HEADER_ROW + 2}:B{LAST_ROW + 1}"})
    _highlight(book, sheet)
    # What changed stays on the screen: the page ends with the sentences.
    keys = list(_headers(book))
    sheet.print_area(0, 0, LAST_ROW, len(keys) - 1)
    second = keys.index(FIRST_PAGE_ENDS) + 1
    widths = [_width(book, key) for key in keys]
    across = sum(widths[:FROZEN_COLUMNS]) + sum(widths[second:])
    percent = max(SMALLEST_PERCENT, min(PERCENT, int(100 * PAGE / across)))
    wide = TwoWide(second=second, repeated=FROZEN_COLUMNS, percent=percent)
    book.page(sheet, header_row=HEADER_ROW, wide=wide)


def _width(book: Book, key: str) -> float:
    if key in WIDER and book.shape.longest > USUAL:
        return WIDER[key]
    if key in TIERS:
        return max(WIDTHS[key], *(name_width(name) for name in book.shape.tiers))
    if key == "change":
        # "B → A ▲": two names, one below the other where they are long.
        return max(WIDTHS[key], _width(book, "graded_tier") + 4)
    usual = 11.0 if _kind(book, key) in EXTRA_FORMATS else 14.0
    return WIDTHS.get(key, max(usual, word_width(_headers(book).get(key, ""))))


def _row_height(book: Book) -> int:
    if book.shape.longest <= USUAL:
        return ROW
    lines = math.ceil(book.shape.longest / (WIDER["why"] * PER_WIDTH))
    return min(TALLEST, max(ROW, LINE_HEIGHT * lines + 8))


def _head(book: Book, sheet: Worksheet) -> None:
    words, looks = book.words, book.looks
    sheet.set_row_pixels(0, 36)
    sheet.set_row_pixels(1, 20)
    sheet.set_row_pixels(2, 22)
    book.name_cell("FenjiTitle", sheet, 0, 0, looks.title())
    sheet.write_string(0, 0, book.shape.title, looks.title())
    sheet.write_string(1, 0, words("template.customers.as_of"), looks.note())
    date = looks.format(num_format=DATE, bold=True, align="left", valign="vcenter")
    book.name_cell("FenjiAsOf", sheet, 1, 1, date)
    sheet.write_string(1, 2, words("template.customers.source"), looks.note())
    book.name_cell("FenjiSource", sheet, 1, 3, looks.format(valign="vcenter"))
    if "card" in book.sheets:
        link = looks.format(font_color=DARK, underline=1, valign="vcenter", font_size=9)
        card = quote_sheetname(book.sheets["card"].get_name())
        text = words("template.customers.to_card")
        sheet.write_url(2, 0, f"internal:{card}!{xl_rowcol_to_cell(*SEARCH_CELL)}", link, text)
    lost = looks.format(font_color=ALARM, bold=True, font_size=9, valign="vcenter")
    legend = words("template.customers.at_risk", stage=_dormant(book))
    sheet.write_string(1, LEGEND_COLUMN, legend, lost)
    how = "live" if book.shape.live else "fixed"
    note = words(f"template.customers.{how}")
    # Not in the first columns: every second page repeats them, and would show half a line.
    book.named_note("FenjiCustomersNote", sheet, (2, FROZEN_COLUMNS), note)


def _headers(book: Book) -> dict[str, str]:
    """Header by key, with the scheme's further columns before the sentences."""
    headers = dict(book.words.section(f"header.{CUSTOMERS}"))
    ends = {key: headers.pop(key) for key in SENTENCES}
    return headers | {key: header for key, header, _ in book.shape.extras} | ends


def changes(book: Book) -> dict[str, str]:
    """The headers of what changed, by key: the tier before, and what a change of the model does."""
    there = {"before"} if book.shape.moves else set()
    there |= {"graded_tier", "change"} if book.shape.live else set()
    return {key: text for key, text in book.words.section(CHANGES).items() if key in there}


def _columns(book: Book) -> list[Column]:
    headers = _headers(book) | changes(book)
    formulas = ScoreFormulas(words=book.words, shape=book.shape).by_key() if book.shape.live else {}
    formulas = {**formulas, "change": change(book.words)} if book.shape.live else formulas
    return [
        Column(
            header=header,
            width=_width(book, key),
            wishes=_wishes(book, key),
            align=_align(book, key),
            formula=formulas.get(key),
        )
        for key, header in headers.items()
    ]


def _kind(book: Book, key: str) -> str:
    """The kind of number in a further column; empty for the others."""
    return next((kind for name, _, kind in book.shape.extras if name == key), "")


def _align(book: Book, key: str) -> Align:
    if key in CENTRED:
        return "center"
    return "right" if key in RIGHT or _kind(book, key) in EXTRA_FORMATS else "left"


def _wishes(book: Book, key: str) -> dict[str, object]:
    wishes: dict[str, object] = {"valign": "vcenter"}
    kind = _kind(book, key)
    if kind:
        wishes |= (
            {"num_format": EXTRA_FORMATS[kind]} if kind in EXTRA_FORMATS else {"text_wrap": True}
        )
    elif key in NUMBERS:
        wishes["num_format"] = NUMBERS[key]
    elif key in IDS:
        wishes |= {"num_format": TEXT, "text_wrap": True}
    elif key in SCORES or (key == "rfm" and max(book.shape.bins) <= ONE_DIGIT):
        wishes["num_format"] = WHOLE
    if key in WRAPPED:
        wishes["text_wrap"] = True
    if key in SENTENCES:
        wishes["font_size"] = 9
    return wishes


def _highlight(book: Book, sheet: Worksheet) -> None:
    keys = list(_headers(book) | changes(book))

    def whole(key: str) -> tuple[int, int, int, int]:
        # To the end of the sheet: the table grows, and its rules with it.
        return HEADER_ROW + 1, keys.index(key), LAST_ROW, keys.index(key)

    tier_rules(book, sheet, whole("tier"))
    _at_risk(book, sheet, keys)
    if "before" in keys:
        tier_rules(book, sheet, whole("before"))
    for sign, colour in ((UP, DARK), (DOWN, ALARM)) if "change" in keys else ():
        look = book.looks.rule(font_color=colour, bold=True)
        rule = {"type": "text", "criteria": "ends with", "value": sign, "format": look}
        sheet.conditional_format(*whole("change"), rule)
    for key, bins in zip(SCORES, book.shape.bins, strict=True):
        sheet.conditional_format(
            *whole(key),
            {
                "type": "2_color_scale",
                "min_type": "num",
                "min_value": 1,
                "max_type": "num",
                "max_value": max(2, bins),
                "min_color": PAPER,
                "max_color": SOFT,
            },
        )
    sheet.conditional_format(
        *whole("monetary"),
        {
            "type": "data_bar",
            "data_bar_2010": True,
            "bar_solid": True,
            "bar_color": "#BBD6EA",
            "bar_border_color": "#BBD6EA",
            "bar_negative_color": LIGHT,
            "bar_negative_border_color": QUIET,
            "min_type": "num",
            "min_value": 0,
            "bar_axis_color": LINE,
        },
    )


def _dormant(book: Book) -> str:
    """What the third stage (new, active, dormant, lost) is called."""
    stages = book.shape.stages
    return stages[min(DORMANT, len(stages) - 1)]


def _at_risk(book: Book, sheet: Worksheet, keys: list[str]) -> None:
    """Who is about to be lost: large customers that have been silent for too long."""
    first = HEADER_ROW + 2
    stage, abc = (xl_col_to_name(keys.index(key)) for key in ("stage", "abc"))
    dormant = f"${stage}{first}={literal(_dormant(book))}"
    look = book.looks.rule(font_color=ALARM, bold=True)
    criteria = f'=AND({dormant},OR(${abc}{first}="A",${abc}{first}="B"))'
    rule = {"type": "formula", "criteria": criteria, "format": look}
    for key in ("customer", "stage"):
        at = keys.index(key)
        sheet.conditional_format(HEADER_ROW + 1, at, LAST_ROW, at, rule)


def tier_rules(book: Book, sheet: Worksheet, cells: tuple[int, int, int, int]) -> None:
    """Colour the cells by the tier that stands in them."""
    tiers = book.shape.tiers
    for name, shade in zip(tiers, ramp(len(tiers)), strict=True):
        # Where there are many tiers, neighbours of one colour differ in their letters.
        letters: dict[str, object] = {"italic": True} if shade.italic else {}
        letters |= {"underline": 1} if shade.underline else {}
        rule = book.looks.rule(
            bg_color=shade.fill, font_color=shade.ink, bold=shade.bold, **letters
        )
        sheet.conditional_format(
            *cells, {"type": "cell", "criteria": "==", "value": literal(name), "format": rule}
        )
