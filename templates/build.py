"""Write the empty template workbook of a scheme."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from xlsxwriter import Workbook

from templates import (
    actions,
    budget,
    card,
    customers,
    dashboard,
    data_check,
    lifetime,
    model,
    moves,
    orders,
    protection,
    settings,
    start,
    strategy,
)
from templates.book import SHEETS, Book
from templates.looks import DARK, MIDDLE
from templates.shape import Shape, Wording

# Not the time of building: equal templates are equal files.
CREATED = datetime(2025, 1, 1, tzinfo=UTC)
# What people work with; behind it stands what explains it.
FRONT = SHEETS[: SHEETS.index("model")]
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def build(path: Path, *, words: Wording, shape: Shape, only: Collection[str] = SHEETS) -> None:
    """Write the template to ``path`` (.xlsx). Equal arguments give equal bytes.

    ``only`` names the sheets to draw; Data check and Moves need none of the others.

    Raises OSError where ``path`` can't be written; nothing is written before all is drawn.
    """
    path.write_bytes(draw(words=words, shape=shape, only=only))


def draw(*, words: Wording, shape: Shape, only: Collection[str] = SHEETS) -> bytes:
    """The template as the bytes of an .xlsx file."""
    stream = BytesIO()
    workbook = Workbook(stream, OPTIONS)
    workbook.set_properties(
        {
            "title": shape.title,
            "subject": words("template.document.subject"),
            "author": words("template.document.author"),
            "created": CREATED,
        }
    )
    book = Book(workbook, words=words, shape=shape, only=only)
    for sheet in (
        orders,
        customers,
        card,
        strategy,
        actions,
        budget,
        dashboard,
        lifetime,
        moves,
        model,
        data_check,
        settings,
        start,
    ):
        if sheet.__name__.rpartition(".")[2] in book.sheets:
            sheet.draw(book)
    for key, worksheet in book.sheets.items():
        worksheet.set_tab_color(DARK if key in FRONT else MIDDLE)
    protection.protect(book)
    workbook.close()
    return stream.getvalue()
