"""Reading tables of a scheme file, keeping every problem with its line."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, cast

from pydantic import ValidationError

from segmentation.scheme_lines import Lines, Path, parsed, shown
from segmentation.scheme_problems import Line, adapter, as_written, problems_of
from segmentation.settings import Name

Kind = TypeVar("Kind")
# These tell of a value as it stands in the file: a text in quotes.
_QUOTING = ("choice", "bad_number", "bad_text", "bad_range", "not_a_table", "other")
# What fills a sentence where the problem says nothing more precise.
_UNSAID: dict[str, dict[str, str]] = {
    "bad_text": {"form": 'zh = "…", en = "…"', "value": ""},
    "bad_number": {"allowed": "x > 0"},
    "not_a_table": {"form": "[{table}]"},
}


class Reader:
    """Checks values against what a scheme may hold; ``problems`` gathers what does not fit.

    What is wrong in one place hides nothing elsewhere: a table is read with what is right in it.
    """

    def __init__(self, text: str) -> None:
        self._lines = Lines(text)
        self._unsound: list[Path] = []
        self.problems: list[Line] = []

    def problem(self, where: Path | str, code: str, **params: object) -> None:
        """Keep a problem; values that are no text are shown as they would be written."""
        path = parsed(where) if isinstance(where, str) else where
        if code != "unknown_key":
            self._unsound.append(path)
        table = shown([p for p in path if isinstance(p, str)])
        unsaid = {k: v.format(table=table) for k, v in _UNSAID.get(code, {}).items()}
        if code in _QUOTING and isinstance(params.get("value"), str):
            params["value"] = as_written(params["value"])
        told: dict[str, object] = {
            k: _said(v) for k, v in {"key": shown(path), **unsaid, **params}.items()
        }
        problem = (self._lines.line(path), code, told)
        if problem not in self.problems:
            self.problems.append(problem)

    def untouched(self, *paths: Path) -> bool:
        """Whether nothing at, in or around these paths is wrong, unknown keys aside."""
        return not any(
            bad[: len(path)] == path[: len(bad)] for bad in self._unsound for path in paths
        )

    def sound(self, *paths: Path) -> bool:
        """Whether nothing at these paths is wrong, unknown keys aside."""
        return not any(bad[: len(path)] == path for bad in self._unsound for path in paths)

    def read(self, kind: type[Kind], value: Any, path: Path) -> Kind | None:
        """A value of a type; keys that do not fit are left out, None where nothing is left."""
        checked = adapter(cast("Any", kind))
        try:
            return cast("Kind", checked.validate_python(value))
        except ValidationError as refused:
            found = problems_of(refused, kind, value)
        for inner, code, params in found:
            self.problem((*path, *inner), code, **params)
        wrong = [inner for inner, _, _ in found]
        tries = (wrong, [_to_list(inner) for inner in wrong], [inner[:1] for inner in wrong])
        for left in (_without(value, paths) for paths in tries):
            try:
                return cast("Kind", checked.validate_python(left))
            except ValidationError:
                continue
        return None

    def words(self, value: Any, path: Path) -> Mapping[str, str] | None:
        """A text for each language."""
        found: Mapping[str, str] | None = self.read(cast("Any", Name), value, path)
        return found

    def each(self, kind: type[Kind], tables: Any, path: Path) -> dict[str, Kind]:
        """A table of tables; those that do not fit are left out."""
        if not self.is_table(tables, path):
            return {}
        found = {k: self.read(kind, v, (*path, k)) for k, v in tables.items()}
        return {k: v for k, v in found.items() if v is not None}

    def is_table(self, value: Any, path: Path) -> bool:
        """Whether it is a table; a problem where it is none."""
        if not isinstance(value, Mapping):
            self.problem(path, "not_a_table", value=value)
            return False
        return True

    def tables(self, value: Any, path: Path) -> list[Mapping[str, Any]]:
        """A list of tables, at least one; empty where it is none."""
        listed = isinstance(value, list) and all(isinstance(v, Mapping) for v in value)
        if not listed or not value:
            self.problem(path, "not_a_table", value=value, form=f"[[{shown(path)}]]")
            return []
        return cast("list[Mapping[str, Any]]", value)

    def choice(self, value: Any, choices: Sequence[Any], path: Path) -> bool:
        """Whether it is one of the choices; a problem where it is none."""
        if isinstance(value, str | int) and value in choices:
            return True
        self.problem(path, "choice", value=value, choices=", ".join(map(str, choices)))
        return False

    def known(self, table: Mapping[str, Any], keys: Sequence[str], path: Path) -> dict[str, Any]:
        """The table without the keys that nobody knows, each a problem."""
        for key in table:
            if key not in keys:
                self.problem((*path, key), "unknown_key", choices=", ".join(keys))
        return {k: v for k, v in table.items() if k in keys}

    def merged(self, kinds: Sequence[type[Any]], table: Any, path: Path) -> list[Any]:
        """One table that holds the settings of several things; each takes its own keys."""
        if not self.is_table(table, path):
            return [None for _ in kinds]
        keys = [[f.name for f in dataclasses.fields(kind)] for kind in kinds]
        rest = self.known(table, list(dict.fromkeys(k for own in keys for k in own)), path)
        return [
            self.read(kind, {k: v for k, v in rest.items() if k in own}, path)
            for kind, own in zip(kinds, keys, strict=True)
        ]


def _without(node: Any, paths: Sequence[Path]) -> Any:
    """A table without the keys at these paths; of a list nothing is left out but the whole."""
    if isinstance(node, list):
        return [_without(v, [p[1:] for p in paths if p and p[0] == i]) for i, v in enumerate(node)]
    if not isinstance(node, Mapping):
        return node
    ends = {p[0] for p in paths if len(p) == 1 or (len(p) == 2 and isinstance(p[1], int))}
    return {
        k: _without(v, [p[1:] for p in paths if p and p[0] == k])
        for k, v in node.items()
        if k not in ends
    }


def _to_list(path: Path) -> Path:
    """The path of the first list on the way, or the whole path."""
    numbers = [i for i, part in enumerate(path) if isinstance(part, int)]
    return path[: numbers[0]] if numbers else path


def _said(value: object) -> str:
    """Texts as they are, anything else as it would be written."""
    return value if isinstance(value, str) and value.strip() else as_written(value)
