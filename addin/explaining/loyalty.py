"""Why a customer is loyal, potentially loyal or not: orders, months, and what else was asked."""

from __future__ import annotations

import polars as pl

from addin.explaining import _steps
from addin.explaining.told import Told
from addin.phrases import phrase
from segmentation.methods.loyalty import CLASSES


def why(told: Told) -> pl.Expr:
    """``Orders 3, Months with a purchase 3. Potentially loyal: …; Loyal: …``."""
    named = (told.learned["referrals"], told.learned["satisfaction"])
    own = [role["measure"] for role in named if role]
    months = ["active_months"] if told.learned["loyal_months"] is not None else []
    asked = _steps.texts(told, rules(told)[:-1])
    return phrase(
        told.words("why_thresholds.text"),
        values=_steps.values(told, ["frequency", *months, *own]),
        rules=_steps.by_class(told, "loyalty_class", CLASSES, asked),
    )


def rules(told: Told) -> list[str]:
    """What each class asks for."""
    loyal, potential, disloyal = _steps.of_classes(told, CLASSES)
    return [
        _steps.tier(told, loyal, _loyal(told)),
        _steps.tier(told, potential, _orders(told, "potential_orders")),
        _steps.others(told, disloyal),
    ]


def _orders(told: Told, limit: str) -> str:
    return _steps.limit_of(told, "frequency", told.learned[limit])


def _loyal(told: Told) -> str:
    learned, both = told.learned, told.words("limit.and")
    asked, months = _orders(told, "loyal_orders"), learned["loyal_months"]
    if months is not None:
        asked = both.join([asked, _steps.limit_of(told, "active_months", months)])
    if learned["referrals"]:
        column, least = learned["referrals"]["measure"], learned["referrals"]["at_least"]
        referrals = _steps.limit_of(told, column, least)
        other = both.join([_orders(told, "potential_orders"), referrals])
        asked = told.words("why_loyalty.either", one=asked, other=other)
    if learned["satisfaction"]:
        column, least = learned["satisfaction"]["measure"], learned["satisfaction"]["at_least"]
        less = _steps.limit_of(told, column, least, end="below")
        asked = told.words("why_loyalty.unless", asked=asked, less=less)
    return asked
