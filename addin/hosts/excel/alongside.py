"""Columns of the user's own inside and right of the table of customers stay with their customer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from addin.hosts.excel import native
from addin.hosts.excel.own import Place
from addin.hosts.excel.undo import Undo
from addin.hosts.file.formula import Formula
from addin.words import LANGUAGES, words

TABLE = "FenjiCustomers"


@dataclass(frozen=True, kw_only=True)
class Column:
    """One such column as it stands: what to write for each old row, and the row it stood in.

    ``fill`` is the formula of all rows where they have the same one; new customers get it too.
    """

    number: int
    header: str
    text_format: bool
    cells: list[Any]
    formulas: list[Formula | None]
    fill: Formula | None = None

    def written(self, old: int | None, row: int) -> Any:
        """What stands in a row of the sheet for the customer of an old row, or for a new one."""
        formula = self.formulas[old] if old is not None else self.fill
        if formula is not None:
            return formula.at(row)
        return self.cells[old] if old is not None else ""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """The user's own columns, and which customer stood in which row; columns count from 1."""

    keys: list[str | None]
    inside: list[Column] = field(default_factory=list)
    right: list[Column] = field(default_factory=list)

    @property
    def columns(self) -> list[Column]:
        return [*self.inside, *self.right]

    def gone(self, keys: Sequence[str]) -> int:
        """How many customers with something in these columns are not among the new ones."""
        now = set(keys)
        return sum(
            any(c.formulas[i] is None and c.cells[i] not in ("", None) for c in self.columns)
            for i, key in enumerate(self.keys)
            if key is not None and key not in now
        )


def headers_of(key: str) -> set[str]:
    """How a column of the table of customers is called, in all languages."""
    return {words(lang)(f"header.{TABLE}.{key}") for lang in LANGUAGES}


def ours() -> set[str]:
    """The headers of all columns that are Fenji's, in all languages."""
    return {h for lang in LANGUAGES for h in words(lang).section(f"header.{TABLE}").values()}


def remember(place: Place, given: Sequence[str]) -> Kept:
    """The user's own columns of the table of customers, before it is filled with ``given`` ones."""
    known = headers_of("customer")
    at = next((i for i, header in enumerate(place.headers) if header in known), 0)
    who = native.rows_of(place.rows(place.top, place.bottom, place.left + at, 1).raw_value)
    keys = [native.text_of(row[0]) for row in who]
    taken = {*given, *ours()}
    inside = [
        _column(place, place.left + i, header)
        for i, header in enumerate(place.headers)
        if header not in taken
    ]
    right = [_column(place, number, header) for number, header in _beside(place)]
    return Kept(keys=keys, inside=inside, right=[c for c in right if _holds_any(c)])


def _beside(place: Place) -> list[tuple[int, str]]:
    """The columns right of the table that have a header in its header row, up to another table."""
    used = place.sheet.used_range
    last = used.column + used.shape[1] - 1
    lefts = [t.range.column for t in place.sheet.tables if t.range.column > place.right]
    last = min([last, *(left - 1 for left in lefts)])
    if last <= place.right:
        return []
    header = place.rows(place.top - 1, place.top - 1, place.right + 1, last - place.right)
    titles = native.rows_of(header.raw_value)[0]
    return [
        (place.right + 1 + i, str(title))
        for i, title in enumerate(titles)
        if title not in (None, "")
    ]


def _column(place: Place, number: int, header: str) -> Column:
    cells = place.rows(place.top, place.bottom, number, 1)
    texts = [row[0] for row in native.rows_of(cells.formula)]
    values = [row[0] for row in native.plain_values(cells)]
    text_format = native.text_columns(cells)[0]
    formulas = [
        Formula.parse(text, row=place.top + i)
        if isinstance(text, str) and text.startswith("=") and text != value
        else None
        for i, (text, value) in enumerate(zip(texts, values, strict=True))
    ]
    same = formulas[0] is not None and all(f == formulas[0] for f in formulas)
    return Column(
        number=number,
        header=header,
        text_format=text_format,
        cells=[
            native.again(text, value, text_format=text_format)
            for text, value in zip(texts, values, strict=True)
        ],
        formulas=formulas,
        fill=formulas[0] if same else None,
    )


def _holds_any(column: Column) -> bool:
    return any(cell not in ("", None) for cell in column.cells)


def put_back(
    place: Place, kept: Kept, keys: Sequence[str], *, undo: Undo, pause: Callable[[], None]
) -> None:
    """Write the user's columns again, each customer's in its new row; those right of the table
    are kept first, those inside are kept with the table."""
    if not kept.columns:
        return
    old = {key: i for i, key in enumerate(kept.keys) if key is not None}
    where = [old.get(key) for key in keys]
    for column in kept.inside:
        number = place.left + place.headers.index(column.header)
        pause()
        _write(place, column, number, where)
    for column in kept.right:
        height = max(len(kept.keys), place.height)
        cells = place.rows(place.top, place.top + height - 1, column.number, 1)
        undo.keep(cells)
        pause()
        _write(place, column, column.number, where)
        if height > place.height:
            left_over = place.rows(place.bottom + 1, place.top + height - 1, column.number, 1)
            left_over.clear_contents()


def _write(place: Place, column: Column, number: int, where: Sequence[int | None]) -> None:
    rows = [[column.written(old, place.top + i)] for i, old in enumerate(where)]
    place.rows(place.top, place.bottom, number, 1).formula = native.block(rows)
