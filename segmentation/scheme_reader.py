"""Reading tables of a scheme file, keeping every problem with its line."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeGuard

Problem = tuple[int | None, str, dict[str, object]]
LANGUAGES = ("zh", "en")
LARGEST = 1e300

TOP_KEYS = ("format", "method", "name", "measures", "rfm", "abc", "stage", "segments", "tiers")
KEYS = {
    "measures": ("frequency", "monetary", "refunds", "duplicates", "date_order"),
    "rfm": (
        "bins",
        "cut",
        "offset",
        "closed",
        "nested",
        "weights",
        "cut_points",
        "segments",
        "high",
    ),
    "abc": ("a", "b"),
    "stage": ("active_days", "dormant_days"),
    "tiers": (
        "key",
        "name",
        "min_score",
        "strategy",
        "contact_days",
        "budget_share",
        "service_floor",
    ),
    "segments": ("name", "recency", "frequency", "monetary", "cells"),
}
CHOICES = {
    "measures.frequency": ("orders", "days", "rows"),
    "measures.monetary": ("sum", "mean", "mean_per_day"),
    "measures.refunds": ("net", "drop", "keep"),
    "measures.duplicates": ("auto", "drop", "keep"),
    "measures.date_order": ("auto", "dmy", "mdy", "ymd"),
    "rfm.cut": ("quantile", "mean", "median", "fixed", "width", "jenks"),
    "rfm.closed": ("right", "left"),
}


def is_number(value: object) -> TypeGuard[int | float]:
    """A number to count with: neither true or false nor nan or infinite."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) < LARGEST


class Reader:
    """Checks values against what a scheme may hold; ``problems`` gathers what does not fit."""

    def __init__(self, text: str) -> None:
        self.lines = text.splitlines()
        self.problems: list[Problem] = []

    def problem(self, key: str, code: str, **params: object) -> None:
        self.problems.append((self._line(key), code, {"key": key, **params}))

    def _line(self, key: str) -> int | None:
        """The line that sets ``table.key``, or the nearest thing around it that has a line."""
        shorter = ""
        while (line := self._own_line(key)) is None and shorter != key:
            shorter, key = key, re.sub(r"(\.[^.\[\]]+|\[\d+\])$", "", key)
        return line

    def _own_line(self, key: str) -> int | None:
        """The line that sets ``table.key``: inside its table, or as a table's header."""
        path = re.sub(r"\[\d+\]", "", key)
        table, _, last = path.rpartition(".")
        number = re.search(r"\[(\d+)\]", key)
        inside, seen = not table, -1
        for i, line in enumerate(self.lines, start=1):
            header = re.match(r"\s*\[(\[?)\s*([^\]]+?)\s*\]", line)
            if header:
                seen += bool(header.group(1)) and header.group(2) == key.partition("[")[0]
                here = number is None or seen == int(number.group(1))
                if here and header.group(2) == path:
                    return i
                inside = here and header.group(2) == table
            elif inside and re.match(rf"\s*[\"']?{re.escape(last)}[\"']?\s*[.=]", line):
                return i
        return None

    def known(self, table: Mapping[str, Any], keys: Sequence[str], where: str) -> None:
        for key in table:
            if key not in keys:
                self.problem(f"{where}{key}", "unknown_key", choices=", ".join(keys))

    def table(self, raw: Mapping[str, Any], name: str) -> dict[str, Any]:
        table = raw.get(name, {})
        if not isinstance(table, dict):
            self.problem(name, "not_a_table")
            return {}
        self.known(table, KEYS[name], f"{name}.")
        return {k: v for k, v in table.items() if k in KEYS[name]}

    def chosen(self, table: Mapping[str, Any], where: str) -> dict[str, Any]:
        good = {}
        for key, value in table.items():
            choices = CHOICES.get(f"{where}.{key}")
            if choices and value not in choices:
                shown = ", ".join(choices)
                self.problem(f"{where}.{key}", "choice", value=value, choices=shown)
            else:
                good[key] = value
        return good

    def number(
        self,
        table: Mapping[str, Any],
        key: str,
        where: str,
        default: float,
        ok: Callable[[float], bool],
    ) -> float:
        value = table.get(key, default)
        if not is_number(value) or not ok(value):
            self.problem(f"{where}.{key}", "bad_number", value=value)
            return default
        return value

    def words(self, value: Any, key: str) -> dict[str, str]:
        if isinstance(value, str):
            return dict.fromkeys(LANGUAGES, value)
        if isinstance(value, dict) and all(isinstance(v, str) for v in value.values()):
            fallback = next(iter(value.values()), "")
            return {lang: value.get(lang, fallback) for lang in LANGUAGES} if value else {}
        self.problem(key, "bad_text")
        return {}

    def lists(self, value: Any, key: str) -> dict[str, tuple[str, ...]]:
        if isinstance(value, list):
            value = dict.fromkeys(LANGUAGES, value)
        if not isinstance(value, dict) or not all(
            isinstance(v, list | str) for v in value.values()
        ):
            self.problem(key, "bad_text")
            return {}
        return {
            lang: (items,) if isinstance(items, str) else tuple(map(str, items))
            for lang, items in value.items()
        }
