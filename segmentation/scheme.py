"""Schemes: everything chosen before looking at data, as frozen settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from annotated_types import Ge, Gt, Le

from segmentation.scheme_rfm import MAPS, High, RfmSettings, SegmentRule
from segmentation.settings import (
    MEASURES,
    Count,
    Key,
    Name,
    Number,
    Share,
    Text,
    Texts,
    Whole,
    settings,
)

__all__ = [
    "DERIVED",
    "HISTORY",
    "MAPS",
    "MEASURES",
    "SMALLER_IS_BETTER",
    "TIER_WORDS",
    "AbcSettings",
    "ActionSettings",
    "ColumnSettings",
    "High",
    "Limit",
    "MeasureSettings",
    "Part",
    "RfmSettings",
    "Scheme",
    "SegmentRule",
    "StageSettings",
    "Text",
    "Tier",
]

# What models of lifetime value go by; few people think in them.
HISTORY = ("repeats", "active_span", "repeat_mean")
# What else can be measured from orders (see ``segmentation.measures``).
DERIVED = (
    "mean_order",
    "categories",
    "active_months",
    "tenure",
    "interval",
    "growth",
    "return_share",
    "repeat_rate",
    *HISTORY,
)
SMALLER_IS_BETTER = frozenset({"recency", "interval", "return_share"})
# What a tier has whatever the method: all keys but those that say who gets in.
TIER_WORDS = (
    "key",
    "name",
    "strategy",
    "contact_days",
    "budget_share",
    "owner",
    "first_action",
    "service_floor",
)
Days = Annotated[Whole, Ge(0)]
Calls = Annotated[Whole, Ge(0), Le(10_000)]


@settings
class MeasureSettings:
    """How orders become one number per customer."""

    frequency: Literal["orders", "days", "rows"] = "orders"
    monetary: Literal["sum", "mean", "mean_per_day"] = "sum"
    refunds: Literal["net", "drop", "keep"] = "net"
    duplicates: Literal["auto", "drop", "keep"] = "auto"
    date_order: Literal["auto", "dmy", "mdy", "ymd"] = "auto"
    window_days: Count | None = None


@settings
class AbcSettings:
    """Pareto shares: A while the share before a customer is below ``a``, B below ``b``."""

    a: Annotated[Share, Gt(0)] = 0.8
    b: Annotated[Share, Gt(0)] = 0.95


@settings
class StageSettings:
    """Lifecycle limits in days since the last purchase, both ends in."""

    active_days: Days = 90
    dormant_days: Days = 180


@settings
class ActionSettings:
    """The list of whom to contact: calls a week for each owner, and how many weeks it covers."""

    calls_per_week: Calls = 20
    weeks: Annotated[Count, Le(12)] = 1


@settings
class Limit:
    """Where a tier begins or ends on one measure; each end is in or out as its name says."""

    above: Number | None = None
    at_least: Number | None = None
    below: Number | None = None
    at_most: Number | None = None


@settings
class Tier:
    """One tier: who gets in, and what is done for it.

    Who gets in is said by the one key that the method goes by: ``min_score``; the four of
    ``Limit`` on the method's measure, or ``limits`` on several measures (all must hold);
    ``top`` (a share below 1, or a number of customers); ``share`` (of the total, accumulated);
    ``classes`` (what the method itself calls its classes). A name left out is the key.
    """

    key: Key
    name: Name = field(default_factory=dict)
    min_score: Number | None = None
    above: Number | None = None
    at_least: Number | None = None
    below: Number | None = None
    at_most: Number | None = None
    limits: Mapping[str, Limit] = field(default_factory=dict)
    top: Number | None = None
    share: Number | None = None
    classes: tuple[str, ...] = ()
    strategy: Texts = field(default_factory=dict)
    contact_days: Days | None = None
    budget_share: Share | None = None
    owner: Text = field(default_factory=dict)
    first_action: Text = field(default_factory=dict)
    service_floor: Text = field(default_factory=dict)


@settings
class ColumnSettings:
    """A column of the user's own that a method reads beside the built-in measures.

    ``headers`` are further names that it goes by in sheets. ``take`` says what counts where a
    customer has several rows. ``instead`` names the measure that stands in where the data have
    no such column. ``most`` is the highest value there can be (five stars).
    """

    name: Name
    headers: tuple[str, ...] = ()
    kind: Literal["number", "text"] = "number"
    take: Literal["last", "first", "sum", "mean", "max", "min"] = "last"
    instead: str | None = None
    most: Number | None = None


@dataclass(frozen=True, kw_only=True)
class Part:
    """One grading: a method, its settings, and the tiers (best first; the last takes the rest).

    ``teacher`` is the grading whose tiers the method learns to repeat.
    """

    method: str
    settings: Any
    tiers: tuple[Tier, ...]
    name: Text = field(default_factory=dict)
    teacher: Part | None = None


@dataclass(frozen=True, kw_only=True)
class Scheme:
    """A whole scheme file. ``tiers`` stand best first; the last one takes the rest.

    ``settings`` are those of ``method`` (for rfm: ``rfm``). ``beside`` is a second grading that
    is shown beside the leading one. ``columns`` are the user's own measures by key. ``text`` is
    the file that it was read from.
    """

    name: Text
    tiers: tuple[Tier, ...]
    method: str = "rfm"
    measures: MeasureSettings = field(default_factory=MeasureSettings)
    rfm: RfmSettings = field(default_factory=RfmSettings)
    abc: AbcSettings = field(default_factory=AbcSettings)
    stage: StageSettings = field(default_factory=StageSettings)
    actions: ActionSettings = field(default_factory=ActionSettings)
    settings: Any = None
    columns: Mapping[str, ColumnSettings] = field(default_factory=dict)
    beside: Part | None = None
    teacher: Part | None = None
    text: str = field(default="", compare=False, repr=False)

    @property
    def leading(self) -> Part:
        """The grading that gives the tier."""
        settings = self.rfm if self.method == "rfm" else self.settings
        return Part(
            method=self.method,
            settings=settings,
            tiers=self.tiers,
            name=self.name,
            teacher=self.teacher,
        )

    @property
    def parts(self) -> tuple[Part, ...]:
        return (self.leading, self.beside) if self.beside else (self.leading,)
