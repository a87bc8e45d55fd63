"""docs/functions*.md are what the functions say of themselves.

Write them anew with ``python -m tests.docs.test_function_pages``.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from addin.function_pages import reference, signature
from addin.functions import FUNCTIONS
from addin.words import LANGUAGES, words

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {"en": DOCS / "functions.md", "zh": DOCS / "functions.zh-CN.md"}


@pytest.mark.parametrize("lang", PAGES)
def test_the_reference_is_what_the_functions_say(lang: str) -> None:
    assert PAGES[lang].read_text(encoding="utf-8") == reference(words(lang))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_example_is_a_call_of_its_function(name: str, lang: str) -> None:
    formula = words(lang)(f"function_example.{name}")
    found = re.fullmatch(rf"={name}\((.*)\)", formula)
    assert found is not None
    # Commas inside texts part no arguments; brackets are only those of TODAY().
    given = re.sub(r'"[^"]*"', "text", found[1]).split(",")
    arguments = FUNCTIONS[name].arguments
    assert sum(not each.optional for each in arguments) <= len(given) <= len(arguments)


def test_what_may_be_left_out_stands_in_brackets() -> None:
    assert signature(FUNCTIONS["ABC_CLASS"]) == (
        "ABC_CLASS(values, [a_share=0.8], [b_share=0.95], [customers])"
    )
    assert signature(FUNCTIONS["THRESHOLD_TIER"]) == (
        "THRESHOLD_TIER(values, limits, labels, [inclusive=TRUE])"
    )
    assert signature(FUNCTIONS["TIER_MOVE"]) == "TIER_MOVE(before, now, [tiers])"


if __name__ == "__main__":
    for lang, page in PAGES.items():
        page.write_text(reference(words(lang)), encoding="utf-8")
