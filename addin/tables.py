"""A grading as the named tables and cells of a workbook, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from addin.dashboard import dashboard_tables
from addin.edits import Edits, kept_strategies
from addin.explain import all_tiers, extras, next_step, why
from addin.explaining.told import measure_name, tier_names
from addin.findings import findings_table, reasons_table
from addin.lifetime_page import has_lifetime, lifetime_cells, lifetime_tables
from addin.live.model import grades_of, has_formulas
from addin.model_table import model_table
from addin.settings_sheet import fact_rows, settings_table
from addin.strategy_tables import strategy_shape
from addin.words import Words
from segmentation import segments
from segmentation.grading import dump_model
from segmentation.listed import says_nothing
from segmentation.rhythm import STAGES
from segmentation.run import Grading
from segmentation.scheme import MEASURES
from segmentation.sensitive import sensitive_column
from templates.shape import SettingRow

GRADED = (
    "customer",
    "name",
    "recency",
    "frequency",
    "monetary",
    "r_score",
    "f_score",
    "m_score",
    "rfm",
    "score",
    "tier",
    "segment",
    "abc",
    "stage",
    "why",
    "next",
)
_EXTRAS_AT = GRADED.index("why")
_ONE_DIGIT = 9
WIDE = r"[^\x00-\xff]"
_LONG = 150
# Above it floats are whole numbers anyway, and some are too large for an integer.
_HUGE = 10**15
# A cell holds so many characters; half a model would be worse than none.
CELL_LIMIT = 32_767


def graded_table(grading: Grading, words: Words) -> pl.DataFrame:
    """The graded table with the contract's keys as columns; words in the reader's language.

    ``tier`` holds the tier's key here; a workbook shows its name.
    """
    model, lang = grading.model, words.lang
    names = segments.names(model["rfm"]["segments"], lang)
    stages = {s: words(f"stage.{s}") for s in STAGES}
    more = {extra.key: extra.values for extra in extras(model, words)}
    taken = {key: f"_{key}" for key in more}
    graded = grading.graded.with_columns(
        pl.lit(None, dtype=pl.Float64).alias(m) for m in grading.unknown
    )
    return (
        graded.with_columns(
            # Under names of their own first: a method's column may be called as a measure is.
            *(values.alias(taken[key]) for key, values in more.items()),
            why=why(model, words),
            next=next_step(model, words),
            segment=pl.col("segment_no").replace_strict(
                dict(enumerate(names)), return_dtype=pl.String
            ),
            stage=pl.col("stage").replace_strict(stages, return_dtype=pl.String),
            rfm=_rfm(model["rfm"]),
            # Not every method has a score.
            score=pl.col("score").fill_nan(None),
        )
        .select(
            *("customer", "name"),
            pl.col("recency").round(0).cast(pl.Int64),
            _whole_where_possible(graded["frequency"]),
            *GRADED[4:_EXTRAS_AT],
            *(pl.col(name).alias(key) for key, name in taken.items()),
            *GRADED[_EXTRAS_AT:],
        )
        .with_columns(
            pl.when(pl.lit(value=False)).then(pl.col(key)).alias(key)
            for key in says_nothing(grading.unknown)
        )
    )


def _whole_where_possible(numbers: pl.Series) -> pl.Series:
    whole = numbers.round(0)
    fits = (whole == numbers) & (numbers.abs() < _HUGE)
    return whole.cast(pl.Int64) if fits.all() else numbers


def _rfm(learned: Mapping[str, Any]) -> pl.Expr:
    """543; where a score can have two digits 12-4-3, as the workbook's formula has it."""
    if all(_bins(learned, m) <= _ONE_DIGIT for m in MEASURES):
        return pl.col("rfm")
    return pl.concat_str("r_score", "f_score", "m_score", separator="-")


def shape_of(
    model: Mapping[str, Any],
    words: Words,
    *,
    live: bool,
    bins: Mapping[str, int] | None = None,
) -> dict[str, Any]:
    """What a template workbook must know of a model (see ``templates.shape.Shape``).

    ``bins`` is the number of scores of each measure; without it there are as many as the cut
    points make.
    """
    learned = model["rfm"]
    strategies = strategy_table(all_tiers(model, words), words)
    bins = bins or {m: _bins(learned, m) for m in MEASURES}
    return {
        "title": model["name"].get(words.lang, ""),
        "tiers": tuple(tier_names(model, words.lang)),
        "bins": tuple(bins[m] for m in MEASURES),
        "segments": tuple(shown_segments(learned, words.lang)),
        "stages": tuple(words(f"stage.{s}") for s in STAGES),
        "live": live and has_formulas(model),
        "grades": grades_of(model, words),
        "extras": tuple((e.key, e.header, e.kind) for e in extras(model, words)),
        "warning": warning(model, words),
        "lifetime": has_lifetime(model),
        "longest": _usual_length(model),
        "strategies": tuple(strategies.iter_rows(named=True)),
        **strategy_shape(model, strategies, len(shown_segments(learned, words.lang)), words),
    }


def longest_sentence(customers: pl.DataFrame, words: Words) -> int:
    """The width of the longest reason or next step; a Chinese character is two wide."""
    headers = [words(f"header.FenjiCustomers.{key}") for key in ("why", "next")]
    width = pl.col(headers).str.len_chars() + pl.col(headers).str.count_matches(WIDE)
    return int(max(customers.select(width.max()).row(0)))


def _usual_length(model: Mapping[str, Any]) -> int:
    """The same where there are no customers yet."""
    usual = 0 if model["method"] == "rfm" else _LONG
    return usual + (_LONG if model.get("beside") else 0)


def warning(model: Mapping[str, Any], words: Words) -> str:
    """What must be said where a grading goes by sensitive criteria."""
    own = model.get("columns", {})
    found = [
        measure_name(own, key, words)
        for key, column in own.items()
        if sensitive_column(key, column["name"], column.get("headers", ()))
    ]
    if not found:
        return ""
    return words("caution.sensitive", columns=words("cli.list").join(found))


def _bins(learned: Mapping[str, Any], measure: str) -> int:
    return max(len(c) for c in learned["cuts"][measure].values()) + 1


def shown_segments(learned: Mapping[str, Any], lang: str) -> list[str]:
    """The segments' names; without the rest where every combination of scores has a rule."""
    mapped = learned["segments"]
    if not mapped["rules"]:
        return []
    names = segments.names(mapped, lang)
    reached_by_all = not segments.check_map(mapped, learned["bins"])["unreached"]
    return names[:-1] if reached_by_all else names


def workbook_tables(
    grading: Grading,
    words: Words,
    *,
    files: Sequence[str],
    settings: Sequence[SettingRow],
    edits: Edits | None = None,
    where: Mapping[str, str] | None = None,
) -> dict[str, pl.DataFrame]:
    """Every named table, its columns headed as in the template of this language.

    ``settings`` are the rows of the scheme on the sheet Settings; ``edits`` are what users changed
    in an earlier workbook, and ``where`` gives the files as the workbook sees them.
    """
    tiers = tier_names(grading.model, words.lang)
    report = grading.report
    stages = [words(f"stage.{s}") for s in STAGES]
    tables = {
        "FenjiStrategy": strategy_table(all_tiers(grading.model, words), words, edits),
        "FenjiTiers": _named(report.tiers, "tier_no", "tier", tiers),
        "FenjiStages": _named(report.stages, "stage_no", "stage", stages),
        "FenjiModel": model_table(grading.model, words),
        "FenjiReasons": reasons_table(grading, words),
        "FenjiFindings": findings_table(grading, words, where),
        "FenjiSettings": settings_table([*settings, *fact_rows(grading, words, files)]),
    }
    kinds = shown_segments(grading.model["rfm"], words.lang)
    if kinds:
        tables["FenjiSegments"] = _named(
            report.segments.head(len(kinds)), "segment_no", "segment", kinds
        )
    headed = {"FenjiCustomers": customers_table(grading, words)}
    headed |= {name: headed_for(frame, name, words, {}) for name, frame in tables.items()}
    return headed | dashboard_tables(grading, words) | lifetime_tables(grading, words)


def customers_table(grading: Grading, words: Words) -> pl.DataFrame:
    """The graded table as a workbook shows it: tiers by name, headers in words."""
    tiers = dict(enumerate(tier_names(grading.model, words.lang)))
    shown = graded_table(grading, words).with_columns(
        tier=grading.graded["tier_no"].replace_strict(tiers, return_dtype=pl.String)
    )
    further = {extra.key: extra.header for extra in extras(grading.model, words)}
    return headed_for(shown, "FenjiCustomers", words, further)


def headed_for(
    frame: pl.DataFrame, table: str, words: Words, further: Mapping[str, str]
) -> pl.DataFrame:
    headers: dict[str, str] = dict(words.section(f"header.{table}"))
    ends: dict[str, str] = {key: headers.pop(key) for key in ("why", "next") if key in headers}
    headers = headers | dict(further) | ends
    return frame.select(pl.col(key).alias(header) for key, header in headers.items())


def _named(frame: pl.DataFrame, number: str, key: str, names: Sequence[str]) -> pl.DataFrame:
    texts = dict(enumerate(names))
    return frame.with_columns(
        pl.col(number).replace_strict(texts, return_dtype=pl.String).alias(key)
    )


def strategy_table(
    named: Sequence[tuple[str, Mapping[str, Any]]], words: Words, edits: Edits | None = None
) -> pl.DataFrame:
    tiers = [tier for _, tier in named]
    made = pl.DataFrame(
        {
            "tier": [name for name, _ in named],
            "strategy": ["\n".join(t["strategy"].get(words.lang, ())) for t in tiers],
            "contact_days": [t["contact_days"] for t in tiers],
            "owner": [t.get("owner", {}).get(words.lang, "") for t in tiers],
            "budget_share": [t["budget_share"] for t in tiers],
            "first_action": [t.get("first_action", {}).get(words.lang, "") for t in tiers],
            "service_floor": [t["service_floor"].get(words.lang, "") for t in tiers],
        }
    )
    return kept_strategies(made, tiers, edits) if edits else made


def model_cell(model: Mapping[str, Any], words: Words) -> str:
    """The model for one cell; where it is too long a sentence, for a blank cell says nothing."""
    text = dump_model(model)
    return text if len(text) <= CELL_LIMIT else words("model.json_too_long")


def workbook_cells(grading: Grading, words: Words, *, files: Sequence[str]) -> dict[str, object]:
    """Every named cell."""
    checked, report = grading.checked, grading.report
    cells: dict[str, object] = {
        "FenjiTitle": grading.model["name"].get(words.lang, ""),
        "FenjiAsOf": report.as_of,
        "FenjiDashboardAsOf": report.as_of,
        "FenjiSource": ", ".join(files),
        "FenjiCustomerCount": report.customers,
        "FenjiAmountTotal": None if "monetary" in grading.unknown else report.monetary,
        "FenjiRowsRead": checked.read,
        "FenjiRowsUsed": checked.used,
        "FenjiRowsLeftOut": checked.read - checked.used,
        "FenjiModelJson": model_cell(grading.model, words),
    }
    return cells | lifetime_cells(grading, words)
