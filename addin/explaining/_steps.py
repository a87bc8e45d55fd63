"""What methods with steps say: the values, this step's limit, the better one's."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from addin.explaining.told import Told, constant, shown
from addin.phrases import phrase
from segmentation.method import classes_of_tiers


def texts(told: Told, asked: Sequence[str]) -> list[str]:
    """One text per step: what it asks for, and what the better one does; ``asked`` has no last."""
    if not asked:
        return [everybody(told)]
    found = [
        told.words("why_thresholds.between", own=own, better=asked[i - 1])
        if i
        else told.words("why_thresholds.best", own=own)
        for i, own in enumerate(asked)
    ]
    return [*found, told.words("why_thresholds.rest", better=asked[-1])]


def everybody(told: Told) -> str:
    """What a grading with one tier says: nothing is asked for."""
    return told.words("why_thresholds.everybody", tier=told.tiers()[-1])


def values(told: Told, measures: Sequence[str]) -> pl.Expr:
    """``Amount 3,200.00, Orders 12``; unknown ones are left out where others are known."""
    wording = told.words("why_thresholds.value")
    parts = [
        phrase(wording, measure=told.measure(m), value=shown(told.column(m), told.kind(m)))
        for m in measures
    ]
    known = pl.concat_str(parts, separator=told.words("limit.and"), ignore_nulls=True)
    unknown = told.words(
        "why_thresholds.value",
        measure=told.measure(measures[0]),
        value=told.words("measure_name.unknown"),
    )
    return pl.when(known.str.len_chars() > 0).then(known).otherwise(pl.lit(unknown))


def tier(told: Told, name: str, limit: str) -> str:
    """``Gold: at least 2,000.00``."""
    return told.words("why_thresholds.tier", tier=name, limit=limit)


def others(told: Told, name: str) -> str:
    """What the last step asks for: nothing."""
    return told.words("why_thresholds.others", tier=name)


def limit_of(told: Told, measure: str, value: float, end: str = "at_least") -> str:
    """``Amount at least 2,000.00``."""
    limit = told.limit({"measure": measure, end: value})
    return told.words("why_thresholds.value", measure=told.measure(measure), value=limit)


def of_classes(told: Told, classes: Sequence[str]) -> list[str]:
    """The name of the tier that takes each class."""
    names = told.tiers()
    return [names[i] for i in classes_of_tiers(classes, told.part["tiers"])]


def by_class(told: Told, column: str, classes: Sequence[str], found: Sequence[str]) -> pl.Expr:
    """The text of each customer's class."""
    pairs = dict(zip(classes, found, strict=True))
    return told.own(column).replace_strict(pairs, default="", return_dtype=pl.String)


def number(value: float) -> str:
    """A number as people write it: ``95``, ``92.5``."""
    return constant(value, "number")


def best(told: Told, limit: str, top: float) -> str:
    """``at least 2,900.00 (best 10%)``, or ``(best 10)``; below 1 ``top`` is a share."""
    if top < 1:
        return told.words("why_top.share", limit=limit, top=number(100 * top))
    return told.words("why_top.number", limit=limit, top=number(top))


def share_limit(told: Told, measure: str, least: float | None, share: float) -> str:
    """``at least 3,726.00 (first 80%)``."""
    if least is None:
        return told.words("why_abc.nobody")
    limit = told.limit({"measure": measure, "at_least": least})
    return told.words("why_abc.limit", limit=limit, share=number(100 * share))
