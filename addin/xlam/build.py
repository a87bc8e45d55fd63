"""Fenji.xlam: made from text, on any system, the same bytes each time."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from addin.functions import FUNCTIONS
from addin.saving import write_bytes
from addin.xlam.modules import book_module, modules
from addin.xlam.package import ADD_IN, Parts, as_kind, packed, with_code, with_ribbon
from addin.xlam.texts import texts
from addin.xlam.workbook import write_workbook

FILE = "Fenji.xlam"


def build(folder: Path) -> Path:
    """Write Fenji.xlam into a folder; raises FileError."""
    target = folder / FILE
    write_bytes(add_in(), target)
    return target


def add_in() -> bytes:
    """The content of Fenji.xlam."""
    return packed(as_kind(with_ribbon(parts(modules())), ADD_IN))


def parts(standard: Mapping[str, str]) -> Parts:
    """The parts of a workbook with the add-in's words and this code, without the ribbon."""
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "book.xlsm"
        write_workbook(book, texts(FUNCTIONS))
        return with_code(book, standard, book_module())
