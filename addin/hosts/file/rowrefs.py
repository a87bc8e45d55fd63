"""What a sheet says of single rows of a table: links, rules, colours, merged cells."""

from __future__ import annotations

from dataclasses import dataclass, field

from addin.hosts.file import xmlspan
from addin.hosts.file.formula import Formula
from addin.hosts.file.ranges import Area
from addin.hosts.file.rowmap import RowMap
from addin.hosts.file.validations import remove_rules

_RULES = ("conditionalFormatting", "dataValidation")
_FORMULAS = ("formula", "formula1", "formula2", "f")


@dataclass(kw_only=True)
class Moving:
    """A sheet part without its rows on its way; ``links`` are the cells of gone customers that had
    a hyperlink: row and column, and the id of the link or its place."""

    xml: bytes
    links: list[tuple[int, int, str]] = field(default_factory=list)


def moved_refs(xml: bytes, rows: RowMap) -> Moving:
    """The part with all that belongs to single rows at its new place."""
    made = Moving(xml=xml)
    edits = xmlspan.Edits(xml)
    root = xmlspan.read(xml)
    for node in root.children:
        if node.name == "hyperlinks":
            _links(edits, node, rows, made)
        elif node.name == "mergeCells":
            _merged(edits, node, rows)
        elif node.name == "conditionalFormatting":
            _ranges(edits, node, node, rows)
        elif node.name == "dataValidations":
            _validations(edits, node, rows)
        elif node.name == "extLst":
            for parent in node.walk():
                for inner in parent.children:
                    if inner.name in _RULES:
                        _ranges(edits, inner, inner, rows)
    made.xml = edits.apply()
    return made


def _links(edits: xmlspan.Edits, parent: xmlspan.Node, rows: RowMap, made: Moving) -> None:
    gone = _moved_cells(edits, parent, rows)
    made.links += [
        (area.top, area.left, node.attrs["id"])
        for node in gone
        if "id" in node.attrs and (area := _row_area(node))
    ]


def _merged(edits: xmlspan.Edits, parent: xmlspan.Node, rows: RowMap) -> None:
    gone = _moved_cells(edits, parent, rows)
    if gone and "count" in parent.attrs and len(gone) < len(parent.children):
        edits.set_attr(parent, "count", str(len(parent.children) - len(gone)))


def _moved_cells(edits: xmlspan.Edits, parent: xmlspan.Node, rows: RowMap) -> list[xmlspan.Node]:
    """Give the children, each of cells of one row, their new places; gives those that are gone."""
    here = [
        (node, area)
        for node in parent.children
        if (area := _row_area(node)) and rows.has(area.top, area.left)
    ]
    gone = [node for node, area in here if rows.place(area.top) is None]
    if gone and len(gone) == len(parent.children):
        edits.remove(parent)
        return gone
    for node, area in here:
        place = rows.place(area.top)
        if place is None:
            edits.remove(node)
        else:
            new = Area(top=place, left=area.left, bottom=place, right=area.right)
            edits.set_attr(node, "ref", str(new))
    return gone


def _row_area(node: xmlspan.Node) -> Area | None:
    """The cells that a node is about, where they stand in one row."""
    try:
        area = Area.parse(node.attrs["ref"])
    except (KeyError, ValueError):
        return None
    return area if area.top == area.bottom else None


def _validations(edits: xmlspan.Edits, parent: xmlspan.Node, rows: RowMap) -> None:
    nodes = list(parent.all("dataValidation"))
    gone = [node for node in nodes if not _ranges(edits, node, node, rows, remove=False)]
    remove_rules(edits, parent, nodes, gone)


def _ranges(
    edits: xmlspan.Edits,
    node: xmlspan.Node,
    whole: xmlspan.Node,
    rows: RowMap,
    *,
    remove: bool = True,
) -> bool:
    """Move the cells of a rule; False where none are left."""
    inner = node.find("sqref")
    text = node.attrs.get("sqref") or (inner.text if inner else "")
    try:
        areas = [Area.parse(part) for part in text.split()]
    except ValueError:
        return True
    new = rows.moved(areas)
    if new == areas:
        return True
    if not new:
        if remove:
            edits.remove(whole)
        return False
    said = " ".join(str(area) for area in new)
    if inner is not None:
        edits.set_text(inner, said)
    else:
        edits.set_attr(node, "sqref", said)
    shift = new[0].top - areas[0].top
    if shift:
        _shift(edits, node, areas[0].top, shift)
    return True


def _shift(edits: xmlspan.Edits, node: xmlspan.Node, row: int, shift: int) -> None:
    """Rules are written as for the first of their cells."""
    for each in node.walk():
        if each.name in _FORMULAS and each.text and not each.children:
            moved = Formula.parse(each.text, row=row).at(row + shift)
            edits.set_text(each, moved)
