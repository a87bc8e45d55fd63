"""Why a customer is new, active, dormant or lost: the days since the last purchase, the limits."""

from __future__ import annotations

import polars as pl

from addin.explaining import _steps
from addin.explaining.rfm import last_order, orders
from addin.explaining.told import Extra, Told
from addin.phrases import phrase, plain
from segmentation.methods.lifecycle import CLASSES

SAYS_TIER = True


def why(told: Told) -> pl.Expr:
    """``Dormant: last order 120 days ago (more than 90, at most 180 days)``."""
    active, dormant = (_limit(told, times) for times in told.learned["limits"])
    parts = {
        "last": last_order(told.words),
        "orders": orders(told),
        "active": active,
        "dormant": dormant,
        "new": _steps.number(told.learned["new_orders"]),
        "tier": told.by_tier(told.tiers()),
    }
    text = pl.lit("")
    for each in CLASSES:
        own = phrase(told.words(f"why_lifecycle.{each}"), **parts)
        text = pl.when(told.own("lifecycle_class") == each).then(own).otherwise(text)
    if told.learned["unit"] == "days":
        return text
    interval = plain(told.own("usual_interval").round(1))
    return phrase(told.words("why_lifecycle.by_interval"), text=text, interval=interval)


def _limit(told: Told, limit: float) -> pl.Expr | str:
    """A limit in days: the same for everybody, or so many of the customer's intervals."""
    if told.learned["unit"] == "days":
        return _steps.number(limit)
    return plain((told.own("usual_interval") * limit).round(1))


def extras(told: Told) -> list[Extra]:
    """The interval that the limits are multiples of."""
    if told.learned["unit"] == "days":
        return []
    return [
        Extra(
            key=f"{told.prefix}usual_interval",
            header=told.words("why_lifecycle.header"),
            values=told.own("usual_interval"),
            kind="number",
        )
    ]


def rules(told: Told) -> list[str]:
    """What each class asks for."""
    active, dormant = told.learned["limits"]
    unit = told.words(f"why_lifecycle.unit_{told.learned['unit']}")
    return [
        told.words(
            f"why_lifecycle.rule_{each}",
            tier=name,
            unit=unit,
            active=_steps.number(active),
            dormant=_steps.number(dormant),
            new=_steps.number(told.learned["new_orders"]),
        )
        for each, name in zip(CLASSES, _steps.of_classes(told, CLASSES), strict=True)
    ]
