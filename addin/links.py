"""Where findings stand, as addresses that a spreadsheet program jumps to.

An address is ``#'Sheet'!C15`` within the workbook and ``orders.xlsx#'Sheet'!C15`` in a file beside
it. Text files have no sheets that a link could lead into: their address is the file alone.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from segmentation.checked import labels
from segmentation.columns import Layout, column_letter

# Files that spreadsheet programs open; of the first, cells can be named.
WITH_SHEETS = (".xlsx", ".xlsm", ".xls")
TEXTS = (".csv", ".tsv", ".txt")
# The function HYPERLINK takes no longer address.
LONGEST = 255


def seen_from(sources: Sequence[Path], out: Path, template: Path | None = None) -> dict[str, str]:
    """How the workbook ``out`` reaches each source, by file name: empty for its own sheets.

    A copy of a source (its ``template``) has the source's sheets itself.
    """
    itself = {path.resolve() for path in (out, template) if path}
    return {
        source.name: "" if source.resolve() in itself else _beside(source, out)
        for source in sources
    }


def _beside(source: Path, out: Path) -> str:
    try:
        near = os.path.relpath(source.resolve(), out.resolve().parent)
    except ValueError:  # on another drive
        near = str(source.resolve())
    return near.replace(os.sep, "/")


def address(file: str, sheet: str) -> str | None:
    """What stands before the cell in the address of a sheet's cells; None where nothing leads.

    ``file`` is empty for a sheet of the workbook itself.
    """
    ending = Path(file).suffix.lower()
    if file and ending not in (*WITH_SHEETS, *TEXTS):
        return None
    # What "#" and "%" mean in an address they must not mean in a file's name.
    near = file.replace("%", "%25").replace("#", "%23")
    if ending in TEXTS:
        return near
    quoted = sheet.replace("'", "''")
    return f"{near}#'{quoted}'!"


def addressed(
    findings: pl.DataFrame, layouts: Sequence[Layout], where: Mapping[str, str]
) -> pl.DataFrame:
    """Findings with ``cell`` (C15) and ``address``; null where there is none.

    A file that ``where`` lacks stands beside the workbook.
    """
    places = pl.DataFrame(_places(layouts, where), schema=_SCHEMA, orient="row").unique(
        ["sheet", "column"], keep="first", maintain_order=True
    )
    cell = pl.concat_str("_letter", pl.col("row").cast(pl.String))
    full = pl.when("_whole").then(pl.col("_address")).otherwise(pl.concat_str("_address", cell))
    return (
        findings.join(places, on=["sheet", "column"], how="left", maintain_order="left")
        .with_columns(cell=cell, address=full)
        .with_columns(address=pl.when(pl.col("address").str.len_chars() <= LONGEST).then("address"))
        .drop("_letter", "_address", "_whole")
    )


_SCHEMA = {
    "sheet": pl.String,
    "column": pl.String,
    "_letter": pl.String,
    "_address": pl.String,
    "_whole": pl.Boolean,
}


def _places(
    layouts: Sequence[Layout], where: Mapping[str, str]
) -> list[tuple[str, str, str, str | None, bool]]:
    """Of each column that was read: its sheet, header and letter, and the address so far."""
    found = []
    for name, each in zip(labels(layouts), layouts, strict=True):
        file = where.get(each.sheet.file, each.sheet.file)
        start = address(file, each.sheet.sheet)
        whole = Path(file).suffix.lower() in TEXTS
        for at in each.columns.values():
            letter = column_letter(at + each.sheet.first_column)
            found.append((name, each.headers[at], letter, start, whole))
    return found
