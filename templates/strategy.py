"""The sheet Strategy: what to do with each tier."""

from __future__ import annotations

from templates.book import Book, Column
from templates.customers import tier_rules
from templates.looks import ALARM, COUNT

TABLE = "FenjiStrategy"
HEADER_ROW = 3
TEXTS = ("strategy", "owner", "first_action", "service_floor")
WIDTHS = {
    "tier": 16.0,
    "strategy": 48.0,
    "contact_days": 12.0,
    "owner": 20.0,
    "budget_share": 10.0,
    "first_action": 34.0,
    "service_floor": 36.0,
}


def draw(book: Book) -> None:
    """Draw the sheet."""
    sheet = book.sheets["strategy"]
    rows = book.shape.strategies or [{"tier": tier} for tier in book.shape.tiers]
    book.head(sheet, note=book.words("template.strategy.note"))
    if book.shape.warning:
        sheet.set_row_pixels(2, 24)
        loud = book.looks.format(bold=True, font_color=ALARM, valign="vcenter")
        sheet.write_string(2, 0, book.shape.warning, loud)
    wishes: dict[str, dict[str, object]] = {
        "contact_days": {"num_format": COUNT},
        "budget_share": {"num_format": "0%"},
    }
    columns = [
        Column(
            header=header,
            width=WIDTHS[key],
            wishes={"valign": "vcenter"} | wishes.get(key, {"text_wrap": True}),
            align="left" if key in TEXTS else "center",
            values=[row.get(key) for row in rows],
        )
        for key, header in book.words.section(f"header.{TABLE}").items()
    ]
    book.table(TABLE, sheet, at=(HEADER_ROW, 0), columns=columns, rows=len(rows))
    sheet.set_row_pixels(HEADER_ROW, 40)
    tier_rules(book, sheet, (HEADER_ROW + 1, 0, HEADER_ROW + len(rows), 0))
    sheet.freeze_panes(HEADER_ROW + 1, 1)
    book.page(sheet, header_row=HEADER_ROW)
