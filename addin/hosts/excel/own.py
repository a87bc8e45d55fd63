"""Fenji's own tables and named cells in a workbook that is open in Excel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from addin.hosts.excel import native
from addin.hosts.excel.problems import ExcelProblem

if TYPE_CHECKING:
    import xlwings as xw
    from xlwings.main import Table, TableColumn

    from addin.hosts.excel.undo import Undo

OWN = "fenji"
# What users put there is no sheet of ours.
THEIRS = ("fenjiorders", "fenjiattributes")
CUSTOMERS = "fenjicustomers"


@dataclass(frozen=True, kw_only=True)
class Place:
    """A table, and where its cells stand, counted from 1; ``height`` counts its data rows."""

    sheet: xw.Sheet
    table: Table
    headers: tuple[str, ...]
    top: int
    left: int
    height: int

    @property
    def width(self) -> int:
        return len(self.headers)

    @property
    def bottom(self) -> int:
        return self.top + self.height - 1

    @property
    def right(self) -> int:
        return self.left + self.width - 1

    def rows(self, first: int, last: int, left: int | None = None, width: int = 0) -> xw.Range:
        """Cells of the table's columns in rows of the sheet; or of ``width`` columns."""
        start = self.left if left is None else left
        end = self.right if left is None else left + width - 1
        return self.sheet.range((first, start), (last, end))


def place_of(sheet: xw.Sheet, table: Table) -> Place:
    """A table as it stands. A table without data rows has one blank row all the same."""
    head = table.header_row_range
    if head is None:
        raise ExcelProblem("no_headers", table=table.name, sheet=sheet.name)
    headers = tuple(str(cell or "") for cell in native.rows_of(head.raw_value)[0])
    body = table.data_body_range
    height = body.shape[0] if body is not None else 1
    return Place(
        sheet=sheet,
        table=table,
        headers=headers,
        top=head.row + 1,
        left=head.column,
        height=height,
    )


def tables(book: xw.Book) -> dict[str, Place]:
    """Fenji's own tables in a workbook by name, in small letters."""
    return {
        table.name.casefold(): place_of(sheet, table)
        for sheet in book.sheets
        for table in sheet.tables
        if is_own(table.name)
    }


def is_own(name: str) -> bool:
    """Whether a table is one of Fenji's, rather than the user's."""
    return name.casefold().startswith(OWN) and name.casefold() not in THEIRS


def new_column(table: Table, name: str, at: int | None, undo: Undo) -> TableColumn:
    """A further column of a table, before the one numbered ``at`` or at its right end."""
    known = {column.name for column in table.columns}

    def take_away() -> None:
        for column in [c for c in table.columns if c.name not in known]:
            column.delete()

    undo.add(take_away)  # first, for a column may come and then refuse its name
    return table.columns.add(name, at)


def named_cell(book: xw.Book, name: str) -> xw.Range | None:
    """A cell by its name in the workbook; None where the name is not there or stands for none."""
    try:
        found = book.names[name].refers_to_range
        return found if found is not None and found.shape == (1, 1) else None
    except Exception:  # every engine has an error of its own for it
        return None


def date1904(book: xw.Book) -> bool:
    """Whether the workbook's calendar begins in 1904."""
    return bool(native.property_of(book, "Date1904", "date_1904"))


def refuse_protected(book: xw.Book, sheets: list[xw.Sheet], *, adds: bool) -> None:
    """Raises ExcelProblem ``protected_structure`` or ``protected_sheet``.

    ``adds`` says that sheets are to be added.
    """
    if adds and native.property_of(book, "ProtectStructure", "protect_structure"):
        raise ExcelProblem("protected_structure", book=book.name)
    locked = [
        sheet.name
        for sheet in sheets
        if native.property_of(sheet, "ProtectContents", "protect_contents")
    ]
    if locked:
        raise ExcelProblem("protected_sheet", sheet=locked[0])
