"""What models of orders say about the past, beside what happened: can they be relied on?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from segmentation.lifetime.grouped import Numbers
from segmentation.lifetime.histories import Histories
from segmentation.lifetime.learning import learn, model_of

WEEKS = 52
# Repeat orders of the last class of the calibration: so many or more.
MOST_REPEATS = 7
# The map's rows, and the repeat orders of its columns.
SILENCES = 12
REPEATS = (0, 1, 2, 3, 4, 6, 8, 12, 20)
_WEEK = 7
# The model is tried on the last third of the past, if that and what is before it are this long.
_LEARNED_OF, _SHORTEST = 2 / 3, 28
# How far orders may be from what the earlier past led to expect, and how many standard deviations.
_FAR, _DEVIATIONS = 0.2, 3.0
_NICE = (1, 2, 3, 5, 7, 10, 15, 20, 25, 30, 40, 50, 60, 75, 90)
_EVEN = 0.5
# How many times the silence after which as many have left as not the map shows.
_WIDE = 4


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What was to be expected ``since`` a day from the orders before it, and what came.

    Both of the customers known by then; ``contradicted`` where they are far apart.
    """

    since: dt.date
    customers: int
    expected: float
    actual: int

    @property
    def contradicted(self) -> bool:
        """Whether what came is neither close to what was expected nor within what chance does."""
        apart = abs(self.actual - self.expected)
        chance = _DEVIATIONS * np.sqrt(max(self.expected, 1.0))
        return bool(apart > _FAR * max(self.actual, 1.0) and apart > chance)


@dataclass(frozen=True, kw_only=True)
class Tracking:
    """Plain data for a page on how far a model of orders holds.

    ``weeks`` (None without orders): one row for each of the last 52 whole weeks before the as-of
    date that began after the first order, the earliest first: ``week`` (its first day), ``actual``
    and ``expected`` repeat orders. ``repeats`` (None for simple models): customers by their number
    of repeat orders, 0 to 6 and more (``repeats``, ``actual``, ``expected``). ``alive``: the
    probability of still being a customer by days of silence (rows, ``silence``) and repeat orders
    (columns as in ``REPEATS``), for who has been a customer for ``watched`` days; who never came
    back has been one since that silence began. ``half`` are the days of silence after which who
    came back ``usual`` times has more likely left than not, None where that takes longer than
    ``watched``. ``trial`` is None for
    simple models, and where the past is too short for one.
    """

    weeks: pl.DataFrame | None
    repeats: pl.DataFrame | None
    alive: pl.DataFrame
    watched: float
    usual: int
    half: int | None
    trial: Trial | None


def tracked(
    learned: Mapping[str, Any],
    histories: Histories,
    purchases: pl.DataFrame | None,
    as_of: dt.date | None,
) -> Tracking | None:
    """Both sides for models as ``learn`` gives them, None where no history is known.

    ``purchases`` has the rows of purchases, ``customer`` and ``date``, of who has a history.
    """
    known = histories.some(histories.known)
    if not len(known):
        return None
    orders, days = learned["orders"], None
    if purchases is not None and as_of is not None:
        days = purchases.select("customer", "date").unique()
        days = days.with_columns(first=pl.col("date").min().over("customer"))
    model = model_of(orders)
    watched = float(known.T.max())
    usual = max(1, round(float(np.median(known.x[known.x > 0])))) if known.x.any() else 1
    half = _half(model, usual, watched)
    return Tracking(
        weeks=None if days is None or as_of is None else _weeks(model, days, as_of),
        repeats=None if orders["model"] == "simple" else _repeats(model, known),
        alive=_alive(model, watched, half),
        watched=watched,
        usual=usual,
        half=half,
        trial=None if days is None or as_of is None else _trial(orders, days, as_of),
    )


def _weeks(model: Any, days: pl.DataFrame, as_of: dt.date) -> pl.DataFrame:
    """Expected are the orders of everybody who was new by then, whatever came of them."""
    begin = days["first"].min()
    assert isinstance(begin, dt.date)
    count = min(WEEKS, (as_of - begin).days // _WEEK)
    edges = [as_of - dt.timedelta(days=_WEEK * n) for n in range(count, -1, -1)]
    new = days.group_by("first").agg(pl.col("customer").n_unique()).sort("first")
    births = new["first"].to_numpy().astype("datetime64[D]")
    ages = (np.array(edges, dtype="datetime64[D]")[:, None] - births).astype(np.float64)
    distinct, at = np.unique(np.maximum(ages, 0.0), return_inverse=True)
    total = np.asarray(model.expected_total(distinct))[at].reshape(ages.shape)
    so_far = total @ new["customer"].to_numpy().astype(np.float64)
    again = days.filter(pl.col("date") > pl.col("first"))["date"].to_numpy()
    place = np.searchsorted(
        np.array(edges, "datetime64[D]"), again.astype("datetime64[D]"), "right"
    )
    actual = np.bincount(place, minlength=count + 2)[1 : count + 1]
    return pl.DataFrame(
        {"week": edges[:-1], "actual": actual, "expected": np.diff(so_far)},
        schema={"week": pl.Date, "actual": pl.Int64, "expected": pl.Float64},
    )


def _repeats(model: Any, known: Histories) -> pl.DataFrame:
    counted = np.bincount(
        np.minimum(known.x, MOST_REPEATS).astype(np.int64), minlength=MOST_REPEATS + 1
    )
    expected = model.p_orders(MOST_REPEATS - 1, known.T) * len(known)
    return pl.DataFrame(
        {"repeats": np.arange(MOST_REPEATS + 1), "actual": counted, "expected": expected}
    )


def _alive(model: Any, watched: float, half: int | None) -> pl.DataFrame:
    # Beyond that nearly everybody has left.
    span = watched if half is None else min(watched, _WIDE * half)
    step = next((n for n in _NICE if n * SILENCES >= span), max(int(span / SILENCES), 1))
    silences = np.array([n * step for n in range(1, SILENCES + 1)], np.float64)
    silences = silences[silences <= max(watched, step)]
    total = np.maximum(watched, silences)

    def chances(x: int) -> Numbers:
        # Who never came back has been silent ever since.
        seen = (0 * silences, silences) if x == 0 else (total - silences, total)
        return np.asarray(model.p_alive(np.full(len(silences), float(x)), *seen))

    columns = {f"{x}": chances(x) for x in REPEATS}
    return pl.DataFrame({"silence": silences.astype(np.int64), **columns})


def _half(model: Any, usual: int, watched: float) -> int | None:
    silences = np.arange(1.0, np.floor(watched) + 1)
    if not len(silences):
        return None
    alive = np.asarray(
        model.p_alive(
            np.full(len(silences), float(usual)),
            watched - silences,
            np.full(len(silences), watched),
        )
    )
    return int(silences[np.argmax(alive < _EVEN)]) if (alive < _EVEN).any() else None


def _trial(now: Mapping[str, Any], days: pl.DataFrame, as_of: dt.date) -> Trial | None:
    begin = days["first"].min()
    assert isinstance(begin, dt.date)
    since = begin + dt.timedelta(days=round((as_of - begin).days * _LEARNED_OF))
    asked, period = now["model"], now["parameters"].get("period", 1.0)
    if asked == "simple" or (as_of - since).days < _SHORTEST:
        return None
    counted = (
        days.filter(pl.col("first") < since)
        .group_by("customer")
        .agg(
            x=(pl.col("date") < since).sum() - 1,
            first=pl.col("first").first(),
            last=pl.col("date").filter(pl.col("date") < since).max(),
            later=(pl.col("date") >= since).sum(),
        )
        .sort("customer")
    )
    day = (pl.col("last") - pl.col("first")).dt.total_days().alias("t_x")
    ahead = (pl.lit(since) - pl.col("first")).dt.total_days().alias("T")
    numbers = counted.select(pl.col("x").cast(pl.Float64), day, ahead).cast(pl.Float64)
    x, t_x, total = (numbers[c].to_numpy() for c in ("x", "t_x", "T"))
    past = Histories(x=x, t_x=t_x, T=total, mean=np.full(len(x), np.nan))
    learned = learn(past, asked, period=period)["orders"]
    if learned["model"] != asked:
        return None
    expected: Numbers = np.asarray(
        model_of(learned).expected_orders(x, t_x, total, float((as_of - since).days))
    )
    return Trial(
        since=since,
        customers=len(x),
        expected=float(np.sort(expected).sum()),
        actual=int(counted["later"].sum()),
    )
