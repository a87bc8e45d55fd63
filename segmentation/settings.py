"""Settings: frozen dataclasses whose fields say what a scheme file may put there.

``settings`` makes a class one; the types below carry the rules. pydantic checks scheme files
against them and publishes them as a schema; made in Python, they are plain dataclasses.
A type may take more forms than it gives: one text stands for both languages.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, cast, dataclass_transform

from annotated_types import Ge, Gt, Le, MinLen
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Strict, WithJsonSchema
from pydantic_core import PydanticCustomError

LANGUAGES = ("zh", "en")
# What every grading has of every customer.
MEASURES = ("recency", "frequency", "monetary")
LARGEST = 1e300
Class = TypeVar("Class", bound=type)
_LISTS = 'zh = ["…"], en = ["…"]'


@dataclass_transform(kw_only_default=True, frozen_default=True)
def settings(cls: Class) -> Class:
    """A frozen, keyword-only dataclass that takes no keys it does not know."""
    made: Any = dataclass(frozen=True, kw_only=True)(cls)
    made.__pydantic_config__ = ConfigDict(extra="forbid")
    return cast("Class", made)


def refused(code: str, **params: Any) -> PydanticCustomError:
    """What a validator raises: the code of a sentence of the language files, and what fills it."""
    return PydanticCustomError(code, "{code}", {"code": code, **params})


def _per_language(value: Mapping[str, Any], **told: str) -> dict[str, Any]:
    """A language that is left out gets the other's."""
    if not value or any(k not in LANGUAGES for k in value):
        raise refused("bad_text", **told)
    fallback = next(iter(value.values()))
    return {lang: value.get(lang, fallback) for lang in LANGUAGES}


def _words(value: Any) -> Any:
    """One text for both languages, or one each."""
    if isinstance(value, str):
        return dict.fromkeys(LANGUAGES, value)
    if isinstance(value, Mapping) and all(isinstance(v, str) for v in value.values()):
        return _per_language(value)
    raise refused("bad_text")


def _lists(value: Any) -> Any:
    """One text or a list of them for both languages, or one each."""
    if not isinstance(value, Mapping):
        value = dict.fromkeys(LANGUAGES, value)
    listed = {k: [v] if isinstance(v, str) else v for k, v in value.items()}
    for items in listed.values():
        if not isinstance(items, list) or not all(isinstance(i, str) for i in items):
            raise refused("bad_text", form=_LISTS)
    return {lang: tuple(items) for lang, items in _per_language(listed, form=_LISTS).items()}


def _named(value: Mapping[str, str]) -> Mapping[str, str]:
    if not all(text.strip() for text in value.values()):
        raise refused("bad_text")
    return value


def _ascending(values: tuple[float, ...]) -> tuple[float, ...]:
    if any(b <= a for a, b in itertools.pairwise(values)):
        raise refused("not_ascending", value=", ".join(f"{v:g}" for v in values))
    return values


def _schema_per_language(*forms: dict[str, Any]) -> WithJsonSchema:
    """One of the forms, or one of them for each language."""
    each = forms[0] if len(forms) == 1 else {"anyOf": list(forms)}
    own = {
        "type": "object",
        "properties": dict.fromkeys(LANGUAGES, each),
        "additionalProperties": False,
        "minProperties": 1,
    }
    return WithJsonSchema({"anyOf": [*forms, own]})


_ONE: dict[str, Any] = {"type": "string"}
_MANY: dict[str, Any] = {"type": "array", "items": _ONE}

Text = Annotated[Mapping[str, str], BeforeValidator(_words), _schema_per_language(_ONE)]
Name = Annotated[Text, AfterValidator(_named)]
Texts = Annotated[
    Mapping[str, tuple[str, ...]], BeforeValidator(_lists), _schema_per_language(_ONE, _MANY)
]
Key = Annotated[str, MinLen(1)]
Number = Annotated[float, Strict(), Ge(-LARGEST), Le(LARGEST)]
Weight = Annotated[Number, Ge(0)]
Positive = Annotated[Number, Gt(0)]
Share = Annotated[Number, Ge(0), Le(1)]
Whole = Annotated[int, Strict()]
Count = Annotated[Whole, Ge(1)]
Flag = Annotated[bool, Strict()]
Ascending = Annotated[tuple[Number, ...], MinLen(1), AfterValidator(_ascending)]
