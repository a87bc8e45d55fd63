"""Why a customer is among the best so many: its value, and where its tier begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from addin.explaining import _steps
from addin.explaining.told import Told
from addin.phrases import phrase


def why(told: Told) -> pl.Expr:
    """``Amount 3,200.00. Top 10 %: at least 2,900.00 (best 10%)``."""
    return phrase(
        told.words("why_thresholds.text"),
        values=_steps.values(told, [told.learned["measure"]]),
        rules=told.by_tier(_steps.texts(told, rules(told)[:-1])),
    )


def rules(told: Told) -> list[str]:
    """What each tier asks for."""
    learned, names = told.learned, told.tiers()
    asked = [
        _steps.tier(told, name, _limit(told, conditions, top))
        for name, conditions, top in zip(names, learned["limits"], learned["tops"], strict=False)
    ]
    return [*asked, _steps.others(told, names[-1])]


def _limit(told: Told, conditions: Sequence[Any] | None, top: float) -> str:
    if conditions is None:
        return told.words("why_abc.nobody")
    return _steps.best(told, told.limit(conditions[0]), top)
