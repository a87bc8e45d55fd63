"""Every method's formulas, calculated by LibreOffice, give what Fenji gives, changed or not."""

from __future__ import annotations

import copy
import dataclasses
import datetime as dt
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import polars as pl
import pytest

from addin.hosts.file.fill import fill
from addin.hosts.file.reading import read_sources
from addin.live.exact import is_live
from addin.live.model import METHODS, has_formulas, live_lines
from addin.model_table import model_table
from addin.tables import customers_table, shape_of
from addin.words import Words
from addin.words import words as words_of
from segmentation.bins import tidy
from segmentation.run import Grading, grade
from segmentation.scheme import MEASURES
from segmentation.scheme_defaults import method_text
from segmentation.scheme_file import parse_scheme
from segmentation.sources import RawSheet
from templates.build import build
from templates.shape import Shape
from tests.segmentation.sheets import sheet
from tests.templates.test_formulas import read

CUSTOMERS = "FenjiCustomers"
MODEL = "FenjiModel"
LIVE = ("r_score", "f_score", "m_score", "rfm", "score", "tier")
FIXED = """
[rfm]
cut = "fixed"
cut_points = { recency = [%s], frequency = [%s], monetary = [%s] }
weights = { recency = %s, frequency = %s, monetary = %s }
"""
TIERS = """
[[tiers]]
key = "gold"
name = { zh = "黄金", en = "Gold" }
%s
[[tiers]]
key = "plain"
name = { zh = "普通", en = "Plain" }
%s
[[tiers]]
key = "rest"
name = { zh = "其余", en = "Rest" }
%s
"""
SIZES = """method = "size"
[size]
take = "%s"
measures = { monetary = [%s, %s], frequency = [%s, %s] }
"""
GRID = """method = "matrix"
[matrix]
grid = [[%s, %s], [%s, %s]]
plus = "%s"
[matrix.rows]
measure = "recency"
by = "quantile"
[matrix.columns]
measure = "monetary"
by = "quantile"
"""
RISKS = """method = "risk"
[risk]
take = "most"
[risk.indicators]
overdue = { normal = { at_least = %s }, high = { at_least = %s } }
recency = { normal = { above = %s }, high = { above = %s } }
frequency = { normal = { below = %s }, high = { at_most = %s } }
"""
OWN = """method = "risk"
[columns]
debt = { name = { zh = "欠款", en = "Debt" }, headers = ["Debt"] }
mark = { name = { zh = "评语", en = "Mark" }, headers = ["Mark"], kind = "text" }
[risk.indicators]
debt = { normal = { above = %s }, high = { at_least = %s } }
mark = { words = { low = ["good"], high = ["bad"] } }
"""
FRIENDS = """method = "loyalty"
[columns]
friends = { name = { zh = "推荐", en = "Friends" }, headers = ["Friends"] }
stars = { name = { zh = "星级", en = "Stars" }, headers = ["Stars"] }
[loyalty]
referrals = "friends"
satisfaction = "stars"
loyal_orders = %s
potential_orders = %s
min_referrals = %s
min_satisfaction = %s
"""


Change = Callable[[dict[str, Any]], None]


CUTS = ("30, 90, 200, 300", "1, 2, 4, 8", "20, 60, 150, 400")
OTHER_CUTS = ("25, 110, 180, 330", "1, 3, 5, 9", "35, 70, 200, 500")
ALIKE = ("1", "1", "1")


@dataclass(frozen=True, kw_only=True)
class Case:
    """A scheme, and the same with other numbers: as text, or as a change of what was learned.

    The cut points of the three scores change with every case.
    """

    scheme: str
    changed: str | Change
    own: bool = False

    def before(self) -> str:
        return _scored(self.scheme, CUTS)

    def after(self) -> str | None:
        """None where a scheme can't say it."""
        return _scored(self.changed, OTHER_CUTS) if isinstance(self.changed, str) else None


def _scored(text: str, cuts: tuple[str, str, str]) -> str:
    return text if "[rfm]" in text else text + FIXED % (*cuts, *ALIKE)


def replaced(text: str, *pairs: tuple[str, str]) -> str:
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text


def rfm(cuts: tuple[str, str, str], weights: tuple[str, str, str]) -> str:
    return 'method = "rfm"' + FIXED % (*cuts, *weights)


def of_method(method: str, before: Sequence[tuple[str, str]], *pairs: tuple[str, str]) -> Case:
    text = replaced(method_text(method), *before)
    return Case(scheme=text, changed=replaced(text, *pairs))


def lower_limits(model: dict[str, Any]) -> None:
    """The tiers of a rank begin at other values."""
    for wanted, factor in zip(model["learned"]["limits"], (0.4, 0.3), strict=True):
        wanted[0]["at_least"] = round(wanted[0]["at_least"] * factor, 2)


def lower_classes(model: dict[str, Any]) -> None:
    """The tiers of ABC begin at other values, of which nobody has just that one."""
    for last, factor in zip(model["learned"]["limits"], (0.5321, 0.4321), strict=True):
        last[:] = [float(tidy(last[0] * factor)), "~"]


def lower_least(model: dict[str, Any]) -> None:
    least = model["learned"]["least"]
    least[:] = [round(least[0] * 0.45, 2), round(least[1] * 0.35, 2)]


def other_cuts(model: dict[str, Any]) -> None:
    for measure, cuts in zip(MEASURES, OTHER_CUTS, strict=True):
        model["rfm"]["cuts"][measure] = {"*": [float(cut) for cut in cuts.split(",")]}


WEIGHTS = (("weight = 30\n", "weight = 10\n"), ("weight = 20\n", "weight = 30\n"))
LIMITS = (("min_score = 70", "min_score = 61.5"), ("min_score = 50", "min_score = 44"))
POTENTIAL = (
    ("weight = 28", "weight = 10"),
    ('growth", weight = 21', 'growth", weight = 35'),
    ('recency", weight = 21', 'recency", weight = 25'),
    ("min_score = 67", "min_score = 59.5"),
    ("min_score = 34", "min_score = 47"),
)
SKIP = 'missing = "skip"'
CASES: Mapping[str, Case] = {
    "rfm": Case(
        scheme=rfm(CUTS, ALIKE),
        changed=rfm(("15, 90, 100, 420", "1, 3, 4, 8", "20, 90, 150, 400"), ("3", "1", "0.5")),
    ),
    "thresholds": Case(
        scheme='method = "thresholds"\n'
        + TIERS
        % (
            "at_least = 300\nlimits = { frequency = { above = 2 } }",
            "above = 40\nbelow = 5000\nlimits = { recency = { at_most = 300 } }",
            "",
        ),
        changed='method = "thresholds"\n'
        + TIERS
        % (
            "at_least = 150\nlimits = { frequency = { above = 1 } }",
            "above = 30\nbelow = 900\nlimits = { recency = { at_most = 150 } }",
            "",
        ),
    ),
    "top": Case(scheme=method_text("top"), changed=lower_limits),
    "abc": Case(scheme=method_text("abc"), changed=lower_classes),
    "abc joint": Case(
        scheme='method = "abc"\n[abc]\nmeasures = { monetary = 0.7, frequency = 0.3 }\n',
        changed=lower_classes,
    ),
    "size": Case(scheme=method_text("size"), changed=lower_least),
    "size best": Case(
        scheme=SIZES % ("best", 500, 100, 6, 3), changed=SIZES % ("best", 250, 45, 4, 2)
    ),
    "size worst": Case(
        scheme=SIZES % ("worst", 500, 100, 6, 3), changed=SIZES % ("worst", 250, 45, 4, 2)
    ),
    "loyalty": of_method(
        "loyalty",
        (),
        ("loyal_orders = 4", "loyal_orders = 3"),
        ("loyal_months = 3", "loyal_months = 2"),
        ("potential_orders = 2", "potential_orders = 1"),
    ),
    "lifecycle": of_method(
        "lifecycle",
        (),
        ("active_days = 90", "active_days = 60"),
        ("dormant_days = 180", "dormant_days = 300"),
        ("new_orders = 1", "new_orders = 3"),
    ),
    "lifecycle intervals": of_method(
        "lifecycle",
        (('unit = "days"', 'unit = "intervals"'),),
        ("active_intervals = 1.5", "active_intervals = 0.75"),
        ("dormant_intervals = 3", "dormant_intervals = 4.5"),
        ("new_orders = 1", "new_orders = 3"),
    ),
    "scorecard": of_method("scorecard", (), *WEIGHTS, *LIMITS),
    "scorecard lowest": of_method("scorecard", ((SKIP, 'missing = "lowest"'),), *WEIGHTS, *LIMITS),
    "scorecard middle": of_method("scorecard", ((SKIP, 'missing = "middle"'),), *WEIGHTS, *LIMITS),
    "potential": of_method("potential", (), *POTENTIAL),
    "potential middle": of_method("potential", ((SKIP, 'missing = "middle"'),), *POTENTIAL),
    "matrix": of_method(
        "matrix",
        (),
        ('["A", "A", "B"]', '["A", "C", "D"]'),
        ('["A", "B", "C"]', '["B", "B", "A"]'),
        ('["B", "C", "D"]', '["D", "A", "B"]'),
    ),
    "matrix points": Case(
        scheme=GRID % (9, 6, 5, 1, "frequency") + TIERS % ("min_score = 12", "min_score = 7", ""),
        changed=GRID % (4, 6, 8, 2, "frequency")
        + TIERS % ("min_score = 10.5", "min_score = 6", ""),
    ),
    "risk": of_method(
        "risk",
        (),
        ("overdue = { normal = { above = 1.5 }", "overdue = { normal = { above = 0.8 }"),
        ("high = { above = 3 }", "high = { above = 6 }"),
        ("normal = { above = 0.1 }", "normal = { above = 0.05 }"),
        ("high = { above = 0.3 }", "high = { above = 0.15 }"),
    ),
    "risk most": Case(
        scheme=RISKS % (1.5, 3, 90, 300, 3, 1), changed=RISKS % (0.8, 5, 60, 200, 5, 2)
    ),
    "risk own": Case(scheme=OWN % (100, 400), changed=OWN % (350, 600), own=True),
    "loyalty own": Case(scheme=FRIENDS % (6, 3, 2, 3), changed=FRIENDS % (4, 2, 1, 4), own=True),
}
# A method's other ways are tried on one set of data.
WAYS = ("abc joint", "intervals", "best", "worst", "lowest", "middle", "points", "most")


@dataclass(frozen=True, kw_only=True)
class Orders:
    """The first so many rows of a file of orders, and in which language they are graded."""

    file: str
    rows: int
    lang: str
    as_of: dt.date | None = None
    ways: bool = False

    def sheets(self, folder: Path) -> list[RawSheet]:
        found = read_sources([folder / self.file])
        return [dataclasses.replace(s, cells=s.cells.head(self.rows)) for s in found]


DATA = {
    "cdnow": Orders(file="cdnow/cdnow_sample.csv", rows=600, lang="en", ways=True),
    "retail": Orders(
        file="online_retail/Online Retail (first 70051 rows).xlsx", rows=8_000, lang="zh"
    ),
    # One order of it lies in 2052.
    "messy": Orders(
        file="zh_messy_orders/orders.xlsx", rows=800, lang="zh", as_of=dt.date(2026, 1, 1)
    ),
}
SEEDS = (3, 4, 5)


def people(count: int = 120, seed: int = 3) -> list[RawSheet]:
    """A list of customers with columns of its own, some of them blank."""
    random = np.random.default_rng(seed)
    marks = ("good", "Good", "bad", "so-so", None)

    def numbers(most: int) -> list[str | None]:
        some = random.integers(0, most, count).tolist()
        return [None if random.random() < 0.15 else str(n) for n in some]

    columns = {
        "customer_id": [f"C{i:04d}" for i in range(count)],
        "recency_days": [str(n) for n in random.integers(0, 400, count).tolist()],
        "orders": [str(n) for n in random.integers(1, 10, count).tolist()],
        "total_spend": [str(n) for n in random.integers(10, 900, count).tolist()],
        "Debt": numbers(800),
        "Mark": [marks[n] for n in random.integers(0, len(marks), count).tolist()],
        "Friends": numbers(4),
        "Stars": numbers(6),
    }
    return [sheet(tuple(columns), *zip(*columns.values(), strict=True))]


@dataclass(frozen=True, kw_only=True)
class Made:
    """A workbook before it is calculated, and what should stand in it afterwards."""

    path: Path
    expected: pl.DataFrame
    words: Words
    exact: bool


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A workbook as graded, and the same with other numbers in its model.

    ``own`` counts the method's own numbers, ``changed`` those of them that differ, ``typed`` all
    that were typed.
    """

    before: Made
    after: Made
    own: int
    changed: int
    typed: int

    def moved(self) -> int:
        """How many customers change their tier."""
        keys = [self.before.words(f"header.{CUSTOMERS}.{key}") for key in ("customer", "tier")]
        then, now = (
            dict(each.expected.select(keys).iter_rows()) for each in (self.before, self.after)
        )
        return sum(then[key] != now[key] for key in then)


def again(case: Case, sheets: list[RawSheet], before: Grading, as_of: dt.date | None) -> Grading:
    """The grading with the changed numbers, as ``fenji grade`` gives it."""
    after = case.after()
    if after is not None:
        return graded(after, sheets, as_of)
    assert not isinstance(case.changed, str)
    model = copy.deepcopy(dict(before.model))
    case.changed(model)
    other_cuts(model)
    scheme = parse_scheme(case.before(), source="x.toml")
    return grade(sheets, scheme=scheme, model=model, as_of=as_of)


def graded(text: str, sheets: list[RawSheet], as_of: dt.date | None = None) -> Grading:
    return grade(sheets, scheme=parse_scheme(text, source="x.toml"), as_of=as_of)


def lines(grading: Grading, words: Words) -> pl.DataFrame:
    """The table FenjiModel as the workbook has it."""
    headers = words.section(f"header.{MODEL}")
    return model_table(grading.model, words).rename(dict(headers))


def book(path: Path, grading: Grading, words: Words) -> Made:
    """The workbook of a grading, its customers and its model."""
    form = shape_of(grading.model, words, live=True)
    assert form["live"]
    build(path, words=words, shape=Shape(**form), only=("customers", "model"))
    expected = customers_table(grading, words)
    fill(path, path, tables={CUSTOMERS: expected, MODEL: lines(grading, words)}, cells={})
    grades = form["grades"]
    exact = grades is None or "score" in grades.formulas
    return Made(path=path, expected=expected, words=words, exact=exact)


def typed_over(path: Path, made: Made, model: pl.DataFrame) -> Path:
    """The same workbook with other lines in its model, and nothing else changed."""
    fill(made.path, path, tables={MODEL: model}, cells={})
    return path


def pair(
    folder: Path,
    name: str,
    sheets: list[RawSheet],
    words: Words,
    *,
    as_of: dt.date | None = None,
) -> Pair | None:
    """The two workbooks of a case; None where the grading can have no formulas."""
    case = CASES[name]
    before = graded(case.before(), sheets, as_of)
    if not is_live(before):
        return None
    after = again(case, sheets, before, as_of)
    slug = name.replace(" ", "-")
    first = book(folder / f"{slug}-1.xlsx", before, words)
    model, typed = changed_lines(before, after, words)
    second = typed_over(folder / f"{slug}-2.xlsx", first, model)
    own = [own_lines(each, words) for each in (before, after)]
    return Pair(
        before=first,
        after=dataclasses.replace(first, path=second, expected=customers_table(after, words)),
        own=len(own[0]),
        changed=sum(own[0][key] != own[1][key] for key in own[0]),
        typed=typed,
    )


def changed_lines(before: Grading, after: Grading, words: Words) -> tuple[pl.DataFrame, int]:
    """The model before with the numbers of the one after typed over it, and how many differ."""
    head = words.section(f"header.{MODEL}")
    keys = [head["item"], head["measure"], head["number"]]
    first = lines(before, words)
    both = (each.select(*keys, head["value"]) for each in (first, lines(after, words)))
    (_, rows), (later, _) = ((_by_key(each), list(each.iter_rows())) for each in both)
    # What no formula takes stays as it is.
    quiet = {words(f"item_more.{key}") for key in words.section("item_more")}
    values = [value if key[0] in quiet else later[tuple(key)] for *key, value in rows]
    count = sum(new != row[3] for new, row in zip(values, rows, strict=True))
    column = pl.Series(head["value"], values, dtype=pl.Object)
    return first.with_columns(column), count


def own_lines(grading: Grading, words: Words) -> dict[object, object]:
    """The values of the lines by which the method itself grades."""
    if grading.model["method"] != "rfm":
        return {line.key: line.value for line in live_lines(grading.model, words)}
    items = {words(f"item.{key}") for key in ("weight", "cut", "tier")}
    return {key: v for key, v in _by_key(lines(grading, words)).items() if key[0] in items}


def _by_key(model: pl.DataFrame) -> dict[tuple[object, ...], object]:
    return {row[:3]: row[3] for row in model.iter_rows()}


def differences(made: Made, path: Path) -> tuple[list[tuple[object, ...]], int]:
    """Where a calculated workbook says something else than expected; how many cells were read."""
    headers = {key: made.words(f"header.{CUSTOMERS}.{key}") for key in LIVE}
    key = made.words(f"header.{CUSTOMERS}.customer")
    rows = {row[key]: row for row in read(path, CUSTOMERS)}
    assert rows.keys() == set(made.expected[key])
    found: list[tuple[object, ...]] = [
        (wanted[key], h, rows[wanted[key]][h], wanted[h])
        for wanted in made.expected.iter_rows(named=True)
        for k, h in headers.items()
        if not same(rows[wanted[key]][h], wanted[h], exact=made.exact or k != "score")
    ]
    return found, len(rows) * len(headers)


def same(one: object, other: object, *, exact: bool) -> bool:
    blank = (None, "")
    if other in blank or (isinstance(other, float) and math.isnan(other)):
        return one in blank
    if exact or not isinstance(other, float):
        return one == other
    # A value that no formula gives: a file of LibreOffice's holds 15 digits of it.
    return isinstance(one, int | float) and math.isclose(one, other, rel_tol=1e-14)


def prove(
    pairs: Mapping[str, Pair], office: ModuleType, note: Callable[[str, object], None]
) -> None:
    """Whether LibreOffice comes to just what Fenji gave, before and after the change."""
    made = [each for both in pairs.values() for each in (both.before, both.after)]
    started = time.monotonic()
    paths = office.recalculate_all([each.path for each in made])
    note("seconds_of_libreoffice", round(time.monotonic() - started))
    calculated = dict(zip([each.path for each in made], paths, strict=True))
    cells = 0
    for name, both in pairs.items():
        for one in (both.before, both.after):
            wrong, count = differences(one, calculated[one.path])
            assert wrong[:3] == [], (name, one.path.name, len(wrong))
            cells += count
        assert both.changed >= min(5, both.own), name
        assert both.typed >= 5, name
        assert both.moved() >= 5, name
    note("cells", cells)
    note("numbers_changed", {n: (b.changed, b.own, b.typed) for n, b in pairs.items()})
    note("moved", {name: both.moved() for name, both in pairs.items()})


@pytest.mark.parametrize("data", DATA)
def test_formulas_give_what_fenji_gives_before_and_after_a_change(
    tmp_path: Path,
    shared_data: Path,
    office: ModuleType,
    record_property: Callable[[str, object], None],
    data: str,
) -> None:
    of = DATA[data]
    sheets = of.sheets(shared_data)
    names = [
        name
        for name, case in CASES.items()
        if not case.own and (of.ways or not name.endswith(WAYS))
    ]
    made = {name: pair(tmp_path, name, sheets, words_of(of.lang), as_of=of.as_of) for name in names}
    pairs = {name: both for name, both in made.items() if both}
    assert list(pairs) == names
    assert {name for name in names if " " not in name} == {"rfm", *METHODS}
    prove(pairs, office, record_property)


def test_so_they_do_with_columns_of_ones_own(
    tmp_path: Path, office: ModuleType, record_property: Callable[[str, object], None]
) -> None:
    pairs = {}
    for seed in SEEDS:
        for name in (name for name, case in CASES.items() if case.own):
            folder = tmp_path / str(seed)
            folder.mkdir(exist_ok=True)
            both = pair(folder, name, people(seed=seed), words_of("zh" if seed % 2 else "en"))
            assert both, name
            pairs[f"{name} {seed}"] = renamed(both, seed)
    prove(pairs, office, record_property)


def renamed(both: Pair, number: int) -> Pair:
    """The same under names of files that no other pair has."""

    def one(made: Made) -> Made:
        path = made.path.with_name(f"{number}-{made.path.name}")
        return dataclasses.replace(made, path=made.path.rename(path))

    return dataclasses.replace(both, before=one(both.before), after=one(both.after))


def test_where_a_class_ends_among_equals_there_are_no_formulas() -> None:
    # Keys decide who of them is in, and no formula knows them.
    rows = [(f"C{i}", "10", "2", "100") for i in range(10)]
    sheets = [sheet(("customer_id", "recency_days", "orders", "total_spend"), *rows)]
    grading = graded(method_text("abc"), sheets)
    assert has_formulas(grading.model)
    assert grading.graded["tier_no"].n_unique() > 1
    assert not is_live(grading)


KINDS = ("blank", "text", "turned", "sorted", "no weight")


def test_whatever_is_typed_gives_a_tier_or_a_blank_never_an_error(
    tmp_path: Path, office: ModuleType
) -> None:
    words, sheets = words_of("en"), people(24)
    item, value, tier = (
        words(f"header.{MODEL}.item"),
        words(f"header.{MODEL}.value"),
        words(f"header.{CUSTOMERS}.tier"),
    )
    quiet = {words(f"item_more.{key}") for key in words.section("item_more")}
    paths, kinds = [], {}
    for name, case in CASES.items():
        if name.startswith("abc") or name.endswith(("intervals", "lowest", "middle", "worst")):
            continue
        before = graded(case.before(), sheets)
        made = book(tmp_path / f"{name.replace(' ', '-')}.xlsx", before, words)
        model = lines(before, words)
        live = [i for i, text in enumerate(model[item]) if text not in quiet]
        values = model[value].to_list()
        weight = words("item.weight" if name == "rfm" else "item_live.weight")
        weights = [i for i in live if model[item][i] == weight]
        typed: dict[str, dict[int, object]] = {
            "blank": {live[0]: None},
            "text": {live[-1]: "about 5"},
            "turned": dict(zip(live, [values[i] for i in live[::-1]], strict=True)),
            "sorted": {},
        }
        if weights:
            typed["no weight"] = dict.fromkeys(weights, 0)
        for kind, new in typed.items():
            column = [new.get(i, v) for i, v in enumerate(values)]
            other = model.with_columns(pl.Series(value, column, dtype=pl.Object))
            if kind == "sorted":
                other = other.reverse()
            path = tmp_path / f"{name}-{kind}.xlsx".replace(" ", "-")
            paths.append(typed_over(path, made, other))
            kinds[path] = (name, kind, made.expected)
    assert {kind for _, kind, _ in kinds.values()} == set(KINDS)
    for path, done in zip(paths, office.recalculate_all(paths), strict=True):
        name, kind, expected = kinds[path]
        assert office.errors(office.cell_values(done)) == {}, (name, kind)
        tiers = [row[tier] or "" for row in read(done, CUSTOMERS)]
        assert set(tiers) <= {*expected[tier], ""} | set(shown_tiers(name)), (name, kind)
        if kind == "sorted":
            assert tiers == expected[tier].to_list(), name
        if kind == "no weight":
            assert set(tiers) == {""}, name


def shown_tiers(name: str) -> list[str]:
    """The names of a case's tiers."""
    scheme = parse_scheme(CASES[name].scheme, source="x.toml")
    return [tier.name.get("en") or tier.key for tier in scheme.leading.tiers]


@pytest.mark.parametrize("method", ["kmeans", "tree", "clv"])
def test_what_formulas_can_not_say_has_values_alone(method: str) -> None:
    grading = graded(method_text(method), people())
    assert not has_formulas(grading.model)
    assert live_lines(grading.model, words_of("en")) == []
