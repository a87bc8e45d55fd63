"""The list of actions and what it rests on, as the tables and cells of a workbook."""

from __future__ import annotations

import datetime as dt
import math

import polars as pl

from addin.call_list import CallList, call_list
from addin.call_marks import ACTIONS, CONTACTS
from addin.edits import Edits
from addin.moves import Comparison
from addin.strategy_tables import CAPACITY, SEGMENTS, segment_strategies
from addin.tables import WIDE, headed_for, shown_segments
from addin.words import Words
from segmentation.at_risk import at_risk, tells_risk
from segmentation.run import Grading
from templates.actions import WIDTHS

SPAN, OWNERS = "FenjiActionsSpan", "FenjiActionsOwners"
MOST_LINES = 8
JOIN = "  ·  "


def action_tables(
    grading: Grading, words: Words, *, edits: Edits, moves: Comparison | None
) -> tuple[dict[str, pl.DataFrame], dict[str, object]]:
    """The named tables and cells of the list, of the segments' strategies and of the capacity."""
    model = grading.model
    found = call_list(
        customers_of(grading),
        model=model,
        words=words,
        edits=edits,
        today=dt.date.today(),
        fell=fallen(moves, words) if moves else None,
    )
    tables = list_tables(found, words)
    kinds = len(shown_segments(model["rfm"], words.lang))
    # Without segments no rows, so that those of a grading before go.
    rows = segment_strategies(model, words, edits).head(kinds)
    tables[SEGMENTS] = headed_for(rows, SEGMENTS, words, {})
    return tables, list_cells(found, words)


def customers_of(grading: Grading) -> pl.DataFrame:
    """The customers of a grading as ``call_list`` reads them."""
    unknown = grading.unknown
    none = pl.lit(None, dtype=pl.Float64)
    risk = at_risk() if tells_risk(unknown) else pl.lit(None, dtype=pl.Boolean)
    return grading.graded.with_columns(
        *(none.alias(m) for m in unknown),
        at_risk=risk,
        interval=_interval(grading),
        stage=pl.lit(None, dtype=pl.String) if "recency" in unknown else pl.col("stage"),
    ).select(
        *("customer", "name", "tier_no", "segment_no", "recency", "monetary", "stage", "at_risk"),
        "interval",
    )


def _interval(grading: Grading) -> pl.Expr:
    """The days from one purchase to the next, as far as the measures tell."""
    there, none = grading.graded.columns, pl.lit(None, dtype=pl.Float64)
    if "interval" in there:
        return pl.col("interval").cast(pl.Float64)
    kind = grading.model["measures"]
    counted = kind["frequency"] in ("orders", "days") and kind["window_days"] is None
    if not counted or not {"first_date", "last_date"} <= set(there):
        return none
    span = (pl.col("last_date") - pl.col("first_date")).dt.total_days()
    return pl.when(pl.col("frequency") > 1).then(span / (pl.col("frequency") - 1)).otherwise(none)


def fallen(moves: Comparison, words: Words) -> dict[str, str]:
    """The tier before of each customer who is in a lower one now."""
    before = moves.before(words.lang)
    found = moves.moves.customers.filter(pl.col("kind") == "down")
    return {c: before[n] for c, n in found.select("customer", "before_no").iter_rows()}


def list_tables(found: CallList, words: Words) -> dict[str, pl.DataFrame]:
    """The tables that follow from a list."""
    return {
        name: headed_for(frame, name, words, {})
        for name, frame in (
            (ACTIONS, found.listed),
            (CONTACTS, found.contacts),
            (CAPACITY, found.plan.owners),
        )
    }


def call_lines(table: pl.DataFrame, words: Words) -> int:
    """How many lines the longest cell of a list needs."""
    most = 2
    for key, header in words.section(f"header.{ACTIONS}").items():
        if table.schema[header] == pl.String:
            wide = table[header].str.len_chars() + table[header].str.count_matches(WIDE)
            most = max(most, math.ceil(float(wide.max() or 0) / WIDTHS[key]))  # type: ignore[arg-type]
    return min(most, MOST_LINES)


def list_cells(found: CallList, words: Words) -> dict[str, object]:
    """The lines above a list: the days, how many are planned and wait, and who does it."""
    return {SPAN: span_text(found, words), OWNERS: owners_text(found, words)}


def span_text(found: CallList, words: Words) -> str:
    """The days of a list, and how many customers are planned and wait."""
    if not found.known:
        return words("action.span_unknown")
    plan = found.plan
    key = "span" if plan.waiting.height else "span_all" if plan.calls.height else "span_none"
    return words(
        f"action.{key}",
        first=plan.first.isoformat(),
        last=plan.last.isoformat(),
        planned=f"{plan.calls.height:,}",
        waiting=f"{plan.waiting.height:,}",
    )


def owners_text(found: CallList, words: Words) -> str | None:
    """How much of each owner's time is taken, how many wait for it, and how many rest."""
    lines = [
        words(
            "action.owner_waiting" if row["waiting"] else "action.owner",
            owner=row["owner"],
            planned=f"{row['planned']:,}",
            room=f"{row['calls_per_week'] * found.plan.weeks:,}",
            waiting=f"{row['waiting']:,}",
        )
        for row in found.plan.owners.iter_rows(named=True)
    ]
    if found.plan.rested:
        lines.append(words("action.rested", rested=f"{found.plan.rested:,}"))
    return JOIN.join(lines) if found.known else None
