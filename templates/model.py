"""The sheet Model: the numbers that grade, which a reader may change."""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet

from templates.book import LAST_ROW, Book, Column
from templates.formulas import MODEL, literal
from templates.looks import AIR, COUNT, INPUT, QUIET, Align

HEADER_ROW = 3
JSON_COLUMN = 6
LIVE_ITEMS = ("cut", "bins", "weight", "tier", "closed")
ALIGN: dict[str, Align] = {"number": "center", "value": "right"}
WIDTHS = {"item": 24.0, "measure": 30.0, "number": 8.0, "value": 18.0, "meaning": 70.0}


def draw(book: Book) -> None:
    """Draw the sheet."""
    sheet, words = book.sheets["model"], book.words
    how = "live" if book.shape.live else "fixed"
    book.head(sheet, note=words(f"template.model.{how}"), name="FenjiModelNote")
    wishes: dict[str, dict[str, object]] = {
        "number": {"num_format": COUNT},
        "value": {"num_format": "#,##0.####"},
    }
    columns = [
        Column(
            header=header,
            width=WIDTHS[key],
            wishes=wishes.get(key, {"text_wrap": True}),
            align=ALIGN.get(key, "left"),
        )
        for key, header in words.section(f"header.{MODEL}").items()
    ]
    book.table(MODEL, sheet, at=(HEADER_ROW, 0), columns=columns)
    _highlight(book, sheet)
    _machine_form(book, sheet)
    sheet.freeze_panes(HEADER_ROW + 1, 0)
    book.page(sheet, header_row=HEADER_ROW)
    sheet.print_area(0, 0, LAST_ROW, len(columns) - 1)


def _highlight(book: Book, sheet: Worksheet) -> None:
    first, value = HEADER_ROW + 2, list(WIDTHS).index("value")
    cells = (HEADER_ROW + 1, value, LAST_ROW, value)
    # The format of the cells would leave a lone decimal point behind a whole number.
    whole, count = f"$D{first}=INT($D{first})", {"num_format": COUNT + AIR}
    coloured = {"bg_color": INPUT, "bold": True}
    rules: list[tuple[str, dict[str, object]]] = [(f"={whole}", {**count})]
    if book.shape.live:
        items = ",".join(f"$A{first}={literal(book.words(f'item.{key}'))}" for key in LIVE_ITEMS)
        # LibreOffice takes the first rule that holds, so the first says everything.
        both = f"=AND(OR({items}),{whole})"
        rules = [(both, count | coloured), (f"=OR({items})", {**coloured}), *rules]
    for criteria, wishes in rules:
        rule = {"type": "formula", "criteria": criteria, "format": book.looks.rule(**wishes)}
        sheet.conditional_format(*cells, rule)


def _machine_form(book: Book, sheet: Worksheet) -> None:
    # Beside the header, whose height is fixed: long text must not stretch a row of the table.
    sheet.set_row_pixels(HEADER_ROW, 40)
    sheet.set_column(JSON_COLUMN - 1, JSON_COLUMN - 1, 3)
    sheet.set_column(JSON_COLUMN, JSON_COLUMN, 60)
    quiet = book.looks.note()
    sheet.write_string(HEADER_ROW - 1, JSON_COLUMN, book.words("template.model.json"), quiet)
    small = book.looks.format(font_size=7, font_color=QUIET, text_wrap=True, valign="top")
    book.name_cell("FenjiModelJson", sheet, HEADER_ROW, JSON_COLUMN, small)
