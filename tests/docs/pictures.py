"""Make the pictures of the READMEs anew: ``python -m tests.docs.pictures``."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pymupdf

from addin.cli import main
from addin.words import words
from tests import office

DOCS = Path(__file__).parents[2] / "docs"
DPI = 92
MARGIN = 18
# As much of the customers as shows what is in a row.
TOP = 0.5


def draw(lang: str) -> None:
    """Grade the demo in ``lang`` and keep its first page and its dashboard."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if main(["demo", "--lang", lang, "-o", str(folder)]) != 0:
            raise SystemExit(1)
        text = words(lang)
        stem = Path(text("file.demo_orders")).stem
        with pymupdf.open(office.to_pdf(folder / text("file.graded", stem=stem))) as pages:
            _save(pages[0], DOCS / f"customers-{lang}.png", part=TOP)
            title = text("sheet.dashboard")
            found = next(p for p in pages if title in p.get_text().split("\n", 2)[0])
            _save(found, DOCS / f"dashboard-{lang}.png")


def _save(page: pymupdf.Page, path: Path, *, part: float = 1.0) -> None:
    """The printed part of a page, or the top of it."""
    boxes = [pymupdf.Rect(block[:4]) for block in page.get_text("blocks")]
    printed = boxes[0]
    for box in boxes[1:]:
        printed |= box
    printed.y1 = printed.y0 + part * printed.height
    clip = pymupdf.Rect(
        printed.x0 - MARGIN, printed.y0 - MARGIN, printed.x1 + MARGIN, printed.y1 + MARGIN
    )
    page.get_pixmap(dpi=DPI, clip=clip & page.rect).save(path)


if __name__ == "__main__":
    for lang in ("en", "zh"):
        draw(lang)
