"""What holds for every grading method: the contract between the core and its methods."""

from __future__ import annotations

import datetime as dt
import json
import math
import subprocess
import sys
import warnings
from dataclasses import replace
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pytest

from segmentation.customers import data_of, eager
from segmentation.errors import DataError
from segmentation.grading import apply, dump_model, fit, load_model, needs
from segmentation.method import METHODS, method
from segmentation.scheme import MEASURES, SMALLER_IS_BETTER, Scheme
from segmentation.scheme_file import parse_scheme, preset
from tests.conftest import ROOT
from tests.segmentation.crowd import crowd

# Cut by rank or share of the customers' own values: no currency changes that.
BY_QUANTILE = ("rfm", "abc", "top", "scorecard", "potential", "matrix", "size")
WITHOUT_MONEY = ("lifecycle", "loyalty", "risk")
MONEY = ("monetary", "mean_order")
# Blank ends of the crowd: what a column of the user's own may hold.
ODD: dict[str, list[tuple[float, float, float]]] = {
    "one customer": [(10, 3, 250.5)],
    "constants": [(10, 3, 250.5)] * 7,
    "ties": [(5, 1, 10)] * 6 + [(5, 2, 10)] * 5 + [(90, 2, 99.99)] * 4,
    "zeros": [(0, 1, 0)] * 3 + [(400, 1, 0)] * 3,
    "negatives": [(3, 2, -50.25), (30, 1, -0.01), (60, 5, 0), (90, 4, 1e7), (1, 1, 0.01)],
}


def scheme_of(name: str) -> Scheme:
    return preset("general") if name == "rfm" else preset(name)


def tiers_of(frame: Any) -> dict[str, str]:
    pairs = zip(frame["customer"], frame["tier"], strict=True)
    return {str(k): str(v) for k, v in pairs}


@pytest.fixture(params=METHODS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def scheme(name: str) -> Scheme:
    return scheme_of(name)


def test_a_method_says_what_it_offers(name: str, scheme: Scheme) -> None:
    module = method(name)
    assert module.TIER_KEYS is not None
    assert isinstance(module.MONOTONE, bool)
    assert set(MEASURES) <= set(needs(scheme))
    assert scheme.method == name
    assert module.problems(scheme.leading) == []
    assert module.Settings() is not None


def test_a_model_survives_json_and_repeats_its_fit(scheme: Scheme) -> None:
    some = crowd(scheme, 400, blanks=0.1)
    model = fit(scheme, some)
    assert json.loads(dump_model(model)) == model
    graded = apply(model, some)
    assert apply(load_model(dump_model(model)), some).equals(graded)
    assert fit(scheme, some) == model
    assert graded["tier_no"].is_between(0, len(scheme.tiers) - 1).all()
    assert graded["tier"].to_list() == [scheme.tiers[i].key for i in graded["tier_no"]]


def test_every_tier_of_the_default_scheme_can_be_had(scheme: Scheme) -> None:
    graded = apply(model := fit(scheme, crowd(scheme, 2000)), crowd(scheme, 2000))
    assert len(set(graded["tier"])) > 1, model["tiers"]


def test_neither_order_nor_subset_of_rows_matters(scheme: Scheme) -> None:
    some = crowd(scheme, 300, blanks=0.1)
    model = fit(scheme, some)
    graded = apply(model, some)
    mixed = some.sample(fraction=1, shuffle=True, seed=5)
    assert tiers_of(apply(model, mixed)) == tiers_of(graded)
    assert tiers_of(apply(fit(scheme, mixed), mixed)) == tiers_of(graded)
    part = apply(model, some[::3])
    assert part.equals(graded[::3])


def test_the_currency_changes_no_grade_by_rank(name: str, scheme: Scheme) -> None:
    if name not in (*BY_QUANTILE, *WITHOUT_MONEY):
        pytest.skip("its limits are amounts, or its distances depend on their scale")
    some = crowd(scheme, 500)
    money = [c for c in MONEY if c in some.columns]
    # A power of two, so that no amount is rounded.
    dear = some.with_columns(pl.col(c) * 8 for c in money)
    before, after = apply(fit(scheme, some), some), apply(fit(scheme, dear), dear)
    assert after["tier"].to_list() == before["tier"].to_list()


def test_a_better_measure_never_lowers_the_tier(name: str, scheme: Scheme) -> None:
    if not method(name).MONOTONE:
        pytest.skip("its classes are not ordered by each measure alone")
    some = crowd(scheme, 400)
    model = fit(scheme, some)
    now = apply(model, some)["tier_no"].to_numpy()
    rng = np.random.default_rng(3)
    for measure in model["spans"]:
        change = rng.integers(1, 60, some.height)
        sign = -1 if measure in SMALLER_IS_BETTER else 1
        better = some.with_columns((pl.col(measure) + sign * pl.Series(change)).alias(measure))
        then = apply(model, better)["tier_no"].to_numpy()
        assert (then <= now).all(), measure


@pytest.mark.parametrize("case", ODD)
def test_odd_customers_are_graded_without_a_warning(scheme: Scheme, case: str) -> None:
    rows = ODD[case]
    some = pl.DataFrame(
        {
            "customer": [f"c{i}" for i in range(len(rows))],
            **{m: [float(r[i]) for r in rows] for i, m in enumerate(MEASURES)},
        }
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = fit(scheme, some)
        graded = apply(load_model(dump_model(model)), some)
    assert graded["tier_no"].is_between(0, len(scheme.tiers) - 1).all()
    same = graded.group_by(MEASURES).agg(pl.col("tier").n_unique())
    if scheme.method != "abc":  # there ties at the limit go by the customers' keys
        assert (same["tier"] == 1).all()


def test_unknown_values_and_unseen_categories_have_a_grade(scheme: Scheme) -> None:
    some = crowd(scheme, 200, blanks=0.4)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = fit(scheme, crowd(scheme, 300))
        graded = apply(model, some)
        nothing = some.select("customer", *MEASURES)
        apply(model, nothing)
    assert graded["tier_no"].is_between(0, len(scheme.tiers) - 1).all()


def test_every_kind_of_frame_gives_the_same(scheme: Scheme) -> None:
    some = crowd(scheme, 150, blanks=0.1)
    model = fit(scheme, some)
    wanted = apply(model, some)
    pandas = some.to_pandas()
    assert fit(scheme, pandas) == model
    assert tiers_of(apply(model, pandas)) == tiers_of(wanted)
    pandas_scores = apply(model, pandas)["score"].to_numpy()
    assert np.array_equal(pandas_scores, wanted["score"].to_numpy(), equal_nan=True)
    lazy = duckdb.from_arrow(some.to_arrow())
    assert tiers_of(apply(fit(scheme, lazy), lazy).to_pydict()) == tiers_of(wanted)


PEOPLE = 1000


def test_what_next_promises_is_true(scheme: Scheme) -> None:
    some = crowd(scheme, PEOPLE, seed=7)
    model = fit(scheme, some)
    graded = apply(model, some)
    spans = model["spans"] or {"recency": {}, "frequency": {}, "monetary": {}}
    steps = {m: spans[m].get("step", 0.01 if m == "monetary" else 1.0) for m in spans}
    named = {m: graded[f"next_{m}"].to_numpy() for m in spans}
    moved = ~np.isnan(graded["next_tier"].to_numpy())
    now = graded["tier_no"].to_numpy()
    assert moved.any() or (now == 0).all() or not spans
    assert not moved[now == 0].any()

    def tiers(targets: dict[str, Any]) -> Any:
        goals = {
            m: np.where(np.isnan(t), some[m].to_numpy().astype(float), t)
            for m, t in targets.items()
        }
        changed = some.with_columns(pl.Series(m, g, strict=False) for m, g in goals.items())
        return apply(model, changed)["tier_no"].to_numpy()

    reached = tiers(named)
    assert (reached[moved] == graded["next_tier"].to_numpy()[moved]).all()
    assert (reached[moved] < now[moved]).all()
    for measure, target in named.items():
        sign = -1.0 if measure in SMALLER_IS_BETTER else 1.0
        better = ~np.isnan(target)
        assert (sign * target[better] > sign * some[measure].to_numpy()[better]).all(), measure
        digits = max(0, round(-math.log10(steps[measure])))
        less = np.round(target - sign * steps[measure], digits)
        short = tiers({**named, measure: less})
        assert (short[better] > graded["next_tier"].to_numpy()[better]).all(), measure


def test_a_second_grading_stands_beside_the_leading_one(name: str, scheme: Scheme) -> None:
    beside = "risk" if name != "risk" else "lifecycle"
    both = replace(scheme, beside=preset(beside).leading)
    some = crowd(both, 200)
    graded = apply(model := fit(both, some), some)
    assert apply(load_model(dump_model(model)), some).equals(graded)
    alone = apply(fit(scheme, some), some)
    assert graded["tier"].to_list() == alone["tier"].to_list()
    second = apply(fit(preset(beside), some), some)
    assert graded["beside_no"].to_list() == second["tier_no"].to_list()


def test_the_second_grading_is_read_from_a_scheme_file() -> None:
    text = """method = "thresholds"
[beside]
method = "rfm"
[[beside.tiers]]
key = "up"
min_score = 3
[[beside.tiers]]
key = "down"
"""
    scheme = parse_scheme(text, source="x.toml")
    assert scheme.beside is not None
    assert [t.key for t in scheme.beside.tiers] == ["up", "down"]
    some = crowd(scheme, 50)
    graded = apply(fit(scheme, some), some)
    alone = apply(fit(preset("general"), some), some)
    assert graded["beside_no"].to_list() == (alone["score"] < 3).cast(int).to_list()


LATE = """
import sys
from segmentation.grading import apply, fit
from segmentation.scheme_file import preset
from tests.conftest import ROOT
from tests.segmentation.crowd import crowd

for name in sys.argv[1:]:
    scheme = preset(name)
    some = crowd(scheme, 60)
    apply(fit(scheme, some), some)
print("sklearn" in sys.modules)
"""


@pytest.mark.parametrize(
    ("names", "used"),
    [([n for n in METHODS if n not in ("kmeans", "tree")], False), (["kmeans"], True)],
)
def test_scikit_learn_is_imported_only_when_it_is_used(names: list[str], used: bool) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LATE, *names], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == str(used)


def test_a_decimal_is_the_number_that_it_shows() -> None:
    """DuckDB's usual type for money, whose own cast to a float may miss the last digit."""
    cents = np.arange(1, 2000)
    money = [round(c / 100, 2) for c in cents.tolist()]
    some = pl.DataFrame(
        {"recency": [1.0] * 1999, "frequency": [1.0] * 1999, "monetary": money}
    ).with_columns(customer=pl.int_range(1999).cast(pl.String))
    lazy = duckdb.from_arrow(some.to_arrow()).project(
        "* exclude (monetary), cast(monetary as decimal(18, 2)) as monetary"
    )
    assert data_of(eager(lazy), MEASURES, {}).values["monetary"].tolist() == money


OWN = """method = "thresholds"
[thresholds]
measure = "assets"
[columns.assets]
name = "Assets"
instead = "monetary"
[[tiers]]
key = "rich"
above = 100
[[tiers]]
key = "others"
"""


@pytest.mark.parametrize("nothing", [None, float("nan")])
def test_a_column_that_tells_nothing_is_stood_in_for(nothing: float | None) -> None:
    scheme = parse_scheme(OWN, source="x.toml")
    some = pl.DataFrame(
        {"recency": [1, 2], "frequency": [1, 1], "monetary": [50.0, 500.0], "assets": nothing},
        schema_overrides={"assets": pl.Float64},
    )
    assert apply(fit(scheme, some), some)["tier"].to_list() == ["others", "rich"]


@pytest.mark.parametrize("engine", ["pandas", "polars"])
@pytest.mark.parametrize(
    ("measure", "values"),
    [("monetary", ["4", "x"]), ("recency", [dt.datetime(2025, 1, 1)] * 2)],
)
def test_what_is_no_number_is_told(engine: str, measure: str, values: list[Any]) -> None:
    some = pl.DataFrame({"recency": [1, 2], "frequency": [1, 1], "monetary": [5, 6]})
    some = some.with_columns(pl.Series(measure, values))
    with pytest.raises(DataError) as refused:
        fit(preset("general"), some.to_pandas() if engine == "pandas" else some)
    assert (refused.value.code, refused.value.params["measure"]) == ("bad_measure", measure)


def test_amounts_beyond_cents_have_next_steps() -> None:
    money = [10.0**15 * (i + 1) + 0.5 for i in range(30)]
    some = pl.DataFrame({"recency": 5, "frequency": 2, "monetary": money})
    graded = apply(model := fit(preset("general"), some), some)
    for row in graded.filter(~pl.col("next_monetary").is_nan()).iter_rows(named=True):
        changed = pl.DataFrame({m: [row[m]] for m in MEASURES} | {"monetary": row["next_monetary"]})
        assert apply(model, changed)["tier_no"].item() == row["next_tier"]


def test_amount_and_orders_move_not_beside_their_mean() -> None:
    """One more order, more money and a higher mean could not be had together."""
    scheme = preset("b2b")
    assert {"frequency", "monetary", "mean_order"} <= set(needs(scheme))
    spans = fit(scheme, crowd(scheme, 100))["spans"]
    assert {"frequency", "monetary"} <= spans.keys()
    assert "mean_order" not in spans
