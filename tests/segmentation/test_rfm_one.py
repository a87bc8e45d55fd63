"""One customer in plain Python gets what arrays of customers get."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.bins import score, score_of
from segmentation.method import Data
from segmentation.methods import rfm
from segmentation.methods.rfm_one import One
from segmentation.scheme import MAPS, MEASURES
from segmentation.segments import segment_map

# Few values, so that customers stand on cut points and cut points tie.
values = st.one_of(st.integers(0, 8).map(float), st.sampled_from([0.1 + 0.2, 0.3, 2.5, 1e9]))
cut_points = st.lists(values, max_size=6).map(sorted)
closed = st.sampled_from(["right", "left"])
weights = st.sampled_from([0.0, 0.1, 0.3, 0.5, 1.0, 3.0])
SCORES = range(1, 8)


@settings(deadline=None)  # the first example imports what it needs
@given(value=values, cuts=cut_points, side=closed, smaller=st.booleans())
def test_one_score(value: float, cuts: list[float], side: str, smaller: bool) -> None:
    many = score(np.array([value]), cuts, closed=side, smaller_is_better=smaller)
    assert score_of(value, cuts, closed=side, smaller_is_better=smaller) == many[0]


@st.composite
def models(draw: st.DrawFn) -> dict[str, Any]:
    """What fit may learn, nested or not; own maps too."""
    cuts = {m: {"*": draw(cut_points)} for m in MEASURES}
    nested = draw(st.booleans())
    if nested:
        cells = st.dictionaries(st.sampled_from([str(r) for r in SCORES]), cut_points, max_size=3)
        cuts["frequency"] |= draw(cells)
        pairs = [f"{r}-{f}" for r in SCORES for f in (1, 2)]
        cuts["monetary"] |= draw(st.dictionaries(st.sampled_from(pairs), cut_points, max_size=5))
    own = {
        "rules": [
            {"name": {}, "recency": [2, 7], "cells": [211, 312, 433]},
            {"name": {}, "frequency": [1, 2], "monetary": [2, 2]},
            {"name": {}, "cells": [111, 121]},
        ],
        "rest": {},
    }
    shipped = st.sampled_from([*MAPS, "none"]).map(segment_map)
    drawn = draw(st.lists(weights, min_size=3, max_size=3).filter(any))
    return {
        "cuts": cuts,
        "closed": draw(closed),
        "nested": nested,
        "raw": False,
        "weights": dict(zip(MEASURES, drawn, strict=True)),
        "segments": draw(st.one_of(shipped, st.just(own))),
        "high": {
            "of": draw(st.sampled_from(["score", "measure"])),
            **{m: draw(values) for m in MEASURES},
        },
    }


@settings(deadline=None)  # the first example imports what it needs
@given(
    learned=models(),
    limits=st.lists(st.floats(0, 7).map(lambda x: round(x, 2)), max_size=4),
    customers=st.lists(st.tuples(values, values, values), min_size=1, max_size=20),
)
def test_one_by_one_as_all_at_once(
    learned: dict[str, Any], limits: list[float], customers: list[tuple[float, float, float]]
) -> None:
    tiers = [{"min_score": limit} for limit in [*sorted(limits, reverse=True), None]]
    columns = np.array(customers).T
    data = Data(values=dict(zip(MEASURES, columns, strict=True)))
    graded = rfm.apply(learned, tiers, data)
    one = One(learned, tiers)
    for i, customer in enumerate(customers):
        scores = one.scores(*customer)
        assert scores == tuple(graded[f"{m}_score"][i] for m in "rfm")
        assert one.score(scores) == graded["score"][i]
        assert one.tier(scores) == graded["tier_no"][i]
        assert one.segment(scores, customer) == graded["segment_no"][i]
