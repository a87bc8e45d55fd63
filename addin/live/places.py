"""What the table FenjiNumbers of a workbook comes to, known before any program calculates it."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from addin.hosts.file.own_tables import read_table
from addin.words import Words
from templates.formulas import BEYOND
from templates.grades import NUMBERS

MODEL = "FenjiModel"
_KEYS = ("item", "measure", "number")
Place = tuple[str, str, str]


def numbers_known(template: Path, model: pl.DataFrame, words: Words) -> dict[str, pl.DataFrame]:
    """The table by its name: for each of the template's places the line of ``model``, and value.

    ``model`` is the table FenjiModel as it is going to stand there. Without the table nothing.
    Its formulas (see ``templates.formulas.NumberFormulas``) then come to the same.
    """
    there = read_table(template, NUMBERS)
    if there is None:
        return {}
    texts = [[cell or "" for cell in cells[: len(_KEYS)]] for _, cells in there.rows]
    lines = _lines(model, words)
    found = [lines.get((item, measure, number), (0, None)) for item, measure, number in texts]
    cut = words("item.cut")
    values = [
        float(BEYOND) if not line and item == cut else value
        for (item, _, _), (line, value) in zip(texts, found, strict=True)
    ]
    headers = [words(f"header.{NUMBERS}.{key}") for key in ("line", "value")]
    if any(header not in there.headers for header in headers):  # a template in another language
        return {}
    named = dict(zip(there.headers, zip(*texts, strict=True), strict=False))
    frame = pl.DataFrame(
        {
            **{header: [text or None for text in named[header]] for header in there.headers[:2]},
            there.headers[2]: [int(n) if n else None for n in named[there.headers[2]]],
            headers[0]: [line for line, _ in found],
            headers[1]: pl.Series(values, dtype=pl.Object),
        }
    )
    return {NUMBERS: frame}


def _lines(model: pl.DataFrame, words: Words) -> dict[Place, tuple[int, object]]:
    """Line number (from 1) and value by item, measure and number; the last of equal ones."""
    keys = [words(f"header.{MODEL}.{key}") for key in (*_KEYS, "value")]
    found: dict[Place, tuple[int, object]] = {}
    for line, (item, measure, number, value) in enumerate(model.select(keys).rows(), start=1):
        place = (item or "", measure or "", "" if number is None else str(number))
        known = value if isinstance(value, int | float | str) else None
        found[place] = (line, known)
    return found
