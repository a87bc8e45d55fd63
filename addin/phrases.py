"""Sentences for whole columns at once: a wording with placeholders filled from expressions."""

from __future__ import annotations

import re
from typing import Any

import polars as pl

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_GROUP = 1000
_MOST_DECIMALS = 4
_HUGE = 10**15


def phrase(wording: str, **parts: pl.Expr | str) -> pl.Expr:
    """``wording`` with each ``{name}`` replaced by the text of that column."""
    pieces: list[Any] = []
    end = 0
    for match in _PLACEHOLDER.finditer(wording):
        pieces.append(pl.lit(wording[end : match.start()]))
        part = parts[match.group(1)]
        pieces.append(pl.lit(part) if isinstance(part, str) else part)
        end = match.end()
    pieces.append(pl.lit(wording[end:]))
    return pl.concat_str(pieces)


def whole(number: pl.Expr) -> pl.Expr:
    """``1234567.0`` → ``1,234,567``."""
    rounded = _integer(number)
    sign = pl.when(rounded < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    return _or_bare(number, sign + _grouped(rounded.abs()))


def money(number: pl.Expr) -> pl.Expr:
    """``1234.5`` → ``1,234.50``."""
    cents = _integer(number * 100)
    sign = pl.when(cents < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    cents = cents.abs()
    text = pl.concat_str(sign, _grouped(cents // 100), pl.lit("."), _padded(cents % 100, 2))
    return _or_bare(number, text)


def tenth(number: pl.Expr) -> pl.Expr:
    """``62.2222`` → ``62.2``, ``1230.0`` → ``1,230.0``."""
    tenths = _integer(number * 10)
    sign = pl.when(tenths < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    tenths = tenths.abs()
    text = pl.concat_str(sign, _grouped(tenths // 10), pl.lit("."), (tenths % 10).cast(pl.String))
    return _or_bare(number, text)


def score(number: pl.Expr) -> pl.Expr:
    """``4.333333`` → ``4.33``."""
    return money(number)


def _integer(number: pl.Expr) -> pl.Expr:
    """Null where no whole number is so large; see ``_or_bare``."""
    return number.round(0).cast(pl.Int64, strict=False)


def _or_bare(number: pl.Expr, text: pl.Expr) -> pl.Expr:
    """``text``; beyond what has decimals, ``1e18`` and its like."""
    return pl.when(number.abs() >= _HUGE).then(number.cast(pl.String)).otherwise(text)


def _padded(number: pl.Expr, width: int) -> pl.Expr:
    return number.cast(pl.String).str.zfill(width)


def _grouped(number: pl.Expr) -> pl.Expr:
    text = number.cast(pl.String)
    for power in (1, 2, 3, 4):
        high = number // _GROUP**power
        parts = [_padded(number // _GROUP**p % _GROUP, 3) for p in range(power - 1, -1, -1)]
        grouped = pl.concat_str([high.cast(pl.String), *parts], separator=",")
        text = pl.when(high > 0).then(grouped).otherwise(text)
    return text


def percent(number: pl.Expr) -> pl.Expr:
    """``0.4215`` → ``42%``."""
    return pl.concat_str(whole(number * 100), pl.lit("%"))


def plain(number: pl.Expr) -> pl.Expr:
    """As many decimals as there are, four at most: ``4.5``, ``1,200``."""
    rounded = number.round(_MOST_DECIMALS)
    is_whole = rounded == rounded.round(0)
    text = rounded.cast(pl.String)
    return pl.when(is_whole).then(whole(rounded)).otherwise(text)
