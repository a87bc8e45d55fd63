"""Sheets of one workbook file put into another, as Excel inserts a template's."""

from __future__ import annotations

import re
from copy import copy
from typing import Any

from openpyxl.cell.cell import MergedCell
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table
from openpyxl.xml.functions import fromstring, tostring

from tests.excel_host.standin.addresses import quoted

LOOKS = ("font", "fill", "border", "alignment", "number_format", "protection")


def free_title(book: Any, title: str) -> str:
    """The title, with `` (2)`` behind it where the workbook has such a sheet."""
    known = {name.casefold() for name in book.sheetnames}
    number, free = 2, title
    while free.casefold() in known:
        free, number = f"{title[:27]} ({number})", number + 1
    return free


def copy_sheet(source: Any, book: Any, tables: dict[str, str]) -> Any:
    """The sheet at the end of ``book``; ``tables`` maps names of tables to the new ones."""
    target = book.create_sheet(free_title(book, source.title))
    target.computed = dict(source.computed)
    renamed = {old: new for old, new in tables.items() if old != new}
    styles: dict[int, Any] = {}
    for place, cell in source._cells.items():
        if isinstance(cell, MergedCell):
            continue
        made = target._get_cell(*place)
        made._value, made.data_type = cell._value, cell.data_type
        if renamed and cell.data_type == "f" and isinstance(cell._value, str):
            made._value = _with_new_names(cell._value, renamed)
        if cell.has_style:
            _copy_look(cell, made, styles, same=source.parent is book)
    for merged in source.merged_cells.ranges:
        target.merge_cells(str(merged))
    _copy_rest(source, target)
    for table in source.tables.values():
        made_table = Table.from_tree(fromstring(tostring(table.to_tree())))
        made_table.name = made_table.displayName = tables[table.displayName]
        made_table.id = 1 + max(
            (t.id for s in book.worksheets for t in s.tables.values()), default=0
        )
        target.tables[made_table.displayName] = made_table
    return target


def _copy_look(cell: Any, made: Any, styles: dict[int, Any], *, same: bool) -> None:
    if same:
        made._style = copy(cell._style)
    elif cell.style_id in styles:
        made._style = copy(styles[cell.style_id])
    else:
        for look in LOOKS:
            setattr(made, look, copy(getattr(cell, look)))
        styles[cell.style_id] = made._style


def _copy_rest(source: Any, target: Any) -> None:
    for kind in ("row_dimensions", "column_dimensions"):
        for key, dimension in getattr(source, kind).items():
            made = getattr(target, kind)[key]
            for side in ("width", "height", "hidden", "min", "max", "outlineLevel"):
                if (
                    hasattr(dimension, side)
                    and hasattr(type(made), side)
                    and side != "customHeight"
                ):
                    setattr(made, side, getattr(dimension, side))
    target.sheet_properties = copy(source.sheet_properties)
    target.sheet_format = copy(source.sheet_format)
    target.freeze_panes = source.freeze_panes
    target.sheet_view.showGridLines = source.sheet_view.showGridLines
    target.sheet_state = source.sheet_state
    target.protection = copy(source.protection)
    for validation in source.data_validations.dataValidation:
        target.add_data_validation(copy(validation))
    for formats in source.conditional_formatting:
        for rule in formats.rules:
            target.conditional_formatting.add(str(formats.sqref), copy(rule))


def _with_new_names(formula: str, renamed: dict[str, str]) -> str:
    for old, new in renamed.items():
        formula = re.sub(rf"\b{re.escape(old)}(?=\[|\b)", new, formula)
    return formula


def copy_names(source: Any, book: Any, titles: dict[str, str]) -> None:
    """The names of ranges on copied sheets; one that the workbook has becomes the sheet's own."""
    known = {name.casefold() for name in book.defined_names}
    for name, defined in source.defined_names.items():
        title, _, rest = str(defined.attr_text).rpartition("!")
        title = title.strip("'").replace("''", "'")
        if title not in titles:
            continue
        made = DefinedName(name, attr_text=f"{quoted(titles[title])}!{rest}", hidden=defined.hidden)
        owner = book[titles[title]] if name.casefold() in known else book
        owner.defined_names[name] = made
    for old, new in titles.items():
        for name, defined in source[old].defined_names.items():
            text = str(defined.attr_text).rpartition("!")[2]
            book[new].defined_names[name] = DefinedName(name, attr_text=f"{quoted(new)}!{text}")
