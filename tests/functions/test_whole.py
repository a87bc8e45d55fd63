"""Tables out of columns of orders: what `fenji grade` and `fenji check` make of the same file."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from addin.defaults import with_default_segments
from addin.findings import findings_table
from addin.functions import Failure
from addin.functions.days import serial_of
from addin.hosts.file.reading import read_sources
from addin.tables import customers_table
from addin.words import Words
from segmentation.columns import layout
from segmentation.run import Grading, grade
from segmentation.scheme_file import preset
from tests.functions.calls import EN, refused, say
from tests.functions.sheets import DATA, Range, column, flat

ORDERS = ("cdnow sample", "pagila", "rfm_r orders", "messy orders")
HEADERS = {"customer": "Customer", "date": "Order date", "amount": "Amount", "order": "Order"}


def columns_of(path: Path) -> dict[str, list[str | None]]:
    """The columns of a file that the functions take, as they stand in it."""
    if not path.exists():
        pytest.skip(f"not among the real data: {path.name}")
    found = layout(read_sources([path])[0])
    return {r: found.data[f"c{found.columns[r]}"].to_list() for r in HEADERS if r in found.columns}


def regraded(columns: dict[str, list[str | None]], words: Words, folder: Path) -> Grading:
    """The columns written to a file, and graded from there as `fenji grade` does it."""
    file = folder / "orders.csv"
    with file.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows(
            [[HEADERS[role] for role in columns], *zip(*columns.values(), strict=True)]
        )
    return grade(
        read_sources([file]),
        scheme=with_default_segments(preset("general"), words),
        today=dt.date.today(),
    )


def given(columns: dict[str, list[Any]]) -> list[Range]:
    return [[[cell] for cell in columns[role]] for role in HEADERS if role in columns]


def as_rows(table: pl.DataFrame) -> Range:
    return [list(table.columns), *map(list, table.rows())]


@pytest.mark.parametrize("data", ORDERS)
def test_the_table_of_grade_customers(
    data: str, words: Words, shared_data: Path, tmp_path: Path
) -> None:
    columns = columns_of(shared_data / DATA[data])
    grading = regraded(columns, words, tmp_path)
    table = say("RFM_TABLE", *given(columns), words=words)
    assert table == as_rows(customers_table(grading, words))
    assert len(table) > 300


@pytest.mark.parametrize("data", ORDERS)
def test_the_findings_of_check(data: str, words: Words, shared_data: Path, tmp_path: Path) -> None:
    columns = columns_of(shared_data / DATA[data])
    columns.pop("order", None)
    grading = regraded(columns, words, tmp_path)
    table = say("DATA_CHECK", *given(columns), words=words)
    # A file counts its header as row 1, and names the columns by its own headers.
    expected = findings_table(grading, words)
    expected = expected.with_columns(expected["row"].cast(pl.Int64) - 1)
    about = [header for header in table[0] if header != words("header.FenjiFindings.column")]
    assert len(about) == 4
    ours = [[*row[:1], *row[2:]] for row in table[1:]]
    wanted = [list(row) for row in expected.select("row", "value", "rule", "action").rows()]
    listed = [row for row in ours if row[0] is not None]
    assert listed == [row for row in wanted if row[0] is not None]
    left_out = sum(grading.checked.left_out.values())
    assert len(listed) >= left_out
    assert left_out > 0 or data != "messy orders"


DAYS = [dt.date(2026, 1, 1) + dt.timedelta(days=int(n)) for n in (0, 3, 9, 30, 31, 80)]
PEOPLE = ["a", "b", "a", "c", "b", "d"]
AMOUNTS = [10.5, 20.0, 30.0, 7.25, 100.0, 1.0]


def tables(words: Words, days: list[Any], people: list[Any], amounts: list[Any]) -> Range:
    found = say("RFM_TABLE", *map(column, (people, days, amounts)), words=words)
    assert isinstance(found, list)
    return found


def test_cells_of_every_kind_make_the_same_table(words: Words) -> None:
    first = tables(words, [d.isoformat() for d in DAYS], PEOPLE, AMOUNTS)
    assert len(first) == 5
    assert (
        tables(words, [dt.datetime(d.year, d.month, d.day) for d in DAYS], PEOPLE, AMOUNTS) == first
    )
    assert tables(words, [float(serial_of(d)) for d in DAYS], PEOPLE, AMOUNTS) == first
    assert tables(words, list(DAYS), PEOPLE, [f"¥{a}" for a in AMOUNTS]) == first
    # A header on top, and a whole column's blank cells below.
    blank = [None] * 3
    headed: list[list[Any]] = [
        ["客户", *PEOPLE, *blank],
        ["下单日期", *DAYS, *blank],
        ["实付金额", *AMOUNTS, *blank],
    ]
    assert tables(words, headed[1], headed[0], headed[2]) == first


def test_an_order_of_several_rows_counts_once() -> None:
    orders = ["1", "1", "2", "3", "4", "5"]
    ranges = [column(each) for each in (["a"] * 6, [DAYS[0]] * 6, AMOUNTS)]
    at = say("RFM_TABLE", *ranges)[0].index(EN("header.FenjiCustomers.frequency"))
    assert say("RFM_TABLE", *ranges)[1][at] == 6
    assert say("RFM_TABLE", *ranges, column(orders))[1][at] == 5


def test_the_day_to_grade_for() -> None:
    ranges = [column(each) for each in (PEOPLE, DAYS, AMOUNTS)]
    at = say("RFM_TABLE", *ranges)[0].index(EN("header.FenjiCustomers.recency"))
    for as_of in ("2026-04-01", dt.date(2026, 4, 1), float(serial_of(dt.date(2026, 4, 1)))):
        days = {row[0]: row[at] for row in say("RFM_TABLE", *ranges, None, as_of)[1:]}
        last = dict(zip(PEOPLE, DAYS, strict=True))
        assert days == {who: (dt.date(2026, 4, 1) - day).days for who, day in last.items()}
    assert refused("RFM_TABLE", *ranges, None, "soon") == "bad_as_of"
    assert refused("RFM_TABLE", *ranges, None, "2020-01-01") == "as_of_before_data"


def test_findings_by_row_and_by_the_headers_on_top(words: Words) -> None:
    ranges = [
        column(["客户", "a", None, "b", "c"]),
        column(["日期", DAYS[0], DAYS[1], "some day", DAYS[2]]),
        column(["金额", 1.0, 2.0, 3.0, "#DIV/0!"]),
    ]
    table = say("DATA_CHECK", *ranges, words=words)
    where = [table[0].index(words(f"header.FenjiFindings.{key}")) for key in ("row", "column")]
    found = [[row[i] for i in where] for row in table[1:] if row[where[0]] is not None]
    assert sorted(found) == [[3, "客户"], [4, "日期"], [5, "金额"]]


def test_nothing_to_find_is_a_header_alone(words: Words) -> None:
    table = say("DATA_CHECK", *(column(each) for each in (PEOPLE, DAYS, AMOUNTS)), words=words)
    assert len(table) == 1
    assert len(table[0]) == 5


@pytest.mark.parametrize("name", ["RFM_TABLE", "DATA_CHECK"])
def test_columns_that_hold_no_orders(name: str) -> None:
    blank = column([None, None])
    assert refused(name, blank, blank, blank) == "no_rows"
    said = say(name, column(["a", "b"]), column(["x1", "y2"]), column([1, 2]))
    assert isinstance(said, Failure)
    assert "\n" not in said
    short = ["3/4/2026", "5/6/2026"]
    assert refused(name, column(["a", "b"]), column(short), column([1, 2])) == "date_order_unknown"
    assert refused(name, column(["a", "b"]), column(DAYS), column([1, 2])) == "lengths"
    assert flat(say(name, "a", DAYS[0], 5.0))
