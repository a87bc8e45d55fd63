"""A sheet part without its rows: what stands before and behind them, and what of it grows."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Self

from addin.hosts.file import xmlspan
from addin.hosts.file.errors import TemplateError
from addin.hosts.file.ranges import Area, Growth, grown_list

_SHEET_DATA = re.compile(rb"<([^\s<>/:]+:)?sheetData(?:\s[^<>]*?)?(/?)>")
_GROWING = {"conditionalFormatting", "dataValidation", "protectedRange", "ignoredError"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetFrame:
    """``xml`` is the part with an empty ``sheetData``; rows belong at ``at``."""

    xml: bytes
    at: int
    rows: bytes
    prefix: str
    root: xmlspan.Node

    @classmethod
    def parse(cls, part: str, data: bytes) -> Self:
        """Take a sheet part apart. TemplateError ``not_a_workbook`` if it has no rows' element."""
        found = _SHEET_DATA.search(data)
        if found is None:
            raise TemplateError("not_a_workbook", reason=f"{part}: no sheetData")
        prefix = (found[1] or b"").decode()
        closing = f"</{prefix}sheetData>".encode()
        if found[2]:
            opening = data[found.start() : found.end() - 2] + b">"
            head, rows, tail = data[: found.start()] + opening, b"", closing + data[found.end() :]
        else:
            end = data.rfind(closing)
            if end < 0:
                raise TemplateError("not_a_workbook", reason=f"{part}: sheetData has no end")
            head, rows, tail = data[: found.end()], data[found.end() : end], data[end:]
        xml = head + tail
        return cls(xml=xml, at=len(head), rows=rows, prefix=prefix, root=xmlspan.read(xml))

    def with_xml(self, xml: bytes) -> Self:
        """The same rows in a part of which something behind them has changed."""
        return replace(self, xml=xml, root=xmlspan.read(xml))

    def merged(self) -> list[Area]:
        """The merged areas of the sheet."""
        found = self.root.find("mergeCells")
        nodes = found.all("mergeCell") if found else ()
        return [Area.parse(node.attrs["ref"]) for node in nodes if "ref" in node.attrs]

    def column_style(self, column: int) -> str | None:
        """The style of a column's cells that don't stand in the file."""
        found = self.root.find("cols")
        for node in found.all("col") if found else ():
            if int(node.attrs["min"]) <= column <= int(node.attrs["max"]):
                return node.attrs.get("style")
        return None

    def around(self, growths: list[Growth], dimension: Area | None) -> tuple[bytes, bytes]:
        """What stands before and behind the rows, once the tables have grown."""
        edits = xmlspan.Edits(self.xml)
        node = self.root.find("dimension")
        if node is not None and dimension is not None:
            edits.set_attr(node, "ref", str(dimension))
        for parent in self.root.walk():
            if parent.name in _GROWING:
                _grow(edits, parent, growths)
        return edits.apply(upto=self.at), edits.apply(since=self.at)


def _grow(edits: xmlspan.Edits, node: xmlspan.Node, growths: list[Growth]) -> None:
    if "sqref" in node.attrs:
        old = node.attrs["sqref"]
        new = grown_list(old, growths)
        if new != old:
            edits.set_attr(node, "sqref", new)
    inner = node.find("sqref")
    if inner is not None:
        edits.set_text(inner, grown_list(inner.text, growths))
