"""Made-up buyers who order and leave as the models have it."""

from __future__ import annotations

import numpy as np

from segmentation.lifetime.histories import Histories


def simulated(
    count: int,
    *,
    seed: int,
    orders: tuple[float, float] = (0.6, 20.0),
    leaving: tuple[float, float] = (0.8, 2.4),
    spend: tuple[float, float, float] = (6.0, 4.0, 15.0),
    watched: tuple[float, float] = (180.0, 540.0),
    first_too: bool = True,
) -> Histories:
    """By MBG/NBD and gamma-gamma: rates are gamma (shape, days), whoever has ordered leaves with a
    probability that is beta, mean amounts are gamma with a gamma rate. Nobody leaves after the
    first order unless ``first_too``: then it is BG/NBD."""
    rng = np.random.default_rng(seed)
    rate = rng.gamma(orders[0], 1 / orders[1], count)
    leave = rng.beta(*leaving, count)
    total = np.floor(rng.uniform(*watched, count))
    x, at, last = np.zeros(count), np.zeros(count), np.zeros(count)
    staying = (rng.random(count) >= leave) | (not first_too)
    while staying.any():
        at = np.where(staying, at + rng.exponential(1 / np.maximum(rate, 1e-12)), np.inf)
        staying &= at <= total
        x, last = x + staying, np.where(staying, at, last)
        staying &= rng.random(count) >= leave
    shape, weight, scale = spend
    nu = rng.gamma(weight, 1 / scale, count)
    mean = np.where(x > 0, rng.gamma(shape * np.maximum(x, 1), 1 / (nu * np.maximum(x, 1))), np.nan)
    return Histories(x=x, t_x=last, T=total, mean=mean)


def leaving_at_any_time(
    count: int,
    *,
    seed: int,
    orders: tuple[float, float] = (0.6, 20.0),
    leaving: tuple[float, float] = (0.7, 90.0),
    watched: tuple[float, float] = (180.0, 540.0),
) -> Histories:
    """By Pareto/NBD: rates of ordering and of leaving are gamma (shape, days); no amounts."""
    rng = np.random.default_rng(seed)
    rate = rng.gamma(orders[0], 1 / orders[1], count)
    total = np.floor(rng.uniform(*watched, count))
    end = np.minimum(rng.exponential(1 / rng.gamma(leaving[0], 1 / leaving[1], count)), total)
    x = rng.poisson(rate * end).astype(float)
    # The latest of x orders that are anywhere until the end.
    last = np.where(x > 0, end * rng.random(count) ** (1 / np.maximum(x, 1)), 0.0)
    return Histories(x=x, t_x=last, T=total, mean=np.full(count, np.nan))
