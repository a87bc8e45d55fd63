"""The plan of calls: what it promises for any customers, and its order by hand."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.actions import Capacity, Care, Plan, first_monday, plan, workdays
from segmentation.rhythm import STAGES
from segmentation.scheme import MAPS
from segmentation.segment_strategies import shipped, strategies
from segmentation.segments import names, segment_map

MONDAY = dt.date(2026, 11, 23)
ORDER = ("at_risk", "fell", "overdue", "new")
SCHEMA = {
    "customer": pl.String,
    "tier_no": pl.Int64,
    "recency": pl.Float64,
    "monetary": pl.Float64,
    "stage": pl.String,
    "at_risk": pl.Boolean,
}


def frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMA)


def row(customer: str, **given: Any) -> dict[str, Any]:
    usual = {"tier_no": 0, "recency": 5.0, "monetary": 10.0, "stage": "active", "at_risk": False}
    return {"customer": customer, **usual, **given}


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    tiers = draw(st.integers(1, 4))
    care = [
        Care(
            owner=draw(st.sampled_from(["Anna", "Ben", ""])),
            contact_days=draw(st.sampled_from([None, 0, 7, 30])),
        )
        for _ in range(tiers)
    ]
    count = draw(st.integers(0, 60))
    rows = [
        {
            "customer": f"c{number}",
            "tier_no": draw(st.integers(0, tiers - 1)),
            "recency": draw(st.sampled_from([None, 0.0, 7.0, 8.0, 31.0, 200.0])),
            "monetary": draw(st.sampled_from([None, float("nan"), -5.0, 0.0, 10.0, 10.0, 99.5])),
            "stage": draw(st.sampled_from([*STAGES, None])),
            "at_risk": draw(st.sampled_from([True, False, None])),
        }
        for number in range(count)
    ]
    some = st.sampled_from([f"c{n}" for n in range(60)] + ["stranger"])
    days = st.dates(dt.date(2026, 10, 1), dt.date(2026, 11, 30))
    return {
        "customers": frame(rows),
        "care": care,
        "capacity": Capacity(
            usual=draw(st.integers(0, 12)),
            own=draw(st.dictionaries(st.sampled_from(["Anna", "Ben"]), st.integers(0, 7))),
        ),
        "start": draw(st.dates(dt.date(2026, 11, 16), dt.date(2026, 12, 6))),
        "weeks": draw(st.integers(1, 3)),
        "contacted": draw(st.dictionaries(some, days, max_size=8)),
        "fell": draw(st.lists(some, max_size=8)),
    }


def reason_of(one: dict[str, Any], case: dict[str, Any]) -> str | None:
    """A second implementation, one customer at a time."""
    rhythm = case["care"][one["tier_no"]].contact_days
    if one["at_risk"]:
        return "at_risk"
    if one["customer"] in case["fell"]:
        return "fell"
    if rhythm and one["recency"] is not None and one["recency"] > rhythm:
        return "overdue"
    return "new" if one["stage"] == "new" else None


def rests(one: dict[str, Any], case: dict[str, Any]) -> bool:
    on = case["contacted"].get(one["customer"])
    rhythm = case["care"][one["tier_no"]].contact_days or 30
    return on is not None and (case["start"] - on).days < rhythm


def urgency(one: dict[str, Any], reason: str) -> tuple[Any, ...]:
    money = one["monetary"]
    unknown = money is None or money != money  # noqa: PLR0124 not a number
    tier = one["tier_no"] if reason == "overdue" else 0
    return (ORDER.index(reason), tier, unknown, 0 if unknown else -money, one["customer"])


@settings(max_examples=300, deadline=None)
@given(cases())
def test_a_plan_keeps_its_promises(case: dict[str, Any]) -> None:
    found = plan(**case)
    people = {one["customer"]: one for one in case["customers"].iter_rows(named=True)}
    due = {c: r for c, one in people.items() if (r := reason_of(one, case))}
    tired = {c for c in due if rests(people[c], case)}
    calls, waiting = found.calls.to_dicts(), found.waiting.to_dicts()
    listed = [each["customer"] for each in (*calls, *waiting)]
    # Nobody twice, nobody lost, nobody without a reason.
    assert sorted(listed) == sorted(set(due) - tired)
    assert found.rested == len(tired)
    assert {e["customer"]: e["reason"] for e in (*calls, *waiting)} == {c: due[c] for c in listed}
    within_capacity(found, case)
    owners = [case["care"][people[c]["tier_no"]].owner for c in listed]
    assert [e["owner"] for e in (*calls, *waiting)] == owners
    # Whoever is called later, or not at all, is less urgent than the owner's calls before.
    for owner in set(owners):
        mine = [e for e in (*calls, *waiting) if e["owner"] == owner]
        ranks = [urgency(people[e["customer"]], e["reason"]) for e in mine]
        assert ranks == sorted(ranks)


def within_capacity(found: Plan, case: dict[str, Any]) -> None:
    calls, waiting = found.calls, found.waiting
    weeks = Counter((o, d.isocalendar()[:2]) for o, d in calls.select("owner", "date").iter_rows())
    for (owner, _), count in weeks.items():
        assert count <= case["capacity"].of(owner)
    rows = {each["owner"]: each for each in found.owners.iter_rows(named=True)}
    assert set(rows) == {c.owner for c in case["care"]}
    for owner, each in rows.items():
        assert each["calls_per_week"] == case["capacity"].of(owner)
        assert each["planned"] == calls.filter(pl.col("owner") == owner).height
        assert each["waiting"] == waiting.filter(pl.col("owner") == owner).height
        # Nobody waits while there is room.
        room = each["calls_per_week"] * case["weeks"] - each["planned"]
        assert room == 0 or each["waiting"] == 0
    days = calls["date"].to_list()
    assert days == sorted(days)
    assert all(d.weekday() < 5 and found.first <= d <= found.last for d in days)
    assert found.first >= case["start"]


@settings(max_examples=100, deadline=None)
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(case: dict[str, Any], random: Any) -> None:
    rows = case["customers"].to_dicts()
    random.shuffle(rows)
    one, other = plan(**case), plan(**{**case, "customers": frame(rows)})
    assert one.calls.equals(other.calls)
    assert one.waiting.equals(other.waiting)
    assert one.owners.equals(other.owners)


@given(st.integers(1, 40))
def test_the_calls_of_a_week_are_spread_evenly(count: int) -> None:
    customers = frame([row(f"c{n:02}", at_risk=True, monetary=float(n)) for n in range(count)])
    found = plan(
        customers, care=[Care(owner="Anna")], capacity=Capacity(usual=40, own={}), start=MONDAY
    )
    per_day = Counter(found.calls["date"].to_list())
    counts = [per_day[day] for day in workdays(MONDAY, 5)]
    assert max(counts) - min(counts) <= 1
    assert sum(counts) == count


def test_the_order_by_hand() -> None:
    care = [Care(owner="Anna", contact_days=30), Care(owner="Anna", contact_days=60)]
    customers = frame(
        [
            row("new", stage="new"),
            row("late B", tier_no=1, recency=61.0, monetary=999.0),
            row("late A", recency=31.0, monetary=1.0),
            row("on time", recency=30.0),
            row("fell", tier_no=1, monetary=2.0),
            row("risk small", at_risk=True, recency=100.0, monetary=50.0),
            row("risk large", tier_no=1, at_risk=True, recency=100.0, monetary=500.0),
        ]
    )
    found = plan(
        customers,
        care=care,
        capacity=Capacity(usual=9, own={"Anna": 4}),
        start=MONDAY,
        fell=["fell", "risk small"],
    )
    assert found.calls["customer"].to_list() == ["risk large", "risk small", "fell", "late A"]
    assert found.waiting["customer"].to_list() == ["late B", "new"]
    assert found.owners.rows() == [("Anna", 4, 4, 2)]
    days = [d.isoformat() for d in found.calls["date"]]
    assert days == ["2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26"]


def test_who_was_contacted_rests_for_the_rhythm() -> None:
    customers = frame([row("a", recency=99.0), row("b", recency=99.0), row("c", stage="new")])
    contacted = {"a": MONDAY - dt.timedelta(days=29), "b": MONDAY - dt.timedelta(days=30)}
    found = plan(
        customers,
        care=[Care(owner="Anna", contact_days=30)],
        capacity=Capacity(usual=20, own={}),
        start=MONDAY,
        contacted=contacted,
    )
    assert found.calls["customer"].to_list() == ["b", "c"]
    assert found.rested == 1


def test_days() -> None:
    assert first_monday(MONDAY) == MONDAY
    assert first_monday(dt.date(2026, 11, 24)) == dt.date(2026, 11, 30)
    assert first_monday(dt.date(2026, 11, 22)) == MONDAY
    friday = dt.date(2026, 11, 27)
    assert workdays(friday, 2) == [friday, dt.date(2026, 11, 30)]


def test_every_segment_of_the_maps_has_a_strategy() -> None:
    texts = ("owner", "first_action", "budget", "service_floor")
    for name in MAPS:
        mapped = segment_map(name)
        assert set(shipped()[name]) == {rule["name"]["en"] for rule in mapped["rules"]}
        found = strategies(mapped)
        assert len(found) == len(names(mapped, "en"))
        for rule, each in zip(mapped["rules"], found[:-1], strict=True):
            assert each == shipped()[name][rule["name"]["en"]]
        for each in found:
            assert set(each) - {"quiet"} == {"strategy", "contact_days", *texts}
            assert isinstance(each["contact_days"], int)
            assert each["contact_days"] > 0
            for lang in ("zh", "en"):
                assert all(each[key][lang].strip() for key in texts)
                assert all(line.strip() for line in each["strategy"][lang])
                assert each["strategy"][lang]
            chinese = [*each["strategy"]["zh"], *(each[key]["zh"] for key in texts)]
            assert all(any("\u4e00" <= mark <= "\u9fff" for mark in line) for line in chinese)
            english = [*each["strategy"]["en"], *(each[key]["en"] for key in texts)]
            assert all(line.isascii() for line in english)


def test_quiet_is_who_has_a_low_recency() -> None:
    for rule, each in zip(
        segment_map("eight")["rules"], strategies(segment_map("eight")), strict=False
    ):
        assert each.get("quiet", False) is not rule["high"][0]
    for rule, each in zip(
        segment_map("rfm-r")["rules"], strategies(segment_map("rfm-r")), strict=False
    ):
        # A recency score of 4 or 5 is never quiet.
        assert not (each.get("quiet") and rule["recency"][1] > 3)


def test_segments_of_ones_own_are_left_to_the_user() -> None:
    rules = [{"name": {"zh": "团购", "en": "Groups"}}, {"name": {"zh": "冠军客户", "en": "Stars"}}]
    own, known, rest = strategies({"rules": rules, "rest": {"zh": "其他", "en": "Others"}})
    assert own == {}
    assert known == shipped()["rfm-r"]["Champions"]
    assert rest == shipped()["rest"]
