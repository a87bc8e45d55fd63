"""Cells as hosts hand them over: shapes, blanks, errors, numbers and dates of every kind."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from addin.functions.days import date_of, day_of, days_of, serial_of
from addin.functions.define import CallError, Failure
from addin.functions.numbers import answerable, number_of, numbers_of
from addin.functions.values import ERRORS, columns_aligned, is_blank, rows_of, shaped
from addin.words import Words
from addin.words import words as words_of
from segmentation.amounts import parse_amounts
from segmentation.dates import parse_dates

EN = words_of("en")
BLANKS = (None, "", "  ", "\u3000", float("nan"))

# ── shapes ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("given_", "rows"),
    [
        (5, [[5]]),
        ([1, 2], [[1, 2]]),
        ((1, 2), [[1, 2]]),
        ([[1], [2]], [[1], [2]]),
        (((1,), (2,)), [[1], [2]]),
        ([(1, 2), [3, 4]], [[1, 2], [3, 4]]),
        ([[1, 2], [3]], [[1, 2], [3, None]]),
        ([[1], 2], [[1], [2]]),
        ([], [[None]]),
        ([[]], [[None]]),
    ],
)
def test_rows_of_a_range(given_: Any, rows: Any) -> None:
    assert [list(row) for row in rows_of(given_)] == rows


def test_arguments_cell_by_cell() -> None:
    down, across, two = [[1], [2], [3]], [4, 5, 6], [[7, 8, 9]]
    flat, shape = columns_aligned([down, across, two, 0, [[-1]]])
    assert flat == [[1, 2, 3], [4, 5, 6], [7, 8, 9], [0, 0, 0], [-1, -1, -1]]
    assert shaped(flat[0], shape) == [[1], [2], [3]]
    flat, shape = columns_aligned([across, down])
    assert shaped(flat[1], shape) == [[1, 2, 3]]
    flat, shape = columns_aligned([[[1, 2], [3, 4]], 9])
    assert shaped(flat[0], shape) == [[1, 2], [3, 4]]
    flat, shape = columns_aligned([1, "x"])
    assert (flat, shape) == ([[1], ["x"]], None)
    assert shaped(["only"], shape) == "only"
    flat, shape = columns_aligned([[[1]], [[2]]])
    assert shaped(flat[1], shape) == [[2]]


def test_ranges_of_different_length() -> None:
    with pytest.raises(CallError) as caught:
        columns_aligned([[[1], [2]], [[1], [2], [3]], 5, [[6]]])
    assert caught.value.params == {"lengths": "1, 2, 3"}


@pytest.mark.parametrize("height", [65_536, 1_048_576])
def test_whole_columns_end_where_the_last_of_them_does(height: int) -> None:
    short = [["x"], *[[None]] * (height - 1)]
    long = [[1], [None], [3], [" "], *[[""]] * (height - 4)]
    flat, shape = columns_aligned([short, long])
    assert flat == [["x", None, None], [1, None, 3]]
    assert shape is not None
    assert shape.rows == 3
    empty, _ = columns_aligned([[[None]] * height])
    assert empty == [[None]]
    beside, _ = columns_aligned([short, [[1], [2]]])
    assert beside == [["x", None], [1, 2]]


# ── numbers ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (5, 5.0),
        (-2.5, -2.5),
        (Decimal("12.30"), 12.3),
        (np.float64(1.5), 1.5),
        (np.int64(7), 7.0),
        ("12", 12.0),
        (" 12.50 ", 12.5),
        ("1e3", 1000.0),
        ("-3", -3.0),
        ("1,234.50", 1234.5),
        ("¥1,234", 1234.0),
        ("12.5万", 125_000.0),
        ("１２３", 123.0),
        ("(120)", -120.0),
        ("1 234", 1234.0),
        ("1_000", 1000.0),
        ("$ 9.99", 9.99),
    ],
)
def test_numbers(cell: Any, number: float) -> None:
    assert number_of(EN, cell) == number
    numbers, unanswered = numbers_of(EN, [None, cell, "#N/A"])
    assert numbers[1] == number
    assert unanswered[1] is None


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("abc", "abc"),
        (True, "TRUE"),
        (False, "FALSE"),
        (np.True_, "True"),
        (float("inf"), "inf"),
        ("inf", "inf"),
        ("nan", "nan"),
        (10**400, "1" + "0" * 38 + "…"),
        (dt.date(2025, 1, 2), "2025-01-02"),
        ("x" * 50, "x" * 39 + "…"),
        ("two\nlines", "two lines"),
    ],
)
def test_what_is_no_number_is_named(cell: Any, shown: str, words: Words) -> None:
    expected = f"#VALUE! {words('function_error.no_number', value=shown)}"
    for cells in ([cell], [1.0, cell], ["¥5", cell]):
        numbers, unanswered = numbers_of(words, cells)
        assert math.isnan(numbers[-1])
        assert unanswered[-1] == expected
    assert number_of(words, cell) == expected


@pytest.mark.parametrize("cell", BLANKS)
def test_blank_cells(cell: Any) -> None:
    assert is_blank(cell)
    assert number_of(EN, cell) is None
    assert day_of(EN, cell) is None
    for cells in ([cell, 1.0], [cell, "¥1"]):
        numbers, unanswered = numbers_of(EN, cells)
        assert math.isnan(numbers[0])
        assert numbers[1] == 1
        assert unanswered == [None, None]


@pytest.mark.parametrize("error", sorted(ERRORS))
def test_errors_are_named(error: str, words: Words) -> None:
    for found in (number_of(words, error), day_of(words, error)):
        assert isinstance(found, Failure)
        assert found.error == ("#N/A" if error == "#N/A" else "#VALUE!")
        assert error in found.reason


def test_a_failure_of_another_function_goes_on() -> None:
    told = Failure("#N/A no such tier")
    assert number_of(EN, str(told)) == told
    assert number_of(EN, "#1") == Failure(f"#VALUE! {EN('function_error.no_number', value='#1')}")


TEXTS = [
    "12",
    "1,234.5",
    "12,5",
    "1.234",
    "¥3",
    "1.234,50",
    "４５",
    "3万",
    "-",
    "n/a",
    "(5)",
    "7.25",
]


@settings(deadline=None)  # the first example imports what it needs
@given(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=8), st.booleans())
def test_text_is_read_as_the_core_reads_a_column(cells: list[str], money: bool) -> None:
    numbers, unanswered = numbers_of(EN, cells, money=money)
    core = parse_amounts(pl.Series(cells), money=money).to_list()
    assert [None if math.isnan(n) else n for n in numbers.tolist()] == core
    assert [u is None for u in unanswered] == [n is not None for n in core]


def test_typed_numbers_tell_how_text_beside_them_is_written() -> None:
    core = parse_amounts(pl.Series(["12,5", "3.75"])).to_list()
    assert core[0] is None
    assert math.isnan(numbers_of(EN, ["12,5", 3.75])[0][0])
    assert numbers_of(EN, ["12,5", 3.0])[0].tolist() == [12.5, 3.0]


def test_a_row_is_answered_where_all_its_cells_are() -> None:
    one = numbers_of(EN, [1, None, "x", 4, "#N/A", "x"])
    two = numbers_of(EN, [1, "y", "z", None, 5, None])
    known, answers = answerable([one, two])
    assert known.tolist() == [True, False, False, False, False, False]
    assert answers == [None, None, one[1][2], None, one[1][4], None]


# ── days ───────────────────────────────────────────────────────────────────────────────────────


DAY = dt.date(2025, 1, 3)


@pytest.mark.parametrize(
    "cell",
    [
        DAY,
        dt.datetime(2025, 1, 3, 23, 59),
        np.datetime64("2025-01-03T11:00"),
        45660,
        45660.99,
        "45660",
        20250103,
        20250103.0,
        "20250103",
        "2025-01-03",
        " 2025-01-03 ",
        "2025/1/3",
        "2025年1月3日",
        "3 Jan 2025",
        "2025-01-03 18:30:00",
        "２０２５-１-３",
    ],
)
def test_days(cell: Any) -> None:
    day = day_of(EN, cell)
    assert day == 45660  # as Excel counts: DATE(2025,1,3)
    assert isinstance(day, float)
    assert date_of(day) == DAY


@pytest.mark.parametrize(
    "cell", [True, "soon", "2025-02-30", 0.5, 5.0, -1, 1e300, float("inf"), dt.date(1899, 12, 31)]
)
def test_what_is_no_day_is_named(cell: Any, words: Words) -> None:
    found = day_of(words, cell)
    assert isinstance(found, Failure)
    start, end = words("function_error.no_date", value="|").split("|")
    assert found.reason.startswith(start)
    assert found.reason.endswith(end)


def test_day_and_month_are_never_guessed(words: Words) -> None:
    asked = f"#VALUE! {words('function_error.date_order', value='3/4/2026')}"
    assert day_of(words, "3/4/2026") == asked
    days, unanswered = days_of(words, ["3/4/2026", "25/4/2026"])
    assert [date_of(d) for d in days] == [dt.date(2026, 4, 3), dt.date(2026, 4, 25)]
    assert unanswered == [None, None]


@settings(deadline=None)  # the first example imports what it needs
@given(st.dates(dt.date(1950, 1, 1), dt.date(2150, 12, 31)))
def test_text_dates_are_read_as_the_core_reads_them(day: dt.date) -> None:
    text = day.isoformat()
    assert parse_dates(pl.Series([text])).dates.to_list() == [day]
    assert day_of(EN, text) == day_of(EN, day) == serial_of(day)
