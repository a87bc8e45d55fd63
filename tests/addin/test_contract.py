"""What `fenji grade` promises to people and programs that call it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from addin.language import language
from addin.tables import GRADED
from addin.words import LANGUAGES, Words
from segmentation.checked import REASONS
from tests.addin.conftest import Run, files_in
from tests.addin.orders import orders, write_text, write_workbook
from tests.conftest import ROOT

KEYS = ("customers", "as_of", "method", "tiers", "segments", "rows", "out", "seconds")
MESSY = """customer,name,order,date,amount,status
A,Ann,1,2025-01-01,10,
A,Ann,1,2025-01-01,10,
A,Ann,2,2025-02-01,20,
B,Bob,3,2025-02-30,30,
B,Bob,4,2025-03-01,some,
B,Bob,5,2025-03-02,50,cancelled
B,Bob,6,2025-03-03,60,refunded
C,Cy,7,2140-01-01,70,
C,Cy,8,2025-04-01,80,
D,Di,9,2025-04-02,-5,
,,10,2025-04-03,90,
Total,,,,400,
E,=2+3,11,2025-05-01,12,
"""


def graded(fenji: Run, *arguments: object, lang: str = "en") -> dict[str, Any]:
    """The object that ``--json`` prints; nothing else may be on standard output."""
    done = fenji("grade", *arguments, "--json", lang=lang)
    assert (done.code, done.err) == (0, "")
    assert done.out.count("\n") == 1
    found: dict[str, Any] = json.loads(done.out)
    return found


def check_rows(rows: dict[str, Any]) -> None:
    assert set(rows) == {"read", "used", "left_out"}
    assert rows["read"] == rows["used"] + sum(rows["left_out"].values())
    assert set(rows["left_out"]) <= set(REASONS)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_json_object(lang: str, folder: Path, fenji: Run) -> None:
    (folder / "o.csv").write_text(MESSY, encoding="utf-8")
    found = graded(fenji, "o.csv", "-o", "x.parquet", lang=lang)
    assert set(KEYS) <= set(found)
    check_rows(found["rows"])
    assert found["rows"]["read"] == len(MESSY.splitlines()) - 1
    left_out = dict.fromkeys(REASONS, 1)
    del left_out["zero_or_negative"], left_out["blank_row"]
    assert found["rows"]["left_out"] == left_out
    table = pl.read_parquet(folder / "x.parquet")
    assert table["customer"].sort().to_list() == ["A", "C", "E"]
    assert (found["customers"], found["as_of"], found["method"]) == (3, "2025-05-02", "rfm")
    counts = table["tier"].value_counts()
    assert {k: n for k, n in found["tiers"].items() if n} == dict(counts.iter_rows())
    assert list(found["tiers"]) == ["A", "B", "C", "D"]
    assert found["segments"] == dict(table["segment"].value_counts().iter_rows())
    assert found["out"] == "x.parquet"
    assert all(value >= 0 for value in found["seconds"].values())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_without_json_everything_is_a_message(lang: str, folder: Path, fenji: Run) -> None:
    write_text(folder / "o.csv", orders(40, 6))
    done = fenji("grade", "o.csv", lang=lang)
    assert (done.code, done.out) == (0, "")
    name = {"en": "o-graded.xlsx", "zh": "o-分级.xlsx"}[lang]
    assert done.err.splitlines()[-1].endswith(name)
    assert set(files_in(folder)) == {"o.csv", name}


def test_the_default_output_stands_beside_the_source(folder: Path, fenji: Run) -> None:
    (folder / "in").mkdir()
    write_text(folder / "in" / "my.orders.csv", orders(40, 6))
    assert graded(fenji, "in/my.orders.csv")["out"] == str(Path("in", "my.orders-graded.xlsx"))
    assert (folder / "in" / "my.orders-graded.xlsx").exists()


@pytest.mark.parametrize("ending", ["xlsx", "csv", "parquet"])
def test_force_replaces(ending: str, folder: Path, fenji: Run) -> None:
    write_text(folder / "o.csv", orders(40, 6))
    out = folder / f"x.{ending}"
    out.write_text("an older result", encoding="utf-8")
    assert fenji("grade", "o.csv", "-o", out).code == 4
    assert out.read_text(encoding="utf-8") == "an older result"
    assert fenji("grade", "o.csv", "-o", out, "--force").code == 0
    assert out.stat().st_size > 200


def test_tables_have_the_keys_of_the_contract(folder: Path, fenji: Run) -> None:
    write_text(folder / "o.csv", orders())
    for name in ("x.csv", "x.parquet"):
        graded(fenji, "o.csv", "-o", name)
    table = pl.read_parquet(folder / "x.parquet")
    assert tuple(table.columns) == GRADED
    text = pl.read_csv(folder / "x.csv", schema_overrides={"customer": pl.String})
    names = table["name"].to_list()
    kept = [n[1:] if n.startswith("'") else n for n in text["name"].to_list()]
    assert kept == names
    assert_frame_equal(text.drop("name"), table.drop("name"), check_dtypes=False)
    rest = table.select((pl.col("r_score") + pl.col("f_score") + pl.col("m_score")) / 3)
    assert table["score"].to_list() == rest.to_series().round(6).to_list()


def test_text_never_runs_as_a_formula(folder: Path, fenji: Run) -> None:
    names = [
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(A1)",
        "\tx",
        "=cmd|' /C calc'!A0",
        "-12.5",
        "'=1",
        "\uff1d1+1",
    ]
    ids = [f"={i}" for i in range(len(names))]
    size = len(names)
    data = {
        "customer": ids,
        "name": names,
        "date": ["2025-01-01"] * size,
        "amount": range(1, 1 + size),
    }
    pl.DataFrame(data).write_csv(folder / "o.csv", quote_style="always")
    for name in ("x.csv", "x.xlsx", "x.parquet"):
        graded(fenji, "o.csv", "-o", name)
    text = pl.read_csv(folder / "x.csv", infer_schema=False)
    for column in ("customer", "name", "why", "next", "segment"):
        assert not text.filter(pl.col(column).str.contains(r"^[=+@\t\r\uff1d]|^-\D")).height, column
    stripped = [n.strip() for n in names]
    assert sorted(pl.read_parquet(folder / "x.parquet")["name"]) == sorted(stripped)
    book = openpyxl.load_workbook(folder / "x.xlsx")
    sheet = book.worksheets[0]
    own = {"RFM", "Score", "Tier", "R", "F", "M", "Change"}
    table = sheet.tables["FenjiCustomers"]
    head, *rows = sheet[table.ref]
    formulas = {
        h.value for row in rows for h, cell in zip(head, row, strict=True) if cell.data_type == "f"
    }
    assert formulas <= own
    shown = {
        cell.value for row in rows for h, cell in zip(head, row, strict=True) if h.value == "Name"
    }
    assert shown == set(stripped)


def test_a_saved_model_grades_the_same(folder: Path, fenji: Run) -> None:
    write_text(folder / "o.csv", orders())
    graded(fenji, "o.csv", "-o", "a.parquet", "--save-model", "m.json")
    graded(fenji, "o.csv", "-o", "b.parquet", "--model", "m.json")
    first = pl.read_parquet(folder / "a.parquet")
    assert_frame_equal(first, pl.read_parquet(folder / "b.parquet"), check_exact=True)
    few = first["customer"].sort().to_list()[:5]
    write_text(folder / "few.csv", orders().filter(pl.col("Customer").is_in(few)))
    day = graded(fenji, "o.csv", "-o", "c.parquet")["as_of"]
    graded(fenji, "few.csv", "-o", "d.parquet", "--model", "m.json", "--as-of", day)
    same = first.filter(pl.col("customer").is_in(few))
    assert_frame_equal(same, pl.read_parquet(folder / "d.parquet"), check_exact=True)
    book = fenji("grade", "o.csv", "-o", "m.xlsx", "--model", "m.json", lang="zh")
    assert book.code == 0, book.err


def test_columns_can_be_named(folder: Path, fenji: Run) -> None:
    frame = orders(40, 6).rename({"Amount": "Zahlung", "Customer": "wer", "Order date": "wann"})
    write_workbook(folder / "o.xlsx", frame)
    assert fenji("grade", "o.xlsx").code == 3
    named = ("--column", "客户=wer", "--column", "date= wann ", "--column", "amount=E")
    graded(fenji, "o.xlsx", "-o", "a.parquet", *named)
    write_workbook(folder / "p.xlsx", orders(40, 6))
    graded(fenji, "p.xlsx", "-o", "b.parquet")
    a, b = (pl.read_parquet(folder / name) for name in ("a.parquet", "b.parquet"))
    assert_frame_equal(a, b, check_exact=True)


@pytest.mark.parametrize(
    ("environment", "arguments", "expected"),
    [
        ({"LANG": "zh_CN.UTF-8"}, [], "zh"),
        ({"LANG": "en_US.UTF-8"}, [], "en"),
        ({"LANG": "de_DE.UTF-8"}, [], "en"),
        ({"LC_ALL": "C.UTF-8", "LANG": "zh_CN.UTF-8"}, [], "en"),
        ({"FENJI_LANG": "zh", "LC_ALL": "en_US"}, [], "zh"),
        ({"LANG": "zh_CN.UTF-8"}, ["grade", "--lang", "en"], "en"),
        ({"LANG": "en_US"}, ["grade", "--lang=zh", "x"], "zh"),
        ({"LANG": "en_US"}, ["--lang", "en", "--lang", "zh"], "zh"),
    ],
)
def test_the_language(environment: dict[str, str], arguments: list[str], expected: str) -> None:
    assert language(arguments, environment) == expected


def test_check_says_which_rows(folder: Path, fenji: Run, words: Words) -> None:
    (folder / "o.csv").write_text(MESSY, encoding="utf-8")
    done = fenji("check", "o.csv", lang=words.lang)
    assert done.code == 0
    for reason in ("duplicate", "bad_date", "cancelled", "total_row"):
        assert words(f"reason.{reason}") in done.out + done.err
    said = fenji("check", "o.csv", "--json", lang=words.lang)
    check_rows(json.loads(said.out)["rows"])
    assert set(files_in(folder)) == {"o.csv"}


def test_a_program_can_read_it_through_a_pipe(folder: Path) -> None:
    """Even where the terminal's encoding knows no Chinese."""
    write_text(folder / "订单.csv", orders(40, 6))
    done = subprocess.run(
        [sys.executable, "-m", "addin.cli", "grade", "订单.csv", "--json", "--lang", "zh"],
        cwd=folder,
        check=True,
        capture_output=True,
        env={"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "1"},
    )
    assert json.loads(done.stdout)["customers"] == 6
    assert done.stderr == b""


@pytest.mark.parametrize(
    "name", ["online_retail/Online Retail (first 70051 rows).xlsx", "zh_messy_orders/orders.xlsx"]
)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_real_orders_reconcile(
    name: str, lang: str, folder: Path, shared_data: Path, fenji: Run
) -> None:
    found = graded(fenji, shared_data / name, "-o", folder / "x.xlsx", lang=lang)
    check_rows(found["rows"])
    assert found["rows"]["used"] > 0
    assert sum(found["tiers"].values()) == found["customers"] == sum(found["segments"].values())
    book = openpyxl.load_workbook(folder / "x.xlsx")
    head, *rows = book.worksheets[0][book.worksheets[0].tables["FenjiCustomers"].ref]
    assert len(rows) == found["customers"]
    texts = [h.column for h in head[:2]]
    assert not [c for row in rows for c in row if c.column in texts and c.data_type == "f"]


@pytest.mark.parametrize("ending", ["xlsx", "csv", "parquet"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_pattern_passes_over_results(
    ending: str, lang: str, folder: Path, fenji: Run, words: Words
) -> None:
    """A second grading reads what the first one read, not its result too."""
    write_text(folder / "orders.csv", orders(40, 6))
    out = words("file.graded", stem="orders").replace("xlsx", ending)
    first = graded(fenji, "orders*", "-o", out, lang=lang)
    second = graded(fenji, "orders*", "-o", out, "--force", lang=lang)
    assert second["rows"] == first["rows"]
    named = fenji("grade", "orders.csv", out, "-o", "x.csv", "--json", lang=lang)
    assert named.code or json.loads(named.out)["rows"]["read"] > first["rows"]["read"]


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("en", {0: "last order on the grading day", 1: "last order 1 day ago", 2: "2 days ago"}),
        ("zh", {0: "评级日当天有购买", 1: "距上次购买 1 天", 2: "距上次购买 2 天"}),
    ],
)
def test_days_are_told_in_words(
    lang: str, expected: dict[int, str], folder: Path, fenji: Run
) -> None:
    rows = [f"C{i},2025-03-{31 - i},{10 + i}" for i in range(3)]
    (folder / "o.csv").write_text("\n".join(["customer,date,amount", *rows]), encoding="utf-8")
    graded(fenji, "o.csv", "-o", "x.parquet", "--as-of", "2025-03-31", lang=lang)
    why = dict(pl.read_parquet(folder / "x.parquet").select("recency", "why").iter_rows())
    assert {days: expected[days] in text for days, text in why.items()} == dict.fromkeys(why, True)
    assert set(why) == set(expected)
