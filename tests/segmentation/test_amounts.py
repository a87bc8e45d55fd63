"""Amounts as people write them."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.amounts import parse_amounts

FULL_WIDTH = {ord("0") + i: chr(0xFF10 + i) for i in range(10)} | {ord("."): "．", ord(","): "，"}


def read(*texts: str | None) -> list[float | None]:
    return parse_amounts(pl.Series(texts, dtype=pl.String)).to_list()


def _signed(value: Decimal, written: str) -> str:
    return f"-{written}" if value < 0 else written


STYLES: dict[str, Callable[[Decimal], str]] = {
    "plain": str,
    "thousands": lambda v: f"{v:,.2f}",
    "yen sign": lambda v: _signed(v, f"¥{abs(v):,.2f}"),
    "full yen": lambda v: f"￥{v:.2f}",
    "dollar": lambda v: f"${v:,.2f}",
    "minus dollar": lambda v: _signed(v, f"$ {abs(v):,.2f}"),
    "euro after": lambda v: f"{v:,.2f} €",
    "yuan": lambda v: f"{v:.2f}元",
    "code": lambda v: f"CNY {v:,.2f}",
    "renminbi": lambda v: f"人民币{v:,.2f}元",
    "hong kong": lambda v: f"HK${v:,.2f}",
    "full width": lambda v: f"{abs(v):,.2f}".translate(FULL_WIDTH) if v >= 0 else f"－{abs(v):.2f}",
    "brackets": lambda v: f"({abs(v):,.2f})" if v < 0 else f"{v:,.2f}",
    "yuan brackets": lambda v: f"(¥{abs(v):,.2f})" if v < 0 else f"¥{v:,.2f}",
    "full brackets": lambda v: f"（{abs(v):,.2f}）" if v < 0 else f"{v:,.2f}",
    "trailing minus": lambda v: f"{abs(v):,.2f}-" if v < 0 else f"{v:,.2f}",
    "real minus": lambda v: f"{v:,.2f}".replace("-", "−"),
    "spaces": lambda v: f"  {v:,.2f} ".replace(",", " "),
    "apostrophes": lambda v: f"{v:,.2f}".replace(",", "'"),
    "plus": lambda v: f"+{v:,.2f}" if v >= 0 else f"{v:,.2f}",
    "wan": lambda v: f"{v / 10000:f}万",
    "wan yuan": lambda v: f"¥{v / 10000:f}万元" if v >= 0 else f"-{abs(v) / 10000:f}万元",
    "science": lambda v: f"{v:.12e}",
}
EUROPEAN: dict[str, Callable[[Decimal], str]] = {
    "comma": lambda v: f"{v:.2f}".replace(".", ","),
    "points": lambda v: f"{v:,.2f}".replace(",", "_").replace(".", ",").replace("_", "."),
    "spaces": lambda v: f"{v:,.2f} €".replace(",", "\u202f").replace(".", ","),
}
MONEY = st.integers(-(10**9), 10**9).map(lambda cents: Decimal(cents).scaleb(-2))


@given(values=st.lists(MONEY, min_size=1, max_size=12), style=st.sampled_from(sorted(STYLES)))
@settings(deadline=None, max_examples=150)
def test_every_style_gives_the_number_back(values: list[Decimal], style: str) -> None:
    assert read(*map(STYLES[style], values)) == [float(v) for v in values]


@given(values=st.lists(st.tuples(MONEY, st.sampled_from(sorted(STYLES))), min_size=1, max_size=12))
@settings(deadline=None, max_examples=60)
def test_styles_may_be_mixed(values: list[tuple[Decimal, str]]) -> None:
    texts = [STYLES[style](value) for value, style in values]
    assert read(*texts) == [float(value) for value, _ in values]


@given(values=st.lists(MONEY, min_size=1, max_size=12), style=st.sampled_from(sorted(EUROPEAN)))
@settings(deadline=None, max_examples=60)
def test_european_columns(values: list[Decimal], style: str) -> None:
    assert read(*map(EUROPEAN[style], values)) == [float(v) for v in values]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,234,567.89", 1234567.89),
        ("1,234", 1234),
        ("12,34,567", 1234567),
        ("1234万", 12340000),
        ("1.5亿", 150000000),
        ("3千", 3000),
        ("2.5k", 2500),
        ("500.00元", 500),
        ("￥１,２３４．５", 1234.5),
        ("¥-5", -5),
        ("-(5)", None),
        (".5", 0.5),
        ("5.", 5),
        ("1E3", 1000),
        ("(1,234)", -1234),
        ("1,234-", -1234),
        ("US$1,000", 1000),
        ("100 USD", 100),
        ("0", 0),
        ("-0", 0),
    ],
)
def test_known_texts(text: str, number: float | None) -> None:
    assert read(text) == [number]


def test_the_column_decides_on_the_comma() -> None:
    assert read("12,5", "7,25", "1.234") == [12.5, 7.25, 1234]
    assert read("1,234", "7.25") == [1234, 7.25]
    assert read("1.234,50", "2.000,00") == [1234.5, 2000]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "免费",
        "n/a",
        "#N/A",
        "--",
        "-",
        "1.2.3",
        "12a",
        "a12",
        "￥",
        "nan",
        "inf",
        "1-2",
        "2025-06-30",
        "1,2,3",
        "()",
        "12 件",
        "万",
        "1/2",
    ],
)
def test_nonsense_is_no_amount(text: str) -> None:
    assert read(text, "1.00") == [None, 1]


@given(texts=st.lists(st.none() | st.text(max_size=12), max_size=20))
@settings(deadline=None)
def test_any_text_is_survived(texts: list[str | None]) -> None:
    numbers = read(*texts)
    assert len(numbers) == len(texts)
    assert all(n is None or math.isfinite(n) for n in numbers)


@given(values=st.lists(MONEY, max_size=12))
@settings(deadline=None)
def test_reading_again_changes_nothing(values: list[Decimal]) -> None:
    once = read(*map(STYLES["yen sign"], values))
    assert read(*map(str, once)) == once


def test_a_column_with_both_signs_reads_no_comma_as_a_point() -> None:
    assert read("12,5", "7.25", "1,234.5") == [None, 7.25, 1234.5]
