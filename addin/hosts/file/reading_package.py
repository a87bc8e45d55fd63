"""What an .xlsx package says of its sheets before, or besides, their cells."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from segmentation.errors import FileError
from segmentation.sources import Block

# A grid is held in memory before it is read, from A1 to the last cell that holds something.
_MOST_CELLS = 60_000_000
# A cell so far to the right (BF and beyond) that a full column of such rows is too many.
_WIDE = re.compile(rb"""\br=["'](?:B[F-Z]|[C-Z][A-Z]|[A-Z]{3})\d""")
_FILLED = re.compile(rb"""<(?:\w+:)?c\s(?:[^>]*?\s)?r=["']([A-Z]+)(\d+)["'][^>/]*>\s*<""")
# Beyond this a sheet's own word on its size is taken: reading it twice would take seconds.
_MOST_CHECKED = 64 << 20
_LONGEST_CELL_TAG = 200
_MOST_UNPACKED = 4 << 30
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*?ref=["']([A-Z]+)(\d+):([A-Z]+)(\d+)["']""")


def check_corners(path: Path) -> dict[str, int]:
    """First column of each sheet by name; refuses sheets whose grid can't be held in memory."""
    try:
        about = path.stat()
    except OSError:
        raise FileError("damaged_workbook", file=path.name) from None
    return dict(_corners(path.absolute(), about.st_mtime_ns, about.st_size))


@lru_cache(maxsize=8)
def _corners(path: Path, changed: int, size: int) -> dict[str, int]:  # noqa: ARG001
    """Looked for once in a file that stays as it is: grading again reads it for each table."""
    try:
        with zipfile.ZipFile(path) as package:
            if sum(entry.file_size for entry in package.infolist()) > _MOST_UNPACKED:
                raise FileError("too_large", file=path.name)
            return _sheet_corners(path, package)
    except FileError:
        raise
    except Exception:
        raise FileError("damaged_workbook", file=path.name) from None


def _sheet_corners(path: Path, package: zipfile.ZipFile) -> dict[str, int]:
    names = [n for n in package.namelist() if re.match(r"xl/worksheets/[^/]+\.xml$", n)]
    titles = _sheet_titles(package)
    corners = {}
    for name in names:
        with package.open(name) as part:
            head = part.read(4096).decode("utf-8", "replace")
        found = re.search(r'<dimension ref="([A-Z]+)\d+(?::([A-Z]+)(\d+))?"', head)
        claimed = 0
        if found:
            first, last, rows = found.groups()
            corners[titles.get(name, name)] = _column_number(first)
            claimed = (_column_number(last) + 1) * int(rows) if last else 0
        trusted = 0 < claimed <= _MOST_CELLS and package.getinfo(name).file_size > _MOST_CHECKED
        if not trusted and _used_cells(package, name) > _MOST_CELLS:
            raise FileError("too_large", file=path.name)
    return corners


def _sheet_titles(package: zipfile.ZipFile) -> dict[str, str]:
    def local(element: ET.Element, name: str) -> str:
        return next((v for k, v in element.attrib.items() if k.rpartition("}")[2] == name), "")

    book = package.read("xl/workbook.xml")
    links = package.read("xl/_rels/workbook.xml.rels")
    if b"<!DOCTYPE" in book or b"<!DOCTYPE" in links:
        raise ValueError("a document type has no place in a workbook")
    targets = {local(e, "Id"): local(e, "Target") for e in ET.fromstring(links)}
    titles = {}
    for element in ET.fromstring(book).iter():
        if element.tag.rpartition("}")[2] == "sheet":
            relation = next((v for k, v in element.attrib.items() if k.endswith("}id")), "")
            target = targets.get(relation, "").lstrip("/")
            target = target if target.startswith("xl/") else f"xl/{target}"
            titles[target] = local(element, "name")
    return titles


def _used_cells(package: zipfile.ZipFile, name: str) -> int:
    """Rows times columns up to the last cell that holds something; 0 where no row is wide."""
    if not any(_WIDE.search(piece) for piece in _pieces(package, name)):
        return 0
    column = row = 0
    for piece in _pieces(package, name):
        for match in _FILLED.finditer(piece):
            letters, number = match.groups()
            column = max(column, _column_number(letters.decode()) + 1)
            row = max(row, int(number))
    return column * row


def _pieces(package: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """A part piece by piece; each begins with the end of the one before."""
    with package.open(name) as part:
        rest = b""
        while chunk := part.read(1 << 22):
            yield rest + chunk
            rest = chunk[-_LONGEST_CELL_TAG:]


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def merged_blocks(path: Path, title: str) -> list[Block]:
    """The merged blocks of a sheet: first row and column, last row and column, from 0.

    None are known of a file that is no .xlsx package.
    """
    try:
        with zipfile.ZipFile(path) as package:
            names = {t: n for n, t in _sheet_titles(package).items()}
            found = {
                m.groups() for p in _pieces(package, names[title]) for m in _MERGED.finditer(p)
            }
    except (zipfile.BadZipFile, KeyError, OSError, ET.ParseError):
        return []
    blocks = []
    for first, top, last, bottom in found:
        columns = _column_number(first.decode()), _column_number(last.decode())
        blocks.append((int(top) - 1, columns[0], int(bottom) - 1, columns[1]))
    return sorted(blocks)
