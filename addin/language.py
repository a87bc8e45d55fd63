"""Which language to speak when nobody says."""

from __future__ import annotations

import locale
import os
from collections.abc import Mapping, Sequence

from addin.words import LANGUAGES

_VARIABLES = ("FENJI_LANG", "LC_ALL", "LC_MESSAGES", "LANG")


def language(arguments: Sequence[str] = (), environment: Mapping[str, str] | None = None) -> str:
    """``--lang`` if it is there, else the environment's or the system's language, else English."""
    asked = _asked(arguments)
    if asked in LANGUAGES:
        return asked
    environment = os.environ if environment is None else environment
    named = next((environment[v] for v in _VARIABLES if environment.get(v)), "")
    if not named:
        named = locale.getlocale()[0] or ""
    return "zh" if named.lower().startswith(("zh", "chinese")) else "en"


def _asked(arguments: Sequence[str]) -> str:
    """The last ``--lang``, as the command line takes it."""
    found = ""
    for i, argument in enumerate(arguments):
        if argument == "--lang" and i + 1 < len(arguments):
            found = arguments[i + 1]
        elif argument.startswith("--lang="):
            found = argument.removeprefix("--lang=")
    return found
