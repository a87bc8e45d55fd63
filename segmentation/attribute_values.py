"""Cells of the user's own columns as numbers or texts, and what is doubtful about them."""

from __future__ import annotations

from typing import Any

import polars as pl

from segmentation.amounts import MONEY_DECIMALS, parse_amounts
from segmentation.checked import clean
from segmentation.notes import Note
from segmentation.scheme import ColumnSettings
from segmentation.vocabulary import plain, vocabulary, without_units

# Words for nothing that are also a class of their own: no title, no risk.
_MAY_BE_A_CLASS = frozenset({"none", "nil", "unknown"})
_PERCENT = "[%\uff05]$"


def read_values(text: pl.Series, own: ColumnSettings, header: str) -> pl.Series:
    """What the cells of one sheet's column hold; null where blank or no number.

    A percentage is a share, and a unit in the header (ten thousand) multiplies.
    """
    text = clean(text)
    if own.kind == "text":
        written = clean(text.str.normalize("NFKC"))
        return pl.select(pl.when(~_no_text(written)).then(written)).to_series()
    share = text.str.contains(_PERCENT).fill_null(value=False)
    number = parse_amounts(text.str.replace(_PERCENT, ""))
    units = [vocabulary().units.get(plain(u)) for u in without_units(header)[1]]
    scale = next((u for u in units if u), 1.0)
    factor = pl.select(pl.when(share).then(0.01).otherwise(scale)).to_series()
    return (number * factor).round(MONEY_DECIMALS)


def _no_text(text: pl.Series) -> pl.Series:
    words = vocabulary().marks["nothing"]
    nothing = [w for w in words if w.isascii() and w.casefold() not in _MAY_BE_A_CLASS]
    return text.is_in(nothing).fill_null(value=True)


def doubtful(rows: pl.DataFrame, own: ColumnSettings) -> list[Note]:
    """Notes on the ``rows`` (``row text value``) of one sheet.

    ``column_unreadable`` on cells that should hold a number and do not (those that say there is
    none are blank), ``column_above`` on values beyond the highest that there can be.
    """
    if own.kind == "text":
        return []
    text = clean(rows["text"])
    nothing = text.is_in(vocabulary().marks["nothing"]) | ~text.str.contains(r"[\p{L}\p{N}]")
    unreadable = rows.filter(rows["value"].is_null() & ~nothing.fill_null(value=True))
    notes = _note("column_unreadable", unreadable)
    if own.most is not None:
        above = rows.filter(pl.col("value") > own.most)
        notes += _note("column_above", above, most=f"{own.most:g}")
    return notes


def _note(code: str, rows: pl.DataFrame, **params: Any) -> list[Note]:
    """A count, with the first of the rows as an example."""
    if rows.is_empty():
        return []
    first = rows.sort("row").row(0, named=True)
    place = {"cells": rows.height, "value": first["text"].strip(), "row": first["row"]}
    return [(code, {**place, **params})]
