"""What a model says of the past: counted by hand, and contradicted where the past turned."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from segmentation.lifetime.histories import Histories
from segmentation.lifetime.learning import learn, model_of
from segmentation.lifetime.tracking import (
    MOST_REPEATS,
    REPEATS,
    SILENCES,
    WEEKS,
    Tracking,
    Trial,
    tracked,
)

START = dt.date(2024, 1, 1)
AS_OF = START + dt.timedelta(days=600)


@pytest.fixture(autouse=True)
def silent() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def buyers(count: int, *, seed: int, until: int = 600, stop: int | None = None) -> pl.DataFrame:
    """Days of purchases of customers who start within 200 days, and may leave after each order;
    with ``stop`` nobody orders from that day on."""
    rng = np.random.default_rng(seed)
    rows = []
    for customer in range(count):
        day, rate = rng.uniform(0, 200), rng.gamma(0.8, 1 / 25)
        leaving = rng.beta(0.8, 2.4)
        while day < (until if stop is None else min(stop, until)):
            rows.append((f"c{customer}", START + dt.timedelta(days=int(day))))
            if rng.random() < leaving:
                break
            day += rng.exponential(1 / max(rate, 1e-9))
    # The order of rows must not matter, nor how many orders a day has.
    frame = pl.DataFrame(rows, schema={"customer": pl.String, "date": pl.Date}, orient="row")
    return pl.concat([frame, frame.head(50)]).sample(fraction=1, shuffle=True, seed=seed)


def histories(purchases: pl.DataFrame, as_of: dt.date = AS_OF) -> Histories:
    each = (
        purchases.unique()
        .group_by("customer")
        .agg(first=pl.col("date").min(), last=pl.col("date").max(), x=pl.len() - 1)
        .sort("customer")
    )
    span = (each["last"] - each["first"]).dt.total_days().cast(pl.Float64).to_numpy()
    total = (as_of - each["first"]).dt.total_days().cast(pl.Float64).to_numpy()
    x = each["x"].cast(pl.Float64).to_numpy()
    return Histories(x=x, t_x=span, T=total, mean=np.full(len(x), np.nan))


def of(purchases: pl.DataFrame, asked: str = "mbg_nbd") -> Tracking:
    some = histories(purchases)
    found = tracked(learn(some, asked), some, purchases, AS_OF)
    assert found is not None
    return found


PURCHASES = buyers(1500, seed=3)


@pytest.mark.parametrize("asked", ["mbg_nbd", "bg_nbd", "simple"])
def test_weeks_are_counted(asked: str) -> None:
    found = of(PURCHASES, asked).weeks
    assert found is not None
    assert found.height == WEEKS
    days = PURCHASES.unique().with_columns(first=pl.col("date").min().over("customer"))
    again = days.filter(pl.col("date") > pl.col("first"))["date"].to_list()
    model = model_of(learn(histories(PURCHASES), asked)["orders"])
    births = days.unique("customer")["first"].to_list()
    for week, actual, expected in found.rows():
        end = week + dt.timedelta(days=7)
        assert actual == sum(week <= day < end for day in again)
        ages = np.array(
            [[max((day - birth).days, 0) for birth in births] for day in (week, end)], float
        )
        one, other = (np.asarray(model.expected_total(each)).sum() for each in ages)
        assert expected == pytest.approx(other - one, rel=1e-9, abs=1e-9)
    assert found["week"][-1] == AS_OF - dt.timedelta(days=7)


def test_a_short_past_has_few_weeks() -> None:
    early = PURCHASES.filter(pl.col("date") < START + dt.timedelta(days=100))
    as_of = START + dt.timedelta(days=100)
    some = histories(early, as_of)
    found = tracked(learn(some, "mbg_nbd"), some, early, as_of)
    assert found is not None
    assert found.weeks is not None
    assert found.weeks.height == 14
    assert found.weeks["week"][0] == as_of - dt.timedelta(days=98)


@pytest.mark.parametrize("asked", ["mbg_nbd", "bg_nbd"])
def test_customers_by_repeat_orders(asked: str) -> None:
    found = of(PURCHASES, asked).repeats
    assert found is not None
    x = histories(PURCHASES).x
    assert found["actual"].to_list() == [
        *((x == n).sum() for n in range(MOST_REPEATS)),
        (x >= MOST_REPEATS).sum(),
    ]
    assert found["expected"].sum() == pytest.approx(len(x))
    if asked == "mbg_nbd":
        # Data that the model made are where it has them.
        assert (found["actual"] - found["expected"]).abs().sum() < 0.1 * len(x)


def test_the_map_and_its_half() -> None:
    found = of(PURCHASES)
    assert found.alive.columns == ["silence", *map(str, REPEATS)]
    assert 0 < found.alive.height <= SILENCES
    chances = found.alive.drop("silence").to_numpy()
    assert (chances >= 0).all()
    assert (chances <= 1).all()
    assert (np.diff(chances, axis=0) <= 1e-12).all()
    model = model_of(learn(histories(PURCHASES), "mbg_nbd")["orders"])
    assert found.half is not None
    x = float(found.usual)
    days = np.array([found.half - 1.0, float(found.half)])
    before, after = model.p_alive(x, found.watched - days, found.watched)
    assert before >= 0.5 > after
    row = found.alive.row(2, named=True)
    silence = float(row["silence"])
    once = model.p_alive(1.0, found.watched - silence, found.watched)
    assert row["1"] == pytest.approx(float(once))
    assert row["0"] == pytest.approx(float(model.p_alive(0.0, 0.0, silence)))


def test_a_past_that_goes_on_is_not_contradicted() -> None:
    trial = of(PURCHASES).trial
    assert trial is not None
    assert trial.since == START + dt.timedelta(days=400)
    days = PURCHASES.unique()
    assert trial.actual == days.filter(pl.col("date") >= trial.since).height
    assert trial.customers == days.filter(pl.col("date") < trial.since)["customer"].n_unique()
    assert abs(trial.expected / trial.actual - 1) < 0.2
    assert not trial.contradicted


def test_a_past_that_turned_is_contradicted() -> None:
    trial = of(buyers(1500, seed=3, stop=430)).trial
    assert trial is not None
    assert trial.contradicted
    assert trial.expected > 2 * trial.actual


def test_few_orders_contradict_nothing() -> None:
    trial = Trial(since=START, customers=9, expected=4.0, actual=8)
    assert not trial.contradicted
    assert replace(trial, expected=400.0, actual=800).contradicted


def test_customers_without_orders_have_a_map_only() -> None:
    some = histories(PURCHASES)
    found = tracked(learn(some), some, None, AS_OF)
    assert found is not None
    assert found.weeks is None
    assert found.trial is None
    assert found.repeats is not None


def test_nobody_known_has_nothing() -> None:
    nobody = Histories(x=np.full(3, np.nan), t_x=np.zeros(3), T=np.ones(3), mean=np.ones(3))
    assert tracked(learn(histories(PURCHASES)), nobody, None, AS_OF) is None


def test_one_customer_has_no_trial() -> None:
    one = pl.DataFrame(
        {
            "customer": ["a"] * 3,
            "date": [START, START + dt.timedelta(days=9), AS_OF - dt.timedelta(days=9)],
        }
    )
    found = of(one, "auto")
    assert found.repeats is None
    assert found.trial is None
    assert found.weeks is not None
    assert found.weeks["actual"].sum() <= 2
