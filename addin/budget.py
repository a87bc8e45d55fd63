"""The sheet Budget of a grading: what users put in, and what comes of it, in the reader's words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import cast

import polars as pl

from addin.budget_steps import steps
from addin.edits import Edits
from addin.words import LANGUAGES, Words
from addin.words import words as words_of
from segmentation.budget import (
    EXPONENT,
    EXPONENTS,
    WAYS,
    BudgetSettings,
    Line,
    Plan,
    TierFacts,
    Way,
    example,
    plan,
)
from segmentation.errors import UsageError
from segmentation.ladder import Rung, plain, tokens
from segmentation.run import Grading

TABLE = "FenjiBudget"
# What a tier's row may hold of the user's own.
EDITED = ("response", "floor", "ceiling")


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """What users put into the sheet. ``amount`` is None where there is none; ``rows`` are the
    numbers of each tier by the text of its first column, as ``plain`` has it, and by key."""

    amount: float | None = None
    way: Way = "share"
    least: float | None = None
    exponent: float = EXPONENT
    rows: Mapping[str, Mapping[str, float | None]] = field(default_factory=dict)

    def of(self, rung: Rung) -> Mapping[str, float | None]:
        """What stands in the row of a tier."""
        found = (self.rows[text] for text in sorted(tokens(rung)) if text in self.rows)
        return next(found, {})


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A tier as a file has it: its names, its customers, what they brought, its share in the
    strategy."""

    rung: Rung
    customers: int
    amount: float
    share: float | None


def inputs_of(edits: Edits) -> Inputs:
    """The inputs of a workbook; what can't be used counts as blank, as it does in the sheet."""
    exponent = number(edits.cell("FenjiBudgetExponent"))
    low, high = EXPONENTS
    return Inputs(
        amount=_amount(edits),
        way=way_of(edits.cell("FenjiBudgetWay")) or "share",
        least=number(edits.cell("FenjiBudgetLeast")),
        exponent=exponent if exponent is not None and low <= exponent <= high else EXPONENT,
        rows={
            plain(text): {key: number(row.get(key)) for key in EDITED}
            for text, row in edits.rows(TABLE).items()
        },
    )


def _amount(edits: Edits) -> float | None:
    """The amount that somebody typed; the example of a grading before is none."""
    amount = number(edits.cell("FenjiBudgetAmount"))
    return None if amount == example(number(edits.cell("FenjiAmountTotal")) or 0.0) else amount


def way_of(text: str | None) -> Way | None:
    """The way that a text of either language means."""
    for lang in LANGUAGES:
        for way in WAYS:
            if text and plain(text) == plain(words_of(lang)(f"budget_way.{way}")):
                return way
    return None


def number(value: object) -> float | None:
    """A number from a cell; None where there is none."""
    try:
        found = float(cast("str", value))
    except (TypeError, ValueError):
        return None
    return found if math.isfinite(found) else None


def facts(standings: Sequence[Standing], inputs: Inputs, words: Words) -> list[TierFacts]:
    """The tiers as the budget needs them."""
    made = []
    for each in standings:
        row = inputs.of(each.rung)
        response, floor, ceiling = (row.get(key) for key in EDITED)
        made.append(
            TierFacts(
                name=each.rung.called(words.lang),
                customers=each.customers,
                amount=each.amount,
                share=None if each.share is None else max(0.0, each.share),
                response=1.0 if response is None else max(0.0, response),
                floor=None if floor is None else max(0.0, floor),
                ceiling=None if ceiling is None else max(0.0, ceiling),
            )
        )
    return made


def settings_of(inputs: Inputs) -> BudgetSettings:
    """The inputs as settings; no amount is none to spend."""
    return BudgetSettings(
        amount=inputs.amount or 0.0,
        way=inputs.way,
        exponent=inputs.exponent,
        least_per_customer=max(0.0, inputs.least or 0.0),
    )


def standings_of(grading: Grading, strategy: pl.DataFrame, words: Words) -> list[Standing]:
    """The tiers of a grading; ``strategy`` is the table FenjiStrategy, edits and headers in it."""
    report, model = grading.report, grading.model
    shares = dict(
        zip(
            strategy[words("header.FenjiStrategy.tier")].to_list(),
            strategy[words("header.FenjiStrategy.budget_share")].to_list(),
            strict=True,
        )
    )
    unknown = "monetary" in grading.unknown
    found = []
    for tier, row in zip(model["tiers"], report.tiers.iter_rows(named=True), strict=True):
        rung = Rung(key=tier["key"], names=dict(tier["name"]))
        found.append(
            Standing(
                rung=rung,
                customers=row["customers"],
                amount=0.0 if unknown else row["monetary"],
                share=number(shares.get(rung.called(words.lang))),
            )
        )
    return found


def budget_contents(
    grading: Grading, strategy: pl.DataFrame, words: Words, edits: Edits
) -> tuple[pl.DataFrame, dict[str, object]]:
    """The table FenjiBudget and the named cells of the sheet."""
    inputs, standings = inputs_of(edits), standings_of(grading, strategy, words)
    if inputs.amount is None:
        amount = example(sum(each.amount for each in standings))
        inputs = replace(inputs, amount=amount)
    return sheet_of(inputs, standings, words)


def sheet_of(
    inputs: Inputs, standings: Sequence[Standing], words: Words
) -> tuple[pl.DataFrame, dict[str, object]]:
    """The same of these inputs."""
    tiers = facts(standings, inputs, words)
    found, sentence = planned(inputs, tiers, words)
    done = steps(settings_of(inputs), inputs.amount, tiers)
    basis = "customers" if done.counted else inputs.way
    cells: dict[str, object] = {
        **{f"FenjiBudget{key.capitalize()}": value for key, value in done.cells.items()},
        "FenjiBudgetBasis": words(f"budget_basis.{basis}"),
        "FenjiBudgetAmount": inputs.amount,
        "FenjiBudgetWay": words(f"budget_way.{inputs.way}"),
        "FenjiBudgetLeast": inputs.least,
        "FenjiBudgetExponent": inputs.exponent,
        "FenjiBudgetCheck": sentence,
    }
    rows = [inputs.of(each.rung) for each in standings]
    given = [pl.Series(key, [row.get(key) for row in rows], dtype=pl.Float64) for key in EDITED]
    frame = pl.DataFrame([pl.Series("tier", [tier.name for tier in tiers]), *given])
    frame = frame.with_columns(pl.col("response").fill_null(1.0))
    frame = frame.with_columns(shown(found, tiers, words))
    further = [pl.Series(key, each, dtype=pl.Float64) for key, each in done.columns.items()]
    frame = frame.with_columns(further)
    return headed(frame, words), cells


def headed(frame: pl.DataFrame, words: Words) -> pl.DataFrame:
    """The columns in the order and under the headers of the sheet."""
    headers = words.section(f"header.{TABLE}")
    return frame.select(pl.col(k).alias(h) for k, h in headers.items() if k in frame.columns)


def planned(inputs: Inputs, tiers: Sequence[TierFacts], words: Words) -> tuple[Plan | None, str]:
    """The budget, and the sentence of the sheet that says that all adds up or what is wrong."""
    if inputs.amount is None:
        return None, words("budget_state.no_amount")
    if not any(tier.customers for tier in tiers):
        return None, words("budget_state.nobody")
    try:
        found = plan(settings_of(inputs), tiers)
    except UsageError as error:
        if error.code.removeprefix("budget_") not in ("amount", "ceiling", "floors"):
            raise
        key = error.code.removeprefix("budget_").replace("amount", "bad_amount")
        return None, words(f"budget_state.{key}", **error.params)
    return found, adds_up(found, words)


def adds_up(found: Plan, words: Words) -> str:
    """The sentence that holds the sum."""
    return words(
        "budget_state.left" if found.unspent else "budget_state.ok",
        tiers=f"{found.amount - found.unspent:,.2f}",
        left=f"{found.unspent:,.2f}",
        amount=f"{found.amount:,.2f}",
    )


def why(line: Line, found: Plan, words: Words) -> str:
    """Why a tier gets what it gets, in one sentence."""
    return words(
        f"budget_why.{line.reason}",
        weight=percent(line.weight),
        way=words(f"budget_basis.{found.basis}"),
        base=money(line.unbound),
    )


def percent(share: float) -> str:
    """A share as percent, with a decimal where it is needed."""
    return f"{_half_up(100 * share, 1):f}".removesuffix(".0") + "%"


def money(amount: float) -> str:
    """An amount as people write it, without cents from a thousand on."""
    return f"{_half_up(amount, 2 if abs(amount) < 1000 else 0):,f}"


def _half_up(value: float, decimals: int) -> Decimal:
    return Decimal(f"{value:.9f}").quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def shown(found: Plan | None, tiers: Sequence[TierFacts], words: Words) -> list[pl.Series]:
    """The columns that formulas give, for programs that do not calculate them."""
    brought = sum(tier.amount for tier in tiers)
    shared = round(brought, 6) > 0
    lines = found.lines if found else ()

    def numbers(key: str, values: Sequence[float | None]) -> pl.Series:
        filled = values or [None] * len(tiers)
        return pl.Series(key, filled, dtype=pl.Float64)

    return [
        pl.Series("customers", [tier.customers for tier in tiers], dtype=pl.Int64),
        numbers("monetary", [tier.amount for tier in tiers]),
        numbers("monetary_share", [t.amount / brought if shared else None for t in tiers]),
        numbers("strategy_share", [tier.share or 0.0 for tier in tiers]),
        numbers("weight", [line.weight for line in lines]),
        numbers("allocated", [line.allocated for line in lines]),
        numbers(
            "budget_share",
            [line.budget_share if found and found.amount else None for line in lines],
        ),
        numbers("per_customer", [line.per_customer for line in lines]),
        pl.Series(
            "why",
            [why(line, found, words) for line in lines] if found else [None] * len(tiers),
            dtype=pl.String,
        ),
    ]
