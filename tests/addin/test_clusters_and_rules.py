"""Clusters by name and rules as sentences, in both languages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from addin.explain import extras, rules, told, why
from addin.explaining import kmeans, tree
from addin.words import Words
from segmentation.grading import apply, fit
from segmentation.method import METHODS
from segmentation.methods.tree import TOTAL
from segmentation.scheme_file import preset, preset_text
from tests.segmentation.promises import some_customers
from tests.segmentation.sheets import scheme
from tests.segmentation.test_tree import CASES, customer_file

LEVELS: dict[str, list[tuple[dict[str, int], str, str]]] = {
    "plain": [
        (
            {"recency": 1, "frequency": 0, "monetary": 1},
            "高消费活跃客户",
            "High-spending, active customers",
        ),
        (
            {"recency": 0, "frequency": 1, "monetary": -1},
            "忠诚低价客户",
            "Loyal, low-spending customers",
        ),
        (
            {"recency": -2, "frequency": -2, "monetary": -2},
            "低频低价沉寂客户",
            "Occasional, low-spending, quiet customers",
        ),
    ],
    "told apart": [
        (
            {"recency": 2, "frequency": 2, "monetary": 2},
            "忠诚超高消费活跃客户",
            "Loyal, top-spending, active customers",
        ),
        (
            {"recency": 1, "frequency": 1, "monetary": 1},
            "忠诚高消费活跃客户",
            "Loyal, high-spending, active customers",
        ),
    ],
    "alike": [
        ({"recency": 0, "frequency": 0}, "普通客户 1", "Ordinary customers 1"),
        ({"recency": 0, "frequency": 0}, "普通客户 2", "Ordinary customers 2"),
    ],
    "other measures": [
        (
            {"interval": 1, "categories": 2},
            "普通客户（平均购买间隔（天）低，购买种类数高）",
            "Ordinary customers (Days between purchases low, Categories bought high)",
        ),
        ({"interval": 0, "categories": 0}, "普通客户", "Ordinary customers"),
    ],
}


def model_of(name: str) -> tuple[dict[str, Any], pl.DataFrame]:
    frame = some_customers(1, 300)
    model = fit(preset(name), frame)
    return model, apply(model, frame)


@pytest.mark.parametrize("case", LEVELS)
def test_clusters_are_named_by_what_they_are(case: str, words: Words) -> None:
    model, _ = model_of("kmeans")
    learned = {
        "measures": list(LEVELS[case][0][0]),
        "clusters": [{"levels": levels} for levels, _, _ in LEVELS[case]],
    }
    one = told({**model, "learned": learned}, words)[0]
    wanted = [zh if words.lang == "zh" else en for _, zh, en in LEVELS[case]]
    assert kmeans.names(one) == wanted


def test_why_names_the_nearest_cluster_and_the_next(words: Words) -> None:
    model, graded = model_of("kmeans")
    one = told(model, words)[0]
    names, (_, *centres) = kmeans.names(one), rules(model, words)
    assert len(set(names)) == len(names) == len(centres) == 4
    columns = {e.key: graded.select(e.values).to_series() for e in extras(model, words)}
    sentences = graded.select(why(model, words)).to_series()
    rows = zip(sentences, graded["cluster"], graded["cluster_second"], strict=True)
    for text, cluster, second in rows:
        assert names[cluster - 1] in text
        assert text.rindex(names[second - 1]) > text.index(names[cluster - 1])
    assert columns["cluster"].to_list() == graded["cluster"].to_list()
    assert columns["cluster_name"].to_list() == [names[c - 1] for c in graded["cluster"]]
    for name, sentence, cluster in zip(names, centres, model["learned"]["clusters"], strict=True):
        assert name in sentence
        assert f"{cluster['centre']['monetary']:,.2f}" in sentence


@pytest.mark.parametrize("k", [0, 3])
def test_the_model_says_how_many_clusters_and_why(k: int, words: Words) -> None:
    frame = some_customers(1, 300)
    model = fit(scheme(f'method = "kmeans"\n[kmeans]\nk = {k}\n'), frame)
    count, *clusters = rules(model, words)
    learned = model["learned"]
    assert len(clusters) == learned["k"]
    assert str(learned["k"]) in count
    assert ("Calinski-Harabasz" in count) == (k == 0)
    assert all(f"{tried['index']:,.0f}" in count for tried in learned["tried"])
    if k == 0:
        best = max(learned["tried"], key=lambda tried: tried["index"])
        assert best["k"] == learned["k"]


def test_fewer_clusters_than_asked_are_explained(words: Words) -> None:
    frame = pl.DataFrame({"recency": [1.0, 90], "frequency": [9.0, 1], "monetary": [900.0, 1]})
    for k in (0, 4):
        model = fit(scheme(f'method = "kmeans"\n[kmeans]\nk = {k}\n'), frame)
        assert rules(model, words)[0] == words("why_kmeans.count_few", k=2)


@pytest.mark.parametrize("name", [m for m in METHODS if m != "rfm"])
def test_one_tier_alone_makes_whole_sentences(name: str, words: Words) -> None:
    frame = some_customers(1, 60)
    grid = '[matrix]\ngrid = [["A"]]\n' if name == "matrix" else ""
    model = fit(scheme(f'method = "{name}"\n{grid}[[tiers]]\nkey = "A"\n'), frame)
    graded = apply(model, frame)
    for text in graded.select(why(model, words)).to_series():
        assert text
        assert text.strip()[-1] not in ":：,，;；。–"


def test_rules_taught_by_rfm_are_twelve_sentences_at_most(shared_data: Path, words: Words) -> None:
    frame = customer_file(shared_data)[::2]
    for text in (preset_text("tree"), preset_text("tree").replace('"auto"', '"conditions"')):
        model = fit(scheme(text), frame)
        one = told(model, words)[0]
        sentences = tree.sentences(one)
        assert len(sentences) <= 12
        read = " ".join(sentences)
        asked = [c for r in model["learned"]["rules"] for c in r["conditions"]]
        limits = [c for c in [*asked, *model["learned"]["points"]] if c["measure"] != TOTAL]
        for limit in limits:
            assert one.limit(limit) in read
        assert all(tier in read for tier in one.tiers())
        assert "{" not in read
        # What the rules are worth stands below them.
        assert len(rules(model, words)) > len(sentences)


def test_points_in_words_add_up(words: Words) -> None:
    frame = some_customers(5)
    own = CASES["points of five measures"]
    model = fit(own, frame)
    graded = apply(model, frame)
    for text, score in zip(
        graded.select(why(model, words)).to_series(), graded["score"], strict=True
    ):
        parts = re.findall(r"（(\d+) 分）" if words.lang == "zh" else r"\((\d+)\)", text)
        assert sum(map(int, parts)) == score, text


@pytest.mark.parametrize("case", ["conditions", "given"])
def test_why_names_the_rule_that_holds(case: str, words: Words) -> None:
    frame = some_customers(5)
    model = fit(CASES[case], frame)
    graded = apply(model, frame)
    listed = tree.sentences(told(model, words)[0])
    for text, rule in zip(
        graded.select(why(model, words)).to_series(), graded["rule"], strict=True
    ):
        found = re.search(r"规则 (\d+)|Rule (\d+)", text)
        assert (int(found[1] or found[2]) if found else 0) == rule
        if rule:
            said = listed[rule - 1].split(". ", 1)[1]
            assert said[: said.rindex("（" if words.lang == "zh" else " (")] in text
