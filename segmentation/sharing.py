"""Sharing an amount of money out in proportion to weights, within floors and ceilings, exactly.

Each part is ``clamp(λ · weight, floor, ceiling)`` for the one λ at which the parts add up to the
amount. What is left of a unit (a cent) after that goes to the largest rests.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from segmentation.errors import UsageError

# Beyond it a worksheet, which calculates with 15 digits, would lose cents.
MOST = 1e11
# Rests are told apart down to this part of a unit, here and in the worksheet: its arithmetic is
# not exact, and rests that are equal must be equal there too.
_FINE = 10_000


@dataclass(frozen=True, kw_only=True)
class Allocation:
    """What each one gets and what is left, in whole units (cents)."""

    units: tuple[int, ...]
    unspent: int


def allocate(
    amount: float,
    weights: Sequence[float],
    floors: Sequence[float | None] | None = None,
    ceilings: Sequence[float | None] | None = None,
    *,
    decimals: int = 2,
) -> Allocation:
    """Share ``amount`` out in proportion to weights within floors and ceilings.

    Money is rounded to ``decimals`` places first. Equal rests are served in order. Nobody without
    a weight gets more than the floor; what the ceilings leave over is unspent.

    Raises UsageError ``budget_amount budget_number budget_floors budget_ceiling``.
    """
    none = [None] * len(weights)
    return share_out(
        to_units(checked_amount(amount), decimals),
        [checked_number(w) for w in weights],
        [to_units(checked_number(f or 0.0), decimals) for f in floors or none],
        [None if c is None else to_units(checked_number(c), decimals) for c in ceilings or none],
        decimals=decimals,
    )


def share_out(
    total: int,
    weights: Sequence[float],
    floors: Sequence[int],
    ceilings: Sequence[int | None],
    *,
    names: Sequence[str] | None = None,
    decimals: int = 2,
) -> Allocation:
    """The same in whole units; ``names`` and ``decimals`` are for the words of an error."""
    for number, (low, high) in enumerate(zip(floors, ceilings, strict=True)):
        if high is not None and low > high:
            limits = {"floor": _money(low, decimals), "ceiling": _money(high, decimals)}
            tier = names[number] if names else str(number + 1)
            raise UsageError("budget_ceiling", tier=tier, **limits)
    if sum(floors) > total:
        needed = {"floors": _money(sum(floors), decimals), "amount": _money(total, decimals)}
        raise UsageError("budget_floors", **needed)
    exact = [Fraction(repr(float(w))) for w in weights]
    units = _whole(*_level(total, exact, floors, ceilings))
    return Allocation(units=tuple(units), unspent=total - sum(units))


def _level(
    total: int, weights: Sequence[Fraction], lows: Sequence[int], highs: Sequence[int | None]
) -> tuple[list[Fraction], int]:
    """The parts, and what they add up to: ``total``, or the most there can be.

    As λ rises a part stands at its floor up to ``floor / weight``, then grows, and stands at its
    ceiling from ``ceiling / weight`` on. Between two such points the sum is a straight line.
    """
    each = list(zip(weights, lows, highs, strict=True))

    def part(level: Fraction, weight: Fraction, low: int, high: int | None) -> Fraction:
        grown = max(Fraction(low), level * weight)
        return grown if high is None else min(grown, Fraction(high))

    points = {Fraction(low) / weight for weight, low, _ in each if weight}
    points |= {Fraction(high) / weight for weight, _, high in each if weight and high is not None}
    reached = [p for p in sorted(points) if sum(part(p, *one) for one in each) <= total]
    if not reached:
        return [Fraction(low) for low in lows], sum(lows)
    level = reached[-1]
    parts = [part(level, *one) for one in each]
    grows = [
        bool(w) and low <= level * w and (high is None or level * w < high) for w, low, high in each
    ]
    slope = sum(itertools.compress(weights, grows), Fraction(0))
    if not slope:
        return parts, int(sum(parts))
    level += (total - sum(parts)) / slope
    return [part(level, *one) for one in each], total


def _whole(parts: Sequence[Fraction], placed: int) -> list[int]:
    """The parts as whole units that add up to ``placed``, by the largest rests.

    A part that is not whole lies between a floor and a ceiling that are, so that neither way of
    rounding it leaves them.
    """
    fine = [math.floor(part * _FINE + Fraction(1, 2)) for part in parts]
    units = [each // _FINE for each in fine]
    rests = [each % _FINE for each in fine]
    first = sorted(range(len(parts)), key=lambda i: (-rests[i], i))
    for number in first[: placed - sum(units)]:
        units[number] += 1
    return units


def to_units(money: float, decimals: int = 2) -> int:
    """Money in its smallest unit, half up."""
    scale: int = 10**decimals
    return math.floor(Fraction(repr(float(money))) * scale + Fraction(1, 2))


def _money(units: int, decimals: int) -> str:
    return f"{Decimal(units).scaleb(-decimals):,.{decimals}f}"


def checked_amount(amount: float) -> float:
    """The amount; UsageError ``budget_amount`` where it can't be spread."""
    if not 0 <= amount <= MOST:  # false for a NaN too
        raise UsageError("budget_amount", value=amount, most=f"{MOST:,.0f}")
    return amount


def checked_number(value: float) -> float:
    """A weight or an amount of money; UsageError ``budget_number``."""
    if not 0 <= value < math.inf:
        raise UsageError("budget_number", value=value)
    return value
