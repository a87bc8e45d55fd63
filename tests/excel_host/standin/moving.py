"""Rectangles together, and where they go when cells are inserted or deleted."""

from __future__ import annotations

from collections.abc import Iterable

from tests.excel_host.standin.addresses import Area


def union(one: Area, other: Area) -> Area:
    return Area(
        min(one.top, other.top),
        min(one.left, other.left),
        max(one.bottom, other.bottom),
        max(one.right, other.right),
    )


def around(places: Iterable[tuple[int, int]]) -> Area:
    rows, columns = [], []
    for row, column in places:
        rows.append(row)
        columns.append(column)
    return Area(min(rows), min(columns), max(rows), max(columns)) if rows else Area(1, 1, 1, 1)


def follow(area: Area, at: Area, rows: int, columns: int) -> Area | None:
    """Where a rectangle is after cells were inserted at, or deleted from, ``at``."""
    if columns:
        across = rows == 0 and at.top <= area.top and at.bottom >= area.bottom
        ends = _shifted(area.left, area.right, at.left, columns) if across else None
        return _replaced(area, ends, "left", "right") if across else area
    down = at.left <= area.left and at.right >= area.right
    ends = _shifted(area.top, area.bottom, at.top, rows) if down else None
    return _replaced(area, ends, "top", "bottom") if down else area


def _replaced(area: Area, ends: tuple[int, int] | None, *keys: str) -> Area | None:
    return area._replace(**dict(zip(keys, ends, strict=True))) if ends else None


def _shifted(first: int, last: int, at: int, by: int) -> tuple[int, int] | None:
    """Both ends after inserting ``by`` lines before ``at``, or deleting ``-by`` from it."""
    if by > 0:
        return first + by * (first >= at), last + by * (last >= at)
    gone = range(at, at - by)
    if first in gone and last in gone:
        return None
    new_first = at if first in gone else first + by * (first >= at)
    new_last = at - 1 if last in gone else last + by * (last >= at)
    return new_first, new_last
