"""Settings as cells show them, and what somebody wrote into such a cell as a setting again."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from addin.scheme_data import Data
from addin.setting_leaves import Leaf
from addin.words import LANGUAGES, Words, words
from segmentation.scheme import DERIVED, MEASURES

JOIN = "; "
_SPLIT = re.compile(r"[;\uff1b\n]")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_YES_NO = {True: "yes", False: "no"}
_PLAIN_MEASURES = {"frequency": "frequency_orders", "monetary": "monetary_sum"}


class WrongError(Exception):
    """A cell says something that its setting can't be."""


def shown(leaf: Leaf, value: Any, data: Data, text: Words) -> str | float | None:
    """A value as its cell shows it; None for a blank cell."""
    if value is None or value in ("", []):
        return None
    if isinstance(value, bool):
        return text(f"choice.flag.{_YES_NO[value]}")
    if isinstance(value, Mapping):
        return JOIN.join(f"{name} = {each:g}" for name, each in value.items())
    if isinstance(value, list):
        return JOIN.join(_item(leaf, each, data, text) for each in value)
    if isinstance(value, int | float):
        return int(value) if value == int(value) else value
    return code_word(leaf, str(value), data, text) if leaf.kind.choices else str(value)


def _item(leaf: Leaf, value: Any, data: Data, text: Words) -> str:
    if isinstance(value, str):
        return code_word(leaf, value, data, text)
    return f"{int(value) if value == int(value) else value}"


def choices(leaf: Leaf, data: Data, text: Words) -> tuple[str, ...]:
    """What can be picked from, in words."""
    if leaf.kind.name == "flag":
        return tuple(text(f"choice.flag.{each}") for each in _YES_NO.values())
    if leaf.kind.name != "choice":
        return ()
    return tuple(code_word(leaf, code, data, text) for code in leaf.kind.choices)


def code_word(leaf: Leaf, code: str, data: Data, text: Words) -> str:
    """What a code of a scheme file is called; the code itself where it has no name."""
    name = next((str(p) for p in reversed(leaf.path) if isinstance(p, str)), "")
    for key in (f"choice.{leaf.table}_{name}.{code}", f"choice.{name}.{code}"):
        if text.has(key):
            return text(key)
    if name in ("grid", "table", "words"):
        return code
    return measure_word(code, data, text)


def measure_word(code: str, data: Data, text: Words) -> str:
    """What a measure, or a column of the user's own, is called."""
    column = data.get("columns", {}).get(code)
    if column:
        return one_word(column.get("name", code), text.lang)
    key = f"measure_name.{_PLAIN_MEASURES.get(code, code)}"
    return text(key) if code in (*MEASURES, *DERIVED) else code


def one_word(named: Any, lang: str) -> str:
    """A name that is one text, or one for each language."""
    if isinstance(named, Mapping):
        return str(named.get(lang, next(iter(named.values()), "")))
    return str(named)


def read(leaf: Leaf, cell: str | None, data: Data) -> Any:  # noqa: PLR0911 one line a kind
    """What a cell's text says; None for a blank one. Raises WrongError.

    Words are known in every language, and so are the codes of scheme files.
    """
    text = _plain(cell or "")
    kind = leaf.kind
    if not text:
        return None
    if kind.name == "flag":
        return _flag(text)
    if kind.name == "choice":
        if (code := _code(leaf, text, kind.choices, data)) is not None:
            return code
        if not kind.free:
            raise WrongError
    if kind.name == "text":
        return (cell or "").strip()
    if kind.name in ("numbers", "texts"):
        parts = _parts(cell or "")
        if kind.name == "numbers":
            return [_number(part) for part in parts]
        # Some lists hold names and numbers: whatever the scheme has there already says it.
        return [_known(leaf, part, data) for part in parts]
    if kind.name == "pairs":
        return dict(map(_pair, _parts(cell or "")))
    return _number(cell or "")


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in _SPLIT.split(cell) if part.strip()]


def _pair(part: str) -> tuple[str, float]:
    name, sign, number = part.replace("\uff1d", "=").rpartition("=")
    if not sign or not name.strip():
        raise WrongError
    return name.strip(), _number(number)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split()).casefold()


def _flag(text: str) -> bool:
    for value, name in _YES_NO.items():
        said = {_plain(words(lang)(f"choice.flag.{name}")) for lang in LANGUAGES}
        if text in said | {str(value).casefold(), str(int(value))}:
            return value
    raise WrongError


def _code(leaf: Leaf, text: str, codes: Iterable[str], data: Data) -> str | None:
    for code in codes:
        named = {_plain(code_word(leaf, code, data, words(lang))) for lang in LANGUAGES}
        if text in named | {_plain(code)}:
            return code
    return None


def _known(leaf: Leaf, part: str, data: Data) -> Any:
    """A name in a list: what is called so among what can stand there."""
    name = next((str(p) for p in reversed(leaf.path) if isinstance(p, str)), "")
    codes = [str(each) for each in leaf.value or ()] + list(leaf.kind.choices)
    if words("en").has(f"choice.{name}"):
        codes += words("en").section(f"choice.{name}")
    found = _code(leaf, _plain(part), dict.fromkeys(codes), data)
    return part if found is None else found


def _number(cell: str) -> float:
    text = _plain(cell).replace(" ", "")
    percent = text.endswith("%")
    text = text.removesuffix("%")
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    try:
        number = float(text) / (100 if percent else 1)
    except ValueError:
        raise WrongError from None
    if not math.isfinite(number):
        raise WrongError
    return int(number) if number == int(number) else round(number, 12) if percent else number
