"""The workbook part and what hangs on it: sheets, tables, names, calculation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from addin.hosts.file import xmlspan
from addin.hosts.file.errors import TemplateError
from addin.hosts.file.package import Package
from addin.hosts.file.ranges import Area, Growth, grown, letters, split_cell
from addin.hosts.file.tablexml import Table

CONTENT_TYPES = "[Content_Types].xml"

_SHEET = r"(?P<sheet>'(?:[^']|'')+'|[^\s'!,:()]+)!"
_NAMED_CELL = re.compile(_SHEET + r"(?P<cell>\$?[A-Z]+\$?\d+)(?::\$?[A-Z]+\$?\d+)?", re.IGNORECASE)
_NAMED_AREA = re.compile(_SHEET + r"(?P<area>\$[A-Z]+\$\d+:\$[A-Z]+\$\d+)", re.IGNORECASE)
_IN_SHEET = re.compile(_SHEET)
_FORMULA = re.compile(rb"<(?:[^\s<>/:]+:)?f[\s>/]")
_BEFORE_CALCULATION = ("sheets", "functionGroups", "externalReferences", "definedNames")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A worksheet: its name and part, and the tables on it."""

    name: str
    part: str
    tables: tuple[Table, ...]


def sheet_name(text: str) -> str:
    """The name of a sheet as written in a reference, quotes undone."""
    return text[1:-1].replace("''", "'") if text.startswith("'") else text


class Workbook:
    """A template's workbook part, read. TemplateError ``not_a_workbook`` if there is none."""

    def __init__(self, package: Package) -> None:
        self.package = package
        parts = [part for kind, part in package.related("").values() if kind == "officeDocument"]
        self.part = parts[0] if parts else "xl/workbook.xml"
        self.xml = package.read(self.part)
        self.root = xmlspan.read(self.xml)
        if self.root.name != "workbook":
            raise TemplateError("not_a_workbook", path=str(package.path), reason=self.root.name)
        self.relations = package.related(self.part)
        self.sheets = self._sheets()

    @property
    def date1904(self) -> bool:
        """Whether its calendar begins in 1904."""
        found = self.root.find("workbookPr")
        return found is not None and found.attrs.get("date1904") in {"1", "true"}

    @cached_property
    def tables(self) -> dict[str, tuple[Sheet, Table]]:
        """Its tables by lower-case name."""
        return {
            table.name.lower(): (sheet, table) for sheet in self.sheets for table in sheet.tables
        }

    def named_cell(self, name: str) -> tuple[Sheet, int, int] | None:
        """Sheet, row and column of a named cell; None if the template lacks the name or its sheet.

        TemplateError ``cell_missing`` if the name is there but stands for no cell.
        """
        node = self._name(name)
        # A spreadsheet keeps the names of a sheet that was deleted.
        if node is None or node.text.strip().startswith("#REF!"):
            return None
        found = _NAMED_CELL.fullmatch(node.text.strip())
        if found:
            wanted = sheet_name(found["sheet"]).lower()
            for sheet in self.sheets:
                if sheet.name.lower() == wanted:
                    return sheet, *split_cell(found["cell"])
        raise TemplateError("cell_missing", cell=name)

    def sheets_named(self, start: str) -> set[str]:
        """The sheets on which a cell or range has a name that begins so (small letters)."""
        names = self.root.find("definedNames")
        found = set()
        for node in names.children if names else ():
            place = _IN_SHEET.match(node.text.strip())
            if place and node.attrs.get("name", "").lower().startswith(start):
                found.add(sheet_name(place["sheet"]).lower())
        return {sheet.name for sheet in self.sheets if sheet.name.lower() in found}

    def changed(self, growths: dict[str, list[Growth]], *, recalculate: bool) -> bytes:
        """The part with names grown along with the tables (by sheet name), and the order
        to calculate all formulas when the workbook is opened."""
        edits = xmlspan.Edits(self.xml)
        names = self.root.find("definedNames")
        for node in names.children if names else ():
            edits.set_text(node, _grown_name(node.text, growths))
        if recalculate:
            self._order_calculation(edits)
        return edits.apply()

    def calculates_on_load(self) -> bool:
        """Whether the template already asks for it."""
        found = self.root.find("calcPr")
        return found is not None and found.attrs.get("fullCalcOnLoad") in {"1", "true"}

    def has_formulas(self) -> bool:
        """Whether any sheet has a formula."""
        return any(_FORMULA.search(self.package.read(sheet.part)) for sheet in self.sheets)

    def calculation_chain(self) -> str | None:
        """The part that lists the formula cells, if there is one."""
        chains = (part for kind, part in self.relations.values() if kind == "calcChain")
        return next((part for part in chains if self.package.entry(part)), None)

    def _order_calculation(self, edits: xmlspan.Edits) -> None:
        found = self.root.find("calcPr")
        if found is not None:
            edits.set_attr(found, "fullCalcOnLoad", "1")
            return
        before = [node for node in self.root.children if node.name in _BEFORE_CALCULATION]
        prefix = xmlspan.prefix_of(self.xml, self.root)
        at = before[-1].end if before else self.root.close
        edits.replace(at, at, f'<{prefix}calcPr fullCalcOnLoad="1"/>'.encode())

    def _name(self, name: str) -> xmlspan.Node | None:
        names = self.root.find("definedNames")
        same = [
            node
            for node in (names.children if names else ())
            if node.attrs.get("name", "").lower() == name.lower()
        ]
        same.sort(key=lambda node: "localSheetId" in node.attrs)
        return same[0] if same else None

    def _sheets(self) -> tuple[Sheet, ...]:
        listed = self.root.find("sheets")
        found = []
        for node in listed.children if listed else ():
            kind, part = self.relations.get(node.attrs.get("id", ""), ("", ""))
            if kind == "worksheet":
                name = node.attrs.get("name", "")
                found.append(Sheet(name=name, part=part, tables=self._tables(part)))
        return tuple(found)

    def _tables(self, part: str) -> tuple[Table, ...]:
        related = self.package.related(part).values()
        return tuple(
            Table.parse(target, self.package.read(target))
            for kind, target in related
            if kind == "table"
        )


def _grown_name(text: str, growths: dict[str, list[Growth]]) -> str:
    """A name's areas (print areas, filters, ranges) that ended with a table end with it still."""

    def moved(found: re.Match[str]) -> str:
        area = Area.parse(found["area"])
        new = grown(area, growths.get(sheet_name(found["sheet"]).lower(), []))
        if new == area:
            return found[0]
        corners = f"${letters(new.left)}${new.top}:${letters(new.right)}${new.bottom}"
        return f"{found['sheet']}!{corners}"

    return _NAMED_AREA.sub(moved, text) if _is_area_list(text) else text


def _is_area_list(text: str) -> bool:
    rest = _NAMED_AREA.sub("", text)
    return rest != text and not rest.strip(", ")


def without_chain(package: Package, workbook: Workbook, chain: str) -> dict[str, bytes]:
    """The parts that name the calculation chain, with its lines taken out."""
    folder, _, name = workbook.part.rpartition("/")
    rels = f"{folder}/_rels/{name}.rels".lstrip("/")
    changed = {}
    for part, mark in ((CONTENT_TYPES, "PartName"), (rels, "Id")):
        xml = package.read(part)
        edits = xmlspan.Edits(xml)
        for node in xmlspan.read(xml).children:
            value = node.attrs.get(mark, "")
            known = workbook.relations.get(value, ("", ""))
            if value.lstrip("/").lower() == chain.lower() or known == ("calcChain", chain):
                edits.remove(node)
        changed[part] = edits.apply()
    return changed
