"""The scorecard: totals and tiers equal those of the method, and a calculation by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from addin.words import Words
from tests.functions.calls import EN, refused, say
from tests.functions.sheets import DATA, Range, flat, graded

CRITERIA = """
method = "scorecard"
[[scorecard.criteria]]
key = "recent"
weight = 10
indicators = [{ measure = "recency" }]
[[scorecard.criteria]]
key = "often"
weight = 30
indicators = [{ measure = "frequency" }]
[[scorecard.criteria]]
key = "much"
weight = 60
indicators = [{ measure = "monetary" }]
[[tiers]]
key = "gold"
min_score = 70
[[tiers]]
key = "silver"
min_score = 40
[[tiers]]
key = "rest"
"""
FIVE = [[float(v)] for v in (10, 20, 30, 40, 50)]


def beside(*columns: Range) -> Range:
    """Columns as one range."""
    return [[cell for part in row for cell in part] for row in zip(*columns, strict=True)]


@pytest.mark.parametrize("data", DATA)
def test_totals_and_tiers_of_the_method(data: str, shared_data: Path, unpacked: Path) -> None:
    book = graded(shared_data / DATA[data], EN, unpacked, CRITERIA)
    measures = beside(*book.measures)
    totals = flat(say("SCORECARD", measures, "10;30;60", "less;more;more"))
    assert totals == book.grading.graded["score"].to_list()
    assert len(set(totals)) > 20
    words = ("70;40", "gold;silver;rest")
    tiers = say("SCORECARD_TIER", measures, "10;30;60", "less;more;more", *words)
    assert flat(tiers) == book.answers["tier"]


def test_five_customers_by_hand() -> None:
    # Five different values are the five scores: 0, 25, 50, 75, 100 points.
    assert flat(say("SCORECARD", FIVE, 1)) == [0, 25, 50, 75, 100]
    assert flat(say("SCORECARD", FIVE, 1, "less")) == [100, 75, 50, 25, 0]
    two = beside(FIVE, FIVE[::-1])
    assert flat(say("SCORECARD", two, "3;1")) == [25, 37.5, 50, 62.5, 75]
    assert flat(say("SCORECARD", two, "3;1", "more;less")) == [0, 25, 50, 75, 100]


def test_what_is_unknown_leaves_more_to_the_others() -> None:
    two = beside(FIVE, FIVE)
    two[0][1] = None
    two[4] = [None, None]
    # The first column keeps four values (10 … 40), the second three (20, 30, 40).
    totals = flat(say("SCORECARD", two, "1;1"))
    alone = flat(say("SCORECARD", [[row[0]] for row in two], "1"))
    assert totals[0] == alone[0] == 0
    assert totals[3] == 100
    assert totals[4] is None


@given(rows=st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), min_size=2, max_size=25))
def test_weights_are_shares(rows: list[tuple[int, int]]) -> None:
    measures = [[float(a), float(b)] for a, b in rows]
    first = flat(say("SCORECARD", measures, "40;60"))
    assert first == flat(say("SCORECARD", measures, [[0.4, 0.6]]))
    assert first == flat(say("SCORECARD", measures, "2;3"))
    each = [np.array(flat(say("SCORECARD", [[row[i]] for row in measures], 1))) for i in (0, 1)]
    assert np.allclose(first, 0.4 * each[0] + 0.6 * each[1], atol=1e-6)
    alike = flat(say("SCORECARD", measures, None))
    assert alike == flat(say("SCORECARD", measures, "1;1"))


@pytest.mark.parametrize(
    "directions",
    [
        *("less;more", "低;高", "越低越好；越高越好", "-1,1", "-;+", "Lower; HIGH"),
        *([["less", "more"]], [[-1.0], [1.0]], [["less", None]]),
    ],
    ids=str,
)
def test_directions_in_any_form(directions: Any) -> None:
    two = beside(FIVE, FIVE)
    expected = say("SCORECARD", two, "1;3", [["less"], ["more"]])
    assert flat(expected) == [25, 37.5, 50, 62.5, 75]
    one_sided = directions == [["less", None]]
    if one_sided:  # the end of a list may be blank only where a word goes for all
        expected = say("SCORECARD", two, "1;3", "less")
    assert say("SCORECARD", two, "1;3", directions) == expected


def test_tiers_with_and_without_directions(words: Words) -> None:
    two = beside(FIVE, FIVE)
    more = ("70;50", "A;B;C")
    expected = [["C"], ["C"], ["B"], ["A"], ["A"]]
    assert say("SCORECARD_TIER", two, "1;1", *more, words=words) == expected
    assert say("SCORECARD_TIER", two, "1;1", None, *more, words=words) == expected
    assert say("SCORECARD_TIER", two, "1;1", "more", *more, words=words) == expected
    assert say("SCORECARD_TIER", two, "1;1", "less", *more, words=words) == expected[::-1]


def test_calls_that_do_not_fit() -> None:
    two = beside(FIVE, FIVE)
    assert refused("SCORECARD", 5.0, 1) == "alone"
    assert refused("SCORECARD", [[5.0, 6.0]], "1;1") == "alone"
    assert refused("SCORECARD", two, "1;1;1") == "weight_count"
    assert refused("SCORECARD", two, "1;-1") == "bad_weight"
    assert refused("SCORECARD", two, "0;0") == "bad_weight"
    assert refused("SCORECARD", two, "1;1", "less;more;less") == "direction_count"
    assert refused("SCORECARD", two, "1;1", "left") == "bad_direction"
    assert refused("SCORECARD_TIER", two, "1;1", "70;50", "A;B") == "label_count"
    assert refused("SCORECARD_TIER", two, "1;1", "less;more", "A;B") == "list_number"
