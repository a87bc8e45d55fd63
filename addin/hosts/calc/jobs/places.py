"""Where files go that stay: the configuration folder, and free names for new workbooks."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from addin.hosts.calc.jobs.task import Task
from addin.saving import free_name, is_writable

_NAMED = "FENJI_CALC_CONFIGURATION"
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')


def configuration() -> Path:
    """The configuration folder of this user."""
    named = os.environ.get(_NAMED)
    if named:
        return Path(named).parent
    if sys.platform == "win32":
        return Path.home() / ".fenji"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Fenji"
    base = os.environ.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "fenji"


def fitting(name: str) -> str:
    """A name that every system takes for a file."""
    return _FORBIDDEN.sub("-", name).strip(" .") or "-"


def free_place(task: Task, name: str) -> Path:
    """A path that is not taken: beside the document where that can be, else among the user's."""
    return free_name(_folder(task) / fitting(name))


def _folder(task: Task) -> Path:
    places = [task.beside, Path.home() / "Documents"]
    found = next((place for place in places if place and is_writable(place)), None)
    if found:
        return found
    task.configuration.mkdir(parents=True, exist_ok=True)
    return task.configuration
