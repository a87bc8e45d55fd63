"""Lifetime value: tiers by what each customer's orders to come are worth.

Models of orders and of amounts (``segmentation.lifetime``) give each customer the probability of
still being one, the orders to be expected and their value over ``months``, discounted by
``annual_rate`` a year, ``margin`` of each amount. Tiers take limits of that value (``at_least``),
the best share or number of customers by it (``top``), or, where they say ``share`` or nothing,
shares of the total value as ABC does.

Where the data do not have purchase days, orders count as days of their own; where they do not say
since when somebody is a customer, everybody counts as one since the longest silence of all began.
Of whom neither is known there is no value, and the last tier.

What lifts a tier is another order soon, or a higher amount per repeat order. A recency below the
one that the history has means one more order, on that day.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import numpy as np
from annotated_types import Ge, Gt, Le

from segmentation.bins import pareto_class
from segmentation.lifetime.histories import Histories
from segmentation.lifetime.learning import learn
from segmentation.lifetime.predicting import Ahead, Forecast, Terms, columns
from segmentation.lifting import change_of
from segmentation.limits import top_conditions, top_problems
from segmentation.method import Data, Floats, Ints, Model
from segmentation.scheme import Part
from segmentation.settings import Number, Whole, settings

HORIZONS = (3, 6, 12)
TIER_KEYS = ("share", "at_least", "top")
MONOTONE = False
_SHARES = (0.5, 0.8, 0.95)
_MOVABLE = ("recency", "repeat_mean")
# Sums of floating-point numbers must not tell equal customers apart, nor who else is graded.
_DIGITS, _LEAST = 10, 1e-12


@settings
class Settings:
    """Which model of orders (auto: the likelier of two), and what counts as value.

    ``renewal_days`` is how long a contract runs, for ``orders = "contract"``.
    """

    orders: Literal["auto", "bg_nbd", "mbg_nbd", "pareto_nbd", "contract", "simple"] = "auto"
    renewal_days: Annotated[Number, Gt(0)] = 30
    months: Annotated[Whole, Ge(1), Le(120)] = 12
    annual_rate: Annotated[Number, Ge(0)] = 0.1
    margin: Annotated[Number, Gt(0)] = 1.0


def needs(part: Part) -> tuple[str, ...]:  # noqa: ARG001
    """What the models go by."""
    return (
        "recency",
        "frequency",
        "monetary",
        "repeats",
        "active_span",
        "tenure",
        "repeat_mean",
    )


def problems(part: Part) -> list[tuple[str, str, dict[str, Any]]]:
    """Ways into the tiers that are mixed, missing or in the wrong order."""
    rest = part.tiers[:-1]
    used = [key for key in TIER_KEYS if any(getattr(tier, key) is not None for tier in rest)]
    if len(used) > 1:
        one, other = used[:2]
        first = next(i for i, tier in enumerate(rest) if getattr(tier, other) is not None)
        return [(f"tiers[{first}].{other}", "mixed_limits", {"keys": f"{one}, {other}"})]
    if used in ([], ["share"]):
        return _share_problems(shares(part), part)
    key = used[0]
    found: list[tuple[str, str, dict[str, Any]]] = [
        (f"tiers[{i}].{key}", "limit_missing", {"tier": tier.key, "keys": key})
        for i, tier in enumerate(rest)
        if getattr(tier, key) is None
    ]
    if key == "top":
        return found + top_problems(part.tiers)
    limits = [(i, tier.at_least) for i, tier in enumerate(rest) if tier.at_least is not None]
    for (_, one_limit), (j, limit) in itertools.pairwise(limits):
        if limit >= one_limit:
            shown = {"value": f"{one_limit:g}, {limit:g}"}
            found.append((f"tiers[{j}].at_least", "limits_not_descending", shown))
    return found


def _share_problems(
    asked: Sequence[float | None], part: Part
) -> list[tuple[str, str, dict[str, Any]]]:
    found: list[tuple[str, str, dict[str, Any]]] = []
    for i, (tier, share) in enumerate(zip(part.tiers, asked, strict=False)):
        if share is None:
            params = {"tier": tier.key, "keys": ", ".join(TIER_KEYS)}
            found.append((f"tiers[{i}].share", "limit_missing", params))
        elif not 0 < share <= 1:
            shown = {"value": f"{share:g}", "allowed": "0 < x ≤ 1"}
            found.append((f"tiers[{i}].share", "bad_number", shown))
    known = [(i, s) for i, s in enumerate(asked) if s is not None]
    for (_, one), (j, other) in itertools.pairwise(known):
        if other <= one:
            found.append((f"tiers[{j}].share", "not_ascending", {"value": f"{one:g}, {other:g}"}))
    return found


def shares(part: Part) -> list[float | None]:
    """The share of each tier but the last: its own, else half, four fifths, 95 %; None: none."""
    return [
        tier.share if tier.share is not None else _SHARES[i] if i < len(_SHARES) else None
        for i, tier in enumerate(part.tiers[:-1])
    ]


def fit(part: Part, data: Data) -> dict[str, Any]:
    """Both models with their quality, the terms, and the limits of the tiers."""
    own: Settings = part.settings
    recency = data.values["recency"]
    since = float(np.nanmax(recency)) if np.isfinite(recency).any() else 0.0
    learned: dict[str, Any] = {
        "since": since,
        "months": own.months,
        "annual_rate": float(own.annual_rate),
        "margin": float(own.margin),
        "assumed": ["tenure"] if np.isnan(_column(data, "tenure")).all() else [],
    }
    learned["lifetime"] = learn(
        histories(learned, data), own.orders, period=float(own.renewal_days)
    )
    learned |= _ways_in(part, _worth(learned, data), data)
    return learned


def _ways_in(part: Part, worth: Floats, data: Data) -> dict[str, Any]:
    """The least value of each tier but the last, None where nobody gets in, and where it is from.

    Equal values stand in one tier, whatever the keys.
    """
    rest = part.tiers[:-1]
    if any(tier.at_least is not None for tier in rest):
        return {"by": "value", "limits": [float(tier.at_least or 0.0) for tier in rest]}
    if any(tier.top is not None for tier in rest):
        asked = top_conditions(part.tiers, worth, "worth")
        limits = [None if each is None else each[0]["at_least"] for each in asked]
        return {"by": "top", "tops": [float(tier.top or 0) for tier in rest], "limits": limits}
    wanted = [float(share or 0) for share in shares(part)]
    last = [pareto_class(np.nan_to_num(worth), data.keys, share) for share in wanted]
    limits = [None if each is None else each[0] for each in last]
    return {"by": "share", "shares": wanted, "limits": limits}


def apply(learned: Model, tiers: Sequence[Mapping[str, Any]], data: Data) -> dict[str, Any]:  # noqa: ARG001
    """Tier numbers; the score is the value; ``p_alive``, expected orders and values, intervals."""
    given = histories(learned, data)
    found = columns(learned["lifetime"], given, _terms(learned), HORIZONS)
    found = {name: _rounded(values) for name, values in found.items()}
    worth = found.pop("clv")
    return {"tier_no": _tier(learned, worth), "score": worth, **found}


def next_steps(
    learned: Model,
    tiers: Sequence[Mapping[str, Any]],  # noqa: ARG001
    data: Data,
    spans: Mapping[str, Mapping[str, Any]],
) -> dict[str, Floats]:
    """Another order soon, or a higher amount: once there is one, each alone only helps."""

    ahead = Ahead(learned["lifetime"], _terms(learned))

    def grade(some: Data) -> Ints:
        return _tier(learned, _worth(learned, some, ahead))

    movable = {m: spans[m] for m in _MOVABLE if m in spans}
    return change_of(grade, data, spans, movable)


def _column(data: Data, measure: str) -> Floats:
    return data.values.get(measure, np.full(len(data), np.nan))


def histories(learned: Model, data: Data) -> Histories:
    """Repeat orders, time from the first to the last, time watched, amount of a repeat order."""
    recency, orders = data.values["recency"], data.values["frequency"]
    tenure = _column(data, "tenure")
    watched = np.where(np.isnan(tenure), np.maximum(learned["since"], recency), tenure)
    repeats = _column(data, "repeats")
    x = np.where(np.isnan(repeats), np.maximum(orders - 1, 0.0), repeats)
    span = _column(data, "active_span")
    t_x = np.where(np.isnan(span), np.maximum(watched - recency, 0.0), span)
    with np.errstate(invalid="ignore", divide="ignore"):
        # The day of an order that the history does not have yet.
        later = (recency < watched - t_x) & ~np.isnan(span)
        mean_order = np.where(orders > 0, data.values["monetary"] / orders, np.nan)
    x = np.where(later, x + 1, x)
    t_x = np.where(later, watched - recency, t_x)
    t_x = np.where(x > 0, np.minimum(t_x, watched), 0.0)
    repeat_mean = _column(data, "repeat_mean")
    mean = np.where(np.isnan(repeat_mean), mean_order, repeat_mean)
    return Histories(x=x, t_x=t_x, T=watched, mean=mean)


def _terms(learned: Model) -> Terms:
    return Terms(**{key: learned[key] for key in ("months", "annual_rate", "margin")})


def _worth(learned: Model, data: Data, ahead: Ahead | None = None) -> Floats:
    terms = _terms(learned)
    seen = Forecast(learned["lifetime"], histories(learned, data))
    value: Floats = seen.value(terms, ahead or Ahead(learned["lifetime"], terms))
    return _rounded(value)


def _rounded(values: Floats) -> Floats:
    """To so many significant digits."""
    size = np.floor(np.log10(np.maximum(np.abs(values), _LEAST)))
    scale = 10.0 ** (_DIGITS - 1 - size)
    made: Floats = np.round(values * scale) / scale
    return made


def _tier(learned: Model, worth: Floats) -> Ints:
    limits = learned["limits"]
    number = np.full(len(worth), len(limits), dtype=np.int64)
    for i in range(len(limits) - 1, -1, -1):
        if limits[i] is not None:
            number[worth >= limits[i]] = i
    return number
