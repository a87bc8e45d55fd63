"""Sentences of the language files as formulas: the same words, filled in by the workbook."""

from __future__ import annotations

from string import Formatter

from templates.formulas import literal


def sentence(text: str, **cells: str) -> str:
    """A formula without its ``=`` that gives ``text`` with each {placeholder} from a formula."""
    parts = []
    for before, name, _, _ in Formatter().parse(text):
        parts += [literal(before)] if before else []
        parts += [cells[name]] if name else []
    return "&".join(parts) or literal("")


def money(amount: str) -> str:
    """An amount as people write it, without cents from a thousand on."""
    return f"FIXED({amount},2*(ABS({amount})<1000))"


def percent(share: str) -> str:
    """A share as percent, with a decimal where it is needed."""
    return f'ROUND(100*{share},1)&"%"'
