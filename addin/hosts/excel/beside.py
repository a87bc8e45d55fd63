"""Tier, segment, reason and next step beside the user's own list of customers, row by row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from addin.explaining.told import tier_names
from addin.findings import reason_key
from addin.hosts.excel import filters, native
from addin.hosts.excel.filling import CHUNK, copy_formats
from addin.hosts.excel.own import new_column
from addin.hosts.excel.problems import ExcelProblem
from addin.hosts.excel.undo import Undo
from addin.tables import graded_table
from addin.words import LANGUAGES, Words, words
from segmentation.checked import gather, keys
from segmentation.columns import Layout
from segmentation.run import Grading

if TYPE_CHECKING:
    import xlwings as xw
    from xlwings.main import Table

COLUMNS = ("tier", "segment", "why", "next")
WIDTHS = {"tier": 12.0, "segment": 18.0, "why": 46.0, "next": 38.0}
# A list of customers that has no figures: this part of its customers at least must be graded.
_KNOWN = 0.5


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What comes beside one list: a frame with ``row`` (as the sheet counts), ``customer`` and
    the columns; from the first row below the header to the last one with a customer."""

    layout: Layout
    rows: pl.DataFrame

    @property
    def keys(self) -> list[str]:
        """The columns that say something."""
        return [c for c in COLUMNS if c == "tier" or self.rows[c].null_count() < self.rows.height]


def answers(grading: Grading, lists: Sequence[Layout], text: Words) -> list[Answer]:
    """What comes beside the lists of customers, graded ones or others with the same customers."""
    found = _told(grading, text)
    made = []
    for sheet in lists:
        graded = any(sheet.sheet is each.sheet for each in grading.layouts)
        rows = _rows(sheet).join(found, on="customer", how="left", maintain_order="left")
        if not graded and not _same_customers(rows):
            continue
        if graded:
            reasons = _reasons(grading, sheet, text)
            rows = rows.join(reasons, on="row", how="left", maintain_order="left").with_columns(
                pl.when(pl.col("reason").is_null()).then(pl.col(c)).alias(c) for c in COLUMNS
            )
            rows = rows.with_columns(why=pl.coalesce("why", "reason")).drop("reason")
        made.append(Answer(layout=sheet, rows=rows))
    return made


def _told(grading: Grading, text: Words) -> pl.DataFrame:
    names = dict(enumerate(tier_names(grading.model, text.lang)))
    tiers = grading.graded["tier_no"].replace_strict(names, return_dtype=pl.String)
    return graded_table(grading, text).with_columns(tier=tiers).select("customer", *COLUMNS)


def _rows(sheet: Layout) -> pl.DataFrame:
    """The customer of each row, as the check reads it."""
    rows = gather([sheet], ("customer",))
    return rows.select("row", keys(rows["customer"]).alias("customer"))


def _same_customers(rows: pl.DataFrame) -> bool:
    """Whether a sheet lists customers, each once, that were graded for the most part."""
    known = rows.filter(pl.col("customer").is_not_null())
    graded = known.filter(pl.col("tier").is_not_null())
    once = known["customer"].n_unique() == known.height
    return known.height > 0 and once and graded.height >= _KNOWN * known.height


def _reasons(grading: Grading, sheet: Layout, text: Words) -> pl.DataFrame:
    """Why rows were left out, by row."""
    checked = grading.checked
    several = len({s.sheet.file for s in grading.layouts}) > 1
    name = f"{sheet.sheet.file} · {sheet.sheet.sheet}" if several else sheet.sheet.sheet
    mine = checked.findings.filter(pl.col("sheet") == name).unique("row", maintain_order=True)
    said = {r: text(f"reason.{reason_key(checked, r)}") for r in mine["rule"].unique()}
    return mine.select(
        pl.col("row").cast(pl.UInt32),
        reason=pl.col("rule").replace_strict(said, default=None, return_dtype=pl.String),
    )


def headers(key: str) -> list[str]:
    """How a column beside a list is called, in all languages."""
    return [words(lang)(f"excel.column.{key}") for lang in LANGUAGES]


@dataclass(frozen=True, kw_only=True)
class Writer:
    """Writes the columns; ``pause`` is called before each write and may raise Stopped."""

    book: xw.Book
    text: Words
    undo: Undo
    pause: Callable[[], None]

    def write(self, answer: Answer) -> None:
        """Put the columns beside the list. Raises ExcelProblem ``changed filtered``."""
        sheet = self.book.sheets[answer.layout.sheet.sheet]
        header = answer.layout.header_row + 1
        last = int(answer.rows["row"].max())  # type: ignore[arg-type]
        self._check_same(sheet, answer, last)
        filters.show_all(sheet)
        places = self._places(sheet, answer, header, last)
        by_row = pl.DataFrame({"row": range(header + 1, last + 1)}, schema={"row": pl.UInt32})
        lines = by_row.join(answer.rows, on="row", how="left", maintain_order="left")
        for first, end in _blocks([places[key] for key in answer.keys]):
            block = answer.keys[first:end]
            columns = [native.column_of(lines[key], date1904=False) for key in block]
            self._write(sheet, columns, header + 1, places[block[0]])

    def _write(self, sheet: xw.Sheet, columns: list[list[Any]], top: int, left: int) -> None:
        rows = list(zip(*columns, strict=True))
        right = left + len(columns) - 1
        for start in range(0, len(rows), CHUNK):
            part = rows[start : start + CHUNK]
            first = top + start
            self.pause()
            self.undo.write(sheet.range((first, left), (first + len(part) - 1, right)), part)

    def _check_same(self, sheet: xw.Sheet, answer: Answer, last: int) -> None:
        """Rows may have moved while Python was grading."""
        found = answer.layout
        column = found.sheet.first_column + found.columns["customer"] + 1
        top = found.header_row + 2
        now = native.rows_of(sheet.range((top, column), (last, column)).raw_value)
        then = found.data[f"c{found.columns['customer']}"].head(len(now)).to_list()
        for new, old in zip(now, then, strict=False):
            if not _alike(native.text_of(new[0]), old):
                raise ExcelProblem("changed", sheet=sheet.name)

    def _places(self, sheet: xw.Sheet, answer: Answer, header: int, last: int) -> dict[str, int]:
        """The column of the sheet for each key: where it stands already, else a new one."""
        used = sheet.used_range
        right = used.column + used.shape[1] - 1
        titles = native.rows_of(sheet.range((header, 1), (header, max(right, 2))).raw_value)[0]
        known = {str(title): number for number, title in enumerate(titles, start=1) if title}
        there = {
            key: next((known[h] for h in headers(key) if h in known), 0) for key in answer.keys
        }
        missing = [key for key in answer.keys if not there[key]]
        if not missing:
            return there
        table = next((t for t in sheet.tables if _covers(t, header, answer)), None)
        if table is not None:
            return there | self._into_table(table, missing)
        return there | self._into_range(sheet, missing, answer, header, last)

    def _into_table(self, table: Table, missing: Sequence[str]) -> dict[str, int]:
        """New columns at the right end of a table, which brings its own looks."""
        made = {}
        for key in missing:
            self.pause()
            column = new_column(table, self.text(f"excel.column.{key}"), None, self.undo)
            made[key] = column.range.column
            if column.data_body_range is not None:
                column.data_body_range.number_format = "General"
            column.range.column_width = WIDTHS[key]
        return made

    def _into_range(
        self, sheet: xw.Sheet, missing: Sequence[str], answer: Answer, header: int, last: int
    ) -> dict[str, int]:
        """New columns right of a plain list, in the first place that is free for all of them."""
        edge = _edge(answer.layout)
        left = _free(sheet, edge + 1, len(missing), header, last)
        right = left + len(missing) - 1
        cells = sheet.range((header, left), (last, right))
        self.pause()
        self.undo.add(cells.clear)
        copy_formats(sheet.range((header, edge), (last, edge)), cells)
        sheet.range((header + 1, left), (last, right)).number_format = "General"
        made = {}
        for number, key in enumerate(missing, start=left):
            made[key] = number
            title = sheet.range((header, number))
            title.raw_value = self.text(f"excel.column.{key}")
            title.column_width = WIDTHS[key]
        return made


def _covers(table: Table, header: int, answer: Answer) -> bool:
    """Whether the list stands in a table of Excel's."""
    place = table.range
    column = answer.layout.sheet.first_column + answer.layout.columns["customer"] + 1
    return bool(place.row == header and 0 <= column - place.column < place.shape[1])


def _edge(found: Layout) -> int:
    """The last column of the list: where its headers end for the first time, from the customer."""
    edge = found.columns["customer"]
    for number in range(edge, len(found.headers)):
        if not found.headers[number]:
            break
        edge = number
    return edge + found.sheet.first_column + 1


def _free(sheet: xw.Sheet, start: int, width: int, header: int, last: int) -> int:
    """The first of so many columns side by side that are blank in the list's rows."""
    used = sheet.used_range
    right = used.column + used.shape[1] - 1
    if right < start:
        return start
    cells = native.rows_of(sheet.range((header, start), (last, right)).formula)
    filled = [any(row[i] not in ("", None) for row in cells) for i in range(right - start + 1)]
    left = 0
    while any(filled[left : left + width]):
        left += 1
    return start + left


def _blocks(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """The runs of columns that stand side by side, as first and behind-the-last position."""
    return native.runs([number - position for position, number in enumerate(numbers)])


def _alike(new: str | None, old: str | None) -> bool:
    one, other = (new or "").strip(), (old or "").strip()
    if one == other:
        return True
    try:
        return abs(float(one) - float(other)) <= 1e-9 * max(1.0, abs(float(one)))
    except ValueError:
        return False
