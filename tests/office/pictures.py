"""Workbooks as pictures, to be looked at or measured."""

from __future__ import annotations

from pathlib import Path

import pymupdf

from tests.office.libreoffice import to_pdf


def render(path: Path, out_dir: Path, *, dpi: int = 100) -> list[Path]:
    """One PNG a printed page, in order; ``dpi`` dots per inch."""
    out_dir.mkdir(parents=True, exist_ok=True)
    pictures = []
    with pymupdf.open(to_pdf(path)) as document:  # type: ignore[no-untyped-call]
        for number, page in enumerate(document, start=1):
            picture = out_dir / f"{path.stem}-{number:02d}.png"
            page.get_pixmap(dpi=dpi).save(picture)
            pictures.append(picture)
    return pictures
