"""Loyal, potentially loyal, not loyal."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from segmentation.grading import apply, fit
from tests.segmentation.promises import (
    check_again,
    check_steps,
    codes,
    customers,
    graded,
    scheme_of,
    some_customers,
    tiers,
)

OWN = tiers({"classes": ("loyal",)}, {"classes": ("potential",)}, {"classes": ("disloyal",)})
COLUMNS = ("referrals", "satisfaction")
BOTH: dict[str, Any] = {"referrals": "referrals", "satisfaction": "satisfaction"}


def test_orders_and_months() -> None:
    frame = customers(
        frequency=[1.0, 2.0, 3.0, 4.0, 4.0, 4.0, 9.0, 9.0],
        active_months=[1.0, 2.0, 3.0, 2.0, 3.0, 4.0, 2.0, 3.0],
    )
    assert graded(scheme_of("loyalty", OWN), frame) == [2, 1, 1, 1, 0, 0, 1, 0]


def test_months_are_not_asked_for_where_unknown() -> None:
    assert graded(scheme_of("loyalty", OWN), customers(frequency=[1.0, 2.0, 3.0, 4.0])) == [
        2,
        1,
        1,
        0,
    ]
    some = customers(frequency=[4.0, 4.0], active_months=[np.nan, 2.0])
    assert graded(scheme_of("loyalty", OWN), some) == [0, 1]
    # A model of people whose months were never counted does not begin to ask.
    model = fit(scheme_of("loyalty", OWN), some.drop("active_months"))
    assert apply(model, some)["tier_no"].to_list() == [0, 0]


def test_limits_of_ones_own() -> None:
    frame = customers(frequency=[2.0, 3.0, 5.0, 6.0], active_months=[2.0, 3.0, 5.0, 5.0])
    asked: dict[str, Any] = {"loyal_orders": 6.0, "loyal_months": 5.0, "potential_orders": 3.0}
    assert graded(scheme_of("loyalty", OWN, **asked), frame) == [2, 1, 1, 0]


def test_a_referral_makes_a_potential_one_loyal() -> None:
    frame = customers(
        frequency=[1.0, 2.0, 2.0, 2.0, 4.0],
        active_months=[1.0, 1.0, 1.0, 1.0, 3.0],
        referrals=[5.0, 0.0, 1.0, np.nan, 0.0],
    )
    asked: dict[str, Any] = {"referrals": "referrals"}
    assert graded(scheme_of("loyalty", OWN, COLUMNS, **asked), frame) == [2, 1, 0, 1, 0]
    assert graded(scheme_of("loyalty", OWN, COLUMNS, **asked, min_referrals=2.0), frame) == [
        2,
        1,
        1,
        1,
        0,
    ]
    # Not asked for where no column is named.
    assert graded(scheme_of("loyalty", OWN, COLUMNS), frame) == [2, 1, 1, 1, 0]


def test_who_is_discontent_is_not_loyal() -> None:
    frame = customers(
        frequency=[4.0, 4.0, 4.0, 2.0, 1.0],
        active_months=[3.0, 3.0, 3.0, 3.0, 1.0],
        satisfaction=[3.9, 4.0, np.nan, 5.0, 1.0],
        referrals=[3.0, 0.0, 0.0, 0.0, 0.0],
    )
    asked: dict[str, Any] = {"satisfaction": "satisfaction"}
    assert graded(scheme_of("loyalty", OWN, COLUMNS, **asked), frame) == [1, 0, 0, 1, 2]
    assert graded(scheme_of("loyalty", OWN, COLUMNS, **BOTH), frame) == [1, 0, 0, 1, 2]
    asked_less = {**asked, "min_satisfaction": 3.5}
    assert graded(scheme_of("loyalty", OWN, COLUMNS, **asked_less), frame)[0] == 0


def test_every_case_by_a_table_of_rules() -> None:
    """A second way: count what speaks for and against, case by case."""
    unknown = np.nan
    rows = list(
        itertools.product(
            [1.0, 2.0, 3.0, 4.0, 5.0], [2.0, 3.0, unknown], [0.0, 1.0, unknown], [3.0, 4.0, unknown]
        )
    )

    def expected(orders: float, months: float, referrals: float, satisfaction: float) -> int:
        if orders < 2:
            return 2
        content = satisfaction != 3.0
        steady = orders >= 4 and months != 2.0
        return 0 if content and (steady or referrals == 1.0) else 1

    columns = ("frequency", "active_months", *COLUMNS)
    values = dict(zip(columns, map(list, zip(*rows, strict=True)), strict=True))
    found = graded(scheme_of("loyalty", OWN, COLUMNS, **BOTH), customers(**values))
    assert found == [expected(*row) for row in rows]


@pytest.mark.parametrize("asked", [{}, {"referrals": "referrals"}, BOTH])
@pytest.mark.parametrize("months", [True, False])
def test_again_and_next(asked: dict[str, Any], *, months: bool) -> None:
    scheme = scheme_of("loyalty", OWN, COLUMNS, **asked)
    frame = some_customers(9)
    if not months:
        frame = frame.drop("active_months")
    first = check_again(scheme, frame)
    # Everybody can buy more, in more months, and be more content.
    assert check_steps(scheme, frame) == (first["tier_no"] > 0).sum()


def test_steps_by_hand() -> None:
    frame = customers(frequency=[1.0, 4.0, 3.0, 4.0], active_months=[1.0, 2.0, 3.0, 3.0])
    found = apply(fit(scheme_of("loyalty", OWN), frame), frame)
    assert found["next_frequency"].fill_nan(None).to_list() == [2.0, None, 4.0, None]
    assert found["next_active_months"].fill_nan(None).to_list() == [None, 3.0, None, None]
    assert found["loyalty_class"].to_list() == ["disloyal", "potential", "potential", "loyal"]


def test_names_of_retail_chains() -> None:
    chain = tiers({}, {}, {})
    frame = customers(frequency=[4.0, 2.0, 1.0], active_months=[3.0, 2.0, 1.0])
    assert graded(scheme_of("loyalty", chain), frame) == [0, 1, 2]


def test_problems() -> None:
    assert codes("loyalty", OWN) == []
    assert codes("loyalty", OWN, potential_orders=5.0) == [
        ("loyalty.loyal_orders", "not_ascending")
    ]
    assert codes("loyalty", tiers({"classes": ("faithful",)}, {})) == [
        ("tiers[0].classes", "choice")
    ]
