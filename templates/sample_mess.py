"""The usual mess of an export, in small doses, so that a data check has something to show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import cycle, islice

from templates.sample_orders import END, Dice, Order, Shop

# Rows that Fenji leaves out of the sample, by reason, with its usual settings.
MESS = {
    "missing_customer": 6,
    "bad_date": 3,
    "bad_amount": 3,
    "duplicate": 5,
    "cancelled": 9,
    "refunded": 7,
    "returns_only": 1,
    "total_row": 1,
}
# Rows that are odd and yet readable: Fenji uses them.
DATE_TEXTS = 45
AMOUNT_TEXTS = 18
RETURNS = 8
# A customer with fewer orders would be gone with one of them.
FEWEST_ORDERS = 3
UNTOUCHED_DAYS = 30


def spoiled(orders: Sequence[Order], shop: Shop, dice: Dice) -> list[Order]:
    """The orders as a careless export has them, by date; the total row is not among them."""
    rows = _with_returns(orders, shop, dice)
    rows = _with_formula_name(rows, shop)
    targets = iter(list(_targets(rows, dice)))
    left = set(range(len(rows)))

    def take(count: int) -> list[int]:
        chosen = list(islice(targets, count))
        left.difference_update(chosen)
        return chosen

    for n, i in enumerate(take(MESS["missing_customer"])):
        # Half of them walked in: the counter did not ask for a name either.
        rows[i] = replace(rows[i], customer=None, name=rows[i].name if n % 2 else None)
    for i, text in zip(take(MESS["bad_date"]), cycle(shop.bad_dates), strict=False):
        rows[i] = replace(rows[i], day=text)
    for i, text in zip(take(MESS["bad_amount"]), cycle(shop.bad_amounts), strict=False):
        rows[i] = replace(rows[i], amount=text)
    for reason in ("cancelled", "refunded"):
        for i, text in zip(take(MESS[reason]), cycle(shop.status[reason]), strict=False):
            rows[i] = replace(rows[i], status=text)
    repeated = take(MESS["duplicate"])
    _write_by_hand(rows, shop, dice, sorted(left))
    for i in sorted(repeated, reverse=True):
        rows.insert(i + 1, rows[i])
    return rows


def _frequent(rows: Sequence[Order], dice: Dice) -> Iterator[int]:
    """Row numbers, one each of as many customers who order often, none of the last weeks."""
    places: dict[str | None, list[int]] = {}
    for i, row in enumerate(rows):
        places.setdefault(row.customer, []).append(i)
    often = [found for found in places.values() if len(found) >= FEWEST_ORDERS]
    for found in dice.shuffled(often):
        i = dice.pick(found)
        day = rows[i].day
        if isinstance(day, dt.date) and (END - day).days > UNTOUCHED_DAYS:
            yield i


def _targets(rows: Sequence[Order], dice: Dice) -> Iterator[int]:
    """Rows to spoil, no two of one customer; what was sent back stays as it is."""
    back = {row.customer for row in rows if isinstance(row.amount, float) and row.amount < 0}
    return (i for i in _frequent(rows, dice) if rows[i].customer not in back)


def _with_returns(orders: Sequence[Order], shop: Shop, dice: Dice) -> list[Order]:
    """Some goods come back a few days later, as rows of their own with a negative amount."""
    bought = list(islice(_frequent(orders, dice), RETURNS))
    back = [_return(orders[i], shop, dice, number) for number, i in enumerate(bought, start=1)]
    # One customer bought before the export begins: only the return is in it.
    earlier = replace(
        _return(orders[0], shop, dice, 0),
        customer=shop.customer_id.format(998),
        name=shop.earlier_name,
    )
    return sorted([*orders, *back, earlier], key=lambda row: str(row.day))


def _return(order: Order, shop: Shop, dice: Dice, number: int) -> Order:
    assert isinstance(order.day, dt.date) and isinstance(order.amount, float)
    day = order.day + dt.timedelta(days=int(dice.between(3, 20)))
    pieces = max(1, order.quantity // 4)
    return replace(
        order,
        day=day,
        order=shop.return_no.format(day, 301 + number),
        quantity=-pieces,
        amount=-round(order.amount / order.quantity * pieces, 2),
        status=shop.status["returned"],
    )


def _with_formula_name(rows: Sequence[Order], shop: Shop) -> list[Order]:
    """The first business of the export is called something like a formula."""
    chosen = next(row.customer for row in rows if row.rep != shop.counter)
    return [replace(row, name=shop.formula_name) if row.customer == chosen else row for row in rows]


def _write_by_hand(rows: list[Order], shop: Shop, dice: Dice, free: Sequence[int]) -> None:
    """Dates and amounts as text, in the forms that people type."""
    shuffled = dice.shuffled(free)
    dates, amounts = shuffled[:DATE_TEXTS], shuffled[DATE_TEXTS : DATE_TEXTS + AMOUNT_TEXTS]
    for i, form in zip(dates, cycle(shop.date_texts), strict=False):
        rows[i] = replace(rows[i], day=form.format(rows[i].day))
    large = [i for i in amounts if isinstance(rows[i].amount, float)]
    for i, form in zip(large, cycle(shop.amount_texts), strict=False):
        rows[i] = replace(rows[i], amount=form.format(rows[i].amount))
