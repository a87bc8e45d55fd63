"""Sample orders for trying Fenji out: a small export as a real shop would make it.

``MESS`` says how many rows of it Fenji leaves out, by reason.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import fields
from io import BytesIO
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from templates.looks import COUNT, DARK, DATE, MIDDLE, Align, Looks
from templates.sample_mess import MESS, spoiled
from templates.sample_orders import END, LANGUAGES, START, Dice, Order, Shop, orders, shop

__all__ = ["HEADER_ROW", "LANGUAGES", "MESS", "SEED", "write"]

HEADER_ROW = 2  # counted from 0; two title rows stand above
SEED = 20260654  # of a few, one where both shops have the shares that businesses know
_A4 = 9
# Not the time of building: equal samples are equal files.
_CREATED = dt.datetime(2026, 7, 1, 8, 30, tzinfo=dt.UTC)
_COLUMNS = tuple(field.name for field in fields(Order))
_ALIGN: dict[str, Align] = {"day": "center", "quantity": "right", "amount": "right"}
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def write(path: Path, lang: str) -> None:
    """Write the sample orders of ``lang`` (``"en"`` or ``"zh"``) to ``path`` (.xlsx).

    The same bytes every time. Raises ValueError for another language, OSError where ``path``
    can't be written.
    """
    path.write_bytes(_draw(shop(lang)))


def _draw(shop: Shop) -> bytes:
    dice = Dice(SEED)
    rows = spoiled(clean := orders(shop, dice), shop, dice)
    stream = BytesIO()
    workbook = Workbook(stream, _OPTIONS)
    workbook.set_properties({"title": shop.title, "created": _CREATED})
    looks = Looks(workbook, font=shop.font)
    sheet = workbook.add_worksheet(shop.sheet)
    _head(sheet, shop, looks)
    _body(sheet, rows, shop, looks)
    _total(sheet, HEADER_ROW + 1 + len(rows), clean, shop, looks)
    _page(sheet, shop, last=HEADER_ROW + len(rows))
    _notes(workbook.add_worksheet(shop.notes["sheet"]), shop, looks)
    workbook.close()
    return stream.getvalue()


def _head(sheet: Worksheet, shop: Shop, looks: Looks) -> None:
    sheet.set_row_pixels(0, 34)
    sheet.write_string(0, 0, shop.title, looks.title())
    sheet.set_row_pixels(1, 22)
    sheet.write_string(1, 0, shop.subtitle.format(start=START, end=END), looks.note())
    sheet.set_row_pixels(HEADER_ROW, 26)
    for col, key in enumerate(_COLUMNS):
        align = _ALIGN.get(key, "left")
        sheet.write_string(HEADER_ROW, col, shop.headers[key], looks.header(align=align))
        sheet.set_column(col, col, shop.widths[key])


def _formats(shop: Shop, looks: Looks, **wishes: object) -> list[Format]:
    numbers = {"day": DATE, "quantity": COUNT, "amount": shop.money}
    return [
        looks.body(
            align=_ALIGN.get(key, "left"),
            **{"valign": "vcenter"} | ({"num_format": numbers[key]} if key in numbers else {}),
            **wishes,
        )
        for key in _COLUMNS
    ]


def _body(sheet: Worksheet, rows: Sequence[Order], shop: Shop, looks: Looks) -> None:
    formats = _formats(shop, looks)
    for number, order in enumerate(rows, start=HEADER_ROW + 1):
        for col, (key, fmt) in enumerate(zip(_COLUMNS, formats, strict=True)):
            _cell(sheet, number, col, getattr(order, key), fmt)


def _cell(
    sheet: Worksheet, row: int, col: int, value: str | float | dt.date | None, fmt: Format
) -> None:
    if value is None:
        sheet.write_blank(row, col, None, fmt)
    elif isinstance(value, str):
        # Also a name that begins with an equals sign: text never becomes a formula.
        sheet.write_string(row, col, value, fmt)
    elif isinstance(value, dt.date):
        sheet.write_datetime(row, col, dt.datetime.combine(value, dt.time()), fmt)
    else:
        sheet.write_number(row, col, value, fmt)


def _total(sheet: Worksheet, row: int, clean: Sequence[Order], shop: Shop, looks: Looks) -> None:
    """The shop's own total below the rows, a number as exports have it."""
    formats = _formats(shop, looks, bold=True, top=1, top_color=DARK)
    amount = round(sum(order.amount for order in clean if isinstance(order.amount, float)), 2)
    values: dict[str, str | float] = {"customer": shop.total, "amount": amount}
    for col, (key, fmt) in enumerate(zip(_COLUMNS, formats, strict=True)):
        _cell(sheet, row, col, values.get(key), fmt)


def _page(sheet: Worksheet, shop: Shop, *, last: int) -> None:
    sheet.freeze_panes(HEADER_ROW + 1, 0)
    sheet.autofilter(HEADER_ROW, 0, last, len(_COLUMNS) - 1)
    sheet.hide_gridlines(2)
    sheet.set_tab_color(DARK)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADER_ROW)
    sheet.set_footer("&C&9 " + shop.page.format(page="&P", pages="&N"))


def _notes(sheet: Worksheet, shop: Shop, looks: Looks) -> None:
    sheet.hide_gridlines(2)
    sheet.set_tab_color(MIDDLE)
    sheet.set_column(0, 0, 96)
    sheet.set_row_pixels(0, 34)
    sheet.write_string(0, 0, shop.notes["title"], looks.title())
    wrapped = looks.format(text_wrap=True, valign="vcenter")
    for row, line in enumerate(shop.notes["lines"], start=1):
        sheet.set_row_pixels(row, 36)
        sheet.write_string(row, 0, line, wrapped)
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
