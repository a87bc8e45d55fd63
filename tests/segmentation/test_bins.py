"""Cut points and scores."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation import bins

CENTS = st.integers(-(10**7), 10**9).map(lambda cents: cents / 100)
MANY = st.lists(CENTS, min_size=1, max_size=60)
CUTS = ("quantile", "mean", "median", "width", "jenks")
SIDES = st.sampled_from(["right", "left"])


@given(values=MANY, count=st.integers(2, 12))
@settings(deadline=None)
def test_quantiles_are_those_of_numpy(values: list[float], count: int) -> None:
    shares = [100 * k / count for k in range(1, count)]
    ours = bins.quantile_cuts(np.array(values), count)
    theirs = np.percentile(values, shares, method="linear")
    # numpy's shares are no whole numbers, so that it can miss an exact value by a little; values
    # are cents, and a wrong position would be off by a twelfth of one at least.
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-6)


@pytest.mark.parametrize(
    ("values", "count", "expected"),
    [
        # PERCENTILE.INC as Excel's own help and a person with a pencil give it.
        ([1, 2, 3, 4], 10, [1.3, 1.6, 1.9, 2.2, 2.5, 2.8, 3.1, 3.4, 3.7]),
        ([1, 3, 2, 4], 5, [1.6, 2.2, 2.8, 3.4]),
        ([10, 20, 30, 40, 50, 60], 5, [20, 30, 40, 50]),
        ([15, 20, 35, 40, 50], 4, [20, 35, 40]),
        ([7], 5, [7, 7, 7, 7]),
        ([0.1, 0.2, 0.3], 4, [0.15, 0.2, 0.25]),
    ],
)
def test_quantiles_that_are_known(values: list[float], count: int, expected: list[float]) -> None:
    assert bins.quantile_cuts(np.array(values, dtype=float), count).tolist() == expected


@given(values=MANY, count=st.integers(2, 9))
@settings(deadline=None)
def test_a_quantile_that_is_a_value_is_exactly_that_value(values: list[float], count: int) -> None:
    padded = sorted(values)
    repeated = np.array([v for v in padded for _ in range(count)] + [padded[-1]])
    # With last = n * count every inner position is a whole number.
    cuts = bins.quantile_cuts(repeated, count)
    assert set(cuts.tolist()) <= set(padded)


def test_a_value_on_a_cut_point_belongs_below_it_or_above() -> None:
    values = np.array([9.0, 10.0, 11.0, 20.0, 21.0])
    assert bins.bin_numbers(values, [10, 20]).tolist() == [1, 1, 2, 2, 3]
    assert bins.bin_numbers(values, [10, 20], closed="left").tolist() == [1, 2, 2, 3, 3]
    recency = bins.score(values, [10, 20], smaller_is_better=True)
    assert recency.tolist() == [3, 3, 2, 2, 1]
    recency = bins.score(values, [10, 20], closed="left", smaller_is_better=True)
    assert recency.tolist() == [3, 2, 2, 1, 1]


def test_repeated_cut_points_leave_scores_out() -> None:
    values = np.array([1.0, 2.0, 3.0])
    assert bins.bin_numbers(values, [1, 1, 2]).tolist() == [1, 3, 4]
    assert bins.bin_numbers(values, [1, 1, 2], closed="left").tolist() == [3, 4, 4]


@given(
    values=MANY,
    cut=st.sampled_from(CUTS),
    count=st.integers(2, 7),
    closed=SIDES,
    smaller=st.booleans(),
)
@settings(deadline=None, max_examples=300)
def test_scores_are_monotone_and_ties_equal(
    values: list[float], cut: str, count: int, closed: str, *, smaller: bool
) -> None:
    array = np.array(values)
    cuts = bins.fit_cuts(array, cut=cut, bins=count, closed=closed)
    scores = bins.score(array, cuts, closed=closed, smaller_is_better=smaller)
    assert cuts == sorted(cuts)
    assert scores.min() >= 1
    assert scores.max() <= len(cuts) + 1
    for (a, x), (b, y) in itertools.combinations(zip(values, scores.tolist(), strict=True), 2):
        if a == b:
            assert x == y
        else:
            assert (x <= y) == (a < b) or x == y or smaller
            assert not smaller or (x >= y) == (a < b) or x == y


@given(
    values=st.lists(st.integers(0, 10**6), min_size=1, max_size=60),
    factor=st.sampled_from([2.0, 0.5, 1024.0, 0.125]),
    count=st.integers(2, 7),
    closed=SIDES,
)
@settings(deadline=None)
def test_another_unit_leaves_quantile_scores_alone(
    values: list[int], factor: float, count: int, closed: str
) -> None:
    one = np.array(values, dtype=float)
    other = one * factor
    scores = [
        bins.score(v, bins.fit_cuts(v, bins=count), closed=closed).tolist() for v in (one, other)
    ]
    assert scores[0] == scores[1]


@given(values=MANY, count=st.integers(2, 7), seed=st.randoms(use_true_random=False))
@settings(deadline=None)
def test_order_of_values_does_not_matter(values: list[float], count: int, seed: object) -> None:
    mixed = list(values)
    seed.shuffle(mixed)  # type: ignore[attr-defined]
    for cut in CUTS:
        learned = [bins.fit_cuts(np.array(v), cut=cut, bins=count) for v in (values, mixed)]
        assert learned[0] == learned[1]


def test_constants_and_single_values_score_alike() -> None:
    for cut in CUTS:
        for values in (np.array([5.0]), np.full(7, 5.0)):
            cuts = bins.fit_cuts(values, cut=cut, bins=5)
            assert len(set(bins.score(values, cuts).tolist())) == 1
            assert all(c == 5 for c in cuts)


def test_width_mean_median_and_fixed() -> None:
    values = np.array([0.0, 1.0, 2.0, 100.0])
    assert bins.fit_cuts(values, cut="width", bins=4) == [25, 50, 75]
    assert bins.fit_cuts(values, cut="mean") == [25.75]
    assert bins.fit_cuts(values, cut="median") == [1.5]
    assert bins.fit_cuts(values, cut="fixed", fixed=(3, 4), offset=1) == [3.0, 4.0]
    assert bins.fit_cuts(values, cut="width", bins=4, offset=1) == [26, 51, 76]


@given(values=MANY, count=st.integers(2, 6))
@settings(deadline=None)
def test_width_cuts_are_evenly_spaced(values: list[float], count: int) -> None:
    cuts = bins.fit_cuts(np.array(values), cut="width", bins=count)
    edges = [min(values), *cuts, max(values)]
    steps = np.diff(edges)
    size = max(map(abs, values), default=1) or 1
    np.testing.assert_allclose(steps, steps.mean(), atol=size * 1e-12)


def test_tidy_removes_noise_and_nothing_else() -> None:
    assert bins.tidy([21.144000000000002, 0.1 + 0.2, 1 / 3]).tolist() == [
        21.144,
        0.3,
        0.333333333333333,
    ]


def _spread(values: np.ndarray, cuts: list[float], closed: str) -> float:  # type: ignore[type-arg]
    numbers = bins.bin_numbers(values, cuts, closed=closed)
    groups = [values[numbers == n] for n in set(numbers.tolist())]
    return float(sum(((g - g.mean()) ** 2).sum() for g in groups))


@given(
    values=st.lists(st.integers(0, 60), min_size=1, max_size=12),
    count=st.integers(2, 5),
    closed=SIDES,
)
@settings(deadline=None, max_examples=300)
def test_jenks_is_the_best_of_all_partitions(values: list[int], count: int, closed: str) -> None:
    array = np.array(values, dtype=float)
    points = sorted(set(array.tolist()))
    wanted = min(count, len(points))
    cuts = bins.fit_cuts(array, cut="jenks", bins=count, closed=closed)
    edges = itertools.combinations(points[:-1], wanted - 1)
    best = min(_spread(array, list(some), "right") for some in edges)
    assert len(cuts) == wanted - 1
    assert _spread(array, cuts, closed) == pytest.approx(best, abs=1e-6)


def test_jenks_finds_the_gaps() -> None:
    values = np.array([1, 2, 3, 50, 51, 52, 200, 201], dtype=float)
    assert bins.fit_cuts(values, cut="jenks", bins=3) == [3, 52]
    assert bins.fit_cuts(values, cut="jenks", bins=3, closed="left") == [50, 200]
