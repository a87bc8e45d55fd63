"""The sheet Kept notes: what users had added to customers who are not there any more."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from addin.hosts.file.errors import TemplateError
from addin.hosts.file.fill import fill
from addin.hosts.file.newsheet import add_sheet, has_table
from addin.hosts.file.own_tables import read_table
from addin.hosts.file.travel import Gone
from addin.words import Words
from segmentation.errors import FileError

TABLE = "FenjiKept"
_SHEETS = {
    "FenjiCustomers": "customers",
    "FenjiActions": "actions",
    "FenjiStrategy": "strategy",
    "FenjiSegmentStrategy": "strategy",
    "FenjiCapacity": "strategy",
    "FenjiContacts": "actions",
    "FenjiBudget": "budget",
}


def keep(path: Path, out: Path, gone: Sequence[Gone], day: dt.date | None, words: Words) -> None:
    """List what is gone at the end of the sheet Kept notes, which is made where it is missing.

    Raises FileError ``cannot_write``.
    """
    headers = list(words.section(f"header.{TABLE}").values())
    rows = [
        (
            one.key,
            words(f"sheet.{_SHEETS[one.table]}") if one.table in _SHEETS else one.table,
            one.column,
            one.text,
            day.isoformat() if day else "",
        )
        for one in gone
    ]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(headers, pl.String), orient="row")
    try:
        if has_table(path, TABLE):
            frame = pl.concat([_before(path, headers), frame])
        else:
            title = (words("sheet.kept"), words("kept.note"))
            add_sheet(path, out, title=title, table=TABLE, headers=headers, like="FenjiCustomers")
            path = out
        fill(path, out, tables={TABLE: frame}, cells={})
    except TemplateError:
        raise FileError("cannot_write", file=str(out)) from None


def _before(path: Path, headers: Sequence[str]) -> pl.DataFrame:
    """What is listed already; in another language the columns are those in the same places."""
    found = read_table(path, TABLE)
    rows = [cells[: len(headers)] for _, cells in found.rows if any(cells)] if found else []
    return pl.DataFrame(rows, schema=dict.fromkeys(headers, pl.String), orient="row")
