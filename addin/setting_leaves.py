"""The single settings of a scheme that somebody may change in a workbook, in reading order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from addin.scheme_data import Data, Path
from addin.setting_kinds import Kind, fields_of, item_of, kind_of
from segmentation.method import METHODS, method
from segmentation.scheme import (
    DERIVED,
    HISTORY,
    MEASURES,
    AbcSettings,
    ActionSettings,
    ColumnSettings,
    MeasureSettings,
    StageSettings,
    Tier,
)
from segmentation.scheme_rfm import MAPS, RfmSettings
from segmentation.settings import LANGUAGES

# What the classes' types do not say.
_SHARE = Kind(name="share", least=0, most=1)
_NUMBER = Kind(name="number", least=0)
_DAYS = Kind(name="whole", least=0)
_KINDS = {
    ("measures", "window_days"): Kind(name="whole", least=1),
    ("rfm", "bins"): Kind(name="whole", least=2, most=20),
    ("rfm", "weights"): _NUMBER,
    ("rfm", "cut_points"): Kind(name="numbers"),
    ("rfm", "segments"): Kind(name="choice", choices=(*MAPS, "none")),
    ("abc", "a"): _SHARE,
    ("abc", "b"): _SHARE,
    ("stage", "active_days"): _DAYS,
    ("stage", "dormant_days"): _DAYS,
    ("tiers", "contact_days"): _DAYS,
    ("tiers", "budget_share"): _SHARE,
    ("tiers", "share"): _SHARE,
    ("tiers", "top"): _NUMBER,
}
# What every grading has, whatever its method.
_BESIDE = ("rfm", "abc", "stage", "actions")
# What is done for a tier stands on the sheet Strategy; the rest is not for a cell.
_TIER_FIELDS = ("name", "contact_days", "budget_share")
_TIER_APART = {"key", "strategy", "owner", "first_action", "service_floor", *_TIER_FIELDS}
# What makes an item of a list what it is.
_ITEM_APART = ("key", "measure")
# Words with their numbers, of which there may be many.
_IN_ONE_CELL = ("table",)
# Whoever changes these changes what the tiers ask for as well.
_APART = {("tree", "teacher"), ("tree", "rules")}
_COLUMN_FIELDS = ("name", "headers", "take", "instead", "most")


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """One setting: where it stands in the scheme's data, its value (None: blank), its kind.

    ``table`` is the table of the scheme file that it belongs to (``tiers`` for a tier's).
    """

    path: Path
    table: str
    value: Any
    kind: Kind

    @property
    def key(self) -> str:
        """The path as scheme problems name it: ``tiers[0].min_score``."""
        return key_of(self.path)

    @property
    def inner(self) -> Path:
        """The path inside its table."""
        return self.path[self.path.index(self.table) + 1 :]


def key_of(path: Path) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


@dataclass(frozen=True, kw_only=True)
class Section:
    """Settings that stand together under one heading: a table of the scheme."""

    table: str
    leaves: tuple[Leaf, ...]
    beside: bool = False


def sections(data: Data, lang: str) -> list[Section]:
    """The settings of a sound scheme, its short forms written out (``scheme_data.even``)."""
    name, walker = data["method"], _Walker(data=data, lang=lang)
    tables = ["measures", name, "tiers", *(t for t in _BESIDE if t != name)]
    # Such as the settings of a grading that is only learned from.
    tables += [t for t in data if t in METHODS and t not in tables]
    found = [Section(table="name", leaves=walker.title())]
    found += [Section(table=t, leaves=walker.table(t)) for t in tables]
    found.append(Section(table="columns", leaves=walker.columns()))
    if second := data.get("beside"):
        # Its scores are those of the first grading where it says nothing of its own.
        own = [t for t in (second["method"],) if t != "rfm" or t in second]
        found += [
            Section(table=t, leaves=walker.table(t, ("beside",)), beside=True)
            for t in (*own, "tiers")
        ]
    return [section for section in found if section.leaves]


def _settings(table: str) -> Any:
    known = {"measures": MeasureSettings, "rfm": RfmSettings, "stage": StageSettings}
    known["abc"], known["actions"] = AbcSettings, ActionSettings
    return known.get(table) or method(table).Settings


@dataclass(frozen=True, kw_only=True)
class _Walker:
    """Finds the settings in a scheme's data, whatever their shape."""

    data: Data
    lang: str

    def title(self) -> tuple[Leaf, ...]:
        return tuple(self._walk(self.data.get("name", {}), None, ("name",), "name"))

    def table(self, table: str, at: Path = ()) -> tuple[Leaf, ...]:
        """The settings in a table of the scheme, or of its second grading."""
        node = self.data["beside"] if at else self.data
        where = (*at, table)
        walk = self._tiers(node["tiers"], where) if table == "tiers" else self._own(node, where)
        return tuple(walk)

    def columns(self) -> tuple[Leaf, ...]:
        found: list[Leaf] = []
        fields = fields_of(ColumnSettings) or {}
        for key, column in self.data.get("columns", {}).items():
            for name in _COLUMN_FIELDS:
                value = column.get(name, fields[name].default)
                found += self._walk(value, fields[name].hint, ("columns", key, name), "columns")
        return tuple(found)

    def _own(self, node: Mapping[str, Any], where: Path) -> Iterator[Leaf]:
        table = str(where[-1])
        values, fields = node.get(table, {}), dict(fields_of(_settings(table)) or {})
        if table == "abc" and node.get("method") == "abc":
            fields |= fields_of(method("abc").Settings) or {}
        for name, field in fields.items():
            value, path = values.get(name, field.default), (*where, name)
            if (table, name) == ("rfm", "segments"):
                # Rules of one's own have no room in a cell.
                if not node.get("segments") and not isinstance(value, list):
                    yield Leaf(path=path, table=table, value=value, kind=_KINDS[table, name])
            elif (table, name) == ("rfm", "cut_points"):
                for m in MEASURES:
                    given = (value or {}).get(m)
                    yield Leaf(path=(*path, m), table=table, value=given, kind=_KINDS[table, name])
            elif (table, name) not in _APART:
                if table == "rfm" and isinstance(value, Mapping):
                    value = {**field.default, **value}
                yield from self._walk(value, field.hint, path, table)

    def _tiers(self, tiers: list[Any], where: Path) -> Iterator[Leaf]:
        hints = {name: field.hint for name, field in (fields_of(Tier) or {}).items()}
        for i, tier in enumerate(tiers):
            values = {"name": tier.get("name", tier["key"])}
            values |= {k: v for k, v in tier.items() if k not in _TIER_APART}
            values |= {k: tier.get(k) for k in _TIER_FIELDS[1:]}
            for name, value in values.items():
                yield from self._walk(value, hints.get(name), (*where, i, name), "tiers")

    def _walk(self, value: Any, hint: Any, path: Path, table: str) -> Iterator[Leaf]:
        if isinstance(value, Mapping) and value and value.keys() <= set(LANGUAGES):
            text = value.get(self.lang, next(iter(value.values())))
            kind = Kind(name="text")
            yield Leaf(path=(*path, self.lang), table=table, value=text, kind=kind)
        elif isinstance(value, Mapping) and path[-1] in _IN_ONE_CELL and value:
            yield Leaf(path=path, table=table, value=dict(value), kind=Kind(name="pairs"))
        elif isinstance(value, Mapping):
            fields = fields_of(hint) or {}
            # What a table inside a table leaves out is left out here too: it would be very much.
            for name, each in value.items():
                inner = fields[name].hint if name in fields else item_of(hint)
                if not (isinstance(path[-1], int) and name in _ITEM_APART):
                    yield from self._walk(each, inner, (*path, name), table)
        elif isinstance(value, list) and any(isinstance(each, Mapping | list) for each in value):
            for i, each in enumerate(value):
                yield from self._walk(each, item_of(hint), (*path, i), table)
        else:
            known = next((k for p in path if (k := _KINDS.get((table, str(p))))), None)
            kind = known or self._measured(kind_of(hint, value), value, path)
            yield Leaf(path=path, table=table, value=value, kind=kind)

    def _measured(self, kind: Kind, value: Any, path: Path) -> Kind:
        """A text that names a measure can name any other."""
        measures = (*MEASURES, *DERIVED, *self.data.get("columns", {}))
        first = value[0] if isinstance(value, list) and value else value
        instead = path[0] == "columns" and path[-1] == "instead"
        named = instead or (path[-1] != "name" and first in measures)
        if kind.name not in ("text", "texts") or not named:
            return kind
        name: Literal["choice", "texts"] = "choice" if kind.name == "text" else "texts"
        if instead:
            # A list in a cell is short: what is hardly ever chosen is in it only once it was.
            known = (m for m in (*MEASURES, *DERIVED) if m not in HISTORY or m == value)
            return replace(kind, name=name, choices=tuple(known))
        return replace(kind, name=name, choices=measures)
