"""Put back what a program without structured references has taken out of Fenji's sheets.

LibreOffice writes ``FenjiCustomers[[Amount]]`` as ``Customers!$E$5:$E$324``, and keeps no formula
of a table's column. Such a workbook says the same, until its tables grow.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from addin.hosts.file import xmlspan
from addin.hosts.file.own_tables import own_sheets
from addin.hosts.file.package import Package
from addin.hosts.file.ranges import Area, letters
from addin.hosts.file.rewriting import write_parts
from addin.hosts.file.tablexml import Table
from addin.hosts.file.workbookxml import Sheet, Workbook, sheet_name
from templates.references import column, this_row

_CELL = re.compile(
    rb"""(<(?:\w+:)?c\s(?:[^>]*?\s)?r=["']([A-Z]+)([0-9]+)["'][^>]*>\s*<(?:\w+:)?f)([^>]*)(?<!/)>"""
    rb"""([^<]+)(?=</)"""
)
_REFERENCE = re.compile(
    r"""
      "(?:[^"]|"")*"
    | (?P<sheet> '(?:[^']|'')+' | [^\W\d][\w.]* ) !
      \$(?P<left>[A-Z]{1,3}) (?P<fixed>\$?) (?P<top>[0-9]+)
      (?: : \$(?P<right>[A-Z]{1,3}) \$(?P<bottom>[0-9]+) )?
      (?![\w(:.!\[])
    """,
    re.VERBOSE,
)
_OTHER_KINDS = re.compile(rb"""\st=["'](?:array|shared|dataTable)["']""")


def restored(path: Path, out: Path) -> bool:
    """Write the workbook with its references and column formulas to ``out``.

    Says whether there was anything to put back; nothing is written otherwise. Raises TemplateError.
    """
    ours = own_sheets(path)
    tables = [table for some in ours.values() for table in some]
    if not tables or any(each.formula for table in tables for each in table.columns):
        return False
    with Package(path) as package:
        workbook = Workbook(package)
        places = _Places.of(workbook)
        changed: dict[str, bytes] = {}
        for sheet in workbook.sheets:
            if sheet.name in ours:
                changed |= _sheet(package, sheet, places)
        if changed:
            write_parts(package, out, changed)
    return bool(changed)


@dataclass(frozen=True, kw_only=True)
class _Places:
    """The tables of each sheet, by its name in small letters."""

    by_sheet: Mapping[str, tuple[Table, ...]]

    @classmethod
    def of(cls, workbook: Workbook) -> _Places:
        return cls(by_sheet={sheet.name.lower(): sheet.tables for sheet in workbook.sheets})

    def structured(self, text: str, sheet: str, row: int) -> str:
        """A formula in a row of a sheet, with references to tables in the place of cells."""

        def named(found: re.Match[str]) -> str:
            if not found["sheet"]:
                return found[0]
            where = sheet_name(found["sheet"]).lower()
            return self._named(found, where, row if where == sheet.lower() else 0) or found[0]

        return _REFERENCE.sub(named, text)

    def _named(self, found: re.Match[str], where: str, row: int) -> str | None:
        whole = found["bottom"] is not None
        fixed = found["fixed"] == "$"
        last = f"{found['right']}{found['bottom']}" if whole else f"{found['left']}{found['top']}"
        area = Area.parse(f"{found['left']}{found['top']}:{last}")
        for table in self.by_sheet.get(where, ()):
            data = table.data
            if area.left != area.right or not data.left <= area.left <= data.right:
                continue
            header = table.columns[area.left - data.left].header
            if fixed and (area.top, area.bottom) == (data.top, data.bottom):
                return column(table.name, header)
            if not fixed and not whole and area.top == row and data.top <= row <= data.bottom:
                return this_row(table.name, header)
        return None


def _sheet(package: Package, sheet: Sheet, places: _Places) -> dict[str, bytes]:
    """The sheet and its tables, as far as they change."""
    xml = package.read(sheet.part)
    formulas: dict[tuple[int, str], str] = {}

    def moved(found: re.Match[bytes]) -> bytes:
        if _OTHER_KINDS.search(found[4]):
            return found[0]
        row, text = int(found[3]), unescape(found[5].decode())
        new = places.structured(text, sheet.name, row)
        formulas[row, found[2].decode()] = new
        return (
            found[1] + found[4] + b">" + xmlspan.escape(new).encode() if new != text else found[0]
        )

    new = _CELL.sub(moved, xml)
    changed = {sheet.part: new} if new != xml else {}
    for table in sheet.tables:
        old = package.read(table.part)
        made = _with_formulas(old, table, formulas)
        if made != old:
            changed[table.part] = made
    return changed


def _with_formulas(xml: bytes, table: Table, formulas: Mapping[tuple[int, str], str]) -> bytes:
    """A table's part with the formulas that its columns are made of."""
    root = xmlspan.read(xml)
    listed = root.find("tableColumns")
    edits = xmlspan.Edits(xml)
    top, bottom = table.data.top, table.data.bottom
    for offset, node in enumerate(listed.all("tableColumn") if listed else ()):
        name = letters(table.data.left + offset)
        formula = formulas.get((top, name))
        if formula is None or (bottom, name) not in formulas or node.find(_FORMULA):
            continue
        prefix = xmlspan.prefix_of(xml, node)
        element = f"<{prefix}{_FORMULA}>{xmlspan.escape(formula)}</{prefix}{_FORMULA}>".encode()
        if node.end == node.inner:
            end = f"</{prefix}tableColumn>".encode()
            edits.replace(node.end - 2, node.end, b">" + element + end)
        else:
            edits.replace(node.inner, node.inner, element)
    return edits.apply()


_FORMULA = "calculatedColumnFormula"
