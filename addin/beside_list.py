"""Tier, segment, reason and next step for the rows of the user's own lists of customers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass

import polars as pl

from addin.explaining.told import tier_names
from addin.findings import reason_key
from addin.tables import graded_table
from addin.words import LANGUAGES, Words, words
from segmentation.checked import gather, keys
from segmentation.columns import Layout, layout
from segmentation.errors import FenjiError
from segmentation.run import Grading
from segmentation.sources import RawSheet

COLUMNS = ("tier", "segment", "why", "next")
WIDTHS = {"tier": 12.0, "segment": 18.0, "why": 46.0, "next": 38.0}
# A list of customers that has no figures: this part of its customers at least must be graded.
_KNOWN = 0.5


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What comes beside one list: a frame with ``row`` (as the sheet counts), ``customer`` and
    the columns; from the first row below the header to the last one with a customer."""

    layout: Layout
    rows: pl.DataFrame

    @property
    def keys(self) -> list[str]:
        """The columns that say something."""
        return [c for c in COLUMNS if c == "tier" or self.rows[c].null_count() < self.rows.height]


def lists_of(sheets: Sequence[RawSheet], own: Collection[str], grading: Grading) -> list[Layout]:
    """The user's own sheets that list customers: graded ones, and others beside orders.

    ``own`` are the names of Fenji's sheets.
    """
    graded = [x for x in grading.layouts if x.sheet.sheet not in own]
    found = [x for x in graded if x.kind == "customers"]
    for sheet in sheets:
        known = sheet.hidden or any(sheet is x.sheet for x in grading.layouts)
        if known or sheet.sheet in own or sheet.cells.height < 2:
            continue
        with suppress(FenjiError):
            other = layout(sheet)
            if other.kind != "orders" and "customer" in other.columns:
                found.append(other)
    return found


def answers(grading: Grading, lists: Sequence[Layout], text: Words) -> list[Answer]:
    """What comes beside the lists of customers, graded ones or others with the same customers."""
    found = _told(grading, text)
    made = []
    for sheet in lists:
        graded = any(sheet.sheet is each.sheet for each in grading.layouts)
        rows = _rows(sheet).join(found, on="customer", how="left", maintain_order="left")
        if not graded and not _same_customers(rows):
            continue
        if graded:
            reasons = _reasons(grading, sheet, text)
            rows = rows.join(reasons, on="row", how="left", maintain_order="left").with_columns(
                pl.when(pl.col("reason").is_null()).then(pl.col(c)).alias(c) for c in COLUMNS
            )
            rows = rows.with_columns(why=pl.coalesce("why", "reason")).drop("reason")
        made.append(Answer(layout=sheet, rows=rows))
    return made


def _told(grading: Grading, text: Words) -> pl.DataFrame:
    names = dict(enumerate(tier_names(grading.model, text.lang)))
    tiers = grading.graded["tier_no"].replace_strict(names, return_dtype=pl.String)
    return graded_table(grading, text).with_columns(tier=tiers).select("customer", *COLUMNS)


def _rows(sheet: Layout) -> pl.DataFrame:
    """The customer of each row, as the check reads it."""
    rows = gather([sheet], ("customer",))
    return rows.select("row", keys(rows["customer"]).alias("customer"))


def _same_customers(rows: pl.DataFrame) -> bool:
    """Whether a sheet lists customers, each once, that were graded for the most part."""
    known = rows.filter(pl.col("customer").is_not_null())
    graded = known.filter(pl.col("tier").is_not_null())
    once = known["customer"].n_unique() == known.height
    return known.height > 0 and once and graded.height >= _KNOWN * known.height


def _reasons(grading: Grading, sheet: Layout, text: Words) -> pl.DataFrame:
    """Why rows were left out, by row."""
    checked = grading.checked
    several = len({s.sheet.file for s in grading.layouts}) > 1
    name = f"{sheet.sheet.file} · {sheet.sheet.sheet}" if several else sheet.sheet.sheet
    mine = checked.findings.filter(pl.col("sheet") == name).unique("row", maintain_order=True)
    said = {r: text(f"reason.{reason_key(checked, r)}") for r in mine["rule"].unique()}
    return mine.select(
        pl.col("row").cast(pl.UInt32),
        reason=pl.col("rule").replace_strict(said, default=None, return_dtype=pl.String),
    )


def headers(key: str) -> list[str]:
    """How a column beside a list is called, in all languages."""
    return [words(lang)(f"excel.column.{key}") for lang in LANGUAGES]


def edge_of(found: Layout) -> int:
    """The last column of the list: where its headers end for the first time, from the customer.

    Counted as the sheet counts, from 1.
    """
    edge = found.columns["customer"]
    for number in range(edge, len(found.headers)):
        if not found.headers[number]:
            break
        edge = number
    return edge + found.sheet.first_column + 1
