"""What the Dashboard shows of data of every kind, once the workbook is calculated."""

from __future__ import annotations

import datetime as dt
import json
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

import openpyxl
import pytest

from addin.words import words
from tests.addin.conftest import Run
from tests.office import Values, cell_values
from tests.office.libreoffice import recalculate_all
from tests.templates.workbook import Table, named_cells, tables

DAY = dt.date(2026, 6, 30)
LOSS = '[measures]\nrefunds = "keep"\n'
AMOUNTS = 'format = 1\nmethod = "abc"\n'


def _orders(lines: Iterable[tuple[str, int, float]]) -> str:
    rows = [f"{who},{DAY - dt.timedelta(days=back)},{amount}" for who, back, amount in lines]
    return "\n".join(["customer,date,amount", *rows, ""])


def _listed(count: int) -> str:
    rows = [
        f"K{n},A name as long as the street that they live in and longer still,{n * 7}"
        for n in range(1, count)
    ]
    return "\n".join(["customer,name,amount", *rows, ""])


CASES: dict[str, tuple[str, str]] = {
    "single": (_orders([("A", 3, 9.5)]), ""),
    "one_month": (_orders((f"K{n % 20}", n % 20, n + 0.01) for n in range(60)), ""),
    "zero": (_orders((f"K{n % 9}", n * 3, 0) for n in range(90)), ""),
    "loss": (_orders((f"K{n % 9}", n * 3, -n) for n in range(1, 90)), LOSS),
    "no_segments": (
        _orders((f"K{n % 40}", n, n) for n in range(300)),
        '[rfm]\nsegments = "none"\n',
    ),
    "twenty": (_orders((f"K{n % 90}", n, n % 71) for n in range(400)), "[rfm]\nbins = 20\n"),
    "listed": (_listed(40), AMOUNTS),
}


def _graded(fenji: Run, case: str, lang: str) -> Path:
    text, scheme = CASES[case]
    source, out = Path(f"{case}.csv"), Path(f"{case}-graded.xlsx")
    source.write_text(text, encoding="utf-8")
    options = []
    if scheme:
        settings = Path(f"{case}.toml")
        whole = scheme if scheme.startswith("format") else f'format = 1\nmethod = "rfm"\n{scheme}'
        settings.write_text(whole, encoding="utf-8")
        options = ["--scheme", settings]
    done = fenji("grade", source, "-o", out, "--force", *options, lang=lang)
    assert done.code == 0, done.err
    return out


def _sheet(values: Values, lang: str) -> dict[str, Any]:
    return dict(values[words(lang)("sheet.dashboard")])


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_calculating_the_sheet_anew_changes_nothing(
    lang: str,
    folder: Path,
    fenji: Run,
    office: ModuleType,
    validator: Callable[[Path], list[str]],
) -> None:
    books = [folder / _graded(fenji, case, lang) for case in CASES]
    for book, made in zip(books, recalculate_all(books), strict=True):
        assert validator(book) == [], book.stem
        before, after = cell_values(book), cell_values(made)
        assert office.errors(before) == office.errors(after) == {}
        # A cell of a table that is blank by formula holds an empty text at first.
        one, other = (
            {cell: value for cell, value in _sheet(v, lang).items() if value != ""}
            for v in (before, after)
        )
        assert one.keys() == other.keys(), book.stem
        for cell, value in one.items():
            same = pytest.approx(value) if isinstance(value, float) else value
            assert other[cell] == same, (book.stem, cell)


def _open(path: Path) -> tuple[Any, dict[str, Table], dict[str, tuple[str, str]]]:
    with warnings.catch_warnings(action="ignore"):
        book = openpyxl.load_workbook(path)
    return book, tables(book), named_cells(book)


def _rows(book: Any, table: Table) -> list[tuple[Any, ...]]:
    left, top, right, bottom = table.box
    return list(book[table.sheet].iter_rows(top + 1, bottom, left, right, values_only=True))


def test_fixed_lists_are_blank_where_nobody_stands(folder: Path, fenji: Run) -> None:
    assert folder.is_dir()
    book, found, cells = _open(_graded(fenji, "single", "en"))
    assert [row[0] for row in _rows(book, found["FenjiTop"])] == ["A"] + [None] * 9
    assert {row[0] for row in _rows(book, found["FenjiAtRisk"])} == {None}
    trend = _rows(book, found["FenjiTrend"])
    assert [row[0] for row in trend] == [f"2025-{n:02}" for n in range(7, 13)] + [
        *(f"2026-{n:02}" for n in range(1, 6)),
        "2026-06*",
    ]
    assert [row[1:] for row in trend[:11]] == [(None,) * 4] * 11
    assert trend[11][1:] == (9.5, 1, 1, 1)
    sheet, cell = cells["FenjiMovesUp"]
    assert book[sheet][cell].value == "–"


def test_of_amounts_alone_the_sheet_shows_what_they_tell(folder: Path, fenji: Run) -> None:
    book, found, cells = _open(_graded(fenji, "listed", "en"))
    assert {"FenjiTiers", "FenjiPareto", "FenjiTop"} <= found.keys()
    gone = {"FenjiTrend", "FenjiAtRisk", "FenjiStages", "FenjiSegments", "FenjiHeat"}
    assert gone & found.keys() == set()
    sheet, cell = cells["FenjiAtRiskCount"]
    assert cell_values(folder / "listed-graded.xlsx")[sheet][cell] == "–"
    names = [row[1] for row in _rows(book, found["FenjiTop"])]
    assert all(name.endswith("…") and len(name) <= 29 for name in names)


def test_json_says_none_where_nothing_is_known(folder: Path, fenji: Run) -> None:
    assert folder.is_dir()
    Path("l.csv").write_text(_listed(40), encoding="utf-8")
    Path("s.toml").write_text(AMOUNTS, encoding="utf-8")
    done = fenji("grade", "l.csv", "-o", "l.xlsx", "--scheme", "s.toml", "--json")
    said = json.loads(done.out)
    assert said["at_risk"] == {"customers": None, "monetary": None}
    assert sum(said["amounts"].values()) == sum(n * 7 for n in range(1, 40))


def test_a_tier_is_looked_up_for_the_very_customer(
    folder: Path, fenji: Run, office: ModuleType
) -> None:
    """Not for one whose name only fits a pattern, nor for one in other letters."""
    odd = ["a*", "A*", "ab", "a?", "~a", "a~*", "A?", "=a"]
    lines = [(who, 5 * n, 100.0 * (n + 1)) for n, who in enumerate(odd) for _ in range(n + 1)]
    Path("o.csv").write_text(_orders(lines), encoding="utf-8")
    done = fenji("grade", "o.csv", "-o", "o.xlsx")
    assert done.code == 0, done.err
    book, found, _ = _open(folder / "o.xlsx")
    values = cell_values(office.recalculate(folder / "o.xlsx"))

    def column(name: str, header: str) -> list[Any]:
        table = found[name]
        left, top, _, bottom = table.box
        letter = openpyxl.utils.get_column_letter(left + table.headers.index(header))
        return [values[table.sheet].get(f"{letter}{n}") for n in range(top + 1, bottom + 1)]

    assert book.sheetnames
    everyone = dict(
        zip(column("FenjiCustomers", "Customer"), column("FenjiCustomers", "Tier"), strict=True)
    )
    top = dict(zip(column("FenjiTop", "Customer"), column("FenjiTop", "Tier"), strict=True))
    assert set(odd) <= top.keys() and len(set(everyone.values())) > 1
    assert {who: top[who] for who in odd} == {who: everyone[who] for who in odd}
