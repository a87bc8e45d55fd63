"""What is wrong with tiers of fixed limits: gaps, overlaps, and tiers that stand worst first."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from segmentation.limits import ENDS
from segmentation.scheme import DERIVED, MEASURES, SMALLER_IS_BETTER, Limit, Part, Tier

Problem = tuple[str, str, dict[str, Any]]
# A value, and whether it is in the tier.
End = tuple[float, bool]


@dataclass(frozen=True, kw_only=True)
class _Stretch:
    """From where a tier takes customers and how far, more being better; None where open."""

    key: str
    low: End | None
    high: End | None


def problems(part: Part) -> list[Problem]:
    """Problems of neighbouring tiers, where all go by one measure."""
    limits = [_limits(tier, part.settings.measure) for tier in part.tiers]
    if len({m for found in limits for m, _ in found}) != 1 or any(len(f) > 1 for f in limits):
        return []
    measure = next(m for found in limits for m, _ in found)
    given = [found[0][1] if found else Limit() for found in limits]
    less = _less_is_better(measure, given)
    stretches = [
        _stretch(tier.key, one, less=less) for tier, one in zip(part.tiers, given, strict=True)
    ]
    sign = -1 if less else 1
    return [*_neighbours(stretches, sign), *_order(stretches, sign)]


def _limits(tier: Tier, measure: str) -> list[tuple[str, Tier | Limit]]:
    """What a tier asks of which measure."""
    own = [(measure, tier)] if any(getattr(tier, end) is not None for end in ENDS) else []
    return [*own, *tier.limits.items()]


def _less_is_better(measure: str, limits: Sequence[Tier | Limit]) -> bool:
    """As the measure is meant; of a column of one's own, as the best tier's limit says."""
    if measure in (*MEASURES, *DERIVED):
        return measure in SMALLER_IS_BETTER
    best = limits[0]
    return best.above is None and best.at_least is None


def _stretch(key: str, limit: Tier | Limit, *, less: bool) -> _Stretch:
    low = _end(limit.above, limit.at_least)
    high = _end(limit.below, limit.at_most)
    if less:
        low, high = (None if e is None else (-e[0], e[1]) for e in (high, low))
    return _Stretch(key=key, low=low, high=high)


def _end(outer: float | None, inner: float | None) -> End | None:
    if outer is not None:
        return outer, False
    return None if inner is None else (inner, True)


def _neighbours(tiers: Sequence[_Stretch], sign: int) -> list[Problem]:
    """Tiers that overlap or leave a gap, where both ends are given."""
    found: list[Problem] = []
    for j, (upper, lower) in enumerate(itertools.pairwise(tiers), start=1):
        if upper.low is None or lower.high is None:
            continue
        (begins, in_upper), (ends, in_lower) = upper.low, lower.high
        names = {"upper": upper.key, "lower": lower.key}
        if ends > begins or (ends == begins and in_upper and in_lower):
            pair = _shown((begins, ends), sign)
            found.append((f"tiers[{j}]", "overlap", {**names, "value": pair}))
        elif ends < begins or not (in_upper or in_lower):
            pair = _shown((ends, begins), sign)
            found.append((f"tiers[{j}]", "gap", {**names, "value": pair}))
    return found


def _order(tiers: Sequence[_Stretch], sign: int) -> list[Problem]:
    """Tiers that begin no lower than one before them, so that nobody, or the wrong ones, get in."""
    found: list[Problem] = []
    for j, tier in enumerate(tiers):
        if tier.low is None:
            continue
        before = next((t for t in reversed(tiers[:j]) if t.low or t.high), None)
        if before is None:
            continue
        first = before.low or before.high
        if first is None or tier.low[0] < first[0]:
            continue
        pair = _shown((first[0], tier.low[0]), sign)
        if before.low is not None and sign == 1:
            found.append((f"tiers[{j}]", "not_descending", {"value": pair}))
        else:
            names = {"upper": before.key, "lower": tier.key}
            found.append((f"tiers[{j}]", "worst_first", {**names, "value": pair}))
    return found


def _shown(values: tuple[float, float], sign: int) -> str:
    return ", ".join(f"{sign * v + 0.0:g}" for v in values)
