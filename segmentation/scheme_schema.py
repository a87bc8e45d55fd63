"""The schema of scheme files (JSON Schema, draft 2020-12), for editors and other programs.

It says what may stand where; what contradicts itself only ``parse_scheme`` finds.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from segmentation.method import METHODS, method
from segmentation.scheme import (
    TIER_WORDS,
    AbcSettings,
    ActionSettings,
    ColumnSettings,
    MeasureSettings,
    RfmSettings,
    StageSettings,
    Tier,
)
from segmentation.scheme_comments import entries
from segmentation.scheme_file import preset_text
from segmentation.scheme_lines import Path
from segmentation.scheme_rfm import SegmentRule
from segmentation.settings import LARGEST, Text

TITLE = "Fenji scheme"
_UNSAID = (("default", None), ("minimum", -LARGEST), ("maximum", LARGEST))
_TYPES: dict[str, Any] = {
    "name": Text,
    "measures": MeasureSettings,
    "rfm": RfmSettings,
    "abc-column": AbcSettings,
    "stage": StageSettings,
    "actions": ActionSettings,
    "segments": tuple[SegmentRule, ...],
    "columns": Mapping[str, ColumnSettings],
    "tiers": tuple[Tier, ...],
}


def schema() -> dict[str, Any]:
    """The schema as plain data."""
    own = {name: method(name).Settings for name in METHODS if name != "rfm"}
    wanted: list[tuple[Any, Any, TypeAdapter[Any]]] = [
        (name, "validation", TypeAdapter(kind)) for name, kind in (_TYPES | own).items()
    ]
    made, shared = TypeAdapter.json_schemas(wanted)
    defs = shared.get("$defs", {})
    tables = {name: made[name, "validation"] for name, _, _ in wanted}
    column = tables.pop("abc-column")
    tables["tiers"]["minItems"] = 1
    beside = copy.deepcopy({k: tables[k] for k in ("name", *METHODS, "tiers")})
    # One table of this name holds both: the shares of the column and the method's settings.
    both = {**_resolved(tables["abc"], defs), "title": "Abc"}
    both["properties"] = {**both["properties"], **_resolved(column, defs)["properties"]}
    root = {
        "$schema": GenerateJsonSchema.schema_dialect,
        "title": TITLE,
        "type": "object",
        "properties": {
            "format": {"const": 1, "default": 1},
            "method": {"enum": list(METHODS), "default": "rfm"},
            **tables,
            "abc": both,
            "beside": {
                "type": "object",
                "properties": {"method": {"enum": list(METHODS)}, **beside},
                "required": ["method"],
                "additionalProperties": False,
                "allOf": list(_tiers_by_method()),
            },
        },
        "additionalProperties": False,
        "allOf": list(_tiers_by_method()),
        "$defs": defs,
    }
    for name in METHODS:
        _describe(root, preset_text(name))
    found: dict[str, Any] = _tidy(root)
    return found


def schema_text() -> str:
    """The schema as it is published."""
    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"


def _tiers_by_method() -> Iterator[dict[str, Any]]:
    """Which keys a tier may have depends on the method, or on the method that it learns from."""
    for name in METHODS:
        if hasattr(method(name).Settings(), "teacher"):
            continue
        keys = [*TIER_WORDS, *method(name).TIER_KEYS]
        chosen: dict[str, Any] = {"properties": {"method": {"const": name}}}
        if name != "rfm":
            chosen["required"] = ["method"]
        items = {"propertyNames": {"enum": keys}}
        yield {"if": chosen, "then": {"properties": {"tiers": {"items": items}}}}


def _describe(root: dict[str, Any], text: str) -> None:
    """Comments of a default scheme as descriptions; the first one that speaks of a key stays."""
    for entry in entries(text):
        if entry.said:
            for node in _places(root, entry.path):
                node.setdefault("description", entry.said)


def _places(root: dict[str, Any], path: Path) -> list[dict[str, Any]]:
    nodes = [root]
    for part in path[:-1]:
        nodes = [form for node in nodes for form in _tables(_property(node, part), root)]
    last = path[-1]
    return [node["properties"][last] for node in nodes if last in node.get("properties", {})]


def _property(node: Mapping[str, Any], part: str | int) -> Any:
    return node.get("properties", {}).get(part, node.get("additionalProperties"))


def _tables(node: Any, root: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The tables that may stand there: itself, the items of its list, each of several forms."""
    if not isinstance(node, dict):
        return
    node = _resolved(node, root["$defs"])
    if "properties" in node or isinstance(node.get("additionalProperties"), dict):
        yield node
    for inner in (node.get("items"), *node.get("anyOf", ()), *node.get("oneOf", ())):
        yield from _tables(inner, root)


def _resolved(node: dict[str, Any], defs: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = defs[node["$ref"].rsplit("/", 1)[-1]] if "$ref" in node else node
    return found


def _tidy(node: Any) -> Any:
    """Without null, which TOML does not have, and without limits that only keep out infinity."""
    if isinstance(node, list):
        return [_tidy(each) for each in node if each != {"type": "null"}]
    if not isinstance(node, dict):
        return node
    found = {k: _tidy(v) for k, v in node.items() if (k, v) not in _UNSAID}
    forms = found.get("anyOf")
    if isinstance(forms, list) and len(forms) == 1:
        found = {**{k: v for k, v in found.items() if k != "anyOf"}, **forms[0]}
    return found
