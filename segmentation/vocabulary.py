"""How people call things in their files: header names by role, status and total words."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

ORDER_ROLES = (
    "customer",
    "name",
    "order",
    "date",
    "amount",
    "quantity",
    "price",
    "category",
    "status",
    "refund",
)
CUSTOMER_ROLES = ("recency", "last_date", "first_date", "frequency", "monetary")
NAME_PARTS = ("given_name", "family_name")
CURRENCY = "currency"
ROLES = ORDER_ROLES + CUSTOMER_ROLES

_BRACKETS = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|【([^【】]*)】")
_NOT_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """``ranks[name] -> {role: rank}``: how well a header name fits each role, 0 being best."""

    ranks: dict[str, dict[str, int]]
    aliases: dict[str, str]
    units: dict[str, float]
    words: dict[str, frozenset[str]]
    marks: dict[str, list[str]]
    patterns: dict[str, str]
    multipliers: dict[str, float]
    currencies: dict[str, str]
    sensitive: dict[str, list[str]]
    derived: dict[str, dict[str, list[str]]]


def plain(text: str) -> str:
    """A header or status without case, width, blanks and punctuation, for comparing."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_simplified())
    return _NOT_WORD.sub("", folded)


def without_units(text: str) -> tuple[str, list[str]]:
    """``"金额(万元)"`` → ``("金额", ["万元"])``."""
    text = unicodedata.normalize("NFKC", text)
    units = [next(filter(None, groups), "") for groups in _BRACKETS.findall(text)]
    bare = _BRACKETS.sub(" ", text)
    return (bare if plain(bare) else text), [u.strip() for u in units]


@cache
def _raw() -> dict[str, Any]:
    text = resources.files("segmentation").joinpath("vocabulary.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _simplified() -> dict[int, int]:
    table = _raw()["characters"]
    return str.maketrans(table["traditional"], table["simplified"])


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary that ships with the core (``vocabulary.toml``)."""
    raw = _raw()
    ranks: dict[str, dict[str, int]] = {}
    for role, entry in raw["roles"].items():
        for rank, names in enumerate(entry["names"]):
            for name in names:
                ranks.setdefault(plain(name), {}).setdefault(role, rank)
    aliases = {plain(role): role for role in ROLES}
    for role, names in raw["aliases"].items():
        for name in names:
            aliases.setdefault(plain(name), role)
    return Vocabulary(
        ranks=ranks,
        aliases=aliases,
        units={plain(k): float(v) for k, v in raw["units"].items()},
        words={k: frozenset(plain(w) for w in v) for k, v in raw["words"].items()},
        marks=raw["marks"],
        patterns=raw["patterns"],
        currencies={s.casefold(): c for c, signs in raw["currencies"].items() for s in signs},
        sensitive=raw["sensitive"],
        derived=raw["derived"],
        multipliers={k: float(v) for k, v in raw["multipliers"].items()},
    )
