"""Why a customer is in a tier of learned or given rules: its values and the rule that holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from addin.explaining.told import Extra, Told, by_number, constant
from addin.phrases import phrase, plain, whole
from segmentation.limits import ENDS


def why(told: Told) -> pl.Expr:
    """``Orders 9, Amount 300.00. Rule 2: if Orders at least 8 …, then B``; with points the sum."""
    if told.learned["points"]:
        return _why_points(told)
    found = [
        told.words("why_tree.holds", number=i + 1, rule=_rule(told, rule))
        for i, rule in enumerate(told.learned["rules"])
    ]
    none = told.words("why_tree.none", tier=told.tiers()[-1])
    values = [
        phrase(told.words("why_tree.value"), measure=told.measure(m), value=told.value(m))
        for m in told.learned["measures"]
    ]
    return phrase(
        told.words("why_tree.text"),
        values=pl.concat_str(values, separator=told.words("limit.and")),
        rule=by_number(told.own("rule").cast(pl.Int64), [none, *found]),
    )


def extras(told: Told) -> list[Extra]:
    """The number of the rule that holds, 0 where none does."""
    header = told.words("why_tree.header")
    number = told.own("rule").cast(pl.Int64)
    return [Extra(key=f"{told.prefix}rule", header=header, values=number, kind="whole")]


def rules(told: Told) -> list[str]:
    """The rules as sentences, to be read aloud; then, where they were learned, how well they do."""
    return [*sentences(told), *_agreement(told)]


def sentences(told: Told) -> list[str]:
    """The rules as sentences; with points one per measure and one per tier."""
    learned = told.learned
    if learned["points"]:
        measures = dict.fromkeys(limit["measure"] for limit in learned["points"])
        return [*(_steps(told, m) for m in measures), *_tiers(told)]
    listed = [
        told.words("why_tree.listed", number=i + 1, rule=_rule(told, rule), **_size(rule))
        for i, rule in enumerate(learned["rules"])
    ]
    others = {"tier": told.tiers()[-1], "customers": constant(learned["others"], "whole")}
    some_left = learned["form"] == "given"
    return [*listed, *([told.words("why_tree.others", **others)] if some_left else [])]


def _size(rule: Mapping[str, Any]) -> dict[str, str]:
    return {
        "customers": constant(rule["customers"], "whole"),
        "share": constant(rule["share"], "percent"),
    }


def _rule(told: Told, rule: Mapping[str, Any]) -> str:
    tier = told.tiers()[rule["tier_no"]]
    if not rule["conditions"]:
        return told.words("why_tree.always", tier=tier)
    conditions = [
        told.words("why_tree.condition", measure=told.measure(c["measure"]), limit=told.limit(c))
        for c in rule["conditions"]
    ]
    return told.words(
        "why_tree.rule", conditions=told.words("next.and").join(conditions), tier=tier
    )


def _agreement(told: Told) -> list[str]:
    learned = told.learned
    if not learned["learned_from"]:
        return []
    teacher, words = learned["teacher"], told.words
    own = teacher in told.columns
    found = [
        words(
            "why_tree.agreement",
            teacher=told.measure(teacher) if own else words(f"value.{teacher}"),
            customers=constant(learned["learned_from"], "whole"),
            share=_percent(learned["agreement"]),
        )
    ]
    tried = {each["form"]: _percent(each["agreement"]) for each in learned["tried"]}
    if len(tried) > 1:
        found.append(words("why_tree.held_out", **tried))
    return found


def _percent(share: float) -> str:
    """One decimal, rounded down: 99.96% is not all."""
    return f"{int(round(share * 1000, 6)) / 10:g}%"


# ── points ─────────────────────────────────────────────────────────────────────────────────────


def _why_points(told: Told) -> pl.Expr:
    """``11 points: Orders 9 (3), Amount 1,300.00 (4), … . A: at least 9 points``."""
    wording = told.words("why_tree.part")
    parts = [
        phrase(
            wording, measure=told.measure(m), value=told.value(m), points=plain(_points(told, m))
        )
        for m in dict.fromkeys(limit["measure"] for limit in told.learned["points"])
    ]
    limits = [_limit(told, rule) for rule in told.learned["rules"]]
    number = told.own("rule").cast(pl.Int64) - 1
    return phrase(
        told.words("why_tree.points"),
        total=whole(told.own("score")),
        parts=pl.concat_str(parts, separator=told.words("limit.and")),
        tier=told.by_tier(told.tiers()),
        limit=by_number(number, limits),
    )


def _points(told: Told, measure: str) -> pl.Expr:
    """What each customer gets for one measure."""
    unknown = told.learned["unknown"][measure]
    value = told.column(measure).cast(pl.Float64).fill_null(unknown).fill_nan(unknown)
    total: pl.Expr = pl.lit(0)
    for limit in told.learned["points"]:
        if limit["measure"] == measure:
            down = "at_most" in limit
            met = value <= limit["at_most"] if down else value >= limit["at_least"]
            total = total + met.cast(pl.Int64) * limit["points"]
    return total.cast(pl.Float64)


def _steps(told: Told, measure: str) -> str:
    """What each limit of a measure brings in all, the easiest first."""
    limits = [limit for limit in told.learned["points"] if limit["measure"] == measure]
    limits.sort(key=lambda c: -c["at_most"] if "at_most" in c else c["at_least"])
    total, steps = 0, []
    for limit in limits:
        total += limit["points"]
        steps.append(told.words("why_tree.step", limit=told.limit(limit), points=total))
    joined = told.words("limit.and").join(steps)
    return told.words("why_tree.steps", measure=told.measure(measure), steps=joined)


def _tiers(told: Told) -> list[str]:
    names = told.tiers()
    found = []
    for rule in told.learned["rules"]:
        asked = [c for c in rule["conditions"] if "at_least" in c]
        wording = "why_tree.tier" if asked else "why_tree.rest"
        limit = _limit(told, {"conditions": [{"at_least": c["at_least"]} for c in asked]})
        found.append(told.words(wording, tier=names[rule["tier_no"]], limit=limit, **_size(rule)))
    return found


def _limit(told: Told, rule: Mapping[str, Any]) -> str:
    ends = [
        told.words(f"limit.{end}", value=told.words("why_tree.total", points=f"{c[end]:g}"))
        for c in rule["conditions"]
        for end in ENDS
        if end in c
    ]
    return told.words("limit.and").join(ends)
