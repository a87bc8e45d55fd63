"""The parts of the add-in's file, and the same bytes for the same parts on every system."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

from pyopenvba import ExcelFile

from addin.xlam.modules import BOOK

ADD_IN = "application/vnd.ms-excel.addin.macroEnabled.main+xml"
MACRO_BOOK = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
PLAIN_BOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
TYPES = "[Content_Types].xml"
RELATIONS = "_rels/.rels"
RIBBON = "customUI/customUI14.xml"
RIBBON_RELATION = (
    '<Relationship Id="rIdFenjiRibbon"'
    ' Type="http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"'
    f' Target="{RIBBON}"/>'
)
Parts = dict[str, bytes]


def with_code(book: Path, modules: Mapping[str, str], book_module: str) -> Parts:
    """The parts of a macro-free .xlsm file with a VBA project of these modules."""
    with ExcelFile(book) as file:
        project = file.add_vba_project()
        file.set_module(BOOK, book_module)
        for name, text in modules.items():
            project.add_module(name, text)
        file.save()
    with zipfile.ZipFile(book) as package:
        return {name: package.read(name) for name in package.namelist()}


def as_kind(parts: Mapping[str, bytes], kind: str) -> Parts:
    """The same parts as an add-in or as a workbook with macros."""
    changed = dict(parts)
    types = parts[TYPES].decode()
    for known in (PLAIN_BOOK, MACRO_BOOK, ADD_IN):
        types = types.replace(f'"{known}"', f'"{kind}"')
    if types.count(f'"{kind}"') != 1:
        raise ValueError("a workbook has one main part")
    changed[TYPES] = types.encode()
    return changed


def with_ribbon(parts: Mapping[str, bytes]) -> Parts:
    """The same parts and the ribbon."""
    ribbon = resources.files("addin").joinpath("ribbon/customUI14.xml").read_text(encoding="utf-8")
    relations = parts[RELATIONS].decode()
    end = "</Relationships>"
    if relations.count(end) != 1:
        raise ValueError("a package has one list of relations")
    return {
        **parts,
        RELATIONS: relations.replace(end, RIBBON_RELATION + end).encode(),
        RIBBON: "\n".join(ribbon.splitlines()).encode() + b"\n",
    }


def packed(parts: Mapping[str, bytes]) -> bytes:
    """The file: fixed order, fixed times, stored (deflate differs between builds of zlib)."""
    first = (TYPES, RELATIONS)
    order = [*first, *sorted(set(parts) - set(first))]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as package:
        for name in order:
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system = 0
            entry.external_attr = 0x20  # a plain file; 0 would be replaced
            package.writestr(entry, parts[name])
    return file.getvalue()
