"""The sheet Settings: everything that was chosen before looking at the data."""

from __future__ import annotations

from templates.book import Book, Column

TABLE = "FenjiSettings"
HEADER_ROW = 3
WIDTHS = {"setting": 30.0, "value": 38.0, "meaning": 76.0}


def draw(book: Book) -> None:
    """Draw the sheet."""
    sheet = book.sheets["settings"]
    book.head(sheet, note=book.words("template.settings.note"))
    columns = [
        Column(
            header=header,
            width=WIDTHS[key],
            wishes={"text_wrap": True},
        )
        for key, header in book.words.section(f"header.{TABLE}").items()
    ]
    book.table(TABLE, sheet, at=(HEADER_ROW, 0), columns=columns)
    sheet.set_row_pixels(HEADER_ROW, 28)
    sheet.freeze_panes(HEADER_ROW + 1, 0)
    book.page(sheet, header_row=HEADER_ROW)
