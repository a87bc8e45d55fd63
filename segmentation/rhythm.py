"""How often a customer usually buys, and where its silence puts it in its lifecycle.

Its own mean days between purchases say how often, or the others'.
"""

from __future__ import annotations

import numpy as np

from segmentation.bins import tidy
from segmentation.method import Data, Floats, Ints

MEASURES = ("recency", "frequency", "interval")
STAGES = ("new", "active", "dormant", "lost")
# Multiples of an interval such as 7/3 days meet whole days only when their noise is gone.
_DECIMALS = 9


def own_intervals(data: Data, min_orders: int) -> Floats:
    """Mean days between purchases where they say something, else NaN.

    They do from ``min_orders`` orders on and where they are above zero (all purchases on one
    day show no rhythm).
    """
    interval, orders = data.values.get("interval"), data.values["frequency"]
    if interval is None:
        return np.full(len(data), np.nan)
    return np.where((interval > 0) & (orders >= min_orders), interval, np.nan)


def typical_interval(data: Data, min_orders: int) -> float | None:
    """The median of all intervals of customers' own; None where nobody has one."""
    own = own_intervals(data, min_orders)
    known = own[~np.isnan(own)]
    return float(tidy(np.median(known))) if len(known) else None


def intervals(data: Data, min_orders: int, otherwise: float) -> Floats:
    """The interval that each customer goes by: its own, or ``otherwise``."""
    own = own_intervals(data, min_orders)
    return np.where(np.isnan(own), otherwise, own)


def multiples(interval: Floats, times: float) -> Floats:
    """So many intervals in days."""
    days: Floats = np.round(interval * times, _DECIMALS)
    return days


def overdue(data: Data, interval: Floats) -> Floats:
    """Days since the last purchase in multiples of the interval."""
    found: Floats = np.round(data.values["recency"] / interval, _DECIMALS)
    return found


def stages(
    recency: Floats,
    orders: Floats,
    *,
    active: Floats | float,
    dormant: Floats | float,
    new_orders: float = 1,
) -> Ints:
    """Positions in ``STAGES`` by days since the last purchase and both limits in days, both in.

    Within the first, who has at most ``new_orders`` is new, else active; dormant within the
    second, else lost. An unknown recency is lost, an unknown number of orders is never new.
    """
    new, still, asleep, gone = range(len(STAGES))
    found = np.full(len(recency), gone, dtype=np.int64)
    found[recency <= dormant] = asleep
    lately = recency <= active
    found[lately] = still
    found[lately & (orders <= new_orders)] = new
    return found
