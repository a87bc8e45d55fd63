"""K-means: as scikit-learn finds the clusters, numbered by value, with true next steps."""

from __future__ import annotations

import gzip
import itertools
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import calinski_harabasz_score

from segmentation.errors import DataError
from segmentation.grading import apply, fit
from segmentation.scheme import Scheme
from segmentation.scheme_file import parse_scheme, preset
from tests.segmentation.promises import (
    check_again,
    check_steps,
    codes,
    customers,
    scheme_of,
    some_customers,
    tiers,
)

FOUR = tiers({}, {}, {}, {})
# labels of k = 4 (with the measures they were made from), inertia by k
ORACLES = {
    "cdnow sample": (
        "cdnow/oracle/sklearn_kmeans4_sample_labels.csv",
        "cdnow/oracle/sklearn_kmeans_sample_inertia_k2_8.csv",
    ),
    "cdnow master": (
        "cdnow/oracle/sklearn_kmeans4_master_labels.csv.gz",
        "cdnow/oracle/sklearn_kmeans_master_inertia_k2_8.csv",
    ),
    "completejourney": (
        "completejourney/oracle/sklearn_kmeans4_completejourney_labels.csv",
        "completejourney/oracle/sklearn_kmeans_completejourney_inertia_k2_8.csv",
    ),
}


def clusters(k: int, **more: Any) -> Scheme:
    return scheme_of("kmeans", FOUR, k=k, **more)


def table(path: Path) -> pl.DataFrame:
    if not path.exists():
        pytest.skip(f"not among the real data: {path.name}")
    raw = path.read_bytes()
    text = gzip.decompress(raw) if path.suffix == ".gz" else raw
    return pl.read_csv(text, schema_overrides={"customer_id": pl.String})


def measured(labels: pl.DataFrame) -> pl.DataFrame:
    return labels.select(
        customer="customer_id",
        recency=pl.col("recency_days").cast(pl.Float64),
        frequency=pl.col("frequency").cast(pl.Float64),
        monetary=pl.col("monetary"),
    )


@pytest.mark.parametrize("case", ORACLES)
@pytest.mark.parametrize("k", range(2, 9))
def test_inertia_is_no_worse_than_scikit_learns(case: str, k: int, shared_data: Path) -> None:
    labels, inertia = (table(shared_data / name) for name in ORACLES[case])
    wanted = inertia.filter(pl.col("k") == k)["inertia"].item()
    learned = fit(clusters(k), measured(labels))["learned"]
    assert learned["k"] == k
    assert learned["inertia"] <= wanted * 1.001


@pytest.mark.parametrize("case", ORACLES)
def test_labels_of_four_clusters_are_scikit_learns(case: str, shared_data: Path) -> None:
    labels = table(shared_data / ORACLES[case][0])
    frame = measured(labels).sample(fraction=1, shuffle=True, seed=1)
    graded = apply(fit(clusters(4), frame), frame)
    both = graded.join(labels, left_on="customer", right_on="customer_id")
    assert both.height == labels.height
    # One of theirs for each of ours, and the other way round.
    assert both.select("cluster", "label").unique().height == 4


def test_inertia_is_the_sum_of_squared_distances_to_the_centres() -> None:
    frame = some_customers(1, 300)
    learned = fit(clusters(3), frame)["learned"]
    place = []
    for measure in ("recency", "frequency", "monetary"):
        value = frame[measure].to_numpy()
        curved = np.where(value < 0, -np.log1p(-np.minimum(value, 0)), np.log1p(np.abs(value)))
        place.append((curved - curved.mean()) / curved.std())
    points, centres = np.array(place).T, np.array(learned["centres"])
    squares = ((points[:, None, :] - centres) ** 2).sum(axis=2)
    assert learned["inertia"] == pytest.approx(squares.min(axis=1).sum(), rel=1e-9)
    graded = apply(fit(clusters(3), frame), frame)
    assert (graded["cluster"].to_numpy() == squares.argmin(axis=1) + 1).all()
    assert (graded["cluster_second"].to_numpy() == squares.argsort(axis=1)[:, 1] + 1).all()
    sizes = graded["cluster"].value_counts().sort("cluster")["count"].to_list()
    assert [c["customers"] for c in learned["clusters"]] == sizes


def test_k_is_the_one_with_the_best_index() -> None:
    # Five heaps far from each other.
    dice = np.random.default_rng(4)
    heap = np.repeat([[10, 2], [10, 60], [200, 2], [200, 60], [45, 12]], 40, axis=0)
    rows = np.round(heap * dice.uniform(0.9, 1.1, heap.shape), 1)
    frame = customers(frequency=rows[:, 0], monetary=rows[:, 1])
    learned = fit(clusters(0), frame)["learned"]
    assert learned["k"] == 5
    logs = np.log1p(rows)
    points = (logs - logs.mean(axis=0)) / logs.std(axis=0)
    for each in learned["tried"]:
        graded = apply(fit(clusters(each["k"]), frame), frame)
        index = calinski_harabasz_score(points, graded["cluster"].to_numpy())
        assert each["index"] == pytest.approx(index, rel=1e-6)


def test_clusters_are_numbered_by_value() -> None:
    frame = some_customers(2, 500)
    for log in (True, False):
        for standardise in (True, False):
            scheme = clusters(5, log=log, standardise=standardise)
            graded = apply(fit(scheme, frame), frame)
            curve = np.sign(frame["monetary"]) * np.log1p(np.abs(frame["monetary"]))
            worth = pl.Series(np.zeros(500))
            for measure, sign in (("recency", -1), ("frequency", 1), ("monetary", 1)):
                value = frame[measure]
                if log:
                    value = curve if measure == "monetary" else value.log1p()
                worth += sign * (value - value.mean()) / value.std(ddof=0)
            means = graded.with_columns(worth=worth).group_by("cluster").agg(pl.col("worth").mean())
            ordered = means.sort("cluster")["worth"].to_list()
            # KMeans stops when its centres hardly move, a little beside the means.
            assert all(a > b - 0.02 for a, b in itertools.pairwise(ordered))


def test_more_clusters_than_tiers_and_fewer() -> None:
    frame = some_customers(3, 300)
    # Six clusters over four tiers, eight over four, two over four.
    for k, wanted in {6: [0, 0, 1, 2, 2, 3], 8: [0, 0, 1, 1, 2, 2, 3, 3], 2: [0, 1]}.items():
        graded = apply(fit(clusters(k), frame), frame)
        assert graded["tier_no"].to_list() == [wanted[c - 1] for c in graded["cluster"]]
        assert set(graded["cluster"]) == set(range(1, k + 1))


@pytest.mark.parametrize("k", range(10))
def test_the_default_tiers_follow_any_k(k: int) -> None:
    scheme = parse_scheme(f'method = "kmeans"\n[kmeans]\nk = {k}\n', source="x.toml")
    frame = some_customers(3, 300)
    model = fit(scheme, frame)
    found = model["learned"]["k"]
    graded = apply(model, frame)
    assert found == k if k else found in range(2, 9)
    wanted = [i * 4 // found if found >= 4 else i for i in range(found)]
    assert graded["tier_no"].to_list() == [wanted[c - 1] for c in graded["cluster"]]


def test_tiers_name_their_clusters() -> None:
    own = tiers({"classes": ("1", "2")}, {"classes": ("4",)}, {})
    frame = some_customers(3, 300)
    graded = apply(fit(scheme_of("kmeans", own, k=4), frame), frame)
    wanted = {1: 0, 2: 0, 3: 2, 4: 1}
    assert graded["tier_no"].to_list() == [wanted[c] for c in graded["cluster"]]
    # Clusters that there are not are empty; what is no number of a cluster is a mistake.
    beyond = scheme_of("kmeans", tiers({"classes": ("1", "5")}, {}), k=2)
    assert set(apply(fit(beyond, frame), frame)["tier_no"]) == {0, 1}
    assert codes("kmeans", tiers({"classes": ("1", "5")}, {}), k=4) == []
    for wrong in ("0", "x", "1.5"):
        wrong_tiers = tiers({"classes": ("1", wrong)}, {})
        assert codes("kmeans", wrong_tiers, k=4) == [("tiers[0].classes", "choice")]
    assert codes("kmeans", tiers({"classes": ("1",)}, {"classes": ("1",)}), k=4) == [
        ("tiers[1].classes", "twice")
    ]
    assert codes("kmeans", own, k=4) == []


def test_the_shipped_scheme_gives_each_cluster_a_tier() -> None:
    frame = some_customers(3, 300)
    graded = apply(fit(preset("kmeans"), frame), frame)
    assert graded["tier_no"].to_list() == (graded["cluster"] - 1).to_list()
    assert graded["tier_no"].n_unique() == 4


@pytest.mark.parametrize(("distinct", "k"), [(1, 1), (2, 2), (3, 3)])
def test_fewer_distinct_customers_than_clusters(distinct: int, k: int) -> None:
    frame = customers(monetary=[float(10 ** (i % distinct)) for i in range(12)])
    for asked in (0, 4):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            learned = fit(clusters(asked), frame)["learned"]
            graded = apply(fit(clusters(asked), frame), frame)
        # Two of three heaps may be the better choice, but no more than there are.
        assert learned["k"] == k if asked or k < 3 else learned["k"] <= k
        best = frame["monetary"] == frame["monetary"].max()
        assert (graded.filter(best)["tier_no"] == 0).all()


def test_an_unknown_value_stands_at_the_mean() -> None:
    rows = [1.0, 2.0, 3.0, 40.0, 60.0, 80.0]
    frame = customers(satisfaction=[1.0, 1.0, 2.0, 4.0, 5.0, None], monetary=rows)
    scheme = scheme_of(
        "kmeans", FOUR, ["satisfaction"], k=2, measures=("satisfaction", "monetary"), log=False
    )
    model = fit(scheme, frame)
    known = [1.0, 1.0, 2.0, 4.0, 5.0]
    assert model["learned"]["mean"]["satisfaction"] == pytest.approx(np.mean(known))
    filled = frame.with_columns(pl.col("satisfaction").fill_null(np.mean(known)))
    assert apply(model, filled)["cluster"].to_list() == apply(model, frame)["cluster"].to_list()
    steps = apply(model, frame)
    assert np.isnan(steps["next_satisfaction"].to_list()[-1])


def test_a_measure_that_is_absent_is_left_out() -> None:
    scheme = scheme_of("kmeans", FOUR, k=2, measures=("monetary", "interval"))
    frame = customers(monetary=[1.0, 2.0, 300.0, 400.0])
    assert fit(scheme, frame)["learned"]["measures"] == ["monetary"]
    with pytest.raises(DataError, match="measure_absent"):
        fit(scheme_of("kmeans", FOUR, measures=("interval",)), frame)


@pytest.mark.parametrize(
    "settings",
    [
        {"k": 4},
        {"k": 8},
        {"k": 5, "log": False},
        {"k": 3, "standardise": False},
        {"k": 6, "measures": ("recency", "frequency", "monetary", "interval", "return_share")},
    ],
)
def test_promises_are_true_for_a_thousand_customers(settings: dict[str, Any]) -> None:
    scheme, frame = scheme_of("kmeans", FOUR, **settings), some_customers(5)
    below = (check_again(scheme, frame)["tier_no"] > 0).sum()
    assert check_steps(scheme, frame) > 0.5 * below


def test_a_promise_stays_within_what_customers_reach() -> None:
    frame = some_customers(6)
    graded = apply(fit(clusters(4), frame), frame)
    for measure in ("frequency", "monetary"):
        goals = graded[f"next_{measure}"].drop_nans()
        assert goals.len() == 0 or goals.max() <= frame[measure].max()


def test_scikit_learn_is_imported_only_to_fit() -> None:
    text = """
import sys
from segmentation.grading import apply, fit
from segmentation.method import method
method("kmeans"), method("tree")
assert "sklearn" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", text], check=True)
