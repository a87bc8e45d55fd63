"""Lifecycle and loyalty equal the columns of a grading, and their rules."""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from addin.functions import Failure
from addin.functions.days import serial_of
from addin.words import Words
from segmentation.rhythm import STAGES
from segmentation.run import Grading
from segmentation.scheme_file import preset
from tests.functions.calls import EN, refused, say
from tests.functions.sheets import DATA, Range, column, flat, graded

LOYALTY = 'method = "loyalty"\n'
DAY = dt.datetime(2026, 6, 30)


def dates_of(grading: Grading) -> pl.DataFrame:
    """First and last day of purchase of each graded customer, in the order of the graded table."""
    if grading.checked.kind == "customers":
        assert grading.checked.as_of is not None
        last = [
            grading.checked.as_of - dt.timedelta(days=int(days))
            for days in grading.graded["recency"]
        ]
        return pl.DataFrame({"first": last, "last": last})
    bought = grading.checked.rows.filter("purchase").group_by("customer")
    days = bought.agg(pl.col("date").min().alias("first"), pl.col("date").max().alias("last"))
    return grading.graded.select("customer").join(
        days, on="customer", how="left", maintain_order="left"
    )


def as_cells(days: pl.Series, kind: str) -> Range:
    """Days as a host hands them over."""
    if kind == "dates":
        return [[dt.datetime(day.year, day.month, day.day)] for day in days]
    return [[float(serial_of(day)) if kind == "serials" else day.isoformat()] for day in days]


@pytest.mark.parametrize("kind", ["dates", "serials", "text"])
@pytest.mark.parametrize("data", DATA)
def test_stages_of_the_graded_table(
    data: str, kind: str, words: Words, shared_data: Path, unpacked: Path
) -> None:
    grading = graded(shared_data / DATA[data], words, unpacked).grading
    days, orders = dates_of(grading), column(grading.graded["frequency"].to_list())
    first, last = as_cells(days["first"], kind), as_cells(days["last"], kind)
    expected = [words(f"stage.{stage}") for stage in grading.graded["stage"]]
    # All customers of Pagila are active.
    assert len(set(expected)) > 1 or data == "pagila"
    day = grading.checked.as_of
    assert day is not None
    for as_of in (day.isoformat(), float(serial_of(day)), [[day]]):
        assert flat(say("LIFECYCLE_STAGE", first, last, orders, as_of, words=words)) == expected
    latest = days["last"].max()
    if day - dt.timedelta(days=1) == latest:
        assert flat(say("LIFECYCLE_STAGE", first, last, orders, words=words)) == expected
    for i in range(0, len(expected), max(len(expected) // 40, 1)):
        single = (first[i][0], last[i][0], orders[i][0], day)
        assert say("LIFECYCLE_STAGE", *single, words=words) == expected[i]


@pytest.mark.parametrize(
    ("days", "orders", "stage"),
    [
        *((0, 2, "active"), (90, 2, "active"), (90, 1, "new"), (0, 1, "new")),
        *((91, 2, "dormant"), (91, 1, "dormant"), (180, 9, "dormant"), (181, 9, "lost")),
    ],
)
def test_both_limits_are_in(days: int, orders: int, stage: str, words: Words) -> None:
    assert stage in STAGES
    last = DAY - dt.timedelta(days=days)
    expected = words(f"stage.{stage}")
    assert say("LIFECYCLE_STAGE", last, last, float(orders), DAY, words=words) == expected
    two = say("LIFECYCLE_STAGE", [[last], [DAY]], [[last], [DAY]], orders, DAY, words=words)
    assert two[0] == [expected]


def test_rows_that_have_no_stage() -> None:
    early, late = DAY - dt.timedelta(days=9), DAY + dt.timedelta(days=1)
    first: Range = [[early], [None], [DAY], [early], [early], [late], ["x"]]
    last: Range = [[DAY], [DAY], [early], [None], [DAY], [late], [DAY]]
    orders: Range = [[2.0], [2.0], [2.0], [2.0], [None], [2.0], [2.0]]
    answers = flat(say("LIFECYCLE_STAGE", first, last, orders, DAY))
    assert answers[:2] == ["Active"] * 2
    assert answers[3:5] == [None, None]
    reasons = ["first_after_last", "after_as_of"]
    for i, code in zip((2, 5), reasons, strict=True):
        assert answers[i] == f"#VALUE! {EN(f'function_error.{code}')}"
    assert isinstance(answers[6], Failure)
    for i, answer in enumerate(answers):
        assert say("LIFECYCLE_STAGE", first[i][0], last[i][0], orders[i][0], DAY) == answer


def test_single_dates_need_a_day() -> None:
    for given in ((DAY, DAY, 1.0), ([[DAY]], [[DAY]], [[1.0]])):
        assert refused("LIFECYCLE_STAGE", *given) == "as_of_needed"
    assert refused("LIFECYCLE_STAGE", DAY, DAY, 1.0, "soon") == "bad_as_of"
    assert refused("LIFECYCLE_STAGE", DAY, DAY, 1.0, [[DAY], [DAY]]) == "one_value"


# ── loyalty ────────────────────────────────────────────────────────────────────────────────────


def months_of(grading: Grading) -> list[Any]:
    """Months with a purchase of each graded customer."""
    bought = grading.checked.rows.filter("purchase")
    months = bought.select("customer", pl.col("date").dt.truncate("1mo")).unique()
    return (
        grading.graded.select("customer")
        .join(months.group_by("customer").len(), on="customer", how="left", maintain_order="left")[
            "len"
        ]
        .to_list()
    )


@pytest.mark.parametrize("data", ["cdnow sample", "online retail", "rfm_r orders"])
def test_types_are_the_tiers_of_the_method(
    data: str, words: Words, shared_data: Path, unpacked: Path
) -> None:
    book = graded(shared_data / DATA[data], words, unpacked, LOYALTY)
    orders, months = column(book.grading.graded["frequency"].to_list()), months_of(book.grading)
    expected = book.answers["tier"]
    assert len(set(expected)) > 1
    assert flat(say("LOYALTY_TYPE", orders, column(months), words=words)) == expected


@pytest.mark.parametrize("referrals", [None, 0, 1, 5])
def test_types_by_the_rule(referrals: int | None, words: Words) -> None:
    rows = list(itertools.product(range(7), [None, *range(6)]))
    names = [tier.name[words.lang] for tier in preset("loyalty").tiers]
    expected = []
    for orders, months in rows:
        loyal = orders >= 4 and (months is None or months >= 3)
        loyal = loyal or (orders >= 2 and (referrals or 0) >= 1)
        expected.append(names[0 if loyal else 1 if orders >= 2 else 2])
    given = [column([row[i] for row in rows]) for i in (0, 1)]
    answers = flat(say("LOYALTY_TYPE", *given, referrals, words=words))
    assert answers == expected
    for (orders, months), answer in zip(rows, answers, strict=True):
        assert say("LOYALTY_TYPE", orders, months, referrals, words=words) == answer


def test_unknown_orders_have_no_type() -> None:
    assert say("LOYALTY_TYPE", None, 3.0) is None
    answers = flat(say("LOYALTY_TYPE", [[None], ["x"], [5.0]], 3.0))
    assert answers[0] is None
    assert isinstance(answers[1], Failure)
    assert answers[2] == "Loyal"
