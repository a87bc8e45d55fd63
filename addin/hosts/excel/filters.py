"""Filters are taken off before cells are written: into a filtered list Excel writes wrongly.

Rows written over cells of which a filter hides some come out as the first row in every visible
one, and nothing in the hidden ones (xlwings issues 679 and 747). Rows hidden by hand do no harm.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from addin.hosts.excel import native
from addin.hosts.excel.problems import ExcelProblem

if TYPE_CHECKING:
    import xlwings as xw

_log = logging.getLogger(__name__)


def filtered(sheet: xw.Sheet) -> bool:
    """Whether a filter of the sheet or of a table on it hides rows."""
    if native.ON_MAC:
        with suppress(Exception):
            return bool(sheet.api.filter_mode.get())
        return False
    return bool(sheet.api.FilterMode) or any(
        made is not None and made.FilterMode
        for made in (table.api.AutoFilter for table in sheet.tables)
    )


def show_all(sheet: xw.Sheet) -> None:
    """Show the rows that filters hide; their buttons stay. Raises ExcelProblem ``filtered``."""
    if not filtered(sheet):
        return
    try:
        if native.ON_MAC:
            sheet.api.show_all_data()
            return
        for table in sheet.tables:
            made = table.api.AutoFilter
            if made is not None and made.FilterMode:
                made.ShowAllData()
        if sheet.api.FilterMode:
            sheet.api.ShowAllData()
    except Exception:
        _log.exception("the filter stays")
        raise ExcelProblem("filtered", sheet=sheet.name) from None
