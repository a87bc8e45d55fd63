"""Add a sheet with one table to a workbook, in looks that the workbook has already."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from pathlib import Path

from addin.hosts.file import xmlspan
from addin.hosts.file.errors import TemplateError
from addin.hosts.file.package import Package
from addin.hosts.file.ranges import letters
from addin.hosts.file.rewriting import write_parts
from addin.hosts.file.sheetframe import SheetFrame
from addin.hosts.file.workbookxml import CONTENT_TYPES, Workbook

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TOP = 4
_WIDTH = 24
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")


def has_table(path: Path, name: str) -> bool:
    """Whether a workbook has a table of that name."""
    with Package(path) as package:
        return name.lower() in Workbook(package).tables


def add_sheet(
    path: Path,
    out: Path,
    *,
    title: tuple[str, str],
    table: str,
    headers: Sequence[str],
    like: str,
) -> None:
    """Add a last sheet with a blank table; ``title`` is its name and a line of explanation, and
    ``like`` the table whose looks it takes. Raises TemplateError."""
    with Package(path) as package:
        workbook = Workbook(package)
        number = 1 + max([0, *(_numbers(package, r"xl/worksheets/sheet(\d+)\.xml"))])
        table_number = 1 + max([0, *(_numbers(package, r"xl/tables/table(\d+)\.xml"))])
        sheet_part = f"xl/worksheets/sheet{number}.xml"
        table_part = f"xl/tables/table{table_number}.xml"
        name = _free_name(workbook, title[0])
        added = {
            sheet_part: _sheet_xml(name, title[1], headers, _looks(workbook, like)),
            f"xl/worksheets/_rels/sheet{number}.xml.rels": _rels(table_part),
            table_part: _table_xml(_table_id(workbook), table, headers),
        }
        changed = _listed(workbook, name, sheet_part, table_part)
        write_parts(package, out, changed, added)


def _numbers(package: Package, pattern: str) -> list[int]:
    found = (re.fullmatch(pattern, e.filename, re.IGNORECASE) for e in package.entries)
    return [int(one[1]) for one in found if one]


def _free_name(workbook: Workbook, wanted: str) -> str:
    taken = {sheet.name.lower() for sheet in workbook.sheets}
    base = _FORBIDDEN.sub(" ", wanted)[:28]
    names = [base, *(f"{base} {n}" for n in range(2, 99))]
    return next(name for name in names if name.lower() not in taken)


def _table_id(workbook: Workbook) -> int:
    parts = [table.part for sheet in workbook.sheets for table in sheet.tables]
    ids = [int(xmlspan.read(workbook.package.read(p)).attrs.get("id", "0")) for p in parts]
    return 1 + max([0, *ids])


def _looks(workbook: Workbook, like: str) -> list[str]:
    """The style attributes of a header, of a cell with text, of the title and the line below."""
    if like.lower() not in workbook.tables:
        return ["", "", "", ""]
    sheet, table = workbook.tables[like.lower()]
    frame = SheetFrame.parse(sheet.part, workbook.package.read(sheet.part))
    top, left = table.data.top, table.data.left
    out = []
    for row in (top - 1, top, 1, 2):
        cell = rf'<(?:\w+:)?c r="{letters(left)}{row}"[^>]*?\ss="(\d+)"'
        found = re.search(cell.encode(), frame.rows)
        out.append(f' s="{found[1].decode()}"' if found else "")
    return out


def _text(address: str, text: str, style: str) -> str:
    return f'<c r="{address}"{style} t="inlineStr"><is><t>{xmlspan.escape(text)}</t></is></c>'


def _sheet_xml(name: str, note: str, headers: Sequence[str], looks: Sequence[str]) -> bytes:
    head = "".join(_text(f"{letters(i)}{_TOP}", h, looks[0]) for i, h in enumerate(headers, 1))
    body = "".join(f'<c r="{letters(i)}{_TOP + 1}"{looks[1]}/>' for i in range(1, len(headers) + 1))
    last = letters(len(headers))
    return (
        f'{_HEAD}<worksheet xmlns="{_MAIN}" xmlns:r="{_RELS}">'
        f'<dimension ref="A1:{last}{_TOP + 1}"/><sheetViews><sheetView showGridLines="0" '
        f'workbookViewId="0"><pane ySplit="{_TOP}" topLeftCell="A{_TOP + 1}" '
        'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"/><cols><col min="1" max="{len(headers)}" '
        f'width="{_WIDTH}" customWidth="1"/></cols><sheetData>'
        f'<row r="1" ht="27" customHeight="1">{_text("A1", name, looks[2])}</row>'
        f'<row r="2">{_text("A2", note, looks[3])}</row>'
        f'<row r="{_TOP}">{head}</row><row r="{_TOP + 1}">{body}</row></sheetData>'
        '<pageMargins left="0.4" right="0.4" top="0.45" bottom="0.6" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape"/>'
        '<tableParts count="1"><tablePart r:id="rId1"/></tableParts></worksheet>'
    ).encode()


def _table_xml(number: int, name: str, headers: Sequence[str]) -> bytes:
    area = f"A{_TOP}:{letters(len(headers))}{_TOP + 1}"
    columns = "".join(
        f'<tableColumn id="{i}" name="{xmlspan.escape(h)}"/>' for i, h in enumerate(headers, 1)
    )
    return (
        f'{_HEAD}<table xmlns="{_MAIN}" id="{number}" name="{name}" displayName="{name}" '
        f'ref="{area}" totalsRowShown="0"><autoFilter ref="{area}"/>'
        f'<tableColumns count="{len(headers)}">{columns}</tableColumns></table>'
    ).encode()


def _rels(target: str) -> bytes:
    return (
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" '
        f'Type="{_RELS}/table" Target="/{target}"/></Relationships>'
    ).encode()


def _listed(workbook: Workbook, name: str, sheet: str, table: str) -> dict[str, bytes]:
    """The workbook, what it refers to, and the content types, with the new sheet among them."""
    package = workbook.package
    folder, _, file = workbook.part.rpartition("/")
    rels = f"{folder}/_rels/{file}.rels".lstrip("/")
    link = f"rIdFenji{secrets.token_hex(3)}"
    sheets = workbook.root.find("sheets")
    if sheets is None:
        raise TemplateError("not_a_workbook", reason="sheets")
    number = 1 + max(int(node.attrs.get("sheetId", "0")) for node in sheets.children)
    p = xmlspan.prefix_of(workbook.xml, sheets)
    title = xmlspan.escape(name)
    listed = f'<{p}sheet xmlns:r="{_RELS}" name="{title}" sheetId="{number}" r:id="{link}"/>'
    types = (
        f'<Override PartName="/{sheet}" ContentType="{_TYPE}.worksheet+xml"/>'
        f'<Override PartName="/{table}" ContentType="{_TYPE}.table+xml"/>'
    )
    relation = f'<Relationship Id="{link}" Type="{_RELS}/worksheet" Target="/{sheet}"/>'
    return {
        workbook.part: _before_end(workbook.xml, sheets, listed),
        rels: _before_end(package.read(rels), None, relation),
        CONTENT_TYPES: _before_end(package.read(CONTENT_TYPES), None, types),
    }


def _before_end(xml: bytes, node: xmlspan.Node | None, new: str) -> bytes:
    edits = xmlspan.Edits(xml)
    at = (node or xmlspan.read(xml)).close
    edits.replace(at, at, new.encode())
    return edits.apply()
