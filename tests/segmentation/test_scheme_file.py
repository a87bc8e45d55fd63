"""Scheme files: what they say, and every problem in them at once."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.errors import SchemeError, UsageError
from segmentation.scheme import (
    TIER_WORDS,
    AbcSettings,
    High,
    MeasureSettings,
    RfmSettings,
    SegmentRule,
    StageSettings,
)
from segmentation.scheme_file import TOP_KEYS, parse_scheme, preset, preset_text, presets
from tests.segmentation.sheets import scheme

KEYS: dict[str, tuple[str, ...]] = {
    "measures": tuple(f.name for f in fields(MeasureSettings)),
    "rfm": tuple(f.name for f in fields(RfmSettings)),
    "abc": tuple(f.name for f in fields(AbcSettings)),
    "stage": tuple(f.name for f in fields(StageSettings)),
    "tiers": (*TIER_WORDS, "min_score"),
    "segments": tuple(f.name for f in fields(SegmentRule)),
}
TIERS = '[[tiers]]\nkey = "A"\nmin_score = 3\n[[tiers]]\nkey = "B"\n'


def problems(text: str) -> list[tuple[int | None, str, str]]:
    """(line, code, key) of each problem."""
    with pytest.raises(SchemeError) as refused:
        parse_scheme(text, source="my.toml")
    assert refused.value.source == "my.toml"
    return [(line, code, str(params.get("key"))) for line, code, params in refused.value.problems]


def test_nothing_said_is_the_default() -> None:
    empty = scheme()
    assert empty.measures == MeasureSettings()
    assert empty.rfm == RfmSettings()
    assert empty.abc == AbcSettings()
    assert empty.stage == StageSettings()
    assert [t.min_score for t in empty.tiers] == [4, 3, 2, None]


def test_the_shipped_scheme_says_the_defaults() -> None:
    general = preset("general")
    empty = scheme()
    for field in fields(general):
        if field.name not in ("name", "text"):
            assert getattr(general, field.name) == getattr(empty, field.name), field.name


def test_the_shipped_scheme_names_every_key() -> None:
    text = preset_text("general")
    named = set(re.findall(r"^(?:# )?(\w+) *=", text, re.M)) | set(
        re.findall(r"^(?:# )?\[+(?:tiers\.)?(\w+)[\].]", text, re.M)
    )
    wanted = {key for table, keys in KEYS.items() if table != "segments" for key in keys}
    assert wanted | set(TOP_KEYS) <= named


def test_every_key_spoken_of_in_a_comment_works() -> None:
    lines = preset_text("general").splitlines()
    spoken = [line[2:] for line in lines if re.match(r"# (?:segments|cut_points) =", line)]
    assert len(spoken) == 2
    text = "\n".join(["[rfm]", *spoken, 'cut = "fixed"'])
    parsed = scheme(text).rfm
    assert parsed.segments == "eight"
    assert parsed.bins == {"recency": 5, "frequency": 5, "monetary": 5}


@pytest.mark.parametrize("name", presets())
def test_presets_parse_and_are_complete(name: str) -> None:
    shipped = preset(name)
    assert set(shipped.name) == {"zh", "en"}
    for tier in shipped.tiers:
        for words in (tier.name, tier.strategy, tier.service_floor):
            assert all(words[lang] for lang in ("zh", "en")), (name, tier.key)
        assert tier.contact_days
    shares = [t.budget_share for t in shipped.tiers]
    assert sum(s for s in shares if s) == pytest.approx(1)


def test_unknown_presets() -> None:
    with pytest.raises(UsageError) as refused:
        preset("../general")
    assert (refused.value.code, refused.value.exit_code) == ("unknown_industry", 2)


def test_a_whole_scheme() -> None:
    text = """
name = "Mine"
[measures]
frequency = "days"
refunds = "drop"
[rfm]
bins = { recency = 5, frequency = 3 }
cut = "width"
offset = -1.5
closed = "left"
nested = true
weights = { monetary = 2 }
high = { of = "measure", at = "median" }
[abc]
a = 0.7
b = 0.9
[stage]
active_days = 30
[[segments]]
name = { zh = "好" }
recency = 5
cells = [111]
"""
    parsed = scheme(text)
    assert parsed.name == {"zh": "Mine", "en": "Mine"}
    assert parsed.measures == MeasureSettings(frequency="days", refunds="drop")
    assert parsed.abc == AbcSettings(a=0.7, b=0.9)
    assert parsed.stage == StageSettings(active_days=30)
    assert parsed.rfm == RfmSettings(
        bins={"recency": 5, "frequency": 3, "monetary": 5},
        cut="width",
        offset=-1.5,
        closed="left",
        nested=True,
        weights={"recency": 1, "frequency": 1, "monetary": 2},
        high=High(of="measure", at="median"),
        segments=(SegmentRule(name={"zh": "好", "en": "好"}, recency=(5, 5), cells=(111,)),),
    )


@pytest.mark.parametrize("cut", ["mean", "median"])
def test_mean_and_median_give_two_scores(cut: str) -> None:
    assert scheme(f'[rfm]\ncut = "{cut}"\nbins = 7').rfm == replace(
        RfmSettings(), cut=cut, bins=dict.fromkeys(("recency", "frequency", "monetary"), 2)
    )


def test_all_problems_at_once_with_their_lines() -> None:
    text = """format = 2
method = "magic"
colour = "red"

[measures]
frequency = "weeks"
speed = 1

[rfm]
bins = { recency = 1, frequency = 5 }
cut = "sideways"
weights = { recency = -1 }
high = "top"
segments = "nine"

[abc]
a = 0.9
b = 0.5

[stage]
active_days = "many"

[[tiers]]
key = "A"
min_score = 3
[tiers.strategy]
zh = ["x"]

[[tiers]]
key = "B"
colour = "red"

[[tiers]]
key = "B"
min_score = true
"""
    assert sorted(problems(text), key=str) == sorted(
        [
            (1, "choice", "format"),
            (2, "choice", "method"),
            (3, "unknown_key", "colour"),
            (6, "choice", "measures.frequency"),
            (7, "unknown_key", "measures.speed"),
            (10, "bad_number", "rfm.bins.recency"),
            (11, "choice", "rfm.cut"),
            (12, "bad_number", "rfm.weights.recency"),
            (13, "choice", "rfm.high"),
            (14, "choice", "rfm.segments"),
            (18, "not_ascending", "abc.b"),
            (21, "bad_number", "stage.active_days"),
            (29, "limit_missing", "tiers[1].min_score"),
            (31, "unknown_key", "tiers[1].colour"),
            (34, "twice", "tiers[2].key"),
            (35, "bad_number", "tiers[2].min_score"),
        ],
        key=str,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[rfm]\nbins = 5\nbins = 4\n", (3, "toml_twice")),
        ("x = [\n", (1, "toml_bracket")),
        ("rfm = 5\n", (1, "not_a_table")),
        ("\n[rfm]\nbins = 2.5\n", (3, "bad_number")),
        ("[rfm]\nbins = true\n", (2, "bad_number")),
        ("[rfm]\noffset = nan\n", (2, "bad_number")),
        ("[rfm]\nhigh = inf\n", (2, "choice")),
        ("[rfm]\nnested = 1\n", (2, "choice")),
        ("[rfm]\nweights = 0\n", (2, "bad_number")),
        ("[rfm.weights]\nrecency = -1\n", (2, "bad_number")),
        (
            '[rfm]\ncut = "fixed"\ncut_points = { recency = [1], frequency = [1] }\n',
            (3, "cut_points_missing"),
        ),
        ("[rfm]\ncut_points = { recency = [3, 2] }\n", (2, "not_ascending")),
        ("[rfm]\ncut_points = { recency = [1, nan] }\n", (2, "bad_number")),
        ("[rfm]\ncut_points = [1, 2]\n", (2, "not_a_table")),
        ("[abc]\na = 1.5\nb = 1\n", (2, "bad_number")),
        ("[stage]\nactive_days = 200\n", (1, "not_ascending")),
        ("tiers = 5\n", (1, "not_a_table")),
        ('[[tiers]]\nkey = "A"\nmin_score = nan\n[[tiers]]\nkey = "B"\n', (3, "bad_number")),
        (
            '[[tiers]]\nkey = "A"\nmin_score = 2\n[[tiers]]\nkey = "B"\nmin_score = 2\n'
            '[[tiers]]\nkey = "C"\n',
            (3, "not_descending"),
        ),
        ("[[tiers]]\nkey = 5\n", (2, "bad_text")),
        (f"{TIERS}budget_share = 1.5\n", (6, "bad_number")),
        (f"{TIERS}budget_share = true\n", (6, "bad_number")),
        (f"{TIERS}contact_days = -1\n", (6, "bad_number")),
        (f"{TIERS}contact_days = true\n", (6, "bad_number")),
        (f"{TIERS}strategy = 5\n", (6, "bad_text")),
        ("[[segments]]\nrecency = [1, 2]\n", (1, "bad_text")),
        ('[[segments]]\nname = "x"\nrecency = [2, 1]\n', (3, "bad_range")),
        ('[[segments]]\nname = "x"\nrecency = true\n', (3, "bad_range")),
        ('[[segments]]\nname = "x"\ncells = ["1"]\n', (3, "bad_number")),
        ("segments = 5\n", (1, "not_a_table")),
        ('\n[rfm]\nsegments = [{ name = "x", recency = [2, 1] }]\n', (3, "bad_range")),
        (
            '[rfm]\n[[rfm.segments]]\nname = "x"\n[[rfm.segments]]\nname = "y"\nspeed = 1\n',
            (6, "unknown_key"),
        ),
        (
            '[[tiers]]\nkey = "A"\nname = "x"\nmin_score = 3\n[[tiers]]\nkey = "B"\nname = "x"\n',
            (7, "twice"),
        ),
    ],
)
def test_each_problem(text: str, expected: tuple[int | None, str]) -> None:
    assert [(line, code) for line, code, _ in problems(text)] == [expected]


VALUES: st.SearchStrategy[Any] = st.sampled_from(
    ["0", "-1", "5", "2.5", "true", '"x"', "[]", "[1, 2]", "{}", "nan", '"mean"', "[[1]]"]
)


@given(st.data())
@settings(deadline=None, max_examples=300)
def test_any_value_is_taken_or_refused_with_its_line(data: st.DataObject) -> None:
    table = data.draw(st.sampled_from(["measures", "rfm", "abc", "stage", "tiers", "segments"]))
    key = data.draw(st.sampled_from(KEYS[table]))
    value = data.draw(VALUES)
    header = f"[[{table}]]" if table in ("tiers", "segments") else f"[{table}]"
    try:
        parse_scheme(f"# mine\n{header}\n{key} = {value}\n", source="my.toml")
    except SchemeError as refused:
        assert refused.problems
        assert all(line in (2, 3) for line, _, _ in refused.problems)


CELLS = '[[segments]]\nname = "Low"\nrecency = [1, 2]\n[[segments]]\nname = "Some"\ncells = [121]\n'


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"[rfm]\nbins = {{ monetary = 10 }}\n{CELLS}", [(8, "segments[1].cells")]),
        ('[rfm]\nbins = 12\nsegments = "pymc"\n', [(3, "rfm.segments")]),
        ('[rfm]\nbins = 12\nsegments = "rfm-r"\n', []),
        (f"[rfm]\nbins = 9\n{CELLS}", []),
    ],
)
def test_cells_of_two_digits_are_refused(text: str, found: list[tuple[int, str]]) -> None:
    if not found:
        assert scheme(text).rfm.segments is not None
        return
    assert problems(text) == [(line, "cells_ambiguous", key) for line, key in found]
