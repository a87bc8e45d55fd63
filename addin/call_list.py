"""Whom to contact, why and what for, in words: the plan of calls with what users wrote into it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from addin.call_marks import Marks
from addin.edits import Edits
from addin.explain import all_tiers
from addin.explaining.told import tier_names
from addin.phrases import phrase, whole
from addin.strategy_tables import action_settings, capacity_of, owners_of, segment_strategies
from addin.tables import shown_segments, strategy_table
from addin.words import Words
from segmentation import segments
from segmentation.actions import REASONS, Capacity, Care, Plan, first_monday, plan, resting
from segmentation.errors import UsageError
from segmentation.segment_strategies import strategies

# For whom the tier's usual first step comes too late.
_MAY_LEAVE = ("at_risk", "fell")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What somebody asks of the list besides the workbook: from when, how long, how many."""

    start: dt.date | None = None
    weeks: int | None = None
    usual: int | None = None
    own: Mapping[str, int] | None = None


@dataclass(frozen=True, kw_only=True)
class CallList:
    """The list in the reader's words.

    ``listed`` has the columns of the table FenjiActions by key, ``contacts`` those of
    FenjiContacts. ``known`` says whether anybody can be due at all: without dates of purchases
    nobody is.
    """

    plan: Plan
    listed: pl.DataFrame
    contacts: pl.DataFrame
    known: bool


def call_list(
    customers: pl.DataFrame,
    *,
    model: Mapping[str, Any],
    words: Words,
    edits: Edits,
    today: dt.date,
    asked: Asked | None = None,
    fell: Mapping[str, str] | None = None,
) -> CallList:
    """Plan the calls and say why.

    ``customers``: ``customer name tier_no segment_no recency monetary stage at_risk interval``;
    ``interval`` is the days from one purchase to the next; what is not known is null. ``today``
    counts where the model has no date. ``fell`` says by customer which tier those had who fell.
    Raises UsageError ``unknown_owner``.
    """
    asked, fell = asked or Asked(), fell or {}
    strategy = strategy_table(all_tiers(model, words), words, edits)
    care = _care(strategy, len(model["tiers"]), words)
    _check_owners(asked.own or {}, care)
    marks = Marks.of(edits)
    settings = action_settings(model)
    start = asked.start or first_monday(_day(model.get("as_of")) or today)
    found = plan(
        customers,
        care=care,
        capacity=_capacity(capacity_of(model, edits), asked),
        start=start,
        weeks=settings.weeks if asked.weeks is None else asked.weeks,
        contacted=marks.contacted(start),
        fell=list(fell),
    )
    rest = resting(customers, care=care, contacted=marks.contacted(start), start=start)
    before = pl.DataFrame(
        {"customer": list(fell), "before": list(fell.values())},
        schema={"customer": pl.String, "before": pl.String},
    )
    told = (
        found.calls.join(
            customers.drop("tier_no"), on="customer", how="left", maintain_order="left"
        )
        .join(before, on="customer", how="left", maintain_order="left")
        .join(marks.notes, on="customer", how="left", maintain_order="left")
        .with_columns(_what(model, words, edits, strategy))
        .with_columns(
            tier=_by_number("tier_no", tier_names(model, words.lang)),
            segment=_by_number("segment_no", shown_segments(model["rfm"], words.lang)),
        )
    )
    listed = told.select(
        *("customer", "name", "date", "tier", "segment"),
        why(words),
        "what",
        "owner",
        pl.col("monetary").alias("amount"),
        pl.lit(None, dtype=pl.String).alias("done"),
        "note",
    )
    return CallList(
        plan=found,
        listed=listed,
        contacts=marks.contacts(rest, customers, listed["customer"]),
        known=bool(fell) or not customers["recency"].is_null().all(),
    )


def _check_owners(named: Collection[str], care: Sequence[Care]) -> None:
    known = list(dict.fromkeys(c.owner for c in care))
    for name in named:
        if name not in known:
            raise UsageError("unknown_owner", name=name, names=", ".join(known))


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _capacity(usual: Capacity, asked: Asked) -> Capacity:
    if asked.usual is not None:
        # Whoever says a number for everybody means also those who have one in the workbook.
        usual = Capacity(usual=asked.usual, own={})
    return Capacity(usual=usual.usual, own={**usual.own, **(asked.own or {})})


def _care(strategy: pl.DataFrame, tiers: int, words: Words) -> list[Care]:
    days = [_number(value) for value in strategy["contact_days"].to_list()[:tiers]]
    owners = owners_of(strategy, tiers, words)
    return [Care(owner=o, contact_days=d) for o, d in zip(owners, days, strict=True)]


def _number(value: object) -> float | None:
    """Days; None for a word that somebody wrote there, such as "on demand"."""
    return float(value) if isinstance(value, int | float) and value > 0 else None


def _by_number(number: str, names: Sequence[str | None]) -> pl.Expr:
    known = dict(enumerate(names))
    return pl.col(number).replace_strict(known, default=None, return_dtype=pl.String)


def _what(model: Mapping[str, Any], words: Words, edits: Edits, strategy: pl.DataFrame) -> pl.Expr:
    """The first step: one that somebody edited, else the segment's or the tier's."""
    kinds = len(shown_segments(model["rfm"], words.lang))
    of_tiers = _first_steps(strategy, strategy_table(all_tiers(model, words), words))
    of_kinds = _first_steps(
        segment_strategies(model, words, edits), segment_strategies(model, words)
    )
    tier, own_tier = (_by_number("tier_no", texts) for texts in of_tiers)
    kind, own_kind = (_by_number("segment_no", texts[:kinds]) for texts in of_kinds)
    quiet = [i for i, each in enumerate(strategies(model["rfm"]["segments"])) if each.get("quiet")]
    lost = pl.coalesce(
        pl.when(pl.col("segment_no").is_in(quiet)).then(kind),
        *(
            pl.when(pl.col("reason") == code).then(pl.lit(words(f"action.step_{code}")))
            for code in _MAY_LEAVE
        ),
    )
    may_leave = pl.col("reason").is_in(_MAY_LEAVE)
    return pl.coalesce(own_kind, own_tier, pl.when(may_leave).then(lost), tier, kind).alias("what")


def _first_steps(
    now: pl.DataFrame, usual: pl.DataFrame
) -> tuple[list[str | None], list[str | None]]:
    """All first steps, and those alone that are not the usual ones."""
    texts = [str(text).strip() or None if text else None for text in now["first_action"]]
    before = usual["first_action"].to_list()
    edited = [t if t != (b or None) else None for t, b in zip(texts, before, strict=True)]
    return texts, edited


def why(words: Words) -> pl.Expr:
    """The reason as a sentence."""
    money = whole(pl.col("monetary"))
    silent = _days("recency", words)
    parts: dict[str, pl.Expr | str] = {
        "days": silent,
        "money": money,
        "tier": pl.col("tier"),
        "before": pl.col("before"),
        "rhythm": _days("contact_days", words),
        # Who buys once a year is not late after half of it.
        "usual": pl.when((pl.col("interval") >= 1) & (pl.col("interval") < pl.col("recency")))
        .then(phrase(words("action.usual"), interval=_days("interval", words)))
        .otherwise(pl.lit("")),
    }
    fell = pl.coalesce(
        phrase(words("action.fell"), **parts), phrase(words("action.fell_plain"), **parts)
    )
    said = {code: phrase(words(f"action.{code}"), **parts) for code in REASONS if code != "fell"}
    said["fell"] = fell
    return pl.coalesce(
        pl.when(pl.col("reason") == code).then(sentence) for code, sentence in said.items()
    ).alias("why")


def _days(column: str, words: Words) -> pl.Expr:
    number = pl.col(column).round(0)
    many = phrase(words("action.days"), n=whole(number))
    return pl.when(number == 1).then(pl.lit(words("action.day"))).otherwise(many)


def segment_numbers(texts: pl.Series, model: Mapping[str, Any], words: Sequence[str]) -> pl.Series:
    """The number of each segment by its name in any of the languages ``words``."""
    mapped = model["rfm"]["segments"]
    known = {name: i for lang in words for i, name in enumerate(segments.names(mapped, lang))}
    return texts.replace_strict(known, default=None, return_dtype=pl.Int64)
