"""The sheet Model: the numbers that grade, which a reader may change."""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet

from templates.book import LAST_ROW, Book, Column
from templates.formulas import MODEL, literal
from templates.looks import AIR, COUNT, DARK, INPUT, PAPER, QUIET, Align
from templates.numbers import draw_numbers, live_items
from templates.whatif import END, draw_what_if

HEADER_ROW = 3
JSON_COLUMN = 6
ALIGN: dict[str, Align] = {"number": "center", "value": "right"}
WIDTHS = {"item": 24.0, "measure": 30.0, "number": 8.0, "value": 18.0, "meaning": 70.0}
# Where the what-if stands beside the model, both fit a screen.
LIVE_WIDTHS = {"item": 20.0, "measure": 22.0, "number": 7.0, "value": 15.0, "meaning": 44.0}


def draw(book: Book) -> None:
    """Draw the sheet."""
    sheet, words = book.sheets["model"], book.words
    how = "live" if book.shape.live else "fixed"
    book.head(sheet, note=words(f"template.model.{how}"), name="FenjiModelNote")
    wishes: dict[str, dict[str, object]] = {
        "number": {"num_format": COUNT},
        "value": {"num_format": "#,##0.####", "locked": False},
    }
    columns = [
        Column(
            header=header,
            width=(LIVE_WIDTHS if book.shape.live else WIDTHS)[key],
            wishes=wishes.get(key, {"text_wrap": True}),
            align=ALIGN.get(key, "left"),
        )
        for key, header in words.section(f"header.{MODEL}").items()
    ]
    book.table(MODEL, sheet, at=(HEADER_ROW, 0), columns=columns)
    _highlight(book, sheet)
    if book.shape.live:
        draw_numbers(book, sheet, HEADER_ROW)
        draw_what_if(book, sheet, HEADER_ROW)
    _machine_form(book, sheet)
    sheet.freeze_panes(HEADER_ROW + 1, 0)
    book.page(sheet, header_row=HEADER_ROW)
    last = END if book.shape.live else len(columns)
    sheet.print_area(0, 0, LAST_ROW, last - 1)


def _highlight(book: Book, sheet: Worksheet) -> None:
    first, value = HEADER_ROW + 2, list(WIDTHS).index("value")
    cells = (HEADER_ROW + 1, value, LAST_ROW, value)
    # The format of the cells would leave a lone decimal point behind a whole number.
    whole, count = f"$D{first}=INT($D{first})", {"num_format": COUNT + AIR}
    coloured = {"bg_color": INPUT, "bold": True}
    rules: list[tuple[str, dict[str, object]]] = [(f"={whole}", {**count})]
    if book.shape.live:
        items, numbers = (
            ",".join(f"$A{first}={literal(item)}" for item in live_items(book, numbers=only))
            for only in (False, True)
        )
        # LibreOffice takes the first rule that holds, so the first says everything.
        both = f"=AND(OR({items}),{whole})"
        rules = [(both, count | coloured), (f"=OR({items})", {**coloured}), *rules]
        # Without this number nobody can be graded.
        wrong = {"bg_color": DARK, "font_color": PAPER, "bold": True}
        rules = [(f"=AND(OR({numbers}),NOT(ISNUMBER($D{first})))", wrong), *rules]
    for criteria, wishes in rules:
        rule = {"type": "formula", "criteria": criteria, "format": book.looks.rule(**wishes)}
        sheet.conditional_format(*cells, rule)


def _machine_form(book: Book, sheet: Worksheet) -> None:
    # Beside the header, whose height is fixed: long text must not stretch a row of the table.
    sheet.set_row_pixels(HEADER_ROW, 40)
    at = END + 1 if book.shape.live else JSON_COLUMN
    sheet.set_column(at - 1, at - 1, 3)
    sheet.set_column(at, at, 60)
    quiet = book.looks.note()
    sheet.write_string(HEADER_ROW - 1, at, book.words("template.model.json"), quiet)
    small = book.looks.format(font_size=7, font_color=QUIET, text_wrap=True, valign="top")
    book.name_cell("FenjiModelJson", sheet, HEADER_ROW, at, small)
