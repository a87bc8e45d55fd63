"""A scheme as plain data: what its TOML text says, changed and written again."""

from __future__ import annotations

import copy
import itertools
import tomllib
from collections.abc import Mapping
from typing import Any

import tomli_w

from addin.setting_kinds import fields_of
from segmentation.method import method as module
from segmentation.scheme import MEASURES
from segmentation.scheme_defaults import completed, method_text
from segmentation.scheme_file import data_with_method

Path = tuple[str | int, ...]
Data = dict[str, Any]
_PER_MEASURE = ("bins", "weights")


def adjusted(
    text: str, *, method: str | None = None, date_order: str | None = None, segments: str
) -> str:
    """A scheme's text after the options of a command.

    ``segments`` is the segment map where the scheme names none. A text that says all that
    already comes back as it is, with its comments.
    """
    before: Data = tomllib.loads(text)
    data = copy.deepcopy(before)
    if method and method != data.get("method", "rfm"):
        data = data_with_method(data, method)
    if date_order:
        data.setdefault("measures", {})["date_order"] = date_order
    if "segments" not in data and "segments" not in data.get("rfm", {}):
        data.setdefault("rfm", {})["segments"] = segments
    return text if data == before else dumped(data)


def even(data: Data) -> Data:
    """The same scheme with method and tiers given, and the short forms of ``[rfm]`` written
    out, so that parts of it can change."""
    made = completed(copy.deepcopy(data))
    for table in (made, made["beside"]) if "beside" in made else (made,):
        method = table.setdefault("method", "rfm")
        if "tiers" not in table:
            table["tiers"] = tomllib.loads(method_text(method))["tiers"]
        if method != "rfm":
            fields = fields_of(module(method).Settings) or {}
            nested = {k: f.default for k, f in fields.items() if _is_nested(f.default)}
            table[method] = {**copy.deepcopy(nested), **table.get(method, {})}
        rfm = table.get("rfm", {})
        for key in _PER_MEASURE:
            if key in rfm and not isinstance(rfm[key], Mapping):
                rfm[key] = dict.fromkeys(MEASURES, rfm[key])
        if "high" in rfm and not isinstance(rfm["high"], Mapping):
            rfm["high"] = {"of": "score", "at": rfm["high"]}
    return made


def _is_nested(value: object) -> bool:
    if isinstance(value, list):
        return any(isinstance(each, Mapping | list) for each in value)
    return isinstance(value, Mapping) and bool(value)


def put(data: Data, path: Path, value: object) -> None:
    """Set what stands at ``path``; None takes it away. Tables on the way are made."""
    node: Any = data
    for part, following in itertools.pairwise(path):
        if isinstance(node, dict) and part not in node:
            node[part] = [] if isinstance(following, int) else {}
        node = node[part]
    if value is not None:
        node[path[-1]] = value
    elif path[-1] in node:
        del node[path[-1]]


def dumped(data: Mapping[str, Any]) -> str:
    """The data as TOML text."""
    return tomli_w.dumps(data)
