"""``fenji budget``, and the sheet Budget of a graded workbook."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import openpyxl
import pytest

from addin.words import words as words_of
from tests.addin.conftest import Refuse, Run
from tests.templates.workbook import named_cells, tables

AMOUNT = 10_000.0
Edit = Callable[[Path, dict[str, object], dict[str, dict[str, object]]], None]


@pytest.fixture
def graded(fenji: Run, folder: Path) -> Path:
    """The demo, graded in English."""
    assert fenji("demo", "-o", "made").code == 0
    return folder / "made" / "sample-orders-graded.xlsx"


def told(fenji: Run, *arguments: object) -> dict[str, Any]:
    done = fenji("budget", *arguments, "--json")
    assert done.code == 0, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


@pytest.fixture
def edited(office: ModuleType) -> Edit:
    """Type into a workbook, named cells and cells of a tier's rows, and save it in LibreOffice."""

    def edit(path: Path, cells: dict[str, object], rows: dict[str, dict[str, object]]) -> None:
        _typed(path, cells, rows)
        shutil.copyfile(office.recalculate(path), path)

    return edit


def _typed(path: Path, cells: dict[str, object], rows: dict[str, dict[str, object]]) -> None:
    book, words = openpyxl.load_workbook(path), words_of("en")
    names, found = named_cells(book), tables(book)
    for name, value in cells.items():
        sheet, cell = names[name]
        book[sheet][cell].value = value
    for tier, values in rows.items():
        for key, value in values.items():
            name = "FenjiStrategy" if key == "budget_share" else "FenjiBudget"
            table = found[name]
            left, top, _, bottom = table.box
            col = left + table.headers.index(words(f"header.{name}.{key}"))
            for row in range(top + 1, bottom + 1):
                if book[table.sheet].cell(row, left).value == tier:
                    book[table.sheet].cell(row, col).value = value
    book.save(path)


def test_the_sum_is_the_amount_and_the_shares_are_those_of_the_strategy(
    fenji: Run, graded: Path
) -> None:
    found = told(fenji, graded, "10,000")
    assert (found["amount"], found["way"], found["unspent"]) == (AMOUNT, "share", 0.0)
    # The shares of the scheme "general".
    assert [each["budget"] for each in found["tiers"]] == [4000.0, 3000.0, 2000.0, 1000.0]
    assert [each["tier"] for each in found["tiers"]] == ["A", "B", "C", "D"]
    assert {each["reason"] for each in found["tiers"]} == {"plain"}


def test_options_say_more_than_the_workbook(fenji: Run, graded: Path, edited: Edit) -> None:
    edited(graded, {"FenjiBudgetAmount": 500, "FenjiBudgetWay": "By the money brought"}, {})
    assert told(fenji, graded)["amount"] == 500.0
    assert told(fenji, graded)["way"] == "value"
    found = told(
        fenji, graded, "1万", "--by", "share", "--floor", "D=2,500", "--ceiling", "a = 3000"
    )
    # A is cut, D raised; 4,500 are left for 3 : 2.
    assert [each["budget"] for each in found["tiers"]] == [3000.0, 2700.0, 1800.0, 2500.0]
    least = told(fenji, graded, "10000", "--by", "value", "--least-per-customer", "30")
    for each in least["tiers"]:
        assert each["budget"] >= 30 * each["customers"]
    assert [each["reason"] for each in least["tiers"]] == ["less", "raised", "raised", "raised"]


def test_edits_count_and_are_kept_when_it_is_graded_again(
    fenji: Run, graded: Path, edited: Edit
) -> None:
    edited(
        graded,
        {
            "FenjiBudgetAmount": 1000.01,
            "FenjiBudgetWay": "By the shares in Strategy",
            "FenjiBudgetLeast": 0.5,
            "FenjiBudgetExponent": 0.3,
        },
        {
            "A": {"budget_share": 0.1, "response": 2, "floor": 12.5},
            "D": {"budget_share": 0.7, "ceiling": 500.25},
        },
    )
    first = told(fenji, graded)
    assert first["amount"] == 1000.01
    # D's seven parts of 13 are cut at the ceiling; 499.76 are left for 1 : 3 : 2.
    assert [each["budget"] for each in first["tiers"]] == [83.29, 249.88, 166.59, 500.25]
    orders = graded.parent / "sample-orders.xlsx"
    assert fenji("grade", orders, "-o", graded, "--force").code == 0
    again = told(fenji, graded)
    assert again["amount"] == first["amount"]
    assert [each["budget"] for each in again["tiers"]] == [
        each["budget"] for each in first["tiers"]
    ]
    book = openpyxl.load_workbook(graded)
    held = {name: book[sheet][cell].value for name, (sheet, cell) in named_cells(book).items()}
    assert held["FenjiBudgetAmount"] == 1000.01
    assert held["FenjiBudgetLeast"] == 0.5
    assert held["FenjiBudgetExponent"] == 0.3


def test_the_workbook_says_the_same_as_the_command(fenji: Run, graded: Path, edited: Edit) -> None:
    edited(
        graded,
        {"FenjiBudgetAmount": 7777.77, "FenjiBudgetWay": "By marginal return"},
        {"C": {"floor": 1000}, "A": {"ceiling": 5000, "response": 0.5}},
    )
    book = openpyxl.load_workbook(graded, data_only=True)
    table = tables(book)["FenjiBudget"]
    left, top, _, bottom = table.box
    col = left + table.headers.index("Budget")
    shown = [book[table.sheet].cell(row, col).value for row in range(top + 1, bottom + 1)]
    found = told(fenji, graded)
    assert shown == [each["budget"] for each in found["tiers"]]
    assert round(sum(shown) * 100) == 777_777


@pytest.mark.parametrize("scheme", ["general", "nested", "retail"])
@pytest.mark.parametrize("amounts", ["5;80;3;700", "4e14;0.000001;7;-3", "0;0;0;0"])
def test_the_sheet_is_filled_as_it_calculates_and_stays_alive(
    fenji: Run, folder: Path, office: ModuleType, scheme: str, amounts: str
) -> None:
    pairs = zip("ABCD", amounts.split(";"), strict=True)
    rows = [f"{c},2025-01-0{i},{m}" for i, (c, m) in enumerate(pairs, 1)]
    (folder / "o.csv").write_text("\n".join(["customer,date,amount", *rows]), encoding="utf-8")
    chosen = ["--industry", scheme]
    if scheme == "nested":
        text = fenji("scheme", "show", "general").out
        own = text.replace("nested = false", "nested = true", 1)
        (folder / "s.toml").write_text(own, encoding="utf-8")
        chosen = ["--scheme", "s.toml"]
    done = fenji("grade", "o.csv", "-o", "x.xlsx", *chosen)
    assert done.code == 0, done.err
    before = office.cell_values(folder / "x.xlsx")["Budget"]
    after = office.cell_values(office.recalculate(folder / "x.xlsx"))["Budget"]
    assert {k: before.get(k, "") for k in before | after} == {
        k: pytest.approx(v, rel=1e-9) if isinstance(v, int | float) else v
        for k, v in ((k, after.get(k, "")) for k in before | after)
    }
    book = openpyxl.load_workbook(folder / "x.xlsx")
    table = tables(book)["FenjiBudget"]
    _, top, _, bottom = table.box
    sheet = book[table.sheet]
    for header, formula in zip(table.headers, table.formulas, strict=True):
        column = 1 + table.headers.index(header)
        for row in range(top + 1, bottom + 1):
            # However the other tables were filled, this one answers to its inputs.
            assert str(sheet.cell(row, column).value).startswith("=") == bool(formula)


def test_it_is_told_in_columns_with_reasons_and_the_sum(fenji: Run, graded: Path) -> None:
    for lang in ("en", "zh"):
        words = words_of(lang)
        done = fenji("budget", graded, "1000", lang=lang)
        assert done.code == 0
        head, columns, *rows, last = done.out.splitlines()
        assert "1,000.00" in head and graded.name in head
        assert columns.split()[0] == words("header.FenjiBudget.tier")
        assert [row.split()[0] for row in rows] == ["A", "B", "C", "D"]
        assert all("%" in row for row in rows)
        assert last == words("budget_state.ok", tiers="1,000.00")


def test_without_an_amount_there_is_an_example(fenji: Run, graded: Path) -> None:
    table = graded.with_suffix(".csv")
    orders = graded.parent / "sample-orders.xlsx"
    assert fenji("grade", orders, "-o", table).code == 0
    done = fenji("budget", table)
    assert words_of("en")("budget.made_up") in done.out
    found = told(fenji, table)
    brought = sum(each["monetary"] for each in found["tiers"])
    assert abs(found["amount"] - brought / 20) <= brought / 20 * 0.05
    # A table has no strategy, so the customers count; and it says so.
    assert found["basis"] == "customers"
    assert words_of("en")("budget_basis.customers") in done.out


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".parquet"])
def test_it_is_written(
    fenji: Run, graded: Path, folder: Path, office: ModuleType, ending: str
) -> None:
    out = folder / f"budget{ending}"
    arguments = ("budget", graded, "1000", "--floor", "D=300", "-o", out)
    assert fenji(*arguments).code == 0
    assert fenji(*arguments).code == 4
    if ending == ".csv":
        rows = list(csv.DictReader(out.read_text(encoding="utf-8-sig").splitlines()))
        assert [float(row["allocated"]) for row in rows] == [311.11, 233.33, 155.56, 300.0]
        assert rows[3]["floor"] == "300.0"
    if ending == ".xlsx":
        assert office.validate(out) == []
        values = office.cell_values(office.recalculate(out))
        assert office.errors(values) == {}
        book = openpyxl.load_workbook(out)
        table = tables(book)["FenjiBudget"]
        _, top, _, bottom = table.box
        column = openpyxl.utils.get_column_letter(1 + table.headers.index("Budget"))
        cells = [values[table.sheet][f"{column}{row}"] for row in range(top + 1, bottom + 1)]
        assert cells == [311.11, 233.33, 155.56, 300.0]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    ("code", "more"),
    [
        (2, ["-5"]),
        (2, ["much"]),
        (2, ["100", "--floor", "A=60", "--floor", "B=60"]),
        (2, ["100", "--floor", "A=60", "--ceiling", "A=50"]),
        (2, ["100", "--floor", "60"]),
        (2, ["100", "--floor", "Z=60"]),
        (2, ["100", "--ceiling", "A=lots"]),
        (2, ["1e15"]),
        (2, ["100", "-o", "made/sample-orders-graded.xlsx", "--force"]),
        (2, ["100", "-o", "budget.docx"]),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(
    graded: Path, refuse: Refuse, code: int, more: list[str], lang: str
) -> None:
    refuse(["budget", graded, *more], code, lang)


def test_orders_are_no_graded_file(graded: Path, refuse: Refuse) -> None:
    refuse(["budget", graded.parent / "sample-orders.xlsx", "100"], 3, "en")
