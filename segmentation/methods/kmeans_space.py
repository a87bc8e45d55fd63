"""Where customers stand when K-means compares them, and back to the values of their measures."""

from __future__ import annotations

import numpy as np

from segmentation.method import Data, Floats, Model

# No amount reaches e^300, and the square of what does still fits a float.
_LARGEST_LOG = 300.0


def curve(values: Floats, *, log: bool) -> Floats:
    """sign(x) · log1p(|x|), or the values as they are."""
    return np.sign(values) * np.log1p(np.abs(values)) if log else values


def places(learned: Model, data: Data) -> Floats:
    """Customers as they are compared, one column a measure; what is unknown stands at the mean."""
    columns = []
    for measure in learned["measures"]:
        mean, scale = learned["mean"][measure], learned["scale"][measure]
        place = (curve(data.values[measure], log=learned["log"]) - mean) / scale
        columns.append(np.where(np.isnan(place), 0.0, place))
    return np.column_stack(columns)


def value_at(learned: Model, measure: str, places: Floats) -> Floats:
    """The value of a measure at a place; NaN where no number is so large."""
    curved = places * learned["scale"][measure] + learned["mean"][measure]
    if not learned["log"]:
        return np.asarray(curved)
    curved = np.where(np.abs(curved) < _LARGEST_LOG, curved, np.nan)
    return np.asarray(np.sign(curved) * np.expm1(np.abs(curved)))


def distances(points: Floats, centres: Floats) -> Floats:
    """Squared distances, one row a customer and one column a cluster."""
    total = np.zeros((len(points), len(centres)))
    for j in range(points.shape[1]):
        total += (points[:, j : j + 1] - centres[:, j]) ** 2
    return total
