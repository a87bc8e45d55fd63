"""Who moved as text and as plain data: what ``fenji compare`` and ``fenji grade`` say."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from addin.hosts.file.own_tables import own_sheets
from addin.moves import Comparison, note_text
from addin.moves_tables import Matrix, kinds_of, matrix_of, moves_table
from addin.words import Words
from templates.moves import COUNTED, MATRIX, TABLE

MOST_FALLS = 10


def counts(found: Comparison) -> dict[str, int]:
    """Customers by kind of move, as ``--json`` gives them."""
    counted = found.moves.counts()
    return {kind: counted[kind] for kind in kinds_of(found)}


@dataclass(frozen=True, kw_only=True)
class MovesSaid:
    """What a grading says of who moved: by kind, in one sentence, and what else to know."""

    counts: dict[str, int]
    sentence: str
    notes: tuple[str, ...]


def moves_said(found: Comparison, out: Path, template: Path | None, words: Words) -> MovesSaid:
    """What to say where ``out`` was written, into a ``template`` perhaps."""
    book = out.suffix.lower() != ".csv" and out.suffix.lower() != ".parquet"
    there = book and (template is None or _has_sheet(template))
    notes = [note_text(code, params, words) for code, params in found.notes]
    if book and not there:
        notes.append(words("moves_note.no_sheet", sheet=words("sheet.moves")))
    return MovesSaid(
        counts=counts(found), sentence=_said(found, words, sheet=there), notes=tuple(notes)
    )


def _has_sheet(template: Path) -> bool:
    tables = (table for tables in own_sheets(template).values() for table in tables)
    return any(table.name.lower() == TABLE.lower() for table in tables)


def _said(found: Comparison, words: Words, *, sheet: bool) -> str:
    """How many moved, in one sentence; ``sheet`` says that a sheet names them."""
    shown = words("cli.list").join(
        words("moves.count", kind=words(f"move.{kind}"), customers=f"{n:,}")
        for kind, n in counts(found).items()
    )
    params = {"file": found.old.file, "counts": shown}
    if sheet:
        return words("moves.said_sheet", sheet=words("sheet.moves"), **params)
    return words("moves.said", **params)


def plain_moves(found: Comparison) -> dict[str, Any]:
    """The comparison as plain data; tiers by key, null for who is new or gone."""
    moves = found.moves
    keys = [[*(r.key for r in side)] for side in (moves.before, moves.now)]
    pairs = [
        {"before": _key(keys[0], i), "now": _key(keys[1], j)}
        | dict(zip(COUNTED, numbers, strict=True))
        for i, j, *numbers in moves.matrix.select("before_no", "now_no", *COUNTED).iter_rows()
    ]
    amounts = {
        row["kind"]: {"before": row["monetary_before"], "now": row["monetary_now"]}
        for row in moves.kinds.iter_rows(named=True)
    }
    both = moves.customers.select(
        before=pl.col("before_no").is_not_null(), now=pl.col("now_no").is_not_null()
    )
    return {
        "customers": {
            "before": int(both["before"].sum()),
            "now": int(both["now"].sum()),
            "both": int((both["before"] & both["now"]).sum()),
        },
        "moves": counts(found),
        "amounts": {kind: amounts[kind] for kind in kinds_of(found)},
        "tiers": pairs,
    }


def _key(keys: Sequence[str], number: int | None) -> str | None:
    """A tier's key; a question mark for one that the grading's own list lacks."""
    if number is None:
        return None
    return keys[number] if number >= 0 else "?"


def lines(found: Comparison, words: Words) -> list[str]:
    """The comparison as text: how many, the tiers, who fell from the best one, what to know."""
    data = plain_moves(found)
    files = {"old": found.old.file, "new": found.new.file}
    people = {key: f"{n:,}" for key, n in data["customers"].items()}
    shown = [words("moves.compared", **files, **people)]
    for kind, n in data["moves"].items():
        amounts = {key: f"{value:,.2f}" for key, value in data["amounts"][kind].items()}
        name = words(f"move.{kind}")
        shown.append("  " + words("moves.kind", kind=name, customers=f"{n:,}", **amounts))
    shown += [words("moves.matrix"), *_grid(matrix_of(found, words), words)]
    shown += _falls(found, words)
    return shown + [note_text(code, params, words) for code, params in found.notes]


def _grid(matrix: Matrix, words: Words) -> list[str]:
    """The matrix in columns, numbers to the right."""
    head = [words(f"header.{MATRIX}.before"), *matrix.now, matrix.total]
    rows = [
        [name, *("" if n is None else f"{n:,}" for n in row)]
        for name, row in zip((*matrix.before, matrix.total), matrix.counts, strict=True)
    ]
    widths = [max(map(_width, column)) for column in zip(head, *rows, strict=True)]
    return [
        "  "
        + "  ".join(
            cell + " " * (width - _width(cell)) if i == 0 else " " * (width - _width(cell)) + cell
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in (head, *rows)
    ]


def _width(text: str) -> int:
    """Columns on a terminal; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _falls(found: Comparison, words: Words) -> list[str]:
    """Who fell from the best tier that somebody was in, the largest amount first."""
    before = found.before(words.lang)
    number = found.moves.customers.filter(pl.col("before_no") >= 0)["before_no"].min()
    if not isinstance(number, int):
        return []
    tier = before[number]
    best = (pl.col("kind") == "down") & (pl.col("before_no") == number)
    chosen = found.moves.customers.select(best.alias("best"))["best"]
    fallen = moves_table(found, words).filter(chosen)
    if not fallen.height:
        open_ = found.moves.counts()["unclear"]
        return [] if open_ else [words("moves.fallen_none", tier=tier)]
    some = fallen.head(MOST_FALLS)
    head = words("moves.fallen", tier=tier, shown=f"{some.height:,}", count=f"{fallen.height:,}")
    return [head, *(f"  {_fall(row, words)}" for row in some.iter_rows(named=True))]


def _fall(row: dict[str, Any], words: Words) -> str:
    amount = row["monetary_before"]
    return words(
        "moves.fall",
        who=" ".join(dict.fromkeys(t for t in (row["customer"], row["name"]) if t)),
        before=row["before"],
        now=row["now"],
        amount=words("measure_name.unknown") if amount is None else f"{amount:,.2f}",
        reason=row["reason"],
    )
