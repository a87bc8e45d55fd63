"""How a customer moved between two gradings, and what to do with a tier."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from addin.functions.define import Failure, failure, function
from addin.functions.lists import is_nothing, items, labels_in, one, text_of
from addin.functions.schemes import DEFAULT, Places, folded, meant, outlines, places
from addin.functions.values import columns_aligned, error_in, named, shaped
from addin.words import Words
from segmentation.ladder import steps

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@function(before="text", now="text", tiers="label")
def tier_move(words: Words, before: Any, now: Any, tiers: Any = None) -> Any:
    """Tiers climbed or fallen; new or gone where one of the two is blank."""
    own = places([[name] for name in labels_in("tiers", tiers)]) if items(tiers) else None
    flat, shape = columns_aligned([before, now])
    pairs = list(zip(*flat, strict=True))
    if own is None:
        orders = _most_fitting({folded(text_of(c)) for c in _tiers(words, pairs)})
    else:
        orders = (own,)
    return shaped(_each(words, pairs, lambda old, new: _move(words, old, new, orders)), shape)


def _tiers(words: Words, pairs: Iterable[tuple[Any, ...]]) -> set[Any]:
    """Every different cell that names a tier."""
    return {c for p in pairs for c in p if not is_nothing(c) and error_in(words, c) is None}


def _each(words: Words, rows: Iterable[tuple[Any, ...]], answer: Callable[..., Any]) -> list[Any]:
    """The answer for the texts of each row (None where blank), asked once for equal rows."""
    told: dict[tuple[Any, ...], Any] = {}
    for row in (rows := list(rows)):
        if row not in told:
            failed = next((f for cell in row if (f := error_in(words, cell)) is not None), None)
            texts = [None if is_nothing(cell) else text_of(cell) for cell in row]
            told[row] = answer(*texts) if failed is None else failed
    return [told[row] for row in rows]


@cache
def _known_orders() -> tuple[Places, ...]:
    """Letters, then the tiers of the shipped schemes."""
    return (_letters(), *(outline.places for outline in outlines().values()))


def _most_fitting(tiers: set[str]) -> tuple[Places, ...]:
    """The orders of just these tiers, else those that have all of them, else every one known."""
    if tiers <= _letters().keys():
        return (_letters(),)
    known = _known_orders()
    fitting = tuple(order for order in known if tiers <= order.keys())
    whole = tuple(o for o in fitting if {o[tier] for tier in tiers} == set(o.values()))
    return whole or fitting or known


@cache
def _letters() -> Places:
    return places([*_LETTERS])


def _move(
    words: Words, old: str | None, new: str | None, orders: Iterable[Places]
) -> str | Failure | None:
    if old is None or new is None:
        key = "new" if old is None else "gone"
        return None if old == new else words(f"move.{key}")
    was, now = folded(old), folded(new)
    if was == now:
        return words("move.same")
    found = {steps(order[was], order[now]) for order in orders if {was, now} <= order.keys()}
    if len(found) != 1:
        code = "tiers_differ" if found else "tier_order"
        return failure(words(f"function_error.{code}", before=named(old), now=named(new)), "#N/A")
    climbed = found.pop()
    if not climbed:
        return words("move.same")
    return words("function_move.up" if climbed > 0 else "function_move.down", n=abs(climbed))


@function(tier="text", industry="choice")
def tier_strategy(words: Words, tier: Any, industry: Any = None) -> Any:
    """What a shipped scheme says to do with a tier, a line each."""
    asked = one("industry", industry)
    scheme = meant(DEFAULT if asked is None else text_of(asked), words)
    order = places([[t.key, *t.name.values()] for t in scheme.tiers])
    there = words("cli.list").join(t.name.get(words.lang) or t.key for t in scheme.tiers)

    def answer(name: str | None) -> str | Failure | None:
        if name is None:
            return None
        number = order.get(folded(name))
        if number is None:
            said = {"value": named(name), "scheme": scheme.name[words.lang], "tiers": there}
            return failure(words("function_error.no_tier", **said), "#N/A")
        return "\n".join(scheme.tiers[number].strategy.get(words.lang, ()))

    flat, shape = columns_aligned([tier])
    return shaped(_each(words, [(cell,) for cell in flat[0]], answer), shape)
