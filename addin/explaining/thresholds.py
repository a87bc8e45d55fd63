"""Why a customer is in a tier of fixed limits: its values, this tier's limits, the next one's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from addin.explaining import _steps
from addin.explaining.told import Told
from addin.phrases import phrase


def why(told: Told) -> pl.Expr:
    """``Amount 3,200.00. Gold: at least 2,000.00; VIP: more than 5,000.00``."""
    limits = told.learned["limits"]
    texts = _steps.texts(told, [_asked(told, i) for i in range(len(limits))])
    values = pl.concat_str(
        [
            phrase(told.words("why_thresholds.value"), measure=told.measure(m), value=told.value(m))
            for m in _measures(told)
        ],
        separator=told.words("limit.and"),
    )
    return phrase(told.words("why_thresholds.text"), values=values, rules=told.by_tier(texts))


def rules(told: Told) -> list[str]:
    """What each tier asks for."""
    asked = [_asked(told, i, measures=True) for i in range(len(told.learned["limits"]))]
    return [*asked, told.words("why_thresholds.others", tier=told.tiers()[-1])]


def _measures(told: Told) -> list[str]:
    named = [c["measure"] for tier in told.learned["limits"] for c in tier]
    return list(dict.fromkeys(named)) or [told.learned["measure"]]


def _asked(told: Told, number: int, *, measures: bool = False) -> str:
    """``Gold: at least 2,000.00``; with several measures each is named."""
    wanted: Sequence[Mapping[str, Any]] = told.learned["limits"][number]
    several = measures or len(_measures(told)) > 1
    parts = [
        told.words("why_thresholds.value", measure=told.measure(c["measure"]), value=told.limit(c))
        if several
        else told.limit(c)
        for c in wanted
    ]
    limit = told.words("limit.and").join(parts)
    return told.words("why_thresholds.tier", tier=told.tiers()[number], limit=limit)
