"""RFM for one customer in plain Python: ``rfm.apply`` takes arrays, and far longer for one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from segmentation.bins import score_of

SCORE_DECIMALS = 6
_SCALE = 10.0**SCORE_DECIMALS
Rule = tuple[tuple[bool, bool, bool] | None, list[tuple[int, int, int]], frozenset[int] | None]


class Scores(NamedTuple):
    """The scores of one customer; higher is better."""

    recency: int
    frequency: int
    monetary: int


class One:
    """What was ``learned`` and the ``tiers``, made ready for customers that come one by one.

    Gives the same as ``rfm.apply`` for every customer.
    """

    def __init__(self, learned: Mapping[str, Any], tiers: Sequence[Mapping[str, Any]]) -> None:
        cuts, weights = learned["cuts"], learned["weights"]
        self._cuts = cuts["recency"]["*"], cuts["frequency"], cuts["monetary"]
        self._closed: str = learned["closed"]
        self._weights = weights["recency"], weights["frequency"], weights["monetary"]
        self._total = sum(weights.values())
        self._limits = [t["min_score"] for t in tiers[:-1]]
        self._high = learned["high"]
        self._rules: list[Rule] = [
            _rule(r) for r in (learned["segments"] or {"rules": []})["rules"]
        ]

    def scores(self, recency: float, frequency: float, monetary: float) -> Scores:
        """The three scores; nested cut points are those of the scores before."""
        closed = self._closed
        by_r, by_f, by_m = self._cuts
        r = score_of(recency, by_r, closed=closed, smaller_is_better=True)
        cuts = by_f["*"] if len(by_f) == 1 else by_f.get(str(r), by_f["*"])
        f = score_of(frequency, cuts, closed=closed)
        cuts = by_m["*"] if len(by_m) == 1 else by_m.get(f"{r}-{f}", by_m["*"])
        return Scores(r, f, score_of(monetary, cuts, closed=closed))

    def score(self, scores: Scores) -> float:
        """Weighted mean of the scores, to six decimals."""
        r, f, m = self._weights
        total = r * scores[0] + f * scores[1] + m * scores[2]
        # As numpy rounds: round(x, 6) would now and then give another last digit.
        return float(round(total / self._total * _SCALE) / _SCALE)

    def tier(self, scores: Scores) -> int:
        """The number of the tier, 0 for the best."""
        score = self.score(scores)
        return sum(score < limit for limit in self._limits)

    def segment(self, scores: Scores, values: tuple[float, float, float]) -> int:
        """The number of the first rule of the segment map that fits, or how many there are."""
        limits = self._high["recency"], self._high["frequency"], self._high["monetary"]
        of = scores if self._high["of"] == "score" else (-values[0], values[1], values[2])
        if of is not scores:
            limits = (-limits[0], limits[1], limits[2])
        high = tuple(value > limit for value, limit in zip(of, limits, strict=True))
        code = 100 * scores[0] + 10 * scores[1] + scores[2]
        for number, (wanted, ranges, cells) in enumerate(self._rules):
            if (
                (wanted is None or wanted == high)
                and all(low <= scores[i] <= top for i, low, top in ranges)
                and (cells is None or code in cells)
            ):
                return number
        return len(self._rules)


def _rule(rule: Mapping[str, Any]) -> Rule:
    wanted = tuple(rule["high"]) if "high" in rule else None
    ranges = [(i, *rule[m]) for i, m in enumerate(Scores._fields) if m in rule]
    return wanted, ranges, frozenset(rule["cells"]) if "cells" in rule else None
