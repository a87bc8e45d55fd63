"""What is to become of one sheet: which cells come, which stay, which go."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from addin.hosts.file.blocks import Block, BlockColumn
from addin.hosts.file.errors import TemplateError
from addin.hosts.file.formula import Formula
from addin.hosts.file.ranges import LAST_ROW, Area, Growth, letters, runs
from addin.hosts.file.series import Look
from addin.hosts.file.sheetframe import SheetFrame
from addin.hosts.file.sheetrows import Cell, Rows, own_formula
from addin.hosts.file.tablexml import Table
from addin.hosts.file.travel import Carried, wide
from addin.hosts.file.values import content, formula_element


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """A table and the frame that goes into it."""

    table: Table
    frame: pl.DataFrame
    carried: Carried | None = None

    @property
    def data(self) -> Area:
        """The table's data rows afterwards."""
        return self.table.data_for(self.frame.height)

    @property
    def growth(self) -> Growth:
        growth = self.table.growth(self.frame.height)
        return wide(growth, self.carried.rows) if self.carried else growth

    def before(self) -> Area:
        """The rows that the template has for it: data and totals."""
        data = self.table.data
        bottom = data.bottom + self.table.totals
        return Area(top=data.top, left=data.left, bottom=bottom, right=data.right)

    def after(self) -> Area:
        """The same afterwards."""
        data = self.data
        bottom = data.bottom + self.table.totals
        return Area(top=data.top, left=data.left, bottom=bottom, right=data.right)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedCell:
    """A cell to be filled."""

    name: str
    row: int
    column: int
    value: object


@dataclass(kw_only=True)
class SheetPlan:
    """One sheet of the template and all that goes into it.

    TemplateError ``content_below``, ``cell_in_table`` or ``too_many_rows`` from `check`.
    """

    sheet: str
    frame: SheetFrame
    fillings: list[Filling]
    others: list[Table]
    cells: list[NamedCell]
    date1904: bool
    formulas: bool

    @cached_property
    def rows(self) -> Rows:
        """The rows of the template."""
        skip = []
        listed = [range(cell.row, cell.row + 1) for cell in self.cells]
        for filling in self.fillings:
            data, after = filling.table.data, filling.after()
            listed.append(range(data.top, max(filling.before().bottom, after.bottom) + 1))
            if data.bottom > data.top:
                skip.append(
                    Area(top=data.top + 1, left=data.left, bottom=data.bottom, right=data.right)
                )
        if b"shared" in self.frame.rows:  # any row may borrow a formula from one that goes
            listed.append(range(1, LAST_ROW + 1))
        return Rows(self.frame.rows, self.frame.prefix, skip=skip, listed=listed)

    def check(self) -> None:
        """Refuse what would overwrite something."""
        for filling in self.fillings:
            if filling.after().bottom > LAST_ROW:
                limit = LAST_ROW - filling.table.data.top + 1 - filling.table.totals
                raise TemplateError(
                    "too_many_rows",
                    table=filling.table.name,
                    rows=filling.frame.height,
                    limit=limit,
                )
            for cell in self.cells:
                if filling.table.area.has(cell.row, cell.column):
                    raise TemplateError("cell_in_table", cell=cell.name, table=filling.table.name)
            self._check_below(filling)

    def _check_below(self, filling: Filling) -> None:
        before, after = filling.before(), filling.after()
        if after.bottom <= before.bottom:
            return
        gained = Area(
            top=before.bottom + 1, left=after.left, bottom=after.bottom, right=after.right
        )
        tables = [other.table.area for other in self.fillings if other is not filling]
        tables += [other.after() for other in self.fillings if other is not filling]
        tables += [table.area for table in self.others]
        named = [
            Area(top=cell.row, left=cell.column, bottom=cell.row, right=cell.column)
            for cell in self.cells
        ]
        blocked = [area for area in (*tables, *self.frame.merged(), *named) if area.meets(gained)]
        places = [(max(area.top, gained.top), max(area.left, gained.left)) for area in blocked]
        for number, row in self.rows.by_number.items():
            if gained.top <= number <= gained.bottom:
                places += [
                    (number, cell.column)
                    for cell in row.cells.values()
                    if cell.content and gained.has(number, cell.column)
                ]
        if places:
            row_number, column = min(places)
            raise TemplateError(
                "content_below",
                table=filling.table.name,
                sheet=self.sheet,
                cell=f"{letters(column)}{row_number}",
            )

    def goes(self, row: int, column: int) -> bool:
        """Whether what the template has in a cell is overwritten or removed."""
        return any(
            filling.before().has(row, column) or filling.after().has(row, column)
            for filling in self.fillings
        )

    def blocks(self) -> list[Block]:
        """The tables, ready to be written, from left to right."""
        found = [self._block(filling) for filling in self.fillings]
        for filling in self.fillings:
            found += self._beside(filling)
        return sorted(found, key=lambda block: (block.data.left, block.data.top))

    def placed(self) -> dict[int, dict[int, str]]:
        """Cells that are written one by one, by row and column: named ones, and totals rows."""
        out: dict[int, dict[int, str]] = {}
        for filling in self.fillings:
            if filling.table.totals:
                self._move_totals(filling, out)
        for cell in self.cells:
            out.setdefault(cell.row, {})[cell.column] = self._named(cell)
        return out

    def _move_totals(self, filling: Filling, out: dict[int, dict[int, str]]) -> None:
        old, new = filling.before().bottom, filling.after().bottom
        row = self.rows.by_number.get(old)
        for column, cell in (row.cells if row else {}).items():
            if filling.data.left <= column <= filling.data.right:
                text = self.rows.cell_text(cell, new, column)
                if cell.formula and (master := self.rows.master(cell)):
                    text = self.rows.unshared(cell, old, text, master)
                out.setdefault(new, {})[column] = text

    def _block(self, filling: Filling) -> Block:
        data, frame = filling.data, filling.frame
        columns = []
        for offset, column in enumerate(filling.table.columns):
            given = column.header in frame.columns
            look = self._look(
                filling.table,
                offset,
                values_alone=not frame.height or (given and not self.formulas),
            )
            values = frame[column.header] if given and frame.height else None
            columns.append(self._column(filling, data.left + offset, look, values))
        first = self.rows.by_number.get(data.top)
        tag = self.rows.tag_rest(first, copied=True) if first else '">'
        carried = filling.carried if frame.height else None
        tags = carried.tags if carried else None
        return Block(data=data, columns=tuple(columns), row_tag=tag, row_tags=tags)

    def _column(
        self, filling: Filling, number: int, look: Look, values: pl.Series | None
    ) -> BlockColumn:
        carried = filling.carried
        if carried is None or not filling.frame.height:
            return BlockColumn(look=look, values=values)
        own = carried.own.get(number)
        if own:
            ready = own.written(carried.rows.was, filling.data.top, self.frame.prefix)
            return BlockColumn(look=look, ready=ready)
        return BlockColumn(look=look, values=values, styles=carried.styles.get(number))

    def _beside(self, filling: Filling) -> list[Block]:
        """The user's columns beside a table, those that stand together as one block."""
        if filling.carried is None or not filling.frame.height:
            return []
        data, out = filling.data, []
        for numbers in runs(filling.carried.rows.beside):
            columns = [
                self._column(
                    filling, n, Look(letters=letters(n), attrs="", prefix=self.frame.prefix), None
                )
                for n in numbers
            ]
            area = Area(top=data.top, left=numbers[0], bottom=data.bottom, right=numbers[-1])
            out.append(Block(data=area, columns=tuple(columns), row_tag='">'))
        return out

    def _look(self, table: Table, offset: int, *, values_alone: bool) -> Look:
        row, number = table.data.top, table.data.left + offset
        cell = self._cell(row, number)
        formula = None if values_alone else self._formula(table, offset, cell)
        attrs = self._style(row, number)
        if formula and formula.array and cell and "cm" in cell.attrs:
            attrs += f' cm="{cell.attrs["cm"]}"'
        return Look(letters=letters(number), attrs=attrs, formula=formula, prefix=self.frame.prefix)

    def _formula(self, table: Table, offset: int, cell: Cell | None) -> Formula | None:
        own = own_formula(cell, table.data.top, self.rows) if cell else None
        column = table.columns[offset]
        if own or not column.formula:
            return own
        return Formula.parse(column.formula, row=table.data.top, array=column.array)

    def _cell(self, row: int, column: int) -> Cell | None:
        found = self.rows.by_number.get(row)
        return found.cells.get(column) if found else None

    def _style(self, row: int, column: int) -> str:
        """The style attribute of a cell: its own, else its row's, else its column's."""
        cell = self._cell(row, column)
        if cell:
            style = cell.attrs.get("s")
        else:
            found = self.rows.by_number.get(row)
            attrs = self.rows.attributes(found) if found else {}
            formatted = attrs.get("customFormat") in {"1", "true"}
            style = attrs.get("s") if formatted else self.frame.column_style(column)
        return f' s="{style}"' if style and style != "0" else ""

    def _named(self, named: NamedCell) -> str:
        cell = self._cell(named.row, named.column)
        address = f"{letters(named.column)}{named.row}"
        attrs = self._style(named.row, named.column)
        prefix = self.frame.prefix
        element = ""
        if cell and cell.formula:
            element = self._kept_formula(cell, named.row)
            if "cm" in cell.attrs:
                attrs += f' cm="{cell.attrs["cm"]}"'
        head = f'<{prefix}c r="{address}"{attrs}'
        return content(named.value, date1904=self.date1904).cell(head, element, prefix)

    def _kept_formula(self, cell: Cell, row: int) -> str:
        """A cell's formula element as it is, or in full if it borrowed it from another cell."""
        assert cell.formula is not None
        if cell.formula.attrs.get("t") != "shared" or cell.formula.text:
            return self.frame.rows[cell.formula.start : cell.formula.end].decode()
        formula = own_formula(cell, row, self.rows)
        if formula is None:
            return ""
        return formula_element(formula.at(row), array=False, cell="", prefix=self.frame.prefix)
