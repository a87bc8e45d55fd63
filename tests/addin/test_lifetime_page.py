"""What people see of lifetime values: columns, sentences, warnings, the page, and odd data."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import openpyxl
import pytest

from addin.words import LANGUAGES, words
from tests.addin.conftest import Run, check_sentence
from tests.templates.workbook import named_cells, tables

DAY = dt.date(2026, 6, 30)
BESIDE = 'format = 1\nmethod = "rfm"\n[beside]\nmethod = "clv"\n'
COLUMNS = ("p_alive", *(f"{key}_{m}m" for key in ("orders", "clv") for m in (3, 6, 12)))
ENDS = ("clv_low", "clv_high")


@pytest.fixture(params=LANGUAGES)
def lang(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def orders(count: int = 300, *, seed: int = 5, stop: int = 0) -> str:
    """Customers who may leave after each order; the last days may be without any."""
    rng, lines = np.random.default_rng(seed), ["customer,date,amount"]
    for customer in range(count):
        day, rate, usual = rng.uniform(0, 150), rng.gamma(0.9, 1 / 25), rng.lognormal(3, 0.5)
        leaving = rng.beta(0.8, 2.4)
        while day < 500 - stop:
            date = DAY - dt.timedelta(days=500 - int(day))
            lines.append(f"K{customer},{date},{usual * rng.gamma(5, 0.2):.2f}")
            if rng.random() < leaving:
                break
            day += rng.exponential(1 / rate)
    return "\n".join([*lines, ""])


def rows(*each: tuple[str, int, float]) -> str:
    lines = [f"{who},{DAY - dt.timedelta(days=ago)},{amount}" for who, ago, amount in each]
    return "\n".join(["customer,date,amount", *lines, ""])


# Data, and which notes they lead to.
ODD: dict[str, tuple[str, tuple[str, ...]]] = {
    "one customer": (rows(("A", 3, 9.5)), ("clv_no_repeaters",)),
    "one who came back": (rows(("A", 30, 9.5), ("A", 3, 20)), ("clv_few_repeaters",)),
    "all once": (
        rows(*((f"K{n}", 1 + n % 90, 5.0 + n) for n in range(200))),
        ("clv_no_repeaters",),
    ),
    "all alike": (
        rows(*((f"K{n}", ago, 20.0) for n in range(60) for ago in (1, 11, 21))),
        ("clv_amounts_alike",),
    ),
    "nothing paid": (
        rows(*((f"K{n}", ago + n % 7, 0.0) for n in range(60) for ago in (1, 30))),
        ("clv_few_amounts", "clv_no_amount"),
    ),
    "returns": (
        rows(
            *((f"K{n}", ago + n % 40, 20.0 + n) for n in range(80) for ago in (30, 90)),
            *((f"K{n}", 2, -300.0) for n in range(30)),
        ),
        ("clv_no_amount",),
    ),
    "turned": (orders(stop=160), ("clv_contradicted",)),
}


def _graded(fenji: Run, text: str, lang: str, *options: Any) -> tuple[Path, dict[str, Any]]:
    source, out = Path("orders.csv"), Path("graded.xlsx")
    source.write_text(text, encoding="utf-8")
    done = fenji("grade", source, "-o", out, "--force", "--json", *options, lang=lang)
    assert done.code == 0, done.err
    return out, json.loads(done.out)


def _known_by(note: str, lang: str) -> str:
    """The beginning of what is said, before its first number."""
    return words(lang).section("note")[note].split("{")[0]


@pytest.mark.parametrize("case", ODD)
def test_odd_data_have_values_and_say_why_they_are_rough(
    fenji: Run, case: str, lang: str, recwarn: pytest.WarningsRecorder
) -> None:
    text, notes = ODD[case]
    out, told = _graded(fenji, text, lang, "--method", "clv", "--as-of", DAY.isoformat())
    for note in notes:
        assert [n for n in told["notes"] if n.startswith(_known_by(note, lang))], told["notes"]
    for said in told["notes"]:
        check_sentence(f"{said}\n", lang)
    assert not recwarn.list
    book = openpyxl.load_workbook(out)
    customers = tables(book)["FenjiCustomers"]
    sheet, (left, top, _, bottom) = book[customers.sheet], customers.box
    assert bottom - top == told["customers"]
    say = words(lang)
    for key in COLUMNS:
        measure, months = key.rpartition("_")[::2]
        named = key == "p_alive"
        header = (
            say(f"why_clv.header_{key}")
            if named
            else say(f"why_clv.header_{measure}", months=months[:-1])
        )
        column = left + customers.headers.index(header)
        for row in range(top + 1, bottom + 1):
            value = sheet.cell(row, column).value
            assert isinstance(value, int | float)
            assert 0 <= value < 1e9
    quality = say("lifetime.good").split("{")[0]
    name, cell = named_cells(book)["FenjiLifetimeQuality"]
    assert not book[name][cell].value.startswith(quality) or case in ("nothing paid", "returns")


@pytest.mark.parametrize("scheme", ["clv", "beside"])
def test_the_page_of_ordinary_data(fenji: Run, lang: str, scheme: str, office: ModuleType) -> None:
    options: tuple[Any, ...] = ("--method", "clv")
    if scheme == "beside":
        Path("beside.toml").write_text(BESIDE, encoding="utf-8")
        options = ("--scheme", "beside.toml")
    out, told = _graded(fenji, orders(), lang, "--as-of", DAY.isoformat(), *options)
    assert not [n for n in told["notes"] if n.startswith(_known_by("clv_contradicted", lang))]
    book, say = openpyxl.load_workbook(out), words(lang)
    found = tables(book)
    for name, count in (("Weeks", 52), ("Repeats", 8)):
        table = found[f"FenjiLifetime{name}"]
        sheet, (left, top, _, bottom) = book[table.sheet], table.box
        numbers = [
            [sheet.cell(row, left + n).value for row in range(top + 1, bottom + 1)] for n in (1, 2)
        ]
        assert len(numbers[0]) == count
        actual, expected = map(sum, numbers)
        assert abs(expected / actual - 1) < 0.1
    for name in ("Total", "Quality", "WeeksSaid", "RepeatsSaid", "AliveSaid"):
        at, cell = named_cells(book)[f"FenjiLifetime{name}"]
        assert at == say("sheet.lifetime")
        check_sentence(f"{book[at][cell].value}\n", lang)
    assert office.errors(office.cell_values(office.recalculate(out))) == {}
    headers = found["FenjiCustomers"].headers
    assert say("why_clv.header_p_alive") in headers
    assert say("why_clv.header_clv_low") in headers


def test_grading_again_follows_new_orders(fenji: Run, lang: str) -> None:
    """The page of a workbook that is graded again shows the new orders."""
    seen = []
    for until in (DAY - dt.timedelta(days=60), DAY):
        out, _ = _graded(fenji, orders(), lang, "--method", "clv", "--as-of", until.isoformat())
        book = openpyxl.load_workbook(out)
        table = tables(book)["FenjiLifetimeWeeks"]
        sheet, (left, top, _, bottom) = book[table.sheet], table.box
        weeks = [sheet.cell(row, left).value for row in range(top + 1, bottom + 1)]
        assert weeks[-1] == (until - dt.timedelta(days=7)).isoformat()
        name, cell = named_cells(book)["FenjiLifetimeTotal"]
        seen.append(book[name][cell].value)
    assert seen[0] != seen[1]


def test_reasons_name_the_value_and_its_ends(fenji: Run, lang: str) -> None:
    out, _ = _graded(fenji, orders(), lang, "--method", "clv", "--as-of", DAY.isoformat())
    book = openpyxl.load_workbook(out)
    customers = tables(book)["FenjiCustomers"]
    sheet, (left, top, _, _) = book[customers.sheet], customers.box
    say = words(lang)
    first = dict(
        zip(customers.headers, [c.value for c in sheet[top + 1]][left - 1 :], strict=False)
    )
    why = first[say("header.FenjiCustomers.why")]
    for key in ("clv_low", "clv_high"):
        assert f"{first[say(f'why_clv.header_{key}')]:,.2f}" in why
    low, high = (first[say(f"why_clv.header_{key}")] for key in ENDS)
    value = first[say("why_clv.header_clv", months=12)]
    assert 0 < low < value < high
    assert f"{value:,.2f}" in why
    done = fenji("explain", out, "K1", lang=lang)
    assert done.code == 0, done.err


def test_tiers_by_limits_of_value(fenji: Run, lang: str) -> None:
    """Values of ten thousand and more are A, whatever the others."""
    limits = (
        'format = 1\nmethod = "clv"\n[[tiers]]\nkey = "A"\nat_least = 200\n'
        '[[tiers]]\nkey = "B"\nat_least = 20\n[[tiers]]\nkey = "C"\n'
    )
    Path("limits.toml").write_text(limits, encoding="utf-8")
    options = ("--scheme", "limits.toml", "--as-of", DAY.isoformat())
    out, told = _graded(fenji, orders(), lang, *options)
    book = openpyxl.load_workbook(out)
    customers = tables(book)["FenjiCustomers"]
    sheet, (left, top, _, bottom) = book[customers.sheet], customers.box
    say = words(lang)
    tier = left + customers.headers.index(say("header.FenjiCustomers.tier"))
    value = left + customers.headers.index(say("why_clv.header_clv", months=12))
    assert all(told["tiers"].values())
    for row in range(top + 1, bottom + 1):
        worth = sheet.cell(row, value).value
        expected = "A" if worth >= 200 else "B" if worth >= 20 else "C"
        assert sheet.cell(row, tier).value == expected


@pytest.mark.parametrize(("top", "kind", "number"), [("0.2", "share", 20), ("15", "number", 15)])
def test_the_best_by_value(fenji: Run, lang: str, top: str, kind: str, number: int) -> None:
    """The best fifth, or the best so many; each reason says where that tier begins."""
    text = f'format = 1\nmethod = "clv"\n[[tiers]]\nkey = "A"\ntop = {top}\n[[tiers]]\nkey = "B"\n'
    Path("best.toml").write_text(text, encoding="utf-8")
    options = ("--scheme", "best.toml", "--as-of", DAY.isoformat())
    out, told = _graded(fenji, orders(), lang, *options)
    assert told["tiers"] == {"A": (60 if top == "0.2" else 15), "B": 300 - told["tiers"]["A"]}
    book = openpyxl.load_workbook(out)
    customers = tables(book)["FenjiCustomers"]
    sheet, (left, first, _, last) = book[customers.sheet], customers.box
    say = words(lang)
    why = left + customers.headers.index(say("header.FenjiCustomers.why"))
    best = say(f"why_top.{kind}", limit="", top=number)
    assert all(best in sheet.cell(row, why).value for row in range(first + 1, last + 1))
