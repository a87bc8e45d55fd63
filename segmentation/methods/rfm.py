"""RFM: scores for recency, frequency and monetary, their weighted mean, and tiers on it.

Scores follow Hughes (1994); nested binning cuts frequency within each recency score and
monetary within each pair, as SPSS does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from segmentation import bins
from segmentation.method import Data, Floats, Ints, Model
from segmentation.methods import rfm_next
from segmentation.methods.rfm_one import SCORE_DECIMALS
from segmentation.scheme import MEASURES, Part, RfmSettings
from segmentation.segments import assign, rfm_code, segment_map

Values = Mapping[str, Floats]
Settings = RfmSettings
TIER_KEYS = ("min_score",)
MONOTONE = True

DEFAULT_SEGMENTS = "rfm-r"


def needs(part: Part) -> tuple[str, ...]:  # noqa: ARG001  (every method has the same form)
    """The three measures."""
    return MEASURES


def problems(part: Part) -> list[tuple[str, str, dict[str, Any]]]:  # noqa: ARG001
    """None beyond what the settings' own types tell."""
    return []


def fit(part: Part, data: Data) -> dict[str, Any]:
    """Learn cut points from the measures of all customers; plain data comes back."""
    settings: RfmSettings = part.settings
    values = _compared(data.values, raw=compares_raw(settings))
    learned: dict[str, Any] = {
        "bins": dict(settings.bins),
        "cut": settings.cut,
        "closed": settings.closed,
        "nested": settings.nested,
        "raw": compares_raw(settings),
        "weights": {m: float(settings.weights[m]) for m in MEASURES},
        "cuts": _fit_cuts(settings, values),
        "segments": segment_map(
            DEFAULT_SEGMENTS if settings.segments is None else settings.segments
        ),
    }
    learned["high"] = _fit_high(settings, values, scores_of(learned, values))
    return learned


def _fit_cuts(settings: RfmSettings, values: Values) -> dict[str, dict[str, list[float]]]:
    """Cut points by measure and cell; the cell ``*`` holds for all that are not named."""

    def cuts(measure: str, some: Floats) -> list[float]:
        return bins.fit_cuts(
            some,
            cut=settings.cut,
            bins=settings.bins[measure],
            offset=settings.offset,
            fixed=settings.cut_points.get(measure, ()),
            raw=compares_raw(settings),
            closed=settings.closed,
        )

    found = {m: {"*": cuts(m, values[m])} for m in MEASURES}
    if not settings.nested or settings.cut == "fixed":
        return found
    for outer, measure in ((1, "frequency"), (2, "monetary")):
        cells = _cells(MEASURES[:outer], found, values, settings.closed)
        for cell in np.unique(cells):
            found[measure][str(cell)] = cuts(measure, values[measure][cells == cell])
    return found


def compares_raw(settings: RfmSettings) -> bool:
    """Whether scores compare bare floating-point numbers, without rounding to 15 digits.

    Left-closed quantiles are there to repeat R's rfm, where a sum of 32.349999999999994 stays
    below a cut point of 32.35; everything else compares as spreadsheets do.
    """
    return settings.cut == "quantile" and settings.closed == "left"


def _compared(values: Values, *, raw: bool) -> Values:
    if not raw or "monetary_raw" not in values:
        return values
    return {**values, "monetary": values["monetary_raw"]}


def _cells(
    outer: tuple[str, ...], cuts: Mapping[str, Any], values: Values, closed: str
) -> npt.NDArray[np.str_]:
    """The scores of the outer measures joined: ``"5"``, ``"5-3"``."""
    cells = np.full(len(values["recency"]), "", dtype="<U16")
    for i, measure in enumerate(outer):
        scores = _score(measure, values[measure], cuts[measure], cells, closed).astype(str)
        cells = scores if i == 0 else np.char.add(np.char.add(cells, "-"), scores)
    return cells


def _score(
    measure: str, values: Floats, cuts: Mapping[str, list[float]], cells: Any, closed: str
) -> Ints:
    better = measure == "recency"
    result = bins.score(values, cuts["*"], closed=closed, smaller_is_better=better)
    for cell, points in cuts.items():
        if cell != "*":
            inside = cells == cell
            result[inside] = bins.score(
                values[inside], points, closed=closed, smaller_is_better=better
            )
    return result


def scores_of(learned: Mapping[str, Any], values: Values) -> dict[str, Ints]:
    """Score per measure, 1…n, higher is better."""
    cuts, closed = learned["cuts"], learned["closed"]
    scores = {}
    for i, measure in enumerate(MEASURES):
        nested = len(cuts[measure]) > 1
        cells = _cells(MEASURES[:i], cuts, values, closed) if nested else None
        scores[measure] = _score(measure, values[measure], cuts[measure], cells, closed)
    return scores


def weighted(learned: Mapping[str, Any], scores: Mapping[str, Ints]) -> Floats:
    """Weighted mean of the scores, to six decimals so that limits are met exactly."""
    weights = learned["weights"]
    total = sum(weights[m] * scores[m] for m in MEASURES)
    mean: Floats = np.round(total / sum(weights.values()), SCORE_DECIMALS)
    return mean


def tier_numbers(tiers: Sequence[Mapping[str, Any]], score: Floats) -> Ints:
    """0 for the best tier; the last one takes the rest."""
    limits = [t["min_score"] for t in tiers[:-1]]
    number = np.zeros(len(score), dtype=np.int64)
    for limit in limits:
        number += score < limit
    return number


def _fit_high(settings: RfmSettings, values: Values, scores: Mapping[str, Ints]) -> dict[str, Any]:
    high = settings.high
    limits = {}
    for measure in MEASURES:
        base = scores[measure] if high.of == "score" else values[measure]
        if high.at == "mean":
            limits[measure] = float(bins.tidy(np.mean(np.sort(base))))
        elif high.at == "median":
            limits[measure] = float(np.median(base))
        else:
            limits[measure] = float(high.at)
    return {"of": high.of, **limits}


def apply(learned: Model, tiers: Sequence[Mapping[str, Any]], data: Data) -> dict[str, Any]:
    """Scores, mean score, tier number, RFM code and segment number of each customer."""
    values = _compared(data.values, raw=learned["raw"])
    scores = scores_of(learned, values)
    score = weighted(learned, scores)
    return {
        "r_score": scores["recency"],
        "f_score": scores["frequency"],
        "m_score": scores["monetary"],
        "rfm": rfm_code(scores),
        "score": score,
        "tier_no": tier_numbers(tiers, score),
        "segment_no": segment_numbers(learned, values, scores),
    }


def segment_numbers(learned: Mapping[str, Any], values: Values, scores: Mapping[str, Ints]) -> Ints:
    """The number of each customer's rule in the segment map (see ``segments.assign``)."""
    high = {}
    for measure in MEASURES:
        limit = learned["high"][measure]
        if learned["high"]["of"] == "score":
            high[measure] = scores[measure] > limit
        elif measure == "recency":
            high[measure] = values[measure] < limit
        else:
            high[measure] = values[measure] > limit
    return assign(learned["segments"], scores, high)


def next_steps(
    learned: Model,
    tiers: Sequence[Mapping[str, Any]],
    data: Data,
    spans: Mapping[str, Mapping[str, Any]],  # noqa: ARG001  (the cut points say how far)
) -> dict[str, Floats]:
    """The smallest change that lifts each tier (see ``rfm_next``)."""
    values = _compared(data.values, raw=learned["raw"])

    def tier(some: Values) -> Ints:
        return tier_numbers(tiers, weighted(learned, scores_of(learned, some)))

    return rfm_next.next_steps(learned, tier, {m: values[m] for m in MEASURES})
