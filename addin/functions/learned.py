"""Tiers that are learned: clusters of customers alike, and the rules of a saved model."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from addin.functions.define import CallError, function
from addin.functions.lists import is_nothing, left_out, one, one_number, text_of
from addin.functions.numbers import Floats
from addin.functions.rows import Table, filled, measures_in, rows_compared
from addin.functions.schemes import plain, tier_names
from addin.functions.scores import Better, directions_in
from addin.functions.values import columns_aligned, shaped
from addin.words import Words

_MOST_CLUSTERS = 100
_DEFAULT_K = 4
# Three measures without directions are these, as everywhere in Fenji.
_RFM = ("recency", "frequency", "monetary")
_RFM_BETTER: tuple[Better, ...] = ("less", "more", "more")


@function(measures="number", k="choice", directions="label", customers="text")
def kmeans_tier(
    words: Words, measures: Any, k: Any = _DEFAULT_K, directions: Any = None, customers: Any = None
) -> Any:
    """The tier of each customer's cluster, as the method ``kmeans`` has it."""
    rows_compared(measures)
    clusters = one_number(words, "k", k, _DEFAULT_K)
    if not 0 <= clusters <= _MOST_CLUSTERS or clusters != int(clusters):
        raise CallError("bad_k", most=_MOST_CLUSTERS)
    table = measures_in(words, measures)
    count = len(table.columns)
    better = directions_in(directions, count, _RFM_BETTER if count == len(_RFM) else None)
    keys = _keys(customers, table)

    def answer(known: list[Floats]) -> list[str]:
        return _clustered(words, known, better, int(clusters), keys)

    return shaped(filled(table.known, table.answers, table.columns, answer), table.shape)


def _keys(customers: Any, table: Table) -> list[str] | None:
    """The customers of the known rows; None where they are not told. CallError ``lengths``."""
    if left_out(customers):
        return None
    rows = len(table.known)
    flat, _ = columns_aligned([[[i] for i in range(rows)], customers])
    if len(flat[1]) != rows:
        raise CallError("lengths", lengths=f"{rows:,}, {len(flat[1]):,}")
    named = ["" if is_nothing(cell) else text_of(cell) for cell in flat[1]]
    return [named[i] for i in np.flatnonzero(table.known).tolist()]


def _clustered(
    words: Words,
    known: Sequence[Floats],
    better: Sequence[Better],
    k: int,
    keys: list[str] | None,
) -> list[str]:
    """A measure of which less is better is turned round: what is higher is then better.

    The random starts go by the order of keys; without them by that of the values, so that
    clusters never depend on the order of rows.
    """
    from segmentation.method import Data, method  # noqa: PLC0415  (late: they take a while)
    from segmentation.methods.kmeans import Settings  # noqa: PLC0415
    from segmentation.scheme import Part  # noqa: PLC0415

    values = {
        f"c{i}": -column if side == "less" else column
        for i, (column, side) in enumerate(zip(known, better, strict=True))
    }
    data = Data(values=values, keys=keys or _by_value(list(values.values())))
    tiers, names = plain("kmeans"), tier_names("kmeans", words.lang)
    part = Part(method="kmeans", settings=Settings(measures=tuple(values), k=k), tiers=())
    module = method("kmeans")
    graded = module.apply(module.fit(part, data), tiers, data)
    return [names[i] for i in graded["tier_no"].tolist()]


def _by_value(columns: Sequence[Floats]) -> list[str]:
    order = np.lexsort(columns)
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return [f"{n:09d}" for n in place.tolist()]


@function(measures="number", model="model")
def tree_tier(words: Words, measures: Any, model: Any) -> Any:
    """The tier by the rules of a model; the columns stand in the order of its measures."""
    from segmentation.method import Data, method  # noqa: PLC0415  (late: they take a while)

    rules = _rules(str(one("model", model) or ""))
    asked = rules["learned"]["measures"]
    table = measures_in(words, measures)
    if len(table.columns) != len(asked):
        said = words("cli.list").join(_name(rules, measure, words) for measure in asked)
        raise CallError("tree_measures", given=len(table.columns), measures=said)
    names = [t["name"].get(words.lang) or t["key"] for t in rules["tiers"]]

    def answer(known: list[Floats]) -> list[str]:
        data = Data(values=dict(zip(asked, known, strict=True)))
        graded = method("tree").apply(rules["learned"], rules["tiers"], data)
        return [names[i] for i in graded["tier_no"].tolist()]

    return shaped(filled(table.known, table.answers, table.columns, answer), table.shape)


@lru_cache(maxsize=16)
def _rules(text: str) -> dict[str, Any]:
    """The grading by rules in a model's text; the same text is read once.

    Raises CallError ``tree_model no_tree``.
    """
    from segmentation.errors import UsageError  # noqa: PLC0415
    from segmentation.grading import load_model, parts_of  # noqa: PLC0415

    try:
        model = load_model(text)
    except UsageError:
        raise CallError("tree_model") from None
    for part in parts_of(model):
        if part["method"] == "tree":
            return {**part, "columns": model.get("columns", {})}
    raise CallError("no_tree", method=model["method"])


def _name(rules: dict[str, Any], measure: str, words: Words) -> str:
    """What a measure is called: as the scheme names its own columns, else as Fenji does."""
    own = rules["columns"].get(measure, {}).get("name", {}).get(words.lang)
    if own:
        return str(own)
    named = (f"measure.{measure}", f"measure_name.{measure}")
    return next((words(key) for key in named if words.has(key)), measure)
