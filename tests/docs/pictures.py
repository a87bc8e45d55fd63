"""Make the pictures of the READMEs anew: ``python -m tests.docs.pictures``."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pymupdf

from addin.cli import main
from addin.words import Words, words
from tests import office

DOCS = Path(__file__).parents[2] / "docs"
DPI = 92
MARGIN = 18
# As much of the customers as shows what is in a row.
TOP = 0.32
SMALL = 64
# The other sheets in one language each: enough to see what they are.
SHEETS = {"en": ("strategy", "actions", "model"), "zh": ("card", "budget", "data_check")}


def draw(lang: str) -> None:
    """Grade the demo in ``lang`` and keep its first page and its dashboard."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _fenji("demo", "--lang", lang, "-o", folder)
        text = words(lang)
        stem = Path(text("file.demo_orders")).stem
        with pymupdf.open(office.to_pdf(folder / text("file.graded", stem=stem))) as pages:
            step = text("header.FenjiCustomers.next").split()[0]
            reasons = next(p for p in pages if p.search_for(step) and not p.search_for("RFM"))
            _save([pages[0], reasons], DOCS / f"customers-{lang}.png", part=TOP)
            _save([_of("dashboard", pages, text)], DOCS / f"dashboard-{lang}.png")
            for sheet in SHEETS[lang]:
                _save([_of(sheet, pages, text)], DOCS / f"{sheet}-{lang}.png", dpi=SMALL)
        worth = folder / "worth.xlsx"
        orders = folder / text("file.demo_orders")
        _fenji("grade", orders, "--method", "clv", "--lang", lang, "-o", worth)
        with pymupdf.open(office.to_pdf(worth)) as pages:
            _save([_of("lifetime", pages, text)], DOCS / f"lifetime-{lang}.png")
        form = folder / "template.xlsx"
        _fenji("template", "retail", "--lang", lang, "-o", form)
        with pymupdf.open(office.to_pdf(form)) as pages:
            _save([pages[0]], DOCS / f"start-{lang}.png", dpi=SMALL)


def _fenji(*arguments: str | Path) -> None:
    if main([str(each) for each in arguments]) != 0:
        raise SystemExit(1)


def _of(sheet: str, pages: pymupdf.Document, text: Words) -> pymupdf.Page:
    """The first page of a sheet, which begins with its name."""
    title = f"· {text(f'sheet.{sheet}')}"
    return next(p for p in pages if p.get_text().split("\n", 1)[0].endswith(title))


def _save(pages: list[pymupdf.Page], path: Path, *, part: float = 1.0, dpi: int = DPI) -> None:
    """The printed part of pages, or the top of it, one below the other."""
    clips = [_printed(page, part) for page in pages]
    width, height = max(c.width for c in clips), sum(c.height for c in clips)
    with pymupdf.open() as joined:
        sheet = joined.new_page(width=width, height=height)
        top = 0.0
        for page, clip in zip(pages, clips, strict=True):
            place = pymupdf.Rect(0, top, clip.width, top + clip.height)
            sheet.show_pdf_page(place, page.parent, page.number, clip=clip)
            top += clip.height
        sheet.get_pixmap(dpi=dpi).save(path)


def _printed(page: pymupdf.Page, part: float) -> pymupdf.Rect:
    boxes = [pymupdf.Rect(block[:4]) for block in page.get_text("blocks")]
    box = boxes[0]
    for other in boxes[1:]:
        box |= other
    bottom = box.y0 + part * box.height
    return pymupdf.Rect(box.x0 - MARGIN, box.y0 - MARGIN, box.x1 + MARGIN, bottom) & page.rect


if __name__ == "__main__":
    for lang in ("en", "zh"):
        draw(lang)
