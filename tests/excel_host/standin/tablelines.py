"""Columns and rows of a table."""
# ruff: noqa: ARG002, N802, N803  (members and arguments are as COM has them)

from __future__ import annotations

from typing import Any

from tests.excel_host.standin.addresses import Area
from tests.excel_host.standin.com import Collection, ComObject, no_such_item


class _Line(ComObject):
    """A column or a row of a table."""

    def __init__(self, table: Any, index: int) -> None:
        super().__init__(table.excel)
        self.of, self.index = table, index

    @property
    def Index(self) -> int:
        return self.index

    @property
    def Parent(self) -> Any:
        return self.of


class ListColumn(_Line):
    @property
    def column(self) -> int:
        return self.of.area.left + self.index - 1

    @property
    def Name(self) -> str:
        return str(self.of.table.tableColumns[self.index - 1].name)

    @Name.setter
    def Name(self, value: str) -> None:
        self.of.sheet.range(
            Area(self.of.area.top, self.column, self.of.area.top, self.column)
        ).Value = value

    @property
    def Range(self) -> Any:
        return self.of.sheet.range(self.of.area._replace(left=self.column, right=self.column))

    @property
    def DataBodyRange(self) -> Any:
        body = self.of.body
        return body and self.of.sheet.range(body._replace(left=self.column, right=self.column))

    def Delete(self) -> None:
        area = self.of.area
        self.of.sheet.range(area._replace(left=self.column, right=self.column)).Delete(-4159)


class ListRow(_Line):
    @property
    def Range(self) -> Any:
        row = self.of.area.top + self.of.headers + self.index - 1
        return self.of.sheet.range(self.of.area._replace(top=row, bottom=row))

    def Delete(self) -> None:
        self.Range.Delete(-4162)


class ListColumns(Collection):
    def __init__(self, table: Any) -> None:
        super().__init__(table.excel)
        self.of = table

    def items(self) -> list[ListColumn]:
        return [ListColumn(self.of, i + 1) for i in range(self.of.area.width)]

    def Add(self, Position: Any = None) -> ListColumn:
        """Insert a column; what stands to the right of the table's rows moves along."""
        table, last = self.of, self.of.area.width + 1
        index = last if Position is None else int(Position)
        if not 1 <= index <= last:
            raise no_such_item()
        column, area = table.area.left + index - 1, table.area
        table.sheet.range(area._replace(left=column, right=column)).Insert(-4161)
        if index == last or table.area == area.moved(columns=1):
            table.place(area._replace(right=area.right + 1))
        table.name_columns()
        return ListColumn(table, index)


class ListRows(Collection):
    def __init__(self, table: Any) -> None:
        super().__init__(table.excel)
        self.of = table

    def items(self) -> list[ListRow]:
        body = self.of.body
        return [ListRow(self.of, i + 1) for i in range(body.height)] if body else []

    def Add(self, Position: Any = None, AlwaysInsert: Any = None) -> ListRow:
        table, last = self.of, len(self.items()) + 1
        index = last if Position is None else int(Position)
        row, area = table.area.top + table.headers + index - 1, table.area
        table.sheet.range(area._replace(top=row, bottom=row)).Insert(-4121)
        if table.area == area:
            table.place(area._replace(bottom=area.bottom + 1))
        return ListRow(table, index)
