"""Charts and formulas that mean all rows of a table mean all of them still when it has grown."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from addin.hosts.file import xmlspan
from addin.hosts.file.oldrows import plain_formula
from addin.hosts.file.package import Package
from addin.hosts.file.ranges import Area, Growth, grown
from addin.hosts.file.workbookxml import Workbook, sheet_name

Growths = Mapping[str, list[Growth]]

_AREA = re.compile(
    r"""
      "(?:[^"]|"")*"
    | (?P<sheet> '(?:[^']|'')+'! | [^\W\d][\w.]*! )?
      (?<![\w$:.\[]) (?P<first> \$?[A-Z]{1,3}\$?[0-9]+ ) : (?P<last> \$?[A-Z]{1,3}\$?[0-9]+ )
      (?![\w(:.!])
    """,
    re.VERBOSE,
)
_NUMBER = re.compile(r"[0-9]+$")
_CHART_FORMULA = re.compile(rb"(<(?:\w+:)?f>)([^<]*)(</(?:\w+:)?f>)")
# A shared formula shifts with its cell: what it covers can't be told from its text.
_CELL_FORMULA = re.compile(
    rb'(<(?:\w+:)?f(?![^>]*"shared")(?:\s[^>]*)?(?<!/)>)([^<]*)(</(?:\w+:)?f>)'
)


def grown_formula(text: str, sheet: str, growths: Growths) -> str:
    """A formula on a sheet (or a chart's, with its sheet as ``""``), its areas grown."""

    def moved(found: re.Match[str]) -> str:
        if not found["last"]:
            return found[0]
        where = sheet_name(found["sheet"][:-1]) if found["sheet"] else sheet
        area = Area.parse(f"{found['first']}:{found['last']}")
        new = grown(area, growths.get(where.lower(), []))
        if new == area or area.bottom != int(_digits(found["last"])):
            return found[0]
        last = _NUMBER.sub(str(new.bottom), found["last"])
        return f"{found['sheet'] or ''}{found['first']}:{last}"

    return _AREA.sub(moved, text)


def _digits(cell: str) -> str:
    found = _NUMBER.search(cell)
    return found[0] if found else "0"


def grown_xml(xml: bytes, sheet: str, growths: Growths, *, chart: bool = False) -> bytes:
    """A part with all its formulas grown."""

    def moved(found: re.Match[bytes]) -> bytes:
        if b":" not in found[2]:
            return found[0]
        text = plain_formula(found[2].decode())
        new = grown_formula(text, sheet, growths)
        return found[1] + xmlspan.escape(new).encode() + found[3] if new != text else found[0]

    return (_CHART_FORMULA if chart else _CELL_FORMULA).sub(moved, xml)


def grown_parts(
    workbook: Workbook, growths: Growths, *, besides: Collection[str]
) -> dict[str, bytes]:
    """The charts and the sheets that changed; ``besides`` are sheets that are written anyway."""
    if not any(growth.shift for some in growths.values() for growth in some):
        return {}
    package = workbook.package
    out = {}
    for part in _charts(package):
        xml = package.read(part)
        new = grown_xml(xml, "", growths, chart=True)
        if new != xml:
            out[part] = new
    for sheet in workbook.sheets:
        if sheet.part not in besides:
            xml = package.read(sheet.part)
            new = grown_xml(xml, sheet.name, growths)
            if new != xml:
                out[sheet.part] = new
    return out


def _charts(package: Package) -> list[str]:
    names = [entry.filename for entry in package.entries]
    return [n for n in names if re.fullmatch(r"xl/charts/[^/]+\.xml", n) and "chart" in n.lower()]
