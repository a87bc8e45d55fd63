"""Rules that repeat the tiers which another grading, or the user's own column, gave; or given ones.

``teacher`` names a method (its tiers for the same customers are learned) or a column of the
scheme whose cells hold tier keys or names; customers whose cell names no tier are not learned
from. Two forms of rules are learned: ``conditions``, the leaves of a decision tree (see
``tree_boxes``), and ``points``, limits that give points and totals that give tiers (see
``tree_points``). ``auto`` learns both from every other customer, compares them on the rest and
takes points where these repeat over one per cent more tiers. Where there are very many
customers an even part of them is learned from.

An unknown value counts as the worst one that was seen; a measure that the data do not have is
left out. ``rules`` are taken as given instead: the first whose limits all hold gives the tier,
unknown values meet no limit, and whoever meets no rule is in the last tier.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from annotated_types import Ge, Le, MinLen

from segmentation.errors import DataError
from segmentation.lifting import smallest_change
from segmentation.limits import conditions, contradictions, first_met
from segmentation.method import METHODS, Data, Floats, Ints, Model
from segmentation.methods import tree_boxes, tree_next, tree_points
from segmentation.scheme import MEASURES, SMALLER_IS_BETTER, Limit, Part
from segmentation.scheme_lines import shown
from segmentation.settings import Count, Whole, settings

TIER_KEYS: tuple[str, ...] = ()
MONOTONE = False

# The points of a customer among its measures; no measure's name has a space.
TOTAL = "total points"
_MOST_LEARNED = 50_000
_WORTH = 0.01


@settings
class Rule:
    """Who gets into a tier; all limits must hold."""

    tier: str
    limits: Annotated[Mapping[str, Limit], MinLen(1)]


@settings
class Settings:
    """Whom to learn from, by which measures, and how many rules (limits, where they are points)."""

    teacher: str = "rfm"
    measures: Annotated[tuple[str, ...], MinLen(1)] = MEASURES
    form: Literal["auto", "conditions", "points"] = "auto"
    max_rules: Annotated[Whole, Ge(2), Le(50)] = 12
    min_customers: Count = 5
    seed: Annotated[Whole, Ge(0)] = 0
    rules: tuple[Rule, ...] = ()


def needs(part: Part) -> tuple[str, ...]:
    """The measures of the rules, and the column that is learned from."""
    own: Settings = part.settings
    if own.rules:
        return tuple(dict.fromkeys(m for rule in own.rules for m in rule.limits))
    column = () if _by_method(own) else (own.teacher,)
    return tuple(dict.fromkeys((*own.measures, *column)))


def _by_method(own: Settings) -> bool:
    return own.teacher in METHODS and own.teacher != "tree"


def problems(part: Part) -> list[tuple[str, str, dict[str, Any]]]:
    """Rules for tiers that there are not, and rules that nobody can meet."""
    keys = [t.key for t in part.tiers]
    found: list[tuple[str, str, dict[str, Any]]] = []
    for i, rule in enumerate(part.settings.rules):
        where = f"tree.rules[{i}]"
        if rule.tier not in keys:
            params = {"value": rule.tier, "choices": ", ".join(keys)}
            found.append((f"{where}.tier", "choice", params))
        for measure, limit in rule.limits.items():
            at = f"{where}.limits.{shown([measure])}"
            found += [(f"{at}.{k}", "nobody", {"value": v}) for k, v in contradictions(limit)]
    return found


def fit(part: Part, data: Data) -> dict[str, Any]:
    """The rules, with how many customers each has and how many of the tiers they repeat.

    Raises DataError ``measure_absent`` where no customer's tier is known to learn from.
    """
    own: Settings = part.settings
    if own.rules:
        for measure in needs(part):
            data.known(measure)
        return _counted(_given(part), data)
    goal = data.taught if part.teacher else _column(part, data)
    known = np.flatnonzero(goal >= 0) if goal is not None else np.array([], dtype=np.int64)
    if goal is None or not len(known):
        raise DataError("measure_absent", measure=own.teacher)
    measures = [m for m in dict.fromkeys(own.measures) if not np.isnan(data.values[m]).all()]
    if not measures:
        data.known(own.measures[0])
    unknown = {m: _worst(m, data.values[m]) for m in measures}
    taught, tier_no = _filled(unknown, data.some(known)), goal[known]
    # In an order of values, so that the order of rows does not matter.
    order = np.lexsort((tier_no, *(taught.values[m] for m in measures)))
    order = order[:: -(-len(order) // _MOST_LEARNED)]
    lesson = _Lesson(part=part, unknown=unknown, data=taught, tier_no=tier_no)
    tried = _tried(lesson, order)
    learned = _learned(lesson, _form(own, tried), order)
    return {
        **_counted(learned, data),
        "agreement": lesson.agreement(learned, np.arange(len(known))),
        "teacher": own.teacher,
        "learned_from": len(known),
        "tried": tried,
    }


@dataclass(frozen=True, kw_only=True)
class _Lesson:
    """Customers whose tier is known, with their measures (``unknown`` ones filled)."""

    part: Part
    unknown: Mapping[str, float]
    data: Data
    tier_no: Ints

    def agreement(self, learned: Model, rows: Ints) -> float:
        """The share of these customers whose tier the rules repeat."""
        tier = _tier(learned, len(self.part.tiers), self.data.some(rows))
        return float(np.mean(tier == self.tier_no[rows]))


def _column(part: Part, data: Data) -> Ints | None:
    """Tier numbers from the cells of a column, -1 where they name no tier."""
    name = part.settings.teacher
    cells: Sequence[str | None] = data.texts.get(name, ())
    if not len(cells) and name in data.values:
        cells = [None if np.isnan(v) else f"{v:g}" for v in data.values[name].tolist()]
    named: dict[str, int] = {}
    for number, tier in enumerate(part.tiers):
        for word in (tier.key, *tier.name.values()):
            named.setdefault(word.strip().casefold(), number)
    found = [named.get(cell.strip().casefold(), -1) if cell else -1 for cell in cells]
    return np.array(found, dtype=np.int64) if found else None


def _worst(measure: str, values: Floats) -> float:
    return float(np.nanmax(values) if measure in SMALLER_IS_BETTER else np.nanmin(values))


def _filled(unknown: Mapping[str, float], data: Data) -> Data:
    return data.changed(
        {m: np.where(np.isnan(data.values[m]), v, data.values[m]) for m, v in unknown.items()}
    )


def _tried(lesson: _Lesson, order: Ints) -> list[dict[str, Any]]:
    """How many tiers each form repeats for customers that it was not learned from."""
    if lesson.part.settings.form != "auto" or len(order) < 2:
        return []
    found = []
    for form in ("conditions", "points"):
        learned = _learned(lesson, form, order[::2])
        agreement = lesson.agreement(learned, order[1::2])
        found.append({"form": learned["form"], "agreement": agreement})
    return found


def _form(own: Settings, tried: Sequence[Mapping[str, Any]]) -> str:
    if own.form != "auto":
        return own.form
    agreement = {each["form"]: each["agreement"] for each in tried}
    better = agreement.get("points", 0.0) > agreement.get("conditions", 0.0) + _WORTH
    return "points" if better else "conditions"


def _learned(lesson: _Lesson, form: str, rows: Ints) -> dict[str, Any]:
    own: Settings = lesson.part.settings
    columns = {m: lesson.data.values[m][rows] for m in lesson.unknown}
    tier_no, tiers = lesson.tier_no[rows], len(lesson.part.tiers)
    most, least = own.max_rules, min(own.min_customers, max(len(rows) // 2, 1))
    learned = {"form": form, "measures": list(columns), "unknown": dict(lesson.unknown)}
    if form == "points":
        table = tree_points.learn(columns, tier_no, tiers, most=most, least=least)
        if table:
            return {**learned, "points": table["points"], "rules": _by_total(table["totals"])}
    rules = tree_boxes.learn(columns, tier_no, most=most, least=least, seed=own.seed)
    return {**learned, "form": "conditions", "points": [], "rules": rules}


def _by_total(totals: Sequence[int | None]) -> list[dict[str, Any]]:
    """A rule for each tier that a total leads to."""
    rules: list[dict[str, Any]] = []
    for number, least in enumerate(totals):
        if least is None:
            continue
        ends: dict[str, Any] = {"at_least": float(least)} if least > 0 else {}
        if rules:
            ends["below"] = rules[-1]["conditions"][0]["at_least"]
        asked = [{"measure": TOTAL, **ends}] if ends else []
        rules.append({"tier_no": number, "conditions": asked})
    return rules


def _given(part: Part) -> dict[str, Any]:
    own: Settings = part.settings
    numbers = {t.key: i for i, t in enumerate(part.tiers)}
    rules = [
        {
            "tier_no": numbers[rule.tier],
            "conditions": [c for m, limit in rule.limits.items() for c in conditions(limit, m)],
        }
        for rule in own.rules
    ]
    learned = {"form": "given", "measures": list(needs(part)), "unknown": {}, "points": []}
    nobody: dict[str, Any] = {"agreement": None, "teacher": None, "learned_from": 0, "tried": []}
    return {**learned, "rules": rules, **nobody}


def _counted(learned: dict[str, Any], data: Data) -> dict[str, Any]:
    """With the customers of each rule, and of none (``others``)."""
    count = len(learned["rules"])
    sizes = np.bincount(_rule(learned, data), minlength=count + 1).tolist()
    rules = [
        {**rule, "customers": n, "share": n / len(data)}
        for rule, n in zip(learned["rules"], sizes, strict=False)
    ]
    return {**learned, "rules": rules, "others": sizes[count]}


def apply(learned: Model, tiers: Sequence[Mapping[str, Any]], data: Data) -> dict[str, Any]:
    """Tier numbers and ``rule``, 1 for the first (0: none holds); the score is the points."""
    rule = _rule(learned, data)
    total = _total(learned, _filled(learned["unknown"], data))
    points = total if learned["points"] else np.full(len(data), np.nan)
    return {
        "tier_no": _numbers(learned, len(tiers))[rule],
        "score": points,
        "rule": (rule + 1) % (len(learned["rules"]) + 1),
    }


def _total(learned: Model, data: Data) -> Floats:
    total = np.zeros(len(data))
    for limit in learned["points"]:
        total += limit["points"] * (first_met([[limit]], data) == 0)
    return total


def _rule(learned: Model, data: Data) -> Ints:
    """The number of each customer's rule, counted from 0; one past the end where none holds."""
    known = _filled(learned["unknown"], data)
    full = known.changed({TOTAL: _total(learned, known)})
    return first_met([rule["conditions"] for rule in learned["rules"]], full)


def _numbers(learned: Model, tiers: int) -> Ints:
    return np.array([*(rule["tier_no"] for rule in learned["rules"]), tiers - 1], dtype=np.int64)


def _tier(learned: Model, tiers: int, data: Data) -> Ints:
    number: Ints = _numbers(learned, tiers)[_rule(learned, data)]
    return number


def next_steps(
    learned: Model,
    tiers: Sequence[Mapping[str, Any]],
    data: Data,
    spans: Mapping[str, Mapping[str, Any]],
) -> dict[str, Floats]:
    """The smallest change that lifts each tier (see ``tree_next`` where rules are conditions)."""

    def grade(some: Data) -> Ints:
        return _tier(learned, len(tiers), some)

    if learned["points"]:
        return smallest_change(grade, data, spans)
    return tree_next.next_steps(learned["rules"], grade, data, spans)
