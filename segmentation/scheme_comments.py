"""What the comments of a default scheme say of its keys.

A comment belongs to the key on its line, and goes on in the lines of comment below it; before a
key or a table it belongs to what follows. A key or table that is commented out counts as one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass

from segmentation.scheme_lines import Path, parsed

_TABLE = re.compile(r"(?P<off># )?\[{1,2}(?P<name>[^\[\]]+)\]{1,2}\s*(?:# ?(?P<said>.*))?$")
_KEY = re.compile(r"(?P<off># )?(?P<name>[A-Za-z_][\w.-]*) = (?P<rest>.+)$")
_SAID = re.compile(r"^\s*#\s?(?P<said>.*)$")
_LONGEST_VALUE = 30


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A key of a scheme: where it stands, its value as written, and what is said of it.

    A table has an empty value. ``off`` tells whether it is commented out.
    """

    path: Path
    value: str
    said: str
    off: bool


def entries(text: str) -> Iterator[Entry]:
    """Every key of a default scheme, in the order of the file; each path once."""
    seen: set[Path] = set()
    for entry in _entries(text.splitlines()):
        if entry.path not in seen:
            seen.add(entry.path)
            yield entry


def _entries(lines: list[str]) -> Iterator[Entry]:
    table: Path = ()
    outer: Path = ()
    for i, line in enumerate(lines):
        if not line.strip():
            # A table that is commented out ends with its paragraph.
            table = outer
            continue
        header = _TABLE.match(line)
        if header:
            table = parsed(header["name"])
            off = bool(header["off"])
            outer = outer if off else table
            yield Entry(path=table, value="", said=_with_more(header["said"], lines, i), off=off)
            continue
        key = _KEY.match(line)
        split = _split(key["rest"], _below(lines, i, off=bool(key["off"]))) if key else None
        if key and split:
            value, said = split
            path = (*(table if key["off"] else outer), *parsed(key["name"]))
            yield Entry(
                path=path, value=value, said=_with_more(said, lines, i), off=bool(key["off"])
            )


def _below(lines: list[str], at: int, *, off: bool) -> list[str]:
    """The lines that a value may go on in; for one that is commented out, those of comment."""
    found: list[str] = []
    for line in lines[at + 1 : at + 1 + _LONGEST_VALUE]:
        if off and not line.startswith("#"):
            break
        found.append(line.removeprefix("#") if off else line)
    return found


def _split(rest: str, below: list[str]) -> tuple[str, str] | None:
    """The value and the comment behind it; None where what stands there is no value."""
    for at in (*(m.start() for m in re.finditer(r"\s#", rest)), len(rest)):
        if _is_value(rest[:at]):
            return rest[:at].strip(), rest[at:].strip().lstrip("#").strip()
    for end in range(1, len(below) + 1):
        text = "\n".join([rest, *below[:end]])
        if _is_value(text):
            lines = (re.sub(r"\s+#[^\"']*$", "", each).strip() for each in text.splitlines())
            return " ".join(lines), ""
    return None


def _is_value(text: str) -> bool:
    try:
        tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError:
        return False
    return True


def _with_more(said: str | None, lines: list[str], at: int) -> str:
    """A comment with the lines that it goes on in, or the lines of comment above."""
    if said:
        parts = [said]
        for line in lines[at + 1 :]:
            more = re.match(r"^\s{8,}#\s*(.*)$", line)
            if not more:
                break
            parts.append(more[1])
        return " ".join(parts)
    above: list[str] = []
    for line in reversed(lines[:at]):
        more = _SAID.match(line)
        if not more or _TABLE.match(line) or _is_off(line):
            return " ".join(above)
        above.insert(0, more["said"].strip())
    # What a file begins with is about the file.
    return ""


def introduction(text: str) -> str:
    """What a default scheme begins with."""
    said: list[str] = []
    for line in text.splitlines():
        more = _SAID.match(line)
        if not more:
            break
        said.append(more["said"].strip())
    return " ".join(said)


def _is_off(line: str) -> bool:
    key = _KEY.match(line)
    return bool(key and key["off"] and _split(key["rest"], []))
