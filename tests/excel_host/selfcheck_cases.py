"""Calls of every function, as a person would make them from cells.

Ranges are rows of values: None for a blank cell, ``"#DIV/0!"`` for an error, datetimes for dates.
`MISSING` stands for an argument that is left out.
"""

from __future__ import annotations

import datetime as dt
import inspect
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from addin.defaults import with_default_segments
from addin.functions import FUNCTIONS
from addin.hosts.file.reading import read_sources
from addin.tables import workbook_tables
from addin.words import words
from segmentation.grading import dump_model
from segmentation.run import grade
from segmentation.scheme_file import parse_scheme, preset_text
from tests.addin.orders import orders

MISSING = object()
Rows = list[list[Any]]
NEW_YEAR = dt.datetime(2026, 1, 1)


@dataclass(frozen=True, kw_only=True)
class Case:
    """One call: the function, a name for the case, the arguments."""

    function: str
    name: str
    arguments: tuple[Any, ...]

    @property
    def key(self) -> str:
        return f"{self.function.lower()}_{self.name}"

    def answer(self, lang: str) -> Any:
        """What the function itself says, called without any host."""
        function = FUNCTIONS[self.function]
        return function(words(lang), *defaulted(function.answer, self.arguments))


def defaulted(answer: Any, arguments: tuple[Any, ...]) -> list[Any]:
    """The arguments, with the defaults of those that are left out."""
    _, *parameters = inspect.signature(answer).parameters.values()
    return [p.default if a is MISSING else a for a, p in zip(arguments, parameters, strict=False)]


def column(*values: Any) -> Rows:
    return [[float(v) if type(v) is int else v] for v in values]


def side_by_side(*columns: Rows) -> Rows:
    return [[cell for part in row for cell in part] for row in zip(*columns, strict=True)]


def days_ago(*days: int | None) -> Rows:
    return [[None if d is None else NEW_YEAR - dt.timedelta(days=d)] for d in days]


RECENCY = column(3, 12, 30, 45, None, 80, 100, 150, 200, 300, 365, 7)
FREQUENCY = column(12, 9, 7, 7, 5, "many", 3, 2, 1, 1, 1, 4)
MONETARY = column(980.5, 720, 400, 450, 300, 220, "#DIV/0!", 90, 60, 40, 15.25, 310)
CUSTOMERS = [[f"K{n:03d}"] for n in range(1, 13)]
TEXTS = [[f"K{n % 4:03d}"] for n in range(11)] + [[None]]
LAST = days_ago(3, 12, 30, 45, None, 80, 100, 150, 200, 300, 365, 7)
FIRST = days_ago(700, 600, 30, 400, 500, 80, 720, 150, 640, 900, 365, 7)
BOUGHT = column(12, 9, 1, 7, 5, 1, 3, 1, 8, 2, 1, 1)
GRID = [["G1", "G2", "G3"], ["G4", "G5", "G6"], ["G7", "G8", "G9"]]


def _spread(seed: int, rows: int) -> tuple[Rows, Rows, Rows]:
    """Three groups of customers with some noise: recency, frequency, monetary."""
    random = np.random.default_rng(seed)
    groups = random.integers(0, 3, rows)
    recency = np.array([5, 60, 250])[groups] + random.integers(0, 9, rows)
    frequency = np.array([20, 8, 2])[groups] + random.integers(0, 3, rows)
    monetary = np.round(frequency * random.uniform(20, 40, rows), 2)
    return tuple(column(*map(float, values)) for values in (recency, frequency, monetary))  # type: ignore[return-value]


@cache
def model(lang: str, method: str = "general") -> tuple[Rows, str]:
    """The cells of FenjiModel, and the model's text, of some orders graded by a preset."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orders.csv"
        orders(400, 50).write_csv(path)
        scheme = with_default_segments(
            parse_scheme(preset_text(method), source="test"), words(lang)
        )
        grading = grade(read_sources([path]), scheme=scheme)
    rows = workbook_tables(grading, words(lang), files=[], settings=[])["FenjiModel"].rows()
    cells = [[float(c) if type(c) is int else c for c in row] for row in rows]
    return cells, dump_model(grading.model)


def _rfm(function: str, lang: str) -> list[Case]:
    cells, text = model(lang)
    ranges = (RECENCY, FREQUENCY, MONETARY)
    given = {
        "range": ranges,
        "by_model": (*ranges, cells),
        "by_text": (*ranges, text),
        "single": (20.0, 6.0, 400.0, cells),
        "blank": (None, 6.0, 400.0, cells),
        "no_model": (20.0, 6.0, 400.0),
        "unequal": (RECENCY, FREQUENCY[:-1], MONETARY),
    }
    if function == "RFM_SEGMENT":
        given = {n: (*a[:3], MISSING, *a[3:]) if len(a) > 3 else a for n, a in given.items()}
        given["mapped"] = (*ranges, "eight", cells)
    return [Case(function=function, name=name, arguments=a) for name, a in given.items()]


def _classes() -> list[Case]:
    amounts, limits = MONETARY, column(300, 60)
    return _cases(
        ABC_CLASS={
            "range": (amounts,),
            "shares": (amounts, 0.5, 0.8),
            "keyed": (amounts, MISSING, MISSING, CUSTOMERS),
            "alone": (5.0,),
            "bad_shares": (amounts, 0.9, 0.2),
        },
        THRESHOLD_TIER={
            "range": (amounts, limits, [["VIP", "Gold", "Rest"]]),
            "text": (amounts, "300;60", "VIP;Gold;Rest"),
            "exclusive": (amounts, limits, "VIP;Gold;Rest", False),
            "single": (300.0, "300;60", "VIP;Gold;Rest"),
            "blank": (None, "300;60", "VIP;Gold;Rest"),
            "labels": (amounts, limits, "VIP;Rest"),
        },
        TOP_TIER={
            "range": (amounts, "0.1;0.3", "First;Second;Rest"),
            "numbers": (amounts, column(2, 5), column("First", "Second", "Rest")),
            "mixed": (amounts, "0.1;3", "First;Second;Rest"),
        },
        MATRIX_TIER={
            "range": (RECENCY, MONETARY),
            "grid": (RECENCY, MONETARY, GRID),
            "unequal": (RECENCY, MONETARY[:-2]),
        },
    )


def _scores() -> list[Case]:
    measures = side_by_side(RECENCY, FREQUENCY, MONETARY)
    weights, sides = [[1.0, 2.0, 3.0]], "less;more;more"
    first_last = (FIRST, LAST, BOUGHT)
    return _cases(
        SCORECARD={
            "range": (measures, weights),
            "sides": (measures, "1;2;3", sides),
            "weights": (measures, "1;2"),
        },
        SCORECARD_TIER={
            "range": (measures, weights, sides, column(70, 40), "A;B;C"),
            "no_sides": (measures, weights, "70;40", "A;B;C"),
            "labels": (measures, weights, sides, "70;40", "A;B"),
        },
        LIFECYCLE_STAGE={
            "range": (*first_last, NEW_YEAR),
            "no_day": first_last,
            "single": (NEW_YEAR - dt.timedelta(90), NEW_YEAR - dt.timedelta(3), 4.0, NEW_YEAR),
            "needs_day": (NEW_YEAR, NEW_YEAR, 4.0),
            "unequal": (FIRST[1:], LAST, BOUGHT, NEW_YEAR),
        },
        LOYALTY_TYPE={
            "range": (FREQUENCY, column(*range(1, 13))),
            "referrals": (FREQUENCY, column(*range(1, 13)), column(*[0, 1, 3] * 4)),
            "single": (6.0, 5.0),
        },
    )


def _worth() -> list[Case]:
    again, last, known, paid = _histories(5, 60)
    return _cases(
        CLV={
            "range": (again, last, known, paid),
            "terms": (again, last, known, paid, 24.0, 0.05),
            "few": (again[:9], last[:9], known[:9], paid[:9]),
            "alone": (3.0, 90.0, 120.0, 50.0),
            "bad_months": (again, last, known, paid, 0.0),
            "later": (column(1, 2), column(90, 10), column(30, 60), column(5, 5)),
        },
        P_ALIVE={"range": (again, last, known), "unequal": (again, last[1:], known)},
    )


def _histories(seed: int, rows: int) -> tuple[Rows, Rows, Rows, Rows]:
    """Repeat orders, days to the last of them, days known, amount of one (none without one)."""
    random = np.random.default_rng(seed)
    known = random.integers(60, 400, rows)
    again = random.poisson(known * random.gamma(0.8, 0.02, rows))
    last = np.where(again > 0, np.ceil(known * random.uniform(0.2, 1, rows)), 0)
    paid = [
        round(float(p), 2) if x else None
        for x, p in zip(again, random.gamma(4, 10, rows), strict=True)
    ]
    return (*(column(*map(float, each)) for each in (again, last, known)), column(*paid))  # type: ignore[return-value]


def _learned(lang: str) -> list[Case]:
    spread = _spread(5, 30)
    tree = model(lang, "tree")[1]
    return _cases(
        KMEANS_TIER={
            "range": (side_by_side(*spread), 3.0),
            "default": (side_by_side(*spread),),
            "bad_k": (side_by_side(*spread), -1.0),
        },
        TREE_TIER={
            "range": (side_by_side(*spread), tree),
            "single": ([[20.0, 6.0, 400.0]], tree),
            "no_model": (side_by_side(*spread), "none"),
        },
    )


def _whole() -> list[Case]:
    before, now = (
        column("A", "B", "C", None, "D", "A", "Z"),
        column("B", "B", "A", "C", None, "A", "A"),
    )
    bought = (TEXTS, LAST, MONETARY)
    return _cases(
        TIER_MOVE={
            "range": (before, now),
            "own": (column("Top", "Mid"), column("Mid", "Top"), "Top;Mid;Low"),
            "single": ("B", "A"),
        },
        TIER_STRATEGY={
            "range": (column("A", "D", None, "Q", "#N/A"),),
            "industry": ("A", "retail"),
            "unknown": ("A", "astrology"),
        },
        RFM_TABLE={
            "range": (TEXTS, days_ago(*range(10, 130, 10)), FREQUENCY[:5] * 2 + FREQUENCY[:2]),
            "as_of": (TEXTS, days_ago(*range(10, 130, 10)), BOUGHT, CUSTOMERS, NEW_YEAR),
        },
        DATA_CHECK={"range": bought, "unequal": (TEXTS[1:], LAST, MONETARY)},
    )


def _cases(**functions: dict[str, tuple[Any, ...]]) -> list[Case]:
    return [
        Case(function=function, name=name, arguments=arguments)
        for function, given in functions.items()
        for name, arguments in given.items()
    ]


@cache
def cases(lang: str) -> tuple[Case, ...]:
    """All calls, in the order of the functions."""
    found = [c for f in ("RFM_TIER", "RFM_SCORE", "RFM_SEGMENT", "TIER_WHY") for c in _rfm(f, lang)]
    found += [*_classes(), *_scores(), *_worth(), *_learned(lang), *_whole()]
    order = list(FUNCTIONS)
    return tuple(sorted(found, key=lambda c: order.index(c.function)))
