"""Graded workbooks as functions see them: cells of Customers and Model, as a host hands them."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from addin.defaults import with_default_segments
from addin.hosts.file.reading import read_sources
from addin.tables import workbook_tables
from addin.words import Words
from segmentation.grading import dump_model
from segmentation.run import Grading, grade
from segmentation.scheme_file import parse_scheme, preset_text

DATA = {
    "cdnow master": "cdnow/cdnow_master.csv",
    "cdnow sample": "cdnow/cdnow_sample.csv",
    "completejourney": "completejourney/oracle/orders_input.csv.gz",
    "online retail": "online_retail/Online Retail (first 70051 rows).xlsx",
    "pagila": "pagila/payment.csv",
    "rfm_r customers": "rfm_r/rfm_data_customer.csv",
    "rfm_r orders": "rfm_r/rfm_data_orders.csv",
    "messy orders": "zh_messy_orders/orders.xlsx",
}
MEASURES = ("recency", "frequency", "monetary")
Range = list[list[Any]]


def column(values: Sequence[Any]) -> Range:
    """A range of one column; a host knows no whole numbers."""
    return [[float(v) if isinstance(v, int) else v] for v in values]


@dataclass(frozen=True, kw_only=True)
class Book:
    """A graded workbook: three ranges of measures, the columns beside them, the model."""

    grading: Grading
    measures: tuple[Range, Range, Range]
    answers: dict[str, list[Any]]
    model: Range
    json: str

    def row(self, number: int) -> tuple[float, float, float]:
        r, f, m = (column[number][0] for column in self.measures)
        return r, f, m


def book_of(grading: Grading, words: Words) -> Book:
    tables = workbook_tables(grading, words, files=[], settings=[])
    customers, headers = tables["FenjiCustomers"], words.section("header.FenjiCustomers")
    r, f, m = (column(customers[headers[k]].to_list()) for k in MEASURES)
    rows = [[float(c) if isinstance(c, int) else c for c in x] for x in tables["FenjiModel"].rows()]
    keys = ("tier", "segment", "rfm", "why")
    return Book(
        grading=grading,
        measures=(r, f, m),
        answers={key: customers[headers[key]].to_list() for key in keys},
        model=rows,
        json=dump_model(grading.model),
    )


@cache
def _graded(path: Path, scheme: str, lang: str, folder: Path) -> Grading:
    from addin.words import words  # noqa: PLC0415  (a fixture has its name)

    if path.suffix == ".gz":
        plain = folder / path.stem
        plain.write_bytes(gzip.decompress(path.read_bytes()))
        path = plain
    chosen = with_default_segments(parse_scheme(scheme, source="test"), words(lang))
    return grade(read_sources([path]), scheme=chosen)


def graded(path: Path, words: Words, folder: Path, scheme: str = "") -> Book:
    """A file graded as `fenji grade` does it; by a scheme where one is given."""
    if not path.exists():
        pytest.skip(f"not among the real data: {path.name}")
    return book_of(_graded(path, scheme or preset_text("general"), words.lang, folder), words)


def flat(answers: Range) -> list[Any]:
    return [cell for row in answers for cell in row]
