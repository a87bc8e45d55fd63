"""BG/NBD and MBG/NBD: the papers' numbers, peers' predictions, and what must always hold."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.lifetime import bg_nbd, mbg_nbd
from segmentation.lifetime.beta_geometric import BetaGeometric
from segmentation.lifetime.grouped import Grouped, grouped
from tests.segmentation.buyers import simulated

MODELS: dict[str, Any] = {"BG_NBD": bg_nbd, "MBG_NBD": mbg_nbd}
CLASSES: dict[str, type[BetaGeometric]] = {"BG_NBD": bg_nbd.BgNbd, "MBG_NBD": mbg_nbd.MbgNbd}
PEERS = (
    ("cdnow", "summary2357_weeks39"),
    ("cdnow", "sample_Dover7_1997-09-30"),
    ("cdnow", "sample_D_1997-09-30"),
    ("cdnow", "sample_Dover7_1998-06-30"),
    ("cdnow", "master_Dover7_1997-09-30"),
    ("cdnow", "master_Dover7_1998-06-30"),
    ("completejourney", "completejourney"),
)


@pytest.fixture(autouse=True)
def silent() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.fixture(params=MODELS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def predictions(data: Path, folder: str, model: str, dataset: str) -> pl.DataFrame:
    (path,) = (data / folder / "oracle").glob(f"lifetimes_{model}_{dataset}_predictions.csv*")
    return pl.read_csv(path)


def parameters(data: Path, folder: str, model: str, dataset: str) -> dict[str, float]:
    table = pl.read_csv(data / folder / "oracle" / "lifetimes_parameters.csv")
    own = table.filter((pl.col("model") == model) & pl.col("dataset").str.starts_with(dataset))
    return dict(zip(own["parameter"], own["value"], strict=True))


def columns_of(table: pl.DataFrame) -> list[Any]:
    return [table[c].to_numpy() for c in ("frequency", "recency", "T")]


def worst(ours: BetaGeometric, table: pl.DataFrame) -> float:
    """The largest relative difference of any prediction."""
    x, t_x, total = columns_of(table)
    found = [(ours.p_alive(x, t_x, total), table["p_alive"].to_numpy())]
    for column in (c for c in table.columns if c.startswith("exp_purchases_")):
        t = float(column.rpartition("_")[2])
        found.append((ours.expected_orders(x, t_x, total, t), table[column].to_numpy()))
    assert len(found) > 3
    return max(float(np.max(np.abs(a - b) / np.abs(b))) for a, b in found)


def test_the_paper(shared_data: Path) -> None:
    """Fader, Hardie & Lee 2005: the printed digits."""
    table = predictions(shared_data, "cdnow", "BG_NBD", "summary2357_weeks39")
    model, maximum = bg_nbd.fit(grouped(*columns_of(table)))
    published = pl.read_csv(shared_data / "PUBLISHED_VALUES.csv").filter(pl.col("id") <= 4)
    printed = dict(zip(published["quantity"], published["published"].cast(float), strict=True))
    assert printed.keys() == {"r", "alpha", "a", "b"}
    for parameter, value in printed.items():
        assert round(getattr(model, parameter), 3) == value
    assert maximum.log_likelihood == pytest.approx(-9582.4, abs=0.05)
    assert maximum.converged


@pytest.mark.parametrize(("folder", "dataset"), PEERS)
def test_another_implementation(shared_data: Path, name: str, folder: str, dataset: str) -> None:
    table = predictions(shared_data, folder, name, dataset)
    theirs = parameters(shared_data, folder, name, dataset)
    histories = grouped(*columns_of(table))
    model, maximum = MODELS[name].fit(histories)
    assert maximum.log_likelihood >= theirs["loglik"] - 1e-6
    assert model.log_likelihood(histories) == pytest.approx(maximum.log_likelihood, rel=1e-12)
    assert worst(model, table) < 1e-4
    same = CLASSES[name](**{f.name: theirs[f.name] for f in dataclasses.fields(model)})
    assert worst(same, table) < 1e-9
    assert same.log_likelihood(histories) == pytest.approx(theirs["loglik"], rel=1e-11)


@pytest.mark.parametrize("unit", [7.0, 365.25, 1 / 24])
def test_the_unit_of_time_changes_nothing(name: str, unit: float) -> None:
    days = simulated(1500, seed=11)
    own, _ = MODELS[name].fit(days.grouped())
    other, _ = MODELS[name].fit(grouped(days.x, days.t_x / unit, days.T / unit))
    assert other.alpha * unit == pytest.approx(own.alpha, rel=1e-6)
    assert [other.r, other.a, other.b] == pytest.approx([own.r, own.a, own.b], rel=1e-6)
    t = other.expected_orders(days.x, days.t_x / unit, days.T / unit, 90 / unit)
    assert t == pytest.approx(own.expected_orders(days.x, days.t_x, days.T, 90), rel=1e-6)


def test_the_parameters_that_made_the_data_are_found() -> None:
    model, maximum = mbg_nbd.fit(simulated(40_000, seed=12).grouped())
    spread = np.sqrt(np.diag(maximum.covariance))
    truth = np.log([0.6, 20.0, 0.8, 2.4])
    assert (np.abs(np.log([model.r, model.alpha, model.a, model.b]) - truth) < 4 * spread).all()
    assert (spread < 0.2).all()


def test_expected_orders_are_those_that_came(name: str) -> None:
    """In sample, over all customers, as far as the model is the right one."""
    some = simulated(20_000, seed=13)
    model, _ = MODELS[name].fit(some.grouped())
    assert model.expected_total(some.T).sum() == pytest.approx(some.x.sum(), rel=0.03)


def test_who_came_once_can_have_left_but_not_by_bg_nbd() -> None:
    some = simulated(2000, seed=14)
    once = (np.zeros(1), np.zeros(1), np.array([400.0]))
    assert bg_nbd.fit(some.grouped())[0].p_alive(*once)[0] == 1
    assert 0 < mbg_nbd.fit(some.grouped())[0].p_alive(*once)[0] < 0.9


EDGES: dict[str, Any] = {
    "nobody leaves": ([20.0] * 40 + [21.0] * 40, [400.0] * 80, [400.0] * 80),
    "one customer": ([3.0], [50.0], [90.0]),
    "all alike": ([5.0] * 200, [100.0] * 200, [200.0] * 200),
    "all came once": ([0.0] * 200, [0.0] * 200, [float(d) for d in range(200)]),
    "today": ([0.0] * 9, [0.0] * 9, [0.0] * 9),
    "very many": ([10_000.0, 0.0, 3.0] * 9, [9e4, 0.0, 1e5] * 9, [1e5] * 27),
}


@pytest.mark.parametrize("case", EDGES)
def test_edges_have_an_answer(name: str, case: str) -> None:
    histories = grouped(*EDGES[case])
    model, maximum = MODELS[name].fit(histories)
    assert np.isfinite(maximum.log_likelihood)
    assert np.isfinite(dataclasses.astuple(model)).all()
    check(model, histories)


positive = st.floats(-6, 6).map(lambda e: 10.0**e)


@settings(max_examples=60, deadline=None)
@given(
    of=st.tuples(positive, positive, positive, positive),
    x=st.integers(0, 10_000),
    total=st.floats(1e-3, 1e5),
    share=st.floats(0, 1),
)
def test_whatever_the_parameters_nothing_is_absurd(
    of: tuple[float, float, float, float], x: int, total: float, share: float
) -> None:
    t_x = total * share if x else 0.0
    histories = grouped([float(x)], [t_x], [total])
    for made in CLASSES.values():
        check(made(r=of[0], alpha=of[1], a=of[2], b=of[3]), histories)


def check(model: BetaGeometric, h: Grouped) -> None:
    """Chances from 0 to 1; orders finite, not below 0, never fewer in more time."""
    alive = model.p_alive(h.x, h.t_x, h.T)
    assert ((alive >= 0) & (alive <= 1)).all()
    before = np.zeros(len(h.x))
    for t in (1e-3, 1.0, 30.0, 365.25, 3652.5):
        expected = model.expected_orders(h.x, h.t_x, h.T, t)
        assert np.isfinite(expected).all()
        assert (expected >= before * (1 - 1e-6)).all()
        before = expected
    assert np.isfinite(model.expected_total(np.array([0.0, 1.0, 1e4]))).all()
