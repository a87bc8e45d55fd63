"""Numbers in sentences, as Python itself writes them."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from addin import phrases


def told(make: str, numbers: list[float]) -> list[str]:
    frame = pl.DataFrame({"n": numbers}, schema={"n": pl.Float64})
    found: list[str] = frame.select(getattr(phrases, make)(pl.col("n"))).to_series().to_list()
    return found


@given(cents=st.lists(st.integers(-(10**14), 10**14), min_size=1, max_size=20))
def test_amounts_as_python_writes_them(cents: list[int]) -> None:
    assert told("money", [c / 100 for c in cents]) == [f"{c / 100:,.2f}" for c in cents]
    assert told("whole", [float(c) for c in cents]) == [f"{c:,}" for c in cents]


@pytest.mark.parametrize("make", ["money", "whole", "tenth", "plain"])
def test_no_number_is_too_large_to_be_told(make: str) -> None:
    numbers = [10.0**15, -(10.0**18), 9.3e18, 1e300, -1e300]
    assert [float(text.replace(",", "")) for text in told(make, numbers)] == numbers
