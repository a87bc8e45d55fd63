"""=RFM_TIER and its kin over a sheet equal the columns of Grade customers, on all real data."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from addin.functions import FUNCTIONS
from addin.words import Words
from tests.functions.sheets import DATA, Book, flat, graded

COLUMNS = {"RFM_TIER": "tier", "RFM_SEGMENT": "segment", "RFM_SCORE": "rfm", "TIER_WHY": "why"}
ONE_BY_ONE = 60
R_LIKE = """
[rfm]
offset = 1
closed = "left"
segments = "rfm-r"
[measures]
frequency = "rows"
"""
SCHEMES = {
    "three scores": "[rfm]\nbins = 3\n",
    "pymc": '[measures]\nmonetary = "mean"\n[rfm]\nbins = 4\nsegments = "pymc"\n',
    "left, as in R": R_LIKE,
    "jenks": '[rfm]\ncut = "jenks"\nbins = 4\nclosed = "left"\n',
    "mean": '[rfm]\ncut = "mean"\nsegments = "eight"\nhigh = {of = "measure", at = "mean"}\n',
    "median": '[rfm]\ncut = "median"\nsegments = "eight"\nhigh = {of = "measure", at = "median"}\n',
    "width": '[rfm]\ncut = "width"\nbins = {recency = 4, frequency = 3, monetary = 12}\n',
    "weights": "[rfm]\nweights = {recency = 0.5, frequency = 0.3, monetary = 0.2}\n",
    "fixed": (
        '[measures]\nfrequency = "days"\nmonetary = "mean_per_day"\n'
        '[rfm]\ncut = "fixed"\nclosed = "left"\nsegments = "none"\n'
        "cut_points = {recency = [30, 90, 180], frequency = [2, 3], monetary = [50, 100, 250.5]}\n"
    ),
    "own segments": (
        '[[segments]]\nname = "best"\nrecency = [4, 5]\nfrequency = [4, 5]\n'
        '[[segments]]\nname = "some"\ncells = [111, 112, 355]\n'
        '[[segments]]\nname = "middle"\nmonetary = 3\n'
    ),
    "own tiers": (
        '[[tiers]]\nkey = "V"\nname = {zh = "贵宾", en = "VIP"}\nmin_score = 4.2\n'
        '[[tiers]]\nkey = "M"\nname = {zh = "会员", en = "Member"}\nmin_score = 2.5\n'
        '[[tiers]]\nkey = "O"\nname = {zh = "其他", en = "Others"}\n'
    ),
}
NESTED = "[rfm]\nnested = true\nbins = 3\n"


def arguments(name: str, model: Any) -> tuple[Any, ...]:
    return (None, model) if name == "RFM_SEGMENT" else (model,)


def check(name: str, book: Book, words: Words, model: Any) -> None:
    """A function over the whole sheet, and some of its rows one by one."""
    call, more = FUNCTIONS[name], arguments(name, model)
    expected = book.answers[COLUMNS[name]]
    assert flat(call(words, *book.measures, *more)) == expected
    if model is None:
        return
    every = range(len(expected))
    some = random.Random(0).sample(every, min(ONE_BY_ONE, len(every)))
    if name == "TIER_WHY":  # it takes its time
        some = some[:3]
    for row in some:
        assert call(words, *book.row(row), *more) == expected[row]


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("data", DATA)
def test_real_data(name: str, data: str, words: Words, shared_data: Path, unpacked: Path) -> None:
    book = graded(shared_data / DATA[data], words, unpacked)
    assert len(set(book.answers["tier"])) == 4
    assert len(book.answers["tier"]) > 20
    for model in (None, book.model, [[book.json]]):
        check(name, book, words, model)


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_other_schemes(
    name: str, scheme: str, words: Words, shared_data: Path, unpacked: Path
) -> None:
    book = graded(shared_data / DATA["cdnow sample"], words, unpacked, SCHEMES[scheme])
    check(name, book, words, book.json)
    if (name, scheme) != ("RFM_SEGMENT", "own segments"):
        check(name, book, words, book.model)


@pytest.mark.parametrize("name", COLUMNS)
def test_nested_cut_points(name: str, words: Words, shared_data: Path, unpacked: Path) -> None:
    book = graded(shared_data / DATA["cdnow sample"], words, unpacked, NESTED)
    check(name, book, words, book.json)
    said = FUNCTIONS[name](words, *book.row(0), *arguments(name, book.model))
    assert said == f"#VALUE! {words('function_error.model_nested')}"


@pytest.mark.parametrize("data", DATA)
def test_left_closed_on_all_data(
    data: str, words: Words, shared_data: Path, unpacked: Path
) -> None:
    """R compares bare sums with all their noise, which no cell has.

    So a function can only differ where an amount stands on a cut point to the last cent.
    """
    book = graded(shared_data / DATA[data], words, unpacked, R_LIKE)
    customers = book.grading.graded
    cuts = {round(c, 6) for c in book.grading.model["rfm"]["cuts"]["monetary"]["*"]}
    for model in (book.model, book.json):
        answers = flat(FUNCTIONS["RFM_SCORE"](words, *book.measures, model))
        differing = [
            (amount, bare)
            for answer, expected, amount, bare in zip(
                answers,
                book.answers["rfm"],
                customers["monetary"],
                customers["monetary_raw"] if "monetary_raw" in customers.columns else answers,
                strict=True,
            )
            if answer != expected
        ]
        assert len(differing) <= 4
        assert all(amount in cuts and amount != bare for amount, bare in differing)
