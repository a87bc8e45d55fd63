"""LibreOffice's configuration files, described as nodes and written as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<oor:component-data xmlns:oor="http://openoffice.org/2001/registry"'
    ' xmlns:xs="http://www.w3.org/2001/XMLSchema"'
    " oor:name={name} oor:package={package}>\n"
)


@dataclass(frozen=True)
class Node:
    """A node with its parts: nodes, or properties as they are written."""

    name: str
    parts: Sequence[Node | str] = field(default_factory=tuple)
    replace: bool = False


def prop(name: str, value: str) -> str:
    """A property of text."""
    return (
        f'<prop oor:name={quoteattr(name)} oor:type="xs:string">'
        f"<value>{escape(value)}</value></prop>"
    )


def prop_by_language(name: str, texts: Mapping[str, str]) -> str:
    """A text in several languages; LibreOffice takes English for any other."""
    values = "".join(
        f"<value xml:lang={quoteattr(_language(lang))}>{escape(text)}</value>"
        for lang, text in texts.items()
    )
    return f"<prop oor:name={quoteattr(name)}>{values}</prop>"


def _language(lang: str) -> str:
    return {"zh": "zh-CN"}.get(lang, lang)


def xcu(name: str, package: str, nodes: Sequence[Node]) -> str:
    """The whole file."""
    head = _HEAD.format(name=quoteattr(name), package=quoteattr(package))
    return f"{head}{''.join(map(_written, nodes))}</oor:component-data>\n"


def _written(part: Node | str) -> str:
    if isinstance(part, str):
        return f"{part}\n"
    how = ' oor:op="replace"' if part.replace else ""
    inside = "".join(map(_written, part.parts))
    return f"<node oor:name={quoteattr(part.name)}{how}>\n{inside}</node>\n"
