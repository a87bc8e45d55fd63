"""The filter of a table: which rows it shows."""

from __future__ import annotations

import re
from collections.abc import Callable

import polars as pl

from addin.hosts.file import xmlspan

Column = Callable[[int], pl.Series]
_OPERATORS = {
    "equal": "eq",
    "notEqual": "ne",
    "greaterThan": "gt",
    "greaterThanOrEqual": "ge",
    "lessThan": "lt",
    "lessThanOrEqual": "le",
}
_NUMBER = re.compile(r"[+-]?[\d,]*\.?\d+(?:[eE][+-]?\d+)?%?")


class UnknownFilterError(Exception):
    """A kind of criteria that is not worked out here (the top ten, colours, dates by month)."""


def criteria(table: bytes) -> list[xmlspan.Node]:
    """The columns by which a table is filtered."""
    found = xmlspan.read(table).find("autoFilter")
    return list(found.all("filterColumn")) if found else []


def without_criteria(table: bytes) -> bytes:
    """The table part with its filter buttons, but nothing filtered."""
    edits = xmlspan.Edits(table)
    for node in criteria(table):
        edits.remove(node)
    return edits.apply()


def shown(nodes: list[xmlspan.Node], column: Column, height: int) -> pl.Series:
    """Which rows the filter shows; ``column`` gives the cells of a column (from 0) as text.

    Raises UnknownFilterError.
    """
    out = pl.repeat(value=True, n=height, eager=True)
    for node in nodes:
        kinds = [child for child in node.children if child.name != "extLst"]
        if not kinds:
            continue
        cells = column(int(node.attrs.get("colId", "0"))).fill_null("").str.strip_chars()
        out &= _by(kinds[0], cells)
    return out


def _by(node: xmlspan.Node, cells: pl.Series) -> pl.Series:
    if node.name == "filters":
        return _listed(node, cells)
    if node.name == "customFilters":
        found = [_custom(child, cells) for child in node.all("customFilter")]
        both = node.attrs.get("and") in {"1", "true"}
        first, *others = found
        for other in others:
            first = first & other if both else first | other
        return first
    raise UnknownFilterError(node.name)


def _listed(node: xmlspan.Node, cells: pl.Series) -> pl.Series:
    out = pl.repeat(value=False, n=len(cells), eager=True)
    if node.attrs.get("blank") in {"1", "true"}:
        out |= cells == ""
    for child in node.children:
        if child.name != "filter":
            raise UnknownFilterError(child.name)
        out |= _equals(cells, child.attrs.get("val", ""))
    return out


def _equals(cells: pl.Series, wanted: str) -> pl.Series:
    """Cells that show that text; numbers as they are or rounded, as the list shows them."""
    same = cells.str.to_lowercase() == wanted.strip().lower()
    if not _NUMBER.fullmatch(wanted.strip()):
        return same
    number = float(wanted.strip().replace(",", "").rstrip("%"))
    decimals = len(wanted.strip().rstrip("%").partition(".")[2])
    found = _numbers(cells) * (100 if wanted.strip().endswith("%") else 1)
    near = (found - number).abs() <= 0.5 * 10.0**-decimals * (1 + 1e-9)
    return same | near.fill_null(value=False)


def _numbers(cells: pl.Series) -> pl.Series:
    return cells.str.replace_all(",", "").cast(pl.Float64, strict=False)


def _custom(node: xmlspan.Node, cells: pl.Series) -> pl.Series:
    operator, wanted = node.attrs.get("operator", "equal"), node.attrs.get("val", "")
    if operator not in _OPERATORS:
        raise UnknownFilterError(operator)
    if operator in ("equal", "notEqual"):
        found = cells == "" if not wanted.strip() else _matches(cells, wanted)
        return found if operator == "equal" else ~found
    if not _NUMBER.fullmatch(wanted.strip()):
        raise UnknownFilterError(operator)
    number = float(wanted.replace(",", "").rstrip("%")) / (100 if wanted.endswith("%") else 1)
    compared: pl.Series = getattr(_numbers(cells), _OPERATORS[operator])(number)
    return compared.fill_null(value=False)


def _matches(cells: pl.Series, wanted: str) -> pl.Series:
    """Whole cells that fit a text with ``*`` and ``?``, whatever their case."""
    if not re.search(r"[*?~]", wanted):
        return _equals(cells, wanted)
    parts = re.findall(r"~[*?~]|.", wanted, re.DOTALL)
    wild = {"*": ".*", "?": "."}
    pattern = "".join(wild.get(part) or re.escape(part[-1]) for part in parts)
    return cells.str.contains(f"(?is)^{pattern}$")
