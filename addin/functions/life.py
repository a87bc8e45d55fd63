"""Where customers stand in their lifecycle, and how loyal they are."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from addin.functions.days import day_of, days_of
from addin.functions.define import CallError, Failure, failure, function
from addin.functions.lists import left_out, one
from addin.functions.numbers import Floats, number_of, numbers_of
from addin.functions.rows import failures, filled, like, single
from addin.functions.schemes import plain, tier_names
from addin.functions.values import columns_aligned, named, shaped
from addin.words import Words

if TYPE_CHECKING:
    from segmentation.scheme import StageSettings

_FIRST, _LATE = "function_error.first_after_last", "function_error.after_as_of"
_LOYALTY = ("frequency", "active_months", "referrals")


@function(first_date="date", last_date="date", orders="number", as_of="date")
def lifecycle_stage(
    words: Words, first_date: Any, last_date: Any, orders: Any, as_of: Any = None
) -> Any:
    """The stage by the days since the last purchase, as the column ``stage`` of a grading."""
    given = [first_date, last_date, orders]
    if (cells := single(*given)) is not None:
        return like(_stage_of_one(words, cells, _as_of(words, as_of, np.empty(1))), *given)
    flat, shape = columns_aligned(given)
    first, last = days_of(words, flat[0]), days_of(words, flat[1])
    count = numbers_of(words, flat[2])
    day = _as_of(words, as_of, last[0])
    sound, answers = failures((last, count, first))
    # A blank first date is nothing to go by.
    for wrong, code in ((first[0] > last[0], _FIRST), (last[0] > day, _LATE)):
        for i in (wrong & sound).nonzero()[0].tolist():
            answers[i], sound[i] = failure(words(code)), False
    known = sound & ~np.isnan(last[0] + count[0])

    def answer(columns: list[Floats]) -> list[str]:
        return _stages(words, day - columns[0], columns[1])

    return shaped(filled(known, answers, [last[0], count[0]], answer), shape)


def _stage_of_one(words: Words, given: list[Any], day: float) -> str | Failure | None:
    """The same for single values, without arrays but for the rule."""
    first, last = day_of(words, given[0]), day_of(words, given[1])
    count = number_of(words, given[2])
    failed = next((v for v in (last, count, first) if isinstance(v, Failure)), None)
    if failed is not None:
        return failed
    if isinstance(last, float) and isinstance(first, float) and first > last:
        return failure(words(_FIRST))
    if isinstance(last, float) and last > day:
        return failure(words(_LATE))
    if not isinstance(last, float) or not isinstance(count, float):
        return None
    return _stages(words, np.array([day - last]), np.array([count]))[0]


def _stages(words: Words, recency: Floats, orders: Floats) -> list[str]:
    from segmentation.rhythm import STAGES, stages  # noqa: PLC0415  (late: they take a while)

    limits = _stage_limits()
    number = stages(recency, orders, active=limits.active_days, dormant=limits.dormant_days)
    named = [words(f"stage.{stage}") for stage in STAGES]
    return [named[i] for i in number.tolist()]


@cache
def _stage_limits() -> StageSettings:
    from segmentation.scheme import StageSettings  # noqa: PLC0415

    return StageSettings()


def _as_of(words: Words, given: Any, last: Floats) -> float:
    """The day to grade for; without one the day after the last purchase of all.

    Raises CallError ``as_of_needed bad_as_of one_value``.
    """
    asked = one("as_of", given)
    if asked is None:
        if len(last) == 1:
            raise CallError("as_of_needed")
        known = last[~np.isnan(last)]
        return float(known.max()) + 1 if len(known) else np.nan
    day = day_of(words, asked)
    if day is None or isinstance(day, Failure):
        raise CallError("bad_as_of", value=named(asked))
    return day


@function(orders="number", months_active="number", referrals="number")
def loyalty_type(words: Words, orders: Any, months_active: Any, referrals: Any = None) -> Any:
    """Loyal, potentially loyal or not, as the method ``loyalty`` has it."""
    given = [orders, months_active]
    if not left_out(referrals):
        given.append(referrals)
    if (cells := single(*given)) is not None:
        return like(_type_of_one(words, cells), *given)
    flat, shape = columns_aligned(given)
    columns = [numbers_of(words, cells) for cells in flat]
    sound, answers = failures(columns)
    known = sound & ~np.isnan(columns[0][0])
    numbers = [numbers for numbers, _ in columns]
    return shaped(filled(known, answers, numbers, lambda some: _types(words, some)), shape)


def _type_of_one(words: Words, given: list[Any]) -> str | Failure | None:
    """The same for single values: few of them differ, so that they are remembered."""
    values = [number_of(words, value) for value in given]
    failed = next((value for value in values if isinstance(value, Failure)), None)
    if failed is not None or values[0] is None:
        return failed
    return _remembered_type(words, tuple(v if isinstance(v, float) else None for v in values))


@lru_cache(maxsize=4096)
def _remembered_type(words: Words, values: tuple[float | None, ...]) -> str:
    return _types(words, [np.array([np.nan if v is None else v]) for v in values])[0]


def _types(words: Words, columns: list[Floats]) -> list[str]:
    from segmentation.method import Data, method  # noqa: PLC0415  (late: they take a while)

    data = Data(values=dict(zip(_LOYALTY, columns, strict=False)))
    limits = _limits(asked=len(columns) == len(_LOYALTY))
    graded = method("loyalty").apply(limits, plain("loyalty"), data)
    names = tier_names("loyalty", words.lang)
    return [names[i] for i in graded["tier_no"].tolist()]


@cache
def _limits(*, asked: bool) -> dict[str, Any]:
    """The limits of the method, fitted on a customer of whom all is known."""
    from segmentation.method import Data, method  # noqa: PLC0415
    from segmentation.methods.loyalty import Settings  # noqa: PLC0415
    from segmentation.scheme import Part  # noqa: PLC0415

    own = Settings(referrals="referrals" if asked else "")
    data = Data(values={measure: np.ones(1) for measure in _LOYALTY})
    return method("loyalty").fit(Part(method="loyalty", settings=own, tiers=()), data)
