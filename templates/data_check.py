"""The sheet Data check: what was read, used and left out, and every problem found."""

from __future__ import annotations

from templates.book import LAST_ROW, Book, Column
from templates.looks import COUNT, TEXT, WHOLE

HEADER_ROW = 7
NUMBERS = ("rows", "row")
COUNTS = {"read": "FenjiRowsRead", "used": "FenjiRowsUsed", "left_out": "FenjiRowsLeftOut"}
REASONS = {"reason": 26.0, "rows": 12.0, "meaning": 38.0}
FINDINGS = {
    "sheet": 16.0,
    "row": 10.0,
    "column": 18.0,
    "value": 24.0,
    "rule": 38.0,
    "action": 36.0,
}
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
    sheet.ignore_errors(
        {"number_stored_as_text": f"{chr(65 + value)}{HEADER_ROW + 2}:{chr(65 + value)}{LAST_ROW}"}
    )
    sheet.freeze_panes(HEADER_ROW + 1, 0)
    book.page(sheet, header_row=HEADER_ROW)


def _growing(
    book: Book, name: str, left: int, widths: dict[str, float], *, title: str, filters: bool
) -> None:
    sheet, words, looks = book.sheets["data_check"], book.words, book.looks
    wishes: dict[str, dict[str, object]] = {
        "rows": {"num_format": COUNT},
        "row": {"num_format": WHOLE},
        "value": {"num_format": TEXT, "text_wrap": True},
    }
    columns = [
        Column(
            header=header,
            width=widths[key],
            wishes=wishes.get(key, {"text_wrap": True}),
            align="right" if key in NUMBERS else "left",
        )
        for key, header in words.section(f"header.{name}").items()
    ]
    sheet.set_row_pixels(HEADER_ROW - 1, 26)
    sheet.write_string(HEADER_ROW - 1, left, words(f"template.data_check.{title}"), looks.heading())
    book.table(name, sheet, at=(HEADER_ROW, left), columns=columns, filters=filters)
