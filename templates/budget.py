"""The sheet Budget: an amount of money spread over the tiers, by formulas that show their steps."""

from __future__ import annotations

import math

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_cell_to_rowcol, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from templates import charts
from templates.book import Book, Column
from templates.budget_formulas import (
    EXPONENT,
    LEAST_EXPONENT,
    MOST,
    MOST_EXPONENT,
    TABLE,
    WAYS,
    BudgetFormulas,
    Cells,
)
from templates.charts import Axis, Place, Plot, Series
from templates.customers import tier_rules
from templates.looks import ALARM, COUNT, DARK, INPUT, LIGHT, LINE, MIDDLE, MONEY, QUIET, SHARE
from templates.settings import TEXT_LIMIT, TITLE_LIMIT

INPUTS = ("amount", "way", "least", "exponent")
NAMES = {key: f"FenjiBudget{key.capitalize()}" for key in (*INPUTS, "check")}
FIRST_INPUT, CHECK_ROW, HEADER_ROW = 2, 7, 9
# Labels stand over the first columns, the inputs' cells over these.
INPUT_COLUMNS = (3, 5)
NOTE_COLUMN = 6
# What is looked up on another sheet; without that sheet it is what somebody fills in.
SOURCES = {"dashboard": ("customers", "monetary"), "strategy": ("strategy_share",)}
EDITED = ("response", "floor", "ceiling")
WIDTHS = {
    "tier": 16.0,
    "customers": 11.0,
    "monetary": 17.0,
    "monetary_share": 10.0,
    "strategy_share": 11.0,
    "response": 10.0,
    "floor": 13.0,
    "ceiling": 13.0,
    "weight": 10.0,
    "allocated": 19.0,
    "budget_share": 10.0,
    "per_customer": 14.0,
    "why": 52.0,
}
STEP_WIDTH = 14.0
MOST_RESPONSE = 100.0
FORMATS = {
    "customers": COUNT,
    "monetary": MONEY,
    "monetary_share": SHARE,
    "strategy_share": SHARE,
    "response": "0.##",
    "floor": MONEY,
    "ceiling": MONEY,
    "weight": SHARE,
    "allocated": MONEY,
    "budget_share": SHARE,
    "per_customer": MONEY,
}
INPUT_FORMATS = {"amount": MONEY, "way": "@", "least": MONEY, "exponent": "0.0#"}
ROW, INPUT_ROW, TWO_LINES, WHY_ROW = 20, 24, 40, 32
LINE_HEIGHT, PER_LINE, NARROW = 18, 13, 0x2E7F
CHART_HEIGHT, CHART_WIDTH = 300, 1100
# So many tiers can have their numbers beside their columns.
LABELLED = 12


def draw(book: Book) -> None:
    """Draw the sheet."""
    sheet = book.sheets["budget"]
    book.head(sheet, note=book.words("template.budget.note"))
    _inputs(book, sheet)
    formulas = BudgetFormulas(words=book.words, cells=_cells())
    _check(book, sheet, formulas)
    _table(book, sheet, formulas)
    _steps(book, sheet, formulas)
    _chart(book, sheet)
    sheet.freeze_panes(HEADER_ROW + 1, 1)
    book.page(sheet, header_row=HEADER_ROW)
    last = HEADER_ROW + len(book.shape.tiers)
    sheet.print_area(0, 0, last + 2 + CHART_HEIGHT // ROW, len(WIDTHS) - 1)


def _cells() -> Cells:
    """The inputs stand above the table; the steps above its hidden columns."""
    steps = ("chosen", "total", "power", "basis", "state", "point", "slope", "level", "left")
    value = len(WIDTHS) + 1
    places = {
        "chosen": (FIRST_INPUT, value),
        "total": (FIRST_INPUT + 1, value),
        "power": (FIRST_INPUT + 2, value),
        "basis": (FIRST_INPUT + 3, value),
        "state": (CHECK_ROW, value),
        "point": (FIRST_INPUT, value + 2),
        "slope": (FIRST_INPUT + 1, value + 2),
        "level": (FIRST_INPUT + 2, value + 2),
        "left": (FIRST_INPUT + 3, value + 2),
    }
    places |= {key: (FIRST_INPUT + i, INPUT_COLUMNS[0]) for i, key in enumerate(INPUTS)}
    return Cells(
        **{key: _address(*places[key]) for key in (*INPUTS, *steps)},
    )


def _address(row: int, col: int) -> str:
    return str(xl_rowcol_to_cell(row, col, row_abs=True, col_abs=True))


def _inputs(book: Book, sheet: Worksheet) -> None:
    words = book.words
    ways = [words(f"budget_way.{way}") for way in WAYS]
    rules: dict[str, dict[str, object]] = {
        "amount": _between(0, MOST),
        "way": {"validate": "list", "source": ways},
        "least": _between(0, MOST),
        "exponent": _between(LEAST_EXPONENT, MOST_EXPONENT),
    }
    first = INPUT_COLUMNS[0]
    for number, key in enumerate(INPUTS):
        row, quiet = FIRST_INPUT + number, key == "exponent"
        sheet.set_row_pixels(row, INPUT_ROW)
        label, note = (words(f"template.budget.{key}{end}") for end in ("", "_note"))
        bold = book.looks.format(bold=True, valign="vcenter")
        sheet.write_string(row, 0, label, book.looks.note() if quiet else bold)
        look = _input_look(book, key)
        book.name_merged(NAMES[key], sheet, row, INPUT_COLUMNS, look)
        if key == "way":
            sheet.write_string(row, first, ways[0], look)
        if key == "exponent":
            sheet.write_number(row, first, EXPONENT, look)
        sheet.write_string(row, NOTE_COLUMN, note, book.looks.note(indent=1))
        sheet.data_validation(row, first, row, first, rules[key] | _said(label, note))


def _input_look(book: Book, key: str) -> Format:
    quiet = key == "exponent"
    return book.looks.format(
        bg_color=INPUT,
        border=1,
        border_color=LINE,
        locked=False,
        bold=not quiet,
        font_color=QUIET if quiet else DARK,
        align="left",
        indent=1,
        valign="vcenter",
        num_format=INPUT_FORMATS[key],
    )


def _between(least: float, most: float) -> dict[str, object]:
    return {"validate": "decimal", "criteria": "between", "minimum": least, "maximum": most}


def _said(title: str, text: str) -> dict[str, object]:
    """What can stand in a cell, said before and after somebody writes there."""
    return {
        "input_title": title[:TITLE_LIMIT],
        "input_message": text[:TEXT_LIMIT],
        "error_title": title[:TITLE_LIMIT],
        "error_message": text[:TEXT_LIMIT],
    }


def _check(book: Book, sheet: Worksheet, formulas: BudgetFormulas) -> None:
    """Whether all adds up, in one sentence."""
    sheet.set_row_pixels(CHECK_ROW, 26)
    for row in (CHECK_ROW - 1, CHECK_ROW + 1):
        sheet.set_row_pixels(row, 8)
    look = book.looks.format(
        bold=True,
        font_size=11,
        font_color=DARK,
        bg_color=LIGHT,
        valign="vcenter",
        left=5,
        left_color=MIDDLE,
        indent=1,
    )
    book.name_merged(NAMES["check"], sheet, CHECK_ROW, (0, len(WIDTHS) - 1), look)
    sheet.write_formula(CHECK_ROW, 0, formulas.check(), look, "")
    wrong = book.looks.rule(font_color=ALARM)
    rule = {"type": "formula", "criteria": f"={formulas.cells.state}<>0", "format": wrong}
    sheet.conditional_format(CHECK_ROW, 0, CHECK_ROW, 0, rule)


def _table(book: Book, sheet: Worksheet, formulas: BudgetFormulas) -> None:
    tiers = book.shape.tiers
    by_key = formulas.by_key()
    for source, given in SOURCES.items():
        if source not in book.sheets:
            by_key = {key: text for key, text in by_key.items() if key not in given}
    columns = [
        Column(
            header=header,
            width=WIDTHS.get(key),
            wishes=_wishes(key),
            align="right" if key in FORMATS or key not in WIDTHS else "left",
            formula=by_key.get(key),
            values=_values(key, tiers),
        )
        for key, header in book.words.section(f"header.{TABLE}").items()
    ]
    book.table(TABLE, sheet, at=(HEADER_ROW, 0), columns=columns, rows=len(tiers))
    sheet.set_row_pixels(HEADER_ROW, TWO_LINES)
    first, last = HEADER_ROW + 1, HEADER_ROW + len(tiers)
    for row, tier in enumerate(tiers, start=first):
        sheet.set_row_pixels(row, max(WHY_ROW, LINE_HEIGHT * _lines(tier)))
    tier_rules(book, sheet, (first, 0, last, 0))
    keys = list(WIDTHS)
    for key in EDITED:
        most, col = (MOST_RESPONSE if key == "response" else MOST), keys.index(key)
        said = _said(*(book.words(f"template.budget.{key}{end}") for end in ("", "_note")))
        sheet.data_validation(first, col, last, col, _between(0, most) | said)


def _lines(tier: str) -> int:
    """How many lines a tier's name takes; a Chinese character is as wide as two letters."""
    width = sum(1 + (ord(char) > NARROW) for char in tier)
    return math.ceil(width / PER_LINE)


def _values(key: str, tiers: tuple[str, ...]) -> tuple[str | float | None, ...]:
    if key == "tier":
        return tiers
    return (1.0,) * len(tiers) if key == "response" else ()


def _wishes(key: str) -> dict[str, object]:
    if key not in WIDTHS:
        return {"font_size": 8, "font_color": QUIET, "valign": "vcenter", "num_format": "General"}
    wishes: dict[str, object] = {"valign": "vcenter"}
    if key in FORMATS:
        wishes["num_format"] = FORMATS[key]
    if key in EDITED:
        wishes |= {"bg_color": INPUT, "locked": False}
    if key == "allocated":
        wishes |= {"bold": True, "font_color": DARK, "bg_color": LIGHT}
    if key in ("tier", "why"):
        wishes |= {"text_wrap": True, "font_size": 9 if key == "why" else 10}
    return wishes


def _steps(book: Book, sheet: Worksheet, formulas: BudgetFormulas) -> None:
    """The steps that are no row of a tier, beside the inputs; hidden with the columns below."""
    quiet = book.looks.note(font_size=8)
    for key, formula in formulas.steps().items():
        row, col = xl_cell_to_rowcol(getattr(formulas.cells, key).replace("$", ""))
        sheet.write_string(row, col - 1, book.words(f"template.budget.step.{key}"), quiet)
        book.name_cell(f"FenjiBudget{key.capitalize()}", sheet, row, col, quiet)
        sheet.write_formula(row, col, formula, quiet, "")
    first, last = len(WIDTHS), len(book.words.section(f"header.{TABLE}")) - 1
    sheet.set_column(first, last, STEP_WIDTH, None, {"hidden": True, "level": 1})
    sheet.set_column(last + 1, last + 1, None, None, {"collapsed": True})


def _chart(book: Book, sheet: Worksheet) -> None:
    """The plan beside what was brought, as shares: the amounts differ too much for one axis."""
    keys = list(WIDTHS)
    first, last = HEADER_ROW + 1, HEADER_ROW + len(book.shape.tiers)
    series = [
        Series(
            name=(HEADER_ROW, keys.index(key)),
            values=(first, keys.index(key), last, keys.index(key)),
            colour=colour,
            labelled=len(book.shape.tiers) <= LABELLED,
        )
        for key, colour in zip(("monetary_share", "budget_share"), charts.PAIR, strict=True)
    ]
    plot = Plot(
        key="Budget",
        title=book.words("template.budget.chart"),
        categories=(first, 0, last, 0),
        series=series,
        axis=Axis(title=book.words("template.budget.axis"), number="0%"),
    )
    sheet.set_row_pixels(last + 1, ROW)
    place = Place(row=last + 2, col=0, width=CHART_WIDTH, height=CHART_HEIGHT)
    charts.add(book, sheet, plot=plot, place=place)
