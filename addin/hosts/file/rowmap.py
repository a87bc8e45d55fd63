"""Where the rows of a table go when it is filled again in another order."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import polars as pl

from addin.hosts.file.ranges import LAST_ROW, Area


@dataclass(frozen=True, kw_only=True)
class RowMap:
    """The rows ``top`` to ``bottom`` of some columns, each at its new place.

    ``was`` has the old row (0: the first) for each new one, null for a new customer; ``now`` the
    new row of the sheet for each old one that stays. ``beside`` are those of the columns that
    stand outside the table and have cells.
    """

    top: int
    bottom: int
    columns: frozenset[int]
    beside: frozenset[int]
    was: pl.Series
    now: dict[int, int] = field(default_factory=dict)

    @property
    def new_bottom(self) -> int:
        return self.top + max(len(self.was), 1) - 1

    def has(self, row: int, column: int) -> bool:
        return self.top <= row <= self.bottom and column in self.columns

    def place(self, row: int) -> int | None:
        """The new row of a cell of one customer; None if the customer is gone."""
        return self.now.get(row)

    def moved(self, areas: Iterable[Area]) -> list[Area]:
        """Areas of which some are parts of these rows, as they stand afterwards.

        An area of all rows covers all of them still; otherwise each row stays covered or not, and
        a new one is if most are.
        """
        out: list[Area] = []
        parts: dict[tuple[int, int], list[Area]] = {}
        for area in areas:
            if self._is_part(area):
                parts.setdefault((area.left, area.right), []).append(area)
            else:
                out.append(self._grown(area))
        for (left, right), some in parts.items():
            out += [
                Area(top=first, left=left, bottom=last, right=right)
                for first, last in self._runs(some)
            ]
        return sorted(out, key=lambda area: (area.top, area.left)) if parts else out

    def _is_part(self, area: Area) -> bool:
        inside = all(c in self.columns for c in range(area.left, min(area.right, 20_000) + 1))
        within = self.top <= area.top and area.bottom <= self.bottom
        return inside and within and (area.top, area.bottom) != (self.top, self.bottom)

    def _grown(self, area: Area) -> Area:
        """Columns beside the table are no part of it, but as long as it is."""
        own = all(c in self.beside for c in range(area.left, min(area.right, 20_000) + 1))
        if own and area.top <= self.top and area.bottom == self.bottom and area.bottom < LAST_ROW:
            return Area(top=area.top, left=area.left, bottom=self.new_bottom, right=area.right)
        return area

    def _runs(self, areas: Iterable[Area]) -> list[tuple[int, int]]:
        old = {row for area in areas for row in range(area.top, area.bottom + 1)}
        most = len(old) * 2 > self.bottom - self.top + 1
        rows = {new for row in old if (new := self.now.get(row)) is not None}
        if most:
            blank = self.was.is_null().arg_true().to_list()
            rows |= {self.top + at for at in blank}
        runs: list[tuple[int, int]] = []
        for row in sorted(rows):
            if runs and runs[-1][1] == row - 1:
                runs[-1] = (runs[-1][0], row)
            else:
                runs.append((row, row))
        # An area down to the old last row would grow with the table.
        return [part for run in runs for part in self._apart(run)]

    def _apart(self, run: tuple[int, int]) -> list[tuple[int, int]]:
        first, last = run
        if first == self.top and last == self.bottom and first < last:
            return [(first, last - 1), (last, last)]
        return [run]


def row_map(
    keys: pl.Series,
    new: pl.Series,
    data: Area,
    *,
    beside: Collection[int] = (),
    blank: Collection[int] = (),
) -> RowMap:
    """The map from the old rows' texts and the new ones'; of equal texts the first counts."""
    old = pl.DataFrame({"key": keys}).with_row_index("was").filter(pl.col("key") != "")
    old = old.unique("key", keep="first", maintain_order=True)
    now = new.cast(pl.String).str.strip_chars().alias("key").to_frame()
    taken = now.with_columns(first=pl.col("key").is_first_distinct())
    found = taken.join(old, on="key", how="left", maintain_order="left")
    was = found.select(pl.when("first").then(pl.col("was").cast(pl.Int64)))["was"]
    stays = was.is_not_null().arg_true()
    pairs = zip(was.gather(stays).to_list(), stays.to_list(), strict=True)
    return RowMap(
        top=data.top,
        bottom=data.bottom,
        columns=frozenset((*range(data.left, data.right + 1), *beside, *blank)),
        beside=frozenset(beside),
        was=was,
        now={data.top + a: data.top + b for a, b in pairs},
    )
