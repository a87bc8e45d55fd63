"""What stands on the sheet Settings of a workbook is what grades it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from addin.scheme_data import adjusted
from addin.settings_sheet import scheme_rows
from addin.words import LANGUAGES, Words, words
from segmentation.scheme_file import preset_text
from tests.addin.conftest import Run
from tests.addin.orders import HEADERS, orders, write_text
from tests.addin.settings_books import by_key, change, opened, paste, setting_rows, settings_sheet

SCHEMES = ("general", "thresholds")


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Somebody at work: templates with orders in ``t.xlsx``, the same orders in ``o.csv``."""

    folder: Path
    fenji: Run

    def fill(self, name: str, lang: str) -> Path:
        """A template with orders pasted on a sheet of its own."""
        frame = orders()
        write_text(self.folder / "o.csv", frame)
        done = self.fenji("template", name, "-o", "t.xlsx", "--force", lang=lang)
        assert done.code == 0, done.err
        paste(self.folder / "t.xlsx", HEADERS, frame.iter_rows())
        return self.folder / "t.xlsx"

    def grade(self, source: str, *options: str, lang: str = "en") -> pl.DataFrame:
        """The graded table."""
        done = self.fenji("grade", source, "-o", "x.parquet", "--force", *options, lang=lang)
        assert done.code == 0, done.err
        return pl.read_parquet(self.folder / "x.parquet")


@pytest.fixture
def desk(folder: Path, fenji: Run) -> Desk:
    return Desk(folder=folder, fenji=fenji)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", SCHEMES)
def test_an_untouched_template_grades_as_its_preset(name: str, lang: str, desk: Desk) -> None:
    book = desk.fill(name, lang)
    expected = desk.grade("o.csv", "--industry", name, lang=lang)
    assert_frame_equal(desk.grade("t.xlsx", lang=lang), expected)
    done = desk.fenji("grade", book, "-o", "y.xlsx", lang=lang)
    sheet = words(lang)("sheet.settings")
    assert words(lang)("note.own_settings", file="t.xlsx", sheet=sheet) in done.err


# Cells as a user leaves them (words by key of the language file), and the same in a scheme file.
CHANGES: dict[str, tuple[str, dict[str, Any], list[tuple[str, str]]]] = {
    "dropdown": (
        "general",
        {"measures.frequency": "choice.frequency.days"},
        [('frequency = "orders"', 'frequency = "days"')],
    ),
    "several": (
        "general",
        {
            "measures.monetary": "choice.monetary.mean",
            "rfm.nested": "choice.flag.yes",
            "rfm.closed": "choice.closed.left",
        },
        [
            ('monetary = "sum"', 'monetary = "mean"'),
            ("nested = false", "nested = true"),
            ('closed = "right"', 'closed = "left"'),
        ],
    ),
    "tier": ("general", {"tiers[0].min_score": 3.5}, [("min_score = 4.0", "min_score = 3.5")]),
    "weight": (
        "general",
        {"rfm.weights.monetary": 4},
        [("weights = { recency = 1, frequency = 1, monetary = 1 }", "weights = { monetary = 4 }")],
    ),
    "bins": (
        "general",
        {"rfm.bins.recency": 3, "rfm.bins.monetary": "4"},
        [("bins = 5 ", "bins = { recency = 3, frequency = 5, monetary = 4 } ")],
    ),
    "fixed": (
        "general",
        {
            "rfm.cut": "choice.cut.fixed",
            "rfm.cut_points.recency": "30；60; 90",
            "rfm.cut_points.frequency": "3; 6",
            "rfm.cut_points.monetary": 500,
        },
        [
            (
                'cut = "quantile"',
                "cut_points = { recency = [30, 60, 90], frequency = [3, 6], monetary = [500] }\n"
                'cut = "fixed"',
            )
        ],
    ),
    "high": (
        "general",
        {"rfm.high.of": "choice.of.measure", "rfm.high.at": 200, "rfm.segments": "eight"},
        [('high = "mean"', 'high = { of = "measure", at = 200 }\nsegments = "eight"')],
    ),
    "share": ("general", {"abc.a": "60%", "abc.b": 0.9}, [("a = 0.8", "a = 0.6"), ("0.95", "0.9")]),
    "window": (
        "general",
        {"measures.window_days": 120},
        [("[measures]", "[measures]\nwindow_days = 120")],
    ),
    "limit": (
        "thresholds",
        {"tiers[0].above": 900, "tiers[1].at_least": "300"},
        [("above = 5000", "above = 900"), ("at_least = 2000", "at_least = 300")],
    ),
    "measure": (
        "thresholds",
        {
            "thresholds.measure": "measure_name.frequency_orders",
            "tiers[0].above": 8,
            "tiers[1].at_least": 5,
        },
        [
            ('measure = "monetary"', 'measure = "frequency"'),
            ("above = 5000", "above = 8"),
            ("at_least = 2000", "at_least = 5"),
        ],
    ),
}


def said(value: Any, text: Words) -> Any:
    return text(value) if isinstance(value, str) and text.has(value) else value


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("case", CHANGES)
def test_a_changed_cell_grades_as_a_changed_scheme_file(case: str, lang: str, desk: Desk) -> None:
    name, cells, edits = CHANGES[case]
    book, text = desk.fill(name, lang), preset_text(name)
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    (desk.folder / "s.toml").write_text(text, encoding="utf-8")
    before = desk.grade("t.xlsx", lang=lang)
    change(book, {key: said(value, words(lang)) for key, value in cells.items()})
    after = desk.grade("t.xlsx", lang=lang)
    assert_frame_equal(after, desk.grade("o.csv", "--scheme", "s.toml", lang=lang))
    assert not after.equals(before)
    note = desk.fenji("grade", "t.xlsx", "-o", "y.csv", "--force", lang=lang).err
    assert note.count(" → ") == len(cells.keys() - {"rfm.segments"}) + (lang == "en") * (
        "rfm.segments" in cells
    )


def test_a_graded_workbook_keeps_its_changes(desk: Desk) -> None:
    book = desk.fill("general", "zh")
    change(book, {"tiers[0].min_score": 3.2, "tiers[0].name.zh": "重点", "rfm.bins.recency": 4})
    expected = desk.grade("t.xlsx", lang="zh")
    assert desk.fenji("grade", "t.xlsx", "-o", "y.xlsx", lang="zh").code == 0
    paste(desk.folder / "y.xlsx", HEADERS, orders().iter_rows())
    assert_frame_equal(desk.grade("y.xlsx", lang="zh"), expected)
    tiers = {row["tier"] for row in expected.to_dicts()}
    assert "重点" not in tiers
    sheet = settings_sheet(opened(desk.folder / "y.xlsx"))
    assert by_key(sheet)["tiers[0].name.zh"].value == "重点"


@pytest.mark.parametrize(("made", "graded_in"), [("zh", "en"), ("en", "zh")])
def test_a_workbook_of_the_other_language(made: str, graded_in: str, desk: Desk) -> None:
    book = desk.fill("general", made)
    change(book, {"measures.frequency": words(made)("choice.frequency.days")})
    segments = {"zh": "eight", "en": "rfm-r"}[made]
    text = preset_text("general").replace('frequency = "orders"', 'frequency = "days"')
    (desk.folder / "s.toml").write_text(adjusted(text, segments=segments), encoding="utf-8")
    expected = desk.grade("o.csv", "--scheme", "s.toml", lang=graded_in)
    assert_frame_equal(desk.grade("t.xlsx", lang=graded_in), expected)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("measures.frequency", "something else"),
        ("rfm.nested", "perhaps"),
        ("rfm.bins.recency", "many"),
        ("rfm.bins.recency", 1),
        ("rfm.cut_points.monetary", "5; 3"),
        ("tiers[1].min_score", 4.5),
        ("tiers[1].name.{lang}", "A"),
        ("tiers[0].budget_share", 1.5),
        ("abc.a", "#REF!"),
        ("rfm.cut", "choice.cut.fixed"),
    ],
)
def test_a_wrong_value_is_told_by_sheet_and_row(
    key: str, value: Any, lang: str, desk: Desk
) -> None:
    place = key.format(lang=lang)
    row = change(desk.fill("general", lang), {place: said(value, words(lang))})[place]
    done = desk.fenji("grade", "t.xlsx", "-o", "y.xlsx", lang=lang)
    assert done.code == 2
    assert done.out == ""
    assert not (desk.folder / "y.xlsx").exists()
    head, *lines = done.err.splitlines()
    assert "t.xlsx" in head
    sheet, near = words(lang)("sheet.settings"), row
    if key == "rfm.cut":  # what is missing stands in another row
        rows = by_key(settings_sheet(opened(desk.folder / "t.xlsx")))
        near = rows["rfm.cut_points.recency"].row
    if key == "tiers[1].min_score":
        near = int("".join(c for c in lines[0].split("：")[0].split(":")[0] if c.isdigit()))
        assert near in (row, row - 4)
    where = {"en": f"{sheet}, row {near}: ", "zh": f"{sheet}，第 {near} 行："}[lang]
    assert lines[0].strip().startswith(where), done.err
    assert "." + place not in done.err


def test_a_wrong_choice_names_the_choices(desk: Desk) -> None:
    change(desk.fill("general", "zh"), {"measures.frequency": "次数"})
    said_zh = desk.fenji("grade", "t.xlsx", lang="zh").err
    for choice in words("zh").section("choice.frequency").values():
        assert choice in said_zh
    said_en = desk.fenji("grade", "t.xlsx", lang="en").err
    for choice in words("en").section("choice.frequency").values():
        assert choice in said_en


def test_options_come_before_the_workbook(desk: Desk) -> None:
    change(desk.fill("general", "en"), {"tiers[0].min_score": "nonsense"})
    expected = desk.grade("o.csv")
    assert_frame_equal(desk.grade("t.xlsx", "--industry", "general"), expected)
    assert desk.fenji("check", "t.xlsx").code == 0


def test_the_first_workbook_with_settings_counts(desk: Desk) -> None:
    desk.fill("thresholds", "en").rename(desk.folder / "b.xlsx")
    desk.fill("general", "en").rename(desk.folder / "a.xlsx")
    change(desk.folder / "a.xlsx", {"tiers[0].min_score": 3.5})
    done = desk.fenji("grade", "o.csv", "a.xlsx", "b.xlsx", "-o", "y.xlsx")
    assert done.code == 0, done.err
    first = words("en")("note.own_settings_first", file="a.xlsx", others="b.xlsx")
    assert first in done.err
    assert "4 → 3.5" in done.err


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_template_without_orders_is_told(lang: str, folder: Path, fenji: Run) -> None:
    assert fenji("template", "general", "--empty", "-o", "t.xlsx", lang=lang).code == 0
    done = fenji("grade", "t.xlsx", lang=lang)
    assert done.code == 3
    assert done.err.strip() == words(lang)("error.empty_template", file="t.xlsx")
    assert [p.name for p in folder.iterdir()] == ["t.xlsx"]


def test_results_are_not_taken_for_orders(folder: Path, fenji: Run) -> None:
    write_text(folder / "o.csv", orders())
    assert fenji("grade", "o.csv", "-o", "g.xlsx").code == 0
    again = fenji("grade", "g.xlsx", "-o", "y.xlsx")
    assert again.code == 0, again.err
    assert "was not used" not in again.err
    paste(folder / "g.xlsx", HEADERS, orders(rows=200).iter_rows())
    done = fenji("grade", "g.xlsx", "-o", "z.xlsx")
    assert done.code == 0, done.err
    assert done.err.count("was not used") == 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_workbooks_are_valid_and_survive_another_program(
    lang: str, office: ModuleType, validator: Callable[[Path], list[str]], desk: Desk
) -> None:
    expected = desk.grade(desk.fill("general", lang).name, lang=lang)
    for name in ("general", "retail", "manufacturing"):
        assert desk.fenji("template", name, "-o", f"{name}.xlsx", lang=lang).code == 0
        assert validator(desk.folder / f"{name}.xlsx") == []
    done = desk.fenji("grade", "o.csv", "-o", "g.xlsx", "--template", "general.xlsx", lang=lang)
    assert done.code == 0, done.err
    assert validator(desk.folder / "g.xlsx") == []
    moved = office.recalculate(desk.folder / "t.xlsx")
    moved.rename(desk.folder / "moved.xlsx")
    assert_frame_equal(desk.grade("moved.xlsx", lang=lang), expected)


def lists_of(path: Path) -> dict[str, list[str]]:
    """What each cell can be picked from, by its address."""
    sheet = settings_sheet(opened(path))
    found = {}
    for rule in sheet.data_validations.dataValidation:
        if rule.type == "list":
            found[str(rule.sqref)] = rule.formula1.strip('"').split(",")
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("how", ["template", "graded", "into_template"])
def test_every_choice_has_its_list(how: str, lang: str, folder: Path, fenji: Run) -> None:
    write_text(folder / "o.csv", orders())
    assert fenji("template", "retail", "-o", "t.xlsx", lang=lang).code == 0
    options = ["--template", "t.xlsx"] if how == "into_template" else []
    if how != "template":
        made = ("grade", "o.csv", "--industry", "retail", "-o", "x.xlsx", *options)
        assert fenji(*made, lang=lang).code == 0
    book = folder / ("t.xlsx" if how == "template" else "x.xlsx")
    lists = lists_of(book)
    cells = by_key(settings_sheet(opened(book)))
    text = adjusted(preset_text("retail"), segments="eight")
    choices = {row.key: row.choices for row in scheme_rows(text, words(lang)) if row.choices}
    assert len(choices) > 10
    for key, wanted in choices.items():
        assert lists[cells[key].coordinate] == list(wanted), key
    for key, wanted in choices.items():
        assert cells[key].value in (*wanted, None), key


def test_lists_of_another_scheme_do_not_stay(folder: Path, fenji: Run) -> None:
    write_text(folder / "o.csv", orders())
    assert fenji("template", "retail", "--empty", "-o", "t.xlsx").code == 0
    done = fenji("grade", "o.csv", "-o", "x.xlsx", "--template", "t.xlsx", "--industry", "general")
    assert done.code == 0, done.err
    assert lists_of(folder / "x.xlsx") == {}


def test_facts_stand_below_the_settings(folder: Path, fenji: Run) -> None:
    write_text(folder / "o.csv", orders())
    assert fenji("grade", "o.csv", "-o", "x.xlsx").code == 0
    rows = setting_rows(settings_sheet(opened(folder / "x.xlsx")))
    facts = {row[0].value: row[1].value for row in rows if not row[3].value and row[1].value}
    say = words("en")
    assert facts[say("setting.files")] == "o.csv"
    assert facts[say("setting.method")] == say("value.rfm")
    assert facts[say("setting.column", role=say("role.amount"))] == "Amount"


def test_a_saved_model_brings_no_settings(folder: Path, fenji: Run) -> None:
    write_text(folder / "o.csv", orders())
    assert fenji("grade", "o.csv", "-o", "x.xlsx", "--save-model", "m.json").code == 0
    assert fenji("grade", "o.csv", "-o", "y.xlsx", "--model", "m.json").code == 0
    sheet = settings_sheet(opened(folder / "y.xlsx"))
    assert by_key(sheet) == {}
    assert fenji("grade", "y.xlsx", "-o", "z.xlsx").code == 0
