"""docs/schemes*.md are what the default schemes say of their keys.

Write them anew with ``python -m tests.docs.test_scheme_pages``.
"""

from __future__ import annotations

import dataclasses
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from addin.words import words
from segmentation.method import METHODS, method
from segmentation.scheme import TIER_WORDS
from segmentation.scheme_comments import Entry, entries
from segmentation.scheme_file import preset_text
from segmentation.scheme_lines import shown

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {"en": DOCS / "schemes.md", "zh": DOCS / "schemes.zh-CN.md"}
CHINESE = DOCS / "schemes.zh.toml"
LONGEST = 90
TEXTS = {
    "en": {
        "title": "Scheme files",
        "intro": (
            "A scheme says everything that is chosen before grading. Start from one that is "
            "shipped (`fenji scheme show NAME > my.toml`), change it, have it checked "
            "(`fenji scheme check my.toml`), grade with it "
            "(`fenji grade orders.xlsx --scheme my.toml`). What you leave out stays as the method "
            "has it. Editors that know JSON Schema check and complete schemes with "
            "[scheme.schema.json](scheme.schema.json) (also: `fenji scheme schema`)."
        ),
        "general": "In every scheme",
        "head": "| key | in the default scheme | meaning |",
        "example": "left out; for example `{value}`",
        "table": "table",
        "tier": "In `[[tiers]]`, one of these says who gets in: {keys}.",
    },
    "zh": {
        "title": "方案文件",
        "intro": (
            "方案写明分级之前要定下的一切。从自带的方案开始（`fenji scheme show 名称 > my.toml`），"
            "修改，检查（`fenji scheme check my.toml`），再用它分级"
            "（`fenji grade 订单.xlsx --scheme my.toml`）。没写的就按方法的默认。"
            "支持 JSON Schema 的编辑器可以用 [scheme.schema.json](scheme.schema.json) "
            "检查和补全方案（也可用 `fenji scheme schema` 得到）。"
        ),
        "general": "每个方案都有",
        "head": "| 键 | 默认方案中 | 含义 |",
        "example": "不写；例如 `{value}`",
        "table": "表",
        "tier": "在 `[[tiers]]` 中，以下键之一写明谁能进入该等级：{keys}。",
    },
}


def of_method(name: str) -> list[Entry]:
    """The keys that only this method has."""
    gates = method(name).TIER_KEYS
    own = [name, *(["segments"] if name == "rfm" else [])]
    return [
        e
        for e in entries(preset_text(name))
        if (e.path[0] in own and (len(e.path) > 1 or e.path[0] == "segments"))
        or (e.path[0] == "tiers" and len(e.path) == 2 and e.path[1] in gates)
    ]


def of_all() -> list[Entry]:
    """The keys of every scheme."""
    tops = ("format", "method", "name", "measures", "abc", "stage", "actions", "columns", "beside")
    return [
        e
        for e in entries(preset_text("general"))
        if (e.path[0] in tops and (e.value or e.said))
        or (e.path[0] == "tiers" and (len(e.path) == 1 or e.path[1] in TIER_WORDS))
        if len(e.path) < 3 or e.path[0] == "columns"
    ]


def sections() -> dict[str, list[Entry]]:
    return {"general": of_all(), **{name: of_method(name) for name in METHODS}}


def chinese() -> dict[str, dict[str, str]]:
    return tomllib.loads(CHINESE.read_text(encoding="utf-8"))


def page(lang: str) -> str:
    """The whole page in one language."""
    texts, said = TEXTS[lang], chinese() if lang == "zh" else {}
    parts = [f"# {texts['title']}\n\n{texts['intro']}\n"]
    for name, found in sections().items():
        title = texts["general"]
        if name in METHODS:
            named = words(lang)
            title = f"{name}: {named(f'value.{name}')}" if lang == "en" else named(f"value.{name}")
            title = title if lang == "en" else f"{name}：{title}"
        parts.append(f"\n## {title}\n\n")
        if name in METHODS:
            keys = ", ".join(f"`{k}`" for k in method(name).TIER_KEYS)
            parts.append(
                f"{words(lang)(f'method.{name}')}\n\n{texts['tier'].format(keys=keys)}\n\n"
            )
        parts.append(f"{texts['head']}\n| --- | --- | --- |\n")
        parts += rows(found, texts, said.get(name, {}))
    return "".join(parts)


def rows(found: list[Entry], texts: Mapping[str, str], said: Mapping[str, str]) -> Iterator[str]:
    for entry in found:
        key = shown(entry.path)
        value = entry.value if len(entry.value) <= LONGEST else f"{entry.value[:LONGEST]}…"
        default = f"`{value}`" if value else texts["table"]
        if entry.off and value:
            default = texts["example"].format(value=value)
        meaning = said.get(key, entry.said)
        yield f"| `{key}` | {escaped(default)} | {escaped(meaning)} |\n"


def escaped(text: str) -> str:
    return text.replace("|", "\\|")


@pytest.mark.parametrize("lang", PAGES)
def test_the_page_is_what_the_comments_say(lang: str) -> None:
    assert PAGES[lang].read_text(encoding="utf-8") == page(lang)


def test_every_meaning_is_there_in_chinese() -> None:
    wanted = {name: {shown(e.path) for e in found if e.said} for name, found in sections().items()}
    there = {name: {shown(e.path) for e in found} for name, found in sections().items()}
    given = {name: set(found) for name, found in chinese().items()}
    assert {n: missing for n in wanted if (missing := wanted[n] - given.get(n, set()))} == {}
    assert {n: loose for n in given if (loose := given[n] - there.get(n, set()))} == {}


@pytest.mark.parametrize("name", METHODS)
def test_a_default_scheme_names_every_key_of_its_method(name: str) -> None:
    text = preset_text(name)
    for field in dataclasses.fields(method(name).Settings):
        written = rf"(?m)^(?:# *)?{field.name} = |^(?:# )?\[+{name}\.{field.name}\]|`{field.name}`"
        assert re.search(written, text), field.name
    for key in set(method(name).TIER_KEYS) - {"below", "at_most"}:
        assert re.search(rf"\b{key} = ", text), key
    for key in TIER_WORDS:
        assert re.search(rf"(?m)^{key} = |^\[tiers\.{key}\]", text), key


def test_comments_go_with_their_keys() -> None:
    found = list(
        entries(
            '# About the file.\nformat = 1\n\n[a]\nx = "#1"   # one\n             # and more\n'
            "# y = [1, 2]  # off\n# Of z.\nz = [\n  1,  # first\n]\n# [b]\n# w = 2\n\nv = 3\n"
        )
    )
    assert [(shown(e.path), e.value, e.said, e.off) for e in found] == [
        ("format", "1", "", False),
        ("a", "", "", False),
        ("a.x", '"#1"', "one and more", False),
        ("a.y", "[1, 2]", "off", True),
        ("a.z", "[ 1, ]", "Of z.", False),
        ("b", "", "", True),
        ("b.w", "2", "", True),
        ("a.v", "3", "", False),
    ]


if __name__ == "__main__":
    for lang, path in PAGES.items():
        path.write_text(page(lang), encoding="utf-8")
