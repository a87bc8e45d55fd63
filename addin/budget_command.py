"""``fenji budget GRADED``: an amount spread over the tiers of a graded file."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from addin.budget import (
    Inputs,
    Standing,
    adds_up,
    facts,
    headed,
    inputs_of,
    number,
    settings_of,
    sheet_of,
    shown,
)
from addin.choices import Options
from addin.edits import Edits, edits_of
from addin.graded import Graded, read_graded
from addin.hosts.file.fill import TemplateError, fill
from addin.messages import template_problem
from addin.output import check_export, write_table
from addin.text_grid import text_grid
from addin.words import Words
from segmentation.amounts import parse_amounts
from segmentation.budget import Plan, TierFacts, example, plan
from segmentation.errors import FileError, UsageError
from segmentation.ladder import Rung, plain, tokens
from templates.build import build
from templates.shape import Shape

# What of the sheet is told in a terminal; the sentence stands last.
TOLD = ("tier", "customers", "monetary", "allocated", "budget_share", "per_customer", "why")


@dataclass(frozen=True, kw_only=True)
class Spread:
    """A budget of a graded file; ``made_up`` says that nobody named an amount, ``untold`` counts
    customers whose tier the file does not list."""

    graded: Graded
    inputs: Inputs
    standings: tuple[Standing, ...]
    tiers: tuple[TierFacts, ...]
    plan: Plan
    made_up: bool
    untold: int


def budget(options: Options, words: Words) -> list[str]:
    """Spread an amount over the tiers, write it where that is asked for, and say it in lines.

    Raises FenjiError.
    """
    path = Path(options.graded)
    out = Path(options.out) if options.out else None
    if out:
        check_export(out, path, force=options.force, code="out_is_budgeted")
    found = spread(read_graded(path), edits_of(path), options, words)
    if out:
        _write(found, out, words)
    if options.json:
        return [json.dumps(_result(found, out, words), ensure_ascii=False)]
    return [*_lines(found, words), *([words("cli.written", file=out)] if out else [])]


def spread(graded: Graded, edits: Edits, options: Options, words: Words) -> Spread:
    """The budget: what the workbook holds, and what the options say over it."""
    inputs = _with_options(inputs_of(edits), graded.tiers, options)
    standings = _standings(graded, edits)
    made_up = inputs.amount is None
    if made_up:
        inputs = replace(inputs, amount=example(sum(each.amount for each in standings)))
    if inputs.amount is None:
        raise UsageError("budget_no_amount")
    tiers = facts(standings, inputs, words)
    return Spread(
        graded=graded,
        inputs=inputs,
        standings=standings,
        tiers=tuple(tiers),
        plan=plan(settings_of(inputs), tiers),
        made_up=made_up,
        untold=graded.frame["tier_no"].null_count(),
    )


def _standings(graded: Graded, edits: Edits) -> tuple[Standing, ...]:
    shares = {
        plain(text): number(row.get("budget_share"))
        for text, row in edits.rows("FenjiStrategy").items()
    }
    counted = graded.frame.group_by("tier_no").agg(
        pl.len().alias("customers"), pl.col("monetary").fill_null(0).sum()
    )
    rows = {no: (customers, amount) for no, customers, amount in counted.iter_rows()}
    standings = []
    for no, rung in enumerate(graded.tiers):
        customers, amount = rows.get(no, (0, 0.0))
        share = next((shares[t] for t in sorted(tokens(rung)) if t in shares), None)
        standings.append(
            Standing(rung=rung, customers=customers, amount=round(amount, 6), share=share)
        )
    return tuple(standings)


def _with_options(inputs: Inputs, tiers: Sequence[Rung], options: Options) -> Inputs:
    rows = {text: dict(row) for text, row in inputs.rows.items()}
    for key, given in (("floor", options.floor), ("ceiling", options.ceiling)):
        for text in given:
            rung, value = _limit(text, tiers, key)
            row = {**inputs.of(rung), **rows.get(plain(rung.key), {}), key: value}
            rows |= dict.fromkeys(tokens(rung), row)
    found = replace(inputs, rows=rows, way=options.by or inputs.way)
    if options.amount is not None:
        found = replace(found, amount=_money(options.amount))
    if options.least_per_customer is not None:
        found = replace(found, least=_money(options.least_per_customer))
    return found


def _limit(text: str, tiers: Sequence[Rung], option: str) -> tuple[Rung, float]:
    """``A=500``: a tier by key or name, and its money."""
    name, sign, value = text.rpartition("=")
    if not sign or not name.strip():
        raise UsageError("budget_option", option=f"--{option}", value=text)
    for rung in tiers:
        if plain(name) in tokens(rung):
            return rung, _money(value)
    listed = ", ".join(rung.key for rung in tiers)
    raise UsageError("budget_no_tier", tier=name.strip(), tiers=listed)


def _money(text: str) -> float:
    """An amount as people write it; UsageError ``budget_money``."""
    found = parse_amounts(pl.Series([text])).item()
    if found is None or found < 0:
        raise UsageError("budget_money", value=text)
    return float(found)


def _lines(found: Spread, words: Words) -> list[str]:
    way = words(f"budget_way.{found.inputs.way}")
    amount = f"{found.plan.amount:,.2f}"
    lines = [words("budget.head", amount=amount, way=way, file=found.graded.file)]
    if found.made_up:
        lines.append(words("budget.made_up"))
    if found.untold:
        lines.append(words("budget.untold", customers=f"{found.untold:,}"))
    columns = {series.name: series.to_list() for series in _columns(found, words)}
    headers = words.section("header.FenjiBudget")
    rows = [[headers[key] for key in TOLD]]
    for i in range(len(found.tiers)):
        rows.append([_written(key, columns[key][i]) for key in TOLD])
    lines += text_grid(rows, left=(0, len(TOLD) - 1))
    return [*lines, adds_up(found.plan, words)]


def _columns(found: Spread, words: Words) -> list[pl.Series]:
    names = [tier.name for tier in found.tiers]
    return [pl.Series("tier", names), *shown(found.plan, found.tiers, words)]


def _written(key: str, value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    if key == "customers":
        return f"{value:,}"
    return f"{value:.1%}" if key == "budget_share" else f"{value:,.2f}"


def _result(found: Spread, out: Path | None, words: Words) -> dict[str, Any]:
    """The object that ``--json`` prints."""
    sentences = _columns(found, words)[-1].to_list()
    tiers = [
        {
            "tier": standing.rung.key,
            "customers": tier.customers,
            "monetary": tier.amount,
            "floor": tier.floor,
            "ceiling": tier.ceiling,
            "weight": line.weight,
            "budget": line.allocated,
            "budget_share": line.budget_share,
            "per_customer": line.per_customer,
            "reason": line.reason,
            "why": why,
        }
        for standing, tier, line, why in zip(
            found.standings, found.tiers, found.plan.lines, sentences, strict=True
        )
    ]
    return {
        "amount": found.plan.amount,
        "way": found.inputs.way,
        "basis": found.plan.basis,
        "tiers": tiers,
        "unspent": found.plan.unspent,
        "out": str(out) if out else None,
    }


def _write(found: Spread, out: Path, words: Words) -> None:
    """The budget by the ending of ``out``: a workbook with the sheet Budget, or a table."""
    if out.suffix.lower() != ".xlsx":
        given = [
            pl.Series(key, [getattr(tier, key) for tier in found.tiers], dtype=pl.Float64)
            for key in ("response", "floor", "ceiling")
        ]
        table = headed(pl.DataFrame([*_columns(found, words), *given]), words)
        keys = {header: key for key, header in words.section("header.FenjiBudget").items()}
        write_table(table.rename({h: keys[h] for h in table.columns}), out, words)
        return
    table, cells = sheet_of(found.inputs, found.standings, words)
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "template.xlsx"
        build(template, words=words, shape=_shape(found, words), only=("budget",))
        try:
            fill(template, out, tables={"FenjiBudget": table}, cells=cells)
        except TemplateError as error:
            if error.code == "write_failed":
                raise FileError("cannot_write", file=str(out)) from None
            detail = template_problem(error, words)
            raise FileError("template", file=template.name, detail=detail) from None


def _shape(found: Spread, words: Words) -> Shape:
    """A workbook of the one sheet; what belongs to the others is of no account."""
    title = (found.graded.model or {}).get("name", {}).get(words.lang) or words("budget.title")
    return Shape(
        title=title,
        tiers=tuple(tier.name for tier in found.tiers),
        bins=(1, 1, 1),
        segments=(),
        stages=(words("moves.none"),),
        live=False,
    )
