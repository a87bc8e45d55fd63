"""``fenji clear``: empty the sample rows of a template where they stand."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from addin.hosts.file.blanking import blank_rows
from addin.hosts.file.errors import TemplateError
from addin.hosts.file.own_tables import input_sheets
from addin.hosts.file.reading import read_sources
from addin.samples import sample_rows
from addin.saving import beside
from addin.words import Words
from segmentation.errors import FileError


@dataclass(frozen=True, kw_only=True)
class Cleared:
    """How many sample rows were emptied; ``backup`` is the workbook as it was, kept where other
    rows stood among them."""

    rows: int
    backup: Path | None = None


def clear(path: Path, out: Path, words: Words) -> Cleared:
    """Write the workbook without its sample rows to ``out``, which may be ``path``.

    Raises FileError.
    """
    found, others = _samples(path)
    count = sum(map(len, found.values()))
    if not count:
        return Cleared(rows=0)
    backup = _backup(path, words) if others and out == path else None
    try:
        blank_rows(path, out, found)
    except TemplateError:
        raise FileError("damaged_workbook", file=path.name) from None
    return Cleared(rows=count, backup=backup)


def clear_filled(out: Path, template: Path | None, sources: Sequence[Path]) -> None:
    """Empty the sample rows in a workbook that was filled with orders from elsewhere.

    Raises FileError.
    """
    if template is None or any(source.samefile(template) for source in sources):
        return
    if found := _samples(out)[0]:
        blank_rows(out, out, found)


def _samples(path: Path) -> tuple[dict[str, list[int]], bool]:
    """The sample rows by table, and whether other rows stand in these tables too."""
    found, others = {}, False
    places = input_sheets(path)
    for name, table in places.items():
        (sheet,) = read_sources([path], sheet=name)
        if not (rows := sample_rows(sheet, table)):
            continue
        found[table.name] = rows
        below = sheet.cells.slice(table.data.top - 1)
        filled = sum(any(cell for cell in row) for row in below.iter_rows())
        others = others or filled > len(rows)
    return found, others


def _backup(path: Path, words: Words) -> Path:
    """A copy beside the workbook, under a name that is free."""
    numbers = ("", *(f"-{number}" for number in range(2, 1000)))
    names = (words("file.backup", stem=path.stem, number=n) + path.suffix for n in numbers)
    target = next(place for place in map(path.with_name, names) if not place.exists())
    with beside(target) as made:
        shutil.copyfile(path, made)
        made.replace(target)
    return target
