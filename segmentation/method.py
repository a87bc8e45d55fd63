"""What a grading method is: the names there are, what it sees, and what it must offer."""

from __future__ import annotations

import dataclasses
import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

import numpy as np
import numpy.typing as npt

from segmentation.errors import DataError
from segmentation.scheme import Part, Tier

METHODS = (
    "rfm",
    "abc",
    "thresholds",
    "top",
    "scorecard",
    "matrix",
    "kmeans",
    "tree",
    "lifecycle",
    "loyalty",
    "size",
    "potential",
    "risk",
    "clv",
)
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Model = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Data:
    """The customers as a method sees them, in one order throughout.

    ``values``: numbers by measure, NaN where unknown; a measure that the data do not have is
    NaN throughout. ``texts``: categories by column, None where unknown. ``keys`` tell customers
    apart where values tie. ``taught`` holds tier numbers that a method may learn from.
    ``stands_in``: by column that the data do not have, the measure whose values it holds instead.
    """

    values: Mapping[str, Floats]
    texts: Mapping[str, Sequence[str | None]] = field(default_factory=dict)
    keys: Sequence[str] = ()
    taught: Ints | None = None
    stands_in: Mapping[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(next(iter(self.values.values())))

    def known(self, measure: str) -> Floats:
        """The values of a measure; DataError ``measure_absent`` where the data have none."""
        values = self.values.get(measure)
        if values is None or bool(np.isnan(values).all()):
            raise DataError("measure_absent", measure=measure)
        return values

    def changed(self, values: Mapping[str, Floats]) -> Data:
        """The same with other values for some measures, and for columns that they stand in for."""
        followed = {c: values[m] for c, m in self.stands_in.items() if m in values}
        changed = {**self.values, **followed, **values}
        return dataclasses.replace(self, values=changed)

    def some(self, rows: npt.NDArray[Any]) -> Data:
        """The customers at these positions."""
        return Data(
            values={m: v[rows] for m, v in self.values.items()},
            texts={c: [t[i] for i in rows.tolist()] for c, t in self.texts.items()},
            keys=[self.keys[i] for i in rows.tolist()] if len(self.keys) else (),
            stands_in=self.stands_in,
        )


Grade = Callable[[Data], Ints]


class Method(Protocol):
    """What each module of ``segmentation.methods`` offers.

    ``Settings`` is its frozen dataclass, ``TIER_KEYS`` the keys that say who gets into a tier,
    ``MONOTONE`` whether a better measure can never lower the tier.

    ``needs(part)``: names of the measures and columns that it reads. ``problems(part)``: what is
    wrong with settings and tiers together, as (key path, code, parameters).
    ``fit(part, data)``: what is learned, as plain JSON data; ``down`` in it says by measure
    whether less is better, where settings say so.
    ``apply(learned, tiers, data)``: ``tier_no`` (0 best), ``score`` (NaN where the method has
    none) and columns of its own. ``next_steps(learned, tiers, data, spans)``: ``next_<measure>``
    and ``next_tier`` (see ``segmentation.lifting``).
    """

    Settings: type
    TIER_KEYS: tuple[str, ...]
    MONOTONE: bool

    def needs(self, part: Part) -> tuple[str, ...]: ...

    def problems(self, part: Part) -> list[tuple[str, str, dict[str, Any]]]: ...

    def fit(self, part: Part, data: Data) -> dict[str, Any]: ...

    def apply(
        self, learned: Model, tiers: Sequence[Mapping[str, Any]], data: Data
    ) -> dict[str, Any]: ...

    def next_steps(
        self,
        learned: Model,
        tiers: Sequence[Mapping[str, Any]],
        data: Data,
        spans: Mapping[str, Mapping[str, Any]],
    ) -> dict[str, Floats]: ...


def method(name: str) -> Method:
    """The module of a method; imported when it is used, because some import much."""
    return cast("Method", importlib.import_module(f"segmentation.methods.{name}"))


def classes_of_tiers(classes: Sequence[str], tiers: Sequence[Any]) -> list[int]:
    """The tier number of each class: as the tiers' ``classes`` say, else one after the other.

    ``tiers`` are settings or plain data. Classes that no tier names go to the last one; where
    there are fewer tiers than classes and none are named, the last takes the rest.
    """
    named: dict[str, int] = {}
    for number, tier in enumerate(tiers):
        own = tier.classes if isinstance(tier, Tier) else tier.get("classes", ())
        for each in own:
            named.setdefault(each, number)
    last = len(tiers) - 1
    if named:
        return [named.get(each, last) for each in classes]
    return [min(number, last) for number in range(len(classes))]


def spread_over_tiers(count: int, tiers: Sequence[Any]) -> list[int]:
    """The tier number of each of ``count`` ordered classes "1" (best), "2", …

    As the tiers' ``classes`` say; where none says any, evenly and in order: class i of n (from
    0) is in tier floor(i · tiers / n), with fewer classes than tiers in tier i.
    """
    own = [t.classes if isinstance(t, Tier) else t.get("classes", ()) for t in tiers]
    if any(own):
        return classes_of_tiers([str(i + 1) for i in range(count)], tiers)
    return [i * len(tiers) // max(count, len(tiers)) for i in range(count)]
