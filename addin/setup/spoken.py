"""Paths as xlwings can say them.

On Windows its library starts Python through the ANSI functions, in a buffer of 2,048 bytes
(xlwings #1934, #2187, #2563): a path must be ASCII, or have a short name that is, or at least be
sayable in the machine's code page. On a Mac its AppleScript takes its arguments as one text,
parted by strokes.
"""

from __future__ import annotations

import re
from pathlib import Path

from addin.setup.errors import SetupError
from addin.setup.machine import Machine
from addin.setup.place import WINDOWS, Place

LONGEST = 1000
_SHARED = Path("/", "Users", "Shared", "Fenji")
_PARTING = re.compile(r'["|\n]')


def spoken(path: Path, place: Place, machine: Machine) -> str:
    """The path in a form that reaches Python unharmed; it need not exist yet.

    Raises SetupError ``path_unsayable``.
    """
    said = _windows(path, machine) if place.platform == WINDOWS else _mac(path)
    if said is None or len(said.encode("utf-8")) > LONGEST:
        way_out = "C:\\Fenji" if place.platform == WINDOWS else _SHARED.as_posix()
        raise SetupError("path_unsayable", path=str(path), folder=way_out)
    return said


def _mac(path: Path) -> str | None:
    return None if _PARTING.search(str(path)) else str(path)


def _windows(path: Path, machine: Machine) -> str | None:
    full = str(path)
    if full.isascii():
        return full
    short = _shortened(path, machine)
    if short.isascii():
        return short
    try:
        full.encode(machine.code_page)
    except (UnicodeEncodeError, LookupError):
        return None
    return full


def _shortened(path: Path, machine: Machine) -> str:
    """The path with the short name of the part that exists."""
    for known in (path, *path.parents):
        short = machine.short_name(known)
        if short:
            rest = path.relative_to(known)
            return short if rest == Path() else str(Path(short) / rest)
    return str(path)
