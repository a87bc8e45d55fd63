"""Scheme files: TOML to settings, with every problem reported at once."""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any

from segmentation.errors import SchemeError, UsageError
from segmentation.scheme import (
    AbcSettings,
    MeasureSettings,
    Scheme,
    StageSettings,
    Tier,
)
from segmentation.scheme_reader import KEYS, LANGUAGES, TOP_KEYS, Problem, is_number
from segmentation.scheme_rfm import RfmReader

METHODS = ("rfm",)


def presets() -> list[str]:
    """Names of the shipped industries."""
    folder = resources.files("segmentation").joinpath("industries")
    return sorted(p.name[:-5] for p in folder.iterdir() if p.name.endswith(".toml"))


def preset_text(name: str) -> str:
    """The scheme file of a shipped industry, as text; UsageError ``unknown_industry``."""
    if name not in presets():
        raise UsageError("unknown_industry", name=name, names=", ".join(presets()))
    file = resources.files("segmentation").joinpath("industries", f"{name}.toml")
    return file.read_text(encoding="utf-8")


def preset(name: str) -> Scheme:
    """A shipped industry as a scheme."""
    return parse_scheme(preset_text(name), source=f"{name}.toml")


def parse_scheme(text: str, *, source: str) -> Scheme:
    """Read a scheme file's text; what it leaves out is the default.

    Raises SchemeError with all problems, each with its line where it is known.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        found: Problem = (int(line.group(1)) if line else None, "toml", {"detail": str(error)})
        raise SchemeError(source, [found]) from None
    reader = _SchemeReader(text)
    scheme = reader.scheme(raw)
    if reader.problems:
        raise SchemeError(source, reader.problems)
    return scheme


class _SchemeReader(RfmReader):
    def scheme(self, raw: Mapping[str, Any]) -> Scheme:
        self.known(raw, TOP_KEYS, "")
        if raw.get("format", 1) != 1:
            self.problem("format", "choice", value=raw["format"], choices="1")
        method = str(raw.get("method", "rfm"))
        if method not in METHODS:
            self.problem("method", "choice", value=method, choices=", ".join(METHODS))
        measures = self.table(raw, "measures")
        tiers = self._tiers(raw)
        return Scheme(
            name=self.words(raw.get("name", {}), "name") or dict.fromkeys(LANGUAGES, "RFM"),
            method=method,
            measures=MeasureSettings(**self.chosen(measures, "measures")),
            rfm=self.rfm(self.table(raw, "rfm"), raw.get("segments")),
            abc=self._abc(self.table(raw, "abc")),
            stage=self._stage(self.table(raw, "stage")),
            tiers=tiers,
        )

    def _abc(self, table: Mapping[str, Any]) -> AbcSettings:
        a = self.number(table, "a", "abc", 0.8, lambda v: 0 < v <= 1)
        b = self.number(table, "b", "abc", 0.95, lambda v: 0 < v <= 1)
        if a > b:
            self.problem("abc.b", "not_ascending", value=f"{a}, {b}")
        return AbcSettings(a=a, b=b)

    def _stage(self, table: Mapping[str, Any]) -> StageSettings:
        active = self.number(table, "active_days", "stage", 90, lambda v: v >= 0)
        dormant = self.number(table, "dormant_days", "stage", 180, lambda v: v >= 0)
        if active > dormant:
            self.problem("stage.dormant_days", "not_ascending", value=f"{active}, {dormant}")
        return StageSettings(active_days=int(active), dormant_days=int(dormant))

    def _tiers(self, raw: Mapping[str, Any]) -> tuple[Tier, ...]:
        listed = raw.get("tiers")
        if listed is None:
            return preset("general").tiers
        if (
            not isinstance(listed, list)
            or not listed
            or not all(isinstance(t, dict) for t in listed)
        ):
            self.problem("tiers", "not_a_table")
            return ()
        tiers = tuple(self._tier(t, i, last=i == len(listed) - 1) for i, t in enumerate(listed))
        limits = [t.min_score for t in tiers[:-1] if t.min_score is not None]
        if any(b >= a for a, b in itertools.pairwise(limits)):
            self.problem("tiers[0].min_score", "not_descending", value=", ".join(map(str, limits)))
        keys, names = [t.key for t in tiers], [str(t.name) for t in tiers]
        for i, key in enumerate(keys):
            if key in keys[:i]:
                self.problem(f"tiers[{i}].key", "twice", value=key)
            elif names[i] in names[:i]:
                self.problem(f"tiers[{i}].name", "twice", value=key)
        return tiers

    def _tier(self, tier: Mapping[str, Any], index: int, *, last: bool) -> Tier:
        where = f"tiers[{index}]"
        self.known(tier, KEYS["tiers"], f"{where}.")
        key = tier.get("key")
        if not isinstance(key, str) or not key:
            self.problem(f"{where}.key", "bad_text")
            key = str(key)
        limit = tier.get("min_score")
        if limit is None and not last:
            self.problem(f"{where}.min_score", "limit_missing", tier=key)
        elif limit is not None and not is_number(limit):
            self.problem(f"{where}.min_score", "bad_number", value=limit)
            limit = None
        share = tier.get("budget_share")
        if share is not None and (not is_number(share) or not 0 <= share <= 1):
            self.problem(f"{where}.budget_share", "bad_number", value=share)
            share = None
        days = tier.get("contact_days")
        if days is not None and (not is_number(days) or not isinstance(days, int) or days < 0):
            self.problem(f"{where}.contact_days", "bad_number", value=days)
            days = None
        return Tier(
            key=key,
            name=self.words(tier.get("name", key), f"{where}.name")
            or dict.fromkeys(LANGUAGES, key),
            min_score=None if limit is None else float(limit),
            strategy=self.lists(tier.get("strategy", {}), f"{where}.strategy"),
            contact_days=days,
            budget_share=share,
            service_floor=self.words(tier.get("service_floor", {}), f"{where}.service_floor"),
        )
