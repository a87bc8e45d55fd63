"""The configuration file calc.json: which Python answers, and how.

It is written by ``fenji install --calc``. It lies in the user's own configuration folder, and
nothing in a document or beside one is asked: a document must not choose what program runs.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from typing import Any

FORMAT = 1
FILE = "calc.json"
VARIABLE = "FENJI_CALC_CONFIGURATION"
AUTO, WORKER = "auto", "worker"
SECONDS, START_SECONDS = 60.0, 30.0
_LONGEST = 3600.0


class AnswerError(Exception):
    """Why there is no answer: ``code`` is a sentence ``calc.reason.<code>``."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(frozen=True)
class Settings:
    """``python`` and ``site`` are the environment's; ``version`` is its Python's, (3, 11).

    ``seconds`` is how long one call may take, ``start_seconds`` how long the worker's start may.
    """

    python: str
    site: str
    version: tuple[int, int]
    mode: str = AUTO
    fenji: str = ""
    seconds: float = SECONDS
    start_seconds: float = START_SECONDS


def file(environment: Mapping[str, str] | None = None, platform: str = sys.platform) -> Path:
    """Where calc.json lies for this user."""
    known = os.environ if environment is None else environment
    if known.get(VARIABLE):
        return Path(known[VARIABLE])
    if platform == "win32":
        return Path(str(PureWindowsPath(known.get("USERPROFILE") or Path.home(), ".fenji", FILE)))
    home = Path(known.get("HOME") or Path.home())
    if platform == "darwin":
        return home / "Library" / "Application Support" / "Fenji" / FILE
    given = known.get("XDG_CONFIG_HOME") or ""
    # The rule of XDG: a folder that is not absolute counts as none.
    folder = Path(given) if Path(given).is_absolute() else home / ".config"
    return folder / "fenji" / FILE


def read(path: Path | None = None) -> Settings:
    """The settings in the file.

    Raises AnswerError ``not_installed unreadable other_format python_gone``.
    """
    path = file() if path is None else path
    try:
        # utf-8-sig: Notepad may have put a mark in front.
        told = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise AnswerError("not_installed") from None
    except (OSError, ValueError, RecursionError):
        raise AnswerError("unreadable", file=str(path)) from None
    if not isinstance(told, dict):
        raise AnswerError("unreadable", file=str(path))
    if told.get("format") != FORMAT:
        raise AnswerError("other_format", file=str(path))
    try:
        settings = _settings(told)
    except (KeyError, TypeError, ValueError):
        raise AnswerError("unreadable", file=str(path)) from None
    if not _is_file(settings.python):
        raise AnswerError("python_gone", python=settings.python)
    return settings


def _settings(told: Mapping[str, Any]) -> Settings:
    major, minor = told["version"]
    python, site = _text(told["python"]), _text(told["site"])
    if not os.path.isabs(python):  # noqa: PTH117  (a relative one would depend on where we are)
        raise ValueError("python")
    return Settings(
        python=python,
        site=site,
        version=(int(major), int(minor)),
        mode=WORKER if told.get("mode") == WORKER else AUTO,
        fenji=str(told.get("fenji", "")),
        seconds=_seconds(told.get("seconds"), SECONDS),
        start_seconds=_seconds(told.get("start_seconds"), START_SECONDS),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value or "\0" in value:
        raise ValueError("text")
    return value


def _seconds(value: Any, otherwise: float) -> float:
    """What is no sensible limit counts as none given: a limit there must always be."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if number and 0 < value <= _LONGEST else otherwise


def _is_file(path: str) -> bool:
    try:
        return Path(path).is_file()
    except OSError:
        return False
