"""The weighted scorecard: several measures as one total of 0 to 100."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from addin.functions.classes import by_limits
from addin.functions.define import CallError, function
from addin.functions.lists import (
    is_nothing,
    items,
    labelled,
    labels_in,
    left_out,
    numbers_in,
    spoken,
    text_of,
)
from addin.functions.numbers import Floats
from addin.functions.rows import Table, filled, measures_in, rows_compared
from addin.functions.values import named, shaped
from addin.words import Words

Better = Literal["more", "less"]


@function("number", measures="number", weights="label", directions="label")
def scorecard(words: Words, measures: Any, weights: Any, directions: Any = None) -> Any:
    """The weighted mean of the measures' points, 0 to 100."""
    table, total = _total(words, measures, weights, directions)
    answers = filled(table.known, table.answers, [total], lambda known: map(_said, known[0]))
    return shaped(answers, table.shape)


def _said(total: float) -> float | None:
    return None if np.isnan(total) else float(total)


@function(measures="number", weights="label", directions="label", limits="label", labels="label")
def scorecard_tier(  # noqa: PLR0917  (a formula names no arguments)
    words: Words, measures: Any, weights: Any, directions: Any, limits: Any, labels: Any = None
) -> Any:
    """The label of the total; without directions the limits and labels move up one place."""
    if left_out(labels):
        directions, limits, labels = None, directions, limits
    cuts = numbers_in(words, "limits", limits)
    names = labels_in("labels", labels)
    labelled("labels", names, cuts)
    table, total = _total(words, measures, weights, directions)
    known = table.known & ~np.isnan(total)
    answers = filled(known, table.answers, [total], lambda found: by_limits(found[0], cuts, names))
    return shaped(answers, table.shape)


def _total(words: Words, measures: Any, weights: Any, directions: Any) -> tuple[Table, Floats]:
    """The totals (NaN where nothing is known that counts), to six decimals as in the core."""
    rows_compared(measures)
    table = measures_in(words, measures)
    shares = _weights(words, weights, len(table.columns))
    better = directions_in(directions, len(table.columns))
    total = np.full(len(table.known), np.nan)
    if table.known.any():
        known = [column[table.known] for column in table.columns]
        total[table.known] = _scored(known, shares, better)
    return table, total


def _scored(known: Sequence[Floats], shares: Sequence[float], better: Sequence[Better]) -> Floats:
    """As the method ``scorecard`` has it, every measure being a criterion."""
    from segmentation.indicators import Indicator  # noqa: PLC0415  (late: they take a while)
    from segmentation.method import Data, method  # noqa: PLC0415
    from segmentation.methods.scorecard import Criterion, Settings  # noqa: PLC0415
    from segmentation.scheme import Part, Tier  # noqa: PLC0415

    values = {f"c{i}": column for i, column in enumerate(known)}
    criteria = tuple(
        Criterion(key=key, weight=share, indicators=(Indicator(measure=key, better=side),))
        for key, share, side in zip(values, shares, better, strict=True)
    )
    part = Part(method="scorecard", settings=Settings(criteria=criteria), tiers=(Tier(key="A"),))
    data = Data(values=values)
    module = method("scorecard")
    total: Floats = module.apply(module.fit(part, data), [{"key": "A"}], data)["score"]
    return total


def _weights(words: Words, given: Any, count: int) -> list[float]:
    """A weight for each measure; blank: all alike. Raises CallError ``weight_count bad_weight``."""
    if not items(given):
        return [1.0] * count
    weights = numbers_in(words, "weights", given)
    if len(weights) != count:
        raise CallError("weight_count", weights=len(weights), measures=count)
    if min(weights) < 0 or not sum(weights):
        raise CallError("bad_weight")
    return weights


def directions_in(
    given: Any, count: int, otherwise: Sequence[Better] | None = None
) -> list[Better]:
    """Whether more or less is better, for each measure; one word goes for all.

    Raises CallError ``bad_direction direction_count``.
    """
    asked = items(given)
    if not asked:
        return list(otherwise or ["more"] * count)
    if len(asked) == 1:
        asked *= count
    if len(asked) != count:
        raise CallError("direction_count", directions=len(asked), measures=count)
    return [_direction(cell) for cell in asked]


def _direction(cell: Any) -> Better:
    word = "" if is_nothing(cell) else text_of(cell).casefold()
    if not word or word in spoken("more"):
        return "more"
    if word in spoken("less"):
        return "less"
    raise CallError("bad_direction", value=named(cell))
