"""The rows of a sheet as the template has them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from addin.hosts.file.errors import TemplateError
from addin.hosts.file.formula import Formula
from addin.hosts.file.ranges import Area, column_number, letters
from addin.hosts.file.xmlspan import ATTRIBUTE, escape, refuse_doctype, tag_end

_WRAP = b"<s>"
_LETTERS = re.compile(rb"[A-Za-z]+")
_NEEDS_PARSING = (b"shared", b"<!")
_NOT_KEPT = {"r", "spans"}
_NOT_COPIED = {"hidden", "collapsed"}


@dataclass(slots=True, kw_only=True)
class FormulaSpan:
    """An ``f`` element in a cell."""

    start: int
    end: int
    attrs: dict[str, str]
    text: str = ""


@dataclass(slots=True, kw_only=True)
class Cell:
    """A cell of the template: bytes ``start:end`` of the rows."""

    column: int
    start: int
    end: int
    attrs: dict[str, str]
    formula: FormulaSpan | None = None
    content: bool = False


@dataclass(slots=True, kw_only=True)
class Row:
    """A row of the template, from its first to its last column (0: it has no cells).

    ``lost``: cells were passed over because they go anyway. Cells are listed where they may
    change only.
    """

    number: int
    start: int
    inner: int
    end: int = 0
    first: int = 0
    last: int = 0
    lost: bool = False
    cells: dict[int, Cell] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Master:
    """The cell in which a shared formula stands in full."""

    row: int
    column: int
    text: str


class Rows:
    """All rows of a sheet.

    Cells in ``skip`` areas are passed over (their shared formulas are still known); outside the
    row ranges ``listed`` only children of shared formulas are listed. So neither a long table
    that is filled again nor other long data cost memory.
    """

    def __init__(
        self, data: bytes, prefix: str, *, skip: Iterable[Area], listed: Iterable[range]
    ) -> None:
        self.data = data
        self.prefix = prefix
        self.by_number: dict[int, Row] = {}
        self.shared: dict[str, Master] = {}
        self.any_formula = any(f"<{prefix}f{end}".encode() in data for end in (">", " ", "/"))
        self._skip = list(skip)
        self._listed = list(listed)
        self._list_row = False
        self._row: Row | None = None
        self._cell: Cell | None = None
        self._formula: FormulaSpan | None = None
        self._number = 0
        self._passed = 0
        self._column = 0
        self._read()

    def attributes(self, row: Row) -> dict[str, str]:
        """The attributes of a row's tag."""
        return {name: value[1:-1] for name, value, _ in self._attributes(row)}

    def tag_rest(self, row: Row, *, copied: bool = False) -> str:
        """The start tag of a row behind its number.

        ``spans`` goes: it is a hint that would be wrong. A copied tag is not hidden.
        """
        drop = _NOT_KEPT | _NOT_COPIED if copied else _NOT_KEPT
        kept = (raw for name, _, raw in self._attributes(row) if name not in drop)
        return f'"{"".join(kept)}>'

    def _attributes(self, row: Row) -> Iterator[tuple[str, str, str]]:
        for found in ATTRIBUTE.finditer(self.data, row.start, row.inner):
            yield found[1].decode(), found[2].decode(), found[0].decode()

    def cell_text(self, cell: Cell, row: int, column: int) -> str:
        """A cell's element as it would stand in ``row`` and ``column``; a formula stays as is."""
        inner = tag_end(self.data, cell.start)
        rest = b"".join(
            a[0] for a in ATTRIBUTE.finditer(self.data, cell.start, inner) if a[1] != b"r"
        )
        closing = "/>" if self.data[inner - 2 : inner] == b"/>" else ">"
        body = self.data[inner : cell.end].decode()
        address = f"{letters(column)}{row}"
        return f'<{self.prefix}c r="{address}"{rest.decode()}{closing}{body}'

    def master(self, cell: Cell) -> Master | None:
        """Where the formula of a cell that only borrows it stands; None if it has its own."""
        span = cell.formula
        if span is None or span.attrs.get("t") != "shared" or span.text:
            return None
        return self.shared.get(span.attrs.get("si", ""))

    def unshared(self, cell: Cell, row: int, text: str, master: Master) -> str:
        """The element of a cell whose shared formula loses its master: in full, for itself."""
        if cell.formula is None:
            return text
        old = self.data[cell.formula.start : cell.formula.end].decode()
        moved = Formula.parse(
            master.text, row=master.row, column=master.column, to_column=cell.column
        )
        p = self.prefix
        return text.replace(old, f"<{p}f>{escape(moved.at(row))}</{p}f>", 1)

    def _read(self) -> None:
        parser = expat.ParserCreate(encoding="UTF-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._on_start
        parser.EndElementHandler = self._on_end
        parser.CharacterDataHandler = self._on_text
        parser.StartDoctypeDeclHandler = refuse_doctype
        self._parser = parser
        p = self.prefix
        self._names = (f"{p}row", f"{p}c", f"{p}f", {f"{p}v", f"{p}is"})
        parsed = 0
        try:
            parser.Parse(_WRAP, False)
            for start, end in self._spans():
                self._passed = start - parsed
                parser.Parse(self.data[start:end], False)
                parsed += end - start
            parser.Parse(b"</s>", True)
        except (expat.ExpatError, ValueError) as error:
            raise TemplateError("not_a_workbook", reason=str(error)) from error
        del self._parser

    def _at(self) -> int:
        return self._parser.CurrentByteIndex - len(_WRAP) + self._passed

    def _spans(self) -> Iterator[tuple[int, int]]:
        """What has to be parsed: not the rows whose cells all go, noted here as lost.

        A table that is filled again is nearly all of its sheet, and parsing takes long.
        """
        at = 0
        if self._skip and not any(mark in self.data for mark in _NEEDS_PARSING):
            p = self.prefix.encode()
            closing, cell = b"</" + p + b"row>", b"<" + p + b'c r="'
            for found in re.finditer(b"<" + p + rb'row r="(\d+)"[^<>]*(?<!/)>', self.data):
                end = self.data.find(closing, found.end()) + len(closing)
                last = self.data.rfind(cell, found.end(), end)
                if last < 0 or not self.data.startswith(cell, found.end()):
                    continue
                edges = [_column_at(self.data, i + len(cell)) for i in (found.end(), last)]
                number = int(found[1])
                if any(all(area.has(number, edge) for edge in edges) for area in self._skip):
                    yield at, found.start()
                    at = end
                    self._number = number
                    self.by_number[number] = Row(
                        number=number, start=found.start(), inner=found.end(), end=end, lost=True
                    )
        yield at, len(self.data)

    def _on_start(self, name: str, attrs: dict[str, str]) -> None:
        row_name, cell_name, formula_name, value_names = self._names
        if name == cell_name and self._row:
            self._begin_cell(attrs)
        elif name == row_name:
            self._number = int(attrs.get("r") or self._number + 1)
            self._column = 0
            start = self._at()
            self._row = Row(number=self._number, start=start, inner=tag_end(self.data, start))
            self.by_number[self._number] = self._row
            self._list_row = any(self._number in rows for rows in self._listed)
        elif name == formula_name and self._column:
            if self._cell or attrs.get("t") == "shared":
                start = self._at()
                self._formula = FormulaSpan(start=start, end=0, attrs=attrs)
        elif self._cell and name in value_names:
            self._cell.content = True

    def _begin_cell(self, attrs: dict[str, str]) -> None:
        address = attrs.get("r")
        self._column = column_number(address.rstrip("0123456789")) if address else self._column + 1
        assert self._row is not None
        self._row.first = min(self._row.first or self._column, self._column)
        self._row.last = max(self._row.last, self._column)
        if any(area.has(self._number, self._column) for area in self._skip):
            self._row.lost = True
            return
        self._cell = Cell(column=self._column, start=self._at(), end=0, attrs=attrs)
        if self._list_row:
            self._row.cells[self._column] = self._cell

    def _on_end(self, name: str) -> None:
        row_name, cell_name, formula_name, _ = self._names
        if name == cell_name:
            if self._cell:
                self._cell.end = self._end_of(self._cell.start)
            self._cell = None
        elif name == formula_name and self._formula:
            self._end_formula(self._formula)
        elif name == row_name and self._row:
            self._row.end = self._end_of(self._row.start)
            self._row = None

    def _end_formula(self, formula: FormulaSpan) -> None:
        formula.end = self._end_of(formula.start)
        if formula.attrs.get("t") == "shared" and formula.text:
            self.shared[formula.attrs.get("si", "")] = Master(
                row=self._number, column=self._column, text=formula.text
            )
        if self._cell:
            self._cell.formula = formula
            self._cell.content = True
            if self._row and formula.attrs.get("t") == "shared":
                self._row.cells[self._column] = self._cell
        self._formula = None

    def _end_of(self, start: int) -> int:
        at = self._at()
        inner = tag_end(self.data, start)
        if self.data[inner - 2 : inner] == b"/>":
            return inner
        return self.data.index(b">", at) + 1

    def _on_text(self, text: str) -> None:
        if self._formula:
            self._formula.text += text


def _column_at(data: bytes, at: int) -> int:
    found = _LETTERS.match(data, at)
    return column_number(found[0].decode()) if found else 0


def own_formula(cell: Cell, row: int, rows: Rows) -> Formula | None:
    """The formula that stands in a cell, ready to be used in the rows below it."""
    span = cell.formula
    if span is None or span.attrs.get("t") == "dataTable":
        return None
    if span.attrs.get("t") == "shared" and not span.text:
        master = rows.master(cell)
        if master is None:
            return None
        moved = Formula.parse(
            master.text, row=master.row, column=master.column, to_column=cell.column
        )
        return Formula.parse(moved.at(row), row=row)
    array = span.attrs.get("t") == "array"
    return Formula.parse(span.text, row=row, array=array) if span.text else None
