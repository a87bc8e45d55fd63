"""Whether native formulas come to just what Fenji gave: tried on the customers themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from addin.live.model import has_formulas
from segmentation import customers
from segmentation.bins import tidy
from segmentation.grading import parts_of
from segmentation.method import Data, method
from segmentation.methods import rfm
from segmentation.run import Grading
from segmentation.scheme import MEASURES

# After every key: formulas know no keys, whoever ties with the last one is in.
_LAST_KEY = "\U0010ffff"


def is_live(grading: Grading) -> bool:
    """Whether a workbook of this grading can have formulas: they exist, and none errs.

    Spreadsheets compare 15 digits and know no customer's key. Where that matters, a workbook with
    values is right, and one with formulas would not be.
    """
    model = grading.model
    if not has_formulas(model):
        return False
    data = _as_shown(grading)
    graded = grading.graded
    scores = {**model["rfm"], "cuts": _as_shown_numbers(model["rfm"]["cuts"])}
    found = rfm.scores_of(scores, {m: data.values[m] for m in MEASURES})
    same = all(
        (graded[f"{m[0]}_score"].to_numpy() == found[m]).all()
        for m in MEASURES
        if not grading.unknown
    )
    if not same or model["method"] == "rfm":
        return same
    (leading, *_) = parts_of(model)
    learned = _as_shown_numbers(leading["learned"])
    if model["method"] == "abc":
        limits = [last and [last[0], _LAST_KEY] for last in learned["limits"]]
        learned = {**learned, "limits": limits}
    again = method(model["method"]).apply(learned, leading["tiers"], data)
    return bool((again["tier_no"] == graded["tier_no"].to_numpy()).all())


def _as_shown(grading: Grading) -> Data:
    model = grading.model
    frame = customers.eager(grading.graded)
    data = customers.data_of(frame, model.get("needs", MEASURES), model.get("columns", {}))
    return data.changed({m: _tidied(values) for m, values in data.values.items()})


def _tidied(values: Any) -> Any:
    found = np.array(values, dtype=np.float64)
    known = np.isfinite(found)
    found[known] = tidy(found[known])
    return found


def _as_shown_numbers(node: Any) -> Any:
    """Plain data with its numbers as the model's lines hold them."""
    if isinstance(node, Mapping):
        return {key: _as_shown_numbers(value) for key, value in node.items()}
    if isinstance(node, list | tuple):
        return [_as_shown_numbers(value) for value in node]
    return float(tidy(node)) if isinstance(node, float) and np.isfinite(node) else node
