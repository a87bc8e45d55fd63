"""Defined names of a workbook and of its worksheets."""
# ruff: noqa: N802, N803  (members and arguments are as COM has them)

from __future__ import annotations

import re
from typing import Any

from openpyxl.workbook.defined_name import DefinedName

from tests.excel_host.standin.addresses import parse, sheet_and_rest
from tests.excel_host.standin.com import Collection, ComObject, refused

VALID = re.compile(r"[^\W\d][\w.\\?]{0,254}$|_[\w.]*$")


class Name(ComObject):
    """A defined name; one of a worksheet is called ``Sheet1!name``."""

    def __init__(self, book: Any, defined: DefinedName, sheet: Any = None) -> None:
        super().__init__(book.excel)
        self.book, self.defined, self.sheet = book, defined, sheet

    @property
    def store(self) -> dict[str, DefinedName]:
        owner = self.book.file if self.sheet is None else self.sheet.file
        return owner.defined_names

    def range(self) -> Any:
        """The range it stands for, or None."""
        title, rest = sheet_and_rest(str(self.defined.attr_text))
        area, sheet = parse(rest), title and self.book.sheet_called(title)
        return sheet.range(area) if area and sheet else None

    @property
    def Name(self) -> str:
        own = str(self.defined.name)
        return own if self.sheet is None else f"{self.sheet.file.title}!{own}"

    @Name.setter
    def Name(self, value: str) -> None:
        self.book.check_free(value)
        del self.store[self.defined.name]
        self.defined.name = value
        self.store[value] = self.defined

    @property
    def NameLocal(self) -> str:
        return self.Name

    @property
    def RefersTo(self) -> str:
        return f"={self.defined.attr_text}"

    @RefersTo.setter
    def RefersTo(self, value: str) -> None:
        self.defined.attr_text = value.removeprefix("=")

    @property
    def RefersToRange(self) -> Any:
        found = self.range()
        if found is None:
            raise refused("Application-defined or object-defined error")
        return found

    @property
    def Visible(self) -> bool:
        return not self.defined.hidden

    @Visible.setter
    def Visible(self, value: bool) -> None:
        self.defined.hidden = None if value else True

    @property
    def Parent(self) -> Any:
        return self.sheet or self.book

    def Delete(self) -> None:
        del self.store[self.defined.name]


class Names(Collection):
    """Of a workbook: all names, those of its worksheets too. Of a worksheet: its own."""

    def __init__(self, book: Any, sheet: Any = None) -> None:
        super().__init__(book.excel)
        self.book, self.sheet = book, sheet

    def items(self) -> list[Name]:
        return [n for n in self.book.names() if self.sheet is None or n.sheet is self.sheet]

    def find(self, key: Any) -> Any:
        for name in self.items() if isinstance(key, str) else ():
            if str(name.defined.name).casefold() == key.casefold() and name.sheet is self.sheet:
                return name
        try:
            return super().find(key)
        except Exception:
            # Names answers as Excel does: an exception (what xlwings expects), no bad index.
            raise refused("Application-defined or object-defined error") from None

    def Add(self, Name: str, RefersTo: Any = None, Visible: Any = True) -> Any:
        """A name that is there already gets the new reference."""
        text = RefersTo if isinstance(RefersTo, str) else None
        if RefersTo is not None and text is None:
            text = f"={RefersTo.GetAddress(True, True, 1, True)}"
        if not isinstance(text, str):
            raise refused("Application-defined or object-defined error")
        made = self.book.add_name(Name, text, self.sheet)
        if not Visible:
            made.Visible = False
        return made
