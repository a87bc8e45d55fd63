"""Why a customer is in a cluster: its values, the nearest cluster's, the next nearest's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

import polars as pl

from addin.explaining.told import Extra, Told, by_number, constant
from addin.phrases import phrase
from segmentation.method import spread_over_tiers
from segmentation.scheme import SMALLER_IS_BETTER

# As a person says it: how often, how much, how lately.
_TRAITS = ("frequency", "monetary", "recency")
# What is told apart first where two clusters would have one name.
_APART = ("monetary", "frequency", "recency")
_DECIMALS = 2
_ENDLESS = 1e15
_WORDS = {2: "very_high", 1: "high", 0: "middle", -1: "low", -2: "very_low"}


def why(told: Told) -> pl.Expr:
    """``Orders 9, Amount 300.00. Nearest to "Loyal customers" (Orders 8, Amount 282.00); …``."""
    named, centres = names(told), [_centre(told, c) for c in told.learned["clusters"]]
    own = told.own("cluster").cast(pl.Int64) - 1
    second = [
        told.words("why_kmeans.second", name=name, centre=centre)
        for name, centre in zip(named, centres, strict=True)
    ]
    return phrase(
        told.words("why_kmeans.text"),
        values=_values(told),
        name=by_number(own, named),
        centre=by_number(own, centres),
        second=by_number(told.own("cluster_second").cast(pl.Int64) - 1, second),
    )


def extras(told: Told) -> list[Extra]:
    """The cluster's number, 1 the best, and its name."""
    number = told.own("cluster").cast(pl.Int64)
    header, header_name = told.words("why_kmeans.header"), told.words("why_kmeans.header_name")
    name = by_number(number - 1, names(told))
    return [
        Extra(key=f"{told.prefix}cluster", header=header, values=number, kind="whole"),
        Extra(key=f"{told.prefix}cluster_name", header=header_name, values=name),
    ]


def rules(told: Told) -> list[str]:
    """How many clusters there are, and each with its tier, its size and its centre."""
    tiers = told.tiers()
    return [_count(told), *_clusters(told, tiers)]


def _count(told: Told) -> str:
    """The number of clusters, and what decided it."""
    k, asked = told.learned["k"], told.learned["asked"]
    tried = told.learned["tried"]
    if asked == k:
        return told.words("why_kmeans.count", k=k)
    if not tried:
        return told.words("why_kmeans.count_few", k=k)
    shown = [told.words("why_kmeans.index", k=t["k"], index=_index(t["index"])) for t in tried]
    return told.words("why_kmeans.count_best", k=k, tried=told.words("cli.list").join(shown))


def _index(index: float) -> str:
    """Without limit where every cluster is of equal customers."""
    return f"{index:,.0f}" if index < _ENDLESS else "∞"


def _clusters(told: Told, tiers: Sequence[str]) -> list[str]:
    return [
        told.words(
            "why_kmeans.rule",
            number=i + 1,
            name=name,
            tier=tiers[number],
            customers=constant(cluster["customers"], "whole"),
            share=constant(cluster["share"], "percent"),
            centre=_centre(told, cluster),
        )
        for i, (name, cluster, number) in enumerate(
            zip(names(told), told.learned["clusters"], _tiers_of(told), strict=True)
        )
    ]


def _tiers_of(told: Told) -> list[int]:
    return spread_over_tiers(told.learned["k"], told.part["tiers"])


def names(told: Told) -> list[str]:
    """What the clusters are, best first; each name once.

    High and low suffice; where two clusters would be called alike, very high and very low are
    told from them, measure by measure, and at last they are numbered.
    """
    levels: list[Mapping[str, int]] = [c["levels"] for c in told.learned["clusters"]]
    plain = [{m: max(-1, min(1, level)) for m, level in each.items()} for each in levels]
    measures = told.learned["measures"]
    for measure in sorted(measures, key=lambda m: _APART.index(m) if m in _APART else len(_APART)):
        called = [_name(told, each) for each in plain]
        count = Counter(called)
        for i, name in enumerate(called):
            if count[name] > 1:
                plain[i][measure] = levels[i][measure]
    called = [_name(told, each) for each in plain]
    count = Counter(called)
    return [
        told.words("cluster_name.again", name=name, number=called[: i + 1].count(name))
        if count[name] > 1
        else name
        for i, name in enumerate(called)
    ]


def _name(told: Told, levels: Mapping[str, int]) -> str:
    words = told.words
    keys = [f"cluster_name.{m}_{_WORDS[levels[m]]}" for m in _TRAITS if m in levels]
    traits = [words(key) for key in keys if words.has(key)]
    joined = words("cluster_name.ordinary")
    if traits:
        joined = reduce(lambda a, b: words("cluster_name.pair", one=a, other=b), traits)
    name = words("cluster_name.text", traits=joined[:1].upper() + joined[1:])
    more = [
        words(f"cluster_name.other_{_WORDS[level]}", measure=told.measure(m))
        for m, each in levels.items()
        if m not in _TRAITS and (level := -each if m in SMALLER_IS_BETTER else each)
    ]
    if not more:
        return name
    return words("cluster_name.more", name=name, traits=_joined(told, more))


def _centre(told: Told, cluster: Mapping[str, Any]) -> str:
    values = [
        (m, told.number(m, round(value, _DECIMALS))) for m, value in cluster["centre"].items()
    ]
    return _joined(
        told, [told.words("why_kmeans.value", measure=told.measure(m), value=v) for m, v in values]
    )


def _joined(told: Told, parts: Sequence[str]) -> str:
    return told.words("limit.and").join(parts)


def _values(told: Told) -> pl.Expr:
    wording = told.words("why_kmeans.value")
    return pl.concat_str(
        [
            phrase(wording, measure=told.measure(m), value=told.value(m))
            for m in told.learned["measures"]
        ],
        separator=told.words("limit.and"),
    )
