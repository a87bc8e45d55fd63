"""The data rows of a table as they stand in a workbook that is filled again."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import polars as pl

from addin.hosts.file.errors import TemplateError
from addin.hosts.file.formula import Formula
from addin.hosts.file.ranges import letters
from addin.hosts.file.xmlspan import ATTRIBUTE, escape

_AT_ONCE = 20_000
_ODD = re.compile(rb'<(?:\w+:)?(?:row|c)(?:>|/|\s(?!r="))')
_SHARED = re.compile(
    r'<(?:\w+:)?c r="([A-Z]+)(\d+)"[^>]*?(?<!/)><(?:\w+:)?f([^>]*\st="shared"[^>]*?)(/?)>([^<]*)'
)
_SI = re.compile(r'\bsi="(\d+)"')
_CELL_TAG = r'<(?:\w+:)?c r="[A-Z]+\d+"[^>]*>'
_ROW_HIDDEN = r'\shidden="(?:1|true)"'
_ROW_DROPPED = r'\s(?:spans|hidden|collapsed)="[^"]*"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A shared formula in full, and where it stands."""

    column: int
    row: int
    text: str


def in_order(rows: bytes, prefix: str) -> bytes:
    """The rows with an address first in the tag of each row and cell.

    Nearly all programs write them so; then they come back as they are.
    """
    if b"<!" in rows:
        raise TemplateError("not_a_workbook", reason="sheetData")
    if not _ODD.search(rows):
        return rows
    p = prefix.encode()
    tag = re.compile(rb"<" + p + rb"(row|c)((?:\s[^<>]*?)?)(/?)>")
    row = column = 0

    def addressed(found: re.Match[bytes]) -> bytes:
        nonlocal row, column
        attrs = [(a[1], a[2][1:-1]) for a in ATTRIBUTE.finditer(found[2])]
        address = dict(attrs).get(b"r", b"").decode()
        if found[1] == b"row":
            row, column = int(address or row + 1), 0
            address = str(row)
        else:
            column = _number(address) if address else column + 1
            address = f"{letters(column)}{row}"
        rest = b"".join(b" " + n + b'="' + v + b'"' for n, v in attrs if n != b"r")
        return b'<%s%s r="%s"%s%s>' % (p, found[1], address.encode(), rest, found[3])

    return tag.sub(addressed, rows)


def _number(address: str) -> int:
    number = 0
    for letter in address.rstrip("0123456789"):
        number = number * 26 + ord(letter) - 64
    return number


class OldRows:
    """The rows ``top`` to ``bottom``; series have one element for each of them.

    ``before`` and ``after`` are the bytes of the other rows.
    """

    def __init__(self, rows: bytes, prefix: str, *, top: int, bottom: int) -> None:
        self.top, self.height, self.prefix = top, bottom - top + 1, prefix
        rows = in_order(rows, prefix)
        p = prefix.encode()
        closing = b"</" + p + b"row>"
        spans: list[tuple[int, int, int]] = []
        start, end = len(rows), len(rows)
        for found in re.finditer(b"<" + p + rb'row r="(\d+)"[^<>]*?(/?)>', rows):
            number = int(found[1])
            if number > bottom:
                end = found.start()
                start = min(start, end)
                break
            if number >= top:
                stop = found.end() if found[2] else rows.find(closing, found.end()) + len(closing)
                spans.append((number - top, found.start(), stop))
        if spans:
            start, end = spans[0][1], spans[-1][2]
        self.before, self.after = rows[:start], rows[end:]
        texts = [rows[a:b].decode() for _, a, b in spans]
        self._at = pl.Series([at for at, _, _ in spans], dtype=pl.Int64)
        self._texts = pl.Series(texts, dtype=pl.String)
        self.masters = _masters(rows)

    def tags(self) -> tuple[pl.Series, pl.Series]:
        """The attributes of each row's tag but for its number, and whether it is hidden."""
        tag = self._texts.str.extract(r"^<(?:\w+:)?row r=\"\d+\"([^>]*?)/?>")
        hidden = tag.str.contains(_ROW_HIDDEN)
        kept = tag.str.replace_all(_ROW_DROPPED, "")
        return self._whole(kept), self._whole(hidden).fill_null(value=False)

    def styles(self) -> dict[int, pl.Series]:
        """The style of each cell by column; null where no cell stands."""
        found: dict[str, list[pl.DataFrame]] = {}
        for first in range(0, len(self._texts), _AT_ONCE):
            part = pl.DataFrame(
                {
                    "at": self._at.slice(first, _AT_ONCE),
                    "tag": self._texts.slice(first, _AT_ONCE).str.extract_all(_CELL_TAG),
                }
            )
            cells = part.explode("tag").drop_nulls("tag")
            cells = cells.select(
                "at",
                pl.col("tag").str.extract(r'r="([A-Z]+)').alias("column"),
                pl.col("tag").str.extract(r'\ss="(\d+)"').fill_null("0").alias("style"),
            )
            for (name,), some in cells.partition_by("column", as_dict=True).items():
                found.setdefault(str(name), []).append(some)
        out = {}
        for name, frames in found.items():
            cells = pl.concat(frames)
            whole = pl.repeat(None, self.height, dtype=pl.String, eager=True)
            out[_number(name)] = whole.scatter(cells["at"], cells["style"])
        return dict(sorted(out.items()))

    def cells(self, column: int) -> pl.Series:
        """The whole element of each cell of a column, its address taken out; null where none is."""
        return self._whole(self._cells(column, self._texts))

    def first(self, column: int) -> str | None:
        """The same of the first row alone."""
        top = self._texts.head(1) if len(self._at) and not self._at[0] else self._texts.clear()
        found = self._cells(column, top)
        return found[0] if len(found) else None

    def _cells(self, column: int, rows: pl.Series) -> pl.Series:
        p = self.prefix
        head = rf'<{p}c r="{letters(column)}\d+"'
        body = rf"[^>]*/>|[^>]*[^>/]>.*?</{p}c>|>.*?</{p}c>"
        found = rows.str.extract(f"(?s)({head}(?:{body}))")
        return found.str.replace(f"^{head}", "")

    def staying(self, columns: Collection[int]) -> dict[int, str]:
        """The cells in some columns as they are, by row; rows without any are left out."""
        out: dict[int, str] = {}
        for column in sorted(columns):
            cells = self.cells(column)
            for at in cells.is_not_null().arg_true().to_list():
                row = self.top + at
                text = f'<{self.prefix}c r="{letters(column)}{row}"{cells[at]}'
                out[row] = out.get(row, "") + text
        return out

    def _whole(self, some: pl.Series) -> pl.Series:
        whole = pl.repeat(None, self.height, dtype=some.dtype, eager=True)
        return whole.scatter(self._at, some) if len(some) else whole


def _masters(rows: bytes) -> dict[str, Place]:
    if b'"shared"' not in rows:
        return {}
    found = {}
    for cell in _SHARED.finditer(rows.decode()):
        si = _SI.search(cell[3])
        if si and cell[5] and not cell[4]:
            found[si[1]] = Place(column=_number(cell[1]), row=int(cell[2]), text=_plain(cell[5]))
    return found


def unshared(text: str, masters: dict[str, Place], prefix: str) -> str:
    """Cells whose shared formulas stand in full, each for itself."""
    if '"shared"' not in text:
        return text
    p = prefix
    opening = rf'<{p}c r="([A-Z]+)(\d+)"[^>]*?(?<!/)>'
    shared = rf'<{p}f([^>]*\st="shared"[^>]*?)(?:/>|>[^<]*</{p}f>)'
    cell = re.compile(f"({opening}){shared}")

    def whole(found: re.Match[str]) -> str:
        si = _SI.search(found[4])
        master = masters.get(si[1]) if si else None
        if master is None:
            return found[0]
        moved = Formula.parse(
            master.text, row=master.row, column=master.column, to_column=_number(found[2])
        )
        return f"{found[1]}<{p}f>{escape(moved.at(int(found[3])))}</{p}f>"

    return cell.sub(whole, text)


def _plain(text: str) -> str:
    marks = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))
    for mark, sign in marks:
        text = text.replace(mark, sign)
    return text


def plain_formula(text: str) -> str:
    """The text of a formula element as it reads."""
    return _plain(text)


def common(series: pl.Series) -> str | None:
    """The commonest text of a column; of those that are as common the first. None counts too."""
    if not len(series):
        return None
    counted = series.to_frame("x").group_by("x", maintain_order=True).len()
    found: str | None = counted.sort("len", descending=True, maintain_order=True)["x"][0]
    return found


def each(rows: pl.Series) -> Iterator[tuple[int, str]]:
    """The places and texts of a column that are not null."""
    at = rows.is_not_null().arg_true().to_list()
    return zip(at, rows.gather(at).to_list(), strict=True)


def without_style(cell: str) -> str:
    """A cell behind its address, as the column looks."""
    attrs, sign, rest = cell.partition(">")
    kept = [part for part in attrs.split(" ") if part and not part.startswith("s=")]
    return "".join(f" {part}" for part in kept) + sign + rest


def by_column(cells: str, prefix: str) -> dict[int, str]:
    """The cells of one row by their columns."""
    out = {}
    for text in cells.split(f"<{prefix}c ")[1:]:
        address = text.partition('r="')[2].partition('"')[0]
        out[_number(address)] = f"<{prefix}c {text}"
    return out
