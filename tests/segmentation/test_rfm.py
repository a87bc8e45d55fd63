"""fit and apply: scores, tiers, segments, and models that survive."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.errors import DataError, UsageError
from segmentation.grading import apply, dump_model, fit, load_model
from segmentation.notes import few_scores
from segmentation.scheme import MEASURES
from tests.segmentation.sheets import people, scheme

SCORES = ("r_score", "f_score", "m_score")
PERSON = st.tuples(
    st.integers(0, 400), st.integers(1, 30), st.integers(-1000, 10**6).map(lambda c: c / 100)
)
PEOPLE = st.lists(PERSON, min_size=1, max_size=60)
OPTIONS = st.fixed_dictionaries(
    {
        "cut": st.sampled_from(["quantile", "mean", "median", "width", "jenks"]),
        "bins": st.integers(2, 7),
        "closed": st.sampled_from(["left", "right"]),
        "nested": st.booleans(),
        "offset": st.sampled_from([0, 1, 0.5]),
        "segments": st.sampled_from(["eight", "rfm-r", "pymc", "none"]),
        "high": st.sampled_from(["mean", "median", 3]),
    }
)


def text_of(options: dict[str, Any]) -> str:
    lines = []
    for key, value in options.items():
        lines.append(f"{key} = {json.dumps(value)}")
    return "[rfm]\n" + "\n".join(lines)


TEN = people(*[(10 * i, 11 - i, 100 * (11 - i)) for i in range(1, 11)])


def test_scores_by_hand() -> None:
    graded = apply(fit(scheme(), TEN), TEN)
    wanted = [5, 5, 4, 4, 3, 3, 2, 2, 1, 1]
    for score in SCORES:
        assert graded[score].to_list() == wanted
    assert graded["rfm"].to_list() == [111 * s for s in wanted]
    assert graded["score"].to_list() == wanted
    assert graded["tier"].to_list() == list("AAAABBCCDD")
    assert graded["tier_no"].to_list() == [0, 0, 0, 0, 1, 1, 2, 2, 3, 3]


def test_weights_decide_the_score() -> None:
    text = "[rfm]\nweights = { recency = 0.1, frequency = 0.3, monetary = 0.6 }"
    some = people((1, 1, 1), (2, 2, 2), (3, 3, 3), (4, 4, 4), (5, 5, 5))
    graded = apply(fit(scheme(text), some), some)
    assert graded["score"].to_list() == [1.4, 2.2, 3.0, 3.8, 4.6]
    only = scheme("[rfm]\nweights = { recency = 0, frequency = 0, monetary = 2 }")
    assert apply(fit(only, some), some)["score"].to_list() == [1, 2, 3, 4, 5]


def test_a_limit_met_exactly_is_met() -> None:
    text = "[rfm]\nweights = { recency = 0.1, frequency = 0.2, monetary = 0.7 }\n" + "".join(
        f'[[tiers]]\nkey = "{k}"\n' + (f"min_score = {limit}\n" if limit else "")
        for k, limit in (("X", 4.3), ("Y", 4.2), ("Z", None))
    )
    some = people((1, 1, 1), (2, 2, 2), (3, 3, 3), (4, 4, 4), (1, 1, 5))
    graded = apply(fit(scheme(text), some), some)
    # R 5, F 1, M 5: 0.1 * 5 + 0.2 * 1 + 0.7 * 5
    assert (graded["score"].to_list()[4], graded["tier"].to_list()[4]) == (4.2, "Y")


def test_fixed_cut_points_and_different_numbers_of_scores() -> None:
    text = """[rfm]
cut = "fixed"
cut_points = { recency = [30, 60], frequency = [1], monetary = [50, 100, 150] }
"""
    some = people((30, 1, 50), (31, 2, 50.01), (61, 1, 151))
    graded = apply(fit(scheme(text), some), some)
    assert [graded[s].to_list() for s in SCORES] == [[3, 2, 1], [1, 2, 1], [1, 2, 4]]
    left = apply(fit(scheme(text + 'closed = "left"\n'), some), some)
    assert [left[s].to_list() for s in SCORES] == [[2, 2, 1], [2, 2, 2], [2, 2, 4]]


def test_nested_cuts_frequency_within_recency() -> None:
    some = people(*[(10, f, f) for f in range(1, 5)], *[(90, f, f) for f in range(101, 105)])
    text = "[rfm]\nbins = 2\nnested = true"
    graded = apply(fit(scheme(text), some), some)
    assert graded["r_score"].to_list() == [2] * 4 + [1] * 4
    assert graded["f_score"].to_list() == [1, 1, 2, 2] * 2
    assert graded["m_score"].to_list() == [1, 2] * 4
    plain = apply(fit(scheme(text.replace("true", "false")), some), some)
    assert plain["f_score"].to_list() == [1] * 4 + [2] * 4


@pytest.mark.parametrize(
    ("high", "segments"),
    [
        ('"mean"', ["重要价值", "重要价值", "一般挽留", "一般挽留"]),
        ("4.5", ["重要价值", "一般挽留", "一般挽留", "一般挽留"]),
        ('{ of = "measure", at = 15 }', ["重要发展", "一般发展", "一般挽留", "一般挽留"]),
    ],
)
def test_high_for_the_eight(high: str, segments: list[str]) -> None:
    text = f'[rfm]\nsegments = "eight"\nhigh = {high}'
    some = people((1, 9, 90), (10, 2, 9), (50, 1, 8), (60, 1, 7))
    model = fit(scheme(text), some)
    titles = [r["name"]["zh"] for r in model["rfm"]["segments"]["rules"]]
    graded = apply(model, some)
    assert [titles[n] for n in graded["segment_no"]] == segments


def test_stages() -> None:
    some = people((90, 1, 1), (0, 2, 1), (91, 1, 1), (180, 9, 1), (181, 9, 1))
    graded = apply(fit(scheme(), some), some)
    assert graded["stage"].to_list() == ["new", "active", "dormant", "dormant", "lost"]


@given(rows=PEOPLE, options=OPTIONS)
@settings(deadline=None, max_examples=120)
def test_a_model_survives_json_and_repeats_its_fit(
    rows: list[tuple[float, float, float]], options: dict[str, Any]
) -> None:
    some = people(*rows)
    model = fit(scheme(text_of(options)), some)
    again = load_model(dump_model(model))
    assert again == model
    graded = apply(model, some)
    assert apply(again, some).equals(graded)
    part = some.filter(np.arange(len(rows)) % 2 == 0)
    assert apply(again, part).equals(graded.filter(np.arange(len(rows)) % 2 == 0))
    assert apply(again, some.reverse()).equals(graded.reverse())


@given(rows=PEOPLE, options=OPTIONS)
@settings(deadline=None, max_examples=120)
def test_ties_score_equally_and_better_is_never_worse(
    rows: list[tuple[float, float, float]], options: dict[str, Any]
) -> None:
    graded = apply(fit(scheme(text_of(options | {"nested": False})), people(*rows)), people(*rows))
    for measure, score, better in zip(MEASURES, SCORES, (-1, 1, 1), strict=True):
        pairs = graded.select(measure, score).unique()
        assert pairs[measure].is_unique().all()
        ordered = pairs.sort(better * pl.col(measure))[score].to_list()
        assert ordered == sorted(ordered)
    by_score = graded.sort("score", descending=True)["tier_no"].to_list()
    assert by_score == sorted(by_score)


@given(rows=PEOPLE)
@settings(deadline=None, max_examples=30)
def test_pandas_grades_as_polars(rows: list[tuple[float, float, float]]) -> None:
    some = people(*rows)
    model = fit(scheme(), some)
    in_pandas: pd.DataFrame = some.to_pandas()
    assert fit(scheme(), in_pandas) == model
    graded = apply(model, in_pandas)
    assert isinstance(graded, pd.DataFrame)
    wanted = apply(model, some)
    for column in (*SCORES, "rfm", "score", "tier", "segment_no", "abc", "stage"):
        assert graded[column].tolist() == wanted[column].to_list()


def test_few_scores_are_told() -> None:
    some = people(*[(i, 1, i) for i in range(10)])
    model = fit(scheme(), some)
    graded = apply(model, some)
    scores = {m: graded[f"{m[0]}_score"] for m in MEASURES}
    assert few_scores(model, scores, 10) == [
        ("few_scores", {"measure": "frequency", "scores": 1, "bins": 5})
    ]
    assert few_scores(model, scores, 4) == []


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), None])
def test_blank_measures_are_refused(bad: float | None) -> None:
    some = people((1, 1, 1), (2, 2, 2)).with_columns(monetary=pl.Series([1.0, bad]))
    with pytest.raises(DataError) as refused:
        fit(scheme(), some)
    assert (refused.value.code, refused.value.params) == ("blank_measure", {"measure": "monetary"})


def test_nobody_and_missing_measures_are_refused() -> None:
    with pytest.raises(DataError) as refused:
        fit(scheme(), people())
    assert refused.value.code == "no_customers"
    with pytest.raises(UsageError) as missing:
        fit(scheme(), people((1, 1, 1)).drop("recency"))
    assert missing.value.params == {"measures": "recency"}


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 2}', "{", '{"format": 1, "rfm": {}}'])
def test_other_files_are_no_models(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        load_model(text)
    assert refused.value.code == "bad_model"


def test_one_customer_and_equal_customers() -> None:
    for some in (people((3, 1, 5)), people(*[(3, 1, 5)] * 6)):
        graded = apply(fit(scheme(), some), some)
        assert graded.select(SCORES).n_unique() == 1
        assert graded["tier"].n_unique() == 1


def test_a_score_on_the_mean_is_not_high() -> None:
    same = people(*[(3, 1, 5)] * 4)
    model = fit(scheme('[rfm]\nsegments = "eight"'), same)
    assert apply(model, same)["segment_no"].to_list() == [7] * 4
