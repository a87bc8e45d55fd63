"""The user's own columns: satisfaction, assets, level of a hospital, read per customer.

They stand in the sheets that are graded, or in others that name the customer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from segmentation.amounts import MONEY_DECIMALS
from segmentation.attribute_values import doubtful, read_values
from segmentation.checked import Checked, clean, keys, unmerged
from segmentation.columns import Layout, asked
from segmentation.dates import parse_dates
from segmentation.errors import UsageError
from segmentation.notes import Note
from segmentation.scheme import ColumnSettings, MeasureSettings
from segmentation.vocabulary import plain, without_units

Columns = Mapping[str, ColumnSettings]
Headers = Mapping[str, str]
_TAKE: dict[str, Callable[[Any], Any]] = {
    "last": lambda v: v.last(),
    "first": lambda v: v.first(),
    # Sorted, so that a sum is the same whatever the row order.
    "sum": lambda v: v.sort().sum().round(MONEY_DECIMALS),
    "mean": lambda v: v.sort().mean().round(MONEY_DECIMALS),
    "max": lambda v: v.max(),
    "min": lambda v: v.min(),
}


@dataclass(frozen=True, kw_only=True)
class Attributes:
    """``measures`` with a column per key (null where unknown), what is said of them, and the
    header that each key was read from."""

    measures: pl.DataFrame
    notes: list[Note] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class _Place:
    """A column of one sheet that holds one of the user's measures."""

    layout: Layout
    index: int
    number: int | None = None

    @property
    def header(self) -> str:
        return self.layout.headers[self.index]

    def params(self, own: ColumnSettings) -> dict[str, Any]:
        sheet = self.layout.sheet
        return {
            "column": dict(own.name),
            "header": self.header,
            "sheet": sheet.sheet,
            "file": sheet.file,
        }

    def texts(self) -> pl.Series:
        return unmerged(self.layout)[f"c{self.index}"]


def holds_any(layout: Layout, own: Columns, wanted: Headers) -> bool:
    """Whether a sheet tells one of the user's measures of customers."""
    named = {"customer", "name"} & layout.columns.keys()
    return bool(named) and any(indices(layout, k, c, wanted.get(k)) for k, c in own.items())


def indices(layout: Layout, key: str, own: ColumnSettings, header: str | None) -> list[int]:
    """The columns that a measure can be read from, best first; those without a value are not.

    The header that the user named, else the key, the names in both languages, the ``headers``.
    """
    if header is not None:
        try:
            return [asked(layout.sheet, layout.headers, key, header)]
        except UsageError:
            return []
    ranks: dict[str, int] = {}
    for rank, name in enumerate((key, *own.name.values(), *own.headers)):
        ranks.setdefault(plain(name), rank)
    found = []
    for i, label in enumerate(layout.headers):
        names = {plain(label), plain(without_units(label)[0])} & ranks.keys() - {""}
        if names and clean(layout.data[f"c{i}"]).null_count() < layout.data.height:
            found.append((min(ranks[n] for n in names), i))
    return [i for _, i in sorted(found)]


def read_columns(
    measures: pl.DataFrame,
    own: Columns,
    *,
    checked: Checked,
    graded: Sequence[Layout],
    aside: Sequence[Layout],
    wanted: Headers,
    settings: MeasureSettings,
) -> Attributes:
    """The measures with the user's own columns.

    ``checked.rows`` have ``sheet_no`` and ``row``; ``aside`` are the other sheets that name a
    customer. The graded sheets come first, then the others as they stand; the first that has a
    column gives it. ``wanted`` maps keys to headers; UsageError ``no_such_header`` where no
    sheet has one. Of several rows, ``take`` counts: orders and sheets with a date go by date,
    others by row; rows after the day of grading and blank cells do not count. Percentages are
    shares, and a unit in the header (万元) multiplies.
    """
    notes: list[Note] = []
    headers: dict[str, str] = {}
    for key, column in own.items():
        places = _places(graded, aside, key, column, wanted.get(key))
        found, place, said = _first(places, column, checked, settings)
        kind = pl.String if column.kind == "text" else pl.Float64
        values = pl.DataFrame(schema={"customer": pl.String, key: kind})
        if found is not None and place is not None:
            values = found.select("customer", pl.col("value").cast(kind).alias(key))
            headers[key] = place.header
        measures = measures.drop(key, strict=False).join(
            values, on="customer", how="left", maintain_order="left"
        )
        notes += [*said, *_missing(key, column, measures, settings)]
    return Attributes(measures=measures, notes=notes, headers=headers)


def _places(
    graded: Sequence[Layout],
    aside: Sequence[Layout],
    key: str,
    own: ColumnSettings,
    header: str | None,
) -> list[list[_Place]]:
    """Where a column stands: all graded sheets as one, then each other sheet."""
    first = [
        _Place(layout=sheet, index=at[0], number=i)
        for i, sheet in enumerate(graded)
        if (at := indices(sheet, key, own, header))
    ]
    others = [
        [_Place(layout=sheet, index=at[0])]
        for sheet in aside
        if (at := indices(sheet, key, own, header))
    ]
    if header is not None and not first and not others:
        asked(graded[0].sheet, graded[0].headers, key, header)
    return [first, *others] if first else others


def _first(
    places: Sequence[list[_Place]],
    own: ColumnSettings,
    checked: Checked,
    settings: MeasureSettings,
) -> tuple[pl.DataFrame | None, _Place | None, list[Note]]:
    """The values of the first place that knows a graded customer, and what is said of all."""
    notes: list[Note] = []
    taken: tuple[pl.DataFrame, _Place] | None = None
    for some in places:
        place = some[0]
        if taken:
            notes.append(
                ("column_also", {**place.params(own), "used": taken[1].layout.sheet.sheet})
            )
            continue
        parts = [_rows(p, checked, settings) for p in some]
        read = [
            (p, part, read_values(part["text"], own, p.header))
            for p, part in zip(some, parts, strict=True)
        ]
        rows = pl.concat(part.with_columns(value=value) for _, part, value in read)
        if place.number is None and rows.is_empty():
            notes.append(("column_unmatched", place.params(own)))
            continue
        take = "last" if own.kind == "text" and own.take != "first" else own.take
        known = rows.drop_nulls("value").sort("at", "sheet_no", "row", nulls_last=False)
        found = known.group_by("customer", maintain_order=True).agg(_TAKE[take](pl.col("value")))
        params = {**place.params(own), "customers": found.height}
        notes.append(("column_from", {**params, "all": checked.rows["customer"].n_unique()}))
        for p, part, value in read:
            said = doubtful(part.with_columns(value=value), own)
            notes += [(code, {**p.params(own), **params}) for code, params in said]
        taken = found, place
    return (*taken, notes) if taken else (None, None, notes)


def _rows(place: _Place, checked: Checked, settings: MeasureSettings) -> pl.DataFrame:
    """The rows of a sheet that are about graded customers: ``customer sheet_no row at text``."""
    top = place.layout.header_row + 2
    texts = place.texts()
    if place.number is not None:
        day = pl.col("date") if checked.kind == "orders" else pl.lit(None, dtype=pl.Date)
        rows = checked.rows.filter(pl.col("sheet_no") == place.number).select(
            "customer", "sheet_no", "row", day.alias("at")
        )
        return rows.with_columns(texts.gather(rows["row"].cast(pl.Int64) - top).alias("text"))
    rows = pl.DataFrame(
        {
            "customer": _customers(place.layout, checked),
            "sheet_no": pl.Series([0], dtype=pl.UInt32).new_from_index(0, texts.len()),
            "row": pl.int_range(top, top + texts.len(), dtype=pl.UInt32, eager=True),
            "at": _days(place.layout, settings),
            "text": texts,
        }
    ).filter(pl.col("customer").is_not_null())
    if checked.as_of is None:
        return rows
    return rows.filter((pl.col("at") <= checked.as_of).fill_null(value=True))


def _days(layout: Layout, settings: MeasureSettings) -> pl.Series:
    none = pl.Series([None], dtype=pl.Date).new_from_index(0, layout.data.height)
    if "date" not in layout.columns:
        return none
    order = None if settings.date_order == "auto" else settings.date_order
    parsed = parse_dates(clean(layout.data[f"c{layout.columns['date']}"]), order=order)
    return none if parsed.undecided.any() else parsed.dates


def _customers(layout: Layout, checked: Checked) -> pl.Series:
    """The graded customer that each row of another sheet is about, null where none.

    By key or by name, whichever finds most customers; a name that two customers share is
    nobody's.
    """
    people = checked.rows.select("customer", "name").unique()
    ids = people.select("customer", key="customer").unique()
    named = people.drop_nulls("name").select("customer", keys(people["name"].drop_nulls()))
    names = named.unique().filter(pl.col("key").is_unique() & pl.col("key").is_not_null())
    data = unmerged(layout)
    best = pl.Series([None], dtype=pl.String).new_from_index(0, data.height)
    for target in (ids, names):
        for role in ("customer", "name"):
            if role not in layout.columns or target.is_empty():
                continue
            key = keys(data[f"c{layout.columns[role]}"]).to_frame("key")
            found = key.join(target, on="key", how="left", maintain_order="left")["customer"]
            if found.drop_nulls().n_unique() > best.drop_nulls().n_unique():
                best = found
    return best


def _missing(
    key: str, own: ColumnSettings, measures: pl.DataFrame, settings: MeasureSettings
) -> list[Note]:
    """What is said of a column without a single value."""
    if measures[key].null_count() < measures.height:
        return []
    return [stood_in(key, own.name, own.instead, settings)]


def stood_in(
    key: str, name: Mapping[str, str], instead: str | None, settings: MeasureSettings
) -> Note:
    """What stands in for a column that the data do not have, if anything does."""
    params: dict[str, Any] = {"column": dict(name), "key": key}
    if not instead:
        return "column_absent", params
    how = getattr(settings, instead, None)
    return "column_instead", {**params, "instead": f"{instead}_{how}" if how else instead}
