"""A budget spread over tiers: exact, within floors and ceilings, and as good as it can be."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from segmentation.budget import WAYS, BudgetSettings, Plan, TierFacts, example, plan
from segmentation.errors import UsageError
from segmentation.sharing import allocate, share_out

WEIGHTS = st.one_of(
    st.just(0.0),
    st.sampled_from([0.1, 0.2, 0.3, 0.4, 1.0]),
    st.floats(1e-6, 1e9).map(lambda w: float(f"{w:.6g}")),
)
CENTS = st.integers(0, 10**7)


@st.composite
def requests(draw: st.DrawFn) -> tuple[int, list[float], list[int], list[int | None]]:
    """What can be shared out: an amount in cents, weights, floors and ceilings that fit."""
    count = draw(st.integers(1, 8))
    weights = draw(st.lists(WEIGHTS, min_size=count, max_size=count))
    floors = draw(st.lists(st.one_of(st.just(0), CENTS), min_size=count, max_size=count))
    rooms = draw(st.lists(st.one_of(st.none(), CENTS), min_size=count, max_size=count))
    ceilings = [
        None if room is None else low + room for low, room in zip(floors, rooms, strict=True)
    ]
    return sum(floors) + draw(CENTS), weights, floors, ceilings


def by_bisection(
    total: float, weights: list[float], lows: list[int], highs: list[int | None]
) -> list[float]:
    """The parts at the level at which they add up to the total, found by halving."""

    def parts(level: float) -> list[float]:
        return [
            min(max(level * w, low), math.inf if high is None else high)
            for w, low, high in zip(weights, lows, highs, strict=True)
        ]

    below, above = 0.0, 1.0
    while sum(parts(above)) < total and above < 1e30:
        above *= 2
    for _ in range(300):
        middle = (below + above) / 2
        below, above = (middle, above) if sum(parts(middle)) < total else (below, middle)
    return parts(above)


@given(requests())
@settings(max_examples=300)
def test_every_cent_is_somewhere_and_no_limit_is_passed(
    asked: tuple[int, list[float], list[int], list[int | None]],
) -> None:
    total, weights, floors, ceilings = asked
    found = share_out(total, weights, floors, ceilings)
    assert sum(found.units) + found.unspent == total
    assert found.unspent >= 0
    for units, weight, low, high in zip(found.units, weights, floors, ceilings, strict=True):
        assert low <= units
        assert high is None or units <= high
        if not weight:
            assert units == low
        if found.unspent and weight:
            # Something may be left only where everybody is full.
            assert units == high


@given(requests())
@settings(max_examples=200)
def test_the_parts_are_those_of_another_way_to_find_them(
    asked: tuple[int, list[float], list[int], list[int | None]],
) -> None:
    total, weights, floors, ceilings = asked
    largest = max(weights)
    # Halving has no more than sixteen digits.
    assume(all(w == 0 or w > largest * 1e-6 for w in weights))
    found = share_out(total, weights, floors, ceilings)
    expected = by_bisection(total - found.unspent, weights, floors, ceilings)
    for units, part in zip(found.units, expected, strict=True):
        assert abs(units - part) < 1.01


@given(requests(), st.integers(0, 7), st.floats(1.0, 100.0))
@settings(max_examples=200)
def test_more_weight_never_gives_less(
    asked: tuple[int, list[float], list[int], list[int | None]], which: int, factor: float
) -> None:
    total, weights, floors, ceilings = asked
    which %= len(weights)
    before = share_out(total, weights, floors, ceilings).units[which]
    weights[which] *= factor
    # The largest rests may turn a cent.
    assert share_out(total, weights, floors, ceilings).units[which] >= before - 1


@given(requests(), st.integers(-8, 8))
@settings(max_examples=200)
def test_only_the_weights_proportions_count(
    asked: tuple[int, list[float], list[int], list[int | None]], power: int
) -> None:
    total, weights, floors, ceilings = asked
    scaled = [w * 2.0**power for w in weights]
    assert share_out(total, weights, floors, ceilings) == share_out(total, scaled, floors, ceilings)


@given(requests(), st.randoms(use_true_random=False))
@settings(max_examples=200)
def test_the_order_decides_between_equal_rests_alone(
    asked: tuple[int, list[float], list[int], list[int | None]], random: object
) -> None:
    total, weights, floors, ceilings = asked
    found = share_out(total, weights, floors, ceilings)
    order = list(range(len(weights)))
    random.shuffle(order)  # type: ignore[attr-defined]
    other = share_out(
        total, [weights[i] for i in order], [floors[i] for i in order], [ceilings[i] for i in order]
    )
    assert other.unspent == found.unspent
    moved = [other.units[order.index(i)] for i in range(len(order))]
    assert all(abs(a - b) <= 1 for a, b in zip(moved, found.units, strict=True))


def test_equal_rests_are_served_in_order() -> None:
    for order in permutations((0.0, 0.01, 0.01)):
        assert allocate(100.0, [1, 1, 1], list(order)).units == (3334, 3333, 3333)
    # 1.5 and 3.5 cents: both rests are halves, though 0.3 and 0.7 are no halves of anything.
    assert allocate(0.05, [0.3, 0.7]).units == (2, 3)
    assert allocate(0.05, [0.7, 0.3]).units == (4, 1)


@pytest.mark.parametrize(
    ("floors", "ceilings", "units", "unspent"),
    [
        (None, None, (400, 300, 200, 100), 0),
        # The last is raised to 300; 700 are left for 4 : 3 : 2 (311.1, 233.3, 155.6).
        ([0, 0, 0, 300], None, (311, 233, 156, 300), 0),
        # The first is cut at 100; 900 are left for 3 : 2 : 1.
        (None, [100, None, None, None], (100, 450, 300, 150), 0),
        # Cutting the first fills the second, and the rest goes to the third and fourth (2 : 1).
        (None, [100, 300, None, None], (100, 300, 400, 200), 0),
        # The ceilings hold 600.
        (None, [100, 200, 150, 150], (100, 200, 150, 150), 400),
        # The floors take all of it, and just all of it.
        ([250, 250, 250, 250], None, (250, 250, 250, 250), 0),
    ],
)
def test_a_thousand_worked_by_hand(
    floors: list[float] | None,
    ceilings: list[float | None] | None,
    units: tuple[int, ...],
    unspent: int,
) -> None:
    found = allocate(1000, [4, 3, 2, 1], floors, ceilings, decimals=0)
    assert (found.units, found.unspent) == (units, unspent)


def test_without_a_weight_there_is_nothing_but_the_floor() -> None:
    assert allocate(1000, [0, 1, 0], [0, 0, 100], decimals=0).units == (0, 900, 100)
    found = allocate(1000, [0, 0, 0], [0, 0, 100], decimals=0)
    assert (found.units, found.unspent) == ((0, 0, 100), 900)
    assert allocate(0, [1, 1, 0]).units == (0, 0, 0)


@pytest.mark.parametrize(
    ("code", "asked"),
    [
        ("budget_floors", (10.0, [1, 1], [6.0, 4.01])),
        ("budget_ceiling", (10.0, [1, 1], [6.0, 0.0], [5.0, None])),
        ("budget_amount", (-0.01, [1])),
        ("budget_amount", (math.nan, [1])),
        ("budget_amount", (1e12, [1])),
        ("budget_number", (1.0, [-1])),
        ("budget_number", (1.0, [math.inf])),
        ("budget_number", (1.0, [1], [-1.0])),
    ],
)
def test_what_cannot_be_shared_out_is_said(code: str, asked: tuple[Any, ...]) -> None:
    with pytest.raises(UsageError) as refused:
        allocate(*asked)
    assert refused.value.code == code


def test_the_numbers_of_a_refusal_are_those_that_matter() -> None:
    with pytest.raises(UsageError) as refused:
        allocate(1000.0, [1, 1], [600.0, 1400.5])
    assert refused.value.params == {"floors": "2,000.50", "amount": "1,000.00"}


# ── by tiers ───────────────────────────────────────────────────────────────────────────────────

TIERS = (
    TierFacts(name="A", customers=10, amount=80_000.0, share=0.4),
    TierFacts(name="B", customers=30, amount=15_000.0, share=0.3),
    TierFacts(name="C", customers=60, amount=5_000.0, share=0.2),
    TierFacts(name="D", customers=100, amount=-200.0, share=0.1),
)


def amounts(found: Plan) -> list[float]:
    return [line.allocated for line in found.lines]


def test_the_three_ways() -> None:
    def of(way: str, **more: float) -> list[float]:
        return amounts(plan(BudgetSettings(amount=1000.0, way=way, **more), TIERS))  # type: ignore[arg-type]

    assert of("share") == [400.0, 300.0, 200.0, 100.0]
    assert of("value") == [800.0, 150.0, 50.0, 0.0]
    # Square root: the weights are the squares, 256 : 9 : 1.
    assert of("marginal") == [962.41, 33.83, 3.76, 0.0]
    # Exponent near nought: nearly the value itself.
    tenth = [(k / 80_000) ** (1 / 0.9) for k in (80_000, 15_000, 5_000)]
    expected = [1000 * each / sum(tenth) for each in tenth] + [0.0]
    assert of("marginal", exponent=0.1) == pytest.approx(expected, abs=0.0101)


def test_a_response_counts_as_money_brought() -> None:
    tiers = [replace(TIERS[0], amount=100.0), replace(TIERS[1], amount=50.0, response=2.0)]
    assert amounts(plan(BudgetSettings(amount=10.0, way="marginal"), tiers)) == [5.0, 5.0]


def test_reasons_and_figures() -> None:
    tiers = [
        replace(TIERS[0], ceiling=300.0),
        TIERS[1],
        TIERS[2],
        replace(TIERS[3], customers=0),
    ]
    found = plan(BudgetSettings(amount=900.0), tiers)
    # 0.4 : 0.3 : 0.2 without D; A would get 400 and is cut; 600 go 3 : 2.
    assert amounts(found) == [300.0, 360.0, 240.0, 0.0]
    assert [line.reason for line in found.lines] == ["cut", "more", "more", "nobody"]
    assert [line.unbound for line in found.lines] == pytest.approx([400.0, 300.0, 200.0, 0.0])
    assert [line.per_customer for line in found.lines] == [30.0, 12.0, 4.0, None]
    assert sum(line.budget_share for line in found.lines) == pytest.approx(1.0)
    assert plan(BudgetSettings(amount=900.0), TIERS).basis == "share"


def test_the_least_per_customer_is_a_floor() -> None:
    found = plan(BudgetSettings(amount=1000.0, least_per_customer=2.0), TIERS)
    # D's hundred customers need 200; 800 are left for 4 : 3 : 2 (355.55|56, 266.66|67, 177.77|78),
    # and the two cents that are left go to the largest rests.
    assert amounts(found) == [355.55, 266.67, 177.78, 200.0]
    assert [line.reason for line in found.lines] == ["less", "less", "less", "raised"]


def test_without_weights_the_customers_count() -> None:
    tiers = [replace(tier, share=None) for tier in TIERS]
    found = plan(BudgetSettings(amount=100.0), tiers)
    assert (found.basis, amounts(found)) == ("customers", [5.0, 15.0, 30.0, 50.0])
    none = plan(BudgetSettings(amount=100.0), [replace(tier, customers=0) for tier in TIERS])
    assert (none.unspent, amounts(none)) == (100.0, [0.0] * 4)


def test_what_the_ceilings_leave_over_is_told() -> None:
    found = plan(BudgetSettings(amount=100.0), [replace(TIERS[0], ceiling=60.0)])
    assert (amounts(found), found.unspent) == ([60.0], 40.0)


def test_a_refusal_names_the_tier() -> None:
    with pytest.raises(UsageError) as refused:
        plan(BudgetSettings(amount=100.0), [TIERS[0], replace(TIERS[1], floor=2.0, ceiling=1.0)])
    assert refused.value.params == {"tier": "B", "floor": "2.00", "ceiling": "1.00"}
    with pytest.raises(UsageError) as refused:
        plan(BudgetSettings(amount=100.0, exponent=1.0), TIERS)
    assert refused.value.code == "budget_exponent"


FACTS = st.builds(
    TierFacts,
    customers=st.integers(1, 500),
    amount=st.floats(1.0, 1e6),
    share=st.floats(0.0, 1.0),
    response=st.floats(0.5, 2.0),
    floor=st.one_of(st.none(), st.floats(0.0, 1e4)),
    ceiling=st.one_of(st.none(), st.floats(1e4, 1e6)),
)


@given(st.lists(FACTS, min_size=1, max_size=60), st.sampled_from(WAYS), st.floats(6e5, 1e9))
@settings(max_examples=100)
def test_a_plan_adds_up(tiers: list[TierFacts], way: str, amount: float) -> None:
    found = plan(BudgetSettings(amount=amount, way=way), tiers)  # type: ignore[arg-type]
    cents = sum(round(line.allocated * 100) for line in found.lines) + round(found.unspent * 100)
    assert cents == round(found.amount * 100)
    assert abs(found.amount - amount) <= 0.005 + 1e-6
    for line, tier in zip(found.lines, tiers, strict=True):
        assert line.allocated >= round(tier.floor or 0.0, 2) - 0.005
        assert line.allocated <= (tier.ceiling or math.inf) + 0.005


@given(
    st.lists(FACTS, min_size=2, max_size=6),
    st.floats(6e4, 1e6),
    st.sampled_from([0.2, 0.5, 0.8]),
)
@settings(max_examples=100)
def test_no_other_split_returns_more(
    tiers: list[TierFacts], amount: float, exponent: float
) -> None:
    found = plan(BudgetSettings(amount=amount, way="marginal", exponent=exponent), tiers)
    step = 1.0  # a unit of money: large beside the cent that rounding may have moved

    def back(number: int, spent: float) -> float:
        tier = tiers[number]
        return float(tier.amount * tier.response * spent**exponent)

    spent = amounts(found)
    for giver, taker in permutations(range(len(tiers)), 2):
        low = max(tiers[giver].floor or 0.0, 0.01)
        room = math.inf if tiers[taker].ceiling is None else tiers[taker].ceiling
        if spent[giver] - step < low or spent[taker] + step > (room or 0.0):
            continue
        lost = back(giver, spent[giver]) - back(giver, spent[giver] - step)
        won = back(taker, spent[taker] + step) - back(taker, spent[taker])
        # By a cent too much here and too little there the returns may still differ.
        slack = back(taker, spent[taker] + 0.02) - back(taker, max(0.0, spent[taker] - 0.02))
        assert won <= lost + slack + 1e-9 * back(giver, spent[giver])


def test_a_solver_finds_nothing_better() -> None:
    optimize = pytest.importorskip("scipy.optimize")
    tiers = [
        TierFacts(customers=10, amount=900.0, ceiling=500.0),
        TierFacts(customers=10, amount=400.0),
        TierFacts(customers=10, amount=300.0, response=1.5),
        TierFacts(customers=10, amount=50.0, floor=80.0),
    ]
    spent = amounts(plan(BudgetSettings(amount=1000.0, way="marginal"), tiers))
    strength = [tier.amount * tier.response for tier in tiers]

    def lost(parts: list[float]) -> float:
        pairs = zip(strength, parts, strict=True)
        return -sum(k * math.sqrt(max(part, 0.0)) for k, part in pairs) / 1000

    solved = optimize.minimize(
        lost,
        [250.0] * 4,
        method="SLSQP",
        bounds=[(1e-6, 500.0), (1e-6, None), (1e-6, None), (80.0, None)],
        constraints={"type": "eq", "fun": lambda parts: sum(parts) - 1000.0},
        options={"ftol": 1e-9, "maxiter": 1000},
    )
    assert solved.success
    assert spent == pytest.approx(list(solved.x), abs=0.5)
    assert lost(spent) <= solved.fun + 1e-6


@pytest.mark.parametrize(
    ("brought", "expected"),
    [(123_456.78, 6200.0), (99.9, 5.0), (9_876_543.0, 490_000.0), (0.1, None), (-5.0, None)],
)
def test_the_example_is_a_round_twentieth(brought: float, expected: float | None) -> None:
    assert example(brought) == expected
