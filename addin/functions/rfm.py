"""RFM_TIER, RFM_SCORE, RFM_SEGMENT and TIER_WHY: the grading of `fenji grade` in cells.

With a model they grade by it; ranges without one are graded among themselves, as
`fenji grade` would grade these customers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from addin.functions.customers import Bools, Floats, Values, one_customer, single, some_customers
from addin.functions.define import CallError, function
from addin.functions.maps import sorted_by
from addin.functions.models import Grader, fitted, grader_of, may_be_model
from addin.functions.numbers import Unanswered
from addin.functions.values import columns_aligned, is_blank, is_range, shaped
from addin.words import Words

One = Callable[[Grader, Values], Any]
Many = Callable[[Grader, dict[str, Floats]], Sequence[Any]]


@function(recency="number", frequency="number", monetary="number", model="model")
def rfm_tier(words: Words, recency: Any, frequency: Any, monetary: Any, model: Any = None) -> Any:
    """The tier's name, as the workbook shows it."""
    given = (recency, frequency, monetary)
    return _answer(words, given, grader_of(words, model), _tier, _tiers)


@function("number", recency="number", frequency="number", monetary="number", model="model")
def rfm_score(words: Words, recency: Any, frequency: Any, monetary: Any, model: Any = None) -> Any:
    """The three scores as one number, 543; as text 12-4-3 where a score may have two digits."""
    given = (recency, frequency, monetary)
    return _answer(words, given, grader_of(words, model), _code, _codes)


@function(recency="number", frequency="number", monetary="number", map="choice", model="model")
def rfm_segment(  # noqa: PLR0917  (the contract's arguments)
    words: Words,
    recency: Any,
    frequency: Any,
    monetary: Any,
    map: Any = None,
    model: Any = None,
) -> Any:
    """The segment's name; ``map`` is one that ships, or a range of rules (`functions.maps`)."""
    if _nothing(model) and may_be_model(map):
        map, model = None, map
    grader = grader_of(words, model)
    if grader is not None and _nothing(map):
        grader.need_segments()

    def ready(found: Grader) -> Grader:
        return found if _nothing(map) else sorted_by(words, map, found)

    def segment(found: Grader, values: Values) -> str:
        found = ready(found)
        scores = found.one.scores(*values)
        return found.segment_names[words.lang][found.one.segment(scores, values)]

    def segments(found: Grader, values: dict[str, Floats]) -> Sequence[str]:
        from segmentation.methods import rfm  # noqa: PLC0415

        found = ready(found)
        scores = rfm.scores_of(found.learned, values)
        numbers = rfm.segment_numbers(found.learned, values, scores)
        return _named(found.segment_names[words.lang], numbers)

    return _answer(words, (recency, frequency, monetary), grader, segment, segments)


@function(recency="number", frequency="number", monetary="number", model="model")
def tier_why(words: Words, recency: Any, frequency: Any, monetary: Any, model: Any = None) -> Any:
    """What gave the tier, in the words of the graded table."""

    def sentences(found: Grader, values: dict[str, Floats]) -> Sequence[str]:
        from addin.functions.sentences import why  # noqa: PLC0415  (late: it takes Polars)

        found.need_tiers()
        return why(words, found, values)

    def sentence(found: Grader, values: Values) -> str:
        arrays = {m: np.array([v]) for m, v in zip(_MEASURES, values, strict=True)}
        return sentences(found, arrays)[0]

    given = (recency, frequency, monetary)
    return _answer(words, given, grader_of(words, model), sentence, sentences)


_MEASURES = ("recency", "frequency", "monetary")


def _answer(
    words: Words, given: tuple[Any, Any, Any], grader: Grader | None, one: One, many: Many
) -> Any:
    """Each customer's answer: at once for one, by arrays for a range."""
    cells = single(given)
    if cells is None:
        return _answers(words, given, grader, many)
    if grader is None:
        raise CallError("model_needed")
    values = one_customer(words, cells)
    answer = one(grader, values) if type(values) is tuple else values
    return [[answer]] if any(map(is_range, given)) else answer


def _answers(
    words: Words, given: tuple[Any, Any, Any], grader: Grader | None, many: Many
) -> list[list[Any]]:
    columns, shape = columns_aligned(given)
    values, known, answers = some_customers(words, columns, fitting=grader is None)
    if known.any():
        some = values if known.all() else {m: v[known] for m, v in values.items()}
        every = _filled(many(grader or fitted(words, some), some), known, answers)
    else:
        every = answers
    found: list[list[Any]] = shaped(every, shape)
    return found


def _filled(found: Sequence[Any], known: Bools, answers: Unanswered) -> Sequence[Any]:
    if len(found) == len(answers):
        return found
    every: list[Any] = list(answers)
    for i, answer in zip(np.flatnonzero(known).tolist(), found, strict=True):
        every[i] = answer
    return every


def _nothing(given: Any) -> bool:
    """Whether an argument was left out, or is a blank cell."""
    while is_range(given) and len(given) == 1:
        given = given[0]
    return not is_range(given) and is_blank(given)


def _tier(grader: Grader, values: Values) -> str:
    grader.need_tiers()
    return grader.names[grader.one.tier(grader.one.scores(*values))]


def _tiers(grader: Grader, values: dict[str, Floats]) -> Sequence[str]:
    from segmentation.methods import rfm  # noqa: PLC0415

    grader.need_tiers()
    score = rfm.weighted(grader.learned, rfm.scores_of(grader.learned, values))
    return _named(grader.names, rfm.tier_numbers(grader.tiers, score))


def _code(grader: Grader, values: Values) -> int | str:
    r, f, m = grader.one.scores(*values)
    return f"{r}-{f}-{m}" if grader.long_codes else 100 * r + 10 * f + m


def _codes(grader: Grader, values: dict[str, Floats]) -> Sequence[Any]:
    from segmentation.methods import rfm  # noqa: PLC0415
    from segmentation.segments import rfm_code  # noqa: PLC0415

    scores = rfm.scores_of(grader.learned, values)
    if not grader.long_codes:
        codes: list[int] = rfm_code(scores).tolist()
        return codes
    each = zip(*(scores[m].tolist() for m in _MEASURES), strict=True)
    return ["-".join(map(str, some)) for some in each]


def _named(names: Sequence[str], numbers: Any) -> Sequence[str]:
    found: list[str] = np.array(names, dtype=object)[numbers].tolist()
    return found
