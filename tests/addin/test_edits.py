"""What users change in the tables that are theirs to edit."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import polars as pl
import pytest

from addin.edits import Edits, edits_of, overlaid
from addin.words import LANGUAGES, words
from tests.addin.conftest import Run
from tests.addin.orders import orders, write_text

SCHEME = """format = 1
method = "rfm"
name = "S"
[[tiers]]
key = "top"
name = {{ zh = "最好", en = "Best" }}
min_score = 3.5
strategy = {{ zh = ["{said}一"], en = ["{said} one"] }}
contact_days = 7
budget_share = 0.5
[[tiers]]
key = "rest"
name = {{ zh = "其他", en = "Rest" }}
strategy = {{ zh = ["{said}二"], en = ["{said} two"] }}
contact_days = 30
budget_share = 0.5
"""


def test_nothing_without_a_workbook(tmp_path: Path) -> None:
    for edits in (Edits(), edits_of(None), edits_of(tmp_path / "missing.xlsx")):
        assert edits.rows("FenjiStrategy") == {}
        assert edits.cell("FenjiTitle") is None


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_was_edited_stays_and_the_rest_follows_the_scheme(
    lang: str, folder: Path, fenji: Run
) -> None:
    write_text(folder / "o.csv", orders())
    Path("a.toml").write_text(SCHEME.format(said="old"), "utf-8")
    Path("b.toml").write_text(SCHEME.format(said="new"), "utf-8")
    made = fenji("grade", "o.csv", "--scheme", "a.toml", "-o", "a.xlsx", lang=lang)
    assert made.code == 0, made.err
    head = words(lang).section("header.FenjiStrategy")
    book = openpyxl.load_workbook("a.xlsx")
    sheet = book[words(lang)("sheet.strategy")]
    # The tiers stand above the segments, under the same headers.
    found = [c for row in sheet.iter_rows() for c in row if c.value in head.values()]
    titles = {c.value: c for c in reversed(found)}
    row, days = titles[head["tier"]].row + 1, titles[head["contact_days"]].column
    text = titles[head["strategy"]].column
    sheet.cell(row, days).value = 99
    sheet.cell(row + 1, text).value = "by hand"
    sheet.cell(row, titles[head["owner"]].column).value = "Ms Li"
    book.save("a.xlsx")
    done = fenji(
        "grade", "o.csv", "--scheme", "b.toml", "--template", "a.xlsx", "-o", "b.xlsx", lang=lang
    )
    assert done.code == 0, done.err
    sheet = openpyxl.load_workbook("b.xlsx")[words(lang)("sheet.strategy")]
    assert sheet.cell(row, days).value == 99
    assert sheet.cell(row + 1, days).value == 30
    assert sheet.cell(row, text).value == {"en": "new one", "zh": "new一"}[lang]
    assert sheet.cell(row + 1, text).value == "by hand"
    assert sheet.cell(row, titles[head["owner"]].column).value == "Ms Li"


def test_edited_cells_over_a_frame() -> None:
    frame = pl.DataFrame(
        {"tier": ["A", "B"], "days": [7, 14], "share": [0.5, None], "said": ["x", "y"]}
    )
    edited: dict[str, dict[str, str | None]] = {
        "甲": {"days": "21", "said": "by hand", "unknown": "?"},
        "B": {"days": "when needed", "share": "0.25", "said": None},
        "gone": {"days": "1"},
    }
    given: dict[str, dict[str, str | None]] = {
        "zh:甲": {"days": "7", "said": "x"},
        "en:b": {"days": "14", "said": "y"},
    }
    found = overlaid(frame, [{"A", "甲"}, {"B"}], edited, given)
    assert found.rows() == [("A", 21, 0.5, "by hand"), ("B", "when needed", 0.25, None)]
    assert overlaid(frame, [{"A"}, {"B"}], {}, given).equals(frame)
    # Not knowing what stood there before, a blank cell is no edit.
    assert overlaid(frame, [{"A"}, {"B"}], edited)["said"].to_list() == ["x", "y"]
