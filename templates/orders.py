"""The sheets Orders and Customer data: what people paste in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from xlsxwriter.utility import quote_sheetname, xl_range_abs
from xlsxwriter.worksheet import Worksheet

from templates.book import LAST_ROW, Book, Column
from templates.formulas import literal
from templates.inputs import (
    ATTRIBUTES,
    ORDERS,
    SAMPLE_ROWS,
    Cell,
    InputColumn,
    InputSheet,
    Kind,
    like_sample,
)
from templates.looks import DATE, LINE, MONEY, TEXT, Align

HEADER_ROW = 3
TABLES = {"orders": ORDERS, "attributes": ATTRIBUTES}
WIDTHS: dict[Kind, float] = {
    "id": 18.0,
    "text": 26.0,
    "date": 16.0,
    "amount": 18.0,
    "number": 18.0,
    "share": 18.0,
    "class": 22.0,
}
ALIGN: dict[Kind, Align] = {
    "date": "center",
    "amount": "right",
    "number": "right",
    "share": "right",
    "class": "center",
}
FORMATS: dict[Kind, str] = {
    "id": TEXT,
    "date": DATE,
    "amount": MONEY,
    "number": "#,##0.##",
    "share": "0%",
}
EARLIEST, LATEST = dt.date(1990, 1, 1), dt.date(2100, 12, 31)
LARGEST = 1e12
# Columns that are still read well on a page that stands upright.
UPRIGHT = 6
# Limits of data validation in Excel.
LIST_LIMIT, TITLE_LIMIT, TEXT_LIMIT = 255, 32, 255


def draw(book: Book) -> None:
    """Draw the sheets that people paste into."""
    inputs = book.shape.inputs
    if inputs is None:
        return
    _draw(book, "orders", inputs.orders)
    if inputs.attributes is not None:
        _draw(book, "attributes", inputs.attributes)


def _draw(book: Book, key: str, form: InputSheet) -> None:
    sheet, words = book.sheets[key], book.words
    book.head(sheet, note=words(f"inputs.{key}.note"))
    if form.rows:
        sheet.set_row_pixels(2, 20)
        said = words("inputs.sample")
        ids = xl_range_abs(HEADER_ROW + 1, 0, LAST_ROW, 0)
        formula = f'=IF(COUNTIFS({ids},{like_sample(words.lang)})>0,{literal(said)},"")'
        sheet.write_formula(2, 0, formula, book.looks.note(italic=True), said)
    _formats(book, sheet, form.columns)
    columns = [
        Column(
            header=column.header,
            wishes=_wishes(column.kind),
            align=ALIGN.get(column.kind, "left"),
            values=[_plain(row[number]) for row in form.rows],
        )
        for number, column in enumerate(form.columns)
    ]
    rows = max(1, len(form.rows))
    book.table(TABLES[key], sheet, at=(HEADER_ROW, 0), columns=columns, rows=rows, filters=True)
    sheet.set_row_pixels(HEADER_ROW, 30)
    for number, column in enumerate(form.columns):
        _validate(sheet, number, column)
    _lines(book, sheet, len(form.columns))
    if form.rows:
        area = xl_range_abs(HEADER_ROW + 1, 0, HEADER_ROW + rows, len(form.columns) - 1)
        name = quote_sheetname(sheet.get_name())
        book.workbook.define_name(SAMPLE_ROWS[key], f"={name}!{area}")
    first = xl_range_abs(HEADER_ROW + 1, 0, LAST_ROW, len(form.columns) - 1).replace("$", "")
    sheet.ignore_errors({"number_stored_as_text": first})
    sheet.freeze_panes(HEADER_ROW + 1, 0)
    book.page(sheet, header_row=HEADER_ROW, landscape=len(form.columns) > UPRIGHT)


def _formats(book: Book, sheet: Worksheet, columns: Sequence[InputColumn]) -> None:
    """The whole columns, so that what is pasted below the table looks the same."""
    for number, column in enumerate(columns):
        align = ALIGN.get(column.kind, "left")
        wishes = _wishes(column.kind) | {"align": align}
        if align != "center":
            wishes["indent"] = 1
        sheet.set_column(number, number, WIDTHS[column.kind], book.looks.format(**wishes))
    for row in (0, 1, 2):
        # Else these cells would have the looks of an amount or a date.
        for number in range(1, len(columns)):
            sheet.write_blank(row, number, None, book.looks.format())


def _wishes(kind: Kind) -> dict[str, object]:
    found: dict[str, object] = {"valign": "vcenter"}
    return found | ({"num_format": FORMATS[kind]} if kind in FORMATS else {})


def _plain(value: Cell) -> str | float | None:
    """A date as the number that stands for it."""
    if isinstance(value, dt.date):
        return (value - dt.date(1899, 12, 30)).days
    return value


def _validate(sheet: Worksheet, number: int, column: InputColumn) -> None:
    """What belongs into a column, told when a cell is chosen. Other things are asked about, never
    refused: Fenji lists what it cannot use, and an export is pasted as it is."""
    texts = {
        "input_title": column.header[:TITLE_LIMIT],
        "input_message": column.prompt[:TEXT_LIMIT],
        "error_title": column.header[:TITLE_LIMIT],
        "error_message": column.prompt[:TEXT_LIMIT],
        "error_type": "information",
    }
    sheet.data_validation(HEADER_ROW + 1, number, LAST_ROW, number, _rule(column) | texts)


def _rule(column: InputColumn) -> dict[str, object]:
    between: dict[str, object] = {"criteria": "between"}
    if column.kind == "date":
        return between | {"validate": "date", "minimum": EARLIEST, "maximum": LATEST}
    if column.kind == "amount":
        return between | {"validate": "decimal", "minimum": -LARGEST, "maximum": LARGEST}
    if column.kind in ("number", "share"):
        most = LARGEST if column.most is None else column.most
        return between | {"validate": "decimal", "minimum": 0, "maximum": most}
    if column.choices and not any("," in choice for choice in column.choices):
        return {"validate": "list", "source": fitting(column.choices)}
    return {"validate": "any"}


def fitting(choices: Sequence[str]) -> list[str]:
    """As many of the choices, from the first on, as a list can hold."""
    found: list[str] = []
    for choice in choices:
        if len(",".join([*found, choice])) > LIST_LIMIT:
            break
        found.append(choice)
    return found


def _lines(book: Book, sheet: Worksheet, width: int) -> None:
    """A fine line below every row that is filled: pasted rows have none of their own."""
    first = HEADER_ROW + 2
    rule = {
        "type": "formula",
        "criteria": f'=$A{first}<>""',
        "format": book.looks.rule(bottom=1, bottom_color=LINE),
    }
    sheet.conditional_format(HEADER_ROW + 1, 0, LAST_ROW, width - 1, rule)
