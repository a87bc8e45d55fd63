"""The hidden sheet ``words``: everything that the add-in's VBA and ribbon say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from addin.functions.define import Function
from addin.words import Words, words
from addin.xlam.wrappers import LONGEST_HELP
from segmentation.scheme_file import preset, presets

# The tables of the language files that go in as they stand.
TABLES = ("vba", "ribbon")


class Text(NamedTuple):
    """One row: a key and what it says in both languages."""

    key: str
    en: str
    zh: str


def texts(functions: Mapping[str, Function]) -> list[Text]:
    """All rows, in a fixed order. Raises KeyError where a language lacks one."""
    en, zh = words("en"), words("zh")
    rows = [
        Text(key, en(key), zh(key)) for table in TABLES for key in _keys(en.section(table), table)
    ]
    rows += [Text(f"industry.{name}", *_names(name)) for name in presets()]
    for function in functions.values():
        rows += _help(function, en, zh)
    return rows


def _keys(table: Mapping[str, Any], at: str) -> Iterator[str]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _keys(value, f"{at}.{key}")
        else:
            yield f"{at}.{key}"


def _names(industry: str) -> tuple[str, str]:
    name = preset(industry).name
    return name["en"], name["zh"]


def _help(function: Function, en: Words, zh: Words) -> Iterator[Text]:
    arguments = [a.name for a in function.arguments]
    listed = ",".join(arguments)
    yield Text(f"arguments.{function.name}", listed, listed)
    at = f"function.{function.name}"
    yield _short(Text(f"{at}.help", function.help(en), function.help(zh)))
    for name in arguments:
        helps = (function.argument_help(name, text) for text in (en, zh))
        yield _short(Text(f"{at}.{name}", *helps))


def _short(text: Text) -> Text:
    if max(len(text.en), len(text.zh)) > LONGEST_HELP:
        raise ValueError(f"{text.key} is longer than Excel's {LONGEST_HELP} characters")
    return text
