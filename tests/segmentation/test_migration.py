"""Who moved: every customer is told once, and the numbers add up."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.ladder import Rung, between, matched, steps
from segmentation.migration import KINDS, Moves, moves

ABCD = [Rung(key=key) for key in "ABCD"]
OPPOSITE = {"up": "down", "down": "up", "new": "gone", "gone": "new"}
Grading = dict[str, tuple[int | None, float | None]]


def frame(rows: Grading) -> pl.DataFrame:
    types = {"customer": pl.String, "tier_no": pl.Int64, "monetary": pl.Float64}
    made = pl.DataFrame([(c, *row) for c, row in rows.items()], schema=types, orient="row")
    return made.with_columns(name=pl.col("customer") + "!")


def compared(
    before: Grading,
    now: Grading,
    tiers: tuple[Sequence[Rung], Sequence[Rung]] = (ABCD, ABCD),
    ordered: tuple[bool, bool] = (True, True),
) -> Moves:
    return moves(
        frame(before), frame(now), tiers_before=tiers[0], tiers_now=tiers[1], ordered=ordered
    )


def by_customer(found: Moves) -> dict[str, dict[str, Any]]:
    return {row["customer"]: row for row in found.customers.iter_rows(named=True)}


def test_steps_go_up_when_the_tier_does() -> None:
    assert [steps(2, 0), steps(0, 2), steps(1, 1)] == [2, -2, 0]


def test_who_moved_and_how_far() -> None:
    found = compared(
        {"a": (0, 10.0), "b": (3, 20.0), "c": (1, 30.0), "d": (1, 40.0), "g": (2, 5.5)},
        {"n": (0, 7.25), "d": (3, 1.0), "a": (1, 11.0), "b": (0, 90.0), "c": (1, 31.0)},
    )
    told = {c: (row["kind"], row["steps"]) for c, row in by_customer(found).items()}
    assert told == {
        "a": ("down", -1),
        "b": ("up", 3),
        "c": ("same", 0),
        "d": ("down", -2),
        "g": ("gone", None),
        "n": ("new", None),
    }
    # Falls first, the dearest on top.
    assert found.customers["customer"].to_list() == ["d", "a", "g", "b", "n", "c"]
    assert found.customers["name"].to_list() == ["d!", "a!", "g!", "b!", "n!", "c!"]
    assert found.counts() == {"up": 1, "down": 2, "same": 1, "new": 1, "gone": 1, "unclear": 0}
    kinds = {row["kind"]: row for row in found.kinds.iter_rows(named=True)}
    assert (kinds["down"]["monetary_before"], kinds["down"]["monetary_now"]) == (50.0, 12.0)
    assert (kinds["gone"]["monetary_before"], kinds["gone"]["monetary_now"]) == (5.5, 0.0)
    cells = {(i, j): tuple(rest) for i, j, *rest in found.matrix.iter_rows()}
    assert cells[1, 3] == (1, 40.0, 1.0)
    assert cells[2, None] == (1, 5.5, 0.0)
    assert cells[None, 0] == (1, 0.0, 7.25)
    assert cells[0, 0] == (0, 0.0, 0.0)
    assert {(i, j) for i in range(4) for j in range(4)} <= set(cells)


def test_measures_of_both_stand_side_by_side() -> None:
    before = frame({"a": (0, 1.0)}).with_columns(recency=pl.lit(3.0), old=pl.lit(1))
    now = frame({"a": (0, 2.0)}).with_columns(recency=pl.lit(9.0), new=pl.lit(1))
    found = moves(before, now, tiers_before=ABCD, tiers_now=ABCD).customers.row(0, named=True)
    assert (found["recency_before"], found["recency_now"]) == (3.0, 9.0)
    assert (found["monetary_before"], found["monetary_now"]) == (1.0, 2.0)
    assert not {"old_before", "new_now"} & found.keys()


TIER = st.one_of(st.integers(0, 3), st.none())
AMOUNT = st.one_of(st.none(), st.integers(0, 10**9).map(lambda n: n / 100))
GRADING = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=2), st.tuples(TIER, AMOUNT))


def kind_by_hand(customer: str, before: Grading, now: Grading) -> str:
    if customer not in before:
        return "new"
    if customer not in now:
        return "gone"
    one, other = before[customer][0], now[customer][0]
    if one is None or other is None:
        return "unclear"
    return "same" if one == other else ("up" if other < one else "down")


@given(GRADING, GRADING)
def test_everybody_is_told_once_and_all_adds_up(before: Grading, now: Grading) -> None:
    found = compared(before, now)
    rows = by_customer(found)
    assert set(rows) == before.keys() | now.keys()
    assert found.customers.height == len(rows)
    assert {c: r["kind"] for c, r in rows.items()} == {
        c: kind_by_hand(c, before, now) for c in rows
    }
    counted = Counter(row["kind"] for row in rows.values())
    assert found.counts() == {kind: counted[kind] for kind in KINDS}
    assert found.matrix["customers"].sum() == len(rows)
    for side, grading in (("before", before), ("now", now)):
        total = sum(amount or 0 for _, amount in grading.values())
        for table in (found.matrix, found.kinds):
            assert table[f"monetary_{side}"].sum() == pytest.approx(total, abs=1e-4)
        there = found.matrix.filter(pl.col(f"{side}_no").is_not_null())
        assert there["customers"].sum() == len(grading)


@given(GRADING, GRADING)
def test_looked_at_backwards_everything_is_the_opposite(before: Grading, now: Grading) -> None:
    forth, back = by_customer(compared(before, now)), by_customer(compared(now, before))
    for customer, row in forth.items():
        other = back[customer]
        assert other["kind"] == OPPOSITE.get(row["kind"], row["kind"])
        assert other["steps"] == (None if row["steps"] is None else -row["steps"])


@given(GRADING)
def test_against_itself_nobody_moves(grading: Grading) -> None:
    kinds = {row["kind"] for row in by_customer(compared(grading, grading)).values()}
    unknown = any(tier is None for tier, _ in grading.values())
    assert kinds <= {"same", *(["unclear"] if unknown else [])}


def ladder(text: str) -> list[Rung]:
    return [Rung(key=key) for key in text]


@pytest.mark.parametrize(
    ("before", "now", "ordered", "expected"),
    [
        ("AB", "AB", (True, True), [[0, -1], [1, 0]]),
        # A tier more in between: the ladder of now counts where it has both.
        ("AC", "ABC", (True, True), [[0, -1, -2], [2, 1, 0]]),
        # A tier less: from one that is gone, the ladder before says.
        ("ABC", "AC", (True, True), [[0, -1], [1, -1], [1, 0]]),
        # Two that no ladder has together.
        ("AB", "AC", (True, True), [[0, -1], [1, None]]),
        # Nothing in common, or the opposite of each other.
        ("AB", "XY", (True, True), [[None, None], [None, None]]),
        ("AB", "BA", (True, True), [[None, 0], [0, None]]),
        # An order that is not known is not used.
        ("AB", "BA", (False, True), [[1, 0], [0, -1]]),
        ("AB", "BA", (True, False), [[-1, 0], [0, 1]]),
        ("AB", "AB", (False, False), [[0, None], [None, 0]]),
    ],
)
def test_tiers_that_differ(
    before: str, now: str, ordered: tuple[bool, bool], expected: list[list[int | None]]
) -> None:
    assert between(ladder(before), ladder(now), ordered=ordered) == expected


def test_tiers_are_the_same_by_key_or_by_name() -> None:
    before = [Rung(key="vip", names={"zh": "贵宾"}), Rung(key="A级"), Rung(key="rest")]
    now = [
        Rung(key="A", names={"zh": "A级", "en": "A"}),
        Rung(key="VIP"),
        Rung(key="x", names={"en": "Other"}),
    ]
    assert matched(before, now) == {0: 1, 1: 0}
    # A key counts before a name: A is A, whatever else is called so.
    before = [Rung(key="B", names={"en": "A"}), Rung(key="A", names={"en": "B"})]
    assert matched(before, [Rung(key="A"), Rung(key="B")]) == {0: 1, 1: 0}


def test_the_one_rule_needs_no_frames() -> None:
    """Functions in cells use it, and must start at once."""
    code = "import sys, segmentation.ladder; print('polars' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "False"
