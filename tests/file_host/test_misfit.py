"""A workbook whose sheets were made for other tiers, another method or fewer scores."""

from __future__ import annotations

from pathlib import Path

import pytest

from addin import output
from addin.hosts.file.errors import TemplateError
from addin.hosts.file.own_tables import read_cell, read_table
from addin.messages import template_problem
from addin.words import LANGUAGES, words
from tests.addin.conftest import Run
from tests.addin.orders import orders, write_workbook
from tests.file_host.additions import Book
from tests.file_host.books import parts
from tests.office import cell_values, recalculate, validate

SCHEME = """format = 1
method = "rfm"
name = "S"
[rfm]
bins = { recency = 5, frequency = 5, monetary = 3 }
"""


@pytest.fixture(params=LANGUAGES)
def lang(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def change(path: Path, key: str, value: str | float) -> None:
    """Put a value into a cell of the sheet Settings."""
    table = read_table(path, "FenjiSettings")
    assert table is not None
    row = next(row for row, cells in table.rows if key in cells)
    book = Book(path=path)
    book.put(table.sheet, row, book.area("FenjiSettings")[0] + 1, value)
    book.save()


def tiers(path: Path) -> list[dict[str, str | None]]:
    table = read_table(path, "FenjiCustomers")
    assert table is not None
    return [dict(zip(table.headers, cells, strict=True)) for _, cells in table.rows]


def colours(path: Path) -> str:
    found = [data for name, data in parts(path).items() if name.startswith("xl/worksheets/sheet")]
    return b"".join(found).decode()


def grade(fenji: Run, *arguments: object, lang: str) -> str:
    done = fenji("grade", *arguments, lang=lang)
    assert done.code == 0, done.err
    return done.err


def test_a_renamed_tier_gets_colours_and_formulas(folder: Path, fenji: Run, lang: str) -> None:
    assert fenji("template", "general", "-o", "t.xlsx", lang=lang).code == 0
    change(folder / "t.xlsx", f"tiers[0].name.{lang}", "Diamond")
    before = (folder / "t.xlsx").read_bytes()
    said = grade(fenji, "t.xlsx", "-o", "g.xlsx", lang=lang)
    names = words(lang)("cli.list").join("ABCD")
    assert words(lang)("regrade.tiers", tiers=names) in said
    assert (folder / "t.xlsx").read_bytes() == before
    assert '<formula>"Diamond"</formula>' in colours(folder / "g.xlsx")
    assert '<formula>"A"</formula>' not in colours(folder / "g.xlsx")
    header = words(lang)("header.FenjiCustomers.tier")
    rows = tiers(folder / "g.xlsx")
    assert {row[header] for row in rows} == {"Diamond", "B", "C", "D"}
    assert tiers(recalculate(folder / "g.xlsx")) == rows
    assert validate(folder / "g.xlsx") == []


def test_more_scores_than_the_formulas_know(folder: Path, fenji: Run, lang: str) -> None:
    """The table of the scores has no column for the amount: nothing else would tell."""
    (folder / "s.toml").write_text(SCHEME, "utf-8")
    assert fenji("template", "--scheme", "s.toml", "-o", "t.xlsx", lang=lang).code == 0
    change(folder / "t.xlsx", "rfm.bins.monetary", 5)
    said = grade(fenji, "t.xlsx", "-o", "g.xlsx", lang=lang)
    assert template_problem(TemplateError("scores", limit=3, scores=5), words(lang)) in said
    rows = tiers(folder / "g.xlsx")
    assert "5" in {row[words(lang)("header.FenjiCustomers.m_score")] for row in rows}
    assert tiers(recalculate(folder / "g.xlsx")) == rows


def test_fewer_or_other_numbers_stay_in_place(folder: Path, fenji: Run, lang: str) -> None:
    assert fenji("template", "general", "-o", "t.xlsx", lang=lang).code == 0
    change(folder / "t.xlsx", "tiers[0].min_score", 4.5)
    change(folder / "t.xlsx", "rfm.bins.monetary", 4)
    grade(fenji, "t.xlsx", "-o", "g.xlsx", lang=lang)
    assert read_table(folder / "g.xlsx", "FenjiOrders") is not None
    assert tiers(recalculate(folder / "g.xlsx")) == tiers(folder / "g.xlsx")


def test_what_is_replaced_by_another_method_is_kept_beside(
    folder: Path, fenji: Run, lang: str
) -> None:
    write_workbook(folder / "o.xlsx", orders(rows=200, customers=30))
    grade(fenji, "o.xlsx", "-o", "g.xlsx", lang=lang)
    before = (folder / "g.xlsx").read_bytes()
    there = set(folder.iterdir())
    options = ("-o", "g.xlsx", "--force", "--method", "scorecard")
    said = grade(fenji, "o.xlsx", *options, lang=lang)
    (backup,) = set(folder.iterdir()) - there
    assert backup.read_bytes() == before
    assert backup.name in said
    assert words(lang)("regrade.method") in said
    grade(fenji, "o.xlsx", "-o", "f.xlsx", "--method", "scorecard", lang=lang)
    assert tiers(folder / "g.xlsx") == tiers(folder / "f.xlsx")
    assert cell_values(folder / "g.xlsx").keys() == cell_values(folder / "f.xlsx").keys()


def test_notes_of_formulas_follow_the_number_of_customers(
    folder: Path, fenji: Run, lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Above the limit values stand in the cells, below it formulas again, and the notes say so."""
    write_workbook(folder / "o.xlsx", orders(rows=200, customers=30))
    grade(fenji, "o.xlsx", "-o", "a.xlsx", lang=lang)
    with monkeypatch.context() as few:
        few.setattr(output, "LIVE_CUSTOMERS", 10)
        grade(fenji, "o.xlsx", "--template", "a.xlsx", "-o", "b.xlsx", lang=lang)
    grade(fenji, "o.xlsx", "--template", "b.xlsx", "-o", "c.xlsx", lang=lang)
    for name, how in (("a", "live"), ("b", "fixed"), ("c", "live")):
        book, say = folder / f"{name}.xlsx", words(lang)
        assert read_cell(book, "FenjiCustomersNote") == say(f"template.customers.{how}")
        assert read_cell(book, "FenjiDashboardNote") == say(f"dashboard.{how}")
        assert read_cell(book, "FenjiModelNote") == say(f"template.model.{how}")
