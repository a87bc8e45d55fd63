"""How much faster `fill` is than openpyxl at filling the same template.

    python -m tests.benchmarks.bench_fill [--rows 100000] [--runs 3]

Runs are interleaved; what counts is the ratio of the medians, not the seconds of one machine.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
import openpyxl
import polars as pl
import xlsxwriter

from addin.hosts.file.fill import fill

HEADERS = (
    *("Customer", "Name", "Last order", "Recency", "Frequency", "Monetary"),
    *("RFM", "Score", "Tier", "Segment", "Why", "Next"),
)
FORMULAS = {
    "RFM": "=100*MIN(5,[@Recency])+10*MIN(5,[@Frequency])+1",
    "Score": "=ROUND(([@Recency]+[@Frequency]+[@Monetary])/3,6)",
    "Tier": '=IF([@Score]>=4,"A",IF([@Score]>=3,"B",IF([@Score]>=2,"C","D")))',
}
FIRST_ROW = 4


def make_template(path: Path) -> None:
    """A template with one table of twelve columns, formats, and a conditional format."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Customers")
        formats = {
            "Last order": book.add_format({"num_format": "yyyy-mm-dd"}),
            "Monetary": book.add_format({"num_format": "#,##0.00"}),
            "Score": book.add_format({"num_format": "0.00"}),
        }
        columns = []
        for number, header in enumerate(HEADERS):
            column = {"header": header, "format": formats.get(header)}
            if header in FORMULAS:
                column["formula"] = FORMULAS[header]
            columns.append(column)
            if header not in FORMULAS and header in formats:
                sheet.write_blank(FIRST_ROW - 1, number, None, formats[header])
        sheet.add_table(2, 0, 3, len(HEADERS) - 1, {"name": "FenjiCustomers", "columns": columns})
        sheet.conditional_format("F4:F4", {"type": "data_bar"})
        sheet.write("A1", "Customers")
        book.define_name("FenjiTitle", "=Customers!$A$1")


def make_frame(rows: int) -> pl.DataFrame:
    """Customers: numbers, dates, short text, and two columns of sentences."""
    random = np.random.default_rng(0)
    recency = random.integers(1, 720, rows)
    frequency = random.geometric(0.2, rows)
    monetary = np.round(random.lognormal(5, 1, rows), 2)
    score = np.round(random.integers(3, 16, rows) / 3, 6)
    tiers = np.array(["D", "C", "B", "A"])[np.clip(score.astype(int) - 1, 0, 3)]
    segments = np.array(["Champions", "Loyal", "At risk", "Lost", "Promising"])
    last = [date(2025, 6, 30) - timedelta(days=int(days)) for days in recency]
    frame = pl.DataFrame(
        {
            "Customer": [f"C{number:07d}" for number in range(rows)],
            "Name": [f"Customer & Sons {number}" for number in random.integers(0, 10**6, rows)],
            "Last order": last,
            "Recency": recency,
            "Frequency": frequency,
            "Monetary": monetary,
            "RFM": random.integers(1, 6, rows) * 111,
            "Score": score,
            "Tier": tiers,
            "Segment": segments[random.integers(0, 5, rows)],
        }
    )
    why = pl.format(
        "Last order {} days ago, {} orders, {} in all: grade {}.",
        *("Recency", "Frequency", "Monetary", "Tier"),
    )
    then = pl.format(
        "One more order within {} days and {} more would lift this customer by one grade.",
        *("Recency", "Monetary"),
    )
    return frame.with_columns(why.alias("Why"), then.alias("Next"))


def with_openpyxl(template: Path, out: Path, frame: pl.DataFrame, *, formulas: bool) -> None:
    """Load, fill, save: the same job with the usual library."""
    book = openpyxl.load_workbook(template)
    sheet = book["Customers"]
    sheet["A1"] = "Graded"
    styles = [sheet.cell(FIRST_ROW, number + 1)._style for number in range(len(HEADERS))]
    texts = [sheet.cell(FIRST_ROW, number + 1).value for number in range(len(HEADERS))]
    kept = [formulas and header in FORMULAS for header in HEADERS]
    for row, values in enumerate(frame.iter_rows(), FIRST_ROW):
        for number, value in enumerate(values):
            cell = sheet.cell(row, number + 1, texts[number] if kept[number] else value)
            cell._style = styles[number]
    sheet.tables["FenjiCustomers"].ref = f"A3:L{FIRST_ROW + frame.height - 1}"
    book.save(out)


def with_fill(template: Path, out: Path, frame: pl.DataFrame, *, formulas: bool) -> None:
    """Load, fill, save: this project's way."""
    tables = {"FenjiCustomers": frame}
    fill(template, out, tables=tables, cells={"FenjiTitle": "Graded"}, formulas=formulas)


def seconds(job: Callable[[], None]) -> float:
    """How long one run takes."""
    start = perf_counter()
    job()
    return perf_counter() - start


def compare(rows: int, runs: int, *, formulas: bool) -> float:
    """openpyxl's median time over ours."""
    frame = make_frame(rows)
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder, "template.xlsx")
        make_template(template)
        ours = partial(with_fill, template, Path(folder, "a.xlsx"), frame, formulas=formulas)
        theirs = partial(with_openpyxl, template, Path(folder, "b.xlsx"), frame, formulas=formulas)
        ours()  # imports and thread pools once, for both alike
        pairs = [(seconds(theirs), seconds(ours)) for _ in range(runs)]
        sizes = [Path(folder, name).stat().st_size for name in ("a.xlsx", "b.xlsx")]
    slow, fast = (median(times) for times in zip(*pairs, strict=True))
    kind = "with formulas" if formulas else "values alone "
    print(f"{rows:,} x {len(HEADERS)} {kind}: openpyxl {slow / fast:.1f} times the time of fill")
    print(f"    file size: {sizes[0] / sizes[1]:.2f} of openpyxl's")
    return slow / fast


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    for formulas in (False, True):
        compare(options.rows, options.runs, formulas=formulas)


if __name__ == "__main__":
    main()
