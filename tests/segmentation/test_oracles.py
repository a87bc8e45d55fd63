"""Grades equal those of R's rfm, of PyMC-Marketing and of a Pareto table, on real data."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from addin.hosts.file.reading import read_sources
from segmentation import segments
from segmentation.grading import dump_model, load_model
from segmentation.run import Grading, grade
from tests.segmentation.sheets import scheme

R_SCHEME = (
    '[rfm]\noffset = 1\nclosed = "left"\nsegments = "rfm-r"\n[measures]\nfrequency = "rows"\n'
)
# What R users cut by hand; the limits stand in the threshold file.
R_FIXED = '[rfm]\ncut = "fixed"\nclosed = "left"\nsegments = "rfm-r"\n'
R_CASES = {
    "rfm_data_orders": (
        "rfm_r/rfm_data_orders.csv",
        "2006-12-31",
        "rfm_r/oracle/orders_20061231_rfm_segment.csv",
    ),
    "rfm_data_customer": (
        "rfm_r/rfm_data_customer.csv",
        "2007-01-01",
        "rfm_r/oracle/customer_20070101_rfm_segment.csv.gz",
    ),
    "cdnow sample": (
        "cdnow/cdnow_sample.csv",
        "1998-07-01",
        "cdnow/oracle/rrfm_sample_19980701_rfm_segment.csv",
    ),
    "cdnow master": (
        "cdnow/cdnow_master.csv",
        "1998-07-01",
        "cdnow/oracle/rrfm_master_19980701_rfm_segment.csv",
    ),
    "completejourney": (
        "completejourney/oracle/orders_input.csv.gz",
        "2018-01-01",
        "completejourney/oracle/rrfm_20180101_rfm_segment.csv",
    ),
    "pagila": ("pagila/payment.csv", "2022-07-28", "pagila/oracle/rrfm_20220728_rfm_segment.csv"),
}
ABC_CASES = {
    "cdnow sample": "cdnow/oracle/abc_sample.csv",
    "cdnow master": "cdnow/oracle/abc_master.csv",
    "completejourney": "completejourney/oracle/abc_completejourney.csv",
}


def need(path: Path) -> Path:
    if not path.exists():
        pytest.skip(f"not among the real data: {path.name}")
    return path


def table(path: Path) -> pl.DataFrame:
    raw = need(path).read_bytes()
    text = gzip.decompress(raw) if path.suffix == ".gz" else raw
    return pl.read_csv(text, schema_overrides={"customer_id": pl.String})


def graded(source: Path, as_of: str, text: str, tmp_path: Path) -> Grading:
    """Grade a file; a packed one is unpacked first."""
    if need(source).suffix == ".gz":
        plain = tmp_path / source.stem
        plain.write_bytes(gzip.decompress(source.read_bytes()))
        source = plain
    return grade(read_sources([source]), scheme=scheme(text), as_of=dt.date.fromisoformat(as_of))


def named(grading: Grading) -> pl.DataFrame:
    """Graded customers with the English names of their segments."""
    titles = dict(enumerate(segments.names(grading.model["rfm"]["segments"], "en")))
    return grading.graded.with_columns(
        segment_name=pl.col("segment_no").replace_strict(titles, return_dtype=pl.String)
    )


def differing(ours: pl.DataFrame, theirs: pl.DataFrame) -> dict[str, int]:
    """How many customers differ, by what they differ in."""
    pairs = {
        "recency": "recency_days",
        "frequency": "transaction_count",
        "r_score": "recency_score",
        "f_score": "frequency_score",
        "m_score": "monetary_score",
        "rfm": "rfm_score",
        "segment_name": "segment",
    }
    both = ours.join(theirs, left_on="customer", right_on="customer_id", how="full")
    assert both.height == ours.height == theirs.height
    found = {
        a: both.filter(pl.col(a).cast(pl.String).ne_missing(pl.col(b).cast(pl.String))).height
        for a, b in pairs.items()
        if a == "segment_name"
    }
    for a, b in pairs.items():
        if a != "segment_name":
            found[a] = both.filter(pl.col(a).ne_missing(pl.col(b).cast(ours.schema[a]))).height
    return {name: count for name, count in found.items() if count}


@pytest.mark.parametrize("case", R_CASES)
def test_scores_and_segments_of_r(case: str, shared_data: Path, tmp_path: Path) -> None:
    source, as_of, oracle = R_CASES[case]
    grading = graded(shared_data / source, as_of, R_SCHEME, tmp_path)
    assert grading.checked.left_out == {}
    assert differing(named(grading), table(shared_data / oracle)) == {}


def test_three_scores_of_r(shared_data: Path, tmp_path: Path) -> None:
    text = R_SCHEME.replace("[rfm]", "[rfm]\nbins = 3")
    grading = graded(shared_data / "rfm_r/rfm_data_orders.csv", "2006-12-31", text, tmp_path)
    oracle = shared_data / "rfm_r/oracle/orders_20061231_bins3_rfm_segment.csv"
    assert differing(named(grading), table(oracle)) == {}


def test_limits_of_ones_own_in_r(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "rfm_r/oracle"
    limits = pl.read_csv(need(folder / "orders_20061231_custombins_threshold.csv"))
    measures = ("recency", "frequency", "monetary")
    points = ", ".join(f"{m} = {limits[f'{m}_lower'].to_list()[1:]}" for m in measures)
    text = f"{R_FIXED}cut_points = {{ {points} }}\n"
    grading = graded(shared_data / "rfm_r/rfm_data_orders.csv", "2006-12-31", text, tmp_path)
    oracle = table(folder / "orders_20061231_custombins_rfm_segment.csv")
    assert differing(named(grading), oracle) == {}


@pytest.mark.parametrize("case", ABC_CASES)
def test_pareto_classes(case: str, shared_data: Path, tmp_path: Path) -> None:
    source, as_of, _ = R_CASES[case]
    grading = graded(shared_data / source, as_of, "", tmp_path)
    oracle = table(shared_data / ABC_CASES[case])
    both = grading.graded.join(oracle, left_on="customer", right_on="customer_id", how="full")
    assert both.height == oracle.height
    assert both.filter(pl.col("abc").ne_missing(pl.col("abc_cum_prev"))).height == 0


def test_a_model_from_json_grades_real_customers_alike(shared_data: Path, tmp_path: Path) -> None:
    source, as_of, _ = R_CASES["cdnow master"]
    first = graded(shared_data / source, as_of, R_SCHEME, tmp_path)
    again = grade(
        read_sources([shared_data / source]),
        scheme=scheme(),
        model=load_model(dump_model(first.model)),
        as_of=dt.date.fromisoformat(as_of),
    )
    assert again.graded.equals(first.graded)


def test_the_messy_orders(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "zh_messy_orders"
    truth = json.loads(need(folder / "truth.json").read_text(encoding="utf-8"))
    grading = graded(folder / "orders.xlsx", truth["as_of"], "", tmp_path)
    got = {
        row["customer"]: {m: row[m] for m in ("recency", "frequency", "monetary")}
        for row in grading.graded.iter_rows(named=True)
    }
    assert got == truth["customers"]
    assert grading.checked.left_out == {
        "missing_customer": truth["missing_customer"],
        "bad_date": truth["bad_date"],
        "future_date": truth["future_date"],
        "bad_amount": truth["bad_amount"],
        "duplicate": truth["duplicate_rows"],
        "refunded": truth["refund_rows"],
        "total_row": truth["total_rows"],
    }
    assert grading.checked.read == truth["data_rows"] + truth["total_rows"]
    assert dict(grading.checked.notes)["returns"] == {"rows": truth["negative_amount"]}


PYMC_CASES = [
    (
        "cdnow/cdnow_sample.csv",
        "1998-06-30",
        "cdnow/oracle/pymcm_rfm_segments_sample_D_1998-06-30.csv",
    ),
    (
        "cdnow/cdnow_sample.csv",
        "1997-09-30",
        "cdnow/oracle/pymcm_rfm_segments_sample_D_1997-09-30.csv",
    ),
    (
        "cdnow/cdnow_master.csv",
        "1998-06-30",
        "cdnow/oracle/pymcm_rfm_segments_master_D_1998-06-30.csv",
    ),
    (
        "cdnow/cdnow_master.csv",
        "1997-09-30",
        "cdnow/oracle/pymcm_rfm_segments_master_D_1997-09-30.csv",
    ),
    (
        "completejourney/oracle/orders_input.csv.gz",
        "2017-12-31",
        "completejourney/oracle/pymcm_rfm_segments_completejourney_D_2017-12-31.csv",
    ),
]


@pytest.mark.parametrize(("source", "as_of", "oracle"), PYMC_CASES)
def test_segments_of_pymc(
    source: str, as_of: str, oracle: str, shared_data: Path, tmp_path: Path
) -> None:
    """It counts purchase days, takes the mean per day, and drops repeated quartiles.

    A quartile that equals the least value or another quartile is dropped there, so that its
    scores move up; with fixed limits from its own table a scheme says the same.
    """
    theirs = table(shared_data / oracle)
    columns = {"recency": "recency", "frequency": "frequency", "monetary": "monetary_value"}
    limits = {}
    for measure, column in columns.items():
        edges = np.unique(np.quantile(theirs[column].to_numpy(), [0, 0.25, 0.5, 0.75, 1]))
        limits[measure] = [float(edge) for edge in edges[1:-1]]
    points = ", ".join(f"{m} = {values}" for m, values in limits.items())
    text = (
        '[measures]\nfrequency = "days"\nmonetary = "mean_per_day"\n'
        f'[rfm]\ncut = "fixed"\nsegments = "pymc"\ncut_points = {{ {points} }}\n'
    )
    grading = graded(shared_data / source, as_of, text, tmp_path)
    both = named(grading).join(theirs, left_on="customer", right_on="customer_id", how="full")
    assert both.height == theirs.height
    assert both.filter(pl.col("recency") != pl.col("recency_right")).height == 0
    assert both.filter(pl.col("frequency") != pl.col("frequency_right")).height == 0
    # On a quartile its own sums are off by float noise, ours are to six decimals.
    on_limit = pl.any_horizontal(
        (pl.col("monetary") - limit).abs() < 1e-6 for limit in limits["monetary"]
    )
    both = both.filter(~on_limit)
    assert both.height > 0.95 * theirs.height
    assert both.filter(pl.col("rfm").ne_missing(pl.col("rfm_score"))).height == 0
    assert both.filter(pl.col("segment_name").ne_missing(pl.col("segment"))).height == 0
