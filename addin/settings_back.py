"""Read the sheet Settings back: the scheme of a workbook, with what somebody changed there."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from addin.hosts.file.own_tables import TableText, read_table
from addin.messages import SettingsError, SettingsProblem, scheme_problem
from addin.scheme_data import Data, dumped, even, put
from addin.setting_leaves import Leaf, sections
from addin.setting_values import WrongError, choices, read, shown
from addin.settings_sheet import label, row_of
from addin.words import LANGUAGES, Words
from addin.words import words as words_of
from segmentation.errors import SchemeError
from segmentation.notes import Note
from segmentation.scheme_file import parse_scheme
from templates.settings import TABLE, TOML_CELLS, hint
from templates.shape import SettingRow


@dataclass(frozen=True, kw_only=True)
class OwnSettings:
    """The scheme that a workbook brings along: its text, and what is to be said of it."""

    scheme: str
    notes: tuple[Note, ...]


def own_settings(paths: Sequence[Path], words: Words) -> OwnSettings | None:
    """The settings in the first of the workbooks that has any, as they stand in its cells.

    Raises SettingsError where a cell says something that can't be.
    """
    return settings_of([t for p in paths if (t := _table(p)) is not None], words)


def settings_of(tables: Sequence[TableText], words: Words) -> OwnSettings | None:
    """The same from sheets Settings that have been read, with the cells ``TOML_CELLS``."""
    found = [(t, s) for t in tables if (s := _scheme(t))]
    if not found:
        return None
    table, scheme = found[0]
    reader = _Reader(table=table, data=_sound(scheme, table, words), words=words)
    text, changes = reader.changed(scheme)
    place = {"file": table.file, "sheet": table.sheet}
    notes: list[Note] = [("own_settings", place)]
    if changes:
        notes = [("own_settings_changed", {**place, "changes": words("cli.list").join(changes)})]
    if len(found) > 1:
        others = ", ".join(other.file for other, _ in found[1:])
        notes.append(("own_settings_first", {"file": table.file, "others": others}))
    return OwnSettings(scheme=text, notes=tuple(notes))


def _table(path: Path) -> TableText | None:
    return read_table(path, TABLE, TOML_CELLS) if path.is_file() else None


def _scheme(table: TableText) -> str:
    """The scheme's text; empty where the workbook holds none."""
    whole, *parts = TOML_CELLS
    return table.cells[whole] or "".join(table.cells[part] or "" for part in parts)


def same_settings(template: Path, rows: Sequence[SettingRow]) -> bool:
    """Whether a template's sheet Settings has the same settings in the same rows."""
    table = read_table(template, TABLE)
    if table is None:
        return True
    theirs = {key: row - table.first for key, (row, _) in _cells(table).items()}
    return theirs == {row.key: number for number, row in enumerate(rows) if row.key}


@dataclass(frozen=True, kw_only=True)
class _Reader:
    """Puts the cells of a sheet Settings over the scheme that the workbook was made with."""

    table: TableText
    data: Data
    words: Words

    def changed(self, scheme: str) -> tuple[str, list[str]]:
        """The scheme's text with the cells' values put over it, and what changed, in words."""
        cells = _cells(self.table)
        found = [
            (leaf, *cells[leaf.key])
            for section in sections(self.data, _language(cells))
            for leaf in section.leaves
            if leaf.key in cells
        ]
        made, changes = copy.deepcopy(self.data), []
        problems: list[SettingsProblem] = []
        for leaf, row, cell in found:
            try:
                value = read(leaf, cell, self.data)
            except WrongError:
                problems.append((self.table.sheet, row, self._wrong(leaf, str(cell))))
                continue
            if not _same(leaf.value, value):
                put(made, leaf.path, value)
                changes.append(self._change(leaf, value))
        problems += self._twice(made, [(leaf, row) for leaf, row, _ in found])
        if problems:
            raise SettingsError(self.table.file, problems)
        if not changes:
            return scheme, []
        text = dumped(made)
        self._check(text, {leaf.key: (leaf, row) for leaf, row, _ in found})
        return text, changes

    def _twice(self, made: Data, rows: Sequence[tuple[Leaf, int]]) -> list[SettingsProblem]:
        """Tiers that share a name; the rules of scheme files look at all languages together."""
        seen: set[str] = set()
        problems = []
        for leaf, row in rows:
            if leaf.path[0] != "tiers" or "name" not in leaf.path:
                continue
            name = str(_at(made, leaf.path))
            if name in seen:
                problems.append(self._problem(row, leaf, "twice", {"value": name}))
            seen.add(name)
        return problems

    def _name(self, leaf: Leaf) -> str:
        return label(leaf, self.data, self.words) or self.words("setting_field.name")

    def _change(self, leaf: Leaf, value: Any) -> str:
        blank = self.words("cli.check_empty")
        before, now = (shown(leaf, v, self.data, self.words) for v in (leaf.value, value))
        return self.words(
            "cli.setting_changed",
            setting=self._name(leaf),
            before=blank if before is None else before,
            now=blank if now is None else now,
        )

    def _wrong(self, leaf: Leaf, cell: str) -> str:
        row = row_of(leaf, self.data, self.words)
        said = hint(row, self.words)
        if row.choices:
            how = "pick_or_number" if row.free else "pick"
            said = self.words(f"settings_error.{how}", choices=", ".join(row.choices))
        return self.words("settings_error.wrong", key=self._name(leaf), value=cell, hint=said)

    def _problem(
        self, row: int, leaf: Leaf, code: str, params: Mapping[str, object]
    ) -> SettingsProblem:
        said = {**params, "key": self._name(leaf)}
        picked = choices(leaf, self.data, self.words)
        if picked:
            said["choices"] = ", ".join(picked)
        return self.table.sheet, row, scheme_problem((None, code, said), self.words)

    def _check(self, text: str, rows: Mapping[str, tuple[Leaf, int]]) -> None:
        """Hold the changed scheme to the rules of scheme files, and tell of its cells."""
        try:
            parse_scheme(text, source=self.table.file)
        except SchemeError as error:
            problems: list[SettingsProblem] = []
            for _, code, params in error.problems:
                key = _nearest(str(params.get("key", "")), list(rows))
                if key:
                    leaf, row = rows[key]
                    problems.append(self._problem(row, leaf, code, params))
                else:
                    said = scheme_problem((None, code, params), self.words)
                    problems.append((self.table.sheet, TABLE, said))
            raise SettingsError(self.table.file, problems) from None


def _sound(scheme: str, table: TableText, words: Words) -> Data:
    """The scheme's data as the workbook was made with; nobody is meant to change its text."""
    try:
        parse_scheme(scheme, source=table.file)
    except SchemeError as error:
        where = (table.sheet, TOML_CELLS[0])
        raise SettingsError(
            table.file, [(*where, scheme_problem(problem, words)) for problem in error.problems]
        ) from None
    return even(tomllib.loads(scheme))


def _cells(table: TableText) -> dict[str, tuple[int, str | None]]:
    """Row number and text of each setting's cell, by key; a key that stands twice counts once."""
    columns = {}
    for name in ("value", "key"):
        headers = [words_of(lang)(f"header.{TABLE}.{name}") for lang in LANGUAGES]
        columns[name] = next((i for i, h in enumerate(table.headers) if h in headers), None)
    value, key = columns["value"], columns["key"]
    if value is None or key is None:
        return {}
    found: dict[str, tuple[int, str | None]] = {}
    for row, cells in table.rows:
        if cells[key]:
            found.setdefault(str(cells[key]).strip(), (row, cells[value]))
    return found


def _language(cells: dict[str, Any]) -> str:
    """The language whose names the sheet shows."""
    named = [key.rpartition(".")[2] for key in cells]
    return next((lang for lang in named if lang in LANGUAGES), LANGUAGES[0])


def _at(data: Any, path: Iterable[str | int]) -> Any:
    for part in path:
        known = isinstance(data, list) or (isinstance(data, dict) and part in data)
        data = data[part] if known else None
    return data


def _same(before: Any, now: Any) -> bool:
    blank: tuple[object, ...] = (None, "", [])
    if before in blank or now in blank:
        return before in blank and now in blank
    if isinstance(before, str) and isinstance(now, str):
        return before.strip() == now
    return bool(before == now) and isinstance(before, bool) == isinstance(now, bool)


def _nearest(key: str, keys: Sequence[str]) -> str:
    """The row of a setting, or the first of what it is part of or made of; empty for none."""
    while key:
        inside = (f"{key}.", f"{key}[")
        found = next((k for k in keys if k == key or k.startswith(inside)), "")
        if found:
            return found
        cut = max(key.rfind("."), key.rfind("["))
        key = key[:cut] if cut > 0 else ""
    return ""
