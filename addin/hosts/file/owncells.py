"""One column of the user's own in rows that are put in another order."""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from addin.hosts.file.formula import Formula
from addin.hosts.file.oldrows import OldRows, common, each, plain_formula
from addin.hosts.file.ranges import letters
from addin.hosts.file.xmlspan import escape

_FORMULA = re.compile(r"<(?:\w+:)?f(?P<attrs>[^>]*?)(?:/>|>(?P<text>[^<]*)</(?:\w+:)?f>)")
_SI = re.compile(r'\bsi="(\d+)"')
_REF = re.compile(r'\bref="[A-Z]+\d+"')
_STYLE = re.compile(r'^[^>]*?(\ss="\d+")')
_META = re.compile(r'^[^>]*?(\scm="\d+")')
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnColumn:
    """A column as it stood: each old row's cell behind its address (null: none), the formulas by
    old row, and what new rows get: the formula that all rows share, and the commonest style."""

    number: int
    cells: pl.Series
    formulas: dict[int, Formula]
    fill: Formula | None
    style: str

    def written(self, was: pl.Series, top: int, prefix: str) -> pl.Series:
        """The cells of the new rows; ``was`` is the old row of each, null for a new one."""
        name, p = letters(self.number), prefix
        rows = pl.int_range(top, top + len(was), dtype=pl.Int64, eager=True)
        head = pl.concat_str(pl.lit(f'<{p}c r="{name}'), pl.col("row"), pl.lit('"'))
        new = f"{self.style}/>" if self.style else None
        blank = pl.concat_str(head, pl.lit(new)) if new else pl.lit(None, dtype=pl.String)
        frame = pl.DataFrame({"row": rows, "was": was})
        frame = frame.with_columns(cell=self.cells.gather(was) if len(self.cells) else None)
        made = frame.select(
            pl.when(pl.col("was").is_null())
            .then(blank)
            .otherwise(pl.concat_str(head, pl.col("cell")))
            .fill_null("")
            .alias("cell")
        )["cell"]
        return self._with_formulas(made, was, top, prefix)

    def _with_formulas(self, made: pl.Series, was: pl.Series, top: int, p: str) -> pl.Series:
        if not self.formulas and self.fill is None:
            return made
        name = letters(self.number)
        places, texts, cells = [], [], self.cells.to_list()
        for at, old in enumerate(was.to_list()):
            formula = self.fill if old is None else self.formulas.get(old)
            if formula is None:
                continue
            row = top + at
            attrs = self.style if old is None else _kept_attrs(cells[old])
            array = f' t="array" ref="{name}{row}"' if formula.array else ""
            text = escape(formula.at(row))
            places.append(at)
            texts.append(f'<{p}c r="{name}{row}"{attrs}><{p}f{array}>{text}</{p}f></{p}c>')
        if not places:
            return made
        return made.scatter(places, pl.Series(texts, dtype=pl.String))


def own_column(old: OldRows, number: int, calculated: Formula | None = None) -> OwnColumn:
    """Read a column; ``calculated`` is the formula that the table itself has for it."""
    cells = old.cells(number)
    found = cells.to_frame("x").select(
        pl.when(pl.col("x").str.contains(r"<(?:\w+:)?f[\s>/]")).then(pl.col("x"))
    )["x"]
    parsed = _Parser(old, number)
    formulas: dict[int, Formula] = {}
    values = []
    for at, text in each(found):
        formula = parsed(text, old.top + at)
        if formula is None:
            values.append((at, _FORMULA.sub("", text, count=1)))
        else:
            formulas[at] = formula
    if values:
        at_list, texts = zip(*values, strict=True)
        cells = cells.scatter(list(at_list), pl.Series(texts, dtype=pl.String))
    style = common(_styles(cells))
    return OwnColumn(
        number=number,
        cells=cells,
        formulas=formulas,
        fill=calculated or _shared_by_all(cells, formulas),
        style=f' s="{style}"' if style and style != "0" else "",
    )


def _styles(cells: pl.Series) -> pl.Series:
    return cells.str.extract(r'^[^>]*?\ss="(\d+)"')


def holding(cells: pl.Series) -> pl.Series:
    """Which cells hold something, rather than only look like something."""
    return cells.str.contains(r"<(?:\w+:)?(?:v|is|f)[\s>/]").fill_null(value=False)


def _shared_by_all(cells: pl.Series, formulas: dict[int, Formula]) -> Formula | None:
    if not formulas or len(formulas) < int(holding(cells).sum()):
        return None
    first, *others = formulas.values()
    return first if all(other == first for other in others) else None


def _kept_attrs(cell: str) -> str:
    found = [mark.search(cell) for mark in (_STYLE, _META)]
    return "".join(one[1] for one in found if one)


class _Parser:
    """Reads the formulas of a column; the same one in many rows is parsed once."""

    def __init__(self, old: OldRows, column: int) -> None:
        self._old = old
        self._column = column
        self._known: dict[str, Formula] = {}

    def __call__(self, cell: str, row: int) -> Formula | None:
        found = _FORMULA.search(cell)
        assert found is not None
        attrs, text = found["attrs"], found["text"] or ""
        if 't="shared"' in attrs:
            si = _SI.search(attrs)
            return self._of_master(si[1] if si else "")
        if 't="dataTable"' in attrs or not text:
            return None
        array = 't="array"' in attrs
        if array and not _REF.search(attrs):  # over several cells: they can't part
            return None
        return self._parsed(plain_formula(text), row, array=array)

    def _of_master(self, si: str) -> Formula | None:
        key = f"si {si}"
        if key not in self._known:
            master = self._old.masters.get(si)
            if master is None:
                return None
            moved = Formula.parse(
                master.text, row=master.row, column=master.column, to_column=self._column
            )
            self._known[key] = Formula.parse(moved.at(master.row), row=master.row)
        return self._known[key]

    def _parsed(self, text: str, row: int, *, array: bool) -> Formula:
        own = str(row)
        marks = 0

        def marked(number: re.Match[str]) -> str:
            nonlocal marks
            if number[0] != own:
                return number[0]
            marks += 1
            return "\0"

        key = f"{array}{_DIGITS.sub(marked, text)}"
        if key in self._known:
            return self._known[key]
        made = Formula.parse(text, row=row, array=array)
        # Only where each such number is the row's own can the next row say the same.
        if made.parts.count(0) == marks and sum(isinstance(p, int) for p in made.parts) == marks:
            self._known[key] = made
        return made
