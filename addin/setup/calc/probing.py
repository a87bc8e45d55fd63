"""What the environment says of itself, and whether functions answer in it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from addin.setup.calc.host import Host
from addin.setup.calc.place import CalcPlace

SECONDS = 120.0
_ALONE = ("-I", "-X", "utf8", "-B", "-c")
_ASK = """
import json, sys, sysconfig
print(json.dumps({"version": list(sys.version_info[:2]), "site": sysconfig.get_paths()["purelib"]}))
"""
# Three customers, the first of whom is best in everything; it needs all that a cell needs.
_ANSWER = """
import json
from addin.hosts.calc.answers import answer
columns = ((5.0,), (50.0,), (500.0,)), ((9.0,), (3.0,), (1.0,)), ((900.0,), (300.0,), (10.0,))
print(json.dumps(answer("RFM_SCORE", "en", columns)))
"""
_BUILD = """
import pathlib, sys
from addin.hosts.calc.build import oxt
pathlib.Path(sys.argv[1]).write_bytes(oxt())
"""


class ProbeError(Exception):
    """The environment's Python fails; the text says how."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """The version of the environment's Python, and where its packages lie."""

    version: tuple[int, int]
    site: str


def facts(host: Host, place: CalcPlace) -> Facts:
    """Raises ProbeError."""
    said = _said(_asked(host, place, _ASK))
    try:
        return Facts(version=(said["version"][0], said["version"][1]), site=said["site"])
    except (TypeError, KeyError, IndexError):
        raise ProbeError(str(said)) from None


def answers(host: Host, place: CalcPlace) -> None:
    """A function gives what it should. Raises ProbeError."""
    said = _said(_asked(host, place, _ANSWER))
    if said != [[555.0], [333.0], [111.0]]:
        raise ProbeError(str(said)[:200])


def build(host: Host, place: CalcPlace) -> None:
    """The extension, into ``place.extension``. Raises ProbeError."""
    _asked(host, place, _BUILD, str(place.extension))
    if not place.extension.is_file():
        raise ProbeError(place.extension.name)


def _asked(host: Host, place: CalcPlace, code: str, *arguments: str) -> str:
    try:
        done = host.limited([str(place.fenji.python), *_ALONE, code, *arguments], SECONDS)
    except OSError as error:
        raise ProbeError(str(error)) from None
    lines = [line for line in done.output.splitlines() if line.strip()]
    last = lines[-1].strip()[:300] if lines else ""
    if done.code != 0:
        raise ProbeError(last or str(done.code))
    return last


def _said(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        raise ProbeError(line) from None
