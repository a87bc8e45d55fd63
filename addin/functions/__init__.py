"""Fenji's functions for cells; see `addin.functions.define`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from addin.functions import classes, learned, life, moves, rfm, scores, whole, worth
from addin.functions.define import FUNCTIONS, Failure, Function
from addin.language import language
from addin.words import words

__all__ = ["FUNCTIONS", "Failure", "Function", "call"]

# In the order in which users read of them.
MODULES = (rfm, classes, scores, life, worth, learned, moves, whole)


def call(name: str, *given: Any, lang: str | None = None) -> Any:
    """Call a function by its name in cells, with the words of ``lang``."""
    return FUNCTIONS[name](words(lang or language()), *given)


def __getattr__(name: str) -> Callable[..., Any]:
    """A function by its name in cells, for Python: ``from addin.functions import RFM_TIER``.

    It takes ``lang`` (``"en"`` or ``"zh"``) beside its arguments.
    """
    if name not in FUNCTIONS:
        raise AttributeError(name)
    return partial(call, name)
