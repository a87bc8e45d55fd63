"""Who moved as tables: for the sheet Moves, for .csv and .parquet, and for the screen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from addin.explaining.told import tier_names
from addin.moves import Comparison, note_text
from addin.moves_reason import reason
from addin.words import Words
from templates.moves import COUNTED, KINDS, MATRIX, TABLE
from templates.shape import MovesShape

COLUMNS = (
    "customer",
    "name",
    "before",
    "now",
    "move",
    "steps",
    "monetary_before",
    "monetary_now",
    "reason",
)
# As people ask for them; who can't be compared is named only where there are such customers.
SHOWN = ("up", "down", "same", "new", "gone")
MOST_NOTES = 9
# More are said where the grading is told; so many empty lines would be a hole in the sheet.
WAITING_NOTES = 2


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """Customers by tier before (rows) and now (columns), with totals; None where nobody can be."""

    before: tuple[str, ...]
    now: tuple[str, ...]
    total: str
    counts: tuple[tuple[int | None, ...], ...]


def kinds_of(found: Comparison) -> list[str]:
    """The kinds of moves to show."""
    return [*SHOWN, *(["unclear"] if found.moves.counts()["unclear"] else [])]


def moves_table(found: Comparison, words: Words, *, keys: bool = False) -> pl.DataFrame:
    """One row per customer, by the keys of the table Moves.

    With ``keys`` tiers and moves stand there by key, else as they are shown.
    """
    before = [r.key for r in found.moves.before] if keys else found.before(words.lang)
    now = [r.key for r in found.moves.now] if keys else found.now(words.lang)
    frame = found.moves.customers
    move = pl.col("kind")
    if not keys:
        shown = {kind: words(f"move.{kind}") for kind in (*SHOWN, "unclear")}
        move = move.replace_strict(shown, return_dtype=pl.String)
    return frame.with_columns(
        reason(found, words).alias("reason"),
        move.alias("move"),
        _tier(before, "before"),
        _tier(now, "now"),
    ).select(COLUMNS)


def _tier(names: Sequence[str], side: str) -> pl.Expr:
    """A tier's name by its number; as it stands in the file where the number says nothing."""
    known = dict(enumerate(names))
    found = pl.col(f"{side}_no").replace_strict(known, default=None, return_dtype=pl.String)
    return pl.coalesce(found, pl.col(f"tier_{side}")).alias(side)


def matrix_of(found: Comparison, words: Words) -> Matrix:
    """The tiers before against those now."""
    moves, before, now = found.moves, found.before(words.lang), found.now(words.lang)
    counts = {
        (i, j): n for i, j, n in moves.matrix.select("before_no", "now_no", "customers").iter_rows()
    }
    rows: list[int | None] = [*range(len(before)), *_lost(moves.matrix, "before_no"), None]
    columns: list[int | None] = [*range(len(now)), *_lost(moves.matrix, "now_no"), None]
    cells = [
        [None if i is None and j is None else counts.get((i, j), 0) for j in columns] for i in rows
    ]
    full = [[*row, _sum(row)] for row in cells]
    full.append([_sum(column) for column in zip(*full, strict=True)])
    other = words("moves.other")
    labels = [
        [*names, *([other] if -1 in numbers else []), words(f"move.{last}")]
        for names, numbers, last in ((before, rows, "new"), (now, columns, "gone"))
    ]
    heads = distinct([words(f"header.{MATRIX}.before"), *labels[1], words("moves.total")])
    return Matrix(
        before=tuple(labels[0]),
        now=tuple(heads[1:-1]),
        total=heads[-1],
        counts=tuple(tuple(row) for row in full),
    )


def _lost(matrix: pl.DataFrame, side: str) -> list[int]:
    """The number of the tiers that a grading's own list lacks, where somebody is in one."""
    return [-1] if (matrix[side] == -1).any() else []


def _sum(numbers: Iterable[int | None]) -> int:
    return sum(n for n in numbers if n is not None)


def distinct(names: Iterable[str]) -> list[str]:
    """The names, each once: a table of a workbook has no two headers alike."""
    found: list[str] = []
    for name in names:
        taken = {each.casefold() for each in found}
        again = (f"{name} {n}" for n in range(2, len(found) + 3))
        found.append(next(t for t in (name, *again) if t.casefold() not in taken))
    return found


def moves_shape(found: Comparison, words: Words) -> MovesShape:
    """What the sheet Moves must know of a comparison."""
    matrix = matrix_of(found, words)
    return MovesShape(
        kinds=tuple(words(f"move.{kind}") for kind in kinds_of(found)),
        before=matrix.before,
        now=matrix.now,
        total=matrix.total,
        steps=found.moves.steps,
        notes=len(found.notes),
    )


def waiting_shape(model: Mapping[str, Any], words: Words) -> MovesShape:
    """The form of the sheet while nothing is compared: next month's moves have a place there."""
    tiers = tier_names(model, words.lang)
    now = [*tiers, words("move.gone"), words("moves.total")]
    heads = distinct([words(f"header.{MATRIX}.before"), *now])
    places = range(len(tiers))
    steps = [(*(i - j for j in places), None) for i in places]
    return MovesShape(
        kinds=tuple(words(f"move.{kind}") for kind in SHOWN),
        before=(*tiers, words("move.new")),
        now=tuple(heads[1:-1]),
        total=heads[-1],
        steps=(*steps, (None,) * len(now[:-1])),
        notes=WAITING_NOTES,
    )


def waiting_tables(model: Mapping[str, Any], words: Words) -> dict[str, pl.DataFrame]:
    """The tables of the sheet while nothing is compared: their labels alone."""
    form = waiting_shape(model, words)
    amounts = [words(f"header.{TABLE}.{key}") for key in COUNTED[1:]]
    counted = [words("header.FenjiTiers.customers"), *amounts]
    kinds = _labelled(words(f"header.{KINDS}.what"), counted, form.kinds)
    rows = [*form.before, form.total]
    matrix = _labelled(words(f"header.{MATRIX}.before"), rows, (*form.now, form.total))
    headers = words.section(f"header.{TABLE}").values()
    return {
        TABLE: pl.DataFrame(schema=dict.fromkeys(headers, pl.String)),
        KINDS: kinds,
        MATRIX: matrix,
    }


def _labelled(header: str, labels: Sequence[str], others: Sequence[str]) -> pl.DataFrame:
    blank = pl.lit(None, dtype=pl.Int64)
    return pl.DataFrame({header: labels}).with_columns(blank.alias(other) for other in others)


def workbook_moves(found: Comparison, words: Words) -> dict[str, pl.DataFrame]:
    """The named tables of the sheet Moves, headed as in the template of this language."""
    headers = words.section(f"header.{TABLE}")
    table = moves_table(found, words).select(
        pl.col(key).alias(header) for key, header in headers.items()
    )
    return {TABLE: table, KINDS: _kinds(found, words), MATRIX: _matrix(found, words)}


def moves_cells(found: Comparison, words: Words) -> dict[str, object]:
    """The named cells of the sheet Moves."""
    days = [(one.model or {}).get("as_of") for one in (found.old, found.new)]
    files = {"old": found.old.file, "new": found.new.file}
    dated = all(days)
    text = words(
        "moves.files_dated" if dated else "moves.files",
        **files | ({"before": days[0], "now": days[1]} if dated else {}),
    )
    notes = [note_text(code, params, words) for code, params in found.notes]
    return {"FenjiMovesFiles": text} | _numbered(notes)


def no_cells(words: Words) -> dict[str, object]:
    """The same cells where nothing was compared."""
    return {"FenjiMovesFiles": words("dashboard.no_moves")} | _numbered([])


def _numbered(notes: Sequence[str]) -> dict[str, object]:
    texts = [*notes, *[None] * MOST_NOTES][:MOST_NOTES]
    return {f"FenjiMovesNote{number}": text for number, text in enumerate(texts, start=1)}


def _kinds(found: Comparison, words: Words) -> pl.DataFrame:
    """What is counted (rows) of each kind of move (columns)."""
    counted = {row["kind"]: row for row in found.moves.kinds.iter_rows(named=True)}
    amounts = [words(f"header.{TABLE}.{key}") for key in COUNTED[1:]]
    columns: dict[str, list[object]] = {
        words(f"header.{KINDS}.what"): [words("header.FenjiTiers.customers"), *amounts]
    }
    for kind in kinds_of(found):
        columns[words(f"move.{kind}")] = [float(counted[kind][key]) for key in COUNTED]
    return pl.DataFrame(columns)


def _matrix(found: Comparison, words: Words) -> pl.DataFrame:
    matrix = matrix_of(found, words)
    columns: dict[str, list[object]] = {
        words(f"header.{MATRIX}.before"): [*matrix.before, matrix.total]
    }
    for header, column in zip(
        (*matrix.now, matrix.total), zip(*matrix.counts, strict=True), strict=True
    ):
        columns[header] = list(column)
    return pl.DataFrame(columns)
