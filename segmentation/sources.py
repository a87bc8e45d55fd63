"""What a host hands to the core: sheets of text cells, as they stand in their file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

Block = tuple[int, int, int, int]


def _none() -> list[Block]:
    return []


@dataclass(frozen=True, kw_only=True)
class RawSheet:
    """One sheet (or text file, or table) before anything is known about it.

    ``cells`` holds text only (``String`` columns named ``c0``, ``c1``, …), one row per row
    of the sheet, the first row of the frame being row 1 of the sheet; a blank cell is null.
    Real dates arrive as ISO text, numbers in their shortest decimal form.
    ``first_column`` is the sheet column (0 = A) of ``c0``. ``merged`` gives the merged blocks
    as first row, first column, last row, last column, counted from 0 as in the sheet; it may
    take a while, so it is asked only where cells are missing.
    """

    file: str
    sheet: str
    cells: pl.DataFrame
    first_column: int = 0
    hidden: bool = False
    merged: Callable[[], list[Block]] = _none
