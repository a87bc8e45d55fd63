"""The what-if beside the model: changed numbers, and who would move."""

from __future__ import annotations

import copy
import itertools
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pytest
from openpyxl import load_workbook

from addin.hosts.file.fill import fill
from addin.hosts.file.reading import read_sources
from addin.model_table import model_table
from addin.output import write
from addin.words import LANGUAGES, Words
from addin.words import words as words_of
from segmentation import run
from segmentation.run import Grading
from segmentation.scheme_file import preset
from templates.looks import TOLD_APART, contrast, ramp
from templates.sample import write as write_sample
from tests.templates.workbook import tables


def _graded(tmp_path: Path, words: Words) -> tuple[Grading, Path]:
    orders, out = tmp_path / "orders.xlsx", tmp_path / "graded.xlsx"
    write_sample(orders, words.lang)
    found = run.grade(read_sources([orders]), scheme=preset("general"))
    write(found, out, words=words, files=[orders.name])
    return found, out


def _table(path: Path, name: str) -> list[tuple[Any, ...]]:
    book = load_workbook(path, data_only=True)
    table = tables(book)[name]
    left, top, right, bottom = table.box
    return list(book[table.sheet].iter_rows(top + 1, bottom, left, right, values_only=True))


def _changed(model: dict[str, Any]) -> dict[str, Any]:
    """Another model: a cut point of each measure, a weight and a limit."""
    other = copy.deepcopy(model)
    learned = other["rfm"]
    for measure, factor in (("recency", 0.5), ("frequency", 3.0), ("monetary", 2.0)):
        points = learned["cuts"][measure]["*"]
        points[1] = points[0] + (points[1] - points[0]) * factor / 4
    learned["weights"]["recency"] = 2
    other["tiers"][0]["min_score"] = 3.8
    return other


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_what_if_counts_as_a_grading_anew(
    lang: str, tmp_path: Path, office: ModuleType
) -> None:
    words = words_of(lang)
    found, out = _graded(tmp_path, words)
    other = _changed(found.model)
    again = run.grade(
        read_sources([tmp_path / "orders.xlsx"]), scheme=preset("general"), model=other
    )
    header = words.section("header.FenjiModel")
    lines = model_table(other, words)
    changed = tmp_path / "changed.xlsx"
    frame = lines.select(pl.col(key).alias(text) for key, text in header.items())
    fill(out, changed, tables={"FenjiModel": frame}, cells={})
    calm, stirred = office.recalculate_all([out, changed])

    sizes, later = (
        g.graded.group_by("tier_no").agg(pl.len(), pl.col("monetary").sum()).sort("tier_no").rows()
        for g in (found, again)
    )
    assert sizes != later
    rows = _table(stirred, "FenjiWhatIf")
    assert len(rows) == len(sizes) == len(later)
    for row, (_, before, amount), (_, now, amount_now) in zip(rows, sizes, later, strict=True):
        assert row[1:4] == (before, now, now - before)
        assert row[4:] == pytest.approx((amount, amount_now, amount_now - amount), abs=0.01)
    moved = found.graded.select("customer", then="tier_no").join(
        again.graded.select("customer", now="tier_no"), on="customer"
    )
    up, down = (
        moved.filter(pl.col("now") < pl.col("then")).height,
        moved.filter(pl.col("now") > pl.col("then")).height,
    )
    assert up
    assert down
    values = office.cell_values(stirred)[words("sheet.model")]
    said = words("template.what_if.moved", customers=up + down, up=up, down=down)
    assert said in values.values()

    # Nothing moved before, and the values when graded still stand there.
    assert [row[3] for row in _table(calm, "FenjiWhatIf")] == [0] * len(sizes)
    assert (
        words("template.what_if.nobody") in office.cell_values(calm)[words("sheet.model")].values()
    )
    graded = [value for (value,) in _table(stirred, "FenjiModelGraded")]
    assert graded == [row[3] for row in _table(calm, "FenjiModel")]


def test_sixty_tiers_can_be_told_from_their_neighbours() -> None:
    for steps in (TOLD_APART + 1, 20, 60, 200):
        shades = ramp(steps)
        assert len(shades) == steps
        assert all(contrast(shade.ink, shade.fill) >= 4.5 for shade in shades)
        against_white = [contrast("#FFFFFF", shade.fill) for shade in shades]
        assert against_white == sorted(against_white, reverse=True)
        for one, other in itertools.pairwise(shades):
            letters = [(s.bold, s.italic, s.underline) for s in (one, other)]
            assert contrast(one.fill, other.fill) > 1.05 or letters[0] != letters[1]
