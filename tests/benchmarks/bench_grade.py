"""How long read, check, grade and fill take, against merely reading the same workbook.

    python -m tests.benchmarks.bench_grade [--rows 500000] [--runs 5] [--profile]

Each run is a process of its own and starts its clock after the imports. Runs are interleaved;
what counts is the ratio of the medians, not the seconds of one machine.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np

HEADERS = (
    *("Order no", "Order date", "Customer ID", "Customer name"),
    *("Product category", "Quantity", "Amount paid"),
)
CATEGORIES = ("Garden & home", "Books", "Toys", "Office", "Kitchen", "Sports")
CUSTOMERS = 40_000
ROOT = Path(__file__).parents[2]


def make_orders(path: Path, rows: int) -> None:
    """A workbook of orders: text ids, real dates, names, categories, numbers."""
    import xlsxwriter  # noqa: PLC0415

    random = np.random.default_rng(0)
    customers = random.integers(0, CUSTOMERS, rows)
    days = random.integers(0, 720, rows)
    kinds = random.integers(0, len(CATEGORIES), rows)
    counts = random.geometric(0.4, rows)
    amounts = np.round(random.lognormal(4, 1, rows), 2)
    start = dt.datetime(2024, 1, 1)
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Orders")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, HEADERS)
        for i in range(rows):
            customer = int(customers[i])
            sheet.write_string(i + 1, 0, f"SO-{i:07d}")
            sheet.write_datetime(i + 1, 1, start + dt.timedelta(days=int(days[i])), day)
            sheet.write_string(i + 1, 2, f"C{customer:06d}")
            sheet.write_string(i + 1, 3, f"Customer {customer} & Sons")
            sheet.write_string(i + 1, 4, CATEGORIES[kinds[i]])
            sheet.write_number(i + 1, 5, int(counts[i]))
            sheet.write_number(i + 1, 6, float(amounts[i]))


def merely_read(path: Path) -> float:
    """Seconds that fastexcel takes to make an Arrow table of the sheet."""
    import fastexcel  # noqa: PLC0415
    import polars  # noqa: F401, PLC0415

    start = perf_counter()
    fastexcel.read_excel(path).load_sheet(0).to_polars()
    return perf_counter() - start


def grade(path: Path) -> float:
    """Seconds from the workbook of orders to the filled workbook of customers."""
    import fastexcel  # noqa: F401, PLC0415

    from addin.defaults import with_default_segments  # noqa: PLC0415
    from addin.hosts.file.reading import read_sources  # noqa: PLC0415
    from addin.output import write  # noqa: PLC0415
    from addin.words import words  # noqa: PLC0415
    from segmentation import run  # noqa: PLC0415
    from segmentation.scheme_file import preset  # noqa: PLC0415

    text = words("en")
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "graded.xlsx")
        start = perf_counter()
        scheme = with_default_segments(preset("general"), text)
        graded = run.grade(read_sources([path]), scheme=scheme, today=dt.date(2026, 6, 30))
        write(graded, out, words=text, files=[path.name])
        return perf_counter() - start


def profiled(path: Path) -> None:
    """Print where the time goes."""
    import cProfile  # noqa: PLC0415
    import pstats  # noqa: PLC0415

    grade(path)
    profiler = cProfile.Profile()
    profiler.runcall(grade, path)
    pstats.Stats(profiler).sort_stats("cumulative").print_stats(60)


JOBS = {"read": merely_read, "grade": grade}


def fresh(job: str, path: Path) -> dict[str, float]:
    """Seconds and peak memory (bytes) of a job in a process of its own."""
    command = [sys.executable, "-m", __spec__.name, "--job", job, "--file", str(path)]
    said = subprocess.run(command, check=True, cwd=ROOT, capture_output=True, text=True).stdout
    found: dict[str, float] = json.loads(said)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--job", choices=JOBS, help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.job:
        seconds = JOBS[options.job](options.file)
        unit = 1 if sys.platform == "darwin" else 1024
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
        print(json.dumps({"seconds": seconds, "peak": peak}))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = options.file or Path(folder, "orders.xlsx")
        if not path.exists():
            make_orders(path, options.rows)
        if options.profile:
            profiled(path)
            return
        runs = [{job: fresh(job, path) for job in JOBS} for _ in range(options.runs)]
    times = {job: median(run[job]["seconds"] for run in runs) for job in JOBS}
    peak = max(run["grade"]["peak"] for run in runs)
    print(f"{options.rows:,} rows: read + check + grade + fill takes", end=" ")
    print(f"{times['grade'] / times['read']:.2f} times as long as merely reading")
    print(f"    peak memory: {peak / 1e9:.2f} GB")


if __name__ == "__main__":
    main()
