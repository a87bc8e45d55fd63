"""Explain this customer: what there is to say of the customer in the selected row."""

from __future__ import annotations

import polars as pl

from addin import card
from addin.graded_book import CUSTOMERS
from addin.hosts.calc.jobs.document import Document
from addin.hosts.calc.jobs.task import CalcProblem, Plan, Task
from addin.hosts.file.own_tables import TableText, read_table
from addin.hosts.file.reading import read_sources
from addin.words import LANGUAGES, words
from segmentation.checked import keys
from segmentation.columns import layout
from segmentation.errors import FenjiError
from segmentation.ladder import plain
from segmentation.sources import RawSheet

_OTHERS = ("FenjiStrategy", "FenjiModel")


def explain(task: Task) -> Plan:
    """Tier, reason, next step and figures of the customer in a row of a sheet.

    Raises CalcProblem ``not_graded no_customer_row no_customer_column not_among_graded``.
    """
    document = Document.of(task)
    table = read_table(document.path, CUSTOMERS)
    if table is None:
        raise CalcProblem("not_graded", book=document.title)
    at = _row_of(table, document, task)
    customer = table.rows[at][1][_column(table, "customer") or 0] or ""
    others = [t for name in _OTHERS if (t := read_table(document.path, name)) is not None]
    sheets = [
        _sheet(table, [table.rows[at][1]]),
        *(_sheet(t, [c for _, c in t.rows]) for t in others),
    ]
    found = card.explained_in(sheets, customer, document.path)
    return Plan(said="\n".join(card.lines(found, task.words)))


def _row_of(table: TableText, document: Document, task: Task) -> int:
    """The place in the table of the customer who stands in the selected row."""
    nobody = CalcProblem("no_customer_row", sheet=task.sheet, row=task.row)
    column = _column(table, "customer")
    if task.sheet == table.sheet:
        at = next((i for i, (row, _) in enumerate(table.rows) if row == task.row), None)
        if at is None or column is None or not table.rows[at][1][column]:
            raise nobody
        return at
    if task.sheet in document.own:
        raise nobody
    customer = _customer_in(document, task)
    for key in ("customer", "name"):
        place = _column(table, key)
        for i, (_, cells) in enumerate(table.rows if place is not None else ()):
            text = cells[place or 0]
            if text and plain(text) == plain(customer):
                return i
    raise CalcProblem("not_among_graded", customer=customer)


def _column(table: TableText, key: str) -> int | None:
    known = {words(lang)(f"header.{CUSTOMERS}.{key}") for lang in LANGUAGES}
    return next((i for i, header in enumerate(table.headers) if header in known), None)


def _customer_in(document: Document, task: Task) -> str:
    """The customer of a row on one of the user's own sheets."""
    unknown = CalcProblem("no_customer_column", sheet=task.sheet)
    if task.sheet not in document.sheets:
        raise CalcProblem("no_customer_row", sheet=task.sheet, row=task.row)
    sheets = read_sources([document.path], sheet=task.sheet)
    try:
        found = layout(sheets[0]) if sheets else None
    except FenjiError:
        raise unknown from None
    if found is None or "customer" not in found.columns:
        raise unknown
    column = found.sheet.cells[f"c{found.columns['customer']}"]
    if not found.header_row + 1 < task.row <= column.len():
        raise CalcProblem("no_customer_row", sheet=task.sheet, row=task.row)
    # With the others of its column, for whole numbers written as 17850.0 are known by all of them.
    body = column.slice(found.header_row + 1)
    key = keys(body)[task.row - found.header_row - 2]
    if not key:
        raise CalcProblem("no_customer_row", sheet=task.sheet, row=task.row)
    return str(key)


def _sheet(table: TableText, rows: list[tuple[str | None, ...]]) -> RawSheet:
    columns = zip(table.headers, *rows, strict=True)
    cells = {f"c{i}": pl.Series(column, dtype=pl.String) for i, column in enumerate(columns)}
    return RawSheet(file=table.file, sheet=table.sheet, cells=pl.DataFrame(cells))
