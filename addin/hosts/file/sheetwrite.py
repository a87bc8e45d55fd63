"""The bytes of a filled sheet, piece by piece."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import polars as pl

from addin.hosts.file.blocks import Block, BlockColumn
from addin.hosts.file.ranges import Area
from addin.hosts.file.series import Piece, cells, join, styled
from addin.hosts.file.sheetplan import SheetPlan
from addin.hosts.file.sheetrows import Row
from addin.hosts.file.travel import Carried

CELLS_AT_ONCE = 100_000
"""So many cells are built and compressed in one go."""

_VERBATIM_AT_ONCE = 4 << 20

Job = Callable[[], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Band:
    """Rows in which the same tables stand side by side."""

    first: int
    last: int
    blocks: tuple[Block, ...]


@dataclass(slots=True, kw_only=True)
class _Single:
    """A row of which something is written cell by cell: its tag behind the number, its cells."""

    tag: str
    cells: dict[int, str]


class SheetWriter:
    """Puts a plan into bytes. Every piece can be made on its own, in any thread."""

    def __init__(self, plan: SheetPlan) -> None:
        self.plan = plan
        self.rows = plan.rows
        self.prefix = plan.frame.prefix
        self.blocks = plan.blocks()
        self.placed = plan.placed()
        self.bands = _bands(self.blocks)

    def jobs(self) -> Iterator[Job]:
        """The pieces of the whole part, in order."""
        growths = [filling.growth for filling in self.plan.fillings]
        before, after = self.plan.frame.around(growths, self._dimension())
        yield partial(bytes, before)
        yield from self._row_jobs()
        yield partial(bytes, after)

    def has_formulas(self) -> bool:
        """Whether the sheet had formulas, or has some now."""
        columns = [column for block in self.blocks for column in block.columns]
        own = any(f.carried and _has_formulas(f.carried) for f in self.plan.fillings)
        return self.rows.any_formula or own or any(column.look.formula for column in columns)

    def _row_jobs(self) -> Iterator[Job]:
        numbers = sorted({*self.rows.by_number, *self.placed})
        at = 0
        for band in self.bands:
            until = _first_at(numbers, band.first, at)
            yield from self._loose(numbers[at:until])
            yield from self._band_jobs(band)
            at = _first_at(numbers, band.last + 1, until)
        yield from self._loose(numbers[at:])

    def _loose(self, numbers: list[int]) -> Iterator[Job]:
        """Rows that no table crosses."""
        start = end = 0
        for number in numbers:
            if self._emptied(number):
                continue
            row = self.rows.by_number.get(number)
            if row and self._untouched(row):
                if row.start != end:
                    yield from self._verbatim(start, end)
                    start = row.start
                end = row.end
                continue
            yield from self._verbatim(start, end)
            start = end = row.end if row else end
            single = self._single(number)
            if single.cells:
                yield partial(self._single_row, number, single)
        yield from self._verbatim(start, end)

    def _verbatim(self, start: int, end: int) -> Iterator[Job]:
        for at in range(start, end, _VERBATIM_AT_ONCE):
            yield partial(_slice, self.rows.data, at, min(at + _VERBATIM_AT_ONCE, end))

    def _untouched(self, row: Row) -> bool:
        if row.lost or row.number in self.placed:
            return False
        for column, cell in row.cells.items():
            master = self.rows.master(cell)
            if self.plan.goes(row.number, column):
                return False
            if master and self.plan.goes(master.row, master.column):
                return False
        return True

    def _emptied(self, number: int) -> bool:
        """Whether nothing of a row's cells is left, told without a look at them."""
        row = self.rows.by_number.get(number)
        return row is not None and row.lost and not row.cells and number not in self.placed

    def _single(self, number: int, *, shown: bool = False) -> _Single:
        row = self.rows.by_number.get(number)
        kept: dict[int, str] = {}
        for column, cell in (row.cells if row else {}).items():
            if self.plan.goes(number, column) or column in self.placed.get(number, {}):
                continue
            assert row is not None
            text = self.rows.cell_text(cell, number, column)
            master = self.rows.master(cell)
            if master and self.plan.goes(master.row, master.column):
                text = self.rows.unshared(cell, number, text, master)
            kept[column] = text
        kept.update(self.placed.get(number, {}))
        tag = self.rows.tag_rest(row, copied=shown) if row else '">'
        return _Single(tag=tag, cells=kept)

    def _single_row(self, number: int, single: _Single) -> bytes:
        p = self.prefix
        cells_text = "".join(text for _, text in sorted(single.cells.items()))
        return f'<{p}row r="{number}{single.tag}{cells_text}</{p}row>'.encode()

    def _band_jobs(self, band: _Band) -> Iterator[Job]:
        width = sum(len(block.columns) for block in band.blocks)
        step = max(1, CELLS_AT_ONCE // width)
        tops = {block.data.top for block in band.blocks}
        for first in range(band.first, band.last + 1, step):
            last = min(first + step - 1, band.last)
            special = {
                number: single
                for number in range(first, last + 1)
                if (number in self.rows.by_number or number in self.placed)
                and (number in tops or not self._emptied(number))
                and ((single := self._single(number, shown=True)).cells or number in tops)
            }
            yield partial(self._band_rows, first, last, band.blocks, special)

    def _band_rows(
        self, first: int, last: int, blocks: tuple[Block, ...], special: dict[int, _Single]
    ) -> bytes:
        numbers = pl.int_range(first, last + 1, dtype=pl.Int64, eager=True)
        rows = numbers.cast(pl.String)
        gaps = _gaps(special, blocks)
        pieces = self._tags(rows, first, blocks, special)
        for i, block in enumerate(blocks):
            pieces += _gap(gaps[i], first, len(rows))
            start = first - block.data.top
            for column in block.columns:
                pieces += self._cells(column, start, rows, numbers)
        pieces += [*_gap(gaps[-1], first, len(rows)), f"</{self.prefix}row>"]
        text = join(pieces, len(rows)).str.join("").cast(pl.Binary).item()
        assert isinstance(text, bytes)
        return text

    def _cells(
        self, column: BlockColumn, start: int, rows: pl.Series, numbers: pl.Series
    ) -> list[Piece]:
        if column.ready is not None:
            return [column.ready.slice(start, len(rows))]
        values, styles = (
            series.slice(start, len(rows)) if series is not None else None
            for series in (column.values, column.styles)
        )
        date1904 = self.plan.date1904
        if styles is None or styles.null_count() == len(styles):
            return cells(values, rows, numbers, column.look, date1904=date1904)
        return [styled(values, rows, numbers, column.look, styles, date1904=date1904)]

    def _tags(
        self, rows: pl.Series, first: int, blocks: tuple[Block, ...], special: dict[int, _Single]
    ) -> list[Piece]:
        begin: list[Piece] = [f'<{self.prefix}row r="', rows]
        travelled = next((b for b in blocks if b.row_tags is not None), None)
        if travelled is not None and travelled.row_tags is not None:
            return [*begin, travelled.row_tags.slice(first - travelled.data.top, len(rows))]
        usual = blocks[0].row_tag
        unusual = {n: single.tag for n, single in special.items() if single.tag != usual}
        if not unusual:
            return [*begin, usual]
        tags = pl.repeat(usual, len(rows), dtype=pl.String, eager=True)
        at = [number - first for number in unusual]
        return [*begin, tags.scatter(at, pl.Series(list(unusual.values()), dtype=pl.String))]

    def _dimension(self) -> Area | None:
        """The smallest area that holds all cells there will be."""
        found = [block.data for block in self.blocks]
        for number in {*self.rows.by_number, *self.placed}:
            if self._emptied(number):
                continue
            row = self.rows.by_number.get(number)
            if row and row.first and self._untouched(row):
                columns = [row.first, row.last]
            else:
                columns = list(self._single(number).cells)
            if columns:
                found.append(Area(top=number, left=min(columns), bottom=number, right=max(columns)))
        if not found:
            return None
        return Area(
            top=min(area.top for area in found),
            left=min(area.left for area in found),
            bottom=max(area.bottom for area in found),
            right=max(area.right for area in found),
        )


def _has_formulas(carried: Carried) -> bool:
    return any(column.fill or column.formulas for column in carried.own.values())


def _slice(data: bytes, start: int, end: int) -> bytes:
    return data[start:end]


def _first_at(numbers: list[int], number: int, since: int) -> int:
    """The index of the first row number that is not below ``number``."""
    return bisect(numbers, number - 1, since)


def _bands(blocks: list[Block]) -> list[_Band]:
    edges = {block.data.top for block in blocks} | {block.data.bottom + 1 for block in blocks}
    bands = []
    for first, behind in pairwise(sorted(edges)):
        here = tuple(b for b in blocks if b.data.top <= first and behind - 1 <= b.data.bottom)
        if here:
            bands.append(_Band(first=first, last=behind - 1, blocks=here))
    return bands


def _gaps(special: dict[int, _Single], blocks: tuple[Block, ...]) -> list[dict[int, str]]:
    """The single cells before, between and behind the tables: by gap, then by row."""
    gaps: list[dict[int, str]] = [{} for _ in range(len(blocks) + 1)]
    lefts = [block.data.left for block in blocks]
    for number, single in special.items():
        for column, text in sorted(single.cells.items()):
            gap = gaps[bisect(lefts, column)]
            gap[number] = gap.get(number, "") + text
    return gaps


def _gap(texts: dict[int, str], first: int, height: int) -> list[Piece]:
    if not texts:
        return []
    column = [""] * height
    for number, text in texts.items():
        column[number - first] = text
    return [pl.Series(column, dtype=pl.String)]
