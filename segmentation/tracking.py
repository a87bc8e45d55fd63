"""How far the lifetime values of a grading can be relied on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from segmentation import customers
from segmentation.checked import Checked
from segmentation.grading import parts_of
from segmentation.lifetime.tracking import Tracking, tracked
from segmentation.methods import clv
from segmentation.notes import Note


def tracking(model: Mapping[str, Any], measures: pl.DataFrame, checked: Checked) -> Tracking | None:
    """The model of orders beside what happened; None for a grading without lifetime values.

    ``measures`` is what the model graded.
    """
    learned = next((p["learned"] for p in parts_of(model) if p["method"] == "clv"), None)
    if learned is None:
        return None
    data = customers.data_of(customers.eager(measures), model["needs"], model.get("columns", {}))
    purchases = checked.rows.filter("purchase") if checked.kind == "orders" else None
    return tracked(learned["lifetime"], clv.histories(learned, data), purchases, checked.as_of)


def caveats(found: Tracking | None, model: Mapping[str, Any], checked: Checked) -> list[Note]:
    """That purchase days had to be guessed, or that orders came otherwise than was to be expected
    from the earlier past."""
    if found is None:
        return []
    trial = found.trial
    if checked.kind == "customers" and "repeats" not in model.get("columns", {}):
        return [("clv_assumed_repeats", {})]
    if trial is None or not trial.contradicted:
        return []
    params = {
        "since": trial.since.isoformat(),
        "expected": round(trial.expected),
        "actual": trial.actual,
    }
    return [("clv_contradicted", params)]
