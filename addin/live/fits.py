"""Whether the formulas that a workbook has are those that a grading needs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from addin.explaining.told import tier_names
from addin.hosts.file.errors import TemplateError
from addin.hosts.file.own_tables import read_table
from addin.hosts.file.package import Package
from addin.hosts.file.workbookxml import Workbook
from addin.live.model import grades_of, has_formulas
from addin.words import Words
from segmentation.scheme import MEASURES
from templates.formulas import SCORES, ScoreFormulas
from templates.grades import NUMBERS
from templates.references import CUSTOMERS, MODEL
from templates.shape import Shape

_KEYS = (*SCORES, "rfm", "score", "tier")
# How many numbers a score needs: that of the scores, and its cut points.
_THERE = re.compile(r"COUNT\(INDEX\([^()]*,\d+\):INDEX\([^()]*,\d+\)\)=(\d+)")


def keeps_formulas(path: Path, model: Mapping[str, Any], words: Words) -> bool:
    """Whether the scores and tiers that a workbook's formulas give are those of this model.

    A workbook made for another method, for tiers with other limits or for fewer scores has
    formulas that say something else; values must then stand in their place.
    """
    theirs = _formulas(path, words)
    if not theirs.get("tier"):
        # Without formulas there is nothing to go wrong.
        return True
    if not has_formulas(model):
        return False
    if model["method"] == "rfm" and _older(theirs["tier"]):
        return True
    needed = [max(map(len, model["rfm"]["cuts"][m].values())) + 1 for m in MEASURES]
    bins = _bins(theirs) or needed
    shape = Shape(
        title="",
        tiers=tuple(tier_names(model, words.lang)),
        bins=(bins[0], bins[1], bins[2]),
        segments=(),
        stages=("-",),
        live=True,
        grades=grades_of(model, words),
    )
    ours = ScoreFormulas(words=words, shape=shape).by_key()
    # A cut point that is not there is out of everybody's reach, but one too many is not looked at.
    enough = all(has >= wants for has, wants in zip(bins, needed, strict=True))
    return enough and all(
        theirs.get(key, "") == ours.get(key, "").removeprefix("=") for key in _KEYS
    )


def _bins(theirs: Mapping[str, str]) -> list[int]:
    """How many scores of each measure a workbook's formulas know; nothing where they are values."""
    found = [_THERE.search(theirs.get(key, "")) for key in SCORES]
    return [int(each[1]) for each in found if each] if all(found) else []


def too_many_scores(path: Path, model: Mapping[str, Any], words: Words) -> dict[str, int] | None:
    """Where a measure has more scores than a workbook's formulas know: their ``limit``, ``scores``.

    None where all have room, or where no formulas give scores.
    """
    numbers = read_table(path, NUMBERS)
    if numbers is None:
        return None
    item = words("item.cut")
    for measure, cuts in model["rfm"]["cuts"].items():
        name = words(f"measure.{measure}")
        room = sum([*cells[:2]] == [item, name] for _, cells in numbers.rows)
        most = max(len(some) for some in cuts.values())
        if most > room:
            return {"limit": room + 1, "scores": most + 1}
    return None


def _older(tier: str) -> bool:
    """A workbook of an earlier version looks its limits up in the whole model."""
    return f"{MODEL}[" in tier


def _formulas(path: Path, words: Words) -> dict[str, str]:
    headers = {h: k for k, h in words.section(f"header.{CUSTOMERS}").items()}
    try:
        with Package(path) as package:
            tables = Workbook(package).tables
    except TemplateError:
        return {}
    _, table = tables.get(CUSTOMERS.lower(), (None, None))
    columns = table.columns if table else ()
    return {
        headers[c.header]: _plain(c.formula) for c in columns if c.formula and c.header in headers
    }


def _plain(formula: str) -> str:
    return formula.removeprefix("=")
