"""Why a customer is worth so much: still a customer, how many orders, of how much, and limits."""

from __future__ import annotations

import polars as pl

from addin.explaining import _steps
from addin.explaining.told import Extra, Kind, Told, constant, shown
from addin.phrases import percent, phrase
from segmentation.methods.clv import HORIZONS


def why(told: Told) -> pl.Expr:
    """``Worth 812.00 in 12 months: 87% likely still a customer, 3.2 orders … A: at least …``."""
    worth = told.own("score")
    known = worth.is_not_null() & worth.is_not_nan()
    sure = told.own("clv_low").is_not_nan()
    parts: dict[str, pl.Expr | str] = {
        "value": shown(worth, "money"),
        "months": str(told.learned["months"]),
        "low": shown(told.own("clv_low"), "money"),
        "high": shown(told.own("clv_high"), "money"),
        "alive": percent(told.own("p_alive").fill_nan(0.0)),
        "orders": shown(told.own("orders_12m"), "tenth"),
        "rules": told.by_tier(_steps.texts(told, rules_of_tiers(told)[:-1])),
    }
    text = phrase(told.words("why_clv.text"), **parts)
    with_reach = phrase(told.words("why_clv.text_reach"), **parts)
    unknown = phrase(told.words("why_clv.unknown"), rules=parts["rules"])
    return pl.when(~known).then(unknown).when(sure).then(with_reach).otherwise(text)


def extras(told: Told) -> list[Extra]:
    """The probability of still being a customer, expected orders and values, and their reach."""
    orders = [
        _extra(told, f"orders_{m}m", told.words("why_clv.header_orders", months=m), "tenth")
        for m in HORIZONS
    ]
    values = [
        _extra(told, f"clv_{m}m", told.words("why_clv.header_clv", months=m), "money")
        for m in HORIZONS
    ]
    return [
        _extra(told, "p_alive", told.words("why_clv.header_p_alive"), "percent"),
        *orders,
        *values,
        _extra(told, "clv_low", told.words("why_clv.header_clv_low"), "money"),
        _extra(told, "clv_high", told.words("why_clv.header_clv_high"), "money"),
    ]


def _extra(told: Told, name: str, header: str, kind: Kind) -> Extra:
    values = told.own(name).fill_nan(None)
    return Extra(key=f"{told.prefix}{name}", header=header, values=values, kind=kind)


def rules(told: Told) -> list[str]:
    """The models, how well they fit, and what each tier asks for."""
    orders, spend = told.learned["lifetime"]["orders"], told.learned["lifetime"]["spend"]
    models = [
        told.words(
            "why_clv.orders",
            model=told.words(f"why_clv.{orders['model']}"),
            expected=constant(orders["expected"], "whole"),
            actual=constant(orders["actual"], "whole"),
        ),
        told.words(f"why_clv.spend_{spend['model']}"),
    ]
    return [*models, *rules_of_tiers(told)]


def rules_of_tiers(told: Told) -> list[str]:
    """What each tier asks for."""
    learned, names = told.learned, told.tiers()
    asked = []
    for i, (name, limit) in enumerate(zip(names, learned["limits"], strict=False)):
        if limit is None:
            text = told.words("why_abc.nobody")
        elif learned["by"] == "value":
            text = told.words("why_clv.limit", value=constant(limit, "money"))
        elif learned["by"] == "top":
            least = told.words("why_clv.limit", value=constant(limit, "money"))
            text = _steps.best(told, least, learned["tops"][i])
        else:
            share = _steps.number(100 * learned["shares"][i])
            value = constant(limit, "money")
            text = told.words("why_clv.limit_share", value=value, share=share)
        asked.append(_steps.tier(told, name, text))
    return [*asked, _steps.others(told, names[-1])]
