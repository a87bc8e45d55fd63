"""ABC, fixed limits, ranks and the nine boxes: the core's grading, cell by cell."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from addin.words import Words
from segmentation.method import Data, method
from segmentation.methods.top import Settings as TopSettings
from segmentation.scheme import Part, Tier
from segmentation.scheme_file import parse_scheme
from tests.functions.calls import EN, refused, say
from tests.functions.sheets import DATA, Book, column, flat, graded

NUMBERS = st.lists(st.integers(-50, 300), min_size=2, max_size=30)
MATRIX = """
method = "matrix"
[matrix]
grid = [["A", "A", "B"], ["A", "B", "C"], ["B", "C", "D"]]
[matrix.rows]
measure = "frequency"
missing = "lowest"
[matrix.columns]
measure = "monetary"
missing = "lowest"
"""


# ── ABC ────────────────────────────────────────────────────────────────────────────────────────


def cells(book: Book, name: str) -> list[list[Any]]:
    return column(book.grading.graded[name].to_list())


@pytest.mark.parametrize("data", DATA)
def test_abc_is_the_column_of_the_graded_table(
    data: str, shared_data: Path, unpacked: Path
) -> None:
    book = graded(shared_data / DATA[data], EN, unpacked)
    expected = book.grading.graded["abc"].to_list()
    assert set(expected) == {"A", "B", "C"}
    amounts, customers = cells(book, "monetary"), cells(book, "customer")
    assert flat(say("ABC_CLASS", amounts, None, None, customers)) == expected
    # Without customers only those differ who tie with the last one in.
    limits = {limit[0] for limit in book.grading.model["abc"].values() if limit}
    answers = flat(say("ABC_CLASS", amounts))
    differing = [
        amount
        for answer, wanted, amount in zip(answers, expected, flat(amounts), strict=True)
        if answer != wanted
    ]
    assert set(differing) <= limits
    for amount in limits:
        tied = [i for i, other in enumerate(flat(amounts)) if other == amount]
        assert sorted(answers[i] for i in tied) == sorted(expected[i] for i in tied)


@given(cents=NUMBERS, a=st.integers(1, 99), more=st.integers(0, 50))
def test_abc_by_another_rule_in_whole_numbers(cents: list[int], a: int, more: int) -> None:
    b = min(a + more, 100)
    order = sorted((i for i, v in enumerate(cents) if v > 0), key=lambda i: (-cents[i], i))
    total = sum(cents[i] for i in order)
    expected = ["C"] * len(cents)
    before = 0
    for i in order:
        expected[i] = "A" if 100 * before < a * total else "B" if 100 * before < b * total else "C"
        before += cents[i]
    assert flat(say("ABC_CLASS", column(cents), a / 100, f"{b}%")) == expected


def test_abc_needs_all_customers_and_shares_that_fit() -> None:
    assert refused("ABC_CLASS", 100.0) == "alone"
    for shares in ((0.9, 0.8), (0, 0.9), (0.8, 1.2), (80, 95)):
        assert refused("ABC_CLASS", column([3, 2, 1]), *shares) == "abc_shares"
    assert refused("ABC_CLASS", column([3, 2]), "much") == "list_number"
    assert refused("ABC_CLASS", column([3, 2]), column([1, 2])) == "one_value"


# ── limits ─────────────────────────────────────────────────────────────────────────────────────


def test_limits_as_in_the_contract() -> None:
    values = column([5000, 4999.99, 2000, 1999.99, 90_000, -1])
    names = ["VIP", "黄金", "黄金", "普通", "VIP", "普通"]
    assert flat(say("THRESHOLD_TIER", values, "5000;2000", "VIP;黄金;普通")) == names
    assert say("THRESHOLD_TIER", 2000, "5000;2000", "VIP;黄金;普通", False) == "普通"


@pytest.mark.parametrize(
    "limits",
    [
        *("5000;2000", "2000;5000", "2000,5000", "5,000;2,000", "５０００；２０００", "5000，2000"),
        *(column([5000, 2000]), [[2000.0, 5000.0]], [["5000", 2000.0, None]]),
    ],
    ids=str,
)
@pytest.mark.parametrize(
    "labels", ["VIP;Gold;Rest", "VIP，Gold，Rest", column(["VIP", "Gold", "Rest"])], ids=str
)
def test_limits_and_labels_in_any_form(limits: Any, labels: Any) -> None:
    for value, label in ((7000, "VIP"), (3000, "Gold"), (5, "Rest")):
        assert say("THRESHOLD_TIER", value, limits, labels) == label


@pytest.mark.parametrize("inclusive", [True, False])
@given(
    values=NUMBERS,
    limits=st.lists(st.integers(-40, 250), min_size=1, max_size=6, unique=True),
    seed=st.integers(0, 9),
)
def test_limits_are_those_of_the_method(
    inclusive: bool, values: list[int], limits: list[int], seed: int
) -> None:
    best_first = [float(v) for v in sorted(limits, reverse=True)]
    if inclusive:
        tiers = [Tier(key=f"t{i}", at_least=v) for i, v in enumerate(best_first)]
    else:
        tiers = [Tier(key=f"t{i}", above=v) for i, v in enumerate(best_first)]
    tiers.append(Tier(key=f"t{len(limits)}"))
    scheme = parse_scheme('method = "thresholds"', source="test")
    part = Part(method="thresholds", settings=scheme.settings, tiers=tuple(tiers))
    data = Data(values={"monetary": np.array(values, dtype=float)})
    module = method("thresholds")
    numbers = module.apply(module.fit(part, data), [{"key": t.key} for t in tiers], data)["tier_no"]
    asked = random.Random(seed).sample(limits, len(limits))
    names = [t.key for t in tiers]
    answers = say("THRESHOLD_TIER", column(values), column(asked), column(names), inclusive)
    assert flat(answers) == [names[i] for i in numbers]
    assert (
        say("THRESHOLD_TIER", values[0], column(asked), column(names), inclusive) == answers[0][0]
    )


def test_limits_that_do_not_fit() -> None:
    assert refused("THRESHOLD_TIER", 5, "1;2", "a;b") == "label_count"
    assert refused("THRESHOLD_TIER", 5, "1;1", "a;b;c") == "limits_equal"
    assert refused("THRESHOLD_TIER", 5, "1;x", "a;b;c") == "list_number"
    assert refused("THRESHOLD_TIER", 5, None, "a;b;c") == "list_empty"
    assert refused("THRESHOLD_TIER", 5, "1;2", [["a", None, "c"]]) == "list_label"
    assert refused("THRESHOLD_TIER", 5, "1;2", "a;b;c", "perhaps") == "no_flag"


@pytest.mark.parametrize(
    ("given_", "inside"), [(None, 1), (0, 0), ([[False]], 0), (1, 1), ("否", 0), ("yes", 1)]
)
def test_what_inclusive_may_be(given_: Any, inside: int) -> None:
    assert say("THRESHOLD_TIER", 5, 5, "in;out", given_) == ("out", "in")[inside]


# ── ranks ──────────────────────────────────────────────────────────────────────────────────────


def test_the_honour_students_of_the_contract() -> None:
    marks = column([*range(60, 80)])
    answers = flat(say("TOP_TIER", marks, "10%", "荣誉学员"))
    assert answers == [""] * 18 + ["荣誉学员"] * 2
    assert flat(say("TOP_TIER", marks, 0.1, "荣誉学员;其他")) == ["其他"] * 18 + ["荣誉学员"] * 2


@given(values=NUMBERS, tops=st.lists(st.integers(1, 99), min_size=1, max_size=4, unique=True))
def test_ranks_are_those_of_the_method(values: list[int], tops: list[int]) -> None:
    for shares in ([t / 100 for t in sorted(tops)], [float(t) for t in sorted(tops)]):
        tiers = [Tier(key=f"t{i}", top=share) for i, share in enumerate(shares)]
        tiers.append(Tier(key=f"t{len(shares)}"))
        part = Part(method="top", settings=TopSettings(), tiers=tuple(tiers))
        data = Data(values={"monetary": np.array(values, dtype=float)})
        module = method("top")
        plain = [{"key": t.key} for t in tiers]
        numbers = module.apply(module.fit(part, data), plain, data)["tier_no"]
        names = [t.key for t in tiers]
        answers = flat(say("TOP_TIER", column(values), column(shares), column(names)))
        assert answers == [names[i] for i in numbers]


def test_ranks_that_do_not_fit() -> None:
    values = column([3, 2, 1])
    assert refused("TOP_TIER", 3.0, "10%", "a;b") == "alone"
    assert refused("TOP_TIER", values, "10%;5", "a;b;c") == "mixed_tops"
    assert refused("TOP_TIER", values, "30%;10%", "a;b;c") == "tops_ascend"
    assert refused("TOP_TIER", values, "-10%", "a;b") == "top_number"
    assert refused("TOP_TIER", values, "2.5", "a;b") == "top_number"
    assert refused("TOP_TIER", values, "10%;30%", "a;b;c;d") == "label_count"


def test_blanks_take_no_part_in_ranks() -> None:
    values = column([None, 5, None, 4, 3, 2, None, None, None, None])
    wanted = [None, "a", None, "b", "b", "b", None, None, None, None]
    assert flat(say("TOP_TIER", values, "25%", "a;b")) == wanted


# ── nine boxes ─────────────────────────────────────────────────────────────────────────────────


def third(values: list[int], value: int) -> int:
    """0 for the highest third: cut at the type-7 quantiles, a value on a cut below it."""
    ordered = sorted(values)
    level = 2
    for k in (1, 2):
        place = Fraction((len(values) - 1) * k, 3)
        low = ordered[int(place)]
        high = ordered[min(int(place) + 1, len(values) - 1)]
        level -= value > low + (place - int(place)) * (high - low)
    return level


@given(rows=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=2, max_size=30))
def test_boxes_by_another_rule(rows: list[tuple[int, int]]) -> None:
    potential, value = [r[0] for r in rows], [r[1] for r in rows]
    grid = [[f"{i}{j}" for j in "abc"] for i in "abc"]
    answers = flat(say("MATRIX_TIER", column(potential), column(value), grid))
    for answer, p, v in zip(answers, potential, value, strict=True):
        # Where all are alike, all stand in the middle.
        row = 1 if len(set(potential)) == 1 else third(potential, p)
        col = 1 if len(set(value)) == 1 else third(value, v)
        assert answer == grid[row][col]


@pytest.mark.parametrize("data", ["cdnow sample", "pagila", "online retail"])
def test_boxes_are_the_tiers_of_the_method(
    data: str, words: Words, shared_data: Path, unpacked: Path
) -> None:
    book = graded(shared_data / DATA[data], words, unpacked, MATRIX)
    answers = say("MATRIX_TIER", cells(book, "frequency"), cells(book, "monetary"), words=words)
    assert flat(answers) == book.answers["tier"]


def test_grids_that_do_not_fit() -> None:
    ranges = (column([1, 2, 3]), column([3, 2, 1]))
    assert refused("MATRIX_TIER", *ranges, [["a", "b", "c"]]) == "grid_shape"
    assert refused("MATRIX_TIER", *ranges, [["a", "b"], ["c", None]]) == "grid_blank"
    assert refused("MATRIX_TIER", 1.0, 2.0) == "alone"


def test_a_grid_of_two_by_two() -> None:
    # By medians: 1 and 2 stand below 2.5, 3 and 4 above.
    grid = [["both", "potential"], ["value", 0.0]]
    answers = say("MATRIX_TIER", column([1, 2, 3, 4]), column([1, 4, 2, 3]), grid)
    assert flat(answers) == ["0", "value", "potential", "both"]
