"""What a sentence about a grading can draw on: names, numbers and tiers in the reader's words.

A module of this package explains one method: ``why(told)`` gives the expression for what gave
each customer its tier; where there is more to show, ``extras(told)`` gives further columns and
``rules(told)`` one sentence per tier, cluster or rule for the sheet Model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import polars as pl

from addin import phrases
from addin.words import Words

Kind = Literal["whole", "tenth", "money", "number", "percent", "text"]
_KINDS: dict[str, Kind] = {
    "recency": "whole",
    "frequency": "whole",
    "monetary": "money",
    "mean_order": "money",
    "categories": "whole",
    "active_months": "whole",
    "tenure": "whole",
    "interval": "tenth",
    "growth": "percent",
    "return_share": "percent",
    "repeat_rate": "percent",
    "repeats": "whole",
    "active_span": "whole",
    "repeat_mean": "money",
}
_BY_SETTING = ("frequency", "monetary")
_IN_WINDOW = (*_BY_SETTING, "mean_order", "categories", "active_months", "return_share")


@dataclass(frozen=True, kw_only=True)
class Extra:
    """One more column of the graded table, between ``stage`` and ``why``."""

    key: str
    header: str
    values: pl.Expr
    kind: Kind = "text"


@dataclass(frozen=True, kw_only=True)
class Told:
    """One grading of a model.

    ``part`` has ``method name learned tiers spans``; ``columns`` the user's own columns and
    ``measures`` how orders were measured, both from the model. ``prefix`` stands before the
    columns of a second grading.
    """

    part: Mapping[str, Any]
    columns: Mapping[str, Any]
    measures: Mapping[str, Any]
    words: Words
    prefix: str = ""

    @property
    def learned(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.part["learned"]
        return found

    def own(self, name: str) -> pl.Expr:
        """A column that the method itself gave, such as ``cluster`` or ``score``."""
        return pl.col(f"{self.prefix}{name}")

    def tier_no(self) -> pl.Expr:
        """The tier's number, 0 for the best."""
        return pl.col("beside_no" if self.prefix else "tier_no")

    def tiers(self) -> list[str]:
        """Display names of the tiers, best first."""
        return tier_names(self.part, self.words.lang)

    def by_tier(self, texts: list[str]) -> pl.Expr:
        """The text of each customer's tier."""
        return by_number(self.tier_no(), texts)

    def column(self, name: str) -> pl.Expr:
        """A measure's column of the graded table; that of the measure that stands in for it."""
        own = self.columns.get(name, {})
        if own.get("absent"):
            return pl.lit(None, dtype=pl.String if own["kind"] == "text" else pl.Float64)
        return pl.col(own.get("used") or name)

    def measure(self, name: str) -> str:
        """What a measure is called, or the measure that stands in for it."""
        if name in self.columns:
            used = self.columns[name].get("used")
            return self.measure(used) if used else measure_name(self.columns, name, self.words)
        setting = f"_{self.measures[name]}" if name in _BY_SETTING else ""
        text = self.words(f"measure_name.{name}{setting}")
        days = self.measures.get("window_days")
        if days and name in _IN_WINDOW:
            return self.words("measure_name.window", name=text, days=days)
        return text

    def kind(self, name: str) -> Kind:
        return kind_of(self.columns, name)

    def value(self, name: str) -> pl.Expr:
        """Each customer's value of a measure as text; a word where it is unknown."""
        text = shown(self.column(name), self.kind(name))
        return text.fill_null(self.words("measure_name.unknown"))

    def number(self, name: str, value: float) -> str:
        """One value of a measure as text, in the same form."""
        return constant(value, self.kind(name))

    def limit(self, condition: Mapping[str, Any]) -> str:
        """A condition of ``segmentation.limits`` as words, without the measure's name."""
        ends = [
            self.words(f"limit.{end}", value=self.number(condition["measure"], condition[end]))
            for end in ("above", "at_least", "below", "at_most")
            if end in condition
        ]
        return self.words("limit.and").join(ends)


class Explains(Protocol):
    """What a module of this package offers; ``extras`` and ``rules`` may be left out, and so may
    ``SAYS_TIER``: whether its reasons name the tier themselves."""

    SAYS_TIER: bool

    def why(self, told: Told) -> pl.Expr: ...

    def extras(self, told: Told) -> list[Extra]: ...

    def rules(self, told: Told) -> list[str]: ...


def tier_names(part: Mapping[str, Any], lang: str) -> list[str]:
    """Display names of the tiers of a model or one of its gradings, best first."""
    return [t["name"].get(lang) or t["key"] for t in part["tiers"]]


def by_number(number: pl.Expr, texts: list[str]) -> pl.Expr:
    """The text at each number, counted from 0."""
    return number.replace_strict(dict(enumerate(texts)), default="", return_dtype=pl.String)


def kind_of(columns: Mapping[str, Any], name: str) -> Kind:
    """How values of a measure are written; a column that another stands in for, as that one."""
    own = columns.get(name)
    if own:
        if own.get("used"):
            return kind_of({}, own["used"])
        return "text" if own["kind"] == "text" else "number"
    return _KINDS.get(name, "number")


def measure_name(columns: Mapping[str, Any], name: str, words: Words) -> str:
    """What one of the user's own columns is called."""
    own = columns[name]["name"]
    return str(own.get(words.lang) or name)


def shown(values: pl.Expr, kind: Kind) -> pl.Expr:
    """Numbers as text, unknown ones null."""
    if kind == "text":
        return values
    known = values.is_not_null() & values.is_not_nan()
    number = pl.when(known).then(values).otherwise(0.0)
    forms = {
        "whole": phrases.whole,
        "tenth": phrases.tenth,
        "money": phrases.money,
        "percent": phrases.percent,
    }
    return pl.when(known).then(forms.get(kind, phrases.plain)(number)).otherwise(None)


def constant(value: float, kind: Kind) -> str:
    """One number as text, as ``shown`` writes it."""
    text = pl.select(shown(pl.lit(value, dtype=pl.Float64), kind)).item()
    return str(text)
