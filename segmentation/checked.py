"""Rows of all sheets in one frame, and what the checks say about them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from segmentation.columns import Layout
from segmentation.errors import DataError
from segmentation.vocabulary import NAME_PARTS, plain, vocabulary, without_units

REASONS = (
    "missing_customer",
    "bad_date",
    "future_date",
    "bad_amount",
    "duplicate",
    "cancelled",
    "refunded",
    "returns_only",
    "zero_or_negative",
    "total_row",
    "blank_row",
)
_LONGEST_VALUE = 200
_REPEATED_ROLES = {"customer", "name", "order", "date", "status", "last_date", "first_date"}
_REPEATED_TITLES = 2
_LONGEST_TOTAL = 10
# How outlines name the total of a group: "Anna Total".
_GROUP_TOTAL = r"(?i)\btotals?\s*:?\s*$"
# The columns that a reason can be about, for the finding: the first one that the sheet has.
_ROLES_OF = {
    "missing_customer": ("customer",),
    "bad_date": ("date", "recency", "last_date"),
    "future_date": ("date", "last_date", "recency"),
    "bad_amount": ("amount", "monetary", "quantity"),
    "duplicate": ("order", "customer"),
    "cancelled": ("status", "order"),
    "refunded": ("status", "refund"),
    "returns_only": ("amount", "quantity"),
    "zero_or_negative": ("amount", "price", "frequency"),
    "total_row": ("customer",),
    "blank_row": ("customer",),
}


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What the check made of the rows.

    ``rows`` are the used ones: for orders ``customer name order date amount purchase``
    (``purchase`` is false for returns), for customers ``customer name recency frequency
    monetary first_date last_date``; and what was to be carried on. ``findings`` has one row per
    row left out or questioned: ``sheet row column value rule``.
    ``read == used + sum(left_out.values())``.
    """

    kind: str
    rows: pl.DataFrame
    findings: pl.DataFrame
    read: int
    left_out: dict[str, int]
    as_of: dt.date | None
    has_order_ids: bool = False
    notes: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    @property
    def used(self) -> int:
        return self.read - sum(self.left_out.values())


def gather(layouts: Sequence[Layout], roles: Sequence[str]) -> pl.DataFrame:
    """All rows of sheets of one kind that are not wholly empty, as text by role.

    Adds ``sheet_no`` and ``row`` (as the sheet counts), ``content`` (equal for rows whose
    every cell is equal) and ``scale``.
    """
    frames = []
    nothing = pl.lit(None, dtype=pl.String)
    for number, sheet in enumerate(layouts):
        data = unmerged(sheet)
        picked = {role: f"c{i}" for role, i in sheet.columns.items() if role in roles}
        texts = {r: pl.col(picked[r]) if r in picked else nothing for r in roles}
        if "given_name" in sheet.columns and "name" in roles:
            parts = (f"c{sheet.columns[part]}" for part in NAME_PARTS)
            texts["name"] = pl.concat_str(parts, separator=" ", ignore_nulls=True)
        frame = data.select(
            pl.lit(number, dtype=pl.UInt32).alias("sheet_no"),
            pl.int_range(
                sheet.header_row + 2, sheet.header_row + 2 + pl.len(), dtype=pl.UInt32
            ).alias("row"),
            pl.lit(sheet.scale).alias("scale"),
            **texts,
        ).with_columns(data.hash_rows().alias("content"))
        some = data.select(
            pl.any_horizontal((pl.all().is_not_null()) & (pl.all() != ""))
        ).to_series()
        frames.append(frame.filter(some))
    return pl.concat(frames)


def unmerged(sheet: Layout) -> pl.DataFrame:
    """The rows below the header, merged cells of who, when and which filled to their end.

    Amounts are not repeated: one amount merged over the lines of an order is one amount.
    """
    data = sheet.data
    customer = sheet.columns.get("customer")
    if customer is None or not data[f"c{customer}"].null_count():
        return data
    top = sheet.header_row + 1
    tall = [b for b in sheet.sheet.merged() if b[2] > b[0] >= top]
    for role in _REPEATED_ROLES & sheet.columns.keys():
        index = sheet.columns[role]
        source = np.arange(data.height)
        for first, left, last, right in tall:
            if left <= index + sheet.sheet.first_column <= right:
                source[first - top : last - top + 1] = first - top
        name = f"c{index}"
        data = data.with_columns(pl.coalesce(name, data[name].gather(source)).alias(name))
    return data


def clean(text: pl.Series) -> pl.Series:
    """Without outer blanks; nothing but blanks is null."""
    stripped = text.str.strip_chars()
    return pl.select(pl.when(stripped != "").then(stripped).alias(text.name)).to_series()


def keys(customer: pl.Series) -> pl.Series:
    """Customer keys: full-width characters as plain ones, blanks trimmed, no ``.0``.

    Files that went through other programs hold whole numbers as 17850.0; where every key is
    such a number, they are the same customers as 17850. ``NULL``, ``#N/A``, ``-`` and the like
    are no customer.
    """
    # Customers come back again and again: each spelling is looked at once.
    written = customer.unique().drop_nulls()
    key = clean(written.str.normalize("NFKC"))
    known = key.drop_nulls()
    if known.len() and known.str.contains(r"^\d+(\.0+)?$").all():
        key = key.str.replace(r"\.0+$", "")
    nobody = key.is_in(vocabulary().marks["nothing"]) | ~key.str.contains(r"[\p{L}\p{N}]")
    key = pl.select(pl.when(~nobody).then(key)).to_series()
    if written.equals(key):
        return customer.alias("key")
    return customer.replace_strict(written, key, default=None, return_dtype=pl.String).alias("key")


def total_rows(layouts: Sequence[Layout], rows: pl.DataFrame, suspects: pl.Series) -> pl.Series:
    """Rows that are a total and not an order or a customer.

    That is a row whose customer or name is a word for a total and that has no order number;
    and of the ``suspects``, which can't be used anyway, each that has such a word in any cell,
    or repeats the header. Orders may well have an item called Total.
    """
    own = pl.Series([False]).new_from_index(0, rows.height)
    unnumbered = clean(rows["order"]).is_null() if "order" in rows.columns else ~own
    if unnumbered.any():
        named = matches(rows["customer"], "total") | matches(rows["name"], "total")
        own = unnumbered & named
    found = [_totals_among(layouts, part) for part in _by_sheet(rows.filter(suspects))]
    if not found:
        return own.alias("total")
    marked = pl.concat(found).with_columns(total=pl.lit(value=True))
    joined = rows.select("sheet_no", "row").join(
        marked, on=["sheet_no", "row"], how="left", maintain_order="left"
    )
    return (own | joined["total"].fill_null(value=False)).alias("total")


def _by_sheet(rows: pl.DataFrame) -> list[pl.DataFrame]:
    return rows.select("sheet_no", "row").partition_by("sheet_no")


def _totals_among(layouts: Sequence[Layout], rows: pl.DataFrame) -> pl.DataFrame:
    sheet = layouts[rows["sheet_no"][0]]
    cells = sheet.sheet.cells[rows["row"].cast(pl.Int64) - 1]
    titles = [cells[f"c{i}"].str.strip_chars() == h for i, h in enumerate(sheet.headers) if h]
    repeats = pl.sum_horizontal(t.fill_null(value=False).cast(pl.Int32) for t in titles)
    named = pl.any_horizontal(
        matches(cells[c], "total") | cells[c].str.contains(_GROUP_TOTAL) for c in cells.columns
    )
    return rows.filter(
        pl.select(named.fill_null(value=False) | (repeats >= _REPEATED_TITLES)).to_series()
    )


def counts(rows: pl.DataFrame) -> dict[str, int]:
    counted = dict(rows["reason"].drop_nulls().value_counts().iter_rows())
    return {r: counted[r] for r in REASONS if r in counted}


def nothing_left(
    rows: pl.DataFrame, day: str, left_out: Mapping[str, int], as_of: dt.date | None
) -> DataError:
    """Why no row can be used; ``day`` is the column of parsed dates."""
    late = rows.filter(pl.col("reason") == "future_date")[day].min()
    if as_of is not None and isinstance(late, dt.date):
        return DataError("as_of_before_data", as_of=as_of, first=late)
    return DataError("nothing_left", read=rows.height, counts=dict(left_out))


def labels(layouts: Sequence[Layout]) -> list[str]:
    """What findings call each sheet: with its file where there are several."""
    several = len({s.sheet.file for s in layouts}) > 1
    return [f"{s.sheet.file} · {s.sheet.sheet}" if several else s.sheet.sheet for s in layouts]


def findings(rows: pl.DataFrame, layouts: Sequence[Layout]) -> pl.DataFrame:
    """One row per row left out: where it stands, what stands there, which rule.

    ``rows`` may have ``at``, the role whose column is to blame (null: the usual one).
    """
    bad = rows.filter(pl.col("reason").is_not_null())
    usual = pl.DataFrame(
        [(i, *each) for i, sheet in enumerate(layouts) for each in _shown(sheet, rows.columns)],
        schema={"sheet_no": pl.UInt32, "reason": pl.String, "role": pl.String},
        orient="row",
    )
    headers = pl.DataFrame(
        [
            (i, r, sheet.headers[at])
            for i, sheet in enumerate(layouts)
            for r, at in sheet.columns.items()
        ],
        schema={"sheet_no": pl.UInt32, "role": pl.String, "column": pl.String},
        orient="row",
    )
    bad = bad.join(usual, on=["sheet_no", "reason"], how="left", maintain_order="left")
    if "at" in bad.columns:
        named = headers.select("sheet_no", at="role", there="role")
        bad = bad.join(named, on=["sheet_no", "at"], how="left", maintain_order="left")
        bad = bad.with_columns(role=pl.coalesce("there", "role"))
    bad = bad.join(headers, on=["sheet_no", "role"], how="left", maintain_order="left")
    value: Any = pl.lit(None, dtype=pl.String)
    for role in bad["role"].drop_nulls().unique():
        value = pl.when(pl.col("role") == role).then(pl.col(role)).otherwise(value)
    names = labels(layouts)
    return bad.select(
        pl.col("sheet_no")
        .replace_strict(dict(enumerate(names)), return_dtype=pl.String)
        .alias("sheet"),
        "row",
        "column",
        value.str.replace(" 00:00:00", "", literal=True)
        .str.slice(0, _LONGEST_VALUE)
        .alias("value"),
        pl.col("reason").alias("rule"),
    )


def _shown(sheet: Layout, known: Sequence[str]) -> list[tuple[str, str]]:
    """For each reason the role whose column a finding shows."""
    return [
        (reason, next((r for r in roles if r in sheet.columns and r in known), "customer"))
        for reason, roles in _ROLES_OF.items()
    ]


def matches(text: pl.Series, kind: str) -> pl.Series:
    """Which texts say ``total``, ``cancelled`` or ``refunded``, in either language."""
    close = text.drop_nulls()
    marks = vocabulary().marks.get(kind)
    if marks:
        close = close.filter(close.str.contains_any(list(marks), ascii_case_insensitive=True))
    says = _is_total if kind == "total" else _is_status
    hits = [t for t in close.unique().to_list() if says(t, kind)]
    if not hits:
        return pl.Series(kind, [False]).new_from_index(0, text.len())
    return text.is_in(hits).fill_null(value=False).alias(kind)


def _is_total(text: str, kind: str) -> bool:
    """``合计：``, ``2025年合计``, ``总计(元)``, ``Sum of Amount``; not ``Total Energies``."""
    if text.lstrip().startswith(("=", "@", "+", "-")):  # a name that looks like a formula
        return False
    words = vocabulary().words[kind]
    bare = plain(without_units(text)[0])
    ends = any(bare.endswith(w) for w in words if not w.isascii())
    begins = bare.startswith(tuple(vocabulary().marks["total_of"]))
    return bare in words or begins or (ends and len(bare) <= _LONGEST_TOTAL)


def _is_status(text: str, kind: str) -> bool:
    """``买家已取消`` and ``Cancelled by customer`` count; ``部分退款``, ``not refunded`` do not."""
    bare = plain(text)
    if bare in vocabulary().words[kind]:
        return True
    if any(w in bare for w in vocabulary().words["partly"]):
        return False
    return any(w in bare for w in vocabulary().words[f"{kind}_inside"])
