"""docs/calc*.md: what they link to is there, both languages say the same, pictures are small."""

from __future__ import annotations

import re
from pathlib import Path

import pymupdf
import pytest

from addin.words import words

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {"en": DOCS / "calc.md", "zh": DOCS / "calc.zh-CN.md"}
BYTES, WIDTH, HEIGHT = 150_000, 1280, 800
LINK = re.compile(r"\]\(([^)#:]+)\)")
BLOCK = re.compile(r"^```\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("lang", PAGES)
def test_links_and_pictures_are_there(lang: str) -> None:
    linked = LINK.findall(PAGES[lang].read_text(encoding="utf-8"))
    assert [name for name in linked if not (DOCS / name).exists()] == []
    assert sum(name.endswith(f"-{lang}.png") for name in linked) == 6


def test_every_picture_is_small_and_shown() -> None:
    shown = {name for page in PAGES.values() for name in LINK.findall(page.read_text("utf-8"))}
    for path in DOCS.glob("calc-*.png"):
        picture = pymupdf.Pixmap(path)  # type: ignore[no-untyped-call]
        assert path.name in shown
        assert path.stat().st_size < BYTES
        assert picture.width <= WIDTH
        assert picture.height <= HEIGHT


def test_both_languages_have_the_same_commands_and_formulas() -> None:
    english, chinese = (PAGES[lang].read_text(encoding="utf-8") for lang in ("en", "zh"))
    assert BLOCK.findall(english) == BLOCK.findall(chinese)
    for mark in ("## ", "| ", "- "):
        lines = [[li for li in t.split("\n") if li.startswith(mark)] for t in (english, chinese)]
        assert len(lines[0]) == len(lines[1])


@pytest.mark.parametrize("lang", PAGES)
def test_commands_are_called_as_in_the_menu(lang: str) -> None:
    text = PAGES[lang].read_text(encoding="utf-8")
    for name in ("grade", "check", "template", "compare", "explain", "whatif", "strategy"):
        assert words(lang)(f"ribbon.{name}.label") in text


@pytest.mark.parametrize(("readme", "lang"), [("README.md", "en"), ("README.zh-CN.md", "zh")])
def test_the_readme_shows_the_page(readme: str, lang: str) -> None:
    text = (DOCS.parent / readme).read_text(encoding="utf-8")
    assert f"(docs/{PAGES[lang].name})" in text
    assert f"(docs/calc-menu-{lang}.png)" in text
