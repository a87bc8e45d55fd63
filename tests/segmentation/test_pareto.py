"""ABC classes: the share accumulated before a customer decides."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation import bins

CENTS = st.integers(-500, 10**6)


def inside(values: list[float], share: float, keys: list[str] | None = None) -> list[bool]:
    names = keys or [f"{i:03d}" for i in range(len(values))]
    array = np.array(values, dtype=float)
    last = bins.pareto_class(array, names, share)
    return bins.in_pareto_class(array, names, last).tolist()  # type: ignore[no-any-return]


def test_share_before_decides() -> None:
    # Before each: 0 %, 50 %, 80 %, 95 %.
    assert inside([50, 30, 15, 5], 0.8) == [True, True, False, False]
    assert inside([50, 30, 15, 5], 0.81) == [True, True, True, False]
    assert inside([50, 30, 15, 5], 1) == [True] * 4
    assert inside([90, 10], 0.01) == [True, False]


def test_equal_values_go_by_their_keys() -> None:
    assert inside([10, 10, 10, 10], 0.5, ["d", "b", "c", "a"]) == [False, True, False, True]
    assert inside([10, 10, 40], 0.7, ["z", "y", "x"]) == [False, True, True]


def test_zeros_and_negatives_are_in_no_class_and_count_as_nothing() -> None:
    assert inside([0, -90, 80, 20], 0.8) == [False, False, True, False]
    assert inside([0, -1], 0.8) == [False, False]
    assert bins.pareto_class(np.array([0.0, -1.0]), ["a", "b"], 0.8) is None
    # A share that is nothing but float noise takes nobody, as a share of zero does.
    for share in (0.0, 1e-17, 3.8e-221):
        assert bins.pareto_class(np.array([1.0, 2.0]), ["a", "b"], share) is None
    assert inside([], 0.8) == []


@given(cents=st.lists(CENTS, min_size=1, max_size=40), percent=st.integers(1, 100))
@settings(deadline=None, max_examples=300)
def test_the_rule_in_whole_numbers(cents: list[int], percent: int) -> None:
    names = [f"{i:03d}" for i in range(len(cents))]
    order = sorted((i for i in range(len(cents)) if cents[i] > 0), key=lambda i: (-cents[i], i))
    total, before, wanted = sum(cents[i] for i in order), 0, [False] * len(cents)
    for i in order:
        wanted[i] = 100 * before < percent * total
        before += cents[i]
    assert inside([c / 100 for c in cents], percent / 100, names) == wanted


@pytest.mark.parametrize("factor", [1e-9, 1e-6, 1e6, 1e9])
def test_another_unit_leaves_classes_alone(factor: float) -> None:
    values = [50.0, 30, 15, 5, 0, -1]
    for share in (0.3, 0.4, 0.8, 0.95):
        assert inside([v * factor for v in values], share) == inside(values, share)
