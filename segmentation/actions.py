"""Whom to contact in the coming weeks: dated calls within what each owner can do.

Plain data in and out; the reasons are codes, and no clock is asked.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

REASONS = ("at_risk", "fell", "overdue", "new")
WORKDAYS = 5
_FRIDAY = 4
# Who was contacted and has no rhythm rests as long as this.
REST_DAYS = 30
_DUE = "customer", "tier_no", "owner", "reason", "contact_days"


@dataclass(frozen=True, kw_only=True)
class Care:
    """Who looks after the customers of a tier, and how many days lie between two contacts.

    ``contact_days`` of None or 0 is no rhythm: nobody is overdue by it.
    """

    owner: str
    contact_days: float | None = None


@dataclass(frozen=True, kw_only=True)
class Capacity:
    """Calls per week: of the owners that are named, and of all others."""

    usual: int
    own: Mapping[str, int]

    def of(self, owner: str) -> int:
        return max(0, self.own.get(owner, self.usual))


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Who is called when, and who is due but has to wait.

    ``calls`` has ``date customer tier_no owner reason contact_days`` in the order of the days,
    and on a day the most urgent first; ``waiting`` has the same without dates. ``owners`` has one
    row per owner: ``owner calls_per_week planned waiting``. ``rested`` counts the customers who
    are due but were contacted lately. ``first`` and ``last`` are the ends of the time planned for.
    """

    calls: pl.DataFrame
    waiting: pl.DataFrame
    owners: pl.DataFrame
    rested: int
    first: dt.date
    last: dt.date
    weeks: int


def first_monday(day: dt.date) -> dt.date:
    """The Monday on or after a day."""
    return day + dt.timedelta(days=-day.weekday() % 7)


def workdays(start: dt.date, count: int) -> list[dt.date]:
    """So many days from Monday to Friday, the first on or after ``start``."""
    found: list[dt.date] = []
    day = start
    while len(found) < count:
        if day.weekday() <= _FRIDAY:
            found.append(day)
        day += dt.timedelta(days=1)
    return found


def plan(
    customers: pl.DataFrame,
    *,
    care: Sequence[Care],
    capacity: Capacity,
    start: dt.date,
    weeks: int = 1,
    contacted: Mapping[str, dt.date] | None = None,
    fell: Sequence[str] = (),
) -> Plan:
    """Spread the calls that are due over the working days of ``weeks``, from ``start`` on.

    ``customers``: ``customer tier_no recency monetary stage`` (a key of ``rhythm.STAGES``) and
    ``at_risk`` (true or false); what is not known is null. ``care`` stands in the order of the
    tiers. ``contacted`` are the days on which customers were contacted lately, ``fell`` those who
    are in a lower tier than before.

    Due are, in this order: who is about to be lost and who fell (by amount), who has been silent
    for longer than the tier's rhythm (by tier, then amount), and new customers (by amount); each
    once. An owner gets as many calls a week as the capacity says, spread evenly over its days;
    nobody is called while somebody more urgent of the same owner waits. The order of the rows
    does not matter. ``customer`` must be unique.
    """
    due = _due(customers, care, fell)
    tired = resting(due, care=care, contacted=contacted or {}, start=start)
    ready = _ordered(due.join(tired, on="customer", how="anti"))
    placed = _placed(ready, capacity, weeks)
    days = workdays(start, WORKDAYS * weeks)
    there = pl.col("day").is_not_null()
    dates = pl.DataFrame(
        {"day": range(len(days)), "date": days}, schema_overrides={"day": pl.Int64}
    )
    calls = placed.filter(there).join(dates, on="day", how="left").sort("date", "urgency")
    waiting = placed.filter(~there).sort("urgency")
    return Plan(
        calls=calls.select("date", *_DUE),
        waiting=waiting.select(*_DUE),
        owners=_owners(care, capacity, calls, waiting),
        rested=tired.height,
        first=days[0],
        last=days[-1],
        weeks=weeks,
    )


def resting(
    customers: pl.DataFrame,
    *,
    care: Sequence[Care],
    contacted: Mapping[str, dt.date],
    start: dt.date,
) -> pl.DataFrame:
    """Of ``customer tier_no`` those who were contacted within their rhythm: ``customer on until``.

    ``until`` is the first day on which they can be due again. Whose tier has no rhythm rests for
    ``REST_DAYS``.
    """
    days = [math.ceil(c.contact_days or REST_DAYS) for c in care]
    rest = pl.DataFrame(
        {"tier_no": range(len(days)), "rest": days},
        schema={"tier_no": pl.Int64, "rest": pl.Int64},
    )
    known = pl.DataFrame(
        {"customer": list(contacted), "on": list(contacted.values())},
        schema={"customer": pl.String, "on": pl.Date},
    )
    return (
        customers.select("customer", pl.col("tier_no").cast(pl.Int64))
        .join(known, on="customer")
        .join(rest, on="tier_no")
        .with_columns(until=pl.col("on") + pl.duration(days=pl.col("rest")))
        .filter(pl.col("until") > start)
        .select("customer", "on", "until")
        .sort("on", "customer", descending=[True, False])
    )


def _due(customers: pl.DataFrame, care: Sequence[Care], fell: Sequence[str]) -> pl.DataFrame:
    """The customers for whom there is a reason, with the first one that holds."""
    tiers = pl.DataFrame(
        {
            "tier_no": range(len(care)),
            "owner": [c.owner for c in care],
            "contact_days": [c.contact_days for c in care],
        },
        schema={"tier_no": pl.Int64, "owner": pl.String, "contact_days": pl.Float64},
    )
    fallen = pl.Series(sorted(set(fell)), dtype=pl.String)
    rhythm = pl.col("contact_days") > 0
    reasons = (
        pl.col("at_risk"),
        pl.col("customer").is_in(fallen.implode()),
        rhythm & (pl.col("recency") > pl.col("contact_days")),
        pl.col("stage") == "new",
    )
    found = [
        pl.when(holds.fill_null(value=False)).then(pl.lit(code))
        for holds, code in zip(reasons, REASONS, strict=True)
    ]
    return (
        customers.with_columns(pl.col("tier_no").cast(pl.Int64))
        .join(tiers, on="tier_no", how="inner")
        .with_columns(reason=pl.coalesce(found))
        .filter(pl.col("reason").is_not_null())
    )


def _ordered(due: pl.DataFrame) -> pl.DataFrame:
    """Most urgent first, numbered."""
    number = {code: i for i, code in enumerate(REASONS)}
    return (
        due.with_columns(
            first=pl.col("reason").replace_strict(number, return_dtype=pl.Int64),
            then=pl.when(pl.col("reason") == "overdue").then(pl.col("tier_no")).otherwise(0),
            money=pl.col("monetary").cast(pl.Float64).fill_nan(None),
        )
        .sort(
            "first",
            "then",
            "money",
            "customer",
            descending=[False, False, True, False],
            nulls_last=True,
        )
        .with_row_index("urgency")
    )


def _placed(ready: pl.DataFrame, capacity: Capacity, weeks: int) -> pl.DataFrame:
    """With ``day``: the number of the working day, counted from 0; null for who waits."""
    owners = ready["owner"].unique().to_list()
    room = pl.DataFrame(
        {"owner": owners, "a_week": [capacity.of(o) for o in owners]},
        schema={"owner": pl.String, "a_week": pl.Int64},
    )
    numbered = ready.join(room, on="owner", how="left", maintain_order="left").with_columns(
        place=pl.int_range(pl.len(), dtype=pl.Int64).over("owner")
    )
    fits = pl.col("place") < pl.col("a_week") * weeks
    weekly = numbered.with_columns(week=pl.when(fits).then(pl.col("place") // pl.col("a_week")))
    # Evenly: the i-th of n calls of a week stands i/n of the week behind its beginning.
    inside = pl.col("place") - pl.col("week") * pl.col("a_week")
    count = pl.len().over("owner", "week")
    return weekly.with_columns(
        day=pl.col("week") * WORKDAYS + (inside * WORKDAYS // count).cast(pl.Int64)
    )


def _owners(
    care: Sequence[Care], capacity: Capacity, calls: pl.DataFrame, waiting: pl.DataFrame
) -> pl.DataFrame:
    names = list(dict.fromkeys(c.owner for c in care))
    planned = dict(calls.group_by("owner").len().iter_rows())
    left = dict(waiting.group_by("owner").len().iter_rows())
    return pl.DataFrame(
        {
            "owner": names,
            "calls_per_week": [capacity.of(name) for name in names],
            "planned": [planned.get(name, 0) for name in names],
            "waiting": [left.get(name, 0) for name in names],
        },
        schema={
            "owner": pl.String,
            "calls_per_week": pl.Int64,
            "planned": pl.Int64,
            "waiting": pl.Int64,
        },
    )
