"""Where keys stand: every way of writing TOML leads to the line that sets a value."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.scheme_lines import Lines, Path, parsed, shown

TEXT = '''# a comment with [brackets] and a = 1
format = 1
"quoted key" = 2
dotted.inner.key = 3

[scorecard]   # [not.this]
missing = "x = 5"
[[scorecard.criteria]]
key = "one"
indicators = [
  { measure = "a" },
  { measure = "b", table = { "三级" = 1,
"x" = 2 } },   # , ]
]
[[scorecard.criteria]]
key = "two"
[beside]
text = """
measure = 7
[beside.risk]
"""
[beside.risk]
a.b = 1
[[beside.tiers]]
key = 'A'
[beside.tiers.strategy]
zh = ["x",
  "y"]
[[beside.tiers]]
key = 'B'
[columns."满意.度"]
name = "x"
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("format", 2),
        ('"quoted key"', 3),
        ("dotted", 4),
        ("dotted.inner.key", 4),
        ("dotted.inner.other", 4),
        ("scorecard", 6),
        ("scorecard.missing", 7),
        ("scorecard.criteria", 8),
        ("scorecard.criteria[0].key", 9),
        ("scorecard.criteria[0].indicators[0].measure", 11),
        ("scorecard.criteria[0].indicators[1].measure", 12),
        ("scorecard.criteria[0].indicators[1].table.三级", 12),
        ("scorecard.criteria[0].indicators[1].table.x", 13),
        ("scorecard.criteria[0].indicators[1].weight", 12),
        ("scorecard.criteria[1].key", 16),
        ("scorecard.criteria[1].indicators[0].measure", 15),
        ("beside.text", 18),
        ("beside.risk", 22),
        ("beside.risk.a.b", 23),
        ("beside.method", 17),
        ("beside.tiers[0].key", 25),
        ("beside.tiers[0].strategy", 26),
        ("beside.tiers[0].strategy.zh[1]", 28),
        ("beside.tiers[1].key", 30),
        ("beside.tiers[1].min_score", 29),
        ('columns."满意.度".name', 32),
        ("columns", 31),
        ("nowhere.at.all", None),
    ],
)
def test_a_key_has_its_line(path: str, line: int | None) -> None:
    assert Lines(TEXT).line(parsed(path)) == line


def test_windows_lines_count_alike() -> None:
    assert Lines(TEXT.replace("\n", "\r\n")).line(parsed("beside.tiers[1].key")) == 30


KEYS = st.text(st.sampled_from("ab1-_ .\"'级\\#[]="), min_size=1, max_size=4)
PATHS = st.lists(KEYS | st.integers(0, 99), min_size=1, max_size=5).filter(
    lambda path: isinstance(path[0], str)
)


@given(PATHS)
def test_a_shown_path_reads_back(path: list[str | int]) -> None:
    assert parsed(shown(path)) == tuple(path)


# ── any document: each value is a number of its own, so that its line is known by looking ──────


@st.composite
def tables(draw: st.DrawFn, depth: int = 3) -> dict[str, Any]:
    names = draw(st.lists(KEYS, unique=True, max_size=3))
    return {name: draw(values(depth - 1)) for name in names}


def values(depth: int) -> st.SearchStrategy[Any]:
    if depth <= 0:
        return st.just(0)
    inner = st.deferred(lambda: values(depth - 1))
    return (
        st.just(0)
        | tables(depth)
        | st.lists(tables(depth), max_size=3)
        | st.lists(inner, max_size=3)
    )


class Writer:
    """TOML in whatever style the draw says; every value is the next number."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.count = 100
        self.lines: list[str] = []

    def key(self, name: str) -> str:
        bare = name.isascii() and name.replace("-", "").replace("_", "").isalnum()
        if bare and self.draw(st.booleans()):
            return name
        if "'" not in name and self.draw(st.booleans()):
            return f"'{name}'"
        return json.dumps(name, ensure_ascii=self.draw(st.booleans()))

    def noise(self) -> None:
        extra = self.draw(st.sampled_from(["", "", "# [x] = 1", "   "]))
        if extra:
            self.lines.append(extra)

    def table(self, table: dict[str, Any], at: list[str]) -> None:
        later: list[tuple[str, Any]] = []
        for name, value in table.items():
            own = isinstance(value, dict) or (
                isinstance(value, list) and value and all(isinstance(v, dict) for v in value)
            )
            if own and self.draw(st.booleans()):
                later.append((name, value))
            else:
                self.noise()
                self.pair([name], value)
        for name, value in later:
            path = [*at, name]
            for each in value if isinstance(value, list) else [value]:
                self.noise()
                header = ".".join(self.key(p) for p in path)
                self.lines.append(f"[[{header}]]" if isinstance(value, list) else f"[ {header} ]")
                self.table(each, path)

    def pair(self, path: list[str], value: Any) -> None:
        if isinstance(value, dict) and value and self.draw(st.booleans()):
            for name, inner in value.items():
                self.pair([*path, name], inner)
            return
        before = " . ".join(self.key(p) for p in path)
        self.lines += f"{before} = {self.inline(value)} # x = [".split("\n")

    def inline(self, value: Any) -> str:
        if isinstance(value, dict):
            pairs = (f"{self.key(k)} = {self.inline(v)}" for k, v in value.items())
            return f"{{ {', '.join(pairs)} }}"
        if isinstance(value, list):
            gap = self.draw(st.sampled_from(["", "\n", "\n # a, ]\n"]))
            return f"[{gap}{f',{gap}'.join(self.inline(v) for v in value)}{gap}]"
        self.count += 1
        form = self.draw(st.sampled_from(["{}", '"[{}]"', "'{{{}'", '"""\\n{},"""', "{}.5e0"]))
        return str(form.format(self.count))


def leaves(node: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from leaves(value, (*path, key))
    elif isinstance(node, list):
        for i, value in enumerate(node):
            yield from leaves(value, (*path, i))
    else:
        yield path, "".join(c for c in str(node).removesuffix(".5") if c.isdigit())


@given(st.data())
@settings(deadline=None, max_examples=300)
def test_every_value_of_any_document_is_found(data: st.DataObject) -> None:
    writer = Writer(data.draw)
    writer.table(data.draw(tables()), [])
    text = "\n".join(writer.lines)
    found = Lines(text)
    for path, number in leaves(tomllib.loads(text)):
        line = found.line(path)
        assert line is not None
        assert number in text.split("\n")[line - 1], (text, path)
