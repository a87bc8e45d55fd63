"""Shipped schemes as functions need them: by name or title, with their tiers' names."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from addin.functions.define import CallError
from addin.words import Words
from segmentation import ladder

if TYPE_CHECKING:
    from segmentation.scheme import Scheme, Tier

DEFAULT = "general"
Places = dict[str, int]


@dataclass(frozen=True, kw_only=True)
class Outline:
    """A shipped scheme's title by language, and the place of each tier (0 best) by its names."""

    title: dict[str, str]
    places: Places


@lru_cache(maxsize=64)
def shipped(name: str) -> Scheme:
    """A shipped industry or method by the name of its file."""
    from segmentation.scheme_file import preset  # noqa: PLC0415  (late: it takes a while)

    return preset(name)


@cache
def outlines() -> dict[str, Outline]:
    """Every shipped scheme: the general one first, the other industries, then the methods."""
    from segmentation.method import METHODS  # noqa: PLC0415  (late: as above)
    from segmentation.scheme_file import preset_text, presets  # noqa: PLC0415

    # Read without its settings, which takes a tenth of the time.
    raw = {n: tomllib.loads(preset_text(n)) for n in (DEFAULT, *presets(), *METHODS)}
    return {
        name: Outline(
            title=scheme["name"],
            places=places([[t["key"], *t.get("name", {}).values()] for t in scheme["tiers"]]),
        )
        for name, scheme in raw.items()
    }


def places(tiers: Sequence[Sequence[str]]) -> Places:
    """The place of each tier by all its names, folded; the first that has a name keeps it."""
    found: Places = {}
    for number, own in enumerate(tiers):
        for name in own:
            found.setdefault(folded(name), number)
    return found


def folded(name: str) -> str:
    """A name without what does not tell tiers apart: width, case, blanks around it."""
    return ladder.plain(name)


def meant(text: str, words: Words) -> Scheme:
    """The scheme of this name or title, or of the one title that begins so, in any language.

    Raises CallError ``unknown_industry``.
    """
    asked, known = folded(text), outlines()
    if asked in known:
        return shipped(asked)
    titles = [(folded(t), name) for name, o in known.items() for t in o.title.values()]
    found = [name for title, name in titles if title == asked]
    begun = dict.fromkeys(name for title, name in titles if title.startswith(asked))
    if not found and len(begun) == 1:
        found = list(begun)
    if not found:
        from segmentation.scheme_file import presets  # noqa: PLC0415

        there = words("cli.list").join(known[name].title[words.lang] for name in presets())
        raise CallError("unknown_industry", value=text, names=there)
    return shipped(found[0])


def shown(tiers: Sequence[Tier], lang: str) -> list[str]:
    """What tiers are called."""
    return [tier.name.get(lang) or tier.key for tier in tiers]


@cache
def plain(name: str) -> tuple[dict[str, Any], ...]:
    """The tiers of a shipped scheme as methods take them."""
    return tuple(dataclasses.asdict(tier) for tier in shipped(name).tiers)


@cache
def tier_names(name: str, lang: str) -> tuple[str, ...]:
    """What the tiers of a shipped scheme are called, best first."""
    return tuple(shown(shipped(name).tiers, lang))
