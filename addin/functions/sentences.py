"""Sentences of the graded table for customers in cells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from addin.explain import why as explained
from addin.functions.models import Grader
from addin.words import Words
from segmentation.methods import rfm


def why(words: Words, grader: Grader, values: Mapping[str, Any]) -> list[str]:
    """What gave each customer the tier, for arrays by measure."""
    scores = rfm.scores_of(grader.learned, values)
    score = rfm.weighted(grader.learned, scores)
    frame = pl.DataFrame(
        {
            **{m: values[m] for m in ("recency", "frequency", "monetary")},
            "r_score": scores["recency"],
            "f_score": scores["frequency"],
            "m_score": scores["monetary"],
            "score": score,
            "tier_no": rfm.tier_numbers(grader.tiers, score),
        }
    )
    model = {
        "method": "rfm",
        "rfm": grader.learned,
        "tiers": grader.tiers,
        "measures": grader.measured,
    }
    found: list[str] = frame.select(explained(model, words)).to_series().to_list()
    return found
