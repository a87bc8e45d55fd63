"""Which sheets a stray key must not break: protected, but never with a password.

What people may change there is unlocked by whoever draws it (``locked=False``).
"""

from __future__ import annotations

from templates.book import Book

# Not those that people paste into, sort, widen or write on: Customers, Strategy, Actions, Orders.
PROTECTED = ("start", "card", "budget", "dashboard", "model", "settings")
# Looks and filters are anybody's, and so are charts, pictures and comments of one's own.
ALLOWED = {
    "format_cells": True,
    "format_columns": True,
    "format_rows": True,
    "autofilter": True,
    "sort": True,
    "objects": True,
    "scenarios": True,
}


def protect(book: Book) -> None:
    """Protect the sheets of the book that are to be; without a password."""
    for key in PROTECTED:
        if key in book.sheets:
            book.sheets[key].protect("", ALLOWED)
