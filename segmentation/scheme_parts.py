"""Reading one grading of a scheme file: the table of its method, and its tiers."""

from __future__ import annotations

import dataclasses
import importlib.util
from collections.abc import Mapping
from typing import Any

from segmentation.method import METHODS, method
from segmentation.scheme import TIER_WORDS, AbcSettings, Part, RfmSettings, Scheme, Tier
from segmentation.scheme_lines import Path
from segmentation.scheme_reader import Reader
from segmentation.scheme_rules import check_part, check_raw_tiers, check_tiers
from segmentation.settings import LANGUAGES


def abc_kinds() -> list[type[Any]]:
    """What the table ``[abc]`` holds: shares of the column, settings of the method."""
    return [AbcSettings, method("abc").Settings]


class PartReader(Reader):
    """Reads gradings."""

    def part(self, raw: Mapping[str, Any], name: str, rfm: RfmSettings, path: Path) -> Part:
        """One grading; what settings and tiers say together is checked where each is sound."""
        settings = self._settings(raw, name, rfm, path)
        teacher = getattr(settings, "teacher", None)
        # Given rules are not learned, whoever the teacher would be.
        learns = teacher in METHODS and teacher != name and not getattr(settings, "rules", ())
        teacher = teacher if learns else None
        keys = method(teacher or name).TIER_KEYS
        tiers = self._tiers(raw, keys, path) if "tiers" in raw else _default_tiers(name, teacher)
        taught = None
        if teacher:
            taught = Part(
                method=teacher, settings=self._settings(raw, teacher, rfm, path), tiers=tiers
            )
        part = Part(method=name, settings=settings, tiers=tiers, teacher=taught)
        check_part(self, part, path)
        return part

    def _settings(self, raw: Mapping[str, Any], name: str, rfm: RfmSettings, path: Path) -> Any:
        if name == "rfm":
            return rfm
        kind, where, table = method(name).Settings, (*path, name), raw.get(name, {})
        if name == "abc" and not path:
            return self.merged(abc_kinds(), table, where)[1] or kind()
        return self.read(kind, table, where) or kind()

    def _tiers(self, raw: Mapping[str, Any], keys: tuple[str, ...], path: Path) -> tuple[Tier, ...]:
        where = (*path, "tiers")
        listed = self.tables(raw["tiers"], where)
        if not listed:
            return (_tier(Tier(key="-")),)
        tiers = []
        for i, table in enumerate(listed):
            known = self.known(table, (*TIER_WORDS, *keys), (*where, i))
            tier = self.read(Tier, known, (*where, i)) or Tier(key=str(table.get("key", "-")))
            tiers.append(_tier(tier))
        check_raw_tiers(self, listed, keys, where)
        check_tiers(self, tiers, where)
        return tuple(tiers)

    def check_unused(self, raw: Mapping[str, Any], scheme: Scheme) -> None:
        """Tables of methods that this scheme does not go by are read all the same."""
        used = {p.method for part in scheme.parts for p in (part, part.teacher) if p}
        for name in METHODS:
            if name in raw and name not in (*used, "abc", "rfm") and _is_there(name):
                self.read(method(name).Settings, raw[name], (name,))


def _tier(tier: Tier) -> Tier:
    """Without a name a tier goes by its key."""
    return tier if tier.name else dataclasses.replace(tier, name=dict.fromkeys(LANGUAGES, tier.key))


def _default_tiers(name: str, teacher: str | None) -> tuple[Tier, ...]:
    """The tiers that the method comes with; with another teacher than its own, the teacher's."""
    from segmentation.scheme_file import preset  # noqa: PLC0415  (that one reads with this)

    own = getattr(method(name).Settings(), "teacher", None)
    return preset(teacher if teacher and teacher != own else name).tiers


def _is_there(name: str) -> bool:
    return importlib.util.find_spec(f"segmentation.methods.{name}") is not None
