"""Rows of a table that is filled again: what the user added to a customer's stays with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from addin.hosts.file.comments import moved_comments
from addin.hosts.file.formula import Formula
from addin.hosts.file.growing import grown_xml
from addin.hosts.file.oldrows import OldRows, by_column, common, unshared, without_style
from addin.hosts.file.owncells import OwnColumn, holding, own_column
from addin.hosts.file.package import Package
from addin.hosts.file.ranges import LAST_COLUMN, letters, runs
from addin.hosts.file.reading import read_sources
from addin.hosts.file.rowmap import RowMap, row_map
from addin.hosts.file.rowrefs import moved_refs
from addin.hosts.file.rowtags import Cells, row_tags
from addin.hosts.file.sheetframe import SheetFrame
from addin.hosts.file.tablexml import Table
from addin.hosts.file.tails import moved_tails
from addin.hosts.file.travel import Carried, Gone, Travel, Travelled, wide
from addin.hosts.file.workbookxml import Sheet
from segmentation.sources import RawSheet

# A row coloured to the far right has thousands of cells that only look like something.
_MOST_BESIDE = 200


def travelled(
    package: Package,
    sheet: Sheet,
    frame: SheetFrame,
    frames: Mapping[str, tuple[Table, pl.DataFrame]],
    travels: Mapping[str, Travel],
) -> Travelled:
    """Take what users added to the rows of the tables ``frames`` (by part) along."""
    made = Travelled(frame=frame)
    raw: RawSheet | None = None
    for part, (table, new) in frames.items():
        travel = travels.get(table.name.lower())
        if travel is None or not _may_hold_rows(made.frame, table):
            continue
        if raw is None:
            (raw,) = read_sources([package.path], sheet=sheet.name) or (None,)
        if raw is not None:
            one = _One(package=package, sheet=sheet, table=table, new=new, travel=travel, raw=raw)
            one.travel_in(made, part)
    return made


def _may_hold_rows(frame: SheetFrame, table: Table) -> bool:
    if table.data.bottom > table.data.top:
        return True
    first = f'r="{letters(table.data.left)}{table.data.top}"'.encode()
    at = frame.rows.find(first)
    tag = frame.rows[at : frame.rows.find(b">", at) + 1] if at >= 0 else b"/>"
    return not tag.endswith(b"/>")


@dataclass(kw_only=True)
class _One:
    """One table."""

    package: Package
    sheet: Sheet
    table: Table
    new: pl.DataFrame
    travel: Travel
    raw: RawSheet

    def travel_in(self, made: Travelled, part: str) -> None:
        data, table = self.table.data, self.table
        key = next((c.header for c in table.columns if c.header in self.travel.keys), None)
        if key is None or key not in self.new.columns:
            return
        keys = self._texts(data.left + [c.header for c in table.columns].index(key))
        if not (keys != "").any():
            return
        frame = made.frame
        old = OldRows(frame.rows, frame.prefix, top=data.top, bottom=data.bottom)
        styles = old.styles()
        own = self._own_columns(old, styles, frame)
        beside = [n for n in own if not data.left <= n <= data.right]
        first, last = self._reach()
        blank = [n for n in range(first, last + 1) if n not in styles]
        rows = row_map(keys, self.new[key], data, beside=beside, blank=blank)
        made.gone += self._gone(keys, own, rows)
        self._refs(made, rows, keys)
        tags, tag, xml = row_tags(old, rows, self.package.read(part), self._filtered(rows))
        if xml is not None:
            made.parts[part] = xml
            made.unfiltered.append(table.name)
        fenjis = [n for n in range(data.left, data.right + 1) if n not in own]
        bases = {n: common(styles[n]) for n in fenjis if n in styles}
        made.carried[part] = Carried(
            table=table.name,
            rows=rows,
            styles={
                n: moved
                for n, base in bases.items()
                if (moved := _unlike(styles[n], base, rows.was)).null_count() < len(moved)
            },
            own=own,
            tags=tags,
            tag=tag,
        )
        kept = self._left_over(old, styles, rows, bases, tag)
        made.frame = SheetFrame.parse(
            self.sheet.part, _with_rows(made.frame, unshared(kept, old.masters, frame.prefix))
        )

    def _texts(self, column: int) -> pl.Series:
        """The cells of a column of the sheet as text, for the old rows."""
        data, cells = self.table.data, self.raw.cells
        height, at = data.bottom - data.top + 1, column - 1 - self.raw.first_column
        out = pl.repeat("", height, dtype=pl.String, eager=True)
        if not 0 <= at < cells.width or cells.height < data.top:
            return out
        found = cells[:, at].slice(data.top - 1, height).fill_null("").str.strip_chars()
        return pl.concat([found, out.slice(len(found))]).alias("text")

    def _own_columns(
        self, old: OldRows, styles: Mapping[int, pl.Series], frame: SheetFrame
    ) -> dict[int, OwnColumn]:
        data, table = self.table.data, self.table
        found = {}
        for offset, column in enumerate(table.columns):
            header = column.header
            if header in self.new.columns or header in self.travel.ours:
                continue
            calculated = None
            if column.formula:
                calculated = Formula.parse(column.formula, row=data.top, array=column.array)
            found[data.left + offset] = own_column(old, data.left + offset, calculated)
        for number in self._beside(old, styles, frame):
            found[number] = own_column(old, number)
        return dict(sorted(found.items()))

    def _beside(
        self, old: OldRows, styles: Mapping[int, pl.Series], frame: SheetFrame
    ) -> list[int]:
        """The columns beside the table whose cells belong to its rows.

        Those next to it and those with a header do; others too, unless they look like something
        that stands for itself: with merged cells, or formulas.
        """
        data, (first, last) = self.table.data, self._reach()
        numbers = [n for n in styles if first <= n <= last and not data.left <= n <= data.right]
        numbers = numbers[:_MOST_BESIDE]
        blocked = {
            n
            for area in frame.merged()
            if area.top <= data.bottom and data.top <= area.bottom and area.top != area.bottom
            for n in range(area.left, area.right + 1)
        }
        out: list[int] = []
        for island in runs(numbers):
            touches = island[0] == data.right + 1 or island[-1] == data.left - 1
            free = not blocked & set(island)
            if free and (touches or all(self._is_loose(old, n) for n in island)):
                out += island
        return sorted(out)

    def _reach(self) -> tuple[int, int]:
        """The first and last column that are nearer to this table than to others beside it."""
        data = self.table.data
        others = [t.area for t in self.sheet.tables if t.part != self.table.part]
        level = [a for a in others if a.top <= data.bottom and data.top <= a.bottom]
        first = max([0, *(a.right for a in level if a.right < data.left)]) + 1
        return first, min([LAST_COLUMN + 1, *(a.left for a in level if a.left > data.right)]) - 1

    def _is_loose(self, old: OldRows, column: int) -> bool:
        """Whether single cells stand there, or a column with a header."""
        at = column - 1 - self.raw.first_column
        row = self.table.data.top - 2
        if 0 <= at < self.raw.cells.width and row >= 0 and self.raw.cells[row, at]:
            return True
        return not old.cells(column).str.contains(r"<(?:\w+:)?f[\s>/]").any()

    def _gone(self, keys: pl.Series, own: Mapping[int, OwnColumn], rows: RowMap) -> list[Gone]:
        """What stands in the user's columns of rows that are no more; formulas say nothing."""
        stays = set(rows.was.drop_nulls().to_list())
        left = [at for at in range(len(keys)) if at not in stays]
        out = []
        for number, column in own.items():
            if not left or not holding(column.cells).gather(left).any():
                continue
            texts = self._texts(number)
            for at in left:
                if texts[at] and at not in column.formulas:
                    out.append(self._said(keys[at], number, texts[at]))
        return out

    def _said(self, key: str, column: int, text: str) -> Gone:
        return Gone(table=self.table.name, key=key, column=self._title(column), text=text)

    def _title(self, column: int) -> str:
        data = self.table.data
        if data.left <= column <= data.right:
            return self.table.columns[column - data.left].header
        at, row = column - 1 - self.raw.first_column, data.top - 2
        inside = 0 <= at < self.raw.cells.width and 0 <= row < self.raw.cells.height
        return (inside and self.raw.cells[row, at]) or letters(column)

    def _refs(self, made: Travelled, rows: RowMap, keys: pl.Series) -> None:
        """Comments, links, rules and merged cells of single rows."""
        comments = moved_comments(self.package, self.sheet.part, rows)
        made.parts |= comments.parts
        made.gone += [
            self._said(keys[row - rows.top], column, text)
            for row, column, text in comments.gone
            if text
        ]
        moved = moved_refs(made.frame.xml, rows)
        targets = self.package.external(self.sheet.part) if moved.links else {}
        made.gone += [
            self._said(keys[row - rows.top], column, targets[link])
            for row, column, link in moved.links
            if link in targets
        ]
        made.frame = made.frame.with_xml(moved.xml)

    def _filtered(self, rows: RowMap) -> Cells:
        """The cells of the table's columns as text, of the old rows and of the new ones."""
        left, headers = self.table.data.left, [c.header for c in self.table.columns]

        def now(at: int) -> pl.Series:
            if headers[at] in self.new.columns:
                return self.new[headers[at]].cast(pl.String, strict=False)
            return self._texts(left + at).gather(rows.was)

        return Cells(old=lambda at: self._texts(left + at), new=now)

    def _left_over(
        self,
        old: OldRows,
        styles: Mapping[int, pl.Series],
        rows: RowMap,
        bases: Mapping[int, str | None],
        tag: str,
    ) -> str:
        """The rows without the cells that travel; of the table only the first row is left."""
        data, p = self.table.data, old.prefix
        stay = old.staying([n for n in styles if n not in rows.columns])
        first = self._first(old, bases)
        out = []
        for number in sorted({data.top, *stay}):
            cells = stay.get(number, "")
            if number == data.top:
                single = {**by_column(cells, p), **first}
                cells = "".join(text for _, text in sorted(single.items()))
            attrs = tag if number == data.top else ""
            out.append(f'<{p}row r="{number}"{attrs}>{cells}</{p}row>')
        grows = {self.sheet.name.lower(): [wide(self.table.growth(self.new.height), rows)]}
        before, after = (grown_xml(xml, self.sheet.name, grows) for xml in (old.before, old.after))
        after = moved_tails(
            after,
            p,
            rows.beside,
            self.table.growth(self.new.height).shift,
            [t.area for t in self.sheet.tables if t.part != self.table.part],
        )
        return before.decode() + "".join(out) + after.decode()

    def _first(self, old: OldRows, bases: Mapping[int, str | None]) -> dict[int, str]:
        """The first row's cells of the table, as most of their columns look."""
        data, p = self.table.data, old.prefix
        out = {}
        for number in range(data.left, data.right + 1):
            cell = old.first(number)
            base = bases.get(number)
            style = f' s="{base}"' if base and base != "0" else ""
            head = f'<{p}c r="{letters(number)}{data.top}"{style}'
            if cell is not None and "f>" in cell and number in bases:
                out[number] = head + without_style(cell)
            elif number in bases and base is not None:
                out[number] = f"{head}/>"
        return out


def _with_rows(frame: SheetFrame, rows: str) -> bytes:
    return frame.xml[: frame.at] + rows.encode() + frame.xml[frame.at :]


def _unlike(styles: pl.Series, base: str | None, was: pl.Series) -> pl.Series:
    """The styles of the new rows where they are not as the column's."""
    frame = styles.to_frame("x").select(
        pl.when(pl.col("x").is_not_null() & (pl.col("x") != pl.lit(base or "0"))).then("x")
    )
    return frame["x"].gather(was)
