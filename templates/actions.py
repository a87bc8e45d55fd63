"""The sheet Actions: whom to contact this week, why, and by whom."""

from __future__ import annotations

from collections.abc import Mapping

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from templates.book import LAST_ROW, Book, Column
from templates.customers import tier_rules
from templates.looks import DATE, INPUT, MONEY, QUIET, TEXT, Align

TABLE, CONTACTS = "FenjiActions", "FenjiContacts"
HEADER_ROW = 5
FROZEN_COLUMNS = 2
# Room for columns of the user's own beside the list.
GAP = 4
WIDTHS = {
    "customer": 14.0,
    "name": 20.0,
    "date": 12.0,
    "tier": 11.0,
    "segment": 17.0,
    "why": 46.0,
    "what": 40.0,
    "owner": 18.0,
    "amount": 15.0,
    "done": 8.0,
    "note": 26.0,
    "next": 13.0,
}
IDS = ("customer", "name")
CENTRED = ("date", "tier", "done", "next")
INPUTS = ("done", "note")
ROW, LINE, AIR = 36, 15, 8
# Where the owners stand: two lines.
OWNERS = 38


def draw(book: Book) -> None:
    """Draw the sheet."""
    sheet, words, looks = book.sheets["actions"], book.words, book.looks
    headers = words.section(f"header.{TABLE}")
    earlier = words.section(f"header.{CONTACTS}")
    book.head(sheet, note=words("template.actions.note"))
    last = len(headers) - 1
    sheet.set_row_pixels(2, 24)
    book.name_cell("FenjiActionsSpan", sheet, 2, 0, looks.format(bold=True, valign="vcenter"))
    sheet.set_row_pixels(3, OWNERS)
    look = looks.note(text_wrap=True)
    book.name_merged("FenjiActionsOwners", sheet, 3, (0, last), look)
    sheet.set_row_pixels(4, 22)
    left = last + 1 + GAP
    sheet.write_string(4, left, words("template.actions.earlier"), looks.heading())
    columns, more = _columns(headers), _columns(earlier)
    book.table(TABLE, sheet, at=(HEADER_ROW, 0), columns=columns, filters=True)
    book.table(CONTACTS, sheet, at=(HEADER_ROW, left), columns=more)
    sheet.set_row_pixels(HEADER_ROW, 34)
    sheet.set_row_pixels(HEADER_ROW + 1, max(ROW, LINE * book.shape.call_lines + AIR))
    _inputs(book, sheet, list(headers))
    _highlight(book, sheet, list(headers))
    sheet.freeze_panes(HEADER_ROW + 1, FROZEN_COLUMNS)
    # Customer numbers are text so that leading zeros stay; that is no mistake to be marked.
    sheet.ignore_errors({"number_stored_as_text": f"A{HEADER_ROW + 2}:B{LAST_ROW + 1}"})
    book.page(sheet, header_row=HEADER_ROW)
    # Not what was done before: this is the list that people take along.
    sheet.print_area(0, 0, LAST_ROW, last)


def _columns(headers: Mapping[str, str]) -> list[Column]:
    return [
        Column(header=header, width=WIDTHS[key], wishes=_wishes(key), align=_align(key))
        for key, header in headers.items()
    ]


def _align(key: str) -> Align:
    return "center" if key in CENTRED else "right" if key == "amount" else "left"


def _wishes(key: str) -> dict[str, object]:
    wishes: dict[str, object] = {"valign": "vcenter"}
    if key in IDS:
        return wishes | {"num_format": TEXT, "text_wrap": True}
    if key in ("date", "next"):
        return wishes | {"num_format": DATE}
    if key == "amount":
        return wishes | {"num_format": MONEY}
    if key in INPUTS:
        return wishes | {"bg_color": INPUT, "locked": False, "text_wrap": True}
    return wishes | {"text_wrap": True}


def _inputs(book: Book, sheet: Worksheet, keys: list[str]) -> None:
    """A list to tick from; any other mark may stand there too."""
    done = keys.index("done")
    rule = {
        "validate": "list",
        "source": [book.words("action.done")],
        "show_error": False,
        "input_message": book.words("template.actions.tick"),
    }
    sheet.data_validation(HEADER_ROW + 1, done, LAST_ROW, done, rule)


def _highlight(book: Book, sheet: Worksheet, keys: list[str]) -> None:
    first = HEADER_ROW + 1
    done = xl_rowcol_to_cell(first, keys.index("done"), col_abs=True)
    # Before the colours of the tiers: a line that is done steps back as a whole.
    rule = {
        "type": "formula",
        "criteria": f'={done}<>""',
        "format": book.looks.rule(font_color=QUIET, font_strikeout=True),
        "stop_if_true": True,
    }
    sheet.conditional_format(first, 0, LAST_ROW, keys.index("owner"), rule)
    tier = keys.index("tier")
    tier_rules(book, sheet, (first, tier, LAST_ROW, tier))
