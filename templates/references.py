"""References to cells and columns of named tables, as the formulas in a file write them.

All are structured, in the form that files hold (double brackets, ``[#This Row]``).
"""

from __future__ import annotations

CUSTOMERS = "FenjiCustomers"
MODEL = "FenjiModel"


def column(table: str, header: str) -> str:
    """All data cells of a table's column."""
    return f"{table}[[{_escaped(header)}]]"


def this_row(table: str, header: str) -> str:
    """The cell of a table's column in the formula's own row."""
    return f"{table}[[#This Row],[{_escaped(header)}]]"


def header_cell(table: str, header: str) -> str:
    """The header cell of a table's column."""
    return f"{table}[[#Headers],[{_escaped(header)}]]"


def literal(text: str) -> str:
    """``text`` as a formula writes it."""
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def _escaped(header: str) -> str:
    return "".join(f"'{char}" if char in "[]#'" else char for char in header)
