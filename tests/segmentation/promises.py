"""What every method promises, checked on whole frames: the same grades again, and true steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from segmentation.grading import apply, dump_model, fit, load_model
from segmentation.method import method
from segmentation.scheme import ColumnSettings, Part, Scheme, Tier

COUNT = 1000


def tiers(*gates: dict[str, Any]) -> tuple[Tier, ...]:
    """Tiers with these gates, named T0, T1, …"""
    return tuple(Tier(key=f"T{i}", name={"en": f"T{i}"}, **gate) for i, gate in enumerate(gates))


def scheme_of(
    name: str, own: tuple[Tier, ...], columns: Sequence[str] = (), **settings: Any
) -> Scheme:
    """A scheme of one method; ``columns`` are numbers of the user's own."""
    return Scheme(
        name={"en": name},
        method=name,
        tiers=own,
        settings=method(name).Settings(**settings),
        columns={key: ColumnSettings(name={"en": key}) for key in columns},
    )


def part_of(name: str, own: tuple[Tier, ...], **settings: Any) -> Part:
    """One grading alone."""
    return scheme_of(name, own, **settings).leading


def codes(name: str, own: tuple[Tier, ...], **settings: Any) -> list[tuple[str, str]]:
    """What is wrong with settings and tiers: (key, code)."""
    found = method(name).problems(part_of(name, own, **settings))
    return [(key, code) for key, code, _ in found]


def customers(**columns: Any) -> pl.DataFrame:
    """Customers c000, c001, … with these measures; the three that must be there stand at 1."""
    count = max(len(v) for v in columns.values())
    ones = {m: [1.0] * count for m in ("recency", "frequency", "monetary")}
    return pl.DataFrame(
        {"customer": [f"c{i:03d}" for i in range(count)], **ones, **columns}, strict=False
    )


def graded(scheme: Scheme, frame: pl.DataFrame) -> list[int]:
    """Tier numbers of the customers that the scheme is fitted on."""
    return apply(fit(scheme, frame), frame)["tier_no"].to_list()


def some_customers(seed: int, count: int = COUNT) -> pl.DataFrame:
    """Customers with every built-in measure, many ties, unknown values, zeros and refunds."""
    dice = np.random.default_rng(seed)
    orders = np.minimum(dice.geometric(0.3, count), 40).astype(float)
    amount = np.round(orders * dice.gamma(2.0, 150.0, count), 2)
    amount[dice.random(count) < 0.05] = 0.0
    amount[dice.random(count) < 0.03] *= -1
    interval = np.where(orders > 1, np.round(dice.gamma(2.0, 20.0, count) * 7) / 7, np.nan)
    months = np.minimum(orders, dice.integers(1, 9, count)).astype(float)
    returned = _with_gaps(dice, np.round(dice.beta(0.5, 4.0, count), 3))
    return pl.DataFrame(
        {
            "customer": [f"c{i:05d}" for i in dice.permutation(count)],
            "recency": dice.integers(0, 400, count).astype(float),
            "frequency": orders,
            "monetary": amount,
            "interval": interval,
            "active_months": _with_gaps(dice, months),
            "return_share": returned,
            "referrals": _with_gaps(dice, dice.poisson(0.3, count).astype(float)),
            "satisfaction": _with_gaps(dice, dice.integers(1, 6, count).astype(float)),
            "employees": _with_gaps(dice, np.round(dice.lognormal(4.0, 1.5, count))),
            "credit": _with_gaps(dice, dice.integers(400, 800, count).astype(float)),
        }
    )


def _with_gaps(
    dice: np.random.Generator, values: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    return np.where(dice.random(len(values)) < 0.1, np.nan, values)


def check_again(scheme: Scheme, frame: pl.DataFrame) -> pl.DataFrame:
    """Grades do not depend on JSON, on the order of rows or on who else is there."""
    model = fit(scheme, frame)
    first = apply(model, frame)
    assert load_model(dump_model(model)) == model
    mixed = frame.sample(fraction=1.0, shuffle=True, seed=3)
    assert fit(scheme, mixed) == model
    # An all-blank column of a part would be of another type; the values are what counts.
    again = apply(model, mixed).sort("customer")
    assert again.equals(first.sort("customer"))
    part = frame.head(7)
    assert apply(model, part).equals(first.head(7))
    assert apply(model, frame.head(1)).equals(first.head(1))
    return first


def check_steps(scheme: Scheme, frame: pl.DataFrame) -> int:
    """Every named change lifts to the named tier, a step less lifts nothing; how many there are."""
    model = fit(scheme, frame)
    first = apply(model, frame)
    number = first["tier_no"].to_numpy()
    spans = model["spans"]
    named = {m: first[f"next_{m}"].to_numpy() for m in spans}
    goals = {m: np.where(np.isnan(t), frame[m].to_numpy(), t) for m, t in named.items()}
    moved = ~np.all([np.isnan(t) for t in named.values()], axis=0)
    reached = _tiers(model, frame, goals)
    assert (np.isnan(first["next_tier"].to_numpy()) == ~moved).all()
    assert (reached[moved] == first["next_tier"].to_numpy()[moved]).all()
    assert (reached[moved] < number[moved]).all()
    for measure, span in spans.items():
        changed = ~np.isnan(named[measure])
        sign = -1.0 if span["down"] else 1.0
        assert (sign * (goals[measure] - frame[measure].to_numpy())[changed] > 0).all()
        less = np.where(changed, np.round(goals[measure] - sign * span["step"], 6), goals[measure])
        weaker = _tiers(model, frame, {**goals, measure: less})
        assert (weaker[changed] >= number[changed]).all()
    return int(moved.sum())


def _tiers(model: dict[str, Any], frame: pl.DataFrame, values: dict[str, Any]) -> Any:
    changed = frame.with_columns(*[pl.Series(m, v) for m, v in values.items()])
    return apply(model, changed)["tier_no"].to_numpy()
