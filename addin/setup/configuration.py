"""The one file that says which Python Excel starts: lines of ``"KEY","value"`` in UTF-8.

Nothing else is ever asked: no sheet of a workbook, no file beside one, none in the current
folder, so that a workbook from a stranger can't choose what runs.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from addin.setup.place import WINDOWS, Place

Settings = dict[str, str]
KEYS = ("INTERPRETER_WIN", "INTERPRETER_MAC", "PYTHONPATH", "UDF MODULES", "USE UDF SERVER")
UDF_MODULES = "addin.hosts.excel.udfs_en;addin.hosts.excel.udfs_zh"


class UnreadableError(Exception):
    """The file is not what Fenji wrote."""


def read(place: Place) -> Settings:
    """The settings of this user; none when there is no file. Raises UnreadableError."""
    try:
        text = place.settings.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableError(str(error)) from None
    return parsed(text)


def parsed(text: str) -> Settings:
    """The settings in a text; keys are upper case. Raises UnreadableError.

    A blank line is an error: VBA's own reader takes it for a setting (xlwings #1584).
    """
    rows = list(csv.reader(text.splitlines()))
    if any(len(row) != 2 for row in rows):
        raise UnreadableError(text)
    return {key.strip().upper(): value for key, value in rows}


def interpreter(place: Place) -> Path | None:
    """The Python that Excel starts. Raises UnreadableError."""
    named = read(place).get(interpreter_key(place))
    return Path(named) if named else None


def interpreter_key(place: Place) -> str:
    return "INTERPRETER_WIN" if place.platform == WINDOWS else "INTERPRETER_MAC"


def wanted(place: Place, *, interpreter: str, packages: str) -> Settings:
    """What the file must say.

    ``packages`` is the folder that goes on Python's path: an empty one would put the current
    folder there, and with it any file that lies beside a workbook.
    """
    return {
        interpreter_key(place): interpreter,
        "PYTHONPATH": packages,
        "UDF MODULES": UDF_MODULES,
        "USE UDF SERVER": "True",
    }


def text_of(settings: Mapping[str, str]) -> str:
    """The file's text."""
    return "".join(f'"{key}","{value}"\n' for key, value in settings.items())
