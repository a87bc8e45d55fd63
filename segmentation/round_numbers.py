"""Numbers that can be read aloud: the roundest one between two neighbours."""

from __future__ import annotations

import math

_FINEST = -12


def at_least(low: float, high: float) -> float:
    """The roundest number above ``low`` and at most ``high``, near their middle.

    It divides values as every number of that range does: those up to ``low`` from those from
    ``high``. Rounder is what is a multiple of a greater power of ten; zero is the roundest.
    """
    if low < 0 <= high:
        return 0.0
    middle = low / 2 + high / 2
    power = math.floor(math.log10(max(abs(low), abs(high))))
    for digits in range(-power, -_FINEST):
        step = 10.0**-digits
        first, last = math.floor(low / step) + 1, math.floor(high / step)
        value = round(min(max(round(middle / step), first), last) * step, digits) + 0.0
        if low < value <= high:
            return value
    return high


def at_most(low: float, high: float) -> float:
    """The roundest number from ``low`` on that is below ``high``, near their middle."""
    return -at_least(-high, -low) + 0.0
