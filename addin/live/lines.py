"""The lines of a model that grade, with their values, and formulas over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from addin.explain import extras, told
from addin.explaining.told import Told
from addin.words import Words
from segmentation.bins import tidy
from segmentation.method import classes_of_tiers
from templates.grades import Key, first_true, numbers_there, place, span
from templates.references import CUSTOMERS, this_row

SIGNS = {"above": ">", "at_least": ">=", "below": "<", "at_most": "<="}


class NotLiveError(Exception):
    """This model has no formulas that would always give what Fenji gives."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of the model that grades; ``meaning`` says in words what its value does."""

    key: Key
    value: float | str
    meaning: str


@dataclass(frozen=True, kw_only=True)
class Formulas:
    """What a method comes to: conditions and texts, without the equals sign."""

    tier: str
    score: str | None = None


@dataclass(kw_only=True)
class Sheet:
    """What formulas are made of: the customers' columns, and the lines as they are added.

    ``model`` is a whole model; the leading grading is the one that is made live.
    """

    model: Mapping[str, Any]
    words: Words
    lines: list[Line] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.told: Told = told(self.model, self.words)[0]
        self.learned: Mapping[str, Any] = self.told.learned
        self.tiers: list[str] = self.told.tiers()
        own: Mapping[str, str] = self.words.section(f"header.{CUSTOMERS}")
        self._headers = dict(own) | {e.key: e.header for e in extras(self.model, self.words)}

    @property
    def _value(self) -> str:
        return self.words("header.FenjiNumbers.value")

    def header(self, key: str) -> str:
        """The header of a customers' column, or of the one that stands in for it."""
        own = self.model.get("columns", {}).get(key, {})
        used = own.get("used") or key
        if used not in self._headers:
            raise NotLiveError
        return self._headers[used]

    def absent(self, measure: str) -> bool:
        """Whether nothing is known of a measure, of anybody."""
        return bool(self.model.get("columns", {}).get(measure, {}).get("absent"))

    def cell(self, key: str) -> str:
        """The customer's cell in a column."""
        return this_row(CUSTOMERS, self.header(key))

    def line(
        self,
        item: str,
        value: float | str,
        meaning: str,
        *,
        measure: str = "",
        number: int | None = None,
    ) -> str:
        """Add a line; the reference to its number. ``item`` is a key of ``[item_live]``."""
        key = Key(item=self.words(f"item_live.{item}"), measure=measure, number=number)
        shown = value if isinstance(value, str) else float(tidy(value))
        self.lines.append(Line(key=key, value=shown, meaning=meaning))
        return place(self._value, len(self.lines))

    def place(self, at: int) -> str:
        return place(self._value, at)

    def span(self, first: int, last: int) -> str:
        return span(self._value, first, last)

    def reaches(
        self, condition: Mapping[str, Any], name: str, number: int, *, said: str = ""
    ) -> list[str]:
        """The ends of one condition as comparisons, each with a line of its own.

        ``name`` is what they lead to, ``said`` what stands before the keys of their wording.
        """
        measure = condition["measure"]
        if self.absent(measure):
            return ["FALSE"]
        cell, header = self.cell(measure), self.header(measure)
        ends = [
            f"{cell}{sign}"
            + self.line(
                end,
                condition[end],
                self.words(f"live.{said}{end}", tier=name),
                measure=header,
                number=number,
            )
            for end, sign in SIGNS.items()
            if end in condition
        ]
        return [f"ISNUMBER({cell})", *ends]

    def by_tier(self, pairs: Sequence[tuple[str, str]]) -> str:
        """The tier of the first condition that holds, else the last; blank without a number."""
        return self.when_there(first_true(pairs, self.tiers[-1]))

    def of_classes(self, classes: Sequence[str]) -> list[str]:
        """The tier of each class."""
        return [self.tiers[i] for i in classes_of_tiers(classes, self.told.part["tiers"])]

    def when_there(self, then: str, *, more: str = "") -> str:
        """``then`` where every line so far that holds a number has one, and ``more`` is true."""
        count = sum(not isinstance(line.value, str) for line in self.lines)
        wanted = [numbers_there(self._value, 1, count)] if count else []
        wanted += [more] if more else []
        if not wanted:
            return then
        both = wanted[0] if len(wanted) == 1 else f"AND({','.join(wanted)})"
        return f'IF({both},{then},"")'


def every(conditions: Sequence[str]) -> str:
    """Whether all of them hold."""
    return f"AND({','.join(conditions)})" if conditions else "TRUE"
