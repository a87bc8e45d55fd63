"""One worksheet."""
# ruff: noqa: ARG002, N802, N803  (members and arguments are as COM has them)

from __future__ import annotations

from typing import Any

from tests.excel_host.standin.addresses import WHOLE, Area, parse, sheet_and_rest
from tests.excel_host.standin.com import ComObject, NotInStandin, refused, unwrapped
from tests.excel_host.standin.moving import around, follow, union
from tests.excel_host.standin.names import Names
from tests.excel_host.standin.protecting import Protection, protect
from tests.excel_host.standin.ranges import Range
from tests.excel_host.standin.tables import ListObject, ListObjects

VISIBLE = {-1: "visible", 0: "hidden", 2: "veryHidden"}
PROTECTED = (
    "The cell or chart you're trying to change is on a protected sheet. To make a change, "
    "unprotect the sheet."
)
LONGEST_NAME, FORBIDDEN = 31, set("[]:*?/\\")


class Worksheet(ComObject):
    """Cells of an openpyxl worksheet ``file``, with ``file.computed``: results of formulas."""

    def __init__(self, book: Any, file: Any) -> None:
        super().__init__(book.excel)
        self.book, self.file = book, file
        self.for_users_only = False
        self._used: Area | None = None

    @property
    def target(self) -> str:
        return f"[{self.book.name}]{self.file.title}"

    # ── of the stand-in ──

    def guard(self, area: Area | None = None) -> None:
        """Raise what Excel raises on a protected sheet; unlocked cells may be written."""
        if not self.file.protection.sheet or self.for_users_only:
            return
        cells = area and [
            self.file._get_cell(row, column)
            for row in range(area.top, min(area.bottom, area.top + 1000) + 1)
            for column in range(area.left, min(area.right, area.left + 100) + 1)
        ]
        if not cells or any(cell.protection.locked for cell in cells):
            raise refused(PROTECTED)

    def filled(self, row: int, column: int) -> bool:
        cell = self.file._cells.get((row, column))
        return cell is not None and cell.value is not None

    def bounds(self, within: Area = WHOLE) -> Area | None:
        """The smallest rectangle around the cells with content."""
        if within != WHOLE and within.height * within.width < 100_000:
            places = [
                (row, column)
                for row in range(within.top, within.bottom + 1)
                for column in range(within.left, within.right + 1)
                if self.filled(row, column)
            ]
        else:
            places = [
                p
                for p, cell in self.file._cells.items()
                if cell.value is not None and within.holds(Area(*p, *p))
            ]
        if not places:
            return None
        rows, columns = zip(*places, strict=True)
        return Area(min(rows), min(columns), max(rows), max(columns))

    @property
    def used(self) -> Area:
        """Content or looks; A1 of an empty sheet."""
        if self._used is None:
            self._used = around(
                p for p, c in self.file._cells.items() if c.value is not None or c.has_style
            )
        return self._used

    def changed(self, area: Area) -> None:
        """Tell whoever must know that cells were written."""
        self._used = None
        self.book.saved = False
        for table in self.tables():
            if table.area._replace(bottom=table.area.top).meets(area):
                table.name_columns()

    def growing(self, area: Area) -> list[tuple[ListObject, Area]]:
        """Tables that take in what is written beside or below them, unless AutoCorrect is off."""
        if not self.excel.auto_correct.expands or self.bounds(area):
            return []
        return [(t, grown) for t in self.tables() if (grown := t.grown(area))]

    def merged(self) -> list[Area]:
        return [Area(r.min_row, r.min_col, r.max_row, r.max_col) for r in self.file.merged_cells]

    def tables(self) -> list[ListObject]:
        return [ListObject(self, table) for table in self.file.tables.values()]

    def range(self, area: Area) -> Range:
        return Range(self, area)

    def shift_areas(self, area: Area, *, rows: int, columns: int) -> None:
        """After a shift of cells: tables, merged cells and names of ranges go along."""
        for table in self.tables():
            table.place(follow(table.area, area, rows, columns) or table.area)
        merged = self.merged()
        for old in merged:
            self.file.merged_cells.remove(old.plain)
        for old in merged:
            new = follow(old, area, rows, columns)
            if new is not None:
                self.file.merged_cells.add(new.plain)
        for name in self.book.names():
            found = name.range()
            if found is not None and found.sheet is self:
                new = follow(found.area, area, rows, columns)
                place = new.address() if new else "#REF!"
                title = str(name.defined.attr_text).rpartition("!")[0]
                name.defined.attr_text = f"{title}!{place}"
        self.changed(area)

    def area_of(self, text: str) -> Range:
        """A range by its address, its name or its table. Raises com_error for none."""
        title, rest = sheet_and_rest(text)
        if title is not None and title.casefold() != self.file.title.casefold():
            raise refused("Method 'Range' of object '_Worksheet' failed")
        area = parse(rest)
        if area is not None:
            return self.range(area)
        found = self.book.range_called(rest, self)
        if found is None or found.sheet is not self:
            raise refused("Method 'Range' of object '_Worksheet' failed")
        return found

    # ── what COM offers ──

    @property
    def Name(self) -> str:
        return str(self.file.title)

    @Name.setter
    def Name(self, value: str) -> None:
        self.book.guard()
        others = [s for s in self.book.sheets() if s is not self]
        taken = any(s.file.title.casefold() == value.casefold() for s in others)
        if not value or len(value) > LONGEST_NAME or FORBIDDEN & set(value) or taken:
            raise refused("That name is already taken or not valid.")
        self.file.title = value

    @property
    def CodeName(self) -> str:
        return self.file.sheet_properties.codeName or self.file.title

    @property
    def Index(self) -> int:
        return self.book.sheets().index(self) + 1

    @property
    def Type(self) -> int:
        return -4167

    @property
    def Parent(self) -> Any:
        return self.book

    @property
    def Visible(self) -> int:
        return next(n for n, state in VISIBLE.items() if state == self.file.sheet_state)

    @Visible.setter
    def Visible(self, value: int | bool) -> None:
        self.book.guard()
        state = VISIBLE[-1 if value is True else int(value)]
        others = [s for s in self.book.sheets() if s is not self]
        if state != "visible" and all(s.file.sheet_state != "visible" for s in others):
            raise refused("Unable to set the Visible property of the Worksheet class")
        self.file.sheet_state = state

    @property
    def Cells(self) -> Range:
        return self.range(WHOLE)

    @property
    def Rows(self) -> Range:
        return Range(self, WHOLE, "rows")

    @property
    def Columns(self) -> Range:
        return Range(self, WHOLE, "columns")

    def Range(self, Cell1: Any, Cell2: Any = None) -> Range:
        first = self.area_of(Cell1) if isinstance(Cell1, str) else Cell1
        if Cell2 is None:
            return first
        second = self.area_of(Cell2) if isinstance(Cell2, str) else Cell2
        if {first.sheet, second.sheet} != {self}:
            raise refused("Method 'Range' of object '_Worksheet' failed")
        return self.range(union(first.area, second.area))

    @property
    def UsedRange(self) -> Range:
        return self.range(self.used)

    @property
    def ListObjects(self) -> ListObjects:
        return ListObjects(self)

    @property
    def Names(self) -> Names:
        return Names(self.book, self)

    @property
    def AutoFilterMode(self) -> bool:
        return self.file.auto_filter.ref is not None

    @AutoFilterMode.setter
    def AutoFilterMode(self, value: bool) -> None:
        if value:
            raise refused("Unable to set the AutoFilterMode property of the Worksheet class")
        self.guard()
        self.ShowAllData()
        self.file.auto_filter.ref = None

    @property
    def FilterMode(self) -> bool:
        return bool(self.file.auto_filter.ref and self.file.auto_filter.filterColumn)

    def filtered_out(self) -> frozenset[int]:
        """The rows that a filter of the sheet or of a table hides."""
        found = [self.file.auto_filter, *(t.autoFilter for t in self.file.tables.values())]
        areas = [parse(f.ref) for f in found if f is not None and f.ref and f.filterColumn]
        hidden = self.file.row_dimensions
        return frozenset(
            row
            for area in areas
            for row in range(area.top + 1, area.bottom + 1)
            if row in hidden and hidden[row].hidden
        )

    def ShowAllData(self) -> None:
        self.guard()
        area = self.file.auto_filter.ref and parse(self.file.auto_filter.ref)
        self.file.auto_filter.filterColumn = []
        for row in range(area.top, area.bottom + 1) if area else ():
            self.file.row_dimensions[row].hidden = False

    @property
    def ProtectContents(self) -> bool:
        return bool(self.file.protection.sheet)

    @property
    def ProtectionMode(self) -> bool:
        return self.for_users_only

    @property
    def ProtectDrawingObjects(self) -> bool:
        return bool(self.file.protection.sheet and self.file.protection.objects)

    @property
    def ProtectScenarios(self) -> bool:
        return bool(self.file.protection.sheet and self.file.protection.scenarios)

    @property
    def Protection(self) -> Protection:
        return Protection(self)

    def Protect(
        self,
        Password: Any = None,
        DrawingObjects: Any = True,
        Contents: Any = True,
        Scenarios: Any = True,
        UserInterfaceOnly: Any = False,
        **allowed: Any,
    ) -> None:
        """``UserInterfaceOnly``: programs may write; Excel forgets it when the book is closed."""
        protect(self.file.protection, allowed)
        self.file.protection.sheet = bool(Contents)
        self.file.protection.objects = bool(DrawingObjects)
        self.file.protection.scenarios = bool(Scenarios)
        self.file.protection.password = Password
        self.for_users_only = bool(UserInterfaceOnly)

    def Unprotect(self, Password: Any = None) -> None:
        from openpyxl.utils.protection import hash_password  # noqa: PLC0415

        known = self.file.protection.password
        if known and known != hash_password(Password or ""):
            raise refused("The password you supplied is not correct.")
        self.file.protection.sheet = False

    def Activate(self) -> None:
        if self.file.sheet_state != "visible":
            raise refused("Activate method of Worksheet class failed")
        self.book.file.active = self.book.sheets().index(self)
        self.excel.selected = None

    def Select(self, Replace: Any = True) -> None:
        self.Activate()

    def Calculate(self) -> None:
        self.excel.recalculate()

    def Delete(self) -> bool:
        """Asks the user unless DisplayAlerts is off; the last visible sheet stays."""
        self.book.guard()
        others = [s for s in self.book.sheets() if s is not self]
        if all(s.file.sheet_state != "visible" for s in others):
            raise refused("A workbook must contain at least one visible worksheet.")
        self.excel.ask("delete sheet")
        self.book.file.remove(self.file)
        return True

    def Copy(self, Before: Any = None, After: Any = None) -> None:
        """To another place, or without one into a new workbook that becomes the active one."""
        book = self.excel.new() if Before is None and After is None else None
        target = book or unwrapped(Before or After).book
        target.guard()
        before = target.sheets()
        made = target.insert([self.file], Before, After)
        if book is not None:
            book.file.remove(before[0].file)
        made[0].Activate()

    def Move(self, Before: Any = None, After: Any = None) -> None:
        anchor = unwrapped(Before or After)
        if anchor is None or anchor.book is not self.book:
            raise NotInStandin("moving a sheet to another workbook")
        self.book.guard()
        self.book.place(self, Before, After)
