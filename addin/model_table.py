"""A model as lines that people can read and formulas can use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from addin.explain import rules
from addin.explaining.told import tier_names
from addin.live.model import live_lines
from addin.words import Words
from segmentation.bins import tidy
from segmentation.scheme import MAPS, MEASURES
from segmentation.segments import segment_map

Line = tuple[str, str | None, int | None, Any, str]


def model_table(model: Mapping[str, Any], words: Words) -> pl.DataFrame:
    """Columns ``item measure number value meaning``; numbers stay numbers in ``value``.

    The workbook's formulas find a line by its item, measure and number.
    """
    lines = list(_lines(model, words))
    return pl.DataFrame(
        {
            "item": [x[0] for x in lines],
            "measure": [x[1] for x in lines],
            "number": pl.Series([x[2] for x in lines], dtype=pl.Int64),
            "value": pl.Series([x[3] for x in lines], dtype=pl.Object),
            "meaning": [x[4] for x in lines],
        }
    )


def _lines(model: Mapping[str, Any], words: Words) -> Iterator[Line]:
    learned = model["rfm"]
    yield from _tiers(model, words)
    for measure in MEASURES:
        name = words(f"measure.{measure}")
        yield (
            words("item.weight"),
            name,
            None,
            learned["weights"][measure],
            words("model.weight"),
        )
    for measure in MEASURES:
        name = words(f"measure.{measure}")
        count = max(len(c) for c in learned["cuts"][measure].values()) + 1
        yield words("item.bins"), name, None, count, words("model.bins")
        yield from _cuts(learned, measure, words)
    above = int(learned["closed"] == "left")
    yield words("item.closed"), None, None, above, words("model.closed")
    if any(len(cells) > 1 for cells in learned["cuts"].values()):
        yield words("item_more.nested"), None, None, 1, words("model.nested")
    yield from _counted(model["measures"], words)
    yield words("item_more.segments"), None, None, *_segments(learned["segments"], words)
    yield from _limits(model, words)


def _tiers(model: Mapping[str, Any], words: Words) -> Iterator[Line]:
    tiers = model["tiers"]
    if model["method"] != "rfm":
        for number, sentence in enumerate(rules(model, words), start=1):
            yield words("item_more.rule"), None, number, None, sentence
        for line in live_lines(model, words):
            key = line.key
            yield key.item, key.measure or None, key.number, line.value, line.meaning
        return
    for i, name in enumerate(tier_names(model, words.lang)):
        last = i == len(tiers) - 1
        value = 0 if last else tiers[i]["min_score"]
        meaning = words("model.tier_rest" if last else "model.tier")
        yield words("item.tier"), name, i + 1, value, meaning


def _cuts(learned: Mapping[str, Any], measure: str, words: Words) -> Iterator[Line]:
    name = words(f"measure.{measure}")
    kind = "recency" if measure == "recency" else "up"
    side = "_left" if learned["closed"] == "left" else ""
    for cell, points in learned["cuts"][measure].items():
        if cell == "*" and len(learned["cuts"][measure]) > 1:
            continue
        for i, point in enumerate(points, start=1):
            score = len(points) + 2 - i if kind == "recency" else i
            meaning = words(
                f"model.cut_{kind}{side}", score=score, below=score - 1, above=score + 1
            )
            if cell != "*":
                meaning = f"{words('model.cut_nested', cell=cell)}: {meaning}"
            yield words("item.cut"), name, i, float(tidy(point)), meaning


def _counted(measures: Mapping[str, Any], words: Words) -> Iterator[Line]:
    """How orders became a number, without which the value of a measure says little."""
    for measure in ("frequency", "monetary"):
        how = words(f"choice.{measure}.{measures[measure]}")
        yield (
            words("item_more.counted"),
            words(f"measure.{measure}"),
            None,
            how,
            words("model.counted"),
        )


def _segments(chosen: Mapping[str, Any], words: Words) -> tuple[str, str]:
    """The name of a shipped map and what it is; rules of one's own have none."""
    name = next((m for m in (*MAPS, "none") if segment_map(m) == chosen), None)
    if name is None:
        return words("choice_more.own_segments"), words("model.own_segments")
    return words(f"choice.segments.{name}"), words("model.segments")


def _limits(model: Mapping[str, Any], words: Words) -> Iterator[Line]:
    learned = model["rfm"]
    for measure in MEASURES:
        kind = learned["high"]["of"]
        name = words(f"measure.{measure}")
        meaning = words(f"model.high_{kind}")
        item = words("item_more.high" if kind == "score" else "item_more.high_value")
        yield item, name, None, learned["high"][measure], meaning
    for key in ("a", "b"):
        last = model["abc"][key]
        if last is not None:
            meaning = words("model.abc", name=key.upper())
            yield words("item_more.abc"), key.upper(), None, last[0], meaning
    for i, key in enumerate(("active", "dormant"), start=1):
        days = model["stage"][f"{key}_days"]
        yield words("item_more.stage"), None, i, days, words(f"model.stage_{key}")
    if model["as_of"]:
        yield words("item_more.as_of"), None, None, model["as_of"], words("setting_meaning.as_of")
    count = model["customers"]
    yield words("item_more.customers"), None, None, count, words("model.customers")
