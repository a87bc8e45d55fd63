"""One finding of the doctor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

OK, PROBLEM, REPAIRED = "ok", "problem", "repaired"


@dataclass(frozen=True, kw_only=True)
class Check:
    """``key`` is what was looked at, ``state`` ok, problem or repaired, ``code`` the sentence
    ``setup.problem.<code>`` that says what is wrong and what to do; ``params`` fill it."""

    key: str
    state: str = OK
    code: str = ""
    params: Mapping[str, str] = field(default_factory=dict)


def ok(key: str, **params: str) -> Check:
    return Check(key=key, params=params)


def problem(key: str, code: str, **params: str) -> Check:
    return Check(key=key, state=PROBLEM, code=code, params=params)
