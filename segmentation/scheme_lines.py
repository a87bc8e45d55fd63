"""Where the keys of a TOML text stand.

No library gives this: ``tomllib`` and ``tomlkit`` keep no positions. The text has been read by
``tomllib`` before, so that this reader may take it for valid and only has to follow it.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Sequence

Path = tuple[str | int, ...]

_TOKEN = re.compile(
    r"(?P<blank>[ \t\r]+|\#[^\n]*)"
    r"|(?P<newline>\n)"
    r'|(?P<text>"""(?:\\.|[^\\])*?"""(?:"{0,2})'
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:\\.|[^"\\])*"'
    r"|'[^']*')"
    r"|(?P<bare>[A-Za-z0-9_-]+)"
    r"|(?P<sign>.)",
    re.DOTALL,
)
_PART = re.compile(r'"((?:\\.|[^"\\])*)"|([^.\[\]"]+)|\[(\d+)\]')
_PLAIN = re.compile(r'[^.\[\]"\s]+')
_END = ("", "", 0)


def shown(path: Sequence[str | int]) -> str:
    """A path as people write it: ``tiers[1].min_score``."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            plain = part if _PLAIN.fullmatch(part) else json.dumps(part, ensure_ascii=False)
            text += f".{plain}" if text else plain
    return text


def parsed(text: str) -> Path:
    """The path that a text such as ``tiers[1].min_score`` names."""
    found: list[str | int] = []
    for quoted, plain, number in _PART.findall(text):
        if number:
            found.append(int(number))
        else:
            found.append(plain or json.loads(f'"{quoted}"'))
    return tuple(found)


class Lines:
    """The line of each key and each list item of a valid TOML text, counted from 1."""

    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._at = 0
        self._own: dict[Path, int] = {}
        self._implied: dict[Path, int] = {}
        self._last: dict[Path, int] = {}
        self._document()

    def line(self, path: Sequence[str | int]) -> int | None:
        """Where a path stands, or the nearest thing around it; None where nothing does."""
        for end in range(len(path), 0, -1):
            part = tuple(path[:end])
            line = self._own.get(part, self._implied.get(part))
            if line is not None:
                return line
        return None

    def _document(self) -> None:
        table: Path = ()
        while self._peek() != _END:
            kind, sign, _ = self._peek()
            if kind == "newline":
                self._take()
            elif sign == "[" and kind == "sign":
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> Path:
        line = self._take()[2]
        listed = self._peek()[:2] == ("sign", "[")
        if listed:
            self._take()
        *outer, last = self._key()
        table: Path = ()
        for part in outer:
            table = self._inside((*table, part))
            self._implied.setdefault(table, line)
        table = (*table, last)
        if listed:
            self._last[table] = self._last.get(table, -1) + 1
            self._implied.setdefault(table, line)
        table = self._inside(table)
        self._own.setdefault(table, line)
        self._skip_line()
        return table

    def _inside(self, table: Path) -> Path:
        """In a list of tables the latest one is meant."""
        number = self._last.get(table)
        return table if number is None else (*table, number)

    def _pair(self, table: Path) -> None:
        line = self._peek()[2]
        path = table
        for part in self._key():
            self._implied.setdefault(path, line)
            path = (*path, part)
        self._own.setdefault(path, line)
        self._take()  # the sign =
        self._value(path)

    def _key(self) -> list[str]:
        parts = [_plain(self._take())]
        while self._peek()[:2] == ("sign", "."):
            self._take()
            parts.append(_plain(self._take()))
        return parts

    def _value(self, path: Path) -> None:
        kind, sign, _ = self._peek()
        if kind == "sign" and sign in "[{":
            self._inner(path, closing="]" if sign == "[" else "}")
            return
        while self._peek() != _END:
            kind, sign, _ = self._peek()
            if kind == "newline" or (kind == "sign" and sign in ",]}"):
                return
            self._take()

    def _inner(self, path: Path, *, closing: str) -> None:
        self._take()
        number = 0
        while (token := self._peek()) != _END:
            kind, sign, line = token
            if kind == "newline" or (kind == "sign" and sign == ","):
                self._take()
            elif kind == "sign" and sign == closing:
                self._take()
                return
            elif closing == "}":
                self._pair(path)
            else:
                self._own.setdefault((*path, number), line)
                self._value((*path, number))
                number += 1

    def _peek(self) -> tuple[str, str, int]:
        return self._tokens[self._at] if self._at < len(self._tokens) else _END

    def _take(self) -> tuple[str, str, int]:
        token = self._peek()
        self._at += 1
        return token

    def _skip_line(self) -> None:
        while self._peek() != _END and self._peek()[0] != "newline":
            self._take()


def _tokens(text: str) -> list[tuple[str, str, int]]:
    """Kind, text and line of everything that counts."""
    found, line = [], 1
    for match in _TOKEN.finditer(text):
        kind = str(match.lastgroup)
        if kind != "blank":
            found.append((kind, match.group(), line))
        line += match.group().count("\n")
    return found


def _plain(token: tuple[str, str, int]) -> str:
    kind, text, _ = token
    return str(tomllib.loads(f"key = {text}")["key"]) if kind == "text" else text
