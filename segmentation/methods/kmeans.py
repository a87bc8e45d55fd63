"""K-means: customers that resemble each other form a cluster; each cluster is a class of tiers.

Measures pass through a signed logarithm, sign(x) · log1p(|x|) (defined for zero and negatives,
log1p for amounts), and are standardised (mean 0, standard deviation 1 over the customers that
are fitted); scikit-learn's KMeans (Lloyd 1982, k-means++) finds the centres. A constant measure
moves nothing. An unknown value counts as the mean; a measure that the data do not have at all
is left out. With fewer distinct customers than ``k`` there are only as many clusters.

``k`` of 0 takes the k of 2…8 with the highest index of Caliński & Harabasz (1974), the smaller
one where equal. Clusters are numbered by value: the mean over the measures of the centre's
standardised distance from the mean in the better direction, the best first. A customer belongs
to the nearest centre, the better cluster where two are equally near. The classes that tiers can
name are "1" (best) … "k" (others are empty, clusters that none names are in the last tier).
Where no tier names any, the clusters are spread evenly over the tiers in order, one each where
there are fewer clusters than tiers: then the last tiers stay empty.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import numpy as np
from annotated_types import Ge, MinLen

from segmentation.lifting import first_that_lifts, nothing, toward
from segmentation.method import Data, Floats, Ints, Model, spread_over_tiers
from segmentation.methods import kmeans_space as space
from segmentation.scheme import MEASURES, SMALLER_IS_BETTER, Part
from segmentation.settings import Count, Flag, Whole, settings

TIER_KEYS = ("classes",)
MONOTONE = False

_TRIED = range(2, 9)
# Standard deviations from the mean at which a cluster's measure is called high, and very high.
_HIGH, _VERY = 0.25, 1.25
_MOST_INDEX = 1e300
_NUMBER = re.compile(r"[1-9][0-9]*")


@settings
class Settings:
    """What customers are compared by, and how; a ``k`` of 0 is chosen (see above)."""

    measures: Annotated[tuple[str, ...], MinLen(1)] = MEASURES
    k: Annotated[Whole, Ge(0)] = 4
    log: Flag = True
    standardise: Flag = True
    seed: Annotated[Whole, Ge(0)] = 0
    n_init: Count = 10


def needs(part: Part) -> tuple[str, ...]:
    """The measures that customers are compared by."""
    return tuple(dict.fromkeys(part.settings.measures))


def problems(part: Part) -> list[tuple[str, str, dict[str, Any]]]:
    """Classes that are no numbers of clusters, or stand twice; any number may be: see ``k``."""
    names = [str(i + 1) for i in range(part.settings.k or max(_TRIED))]
    found: list[tuple[str, str, dict[str, Any]]] = []
    seen: list[str] = []
    for i, tier in enumerate(part.tiers):
        for each in tier.classes:
            if not _NUMBER.fullmatch(each):
                params = {"value": each, "choices": ", ".join(names)}
                found.append((f"tiers[{i}].classes", "choice", params))
            elif each in seen:
                found.append((f"tiers[{i}].classes", "twice", {"value": each}))
            seen.append(each)
    return found


def fit(part: Part, data: Data) -> dict[str, Any]:
    """Centres, best first, with what the clusters are like; ``inertia`` in the compared units."""
    own: Settings = part.settings
    asked = needs(part)
    measures = [m for m in asked if not np.isnan(data.values[m]).all()]
    if not measures:
        data.known(asked[0])
    learned: dict[str, Any] = {"measures": measures, "log": own.log}
    learned |= {"mean": {}, "scale": {}, "reach": {}}
    deviation = []
    for measure in measures:
        # Sums of sorted values do not depend on the order of rows.
        known = np.sort(space.curve(data.values[measure], log=own.log))
        known = known[~np.isnan(known)]
        mean, spread = float(np.mean(known)), float(np.std(known))
        constant = spread <= 1e-12 * max(1.0, abs(mean))
        learned["mean"][measure] = mean
        learned["scale"][measure] = spread if own.standardise and not constant else 1.0
        deviation.append(1.0 if constant else spread)
        learned["reach"][measure] = _ends(data.values[measure])
    points = space.places(learned, data)
    # The random starts go by position: sorted by key, they do not depend on the order of rows.
    points = points[sorted(range(len(data)), key=data.keys.__getitem__)]
    centres, tried = _centres(points, own)
    scale = np.array([learned["scale"][m] for m in measures]) / deviation
    better = np.array([-1.0 if m in SMALLER_IS_BETTER else 1.0 for m in measures])
    standing = centres * scale * better
    value = standing.mean(axis=1)
    order = np.lexsort((*-standing.T[::-1], -np.round(value, 9)))
    centres, standing = centres[order], standing[order]
    distances = space.distances(points, centres)
    nearest = np.argmin(distances, axis=1)
    sizes = np.bincount(nearest, minlength=len(centres))
    return {
        **learned,
        "k": len(centres),
        "asked": own.k,
        "centres": centres.tolist(),
        "inertia": float(distances.min(axis=1).sum()),
        "tried": tried,
        "clusters": [
            {
                "customers": int(size),
                "share": float(size / len(points)),
                "centre": _typical(learned, centre),
                "levels": {m: _level(s) for m, s in zip(measures, levels.tolist(), strict=True)},
            }
            for size, centre, levels in zip(sizes, centres, standing, strict=True)
        ],
    }


def _ends(values: Floats) -> list[float]:
    return [float(np.nanmin(values)), float(np.nanmax(values))]


def _level(standing: float) -> int:
    """-2 very low, -1 low, 0 middle, 1 high, 2 very high, in the better direction."""
    size = int(abs(standing) > _HIGH) + int(abs(standing) > _VERY)
    return size if standing > 0 else -size


def _typical(learned: Model, centre: Floats) -> dict[str, float]:
    """A centre in the units of the measures."""
    return {
        m: float(space.value_at(learned, m, centre[j : j + 1])[0])
        for j, m in enumerate(learned["measures"])
    }


def _centres(points: Floats, own: Settings) -> tuple[Floats, list[dict[str, float]]]:
    """The centres for the k that is asked for, or for each that is tried the index of the best."""
    distinct = len(np.unique(points, axis=0))
    if own.k:
        return _clustered(points, min(own.k, distinct), own), []
    around = float(((points - points.mean(axis=0)) ** 2).sum())
    best: Floats = points.mean(axis=0)[None, :]
    found: list[dict[str, float]] = []
    for k in _TRIED:
        # With as many clusters as distinct customers the index has no limit.
        if k >= distinct:
            break
        centres = _clustered(points, k, own)
        within = _within_clusters(points, np.argmin(space.distances(points, centres), axis=1))
        index = _MOST_INDEX
        if within > 0:
            index = min((around - within) / (k - 1) / (within / (len(points) - k)), index)
        if all(index > before["index"] for before in found):
            best = centres
        found.append({"k": k, "index": index})
    if not found and distinct > 1:
        best = _clustered(points, distinct, own)
    return best, found


def _within_clusters(points: Floats, nearest: Ints) -> float:
    """Squared distances to the mean of each cluster, added up."""
    sizes = np.maximum(np.bincount(nearest), 1)
    deviation = 0.0
    for column in points.T:
        means = np.bincount(nearest, weights=column) / sizes
        deviation += float(((column - means[nearest]) ** 2).sum())
    return deviation


def _clustered(points: Floats, k: int, own: Settings) -> Floats:
    if k == 1:
        return np.asarray(points.mean(axis=0)[None, :])
    from sklearn.cluster import KMeans  # type: ignore[import-untyped]  # noqa: PLC0415
    from threadpoolctl import threadpool_limits  # noqa: PLC0415

    # Threads add up in an order of their own, and small fits only wait for each other.
    with threadpool_limits(limits=1):
        model = KMeans(n_clusters=k, n_init=own.n_init, random_state=own.seed).fit(points)
    return np.asarray(model.cluster_centers_, dtype=np.float64)


def apply(learned: Model, tiers: Sequence[Mapping[str, Any]], data: Data) -> dict[str, Any]:
    """Tier numbers, ``cluster`` (1 best) and ``cluster_second``, the next nearest (0: none)."""
    distances = space.distances(space.places(learned, data), np.array(learned["centres"]))
    cluster = np.argmin(distances, axis=1)
    second = np.zeros(len(data), dtype=np.int64)
    if learned["k"] > 1:
        distances[np.arange(len(data)), cluster] = np.inf
        second = np.argmin(distances, axis=1) + 1
    return {
        "tier_no": _tiers_of(learned, tiers)[cluster],
        "score": np.full(len(data), np.nan),
        "cluster": cluster + 1,
        "cluster_second": second,
    }


def _tiers_of(learned: Model, tiers: Sequence[Mapping[str, Any]]) -> Ints:
    return np.array(spread_over_tiers(learned["k"], tiers), dtype=np.int64)


def next_steps(
    learned: Model,
    tiers: Sequence[Mapping[str, Any]],
    data: Data,
    spans: Mapping[str, Mapping[str, Any]],
) -> dict[str, Floats]:
    """The smallest change of one measure that leads to a cluster of a better tier.

    Along one measure the difference of two squared distances is linear, so that the places where
    a customer passes from one cluster to another are known exactly. Where one measure is not
    enough, several go towards the nearest centre of a better tier, each no further than needed.
    """
    tier_of = _tiers_of(learned, tiers)
    centres = np.array(learned["centres"])
    movable = {m: _within(spans[m], learned["reach"][m]) for m in learned["measures"] if m in spans}
    pairs = [
        centres[[a, b]]
        for a, b in itertools.combinations(range(len(centres)), 2)
        if tier_of[a] != tier_of[b]
    ]

    def grade(some: Data) -> Ints:
        number: Ints = tier_of[
            np.argmin(space.distances(space.places(learned, some), centres), axis=1)
        ]
        return number

    def crossings(some: Data, measure: str) -> list[Floats]:
        points = space.places(learned, some)
        return [_crossing(learned, points, pair, measure) for pair in pairs]

    found = first_that_lifts(grade, data, movable, {m: crossings(data, m) for m in movable})
    stuck = np.flatnonzero(np.isnan(found["next_tier"]) & (grade(data) > 0))
    if len(stuck) and movable:
        some = data.some(stuck)
        goal = _nearest_better(learned, tier_of, grade(some), space.places(learned, some))
        joint = toward(grade, some, movable, [goal], crossings)
        for key, target in joint.items():
            found[key][stuck] = target
    return {**nothing(spans, len(data)), **found}


def _nearest_better(learned: Model, tier_of: Ints, now: Ints, points: Floats) -> dict[str, Floats]:
    """The values of the nearest centre whose tier is better, NaN where there is none."""
    centres = np.array(learned["centres"])
    distances = np.where(tier_of < now[:, None], space.distances(points, centres), np.inf)
    nearest = np.where(np.isinf(distances.min(axis=1))[:, None], np.nan, 1.0)
    goal = centres[np.argmin(distances, axis=1)] * nearest
    return {m: space.value_at(learned, m, goal[:, j]) for j, m in enumerate(learned["measures"])}


def _within(span: Mapping[str, Any], reach: Sequence[float]) -> dict[str, Any]:
    """No further than any customer that was fitted has come: 6,687 orders are no advice."""
    low, high = reach
    best = max(span["best"], low) if span["down"] else min(span["best"], high)
    return {**span, "best": best}


def _crossing(learned: Model, points: Floats, pair: Floats, measure: str) -> Floats:
    """Where each customer stands between two centres when only this measure moves."""
    j = learned["measures"].index(measure)
    gap = pair[1, j] - pair[0, j]
    if gap == 0:
        return np.full(len(points), np.nan)
    others = np.delete(np.arange(points.shape[1]), j)
    one, other = space.distances(points[:, others], pair[:, others]).T
    with np.errstate(over="ignore"):
        place = (other - one + pair[1, j] ** 2 - pair[0, j] ** 2) / (2 * gap)
    return space.value_at(learned, measure, place)
