"""Why a customer is A, B or C: its share of the total, and where its tier begins."""

from __future__ import annotations

import polars as pl

from addin.explaining import _steps
from addin.explaining.told import Told
from addin.phrases import phrase, plain


def why(told: Told) -> pl.Expr:
    """``Amount 3,200.00, 1.2% of the total. B: at least 900.00 (first 95%); A: at least …``."""
    measures = list(told.learned["measures"])
    wording = "why_abc.text" if len(measures) == 1 else "why_abc.text_joint"
    return phrase(
        told.words(wording),
        values=_steps.values(told, measures),
        share=plain(told.own("score")),
        rules=told.by_tier(_steps.texts(told, rules(told)[:-1])),
    )


def rules(told: Told) -> list[str]:
    """What each tier asks for."""
    learned, names = told.learned, told.tiers()
    asked = [
        _steps.tier(told, name, _limit(told, None if last is None else last[0], share))
        for name, last, share in zip(names, learned["limits"], learned["shares"], strict=False)
    ]
    return [*asked, _steps.others(told, names[-1])]


def _limit(told: Told, least: float | None, share: float) -> str:
    measures = list(told.learned["measures"])
    if least is None or len(measures) == 1:
        return _steps.share_limit(told, measures[0], least, share)
    return told.words(
        "why_abc.limit_joint", value=_steps.number(100 * least), share=_steps.number(100 * share)
    )
