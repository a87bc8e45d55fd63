"""Methods that compare measures with limits: thresholds, top, ABC, and size by shares."""

from __future__ import annotations

from addin.live.lines import Formulas, NotLiveError, Sheet, every
from templates.references import literal


def by_conditions(sheet: Sheet) -> Formulas:
    """Thresholds and top: the first tier whose conditions all hold."""
    pairs = []
    for number, wanted in enumerate(sheet.learned["limits"], start=1):
        if wanted is None:
            continue
        name = sheet.tiers[number - 1]
        reached = [end for one in wanted for end in sheet.reaches(one, name, number)]
        pairs.append((every(reached), name))
    return Formulas(tier=sheet.by_tier(pairs))


def abc(sheet: Sheet) -> Formulas:
    """From which value on a tier goes; who ties with its last customer is in."""
    learned = sheet.learned
    measures = list(learned["measures"])
    joint = len(measures) > 1
    if joint:
        # The joint share stands in percent in the column of the score.
        value, header = sheet.cell("score"), sheet.header("score")
    else:
        value, header = f"MAX(0,{sheet.cell(measures[0])})", sheet.header(measures[0])
    pairs = []
    for number, last in enumerate(learned["limits"], start=1):
        if last is None:
            continue
        name = sheet.tiers[number - 1]
        least = 100 * last[0] if joint else last[0]
        meaning = sheet.words("live.at_least", tier=name)
        limit = sheet.line("at_least", least, meaning, measure=header, number=number)
        pairs.append((f"{value}>={limit}", name))
    return Formulas(tier=sheet.by_tier(pairs))


def size(sheet: Sheet) -> Formulas:
    """By shares as above; by limits the best or the worst class of the known measures."""
    if "limits" in sheet.learned:
        return _size_by_limits(sheet)
    names = sheet.of_classes(("large", "medium", "small"))
    pairs, measure = [], sheet.learned["measure"]
    for number, least in enumerate(sheet.learned["least"], start=1):
        if least is None:
            continue
        name = names[number - 1]
        reached = sheet.reaches({"measure": measure, "at_least": least}, name, number)
        pairs.append((every(reached), name))
    found = Formulas(tier=sheet.by_tier(pairs))
    if names[2] != sheet.tiers[-1]:
        raise NotLiveError
    return found


def _size_by_limits(sheet: Sheet) -> Formulas:
    large, medium, small = sheet.of_classes(("large", "medium", "small"))
    best = sheet.learned["take"] == "best"
    classes = []
    for measure, both in sheet.learned["limits"].items():
        if sheet.absent(measure):
            continue
        cell, header = sheet.cell(measure), sheet.header(measure)
        first, second = (
            sheet.line(
                "at_least",
                limit,
                sheet.words("live.class_at_least", tier=name),
                measure=header,
                number=number,
            )
            for number, (limit, name) in enumerate(zip(both, (large, medium), strict=True), 1)
        )
        of_known = f"IF({cell}>={first},0,IF({cell}>={second},1,2))"
        classes.append(f"IF(ISNUMBER({cell}),{of_known},{2 if best else -1})")
    if not classes:
        raise NotLiveError
    taken = f"{'MIN' if best else 'MAX'}({','.join(classes)})"
    names = ",".join(literal(name) for name in (small, large, medium, small))
    return Formulas(tier=sheet.when_there(f"CHOOSE(2+{taken},{names})"))
