"""Fenji's environment inside LibreOffice's own Python, where that can be."""

from __future__ import annotations

import os
import site
import sys
from collections.abc import Callable, Sequence
from importlib import import_module, util
from typing import Any

from .settings import AUTO, Settings

Answer = Callable[[str, str, Sequence[Any]], "list[list[Any]]"]
# What answers in process loads these; found anywhere else first, they are of other versions.
PACKAGES = ("numpy", "polars", "pydantic")


def load(settings: Settings) -> Answer | None:
    """What answers in process; None where the worker has to.

    The environment's folder goes last on LibreOffice's path, so that other extensions find what
    they always found. Where they, or the system, have one of our packages too, two versions
    would meet in one process: then, as with another version of Python, the worker answers.
    """
    if settings.mode != AUTO or settings.version != tuple(sys.version_info[:2]):
        return None
    before = list(sys.path)
    try:
        site.addsitedir(settings.site)
        if all(_ours(name, settings.site) for name in PACKAGES):
            answer: Answer = import_module("addin.hosts.calc.answers").answer
            return answer
    except Exception:  # whatever a foreign environment may raise, the worker can still answer
        pass
    sys.path[:] = before
    return None


def _ours(name: str, folder: str) -> bool:
    known = sys.modules.get(name)
    spec = util.find_spec(name) if known is None else known.__spec__
    origin = "" if spec is None else spec.origin or ""
    return _real(origin).startswith(_real(folder) + os.sep)


def _real(path: str) -> str:
    return os.path.normcase(os.path.realpath(path))
