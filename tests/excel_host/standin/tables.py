"""Tables of a worksheet: ListObjects."""
# ruff: noqa: ARG002, N802, N803, PLR0917  (members and arguments are as COM has them)

from __future__ import annotations

from typing import Any

from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo

from tests.excel_host.standin.addresses import Area, parse
from tests.excel_host.standin.com import Collection, ComObject, NotInStandin, refused
from tests.excel_host.standin.tablelines import ListColumns, ListRows

HEADERS_YES, SOURCE_RANGE = 1, 1


class ListObject(ComObject):
    """A table; its name is unique in the workbook, without regard to case."""

    def __init__(self, sheet: Any, table: Table) -> None:
        super().__init__(sheet.excel)
        self.sheet, self.table = sheet, table

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ListObject) and other.table is self.table

    __hash__ = None  # type: ignore[assignment]

    @property
    def target(self) -> str:
        return f"{self.sheet.target}!{self.table.displayName}"

    @property
    def area(self) -> Area:
        area = parse(self.table.ref)
        assert area is not None
        return area

    @property
    def headers(self) -> int:
        return 1 if self.table.headerRowCount is None else int(self.table.headerRowCount)

    @property
    def body(self) -> Area | None:
        top, left, bottom, right = self.area
        top, bottom = top + self.headers, bottom - (self.table.totalsRowCount or 0)
        return Area(top, left, bottom, right) if top <= bottom else None

    def place(self, area: Area) -> None:
        """Take another rectangle; columns come and go at the right end."""
        self.table.ref = area.plain
        if self.table.autoFilter is not None:
            bottom = area.bottom - (self.table.totalsRowCount or 0)
            self.table.autoFilter.ref = area._replace(bottom=bottom).plain
        columns = self.table.tableColumns
        while len(columns) < area.width:
            number = max((c.id for c in columns), default=0) + 1
            columns.append(TableColumn(id=number, name=f"Column{len(columns) + 1}"))
        del columns[area.width :]
        self.name_columns()

    def grown(self, area: Area) -> Area | None:
        """The table with cells that are written right beside or right below it."""
        own = self.area
        if area.left == own.right + 1 and own.top <= area.top and area.bottom <= own.bottom:
            wider = own._replace(right=area.right)
        elif area.top == own.bottom + 1 and own.left <= area.left and area.right <= own.right:
            wider = own._replace(bottom=area.bottom)
        else:
            return None
        others = any(t != self and t.area.meets(wider) for t in self.sheet.tables())
        return None if others or self.table.totalsRowCount else wider

    def name_columns(self) -> None:
        """Columns are called as their header cells; a blank or repeated header gets a name."""
        if not self.headers:
            return
        cells = [
            self.sheet.file._get_cell(self.area.top, self.area.left + offset)
            for offset in range(self.area.width)
        ]
        texts = ["" if cell.value is None else str(cell.value) for cell in cells]
        known: set[str] = set()
        for cell, text, column in zip(cells, texts, self.table.tableColumns, strict=True):
            name = _free(text, known | {t.casefold() for t in texts if not text})
            known.add(name.casefold())
            column.name = name
            if cell.value != name:
                cell._value, cell.data_type = name, "s"

    # ── what COM offers ──

    @property
    def Name(self) -> str:
        return str(self.table.displayName)

    @Name.setter
    def Name(self, value: str) -> None:
        self.sheet.guard()
        self.sheet.book.check_free(value, besides=self.table)
        del self.sheet.file.tables[self.table.displayName]
        self.table.name = self.table.displayName = value
        self.sheet.file.tables[value] = self.table

    @property
    def DisplayName(self) -> str:
        return self.Name

    @DisplayName.setter
    def DisplayName(self, value: str) -> None:
        self.Name = value

    @property
    def Parent(self) -> Any:
        return self.sheet

    @property
    def Range(self) -> Any:
        return self.sheet.range(self.area)

    @property
    def DataBodyRange(self) -> Any:
        return self.sheet.range(self.body) if self.body else None

    @property
    def HeaderRowRange(self) -> Any:
        return self.sheet.range(self.area._replace(bottom=self.area.top)) if self.headers else None

    @property
    def TotalsRowRange(self) -> Any:
        if not self.table.totalsRowCount:
            return None
        return self.sheet.range(self.area._replace(top=self.area.bottom))

    @property
    def InsertRowRange(self) -> Any:
        return None

    @property
    def ShowHeaders(self) -> bool:
        return bool(self.headers)

    @property
    def ShowTotals(self) -> bool:
        return bool(self.table.totalsRowCount)

    @property
    def ShowAutoFilter(self) -> bool:
        return self.table.autoFilter is not None

    @property
    def AutoFilter(self) -> Any:
        return TableFilter(self) if self.table.autoFilter is not None else None

    @property
    def TableStyle(self) -> Any:
        return _Style(self)

    @TableStyle.setter
    def TableStyle(self, value: str) -> None:
        self.sheet.guard()
        self.table.tableStyleInfo = TableStyleInfo(name=value or None, showRowStripes=True)

    @property
    def ListColumns(self) -> ListColumns:
        return ListColumns(self)

    @property
    def ListRows(self) -> ListRows:
        return ListRows(self)

    def Resize(self, Range: Any) -> None:
        """Documented: the header must stay in its row; the new range must meet the old one."""
        self.sheet.guard()
        area = Range.area
        others = [t for t in self.sheet.tables() if t != self and t.area.meets(area)]
        if Range.sheet is not self.sheet or area.top != self.area.top or others:
            raise refused("Application-defined or object-defined error")
        if area.meets(self.area) is None or area.height < self.headers + 1:
            raise refused("Application-defined or object-defined error")
        self.place(area)

    def Delete(self) -> None:
        """The table and its cells."""
        self.sheet.guard()
        area = self.area
        del self.sheet.file.tables[self.table.displayName]
        self.sheet.range(area).Clear()

    def Unlist(self) -> None:
        """The cells stay, as a plain range."""
        self.sheet.guard()
        del self.sheet.file.tables[self.table.displayName]


def _free(text: str, known: set[str]) -> str:
    """The header, with a number where it is blank or taken."""
    name, number = text or "Column1", 2
    while name.casefold() in known:
        name, number = f"{text or 'Column'}{number}", number + 1
    return name


class _Style(ComObject):
    KIND = "TableStyle"

    def __init__(self, table: ListObject) -> None:
        super().__init__(table.excel)
        self.style = table.table.tableStyleInfo

    @property
    def Name(self) -> str:
        return self.style.name if self.style else ""

    def __str__(self) -> str:
        return self.Name


class TableFilter(ComObject):
    KIND = "AutoFilter"

    def __init__(self, table: ListObject) -> None:
        super().__init__(table.excel)
        self.of = table

    @property
    def FilterMode(self) -> bool:
        return bool(self.of.table.autoFilter.filterColumn)

    @property
    def Range(self) -> Any:
        return self.of.Range

    def ShowAllData(self) -> None:
        self.of.sheet.guard()
        self.of.table.autoFilter.filterColumn = []
        for row in range(self.of.area.top, self.of.area.bottom + 1):
            self.of.sheet.file.row_dimensions[row].hidden = False


class ListObjects(Collection):
    def __init__(self, sheet: Any) -> None:
        super().__init__(sheet.excel)
        self.sheet = sheet

    def items(self) -> list[ListObject]:
        return self.sheet.tables()

    def Add(
        self,
        SourceType: int = SOURCE_RANGE,
        Source: Any = None,
        LinkSource: Any = None,
        XlListObjectHasHeaders: int = 0,
        Destination: Any = None,
        TableStyleName: Any = None,
    ) -> ListObject:
        self.sheet.guard()
        if SourceType != SOURCE_RANGE or Source is None or XlListObjectHasHeaders != HEADERS_YES:
            raise NotInStandin("tables but those of a range with headers")
        area = Source.area
        if any(t.area.meets(area) for t in self.sheet.tables()):
            raise refused("A table cannot overlap another table.")
        if any(merged.meets(area) for merged in self.sheet.merged()):
            self.sheet.range(area).UnMerge()
        name = self.sheet.book.free_table_name("Table")
        table = Table(displayName=name, name=name, ref=area.plain)
        table.id = self.sheet.book.next_table_id()
        table._initialise_columns()
        table.tableStyleInfo = TableStyleInfo(
            name=TableStyleName or "TableStyleMedium2", showRowStripes=True
        )
        self.sheet.file.tables[name] = table
        made = ListObject(self.sheet, table)
        made.name_columns()
        return made
