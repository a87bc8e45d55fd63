"""Schemes: everything chosen before looking at data, as frozen settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Text = Mapping[str, str]
MEASURES = ("recency", "frequency", "monetary")


@dataclass(frozen=True, kw_only=True)
class MeasureSettings:
    """How orders become one number per customer."""

    frequency: Literal["orders", "days", "rows"] = "orders"
    monetary: Literal["sum", "mean", "mean_per_day"] = "sum"
    refunds: Literal["net", "drop", "keep"] = "net"
    duplicates: Literal["auto", "drop", "keep"] = "auto"
    date_order: Literal["auto", "dmy", "mdy", "ymd"] = "auto"


@dataclass(frozen=True, kw_only=True)
class High:
    """What counts as high for the eight segments.

    ``of`` is ``score`` or ``measure``; ``at`` is ``mean``, ``median`` or a number.
    A value above it is high (for recency as a measure: below it).
    """

    of: Literal["score", "measure"] = "score"
    at: Literal["mean", "median"] | float = "mean"


@dataclass(frozen=True, kw_only=True)
class SegmentRule:
    """One named segment: ranges of scores (both ends in), or a list of cells such as 555."""

    name: Text
    recency: tuple[int, int] | None = None
    frequency: tuple[int, int] | None = None
    monetary: tuple[int, int] | None = None
    cells: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RfmSettings:
    """Scores and their weights; the words are those of ``bins``."""

    bins: Mapping[str, int] = field(default_factory=lambda: dict.fromkeys(MEASURES, 5))
    cut: Literal["quantile", "mean", "median", "fixed", "width", "jenks"] = "quantile"
    offset: float = 0
    closed: Literal["right", "left"] = "right"
    nested: bool = False
    weights: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(MEASURES, 1.0))
    cut_points: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    segments: str | tuple[SegmentRule, ...] | None = None
    high: High = field(default_factory=High)


@dataclass(frozen=True, kw_only=True)
class AbcSettings:
    """Pareto shares: A while the share before a customer is below ``a``, B below ``b``."""

    a: float = 0.8
    b: float = 0.95


@dataclass(frozen=True, kw_only=True)
class StageSettings:
    """Lifecycle limits in days since the last purchase, both ends in."""

    active_days: int = 90
    dormant_days: int = 180


@dataclass(frozen=True, kw_only=True)
class Tier:
    """One tier: who gets in, and what is done for it."""

    key: str
    name: Text
    min_score: float | None = None
    strategy: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    contact_days: int | None = None
    budget_share: float | None = None
    service_floor: Text = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Scheme:
    """A whole scheme file. ``tiers`` stand best first; the last one takes the rest."""

    name: Text
    tiers: tuple[Tier, ...]
    method: str = "rfm"
    measures: MeasureSettings = field(default_factory=MeasureSettings)
    rfm: RfmSettings = field(default_factory=RfmSettings)
    abc: AbcSettings = field(default_factory=AbcSettings)
    stage: StageSettings = field(default_factory=StageSettings)
