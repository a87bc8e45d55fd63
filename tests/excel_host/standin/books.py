"""Workbooks, and the sheets of one."""
# ruff: noqa: ARG002, N802, N803  (members and arguments are as COM has them)

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from openpyxl.utils.datetime import MAC_EPOCH
from openpyxl.workbook.defined_name import DefinedName

from tests.excel_host.standin import copying, files
from tests.excel_host.standin.addresses import Area, parse
from tests.excel_host.standin.booksheets import Sheets, Windows
from tests.excel_host.standin.com import ComObject, NotInStandin, refused, unwrapped
from tests.excel_host.standin.names import VALID, Name, Names
from tests.excel_host.standin.sheets import Worksheet

FORMATS = {".xlsx": 51, ".xlsm": 52, ".xlsb": 50, ".xls": 56, ".xlam": 55}


class Workbook(ComObject):
    """An openpyxl workbook ``file``. ``place`` is its FullName: a path, an address, or nothing."""

    def __init__(self, excel: Any, file: Any, *, name: str, folder: str = "") -> None:
        super().__init__(excel)
        self.file, self.name, self.folder = file, name, folder
        self.read_only, self.saved, self.structure = False, True, False
        self.copies: list[Path] = []
        self.number = 0
        self._sheets: dict[int, Worksheet] = {}

    @property
    def target(self) -> str:
        return f"[{self.name}]"

    # ── of the stand-in ──

    def sheets(self) -> list[Worksheet]:
        for file in self.file.worksheets:
            self._sheets.setdefault(id(file), Worksheet(self, file))
        return [self._sheets[id(file)] for file in self.file.worksheets]

    def sheet_called(self, title: str) -> Worksheet | None:
        return next((s for s in self.sheets() if s.file.title.casefold() == title.casefold()), None)

    def active_sheet(self) -> Worksheet:
        return self._sheets_of(self.file.active)

    def _sheets_of(self, file: Any) -> Worksheet:
        return next(s for s in self.sheets() if s.file is file)

    def names(self) -> list[Name]:
        found = [Name(self, defined) for defined in self.file.defined_names.values()]
        for sheet in self.sheets():
            found += [Name(self, d, sheet) for d in sheet.file.defined_names.values()]
        return found

    def tables(self) -> list[Any]:
        return [table for sheet in self.sheets() for table in sheet.tables()]

    def guard(self) -> None:
        """Raise what Excel raises where the workbook's structure is protected."""
        if self.structure:
            raise refused("Workbook is protected and cannot be changed.")

    def check_free(self, name: str, besides: Any = None) -> None:
        taken = {t.table.displayName.casefold() for t in self.tables() if t.table is not besides}
        taken |= {n.casefold() for n in self.file.defined_names}
        if not VALID.match(name) or parse(name) or name.casefold() in taken:
            raise refused("The syntax of this name isn't correct, or it is taken.")

    def free_table_name(self, name: str, known: set[str] = frozenset()) -> str:  # type: ignore[assignment]
        """The name, with a number behind it where it is taken (``Table`` always gets one)."""
        taken = {t.table.displayName.casefold() for t in self.tables()} | {
            k.casefold() for k in known
        }
        taken |= {n.casefold() for n in self.file.defined_names}
        number, free = (1, "Table1") if name == "Table" else (2, name)
        while free.casefold() in taken:
            free, number = f"{name}{number}", number + 1
        return free

    def next_table_id(self) -> int:
        return 1 + max((t.table.id for t in self.tables()), default=0)

    def add_name(self, name: str, refers_to: str, sheet: Any = None) -> Name:
        if not VALID.match(name) or parse(name):
            raise refused("The syntax of this name isn't correct.")
        text = (
            re.sub(r"\[[^\]]*\]", "", refers_to.removeprefix("="))
            if "[" in refers_to
            else refers_to
        )
        owner = self.file if sheet is None else sheet.file
        defined = DefinedName(name, attr_text=text.removeprefix("="))
        owner.defined_names[name] = defined
        return Name(self, defined, sheet)

    def range_called(self, text: str, sheet: Any = None) -> Any:
        """The range of a name or of a (part of a) table, or None."""
        for name in self.names():
            if name.sheet in (None, sheet) and str(name.defined.name).casefold() == text.casefold():
                return name.range()
        table_name, _, part = text.partition("[")
        for table in self.tables():
            if table.table.displayName.casefold() == table_name.casefold():
                area = _part_of(table, f"[{part}" if part else "")
                return area and table.sheet.range(area)
        return None

    def insert(self, sources: list[Any], before: Any, after: Any) -> list[Worksheet]:
        """Copies of openpyxl sheets, of one workbook, with their tables and names."""
        origin, known = sources[0].parent, set()
        tables: dict[str, str] = {}
        for table in (t for s in sources for t in s.tables.values()):
            tables[table.displayName] = self.free_table_name(table.displayName, known)
            known.add(tables[table.displayName])
        made = {s.title: copying.copy_sheet(s, self.file, tables) for s in sources}
        titles = {old: file.title for old, file in made.items()}
        copying.copy_names(origin, self.file, titles)
        sheets = [self._sheets_of(file) for file in made.values()]
        anchor = (unwrapped(before or after) or self.active_sheet()) if sheets else None
        for sheet in sheets:
            self.place(sheet, None if after else anchor, anchor if after else None)
            anchor = sheet if after else anchor
        self.saved = False
        return sheets

    def place(self, sheet: Worksheet, before: Any, after: Any) -> None:
        active, order = self.file.active, self.file._sheets
        order.remove(sheet.file)
        anchor = unwrapped(before or after).file
        order.insert(order.index(anchor) + (1 if after else 0), sheet.file)
        self.file.active = order.index(active)

    # ── what COM offers ──

    @property
    def Name(self) -> str:
        return self.name

    @property
    def Path(self) -> str:
        """Empty for a workbook that was never saved."""
        return self.folder

    @property
    def FullName(self) -> str:
        if not self.folder:
            return self.name
        return f"{self.folder}{'/' if '/' in self.folder else chr(92)}{self.name}"

    @property
    def Parent(self) -> Any:
        return self.excel

    @property
    def Worksheets(self) -> Sheets:
        return Sheets(self)

    @property
    def Sheets(self) -> Sheets:
        return Sheets(self)

    @property
    def Names(self) -> Names:
        return Names(self)

    @property
    def ActiveSheet(self) -> Worksheet:
        return self.active_sheet()

    @property
    def Windows(self) -> Any:
        return Windows(self)

    @property
    def Date1904(self) -> bool:
        return bool(self.file.epoch == MAC_EPOCH)

    @property
    def ReadOnly(self) -> bool:
        return self.read_only

    @property
    def Saved(self) -> bool:
        return self.saved

    @Saved.setter
    def Saved(self, value: bool) -> None:
        self.saved = bool(value)

    @property
    def IsAddin(self) -> bool:
        return self.name.lower().endswith((".xlam", ".xla"))

    @property
    def FileFormat(self) -> int:
        return FORMATS.get(Path(self.name).suffix.lower(), 51)

    @property
    def ProtectStructure(self) -> bool:
        return self.structure

    def LinkSources(self, Type: Any = 1) -> tuple[str, ...] | None:
        """Other workbooks that formulas refer to; None without any."""
        if Type != 1:
            raise NotInStandin("links but those to workbooks")
        return tuple(str(link.file_link.Target) for link in self.file._external_links) or None

    def Protect(self, Password: Any = None, Structure: Any = True, Windows: Any = False) -> None:
        self.structure = bool(Structure)

    def Unprotect(self, Password: Any = None) -> None:
        self.structure = False

    def Activate(self) -> None:
        self.excel.activate(self)

    def SaveCopyAs(self, Filename: str) -> None:
        """A copy as it is now; the workbook keeps its name, its place and its unsaved state."""
        try:
            files.write(self.file, Path(Filename))
        except OSError as error:
            raise refused(f"Cannot access the file '{Filename}'.") from error
        self.copies.append(Path(Filename))

    def Save(self) -> None:
        """To where it was opened from. Documented: the first time, use SaveAs."""
        if self.read_only:
            raise refused("Cannot access read-only document.")
        if self.folder and "://" not in self.folder:
            files.write(self.file, Path(self.folder) / self.name)
        self.saved = True

    def SaveAs(self, Filename: str, FileFormat: Any = None, Password: Any = None, **_: Any) -> None:
        path = Path(Filename)
        if path.exists():
            self.excel.ask("replace file")
        try:
            files.write(self.file, path)
        except OSError as error:
            raise refused(f"Cannot access the file '{Filename}'.") from error
        self.name, self.folder, self.saved = path.name, str(path.parent), True

    def Close(
        self, SaveChanges: Any = None, Filename: Any = None, RouteWorkbook: Any = None
    ) -> None:
        if SaveChanges is None and not self.saved:
            self.excel.ask("save changes")
        if SaveChanges:
            self.Save()
        self.excel.books.remove(self)


def _part_of(table: Any, part: str) -> Area | None:
    """``[#All]``, ``[Tier]``, ``[[#Headers],[Tier]]`` of a table; without, its rows of data."""
    keys = re.findall(r"\[([^\[\]]+)\]", part)
    area = table.body
    for key in keys:
        if key in ("#All", "#Headers", "#Data"):
            whole = table.area
            area = {"#All": whole, "#Headers": whole._replace(bottom=whole.top)}.get(
                key, table.body
            )
    for key in keys:
        if not key.startswith("#"):
            names = [str(c.name).casefold() for c in table.table.tableColumns]
            if key.casefold() not in names or area is None:
                return None
            column = table.area.left + names.index(key.casefold())
            area = area._replace(left=column, right=column)
    return area
