"""Moves between tiers, and the strategies of the shipped schemes."""

from __future__ import annotations

import itertools

import pytest

from addin.functions import Failure
from addin.words import LANGUAGES, Words
from segmentation.method import METHODS
from segmentation.scheme_file import preset, presets
from tests.functions.calls import EN, refused, say
from tests.functions.sheets import column, flat

SCHEMES = [*presets(), *METHODS]


def moved(words: Words, steps: int) -> str:
    """What is said of so many tiers up."""
    if not steps:
        return words("move.same")
    signs = {"en": ("Up {}", "Down {}"), "zh": ("升{}级", "降{}级")}[words.lang]
    return signs[steps < 0].format(abs(steps))


def test_letters(words: Words) -> None:
    rows = list(itertools.product("ABCD", "ABCD"))
    before, now = ([[row[i]] for row in rows] for i in (0, 1))
    expected = [moved(words, "ABCD".index(b) - "ABCD".index(n)) for b, n in rows]
    assert flat(say("TIER_MOVE", before, now, words=words)) == expected
    for (b, n), answer in zip(rows, expected, strict=True):
        assert say("TIER_MOVE", b, n, words=words) == answer


@pytest.mark.parametrize("name", SCHEMES)
def test_the_tiers_of_every_shipped_scheme(name: str, words: Words) -> None:
    tiers = [tier.name[words.lang] for tier in preset(name).tiers]
    pairs = list(itertools.product(range(len(tiers)), repeat=2))
    before, now = (column([tiers[pair[i]] for pair in pairs]) for i in (0, 1))
    expected = [moved(words, i - j) for i, j in pairs]
    assert flat(say("TIER_MOVE", before, now, words=words)) == expected
    # Named as a list they need no scheme, in any case and width.
    given = ";".join(tiers)
    shouted = [[cell[0].upper()] for cell in before]
    assert flat(say("TIER_MOVE", shouted, now, given, words=words)) == expected


def test_who_is_new_or_gone(words: Words) -> None:
    answers = flat(say("TIER_MOVE", column([None, "B", " ", None]), column(["A", None, "C", ""])))
    assert answers == ["New", "Gone", "New", None]
    assert say("TIER_MOVE", None, "A", words=words) == words("move.new")
    assert say("TIER_MOVE", None, None) is None


def test_tiers_that_nobody_knows_or_that_schemes_order_differently() -> None:
    for pair, code in ((("gem", "stone"), "tier_order"), (("high", "low"), "tiers_differ")):
        named = dict(zip(("before", "now"), pair, strict=True))
        said = say("TIER_MOVE", *pair)
        assert said == f"#N/A {EN(f'function_error.{code}', **named)}"
        assert isinstance(said, Failure)
    assert say("TIER_MOVE", "gem", "gem") == "Same"
    # Two tiers of which other schemes have one more between them.
    assert say("TIER_MOVE", "High value", "Ordinary").error == "#N/A"
    three = column(["High value", "Ordinary", "Low value"])
    assert flat(say("TIER_MOVE", three, three[1:] + three[:1])) == ["Down 1", "Down 1", "Up 2"]
    assert say("TIER_MOVE", "stone", "gem", "gem;stone") == "Up 1"
    answers = flat(say("TIER_MOVE", column(["A", "gem", "#N/A"]), column(["B", "B", "B"])))
    assert answers[0] == "Down 1"
    assert [a.error for a in answers[1:]] == ["#N/A", "#N/A"]
    assert refused("TIER_MOVE", "A", "B", [["A"], ["#N/A"]]) == "list_label"


# ── strategies ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", SCHEMES)
def test_strategies_are_those_of_the_scheme(name: str, words: Words) -> None:
    scheme = preset(name)
    expected = ["\n".join(tier.strategy[words.lang]) for tier in scheme.tiers]
    assert all(expected)
    for named in (
        [t.key for t in scheme.tiers],
        *([t.name[x] for t in scheme.tiers] for x in LANGUAGES),
    ):
        assert flat(say("TIER_STRATEGY", column(named), name, words=words)) == expected
    first = scheme.tiers[0].key
    assert say("TIER_STRATEGY", first, name, words=words) == expected[0]
    # The general scheme and that of the method rfm go by one title and have the same tiers.
    if name != "rfm":
        title = scheme.name[words.lang]
        assert say("TIER_STRATEGY", first, title, words=words) == expected[0]


def test_an_industry_by_the_beginning_of_its_title() -> None:
    assert say("TIER_STRATEGY", "VIP客户", "零售") == say("TIER_STRATEGY", "VIP", "retail")
    assert say("TIER_STRATEGY", "A") == say("TIER_STRATEGY", "A", "general")
    assert refused("TIER_STRATEGY", "A", "客户") == "unknown_industry"
    # Several titles begin so.
    assert refused("TIER_STRATEGY", "A", "Pharma") == "unknown_industry"
    assert refused("TIER_STRATEGY", "A", [["retail"], ["b2b"]]) == "one_value"


def test_tiers_that_a_scheme_does_not_have() -> None:
    answers = flat(say("TIER_STRATEGY", column(["Z", None, "#REF!", "VIP"]), "retail"))
    assert [answers[0].error, answers[1], answers[2].error] == ["#N/A", None, "#VALUE!"]
    assert "Ordinary customer" in answers[0]
    assert answers[3]
