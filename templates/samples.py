"""Sample rows of the template workbooks: a few invented customers of each industry.

Each kind of customer is there (``KINDS``), so that every tier, segment and stage shows somebody.
The same rows every time.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from templates.inputs import SAMPLE_START, Cell
from templates.sample_orders import END, Dice

SEED = 20260720
_ORDER = {"en": "S-{:04d}", "zh": "示例单{:04d}"}
# Rounded to, by the usual amount of an order.
_STEPS = ((10_000, 100.0), (1_000, 10.0), (0, 0.5))
GENERAL = "general"
# Who stays away.
AWAY = ("risk", "dormant", "lost")
# From so many orders on the customers of a kind do not all have as many.
VARIED = 4


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of customer: how many there are and how they buy.

    ``gap`` days lie between two of their ``orders``, the last one was ``since`` days before the
    end; an order comes to ``share`` of the usual amount.
    """

    key: str
    customers: int
    orders: int
    gap: float
    since: int
    share: float


KINDS = (
    Kind(key="champion", customers=3, orders=9, gap=24, since=3, share=1.8),
    Kind(key="loyal", customers=4, orders=6, gap=40, since=16, share=1.1),
    Kind(key="big", customers=2, orders=2, gap=70, since=11, share=4.0),
    Kind(key="risk", customers=3, orders=6, gap=28, since=112, share=1.6),
    Kind(key="regular", customers=4, orders=4, gap=52, since=38, share=0.6),
    Kind(key="new", customers=3, orders=1, gap=0, since=6, share=0.7),
    Kind(key="dormant", customers=2, orders=2, gap=55, since=140, share=0.5),
    Kind(key="lost", customers=3, orders=2, gap=45, since=285, share=0.45),
)


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Rows by key of their column: ``customer name date order amount`` (and ``category``) of
    orders; ``customer name`` and the scheme's own columns of customers."""

    orders: Sequence[Mapping[str, Cell]]
    customers: Sequence[Mapping[str, Cell]]


@cache
def _specs() -> dict[str, Any]:
    file = resources.files("templates").joinpath("sample", "presets.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))


def sample(preset: str, lang: str) -> Sample:
    """The sample of a preset in ``lang``; of one that is unknown that of the general preset."""
    specs = _specs()
    spec = specs["presets"].get(preset, specs["presets"][GENERAL])
    people = specs["people"][spec["people"]][lang]
    dice = Dice(SEED)
    orders: list[dict[str, Cell]] = []
    customers: list[dict[str, Cell]] = []
    for kind, place, number in _everybody():
        who: dict[str, Cell] = {
            "customer": f"{SAMPLE_START[lang]}{number + 1:03d}",
            "name": people[number],
        }
        own = {key: _own(values, kind, place, lang) for key, values in _attributes(spec)}
        customers.append(who | own)
        orders += [who | order for order in _orders(KINDS[kind], place, spec, lang, dice)]
    # By day, as an export stands; the customers' order stays where days are equal.
    ranked = sorted(orders, key=lambda row: str(row["date"]))
    numbered = [
        row | {"order": _ORDER[lang].format(number)} for number, row in enumerate(ranked, start=1)
    ]
    customers.sort(key=lambda row: str(row["customer"]))
    return Sample(orders=numbered, customers=customers)


def _everybody() -> Iterator[tuple[int, int, int]]:
    """The kind of each customer, the place among those of the kind, and the number of all.

    Names stand the kinds' way round; their numbers do not, so that the best are not the first.
    """
    total = sum(kind.customers for kind in KINDS)
    number = 0
    for index, kind in enumerate(KINDS):
        for place in range(kind.customers):
            yield index, place, number * 7 % total
            number += 1


def _attributes(spec: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return list(spec.get("attributes", {}).items())


def _own(values: Any, kind: int, place: int, lang: str) -> Cell:
    listed = values[lang] if isinstance(values, dict) else values
    some: Sequence[Cell] = listed[kind]
    return some[place % len(some)]


def _orders(
    kind: Kind, place: int, spec: Mapping[str, Any], lang: str, dice: Dice
) -> Iterator[dict[str, Cell]]:
    count = spec.get("orders", {}).get(kind.key, kind.orders)
    if count >= VARIED:
        count += place % 3 - 1
    step = next(size for least, size in _STEPS if spec["ticket"] >= least)
    categories = spec.get("categories", {}).get(lang, ())
    # As many days for more orders than usual.
    gap = kind.gap * (kind.orders / count)
    # Where people buy more often or less often than usual, they are gone sooner or later too.
    since = kind.since * (spec.get("away", 1) if kind.key in AWAY else 1)
    ago = since + dice.between(-0.2, 0.2) * since
    for number in range(count):
        amount = spec["ticket"] * kind.share * dice.between(0.8, 1.2)
        row: dict[str, Cell] = {
            "date": END - dt.timedelta(days=round(ago)),
            "amount": round(amount / step) * step,
        }
        if categories:
            varied = max(1, min(len(categories), round(count / 2)))
            row["category"] = categories[(number * 2 + kind.customers) % varied]
        yield row
        ago += gap * dice.between(0.75, 1.25)
