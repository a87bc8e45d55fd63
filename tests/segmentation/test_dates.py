"""Dates as people write them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.dates import parse_dates

DAY = dt.date(2025, 6, 30)
NAMES = ("January", "February", "March", "April", "May", "June", "July", "August")
MONTHS = (*NAMES, "September", "October", "November", "December")
SERIAL_ZERO = dt.date(1899, 12, 30)

STYLES: dict[str, Callable[[dt.date], str]] = {
    "iso": lambda d: d.isoformat(),
    "slashes": lambda d: f"{d.year}/{d.month}/{d.day}",
    "points": lambda d: f"{d.year}.{d.month:02}.{d.day:02}",
    "compact": lambda d: f"{d.year}{d.month:02}{d.day:02}",
    "chinese": lambda d: f"{d.year}年{d.month}月{d.day}日",
    "chinese hao": lambda d: f"{d.year} 年 {d.month} 月 {d.day} 号",
    "chinese time": lambda d: f"{d.year}年{d.month:02}月{d.day:02}日 14时05分",
    "short chinese": lambda d: f"{d.year % 100:02}年{d.month}月{d.day}日",
    "iso time": lambda d: f"{d.isoformat()} 23:59:59",
    "iso t": lambda d: f"{d.isoformat()}T23:59:59.123Z",
    "offset": lambda d: f"{d.isoformat()} 00:30:00 +0800",
    "afternoon": lambda d: f"{d.year}/{d.month}/{d.day} 下午 3:05",
    "weekday": lambda d: f"{d.isoformat()} 星期{'一二三四五六日'[d.weekday()]}",
    "serial": lambda d: str((d - SERIAL_ZERO).days),
    "serial time": lambda d: f"{(d - SERIAL_ZERO).days}.75",
    "full width": lambda d: d.isoformat().translate(
        {**{ord("0") + i: chr(0xFF10 + i) for i in range(10)}, ord("-"): "－"}
    ),
    "named": lambda d: f"{d.day} {MONTHS[d.month - 1]} {d.year}",
    "named short": lambda d: f"{d.day:02}-{MONTHS[d.month - 1][:3]}-{d.year}",
    "named first": lambda d: f"{MONTHS[d.month - 1]} {d.day}, {d.year}",
    "named ordinal": lambda d: f"{MONTHS[d.month - 1][:3].upper()} {d.day}th {d.year}",
    "named weekday": lambda d: f"{d:%A}, {d.day} {MONTHS[d.month - 1]} {d.year} 9:05 PM",
    "named two digits": lambda d: f"{d.day}-{MONTHS[d.month - 1][:3]}-{d.year % 100:02}",
}
DMY_STYLES: dict[str, Callable[[dt.date], str]] = {
    "slashes": lambda d: f"{d.day}/{d.month}/{d.year}",
    "points": lambda d: f"{d.day:02}.{d.month:02}.{d.year}",
    "time": lambda d: f"{d.day:02}/{d.month:02}/{d.year} 9:05 am",
}
DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2049, 12, 31))


def read(*texts: str | None, order: str | None = None) -> list[dt.date | None]:
    return parse_dates(pl.Series(texts, dtype=pl.String), order=order).dates.to_list()


@pytest.mark.parametrize("style", STYLES)
def test_every_usual_form(style: str) -> None:
    days = [DAY, dt.date(2024, 2, 29), dt.date(2025, 1, 1), dt.date(1999, 12, 31)]
    if style.startswith("short"):
        days.pop()
    assert read(*map(STYLES[style], days)) == days


@given(days=st.lists(st.tuples(DAYS, st.sampled_from(sorted(STYLES))), min_size=1, max_size=30))
@settings(deadline=None)
def test_forms_may_be_mixed(days: list[tuple[dt.date, str]]) -> None:
    days = [(d, s) for d, s in days if not s.startswith("short") or d.year >= 2000]
    assert read(*(STYLES[style](day) for day, style in days)) == [day for day, _ in days]


@pytest.mark.parametrize("style", DMY_STYLES)
@pytest.mark.parametrize("order", ["dmy", "mdy"])
def test_the_column_decides_on_day_and_month(style: str, order: str) -> None:
    days = [dt.date(2025, 3, 4), dt.date(2025, 12, 31), dt.date(2025, 1, 2)]
    swap = order == "mdy"
    texts = []
    for day in days:
        written = DMY_STYLES[style](day)
        sign = next(c for c in "/.-" if c in written)
        first, second, rest = written.split(sign, 2)
        texts.append(sign.join([second, first, rest] if swap else [first, second, rest]))
    parsed = parse_dates(pl.Series(texts))
    assert parsed.order == order
    assert parsed.dates.to_list() == days
    assert not parsed.undecided.any()


def test_month_first_with_two_digit_years() -> None:
    assert read("12/31/25", "3/4/25") == [dt.date(2025, 12, 31), dt.date(2025, 3, 4)]


def test_day_first_with_two_digit_years_is_questioned() -> None:
    # 31/12/25 may be a day of 2031 too.
    assert parse_dates(pl.Series(["31/12/25"])).undecided.to_list() == [True]
    assert read("31/12/25", order="dmy") == [dt.date(2025, 12, 31)]


def test_a_typing_error_does_not_decide() -> None:
    texts = ["31/12/2025", "30/11/2025", "3/4/2025", "12/31/2025"]
    parsed = parse_dates(pl.Series(texts))
    assert parsed.order == "dmy"
    assert parsed.dates.to_list()[2:] == [dt.date(2025, 4, 3), None]


def test_undecidable_texts_are_questioned_and_not_guessed() -> None:
    parsed = parse_dates(pl.Series(["3/4/2025", "5/6/2025", None, "7/7/2025", "2025-06-30"]))
    assert parsed.order is None
    assert parsed.undecided.to_list() == [True, True, False, False, False]
    assert parsed.dates.to_list() == [None, None, None, dt.date(2025, 7, 7), DAY]


@pytest.mark.parametrize(("order", "month"), [("dmy", 4), ("mdy", 3)])
def test_a_scheme_settles_what_the_column_cannot(order: str, month: int) -> None:
    parsed = parse_dates(pl.Series(["3/4/2025", "4/3/2025"]), order=order)
    assert [d.month for d in parsed.dates.to_list()] == [month, 7 - month]
    assert not parsed.undecided.any()


def test_two_digit_years_may_come_first() -> None:
    assert read("25-06-30", "25-06-13", "99-12-31") == [
        DAY,
        dt.date(2025, 6, 13),
        dt.date(1999, 12, 31),
    ]
    assert read("01-02-03", order="ymd") == [dt.date(2001, 2, 3)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "未知",
        "n/a",
        "2025-13-01",
        "2025-02-30",
        "20251301",
        "2025年",
        "1/2",
        "0",
        "1",
        "12345",
        "99999",
        "2025",
        "-45838",
        "0000-00-00",
        "1899-12-30",
        "3025-06-30",
        "June",
        "32 June 2025",
        "30 Foo 2025",
        "2025-06-30-01",
        "12:30:00",
        "#N/A",
        "订单20250630",
    ],
)
def test_nonsense_is_no_date(text: str) -> None:
    parsed = parse_dates(pl.Series([text, "2025-06-30"]))
    assert parsed.dates.to_list() == [None, DAY]
    assert not parsed.undecided.any()


@given(texts=st.lists(st.none() | st.text(max_size=20), max_size=20))
@settings(deadline=None)
def test_any_text_is_survived_and_read_alike_alone(texts: list[str | None]) -> None:
    parsed = parse_dates(pl.Series(texts, dtype=pl.String))
    assert len(parsed.dates) == len(parsed.undecided) == len(texts)
    if parsed.order is None:
        alone = [read(text)[0] for text in texts]
        assert [a for a, b in zip(alone, parsed.dates, strict=True) if b and a != b] == []


@given(day=DAYS, order=st.sampled_from(["dmy", "mdy"]))
@settings(deadline=None)
def test_a_day_beyond_twelve_is_never_questioned(day: dt.date, order: str) -> None:
    parts = [f"{day.day}", f"{day.month}"]
    text = "/".join([*(parts if order == "dmy" else parts[::-1]), str(day.year)])
    parsed = parse_dates(pl.Series([text]))
    if day.day > 12 or day.day == day.month:
        assert parsed.dates.to_list() == [day]
    else:
        assert parsed.undecided.to_list() == [True]


def test_two_digit_years_are_of_this_century_up_to_69() -> None:
    years = [day.year for day in read("1 Jan 69", "1 Jan 70", "1 Jan 00") if day]
    assert years == [2069, 1970, 2000]
