"""Segments: named kinds of customers by their three scores."""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

from segmentation.scheme import MEASURES, SegmentRule

MOST_ONE_DIGIT = 9
Ints = npt.NDArray[np.int64]


@cache
def _shipped() -> dict[str, Any]:
    file = resources.files("segmentation").joinpath("segment_maps.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))


def segment_map(chosen: str | Sequence[SegmentRule]) -> dict[str, Any]:
    """A map as plain data: ``{"rules": [...], "rest": name}``; rules with ``high`` or ranges."""
    if isinstance(chosen, str):
        if chosen == "none":
            return {"rules": [], "rest": {"zh": "", "en": ""}}
        return dict(_shipped()[chosen])
    rules = []
    for rule in chosen:
        plain: dict[str, Any] = {"name": dict(rule.name)}
        for measure in MEASURES:
            limits = getattr(rule, measure)
            if limits:
                plain[measure] = list(limits)
        if rule.cells:
            plain["cells"] = list(rule.cells)
        rules.append(plain)
    return {"rules": rules, "rest": _shipped()["rfm-r"]["rest"]}


def names(segments: Mapping[str, Any], lang: str) -> list[str]:
    """The segments' names in the order of the rules, the rest last."""
    return [r["name"][lang] for r in segments["rules"]] + [segments["rest"][lang]]


def assign(
    segments: Mapping[str, Any], scores: Mapping[str, Ints], high: Mapping[str, Any]
) -> Ints:
    """Number of the first rule that fits each customer (the number of rules where none does).

    ``scores`` and ``high`` (booleans, used by rules on high and low) are by measure.
    """
    rules = segments["rules"]
    number = np.full(len(scores["recency"]), len(rules), dtype=np.int64)
    for i in range(len(rules) - 1, -1, -1):
        number[_fits(rules[i], scores, high)] = i
    return number


def _fits(
    rule: Mapping[str, Any], scores: Mapping[str, Ints], high: Mapping[str, Any]
) -> npt.NDArray[np.bool_]:
    fits = np.ones(len(scores["recency"]), dtype=bool)
    if "high" in rule:
        for measure, wanted in zip(MEASURES, rule["high"], strict=True):
            fits &= high[measure] == wanted
    for measure in MEASURES:
        if measure in rule:
            low, top = rule[measure]
            fits &= (scores[measure] >= low) & (scores[measure] <= top)
    if "cells" in rule:
        fits &= np.isin(rfm_code(scores), rule["cells"])
    return fits


def rfm_code(scores: Mapping[str, Ints]) -> Ints:
    """100 R + 10 F + M."""
    return 100 * scores["recency"] + 10 * scores["frequency"] + scores["monetary"]


def check_map(segments: Mapping[str, Any], bins: Mapping[str, int]) -> dict[str, Any]:
    """What a map leaves open over all cells of scores.

    ``unreached``: cells that no rule fits, as RFM codes (``"R-F-M"`` where a score has two
    digits); ``impossible``: numbers of rules that fit no cell, because their scores do not
    exist; ``never``: numbers of rules whose cells are all taken by earlier rules; ``overlaps``:
    for each pair of rules with cells in common, how many. Rules on high and low depend on the
    data and are checked over all eight kinds instead.
    """
    rules = segments["rules"]
    if any("high" in r for r in rules):
        grid = np.array(list(itertools.product([False, True], repeat=3)))
        high = {m: grid[:, i] for i, m in enumerate(MEASURES)}
        scores = {m: np.where(grid[:, i], bins[m], 1) for i, m in enumerate(MEASURES)}
    else:
        cells = np.array(list(itertools.product(*(range(1, bins[m] + 1) for m in MEASURES))))
        scores = {m: cells[:, i] for i, m in enumerate(MEASURES)}
        high = {}
    number = assign(segments, scores, high)
    fits = [_fits(r, scores, high) for r in rules]
    pairs = itertools.combinations(range(len(rules)), 2)
    return {
        "unreached": _cell_names(scores, number == len(rules), bins),
        "impossible": [i for i in range(len(rules)) if not fits[i].any()],
        "never": [i for i in range(len(rules)) if fits[i].any() and not (number == i).any()],
        "overlaps": {
            f"{i},{j}": int((fits[i] & fits[j]).sum())
            for i, j in pairs
            if (fits[i] & fits[j]).any()
        },
    }


def one_digit(bins: Mapping[str, int]) -> bool:
    """Whether an RFM code such as 121 can mean one cell only."""
    return max(bins.values()) <= MOST_ONE_DIGIT


def _cell_names(
    scores: Mapping[str, Ints], chosen: npt.NDArray[np.bool_], bins: Mapping[str, int]
) -> list[int] | list[str]:
    some = {m: scores[m][chosen] for m in MEASURES}
    if one_digit(bins):
        codes: list[int] = rfm_code(some).tolist()
        return codes
    triples = zip(*(some[m].tolist() for m in MEASURES), strict=True)
    return ["-".join(map(str, triple)) for triple in triples]
