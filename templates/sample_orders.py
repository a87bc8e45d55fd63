"""Invented customers and what they order: two years of a shop that also serves businesses."""

from __future__ import annotations

import datetime as dt
import math
import tomllib
from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from itertools import accumulate
from statistics import NormalDist
from typing import Any, TypeVar

import numpy as np

T = TypeVar("T")

LANGUAGES = ("en", "zh")
START = dt.date(2024, 7, 1)
END = dt.date(2026, 6, 30)
DAYS = (END - START).days
NEW_DAYS = 85  # who came within these is new at the end
GROWTH = 0.08  # a year, in the amount of an order
_SURE = 1e-9


@dataclass(frozen=True, kw_only=True)
class Shop:
    """The words and prices of one language's sample; the fields are the keys of its file."""

    title: str
    subtitle: str
    sheet: str
    font: str
    page: str
    total: str
    ticket: float
    money: str
    customer_id: str
    order_no: str
    return_no: str
    season: Sequence[float]
    reps: Sequence[str]
    counter: str
    formula_name: str
    earlier_name: str
    date_texts: Sequence[str]
    bad_dates: Sequence[str]
    amount_texts: Sequence[str]
    bad_amounts: Sequence[str]
    headers: Mapping[str, str]
    widths: Mapping[str, float]
    status: Mapping[str, Any]
    goods: Mapping[str, Mapping[str, Any]]
    people: Mapping[str, Any]
    firms: Mapping[str, Any]
    notes: Mapping[str, Any]


def shop(lang: str) -> Shop:
    """The shop of a language; ValueError for a language that has none."""
    if lang not in LANGUAGES:
        raise ValueError(f"no sample in {lang!r}, only in {', '.join(LANGUAGES)}")
    file = resources.files("templates").joinpath("sample", f"{lang}.toml")
    return Shop(**tomllib.loads(file.read_text(encoding="utf-8")))


class Dice:
    """Chance with a seed; everything comes from uniform numbers.

    NumPy may change how it draws normal numbers or shuffles from one version to the next.
    """

    def __init__(self, seed: int) -> None:
        self._generator = np.random.default_rng(seed)

    def share(self) -> float:
        """Evenly between 0 and 1, neither end in."""
        return min(max(float(self._generator.random()), _SURE), 1 - _SURE)

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * self.share()

    def about(self, typical: float, spread: float) -> float:
        """A positive number around ``typical``, skewed to the right (log-normal)."""
        return typical * math.exp(spread * NormalDist().inv_cdf(self.share()))

    def pick(self, options: Sequence[T]) -> T:
        return options[int(self.share() * len(options))]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        keyed = [(self.share(), i) for i in range(len(items))]
        return [items[i] for _, i in sorted(keyed)]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of customer.

    ``gap`` days lie between two orders, ``ticket`` is what an order comes to (1 = the shop's
    usual one), ``orders`` the fewest and most a customer ever makes. The share ``new`` begins in
    the last weeks, the share ``early`` has been buying before the export begins; of the others
    and of these every ``lost``-th stops buying before the end (0: none does).
    """

    customers: int
    business: bool
    gap: float
    ticket: float
    orders: tuple[int, int] = (1, 999)
    lost: int = 0
    new: float = 0.0
    early: float = 0.0


KINDS = (
    Kind(customers=14, business=True, gap=20, ticket=0.85, lost=3, early=0.7),
    Kind(customers=44, business=True, gap=38, ticket=0.65, lost=3, new=0.08, early=0.45),
    Kind(customers=62, business=True, gap=150, ticket=1.0, lost=4, new=0.08, early=0.3),
    Kind(customers=56, business=False, gap=34, ticket=0.14, lost=2, new=0.12, early=0.25),
    Kind(customers=70, business=False, gap=130, ticket=0.36, orders=(2, 5), new=0.15, early=0.1),
    Kind(customers=74, business=False, gap=365, ticket=0.4, orders=(1, 1), new=0.25),
)


@dataclass(frozen=True, kw_only=True)
class Customer:
    """Someone who buys between ``first`` and ``last`` (in busy time, 0 to DAYS) at most."""

    kind: Kind
    name: str
    rep: str
    first: float
    last: float
    gap: float
    ticket: float


@dataclass(frozen=True, kw_only=True)
class Order:
    """One row of the export; everything but ``amount`` may also hold what spoils it."""

    customer: str | None
    name: str | None
    day: dt.date | str
    order: str
    category: str
    quantity: int
    amount: float | str
    status: str
    rep: str


def orders(shop: Shop, dice: Dice) -> list[Order]:
    """Two years of orders by date, numbered; each is one row, and the last one is of END."""
    people = sorted(_customers(shop, dice), key=lambda c: c.first)
    ids = {c: shop.customer_id.format(1001 + 3 * n) for n, c in enumerate(people)}
    busy = _busy_time(shop)
    bought = [(day, ids[c], c) for c in people for day in _days(c, busy, dice)]
    bought.sort(key=lambda found: found[:2])
    bought[-1] = (END, *bought[-1][1:])
    return [
        _order(shop, dice, customer, day=day, key=key, number=20_001 + number)
        for number, (day, key, customer) in enumerate(bought)
    ]


def _customers(shop: Shop, dice: Dice) -> Iterator[Customer]:
    names = {True: _names(shop.firms, dice), False: _names(shop.people, dice)}
    for kind in KINDS:
        for number in range(kind.customers):
            first, last = _active(kind, number, dice)
            yield Customer(
                kind=kind,
                name=next(names[kind.business]),
                rep=dice.pick(shop.reps) if kind.business else shop.counter,
                first=first,
                last=last,
                gap=dice.about(kind.gap, 0.3),
                ticket=dice.about(kind.ticket * shop.ticket, 0.4),
            )


def _names(parts: Mapping[str, Any], dice: Dice) -> Iterator[str]:
    """Made-up names without end; after many, one may come twice, as in real life."""
    pools = {key: dice.shuffled(pool) for key, pool in parts.items() if key != "join"}
    while True:
        yield parts["join"].format(**{key: dice.pick(pool) for key, pool in pools.items()})


def _active(kind: Kind, number: int, dice: Dice) -> tuple[float, float]:
    """When a kind's customer of this number begins and ends, in busy time."""
    place = (number + 0.5) / kind.customers
    if place < kind.new:
        return dice.between(DAYS - NEW_DAYS, DAYS - 3), DAYS
    if place < kind.new + kind.early:
        first = dice.between(0, min(kind.gap, 90))
    else:
        # The shop grows: more customers come late than early.
        first = (DAYS - NEW_DAYS) * dice.share() ** 0.75
    if kind.lost and number % kind.lost == kind.lost - 1:
        return first, dice.between(max(first, DAYS / 3), DAYS - 60)
    return first, DAYS


def _busy_time(shop: Shop) -> list[float]:
    """How much of the two years' business is done by the end of each day, DAYS in all."""
    months = [(START + dt.timedelta(days=n)).month for n in range(DAYS + 1)]
    done = list(accumulate(shop.season[month - 1] for month in months))
    return [part * DAYS / done[-1] for part in done]


def _days(customer: Customer, busy: Sequence[float], dice: Dice) -> Iterator[dt.date]:
    """Order days: customers go by busy time, so that a busy month has more orders."""
    low, high = customer.kind.orders
    most = low + int(dice.share() * (high - low + 1))
    at, count = customer.first, 0
    while at < customer.last and count < most:
        day = START + dt.timedelta(days=bisect(busy, at))
        yield _workday(day) if customer.kind.business else day
        at += max(1.0, dice.about(customer.gap, 0.5))
        count += 1


def _workday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=max(0, day.weekday() - 4)) if day > START else day


def _order(
    shop: Shop, dice: Dice, customer: Customer, *, day: dt.date, key: str, number: int
) -> Order:
    side = "business" if customer.kind.business else "shop"
    category = dice.pick([name for name, good in shop.goods.items() for _ in range(good[side])])
    price = dice.pick(shop.goods[category]["prices"])
    grown = (1 + GROWTH) ** ((day - START).days / 365)
    quantity = max(1, round(dice.about(customer.ticket * grown, 0.35) / price))
    discount = dice.pick((1.0, 0.98, 0.95, 0.9)) if customer.kind.business else 1.0
    recent = (END - day).days < 4
    return Order(
        customer=key,
        name=customer.name,
        day=day,
        order=shop.order_no.format(day, number),
        category=category,
        quantity=quantity,
        amount=round(quantity * price * discount, 2),
        status=shop.status["underway" if recent else "done"],
        rep=customer.rep,
    )
