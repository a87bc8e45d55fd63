"""Tiers of two gradings side by side: which are the same, and how far apart two of them are."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Rung:
    """A tier by its key and by its names, by language."""

    key: str
    names: Mapping[str, str] = field(default_factory=dict)

    def called(self, lang: str) -> str:
        """What it is shown as in one language."""
        return self.names.get(lang) or self.key


def steps(before_no: int, now_no: int) -> int:
    """How many tiers a customer rose (below 0: fell) on one ladder, where 0 is the best tier."""
    return before_no - now_no


def matched(before: Sequence[Rung], now: Sequence[Rung]) -> dict[int, int]:
    """The tiers of ``now`` that are those of ``before``, by number: by key first, then by name."""
    found: dict[int, int] = {}
    for alike in (_same_key, _same_name):
        for i, one in enumerate(before):
            free = (j for j in range(len(now)) if j not in found.values())
            if (
                i not in found
                and (j := next((j for j in free if alike(one, now[j])), None)) is not None
            ):
                found[i] = j
    return found


def _same_key(one: Rung, other: Rung) -> bool:
    return plain(one.key) == plain(other.key)


def _same_name(one: Rung, other: Rung) -> bool:
    return bool(tokens(one) & tokens(other))


def tokens(rung: Rung) -> set[str]:
    """Everything that a tier may be called in a file, as it is compared."""
    return {plain(text) for text in (rung.key, *rung.names.values())}


def plain(text: str) -> str:
    """Text without what does not tell one tier from another: width, case, blanks around it."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def between(
    before: Sequence[Rung], now: Sequence[Rung], *, ordered: tuple[bool, bool] = (True, True)
) -> list[list[int | None]]:
    """The steps from each tier of ``before`` (rows) to each of ``now`` (columns).

    The ladder of ``now`` counts where it holds both tiers, else that of ``before``. None where
    neither does, or where the two contradict each other. ``ordered`` says of each whether its
    order is known; the tier that stays the same needs none.
    """
    forth = matched(before, now)
    back = {j: i for i, j in forth.items()}
    return [
        [
            0
            if forth.get(i) == j
            else _agreed(
                steps(forth[i], j) if ordered[1] and i in forth else None,
                steps(i, back[j]) if ordered[0] and j in back else None,
            )
            for j in range(len(now))
        ]
        for i in range(len(before))
    ]


def _agreed(by_now: int | None, by_before: int | None) -> int | None:
    if by_now is None or by_before is None:
        return by_before if by_now is None else by_now
    return by_now if (by_now > 0) == (by_before > 0) else None
