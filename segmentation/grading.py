"""fit and apply: the one way from measures to a model, and from a model to graded customers."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Mapping
from typing import Any, cast

import narwhals as nw
import numpy as np
from narwhals.typing import IntoFrame, IntoFrameT

from segmentation import bins, segments
from segmentation.errors import DataError, UsageError
from segmentation.methods import rfm, rfm_next
from segmentation.scheme import MEASURES, MeasureSettings, Scheme, Tier

MODEL_FORMAT = 1
_MODEL_KEYS = {"name", "as_of", "customers", "method", "measures", "rfm", "tiers", "abc", "stage"}
STAGES = ("new", "active", "dormant", "lost")
ABC = ("A", "B", "C")


def fit(scheme: Scheme, measures: IntoFrame, *, as_of: dt.date | None = None) -> dict[str, Any]:
    """Learn a model from the measures of all customers.

    ``measures`` is a frame with ``recency`` (whole days), ``frequency`` and ``monetary`` per
    customer. The model is plain data: it survives JSON unchanged and grades the customers it
    was fitted on exactly as the fit did. Raises DataError ``no_customers``.
    """
    frame = _eager(measures)
    values = _values(frame)
    if not len(values["recency"]):
        raise DataError("no_customers")
    keys, money = _keys(frame), values["monetary"]
    raw = rfm.compares_raw(scheme.rfm)
    return {
        "format": MODEL_FORMAT,
        "method": scheme.method,
        "name": dict(scheme.name),
        "as_of": as_of.isoformat() if as_of else None,
        "customers": len(values["recency"]),
        "measures": dataclasses.asdict(scheme.measures),
        "rfm": rfm.fit(scheme, _compared(frame, values, raw=raw)),
        "tiers": [_tier(t) for t in scheme.tiers],
        "abc": {
            name: _listed(bins.pareto_class(money, keys, share))
            for name, share in (("a", scheme.abc.a), ("b", scheme.abc.b))
        },
        "stage": {
            "active_days": scheme.stage.active_days,
            "dormant_days": scheme.stage.dormant_days,
        },
    }


def apply(model: Mapping[str, Any], measures: IntoFrameT) -> IntoFrameT:
    """Grade customers with a fitted model; the frame comes back with the grading's columns.

    Added: ``r_score f_score m_score rfm score tier tier_no segment_no abc stage`` and what
    would lift the tier (``next_recency next_frequency next_monetary next_tier``). ``tier`` is
    the tier's key, ``tier_no`` 0 for the best, ``segment_no`` the number of the rule of the
    segment map (the number of rules for the rest).
    """
    frame = _eager(measures)
    values = _values(frame)
    compared = _compared(frame, values, raw=model["rfm"]["raw"])
    graded: dict[str, Any] = rfm.apply(model, compared)
    tiers = np.array([t["key"] for t in model["tiers"]], dtype=object)
    graded["tier"] = tiers[graded["tier_no"]]
    graded["abc"] = _abc(model["abc"], values["monetary"], _keys(frame))
    graded["stage"] = _stage(model["stage"], values)
    graded.update(rfm_next.next_steps(model, compared))
    native = frame.implementation
    columns = [nw.new_series(k, _plain(v), backend=native) for k, v in graded.items()]
    return cast("IntoFrameT", frame.with_columns(*columns).to_native())


def _plain(values: Any) -> Any:
    return values.tolist() if values.dtype == object else values


def _eager(measures: IntoFrame) -> nw.DataFrame[Any]:
    frame = nw.from_native(measures)
    return frame.collect() if isinstance(frame, nw.LazyFrame) else cast("nw.DataFrame[Any]", frame)


def _values(frame: nw.DataFrame[Any]) -> dict[str, rfm.Floats]:
    missing = [m for m in MEASURES if m not in frame.columns]
    if missing:
        raise UsageError("measures_missing", measures=", ".join(missing))
    values = {m: frame[m].cast(nw.Float64).to_numpy() for m in MEASURES}
    for measure, array in values.items():
        if not np.isfinite(array).all():
            raise DataError("blank_measure", measure=measure)
    return values


def _tier(tier: Tier) -> dict[str, Any]:
    """A tier with its strategy, so that a model alone can fill a whole workbook."""
    plain = dataclasses.asdict(tier)
    plain["strategy"] = {lang: list(items) for lang, items in tier.strategy.items()}
    return plain


def _listed(pair: tuple[float, str] | None) -> list[Any] | None:
    """JSON knows no tuples, and a model must come back from it unchanged."""
    return None if pair is None else list(pair)


def _keys(frame: nw.DataFrame[Any]) -> list[str]:
    """What tells customers apart where values tie: their key, or where they stand."""
    if "customer" in frame.columns:
        return [str(k) for k in frame["customer"].to_list()]
    return [f"{i:09d}" for i in range(len(frame))]


def _compared(frame: nw.DataFrame[Any], values: rfm.Values, *, raw: bool) -> dict[str, rfm.Floats]:
    if not raw or "monetary_raw" not in frame.columns:
        return dict(values)
    return {**values, "monetary": frame["monetary_raw"].cast(nw.Float64).to_numpy()}


def _abc(limits: Mapping[str, Any], monetary: rfm.Floats, keys: list[str]) -> Any:
    classes = np.full(len(monetary), "C", dtype=object)
    for name in ("b", "a"):
        classes[bins.in_pareto_class(monetary, keys, limits[name])] = name.upper()
    return classes


def _stage(limits: Mapping[str, Any], values: rfm.Values) -> Any:
    """New and active bought lately (new: once only), dormant a while ago, lost long ago."""
    recency = values["recency"]
    stage = np.full(len(recency), "lost", dtype=object)
    stage[recency <= limits["dormant_days"]] = "dormant"
    active = recency <= limits["active_days"]
    stage[active] = "active"
    stage[active & (values["frequency"] <= 1)] = "new"
    return stage


def dump_model(model: Mapping[str, Any]) -> str:
    """A model as JSON text."""
    return json.dumps(model, ensure_ascii=False, separators=(",", ":"))


def load_model(text: str) -> dict[str, Any]:
    """A model from JSON text; UsageError ``bad_model`` where it is none of ours."""
    try:
        model = json.loads(text)
    except ValueError:
        raise UsageError("bad_model") from None
    known = isinstance(model, dict) and model.get("format") == MODEL_FORMAT
    if not known or not model.keys() >= _MODEL_KEYS or not _grades(model):
        raise UsageError("bad_model")
    return cast("dict[str, Any]", model)


def _grades(model: Mapping[str, Any]) -> bool:
    """Whether a model is whole: tried on one customer."""
    one = {m: np.ones(1) for m in MEASURES}
    try:
        MeasureSettings(**model["measures"])
        rfm.apply(model, one)
        rfm_next.next_steps(model, one)
        _abc(model["abc"], one["monetary"], ["1"])
        _stage(model["stage"], one)
        few_scores(model, dict.fromkeys(MEASURES, ()), 0)
        tiers = [(dict(tier["name"]), tier["key"], tier["strategy"]) for tier in model["tiers"]]
        names = segments.names(model["rfm"]["segments"], "en")
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return False
    return bool(names) and bool(tiers) and isinstance(model["name"], dict)


def few_scores(
    model: Mapping[str, Any], scores: Mapping[str, Any], customers: int
) -> list[tuple[str, dict[str, Any]]]:
    """Measures whose tied values left fewer scores than asked for, as notes.

    ``scores`` holds the scores of all customers by measure; where there are fewer customers
    than scores nothing is said.
    """
    notes = []
    for measure in MEASURES:
        wanted = model["rfm"]["bins"][measure]
        used = len(set(scores[measure]))
        if model["rfm"]["cut"] == "quantile" and used < wanted <= customers:
            notes.append(("few_scores", {"measure": measure, "scores": used, "bins": wanted}))
    return notes
