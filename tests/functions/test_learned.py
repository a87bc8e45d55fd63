"""Clusters and rules equal the tiers of the methods that learned them."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from addin.functions import Failure
from addin.words import Words
from tests.functions.calls import EN, refused, say
from tests.functions.sheets import DATA, Book, Range, column, flat, graded

KMEANS = 'method = "kmeans"\n'
TREE = 'method = "tree"\n'
POINTS = '[tree]\nform = "points"\n'
RULES = """
method = "tree"
[tree]
rules = [
  { tier = "A", limits = { monetary = { at_least = 200 }, mean_order = { above = 30 } } },
  { tier = "B", limits = { monetary = { at_least = 50 } } },
]
[[tiers]]
key = "A"
name = { zh = "甲", en = "First" }
[[tiers]]
key = "B"
[[tiers]]
key = "C"
"""
GROUPS = [[1, 9, 900], [2, 8, 800], [300, 1, 10], [310, 1, 9], [100, 3, 100], [101, 3, 90]]


def measures_of(book: Book) -> Range:
    return [[r[0], f[0], m[0]] for r, f, m in zip(*book.measures, strict=True)]


@pytest.mark.parametrize("data", ["cdnow sample", "online retail", "messy orders", "pagila"])
def test_clusters_are_the_tiers_of_the_method(
    data: str, words: Words, shared_data: Path, unpacked: Path
) -> None:
    book = graded(shared_data / DATA[data], words, unpacked, KMEANS)
    customers = column(book.grading.graded["customer"].to_list())
    given = (measures_of(book), None, None, customers)
    answers = flat(say("KMEANS_TIER", *given, words=words))
    assert answers == book.answers["tier"]
    assert set(answers) == set("ABCD")
    # Eight clusters over four tiers: two each.
    eight = graded(shared_data / DATA[data], words, unpacked, KMEANS + "[kmeans]\nk = 8\n")
    customers = column(eight.grading.graded["customer"].to_list())
    answers = flat(say("KMEANS_TIER", measures_of(eight), 8, None, customers, words=words))
    assert answers == eight.answers["tier"]


def test_clusters_do_not_depend_on_the_order_of_rows(shared_data: Path, unpacked: Path) -> None:
    rows = measures_of(graded(shared_data / DATA["cdnow sample"], EN, unpacked, KMEANS))
    answers = flat(say("KMEANS_TIER", rows, 5))
    order = random.Random(3).sample(range(len(rows)), len(rows))
    mixed = flat(say("KMEANS_TIER", [rows[i] for i in order], 5))
    assert mixed == [answers[i] for i in order]


@pytest.mark.parametrize("k", [3.0, "3", [[3]]])
def test_groups_that_anybody_sees(k: object) -> None:
    assert flat(say("KMEANS_TIER", GROUPS, k)) == [*"AACCBB"]


def test_as_many_clusters_as_there_can_be() -> None:
    assert flat(say("KMEANS_TIER", GROUPS, 1)) == [*"AAAAAA"]
    two = [GROUPS[0], GROUPS[2]] * 3
    assert flat(say("KMEANS_TIER", two)) == [*"ABABAB"]
    blank = [GROUPS[0], [None, None, None], ["x", 1, 2], GROUPS[2]]
    answers = flat(say("KMEANS_TIER", blank))
    assert answers[:2] == ["A", None]
    assert isinstance(answers[2], Failure)
    assert answers[3] == "B"


def test_which_way_is_better() -> None:
    one = [[float(v)] for v in (1, 2, 100, 110)]
    assert flat(say("KMEANS_TIER", one, 2)) == ["B", "B", "A", "A"]
    assert flat(say("KMEANS_TIER", one, 2, "less")) == ["A", "A", "B", "B"]
    # Three columns are recency, frequency and monetary: less, more, more.
    alike = say("KMEANS_TIER", GROUPS, 3, "less;more;more")
    assert say("KMEANS_TIER", GROUPS, 3) == alike
    assert flat(say("KMEANS_TIER", GROUPS, 3, "more;less;less")) != flat(alike)


def test_clusters_that_can_not_be() -> None:
    for k in (-1, 2.5, 101):
        assert refused("KMEANS_TIER", GROUPS, k) == "bad_k"
    assert refused("KMEANS_TIER", GROUPS, "four") == "list_number"
    assert refused("KMEANS_TIER", [[1.0, 2.0, 3.0]]) == "alone"


@pytest.mark.parametrize("scheme", [TREE, TREE + POINTS], ids=["auto", "points"])
@pytest.mark.parametrize("data", ["cdnow sample", "online retail", "rfm_r orders"])
def test_rules_are_those_of_the_model(
    data: str, scheme: str, words: Words, shared_data: Path, unpacked: Path
) -> None:
    book = graded(shared_data / DATA[data], words, unpacked, scheme)
    rows = measures_of(book)
    for model in (book.json, [[book.json]]):
        assert flat(say("TREE_TIER", rows, model, words=words)) == book.answers["tier"]
    # One customer alone can be graded by a model.
    for i in range(0, len(rows), 97):
        assert say("TREE_TIER", [rows[i]], book.json, words=words) == [[book.answers["tier"][i]]]


def test_the_columns_stand_in_the_order_of_the_rules(
    words: Words, shared_data: Path, unpacked: Path
) -> None:
    book = graded(shared_data / DATA["cdnow sample"], words, unpacked, RULES)
    money, orders = book.measures[2], book.measures[1]
    rows = [[m[0], m[0] / f[0]] for m, f in zip(money, orders, strict=True)]
    expected = [
        ("First" if words.lang == "en" else "甲")
        if m >= 200 and mean > 30
        else "B"
        if m >= 50
        else "C"
        for m, mean in rows
    ]
    assert expected == book.answers["tier"]
    assert flat(say("TREE_TIER", rows, book.json, words=words)) == expected
    said = say("TREE_TIER", money, book.json, words=words)
    assert isinstance(said, Failure)
    assert words("measure_name.mean_order") in said


def test_models_that_have_no_rules(shared_data: Path, unpacked: Path) -> None:
    rows = [[1.0, 2.0, 3.0]]
    assert refused("TREE_TIER", rows, None) == "tree_model"
    assert refused("TREE_TIER", rows, '{"format": 1}') == "tree_model"
    assert refused("TREE_TIER", rows, "A") == "tree_model"
    book = graded(shared_data / DATA["cdnow sample"], EN, unpacked)
    assert refused("TREE_TIER", rows, book.json) == "no_tree"
    assert refused("TREE_TIER", rows, book.model) == "one_value"
