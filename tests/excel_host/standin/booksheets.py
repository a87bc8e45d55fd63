"""The sheets of a workbook, and its windows."""
# ruff: noqa: N802, N803  (members and arguments are as COM has them)

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.excel_host.standin import files
from tests.excel_host.standin.com import Collection, ComObject, NotInStandin, refused, unwrapped
from tests.excel_host.standin.sheets import Worksheet


class Sheets(Collection):
    def __init__(self, book: Any) -> None:
        super().__init__(book.excel)
        self.book = book

    def items(self) -> list[Worksheet]:
        return self.book.sheets()

    @property
    def target(self) -> str:
        return self.book.target

    @property
    def Parent(self) -> Any:
        return self.book

    def Add(
        self, Before: Any = None, After: Any = None, Count: Any = None, Type: Any = None
    ) -> Worksheet:
        """New sheets, by default before the active one, the new one becoming active.

        Documented: ``Type`` may be "the path to an existing template"; all its sheets come.
        """
        self.book.guard()
        if isinstance(Type, str):
            if not Path(Type).is_file():
                raise refused("Method 'Add' of object 'Sheets' failed")
            made = self.book.insert(files.read(Path(Type)).worksheets, Before, After)
        elif Type not in (None, -4167):
            raise NotInStandin("sheets of other kinds")
        else:
            made = [self._blank(Before, After) for _ in range(int(Count or 1))]
        made[0].Activate()
        return made[0]

    def _blank(self, before: Any, after: Any) -> Worksheet:
        number = len(self.book.file.sheetnames) + 1
        while self.book.sheet_called(f"Sheet{number}"):
            number += 1
        file = self.book.file.create_sheet(f"Sheet{number}")
        file.computed = {}
        sheet = self.book._sheets_of(file)
        anchor = unwrapped(before or after) or self.book.active_sheet()
        self.book.place(sheet, None if after else anchor, anchor if after else None)
        return sheet


class Window(ComObject):
    """What the user sees of a workbook."""

    def __init__(self, book: Any) -> None:
        super().__init__(book.excel)
        self.book = book

    @property
    def Visible(self) -> bool:
        return True

    @property
    def Caption(self) -> str:
        return self.book.name

    @property
    def ActiveSheet(self) -> Worksheet:
        return self.book.active_sheet()

    @property
    def DisplayGridlines(self) -> bool:
        return self.book.file.active.sheet_view.showGridLines is not False

    @DisplayGridlines.setter
    def DisplayGridlines(self, value: bool) -> None:
        self.book.file.active.sheet_view.showGridLines = bool(value)


class Windows(Collection):
    def __init__(self, book: Any) -> None:
        super().__init__(book.excel)
        self.book = book

    def items(self) -> list[Window]:
        return [Window(self.book)]
