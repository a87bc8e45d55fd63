"""What pydantic finds wrong with a table, as problems of ours: path, code, parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from segmentation.scheme_lines import Path
from segmentation.settings import LARGEST

Found = tuple[Path, str, dict[str, object]]
Line = tuple[int | None, str, dict[str, object]]

MOST_SHOWN = 60
ANY_NUMBER = "-1, 0.5, 20 …"
# What pydantic calls a problem, and what we do. Anything else is ``other``.
_CODES = {
    "unknown_key": ("unexpected_keyword_argument", "extra_forbidden"),
    "missing_key": ("missing", "missing_keyword_only_argument"),
    "choice": ("literal_error", "bool_type", "bool_parsing", "enum"),
    "not_a_table": ("dataclass_type", "dataclass_exact_type", "dict_type", "mapping_type"),
    "not_a_list": ("tuple_type", "list_type", "set_type", "frozen_set_type", "iterable_type"),
    "bad_length": ("too_short", "too_long"),
    "bad_text": ("string_type", "string_too_short"),
    "bad_number": (
        "float_type",
        "float_parsing",
        "int_type",
        "int_parsing",
        "int_from_float",
        "finite_number",
        "greater_than",
        "greater_than_equal",
        "less_than",
        "less_than_equal",
    ),
}
_TOLD = ("value", "choices", "allowed", "form")
_BY_TYPE = {kind: code for code, kinds in _CODES.items() for kind in kinds}


@cache
def adapter(kind: Any) -> TypeAdapter[Any]:
    """What checks a type; made once, because it takes a while."""
    return TypeAdapter(kind)


@cache
def schema(kind: Any) -> dict[str, Any]:
    """The JSON schema of a type."""
    return adapter(kind).json_schema()


def problems_of(refused: ValidationError, kind: Any, value: Any) -> list[Found]:
    """Each thing that is wrong, once; of several forms that fit not, the one that fits furthest."""
    found: dict[Path, Found] = {}
    for error in refused.errors(include_url=False):
        path = _path(error, value)
        found.setdefault(path, (path, *_told(error, kind, path)))
    return [f for p, f in found.items() if not any(o[: len(p)] == p != o for o in found)]


def _path(error: Any, value: Any) -> Path:
    """Where it is in the file. pydantic also names forms there (``str``): those are no keys."""
    path: list[str | int] = []
    node = value
    parts = list(error["loc"])
    for i, part in enumerate(parts):
        if part == "[key]":
            continue
        inside = isinstance(node, Mapping) and part in node
        item = isinstance(node, list) and isinstance(part, int) and part < len(node)
        if inside or item:
            node = node[part]
            path.append(part)
        elif i == len(parts) - 1 and _BY_TYPE.get(error["type"]) == "missing_key":
            path.append(part)
    return tuple(path)


def _told(error: Any, kind: Any, path: Path) -> tuple[str, dict[str, object]]:
    context = dict(error.get("ctx", {}))
    code = str(context.pop("code", _BY_TYPE.get(error["type"], "other")))
    if "[key]" in error["loc"]:
        code = "unknown_key"
    params: dict[str, object] = {"value": error["input"]}
    if code == "choice":
        listed = re.findall(r"'([^']*)'", str(context.pop("expected", "")))
        params["choices"] = ", ".join(listed) or "true, false"
    elif code == "unknown_key":
        listed = re.findall(r"'([^']*)'", str(context.pop("expected", "")))
        params["choices"] = ", ".join(listed or known_keys(kind, path[:-1]))
    elif code == "bad_number":
        params["allowed"] = allowed(kind, path)
    elif code == "bad_length":
        params["allowed"] = _length(context)
    elif code == "missing_key" and any(n.get("type") == "string" for n in _nodes(kind, path)):
        code, params = "bad_text", {"value": ""}
    return code, params | {k: v for k, v in context.items() if k in _TOLD}


def known_keys(kind: Any, path: Sequence[str | int]) -> list[str]:
    """The keys that the table at a path may have."""
    return list(dict.fromkeys(k for node in _nodes(kind, path) for k in node.get("properties", {})))


def allowed(kind: Any, path: Sequence[str | int]) -> str:
    """Which numbers may stand at a path, as a formula that needs no words."""
    for node in _nodes(kind, path):
        if node.get("type") in ("number", "integer"):
            return _range(node)
    return ANY_NUMBER


def _range(node: Mapping[str, Any]) -> str:
    low, high = node.get("minimum", -LARGEST), node.get("maximum", LARGEST)
    if node["type"] == "integer":
        first = 0 if low == -LARGEST else int(low)
        end = "" if high == LARGEST else f" {int(high)}"
        return f"{first}, {first + 1}, {first + 2} …{end}"
    begins = "" if low == -LARGEST else f"{low:g} ≤ "
    if "exclusiveMinimum" in node:
        begins = f"{node['exclusiveMinimum']:g} < "
    ends = "" if high == LARGEST else f" ≤ {high:g}"
    if "exclusiveMaximum" in node:
        ends = f" < {node['exclusiveMaximum']:g}"
    if not ends and begins:
        return f"x {'≥' if '≤' in begins else '>'} {begins.split()[0]}"
    return f"{begins}x{ends}" if begins or ends else ANY_NUMBER


def _length(context: Mapping[str, Any]) -> str:
    if "min_length" in context:
        return f"≥ {context['min_length']}"
    return f"≤ {context.get('max_length', '')}"


def _nodes(kind: Any, path: Sequence[str | int]) -> list[dict[str, Any]]:
    """The parts of the schema that speak of what stands at a path."""
    root = schema(kind)
    nodes = list(_forms(root, root))
    for part in path:
        nodes = [form for node in nodes for form in _forms(_inner(node, part), root)]
    return nodes


def _inner(node: Mapping[str, Any], part: str | int) -> Any:
    if isinstance(part, str):
        return node.get("properties", {}).get(part, node.get("additionalProperties"))
    own = node.get("prefixItems", [])
    return own[part] if part < len(own) else node.get("items")


def _forms(node: Any, root: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if not isinstance(node, dict):
        return
    if "$ref" in node:
        yield from _forms(root["$defs"][node["$ref"].rsplit("/", 1)[-1]], root)
        return
    yield node
    for each in (*node.get("anyOf", ()), *node.get("oneOf", ()), *node.get("allOf", ())):
        yield from _forms(each, root)


def as_written(value: object) -> str:
    """A value as it would stand in the file, cut short."""
    text = _as_written(value)
    return text if len(text) <= MOST_SHOWN else f"{text[: MOST_SHOWN - 1]}…"


def _as_written(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_as_written, value))}]"
    if isinstance(value, Mapping):
        inside = ", ".join(f"{k} = {_as_written(v)}" for k, v in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    return str(value)
