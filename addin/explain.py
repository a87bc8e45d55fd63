"""``why`` and ``next``: each customer's tier in words, and what would lift it."""

from __future__ import annotations

import dataclasses
import importlib
from collections.abc import Mapping
from typing import Any, cast

import polars as pl

from addin.explaining.told import Explains, Extra, Told, by_number, shown, tier_names
from addin.phrases import money, phrase, whole
from addin.words import Words
from segmentation.grading import parts_of
from segmentation.scheme import MEASURES, SMALLER_IS_BETTER

_COUNTED = ("categories", "active_months")


def told(model: Mapping[str, Any], words: Words) -> list[Told]:
    """The gradings of a model as sentences see them, the leading one first."""
    return [
        Told(
            part=part,
            columns=model.get("columns", {}),
            measures=model["measures"],
            words=words,
            prefix="beside_" if i else "",
        )
        for i, part in enumerate(parts_of(model))
    ]


def _module(one: Told) -> Explains:
    return cast("Explains", importlib.import_module(f"addin.explaining.{one.part['method']}"))


def why(model: Mapping[str, Any], words: Words) -> pl.Expr:
    """What gave a customer this tier; with a second grading, what gave that one."""
    leading, *second = told(model, words)
    text: pl.Expr = _module(leading).why(leading)
    for other in second:
        module = _module(other)
        # Some sentences begin with the tier themselves.
        said = getattr(module, "SAYS_TIER", False)
        text = phrase(
            words("why_beside.tier_said" if said else "why_beside.text"),
            why=text,
            name=_title(other, words),
            tier=other.by_tier(other.tiers()),
            beside=module.why(other),
        )
    return text


def all_tiers(model: Mapping[str, Any], words: Words) -> list[tuple[str, Mapping[str, Any]]]:
    """Every tier with its name; those of a second grading under its title."""
    leading, *second = told(model, words)
    found = list(zip(leading.tiers(), leading.part["tiers"], strict=True))
    for other in second:
        title = _title(other, words)
        found += [
            (words("why_beside.tier", name=title, tier=name), tier)
            for name, tier in zip(other.tiers(), other.part["tiers"], strict=True)
        ]
    return found


def _title(one: Told, words: Words) -> str:
    return one.part["name"].get(words.lang) or words(f"value.{one.part['method']}")


def rules(model: Mapping[str, Any], words: Words) -> list[str]:
    """What gives each tier, in one sentence each, where the method can say it so."""
    found: list[str] = []
    for one in told(model, words):
        module = _module(one)
        found += module.rules(one) if hasattr(module, "rules") else []
    return found


def extras(model: Mapping[str, Any], words: Words) -> list[Extra]:
    """Columns beyond the contract's own: measures, the method's, a second grading's tier."""
    leading = told(model, words)[0]
    found = [
        Extra(key=m, header=leading.measure(m), values=pl.col(m), kind=leading.kind(m))
        for m in model.get("needs", ())
        if m not in MEASURES and not _stands_in(model, m)
    ]
    for one in told(model, words):
        module = _module(one)
        if one.prefix:
            values = one.by_tier(one.tiers())
            key = one.part["method"]
            key = f"{key}_tier" if key in words.section("header.FenjiCustomers") else key
            found.append(Extra(key=key, header=_title(one, words), values=values))
        found += module.extras(one) if hasattr(module, "extras") else []
    return _distinct(found, words)


def _distinct(found: list[Extra], words: Words) -> list[Extra]:
    """Each column once, and no two headers alike: a table of a workbook allows none."""
    headers = set(words.section("header.FenjiCustomers").values())
    taken: dict[str, Extra] = {}
    for extra in found:
        if extra.key in taken:
            continue
        header = extra.header
        if header in headers:
            header = words("header_more.again", header=header, key=extra.key)
        headers.add(header)
        taken[extra.key] = dataclasses.replace(extra, header=header)
    return list(taken.values())


def _stands_in(model: Mapping[str, Any], measure: str) -> bool:
    """Whether the data have no such column, so that there is nothing to show."""
    own = model.get("columns", {}).get(measure, {})
    return bool(own.get("used") or own.get("absent"))


def next_step(model: Mapping[str, Any], words: Words) -> pl.Expr:
    """The smallest change that lifts a customer's tier (see ``segmentation.lifting``)."""
    kind = model["measures"]
    leading = told(model, words)[0]
    counted = kind["frequency"]
    if counted == "orders" and "mean_order" in model.get("needs", ()):
        counted = "usual"
    movable = [m for m in leading.part.get("spans") or MEASURES if m not in MEASURES]
    changes = pl.concat_str(
        [
            *([_recency(words)] if _moves(model, "recency") else []),
            *([_frequency(words, counted)] if _moves(model, "frequency") else []),
            *([_monetary(words, kind["monetary"])] if _moves(model, "monetary") else []),
            *(_other(leading, m) for m in movable),
            pl.lit(None, dtype=pl.String),
        ],
        separator=words("next.and"),
        ignore_nulls=True,
    )
    reached = pl.col("next_tier").cast(pl.Int64, strict=False)
    tier = by_number(reached, tier_names(model, words.lang))
    lifted = phrase(words("next.text"), tier=tier, changes=changes)
    return (
        pl.when(pl.col("tier_no") == 0)
        .then(pl.lit(words("next.top")))
        .when(pl.col("next_tier").is_nan())
        .then(pl.lit(words("next.none")))
        .otherwise(lifted)
    )


def _moves(model: Mapping[str, Any], measure: str) -> bool:
    # A grading by words alone has spans, but none that moves.
    return measure in model.get("spans", MEASURES) or model["method"] == "rfm"


def _recency(words: Words) -> pl.Expr:
    to, now = pl.col("next_recency"), whole(pl.col("recency"))
    text = phrase(words("next.recency"), to=whole(to), now=now)
    zero = phrase(words("next.recency_zero"), now=now)
    one = phrase(words("next.recency_one"), now=now)
    return (
        pl.when(to.is_nan())
        .then(None)
        .when(to == 0)
        .then(zero)
        .when(to.round(0) == 1)
        .then(one)
        .otherwise(text)
    )


def _frequency(words: Words, kind: str) -> pl.Expr:
    to = pl.col("next_frequency")
    more = to - pl.col("frequency")
    text = phrase(words(f"next.{kind}"), more=whole(more), to=whole(to))
    one = phrase(words(f"next.{kind}_one"), to=whole(to))
    return pl.when(to.is_nan()).then(None).when(more.round(0) == 1).then(one).otherwise(text)


def _monetary(words: Words, kind: str) -> pl.Expr:
    to = pl.col("next_monetary")
    text = phrase(words(f"next.{kind}"), more=money(to - pl.col("monetary")), to=money(to))
    return pl.when(to.is_nan()).then(None).otherwise(text)


def _other(one: Told, measure: str) -> pl.Expr:
    """A change of any other measure, in its own words where there are some."""
    to, now = pl.col(f"next_{measure}"), pl.col(measure)
    own = f"next_measure.{measure}"
    usual = measure in SMALLER_IS_BETTER
    down = one.part.get("spans", {}).get(measure, {}).get("down", usual)
    general = f"next_measure.{'down' if down else 'up'}"
    wording = one.words(own if one.words.has(own) and down == usual else general)
    kind = one.kind(measure)
    parts: dict[str, pl.Expr | str] = {
        "name": one.measure(measure),
        "more": shown(to - now, kind),
        "to": shown(to, kind),
        "now": shown(now, kind),
    }
    text = phrase(wording, **parts)
    if measure in _COUNTED:
        single = phrase(one.words(f"next_measure.{measure}_one"), **parts)
        text = pl.when((to - now).round(0) == 1).then(single).otherwise(text)
    return pl.when(to.is_nan()).then(None).otherwise(text)
