"""What users add to a graded workbook, put into its parts as Excel would write it."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from addin.words import words
from tests.file_host.books import MAIN, parts, rewrite

_RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_THREADS = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
_MS = "http://schemas.microsoft.com/office/2017/10/relationships"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_DRAWING = "application/vnd.openxmlformats-officedocument.drawing"
_CHART = """<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><c:chart><c:plotArea><c:layout/>
<c:barChart><c:barDir val="col"/><c:grouping val="clustered"/><c:varyColors val="0"/><c:ser>
<c:idx val="0"/><c:order val="0"/><c:val><c:numRef><c:f>{values}</c:f></c:numRef></c:val></c:ser>
<c:axId val="1"/><c:axId val="2"/></c:barChart><c:catAx><c:axId val="1"/><c:scaling/>
<c:delete val="0"/><c:axPos val="b"/><c:crossAx val="2"/></c:catAx><c:valAx><c:axId val="2"/>
<c:scaling/><c:delete val="0"/><c:axPos val="l"/><c:crossAx val="1"/></c:valAx></c:plotArea>
</c:chart></c:chartSpace>"""
_ANCHOR = """<xdr:twoCellAnchor><xdr:from><xdr:col>{at}</xdr:col><xdr:colOff>0</xdr:colOff>
<xdr:row>3</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:to><xdr:col>{to}</xdr:col>
<xdr:colOff>0</xdr:colOff><xdr:row>12</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:to>{what}
<xdr:clientData/></xdr:twoCellAnchor>"""
_GRAPHIC = """<xdr:graphicFrame macro=""><xdr:nvGraphicFramePr><xdr:cNvPr id="2" name="Own chart"/>
<xdr:cNvGraphicFramePr/></xdr:nvGraphicFramePr><xdr:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/>
</xdr:xfrm><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">
<c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" r:id="rId1"/>
</a:graphicData></a:graphic></xdr:graphicFrame>"""
_PICTURE = """<xdr:pic><xdr:nvPicPr><xdr:cNvPr id="3" name="Logo"/><xdr:cNvPicPr/></xdr:nvPicPr>
<xdr:blipFill><a:blip r:embed="rId2"/><a:stretch><a:fillRect/></a:stretch></xdr:blipFill><xdr:spPr>
<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></xdr:spPr></xdr:pic>"""
_BOX = """<v:shape id="_x0000_s{id}" type="#_x0000_t202" style="visibility:hidden"
 fillcolor="#ffffe1">
<v:textbox><div style="text-align:left"></div></v:textbox><x:ClientData ObjectType="Note">
<x:MoveWithCells/><x:SizeWithCells/><x:Anchor>
 {column}, 15, {row}, 2, {right}, 15, {below}, 4</x:Anchor><x:AutoFill>False</x:AutoFill>
<x:Row>{row}</x:Row><x:Column>0</x:Column></x:ClientData></v:shape>"""


def column_letters(column: int) -> str:
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def column_number(text: str) -> int:
    number = 0
    for letter in text:
        number = number * 26 + ord(letter) - 64
    return number


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        crc = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)

    head = struct.pack(">IIBBBBB", 2, 2, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0\xff\0\0\0\xff\0" * 2)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


@dataclass(kw_only=True)
class Book:
    """A workbook's parts while things are added to them; `save` writes them back."""

    path: Path
    changed: dict[str, bytes] = field(default_factory=dict)
    trees: dict[str, etree._Element] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.parts = parts(self.path)
        self.workbook = self.tree("xl/workbook.xml")

    def tree(self, part: str) -> etree._Element:
        if part not in self.trees:
            self.trees[part] = etree.fromstring(self.parts[part])
        return self.trees[part]

    def save(self) -> None:
        written = {
            part: etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
            for part, tree in self.trees.items()
        }
        rewrite(self.path, {**written, **self.changed})

    def sheet_part(self, name: str) -> str:
        links = {r.get("Id"): r.get("Target") for r in self.tree("xl/_rels/workbook.xml.rels")}
        for sheet in self.workbook.find(f"{MAIN}sheets"):
            if sheet.get("name") == name:
                target = links[sheet.get(f"{{{_RELS}}}id")]
                return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        raise KeyError(name)

    def table_part(self, name: str) -> str:
        for part in self.parts:
            if part.startswith("xl/tables/") and self.tree(part).get("displayName") == name:
                return part
        raise KeyError(name)

    def area(self, table: str) -> tuple[int, int, int, int]:
        """First column, header row, last column, last row of a table."""
        first, _, last = self.tree(self.table_part(table)).get("ref").partition(":")
        left, right = (c.rstrip("0123456789") for c in (first, last))
        numbers = int(first[len(left) :]), int(last[len(right) :])
        return column_number(left), numbers[0], column_number(right), numbers[1]

    def row(self, sheet: str, number: int) -> etree._Element:
        data = self.tree(self.sheet_part(sheet)).find(f"{MAIN}sheetData")
        for row in data:
            if int(row.get("r")) == number:
                return row
            if int(row.get("r")) > number:
                made = etree.Element(f"{MAIN}row", r=str(number))
                row.addprevious(made)
                return made
        return etree.SubElement(data, f"{MAIN}row", r=str(number))

    def cell(self, sheet: str, row: int, column: int) -> etree._Element:
        address = f"{column_letters(column)}{row}"
        line = self.row(sheet, row)
        for cell in line:
            at = column_number(cell.get("r").rstrip("0123456789"))
            if at == column:
                return cell
            if at > column:
                made = etree.Element(f"{MAIN}c", r=address)
                cell.addprevious(made)
                return made
        return etree.SubElement(line, f"{MAIN}c", r=address)

    def put(self, sheet: str, row: int, column: int, value: str | float) -> etree._Element:
        """A text, a number, or with a leading ``=`` a formula; the cell keeps its style."""
        cell = self.cell(sheet, row, column)
        for child in list(cell):
            cell.remove(child)
        cell.attrib.pop("t", None)
        if isinstance(value, str) and value.startswith("="):
            etree.SubElement(cell, f"{MAIN}f").text = value[1:]
        elif isinstance(value, str):
            cell.set("t", "inlineStr")
            text = etree.SubElement(etree.SubElement(cell, f"{MAIN}is"), f"{MAIN}t")
            text.text = value
        else:
            etree.SubElement(cell, f"{MAIN}v").text = repr(value)
        return cell

    def text(self, sheet: str, row: int, column: int) -> str:
        return "".join(self.cell(sheet, row, column).itertext())

    def own_column(self, table: str, header: str, formula: str | None = None) -> int:
        """A further column at the right end of a table; gives its number."""
        part = self.tree(self.table_part(table))
        left, top, right, bottom = self.area(table)
        columns = part.find(f"{MAIN}tableColumns")
        most = max(int(c.get("id")) for c in columns)
        made = etree.SubElement(columns, f"{MAIN}tableColumn", id=str(most + 1), name=header)
        if formula:
            etree.SubElement(made, f"{MAIN}calculatedColumnFormula").text = formula
        columns.set("count", str(len(columns)))
        ref = f"{column_letters(left)}{top}:{column_letters(right + 1)}{bottom}"
        part.set("ref", ref)
        filters = part.find(f"{MAIN}autoFilter")
        if filters is not None:
            filters.set("ref", ref)
        return right + 1

    def red_style(self, base: int) -> int:
        """A cell format like another one, but red."""
        styles = self.tree("xl/styles.xml")
        fills = styles.find(f"{MAIN}fills")
        fill = etree.SubElement(etree.SubElement(fills, f"{MAIN}fill"), f"{MAIN}patternFill")
        fill.set("patternType", "solid")
        etree.SubElement(fill, f"{MAIN}fgColor", rgb="FFFF0000")
        fills.set("count", str(len(fills)))
        formats = styles.find(f"{MAIN}cellXfs")
        made = etree.fromstring(etree.tostring(formats[base]))
        made.set("fillId", str(len(fills) - 1))
        made.set("applyFill", "1")
        formats.append(made)
        formats.set("count", str(len(formats)))
        return len(formats) - 1

    def define(self, name: str, text: str, sheet: int | None = None) -> None:
        names = self.workbook.find(f"{MAIN}definedNames")
        for node in list(names):
            if node.get("name") == name and node.get("localSheetId") == (
                None if sheet is None else str(sheet)
            ):
                names.remove(node)
        made = etree.SubElement(names, f"{MAIN}definedName", name=name)
        made.text = text
        if sheet is not None:
            made.set("localSheetId", str(sheet))

    def relate(self, part: str, kind: str, target: str, base: str = _RELS) -> str:
        folder, _, file = part.rpartition("/")
        rels = f"{folder}/_rels/{file}.rels"
        if rels not in self.parts:
            self.parts[rels] = f'{_HEAD}<Relationships xmlns="{_PACKAGE}"/>'.encode()
        tree = self.tree(rels)
        link = f"rIdOwn{len(tree) + 1}"
        etree.SubElement(
            tree,
            f"{{{_PACKAGE}}}Relationship",
            Id=link,
            Type=f"{base}/{kind}",
            Target=target,
        )
        return link

    def add(self, part: str, data: bytes | str, kind: str) -> None:
        text = data if isinstance(data, bytes) else (_HEAD + data).encode()
        self.parts[part] = self.changed[part] = text
        types = self.tree("[Content_Types].xml")
        if "/" in kind:
            etree.SubElement(types, f"{{{_TYPES}}}Override", PartName=f"/{part}", ContentType=kind)

    def default_type(self, ending: str, kind: str) -> None:
        types = self.tree("[Content_Types].xml")
        if not any(node.get("Extension") == ending for node in types):
            made = etree.Element(f"{{{_TYPES}}}Default", Extension=ending, ContentType=kind)
            types.insert(0, made)

    def own_sheet(self, name: str, values: str) -> None:
        """A sheet with a text, a chart over ``values`` and a picture."""
        part, drawing = "xl/worksheets/sheetOwn.xml", "xl/drawings/drawingOwn.xml"
        spaces = (
            'xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
            'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
            f'xmlns:r="{_RELS}"'
        )
        anchors = _ANCHOR.format(at=1, to=6, what=_GRAPHIC) + _ANCHOR.format(
            at=7, to=9, what=_PICTURE
        )
        self.default_type("png", "image/png")
        self.add("xl/charts/chartOwn.xml", _CHART.format(values=values), f"{_DRAWING}ml.chart+xml")
        self.add("xl/media/own.png", png(), "")
        self.add(drawing, f"<xdr:wsDr {spaces}>{anchors}</xdr:wsDr>", f"{_DRAWING}+xml")
        first = self.relate(drawing, "chart", "../charts/chartOwn.xml")
        second = self.relate(drawing, "image", "../media/own.png")
        drawn = self.parts[drawing].decode().replace("rId1", first).replace("rId2", second)
        self.add(drawing, drawn.encode(), "")
        sheet = (
            f'<worksheet xmlns="{MAIN[1:-1]}" xmlns:r="{_RELS}"><sheetData><row r="1">'
            '<c r="A1" t="inlineStr"><is><t>Own sheet</t></is></c></row></sheetData>'
            '<drawing r:id="rIdOwn1"/></worksheet>'
        )
        self.add(part, sheet, f"{_SPREADSHEET}.worksheet+xml")
        self.relate(part, "drawing", "../drawings/drawingOwn.xml")
        link = self.relate("xl/workbook.xml", "worksheet", "worksheets/sheetOwn.xml")
        etree.SubElement(
            self.workbook.find(f"{MAIN}sheets"),
            f"{MAIN}sheet",
            {"name": name, "sheetId": "99", f"{{{_RELS}}}id": link},
        )

    def comments(self, sheet: str, notes: dict[int, str], threads: dict[int, str]) -> None:
        """Notes and threads of comments in column A, by row."""
        part = self.sheet_part(sheet)
        said = {**notes, **{row: f"[Threaded comment] {text}" for row, text in threads.items()}}
        listed = "".join(
            f'<comment ref="A{row}" authorId="0"><text><t>{text}</t></text></comment>'
            for row, text in said.items()
        )
        self.add(
            "xl/commentsOwn.xml",
            f'<comments xmlns="{MAIN[1:-1]}"><authors><author>Me</author></authors>'
            f"<commentList>{listed}</commentList></comments>",
            f"{_SPREADSHEET}.comments+xml",
        )
        boxes = "".join(
            _BOX.format(id=2000 + row, column=1, row=row - 1, right=3, below=row + 3)
            for row in said
        )
        self.add(
            "xl/drawings/vmlDrawingOwn.vml",
            (
                '<xml xmlns:v="urn:schemas-microsoft-com:vml" '
                'xmlns:o="urn:schemas-microsoft-com:office:office" '
                'xmlns:x="urn:schemas-microsoft-com:office:excel"><v:shapetype id="_x0000_t202" '
                'coordsize="21600,21600" path="m,l,21600r21600,l21600,xe"/>'
                f"{boxes}</xml>"
            ).encode(),
            "",
        )
        self.default_type("vml", "application/vnd.openxmlformats-officedocument.vmlDrawing")
        person = "{11111111-1111-1111-1111-111111111111}"
        threaded = "".join(
            f'<threadedComment ref="A{row}" dT="2026-01-02T03:04:05.00" personId="{person}" '
            f'id="{{22222222-2222-2222-2222-{row:012d}}}"><text>{text}</text></threadedComment>'
            for row, text in threads.items()
        )
        self.add(
            "xl/threadedComments/threadedCommentOwn.xml",
            f'<ThreadedComments xmlns="{_THREADS}">{threaded}</ThreadedComments>',
            "application/vnd.ms-excel.threadedcomments+xml",
        )
        self.add(
            "xl/persons/person.xml",
            f'<personList xmlns="{_THREADS}"><person displayName="Me" id="{person}" '
            'userId="me" providerId="None"/></personList>',
            "application/vnd.ms-excel.person+xml",
        )
        self.relate("xl/workbook.xml", "person", "persons/person.xml", _MS)
        self.relate(part, "comments", "../commentsOwn.xml")
        self.relate(part, "threadedComment", "../threadedComments/threadedCommentOwn.xml", _MS)
        link = self.relate(part, "vmlDrawing", "../drawings/vmlDrawingOwn.vml")
        self.before(
            self.tree(part),
            etree.Element(f"{MAIN}legacyDrawing", {f"{{{_RELS}}}id": link}),
            ("legacyDrawingHF", "picture", "oleObjects", "controls", "tableParts", "extLst"),
        )

    def link(self, sheet: str, address: str, url: str) -> None:
        """A hyperlink on one cell."""
        part = self.sheet_part(sheet)
        link = self.relate(part, "hyperlink", url)
        folder, _, file = part.rpartition("/")
        self.tree(f"{folder}/_rels/{file}.rels")[-1].set("TargetMode", "External")
        made = self.tree(part).find(f"{MAIN}hyperlinks")
        if made is not None:
            etree.SubElement(made, f"{MAIN}hyperlink", {"ref": address, f"{{{_RELS}}}id": link})
            return
        made = etree.Element(f"{MAIN}hyperlinks")
        etree.SubElement(made, f"{MAIN}hyperlink", {"ref": address, f"{{{_RELS}}}id": link})
        behind = ("printOptions", "pageMargins", "pageSetup", "headerFooter", "drawing")
        self.before(self.tree(part), made, (*behind, "legacyDrawing", "tableParts"))

    @staticmethod
    def before(root: etree._Element, node: etree._Element, names: tuple[str, ...]) -> None:
        for child in root:
            if etree.QName(child).localname in names:
                child.addprevious(node)
                return
        root.append(node)


def title(lang: str, key: str) -> str:
    """A sheet's name."""
    return words(lang)(f"sheet.{key}")
