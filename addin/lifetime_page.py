"""The sheet Lifetime value's tables and cells, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from addin.words import Words
from segmentation.grading import parts_of
from segmentation.lifetime.tracking import MOST_REPEATS, REPEATS, SILENCES, WEEKS, Tracking
from segmentation.run import Grading
from templates.lifetime import ALIVE_TABLE, REPEAT_TABLE, WEEK_TABLE

# Notes that make values rough, and those that make them a guess.
_ROUGH = {
    "leaving_unknown",
    "not_converged",
    "past_differs",
    "amount_tied",
    "few_amounts",
    "amounts_alike",
    "few_repeaters",
}


def has_lifetime(model: Mapping[str, Any]) -> bool:
    """Whether a model gives customers a lifetime value, leading or beside."""
    return any(part["method"] == "clv" for part in parts_of(model))


def lifetime_tables(grading: Grading, words: Words) -> dict[str, pl.DataFrame]:
    """The tables of the sheet, headed as in the template; none without lifetime values.

    They have as many rows as their charts show, blank where there is nothing to say.
    """
    if not has_lifetime(grading.model):
        return {}
    found = grading.tracking
    weeks = _rows(found.weeks if found else None, ("week", "actual", "expected"), WEEKS)
    repeats = _rows(
        found.repeats if found else None, ("repeats", "actual", "expected"), MOST_REPEATS + 1
    )
    more = pl.lit("+").repeat_by(pl.col("repeats") == MOST_REPEATS).list.join("")
    repeats = repeats.with_columns(repeats=pl.col("repeats").cast(pl.String) + more)
    alive = _rows(found.alive if found else None, ("silence", *map(str, REPEATS)), SILENCES)
    weeks = weeks.with_columns(week=pl.col("week").cast(pl.Date).dt.strftime("%Y-%m-%d"))
    headers = words.section(f"header.{ALIVE_TABLE}")
    return {
        WEEK_TABLE: weeks.rename(dict(words.section(f"header.{WEEK_TABLE}"))),
        REPEAT_TABLE: repeats.rename(dict(words.section(f"header.{REPEAT_TABLE}"))),
        ALIVE_TABLE: alive.rename(dict(headers)),
    }


def lifetime_cells(grading: Grading, words: Words) -> dict[str, object]:
    """The sentences of the sheet."""
    if not has_lifetime(grading.model):
        return {}
    found = grading.tracking
    nothing = words("lifetime.nothing")
    return {
        "FenjiLifetimeTotal": _total(grading, words),
        "FenjiLifetimeQuality": _quality(grading, words),
        "FenjiLifetimeWeeksSaid": _weeks(found, words) if found else nothing,
        "FenjiLifetimeRepeatsSaid": _repeats(found, words) if found else nothing,
        "FenjiLifetimeAliveSaid": _alive(found, words) if found else nothing,
    }


def _rows(frame: pl.DataFrame | None, names: tuple[str, ...], count: int) -> pl.DataFrame:
    if frame is None:
        return pl.DataFrame({name: [None] * count for name in names})
    shown = frame.select(names)
    return pl.concat([shown, shown.clear(count - shown.height)])


def _lifetime(grading: Grading) -> tuple[str, dict[str, Any]]:
    """The prefix of the method's own columns, and what it learned."""
    leading, *beside = parts_of(grading.model)
    if leading["method"] == "clv":
        return "", leading["learned"]
    return "beside_", beside[0]["learned"]


def _total(grading: Grading, words: Words) -> str:
    prefix, learned = _lifetime(grading)
    value, alive = (grading.graded[f"{prefix}{name}"] for name in ("score", "p_alive"))
    known = value.is_not_null() & value.is_not_nan()
    return words(
        "lifetime.total",
        months=learned["months"],
        value=f"{value.filter(known).sum():,.2f}",
        customers=f"{known.sum():,}",
        alive=f"{alive.filter(known).sum():,.0f}",
    )


def _quality(grading: Grading, words: Words) -> str:
    """How far the values can be relied on, in one word and by which models."""
    lifetime = _lifetime(grading)[1]["lifetime"]
    codes = {code for code, _ in lifetime["notes"]}
    trial = grading.tracking.trial if grading.tracking else None
    if lifetime["orders"]["model"] == "simple":
        key = "guess"
    elif codes & _ROUGH or (trial and trial.contradicted):
        key = "rough"
    else:
        key = "good"
    return words(
        f"lifetime.{key}",
        model=words(f"why_clv.{lifetime['orders']['model']}"),
        spend=words(f"why_clv.spend_{lifetime['spend']['model']}"),
        sheet=words("sheet.data_check"),
    )


def _weeks(found: Tracking, words: Words) -> str:
    if found.weeks is None or found.weeks.is_empty():
        return words("lifetime.weeks_none")
    actual, expected = found.weeks["actual"].sum(), found.weeks["expected"].sum()
    said = words(
        "lifetime.weeks_said",
        weeks=found.weeks.height,
        actual=f"{actual:,}",
        expected=f"{expected:,.0f}",
    )
    trial = found.trial
    if trial is None:
        return said
    tried = words(
        "lifetime.trial_far" if trial.contradicted else "lifetime.trial_close",
        since=trial.since.isoformat(),
        customers=f"{trial.customers:,}",
        expected=f"{trial.expected:,.0f}",
        actual=f"{trial.actual:,}",
    )
    return words("lifetime.both", one=said, other=tried)


def _repeats(found: Tracking, words: Words) -> str:
    if found.repeats is None:
        return words("lifetime.repeats_none")
    apart = (found.repeats["actual"] - found.repeats["expected"]).abs()
    most = int(apart.arg_max() or 0)
    share = 1 - apart.sum() / (2 * max(int(found.repeats["actual"].sum()), 1))
    repeats = f"{most}+" if most == MOST_REPEATS else f"{most}"
    return words(
        "lifetime.repeats_said",
        share=f"{share:.0%}",
        repeats=repeats,
        actual=f"{found.repeats['actual'][most]:,}",
        expected=f"{found.repeats['expected'][most]:,.0f}",
    )


def _alive(found: Tracking, words: Words) -> str:
    key = "alive_never" if found.half is None else "alive_said"
    return words(
        f"lifetime.{key}",
        usual=found.usual,
        days=f"{found.half:,}" if found.half is not None else "",
        watched=f"{found.watched:,.0f}",
    )
