"""calc.json, as the extension reads it: which Python answers."""

from __future__ import annotations

import json
from typing import Any

from addin.setup.calc.place import CalcPlace
from addin.setup.calc.probing import Facts
from addin.setup.versions import fenji_version

FORMAT = 1
# What a user may have set by hand and an installation keeps.
_OWN = ("mode", "seconds", "start_seconds")


class UnreadableError(Exception):
    """The file is not what Fenji wrote."""


def read(place: CalcPlace) -> dict[str, Any]:
    """What the file says; nothing when there is none. Raises UnreadableError."""
    try:
        told = json.loads(place.settings.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise UnreadableError(str(error)) from None
    if not isinstance(told, dict):
        raise UnreadableError(place.settings.name)
    return told


def wanted(place: CalcPlace, found: Facts) -> dict[str, Any]:
    """What the file must say."""
    return {
        "format": FORMAT,
        "fenji": fenji_version(),
        "python": str(place.fenji.python),
        "site": found.site,
        "version": list(found.version),
    }


def content(place: CalcPlace, found: Facts) -> bytes:
    """The file's bytes: what it must say, and what the user has set in it."""
    try:
        before = read(place)
    except UnreadableError:
        before = {}
    own = {key: before[key] for key in _OWN if key in before}
    told = {**wanted(place, found), "mode": "auto", **own}
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
