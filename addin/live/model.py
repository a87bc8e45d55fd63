"""Whether and how a model grades by native formulas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from addin.live import classes, limits, totals
from addin.live.lines import Formulas, Line, NotLiveError, Sheet
from addin.words import Words, words
from templates.grades import DEEPEST, LONGEST_FORMULA, LONGEST_TEXT, Grades

METHODS: Mapping[str, Callable[[Sheet], Formulas]] = {
    "thresholds": limits.by_conditions,
    "top": limits.by_conditions,
    "abc": limits.abc,
    "size": limits.size,
    "loyalty": classes.loyalty,
    "lifecycle": classes.lifecycle,
    "risk": classes.risk,
    "scorecard": totals.scorecard,
    "potential": totals.potential,
    "matrix": totals.matrix,
}


def has_formulas(model: Mapping[str, Any]) -> bool:
    """Whether a workbook's own formulas can give the scores and the tier.

    Not those of clusters and trees, nor of a nested model, whose cut points differ by the scores
    before; nor where a formula would be longer or deeper than Excel takes.
    """
    if len(model["tiers"]) > DEEPEST:
        return False
    if model["method"] == "rfm":
        return not _nested(model)
    return grades_of(model, words("en")) is not None and grades_of(model, words("zh")) is not None


def grades_of(model: Mapping[str, Any], words: Words) -> Grades | None:
    """How the workbook of a model grades; None for RFM itself, and where it can't."""
    found = _made(model, words)
    if found is None:
        return None
    lines, made = found
    formulas = {"tier": made.tier} | ({"score": made.score} if made.score else {})
    return Grades(
        keys=tuple(line.key for line in lines),
        formulas=formulas,
        words=tuple(dict.fromkeys(x.key.item for x in lines if isinstance(x.value, str))),
        scores=not _nested(model),
    )


def live_lines(model: Mapping[str, Any], words: Words) -> list[Line]:
    """The lines of the model that the method grades by; none for RFM, which has its own."""
    found = _made(model, words)
    return found[0] if found else []


def _made(model: Mapping[str, Any], words: Words) -> tuple[list[Line], Formulas] | None:
    make = METHODS.get(model["method"])
    if make is None:
        return None
    sheet = Sheet(model=model, words=words)
    try:
        made = make(sheet)
    except NotLiveError:
        return None
    keys = [(k.item, k.measure.casefold(), k.number) for k in (x.key for x in sheet.lines)]
    texts = [x for line in sheet.lines for x in (line.key.measure, str(line.value))]
    fits = max(len(made.tier), len(made.score or "")) <= LONGEST_FORMULA
    fits = fits and max(map(len, [*texts, *sheet.tiers]), default=0) <= LONGEST_TEXT
    return (sheet.lines, made) if fits and len(set(keys)) == len(keys) else None


def _nested(model: Mapping[str, Any]) -> bool:
    return any(len(cells) > 1 for cells in model["rfm"]["cuts"].values())
