"""What customers' orders to come are worth, and who still is a customer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from addin.functions.define import CallError, failure, function
from addin.functions.lists import one_number
from addin.functions.numbers import Floats, numbers_of
from addin.functions.rows import compared, failures, filled
from addin.functions.values import columns_aligned, shaped
from addin.words import Words

_MOST_MONTHS = 120


@function(
    "number",
    x="number",
    t_x="number",
    T="number",
    mean_amount="number",
    months="choice",
    annual_rate="choice",
)
def clv(  # noqa: PLR0917 (the contract's arguments)
    words: Words,
    x: Any,
    t_x: Any,
    T: Any,  # noqa: N803 (the papers' name, and the contract's)
    mean_amount: Any,
    months: Any = 12,
    annual_rate: Any = 0.1,
) -> Any:
    """The value of the orders to come, as the method ``clv`` has it."""
    ahead = one_number(words, "months", months, 12)
    rate = one_number(words, "annual_rate", annual_rate, 0.1)
    if not 1 <= ahead <= _MOST_MONTHS or ahead != int(ahead):
        raise CallError("bad_months", most=_MOST_MONTHS)
    if not 0 <= rate < np.inf:
        raise CallError("bad_rate")

    def answer(columns: list[Floats]) -> list[float]:
        from segmentation.lifetime.predicting import Terms  # noqa: PLC0415  (late: it takes a while)

        terms = Terms(months=int(ahead), annual_rate=float(rate))
        found: list[float] = _forecast(columns).values(terms, [terms.months])[terms.months].tolist()
        return found

    return _answered(words, [x, t_x, T, mean_amount], answer)


@function("number", x="number", t_x="number", T="number")
def p_alive(words: Words, x: Any, t_x: Any, T: Any) -> Any:  # noqa: N803
    """The probability of still being a customer, as the method ``clv`` has it."""

    def answer(columns: list[Floats]) -> list[float]:
        found: list[float] = _forecast(columns).p_alive().tolist()
        return found

    return _answered(words, [x, t_x, T], answer)


def _forecast(columns: list[Floats]) -> Any:
    from segmentation.lifetime.histories import Histories  # noqa: PLC0415
    from segmentation.lifetime.learning import learn  # noqa: PLC0415
    from segmentation.lifetime.predicting import Forecast  # noqa: PLC0415

    x, t_x, total, *mean = columns
    amounts = mean[0] if mean else np.full(len(x), np.nan)
    histories = Histories(x=x, t_x=t_x, T=total, mean=amounts)
    return Forecast(learn(histories), histories)


def _answered(words: Words, given: list[Any], answer: Callable[[list[Floats]], list[float]]) -> Any:
    """The models are learned from all rows that hold a history. Raises CallError ``alone``."""
    compared(*given)
    flat, shape = columns_aligned(given)
    columns = [numbers_of(words, cells) for cells in flat]
    sound, answers = failures(columns)
    x, t_x, total = (numbers for numbers, _ in columns[:3])
    with np.errstate(invalid="ignore"):
        wrong = {
            "history_negative": (x < 0) | (t_x < 0),
            "history_order": t_x > total,
            "history_once": (x == 0) & (t_x > 0),
        }
    for code, rows in wrong.items():
        for i in np.flatnonzero(rows & sound).tolist():
            answers[i], sound[i] = failure(words(f"function_error.{code}")), False
    # Who never came back has no amount of a repeat order.
    needed = x + t_x + total
    if len(columns) > len((x, t_x, total)):
        needed = needed + np.where(x > 0, columns[3][0], 0.0)
    known = sound & ~np.isnan(needed)
    return shaped(filled(known, answers, [numbers for numbers, _ in columns], answer), shape)
