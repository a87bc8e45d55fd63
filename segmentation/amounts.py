"""Amounts as people write them: 1,234.50 ¥1,234 (1,234) 12.5万 １２３ 1.234,50 123-."""

from __future__ import annotations

from typing import Any

import polars as pl

from segmentation.vocabulary import vocabulary

MONEY_DECIMALS = 6
_SPACES = r"[\s'’\u00a0\u202f_]"
_POINT_GROUPS = r"^\s*[+-]?[1-9]\d{0,2}(?:\.\d{3})+\s*$"
_ENOUGH_POINTS = 3
_GLANCE = 1000
_NUMBER = r"^\d*\.?\d+(?:e[+-]?\d+)?$|^\d+\.$"


def parse_amounts(text: pl.Series, *, money: bool = False) -> pl.Series:
    """Numbers of a text column (``Float64``); null where the text is none.

    Whether a comma is a decimal point is decided by the column: only where texts such as
    12,5 stand and none such as 12.5. In a column of ``money`` points group thousands where
    each stands before three digits and whole numbers below a thousand stand without one.
    """
    fast = text.str.strip_chars().cast(pl.Float64, strict=False)
    fast = pl.select(pl.when(fast.is_finite()).then(fast)).to_series()
    odd = text.filter(fast.is_null() & text.is_not_null()).unique()
    odd = odd.filter(odd.str.strip_chars() != "")
    points = money and _point_grouping(text)
    if odd.is_empty() and not points:
        return fast
    comma = points or _decimal_comma(text)
    if comma:
        # Beside 12,50 a text such as 1.234 is no small number with three decimals.
        grouped = text.str.contains(_POINT_GROUPS).fill_null(value=False)
        fast = pl.select(pl.when(~grouped).then(fast)).to_series()
        odd = pl.concat([odd, text.filter(grouped).unique()])
    lookup = pl.DataFrame({"text": odd, "number": _parse_odd(odd, comma=comma)})
    joined = (
        text.alias("text").to_frame().join(lookup, on="text", how="left", maintain_order="left")
    )
    return pl.select(pl.coalesce(fast, joined["number"])).to_series()


def _point_grouping(text: pl.Series) -> bool:
    if text.head(_GLANCE).str.contains(r"\.\d{1,2}$").any():
        return False
    pointed = text.filter(text.str.contains(".", literal=True)).unique()
    if pointed.len() < _ENOUGH_POINTS or not pointed.str.contains(_POINT_GROUPS).all():
        return False
    other = text.filter(~text.str.contains(".", literal=True)).unique().str.strip_chars()
    return bool(other.len()) and bool(other.str.contains(r"^[+-]?\d{1,3}$").all())


def _decimal_comma(text: pl.Series) -> bool:
    distinct = text.unique().drop_nulls()
    comma = distinct.str.contains(rf"^\D*\d+(?:(?:\.|{_SPACES})\d{{3}})*,\d{{1,2}}\D*$").any()
    point = distinct.str.contains(r"^\D*\d+(?:,\d{3})*\.\d{1,2}\D*$").any()
    return comma and not point


def _parse_odd(odd: pl.Series, *, comma: bool) -> pl.Series:
    text = pl.col("text").str.normalize("NFKC").str.to_lowercase()
    text = text.str.replace_all("[−–—]", "-").str.replace_all(vocabulary().patterns["currency"], "")
    text = text.str.replace_all(_SPACES, "")
    unit: Any = pl.lit(1.0)
    for ending, factor in vocabulary().multipliers.items():
        unit = pl.when(text.str.ends_with(ending)).then(factor).otherwise(unit)
    bare = text.str.replace(f"(?:{'|'.join(vocabulary().multipliers)})$", "")
    negative = bare.str.contains(r"^\(.*\)$") | bare.str.starts_with("-") | bare.str.ends_with("-")
    bare = bare.str.replace(r"^\((.*)\)$", "$1").str.replace(r"^[+-]", "").str.replace("-$", "")
    if comma:
        bare = bare.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True)
    else:
        grouped = bare.str.contains(r"^\d{1,3}(?:,\d{2,4})*(?:,\d{3,4})(?:\.\d*)?$")
        bare = pl.when(grouped).then(bare.str.replace_all(",", "", literal=True)).otherwise(bare)
    number = pl.when(bare.str.contains(_NUMBER)).then(bare).cast(pl.Float64, strict=False)
    signed = pl.when(negative).then(-number).otherwise(number) * unit
    return odd.alias("text").to_frame().select(signed.round(MONEY_DECIMALS)).to_series()


def currencies(text: pl.Series) -> list[str]:
    """The currencies that amounts name, by the codes of ``vocabulary.toml``."""
    # A plain number names none, and most amounts are plain numbers.
    odd = text.filter(text.str.strip_chars().cast(pl.Float64, strict=False).is_null())
    named = odd.unique().str.extract(f"({vocabulary().patterns['currency']})").drop_nulls()
    codes = vocabulary().currencies
    return sorted({codes[sign.casefold()] for sign in named.unique().to_list()})
