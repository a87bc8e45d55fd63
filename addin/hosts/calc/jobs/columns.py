"""Tier, segment, reason and next step beside the user's own list, as columns of a plan."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from addin.beside_list import WIDTHS, Answer, edge_of, headers
from addin.hosts.calc.jobs.task import Column
from addin.words import Words

# The widths count characters, of which one takes so many millimetres.
_MM = 2.0


def columns_of(answers: Sequence[Answer], text: Words) -> tuple[Column, ...]:
    """The columns of all lists, those of a list together."""
    return tuple(column for answer in answers for column in _columns(answer, text))


def _columns(answer: Answer, text: Words) -> list[Column]:
    found = answer.layout
    top = found.header_row + 1
    last = int(answer.rows["row"].max())  # type: ignore[arg-type]
    by_row = pl.DataFrame({"row": range(top + 1, last + 1)}, schema={"row": pl.UInt32})
    lines = by_row.join(answer.rows, on="row", how="left", maintain_order="left")
    places = {
        header: number + found.sheet.first_column
        for number, header in reversed(list(enumerate(found.headers)))
        if header
    }
    made = []
    for key in answer.keys:
        there = next((places[h] for h in headers(key) if h in places), None)
        made.append(
            Column(
                sheet=found.sheet.sheet,
                header_row=found.header_row,
                column=there,
                after=edge_of(found) - 1,
                header=text(f"excel.column.{key}"),
                width_mm=round(WIDTHS[key] * _MM, 1),
                cells=[(row - 1, said) for row, said in lines.select("row", key).iter_rows()],
            )
        )
    return made
