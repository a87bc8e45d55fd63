"""What there is to know of a workbook that Fenji graded before it is filled again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from addin.changes import headers as changes
from addin.edits import edits_of
from addin.explain import extras
from addin.hosts.file.errors import TemplateError
from addin.hosts.file.own_tables import read_cell
from addin.hosts.file.package import Package
from addin.hosts.file.travel import Travel
from addin.hosts.file.workbookxml import Workbook
from addin.live.fits import too_many_scores
from addin.messages import template_problem
from addin.words import LANGUAGES, Words
from addin.words import words as words_of
from segmentation.errors import FenjiError
from segmentation.grading import load_model
from segmentation.run import Grading

CUSTOMERS = "FenjiCustomers"
# The column by which the rows of a table are known from one grading to the next.
KEYS = {
    CUSTOMERS: "customer",
    "FenjiStrategy": "tier",
    "FenjiSegmentStrategy": "segment",
    "FenjiActions": "customer",
    "FenjiCapacity": "owner",
    "FenjiBudget": "tier",
    "FenjiContacts": "customer",
}


def spoken(template: Path, words: Words) -> Words:
    """The language of a workbook's own tables, so that their headers fit; else the user's."""
    headers = set(_headers(template).get(CUSTOMERS.lower(), ()))
    for lang in (words.lang, *LANGUAGES):
        known = words_of(lang).section(f"header.{CUSTOMERS}")
        if {known["customer"], known["tier"]} <= headers:
            return words if lang == words.lang else words_of(lang)
    return words


def _headers(path: Path) -> dict[str, list[str]]:
    """The headers of each table by its name in small letters."""
    try:
        with Package(path) as package:
            tables = Workbook(package).tables.items()
            return {name: [c.header for c in table.columns] for name, (_, table) in tables}
    except TemplateError:
        return {}


def is_graded(template: Path) -> bool:
    """Whether customers graded before stand in a workbook."""
    try:
        return bool(read_cell(template, "FenjiModelJson"))
    except FenjiError:
        return False


def travels(template: Path) -> dict[str, Travel]:
    """By what the rows of Fenji's tables are known, and which of their columns are Fenji's."""
    ours = {
        name: {h for lang in LANGUAGES for h in words_of(lang).section(f"header.{name}").values()}
        for name in KEYS
    }
    ours[CUSTOMERS] |= _further(template)
    ours[CUSTOMERS] |= {text for lang in LANGUAGES for text in changes(words_of(lang)).values()}
    return {
        name: Travel(
            keys=frozenset(words_of(lang)(f"header.{name}.{key}") for lang in LANGUAGES),
            ours=frozenset(ours[name]),
        )
        for name, key in KEYS.items()
    }


def _model(template: Path) -> dict[str, Any] | None:
    try:
        text = read_cell(template, "FenjiModelJson")
        return load_model(text) if text else None
    except FenjiError:
        return None


def misfit(template: Path, grading: Grading, words: Words) -> str | None:
    """Why a grading can't stand in a workbook's sheets, in words; None where it can.

    Colours, formulas and lists of a workbook are made for its tiers, its method and its segments;
    with others they would say something else than the tables. Fewer columns leave blank ones.
    """
    before, now = edits_of(template).scheme(), grading.model
    if before.get("method", now["method"]) != now["method"]:
        return words("regrade.method")
    tiers = _names(before, words)
    if tiers and tiers != _names(now, words):
        return words("regrade.tiers", tiers=words("cli.list").join(tiers))
    there = _headers(template).get(CUSTOMERS.lower(), [])
    lacking = [e.header for e in extras(now, words) if there and e.header not in there]
    if lacking:
        return words("regrade.columns", columns=words("cli.list").join(lacking))
    scores = too_many_scores(template, now, words)
    if scores:
        return template_problem(TemplateError("scores", **scores), words)
    return None


def _names(made: Mapping[str, Any], words: Words) -> list[str]:
    names = [(tier.get("name"), tier.get("key")) for tier in made.get("tiers", ())]
    return [
        str((name.get(words.lang) or key) if isinstance(name, Mapping) else (name or key))
        for name, key in names
    ]


def _further(template: Path) -> set[str]:
    """The headers of the columns that the method of before added."""
    model = _model(template)
    if model is None:
        return set()
    return {e.header for lang in LANGUAGES for e in extras(model, words_of(lang))}
