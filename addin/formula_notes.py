"""What a workbook says of its formulas, where values came in their place and where they return."""

from __future__ import annotations

from pathlib import Path

from addin.hosts.file.newsheet import has_table
from addin.hosts.file.own_tables import read_cell
from addin.words import Words
from templates.grades import NUMBERS


def fixed_notes(words: Words) -> dict[str, object]:
    """What a template says of its formulas, put right where values stand in their place."""
    return {
        "FenjiCustomersNote": words("template.customers.fixed"),
        "FenjiDashboardNote": words("dashboard.fixed"),
        "FenjiModelNote": words("template.model.fixed"),
    }


def live_notes(template: Path, words: Words) -> dict[str, object]:
    """The notes of formulas again, where values stood in their place in the grading before.

    Nothing for a workbook that was made without formulas. TemplateError as `fill`.
    """
    if not has_table(template, NUMBERS):
        return {}
    live = {
        "FenjiCustomersNote": words("template.customers.live"),
        "FenjiDashboardNote": words("dashboard.live"),
        "FenjiModelNote": words("template.model.live"),
    }
    fixed = fixed_notes(words)
    return {name: note for name, note in live.items() if read_cell(template, name) == fixed[name]}
