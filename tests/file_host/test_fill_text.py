"""No text becomes anything else, whatever it holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from addin.hosts.file.fill import fill
from addin.hosts.file.series import texts_of
from addin.hosts.file.values import TEXT_LIMIT, content, escaped
from tests.file_host.books import MAIN, cell_xml, plain, sheet_xml, template, value

NASTY = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "=cmd|' /C calc'!A0",
    "<c/>&amp;]]>",
    " both ",
    "\ttab",
    "line\nbreak\n",
    "carriage\rreturn\r\n",
    "\x00\x01\x1f\x0b",
    "\ufffe\uffff",
    "_x0001_",
    "_x0001_x0002_",
    "_x005F_x0001_",
    "__x000a__",
    "王小明😀",
    "123",
    "true",
    "\u00a0\u2028",
]
TEXTS = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    st.text("_x0018FAf&<> \n\r\x01", max_size=20),
)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return template(tmp_path_factory.mktemp("text") / "t.xlsx")


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(texts=st.lists(st.one_of(st.none(), TEXTS), min_size=1, max_size=12))
def test_any_text_comes_back(book: Path, texts: list[str | None]) -> None:
    out = book.with_name("out.xlsx")
    table = pl.DataFrame({"Name & co": pl.Series(texts, dtype=pl.String)})
    fill(book, out, tables={"T": table}, cells={"Title": texts[0]})
    found = [value(out, f"A{row + 4}") for row in range(len(texts))]
    assert found == [text or None for text in texts]
    assert value(out, "A1") == (texts[0] or None)
    root = etree.fromstring(sheet_xml(out).encode())
    formulas = [f for f in root.iter(f"{MAIN}f") if f.getparent().get("r")[0] != "D"]
    assert [f.getparent().get("r") for f in formulas] == ["I1"]


@settings(max_examples=300, deadline=None)
@given(texts=st.lists(TEXTS, min_size=1, max_size=8))
def test_a_column_is_written_like_its_values_one_by_one(texts: list[str]) -> None:
    values = texts_of(pl.Series(texts, dtype=pl.String))
    assert values.text.to_list() == [escaped(text) or None for text in texts]
    spaced = values.spaced.fill_null(False).to_list() if values.spaced is not None else []
    one_by_one = ["preserve" in content(text, date1904=False).cell('<c r="A1"') for text in texts]
    assert (spaced or [False] * len(texts)) == one_by_one


@settings(max_examples=200, deadline=None)
@given(text=st.one_of(TEXTS, st.text("_x0005F", max_size=24)))
def test_escapes_can_be_undone(text: str) -> None:
    xml = etree.fromstring(f"<t>{escaped(text)}</t>")
    assert plain(xml.text or "") == text


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    numbers=st.lists(st.one_of(st.none(), st.floats(), st.integers(-(2**53), 2**53)), min_size=1)
)
def test_any_number_comes_back(book: Path, numbers: list[float | None]) -> None:
    out = book.with_name("numbers.xlsx")
    floats = [None if n is None else float(n) for n in numbers]
    fill(
        book,
        out,
        tables={"T": pl.DataFrame({"Flag": pl.Series(floats, dtype=pl.Float64)})},
        cells={},
    )
    found = [value(out, f"E{row + 4}") for row in range(len(floats))]
    assert found == [n if n is not None and abs(n) < float("inf") else None for n in floats]


def test_the_escapes_are_excels(book: Path) -> None:
    out = book.with_name("escapes.xlsx")
    texts = ["\x01", "_x0001_", "a\rb", " a"]
    fill(book, out, tables={"T": pl.DataFrame({"Name & co": texts})}, cells={})
    found = [cell_xml(out, f"A{row + 4}").findtext(f"{MAIN}is/{MAIN}t") for row in range(4)]
    assert found == ["_x0001_", "_x005F_x0001_", "a_x000D_b", " a"]
    space = "{http://www.w3.org/XML/1998/namespace}space"
    tags = [cell_xml(out, f"A{row + 4}").find(f"{MAIN}is/{MAIN}t") for row in range(4)]
    assert [tag.get(space) for tag in tags] == [None, None, None, "preserve"]


@pytest.mark.parametrize("mark", ["x", "王", "😀"])
def test_text_is_cut_at_excels_limit(book: Path, mark: str) -> None:
    out = book.with_name("long.xlsx")
    table = pl.DataFrame({"Name & co": [mark * 40_000, mark * 16_000, mark * 20_000]})
    fill(book, out, tables={"T": table}, cells={"Title": mark * 40_000})
    units = len(mark.encode("utf-16-le")) // 2
    for address, given_length in (("A4", 40_000), ("A5", 16_000), ("A6", 20_000), ("A1", 40_000)):
        assert value(out, address) == mark * min(given_length, TEXT_LIMIT // units)


def test_output_is_valid(book: Path, validator: Callable[[Path], list[str]]) -> None:
    out = book.with_name("valid.xlsx")
    table = pl.DataFrame({"Name & co": NASTY, "Twice": NASTY})
    fill(book, out, tables={"T": table}, cells={"Title": NASTY[10], "Total": NASTY[5]})
    assert validator(out) == []
