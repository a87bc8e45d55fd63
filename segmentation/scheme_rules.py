"""What contradicts itself in a scheme though every value may stand where it stands."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

from segmentation.indicator_problems import Problem, of_kinds
from segmentation.limits import contradictions
from segmentation.method import method
from segmentation.scheme import DERIVED, MEASURES, Limit, Part, RfmSettings, Scheme, Tier
from segmentation.scheme_defaults import OPTIONAL_GATES
from segmentation.scheme_lines import Path, parsed
from segmentation.scheme_reader import Reader
from segmentation.scheme_relies import relied_on
from segmentation.segments import MOST_ONE_DIGIT, one_digit, segment_map
from segmentation.settings import LANGUAGES

_SHARES_ROUNDED = 0.005


def check_rfm(reader: Reader, rfm: RfmSettings, listed: Path) -> None:
    """Cut points for a fixed cut; cells only where a score has one digit."""
    if rfm.cut == "fixed" and reader.sound(("rfm", "cut_points")):
        for m in (m for m in MEASURES if m not in rfm.cut_points):
            reader.problem(("rfm", "cut_points", m), "cut_points_missing", measure=m)
    if rfm.segments is None or one_digit(rfm.bins) or not reader.sound(listed, ("rfm", "bins")):
        return
    own = not isinstance(rfm.segments, str)
    for i, rule in enumerate(segment_map(rfm.segments)["rules"]):
        if "cells" in rule:
            where = (*listed, i, "cells") if own else listed
            reader.problem(where, "cells_ambiguous", most=MOST_ONE_DIGIT)
            if not own:
                return


def check_ascending(reader: Reader, table: str, names: Sequence[str], settings: Any) -> None:
    """Two limits of one table where the second may not be below the first."""
    first, second = (getattr(settings, n) for n in names)
    if first > second and reader.untouched(*((table, n) for n in names)):
        shown = f"{first:g}, {second:g}"
        reader.problem((table, names[1]), "not_ascending", value=shown)


def check_raw_tiers(
    reader: Reader, raw: Sequence[Mapping[str, Any]], keys: tuple[str, ...], path: Path
) -> None:
    """Keys that stand twice; tiers that do not say who gets in."""
    listed = [t.get("key") for t in raw]
    for i, key in enumerate(listed):
        if key is not None and key in listed[:i]:
            reader.problem((*path, i, "key"), "twice", value=str(key))
    if not keys or OPTIONAL_GATES & set(keys):
        return
    for i, tier in enumerate(raw[:-1]):
        if not any(gate in tier for gate in keys):
            named = {"tier": str(tier.get("key", i + 1)), "keys": ", ".join(keys)}
            reader.problem((*path, i, keys[0]), "limit_missing", **named)


def check_tiers(reader: Reader, tiers: Sequence[Tier], path: Path) -> None:
    """Names that stand twice, limits that nobody can meet, least scores that do not go down."""
    for i, tier in enumerate(tiers):
        others = [t for t in tiers[:i] if t.key != tier.key]
        if any(t.name[lang] == tier.name[lang] for t in others for lang in LANGUAGES):
            reader.problem((*path, i, "name"), "twice", value=tier.key)
    scores = [t.min_score for t in tiers[:-1] if t.min_score is not None]
    if any(b >= a for a, b in itertools.pairwise(scores)):
        shown = ", ".join(f"{s:g}" for s in scores)
        reader.problem((*path, 0, "min_score"), "not_descending", value=shown)
    for i, tier in enumerate(tiers):
        _check_limit(reader, tier, (*path, i))
        for name, limit in tier.limits.items():
            _check_limit(reader, limit, (*path, i, "limits", name))


def _check_limit(reader: Reader, limit: Tier | Limit, path: Path) -> None:
    for high, shown in contradictions(limit):
        reader.problem((*path, high), "nobody", value=shown)


def check_part(reader: Reader, part: Part, path: Path) -> None:
    """What the method itself finds, but where it follows from what is wrong already."""
    _tell(reader, part, path, method(part.method).problems(part))


def _tell(reader: Reader, part: Part, path: Path, problems: Sequence[Problem]) -> None:
    own = [
        (key, code, params)
        for key, code, params in problems
        if reader.untouched(*((*path, *parsed(k)) for k in relied_on(part, key, code)))
    ]
    for key, code, params in own:
        reader.problem((*path, *parsed(key)), code, **params)


def check_measures(reader: Reader, scheme: Scheme, raw: Mapping[str, Any]) -> None:
    """Every measure that is spoken of exists: built in, or a column of the scheme."""
    built_in = (*MEASURES, *DERIVED)
    columns = raw.get("columns", {})
    own = tuple(columns) if isinstance(columns, Mapping) else ()
    for path, part in _parts(scheme):
        for name in method(part.method).needs(part):
            if name not in (*built_in, *own):
                where = (*path, *_mention(name, part.method, _inside(raw, path)))
                shown = ", ".join((*built_in, *own))
                reader.problem(where, "unknown_measure", value=name, choices=shown)
        _tell(reader, part, path, of_kinds(part.settings, part.method, scheme.columns))
    for key, column in scheme.columns.items():
        if key in built_in:
            reader.problem(("columns", key), "name_taken", value=key)
        if column.instead and column.instead not in built_in:
            shown = ", ".join(built_in)
            where = ("columns", key, "instead")
            reader.problem(where, "unknown_measure", value=column.instead, choices=shown)


def _parts(scheme: Scheme) -> list[tuple[Path, Part]]:
    parts: list[tuple[Path, Part]] = [((), scheme.leading)]
    if scheme.leading.teacher:
        parts.append(((), scheme.leading.teacher))
    if scheme.beside:
        parts.append((("beside",), scheme.beside))
        if scheme.beside.teacher:
            parts.append((("beside",), scheme.beside.teacher))
    return parts


def _inside(raw: Mapping[str, Any], path: Path) -> Any:
    for part in path:
        raw = raw[str(part)]
    return raw


def _mention(name: str, method_name: str, raw: Mapping[str, Any]) -> Path:
    """Where a measure is named in a grading: as a value or as a key."""
    for top in (method_name, "tiers"):
        found = _find(name, raw.get(top))
        if found is not None:
            return (top, *found)
    return (method_name,)


def _find(name: str, node: Any) -> Path | None:
    if node == name:
        return ()
    inner: list[tuple[str | int, Any]] = []
    if isinstance(node, Mapping):
        if name in node:
            return (name,)
        inner = list(node.items())
    elif isinstance(node, list):
        inner = list(enumerate(node))
    for key, value in inner:
        found = _find(name, value)
        if found is not None:
            return (key, *found)
    return None


def check_completeness(reader: Reader, scheme: Scheme) -> None:
    """What keeps nobody from grading, but leaves a tier without what is done for it."""
    for path, part in _parts(scheme):
        where = (*path, "tiers")
        if part.method != scheme.method and not path:
            continue
        for i, tier in enumerate(part.tiers):
            if not any(tier.strategy.values()):
                reader.problem((*where, i, "strategy"), "no_strategy", tier=tier.key)
            if not any(tier.service_floor.values()):
                reader.problem((*where, i, "service_floor"), "no_service_floor", tier=tier.key)
        shares = [t.budget_share for t in part.tiers if t.budget_share is not None]
        total = math.fsum(shares)
        if shares and abs(total - 1) > _SHARES_ROUNDED:
            reader.problem((*where, 0, "budget_share"), "shares_sum", value=f"{total:g}")
