"""Methods that sort into classes of their own: loyalty, lifecycle, risk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from addin.live.lines import Formulas, NotLiveError, Sheet, every
from segmentation.methods.lifecycle import CLASSES as STAGES
from segmentation.methods.loyalty import CLASSES as LOYALTIES
from segmentation.methods.risk import CLASSES as RISKS
from segmentation.methods.risk import OVERDUE
from templates.grades import first_true
from templates.references import literal


def loyalty(sheet: Sheet) -> Formulas:
    """Orders, months, and two columns of one's own where they are asked for."""
    learned = sheet.learned
    loyal, potential, disloyal = sheet.of_classes(LOYALTIES)

    def least(measure: str, value: float, name: str, number: int) -> tuple[str, str]:
        limit = sheet.line(
            "at_least",
            value,
            sheet.words("live.class_at_least", tier=name),
            measure=sheet.header(measure),
            number=number,
        )
        return sheet.cell(measure), limit

    def reached(measure: str, value: float, name: str, number: int) -> str:
        cell, limit = least(measure, value, name, number)
        return f"AND(ISNUMBER({cell}),{cell}>={limit})"

    def not_less(measure: str, value: float) -> str:
        # What is unknown of a customer is not asked for.
        cell, limit = least(measure, value, loyal, 1)
        return f"OR(NOT(ISNUMBER({cell})),{cell}>={limit})"

    enough = [reached("frequency", learned["loyal_orders"], loyal, 1)]
    some = reached("frequency", learned["potential_orders"], potential, 2)
    if learned["loyal_months"] is not None:
        enough.append(not_less("active_months", learned["loyal_months"]))
    best = every(enough)
    referrals, satisfaction = learned["referrals"], learned["satisfaction"]
    if referrals and not sheet.absent(referrals["measure"]):
        told_others = reached(referrals["measure"], referrals["at_least"], loyal, 1)
        best = f"OR({best},AND({some},{told_others}))"
    unhappy = satisfaction and not sheet.absent(satisfaction["measure"])
    whole = (
        f"AND({best},{not_less(satisfaction['measure'], satisfaction['at_least'])})"
        if unhappy
        else best
    )
    # Whoever has orders enough for loyal has them for potentially loyal.
    half = f"OR({some},{enough[0]})"
    pairs = [(whole, loyal), (half, potential)]
    return Formulas(tier=sheet.when_there(first_true(pairs, disloyal)))


def lifecycle(sheet: Sheet) -> Formulas:
    """Days since the last purchase, or multiples of the customer's own interval."""
    learned = sheet.learned
    active, new, dormant, lost = sheet.of_classes(STAGES)
    days, orders = sheet.cell("recency"), sheet.cell("frequency")
    by_days = learned["unit"] == "days"
    measure = sheet.header("recency" if by_days else "usual_interval")
    limits = []
    for number, (limit, name) in enumerate(zip(learned["limits"], (active, dormant), strict=True)):
        item = "at_most" if by_days else "times"
        meaning = sheet.words(f"live.{item}", tier=name)
        found = sheet.line(item, limit, meaning, measure=measure, number=number + 1)
        if not by_days:
            found = f"ROUND({sheet.cell('usual_interval')}*{found},9)"
        limits.append(f"AND(ISNUMBER({days}),{days}<={found})")
    fewest = sheet.line(
        "at_most",
        learned["new_orders"],
        sheet.words("live.new_orders", tier=new),
        measure=sheet.header("frequency"),
        number=1,
    )
    young = f"AND(ISNUMBER({orders}),{orders}<={fewest})"
    lately = first_true([(young, new)], active)
    return Formulas(
        tier=sheet.when_there(
            f"IF({limits[0]},{lately},IF({limits[1]},{literal(dormant)},{literal(lost)}))"
        )
    )


def risk(sheet: Sheet) -> Formulas:
    """The worst level of the known indicators, or the worst that half of them reach."""
    learned = sheet.learned
    names = dict(zip(RISKS, sheet.of_classes(RISKS), strict=True))
    levels = [_level(sheet, name, asked) for name, asked in learned["indicators"].items()]
    levels = [level for level in levels if level]
    if not levels:
        raise NotLiveError
    low, normal, high = (literal(names[each]) for each in RISKS)
    if learned["take"] == "worst":
        worst = f"MAX({','.join(levels)})"
        return Formulas(tier=sheet.when_there(f"CHOOSE(2+{worst},{normal},{low},{normal},{high})"))

    def reaching(least: int) -> str:
        return "+".join(f"({level}>={least})" for level in levels)

    known = f"({reaching(0)})"
    half = f"IF(2*({reaching(2)})>={known},{high},IF(2*({reaching(1)})>={known},{normal},{low}))"
    return Formulas(tier=sheet.when_there(f"IF({known}=0,{normal},{half})"))


def _level(sheet: Sheet, name: str, asked: Mapping[str, Any]) -> str:
    """0 low, 1 normal, 2 high, -1 unknown; empty where nothing is known of anybody."""
    if name != OVERDUE and sheet.absent(name):
        return ""
    cell = sheet.cell("intervals_since" if name == OVERDUE else name)
    if "words" in asked:
        return _level_of_words(cell, asked["words"])
    found = "0"
    for number, key in ((1, "normal"), (2, "high")):
        if key in asked:
            found = f"IF({_holds(sheet, name, asked[key], key, number)},{number},{found})"
    return f"IF(ISNUMBER({cell}),{found},-1)"


def _holds(sheet: Sheet, name: str, condition: Mapping[str, Any], level: str, number: int) -> str:
    column = "intervals_since" if name == OVERDUE else name
    title = sheet.words(f"why_risk.level_{level}")
    renamed = {**condition, "measure": column}
    return every(sheet.reaches(renamed, title, number + 1, said="risk_"))


def _level_of_words(cell: str, words: Mapping[str, Sequence[str]]) -> str:
    # Case counts here, unlike in a plain comparison of a spreadsheet's.
    found = "-1"
    for number, level in enumerate(RISKS):
        for word in words.get(level, ()):
            found = f"IF(EXACT({cell},{literal(word)}),{number},{found})"
    return found
