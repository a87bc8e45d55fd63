"""From sheets to graded customers in one call: the way that every host takes."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from segmentation.attributes import Attributes, indices, read_columns, stood_in
from segmentation.check import check_orders
from segmentation.check_customers import check_customers
from segmentation.checked import Checked
from segmentation.choosing import Chosen, choose
from segmentation.columns import Layout
from segmentation.derived import derived_of_customers
from segmentation.grading import apply, fit, needs, parts_of
from segmentation.lifetime.tracking import Tracking
from segmentation.listed import FOLLOWS_FROM, Reads
from segmentation.measures import measure_orders
from segmentation.method import method
from segmentation.notes import Note, lacking, spread, unseen
from segmentation.report import Report, summarise
from segmentation.scheme import DERIVED, MEASURES, ColumnSettings, MeasureSettings, Scheme
from segmentation.sensitive import sensitive_keys
from segmentation.sources import RawSheet
from segmentation.tracking import caveats, tracking
from segmentation.trend import trend_of
from segmentation.vocabulary import vocabulary


@dataclass(frozen=True, kw_only=True)
class Grading:
    """All that came of a grading; ``notes`` are codes with parameters for the reader.

    ``graded`` stands in the order of a call list: best tier first, then by amount. Measures
    that are ``unknown`` are 0 there for everybody, and what follows from them says nothing.
    ``tracking`` says how far lifetime values can be relied on, where there are some.
    """

    checked: Checked
    layouts: tuple[Layout, ...]
    model: dict[str, Any]
    graded: pl.DataFrame
    report: Report
    notes: list[Note] = field(default_factory=list)
    unknown: tuple[str, ...] = ()
    tracking: Tracking | None = None


def check(
    layouts: Sequence[Layout],
    *,
    settings: MeasureSettings,
    as_of: dt.date | None = None,
    today: dt.date | None = None,
    carry: Collection[str] = (),
    unknown: Collection[str] = (),
) -> Checked:
    """Check the rows of sheets of one kind; ``carry`` asks for more columns of the used ones.

    ``unknown`` are measures that sheets of customers do not have.
    """
    if layouts[0].kind == "orders":
        return check_orders(layouts, settings=settings, as_of=as_of, today=today, carry=carry)
    return check_customers(
        layouts, settings=settings, as_of=as_of, today=today, carry=carry, unknown=unknown
    )


def measure(
    checked: Checked,
    settings: MeasureSettings,
    extra: Sequence[str] = (),
    unknown: Collection[str] = (),
) -> pl.DataFrame:
    """Measures per customer, ordered by customer; ``extra`` are measures of ``DERIVED``.

    What follows from ``unknown`` measures is null.
    """
    if checked.kind == "customers":
        rows = checked.rows.drop("sheet_no", "row", strict=False).sort("customer")
        found = derived_of_customers(rows, extra, checked.as_of)
        none = pl.lit(None, dtype=pl.Float64)
        lost = [m for m in extra if set(FOLLOWS_FROM.get(m, ())) & set(unknown)]
        return found.with_columns(**dict.fromkeys(lost, none))
    assert checked.as_of is not None
    return measure_orders(
        checked.rows,
        settings=settings,
        as_of=checked.as_of,
        has_order_ids=checked.has_order_ids,
        extra=extra,
    )


def own_columns(
    scheme: Scheme, model: Mapping[str, Any] | None = None
) -> dict[str, ColumnSettings]:
    """The user's own columns that the gradings read; with a model, those that it was fitted on."""
    if model is None:
        return {k: scheme.columns[k] for k in needs(scheme) if k in scheme.columns}
    return {
        key: ColumnSettings(
            name=own["name"],
            headers=tuple(own.get("headers", ())),
            kind=own["kind"],
            take=own.get("take", "last"),
            most=own.get("most"),
        )
        for key, own in model.get("columns", {}).items()
        if not own.get("used") and not own.get("absent")
    }


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What there is to grade, and what is to be said of it."""

    checked: Checked
    layouts: tuple[Layout, ...]
    measures: pl.DataFrame
    notes: list[Note]
    unknown: tuple[str, ...] = ()


def look(
    sheets: Sequence[RawSheet],
    *,
    scheme: Scheme,
    wanted: Mapping[str, str] | None = None,
    model: Mapping[str, Any] | None = None,
    as_of: dt.date | None = None,
    today: dt.date | None = None,
) -> Looked:
    """Sheets in; checked rows and every measure that the gradings read out."""
    own = own_columns(scheme, model)
    chosen = choose(sheets, wanted, own, reads_of(scheme, own, model))
    unknown = chosen.unknown
    settings = scheme.measures
    if model:
        settings = MeasureSettings(**{**model["measures"], "date_order": settings.date_order})
    read = model.get("needs", ()) if model else needs(scheme)
    extra = [m for m in read if m in DERIVED and m not in own]
    stated = _stated(extra, chosen, wanted or {})
    extra, own = [m for m in extra if m not in stated], own | stated
    carry = _carry(extra, own)
    checked = check(
        chosen.graded, settings=settings, as_of=as_of, today=today, carry=carry, unknown=unknown
    )
    measures = measure(checked, settings, extra, unknown)
    found = _own(own, measures, checked, settings, chosen=chosen, wanted=wanted or {})
    return Looked(
        checked=checked,
        layouts=tuple(chosen.graded),
        measures=found.measures,
        notes=[*chosen.notes, *checked.notes, *found.notes, *_of_before(model, settings)],
        unknown=unknown,
    )


def _of_before(model: Mapping[str, Any] | None, settings: MeasureSettings) -> list[Note]:
    """What stood in when the model was fitted stands in again."""
    columns = model.get("columns", {}) if model else {}
    return [
        stood_in(key, own["name"], own["used"], settings)
        for key, own in columns.items()
        if own.get("used") or own.get("absent")
    ]


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
    looked = look(sheets, scheme=scheme, wanted=wanted, model=model, as_of=as_of, today=today)
    checked = looked.checked
    progress("grade")
    unknown = {*looked.unknown, *(model.get("unknown", ()) if model else ())}
    blank = tuple(m for m in MEASURES if m in unknown)
    used = (
        dict(model) if model else fit(scheme, looked.measures, as_of=checked.as_of, unknown=blank)
    )
    if blank:
        used["unknown"] = list(blank)
    graded = apply(used, looked.measures).sort(
        "tier_no", "monetary", "customer", descending=[False, True, False]
    )
    parts = [part["learned"] for part in parts_of(used)] if model else _settings(scheme)
    said = unseen(parts, used["columns"], graded) + spread(used, graded)
    held = tracking(used, graded, checked)
    return Grading(
        checked=checked,
        layouts=looked.layouts,
        model=used,
        graded=graded,
        report=summarise(used, graded, checked.as_of, trend=trend_of(checked, used, graded)),
        notes=[
            *looked.notes,
            *lacking(used, blank, scheme.beside),
            *said,
            *caveats(held, used, checked),
        ],
        unknown=blank,
        tracking=held,
    )


def _settings(scheme: Scheme) -> list[Any]:
    return [dataclasses.asdict(part.settings) for part in scheme.parts if part.settings]


def reads_of(
    scheme: Scheme, own: Mapping[str, ColumnSettings], model: Mapping[str, Any] | None = None
) -> Reads:
    """What the leading method reads, or read when the model was fitted."""
    if model:
        spans = model["spans"] if model["method"] != "rfm" else MEASURES
        return Reads(names=(*spans, *own), columns=own)
    parts = [p for p in (scheme.leading, scheme.leading.teacher) if p]
    names = tuple(dict.fromkeys(m for p in parts for m in method(p.method).needs(p)))
    stated = _derived([m for m in names if m in DERIVED and m not in own])
    return Reads(names=names, columns={m: c for m, c in {**own, **stated}.items() if m in names})


def _derived(names: Sequence[str]) -> dict[str, ColumnSettings]:
    """Derived measures as columns to find, by the names that they go by."""
    known = vocabulary().derived
    return {
        m: ColumnSettings(
            name={lang: headers[0] for lang, headers in known[m].items()},
            headers=tuple(header for headers in known[m].values() for header in headers),
        )
        for m in names
    }


def _stated(
    extra: Sequence[str], chosen: Chosen, wanted: Mapping[str, str]
) -> dict[str, ColumnSettings]:
    """Measures that sheets of customers hold themselves, as columns to read."""
    if chosen.graded[0].kind != "customers":
        return {}
    return {
        m: own
        for m, own in _derived(extra).items()
        if any(indices(sheet, m, own, wanted.get(m)) for sheet in chosen.graded)
    }


def _carry(extra: Sequence[str], own: Collection[str]) -> set[str]:
    """The columns of checked rows that the measures asked for are made from."""
    wanted = {"categories": "category", "return_share": "back"}
    return {wanted[m] for m in extra if m in wanted} | ({"place"} if own else set())


def _own(
    own: Mapping[str, ColumnSettings],
    measures: pl.DataFrame,
    checked: Checked,
    settings: MeasureSettings,
    *,
    chosen: Chosen,
    wanted: Mapping[str, str],
) -> Attributes:
    """The measures with the user's own columns, and a warning of those that may discriminate."""
    if not own:
        return Attributes(measures=measures)
    found = read_columns(
        measures,
        own,
        checked=checked,
        graded=chosen.graded,
        aside=chosen.aside,
        wanted=wanted,
        settings=settings,
    )
    risky = sensitive_keys(own, found.headers)
    if risky:
        names = [dict(own[k].name) for k in risky]
        found.notes.append(("sensitive_criteria", {"columns": risky, "names": names}))
    return found
