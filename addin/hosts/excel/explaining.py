"""Explain this customer: what the button says of the customer in the selected row."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from addin import card
from addin.hosts.excel import alongside, native, own, reading
from addin.hosts.excel.own import Place
from addin.hosts.excel.problems import ExcelProblem
from addin.hosts.excel.session import Session
from segmentation.checked import keys
from segmentation.columns import layout
from segmentation.errors import FenjiError
from segmentation.ladder import plain
from segmentation.sources import RawSheet

if TYPE_CHECKING:
    import xlwings as xw

# The header of a sheet, and rows enough to know what its columns hold.
_TOP = 300
_OTHERS = ("fenjistrategy", "fenjimodel")


def explain(session: Session, sheet_name: str, row: int) -> str:
    """Tier, reason, next step and figures of the customer in a row of a sheet.

    Raises ExcelProblem ``not_graded no_customer_row no_customer_column not_among_graded``.
    """
    book = session.book
    places = own.tables(book)
    place = places.get(own.CUSTOMERS)
    if place is None:
        raise ExcelProblem("not_graded", book=book.name)
    sheet = next((s for s in book.sheets if s.name == sheet_name), None)
    if sheet is None:
        raise ExcelProblem("no_customer_row", sheet=sheet_name, row=row)
    if sheet.name == place.sheet.name:
        number = row if place.top <= row <= place.bottom else None
        customer = _customers(place)[row - place.top] if number else None
        if number is None or not customer:
            raise ExcelProblem("no_customer_row", sheet=sheet_name, row=row)
    else:
        if any(p.sheet.name == sheet.name for p in places.values()):
            raise ExcelProblem("no_customer_row", sheet=sheet_name, row=row)
        customer = _customer_in(sheet, row, book)
        number = _row_of(place, customer)
        if number is None:
            raise ExcelProblem("not_among_graded", customer=customer)
    sheets = [_row_alone(place, number), *_others(places)]
    found = card.explained_in(sheets, _customers(place)[number - place.top] or "", Path(book.name))
    return "\n".join(card.lines(found, session.words))


def _customers(place: Place) -> list[str | None]:
    """The customers in the order of the table."""
    return _column(place, "customer")


def _column(place: Place, key: str) -> list[str | None]:
    known = alongside.headers_of(key)
    at = next((i for i, header in enumerate(place.headers) if header in known), None)
    if at is None:
        return []
    cells = place.rows(place.top, place.bottom, place.left + at, 1)
    return [native.text_of(row[0]) for row in native.rows_of(cells.raw_value)]


def _row_of(place: Place, customer: str) -> int | None:
    """The row of the sheet in which a customer stands, by number or else by name."""
    wanted = plain(customer)
    for key in ("customer", "name"):
        for number, text in enumerate(_column(place, key), start=place.top):
            if text and plain(text) == wanted:
                return number
    return None


def _customer_in(sheet: xw.Sheet, row: int, book: xw.Book) -> str:
    """The customer of a row on one of the user's own sheets."""
    top = reading.raw_sheet(sheet, file=book.name, rows=_TOP)
    try:
        found = layout(top)
    except FenjiError:
        raise ExcelProblem("no_customer_column", sheet=sheet.name) from None
    if "customer" not in found.columns:
        raise ExcelProblem("no_customer_column", sheet=sheet.name)
    if row <= found.header_row + 1:
        raise ExcelProblem("no_customer_row", sheet=sheet.name, row=row)
    cell = sheet.range((row, found.columns["customer"] + top.first_column + 1))
    text = native.text_of(cell.raw_value)
    column = found.data[f"c{found.columns['customer']}"]
    # With the others of its column, for whole numbers written as 17850.0 are known by all of them.
    key = keys(pl.concat([column, pl.Series([text], dtype=pl.String)]))[-1]
    if not key:
        raise ExcelProblem("no_customer_row", sheet=sheet.name, row=row)
    return str(key)


def _row_alone(place: Place, number: int) -> RawSheet:
    """The table of customers with the one row that is asked for."""
    cells = native.rows_of(place.rows(number, number).raw_value)[0]
    return _sheet(place, [list(place.headers), [native.text_of(cell) for cell in cells]])


def _others(places: Mapping[str, Place]) -> list[RawSheet]:
    found = []
    for name in _OTHERS:
        place = places.get(name)
        if place is not None:
            cells = native.rows_of(place.rows(place.top, place.bottom).raw_value)
            body = [[native.text_of(cell) for cell in row] for row in cells]
            found.append(_sheet(place, [list(place.headers), *body]))
    return found


def _sheet(place: Place, rows: list[list[str | None]]) -> RawSheet:
    columns = zip(*rows, strict=True)
    cells = {f"c{i}": pl.Series(column, dtype=pl.String) for i, column in enumerate(columns)}
    return RawSheet(file=place.sheet.book.name, sheet=place.sheet.name, cells=pl.DataFrame(cells))
