"""What a method's problem is about beside its own key.

Where one of these keys is wrong already, it was read as its default: then the problem is none of
the file's, and is not told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from segmentation.limits import ENDS
from segmentation.scheme import Part

_AXIS = ("by", "bins", "limits", "table")
# The other keys of the same table, by code.
_BESIDE = {
    "unused_key": ("by",),
    "missing_key": ("by",),
    "points_count": ("limits", "by"),
    "points_order": ("limits", "by", "better", "measure"),
    "not_text": ("by",),
    "text_by_table": ("by", "measure"),
    "two_directions": ("measure",),
}
_OF_GRID = ("levels_count", "plus_needs_numbers")


def relied_on(part: Part, key: str, code: str) -> list[str]:
    """Key paths, without that of the grading."""
    return list(_relied_on(part, key, code))


def _relied_on(part: Part, key: str, code: str) -> Iterator[str]:
    tier = re.match(r"tiers\[(\d+)\]", key)
    if tier and part.method == "thresholds":
        yield "thresholds.measure"
        yield from _ends(int(tier[1]))
        return
    yield key
    if tier:
        yield from _of_tier(part, int(tier[1]), code)
    elif code == "unknown_tier" or re.fullmatch(r"tree\.rules\[\d+\]\.tier", key):
        for i in range(len(part.tiers)):
            yield f"tiers[{i}].key"
            yield f"tiers[{i}].classes"
    elif code == "grid_shape":
        yield from (f"matrix.{axis}.{name}" for axis in ("rows", "columns") for name in _AXIS)
    elif code in _OF_GRID:
        yield "matrix.grid"
    elif code == "not_ascending":
        yield from _first_limit(key)
    yield from (f"{key.rpartition('.')[0]}.{name}" for name in _BESIDE.get(code, ()))


def _ends(number: int) -> Iterator[str]:
    """Where this tier and the one before it begin and end."""
    for i in (number - 1, number):
        yield from (f"tiers[{i}].{end}" for end in (*ENDS, "limits"))


def _of_tier(part: Part, number: int, code: str) -> Iterator[str]:
    if part.method == "matrix":
        yield "matrix.grid"
    if part.method == "abc" and code == "not_ascending":
        yield f"tiers[{number - 1}].share"
        if any(tier.share is None for tier in part.tiers[number - 1 : number + 1]):
            yield from ("abc.a", "abc.b")


def _first_limit(key: str) -> Iterator[str]:
    """The lower one of the two limits that should ascend."""
    for upper, lower in (("dormant_", "active_"), ("loyal_orders", "potential_orders")):
        if upper in key:
            yield key.replace(upper, lower)
