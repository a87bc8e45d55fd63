"""What to do with the segments of the shipped maps."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from segmentation import segments
from segmentation.scheme import MAPS

REST = "rest"


@cache
def shipped() -> dict[str, Any]:
    """By map and the segment's English name; ``rest`` for customers that no rule reaches."""
    file = resources.files("segmentation").joinpath("segment_strategies.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))


def strategies(mapped: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One for each segment of a map, in the order of ``segments.names``.

    Keys: ``strategy owner first_action budget service_floor`` (each by language) and
    ``contact_days``, and ``quiet`` where its customers have not bought lately. A segment of the
    user's own that goes by a shipped name gets what that one has; any other has nothing.
    """
    known = _by_name()
    rules = [_found(known, rule["name"]) for rule in mapped["rules"]]
    return [*rules, dict(shipped()[REST])]


def _found(known: Mapping[str, Any], name: Mapping[str, str]) -> dict[str, Any]:
    return next((dict(known[text]) for text in name.values() if text in known), {})


@cache
def _by_name() -> dict[str, Any]:
    """Every shipped segment's strategy by its name in either language."""
    found: dict[str, Any] = {}
    for name in MAPS:
        for rule in segments.segment_map(name)["rules"]:
            names = rule["name"]
            for text in names.values():
                found.setdefault(text, shipped()[name][names["en"]])
    return found
