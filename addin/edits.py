"""What users changed in the tables and cells of a graded workbook that are theirs to edit."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from addin.hosts.file.own_tables import TableText, read_cell, read_table
from addin.scheme_data import even
from addin.words import LANGUAGES, words
from segmentation.errors import FenjiError
from segmentation.grading import load_model
from segmentation.ladder import plain
from templates.settings import TOML_CELLS

STRATEGY = "FenjiStrategy"
Row = dict[str, str | None]
_ERRORS = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A")


class Edits:
    """The cells of one workbook as text, read when they are asked for; none without a workbook."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._rows: dict[str, dict[str, Row]] = {}
        self._cells: dict[str, str | None] = {}

    def rows(self, table: str) -> dict[str, dict[str, str | None]]:
        """The rows of a table by the text of their first column, then by the key of the header.

        Blank cells are None. Columns of the user's own, rows whose first cell is blank, and cells
        that hold an error are not among them; of rows with the same text the first counts.
        """
        if table not in self._rows:
            self._rows[table] = self._read(table)
        return self._rows[table]

    def cell(self, name: str) -> str | None:
        """A named cell; None where it is blank or missing."""
        if self._path is None:
            return None
        if name not in self._cells:
            try:
                self._cells[name] = read_cell(self._path, name)
            except FenjiError:
                self._cells[name] = None
        return self._cells[name]

    def changed(self, table: str, known: Collection[str]) -> dict[str, Row]:
        """The edited cells of the rows of a table whose first cell is none of ``known``."""
        given, there = self.given_strategies(), {plain(text) for text in known}
        out: dict[str, Row] = {}
        for text, row in self.rows(table).items():
            before = [given[k] for k in _keys(plain(text)) if k in given]
            if plain(text) not in there:
                out[text] = {k: t for k, t in row.items() if _is_edited(k, t, before)}
        return out

    def given_strategies(self) -> dict[str, Row]:
        """The strategies that the workbook was made with, by each tier's names and key.

        A cell of FenjiStrategy that says the same was not edited.
        """
        tiers = self._tiers()
        found: dict[str, Row] = {}
        for tier in tiers:
            for lang in LANGUAGES:
                row = strategy_row(tier, lang)
                # A text is known in each language; the sheet shows one of them.
                for token in _tokens(tier):
                    found.setdefault(f"{lang}:{plain(token)}", row)
        return found

    def _tiers(self) -> list[Mapping[str, Any]]:
        return list(self.scheme().get("tiers", []))

    def scheme(self) -> Mapping[str, Any]:
        """The model in the workbook, else the scheme that it was made with; {} without either."""
        text = self.cell("FenjiModelJson")
        try:
            made: Mapping[str, Any] = (
                load_model(text) if text else even(tomllib.loads(self._toml()))
            )
        except (FenjiError, ValueError, KeyError, TypeError):
            return {}
        return made

    def _toml(self) -> str:
        whole, *parts = TOML_CELLS
        return self.cell(whole) or "".join(self.cell(part) or "" for part in parts)

    def _read(self, table: str) -> dict[str, Row]:
        try:
            found = read_table(self._path, table) if self._path else None
        except FenjiError:
            found = None
        return _by_first(found, table) if found else {}


def edits_of(path: Path | None) -> Edits:
    """The edits in a workbook; none for None, or for a file without any of Fenji's tables."""
    return Edits(path if path and path.is_file() else None)


def strategy_row(tier: Mapping[str, Any], lang: str) -> Row:
    """What the sheet Strategy says of a tier, as text."""

    def said(key: str) -> str | None:
        found = tier.get(key, {})
        return (found.get(lang) or None) if isinstance(found, Mapping) else None

    steps = tier.get("strategy", {}).get(lang, ())
    days, share = tier.get("contact_days"), tier.get("budget_share")
    return {
        "strategy": "\n".join(steps) or None,
        "contact_days": None if days is None else str(days),
        "owner": said("owner"),
        "budget_share": None if share is None else str(share),
        "first_action": said("first_action"),
        "service_floor": said("service_floor"),
    }


def kept_strategies(
    frame: pl.DataFrame, tiers: Sequence[Mapping[str, Any]], edits: Edits
) -> pl.DataFrame:
    """The strategies (columns by key, a row a tier) with what users changed in the workbook."""
    given = edits.given_strategies()
    tokens = [
        {str(name), *_tokens(tier)}
        for name, tier in zip(frame["tier"].to_list(), tiers, strict=True)
    ]
    return overlaid(frame, tokens, edits.rows(STRATEGY), given)


def overlaid(
    frame: pl.DataFrame,
    tokens: Sequence[Collection[str]],
    edited: Mapping[str, Row],
    given: Mapping[str, Row] | None = None,
) -> pl.DataFrame:
    """The frame with the edited rows over its own, but for its first column.

    ``tokens`` are the texts that may stand for each row of the frame; ``given`` is what the table
    held before anybody edited it (by language and text, as ``given_strategies``): cells that still
    say so take the frame's value. Where it is not known, blank cells do so too.
    """
    if not edited:
        return frame
    by_text = {plain(text): row for text, row in edited.items()}
    values = {name: frame[name].to_list() for name in frame.columns}
    for i, texts in enumerate(tokens):
        names = [plain(text) for text in texts if plain(text)]
        row = next((by_text[name] for name in names if name in by_text), None)
        before = [(given or {})[k] for n in names for k in _keys(n) if k in (given or {})]
        for key, text in (row or {}).items():
            if key in frame.columns[1:] and _is_edited(key, text, before):
                values[key][i] = _typed(text, values[key][i])
    return pl.DataFrame([_series(name, cells, frame) for name, cells in values.items()])


def _tokens(tier: Mapping[str, Any]) -> list[str]:
    """What a tier may be called: its names in all languages, and its key."""
    names = tier.get("name", {})
    return [*(str(n) for n in names.values()), str(tier.get("key", ""))]


def _keys(name: str) -> list[str]:
    return [f"{lang}:{name}" for lang in LANGUAGES]


def _is_edited(key: str, text: str | None, before: Sequence[Row]) -> bool:
    if not before:
        return text is not None
    return not any(_same(text, row.get(key)) for row in before)


def _same(one: str | None, other: str | None) -> bool:
    first, second = _number(one), _number(other)
    if first is not None and second is not None:
        return math.isclose(first, second, rel_tol=1e-9)
    return _lines(one) == _lines(other)


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").strip().splitlines()]


def _number(text: str | None) -> float | None:
    try:
        found = float(text or "")
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def _typed(text: str | None, usual: object) -> object:
    """A number where the column usually holds numbers, and the text can be read as one."""
    number = _number(text)
    if number is None or isinstance(usual, str):
        return text
    return int(number) if number.is_integer() and "." not in (text or "") else number


def _series(name: str, cells: Sequence[object], frame: pl.DataFrame) -> pl.Series:
    """The cells as a column; one of mixed kinds can only be looked at one by one."""
    if cells == frame[name].to_list():
        return frame[name]
    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds <= {int, float} or len(kinds) <= 1:
        return pl.Series(name, cells, strict=False)
    return pl.Series(name, cells, dtype=pl.Object)


def _by_first(found: TableText, table: str) -> dict[str, Row]:
    known = {
        plain(header): key
        for lang in LANGUAGES
        for key, header in words(lang).section(f"header.{table}").items()
    }
    keys = [known.get(plain(header)) for header in found.headers]
    rows: dict[str, Row] = {}
    for _, cells in found.rows:
        first = (cells[0] or "").strip()
        if first and first not in rows:
            rows[first] = {
                key: (cell if cell and cell.strip() else None)
                for key, cell in zip(keys, cells, strict=True)
                if key and cell not in _ERRORS
            }
    return rows
