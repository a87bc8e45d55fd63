"""A decision tree learned from tiers, as rules that can be read aloud.

scikit-learn grows larger trees than are wanted (CART, Breiman et al. 1984), by entropy, by Gini's
index and with a measure hidden at each split; of all ways to cut them to the number of rules
asked for, the one that repeats most tiers is taken, each rule being the way to one leaf. Limits
are the roundest numbers that divide the customers in the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from segmentation import round_numbers
from segmentation.method import Floats, Ints
from segmentation.scheme import SMALLER_IS_BETTER

_LARGER = 4
_CRITERIA = ("entropy", "gini")
_TRIES = 10


@dataclass(kw_only=True)
class _Grown:
    """scikit-learn's tree as lists by node; ``left`` is -1 at a leaf. Cutting turns nodes so."""

    left: list[int]
    right: list[int]
    feature: list[int]
    threshold: list[float]
    tier: list[int]
    agree: list[float]


def learn(
    columns: Mapping[str, Floats], tier_no: Ints, *, most: int, least: int, seed: int
) -> list[dict[str, Any]]:
    """Rules, best tier first: ``tier_no`` and ``conditions``; no two hold for one customer.

    ``most`` rules at most, each with ``least`` customers or more.
    """
    uniques = [np.unique(v, return_inverse=True) for v in columns.values()]
    # Ranks in place of values: the tree computes in single precision.
    ranks = np.column_stack([inverse for _, inverse in uniques]).astype(np.float32)
    settings = {"max_leaf_nodes": _LARGER * most, "min_samples_leaf": least}
    # The first splits decide much; some trees may not have the measure that seems best there.
    ways = [{"criterion": c, "random_state": seed} for c in _CRITERIA]
    fewer = max(1, ranks.shape[1] - 1)
    ways += [{**ways[0], "random_state": seed + i, "max_features": fewer} for i in range(_TRIES)]
    trees = [_grown(ranks, tier_no, {**settings, **way}) for way in ways]
    agree = [_cut(tree, most) for tree in trees]
    grown = trees[int(np.argmax(agree))]
    values = dict(zip(columns, (v for v, _ in uniques), strict=True))
    rules = [
        {"tier_no": grown.tier[leaf], "conditions": _conditions(ends, values)}
        for leaf, ends in _ways(grown, list(columns))
    ]
    return sorted(rules, key=lambda rule: rule["tier_no"])


def _grown(ranks: Any, tier_no: Ints, settings: Mapping[str, Any]) -> _Grown:
    from sklearn.tree import DecisionTreeClassifier  # type: ignore[import-untyped]  # noqa: PLC0415

    model = DecisionTreeClassifier(**settings).fit(ranks, tier_no)
    tree = model.tree_
    counts = tree.value[:, 0, :] * tree.weighted_n_node_samples[:, None]
    return _Grown(
        left=tree.children_left.tolist(),
        right=tree.children_right.tolist(),
        feature=tree.feature.tolist(),
        threshold=tree.threshold.tolist(),
        tier=model.classes_[np.argmax(counts, axis=1)].tolist(),
        agree=counts.max(axis=1).tolist(),
    )


def _cut(grown: _Grown, most: int) -> float:
    """Cut to the rules, ``most`` at most, that repeat most tiers; how many they repeat."""
    agree, leaves = _best_cuts(grown, 0, most)[-1]
    for node in leaves:
        grown.left[node] = -1
    while _cut_needless(grown):
        pass
    return agree


def _best_cuts(grown: _Grown, node: int, most: int) -> list[tuple[float, tuple[int, ...]]]:
    """For 1, 2, … ``most`` leaves below a node: what agrees at best, and which leaves these are."""
    whole: tuple[float, tuple[int, ...]] = (grown.agree[node], (node,))
    if grown.left[node] < 0 or most == 1:
        return [whole] * most
    left = _best_cuts(grown, grown.left[node], most - 1)
    right = _best_cuts(grown, grown.right[node], most - 1)
    found = [whole]
    for count in range(2, most + 1):
        split = max(range(count - 1), key=lambda i: left[i][0] + right[count - 2 - i][0])
        one, other = left[split], right[count - 2 - split]
        both = (one[0] + other[0], one[1] + other[1])
        # More rules must repeat more tiers.
        found.append(both if both[0] > found[-1][0] else found[-1])
    return found


def _inner(grown: _Grown, node: int = 0) -> list[int]:
    if grown.left[node] < 0:
        return []
    return [node, *_inner(grown, grown.left[node]), *_inner(grown, grown.right[node])]


def _cut_needless(grown: _Grown) -> bool:
    """A node both of whose ends say the same becomes one rule."""
    for node in _inner(grown):
        ends = grown.left[node], grown.right[node]
        if all(grown.left[e] < 0 for e in ends) and len({grown.tier[e] for e in ends}) == 1:
            grown.left[node] = -1
            return True
    return False


Ends = dict[str, tuple[int | None, int | None]]


def _ways(
    grown: _Grown, measures: list[str], node: int = 0, ends: Ends | None = None
) -> list[tuple[int, Ends]]:
    """Each leaf with the first and the last rank that lead there, by measure."""
    ends = ends or {}
    if grown.left[node] < 0:
        return [(node, ends)]
    measure, below = measures[grown.feature[node]], int(np.floor(grown.threshold[node]))
    low, high = ends.get(measure, (None, None))
    return [
        *_ways(grown, measures, grown.left[node], {**ends, measure: (low, below)}),
        *_ways(grown, measures, grown.right[node], {**ends, measure: (below + 1, high)}),
    ]


def _conditions(ends: Ends, values: Mapping[str, Floats]) -> list[dict[str, Any]]:
    """In the order of the measures."""
    return [{"measure": m, **_limits(m, values[m], *ends[m])} for m in values if m in ends]


def _limits(measure: str, values: Floats, low: int | None, high: int | None) -> dict[str, float]:
    """Between two neighbours there is one number, the same for the rules on both its sides."""
    down = measure in SMALLER_IS_BETTER
    number = round_numbers.at_most if down else round_numbers.at_least
    found = {}
    if low is not None:
        found["above" if down else "at_least"] = number(float(values[low - 1]), float(values[low]))
    if high is not None:
        name = "at_most" if down else "below"
        found[name] = number(float(values[high]), float(values[high + 1]))
    return found
