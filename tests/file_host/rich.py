"""A template to which people added what openpyxl would lose: image, pivot table with a slicer,
chart sheet, VBA project."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from pathlib import Path

import xlsxwriter

from tests.file_host.books import parts, rewrite

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
_MS = "http://schemas.microsoft.com/office/2007/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

_CACHE = f"""<pivotCacheDefinition xmlns="{_MAIN}" xmlns:r="{_RELS}" refreshOnLoad="1"
 refreshedVersion="6" recordCount="0"><cacheSource type="worksheet"><worksheetSource
 name="FenjiCustomers"/></cacheSource><cacheFields count="2"><cacheField name="Customer"
 numFmtId="0"><sharedItems/></cacheField><cacheField name="Tier" numFmtId="0"><sharedItems
 count="1"><s v="A"/></sharedItems></cacheField></cacheFields></pivotCacheDefinition>"""
_PIVOT = f"""<pivotTableDefinition xmlns="{_MAIN}" name="PivotTable1" cacheId="7"
 dataCaption="Values" updatedVersion="6"><location ref="A1:B3" firstHeaderRow="1"
 firstDataRow="1" firstDataCol="1"/><pivotFields count="2"><pivotField dataField="1"
 showAll="0"/><pivotField axis="axisRow" showAll="0"><items count="2"><item x="0"/><item
 t="default"/></items></pivotField></pivotFields><rowFields count="1"><field
 x="1"/></rowFields><dataFields count="1"><dataField name="Customers" fld="0"
 subtotal="count"/></dataFields></pivotTableDefinition>"""
_SLICER_CACHE = f"""<slicerCacheDefinition xmlns="{_X14}" name="Slicer_Tier" sourceName="Tier">
<pivotTables><pivotTable tabId="2" name="PivotTable1"/></pivotTables><data><tabular
 pivotCacheId="7"><items count="1"><i x="0" s="1"/></items></tabular></data>
</slicerCacheDefinition>"""
_SLICER = f"""<slicers xmlns="{_X14}"><slicer name="Tier" cache="Slicer_Tier" caption="Tier"
 rowHeight="241300"/></slicers>"""


def rels(*items: tuple[str, str, str]) -> bytes:
    """A relationships part of (id, type, target)."""
    inner = "".join(f'<Relationship Id="{i}" Type="{t}" Target="{to}"/>' for i, t, to in items)
    return f'{_DECLARATION}<Relationships xmlns="{_PACKAGE}">{inner}</Relationships>'.encode()


def _png() -> BytesIO:
    def chunk(kind: bytes, data: bytes) -> bytes:
        crc = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)

    head = struct.pack(">IIBBBBB", 2, 2, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0\xff\0\0\0\xff\0" * 2)
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return BytesIO(png)


def rich_template(path: Path) -> Path:
    """An .xlsm with all of that, around a table FenjiCustomers and a named cell FenjiTitle."""
    vba = path.with_name("vbaProject.bin")
    vba.write_bytes(bytes(range(256)) * 40)
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Customers")
        sheet.write("A1", "title")
        columns = [{"header": "Customer"}, {"header": "Monetary"}, {"header": "Tier"}]
        sheet.add_table("A3:C4", {"name": "FenjiCustomers", "columns": columns})
        sheet.conditional_format("B4:B4", {"type": "data_bar", "data_bar_2010": True})
        sheet.insert_image("H2", "logo.png", {"image_data": _png()})
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=Customers!$B$4:$B$5"})
        sheet.insert_chart("H8", chart)
        sheet.write_comment("A1", "a comment")
        book.add_worksheet("Pivot").write_formula("F1", "=COUNTA(FenjiCustomers[Customer])")
        other = book.add_chart({"type": "pie"})
        other.add_series({"values": "=Customers!$B$4:$B$5"})
        book.add_chartsheet("Picture").set_chart(other)
        book.define_name("FenjiTitle", "=Customers!$A$1")
        book.set_properties({"title": "Ours", "company": "A company"})
        book.add_vba_project(str(vba))
    _add_pivot(path)
    return path


def _add_pivot(path: Path) -> None:
    old = {
        name: data.decode()
        for name, data in parts(path).items()
        if name.endswith((".xml", ".rels"))
    }
    book = old["xl/workbook.xml"]
    caches = '<pivotCaches><pivotCache cacheId="7" r:id="rId90"/></pivotCaches>'
    uri = "{BBE1A952-AA13-448e-AADC-164F8A28A991}"
    slicer_caches = (
        f'<extLst><ext uri="{uri}" xmlns:x14="{_X14}"><x14:slicerCaches>'
        '<x14:slicerCache r:id="rId91"/></x14:slicerCaches></ext></extLst>'
    )
    book = book.replace("</workbook>", f"{caches}{slicer_caches}</workbook>")
    book_rels = old["xl/_rels/workbook.xml.rels"].replace(
        "</Relationships>",
        f'<Relationship Id="rId90" Type="{_RELS}/pivotCacheDefinition" '
        'Target="pivotCache/pivotCacheDefinition1.xml"/>'
        f'<Relationship Id="rId91" Type="{_MS}/slicerCache" '
        'Target="slicerCaches/slicerCache1.xml"/></Relationships>',
    )
    sheet = old["xl/worksheets/sheet2.xml"].replace(
        "</worksheet>",
        '<extLst><ext uri="{A8765BA9-456A-4dab-B4F3-ACF838C121DE}" '
        f'xmlns:x14="{_X14}"><x14:slicerList><x14:slicer r:id="rId2"/></x14:slicerList></ext>'
        "</extLst></worksheet>",
    )
    kinds = {
        "/xl/pivotCache/pivotCacheDefinition1.xml": f"{_TYPE}.pivotCacheDefinition+xml",
        "/xl/pivotTables/pivotTable1.xml": f"{_TYPE}.pivotTable+xml",
        "/xl/slicerCaches/slicerCache1.xml": "application/vnd.ms-excel.slicerCache+xml",
        "/xl/slicers/slicer1.xml": "application/vnd.ms-excel.slicer+xml",
    }
    overrides = "".join(
        f'<Override PartName="{part}" ContentType="{kind}"/>' for part, kind in kinds.items()
    )
    types = old["[Content_Types].xml"].replace("</Types>", f"{overrides}</Types>")
    new = {
        "[Content_Types].xml": types,
        "xl/workbook.xml": book,
        "xl/_rels/workbook.xml.rels": book_rels,
        "xl/worksheets/sheet2.xml": sheet,
        "xl/pivotCache/pivotCacheDefinition1.xml": _DECLARATION + _CACHE,
        "xl/pivotTables/pivotTable1.xml": _DECLARATION + _PIVOT,
        "xl/slicerCaches/slicerCache1.xml": _DECLARATION + _SLICER_CACHE,
        "xl/slicers/slicer1.xml": _DECLARATION + _SLICER,
    }
    links = {
        "xl/worksheets/_rels/sheet2.xml.rels": rels(
            ("rId1", f"{_RELS}/pivotTable", "../pivotTables/pivotTable1.xml"),
            ("rId2", f"{_MS}/slicer", "../slicers/slicer1.xml"),
        ),
        "xl/pivotTables/_rels/pivotTable1.xml.rels": rels(
            (
                "rId1",
                f"{_RELS}/pivotCacheDefinition",
                "../pivotCache/pivotCacheDefinition1.xml",
            )
        ),
    }
    rewrite(path, {**{name: text.encode() for name, text in new.items()}, **links})
