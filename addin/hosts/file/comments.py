"""Comments on the rows of a table: notes, their boxes, and threads of comments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from addin.hosts.file import xmlspan
from addin.hosts.file.errors import TemplateError
from addin.hosts.file.package import Package
from addin.hosts.file.ranges import Area, letters
from addin.hosts.file.rowmap import RowMap

_SHAPE = re.compile(rb"<v:shape\b.*?</v:shape>\s*", re.DOTALL)
_ROW = re.compile(rb"(<x:Row>\s*)(\d+)(\s*</x:Row>)")
_COLUMN = re.compile(rb"<x:Column>\s*(\d+)\s*</x:Column>")
_ANCHOR = re.compile(rb"(<x:Anchor>)([^<]*)(</x:Anchor>)")
# What a program that knows no threads shows instead: the thread itself says it better.
_STAND_IN = "[Threaded comment]"


@dataclass(kw_only=True)
class Comments:
    """The parts that changed; ``gone`` is what was said of customers who are not there any more:
    row, column and text."""

    parts: dict[str, bytes] = field(default_factory=dict)
    gone: list[tuple[int, int, str]] = field(default_factory=list)


def moved_comments(package: Package, sheet: str, rows: RowMap) -> Comments:
    """The comments of a sheet, each still on its customer."""
    made = Comments()
    threads: set[tuple[int, int]] = set()
    related = package.related(sheet).values()
    for kind, part in sorted(related, key=lambda found: found[0] != "threadedComment"):
        if package.entry(part) is None:
            continue
        data = package.read(part)
        if kind == "threadedComment":
            new = _listed(data, rows, made, "threadedComment")
            threads |= {(row, column) for row, column, _ in made.gone}
        elif kind == "comments":
            new = _listed(data, rows, made, "comment", known=threads)
        elif kind == "vmlDrawing":
            new = _boxes(data, rows)
        else:
            continue
        if new != data:
            made.parts[part] = new
    return made


def _listed(
    data: bytes,
    rows: RowMap,
    made: Comments,
    name: str,
    known: set[tuple[int, int]] | None = None,
) -> bytes:
    edits = xmlspan.Edits(data)
    for node in list(_all(xmlspan.read(data), name)):
        try:
            area = Area.parse(node.attrs["ref"])
        except (KeyError, ValueError):
            continue
        if not rows.has(area.top, area.left):
            continue
        place = rows.place(area.top)
        if place is not None:
            edits.set_attr(node, "ref", f"{letters(area.left)}{place}")
            continue
        edits.remove(node)
        text = _text(node)
        if (area.top, area.left) not in (known or ()) and not text.startswith(_STAND_IN):
            made.gone.append((area.top, area.left, text))
    return edits.apply()


def _all(root: xmlspan.Node, name: str) -> Iterator[xmlspan.Node]:
    return (node for node in root.walk() if node.name == name)


def _text(node: xmlspan.Node) -> str:
    texts = [part.text for part in node.walk() if part.name in ("t", "text") and not part.children]
    return xmlspan.header_text("".join(texts)).strip()


def _boxes(data: bytes, rows: RowMap) -> bytes:
    """The boxes of the notes. Excel writes them as XML that is not quite well-formed."""

    def moved(found: re.Match[bytes]) -> bytes:
        shape = found[0]
        row, column = _ROW.search(shape), _COLUMN.search(shape)
        if b'ObjectType="Note"' not in shape or not row or not column:
            return shape
        number = int(row[2]) + 1
        if not rows.has(number, int(column[1]) + 1):
            return shape
        place = rows.place(number)
        if place is None:
            return b""
        shape = _ROW.sub(rb"\g<1>%d\g<3>" % (place - 1), shape)
        return _ANCHOR.sub(lambda at: _shifted(at, place - number), shape)

    return _SHAPE.sub(moved, data)


def _shifted(found: re.Match[bytes], shift: int) -> bytes:
    """Column, offset, row, offset of the upper left corner, then of the lower right one."""
    numbers = [int(part) for part in found[2].split(b",")]
    if len(numbers) != 8:
        raise TemplateError("not_a_workbook", reason="vmlDrawing")
    above = max(-numbers[2], shift)
    numbers[2] += above
    numbers[6] += above
    return found[1] + b", ".join(b"%d" % number for number in numbers) + found[3]
