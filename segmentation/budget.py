"""An amount of money spread over tiers: by share, by value, or by marginal return.

Every way shares in proportion to weights, within each tier's floor and ceiling
(``segmentation.sharing``); they differ in the weights.

- ``share``: the weight is the tier's budget share in its strategy.
- ``value``: the money that its customers brought (losses count as nothing).
- ``marginal``: b spent on a tier returns k · b^e, with e between 0 and 1 (diminishing returns) and
  k = money brought × response. The total is highest where the last cent returns the same
  everywhere, k · e · b^(e-1) = μ, but for tiers held at a floor or ceiling: the equimarginal
  principle, which is what the Karush-Kuhn-Tucker conditions say of this concave problem (Boyd and
  Vandenberghe, Convex Optimization, section 5.5.3, whose example 5.2 fills water the same way).
  Solved for b: b = λ · k^(1/(1-e)), so that power of k is the weight.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from segmentation.errors import UsageError
from segmentation.sharing import MOST, checked_amount, checked_number, share_out, to_units

Way = Literal["share", "value", "marginal"]
WAYS: tuple[Way, ...] = ("share", "value", "marginal")
EXPONENT = 0.5
EXPONENTS = (0.1, 0.9)


@dataclass(frozen=True, kw_only=True)
class BudgetSettings:
    """How much is spread, and how; money in the currency of the orders.

    ``exponent`` counts for ``marginal`` alone. ``least_per_customer`` is a floor for every tier:
    so much for each customer in it.
    """

    amount: float
    way: Way = "share"
    exponent: float = EXPONENT
    least_per_customer: float = 0.0


@dataclass(frozen=True, kw_only=True)
class TierFacts:
    """One tier: its customers, the money they brought, its budget share in the strategy, how
    strongly it responds (1: as usual), and the least and the most that it may get."""

    name: str = ""
    customers: int
    amount: float = 0.0
    share: float | None = None
    response: float = 1.0
    floor: float | None = None
    ceiling: float | None = None


@dataclass(frozen=True, kw_only=True)
class Line:
    """What one tier gets. ``weight`` is its part of all weights, ``unbound`` what that comes to
    without any floor or ceiling, ``reason`` the code of why it gets what it gets: ``plain nobody
    raised cut more less``. ``per_customer`` is None where nobody is in the tier."""

    allocated: float
    weight: float
    unbound: float
    budget_share: float
    per_customer: float | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A budget; the lines and ``unspent`` add up to ``amount`` to the cent.

    ``basis`` is the way, or ``customers`` where that way gives no tier any weight. ``unspent`` is
    what the ceilings leave over.
    """

    amount: float
    basis: Way | Literal["customers"]
    lines: tuple[Line, ...]
    unspent: float


def plan(settings: BudgetSettings, tiers: Sequence[TierFacts]) -> Plan:
    """Spread a budget over the tiers (best first), with the reasons.

    Nobody in a tier: it gets its floor and no more. Where the way gives no tier any weight (no
    shares, no money brought), the customers are the weights.

    Raises UsageError as ``allocate`` does, and ``budget_exponent``.
    """
    low, high = EXPONENTS
    if not low <= settings.exponent <= high:
        raise UsageError("budget_exponent", value=settings.exponent, least=low, most=high)
    total = to_units(checked_amount(settings.amount))
    weights, basis = _weights(settings, tiers)
    floors = [_floor(settings, tier) for tier in tiers]
    ceilings = [None if t.ceiling is None else to_units(checked_number(t.ceiling)) for t in tiers]
    shared = share_out(total, weights, floors, ceilings, names=[t.name for t in tiers])
    whole = math.fsum(weights)
    lines = []
    for units, weight, floor, tier in zip(shared.units, weights, floors, tiers, strict=True):
        part = weight / whole if whole else 0.0
        lines.append(
            Line(
                allocated=units / 100,
                weight=part,
                unbound=total * part / 100,
                budget_share=units / total if total else 0.0,
                per_customer=units / 100 / tier.customers if tier.customers else None,
                reason=_reason(units, total * part, tier, floor),
            )
        )
    return Plan(amount=total / 100, basis=basis, lines=tuple(lines), unspent=shared.unspent / 100)


def _weights(
    settings: BudgetSettings, tiers: Sequence[TierFacts]
) -> tuple[list[float], Way | Literal["customers"]]:
    raw = [_raw(settings.way, tier) if tier.customers else 0.0 for tier in tiers]
    if not any(raw):
        return [float(tier.customers) for tier in tiers], "customers"
    if settings.way == "marginal":
        # Divided by the largest first: the power of an amount may be too large for a number.
        largest = max(raw)
        raw = [(each / largest) ** (1 / (1 - settings.exponent)) for each in raw]
    return raw, settings.way


def _raw(way: Way, tier: TierFacts) -> float:
    if way == "share":
        return checked_number(tier.share or 0.0)
    brought = max(0.0, tier.amount)
    return brought if way == "value" else brought * checked_number(tier.response)


def _floor(settings: BudgetSettings, tier: TierFacts) -> int:
    own = to_units(checked_number(tier.floor or 0.0))
    return max(own, to_units(checked_number(settings.least_per_customer)) * tier.customers)


def _reason(units: int, unbound: float, tier: TierFacts, floor: int) -> str:
    if not tier.customers and not units:
        return "nobody"
    if round(abs(units - unbound), 3) <= 1:
        return "plain"
    if units > unbound:
        return "raised" if units == floor else "more"
    ceiling = None if tier.ceiling is None else to_units(tier.ceiling)
    return "cut" if units == ceiling else "less"


def example(amount: float) -> float | None:
    """An amount to begin with: 5% of what was brought, in two digits; None without any, or with
    more than can be spread."""
    part = amount / 20
    if not 0.01 <= part <= MOST / 2:
        return None
    step = 10.0 ** (math.floor(math.log10(part)) - 1)
    return float(f"{round(part / step) * step:.6g}")
