"""Room for texts: names of tiers and headers are not cut off."""

from __future__ import annotations

import textwrap

import pytest

from segmentation.scheme_file import preset, presets
from templates.widths import header_height, name_width, room, word_width

TWO_LINES = 2


def _lines(text: str, width: float) -> list[str]:
    """A text as a program breaks it; where a word does not fit, it is broken inside."""
    return textwrap.wrap(text, int(width), break_on_hyphens=True)


def test_a_chinese_character_takes_two() -> None:
    assert room("A类医生") == 7


@pytest.mark.parametrize("name", presets())
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_tier_of_every_preset_fits_two_lines(name: str, lang: str) -> None:
    for tier in preset(name).tiers:
        text, width = tier.name[lang], name_width(tier.name[lang])
        if lang == "zh":
            assert room(text) <= TWO_LINES * width
            continue
        lines = _lines(text, width - 1)
        assert len(lines) <= TWO_LINES
        assert " ".join(lines) == text


def test_a_header_breaks_no_word() -> None:
    for header in ("Satisfaction", "Repeat-purchase rate", "Interactions"):
        longest = max(len(word) for word in header.replace("-", "- ").split())
        assert word_width(header) > longest + 1
    assert word_width("处方行为") < word_width("Referral")


def test_a_header_row_is_as_high_as_its_longest_header() -> None:
    long = "Share of the year's amount in its latest half"
    usual = header_height([("Orders", 11.0)])
    assert header_height([]) == usual
    lines = len(_lines(long, 10))
    assert lines == 5
    assert header_height([("Orders", 11.0), (long, 11.0)]) >= 15 * lines > usual
