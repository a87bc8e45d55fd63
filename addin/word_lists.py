"""Words that a scheme knows in several languages: those that a reader of one would use."""

from __future__ import annotations

import re
from collections.abc import Sequence

_CHINESE = re.compile("[\u4e00-\u9fff]")
_RATING = re.compile("[A-D]{1,3}")
# What a list of words also knows, and nobody would look for in a list.
_SHORT = frozenset({"Y", "N", "True", "False"})


def in_language(known: Sequence[str], lang: str) -> tuple[str, ...]:
    """The words of the language, each once; ratings such as AA are words of every one."""
    found = [
        word
        for word in dict.fromkeys(known)
        if _RATING.fullmatch(word)
        or (bool(_CHINESE.search(word)) == (lang == "zh") and not word.isdigit())
    ]
    return tuple(word for word in found if word not in _SHORT)
