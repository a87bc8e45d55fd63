"""The words of a language as Excel's users need them: none names an option of the command line."""

from __future__ import annotations

from functools import cache
from typing import Any

from addin.words import Words, words

_REPLACED = ("error", "note", "moves", "moves_note")


@cache
def words_in_excel(lang: str) -> Words:
    """The words of ``lang``, with what stands under ``excel`` for the buttons in its place."""
    plain = words(lang)
    own: dict[str, dict[str, str]] = {
        "error": plain.section("excel.error")
        | {"measure_absent_derived": plain("excel.absent_derived")},
        "note": plain.section("excel.note"),
        "moves": {"said_sheet": plain("excel.moves.said_sheet")},
        "moves_note": plain.section("excel.moves_note"),
    }
    return _Replaced(plain, {key: plain.section(key) | own[key] for key in _REPLACED})


class _Replaced(Words):
    """Words with some of their sections replaced."""

    def __init__(self, plain: Words, sections: dict[str, dict[str, str]]) -> None:
        super().__init__(plain.lang, sections)
        self._plain = plain

    def _find(self, key: str) -> Any:
        replaced = key.split(".", maxsplit=1)[0] in _REPLACED
        return super()._find(key) if replaced else self._plain._find(key)
