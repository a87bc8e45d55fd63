"""Empty single rows of a table where they stand; everything else of the workbook stays."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping
from pathlib import Path

from addin.hosts.file.errors import TemplateError
from addin.hosts.file.oldrows import in_order
from addin.hosts.file.package import Package, Writer, pack
from addin.hosts.file.ranges import Area, letters
from addin.hosts.file.workbookxml import Workbook
from addin.hosts.file.xmlspan import prefix_of, read
from addin.saving import beside


def blank_rows(path: Path, out: Path, rows: Mapping[str, Collection[int]]) -> None:
    """Empty the cells of tables in rows of their sheet, by table name; looks and formulas of the
    cells beside them stay. ``out`` may be ``path`` itself, and appears whole or not at all.

    Raises TemplateError for what is no workbook, FileError ``cannot_write``.
    """
    with Package(path) as package:
        workbook = Workbook(package)
        changed: dict[str, bytes] = {}
        for name, numbers in rows.items():
            sheet, table = workbook.tables[name.lower()]
            xml = changed.get(sheet.part) or package.read(sheet.part)
            changed[sheet.part] = _blanked(xml, table.data, set(numbers))
        with beside(out) as made:
            with made.open("xb") as file:
                _write(package, Writer(file), changed)
            package.close()
            os.replace(made, out)  # noqa: PTH105 (Path.replace would hide that it is the atomic one)


def _blanked(xml: bytes, area: Area, rows: Collection[int]) -> bytes:
    data = read(xml).find("sheetData")
    if data is None:
        raise TemplateError("not_a_workbook", reason="sheetData")
    prefix = prefix_of(xml, data).encode()
    columns = {letters(number).encode() for number in range(area.left, area.right + 1)}
    row = re.compile(rb'<%brow r="(\d+)"[^<>]*?(?<!/)>.*?</%brow>' % (prefix, prefix), re.DOTALL)
    cell = re.compile(
        rb'<%bc r="(?P<column>[A-Z]+)(?P<row>\d+)"(?P<rest>[^<>]*?)(?:/>|>.*?</%bc>)'
        % (prefix, prefix),
        re.DOTALL,
    )

    def emptied(found: re.Match[bytes]) -> bytes:
        if found["column"] not in columns:
            return found[0]
        style = re.search(rb'\ss="\d+"', found["rest"])
        place = found["column"] + found["row"]
        return b'<%bc r="%b"%b/>' % (prefix, place, style[0] if style else b"")

    def cleared(found: re.Match[bytes]) -> bytes:
        return cell.sub(emptied, found[0]) if int(found[1]) in rows else found[0]

    body = in_order(xml[data.inner : data.close], prefix.decode())
    return xml[: data.inner] + row.sub(cleared, body) + xml[data.close :]


def _write(package: Package, target: Writer, changed: Mapping[str, bytes]) -> None:
    small = {part.lower(): data for part, data in changed.items()}
    for entry in package.entries:
        part = entry.filename.lower()
        if part in small:
            target.write(entry, [pack(small[part], last=True)])
        else:
            target.copy(package, entry)
    target.finish()
