"""The tags of a table's rows in another order: heights, styles, and which rows are hidden."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from addin.hosts.file.oldrows import OldRows, common
from addin.hosts.file.rowmap import RowMap
from addin.hosts.file.tablefilter import UnknownFilterError, criteria, shown, without_criteria

_HIDDEN = ' hidden="1"'


@dataclass(frozen=True, kw_only=True)
class Cells:
    """The cells of a table's columns, counted from 0, as text: of the old rows, of the new ones."""

    old: Callable[[int], pl.Series]
    new: Callable[[int], pl.Series]


def row_tags(
    old: OldRows, rows: RowMap, table: bytes, cells: Cells
) -> tuple[pl.Series, str, bytes | None]:
    """The tags of the new rows behind their numbers, and the attributes that are usual.

    Rows hidden by hand stay so, and go with their customers; the table's filter is worked out
    anew. Where that can't be done every row is shown: the third is the table without its filter.
    """
    tags, hidden = old.tags()
    usual = common(tags.drop_nulls()) or ""
    unfiltered = None
    none = pl.repeat(value=False, n=len(rows.was), eager=True)
    by_hand, hides = hidden, none
    if nodes := criteria(table):
        try:
            by_hand = hidden & shown(nodes, cells.old, len(hidden))
            hides = ~shown(nodes, cells.new, len(rows.was))
        except (UnknownFilterError, pl.exceptions.PolarsError):
            unfiltered = without_criteria(table)
            by_hand, hides = pl.repeat(value=False, n=len(hidden), eager=True), none
    own = tags.fill_null(usual).gather(rows.was).fill_null(usual)
    hand = by_hand.gather(rows.was).fill_null(value=False)
    frame = pl.DataFrame({"tag": own, "hidden": hand | hides})
    mark = pl.when("hidden").then(pl.lit(_HIDDEN)).otherwise(pl.lit(""))
    made = frame.select(pl.concat_str(pl.lit('"'), "tag", mark, pl.lit(">")).alias("tag"))["tag"]
    return made, usual, unfiltered
