"""The sheet Dashboard's tables and cells, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from addin.explaining.told import tier_names
from addin.headlines import headlines
from addin.moves import Comparison
from addin.samples import sample_lines
from addin.words import Words
from segmentation.listed import says_nothing
from segmentation.run import Grading
from segmentation.standings import MOST_AT_RISK, MOST_TOP, STEPS
from segmentation.trend import MONTHS
from templates.dashboard import HEADLINES
from templates.dashboard_formulas import NONE

PARTIAL = "*"
NAME_WIDTH = 28
_NARROW = 0xFF


def dashboard_tables(grading: Grading, words: Words) -> dict[str, pl.DataFrame]:
    """The tables of the sheet besides those of the groups, headed as in the template.

    Lists and months have as many rows as their charts show, blank where there is nothing to say.
    """
    report = grading.report
    names = dict(enumerate(tier_names(grading.model, words.lang)))
    at_risk = report.at_risk.listed if report.at_risk else None
    rows = {
        "FenjiTrend": (_months(report.trend), MONTHS),
        "FenjiPareto": (report.pareto, STEPS + 1),
        "FenjiTop": (_with_tiers(report.top, names), MOST_TOP),
        "FenjiAtRisk": (_with_tiers(at_risk, names), MOST_AT_RISK),
    }
    found = {name: _headed(frame, name, count, words) for name, (frame, count) in rows.items()}
    heats = {"FenjiHeat": report.heat, "FenjiHeatAmount": report.heat_amount}
    for name, heat in heats.items():
        scores = {c: f"F{c}" for c in heat.columns if c != "r_score"}
        found[name] = heat.rename(scores | {"r_score": words(f"header.{name}.r_score")})
    return found


def dashboard_cells(
    grading: Grading, words: Words, moves: Comparison | None = None
) -> dict[str, object]:
    """The named cells of the sheet that follow from the report and from who ``moves``."""
    at_risk = grading.report.at_risk
    counts = moves.moves.counts() if moves else {}
    cells: dict[str, object] = {
        "FenjiAtRiskCount": at_risk.customers if at_risk else NONE,
        "FenjiAtRiskAmount": at_risk.monetary if at_risk else NONE,
        "FenjiMovesUp": counts.get("up", NONE),
        "FenjiMovesDown": counts.get("down", NONE),
        "FenjiDashboardMoves": _compared(moves, words) if moves else words("dashboard.no_moves"),
    }
    sample = sample_lines(grading.graded["customer"], words)
    lines = [*sample, *headlines(grading, words, moves)]
    return cells | {
        f"FenjiHeadline{number}": text for number, text in enumerate(_filled(lines), start=1)
    }


def dashboard_form(grading: Grading) -> dict[str, Any]:
    """What the sheet is to leave out, and whether months can be below zero (see ``Shape``)."""
    report = grading.report
    blank = set(says_nothing(grading.unknown))
    money = report.pareto
    silent = {
        "trend": report.trend is None,
        "at_risk": report.at_risk is None,
        "money": money is None,
        "shares": money is None or not money["monetary_share"].count(),
        "stages": "stage" in blank,
        "segments": "segment" in blank,
        "scores": bool({"r_score", "f_score"} & blank),
    }
    lowest = None if report.trend is None else report.trend["amount"].min()
    return {
        "silent": tuple(part for part, is_so in silent.items() if is_so),
        "losses": isinstance(lowest, float) and lowest < 0,
    }


def _compared(moves: Comparison, words: Words) -> str:
    day = (moves.old.model or {}).get("as_of")
    if day:
        return words("dashboard_moves.dated", file=moves.old.file, before=day)
    return words("dashboard_moves.undated", file=moves.old.file)


def _filled(lines: Sequence[str]) -> list[str | None]:
    return [*lines, *[None] * HEADLINES][:HEADLINES]


def _months(trend: pl.DataFrame | None) -> pl.DataFrame | None:
    """Months as text; one that the orders do not tell of as a whole is marked."""
    if trend is None:
        return None
    mark = pl.when("partial").then(pl.lit(PARTIAL)).otherwise(pl.lit(""))
    return trend.with_columns(month=pl.col("month").dt.strftime("%Y-%m") + mark)


def _with_tiers(customers: pl.DataFrame | None, names: Mapping[int, str]) -> pl.DataFrame | None:
    if customers is None:
        return None
    tier = pl.col("tier_no").replace_strict(names, return_dtype=pl.String)
    recency = pl.col("recency").round(0).cast(pl.Int64)
    return customers.with_columns(
        pl.col("name").map_elements(_short, return_dtype=pl.String), tier=tier, recency=recency
    )


def _short(name: str) -> str:
    """A name that fits two lines of its column; a Chinese character is two wide."""
    width = 0
    for at, char in enumerate(name):
        width += 1 + (ord(char) > _NARROW)
        if width > NAME_WIDTH:
            return f"{name[:at].rstrip()}…"
    return name


def _headed(frame: pl.DataFrame | None, table: str, rows: int, words: Words) -> pl.DataFrame:
    """The frame with the table's headers and so many rows."""
    headers = words.section(f"header.{table}")
    if frame is None:
        return pl.DataFrame({header: [None] * rows for header in headers.values()})
    shown = frame.select(list(headers))
    whole = pl.concat([shown, shown.clear(rows - shown.height)])
    return whole.rename(dict(headers))
