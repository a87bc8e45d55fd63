"""How long models of lifetime value take, against lifetimes 0.11.3, and with a million customers.

    python -m tests.benchmarks.bench_lifetime [--peer PYTHON] [--runs 3] [--without-million]

``--peer`` is a Python that has lifetimes (and a pandas, NumPy and SciPy that it works with);
without it SciPy stands in, on the same likelihood of BG/NBD, customer by customer, without a
gradient: that is not the peer, and says nothing of the other models. Both fit CDNOW's 23,570
customers by the week, which the test data beside the project have. Every run is a process of its
own, starts its clock after the imports and fits three times (the peer's Pareto/NBD once); what
counts is the best of all, which the machine's other work disturbs least. The likelihoods of both
sides are told by the same formulas, and each model has to meet the target, not their sum.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
from importlib import import_module
from operator import itemgetter
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import polars as pl

from segmentation.lifetime import gamma_gamma
from segmentation.lifetime.grouped import grouped
from segmentation.lifetime.histories import Histories
from segmentation.lifetime.learning import learn, model_of
from segmentation.lifetime.predicting import Terms, columns
from tests.segmentation.buyers import simulated

ROOT = Path(__file__).parents[2]
SUMMARY = "cdnow/oracle/lifetimes_summary_master_Dover7_1997-09-30.csv"
MODELS = ("bg_nbd", "mbg_nbd", "pareto_nbd", "gamma_gamma")
CUSTOMERS, MANY = 23_570, 1_000_000
TARGET, TIMES, MOST_MB = 25, 20, 1000
# What sums of so many terms may differ by.
_ROUNDING = 1e-6

PEER = """
import json, sys, time, warnings
import pandas as pd
from lifetimes import BetaGeoFitter, GammaGammaFitter, ModifiedBetaGeoFitter, ParetoNBDFitter
warnings.simplefilter("ignore")
fitters = {"bg_nbd": BetaGeoFitter, "mbg_nbd": ModifiedBetaGeoFitter,
           "pareto_nbd": ParetoNBDFitter, "gamma_gamma": GammaGammaFitter}
rows = pd.read_csv(sys.argv[1])
paid = rows[(rows.frequency > 0) & (rows.monetary_value > 0)]
found = {}
for name, fitter in fitters.items():
    fitter, seconds = fitter(), []
    for _ in range(1 if name == "pareto_nbd" else 3):
        start = time.perf_counter()
        if name == "gamma_gamma":
            fitter.fit(paid.frequency, paid.monetary_value)
        else:
            fitter.fit(rows.frequency, rows.recency, rows["T"])
        seconds.append(time.perf_counter() - start)
    found[name] = [min(seconds), dict(fitter.params_)]
print(json.dumps(found))
"""


def data_folder() -> Path:
    return Path(os.environ.get("FENJI_DATA", ROOT.parent / "shared" / "data"))


def histories() -> Histories:
    rows = pl.read_csv(data_folder() / SUMMARY)
    x, t_x, total, mean = (
        rows[name].cast(pl.Float64).to_numpy()
        for name in ("frequency", "recency", "T", "monetary_value")
    )
    return Histories(x=x, t_x=t_x, T=total, mean=mean)


def own_fits() -> dict[str, list[Any]]:
    """Seconds and parameters of each model, from one row a customer on."""
    given = histories()
    paid = (given.x > 0) & (given.mean > 0)
    found: dict[str, list[Any]] = {}
    for name in MODELS:
        module = import_module(f"segmentation.lifetime.{name}")
        seconds = []
        for _ in range(3):
            start = perf_counter()
            if name == "gamma_gamma":
                model, _ = module.fit(given.x[paid], given.mean[paid])
            else:
                model, _ = module.fit(given.grouped())
            seconds.append(perf_counter() - start)
        found[name] = [min(seconds), vars(model)]
    return found


def bare_fit() -> dict[str, list[Any]]:
    """BG/NBD by SciPy alone: every customer for itself, slopes by differences."""
    from scipy.optimize import minimize  # noqa: PLC0415
    from scipy.special import gammaln  # noqa: PLC0415

    given = histories()

    def cost(at: Any) -> float:
        r, alpha, a, b = np.exp(at)
        x, t_x, total = given.x, given.t_x, given.T
        one = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
        two = gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
        alive = -(r + x) * np.log(alpha + total)
        with np.errstate(divide="ignore"):
            log_p = np.log(a) - np.log(np.where(x > 0, b + x - 1, 1))
        left = np.where(x > 0, log_p - (r + x) * np.log(alpha + t_x), -np.inf)
        return -float((one + two + np.logaddexp(alive, left)).mean())

    start = perf_counter()
    at = minimize(cost, np.zeros(4), tol=1e-7).x
    seconds = perf_counter() - start
    return {"bg_nbd": [seconds, dict(zip(("r", "alpha", "a", "b"), np.exp(at), strict=True))]}


def many(count: int) -> dict[str, float]:
    """Seconds to fit and to predict so many made-up customers, and the process's peak memory."""
    given = simulated(count, seed=1)
    start = perf_counter()
    learned = learn(given)
    fitted = perf_counter()
    made = columns(learned, given, Terms(), (3, 6, 12))
    seconds = perf_counter() - start
    assert all(np.isfinite(values).all() for values in made.values())
    unit = 1024**2 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    return {"fit": fitted - start, "seconds": seconds, "peak": peak}


def likelihood(name: str, parameters: dict[str, float]) -> float:
    given = histories()
    if name == "gamma_gamma":
        paid = (given.x > 0) & (given.mean > 0)
        values = {"gamma" if name == "v" else name: value for name, value in parameters.items()}
        return gamma_gamma.GammaGamma(**values).log_likelihood(given.x[paid], given.mean[paid])
    model = model_of({"model": name, "parameters": parameters})
    return float(model.log_likelihood(grouped(given.x, given.t_x, given.T)))


def child(task: str) -> Any:
    run = [sys.executable, "-m", "tests.benchmarks.bench_lifetime", "--task", task]
    return json.loads(subprocess.check_output(run, cwd=ROOT))


def compare(peer: str | None, runs: int) -> None:
    told: dict[str, list[list[Any]]] = {"ours": [], "peer": []}
    for _ in range(runs):
        told["ours"].append(child("own"))
        if peer:
            run = [peer, "-c", PEER, str(data_folder() / SUMMARY)]
            told["peer"].append(json.loads(subprocess.check_output(run)))
        else:
            told["peer"].append(child("bare"))
    other = "lifetimes" if peer else "SciPy instead of the peer"
    print(f"{CUSTOMERS:,} customers of CDNOW, by the week; best of {runs} runs beside {other}")
    both = [0.0, 0.0]
    for name in told["peer"][0]:
        mine, theirs = (
            min((run[name] for run in told[side]), key=itemgetter(0)) for side in ("ours", "peer")
        )
        lead = likelihood(name, mine[1]) - likelihood(name, theirs[1])
        times = theirs[0] / mine[0]
        good = times >= TARGET and lead >= -_ROUNDING
        print(
            f"{name:12} {mine[0]:8.4f} s, {other} {theirs[0]:8.3f} s: {times:.1f} times as fast, "
            f"log-likelihood {likelihood(name, mine[1]):.4f}, {lead:+.1e} beside the other: "
            f"{'meets' if good else 'MISSES'} {TARGET} times at no less likelihood"
        )
        both = [both[0] + mine[0], both[1] + theirs[0]]
    print(f"all: {both[0]:.3f} s; {other} {both[1]:.2f} s: {both[1] / both[0]:.0f} times as fast")


def grow() -> None:
    few, all_of_them = (child(str(count)) for count in (CUSTOMERS, MANY))
    print(
        f"fitted and predicted: {CUSTOMERS:,} customers {few['seconds']:.2f} s, {MANY:,} "
        f"{all_of_them['seconds']:.2f} s (fit {all_of_them['fit']:.2f} s), "
        f"{all_of_them['seconds'] / few['seconds']:.1f} times (target below {TIMES}); "
        f"peak {all_of_them['peak']:.0f} MB (target below {MOST_MB})"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--without-million", action="store_true")
    parser.add_argument("--task", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.task:
        tasks = {"own": own_fits, "bare": bare_fit}
        done = tasks[asked.task]() if asked.task in tasks else many(int(asked.task))
        print(json.dumps(done))
        return
    compare(asked.peer, asked.runs)
    if not asked.without_million:
        grow()


if __name__ == "__main__":
    main()
