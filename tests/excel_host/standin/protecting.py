"""What a protected sheet allows all the same (the object Protection)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.excel_host.standin.com import ComObject

# By the attribute of the file, which says what is locked.
ALLOWED = {
    "AllowFormattingCells": "formatCells",
    "AllowFormattingColumns": "formatColumns",
    "AllowFormattingRows": "formatRows",
    "AllowInsertingColumns": "insertColumns",
    "AllowInsertingRows": "insertRows",
    "AllowInsertingHyperlinks": "insertHyperlinks",
    "AllowDeletingColumns": "deleteColumns",
    "AllowDeletingRows": "deleteRows",
    "AllowSorting": "sort",
    "AllowFiltering": "autoFilter",
    "AllowUsingPivotTables": "pivotTables",
}


def protect(file: Any, allowed: Mapping[str, Any]) -> None:
    """What is not allowed is locked; TypeError for a name that Protect does not have."""
    unknown = set(allowed) - set(ALLOWED)
    if unknown:
        raise TypeError(f"Protect has no argument {', '.join(sorted(unknown))}")
    for name, attribute in ALLOWED.items():
        setattr(file, attribute, not allowed.get(name, False))


def _allowed(name: str) -> property:
    return property(lambda self: not getattr(self.sheet.file.protection, ALLOWED[name]))


class Protection(ComObject):
    """Read only: what is allowed is said when the sheet is protected."""

    AllowFormattingCells = _allowed("AllowFormattingCells")
    AllowFormattingColumns = _allowed("AllowFormattingColumns")
    AllowFormattingRows = _allowed("AllowFormattingRows")
    AllowInsertingColumns = _allowed("AllowInsertingColumns")
    AllowInsertingRows = _allowed("AllowInsertingRows")
    AllowInsertingHyperlinks = _allowed("AllowInsertingHyperlinks")
    AllowDeletingColumns = _allowed("AllowDeletingColumns")
    AllowDeletingRows = _allowed("AllowDeletingRows")
    AllowSorting = _allowed("AllowSorting")
    AllowFiltering = _allowed("AllowFiltering")
    AllowUsingPivotTables = _allowed("AllowUsingPivotTables")

    def __init__(self, sheet: Any) -> None:
        super().__init__(sheet.excel)
        self.sheet = sheet
