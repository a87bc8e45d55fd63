"""The sheet Budget: its formulas come to what segmentation.budget says, to the cent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from io import BytesIO
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from addin.budget import Inputs, Standing, facts, planned, settings_of, shown
from addin.budget_steps import steps
from addin.words import Words
from addin.words import words as words_of
from segmentation.budget import WAYS, Plan, TierFacts
from segmentation.ladder import Rung, plain
from templates.budget_formulas import BudgetFormulas, Cells
from templates.build import build, draw
from tests.templates.workbook import SMALL, built, named_cells, tables

CASES = 240
INPUTS = ("amount", "way", "least", "exponent")
STEPS = [field.name for field in fields(Cells)]


@dataclass(frozen=True, kw_only=True)
class Case:
    """What stands in the cells: the inputs, and the tiers' own; ``way`` may be none of ours."""

    inputs: Inputs
    standings: tuple[Standing, ...]
    way: str

    @property
    def amount(self) -> float | None:
        return self.inputs.amount

    def facts(self, words: Words) -> list[TierFacts]:
        return facts(self.standings, self.inputs, words)


def random_case(random: Random, count: int) -> Case:
    """Some budget, often one that is hard: ties, floors that do not fit, nobody in a tier."""
    names = [f"T{i}" for i in range(count)]
    even = random.random() < 0.2
    standings = tuple(
        Standing(
            rung=Rung(key=name),
            customers=10 if even else random.choice([0, 1, 7, 30, 400]),
            amount=1000.0
            if even
            else round(random.choice([0, -50, 10, 9000, 1e6]) * random.random(), 2),
            share=1 / count if even else random.choice([None, 0.0, 0.1, 0.25, 0.4]),
        )
        for name in names
    )
    amount = random.choice(
        [0.0, 0.01, 0.05, 1.0, 99.99, 1000.0, 12_345.67, 100_000.0, 9_999_999.99, 2e9]
    )
    part = amount / count

    def limit(chance: float, factor: float) -> float | None:
        return round(part * factor * random.random(), 2) if random.random() < chance else None

    rows = {}
    for name in names:
        floor = limit(0.3, 1.2)
        room = limit(0.4, 2.0)
        ceiling = None if room is None else round((floor or 0.0) + room, 2)
        if random.random() < 0.01:
            ceiling = 0.0
        response = random.choice([None, 1.0, 0.5, 2.0])
        rows[plain(name)] = {"response": response, "floor": floor, "ceiling": ceiling}
    inputs = Inputs(
        amount=amount,
        way=random.choice(WAYS),
        least=random.choice([None, None, None, 0.01, 1.0]),
        exponent=random.choice([0.1, 0.5, 0.8, 0.9]),
        rows=rows,
    )
    return Case(inputs=inputs, standings=standings, way=inputs.way)


def cases() -> Iterator[Case]:
    random = Random(20261122)
    for number in range(CASES):
        yield random_case(random, random.choice([1, 2, 3, 4, 5, 8]) if number else 60)
    one = random_case(random, 3)
    yield replace(one, inputs=replace(one.inputs, amount=None))
    yield replace(one, way="nothing of the kind")
    yield replace(one, inputs=replace(one.inputs, amount=-5.0))
    yield replace(one, standings=tuple(replace(s, customers=0) for s in one.standings))


def expected(case: Case, words: Words) -> tuple[Plan | None, str]:
    if case.way not in WAYS:
        return None, words("budget_state.bad_way")
    return planned(case.inputs, case.facts(words), words)


class Blocks:
    """A workbook with one sheet a case: its inputs, its tiers, and the budget's formulas."""

    def __init__(self, path: Path, words: Words) -> None:
        self.words = words
        self.book = xlsxwriter.Workbook(path)

    def add(self, number: int, case: Case) -> None:
        sheet = self.book.add_worksheet(f"S{number}")
        places = {name: (i, 1) for i, name in enumerate(STEPS)}
        cells = Cells(**{n: xl_rowcol_to_cell(*at, True, True) for n, at in places.items()})
        formulas = BudgetFormulas(words=self.words, cells=cells)
        given: dict[str, Any] = {
            "amount": case.amount,
            "way": self.words(f"budget_way.{case.way}") if case.way in WAYS else case.way,
            "least": case.inputs.least,
            "exponent": case.inputs.exponent,
        }
        for key, value in given.items():
            if value is not None:
                sheet.write(*places[key], value)
        for key, formula in formulas.steps().items():
            sheet.write_formula(*places[key], self._own(formula, number), None, "")
        sheet.write_formula(len(STEPS), 1, self._own(formulas.check(), number), None, "")
        self._tables(sheet, number, case, formulas.by_key())

    def _tables(self, sheet: Any, number: int, case: Case, formulas: Mapping[str, str]) -> None:
        rung = [s.rung.key for s in case.standings]
        columns: dict[str, dict[str, list[Any]]] = {
            "FenjiTiers": {
                "tier": rung,
                "customers": [s.customers for s in case.standings],
                "monetary": [s.amount for s in case.standings],
            },
            "FenjiStrategy": {"tier": rung, "budget_share": [s.share for s in case.standings]},
            "FenjiBudget": {key: [] for key in self.words.section("header.FenjiBudget")}
            | {"tier": rung}
            | {
                key: [case.inputs.of(s.rung).get(key) for s in case.standings]
                for key in ("response", "floor", "ceiling")
            },
        }
        left = 3
        for name, held in columns.items():
            headers = [self.words(f"header.{name}.{key}") for key in held]
            rows = len(rung)
            sheet.add_table(
                *(0, left, rows, left + len(headers) - 1),
                {"name": f"{name}{number}", "columns": [{"header": h} for h in headers]},
            )
            for offset, (key, values) in enumerate(held.items()):
                for row in range(rows):
                    cell = (row + 1, left + offset)
                    if name == "FenjiBudget" and key in formulas:
                        text = self._own(formulas[key], number)
                        sheet.write_formula(*cell, text, None, "")
                    elif values[row] is not None:
                        sheet.write(*cell, values[row])
            left += len(headers) + 1

    @staticmethod
    def _own(formula: str, number: int) -> str:
        """The formula over the tables of its sheet; one row is written so as Excel writes it."""
        for name in ("FenjiBudget", "FenjiTiers", "FenjiStrategy"):
            formula = formula.replace(f"{name}[", f"{name}{number}[")
        return formula


def test_formulas_come_to_the_same_cents_as_the_core(tmp_path: Path, office: ModuleType) -> None:
    words, path = words_of("en"), tmp_path / "cases.xlsx"
    blocks, all_cases = Blocks(path, words), list(cases())
    for number, case in enumerate(all_cases):
        blocks.add(number, case)
    blocks.book.close()
    book = openpyxl.load_workbook(office.recalculate(path), data_only=True)
    check = len(STEPS) + 1
    wrong, spread, told = [], 0, set()
    for number, case in enumerate(all_cases):
        sheet = book[f"S{number}"]
        found, sentence = expected(case, words)
        told.add(sentence[:12])
        held = _columns(sheet, f"FenjiBudget{number}", words)
        seen = [None if v in ("", None) else v for v in held["allocated"]]
        wanted = [line.allocated for line in found.lines] if found else [None] * len(seen)
        spread += found is not None
        if seen != wanted or sheet.cell(check, 2).value != sentence:
            wrong.append((number, case, seen, wanted, sheet.cell(check, 2).value, sentence))
        elif found:
            reasons = shown(found, case.facts(words), words)[-1].to_list()
            assert [text or None for text in held["why"]] == reasons, number
        if case.way in WAYS:
            done = steps(settings_of(case.inputs), case.amount, case.facts(words))
            # A ten-thousandth of a cent is the last digit of large amounts.
            rests = zip(held["rest"], done.columns.pop("rest"), strict=True)
            assert all(abs(one - other) <= 2000 for one, other in rests), number
            assert {k: held[k] for k in done.columns} == _near(done.columns), number
            cells = {k: sheet.cell(STEPS.index(k) + 1, 2).value for k in done.cells}
            assert cells == _near(done.cells), number
    assert wrong == []
    # The cases are no easy ones, and no empty ones.
    assert spread > CASES / 2
    assert len(told) >= 7, told


def _near(found: Mapping[str, Any]) -> dict[str, Any]:
    return {key: pytest.approx(value, rel=1e-9, abs=1e-9) for key, value in found.items()}


def _columns(sheet: Any, table: str, words: Words) -> dict[str, list[Any]]:
    head, *rows = sheet[sheet.tables[table].ref]
    keys = {header: key for key, header in words.section("header.FenjiBudget").items()}
    return {
        keys[cell.value]: [row[i].value for row in rows]
        for i, cell in enumerate(head)
        if cell.value in keys
    }


# ── the sheet ──────────────────────────────────────────────────────────────────────────────────


def sheet_of(count: int, words: Words, path: Path) -> None:
    """The template for so many tiers."""
    tiers = tuple(f"T{i}" for i in range(count))
    build(path, words=words, shape=replace(SMALL, tiers=tiers))


def put_in(path: Path, case: Case, words: Words) -> None:
    """Write a case into a template, as somebody would who types it in."""
    book = openpyxl.load_workbook(path)
    names = named_cells(book)
    given = {
        "FenjiBudgetAmount": case.amount,
        "FenjiBudgetWay": words(f"budget_way.{case.way}"),
        "FenjiBudgetLeast": case.inputs.least,
        "FenjiBudgetExponent": case.inputs.exponent,
    }
    for name, value in given.items():
        sheet, cell = names[name]
        book[sheet][cell].value = value
    each: dict[str, dict[str, list[Any]]] = {
        "FenjiTiers": {
            "customers": [s.customers for s in case.standings],
            "monetary": [s.amount for s in case.standings],
        },
        "FenjiStrategy": {"budget_share": [s.share for s in case.standings]},
        "FenjiBudget": {
            key: [case.inputs.of(s.rung).get(key) for s in case.standings]
            for key in ("response", "floor", "ceiling")
        },
    }
    for name, table in tables(book).items():
        left, top, _, _ = table.box
        for key, values in each.get(name, {}).items():
            col = left + table.headers.index(words(f"header.{name}.{key}"))
            for number, value in enumerate(values, start=1):
                book[table.sheet].cell(top + number, col).value = value
    book.save(path)


@pytest.mark.parametrize("count", [1, 2, 4, 60])
def test_the_sheet_answers_to_its_inputs(
    tmp_path: Path, words: Words, office: ModuleType, count: int
) -> None:
    random, path = Random(count), tmp_path / "budget.xlsx"
    sheet_of(count, words, path)
    case = random_case(random, count)
    while expected(case, words)[0] is None or not case.amount or case.way == "share":
        case = random_case(random, count)
    put_in(path, case, words)
    values = office.cell_values(made := office.recalculate(path))
    assert office.errors(values) == {}
    book = openpyxl.load_workbook(made, data_only=True)
    found, sentence = expected(case, words)
    assert found is not None
    sheet, cell = named_cells(book)["FenjiBudgetCheck"]
    assert book[sheet][cell].value == sentence
    held = _columns(book[sheet], "FenjiBudget", words)
    assert held["allocated"] == [line.allocated for line in found.lines]
    assert sum(map(_cents, held["allocated"])) + _cents(found.unspent) == _cents(case.amount)
    for series in shown(found, case.facts(words), words):
        values_here = [None if v == "" else v for v in held[series.name]]
        if series.name == "why":
            assert values_here == series.to_list()
        else:
            assert values_here == [
                None if v is None else pytest.approx(v, rel=1e-9) for v in series.to_list()
            ]


def _cents(money: float | None) -> int:
    return round((money or 0.0) * 100)


def test_only_the_inputs_are_open_and_each_says_what_it_takes(words: Words) -> None:
    book = built(words, SMALL)
    sheet = book[words("sheet.budget")]
    left, top, _, bottom = tables(book)["FenjiBudget"].box
    keys = list(words.section("header.FenjiBudget"))
    columns = [left + keys.index(key) for key in ("response", "floor", "ceiling")]
    inputs = {sheet.cell(row, col) for col in columns for row in range(top + 1, bottom + 1)}
    names = named_cells(book)
    inputs |= {sheet[names[f"FenjiBudget{key.capitalize()}"][1]] for key in INPUTS}
    merged = {
        cell.coordinate
        for area in sheet.merged_cells.ranges
        for row in sheet[area.coord]
        for cell in row
    }
    open_cells = {
        cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked
    }
    assert {cell.coordinate for cell in inputs} <= open_cells
    assert open_cells - merged == {cell.coordinate for cell in inputs} - merged
    rules = sheet.data_validations.dataValidation
    assert all(any(cell.coordinate in rule.sqref for rule in rules) for cell in inputs)
    assert all(rule.promptTitle and rule.prompt and rule.error for rule in rules)


def test_the_steps_are_out_of_sight_but_there(words: Words) -> None:
    sheet = built(words, SMALL)[words("sheet.budget")]
    steps = [letter for letter, col in sheet.column_dimensions.items() if col.hidden]
    assert steps == ["N"]  # one group of columns, from N on
    group = sheet.column_dimensions["N"]
    keys = list(words.section("header.FenjiBudget"))
    assert (group.min - 1, group.max) == (keys.index("why") + 1, len(keys))
    assert group.outlineLevel == 1


def test_a_blank_template_asks_for_the_amount(
    tmp_path: Path, words: Words, office: ModuleType
) -> None:
    path = tmp_path / "blank.xlsx"
    sheet_of(4, words, path)
    values = office.cell_values(office.recalculate(path))
    assert office.errors(values) == {}
    sheet, cell = named_cells(openpyxl.load_workbook(path))["FenjiBudgetCheck"]
    assert values[sheet][cell] == words("budget_state.no_amount")


def test_every_budget_word_is_used_in_a_formula(words: Words) -> None:
    book = openpyxl.load_workbook(BytesIO(draw(words=words, shape=SMALL)))
    formulas = "".join(
        str(cell.value) for row in book[words("sheet.budget")].iter_rows() for cell in row
    )
    for section in ("budget_way", "budget_basis", "budget_why", "budget_state"):
        for text in words.section(section).values():
            assert text.split("{", maxsplit=1)[0].replace('"', '""') in formulas
