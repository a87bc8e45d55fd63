"""Customers per tier, money per tier, moves, at risk: the same four numbers wherever they stand.

The workbook is read as LibreOffice calculates it, the table of customers is counted row by row.
"""

from __future__ import annotations

import json
import re
import warnings
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import openpyxl
import pytest

from addin.words import Words, words
from segmentation.scheme_file import preset
from templates.sample import write as write_sample
from tests.addin.conftest import Run
from tests.office import Values, cell_values
from tests.templates.workbook import Table, named_cells, tables

CENT = 0.005
REAL = {
    "online_retail": "online_retail/Online Retail (first 70051 rows).xlsx",
    "zh_messy_orders": "zh_messy_orders/orders.xlsx",
}


@dataclass(frozen=True, kw_only=True)
class Graded:
    """A graded workbook, calculated, and what was said of it."""

    values: Values
    tables: dict[str, Table]
    cells: dict[str, tuple[str, str]]
    said: dict[str, Any]
    lines: str
    words: Words

    def rows(self, name: str) -> list[dict[str, Any]]:
        """The rows of a table by the keys of its headers."""
        table = self.tables[name]
        left, top, right, bottom = table.box
        keys = {header: key for key, header in self.words.section(f"header.{name}").items()}
        if name == "FenjiCustomers":
            keys[self.words(f"header_more.{name}.before")] = "before"
        names = [keys.get(header, header) for header in table.headers]
        letters = [openpyxl.utils.get_column_letter(n) for n in range(left, right + 1)]
        sheet = self.values[table.sheet]
        return [
            {n: sheet.get(f"{c}{row}") for n, c in zip(names, letters, strict=True)}
            for row in range(top + 1, bottom + 1)
        ]

    def cell(self, name: str) -> Any:
        """What a named cell shows."""
        sheet, where = self.cells[name]
        return self.values[sheet].get(where)

    def headlines(self) -> str:
        """The sentences of the Dashboard."""
        return "\n".join(str(self.cell(f"FenjiHeadline{n}") or "") for n in range(1, 9))


def _graded(fenji: Run, office: ModuleType, source: Path, lang: str, *options: object) -> Graded:
    out = Path("graded.xlsx")
    done = fenji("grade", source, "-o", out, "--force", "--json", *options, lang=lang)
    assert done.code == 0, done.err
    told = fenji("grade", source, "-o", out, "--force", *options, lang=lang)
    assert told.code == 0, told.err
    with warnings.catch_warnings(action="ignore"):
        book = openpyxl.load_workbook(out)
        values = cell_values(office.recalculate(out.absolute()))
    assert office.errors(values) == {}
    return Graded(
        values=values,
        tables=tables(book),
        cells=named_cells(book),
        said=json.loads(done.out),
        lines=told.err,
        words=words(lang),
    )


def _money(text: str) -> float:
    return float(text.replace(",", ""))


def _hold(found: Graded, names: list[str], *, moved: bool) -> None:
    """Hold all places to the same numbers; ``names`` are the tiers, best first."""
    people = found.rows("FenjiCustomers")
    assert len(people) == found.said["customers"] == found.cell("FenjiCustomerCount")
    shown = found.rows("FenjiTiers")
    assert [row["tier"] for row in shown] == names

    counts = Counter(row["tier"] for row in people)
    assert [row["customers"] for row in shown] == [counts[name] for name in names]
    assert list(found.said["tiers"].values()) == [counts[name] for name in names]
    for name in names:
        assert re.search(rf"{re.escape(name)} {counts[name]:,}(?!\d)", found.lines), name

    amounts = [sum(row["monetary"] for row in people if row["tier"] == name) for name in names]
    assert [row["monetary"] for row in shown] == pytest.approx(amounts, abs=CENT)
    assert list(found.said["amounts"].values()) == pytest.approx(amounts, abs=CENT)
    for name, amount in zip(names, amounts, strict=True):
        said = re.findall(rf"{re.escape(name)} (-?[\d,]+\.\d\d)", found.lines)
        assert any(_money(text) == pytest.approx(amount, abs=CENT + 1e-6) for text in said), name

    _hold_risk(found, people)
    if moved:
        _hold_moves(found, people, names)
    else:
        assert found.cell("FenjiMovesUp") == found.cell("FenjiMovesDown") == "–"
        assert "moves" not in found.said


def _hold_risk(found: Graded, people: list[dict[str, Any]]) -> None:
    dormant = found.words("stage.dormant")
    risk = [r["monetary"] for r in people if r["stage"] == dormant and r["abc"] in ("A", "B")]
    assert found.said["at_risk"]["customers"] == found.cell("FenjiAtRiskCount") == len(risk)
    amount = pytest.approx(sum(risk), abs=CENT)
    assert found.said["at_risk"]["monetary"] == amount
    assert found.cell("FenjiAtRiskAmount") == amount
    if risk:
        number = re.escape(f"{sum(risk):,.2f}")
        for text in (found.lines, found.headlines()):
            assert re.search(rf"(?<!\d){len(risk):,}\D+{number}", text)
    listed = [r["monetary"] for r in found.rows("FenjiAtRisk") if r["customer"] is not None]
    assert listed == pytest.approx(sorted(risk, reverse=True)[:15], abs=CENT)


def _hold_moves(found: Graded, people: list[dict[str, Any]], names: list[str]) -> None:
    counts = found.said["moves"]
    before = [(row["before"], row["tier"]) for row in people]
    steps = [names.index(b) - names.index(t) for b, t in before if b and b != t]
    up, down = sum(s > 0 for s in steps), sum(s < 0 for s in steps)
    assert up + down > 0
    assert (counts["up"], counts["down"]) == (up, down)
    assert counts["new"] == sum(not b for b, _ in before)
    assert counts["same"] == sum(b == t for b, t in before)
    assert (found.cell("FenjiMovesUp"), found.cell("FenjiMovesDown")) == (up, down)
    numbers = [f"{counts[kind]:,}" for kind in ("up", "down", "new", "gone")]
    sentence = found.words(
        "headline.moves", **dict(zip(("up", "down", "new", "gone"), numbers, strict=True))
    )
    assert sentence in found.headlines()
    for kind in ("up", "down"):
        shown = found.words(
            "moves.count", kind=found.words(f"move.{kind}"), customers=f"{counts[kind]:,}"
        )
        assert shown in found.lines


def _tiers(industry: str, lang: str) -> list[str]:
    return [tier.name[lang] for tier in preset(industry).tiers]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_of_the_sample(lang: str, folder: Path, fenji: Run, office: ModuleType) -> None:
    orders = folder / "o.xlsx"
    write_sample(orders, lang)
    found = _graded(fenji, office, orders, lang)
    _hold(found, _tiers("general", lang), moved=False)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_of_the_sample_after_a_grading_before(
    lang: str, folder: Path, fenji: Run, office: ModuleType
) -> None:
    orders = folder / "o.xlsx"
    write_sample(orders, lang)
    before = fenji("grade", orders, "-o", "before.xlsx", "--as-of", "2026-03-31", lang=lang)
    assert before.code == 0, before.err
    found = _graded(fenji, office, orders, lang, "--previous", "before.xlsx")
    _hold(found, _tiers("general", lang), moved=True)
    assert "before.xlsx" in str(found.cell("FenjiDashboardMoves"))


def test_of_fixed_limits(folder: Path, fenji: Run, office: ModuleType) -> None:
    orders = folder / "o.xlsx"
    write_sample(orders, "zh")
    found = _graded(fenji, office, orders, "zh", "--method", "thresholds")
    _hold(found, [str(row["tier"]) for row in found.rows("FenjiTiers")], moved=False)


@pytest.mark.parametrize("name", REAL)
def test_of_real_orders(
    name: str, folder: Path, shared_data: Path, fenji: Run, office: ModuleType
) -> None:
    assert folder.is_dir()
    lang = "zh" if name.startswith("zh") else "en"
    found = _graded(fenji, office, shared_data / REAL[name], lang)
    _hold(found, _tiers("general", lang), moved=False)
