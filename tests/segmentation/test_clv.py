"""Tiers by lifetime value: the ways in, and what is wrong with them."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from segmentation.grading import apply, fit
from segmentation.scheme import Tier
from tests.segmentation.crowd import crowd
from tests.segmentation.promises import check_again, codes, scheme_of, tiers

PLAIN = tiers({}, {}, {})
SHARES = tiers({"share": 0.6}, {"share": 0.9}, {})
LIMITS = tiers({"at_least": 400.0}, {"at_least": 40.0}, {})
BEST = tiers({"top": 0.2}, {"top": 0.5}, {})
SO_MANY = tiers({"top": 10.0}, {"top": 60.0}, {})


def people(own: tuple[Tier, ...], count: int = 300) -> pl.DataFrame:
    return crowd(scheme_of("clv", own), count, blanks=0.1)


def found(own: tuple[Tier, ...], frame: pl.DataFrame) -> pl.DataFrame:
    scheme = scheme_of("clv", own)
    return apply(fit(scheme, frame), frame).sort("score", descending=True, nulls_last=True)


@pytest.mark.parametrize("own", [PLAIN, SHARES, LIMITS, BEST, SO_MANY])
def test_more_value_is_never_a_worse_tier(own: tuple[Tier, ...]) -> None:
    frame = people(own)
    check_again(scheme_of("clv", own), frame)
    graded = found(own, frame).filter(pl.col("score").is_not_nan())
    assert graded["tier_no"].is_sorted()
    assert set(graded["tier_no"]) == {0, 1, 2}


def test_limits_are_in() -> None:
    graded = found(LIMITS, people(LIMITS))
    expected = [0 if v >= 400 else 1 if v >= 40 else 2 for v in graded["score"]]
    assert graded["tier_no"].to_list() == expected


@pytest.mark.parametrize(("own", "first", "second"), [(BEST, 0.2, 0.5), (SO_MANY, 10, 60)])
def test_the_best_by_value(own: tuple[Tier, ...], first: float, second: float) -> None:
    graded = found(own, people(own))
    worth = graded["score"].to_numpy()
    worth = worth[~np.isnan(worth)]
    for most, asked in ((0, first), (1, second)):
        count = int(asked * len(worth)) if asked < 1 else int(asked)
        last = worth[count - 1]
        within = graded.filter(pl.col("tier_no") <= most)
        # Whoever ties with the last one in is in.
        assert within.height == (worth >= last).sum()


def test_shares_of_the_value_to_come() -> None:
    graded = found(SHARES, people(SHARES)).filter(pl.col("score").is_not_nan())
    whole = graded["score"].sum()
    for most, share in ((0, 0.6), (1, 0.9)):
        within = graded.filter(pl.col("tier_no") <= most)["score"]
        assert within.sum() >= share * whole
        assert within[:-1].sum() < share * whole or within[-1] == within[-2]


def test_problems() -> None:
    for own in (PLAIN, SHARES, LIMITS, BEST, SO_MANY):
        assert codes("clv", own) == []
    for own, expected in (
        (tiers({"share": 0.5}, {"at_least": 9.0}, {}), ("tiers[1].at_least", "mixed_limits")),
        (tiers({"top": 0.1}, {"share": 0.5}, {}), ("tiers[0].top", "mixed_limits")),
        (tiers({"at_least": 9.0}, {"top": 5.0}, {}), ("tiers[1].top", "mixed_limits")),
        (tiers({"at_least": 9.0}, {"at_least": 9.0}, {}), ("tiers[1].at_least", "limits_not_desc")),
        (tiers({"at_least": 9.0}, {}, {}), ("tiers[1].at_least", "limit_missing")),
        (tiers({}, {"top": 0.3}, {}), ("tiers[0].top", "limit_missing")),
        (tiers({"top": 0.3}, {"top": 0.1}, {}), ("tiers[1].top", "not_ascending")),
        (tiers({"top": 0.3}, {"top": 20.0}, {}), ("tiers[1].top", "mixed_tops")),
        (tiers({"top": 2.5}, {"top": 20.0}, {}), ("tiers[0].top", "bad_number")),
        (tiers({"share": 0.5}, {"share": 0.4}, {}), ("tiers[1].share", "not_ascending")),
        (tiers({"share": 1.5}, {"share": 2.0}, {}), ("tiers[0].share", "bad_number")),
        (tiers({}, {}, {}, {}, {}), ("tiers[3].share", "limit_missing")),
    ):
        where, code = codes("clv", own)[0]
        assert (where, code[: len(expected[1])]) == expected
