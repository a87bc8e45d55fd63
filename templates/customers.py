"""The sheet Customers: one row a customer."""

from __future__ import annotations

import math

from xlsxwriter.worksheet import Worksheet

from templates.book import LAST_ROW, Book, Column, TwoWide
from templates.formulas import CUSTOMERS, ONE_DIGIT, SCORES, ScoreFormulas, literal
from templates.looks import (
    COUNT,
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

HEADER_ROW = 3
FROZEN_COLUMNS = 2
WIDTHS = {
    "customer": 14.0,
    "name": 22.0,
    "recency": 12.0,
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
    "number": SCORE,
    "percent": SHARE,
}
IDS = ("customer", "name")
CENTRED = (*SCORES, "rfm", "score", "tier", "abc")
RIGHT = ("recency", "frequency", "monetary")
WRAPPED = ("segment", "stage", "why", "next")


def draw(book: Book) -> None:
    """Draw the sheet."""
    sheet = book.sheets["customers"]
    columns = _columns(book)
    _head(book, sheet)
    book.table(CUSTOMERS, sheet, at=(HEADER_ROW, 0), columns=columns, filters=True)
    sheet.set_row_pixels(HEADER_ROW, 44)
    sheet.set_row_pixels(HEADER_ROW + 1, _row_height(book))
    sheet.freeze_panes(HEADER_ROW + 1, FROZEN_COLUMNS)
    # Customer numbers are text so that leading zeros stay; that is no mistake to be marked.
    sheet.ignore_errors({"number_stored_as_text": f"A{HEADER_ROW + 2}:B{LAST_ROW + 1}"})
    _highlight(book, sheet)
    keys = list(_headers(book))
    second = keys.index(FIRST_PAGE_ENDS) + 1
    widths = [_width(book, key) for key in keys]
    across = sum(widths[:FROZEN_COLUMNS]) + sum(widths[second:])
    percent = max(SMALLEST_PERCENT, min(PERCENT, int(100 * PAGE / across)))
    wide = TwoWide(second=second, repeated=FROZEN_COLUMNS, percent=percent)
    book.page(sheet, header_row=HEADER_ROW, wide=wide)


def _width(book: Book, key: str) -> float:
    if key in WIDER and book.shape.longest > USUAL:
        return WIDER[key]
    return WIDTHS.get(key, 11.0 if _kind(book, key) in EXTRA_FORMATS else 14.0)


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
    how = "live" if book.shape.live else "fixed"
    note = words(f"template.customers.{how}")
    # Not in the first columns: every second page repeats them, and would show half a line.
    book.named_note("FenjiCustomersNote", sheet, (2, FROZEN_COLUMNS), note)


def _headers(book: Book) -> dict[str, str]:
    """Header by key, with the scheme's further columns before the sentences."""
    headers = dict(book.words.section(f"header.{CUSTOMERS}"))
    ends = {key: headers.pop(key) for key in SENTENCES}
    return headers | {key: header for key, header, _ in book.shape.extras} | ends


def _columns(book: Book) -> list[Column]:
    headers = _headers(book)
    formulas = ScoreFormulas(words=book.words, shape=book.shape).by_key() if book.shape.live else {}
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
    keys = list(_headers(book))

    def whole(key: str) -> tuple[int, int, int, int]:
        # To the end of the sheet: the table grows, and its rules with it.
        return HEADER_ROW + 1, keys.index(key), LAST_ROW, keys.index(key)

    tier_rules(book, sheet, whole("tier"))
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


def tier_rules(book: Book, sheet: Worksheet, cells: tuple[int, int, int, int]) -> None:
    """Colour the cells by the tier that stands in them."""
    tiers = book.shape.tiers
    for name, shade in zip(tiers, ramp(len(tiers)), strict=True):
        rule = book.looks.rule(bg_color=shade.fill, font_color=shade.ink, bold=shade.bold)
        sheet.conditional_format(
            *cells, {"type": "cell", "criteria": "==", "value": literal(name), "format": rule}
        )
