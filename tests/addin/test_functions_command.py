"""``fenji functions`` lists what cells can call, and the arguments of one."""

from __future__ import annotations

import pytest

from addin.functions import FUNCTIONS
from addin.words import LANGUAGES, words
from tests.addin.conftest import Refuse, Run


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_function_with_its_signature_and_help(lang: str, fenji: Run) -> None:
    done = fenji("functions", lang=lang)
    assert done.code == 0
    lines = [line.split("\t") for line in done.out.splitlines()]
    assert {signature.split("(")[0] for signature, _ in lines} == set(FUNCTIONS)
    for signature, told in lines:
        assert told == FUNCTIONS[signature.split("(")[0]].help(words(lang))
    assert lines[0][0] == "RFM_TIER(recency, frequency, monetary, [model])"


@pytest.mark.parametrize("name", ["ABC_CLASS", "abc_class", " Abc_Class "])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_arguments_of_one(name: str, lang: str, fenji: Run) -> None:
    done = fenji("functions", name, lang=lang)
    assert done.code == 0
    signature, told, *arguments, example = done.out.splitlines()
    function = FUNCTIONS["ABC_CLASS"]
    assert signature == "ABC_CLASS(values, [a_share=0.8], [b_share=0.95], [customers])"
    assert told == function.help(words(lang))
    assert [line.split("\t")[0] for line in arguments] == [a.name for a in function.arguments]
    assert "=ABC_CLASS(" in example


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_function_that_there_is_not(lang: str, refuse: Refuse) -> None:
    said = refuse(["functions", "RFM"], 2, lang)
    assert "RFM_TIER" in said
