"""The rows of the sheet Settings: a scheme in words, and facts about one grading."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from typing import Any

import polars as pl

from addin.findings import columns_read
from addin.scheme_data import Data, even
from addin.setting_leaves import Leaf, Section, sections
from addin.setting_values import choices, measure_word, one_word, shown
from addin.words import LANGUAGES, Words
from segmentation.run import Grading
from templates.settings import TOML_CELLS
from templates.shape import SettingRow

CELL_LIMIT = 32_767
_PART = 16_000
_JOIN = " · "
_NO_LIMIT = 1e200
# Lists whose items have names of their own.
_SILENT = ("criteria", "indicators")


def scheme_rows(scheme: str, words: Words) -> list[SettingRow]:
    """The settings of a scheme's TOML text, in reading order under headings."""
    data = even(tomllib.loads(scheme))
    rows = []
    for section in sections(data, words.lang):
        rows.append(_heading(_title(section, data, words)))
        if section.table == "name":
            rows.append(_fact("method", _method_name(data["method"], words), words))
        rows += [row_of(leaf, data, words) for leaf in section.leaves]
    return rows


def fact_rows(grading: Grading, words: Words, files: Sequence[str]) -> list[SettingRow]:
    """What was graded, when, and where it was read; not read back."""
    as_of = grading.checked.as_of
    rows = [
        _heading(words("setting_section.facts")),
        _fact("files", ", ".join(files), words),
        _fact("as_of", as_of.isoformat() if as_of else "", words),
    ]
    for role, headers in columns_read(grading.layouts).items():
        name = words("setting.column", role=words(f"role.{role}"))
        meaning = words("setting_meaning.column")
        rows.append(
            SettingRow(setting=name, value=" / ".join(headers), meaning=meaning, kind="fact")
        )
    return rows


def model_rows(grading: Grading, words: Words) -> list[SettingRow]:
    """What a saved model says of its scheme, which it does not hold as a whole."""
    model = grading.model
    return [
        _heading(words("setting_section.name")),
        _fact("method", _method_name(model["method"], words), words),
        _fact("scheme", model["name"].get(words.lang, ""), words),
    ]


def settings_table(rows: Sequence[SettingRow]) -> pl.DataFrame:
    """The rows as the table FenjiSettings, by the keys of its columns."""
    return pl.DataFrame(
        {
            "setting": [row.setting for row in rows],
            "value": pl.Series([row.value for row in rows], dtype=pl.Object),
            "meaning": [row.meaning or None for row in rows],
            "key": [row.key or None for row in rows],
        }
    )


def toml_cells(scheme: str | None) -> dict[str, str | None]:
    """The scheme's text as named cells: one, or where it is too long for that several."""
    whole, *parts = TOML_CELLS
    cells: dict[str, str | None] = dict.fromkeys(TOML_CELLS)
    if scheme is None:
        return cells
    if len(scheme.encode("utf-16-le")) // 2 <= CELL_LIMIT:
        return {**cells, whole: scheme}
    pieces = [scheme[at : at + _PART] for at in range(0, len(scheme), _PART)]
    # Half a scheme would be worse than none.
    if len(pieces) > len(parts):
        return cells
    return {**cells, **dict(zip(parts, pieces, strict=False))}


def label(leaf: Leaf, data: Data, words: Words) -> str:
    """What a setting is called: by its place in the scheme, in words."""
    parts, node = [], _node(leaf, data)
    for part in leaf.inner:
        inner = _inside(node, part)
        if isinstance(part, int):
            parts.append(_item_name(inner, part, data, words))
        elif part not in (*LANGUAGES, *_SILENT):
            parts.append(_part_name(leaf, part, data, words))
        node = inner
    return _JOIN.join(part for part in parts if part)


def _node(leaf: Leaf, data: Data) -> Any:
    node: Any = data
    for part in leaf.path[: leaf.path.index(leaf.table) + 1]:
        node = _inside(node, part)
    return node


def _inside(node: Any, part: str | int) -> Any:
    if isinstance(node, list) and isinstance(part, int):
        return node[part]
    return node.get(part) if isinstance(node, dict) else None


def _item_name(item: Any, number: int, data: Data, words: Words) -> str:
    if isinstance(item, dict):
        if "name" in item:
            return one_word(item["name"], words.lang)
        if "measure" in item:
            return measure_word(item["measure"], data, words)
        return str(item.get("key", number + 1))
    return str(number + 1)


def _part_name(leaf: Leaf, part: str, data: Data, words: Words) -> str:
    for key in (f"setting_of.{leaf.table}.{part}", f"setting_field.{part}"):
        if words.has(key):
            return words(key)
    return measure_word(part, data, words)


def _meaning(leaf: Leaf, words: Words) -> str:
    parts = [p for p in reversed(leaf.inner) if isinstance(p, str)]
    for part in ("name",) if leaf.table == "name" else parts:
        for key in (f"setting_note.{leaf.table}.{part}", f"setting_hint.{part}"):
            if words.has(key):
                return words(key)
    return ""


def row_of(leaf: Leaf, data: Data, words: Words) -> SettingRow:
    """A setting as a row of the sheet."""
    kind = leaf.kind
    name = "numbers" if kind.name == "texts" else kind.name
    return SettingRow(
        key=leaf.key,
        setting=label(leaf, data, words) or words("setting_field.name"),
        value=shown(leaf, leaf.value, data, words),
        meaning=_meaning(leaf, words),
        kind="choice" if name == "flag" else "list" if name == "numbers" else name,
        choices=choices(leaf, data, words),
        free=kind.free,
        least=_end(kind.least),
        most=_end(kind.most),
    )


def _end(number: float | None) -> float | None:
    return None if number is None or abs(number) > _NO_LIMIT else number


def _heading(text: str) -> SettingRow:
    return SettingRow(setting=text, kind="heading")


def _fact(key: str, value: str, words: Words) -> SettingRow:
    return SettingRow(
        setting=words(f"setting.{key}"),
        value=value or None,
        meaning=words(f"setting_meaning.{key}"),
        kind="fact",
    )


def _method_name(name: str, words: Words) -> str:
    return words(f"value.{name}")


def _title(section: Section, data: Data, words: Words) -> str:
    table = section.table
    if section.beside:
        second = data["beside"]
        title = one_word(second.get("name", ""), words.lang)
        name = title or _method_name(second["method"], words)
        what = "beside_tiers" if table == "tiers" else "beside"
        return words(f"setting_section.{what}", name=name)
    if table == data["method"]:
        return words("setting_section.method", name=_method_name(table, words))
    if words.has(f"setting_section.{table}"):
        return words(f"setting_section.{table}")
    return _method_name(table, words)
