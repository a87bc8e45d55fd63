"""``fenji actions``: whom to contact this week, from a graded workbook."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from addin.call_list import Asked, CallList, call_list
from addin.call_tables import call_lines, list_cells, list_tables, owners_text, span_text
from addin.changes import headers
from addin.choices import Options
from addin.edits import edits_of
from addin.explaining.told import tier_names
from addin.graded import Graded, customers_of, read_graded
from addin.hosts.file.fill import TemplateError, fill
from addin.hosts.file.reading import read_sources
from addin.messages import template_problem
from addin.output import MOST_CUSTOMERS, check_export, write_table
from addin.progress import Progress
from addin.words import LANGUAGES, Words, words
from segmentation import segments
from segmentation.at_risk import at_risk
from segmentation.errors import DataError, FileError, UsageError
from segmentation.ladder import plain
from segmentation.rhythm import STAGES
from templates.actions import TABLE
from templates.build import build
from templates.shape import Shape

MOST_CALLS, MOST_WEEKS = 10_000, 12


def actions(options: Options, text: Words) -> list[str]:
    """Plan the calls, write them where that is asked for, and give the lines to print."""
    asked = _asked(options)
    path = Path(options.graded)
    out = Path(options.out) if options.out else None
    if out:
        check_export(out, path, force=options.force, code="out_is_graded")
    with Progress() as progress:
        progress(text("cli.reading", file=path.name))
        graded = read_graded(path)
        model = _model(graded)
        texts, _ = customers_of(read_sources([path]), path)
        found = call_list(
            _customers(texts, graded),
            model=model,
            words=text,
            edits=edits_of(path),
            today=dt.date.today(),
            asked=asked,
            fell=_fallen(texts, graded),
        )
        if out:
            progress(text("cli.write", file=out.name))
            write_list(found, out, model=model, words=text)
    if options.json:
        return [json.dumps(_result(found, out), ensure_ascii=False)]
    lines = _lines(found, text, listed=out is None)
    return [*lines, *([text("cli.written", file=out)] if out else [])]


def _model(graded: Graded) -> dict[str, Any]:
    if graded.model is None:
        raise DataError("no_strategies", file=graded.file)
    return dict(graded.model)


def _asked(options: Options) -> Asked:
    own: dict[str, int] = {}
    for pair in options.owner:
        owner, sign, number = pair.rpartition("=")
        if not sign or not owner.strip():
            raise UsageError("bad_owner_option", value=pair)
        own[owner.strip()] = _count(number, "--owner", least=0, most=MOST_CALLS)
    usual, weeks = options.calls, options.weeks
    return Asked(
        start=_start(options.start),
        weeks=None if weeks is None else _count(weeks, "--weeks", least=1, most=MOST_WEEKS),
        usual=None if usual is None else _count(usual, "--calls", least=0, most=MOST_CALLS),
        own=own,
    )


def _count(text: str, option: str, *, least: int, most: int) -> int:
    try:
        number = int(text.strip())
    except ValueError:
        number = -1
    if not least <= number <= most:
        raise UsageError("bad_count", option=option, least=least, most=f"{most:,}", value=text)
    return number


def _start(text: str | None) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise UsageError("bad_from", value=text) from None


def _fallen(texts: pl.DataFrame, graded: Graded) -> dict[str, str]:
    """The tier before of each customer who is in a lower one now, where the file tells."""
    before = next((h for lang in LANGUAGES if (h := headers(words(lang))["before"]) in texts), None)
    if before is None:
        return {}
    assert graded.model is not None
    numbers = {
        plain(name): i
        for lang in LANGUAGES
        for i, name in enumerate(tier_names(dict(graded.model), lang))
    }
    now = graded.frame.select(pl.col("customer").cast(pl.String), "tier_no")
    rows = texts.select(pl.col("customer").str.strip_chars(), before).join(now, on="customer")
    return {
        customer: name
        for customer, name, tier in rows.iter_rows()
        if tier is not None and numbers.get(plain(name), tier) < tier
    }


def _customers(texts: pl.DataFrame, graded: Graded) -> pl.DataFrame:
    """The customers of a graded file as ``call_list`` reads them."""
    assert graded.model is not None
    mapped = graded.model["rfm"]["segments"]
    kinds = {
        plain(name): i for lang in LANGUAGES for i, name in enumerate(segments.names(mapped, lang))
    }
    stages = {plain(words(lang)(f"stage.{s}")): s for lang in LANGUAGES for s in STAGES}
    stages |= {s: s for s in STAGES}
    blank = pl.lit("")
    known = texts.with_columns(
        pl.lit("").alias(c) for c in ("segment", "stage", "abc") if c not in texts.columns
    ).select(
        pl.col("customer").str.strip_chars(),
        segment_no=_known(pl.col("segment").fill_null(blank), kinds, pl.Int64),
        stage=_known(pl.col("stage").fill_null(blank), stages, pl.String),
        abc=pl.col("abc").str.strip_chars().str.to_uppercase(),
    )
    there = graded.frame.columns
    interval = pl.col("interval") if "interval" in there else pl.lit(None, pl.Float64)
    return (
        graded.frame.filter(pl.col("tier_no").is_not_null())
        .with_columns(interval=interval.cast(pl.Float64))
        .select("customer", "name", "tier_no", "recency", "monetary", "interval")
        .join(known, on="customer", how="left", maintain_order="left")
        .with_columns(at_risk=at_risk())
        .drop("abc")
    )


def _known(texts: pl.Expr, found: dict[str, Any], kind: Any) -> pl.Expr:
    """What a text stands for; null for any other."""
    return texts.map_elements(plain, return_dtype=pl.String).replace_strict(
        found, default=None, return_dtype=kind
    )


def write_list(found: CallList, out: Path, *, model: dict[str, Any], words: Words) -> None:
    """The list by the ending of ``out``: a workbook of the one sheet, .csv or .parquet.

    Raises FileError ``cannot_write``, DataError ``too_many``.
    """
    if out.suffix.lower() != ".xlsx":
        write_table(found.listed, out, words)
        return
    if found.listed.height > MOST_CUSTOMERS:
        raise DataError("too_many", customers=f"{found.listed.height:,}")
    tables = list_tables(found, words)
    shape = Shape(
        title=model["name"].get(words.lang, ""),
        tiers=tuple(tier_names(model, words.lang)),
        bins=(1, 1, 1),
        segments=(),
        stages=(words("moves.none"),),
        live=False,
        call_lines=call_lines(tables[TABLE], words),
    )
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "template.xlsx"
        build(template, words=words, shape=shape, only=("actions",))
        try:
            fill(template, out, tables=tables, cells=list_cells(found, words), formulas=False)
        except TemplateError as error:
            if error.code == "write_failed":
                raise FileError("cannot_write", file=str(out)) from None
            detail = template_problem(error, words)
            raise FileError("template", file=template.name, detail=detail) from None


def _lines(found: CallList, text: Words, *, listed: bool) -> list[str]:
    """What the screen shows: the counts, and unless a file has them the calls."""
    lines = [span_text(found, text), owners_text(found, text) or ""]
    day: dt.date | None = None
    for row in found.listed.iter_rows(named=True) if listed else ():
        if row["date"] != day:
            day = row["date"]
            lines += ["", day.isoformat()]
        who = " ".join(part for part in (row["customer"], row["name"]) if part)
        told = {key: row[key] or "" for key in ("tier", "owner", "why", "what")}
        lines.append(f"  {text('cli.action', who=who, **told)}".rstrip(" →"))
    return [line for i, line in enumerate(lines) if line or i > 1]


def _result(found: CallList, out: Path | None) -> dict[str, Any]:
    """The object that ``--json`` prints."""
    plan = found.plan
    reasons: Sequence[str] = plan.calls["reason"].to_list()
    rows = found.listed.drop("done").with_columns(pl.col("date").cast(pl.String)).to_dicts()
    return {
        "from": plan.first.isoformat(),
        "to": plan.last.isoformat(),
        "planned": plan.calls.height,
        "waiting": plan.waiting.height,
        "rested": plan.rested,
        "owners": plan.owners.to_dicts(),
        "actions": [{**row, "reason": code} for row, code in zip(rows, reasons, strict=True)],
        "out": str(out) if out else None,
    }
