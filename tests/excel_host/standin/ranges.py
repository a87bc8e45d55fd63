"""Range: moving about. Values, looks and shifting are in `contents`, `looks` and `shifting`."""
# ruff: noqa: ARG002, N802, N803  (members and arguments are as COM has them)

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openpyxl.utils import get_column_letter

from tests.excel_host.standin.addresses import COLUMNS, ROWS, WHOLE, Area, parse, quoted
from tests.excel_host.standin.com import NotInStandin, refused
from tests.excel_host.standin.contents import Contents
from tests.excel_host.standin.looks import Looks
from tests.excel_host.standin.shifting import Shifting

DOWN, LEFT, RIGHT, UP = -4121, -4159, -4161, -4162


class Range(Contents, Looks, Shifting):
    """A rectangle of a worksheet; ``by`` says what Count, Item and iteration go by."""

    IID = CLSID = "{00020846-0000-0000-C000-000000000046}"

    def __init__(self, sheet: Any, area: Area, by: str = "cells") -> None:
        super().__init__(sheet.excel)
        self.sheet, self.area, self.by = sheet, area, by

    @property
    def target(self) -> str:
        return f"{self.sheet.target}!{self.area.address()}"

    def to(self, area: Area, by: str = "cells") -> Range:
        if not WHOLE.holds(area):
            raise refused("Application-defined or object-defined error")
        return Range(self.sheet, area, by)

    # ── parts ──

    @property
    def Worksheet(self) -> Any:
        return self.sheet

    @property
    def Parent(self) -> Any:
        return self.sheet

    @property
    def Row(self) -> int:
        return self.area.top

    @property
    def Column(self) -> int:
        return self.area.left

    @property
    def Cells(self) -> Range:
        return self.to(self.area)

    @property
    def Rows(self) -> Range:
        return self.to(self.area, "rows")

    @property
    def Columns(self) -> Range:
        return self.to(self.area, "columns")

    @property
    def EntireRow(self) -> Range:
        return self.to(Area(self.area.top, 1, self.area.bottom, COLUMNS), "rows")

    @property
    def EntireColumn(self) -> Range:
        return self.to(Area(1, self.area.left, ROWS, self.area.right), "columns")

    @property
    def Areas(self) -> list[Range]:
        return [self]

    @property
    def CountLarge(self) -> int:
        height, width = self.area.height, self.area.width
        return {"rows": height, "columns": width}.get(self.by, height * width)

    @property
    def Count(self) -> int:
        """Raises an overflow for more than a Long can hold, as Excel does."""
        count = self.CountLarge
        if count > 2**31 - 1:
            raise refused("Overflow")
        return count

    def Item(self, RowIndex: Any, ColumnIndex: Any = None) -> Range:
        """Counted from 1 from the first cell; may lie outside of the range."""
        top, left, bottom, right = self.area
        if isinstance(RowIndex, str):
            raise NotInStandin("Range.Item by text")
        index = int(RowIndex)
        if self.by == "rows":
            return self.to(Area(top + index - 1, left, top + index - 1, right), "rows")
        if self.by == "columns":
            return self.to(Area(top, left + index - 1, bottom, left + index - 1), "columns")
        if ColumnIndex is None:
            row, column = divmod(index - 1, self.area.width)
        else:
            row, column = index - 1, int(ColumnIndex) - 1
        return self.to(Area(top + row, left + column, top + row, left + column))

    def __call__(self, RowIndex: Any, ColumnIndex: Any = None) -> Range:
        return self.Item(RowIndex, ColumnIndex)

    def __iter__(self) -> Iterator[Range]:
        return (self.Item(index) for index in range(1, self.CountLarge + 1))

    def __len__(self) -> int:
        return self.CountLarge

    def Range(self, Cell1: Any, Cell2: Any = None) -> Range:
        """An address within this range, ``A1`` being its first cell."""
        area = parse(Cell1) if isinstance(Cell1, str) and Cell2 is None else None
        if area is None:
            raise NotInStandin("Range.Range of what is not an address")
        return self.to(area.moved(self.area.top - 1, self.area.left - 1))

    # ── neighbours ──

    @property
    def Resize(self) -> Any:
        raise NotInStandin(
            "with early binding it takes no arguments: GetResize, or xlwings' resize"
        )

    @property
    def Offset(self) -> Any:
        raise NotInStandin(
            "with early binding it takes no arguments: GetOffset, or xlwings' offset"
        )

    def GetResize(self, RowSize: Any = None, ColumnSize: Any = None) -> Range:
        top, left, bottom, right = self.area
        bottom = bottom if RowSize is None else top + int(RowSize) - 1
        right = right if ColumnSize is None else left + int(ColumnSize) - 1
        return self.to(Area(top, left, bottom, right))

    def GetOffset(self, RowOffset: Any = 0, ColumnOffset: Any = 0) -> Range:
        return self.to(self.area.moved(int(RowOffset or 0), int(ColumnOffset or 0)))

    def End(self, Direction: int) -> Range:
        """Ctrl+arrow: the edge of the block, or the next cell with content, or the sheet's."""
        step = {DOWN: (1, 0), UP: (-1, 0), RIGHT: (0, 1), LEFT: (0, -1)}[int(Direction)]
        row, column = self.area.top, self.area.left
        used = self.sheet.used

        def filled(there: tuple[int, int]) -> bool:
            return self.sheet.filled(*there)

        def after(there: tuple[int, int]) -> tuple[int, int]:
            return there[0] + step[0], there[1] + step[1]

        def inside(there: tuple[int, int]) -> bool:
            return 1 <= there[0] <= ROWS and 1 <= there[1] <= COLUMNS

        here = (row, column)
        if not inside(after(here)):
            return self.to(Area(row, column, row, column))
        together = filled(here) and filled(after(here))
        beyond = (min(max(row, used.bottom), ROWS), max(column, used.right))
        while inside(after(here)):
            if together and not filled(after(here)):
                break
            if step > (0, 0) and here > beyond:  # nothing comes any more
                here = (ROWS, column) if step[0] else (row, COLUMNS)
                break
            here = after(here)
            if not together and filled(here):
                break
        return self.to(Area(*here, *here))

    @property
    def CurrentRegion(self) -> Range:
        """The block around the first cell that blank rows and columns bound."""
        area = Area(self.area.top, self.area.left, self.area.top, self.area.left)
        while True:
            wider = WHOLE.meets(Area(area.top - 1, area.left - 1, area.bottom + 1, area.right + 1))
            content = self.sheet.bounds(wider)
            grown = content and Area(
                min(area.top, content.top),
                min(area.left, content.left),
                max(area.bottom, content.bottom),
                max(area.right, content.right),
            )
            if not grown or grown == area:
                return self.to(area)
            area = grown

    # ── names ──

    @property
    def Address(self) -> str:
        return self.area.address()

    def GetAddress(
        self,
        RowAbsolute: Any = True,
        ColumnAbsolute: Any = True,
        ReferenceStyle: Any = 1,
        External: Any = False,
        RelativeTo: Any = None,
    ) -> str:
        if ReferenceStyle not in (1, None):
            raise NotInStandin("R1C1 addresses")
        signs = ("" if RowAbsolute is False else "$", "" if ColumnAbsolute is False else "$")
        address = self.area.address(signs)
        if not External:
            return address
        return f"{quoted(f'[{self.sheet.book.name}]{self.sheet.file.title}')}!{address}"

    @property
    def ListObject(self) -> Any:
        """The table that holds the first cell, or None."""
        first = Area(self.area.top, self.area.left, self.area.top, self.area.left)
        return next((t for t in self.sheet.tables() if t.area.meets(first)), None)

    @property
    def Name(self) -> Any:
        for name in self.sheet.book.names():
            found = name.range()
            if found is not None and (found.sheet, found.area) == (self.sheet, self.area):
                return name
        raise refused("Application-defined or object-defined error")

    @Name.setter
    def Name(self, value: str) -> None:
        refers = f"={quoted(self.sheet.file.title)}!{self.area.address()}"
        self.sheet.book.add_name(value, refers)

    # ── what the user sees ──

    def Select(self) -> bool:
        if self.sheet.book.active_sheet() is not self.sheet:
            raise refused("Select method of Range class failed")
        self.excel.selected = self
        return True

    def Activate(self) -> bool:
        return self.Select()

    def Calculate(self) -> None:
        self.excel.recalculate()

    @property
    def Hidden(self) -> bool | None:
        """Of whole rows or columns; None where they differ."""
        return self.one_of({bool(d.hidden) for d in self._dimensions()})

    @Hidden.setter
    def Hidden(self, value: bool) -> None:
        self.sheet.guard()
        for dimension in self._dimensions():
            dimension.hidden = bool(value)

    def _dimensions(self) -> list[Any]:
        file, area = self.sheet.file, self.area
        if area.width == COLUMNS:
            return [file.row_dimensions[r] for r in range(area.top, area.bottom + 1)]
        if area.height == ROWS:
            letters = map(get_column_letter, range(area.left, area.right + 1))
            return [file.column_dimensions[letter] for letter in letters]
        raise refused("Unable to set the Hidden property of the Range class")
