"""The sheet Data check: what was read, used and left out, and every problem found."""

from __future__ import annotations

from xlsxwriter.utility import xl_col_to_name

from templates.book import LAST_ROW, Book, Column
from templates.looks import COUNT, DARK, QUIET, TEXT, WHOLE
from templates.references import this_row

HEADER_ROW = 7
NUMBERS = ("rows", "row")
COUNTS = {"read": "FenjiRowsRead", "used": "FenjiRowsUsed", "left_out": "FenjiRowsLeftOut"}
REASONS = {"reason": 26.0, "rows": 12.0, "meaning": 38.0}
FINDINGS = {
    "sheet": 16.0,
    "row": 10.0,
    "column": 18.0,
    "value": 24.0,
    "rule": 34.0,
    "action": 58.0,
    "cell": 10.0,
    "address": 8.0,
}
FINDINGS_TABLE = "FenjiFindings"
# A cell's name is no longer than this.
LONGEST_CELL = 20
FINDINGS_LEFT = len(REASONS) + 1


def draw(book: Book) -> None:
    """Draw the sheet."""
    sheet, words, looks = book.sheets["data_check"], book.words, book.looks
    book.head(sheet, note=words("template.data_check.note"))
    for row, (key, name) in enumerate(COUNTS.items(), start=2):
        sheet.set_row_pixels(row, 20)
        sheet.write_string(row, 0, words(f"template.data_check.{key}"), looks.format())
        book.name_cell(name, sheet, row, 1, looks.format(num_format=COUNT, bold=True))
    # Filters on one table only: what they hide, they hide for both.
    _growing(book, "FenjiReasons", 0, REASONS, title="reasons", filters=False)
    sheet.set_column(FINDINGS_LEFT - 1, FINDINGS_LEFT - 1, 3)
    _growing(book, "FenjiFindings", FINDINGS_LEFT, FINDINGS, title="findings", filters=True)
    sheet.set_row_pixels(HEADER_ROW, 28)
    value = FINDINGS_LEFT + list(FINDINGS).index("value")
    letter = xl_col_to_name(value)
    sheet.ignore_errors({"number_stored_as_text": f"{letter}{HEADER_ROW + 2}:{letter}{LAST_ROW}"})
    sheet.freeze_panes(HEADER_ROW + 1, 0)
    book.page(sheet, header_row=HEADER_ROW)
    # The addresses are for the links only.
    sheet.print_area(0, 0, LAST_ROW, FINDINGS_LEFT + list(FINDINGS).index("address") - 1)


def _link(book: Book) -> str:
    """Jumps to the cell that the address ends with: what stands behind its last "!"."""
    address = this_row(FINDINGS_TABLE, book.words(f"header.{FINDINGS_TABLE}.address"))
    blanks = f'REPT(" ",{LONGEST_CELL})'
    cell = f'TRIM(RIGHT(SUBSTITUTE({address},"!",{blanks}),{LONGEST_CELL}))'
    return f'=IF({address}="","",HYPERLINK({address},{cell}))'


def _growing(
    book: Book, name: str, left: int, widths: dict[str, float], *, title: str, filters: bool
) -> None:
    sheet, words, looks = book.sheets["data_check"], book.words, book.looks
    wishes: dict[str, dict[str, object]] = {
        "rows": {"num_format": COUNT},
        "row": {"num_format": WHOLE},
        "value": {"num_format": TEXT, "text_wrap": True},
        "cell": {"font_color": DARK, "underline": 1},
        "address": {"font_color": QUIET, "font_size": 7},
    }
    linked = book.shape.linked
    columns = [
        Column(
            header=header,
            width=widths[key],
            wishes=wishes.get(key, {"text_wrap": True}),
            align="right" if key in NUMBERS else "left",
            formula=_link(book) if key == "cell" and linked else None,
        )
        for key, header in words.section(f"header.{name}").items()
    ]
    sheet.set_row_pixels(HEADER_ROW - 1, 26)
    sheet.write_string(HEADER_ROW - 1, left, words(f"template.data_check.{title}"), looks.heading())
    book.table(name, sheet, at=(HEADER_ROW, left), columns=columns, filters=filters)
