"""Rows of a table that is filled again: what the user added to them goes along."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import polars as pl

from addin.hosts.file.owncells import OwnColumn
from addin.hosts.file.ranges import Area, Growth
from addin.hosts.file.rowmap import RowMap
from addin.hosts.file.sheetframe import SheetFrame


@dataclass(frozen=True, kw_only=True)
class Travel:
    """How the rows of a table are known: ``keys`` are the headers that their column may have.
    ``ours`` are the headers of columns that are not the user's, also where no frame has them."""

    keys: frozenset[str]
    ours: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Gone:
    """What a user had added to a row that is not there any more."""

    table: str
    key: str
    column: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Carried:
    """The rows of one table on their way to their new places.

    ``styles`` are those of single cells (null: as the column) by column, ``own`` the user's
    columns, ``tags`` the attributes of each new row's tag; ``tag`` is the usual one.
    """

    table: str
    rows: RowMap
    styles: dict[int, pl.Series]
    own: dict[int, OwnColumn]
    tags: pl.Series
    tag: str


@dataclass(kw_only=True)
class Travelled:
    """A sheet with the user's additions at their new places, before its tables are filled.

    ``parts`` are other parts that changed, ``gone`` what belonged to rows that are no more, and
    ``unfiltered`` the tables whose filter had to be taken off.
    """

    frame: SheetFrame
    carried: dict[str, Carried] = field(default_factory=dict)
    parts: dict[str, bytes] = field(default_factory=dict)
    gone: list[Gone] = field(default_factory=list)
    unfiltered: list[str] = field(default_factory=list)


def wide(growth: Growth, rows: RowMap) -> Growth:
    """The growth of a table together with the user's columns beside it."""
    data = growth.data
    left, right = min([data.left, *rows.beside]), max([data.right, *rows.beside])
    return replace(growth, data=Area(top=data.top, left=left, bottom=data.bottom, right=right))
