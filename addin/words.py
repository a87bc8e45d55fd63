"""The two language files, and the only way to get a word out of them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

LANGUAGES = ("en", "zh")


class Words:
    """The wording of one language.

    ``words("sheet.customers")`` gives the text at that key of the language file;
    keyword arguments fill its ``{placeholders}``. ``section`` gives a whole table of texts.
    """

    def __init__(self, lang: str, texts: Mapping[str, Any]) -> None:
        self.lang = lang
        self._texts = texts

    def __call__(self, key: str, /, **params: object) -> str:
        text = self._find(key)
        if not isinstance(text, str):
            raise KeyError(key)
        return text.format(**params) if params else text

    def section(self, key: str) -> dict[str, str]:
        found = self._find(key)
        if not isinstance(found, dict):
            raise KeyError(key)
        return found

    def has(self, key: str) -> bool:
        try:
            self._find(key)
        except KeyError:
            return False
        return True

    def _find(self, key: str) -> Any:
        node: Any = self._texts
        for part in key.split("."):
            node = node[part]
        return node


@cache
def words(lang: str) -> Words:
    """The words of ``lang`` (``"en"`` or ``"zh"``)."""
    text = resources.files("addin").joinpath(f"lang/{lang}.toml").read_text(encoding="utf-8")
    return Words(lang, tomllib.loads(text))
