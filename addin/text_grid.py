"""Rows of text in columns, for a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence


def text_grid(rows: Sequence[Sequence[str]], *, left: Collection[int] = ()) -> list[str]:
    """The rows in columns as wide as their longest text; to the right but for ``left`` ones."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [
            _padded(cell, width, left=number in left)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return lines


def _padded(text: str, width: int, *, left: bool) -> str:
    air = " " * (width - _width(text))
    return text + air if left else air + text


def _width(text: str) -> int:
    """Columns on a terminal; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
