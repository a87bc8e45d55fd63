"""Classes that a method itself names, and the tiers that take them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from segmentation.method import Ints, classes_of_tiers
from segmentation.scheme import Tier

Problems = list[tuple[str, str, dict[str, Any]]]


def class_problems(tiers: Sequence[Tier], classes: Sequence[str]) -> Problems:
    """Classes that do not exist or stand twice, and tiers without any beside others with some."""
    found: Problems = []
    seen: list[str] = []
    named = any(t.classes for t in tiers)
    for i, tier in enumerate(tiers):
        where = f"tiers[{i}].classes"
        for each in tier.classes:
            if each not in classes:
                found.append((where, "choice", {"value": each, "choices": ", ".join(classes)}))
            elif each in seen:
                found.append((where, "twice", {"value": each}))
            seen.append(each)
        if named and not tier.classes and i < len(tiers) - 1:
            found.append((where, "limit_missing", {"tier": tier.key, "keys": "classes"}))
    return found


def tiers_of(number: Ints, classes: Sequence[str], tiers: Sequence[Any]) -> Ints:
    """The tier number of each customer from the number of its class."""
    return np.array(classes_of_tiers(classes, tiers), dtype=np.int64)[number]


def named(number: Ints, classes: Sequence[str]) -> npt.NDArray[Any]:
    """The class of each customer by its key."""
    return np.array(classes, dtype=object)[number]
