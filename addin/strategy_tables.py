"""What to do per segment, and how many contacts each owner has a week: two tables of Strategy."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from addin.edits import Edits, overlaid
from addin.words import LANGUAGES, Words
from segmentation import segments
from segmentation.actions import Capacity
from segmentation.ladder import plain
from segmentation.scheme import ActionSettings
from segmentation.segment_strategies import strategies

SEGMENTS, CAPACITY = "FenjiSegmentStrategy", "FenjiCapacity"
TEXTS = ("owner", "budget", "first_action", "service_floor")
Row = dict[str, str | None]


def segment_strategies(
    model: Mapping[str, Any], words: Words, edits: Edits | None = None
) -> pl.DataFrame:
    """A row for each segment of a model's map, the rest last, by the keys of the table."""
    mapped = model["rfm"]["segments"]
    found = strategies(mapped)
    frame = pl.DataFrame(
        {
            "segment": segments.names(mapped, words.lang),
            "strategy": ["\n".join(s.get("strategy", {}).get(words.lang, ())) for s in found],
            "contact_days": pl.Series([s.get("contact_days") for s in found], dtype=pl.Int64),
            **{key: [s.get(key, {}).get(words.lang) for s in found] for key in TEXTS},
        },
        schema_overrides=dict.fromkeys(TEXTS, pl.String),
    ).select("segment", "strategy", "contact_days", *TEXTS)
    if edits is None:
        return frame
    names = [segments.names(mapped, lang) for lang in LANGUAGES]
    tokens = [set(pair) for pair in zip(*names, strict=True)]
    return overlaid(frame, tokens, edits.rows(SEGMENTS), _given(found, names))


def _given(found: Sequence[Mapping[str, Any]], names: Sequence[Sequence[str]]) -> dict[str, Row]:
    """What the table says where nobody edited it, as ``addin.edits.overlaid`` reads it."""
    given: dict[str, Row] = {}
    for i, each in enumerate(found):
        for lang in LANGUAGES:
            days = each.get("contact_days")
            row: Row = {
                "strategy": "\n".join(each.get("strategy", {}).get(lang, ())) or None,
                "contact_days": None if days is None else str(days),
                **{key: each.get(key, {}).get(lang) for key in TEXTS},
            }
            for called in names:
                given.setdefault(f"{lang}:{plain(called[i])}", row)
    return given


def owners_of(strategy: pl.DataFrame, tiers: int, words: Words) -> list[str]:
    """Who looks after each tier; ``strategy`` is the table FenjiStrategy by key."""
    texts = [str(text or "").strip() for text in strategy["owner"].to_list()[:tiers]]
    return [text or words("action.anybody") for text in texts]


def action_settings(model: Mapping[str, Any]) -> ActionSettings:
    """The settings of the list of actions; models of earlier releases have none."""
    return ActionSettings(**model.get("actions", {}))


def capacity_of(model: Mapping[str, Any], edits: Edits | None = None) -> Capacity:
    """Contacts a week of each owner: the scheme's, and what somebody wrote on the sheet."""
    usual = action_settings(model).calls_per_week
    before = _usual_before(edits) if edits else None
    own: dict[str, int] = {}
    for owner, row in (edits.rows(CAPACITY) if edits else {}).items():
        number = _whole(row.get("calls_per_week"))
        if number is not None and number != before:
            own[owner] = number
    return Capacity(usual=usual, own=own)


def _usual_before(edits: Edits) -> int | None:
    """The number that stood there before anybody changed it."""
    try:
        model = json.loads(edits.cell("FenjiModelJson") or "")
        return int(model.get("actions", {})["calls_per_week"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _whole(text: str | None) -> int | None:
    try:
        number = float((text or "").replace(",", ""))
        return int(number) if number >= 0 else None
    except (ValueError, OverflowError):
        return None


def capacity_rows(owners: Sequence[str], capacity: Capacity) -> pl.DataFrame:
    """A row for each owner, before anything is planned."""
    names = list(dict.fromkeys(owners))
    return pl.DataFrame(
        {
            "owner": names,
            "calls_per_week": [capacity.of(name) for name in names],
            "planned": pl.Series([None] * len(names), dtype=pl.Int64),
            "waiting": pl.Series([None] * len(names), dtype=pl.Int64),
        }
    )


def strategy_shape(
    model: Mapping[str, Any], strategy: pl.DataFrame, kinds: int, words: Words
) -> dict[str, Any]:
    """What a template workbook must know of the two tables; ``kinds`` is how many segments it
    shows."""
    owners = owners_of(strategy, len(model["tiers"]), words)
    rows = segment_strategies(model, words).head(kinds)
    return {
        "segment_strategies": tuple(rows.iter_rows(named=True)),
        "capacity": tuple(capacity_rows(owners, capacity_of(model)).iter_rows(named=True)),
    }
