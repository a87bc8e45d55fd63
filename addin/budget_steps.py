"""What the hidden steps of the sheet Budget come to, for programs that do not calculate them.

The same arithmetic as the sheet's formulas (``templates.budget_formulas``), step by step; what the
tiers get is calculated exactly by ``segmentation.budget``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from segmentation.budget import WAYS, BudgetSettings, TierFacts
from segmentation.sharing import MOST, to_units

NEVER = 1e300
_PLACES = 1000
# The sentences of the sheet's states from 1 on; 0 is that all is well.
STATES = ("no_amount", "bad_amount", "bad_way", "nobody", "ceiling", "floors")


@dataclass(frozen=True, kw_only=True)
class Steps:
    """The columns by key, and the cells by key; ``counted`` says that the customers weigh."""

    columns: dict[str, list[float]]
    cells: dict[str, float]
    counted: bool


@dataclass(frozen=True, kw_only=True)
class _Row:
    """One tier between its limits, in cents."""

    weight: float
    low: float
    high: float

    @property
    def start(self) -> float:
        return self.low / self.weight if self.weight > 0 else NEVER

    @property
    def end(self) -> float:
        return self.high / self.weight if self.weight > 0 and self.high < NEVER else NEVER

    def at(self, point: float) -> float:
        """The tier's part at a point (and no sense, as in the sheet, with a floor too high)."""
        grown = point * self.weight if self.start <= point < self.end else 0.0
        return self.held(point) + grown

    def held(self, point: float) -> float:
        """What is held at a limit there."""
        return (self.low if point < self.start else 0.0) + (self.high if point >= self.end else 0.0)


def steps(settings: BudgetSettings, amount: float | None, tiers: Sequence[TierFacts]) -> Steps:
    """All steps; ``amount`` is None where nobody named one."""
    good = amount is not None and 0 <= amount <= MOST
    total = to_units(amount) if good and amount is not None else 0
    power = 1 / (1 - settings.exponent)
    strength = [(t.customers > 0) * max(0.0, t.amount) * t.response for t in tiers]
    basis = _basis(settings, tiers, strength, power)
    everybody = sum(t.customers for t in tiers)
    counted = not sum(basis) > 0
    raw = [float(t.customers) for t in tiers] if counted else basis
    whole = math.fsum(raw)
    least = to_units(settings.least_per_customer)
    rows = [
        _Row(
            weight=each / whole if whole > 0 else 0.0,
            low=max(to_units(tier.floor or 0.0), least * tier.customers),
            high=NEVER if tier.ceiling is None else to_units(tier.ceiling),
        )
        for each, tier in zip(raw, tiers, strict=True)
    ]
    over = any(row.low > row.high for row in rows)
    short = sum(row.low for row in rows) > total
    wrong = (amount is None, not good, False, everybody == 0, over, short)
    state = next((number for number, each in enumerate(wrong, start=1) if each), 0)
    columns, cells = _levels(rows, total)
    left = cells["left"]
    cents = [
        math.floor(part) + (sum(other > rest for other in columns["rest"]) < left)
        for part, rest in zip(columns["part"], columns["rest"], strict=True)
    ]
    columns |= {
        "strength": strength,
        "basis": basis,
        "weight": [row.weight for row in rows],
        "cents": [0.0 if state else float(each) for each in cents],
    }
    chosen = WAYS.index(settings.way) + 1
    cells |= {"chosen": chosen, "total": total, "power": power, "state": state}
    return Steps(columns=columns, cells=cells, counted=counted)


def _basis(
    settings: BudgetSettings, tiers: Sequence[TierFacts], strength: Sequence[float], power: float
) -> list[float]:
    most = max(strength, default=0.0)
    by_way = {
        "share": [tier.share or 0.0 for tier in tiers],
        "value": [max(0.0, tier.amount) for tier in tiers],
        "marginal": [(each / most) ** power if most > 0 else 0.0 for each in strength],
    }
    pairs = zip(by_way[settings.way], tiers, strict=True)
    return [each if tier.customers else 0.0 for each, tier in pairs]


def _levels(rows: Sequence[_Row], total: float) -> tuple[dict[str, list[float]], dict[str, float]]:
    """From where each tier grows to what is left of a cent."""
    columns: dict[str, list[float]] = {
        "low": [row.low for row in rows],
        "high": [row.high for row in rows],
        "from": [row.start for row in rows],
        "to": [row.end for row in rows],
    }
    for key, sums in (("from", "sum_from"), ("to", "sum_to")):
        columns[sums] = [
            math.fsum(row.at(point) for row in rows) if point < NEVER else NEVER
            for point in columns[key]
        ]
    pairs = [*zip(columns["sum_from"], columns["from"], strict=True)]
    pairs += zip(columns["sum_to"], columns["to"], strict=True)
    point = max([0.0, *(at for reached, at in pairs if reached <= total)])
    growing = [row for row in rows if row.start <= point < row.end]
    slope = math.fsum(row.weight for row in growing)
    held = math.fsum(row.held(point) for row in rows)
    level = (total - held) / slope if slope > 0 else point
    parts = []
    for row in rows:
        grown = min(row.high, max(row.low, round(level * row.weight, 4)))
        parts.append(row.low if row.start > point else row.high if row.end <= point else grown)
    columns["part"] = parts
    columns["rest"] = [
        round(10_000 * (part - math.floor(part))) * _PLACES - number
        for number, part in enumerate(parts, start=1)
    ]
    placed = total if slope > 0 else math.fsum(parts)
    left = placed - sum(math.floor(part) for part in parts)
    return columns, {"point": point, "slope": slope, "level": level, "left": left}
