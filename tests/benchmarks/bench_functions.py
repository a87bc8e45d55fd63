"""How long functions in cells take, against bare NumPy and against nothing.

    python -m tests.benchmarks.bench_functions [--rows 100000] [--runs 7]

- RFM_TIER of one customer with the whole range FenjiModel handed over each time, in
  microseconds: what our code adds to the host's own conversion (target: below 50).
- RFM_TIER of many customers with a model, by the time that the same rule takes in bare NumPy
  (target: within 3 times). Both begin with the rows of cells that a host hands over and end with
  such rows: making arrays of lists and lists of arrays is part of both.
- Importing `addin.functions` and the first answer, in processes of their own, by the time that
  importing NumPy alone takes.

Runs are interleaved; what counts are the ratios of the medians, not one machine's seconds.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
import polars as pl

from addin.defaults import with_default_segments
from addin.functions import FUNCTIONS
from addin.model_table import model_table
from addin.words import words
from segmentation.grading import dump_model, fit
from segmentation.scheme_file import preset

ROOT = Path(__file__).parents[2]
CALLS = 2_000
Range = list[list[Any]]


def customers(rows: int) -> tuple[dict[str, Any], tuple[Range, Range, Range]]:
    """A model, and the three columns of cells that it was fitted on."""
    random = np.random.default_rng(0)
    orders = random.geometric(0.25, rows).astype(float)
    values = {
        "recency": np.floor(random.exponential(120, rows)),
        "frequency": orders,
        "monetary": np.round(random.lognormal(4, 1, rows) * orders, 2),
    }
    scheme = with_default_segments(preset("general"), words("en"))
    r, f, m = ([[v] for v in column.tolist()] for column in values.values())
    return fit(scheme, pl.DataFrame(values)), (r, f, m)


def bare(model: dict[str, Any], r: Range, f: Range, m: Range) -> Range:
    """The same rule, written for this model alone."""
    cuts = model["rfm"]["cuts"]
    names = np.array([t["name"]["en"] for t in model["tiers"]], dtype=object)
    limits = np.array([t["min_score"] for t in model["tiers"][-2::-1]])
    recency, frequency, monetary = (np.array([v for (v,) in c]) for c in (r, f, m))
    r_score = 5 - np.searchsorted(cuts["recency"]["*"], recency)
    f_score = 1 + np.searchsorted(cuts["frequency"]["*"], frequency)
    m_score = 1 + np.searchsorted(cuts["monetary"]["*"], monetary)
    score = np.round((r_score + f_score + m_score) / 3, 6)
    tier = len(limits) - np.searchsorted(limits, score, side="right")
    return [[name] for name in names[tier].tolist()]


def seconds(job: Callable[[], Any]) -> float:
    start = perf_counter()
    job()
    return perf_counter() - start


def scalar(name: str, models: list[Any], cells: tuple[float, float, float]) -> float:
    """Microseconds of one call, each with a model of its own strings."""
    call, text = FUNCTIONS[name], words("en")
    more = (None,) if name == "RFM_SEGMENT" else ()
    start = perf_counter()
    for model in models:
        call(text, *cells, *more, model)
    return (perf_counter() - start) / len(models) * 1e6


def fresh(code: str) -> float:
    """Seconds that a process of its own says."""
    clock = f"from time import perf_counter as t\nb = t()\n{code}\nprint(t() - b)"
    command = [sys.executable, "-c", clock]
    return float(subprocess.run(command, check=True, cwd=ROOT, capture_output=True).stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    model, (r, f, m) = customers(options.rows)
    text = words("en")
    rows = [list(row) for row in model_table(model, text).rows()]
    said = json.dumps(rows)
    call = FUNCTIONS["RFM_TIER"]
    assert call(text, r, f, m, rows) == bare(model, r, f, m)
    times: dict[str, list[float]] = {}

    def keep(name: str, value: float) -> None:
        times.setdefault(name, []).append(value)

    for _ in range(options.runs):
        keep("bare", seconds(lambda: bare(model, r, f, m)))
        keep("tier", seconds(lambda: call(text, r, f, m, rows)))
        keep("fit", seconds(lambda: call(text, r, f, m)))
        for name in ("RFM_TIER", "RFM_SEGMENT"):
            # A host makes the strings anew for each call.
            keep(name, scalar(name, [json.loads(said) for _ in range(CALLS)], (12.0, 3.0, 450.0)))
        keep("json", scalar("RFM_TIER", [dump_model(model)] * CALLS, (12.0, 3.0, 450.0)))
        keep("numpy", fresh("import numpy"))
        keep("import", fresh("import addin.functions"))
        first = "from addin.functions import call\n"
        keep(
            "first",
            fresh(f"{first}call('RFM_TIER', [[1.0], [2.0]], [[1.0], [2.0]], [[1.0], [2.0]])"),
        )
    took = {name: median(values) for name, values in times.items()}
    print(
        f"one customer, range FenjiModel ({len(rows)} lines): RFM_TIER {took['RFM_TIER']:.1f} µs,"
    )
    print(f"    RFM_SEGMENT {took['RFM_SEGMENT']:.1f} µs; FenjiModelJson {took['json']:.1f} µs")
    print(f"{options.rows:,} customers: RFM_TIER takes", end=" ")
    print(f"{took['tier'] / took['bare']:.2f} times as long as bare NumPy,")
    print(f"    {took['fit'] / took['bare']:.2f} times where it learns from them first")
    print(f"import addin.functions: {took['import'] / took['numpy']:.2f} times NumPy alone")
    print(f"    ({took['import']:.2f} s); with a first answer {took['first'] / took['numpy']:.2f}")


if __name__ == "__main__":
    main()
