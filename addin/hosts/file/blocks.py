"""Tables that are ready to be written."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from addin.hosts.file.ranges import Area
from addin.hosts.file.series import Look


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockColumn:
    """A column ready to be written: its look and its values.

    ``styles`` are the styles of single cells, null where they look as the column does; ``ready``
    are whole cells that are written as they are.
    """

    look: Look
    values: pl.Series | None = None
    styles: pl.Series | None = None
    ready: pl.Series | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A table ready to be written, or columns beside one: its rows and its columns.

    ``row_tags`` are the rows' tags behind their numbers, where they are not all the same.
    """

    data: Area
    columns: tuple[BlockColumn, ...]
    row_tag: str
    row_tags: pl.Series | None = None
