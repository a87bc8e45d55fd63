"""The workbook around the add-in's code: what it is, and the hidden sheet of words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import xlsxwriter

from addin.words import LANGUAGES, words
from addin.xlam.texts import Text
from addin.xlam.upstream import VERSION

# No clock: two builds are the same.
MADE = dt.datetime(2026, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)
WORDS_SHEET = "words"
FRONT_SHEET = "Fenji"


def write_workbook(path: Path, texts: Iterable[Text]) -> None:
    """A workbook without code; nobody sees it as long as it is an add-in."""
    with xlsxwriter.Workbook(path, {"strings_to_urls": False}) as book:
        book.calc_on_load = False
        book.set_properties({"title": FRONT_SHEET, "author": FRONT_SHEET, "created": MADE})
        front = book.add_worksheet(FRONT_SHEET)
        lines = [
            line
            for text in map(words, LANGUAGES)
            for line in (text("vba.about"), text("vba.licence", version=VERSION))
        ]
        for row, line in enumerate(lines):
            front.write_string(row, 0, line)
        sheet = book.add_worksheet(WORDS_SHEET)
        for row, text in enumerate(texts):
            for column, value in enumerate(text):
                sheet.write_string(row, column, value)
        sheet.hide()
