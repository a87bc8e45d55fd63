"""`fenji compare` and `fenji grade --previous`: who moved, in files and in words."""

from __future__ import annotations

import datetime as dt
import json
import re
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import openpyxl
import polars as pl
import pytest

from addin.words import LANGUAGES
from addin.words import words as words_of
from tests.addin.conftest import Refuse, Run
from tests.addin.orders import orders, write_text
from tests.addin.test_workbooks import differences
from tests.office import Values, cell_values

SPLIT = dt.date(2025, 9, 1)
TIERS = "ABCD"
COLUMNS = (
    "customer",
    "name",
    "before",
    "now",
    "move",
    "steps",
    "monetary_before",
    "monetary_now",
    "reason",
)
KINDS = ("up", "down", "same", "new", "gone")
SCHEME = """format = 1
method = "thresholds"
name = {{ zh = "会员", en = "Members" }}
[thresholds]
measure = "monetary"
{tiers}
"""


@pytest.fixture
def two(folder: Path) -> Path:
    """Orders until the autumn, and a year's without those of January; some come, some go."""
    every = orders(500, 60)
    day, customer = pl.col("Order date"), pl.col("Customer")
    write_text(folder / "a.csv", every.filter((day < SPLIT) & (customer > "00004")))
    write_text(folder / "b.csv", every.filter((day >= dt.date(2025, 2, 1)) & (customer < "00055")))
    return folder


@pytest.fixture
def graded(two: Path, fenji: Run) -> Callable[..., str]:
    """Grade ``a.csv`` or ``b.csv`` into a file of some kind; gives its name."""

    def run(stem: str, ending: str, lang: str = "en", *options: object) -> str:
        out = f"{stem}-{lang}.{ending}"
        done = fenji("grade", f"{stem}.csv", "-o", out, "--force", *options, lang=lang)
        assert done.code == 0, done.err
        assert (two / out).exists()
        return out

    return run


def as_json(fenji: Run, *arguments: object, lang: str = "en") -> dict[str, Any]:
    done = fenji(*arguments, "--json", lang=lang)
    assert (done.code, done.err) == (0, "")
    assert done.out.count("\n") == 1
    found: dict[str, Any] = json.loads(done.out)
    return found


def by_hand(old: pl.DataFrame, new: pl.DataFrame) -> dict[str, tuple[str, int | None]]:
    """Each customer's move, from two graded tables, one by one."""
    before = dict(old.select("customer", "tier").iter_rows())
    now = dict(new.select("customer", "tier").iter_rows())
    found: dict[str, tuple[str, int | None]] = {}
    for customer in before.keys() | now.keys():
        if customer not in before or customer not in now:
            found[customer] = ("gone" if customer in before else "new", None)
            continue
        step = TIERS.index(before[customer]) - TIERS.index(now[customer])
        found[customer] = ("up" if step > 0 else "down" if step else "same", step)
    return found


def moves_in(path: Path) -> list[dict[str, Any]]:
    """The rows of the table Moves as they stand in a workbook, by header."""
    with warnings.catch_warnings(action="ignore"):
        book = openpyxl.load_workbook(path, data_only=True)
        tables = openpyxl.load_workbook(path)
    sheet = next(s for s in tables.worksheets if "FenjiMoves" in s.tables)
    head, *rows = book[sheet.title][sheet.tables["FenjiMoves"].ref]
    return [dict(zip([h.value for h in head], [c.value for c in row], strict=True)) for row in rows]


@pytest.fixture
def check(office: ModuleType, validator: Callable[[Path], list[str]]) -> Callable[[Path], None]:
    """The workbook is valid, shows no error, and does not change when calculated anew."""

    def run(book: Path) -> None:
        assert validator(book) == []
        with warnings.catch_warnings(action="ignore"):
            before: Values = cell_values(book)
            after: Values = cell_values(office.recalculate(book))
        assert office.errors(before) == {}
        assert office.errors(after) == {}
        assert differences(before, after) == {}

    return run


@pytest.mark.parametrize("ending", ["xlsx", "csv", "parquet"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_kind_of_file_in_either_language(
    ending: str, lang: str, two: Path, graded: Callable[..., str], fenji: Run
) -> None:
    old, new = graded("a", ending, "zh"), graded("b", "parquet", "en")
    found = as_json(fenji, "compare", old, new, "-o", "m.parquet", lang=lang)
    graded("a", "parquet", "en")
    frames = [pl.read_parquet(two / f"{stem}-en.parquet") for stem in "ab"]
    expected = by_hand(*frames)
    table = pl.read_parquet(two / "m.parquet")
    assert tuple(table.columns) == COLUMNS
    told = {c: (move, step) for c, move, step in table["customer", "move", "steps"].iter_rows()}
    assert told == expected
    counts = Counter(kind for kind, _ in expected.values())
    assert found["moves"] == {kind: counts[kind] for kind in KINDS}
    assert set(counts) == set(KINDS)
    assert found["customers"] == {
        "before": frames[0].height,
        "now": frames[1].height,
        "both": sum(n for kind, n in counts.items() if kind not in ("new", "gone")),
    }
    pairs = {(row["before"], row["now"]): row["customers"] for row in found["tiers"]}
    both = frames[0].join(frames[1], on="customer", how="full", suffix="_now")
    cells = Counter(both.select("tier", "tier_now").iter_rows())
    assert {pair: n for pair, n in pairs.items() if n} == dict(cells)
    for side, frame in zip(("before", "now"), frames, strict=True):
        amounts = sum(row[side] for row in found["amounts"].values())
        assert amounts == pytest.approx(frame["monetary"].sum())


def test_falls_come_first_the_dearest_on_top(
    two: Path, graded: Callable[..., str], fenji: Run
) -> None:
    old, new = graded("a", "xlsx"), graded("b", "xlsx")
    as_json(fenji, "compare", old, new, "-o", "m.csv")
    table = pl.read_csv(two / "m.csv", schema_overrides={"customer": pl.String})
    order = ["down", "gone", "up", "new", "same"]
    assert table["move"].unique(maintain_order=True).to_list() == order
    for (kind,), rows in table.group_by("move"):
        amount = rows["monetary_now" if kind == "new" else "monetary_before"]
        assert amount.is_sorted(descending=True), kind
    reasons = table.with_columns(moved=pl.col("move").is_in(["up", "down"]))
    assert (reasons["moved"] == reasons["reason"].is_not_null()).all()
    assert not table.filter(pl.col("name").str.contains(r"^[=+@-]")).height


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_workbook_of_the_sheet_moves(
    lang: str,
    two: Path,
    graded: Callable[..., str],
    fenji: Run,
    check: Callable[[Path], None],
) -> None:
    words = words_of(lang)
    done = fenji("compare", graded("a", "xlsx"), graded("b", "csv"), "-o", "m.xlsx", lang=lang)
    assert done.code == 0, done.err
    book = two / "m.xlsx"
    check(book)
    assert openpyxl.load_workbook(book).sheetnames == [words("sheet.moves")]
    rows = moves_in(book)
    headers = words.section("header.FenjiMoves")
    assert list(rows[0]) == list(headers.values())
    expected = by_hand(*(pl.read_csv(two / n, infer_schema=False) for n in graded_tables(fenji)))
    names = {kind: words(f"move.{kind}") for kind in KINDS}
    told = {row[headers["customer"]]: row[headers["move"]] for row in rows}
    assert told == {customer: names[kind] for customer, (kind, _) in expected.items()}
    counts = Counter(kind for kind, _ in expected.values())
    sheet = openpyxl.load_workbook(book, data_only=True).worksheets[0]
    head, people, *_ = sheet[sheet.tables["FenjiMoveKinds"].ref]
    shown = {h.value: n.value for h, n in zip(head[1:], people[1:], strict=True)}
    assert shown == {names[kind]: counts[kind] for kind in KINDS}
    head, *matrix = sheet[sheet.tables["FenjiMoveMatrix"].ref]
    assert [row[0].value for row in matrix] == [*TIERS, names["new"], words("moves.total")]
    assert [h.value for h in head[1:]] == [*TIERS, names["gone"], words("moves.total")]
    assert matrix[-1][-1].value == len(expected)


def graded_tables(fenji: Run) -> list[str]:
    for stem in "ab":
        assert fenji("grade", f"{stem}.csv", "-o", f"{stem}.x.csv").code == 0
    return ["a.x.csv", "b.x.csv"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_grading_with_the_one_before(
    lang: str,
    two: Path,
    graded: Callable[..., str],
    fenji: Run,
    check: Callable[[Path], None],
) -> None:
    words = words_of(lang)
    old = graded("a", "xlsx", "zh")
    options = ("--previous", old)
    found = as_json(fenji, "grade", "b.csv", "-o", "x.xlsx", *options, lang=lang)
    apart = as_json(fenji, "compare", old, "x.xlsx", "-o", "m.xlsx", lang=lang)
    assert found["moves"] == apart["moves"]
    assert set(apart["notes"]) <= set(found["notes"])
    check(two / "x.xlsx")
    assert moves_in(two / "x.xlsx") == moves_in(two / "m.xlsx")
    said = fenji("grade", "b.csv", "-o", "y.xlsx", *options, lang=lang).err
    shown = [f"{words(f'move.{kind}')} {n}" for kind, n in found["moves"].items()]
    (line,) = [line for line in said.splitlines() if all(part in line for part in shown)]
    assert old in line
    assert words("sheet.moves") in line
    table = fenji("grade", "b.csv", "-o", "y.csv", *options, lang=lang)
    assert f"“{words('sheet.moves')}”" not in table.err
    assert all(part in table.err for part in shown)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_without_one_the_sheet_waits_for_the_next(
    lang: str, two: Path, graded: Callable[..., str], fenji: Run, check: Callable[[Path], None]
) -> None:
    first = graded("a", "xlsx", lang)
    said = openpyxl.load_workbook(two / first)[words_of(lang)("sheet.moves")]["A3"].value
    assert said == words_of(lang)("dashboard.no_moves")
    again = ("b.csv", "-o", "x.xlsx", "--template", first, "--previous", first)
    fresh = ("b.csv", "-o", "f.xlsx", "--previous", first)
    found = as_json(fenji, "grade", *again, lang=lang)
    assert found["moves"] == as_json(fenji, "grade", *fresh, lang=lang)["moves"]
    check(two / "x.xlsx")
    assert moves_in(two / "x.xlsx") == moves_in(two / "f.xlsx")
    assert "moves" not in as_json(fenji, "grade", "a.csv", "-o", "x.csv")


def one_order(folder: Path, name: str, rows: str, fenji: Run, *, lang: str, day: str) -> None:
    """Grade one order a customer with limits that stay as they are."""
    scheme = folder / "s.toml"
    scheme.write_text(
        'format = 1\nmethod = "rfm"\nname = { zh = "试", en = "Try" }\n[rfm]\ncut = "fixed"\n'
        "cut_points = { recency = [30, 60], frequency = [1, 2], monetary = [100, 1000] }\n"
        + "".join(
            f'[[tiers]]\nkey = "{key}"\nname = {{ zh = "{zh}", en = "{key}" }}\n{limit}\n'
            for key, zh, limit in (
                ("A", "甲级", "min_score = 2.5"),
                ("B", "乙级", "min_score = 1.6"),
                ("C", "丙级", ""),
            )
        ),
        encoding="utf-8",
    )
    (folder / f"{name}.csv").write_text("customer,name,date,amount\n" + rows, encoding="utf-8")
    options = ("--scheme", scheme, "--as-of", day, "--force")
    done = fenji("grade", f"{name}.csv", "-o", f"{name}.xlsx", *options, lang=lang)
    assert done.code == 0, done.err


BEFORE = "".join(f"K,柯,2025-03-{d},1600\n" for d in ("01", "10", "20"))
AFTER = "".join(f"L,陆,2025-06-{d},90\n" for d in ("01", "10", "20"))


@pytest.mark.parametrize(
    ("lang", "fall", "rise"),
    [
        (
            "en",
            "R 3 → 1 (last order 12 → 104 days ago)",
            "R 2 → 3 (last order 42 → 12 days ago), F 1 → 3 (Orders 1 → 4), "
            "M 1 → 2 (Amount 50.00 → 320.00)",
        ),
        (
            "zh",
            "R 3 → 1（距上次购买 12 → 104 天）",
            "R 2 → 3（距上次购买 42 → 12 天），F 1 → 3（订单数 1 → 4），"
            "M 1 → 2（金额 50.00 → 320.00）",
        ),
    ],
)
def test_what_changed_in_words(lang: str, fall: str, rise: str, folder: Path, fenji: Run) -> None:
    first = BEFORE + "L,陆,2025-02-18,50\n"
    one_order(folder, "a", first, fenji, lang=lang, day="2025-04-01")
    one_order(folder, "b", first + AFTER, fenji, lang=lang, day="2025-07-02")
    as_json(fenji, "compare", "a.xlsx", "b.xlsx", "-o", "m.parquet", lang=lang)
    table = pl.read_parquet(folder / "m.parquet").select("customer", "before", "now", "reason")
    assert table.rows() == [("K", "A", "B", fall), ("L", "C", "A", rise)]
    said = fenji("compare", "a.xlsx", "b.xlsx", lang=lang).out
    shown = "柯" if lang == "zh" else "K 柯"
    assert shown in said
    assert fall in said
    assert ("甲级 → 乙级" if lang == "zh" else "K 柯: A → B") in said.replace("“", "")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_limits_that_moved_are_told(lang: str, folder: Path, fenji: Run) -> None:
    """A customer that did not change falls when all others rise."""
    text = words_of(lang)
    rows = [f"C{i:02},2025-01-{i + 1:02},{10 * (i + 1)}\n" for i in range(20)]
    more = [
        f"C{i:02},2025-01-{i + 1:02},{10 * (i + 1) * (1 if i == 19 else 90)}\n" for i in range(20)
    ]
    for name, each in (("a", rows), ("b", more)):
        (folder / f"{name}.csv").write_text("customer,date,amount\n" + "".join(each))
        assert fenji("grade", f"{name}.csv", "-o", f"{name}.xlsx", lang=lang).code == 0
    found = as_json(fenji, "compare", "a.xlsx", "b.xlsx", "-o", "m.parquet", lang=lang)
    table = pl.read_parquet(folder / "m.parquet").filter(pl.col("customer") == "C19")
    (row,) = table.select("move", "reason").rows()
    assert row[0] == "down"
    amount = text(
        "move_reason.fact", name=text("measure_name.monetary_sum"), before="200.00", now="200.00"
    )
    expected = text(
        "move_reason.score",
        score="M",
        before=5,
        now=1,
        fact=amount,
        limits=text("move_reason.cuts"),
    )
    assert row[1] == expected
    assert text("moves_note.cuts_moved") in found["notes"]


SCORECARD = """format = 1
method = "scorecard"
name = { zh = "评分", en = "Card" }
[[scorecard.criteria]]
key = "value"
name = { zh = "价值", en = "Value" }
weight = 60
indicators = [{ measure="monetary", weight=100, by = "limits", limits = [100], points = [80, 100] }]
[[scorecard.criteria]]
key = "loyalty"
name = { zh = "忠诚", en = "Loyalty" }
weight = 40
indicators = [{ measure="frequency", weight=100, by = "limits", limits = [2], points = [50, 100] }]
[[tiers]]
key = "high"
name = { zh = "高", en = "High" }
min_score = 80
[[tiers]]
key = "low"
name = { zh = "低", en = "Low" }
"""


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("en", "Score 68 → 88, Loyalty points 50 → 100"),
        ("zh", "得分 68 → 88，忠诚得分 50 → 100"),
    ],
)
def test_a_scorecard_is_told_by_its_criteria(
    lang: str, expected: str, folder: Path, fenji: Run
) -> None:
    (folder / "s.toml").write_text(SCORECARD, encoding="utf-8")
    rows = {"a": "K,2025-01-01,10\n", "b": "K,2025-01-01,10\nK,2025-01-02,10\nK,2025-01-03,10\n"}
    for name, text in rows.items():
        (folder / f"{name}.csv").write_text("customer,date,amount\n" + text)
        done = fenji("grade", f"{name}.csv", "-o", f"{name}.xlsx", "--scheme", "s.toml", lang=lang)
        assert done.code == 0, done.err
    as_json(fenji, "compare", "a.xlsx", "b.xlsx", "-o", "m.parquet", lang=lang)
    (row,) = pl.read_parquet(folder / "m.parquet").select("move", "reason").rows()
    # 60 % of 80 points, and 40 % of 50, then of 100.
    assert row == ("up", expected)


def tiers_of(*limits: tuple[str, str, int | None]) -> str:
    return "".join(
        f'\n[[tiers]]\nkey = "{key}"\nname = {{ zh = "{zh}", en = "{key}" }}\n'
        + (f"at_least = {limit}" if limit is not None else "")
        for key, zh, limit in limits
    )


def by_amount(folder: Path, name: str, tiers: str, fenji: Run, lang: str = "en") -> str:
    scheme = folder / f"{name}.toml"
    scheme.write_text(SCHEME.format(tiers=tiers), encoding="utf-8")
    rows = "".join(f"C{i},2025-01-0{i + 1},{i * 10}\n" for i in range(6))
    (folder / f"{name}.csv").write_text("customer,date,amount\n" + rows, encoding="utf-8")
    done = fenji("grade", f"{name}.csv", "-o", f"{name}.xlsx", "--scheme", scheme, lang=lang)
    assert done.code == 0, done.err
    return f"{name}.xlsx"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_other_tiers_are_told_and_not_guessed(lang: str, folder: Path, fenji: Run) -> None:
    words = words_of(lang)
    old = by_amount(folder, "a", tiers_of(("gold", "黄金", 30), ("rest", "普通", None)), fenji)
    new = by_amount(folder, "b", tiers_of(("top", "顶级", 40), ("base", "基础", None)), fenji, "zh")
    found = as_json(fenji, "compare", old, new, "-o", "m.xlsx", lang=lang)
    assert found["moves"] == dict.fromkeys(KINDS, 0) | {"unclear": 6}
    name = {"en": ("gold", "top"), "zh": ("黄金", "顶级")}[lang]
    assert any(name[0] in note and name[1] in note for note in found["notes"])
    (row, *_) = moves_in(folder / "m.xlsx")
    headers = words.section("header.FenjiMoves")
    assert row[headers["move"]] == words("move.unclear")
    assert row[headers["steps"]] is None
    assert (row[headers["before"]], row[headers["now"]]) == name


def test_a_tier_more_leaves_the_others_where_they_are(folder: Path, fenji: Run) -> None:
    old = by_amount(folder, "a", tiers_of(("gold", "黄金", 30), ("rest", "普通", None)), fenji)
    three = tiers_of(("gold", "黄金", 40), ("silver", "白银", 20), ("rest", "普通", None))
    new = by_amount(folder, "b", three, fenji, "zh")
    found = as_json(fenji, "compare", old, new, "-o", "m.parquet")
    # 50 and 40 stay gold, 30 falls to silver, 20 rises to it, the rest stays.
    assert found["moves"] == {"up": 1, "down": 1, "same": 4, "new": 0, "gone": 0}
    steps = dict(pl.read_parquet(folder / "m.parquet").select("customer", "steps").iter_rows())
    assert steps == {"C5": 0, "C4": 0, "C3": -1, "C2": 1, "C1": 0, "C0": 0}
    assert any("silver" in note for note in found["notes"])


def test_a_table_in_another_order_says_so(
    two: Path, graded: Callable[..., str], fenji: Run
) -> None:
    for stem in "ab":
        table = pl.read_csv(two / graded(stem, "csv"), infer_schema=False)
        table.sort("customer").write_csv(two / f"{stem}-sorted.csv")
    found = as_json(fenji, "compare", "a-sorted.csv", "b-sorted.csv")
    assert found["moves"]["up"] == found["moves"]["down"] == 0
    assert found["moves"]["unclear"] > 0
    assert sum("-sorted.csv" in note for note in found["notes"]) == 2
    # The other file lists the tiers, which is enough.
    told = as_json(fenji, "compare", "a-sorted.csv", graded("b", "xlsx"))
    plain = as_json(fenji, "compare", graded("a", "parquet"), graded("b", "parquet"))
    assert told["moves"] == plain["moves"]


def test_the_later_file_first_is_noticed(graded: Callable[..., str], fenji: Run) -> None:
    old, new = graded("a", "xlsx"), graded("b", "xlsx")
    right = as_json(fenji, "compare", old, new)
    wrong = as_json(fenji, "compare", new, old)
    assert len(wrong["notes"]) == len(right["notes"]) + 1
    assert "swapped" in wrong["notes"][0]
    assert wrong["moves"]["up"] == right["moves"]["down"]


def test_nobody_in_both_is_noticed(folder: Path, fenji: Run) -> None:
    for name in "ab":
        rows = "".join(f"{name}{i},2025-01-0{i + 1},{i}\n" for i in range(5))
        (folder / f"{name}.csv").write_text("customer,date,amount\n" + rows)
        assert fenji("grade", f"{name}.csv", "-o", f"{name}.parquet").code == 0
    found = as_json(fenji, "compare", "a.parquet", "b.parquet")
    assert found["moves"] == dict.fromkeys(KINDS, 0) | {"new": 5, "gone": 5}
    assert any("numbered" in note for note in found["notes"])


def test_a_template_without_the_sheet(two: Path, graded: Callable[..., str], fenji: Run) -> None:
    old = graded("a", "xlsx")
    assert fenji("template", "general", "-o", "t.xlsx").code == 0
    with warnings.catch_warnings(action="ignore"):
        book = openpyxl.load_workbook(two / "t.xlsx")
    del book["Moves"]
    for name in [
        n for n in book.defined_names if n.startswith(("FenjiMovesFiles", "FenjiMovesNote"))
    ]:
        del book.defined_names[name]
    book.save(two / "t.xlsx")
    options = ("--template", "t.xlsx", "--previous", old)
    found = as_json(fenji, "grade", "b.csv", "-o", "x.xlsx", *options)
    assert "Moves" not in openpyxl.load_workbook(two / "x.xlsx").sheetnames
    assert any("Moves" in note for note in found["notes"])
    assert set(found["moves"]) == set(KINDS)


def test_moves_of_before_do_not_stay_in_a_template(
    two: Path, graded: Callable[..., str], fenji: Run, validator: Callable[[Path], list[str]]
) -> None:
    with_moves = graded("b", "xlsx", "en", "--previous", graded("a", "xlsx"))
    again = fenji("grade", "a.csv", "-o", "x.xlsx", "--template", with_moves)
    assert again.code == 0, again.err
    assert validator(two / "x.xlsx") == []
    assert [row for row in moves_in(two / "x.xlsx") if any(row.values())] == []
    assert "a-en" not in str(openpyxl.load_workbook(two / "x.xlsx")["Moves"]["A3"].value)
    sheet = openpyxl.load_workbook(two / "x.xlsx")["Moves"]
    texts = {str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value}
    assert not [text for text in texts if "→" in text]
    # And the other way round: they are filled into a template that has the sheet.
    new = as_json(
        fenji, "grade", "b.csv", "-o", "y.xlsx", "--template", "x.xlsx", "--previous", "a-en.xlsx"
    )
    assert moves_in(two / "y.xlsx") == moves_in(two / with_moves)
    assert set(new["moves"]) == set(KINDS)


BAD: dict[str, tuple[list[str], int, str, str]] = {
    "missing": (["none.xlsx", "b.csv"], 4, "none.xlsx", "none.xlsx"),
    "not_graded": (["a.csv", "b.csv"], 3, "grade it first", "请先用 fenji grade"),
    "twice": (["twice.csv", "g.csv"], 3, "2 times", "出现了 2 次"),
    "out_is_old": (["g.csv", "h.csv", "-o", "g.csv", "--force"], 2, "compared", "参加比较"),
    "out_is_new": (["g.csv", "h.csv", "-o", "h.csv", "--force"], 2, "compared", "参加比较"),
    "out_exists": (["g.csv", "h.csv", "-o", "a.csv"], 4, "--force", "--force"),
    "out_ending": (["g.csv", "h.csv", "-o", "x.docx"], 2, ".parquet", ".parquet"),
    "out_macros": (["g.csv", "h.csv", "-o", "x.xlsm"], 2, ".parquet", ".parquet"),
    "no_folder": (["g.csv", "h.csv", "-o", "none/x.xlsx"], 4, "can't be written", "无法写入"),
    "one_file": (["g.csv"], 2, "NEW", "NEW"),
}


@pytest.fixture
def scene(two: Path, fenji: Run) -> Path:
    for stem, name in (("a", "g"), ("b", "h")):
        assert fenji("grade", f"{stem}.csv", "-o", f"{name}.csv").code == 0
    table = pl.read_csv(two / "g.csv", infer_schema=False)
    pl.concat([table, table.head(1)]).write_csv(two / "twice.csv")
    return two


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("case", BAD)
def test_a_bad_request_is_refused(case: str, lang: str, scene: Path, refuse: Refuse) -> None:
    arguments, code, english, chinese = BAD[case]
    assert scene == Path.cwd()
    said = refuse(["compare", *arguments], code, lang)
    assert (english if lang == "en" else chinese) in said


BAD_PREVIOUS: dict[str, tuple[list[str], int, str, str]] = {
    "not_graded": (["a.csv"], 3, "grade it first", "请先用 fenji grade"),
    "missing": (["none.csv"], 4, "none.csv", "none.csv"),
    "out": (["g.csv", "-o", "g.csv", "--force"], 2, "compared", "参加比较"),
    "model": (["g.csv", "--save-model", "g.csv", "--force"], 2, "compared", "参加比较"),
}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("case", BAD_PREVIOUS)
def test_a_bad_previous_file_is_refused(case: str, lang: str, scene: Path, refuse: Refuse) -> None:
    options, code, english, chinese = BAD_PREVIOUS[case]
    assert scene == Path.cwd()
    out = [] if "-o" in options else ["-o", "x.csv"]
    said = refuse(["grade", "b.csv", *out, "--previous", *options], code, lang)
    assert (english if lang == "en" else chinese) in said


def test_real_orders_in_two_months(shared_data: Path, folder: Path, fenji: Run) -> None:
    source = shared_data / "online_retail/Online Retail (first 70051 rows).xlsx"
    days = {"a": "2010-12-20", "b": "2011-01-20"}
    for name, day in days.items():
        out = f"{name}.xlsx"
        assert fenji("grade", source, "-o", out, "--as-of", day).code == 0
        table = f"{name}.parquet"
        assert fenji("grade", source, "-o", table, "--as-of", day).code == 0
    found = as_json(fenji, "compare", "a.xlsx", "b.xlsx", "-o", "m.xlsx")
    frames = [pl.read_parquet(folder / f"{name}.parquet") for name in days]
    counts = Counter(kind for kind, _ in by_hand(*frames).values())
    assert found["moves"] == {kind: counts[kind] for kind in KINDS}
    assert counts["gone"] == 0
    rows = moves_in(folder / "m.xlsx")
    assert len(rows) == sum(counts.values()) > 1000
    falls = [row["What changed"] for row in rows if row["Move"] == "Down"]
    assert all(re.search(r"[RFM] \d → \d \(", text) for text in falls)
