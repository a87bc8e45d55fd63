"""Values as the content of cells: a column at a time, without a Python loop over rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from addin.hosts.file.formula import Formula
from addin.hosts.file.ranges import LAST_ROW
from addin.hosts.file.values import ILLEGAL, TEXT_LIMIT, content, escaped, formula_element
from addin.hosts.file.xmlspan import escape

Piece = str | pl.Series

_DAY = 86_400_000_000
_MARKS = ["&", "<", ">"]
_MARKS_ESCAPED = ["&amp;", "&lt;", "&gt;"]
_ILLEGAL_ESCAPED = [f"_x{ord(mark):04X}_" for mark in ILLEGAL]
_NONCHARACTERS = ("\ufffe".encode(), "\uffff".encode())
_LOOKS_ESCAPED = "_x[0-9A-Fa-f]{4}_"
_BLANKS = " \t\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What every cell of a table's column has in common.

    ``attrs`` are the attributes of the ``c`` tag behind ``r``, with a leading blank.
    """

    letters: str
    attrs: str
    formula: Formula | None = None
    prefix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """A column's values as text, null where the cell is blank, and their type attribute.

    ``spaced`` tells which texts lose blanks unless they are marked.
    """

    kind: str
    text: pl.Series
    spaced: pl.Series | None = None


def join(pieces: Sequence[Piece], height: int) -> pl.Series:
    """One text a row out of texts and columns of text."""
    columns = {f"p{i}": piece for i, piece in enumerate(pieces) if isinstance(piece, pl.Series)}
    if not columns:
        return pl.repeat("".join(map(str, pieces)), height, dtype=pl.String, eager=True)
    merged: list[pl.Expr] = []
    text = ""
    for i, piece in enumerate(pieces):
        if isinstance(piece, str):
            text += piece
            continue
        if text:
            merged.append(pl.lit(text))
            text = ""
        merged.append(pl.col(f"p{i}"))
    if text:
        merged.append(pl.lit(text))
    return pl.DataFrame(columns).select(pl.concat_str(merged).alias("row"))["row"]


def cells(
    series: pl.Series | None, rows: pl.Series, numbers: pl.Series, look: Look, *, date1904: bool
) -> list[Piece]:
    """The cells of one column in some rows, as pieces to be joined.

    ``rows`` are the row numbers as text, ``numbers`` as integers; a column of None is blank.
    """
    blank = _blank(rows, numbers, look)
    if series is None or series.dtype == pl.Null or series.null_count() == len(series):
        return blank
    values = _values(series, date1904)
    if values is None:
        return [_one_by_one(series, numbers, look, date1904)]
    nulls = values.text.null_count()
    if nulls == len(series):
        return blank
    filled = _filled(values, rows, numbers, look)
    if not nulls:
        return filled
    height = len(series)
    both = pl.DataFrame({"filled": join(filled, height), "blank": join(blank, height)})
    return [both.select(pl.coalesce("filled", "blank").alias("cell"))["cell"]]


def styled(
    series: pl.Series | None,
    rows: pl.Series,
    numbers: pl.Series,
    look: Look,
    styles: pl.Series,
    *,
    date1904: bool,
) -> pl.Series:
    """The same where single cells have a style of their own; null: they look as the column."""
    height = len(rows)
    out = join(cells(series, rows, numbers, look, date1904=date1904), height)
    for style in styles.drop_nulls().unique().to_list():
        at = (styles == style).fill_null(value=False).arg_true()
        kept = re.sub(r'\ss="\d+"', "", look.attrs)
        other = replace(look, attrs=f' s="{style}"{kept}')
        some = series.gather(at) if series is not None else None
        found = cells(some, rows.gather(at), numbers.gather(at), other, date1904=date1904)
        out = out.scatter(at, join(found, len(at)))
    return out


def _blank(rows: pl.Series, numbers: pl.Series, look: Look) -> list[Piece]:
    head = f'<{look.prefix}c r="{look.letters}'
    if look.formula:
        formula = _formula(look.formula, rows, numbers, look)
        return [head, rows, f'"{look.attrs}>', *formula, f"</{look.prefix}c>"]
    return [head, rows, f'"{look.attrs}/>'] if look.attrs else []


def _filled(values: Values, rows: pl.Series, numbers: pl.Series, look: Look) -> list[Piece]:
    p = look.prefix
    head: list[Piece] = [f'<{p}c r="{look.letters}', rows, f'"{look.attrs}']
    if values.kind == "inlineStr" and not look.formula:
        return [*head, f' t="inlineStr"><{p}is>', *_text(values, p), f"</{p}is></{p}c>"]
    kind = "str" if values.kind == "inlineStr" else values.kind
    attribute = f' t="{kind}">' if kind else ">"
    formula = _formula(look.formula, rows, numbers, look) if look.formula else []
    return [*head, attribute, *formula, f"<{p}v>", values.text, f"</{p}v></{p}c>"]


def _text(values: Values, p: str) -> list[Piece]:
    if values.spaced is None:
        return [f"<{p}t>", values.text, f"</{p}t>"]
    tags = pl.select(
        pl.when(values.spaced)
        .then(pl.lit(f'<{p}t xml:space="preserve">'))
        .otherwise(pl.lit(f"<{p}t>"))
    ).to_series()
    return [tags, values.text, f"</{p}t>"]


def _formula(formula: Formula, rows: pl.Series, numbers: pl.Series, look: Look) -> list[Piece]:
    p = look.prefix
    open_tag: list[Piece] = [f"<{p}f>"]
    if formula.array:
        open_tag = [f'<{p}f t="array" ref="{look.letters}', rows, '">']
    body: list[Piece] = [
        escape(part)
        if isinstance(part, str)
        else ((numbers + (part - 1)) % LAST_ROW + 1).cast(pl.String)
        for part in formula.parts
    ]
    return [*open_tag, *body, f"</{p}f>"]


def _values(series: pl.Series, date1904: bool) -> Values | None:  # noqa: PLR0911
    """The values of a column as text; None if they have to be looked at one by one."""
    dtype = series.dtype
    if dtype == pl.Boolean:
        return Values(kind="b", text=series.cast(pl.Int8).cast(pl.String))
    if dtype.is_integer():
        return Values(kind="", text=series.cast(pl.String))
    if dtype.is_float() or dtype.is_decimal():
        return Values(kind="", text=_floats(series.cast(pl.Float64)))
    if dtype in (pl.String, pl.Categorical, pl.Enum):
        return texts_of(series.cast(pl.String))
    if dtype in (pl.Date, pl.Datetime):
        days = _serials(series, date1904)
        return None if days is None else Values(kind="", text=days)
    if dtype in (pl.Time, pl.Duration):
        return None
    if dtype == pl.Object:
        return None
    raise TypeError(f"no cell can hold {dtype}")


def _floats(series: pl.Series) -> pl.Series:
    finite = series.is_finite()
    if not finite.all():
        series = pl.select(pl.when(finite).then(series)).to_series()
    return series.cast(pl.String)


def _serials(series: pl.Series, date1904: bool) -> pl.Series | None:
    """Excel's serials as text; None if one of them needs the care of `values.serial`."""
    first = datetime(1904, 1, 1) if date1904 else datetime(1900, 3, 1)
    if series.dtype == pl.Datetime:
        series = series.dt.replace_time_zone(None)
    moments = series.cast(pl.Datetime("us"))
    least = moments.min()
    if isinstance(least, datetime) and least < first:
        return None
    zero = first if date1904 else datetime(1899, 12, 30)
    offset = (zero - datetime(1970, 1, 1)) // timedelta(microseconds=1)
    elapsed = moments.cast(pl.Int64) - offset
    if not (elapsed % _DAY != 0).any():
        return (elapsed // _DAY).cast(pl.String)
    return (elapsed / _DAY).cast(pl.String)


def texts_of(text: pl.Series) -> Values:
    """`values.escaped` for a column.

    One look at all texts joined together tells what they can't need: row by row that would
    take longer than all the rest.
    """
    joined = text.str.join("").cast(pl.Binary).item()
    controls = bool(np.frombuffer(joined, np.uint8).min(initial=255) < ord(" "))
    out = text
    if controls or any(mark in joined for mark in _NONCHARACTERS):
        out = out.str.replace_many(ILLEGAL, _ILLEGAL_ESCAPED)
    if any(mark in joined for mark in (b"&", b"<", b">")):
        out = out.str.replace_many(_MARKS, _MARKS_ESCAPED)
    rare = text.str.len_bytes() > TEXT_LIMIT
    if b"_x" in joined:
        rare |= text.str.contains(_LOOKS_ESCAPED)
    if rare.any():
        some = pl.Series([escaped(value) for value in text.filter(rare)], dtype=pl.String)
        out = out.scatter(rare.fill_null(False).arg_true(), some)
    empty = out == ""
    if empty.any():
        out = pl.select(pl.when(~empty).then(out)).to_series()
    return Values(kind="inlineStr", text=out, spaced=_spaced(out, controls))


def _spaced(text: pl.Series, controls: bool) -> pl.Series | None:
    """Which texts have blanks or line ends at an edge; None if none has."""
    if controls:
        found = text.str.strip_chars(_BLANKS).str.len_bytes() != text.str.len_bytes()
    else:
        found = text.str.starts_with(" ") | text.str.ends_with(" ")
    return found if found.any() else None


def _one_by_one(series: pl.Series, numbers: pl.Series, look: Look, date1904: bool) -> pl.Series:
    """For columns of mixed kinds, which are short in practice."""
    p, out = look.prefix, []
    for row, value in zip(numbers.to_list(), series.to_list(), strict=True):
        cell = f"{look.letters}{row}"
        formula = ""
        if look.formula:
            text = look.formula.at(row)
            formula = formula_element(text, array=look.formula.array, cell=cell, prefix=p)
        found = content(value, date1904=date1904)
        if found.blank and not formula and not look.attrs:
            out.append("")
        else:
            out.append(found.cell(f'<{p}c r="{cell}"{look.attrs}', formula, p))
    return pl.Series(out, dtype=pl.String)
