"""docs/commands*.md are what the command line says of itself.

Write them anew with ``python -m tests.docs.test_commands``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from addin.reference import reference
from addin.words import words

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {"en": DOCS / "commands.md", "zh": DOCS / "commands.zh-CN.md"}


@pytest.mark.parametrize("lang", PAGES)
def test_the_reference_is_what_help_says(lang: str) -> None:
    assert PAGES[lang].read_text(encoding="utf-8") == reference(words(lang))


if __name__ == "__main__":
    for lang, page in PAGES.items():
        page.write_text(reference(words(lang)), encoding="utf-8")
