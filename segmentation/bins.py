"""The only place where numbers are cut into scores."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SIGNIFICANT_DIGITS = 15
SHARE_DECIMALS = 12


def tidy(values: npt.ArrayLike) -> Floats:
    """Values to the 15 significant digits that spreadsheets compare.

    Interpolation leaves noise in the last bits (21.144000000000002); without this a customer
    who stands exactly on a cut point would fall on either side of it by chance.
    """
    array = np.asarray(values, dtype=np.float64)
    return np.array([float(f"{v:.{SIGNIFICANT_DIGITS}g}") for v in array.ravel()]).reshape(
        array.shape
    )


def quantile_cuts(values: Floats, bins: int, *, raw: bool = False) -> Floats:
    """The inner ``bins - 1`` quantiles of type 7 (Hyndman & Fan 1996; Excel's PERCENTILE.INC).

    Positions are computed in whole numbers, so that a quantile that is one of the values is
    exactly that value. ``raw`` keeps the noise of interpolation, as R does.
    """
    ordered = np.sort(values)
    last = len(ordered) - 1
    cuts = []
    for k in range(1, bins):
        below, part = divmod(last * k, bins)
        low = ordered[below]
        high = ordered[min(below + 1, last)]
        h = part / bins
        cuts.append(low if part == 0 or low == high else (1 - h) * low + h * high)
    return np.array(cuts, dtype=np.float64) if raw else tidy(cuts)


def width_cuts(values: Floats, bins: int) -> Floats:
    """``bins`` equal widths between the smallest and the largest value."""
    low, high = float(values.min()), float(values.max())
    return tidy([low + (high - low) * k / bins for k in range(1, bins)])


def jenks_cuts(values: Floats, bins: int, *, closed: str = "right") -> Floats:
    """Natural breaks (Fisher 1958, Jenks 1977): least squared deviation within classes, exactly.

    A cut point is the largest value of its class, or the smallest of the next class where
    values on a cut point belong above it (``closed="left"``). The optimal start of the last
    class moves right as values are added, so each layer is solved by halving
    (O(bins · n log n)).
    """
    points, weights = np.unique(values, return_counts=True)
    n = len(points)
    bins = min(bins, n)
    centred = points - points.mean()
    w = np.concatenate([[0.0], np.cumsum(weights)])
    s = np.concatenate([[0.0], np.cumsum(weights * centred)])
    q = np.concatenate([[0.0], np.cumsum(weights * centred**2)])

    def spread(start: Ints, stop: Ints) -> Floats:
        mass = w[stop] - w[start]
        deviation: Floats = q[stop] - q[start] - (s[stop] - s[start]) ** 2 / mass
        return deviation

    stops = np.arange(1, n + 1)
    best = np.concatenate([[np.inf], spread(np.zeros(n, dtype=np.int64), stops)])
    starts = []
    for layer in range(2, bins + 1):
        best, start = _next_layer(best, layer, n, spread)
        starts.append(start)
    cuts = []
    stop = n
    for start in reversed(starts):
        stop = int(start[stop])
        cuts.append(points[stop - 1 if closed == "right" else stop])
    return np.array(cuts[::-1], dtype=np.float64)


def _next_layer(best: Floats, layer: int, n: int, spread: object) -> tuple[Floats, Ints]:
    """One more class: for each stop the start of the last class that is best, by halving."""
    result = np.full(n + 1, np.inf)
    start = np.zeros(n + 1, dtype=np.int64)
    # Ranges of stops still open, each with the range of starts that can be best there.
    ranges = np.array([[layer, n, layer - 1, n - 1]])
    while len(ranges):
        low, high, first, last = ranges.T
        middle = (low + high) // 2
        last_here = np.minimum(last, middle - 1)
        size = last_here - first + 1
        offsets = np.concatenate([[0], np.cumsum(size)[:-1]])
        owner = np.repeat(np.arange(len(middle)), size)
        candidates = first[owner] + np.arange(size.sum()) - offsets[owner]
        cost = best[candidates] + spread(candidates, middle[owner])  # type: ignore[operator]
        least = np.minimum.reduceat(cost, offsets)
        hits = np.flatnonzero(cost == least[owner])
        chosen = candidates[hits[np.unique(owner[hits], return_index=True)[1]]]
        result[middle], start[middle] = least, chosen
        left = np.stack([low, middle - 1, first, chosen], axis=1)[low <= middle - 1]
        right = np.stack([middle + 1, high, chosen, last], axis=1)[middle + 1 <= high]
        ranges = np.concatenate([left, right])
    return result, start


def fit_cuts(
    values: Floats,
    *,
    cut: str = "quantile",
    bins: int = 5,
    offset: float = 0.0,
    fixed: Sequence[float] = (),
    raw: bool = False,
    closed: str = "right",
) -> list[float]:
    """Cut points of one measure, ascending (equal ones where values tie).

    ``values`` are finite; ``cut`` is quantile, mean, median, fixed, width or jenks;
    ``offset`` is added to learned cut points, not to fixed ones; ``raw`` leaves quantiles as
    bare floating-point numbers; ``closed`` says on which side of its cut point a value stands.
    """
    if cut == "fixed":
        return [float(v) for v in fixed]
    if cut in ("mean", "median"):
        middle = np.mean(np.sort(values)) if cut == "mean" else np.median(values)
        cuts = tidy([middle])
    elif cut == "quantile":
        cuts = quantile_cuts(values, bins, raw=raw)
    elif cut == "jenks":
        cuts = jenks_cuts(values, bins, closed=closed)
    else:
        cuts = width_cuts(values, bins)
    if offset:
        cuts = cuts + offset if raw else tidy(cuts + offset)
    return [float(v) for v in cuts]


def bin_numbers(values: Floats, cuts: Sequence[float], *, closed: str = "right") -> Ints:
    """1 for the lowest bin … ``len(cuts) + 1``.

    ``closed="right"``: a value equal to a cut point belongs below it; ``"left"``: above.
    """
    side = "left" if closed == "right" else "right"
    return np.searchsorted(np.asarray(cuts, dtype=np.float64), values, side=side) + 1  # type: ignore[call-overload, no-any-return]


def score(
    values: Floats, cuts: Sequence[float], *, closed: str = "right", smaller_is_better: bool = False
) -> Ints:
    """Scores 1…``len(cuts) + 1``, higher is always better."""
    numbers = bin_numbers(values, cuts, closed=closed)
    return len(cuts) + 2 - numbers if smaller_is_better else numbers


def score_of(
    value: float, cuts: Sequence[float], *, closed: str = "right", smaller_is_better: bool = False
) -> int:
    """``score`` of one value in plain Python: an array of one takes twenty times as long."""
    passed = (bisect_left if closed == "right" else bisect_right)(cuts, value)
    return len(cuts) + 1 - passed if smaller_is_better else passed + 1


def pareto_class(values: Floats, keys: Sequence[str], share: float) -> tuple[float, str] | None:
    """The last customer of a Pareto class: the least value in it, and its key.

    From the greatest value down, a customer is in the class while the share of all values
    accumulated before it is below ``share``; equal values go by their keys. Values of zero or
    less count as nothing and are in no class. None where the class is empty.
    """
    positive = np.flatnonzero(values > 0)
    if not len(positive):
        return None
    ordered = np.sort(values[positive])[::-1]
    before = np.concatenate([[0.0], np.cumsum(ordered)])[:-1]
    # Rounded, so that a share met exactly is met and not missed by float noise.
    inside = int((np.round(before / ordered.sum() - share, SHARE_DECIMALS) < 0).sum())
    if not inside:
        return None
    least = ordered[inside - 1]
    tied = sorted(keys[i] for i in np.flatnonzero(values == least).tolist())
    return float(least), tied[inside - 1 - int((ordered > least).sum())]


def in_pareto_class(
    values: Floats, keys: Sequence[str], last: tuple[float, str] | None
) -> npt.NDArray[np.bool_]:
    """Who stands before or at the last customer of a class (see ``pareto_class``)."""
    if last is None:
        return np.zeros(len(values), dtype=bool)
    least, key = last
    inside: npt.NDArray[np.bool_] = values > least
    tied = np.flatnonzero(values == least).tolist()
    inside[tied] = [keys[i] <= key for i in tied]
    return inside


def top_limit(values: Floats, top: float) -> float | None:
    """The least value among the best ``top``: a share of the values below 1, else a number.

    A share is rounded down to whole customers (10% of 47 are 4), but never to none; equal
    values are not split, so that more may reach the limit. None where there are no values.
    """
    if not len(values) or top <= 0:
        return None
    # Rounded first: 0.29 * 100 is 28.999999999999996.
    count = int(np.round(top * len(values), SHARE_DECIMALS)) if top < 1 else int(top)
    return float(np.sort(values)[::-1][min(max(count, 1), len(values)) - 1])


def decimals_of(step: float) -> int:
    """How many decimals a step such as 0.01 has."""
    return max(0, round(-float(np.log10(step))))
