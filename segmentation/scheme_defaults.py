"""What a scheme leaves out, filled in from the default schemes of its methods, as plain data."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

from segmentation.method import METHODS, method
from segmentation.scheme import TIER_WORDS

Table = dict[str, Any]
# With these keys the method itself knows what a tier gets that names none.
OPTIONAL_GATES = frozenset({"classes", "share"})
# Least scores mean the same only where the scores have one scale; these are from 0 to 100.
_OF_A_HUNDRED = ("scorecard", "potential")


def method_text(name: str) -> str:
    """The scheme file that a method comes with."""
    folder, stem = ("industries", "general") if name == "rfm" else ("methods", name)
    file = resources.files("segmentation").joinpath(folder, f"{stem}.toml")
    return file.read_text(encoding="utf-8")


@cache
def _default(name: str) -> Mapping[str, Any]:
    return tomllib.loads(method_text(name))


def completed(scheme: Mapping[str, Any]) -> Table:
    """The scheme with its methods' own settings where it leaves them out.

    A key that the table of a method has stays as it is, and so do tables inside it; settings
    that are filled in bring the columns that they speak of. What is no table is left alone.
    """
    made = dict(scheme)
    found = _filled(made)
    if isinstance(beside := made.get("beside"), Mapping):
        made["beside"] = dict(beside)
        found |= _filled(made["beside"])
    columns = made.get("columns", {})
    if found and isinstance(columns, Mapping):
        made["columns"] = {**found, **columns}
    return made


def _filled(grading: Table) -> Table:
    """Fill the tables of one grading; the columns that this speaks of, by key."""
    columns: Table = {}
    for name in _methods(grading):
        default, own = _default(name), grading.get(name, {})
        if name == "rfm" or not isinstance(own, Mapping):
            continue
        left_out = {k: v for k, v in default.get(name, {}).items() if k not in own}
        if left_out:
            grading[name] = {**own, **copy.deepcopy(left_out)}
        said = set(_texts(left_out))
        known = default.get("columns", {})
        columns |= {k: copy.deepcopy(v) for k, v in known.items() if k in said}
    return columns


def _methods(grading: Mapping[str, Any]) -> list[str]:
    """The method of a grading, and the one that it learns from."""
    name = grading.get("method", "rfm")
    if name not in METHODS:
        return []
    teacher = teacher_of(grading)
    return [name, *([teacher] if teacher else [])]


def teacher_of(grading: Mapping[str, Any]) -> str | None:
    """The method that a grading learns from."""
    name = grading.get("method", "rfm")
    own = grading.get(name, {})
    table = {**_default(name).get(name, {}), **(own if isinstance(own, Mapping) else {})}
    # Given rules are not learned, whoever the teacher would be.
    teacher = None if table.get("rules") else table.get("teacher")
    return teacher if teacher in METHODS and teacher != name else None


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    inner = node.values() if isinstance(node, Mapping) else node if isinstance(node, list) else ()
    for each in inner:
        yield from _texts(each)


def graded_by(scheme: Mapping[str, Any], name: str, *, keep_tiers: bool) -> Table:
    """The scheme graded by another method, with its own table for that method if it has one.

    Its tiers stay with ``keep_tiers``; else they are those that the method comes with.
    """
    made = {**scheme, "method": name}
    if isinstance(beside := made.get("beside"), Mapping) and beside.get("method") == name:
        del made["beside"]
    if not keep_tiers:
        learnt = teacher_of(made)
        own = learnt and learnt != teacher_of({"method": name})
        made["tiers"] = copy.deepcopy(_default(learnt if own and learnt else name)["tiers"])
    return completed(made)


def tiers_may_fit(scheme: Mapping[str, Any], name: str) -> bool:
    """Whether the tiers of a scheme say who gets in as another method asks for it."""
    tiers = scheme.get("tiers")
    if not isinstance(tiers, list) or not all(isinstance(t, Mapping) for t in tiers):
        return False
    before = teacher_of(scheme) or scheme.get("method", "rfm")
    now = teacher_of({**scheme, "method": name}) or name
    keys = set(method(now).TIER_KEYS)
    used = {k for t in tiers for k in t if k not in TIER_WORDS}
    same_scale = now == before or {now, before} <= set(_OF_A_HUNDRED)
    if not used <= keys or ("min_score" in used and not same_scale):
        return False
    return bool(used) or not keys or bool(keys & OPTIONAL_GATES)
