"""What a reader should know about how customers spread over scores and segments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from segmentation.method import method
from segmentation.scheme import MEASURES, Part

Note = tuple[str, dict[str, Any]]
MANY = 0.2
_EXAMPLES = 3


def spread(model: Mapping[str, Any], graded: pl.DataFrame) -> list[Note]:
    """How customers spread over the scores, where scores give the tier, and over segments."""
    found = lifetime(model)
    if model.get("unknown"):
        return found
    if model["method"] == "rfm":
        scores = {m: graded[f"{m[0]}_score"] for m in MEASURES}
        few = few_scores(model, scores, graded.height)
        found += few + (best_tier_empty(model, scores) if few else [])
    return found + many_without_segment(model, graded["segment_no"])


def lifetime(model: Mapping[str, Any]) -> list[Note]:
    """How far values of orders to come can be relied on, and what was assumed for them."""
    found: list[Note] = []
    for part in (model, model.get("beside") or {}):
        if part.get("method") == "clv":
            learned = part["learned"]
            days = {"days": round(learned["since"])}
            found += [(f"clv_assumed_{m}", days) for m in learned["assumed"]]
            found += [
                (f"clv_{code}", dict(params)) for code, params in learned["lifetime"]["notes"]
            ]
    return list({code: (code, params) for code, params in found}.values())


def lacking(model: Mapping[str, Any], unknown: Sequence[str], beside: Part | None) -> list[Note]:
    """That there is no recency, frequency or amount, so that what follows from it is blank.

    ``beside`` is the second grading that the scheme asks for.
    """
    if not unknown:
        return []
    said: list[Note] = [("measures_unknown", {"measures": _as_measured(model, unknown)})]
    read = [m for m in unknown if beside and m in method(beside.method).needs(beside)]
    if beside and not model.get("beside"):
        said.append(("beside_left_out", {"measures": _as_measured(model, read or unknown)}))
    elif read:
        said.append(("measures_unknown_beside", {"measures": _as_measured(model, read)}))
    return said


def _as_measured(model: Mapping[str, Any], measures: Sequence[str]) -> list[str]:
    """Names that say how a measure was counted: ``frequency_orders``."""
    how = model["measures"]
    return [f"{m}_{how[m]}" if m in how else m for m in measures]


def unseen(parts: Sequence[Any], columns: Mapping[str, Any], graded: pl.DataFrame) -> list[Note]:
    """Categories of the user's own columns that no table of the gradings knows.

    ``parts`` are settings or what was learned from them, as plain data: a ``table`` stands
    beside the ``measure`` that it is about, ``words`` below its name.
    """
    notes: list[Note] = []
    for key, own in columns.items():
        if own["kind"] != "text" or own.get("absent") or key not in graded.columns:
            continue
        listed, words = categories(parts, key)
        if not listed and not words:
            continue
        tables = {_folded(category) for category in listed}
        texts = graded[key].drop_nulls()
        counted = texts.value_counts(sort=True).sort("count", key, descending=[True, False])
        others = {
            text: count
            for text, count in counted.iter_rows()
            if text not in words and _folded(text) not in tables
        }
        if others:
            examples = dict(list(others.items())[:_EXAMPLES])
            params = {"column": dict(own["name"]), "customers": sum(others.values())}
            more = len(others) - len(examples)
            notes.append(("column_unseen", {**params, "categories": examples, "more": more}))
    return notes


def _folded(category: str) -> str:
    return category.strip().casefold()


def categories(node: Any, key: str) -> tuple[list[str], set[str]]:
    """The categories of the column ``key`` that settings know, in tables and in words."""
    tables: list[str] = []
    words: set[str] = set()
    values: Iterable[Any] = ()
    if isinstance(node, Mapping):
        values = node.values()
        if node.get("measure") == key:
            tables += node.get("table") or ()
        about = node.get(key)
        if isinstance(about, Mapping):
            words |= {w for listed in (about.get("words") or {}).values() for w in listed}
    elif isinstance(node, list | tuple):
        values = node
    for value in values:
        more = categories(value, key)
        tables += more[0]
        words |= more[1]
    return tables, words


def few_scores(model: Mapping[str, Any], scores: Mapping[str, Any], customers: int) -> list[Note]:
    """Measures whose tied values left fewer scores than asked for, as notes.

    ``scores`` holds the scores of all customers by measure; where there are fewer customers
    than scores nothing is said.
    """
    notes = []
    for measure in MEASURES:
        wanted = model["rfm"]["bins"][measure]
        used = len(set(scores[measure]))
        if model["rfm"]["cut"] == "quantile" and used < wanted <= customers:
            notes.append(("few_scores", {"measure": measure, "scores": used, "bins": wanted}))
    return notes


def best_tier_empty(model: Mapping[str, Any], scores: Mapping[str, Any]) -> list[Note]:
    """A note where even the highest scores in use do not add up to the best tier."""
    weights, limit = model["rfm"]["weights"], model["tiers"][0]["min_score"]
    highest = sum(weights[m] * max(scores[m]) for m in MEASURES) / sum(weights.values())
    if limit is None or round(highest, 6) >= limit:
        return []
    return [("best_tier_empty", {"highest": highest, "limit": limit})]


def many_without_segment(model: Mapping[str, Any], numbers: Any) -> list[Note]:
    """A note where the map leaves more than a fifth of the customers without a segment.

    ``numbers`` is a series of the customers' ``segment_no``.
    """
    rest = len(model["rfm"]["segments"]["rules"])
    count = int((numbers == rest).sum())
    share = count / len(numbers)
    if not rest or share <= MANY:
        return []
    return [("many_without_segment", {"count": count, "share": share})]
