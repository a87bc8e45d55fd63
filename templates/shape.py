"""What a template workbook depends on besides the language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from templates.grades import Grades
from templates.inputs import Inputs


class Wording(Protocol):
    """The words of one language, as ``addin.words.Words`` gives them."""

    @property
    def lang(self) -> str: ...

    def __call__(self, key: str, /, **params: object) -> str: ...

    def section(self, key: str) -> Mapping[str, str]: ...


@dataclass(frozen=True, kw_only=True)
class SettingRow:
    """A row of the sheet Settings.

    ``key`` says for the machine which setting it is; a heading and a fact have none, and are not
    read back. ``choices`` are what the cell can be picked from; with ``free`` something else may
    stand there too. ``least`` and ``most`` are the ends of a number's range.
    """

    setting: str
    kind: Literal["heading", "fact", "choice", "whole", "number", "share", "text", "list", "pairs"]
    value: str | float | None = None
    meaning: str = ""
    key: str = ""
    choices: tuple[str, ...] = ()
    free: bool = False
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, kw_only=True)
class MovesShape:
    """The form of the sheet Moves.

    ``kinds`` are what moves are called, ``before`` and ``now`` the rows and columns of the tiers
    before against those now (without the totals), all as shown, ``total`` the header of the totals
    and ``steps`` how far apart each pair is (above 0: up; None: not known). ``notes`` is how many
    lines there are to say of it.
    """

    kinds: tuple[str, ...]
    before: tuple[str, ...]
    now: tuple[str, ...]
    total: str
    steps: tuple[tuple[int | None, ...], ...]
    notes: int = 0


@dataclass(frozen=True, kw_only=True)
class Shape:
    """The parts of a scheme that decide the form of its workbook.

    ``tiers`` (best first), ``segments`` and ``stages`` are display names; without segments the
    workbook has neither their table nor their chart. ``bins`` is the number of scores of recency,
    frequency and monetary. With ``live`` the score and tier columns are native formulas over the
    model; ``grades`` says how, where the method is not RFM. ``extras`` are further columns of the
    customers (key, header, kind of number). ``longest`` is the width of the longest sentence
    about a customer, in narrow characters.

    ``strategies`` are the rows of the sheet Strategy by key (those of a second grading too);
    ``warning`` stands there where there is one. ``segment_strategies`` and ``capacity`` are the
    rows of two more tables there: what to do with each segment, and how many contacts a week each
    owner has. ``call_lines`` is how many lines a row of Actions needs.

    ``settings`` are the rows of the sheet Settings, ``scheme`` the texts of its named cells.
    ``silent`` are the parts of the Dashboard of which the data tell nothing (``trend at_risk money
    shares stages segments scores``); with ``losses`` a month's amount is below zero.
    With ``linked`` each finding jumps to its cell. Without ``moves`` there is no sheet Moves,
    without ``lifetime`` none of lifetime values, without ``inputs`` none that people start from or
    paste into.

    Raises ValueError where no workbook could be laid out.
    """

    title: str
    tiers: tuple[str, ...]
    bins: tuple[int, int, int]
    segments: tuple[str, ...]
    stages: tuple[str, ...]
    live: bool
    grades: Grades | None = None
    extras: tuple[tuple[str, str, str], ...] = ()
    warning: str = ""
    strategies: tuple[Mapping[str, Any], ...] = ()
    longest: int = 0
    segment_strategies: tuple[Mapping[str, Any], ...] = ()
    capacity: tuple[Mapping[str, Any], ...] = ()
    call_lines: int = 2
    settings: tuple[SettingRow, ...] = ()
    scheme: tuple[tuple[str, str], ...] = ()
    moves: MovesShape | None = None
    silent: tuple[str, ...] = ()
    losses: bool = False
    linked: bool = True
    lifetime: bool = False
    inputs: Inputs | None = None

    def __post_init__(self) -> None:
        if not self.tiers or not self.stages:
            raise ValueError("a template needs at least one tier and one stage")
        if min(self.bins) < 1:
            raise ValueError(f"bins must be at least 1: {self.bins}")

    @property
    def absent(self) -> frozenset[str]:
        """The keys of the sheets that such a workbook has not."""
        given = self.inputs
        here: dict[str, object] = {"moves": self.moves, "start": given, "orders": given}
        here["attributes"] = given.attributes if given else None
        here["lifetime"] = self.lifetime or None
        return frozenset(key for key, form in here.items() if form is None)
