"""The workbook's own formulas, calculated by LibreOffice, against the same rules in Python."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Literal

import numpy as np
import polars as pl
import pytest
from openpyxl import load_workbook

from addin.hosts.file.fill import fill
from addin.words import Words
from templates.build import build
from templates.formulas import MEASURES
from templates.shape import Shape
from tests.templates.workbook import BARE, LARGE, SMALL, tables

SCORED = ("r_score", "f_score", "m_score", "rfm", "score", "tier")
WEIGHTS = {"recency": 1, "frequency": 2, "monetary": 0.5}
# Names that a criterion could take for a comparison, a wildcard or a formula.
ODD = replace(
    SMALL,
    tiers=(">3 top", 'a "b"', "c*", "d?~", "=1+1"),
    bins=(3, 12, 4),
    segments=("<5", "x*", "xy", "x?", "x~y", "none"),
)
SHAPES = {
    "small": SMALL,
    "large": replace(LARGE, bins=(7, 9, 8)),
    "odd": ODD,
}


@dataclass(frozen=True, kw_only=True)
class Case:
    """Customers, and the model that grades them."""

    shape: Shape
    measures: dict[str, list[float]]
    cuts: dict[str, list[float]]
    limits: list[float]
    segments: list[str]
    stages: list[str]
    closed: Literal["left", "right"] = "right"

    def graded(self) -> list[tuple[int, int, int, int | str, float, str]]:
        """Scores, rfm, score and tier of each customer, as the design says them."""
        rows = []
        side: Literal["left", "right"] = "left" if self.closed == "right" else "right"
        bins = [
            1 + np.searchsorted(self.cuts[key], self.measures[key], side=side) for key in MEASURES
        ]
        total = sum(WEIGHTS.values())
        for r_bin, f, m in zip(*(scores.tolist() for scores in bins), strict=True):
            r = self.shape.bins[0] + 1 - r_bin
            weighted = r * WEIGHTS["recency"] + f * WEIGHTS["frequency"] + m * WEIGHTS["monetary"]
            score = round(weighted / total, 6)
            tier = next(
                (t for t, low in zip(self.shape.tiers, self.limits, strict=True) if low <= score),
                self.shape.tiers[-1],
            )
            joined = f"{r}-{f}-{m}" if max(self.shape.bins) > 9 else 100 * r + 10 * f + m
            rows.append((r, f, m, joined, score, tier))
        return rows


def case(shape: Shape, *, customers: int = 200, seed: int = 7) -> Case:
    """Made-up customers with many values exactly at a cut point."""
    random = np.random.default_rng(seed)
    monetary = np.round(random.lognormal(5, 1.2, customers), 2)
    monetary[:30] = monetary[0]
    measures = {
        "recency": random.integers(0, 90, customers).astype(float),
        "frequency": random.integers(1, 15, customers).astype(float),
        "monetary": monetary,
    }
    cuts = {
        key: sorted(random.choice(measures[key], bins - 1).tolist())
        for key, bins in zip(MEASURES, shape.bins, strict=True)
    }
    highest = max(shape.bins)
    count = len(shape.tiers)
    limits = [round(highest * (count - 1 - number) / count, 2) for number in range(count)]
    return Case(
        shape=shape,
        measures={key: values.tolist() for key, values in measures.items()},
        cuts=cuts,
        limits=limits,
        # The last of each has no customer.
        segments=random.choice(shape.segments[:-1], customers).tolist(),
        stages=random.choice(shape.stages[:-1], customers).tolist(),
    )


def model_rows(words: Words, made: Case) -> list[tuple[str, str | None, int | None, object]]:
    rows: list[tuple[str, str | None, int | None, object]] = []
    for key, bins in zip(MEASURES, made.shape.bins, strict=True):
        measure = words(f"measure.{key}")
        rows += [(words("item.cut"), measure, n, cut) for n, cut in enumerate(made.cuts[key], 1)]
        rows.append((words("item.bins"), measure, None, bins))
        rows.append((words("item.weight"), measure, None, WEIGHTS[key]))
    named = zip(made.shape.tiers, made.limits, strict=True)
    rows += [(words("item.tier"), name, n, low) for n, (name, low) in enumerate(named, 1)]
    # A word in the column of numbers must not disturb, nor may the order of the rows.
    rows.append((words("item.closed"), None, None, int(made.closed == "left")))
    rows.append((words("item_more.as_of"), None, None, "2025-01-01"))
    return rows[::-1]


def filled(folder: Path, words: Words, made: Case) -> Path:
    """The template with the customers and the model, nothing graded yet."""
    path = folder / "template.xlsx"
    build(path, words=words, shape=made.shape)
    customers = words.section("header.FenjiCustomers")
    model = list(words.section("header.FenjiModel").values())
    count = len(made.segments)
    columns: dict[str, Sequence[object]] = {
        customers["customer"]: [f"{number:05d}" for number in range(count)] + ["returns"],
        **{customers[key]: [*made.measures[key], None] for key in MEASURES},
        customers["segment"]: [*made.segments, None],
        customers["stage"]: [*made.stages, None],
    }
    rows = model_rows(words, made)
    fill(
        path,
        folder / "filled.xlsx",
        tables={
            "FenjiCustomers": pl.DataFrame(columns),
            "FenjiModel": pl.DataFrame(
                {
                    model[0]: [row[0] for row in rows],
                    model[1]: [row[1] for row in rows],
                    model[2]: [row[2] for row in rows],
                    model[3]: pl.Series([row[3] for row in rows], dtype=pl.Object),
                }
            ),
        },
        cells={},
    )
    return folder / "filled.xlsx"


def read(path: Path, name: str) -> list[dict[str, object]]:
    """A table's rows by header, with the values in the cells."""
    # LibreOffice keeps no calculated columns, but the tables' places and the values.
    book = load_workbook(path, data_only=True)
    table = tables(book)[name]
    left, top, right, bottom = table.box
    header, *rows = book[table.sheet].iter_rows(top, bottom, left, right, values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


@pytest.mark.parametrize("closed", ["left", "right"])
@pytest.mark.parametrize("name", SHAPES)
def test_scores_and_tiers_are_those_of_the_rules(
    tmp_path: Path,
    words: Words,
    office: ModuleType,
    name: str,
    closed: Literal["left", "right"],
) -> None:
    made = replace(case(SHAPES[name]), closed=closed)
    assert made.graded() != replace(made, closed="left" if closed == "right" else "right").graded()
    path = office.recalculate(filled(tmp_path, words, made))
    assert office.errors(office.cell_values(path)) == {}
    headers = [words(f"header.FenjiCustomers.{key}") for key in SCORED]
    *rows, returns = [
        tuple(row[header] for header in headers) for row in read(path, "FenjiCustomers")
    ]
    assert rows == made.graded()
    assert {None if value == "" else value for value in returns} == {None}


def test_the_last_tier_takes_the_rest(tmp_path: Path, words: Words, office: ModuleType) -> None:
    made = replace(case(SMALL), limits=[4.5, 4, 3.5, 3])
    assert any(row[4] < 3 for row in made.graded())
    path = office.recalculate(filled(tmp_path, words, made))
    header = words("header.FenjiCustomers.tier")
    tiers = [row[header] for row in read(path, "FenjiCustomers")]
    assert tiers[:-1] == [row[5] for row in made.graded()]


def test_a_changed_cut_point_weight_or_limit_grades_everybody_again(
    tmp_path: Path, words: Words, office: ModuleType
) -> None:
    made = case(SMALL)
    later = replace(
        made, cuts=made.cuts | {"recency": [5.0, 6.0, 70.5, 80.0]}, limits=[4.5, 2, 1, 0]
    )
    assert made.graded() != later.graded()
    path = office.recalculate(filled(tmp_path, words, later))
    headers = [words(f"header.FenjiCustomers.{key}") for key in SCORED]
    rows = [tuple(row[header] for header in headers) for row in read(path, "FenjiCustomers")]
    assert rows[:-1] == later.graded()


@pytest.mark.parametrize("name", SHAPES)
def test_the_dashboard_counts_what_stands_in_customers(
    tmp_path: Path, words: Words, office: ModuleType, name: str
) -> None:
    made = case(SHAPES[name])
    path = office.recalculate(filled(tmp_path, words, made))
    graded = made.graded()
    groups = {
        "FenjiTiers": (made.shape.tiers, [str(row[5]) for row in graded]),
        "FenjiSegments": (made.shape.segments, made.segments),
        "FenjiStages": (made.shape.stages, made.stages),
    }
    for table, (names, member) in groups.items():
        headers = words.section(f"header.{table}")
        for group, row in zip(names, read(path, table), strict=True):
            expected = _summary(made, [group == each for each in member])
            got = {key: row[header] for key, header in headers.items() if key in expected}
            assert got == pytest.approx({key: expected[key] for key in got}, nan_ok=False)
            assert got.keys() >= {"customers", "monetary"}
    heat = read(path, "FenjiHeat")
    counted = {
        (row[words("header.FenjiHeat.r_score")], f): row[f"F{f}"]
        for row in heat
        for f in range(1, made.shape.bins[1] + 1)
    }
    pairs = [(row[0], row[1]) for row in graded]
    assert counted == {pair: pairs.count(pair) for pair in counted}
    assert sum(counted.values()) == len(graded)


@pytest.mark.parametrize("sign", [-1, 0])
def test_there_are_no_shares_of_nothing_or_of_a_loss(
    tmp_path: Path, words: Words, office: ModuleType, sign: int
) -> None:
    made = case(SMALL)
    made.measures["monetary"] = [sign * abs(amount) for amount in made.measures["monetary"]]
    # A single gain does not make up for the losses.
    made.measures["monetary"][0] = -sign * 0.5
    path = office.recalculate(filled(tmp_path, words, made))
    for table in ("FenjiTiers", "FenjiSegments"):
        headers = words.section(f"header.{table}")
        rows = read(path, table)
        assert {row[headers["monetary_share"]] or "" for row in rows} == {""}
        assert sum(row[headers["customer_share"]] for row in rows) == pytest.approx(1)


def _summary(made: Case, member: list[bool]) -> dict[str, object]:
    amounts = [a for a, mine in zip(made.measures["monetary"], member, strict=True) if mine]
    days = [d for d, mine in zip(made.measures["recency"], member, strict=True) if mine]
    return {
        "customers": len(amounts),
        "customer_share": len(amounts) / len(member),
        "monetary": sum(amounts),
        "monetary_share": sum(amounts) / sum(made.measures["monetary"]),
        "mean_monetary": sum(amounts) / len(amounts) if amounts else None,
        "mean_recency": sum(days) / len(days) if days else None,
    }


@pytest.mark.parametrize("name", ["small", "odd", "bare"])
def test_built_and_filled_templates_are_valid_and_free_of_errors(
    tmp_path: Path,
    words: Words,
    office: ModuleType,
    validator: Callable[[Path], list[str]],
    name: str,
) -> None:
    path = tmp_path / "template.xlsx"
    build(path, words=words, shape=(SHAPES | {"bare": BARE})[name])
    assert validator(path) == []
    assert office.errors(office.cell_values(office.recalculate(path))) == {}
    if name != "bare":
        assert validator(filled(tmp_path, words, case(SHAPES[name]))) == []
