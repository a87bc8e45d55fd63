"""The customer card, calculated by LibreOffice."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import openpyxl
import polars as pl

from addin.hosts.file.fill import fill
from addin.words import Words
from addin.words import words as words_of
from templates.build import build
from tests.templates.workbook import BARE, SMALL

LONGEST = "超" * 200
PEOPLE = [
    # number, name, tier, amount
    ("00123", "Anna's Café", "A", 500.0),
    ("17850", "Bob & Sons", "B", 400.0),
    ("X*1", "Annabel", "C", 300.5),
    ("X?1", "hannah", "D", 200.0),
    ("中1", LONGEST, "A", 100.0),
    ("T~1", "😀 Smile", "B", 50.0),
    ("Anna", "Zoë", "D", 10.0),
    ("last", "", "D", 1.0),
]
FOUND = {
    "00123": "00123",
    "17850": "17850",
    "x*1": "X*1",
    "X?1": "X?1",
    "T~1": "T~1",
    "anna": "Anna",  # a number goes before any name
    "ANNABEL": "X*1",
    "nab": "X*1",
    "son": "17850",
    "超超": "中1",
    "😀": "T~1",
    "785": "17850",  # no name has it: a part of a number
    " last ": "last",
    "*": "X*1",  # a sign, not any text
    "nobody": None,
    "": None,
}


def _cards(
    tmp_path: Path, office: ModuleType, words: Words, typed: Sequence[object]
) -> list[dict[str, object]]:
    """The card for each of the texts that are typed."""
    rows = [{"tier": t, "strategy": f"for {t}", "contact_days": 7} for t in "ABCD"]
    template = tmp_path / "t.xlsx"
    build(template, words=words, shape=BARE)
    header = words.section("header.FenjiCustomers")
    people = pl.DataFrame(PEOPLE, orient="row", schema=["customer", "name", "tier", "monetary"])
    strategy = words.section("header.FenjiStrategy")
    tables = {
        "FenjiCustomers": people.rename({c: header[c] for c in people.columns}),
        "FenjiStrategy": pl.DataFrame(rows).rename({k: strategy[k] for k in rows[0]}),
    }
    paths = [tmp_path / f"{number}.xlsx" for number in range(len(typed))]
    for path, search in zip(paths, typed, strict=True):
        fill(template, path, tables=tables, cells={"FenjiCardSearch": search}, formulas=False)
    found: list[dict[str, object]] = []
    for path in office.recalculate_all(paths):
        values = office.cell_values(path)
        assert office.errors(values) == {}
        found.append(values[words("sheet.card")])
    return found


def test_a_customer_is_found_by_number_name_or_a_part(tmp_path: Path, office: ModuleType) -> None:
    words = words_of("zh")
    cards = _cards(tmp_path, office, words, list(FOUND))
    for (typed, number), card in zip(FOUND.items(), cards, strict=True):
        if number is None:
            assert card["A5"] == words(f"template.card.{'nobody' if typed else 'empty'}")
            assert "A6" not in card
            continue
        name, tier, amount = next(row[1:] for row in PEOPLE if row[0] == number)
        assert card["A6"] == (f"{number} · {name}" if name else number), typed
        assert card["D6"] == tier
        assert amount in card.values()
        place = 1 + sum(row[3] > amount for row in PEOPLE)
        said = words("template.card.place_of", place=place, customers=len(PEOPLE))
        assert said in card.values()
        assert f"for {tier}" in card.values()
        # No score is known of anybody here.
        assert "–" in card.values()


def test_a_number_typed_as_a_number_is_found(
    tmp_path: Path, office: ModuleType, words: Words
) -> None:
    (card,) = _cards(tmp_path, office, words, [17850])
    assert card["A6"] == "17850 · Bob & Sons"


def test_others_who_fit_are_listed(tmp_path: Path, office: ModuleType, words: Words) -> None:
    (card,) = _cards(tmp_path, office, words, ["ann"])
    assert card["A6"] == "00123 · Anna's Café"
    assert card["A5"] == words("template.card.many", customers=3)
    heading = next(k for k, v in card.items() if v == words("template.card.others"))
    below = int(heading[1:])
    listed = [card.get(f"A{below + n}") for n in range(1, 6)]
    assert [text for text in listed if text] == ["X*1", "X?1"]


def test_the_search_cell_can_be_written_in(tmp_path: Path, words: Words) -> None:
    build(tmp_path / "t.xlsx", words=words, shape=SMALL)
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    sheet = book[words("sheet.card")]
    ((_, cell),) = book.defined_names["FenjiCardSearch"].destinations
    assert not sheet[cell].protection.locked
    assert sheet[cell].number_format == "@"
    (rule,) = sheet.data_validations.dataValidation
    assert rule.prompt == words("template.card.prompt")
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight or 1) == ("portrait", 1)
    link = book[words("sheet.customers")]["A3"].hyperlink
    assert link.location == f"'{sheet.title}'!{cell.replace('$', '')}".replace(
        "'客户卡片'", "客户卡片"
    )
