"""The READMEs begin with the two commands, and both languages with the same ones."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

import start

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.zh-CN.md")
BLOCK = re.compile(r"^```[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)


def commands(text: str) -> list[str]:
    """The first two fenced code blocks."""
    return [block.strip() for block in BLOCK.findall(text)[:2]]


@pytest.mark.parametrize("name", READMES)
def test_the_first_two_code_blocks_are_one_command_each(name: str) -> None:
    demo, test = commands((ROOT / name).read_text(encoding="utf-8"))
    assert shlex.split(demo)[1:3] == [Path(start.__file__).name, "demo"]
    assert shlex.split(test)[1:3] == [Path(start.__file__).name, "test"]
    assert "\n" not in demo + test


def test_both_languages_show_the_same_commands() -> None:
    one, other = ((ROOT / name).read_text(encoding="utf-8") for name in READMES)
    assert commands(one) == commands(other)


def test_blocks_are_found_as_they_stand() -> None:
    text = "a\n```sh\none\n```\nb\n```\ntwo\nthree\n```\n```\nfour\n```\n"
    assert commands(text) == ["one", "two\nthree"]
