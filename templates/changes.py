"""What a changed number of the model does to each customer: the tier when graded, and the tier now.

Where a customer stands among the tiers is looked up in the table of the what-if.
"""

from __future__ import annotations

from templates.references import CUSTOMERS, column, literal, this_row
from templates.shape import Wording

WHAT_IF = "FenjiWhatIf"
UP, DOWN = "↑", "↓"
_MORE = f"header_more.{CUSTOMERS}"


def change(words: Wording) -> str:
    """The formula of the column: blank where the tier is that of the grading, else "B → A ↑"."""
    tier = this_row(CUSTOMERS, words(f"header.{CUSTOMERS}.tier"))
    graded = this_row(CUSTOMERS, words(f"{_MORE}.graded_tier"))
    now, then = (_place(cell, words) for cell in (tier, graded))
    way = f"IF({now}<{then},{literal(f' {UP}')},{literal(f' {DOWN}')})"
    moved = f'IF({tier}="","–",{tier})&IFERROR({way},"")'
    return f'=IF(OR({graded}="",{tier}={graded}),"",{graded}&" → "&{moved})'


def criterion(cell: str) -> str:
    """A tier's name as a criterion: signs that stand for any letter stand for themselves."""
    return f'"="&{plain(cell)}'


def plain(cell: str) -> str:
    """A text to look for as it is."""
    for char in "~*?":
        cell = f'SUBSTITUTE({cell},"{char}","~{char}")'
    return cell


def _place(cell: str, words: Wording) -> str:
    return f"MATCH({plain(cell)},{column(WHAT_IF, words(f'header.{WHAT_IF}.tier'))},0)"
