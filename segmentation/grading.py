"""fit and apply: the one way from measures to a model, and from a model to graded customers."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

import narwhals as nw
import numpy as np
from narwhals.typing import IntoFrame, IntoFrameT

from segmentation import absent, bins, customers, segments
from segmentation.errors import DataError, FenjiError, UsageError
from segmentation.lifting import spans_of
from segmentation.method import METHODS, Data, Model, method
from segmentation.methods import rfm
from segmentation.rhythm import STAGES, stages
from segmentation.scheme import MEASURES, SMALLER_IS_BETTER, MeasureSettings, Part, Scheme, Tier

MODEL_FORMAT = 1
_MODEL_KEYS = {"name", "as_of", "customers", "method", "measures", "rfm", "tiers", "abc", "stage"}
ABC = ("A", "B", "C")
# Time alone changes the first; the others only follow from orders, which are named themselves.
_NOT_CHOSEN = frozenset({"tenure", "growth", "repeat_rate"})


def needs(scheme: Scheme) -> tuple[str, ...]:
    """Every measure and column that the scheme's gradings read."""
    names = list(MEASURES)
    for part in scheme.parts:
        names += method(part.method).needs(part)
        if part.teacher:
            names += method(part.teacher.method).needs(part.teacher)
    instead = [c.instead for k in names if (c := scheme.columns.get(k)) and c.instead]
    return tuple(dict.fromkeys([*names, *instead]))


def fit(
    scheme: Scheme,
    measures: IntoFrame,
    *,
    as_of: dt.date | None = None,
    unknown: Sequence[str] = (),
) -> dict[str, Any]:
    """Learn a model from the measures of all customers.

    ``measures`` is a frame with ``recency`` (whole days), ``frequency`` and ``monetary`` per
    customer, and what else the method reads. The model is plain data: it survives JSON unchanged
    and grades the customers it was fitted on exactly as the fit did. Of the three measures those
    that are ``unknown`` hold nothing but 0: the leading method must not need them, a second
    grading takes them as unknown, and is left out where it can't. Raises DataError
    ``no_customers``, ``measure_absent``.
    """
    frame = customers.eager(measures)
    columns = customers.columns_found(frame, scheme.columns, needs(scheme))
    data = customers.data_of(frame, needs(scheme), columns)
    if not len(data):
        raise DataError("no_customers")
    money = data.values["monetary"]
    leading = _fit_part(scheme.leading, data, columns)
    own = scheme.method == "rfm"
    learned = leading["learned"] if own else _fit_rfm(scheme, data)
    return {
        "format": MODEL_FORMAT,
        "method": scheme.method,
        "name": dict(scheme.name),
        "as_of": as_of.isoformat() if as_of else None,
        "customers": len(data),
        "measures": dataclasses.asdict(scheme.measures),
        "rfm": learned,
        "tiers": leading["tiers"],
        "learned": None if own else leading["learned"],
        "spans": leading["spans"],
        "needs": list(needs(scheme)),
        "columns": columns,
        "beside": _fit_beside(scheme.beside, data, columns, unknown),
        "abc": {
            name: _listed(bins.pareto_class(money, data.keys, share))
            for name, share in (("a", scheme.abc.a), ("b", scheme.abc.b))
        },
        "stage": {
            "active_days": scheme.stage.active_days,
            "dormant_days": scheme.stage.dormant_days,
        },
        "actions": dataclasses.asdict(scheme.actions),
    }


def _fit_rfm(scheme: Scheme, data: Data) -> dict[str, Any]:
    """Scores and segments stay beside whatever method gives the tier."""
    return rfm.fit(Part(method="rfm", settings=scheme.rfm, tiers=()), data)


def _fit_part(part: Part, data: Data, columns: Mapping[str, Any]) -> dict[str, Any]:
    module = method(part.method)
    if part.teacher:
        teacher = method(part.teacher.method)
        tiers = [_tier(t) for t in part.teacher.tiers]
        taught = teacher.apply(absent.fitted(part.teacher, data, columns), tiers, data)["tier_no"]
        data = dataclasses.replace(data, taught=taught)
    learned = absent.fitted(part, data, columns)
    names = dict.fromkeys(columns.get(m, {}).get("used") or m for m in module.needs(part))
    if "frequency" in names and "monetary" in names:
        # It follows from the two: moved beside them, it would contradict them.
        names.pop("mean_order", None)
    # Every number of the settings is in reach of a promise, wherever it stands.
    movable = {
        m: {
            "down": learned.get("down", {}).get(m, m in SMALLER_IS_BETTER),
            "most": columns.get(m, {}).get("most"),
            "limits": _numbers(learned),
        }
        for m in names
        if m in data.values and m not in _NOT_CHOSEN
    }
    return {
        "method": part.method,
        "name": dict(part.name),
        "learned": learned,
        "tiers": [_tier(t) for t in part.tiers],
        "spans": spans_of(data, movable),
    }


def _fit_beside(
    part: Part | None, data: Data, columns: Mapping[str, Any], unknown: Sequence[str]
) -> dict[str, Any] | None:
    try:
        return _fit_part(part, _without(data, unknown), columns) if part else None
    except DataError:
        if not unknown:
            raise
        return None


def _without(data: Data, unknown: Sequence[str]) -> Data:
    return data.changed({m: np.full(len(data), np.nan) for m in unknown}) if unknown else data


def _numbers(node: Any) -> list[float]:
    if isinstance(node, Mapping):
        return [n for v in node.values() for n in _numbers(v)]
    if isinstance(node, list | tuple):
        return [n for v in node for n in _numbers(v)]
    number = isinstance(node, int | float) and not isinstance(node, bool) and np.isfinite(node)
    return [float(node)] if number else []


def parts_of(model: Model) -> list[dict[str, Any]]:
    """The gradings of a model, the leading one first: ``method learned tiers spans name``."""
    learned = model["rfm"] if model["method"] == "rfm" else model["learned"]
    leading = {k: model.get(k, {}) for k in ("method", "name", "tiers", "spans")}
    beside = model.get("beside")
    return [{**leading, "learned": learned}, *([beside] if beside else [])]


def apply(model: Model, measures: IntoFrameT) -> IntoFrameT:
    """Grade customers with a fitted model; the frame comes back with the grading's columns.

    Added: ``r_score f_score m_score rfm score tier tier_no segment_no abc stage``, what would
    lift the tier (``next_<measure>`` for each that can, ``next_tier``), columns of the method's
    own, and with a second grading ``beside_no`` and ``beside_score``. ``tier`` is the tier's key,
    ``tier_no`` 0 for the best, ``segment_no`` the number of the rule of the segment map (the
    number of rules for the rest).
    """
    frame = customers.eager(measures)
    data = customers.data_of(frame, model.get("needs", MEASURES), model.get("columns", {}))
    graded = grade(model, data)
    native = frame.implementation
    columns = [nw.new_series(k, _plain(v), backend=native) for k, v in graded.items()]
    return cast("IntoFrameT", frame.with_columns(*columns).to_native())


def grade(model: Model, data: Data) -> dict[str, Any]:
    """What ``apply`` adds, as arrays."""
    leading, *second = parts_of(model)
    own = leading["method"] == "rfm"
    graded: dict[str, Any] = rfm.apply(model["rfm"], leading["tiers"] if own else (), data)
    if not own:
        module = method(leading["method"])
        graded |= module.apply(leading["learned"], leading["tiers"], data)
    keys = np.array([t["key"] for t in leading["tiers"]], dtype=object)
    graded["tier"] = keys[graded["tier_no"]]
    graded["abc"] = _abc(model["abc"], data)
    graded["stage"] = _stage(model["stage"], data)
    steps = method(leading["method"]).next_steps
    graded |= steps(leading["learned"], leading["tiers"], data, leading["spans"])
    known = _without(data, model.get("unknown", ()))
    for part in second:
        found = method(part["method"]).apply(part["learned"], part["tiers"], known)
        graded |= {f"beside_{k.removeprefix('tier_')}": v for k, v in found.items()}
    return graded


def _plain(values: Any) -> Any:
    return values.tolist() if values.dtype == object else values


def _tier(tier: Tier) -> dict[str, Any]:
    """A tier with its strategy, so that a model alone can fill a whole workbook."""
    plain = dataclasses.asdict(tier)
    plain["strategy"] = {lang: list(items) for lang, items in tier.strategy.items()}
    plain["classes"] = list(tier.classes)
    return plain


def _listed(pair: tuple[float, str] | None) -> list[Any] | None:
    """JSON knows no tuples, and a model must come back from it unchanged."""
    return None if pair is None else list(pair)


def _abc(limits: Mapping[str, Any], data: Data) -> Any:
    classes = np.full(len(data), "C", dtype=object)
    for name in ("b", "a"):
        inside = bins.in_pareto_class(data.values["monetary"], data.keys, limits[name])
        classes[inside] = name.upper()
    return classes


def _stage(limits: Mapping[str, Any], data: Data) -> Any:
    """New and active bought lately (new: once only), dormant a while ago, lost long ago."""
    number = stages(
        data.values["recency"],
        data.values["frequency"],
        active=limits["active_days"],
        dormant=limits["dormant_days"],
    )
    return np.array(STAGES, dtype=object)[number]


def dump_model(model: Model) -> str:
    """A model as JSON text."""
    return json.dumps(model, ensure_ascii=False, separators=(",", ":"))


def load_model(text: str) -> dict[str, Any]:
    """A model from JSON text; UsageError ``bad_model`` where it is none of ours."""
    try:
        model = json.loads(text)
    except ValueError:
        raise UsageError("bad_model") from None
    known = isinstance(model, dict) and model.get("format") == MODEL_FORMAT
    if not known or not model.keys() >= _MODEL_KEYS or model["method"] not in METHODS:
        raise UsageError("bad_model")
    if not _grades(model):
        raise UsageError("bad_model")
    return cast("dict[str, Any]", model)


def _grades(model: Model) -> bool:
    """Whether a model is whole: tried on one customer."""
    learned = model["rfm"]
    try:
        MeasureSettings(**model["measures"])
        columns = model.get("columns", {})
        own = [c for c in model.get("needs", MEASURES) if columns.get(c, {}).get("kind") != "text"]
        values = {m: np.ones(1) for m in {*MEASURES, *own}}
        texts = {c: [None] for c in columns if c not in values}
        grade(model, Data(values=values, texts=texts, keys=["1"]))
        bins_and_cut = [(int(learned["bins"][m]), learned["cut"]) for m in MEASURES]
        parts = [(dict(p["name"]), p["tiers"][0]["key"]) for p in parts_of(model)]
        tiers = [(dict(tier["name"]), tier["key"], tier["strategy"]) for tier in model["tiers"]]
        names = segments.names(model["rfm"]["segments"], "en")
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, FenjiError):
        return False
    return all((names, tiers, parts, bins_and_cut))
