"""Calls of functions as a host makes them, in English where nothing else is said."""

from __future__ import annotations

from typing import Any

import pytest

from addin.functions import FUNCTIONS, Failure
from addin.functions.define import CallError
from addin.words import Words
from addin.words import words as words_of

EN = words_of("en")


def say(name: str, *given: Any, words: Words = EN) -> Any:
    return FUNCTIONS[name](words, *given)


def refused(name: str, *given: Any) -> str:
    """The code of what is said of a call that is wrong as a whole."""
    with pytest.raises(CallError) as error:
        FUNCTIONS[name].answer(EN, *given)
    said = say(name, *given)
    assert isinstance(said, Failure)
    assert said.reason == EN(f"function_error.{error.value.code}", **error.value.params)
    return error.value.code
