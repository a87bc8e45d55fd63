"""Make a report's tables match a template that was made for another scheme."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from addin.hosts.file.errors import TemplateError
from addin.hosts.file.package import Package
from addin.hosts.file.tablexml import Table
from addin.hosts.file.workbookxml import Workbook
from addin.words import Words
from templates.moves import KINDS, MATRIX, TABLE

_FREQUENCY = re.compile(r"F[0-9]+")
_JOINED = '&"-"&'


def matched(
    template: Path, tables: Mapping[str, pl.DataFrame], words: Words
) -> dict[str, pl.DataFrame]:
    """The tables such that the template's own formulas come to the values in them.

    Raises TemplateError ``scores`` where the template was made for fewer scores than there are.
    """
    with Package(template) as package:
        found = {name: table for name, (_, table) in Workbook(package).tables.items()}
    out = dict(tables)
    for name, nothing in (("FenjiHeat", 0), ("FenjiHeatAmount", None)):
        if name.lower() in found:
            out[name] = _heat(out[name], found[name.lower()], nothing)
    if "fenjisegments" in found and "FenjiSegments" not in out:
        # A scheme without segments: the template's own would stand there with formulas.
        headers = [column.header for column in found["fenjisegments"].columns]
        out["FenjiSegments"] = pl.DataFrame(schema=dict.fromkeys(headers, pl.String))
    for name in (TABLE, KINDS, MATRIX):
        if name.lower() in found:
            out[name] = _moves(out.get(name), found[name.lower()])
    if "fenjifindings" in found:
        theirs = {column.header for column in found["fenjifindings"].columns}
        optional = {words(f"header.FenjiFindings.{key}") for key in ("cell", "address")}
        out["FenjiFindings"] = out["FenjiFindings"].drop(optional - theirs, strict=False)
    if "fenjicustomers" in found:
        out["FenjiCustomers"] = _customers(out["FenjiCustomers"], found["fenjicustomers"], words)
    return out


def _heat(frame: pl.DataFrame, table: Table, nothing: int | None) -> pl.DataFrame:
    """Nobody has a score that the model does not give."""
    headers = [column.header for column in table.columns]
    given = [header for header in headers if _FREQUENCY.fullmatch(header)]
    scores = [header for header in frame.columns if _FREQUENCY.fullmatch(header)]
    if set(scores) - set(given):
        raise TemplateError("scores", limit=len(given), scores=len(scores))
    return frame.with_columns(
        pl.lit(nothing).alias(header) for header in given if header not in scores
    )


def _moves(frame: pl.DataFrame | None, table: Table) -> pl.DataFrame:
    """What fits the template's columns; nothing of a comparison before stays in it."""
    headers = [column.header for column in table.columns]
    if frame is None or (table.name != TABLE and set(frame.columns) != set(headers)):
        return pl.DataFrame(schema=dict.fromkeys(headers, pl.String))
    return frame.select(h for h in frame.columns if h in headers)


def _customers(frame: pl.DataFrame, table: Table, words: Words) -> pl.DataFrame:
    """The scores together as 543 or as 5-4-3, whichever the template's formula has."""
    theirs = {column.header for column in table.columns}
    ours = set(words.section("header.FenjiCustomers").values())
    # A scheme's further columns need a place in the template; the rest must be there.
    frame = frame.select(h for h in frame.columns if h in ours or h in theirs)
    rfm = words("header.FenjiCustomers.rfm")
    formula = next((c.formula for c in table.columns if c.header == rfm), None)
    joined = frame.schema[rfm] == pl.String
    if not formula or joined == (_JOINED in formula):
        return frame
    scores = [words(f"header.FenjiCustomers.{key}") for key in ("r_score", "f_score", "m_score")]
    if joined:
        most = frame.select(pl.max_horizontal(scores).max()).item()
        raise TemplateError("scores", limit=9, scores=most)
    return frame.with_columns(pl.concat_str(scores, separator="-").alias(rfm))
