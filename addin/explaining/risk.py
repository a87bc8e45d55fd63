"""Why a customer is a risk: each known indicator with its level and the limit that gave it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from addin.explaining import _steps
from addin.explaining.told import Extra, Told, shown
from addin.phrases import phrase, plain
from addin.word_lists import in_language
from segmentation.methods.risk import CLASSES, OVERDUE


def why(told: Told) -> pl.Expr:
    """``Share of the amount returned 12% (ordinary: more than 10%), … The worst one counts.``."""
    asked = told.learned["indicators"]
    facts = [_fact(told, name, asked[name]) for name in asked]
    text = pl.concat_str(facts, separator=told.words("limit.and"), ignore_nulls=True)
    known = pl.sum_horizontal(f.is_not_null() for f in facts)
    taken = phrase(told.words(f"why_risk.{told.learned['take']}"), facts=text)
    none = pl.lit(told.words("why_risk.none"))
    return pl.when(known == 0).then(none).when(known == 1).then(text).otherwise(taken)


def _fact(told: Told, name: str, asked: Mapping[str, Any]) -> pl.Expr:
    """One indicator; null where it is unknown."""
    words: dict[str, pl.Expr | str] = {"name": _name(told, name), "value": _value(told, name)}
    level, found = told.own(f"risk_{name}"), pl.lit(None, dtype=pl.String)
    for each in CLASSES:
        title = told.words(f"why_risk.level_{each}")
        limit = told.limit(asked[each]) if each in asked else ""
        wording = told.words("why_risk.limited" if limit else "why_risk.fact")
        text = phrase(wording, **words, level=title, limit=limit)
        found = pl.when(level == each).then(text).otherwise(found)
    return found


def _name(told: Told, name: str) -> str:
    return told.words("why_risk.overdue") if name == OVERDUE else told.measure(name)


def _value(told: Told, name: str) -> pl.Expr:
    if name == OVERDUE:
        return plain(told.own("intervals_since").round(2))
    return shown(told.column(name), told.kind(name))


def extras(told: Told) -> list[Extra]:
    """How long ago the last order is beside the customer's interval."""
    if OVERDUE not in told.learned["indicators"]:
        return []
    return [
        Extra(
            key=f"{told.prefix}intervals_since",
            header=told.words("why_risk.overdue"),
            values=told.own("intervals_since"),
            kind="number",
        )
    ]


def rules(told: Told) -> list[str]:
    """What each indicator's levels are, and which of them counts."""
    found = []
    for name, asked in told.learned["indicators"].items():
        levels = [
            _steps.tier(told, told.words(f"why_risk.level_{each}"), _level(told, asked, each))
            for each in CLASSES
            if each in asked or each in asked.get("words", ())
        ]
        texts = told.words("limit.and").join(levels)
        found.append(_steps.tier(told, _name(told, name), texts))
    return [*found, told.words(f"why_risk.rule_{told.learned['take']}")]


def _level(told: Told, asked: Mapping[str, Any], level: str) -> str:
    if "words" in asked:
        listed = asked["words"][level]
        return told.words("limit.and").join(in_language(listed, told.words.lang) or listed)
    return told.limit(asked[level])
