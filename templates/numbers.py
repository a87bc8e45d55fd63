"""The table FenjiNumbers: what the customers' formulas take from the model, found once for all."""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.worksheet import Worksheet

from templates.book import Book, Column
from templates.formulas import NumberFormulas, ScoreFormulas
from templates.grades import NUMBERS
from templates.looks import COUNT, QUIET

# Far from the model: nobody needs to look at it.
FIRST_COLUMN = 26
WIDTHS = {"item": 20.0, "measure": 26.0, "number": 8.0, "line": 8.0, "value": 14.0}


def live_items(book: Book, *, numbers: bool = False) -> list[str]:
    """The items of the model's lines that grade; with ``numbers`` without those of words."""
    keys = ScoreFormulas(words=book.words, shape=book.shape).keys()
    words = book.shape.grades.words if numbers and book.shape.grades else ()
    return list(dict.fromkeys(key.item for key in keys if key.item not in words))


def draw_numbers(book: Book, sheet: Worksheet, header_row: int) -> None:
    """Draw the table beside the model, its header in the same row."""
    keys = ScoreFormulas(words=book.words, shape=book.shape).keys()
    grades = book.shape.grades
    formulas = NumberFormulas(words=book.words, texts=grades.words if grades else ()).by_key()
    known: dict[str, Sequence[str | float | None]] = {
        "item": [key.item for key in keys],
        "measure": [key.measure or None for key in keys],
        "number": [key.number for key in keys],
    }
    quiet: dict[str, object] = {"font_color": QUIET, "font_size": 9}
    shapes: dict[str, dict[str, object]] = {
        "number": {"num_format": COUNT},
        "line": {"num_format": COUNT},
        "value": {"num_format": "0.######"},
    }
    columns = [
        Column(
            header=header,
            width=WIDTHS[key],
            wishes=quiet | shapes.get(key, {}),
            align="center" if key in ("number", "line") else "left",
            values=known.get(key, ()),
            formula=formulas.get(key),
        )
        for key, header in book.words.section(f"header.{NUMBERS}").items()
    ]
    note = book.words("template.model.numbers")
    sheet.write_string(header_row - 1, FIRST_COLUMN, note, book.looks.note())
    book.table(
        NUMBERS, sheet, at=(header_row, FIRST_COLUMN), columns=columns, rows=max(1, len(keys))
    )
