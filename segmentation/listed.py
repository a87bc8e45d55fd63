"""Lists of customers that hold just what a grading reads: assets alone, level and title, spend."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from segmentation.attributes import Columns, indices
from segmentation.checked import keys
from segmentation.columns import Layout
from segmentation.errors import DataError
from segmentation.scheme import MEASURES

# What the three measures are read from in a sheet of customers, and what is missing without.
_ROLES = {
    "monetary": ("monetary", "amount"),
    "recency": ("recency", "last_date"),
    "frequency": ("frequency",),
}
_MISSING = {"monetary": "amount", "recency": "date", "frequency": "frequency"}
# Derived measures follow from others, so that they are unknown with them.
FOLLOWS_FROM = {
    "mean_order": ("frequency", "monetary"),
    "repeat_rate": ("frequency",),
    "interval": ("frequency", "recency"),
}


@dataclass(frozen=True, kw_only=True)
class Reads:
    """What the leading method reads: names of measures, and those of them that are ``columns``
    to be found in the sheets."""

    names: Sequence[str] = MEASURES
    columns: Columns = field(default_factory=dict)


def lists(
    layouts: Sequence[Layout], reads: Reads, wanted: Mapping[str, str]
) -> tuple[list[Layout], tuple[str, ...]]:
    """The sheets that list customers with something that the leading method reads, as such, and
    the measures that they lack; nothing where there are none.

    Those that hold most of it count, alike in what they hold. What may be orders (an order
    number, a date or amounts, and customers that come again) is no list. Raises DataError
    ``missing_amount_column``, ``missing_date_column``, ``missing_frequency_column`` where the
    method reads a measure that the list does not have.
    """
    needed = _read(reads, layouts, wanted)
    if needed >= set(MEASURES):
        return [], ()
    some = [(sheet, _held(sheet, reads, wanted)) for sheet in layouts if _names_customers(sheet)]
    most = max((held for _, held in some), key=len, default=frozenset[str]())
    chosen = [_as_list(sheet) for sheet, held in some if held and held == most]
    if not chosen:
        return [], ()
    unknown = tuple(m for m in MEASURES if not all(_tells(sheet, m) for sheet in chosen))
    for measure, what in _MISSING.items():
        if measure in unknown and measure in needed:
            raise missing(what, chosen[0])
    return chosen, unknown


def says_nothing(unknown: Sequence[str]) -> list[str]:
    """The columns of graded customers that follow from ``unknown`` measures."""
    if not unknown:
        return []
    blank = [*(f"{m[0]}_score" for m in unknown), "rfm", "segment"]
    blank += ["abc"] if "monetary" in unknown else []
    return blank + (["stage"] if {"recency", "frequency"} & set(unknown) else [])


def missing(what: str, found: Layout) -> DataError:
    """DataError ``missing_<what>_column`` with the columns that there are."""
    return DataError(
        f"missing_{what}_column",
        sheet=found.sheet.sheet,
        file=found.sheet.file,
        headers=", ".join(h for h in found.headers if h)[:300],
    )


def _names_customers(sheet: Layout) -> bool:
    if "customer" not in sheet.columns:
        return False
    return not {"order", "date", "amount"} & sheet.columns.keys() or not _comes_again(sheet)


def _comes_again(sheet: Layout) -> bool:
    """Whether a customer has several rows that differ."""
    rows = sheet.data.unique()
    customers = keys(rows[f"c{sheet.columns['customer']}"]).drop_nulls()
    return customers.n_unique() < customers.len()


def _tells(sheet: Layout, measure: str) -> bool:
    return any(
        role in sheet.columns and _filled(sheet.data[f"c{sheet.columns[role]}"])
        for role in _ROLES[measure]
    )


def _filled(cells: pl.Series) -> bool:
    return bool((cells.is_not_null() & (cells.str.strip_chars() != "")).any())


def _held(sheet: Layout, reads: Reads, wanted: Mapping[str, str]) -> frozenset[str]:
    """What a sheet holds of what is read, a measure that stands in for a column included."""
    stand_ins = {own.instead for own in reads.columns.values()}
    measures = {m for m in MEASURES if m in {*reads.names, *stand_ins} and _tells(sheet, m)}
    own = {k for k, c in reads.columns.items() if indices(sheet, k, c, wanted.get(k))}
    return frozenset(measures | own)


def _read(reads: Reads, layouts: Sequence[Layout], wanted: Mapping[str, str]) -> set[str]:
    """The measures that are read, or stand in for columns that no sheet has."""
    absent = {
        k
        for k, c in reads.columns.items()
        if not any(indices(sheet, k, c, wanted.get(k)) for sheet in layouts)
    }
    follow = {m for k in absent for m in FOLLOWS_FROM.get(k, ())}
    return {*reads.names, *follow, *(reads.columns[k].instead or "" for k in absent)}


def _as_list(sheet: Layout) -> Layout:
    columns = dict(sheet.columns)
    if "amount" in columns:
        columns.setdefault("monetary", columns["amount"])
        del columns["amount"]
    return dataclasses.replace(sheet, columns=columns, kind="customers")
