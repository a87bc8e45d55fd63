"""Scheme files: TOML to settings, with every problem reported at once."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any

from segmentation.errors import SchemeError, UsageError
from segmentation.method import METHODS
from segmentation.scheme import (
    AbcSettings,
    ActionSettings,
    ColumnSettings,
    MeasureSettings,
    RfmSettings,
    Scheme,
    StageSettings,
)
from segmentation.scheme_defaults import completed, graded_by, method_text, tiers_may_fit
from segmentation.scheme_parts import PartReader, abc_kinds
from segmentation.scheme_rfm import SegmentRules, settled
from segmentation.scheme_rules import (
    check_ascending,
    check_completeness,
    check_measures,
    check_rfm,
)
from segmentation.scheme_syntax import syntax_problem
from segmentation.settings import LANGUAGES

# All keys that may stand at the top, beside the tables of the methods.
TOP_KEYS = (
    "format",
    "method",
    "name",
    "measures",
    "rfm",
    "abc",
    "stage",
    "actions",
    "segments",
    "columns",
    "beside",
    "tiers",
)


def presets() -> list[str]:
    """Names of the shipped industries."""
    folder = resources.files("segmentation").joinpath("industries")
    return sorted(p.name[:-5] for p in folder.iterdir() if p.name.endswith(".toml"))


def preset_text(name: str) -> str:
    """The scheme file of a shipped industry, or of a method as it comes, as text.

    Raises UsageError ``unknown_industry``.
    """
    if name in presets():
        file = resources.files("segmentation").joinpath("industries", f"{name}.toml")
        return file.read_text(encoding="utf-8")
    if name in METHODS:
        return method_text(name)
    raise UsageError("unknown_industry", name=name, names=", ".join(presets()))


def preset(name: str) -> Scheme:
    """A shipped industry as a scheme; also a method's name."""
    return parse_scheme(preset_text(name), source=f"{name}.toml")


def with_method(scheme: Scheme, name: str) -> Scheme:
    """The scheme graded by another method.

    Its own table for that method counts, and its tiers where they say who gets in as that method
    asks for it; what it leaves out is as the method has it. Raises SchemeError.
    """
    if name == scheme.method:
        return scheme
    reader = _SchemeReader(scheme.text)
    other = reader.scheme(data_with_method(tomllib.loads(scheme.text), name))
    if reader.problems:
        raise SchemeError("", reader.problems)
    return dataclasses.replace(
        scheme,
        method=name,
        settings=other.settings,
        tiers=other.tiers,
        columns={**other.columns, **scheme.columns},
        teacher=other.teacher,
        beside=None if scheme.beside and scheme.beside.method == name else scheme.beside,
    )


def data_with_method(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The same for the data of a sound scheme file; see ``with_method``."""
    if tiers_may_fit(data, name):
        made = graded_by(data, name, keep_tiers=True)
        reader = _SchemeReader("")
        reader.scheme(made)
        if not reader.problems:
            return made
    return graded_by(data, name, keep_tiers=False)


def parse_scheme(text: str, *, source: str, strict: bool = False) -> Scheme:
    """Read a scheme file's text; what it leaves out is the default.

    Raises SchemeError with all problems, each with its line where it is known. ``strict`` asks
    also for what grading can do without: a strategy and a service floor for each tier, budget
    shares that sum to 1.
    """
    raw = _loaded(text, source)
    reader = _SchemeReader(text)
    scheme = dataclasses.replace(reader.scheme(raw), text=text)
    if strict:
        check_completeness(reader, scheme)
    if reader.problems:
        raise SchemeError(source, sorted(reader.problems, key=lambda p: p[0] or 0))
    return scheme


def _loaded(text: str, source: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SchemeError(source, [syntax_problem(text, str(error))]) from None


class _SchemeReader(PartReader):
    def scheme(self, given: Mapping[str, Any]) -> Scheme:
        raw = completed(given)
        self.known(raw, (*TOP_KEYS, *(m for m in METHODS if m not in TOP_KEYS)), ())
        if raw.get("format", 1) != 1:
            self.problem(("format",), "choice", value=raw["format"], choices="1")
        name = raw.get("method", "rfm")
        if not self.choice(name, METHODS, ("method",)):
            name = "rfm"
        title = self.words(raw["name"], ("name",)) if "name" in raw else None
        rfm = self._rfm(raw)
        abc, stage = self._abc(raw), self._table(StageSettings, raw, "stage")
        check_ascending(self, "stage", ("active_days", "dormant_days"), stage)
        columns = self.each(ColumnSettings, raw.get("columns", {}), ("columns",))
        part = self.part(raw, name, rfm, ())
        scheme = Scheme(
            name=title or _called(name),
            method=name,
            measures=self._table(MeasureSettings, raw, "measures"),
            rfm=rfm,
            abc=abc,
            stage=stage,
            actions=self._table(ActionSettings, raw, "actions"),
            tiers=part.tiers,
            settings=None if name == "rfm" else part.settings,
            columns=columns,
            beside=self._beside(raw["beside"], rfm) if "beside" in raw else None,
            teacher=part.teacher,
        )
        self.check_unused(raw, scheme)
        check_measures(self, scheme, raw)
        return scheme

    def _table(self, kind: type[Any], raw: Mapping[str, Any], name: str) -> Any:
        return self.read(kind, raw.get(name, {}), (name,)) or kind()

    def _rfm(self, raw: Mapping[str, Any]) -> RfmSettings:
        """The rules of segments may stand in ``[rfm]`` or in a list of their own."""
        rfm = self._table(RfmSettings, raw, "rfm")
        listed = ("segments",) if "segments" in raw else ("rfm", "segments")
        if "segments" in raw:
            rules = raw["segments"]
            if isinstance(rules, list):
                found = self.read(SegmentRules, rules, listed)
                rfm = dataclasses.replace(rfm, segments=found)
            else:
                self.problem(listed, "not_a_table", value=rules, form="[[segments]]")
        rfm = settled(rfm)
        check_rfm(self, rfm, listed)
        return rfm

    def _abc(self, raw: Mapping[str, Any]) -> AbcSettings:
        """``[abc]`` holds the shares of the column abc and the settings of the method abc."""
        found = self.merged(abc_kinds(), raw.get("abc", {}), ("abc",))
        abc = found[0] or AbcSettings()
        check_ascending(self, "abc", ("a", "b"), abc)
        return abc

    def _beside(self, table: Any, rfm: RfmSettings) -> Any:
        """A second grading, with a method, settings and tiers of its own."""
        path = ("beside",)
        if not self.is_table(table, path):
            return None
        self.known(table, ("method", "name", "tiers", *METHODS), path)
        if "method" not in table:
            self.problem((*path, "method"), "missing_key", choices=", ".join(METHODS))
            return None
        name = table["method"]
        if not self.choice(name, METHODS, (*path, "method")):
            return None
        if "rfm" in table:
            rfm = settled(self.read(RfmSettings, table["rfm"], (*path, "rfm")) or rfm)
        title = self.words(table["name"], (*path, "name")) if "name" in table else None
        part = self.part(table, name, rfm, path)
        return dataclasses.replace(part, name=title or dict(preset(name).name))


def _called(name: str) -> dict[str, str]:
    """What a scheme without a name is called: as the method's default scheme is."""
    if name == "rfm":
        return dict.fromkeys(LANGUAGES, name.upper())
    called = tomllib.loads(preset_text(name))["name"]
    return {lang: str(called[lang]) for lang in LANGUAGES}
