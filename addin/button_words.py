"""The words of a language for people at a button: none names an option of the command line."""

from __future__ import annotations

from functools import cache
from typing import Any

from addin.words import Words, words

_REPLACED = ("error", "note", "moves", "moves_note")


@cache
def button_words(lang: str, host: str = "excel") -> Words:
    """The words of ``lang``, with what stands under ``excel`` for the buttons in its place.

    What names Excel's own menus stands for Calc once more, under ``calc``.
    """
    plain = words(lang)
    own: dict[str, dict[str, str]] = {
        "error": plain.section("excel.error")
        | {"measure_absent_derived": plain("excel.absent_derived")},
        "note": plain.section("excel.note"),
        "moves": {"said_sheet": plain("excel.moves.said_sheet")},
        "moves_note": plain.section("excel.moves_note"),
    }
    if host == "calc":
        own["error"] |= plain.section("calc.error")
    return ReplacedWords(plain, {key: plain.section(key) | own[key] for key in _REPLACED})


class ReplacedWords(Words):
    """Words with some of their sections replaced."""

    def __init__(self, plain: Words, sections: dict[str, dict[str, str]]) -> None:
        super().__init__(plain.lang, sections)
        self._plain = plain

    def _find(self, key: str) -> Any:
        replaced = key.split(".", maxsplit=1)[0] in self._texts
        return super()._find(key) if replaced else self._plain._find(key)
