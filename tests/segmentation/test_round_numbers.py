"""Limits that can be read aloud and divide as before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation import round_numbers

NUMBERS = st.floats(-1e9, 1e9, allow_nan=False)


@pytest.mark.parametrize(
    ("low", "high", "least"),
    [
        (7.0, 8.0, 8.0),
        (639.0, 640.0, 640.0),
        (1003.0, 1009.0, 1006.0),
        (80.0, 120.0, 100.0),
        (61.0, 140.0, 100.0),
        (12.31, 12.39, 12.35),
        (-3.0, 5.0, 0.0),
        (-0.5, 0.0, 0.0),
        (0.0, 0.004, 0.002),
    ],
)
def test_the_roundest_number_between(low: float, high: float, least: float) -> None:
    assert round_numbers.at_least(low, high) == least
    assert round_numbers.at_most(-high, -low) == -least


@given(NUMBERS, NUMBERS)
def test_it_divides_as_the_neighbours_do(one: float, other: float) -> None:
    low, high = min(one, other), max(one, other)
    if low < high:
        assert low < round_numbers.at_least(low, high) <= high
        assert low <= round_numbers.at_most(low, high) < high
