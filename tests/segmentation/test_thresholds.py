"""Fixed limits as businesses use them: at each limit, a step below it, a step above it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.errors import DataError, SchemeError
from segmentation.grading import apply, fit
from segmentation.scheme import Limit
from segmentation.scheme_file import parse_scheme, preset
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
from tests.segmentation.sheets import scheme

THREE = tiers({"above": 5000.0}, {"at_least": 2000.0}, {})
# Tier by tier: what a rule asks for, in the words of a scheme file.
RULES: dict[str, tuple[str, list[str], dict[float, int]]] = {
    "online education": (
        "monetary",
        ["above = 5000", "at_least = 2000\nat_most = 5000", "below = 2000"],
        {
            5000.01: 0,
            5000.0: 1,
            4999.99: 1,
            2000.01: 1,
            2000.0: 1,
            1999.99: 2,
            0.0: 2,
            -1.0: 2,
            1e12: 0,
        },
    ),
    "fashion retail": ("monetary", ["above = 10000", ""], {10000.01: 0, 10000.0: 1, 9999.99: 1}),
    "B2B software": (
        "monetary",
        ["above = 500000", ""],
        {500000.01: 0, 500000.0: 1, 499999.99: 1},
    ),
    "hotel stays": ("frequency", ["above = 10", ""], {11.0: 0, 10.0: 1, 9.0: 1, 40.0: 0}),
    "bank assets": (
        "assets",
        ["above = 1000000", ""],
        {1000000.01: 0, 1000000.0: 1, 999999.99: 1, np.nan: 1},
    ),
}


def rule_text(measure: str, gates: list[str]) -> str:
    own = '[columns.assets]\nname = { zh = "资产", en = "Assets" }\n' if measure == "assets" else ""
    listed = "\n".join(f'[[tiers]]\nkey = "T{i}"\n{gate}' for i, gate in enumerate(gates))
    return f'method = "thresholds"\n{own}[thresholds]\nmeasure = "{measure}"\n{listed}\n'


@pytest.mark.parametrize("name", RULES)
def test_the_rules_of_practice(name: str) -> None:
    measure, gates, expected = RULES[name]
    frame = customers(**{measure: list(expected)})
    assert graded(scheme(rule_text(measure, gates)), frame) == list(expected.values())


def test_the_scheme_as_it_comes_is_that_of_online_education() -> None:
    _, _, expected = RULES["online education"]
    frame = customers(monetary=list(expected))
    assert graded(preset("thresholds"), frame) == list(expected.values())


@pytest.mark.parametrize(
    ("gate", "inside"),
    [
        ({"above": 10.0}, [False, False, True]),
        ({"at_least": 10.0}, [False, True, True]),
        ({"below": 10.0}, [True, False, False]),
        ({"at_most": 10.0}, [True, True, False]),
    ],
)
def test_each_end_is_in_or_out_as_its_name_says(gate: dict[str, float], inside: list[bool]) -> None:
    frame = customers(monetary=[9.99, 10.0, 10.01])
    assert graded(scheme_of("thresholds", tiers(gate, {})), frame) == [int(not i) for i in inside]


def test_several_measures_must_all_hold() -> None:
    both = {
        "monetary": Limit(above=5000.0),
        "frequency": Limit(at_least=12.0),
    }
    one = {"monetary": Limit(at_least=2000.0), "recency": Limit(at_most=90.0)}
    own = tiers({"limits": both}, {"limits": one}, {})
    frame = customers(
        monetary=[5000.01, 5000.0, 5000.01, 2000.0, 1999.99, 9000.0],
        frequency=[12.0, 12.0, 11.0, 1.0, 99.0, 11.0],
        recency=[400.0, 90.0, 91.0, 90.0, 1.0, 91.0],
    )
    # The first tier does not ask when, so that 400 days ago is as good as today.
    assert graded(scheme_of("thresholds", own), frame) == [0, 1, 2, 1, 2, 2]


def test_one_measure_and_limits_together() -> None:
    own = tiers({"above": 100.0, "limits": {"frequency": Limit(at_least=2.0)}}, {})
    frame = customers(monetary=[101.0, 101.0, 100.0], frequency=[2.0, 1.0, 2.0])
    assert graded(scheme_of("thresholds", own), frame) == [0, 1, 1]


@given(
    values=st.lists(st.integers(0, 60), min_size=1, max_size=30),
    limits=st.lists(st.integers(1, 50), min_size=1, max_size=5, unique=True),
    inclusive=st.booleans(),
)
@settings(deadline=None, max_examples=150)
def test_as_counted_by_hand(values: list[int], limits: list[int], *, inclusive: bool) -> None:
    falling = sorted(limits, reverse=True)
    end = "at_least" if inclusive else "above"
    own = tiers(*({end: float(v)} for v in falling), {})
    # A tier down for every limit that is not reached.
    expected = [sum(v < at if inclusive else v <= at for at in falling) for v in values]
    frame = customers(monetary=[float(v) for v in values])
    assert graded(scheme_of("thresholds", own), frame) == expected


def test_unknown_is_in_the_last_tier_and_absent_is_refused() -> None:
    own = tiers({"at_most": 10.0}, {"above": 10.0}, {})
    asked = scheme_of("thresholds", own, ("points",), measure="points")
    assert graded(asked, customers(points=[5.0, 15.0, np.nan])) == [0, 1, 2]
    with pytest.raises(DataError, match="measure_absent"):
        graded(asked, customers(monetary=[1.0]))


CASES: list[tuple[Any, dict[str, Any]]] = [
    (tiers({"above": 5000.0}, {"at_least": 2000.0}, {}), {}),
    (tiers({"above": 300.01}, {"above": 100.0}, {"at_least": 0.0}, {}), {}),
    (tiers({"at_most": 30.0}, {"at_most": 90.0}, {}), {"measure": "recency"}),
    (
        tiers(
            {"limits": {"monetary": Limit(above=800.0), "frequency": Limit(at_least=6.0)}},
            {"limits": {"frequency": Limit(at_least=2.0), "recency": Limit(below=120.0)}},
            {},
        ),
        {},
    ),
]


@pytest.mark.parametrize(("own", "asked"), CASES)
def test_again_and_next(own: Any, asked: dict[str, Any]) -> None:
    asked_scheme = scheme_of("thresholds", own, **asked)
    frame = some_customers(23)
    first = check_again(asked_scheme, frame)
    # None of these measures is unknown to anybody: everybody can do better.
    assert check_steps(asked_scheme, frame) == (first["tier_no"] > 0).sum() > 0


def test_steps_by_hand() -> None:
    frame = customers(monetary=[5000.0, 1999.99, -3.0])
    found = apply(fit(scheme_of("thresholds", THREE), frame), frame)
    assert found["next_monetary"].to_list() == [5000.01, 2000.0, 2000.0]
    assert found["next_tier"].to_list() == [0.0, 1.0, 1.0]


def test_gaps_and_overlaps() -> None:
    def of(upper: dict[str, float], lower: dict[str, float]) -> list[tuple[str, str]]:
        return codes("thresholds", tiers(upper, lower, {}))

    assert of({"above": 5000.0}, {"at_least": 2000.0, "at_most": 5000.0}) == []
    assert of({"at_least": 5000.0}, {"at_least": 2000.0, "below": 5000.0}) == []
    assert of({"at_least": 5000.0}, {"at_least": 2000.0, "at_most": 5000.0}) == [
        ("tiers[1]", "overlap")
    ]
    assert of({"above": 5000.0}, {"at_least": 2000.0, "at_most": 6000.0}) == [
        ("tiers[1]", "overlap")
    ]
    assert of({"above": 5000.0}, {"at_least": 2000.0, "below": 5000.0}) == [("tiers[1]", "gap")]
    assert of({"above": 5000.0}, {"at_least": 2000.0, "at_most": 4000.0}) == [("tiers[1]", "gap")]
    assert of({"above": 2000.0}, {"above": 5000.0}) == [("tiers[1]", "not_descending")]


def test_problems_stand_on_their_lines() -> None:
    text = rule_text("monetary", ["above = 5000", "at_least = 2000\nat_most = 6000", ""])
    with pytest.raises(SchemeError) as refused:
        parse_scheme(text, source="my.toml")
    ((line, code, params),) = refused.value.problems
    assert code == "overlap"
    assert text.splitlines()[(line or 0) - 1] == "[[tiers]]"
    assert text.splitlines()[line or 0] == 'key = "T1"'
    assert (params["upper"], params["lower"]) == ("T0", "T1")
