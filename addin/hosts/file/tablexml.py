"""Table parts: where a table stands, what its columns are, how it is made longer or shorter."""

from __future__ import annotations

from dataclasses import dataclass

from addin.hosts.file import xmlspan
from addin.hosts.file.errors import TemplateError
from addin.hosts.file.ranges import Area, Growth, grown


@dataclass(frozen=True, slots=True, kw_only=True)
class TableColumn:
    """A column of a table: its header as the reader sees it, its calculated formula if any."""

    header: str
    formula: str | None
    array: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A native table as it stands in the template."""

    name: str
    part: str
    area: Area
    data: Area
    totals: int
    columns: tuple[TableColumn, ...]

    @classmethod
    def parse(cls, part: str, xml: bytes) -> Table:
        """Read a table part."""
        root = xmlspan.read(xml)
        try:
            area = Area.parse(root.attrs["ref"])
            name = root.attrs.get("displayName") or root.attrs["name"]
            headers = int(root.attrs.get("headerRowCount", "1"))
            totals = int(root.attrs.get("totalsRowCount", "0"))
        except (KeyError, ValueError) as error:
            raise TemplateError("not_a_workbook", reason=f"{part}: {error}") from error
        top = area.top + headers
        data = Area(
            top=top, left=area.left, bottom=max(top, area.bottom - totals), right=area.right
        )
        found = root.find("tableColumns")
        columns = tuple(_column(node) for node in found.all("tableColumn")) if found else ()
        if len(columns) != area.right - area.left + 1:
            raise TemplateError("not_a_workbook", reason=f"{part}: columns do not fill its range")
        return cls(name=name, part=part, area=area, data=data, totals=totals, columns=columns)

    def data_for(self, rows: int) -> Area:
        """The data rows when there are so many; a table always keeps one."""
        data = self.data
        bottom = data.top + max(rows, 1) - 1
        return Area(top=data.top, left=data.left, bottom=bottom, right=data.right)

    def growth(self, rows: int) -> Growth:
        """How its lower edge moves."""
        shift = self.data_for(rows).bottom - self.data.bottom
        return Growth(data=self.data, totals=self.totals, shift=shift)


def _column(node: xmlspan.Node) -> TableColumn:
    calculated = node.find("calculatedColumnFormula")
    return TableColumn(
        header=xmlspan.header_text(node.attrs.get("name", "")),
        formula=calculated.text if calculated else None,
        array=bool(calculated and calculated.attrs.get("array") in {"1", "true"}),
    )


def resized(xml: bytes, growth: Growth) -> bytes:
    """The table part with its new lower edge; filters and sort states follow."""
    edits = xmlspan.Edits(xml)
    root = xmlspan.read(xml)
    if root.attrs.get("insertRow") in {"1", "true"}:
        edits.set_attr(root, "insertRow", "0")
    _resize(edits, root, growth)
    for node in (root.find("autoFilter"), root.find("sortState")):
        if node is not None:
            for inner in node.walk():
                _resize(edits, inner, growth)
    return edits.apply()


def _resize(edits: xmlspan.Edits, node: xmlspan.Node, growth: Growth) -> None:
    try:
        area = Area.parse(node.attrs["ref"])
    except (KeyError, ValueError):
        return
    new = grown(area, [growth])
    if new != area:
        edits.set_attr(node, "ref", f"{new}")
