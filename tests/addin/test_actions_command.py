"""`fenji actions` and the sheet Actions: who is listed, and what users write stays."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import openpyxl
import polars as pl
import pytest
from openpyxl.utils.cell import range_boundaries
from openpyxl.workbook import Workbook

from addin.words import LANGUAGES
from addin.words import words as words_of
from tests.addin.conftest import CJK, Refuse, Run
from tests.addin.orders import orders, write_text

Rows = list[dict[str, Any]]
AS_OF = dt.date(2026, 1, 1)
# The first Monday on or after it.
MONDAY = dt.date(2026, 1, 5)
SCHEME = """format = 1
method = "thresholds"
name = { zh = "会员", en = "Members" }
[thresholds]
measure = "monetary"
[actions]
calls_per_week = 7
[[tiers]]
key = "A"
name = "A"
at_least = 700
contact_days = 14
owner = { zh = "安娜", en = "Anna" }
first_action = { zh = "上门拜访", en = "Visit them" }
[[tiers]]
key = "B"
name = "B"
contact_days = 30
owner = { zh = "阿本", en = "Ben" }
first_action = { zh = "打电话", en = "Call them" }
"""


@pytest.fixture
def graded(folder: Path, fenji: Run) -> Callable[[str], str]:
    """A graded workbook of a year's orders; gives its name."""

    def run(lang: str) -> str:
        write_text(folder / "o.csv", orders(300, 60))
        (folder / "s.toml").write_text(SCHEME, encoding="utf-8")
        name = f"g-{lang}.xlsx"
        day = AS_OF.isoformat()
        done = fenji("grade", "o.csv", "--scheme", "s.toml", "--as-of", day, "-o", name, lang=lang)
        assert done.code == 0, done.err
        return name

    return run


def table(book: Workbook, name: str, lang: str) -> Rows:
    """A table's rows by the keys of its headers."""
    keys = {text: key for key, text in words_of(lang).section(f"header.{name}").items()}
    for sheet in book.worksheets:
        if name in sheet.tables:
            left, top, right, bottom = range_boundaries(sheet.tables[name].ref)
            rows = list(sheet.iter_rows(top, bottom, left, right, values_only=True))
            heads = [keys.get(str(head), str(head)) for head in rows[0]]
            return [dict(zip(heads, row, strict=True)) for row in rows[1:]]
    raise KeyError(name)


@contextmanager
def edited(path: Path, lang: str) -> Iterator[Callable[..., None]]:
    """Write into a table of a workbook: by the text of the first column, and by key."""
    # Values alone: openpyxl would keep the formulas and lose what they come to.
    book = openpyxl.load_workbook(path, data_only=True)

    def put(name: str, first: str, **cells: object) -> None:
        keys = list(words_of(lang).section(f"header.{name}"))
        sheet = next(s for s in book.worksheets if name in s.tables)
        left, top, _, bottom = range_boundaries(sheet.tables[name].ref)
        found = [r for r in range(top + 1, bottom + 1) if sheet.cell(r, left).value == first]
        for key, value in cells.items():
            sheet.cell(found[0], left + keys.index(key)).value = value

    yield put
    book.save(path)


def as_json(fenji: Run, *arguments: object, lang: str = "en") -> dict[str, Any]:
    done = fenji("actions", *arguments, "--json", lang=lang)
    assert (done.code, done.err) == (0, "")
    found: dict[str, Any] = json.loads(done.out)
    return found


def expected(book: Workbook, lang: str) -> dict[str, str]:
    """Who is due and why, from what the sheets Customers and Strategy show."""
    words = words_of(lang)
    rhythm = {row["tier"]: row["contact_days"] for row in table(book, "FenjiStrategy", lang)}
    due = {}
    for row in table(book, "FenjiCustomers", lang):
        if row["stage"] == words("stage.dormant") and row["abc"] in ("A", "B"):
            due[row["customer"]] = "at_risk"
        elif row["recency"] > rhythm[row["tier"]]:
            due[row["customer"]] = "overdue"
        elif row["stage"] == words("stage.new"):
            due[row["customer"]] = "new"
    return due


@pytest.mark.parametrize("lang", LANGUAGES)
def test_who_is_listed_and_who_waits(fenji: Run, graded: Callable[[str], str], lang: str) -> None:
    name = graded(lang)
    book = openpyxl.load_workbook(name, data_only=True)
    due, found = expected(book, lang), as_json(fenji, name, lang=lang)
    assert {"at_risk", "overdue"} <= set(due.values())
    assert found["planned"] + found["waiting"] == len(due)
    assert {row["customer"]: row["reason"] for row in found["actions"]}.items() <= due.items()
    assert Counter(row["owner"] for row in found["actions"]) == {
        row["owner"]: row["planned"] for row in found["owners"] if row["planned"]
    }
    assert all(row["planned"] <= 7 == row["calls_per_week"] for row in found["owners"])
    assert found["waiting"] == sum(row["waiting"] for row in found["owners"]) > 0
    assert (found["from"], found["to"]) == ("2026-01-05", "2026-01-09")
    # Nobody at risk waits while somebody else of the same owner is listed.
    risky = {c for c, why in due.items() if why == "at_risk"}
    listed = {row["customer"] for row in found["actions"]}
    for owner in ("Anna", "Ben") if lang == "en" else ("安娜", "阿本"):
        tier = "A" if owner in ("Anna", "安娜") else "B"
        mine = {r["customer"] for r in table(book, "FenjiCustomers", lang) if r["tier"] == tier}
        others = {r["customer"] for r in found["actions"] if r["owner"] == owner} - risky
        assert not (risky & mine) - listed or not others


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_sheet_shows_what_the_command_says(
    fenji: Run, graded: Callable[[str], str], lang: str
) -> None:
    name = graded(lang)
    book, found = openpyxl.load_workbook(name, data_only=True), as_json(fenji, name, lang=lang)
    shown = table(book, "FenjiActions", lang)
    assert [
        (r["customer"], r["date"].date().isoformat(), r["owner"], r["what"]) for r in shown
    ] == [(r["customer"], r["date"], r["owner"], r["what"]) for r in found["actions"]]
    capacity = table(book, "FenjiCapacity", lang)
    assert capacity == found["owners"]
    sheet = book[words_of(lang)("sheet.actions")]
    span = words_of(lang)(
        "action.span",
        first="2026-01-05",
        last="2026-01-09",
        planned=found["planned"],
        waiting=found["waiting"],
    )
    assert sheet["A3"].value == span
    assert f"{capacity[0]['planned']}" in sheet["A4"].value
    text = "".join(str(row["why"]) + str(row["what"]) for row in shown)
    assert bool(CJK.search(text)) == (lang == "zh")


def test_options_count_before_the_workbook(fenji: Run, graded: Callable[[str], str]) -> None:
    name = graded("en")
    found = as_json(
        fenji, name, "--calls", 2, "--owner", "Ben=1", "--from", "2026-02-04", "--weeks", 2
    )
    assert [(r["owner"], r["calls_per_week"], r["planned"]) for r in found["owners"]] == [
        ("Anna", 2, 4),
        ("Ben", 1, 2),
    ]
    days = {r["date"] for r in found["actions"]}
    assert min(days) == "2026-02-04"
    assert (found["from"], found["to"]) == ("2026-02-04", "2026-02-17")
    assert as_json(fenji, name, "--calls", 0)["actions"] == []


def test_what_users_write_on_strategy_counts(
    fenji: Run, graded: Callable[[str], str], folder: Path
) -> None:
    name = graded("en")
    with edited(folder / name, "en") as put:
        put("FenjiStrategy", "B", owner="Cleo", contact_days=400, first_action="Write a card")
        put("FenjiCapacity", "Anna", calls_per_week=3)
        put("FenjiSegmentStrategy", "Champions", first_action="Bring flowers")
    found = as_json(fenji, name)
    assert [(r["owner"], r["calls_per_week"]) for r in found["owners"]] == [
        ("Anna", 3),
        ("Cleo", 7),
    ]
    assert found["owners"][0]["planned"] == 3
    mine = [r for r in found["actions"] if r["owner"] == "Cleo"]
    # Nobody is overdue by so slow a rhythm.
    assert mine and not {r["reason"] for r in mine} & {"overdue"}
    steps = {r["segment"]: r["what"] for r in mine}
    assert {what for segment, what in steps.items() if segment != "Champions"} == {"Write a card"}
    everybody = as_json(fenji, name, "--calls", 1000)["actions"]
    flowers = {r["segment"] for r in everybody if r["what"] == "Bring flowers"}
    assert flowers == {"Champions"}
    assert as_json(fenji, name, lang="zh")["owners"][0]["calls_per_week"] == 7


@pytest.mark.parametrize("lang", LANGUAGES)
def test_marks_stay_and_who_was_contacted_rests(
    fenji: Run, graded: Callable[[str], str], folder: Path, lang: str
) -> None:
    name = graded(lang)
    first = as_json(fenji, name, lang=lang)["actions"]
    mine = {tier: [r["customer"] for r in first if r["tier"] == tier] for tier in "AB"}
    (done, noted, refused, *_), (other, *_) = mine["A"], mine["B"]
    with edited(folder / name, lang) as put:
        put("FenjiActions", done, done="✓", note="Spoke to Li")
        put("FenjiActions", other, done="yes")
        put("FenjiActions", noted, note="Prefers mail")
        put("FenjiActions", refused, done=words_of(lang)("action_not.no"))
    again = as_json(fenji, name, lang=lang)
    listed = {row["customer"]: row for row in again["actions"]}
    assert again["rested"] == 2
    assert {done, other} & set(listed) == set()
    assert listed[noted]["note"] == "Prefers mail"
    assert refused in listed
    # Graded again, two lists later: the marks are still known.
    for _ in range(2):
        again_graded(fenji, name, lang)
        book = openpyxl.load_workbook(name, data_only=True)
        shown = {row["customer"]: row for row in table(book, "FenjiActions", lang)}
        assert {done, other} & set(shown) == set()
        assert (shown[noted]["note"], shown[noted]["done"]) == ("Prefers mail", None)
        rests = {row["customer"]: row for row in table(book, "FenjiContacts", lang)}
        assert set(rests) == {done, other}
        on = next(r["date"] for r in first if r["customer"] == done)
        assert rests[done]["date"].date().isoformat() == on
        assert rests[done]["note"] == "Spoke to Li"
        rhythm = dt.timedelta(days=14)
        assert rests[done]["next"].date() == dt.date.fromisoformat(on) + rhythm
    # When the rhythm has passed, they are listed again.
    day = (dt.date.fromisoformat(on) + rhythm).isoformat()
    later = as_json(fenji, name, "--from", day, "--calls", 1000, lang=lang)
    there = {row["customer"]: row for row in later["actions"]}
    assert there[done]["note"] == "Spoke to Li"
    assert other not in there


def again_graded(fenji: Run, name: str, lang: str) -> None:
    done = fenji(
        *("grade", "o.csv", "--scheme", "s.toml", "--as-of", AS_OF.isoformat()),
        *("--template", name, "-o", name, "--force"),
        lang=lang,
    )
    assert done.code == 0, done.err


def test_an_edited_capacity_stays_and_an_untouched_one_follows_the_scheme(
    fenji: Run, graded: Callable[[str], str], folder: Path
) -> None:
    name = graded("en")
    with edited(folder / name, "en") as put:
        put("FenjiCapacity", "Anna", calls_per_week=3)
        put("FenjiSegmentStrategy", "Lost", strategy="Leave them alone", contact_days=None)
    (folder / "s.toml").write_text(SCHEME.replace("week = 7", "week = 9"), encoding="utf-8")
    again_graded(fenji, name, "en")
    book = openpyxl.load_workbook(name, data_only=True)
    capacity = {r["owner"]: r["calls_per_week"] for r in table(book, "FenjiCapacity", "en")}
    assert capacity == {"Anna": 3, "Ben": 9}
    kinds = {r["segment"]: r for r in table(book, "FenjiSegmentStrategy", "en")}
    assert (kinds["Lost"]["strategy"], kinds["Lost"]["contact_days"]) == ("Leave them alone", None)
    assert kinds["Champions"]["contact_days"] == 14


def test_who_fell_comes_next(fenji: Run, graded: Callable[[str], str], folder: Path) -> None:
    name = graded("en")
    (folder / "s.toml").write_text(
        SCHEME.replace("700", "1500").replace("week = 7", "week = 1000"), encoding="utf-8"
    )
    done = fenji(
        *("grade", "o.csv", "--scheme", "s.toml", "--as-of", AS_OF.isoformat()),
        *("--previous", name, "-o", "later.xlsx"),
    )
    assert done.code == 0, done.err
    book = openpyxl.load_workbook("later.xlsx", data_only=True)
    fallen = {r["customer"] for r in table(book, "FenjiMoves", "en") if r["move"] == "Down"}
    assert fallen
    said = {r["customer"]: r["why"] for r in table(book, "FenjiActions", "en")}
    assert any(why.startswith("Fell from A to B: ") for why in said.values())
    at_risk = {c for c, why in said.items() if why.startswith("About to be lost")}
    assert {c for c, why in said.items() if why.startswith("Fell")} == fallen - at_risk
    # The command reads it from the workbook, and says the same.
    again = as_json(fenji, "later.xlsx")["actions"]
    assert [row["customer"] for row in again] == list(said)
    assert {r["customer"] for r in again if r["why"].startswith("Fell")} == fallen - at_risk


@pytest.mark.parametrize("lang", LANGUAGES)
def test_exports(
    fenji: Run, graded: Callable[[str], str], folder: Path, lang: str, office: ModuleType
) -> None:
    name = graded(lang)
    with edited(folder / name, lang) as put:
        put("FenjiStrategy", "B", first_action="@HYPERLINK(1)")
    found = as_json(fenji, name, lang=lang)["actions"]
    for ending in ("csv", "parquet", "xlsx"):
        done = fenji("actions", name, "-o", f"list.{ending}", lang=lang)
        assert done.code == 0, done.err
        assert f"list.{ending}" in done.out
    raw = (folder / "list.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf") == (lang == "zh")
    text = pl.read_csv(folder / "list.csv", infer_schema_length=0)
    assert text["customer"].to_list() == [row["customer"] for row in found]
    for column in ("name", "what"):
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in text[column].drop_nulls())
    assert "'@HYPERLINK(1)" in text["what"].to_list()
    assert pl.read_parquet(folder / "list.parquet")["what"].to_list() == [r["what"] for r in found]
    book = openpyxl.load_workbook("list.xlsx")
    assert book.sheetnames == [words_of(lang)("sheet.actions")]
    assert [row["customer"] for row in table(book, "FenjiActions", lang)] == [
        row["customer"] for row in found
    ]
    assert office.validate(folder / "list.xlsx") == []
    assert office.errors(office.cell_values(folder / "list.xlsx")) == {}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_screen_shows_the_list(fenji: Run, graded: Callable[[str], str], lang: str) -> None:
    name = graded(lang)
    found, done = as_json(fenji, name, lang=lang), fenji("actions", name, lang=lang)
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    for row in found["actions"]:
        (line,) = [each for each in lines if each.startswith(f"  {row['customer']} ")]
        assert row["why"] in line and row["what"] in line and row["owner"] in line
    assert [line for line in lines if line in {row["date"] for row in found["actions"]}] == sorted(
        {row["date"] for row in found["actions"]}
    )


def test_without_dates_nobody_is_due(fenji: Run, folder: Path) -> None:
    (folder / "c.csv").write_text("Customer,Orders,Amount\n1,5,900\n2,1,10\n", encoding="utf-8")
    (folder / "s.toml").write_text(SCHEME, encoding="utf-8")
    done = fenji("grade", "c.csv", "--scheme", "s.toml", "-o", "g.xlsx")
    assert done.code == 0, done.err
    book = openpyxl.load_workbook("g.xlsx")
    assert [row["customer"] for row in table(book, "FenjiActions", "en")] == [None]
    assert book["Actions"]["A3"].value == words_of("en")("action.span_unknown")
    assert as_json(fenji, "g.xlsx")["actions"] == []


BAD: dict[str, tuple[list[str], int, str, str]] = {
    "count": (["--calls", "many"], 2, "many", "many"),
    "negative": (["--calls", "-1"], 2, "-1", "-1"),
    "weeks": (["--weeks", "13"], 2, "1 to 12", "1 到 12"),
    "no_weeks": (["--weeks", "0"], 2, "1 to 12", "1 到 12"),
    "owner_without_number": (["--owner", "Anna"], 2, "WHO=NUMBER", "负责人=数量"),
    "owner_bad_number": (["--owner", "Anna=x"], 2, "--owner", "--owner"),
    "unknown_owner": (["--owner", "Zoe=3"], 2, "Zoe", "Zoe"),
    "day": (["--from", "5.1.2026"], 2, "5.1.2026", "5.1.2026"),
    "itself": (["-o", "g.xlsx", "--force"], 2, "itself", "分级结果本身"),
    "ending": (["-o", "x.docx"], 2, ".parquet", ".parquet"),
    "macros": (["-o", "x.xlsm"], 2, ".parquet", ".parquet"),
    "exists": (["-o", "o.csv"], 4, "--force", "--force"),
}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("case", BAD)
def test_bad_requests(
    refuse: Refuse, graded: Callable[[str], str], folder: Path, case: str, lang: str
) -> None:
    (folder / graded("en")).rename(folder / "g.xlsx")
    arguments, code, english, chinese = BAD[case]
    said = refuse(["actions", "g.xlsx", *arguments], code, lang)
    assert (english if lang == "en" else chinese) in said


@pytest.mark.parametrize("lang", LANGUAGES)
def test_files_that_hold_no_strategies(refuse: Refuse, fenji: Run, folder: Path, lang: str) -> None:
    write_text(folder / "o.csv", orders(300, 60))
    assert fenji("grade", "o.csv", "-o", "g.csv", lang=lang).code == 0
    assert "g.csv" in refuse(["actions", "g.csv"], 3, lang)
    assert "o.csv" in refuse(["actions", "o.csv"], 3, lang)
    assert "none.xlsx" in refuse(["actions", "none.xlsx"], 4, lang)
