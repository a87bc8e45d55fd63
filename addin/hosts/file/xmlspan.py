"""Read an XML part as a tree that knows where each element stands in its bytes.

Parts are changed by replacing bytes at known places, never by writing a tree back: prefixes,
``mc:Ignorable`` and extensions that nobody here knows survive that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from xml.parsers import expat

from addin.hosts.file.errors import TemplateError

_TAG = re.compile(rb"""<[^"'>]*(?:"[^"]*"[^"'>]*|'[^']*'[^"'>]*)*>""")
ATTRIBUTE = re.compile(rb"""\s([^\s=]+)\s*=\s*("[^"]*"|'[^']*')""")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(slots=True, kw_only=True)
class Node:
    """An element: bytes ``start:end``, its content ``inner:close`` (empty for ``<a/>``)."""

    name: str
    space: str
    attrs: dict[str, str]
    start: int
    inner: int
    close: int = 0
    end: int = 0
    text: str = ""
    children: list[Node] = field(default_factory=list)

    def find(self, name: str) -> Node | None:
        """The first child of that local name."""
        return next((child for child in self.children if child.name == name), None)

    def all(self, name: str) -> Iterator[Node]:
        """The children of that local name."""
        return (child for child in self.children if child.name == name)

    def walk(self) -> Iterator[Node]:
        """This node and all below it, in document order."""
        yield self
        for child in self.children:
            yield from child.walk()


def tag_end(data: bytes, start: int) -> int:
    """Where the tag that begins at ``start`` ends."""
    found = _TAG.match(data, start)
    if not found:
        raise TemplateError("not_a_workbook", reason="xml")
    return found.end()


def refuse_doctype(*_: object) -> None:
    """No part of a workbook has a document type; entities are only there to do harm."""
    raise TemplateError("not_a_workbook", reason="doctype")


class _Builder:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.root: Node | None = None
        self.open: list[Node] = []
        self.parser = expat.ParserCreate(namespace_separator="\x1f")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.on_start
        self.parser.EndElementHandler = self.on_end
        self.parser.CharacterDataHandler = self.on_text
        self.parser.StartDoctypeDeclHandler = refuse_doctype

    def on_start(self, name: str, attrs: dict[str, str]) -> None:
        space, _, local = name.rpartition("\x1f")
        start = self.parser.CurrentByteIndex
        plain = {key.rpartition("\x1f")[2]: value for key, value in attrs.items()}
        node = Node(
            name=local, space=space, attrs=plain, start=start, inner=tag_end(self.data, start)
        )
        if self.open:
            self.open[-1].children.append(node)
        else:
            self.root = node
        self.open.append(node)

    def on_end(self, _name: str) -> None:
        node = self.open.pop()
        if self.data[node.inner - 2 : node.inner] == b"/>":
            node.close = node.end = node.inner
        else:
            node.close = self.parser.CurrentByteIndex
            node.end = self.data.index(b">", node.close) + 1

    def on_text(self, text: str) -> None:
        self.open[-1].text += text


def read(data: bytes) -> Node:
    """The root element of a part. TemplateError ``not_a_workbook`` if it isn't XML."""
    builder = _Builder(data)
    try:
        builder.parser.Parse(data, True)
    except expat.ExpatError as error:
        raise TemplateError("not_a_workbook", reason=str(error)) from error
    assert builder.root is not None  # expat refuses a document without a root
    return builder.root


def prefix_of(data: bytes, node: Node) -> str:
    """The namespace prefix a node is written with, colon included (``""`` for none)."""
    found = re.match(rb"<([^\s/>:]+:)?", data[node.start : node.inner])
    return found[1].decode() if found and found[1] else ""


def escape(text: str) -> str:
    """Text as element content or attribute value."""
    return (
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    )


def header_text(text: str) -> str:
    """A name as the user reads it: Excel's ``_x000a_`` escapes undone, line ends as ``\\n``."""
    plain = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return plain.replace("\r\n", "\n").replace("\r", "\n")


class Edits:
    """Replacements in the bytes of one part."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._list: list[tuple[int, int, bytes]] = []

    def replace(self, start: int, end: int, new: bytes) -> None:
        """Put ``new`` in the place of ``start:end``; nothing is noted if nothing changes."""
        if self.data[start:end] != new:
            self._list.append((start, end, new))

    def set_attr(self, node: Node, name: str, value: str) -> None:
        """Set an attribute in the tag of a node."""
        tag = self.data[node.start : node.inner]
        new = b'"' + escape(value).encode() + b'"'
        found = next((a for a in ATTRIBUTE.finditer(tag) if a[1] == name.encode()), None)
        if found:
            if unescape(found[2][1:-1].decode()) != value:
                self.replace(node.start + found.start(2), node.start + found.end(2), new)
        else:
            at = node.inner - (2 if tag.endswith(b"/>") else 1)
            self.replace(at, at, b" " + name.encode() + b"=" + new)

    def set_text(self, node: Node, text: str) -> None:
        """Set the text of a node that has text alone."""
        if node.text != text:
            self.replace(node.inner, node.close, escape(text).encode())

    def remove(self, node: Node) -> None:
        """Take a node out."""
        self.replace(node.start, node.end, b"")

    def apply(self, upto: int | None = None, since: int = 0) -> bytes:
        """The bytes ``since:upto`` with all replacements made that begin in there."""
        end = len(self.data) if upto is None else upto
        out, at = [], since
        for start, stop, new in sorted(self._list, key=lambda edit: edit[:2]):
            if since <= start < end:
                out += [self.data[at:start], new]
                at = stop
        out.append(self.data[at:end])
        return b"".join(out)

    def __bool__(self) -> bool:
        return bool(self._list)
