"""From sheets to graded customers in one call: the way that every host takes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from segmentation.check import check_orders
from segmentation.check_customers import check_customers
from segmentation.checked import Checked
from segmentation.choosing import understand
from segmentation.columns import Layout
from segmentation.grading import apply, few_scores, fit
from segmentation.measures import measure_orders
from segmentation.notes import Note, best_tier_empty, many_without_segment
from segmentation.report import Report, summarise
from segmentation.scheme import MEASURES, MeasureSettings, Scheme
from segmentation.sources import RawSheet


@dataclass(frozen=True, kw_only=True)
class Grading:
    """All that came of a grading; ``notes`` are codes with parameters for the reader.

    ``graded`` stands in the order of a call list: best tier first, then by amount.
    """

    checked: Checked
    layouts: tuple[Layout, ...]
    model: dict[str, Any]
    graded: pl.DataFrame
    report: Report
    notes: list[Note] = field(default_factory=list)


def check(
    layouts: Sequence[Layout],
    *,
    settings: MeasureSettings,
    as_of: dt.date | None = None,
    today: dt.date | None = None,
) -> Checked:
    """Check the rows of sheets of one kind."""
    checker = check_orders if layouts[0].kind == "orders" else check_customers
    return checker(layouts, settings=settings, as_of=as_of, today=today)


def measure(checked: Checked, settings: MeasureSettings) -> pl.DataFrame:
    """Measures per customer, ordered by customer."""
    if checked.kind == "customers":
        return checked.rows.sort("customer")
    assert checked.as_of is not None
    return measure_orders(
        checked.rows,
        settings=settings,
        as_of=checked.as_of,
        has_order_ids=checked.has_order_ids,
    )


def grade(
    sheets: Sequence[RawSheet],
    *,
    scheme: Scheme,
    wanted: Mapping[str, str] | None = None,
    model: Mapping[str, Any] | None = None,
    as_of: dt.date | None = None,
    today: dt.date | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Grading:
    """Sheets in, graded customers out.

    ``model`` grades with what was learned before, and measures as it was learned; the scheme
    then only says how to read dates.

    ``progress`` is told the step that begins: ``check``, ``grade``.
    """
    progress("check")
    layouts, notes = understand(sheets, wanted)
    settings = scheme.measures
    if model:
        settings = MeasureSettings(**{**model["measures"], "date_order": settings.date_order})
    checked = check(layouts, settings=settings, as_of=as_of, today=today)
    measures = measure(checked, settings)
    progress("grade")
    used = dict(model) if model else fit(scheme, measures, as_of=checked.as_of)
    graded = apply(used, measures).sort(
        "tier_no", "monetary", "customer", descending=[False, True, False]
    )
    scores = {m: graded[f"{m[0]}_score"] for m in MEASURES}
    few = few_scores(used, scores, graded.height)
    if few:
        few += best_tier_empty(used, scores)
    few += many_without_segment(used, graded["segment_no"])
    return Grading(
        checked=checked,
        layouts=tuple(layouts),
        model=used,
        graded=graded,
        report=summarise(used, graded, checked.as_of),
        notes=[*notes, *checked.notes, *few],
    )
