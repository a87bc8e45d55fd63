"""The words of a language as Excel's users need them."""

from __future__ import annotations

from addin.button_words import button_words
from addin.words import Words


def words_in_excel(lang: str) -> Words:
    """The words of ``lang`` for the buttons in Excel."""
    return button_words(lang)
