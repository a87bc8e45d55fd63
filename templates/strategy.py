"""The sheet Strategy: what to do with each tier and each segment, and how much the team can do.

The three tables stand side by side, each on a page of its own, so that each can grow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xlsxwriter.utility import quote_sheetname, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from templates.book import LAST_ROW, Book, Column, TwoWide
from templates.customers import tier_rules
from templates.looks import ALARM, COUNT, INPUT, MIDDLE

TABLE, SEGMENTS, CAPACITY = "FenjiStrategy", "FenjiSegmentStrategy", "FenjiCapacity"
HEADER_ROW = 4
TEXTS = ("strategy", "owner", "first_action", "service_floor", "segment")
COUNTS = ("contact_days", "calls_per_week", "planned", "waiting")
# Text of the language's own, in a line of its own beside the list.
GAP = 2.5
WIDTHS = {
    "tier": 20.0,
    "segment": 18.0,
    "strategy": 48.0,
    "contact_days": 12.0,
    "owner": 20.0,
    "budget_share": 10.0,
    "budget": 12.0,
    "first_action": 34.0,
    "service_floor": 36.0,
    "calls_per_week": 14.0,
    "planned": 11.0,
    "waiting": 11.0,
}
CAPACITY_WIDTHS = {"owner": 26.0}
# The first page holds the tiers; the widest table is as wide as it.
PERCENT = 70
ROOM_FOR_RULES = 500
MOST_CALLS = 10_000
Rows = Sequence[Mapping[str, Any]]


def draw(book: Book) -> None:
    """Draw the sheet."""
    sheet, shape, words = book.sheets["strategy"], book.shape, book.words
    book.head(sheet, note=words("template.strategy.note"))
    if shape.warning:
        sheet.set_row_pixels(2, 24)
        loud = book.looks.format(bold=True, font_color=ALARM, valign="vcenter")
        sheet.write_string(2, 0, shape.warning, loud)
    sheet.set_row_pixels(HEADER_ROW - 1, 28)
    sheet.set_row_pixels(HEADER_ROW, 40)
    tiers = shape.strategies or [{"tier": tier} for tier in shape.tiers]
    starts = [0]
    starts.append(_table(book, sheet, TABLE, tiers, at=0, heading="tiers"))
    if shape.segment_strategies:
        rows = shape.segment_strategies
        starts.append(_table(book, sheet, SEGMENTS, rows, at=starts[-1], heading="segments"))
    capacity = shape.capacity or [{"owner": None}]
    _table(book, sheet, CAPACITY, capacity, at=starts[-1], heading="capacity")
    note = words("template.strategy.capacity_note")
    sheet.write_string(HEADER_ROW - 2, starts[-1], note, book.looks.note())
    _links(book, sheet, starts)
    tier_rules(book, sheet, (HEADER_ROW + 1, 0, HEADER_ROW + len(tiers), 0))
    # No frozen column: it would stand beside the other tables too.
    sheet.freeze_panes(HEADER_ROW + 1, 0)
    _page(book, sheet, starts)


def _page(book: Book, sheet: Worksheet, starts: Sequence[int]) -> None:
    """A page for each of the wide tables; the capacity stands on the sheet Actions as well."""
    if len(starts) > len((TABLE, CAPACITY)):
        wide = TwoWide(second=starts[1], repeated=0, percent=PERCENT)
        book.page(sheet, header_row=HEADER_ROW, wide=wide)
    else:
        book.page(sheet, header_row=HEADER_ROW)
    sheet.print_area(0, 0, LAST_ROW, starts[-1] - 2)


def _table(book: Book, sheet: Worksheet, name: str, rows: Rows, *, at: int, heading: str) -> int:
    """One table under its heading; gives the column where the next one may begin."""
    headers = book.words.section(f"header.{name}")
    columns = [
        Column(
            header=header,
            width=_width(name, key),
            wishes=_wishes(name, key, first=offset == 0),
            align="left" if key in TEXTS else "center",
            values=[row.get(key) for row in rows],
        )
        for offset, (key, header) in enumerate(headers.items())
    ]
    text = book.words(f"template.strategy.{heading}")
    sheet.write_string(HEADER_ROW - 1, at, text, book.looks.heading())
    book.table(name, sheet, at=(HEADER_ROW, at), columns=columns, rows=len(rows))
    _validate(book, sheet, list(headers), at)
    end = at + len(columns)
    sheet.set_column(end, end, GAP)
    return end + 1


def _width(name: str, key: str) -> float:
    return CAPACITY_WIDTHS.get(key, WIDTHS[key]) if name == CAPACITY else WIDTHS[key]


def _wishes(name: str, key: str, *, first: bool) -> dict[str, object]:
    wishes: dict[str, object] = {"valign": "vcenter"}
    if key in COUNTS:
        wishes["num_format"] = COUNT
    elif key == "budget_share":
        wishes["num_format"] = "0%"
    else:
        wishes["text_wrap"] = True
    if first:
        return wishes | {"bold": name == SEGMENTS}
    if key in ("planned", "waiting"):
        return wishes
    return wishes | {"bg_color": INPUT, "locked": False}


def _validate(book: Book, sheet: Worksheet, keys: Sequence[str], at: int) -> None:
    """Numbers where numbers belong, also in rows that come later."""
    first, last = HEADER_ROW + 1, HEADER_ROW + ROOM_FOR_RULES
    if "calls_per_week" in keys:
        column = at + keys.index("calls_per_week")
        text = book.words("template.settings.prompt.whole_from", least="0")
        rule = {
            "validate": "integer",
            "criteria": "between",
            "minimum": 0,
            "maximum": MOST_CALLS,
            "input_message": text,
            "error_message": text,
        }
        sheet.data_validation(first, column, last, column, rule)


def _links(book: Book, sheet: Worksheet, starts: Sequence[int]) -> None:
    """Where the other tables stand, which a narrow window does not show."""
    look = book.looks.format(font_color=MIDDLE, underline=1, valign="vcenter")
    keys = ["to_segments", "to_capacity"] if len(starts) > 2 else ["to_capacity"]
    name = quote_sheetname(sheet.get_name())
    for offset, (key, column) in enumerate(zip(keys, starts[1:], strict=True)):
        cell = xl_rowcol_to_cell(HEADER_ROW - 1, column)
        text = book.words(f"template.strategy.{key}")
        place = (HEADER_ROW - 1, 3 + 2 * offset)
        sheet.write_url(*place, f"internal:{name}!{cell}", look, text)
