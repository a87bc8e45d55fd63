"""Read what Fenji graded before: a workbook in either language, .csv or .parquet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from addin.explain import extras
from addin.hosts.file.own_tables import read_table
from addin.hosts.file.reading import read_sources
from addin.words import LANGUAGES, words
from segmentation.errors import DataError, UsageError
from segmentation.grading import load_model
from segmentation.ladder import Rung, plain, tokens
from segmentation.scheme import DERIVED
from segmentation.sources import RawSheet

_HEADER_SEARCH_ROWS = 30
_ENOUGH = 6
_DEFUSED = r"^'([=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20])"
_TEXTS = ("customer", "name", "tier", "segment", "abc", "stage", "why", "next")
_NUMBERS = ("monetary", "recency", "frequency", "score", "r_score", "f_score", "m_score")


@dataclass(frozen=True, kw_only=True)
class Graded:
    """The customers of a file that Fenji graded.

    ``frame`` has ``customer name tier tier_no`` and every numeric column by key (the contract's
    where it is known, else the header); ``tier_no`` is null where ``tiers`` lacks the tier.
    ``certain`` says that the file itself lists its tiers, best first; else they stand as the
    customers do, and ``ordered`` says whether those stand as Fenji writes them. ``nameless`` counts
    rows without a customer, which are not in the frame. ``model`` is what graded them, where the
    file holds it.
    """

    file: str
    frame: pl.DataFrame
    headers: Mapping[str, str]
    tiers: tuple[Rung, ...]
    certain: bool
    ordered: bool
    nameless: int = 0
    model: Mapping[str, Any] | None = None


def read_graded(path: Path) -> Graded:
    """Read the customers, their tiers and the model.

    Raises DataError ``not_graded customer_twice``, FileError as reading does.
    """
    frame, headers = customers_of(read_sources([path]), path)
    model = _model(path)
    frame = _by_key(frame, model).with_columns(pl.col("customer", "tier").str.strip_chars())
    filled = frame.filter(pl.any_horizontal(pl.all() != ""))
    named = filled.filter(pl.col("customer") != "")
    _check_once(named, path)
    texts = [c for c in ("customer", "name", "tier") if c in named.columns]
    others = [c for c in named.columns if c not in _TEXTS]
    numbers = named.select(
        *texts,
        *(pl.col(c).str.replace_all(",", "").cast(pl.Float64, strict=False) for c in others),
        *(pl.lit(None, pl.Float64).alias(c) for c in _NUMBERS if c not in others),
    )
    if "name" not in texts:
        numbers = numbers.with_columns(name=pl.lit(""))
    listed = _listed(path, model)
    tiers = listed or _as_they_stand(named)
    return Graded(
        file=path.name,
        frame=numbered(numbers, tiers),
        headers=headers,
        tiers=tiers,
        certain=bool(listed),
        ordered=bool(listed) or _stands_as_written(numbers),
        nameless=filled.height - named.height,
        model=model,
    )


def numbered(frame: pl.DataFrame, tiers: Sequence[Rung]) -> pl.DataFrame:
    """The frame with ``tier_no``: the number of each customer's tier in a list."""
    texts = frame["tier"].unique().to_list()
    found = {
        text: next((i for i, rung in enumerate(tiers) if plain(text) in tokens(rung)), None)
        for text in texts
    }
    return frame.with_columns(tier_no=pl.col("tier").replace_strict(found, return_dtype=pl.Int64))


def customers_of(sheets: Sequence[RawSheet], path: Path) -> tuple[pl.DataFrame, dict[str, str]]:
    """The table of customers as text, by key, and its headers.

    Raises DataError ``not_graded``.
    """
    found = table(sheets, "FenjiCustomers", needed={"customer", "tier"})
    if found is None:
        raise DataError("not_graded", file=path.name)
    frame, headers = found
    if path.suffix.lower() == ".csv":
        # What a spreadsheet would run stands there behind an apostrophe.
        named = [c for c in ("customer", "name") if c in frame.columns]
        frame = frame.with_columns(pl.col(named).str.replace(_DEFUSED, "$1"))
    return frame, headers


def table(
    sheets: Sequence[RawSheet], name: str, *, needed: set[str]
) -> tuple[pl.DataFrame, dict[str, str]] | None:
    """The first sheet whose header is that of a table, in any language or by its keys."""
    known = {
        plain(header): key
        for lang in LANGUAGES
        for key, header in words(lang).section(f"header.{name}").items()
    }
    known |= {key: key for key in words("en").section(f"header.{name}")}
    known |= {
        plain(words(lang)(f"measure_name.{key}")): key for lang in LANGUAGES for key in DERIVED
    }
    for sheet in sheets:
        top = sheet.cells.head(_HEADER_SEARCH_ROWS)
        for index, cells in enumerate(top.iter_rows()):
            keys = [known.get(plain(c or ""), c or "") for c in cells]
            enough = len(set(keys) & set(known.values())) >= min(_ENOUGH, len(set(known.values())))
            if enough and needed <= set(keys):
                return _below(sheet, index, keys, [c or "" for c in cells])
    return None


def _below(
    sheet: RawSheet, index: int, keys: Sequence[str], headers: Sequence[str]
) -> tuple[pl.DataFrame, dict[str, str]]:
    named = {k: i for i, k in reversed(list(enumerate(keys))) if k}
    # As they stand: another table beside this one may have columns of the same names.
    placed = sorted(named.items(), key=lambda one: one[1])
    columns = [pl.col(f"c{i}").fill_null("").alias(k) for k, i in placed]
    return sheet.cells.slice(index + 1).select(columns), {k: headers[i] for k, i in placed}


def _check_once(named: pl.DataFrame, path: Path) -> None:
    counts = named.group_by("customer", maintain_order=True).len().filter(pl.col("len") > 1)
    if counts.height:
        customer, times = counts.row(0)
        raise DataError("customer_twice", file=path.name, customer=customer, times=times)


def _model(path: Path) -> dict[str, Any] | None:
    held = read_table(path, "FenjiModel", cells=["FenjiModelJson"])
    text = held.cells["FenjiModelJson"] if held else None
    try:
        return load_model(text) if text else None
    except UsageError:
        return None


def _by_key(frame: pl.DataFrame, model: Mapping[str, Any] | None) -> pl.DataFrame:
    """The method's own columns under their keys, whatever language their headers are in."""
    if model is None:
        return frame
    known = {plain(e.header): e.key for lang in LANGUAGES for e in extras(model, words(lang))}
    found = {c: known[plain(c)] for c in frame.columns if plain(c) in known}
    taken = {k for k in found.values() if k in frame.columns}
    return frame.rename({c: k for c, k in found.items() if k not in taken})


def rungs_of(model: Mapping[str, Any]) -> tuple[Rung, ...]:
    """The tiers of a model, best first."""
    return tuple(Rung(key=t["key"], names=dict(t["name"])) for t in model["tiers"])


def _listed(path: Path, model: Mapping[str, Any] | None) -> tuple[Rung, ...]:
    """The tiers that the file lists, best first; none where it does not."""
    if model:
        return rungs_of(model)
    held = read_table(path, "FenjiTiers")
    names = [cells[0] for _, cells in held.rows] if held else []
    return tuple(Rung(key=name) for name in names if name)


def _as_they_stand(named: pl.DataFrame) -> tuple[Rung, ...]:
    tiers = named["tier"].unique(maintain_order=True).to_list()
    return tuple(Rung(key=text) for text in tiers if text)


def _stands_as_written(frame: pl.DataFrame) -> bool:
    """Whether the customers stand as Fenji writes them: by tier, then by amount, largest first."""
    runs = frame.select(pl.col("tier").rle_id()).to_series().n_unique()
    falls = frame.select(
        pl.col("monetary").diff().over(pl.col("tier").rle_id()).fill_null(0) <= 0
    ).to_series()
    return runs == frame["tier"].n_unique() and bool(falls.all())
