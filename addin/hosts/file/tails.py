"""What stands below columns beside a table (sums, remarks) when these become longer or shorter."""

from __future__ import annotations

import re
from collections.abc import Collection

from addin.hosts.file.errors import TemplateError
from addin.hosts.file.ranges import Area, letters, split_cell

_ROW = re.compile(r'<(?:\w+:)?row r="(\d+)"([^<>]*?)(?:/>|>(.*?)</(?:\w+:)?row>)', re.DOTALL)
_CELL = re.compile(
    r'<(?:\w+:)?c r="([A-Z]+)\d+"(?:[^>]*/>|[^>]*[^>/]>.*?</(?:\w+:)?c>|>.*?</(?:\w+:)?c>)',
    re.DOTALL,
)


def moved_tails(
    rows: bytes, prefix: str, columns: Collection[int], shift: int, taken: Collection[Area]
) -> bytes:
    """The rows below the table with the cells of some columns ``shift`` rows further down.

    TemplateError ``content_below`` where another table, one of ``taken``, is in their way.
    """
    names = {letters(column): column for column in columns}
    if not shift or not any(f'<{prefix}c r="{name}'.encode() in rows for name in names):
        return rows
    text = rows.decode()
    tags: dict[int, str] = {}
    cells: dict[int, dict[int, str]] = {}
    found_any = False
    for row in _ROW.finditer(text):
        number = int(row[1])
        tags[number] = row[2]
        for cell in _CELL.finditer(row[3] or ""):
            column = names.get(cell[1])
            if column is None or any(area.has(number, column) for area in taken):
                at = split_cell(f"{cell[1]}{number}")[1]
                cells.setdefault(number, {})[at] = cell[0]
                continue
            found_any = True
            to = number + shift
            if any(area.has(to, column) for area in taken):
                where = f"{cell[1]}{number}"
                raise TemplateError("content_below", table="", sheet="", cell=where)
            head = f'<{prefix}c r="{cell[1]}{number}"'
            new = f'<{prefix}c r="{cell[1]}{to}"' + cell[0][len(head) :]
            cells.setdefault(to, {})[column] = new
    if not found_any:
        return rows
    out = []
    for number in sorted({*tags, *cells}):
        inner = "".join(cell for _, cell in sorted(cells.get(number, {}).items()))
        tag = re.sub(r'\sspans="[^"]*"', "", tags.get(number, ""))
        out.append(f'<{prefix}row r="{number}"{tag}>{inner}</{prefix}row>')
    return "".join(out).encode()
