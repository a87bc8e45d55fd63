"""The template of every preset in both languages: valid, without an error, in one language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType

import openpyxl
import pytest

from addin.cli import main
from addin.graded import read_graded
from addin.hosts.file.own_tables import input_sheets, own_sheets, without_own
from addin.hosts.file.reading import read_sources
from addin.inputs import inputs_of
from addin.words import LANGUAGES, words
from segmentation import run
from segmentation.columns import layout
from segmentation.scheme_file import preset, presets
from templates.inputs import ATTRIBUTES, ORDERS, SAMPLE_START
from templates.samples import sample

AT_ONCE = 6
CHINESE = re.compile(r"[\u3400-\u9fff]")
ENGLISH = re.compile(r"[A-Za-z]{3,} [A-Za-z]{2,} [A-Za-z]{2,}")
KEY = re.compile(
    r"\b(?:template|start|inputs|dashboard|header|sheet|value|note|tier|stage|actions?|budget|card|"
    r"strategy|item|whatif|model|reason)\.[a-z_]+(?:\.[a-z_]+)*\b"
)
# These hold what a scheme says in all languages: its text, and lists and tables of words.
MACHINE = ("FenjiSchemeToml", "FenjiModelJson")


def _groups() -> list[tuple[str, ...]]:
    names = list(presets())
    return [tuple(names[at : at + AT_ONCE]) for at in range(0, len(names), AT_ONCE)]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("names", _groups(), ids=lambda names: names[0])
def test_every_template(
    names: tuple[str, ...],
    lang: str,
    tmp_path: Path,
    office: ModuleType,
    validator: Callable[[Path], list[str]],
) -> None:
    paths = [tmp_path / f"{name}-{lang}.xlsx" for name in names]
    for name, path in zip(names, paths, strict=True):
        assert main(["template", name, "--lang", lang, "-o", str(path)]) == 0
    problems: dict[str, object] = {}
    for name, path, seen in zip(names, paths, office.recalculate_all(paths), strict=True):
        values = office.cell_values(seen)
        problems |= {
            f"{name}: {what}": found
            for what, found in (
                ("not valid", validator(path)[:3]),
                ("errors", office.errors(values)),
                ("other language", _other_language(path, values, lang)),
                ("keys", _keys(values)),
                ("columns", _columns(name, path, lang)),
                ("grading", _grading(path)),
                ("sample", _marked(path, values, lang)),
            )
            if found
        }
    assert problems == {}


def _machine_cells(path: Path) -> set[tuple[str, str]]:
    """The cells for programs, and the values of settings that are words of both languages."""
    book = openpyxl.load_workbook(path)
    found = set()
    for name, defined in book.defined_names.items():
        if name.startswith(MACHINE):
            found |= {(sheet, cell.replace("$", "")) for sheet, cell in defined.destinations}
    for sheet in book.worksheets:
        if "FenjiSettings" in sheet.tables:
            for row in sheet[sheet.tables["FenjiSettings"].ref]:
                if re.search(r"headers|table|words|name", str(row[3].value)):
                    found.add((sheet.title, row[1].coordinate))
    return found


def _texts(values: Mapping[str, Mapping[str, object]]) -> dict[tuple[str, str], str]:
    return {
        (sheet, where): value
        for sheet, cells in values.items()
        for where, value in cells.items()
        if isinstance(value, str)
    }


def _other_language(
    path: Path, values: Mapping[str, Mapping[str, object]], lang: str
) -> dict[tuple[str, str], str]:
    wrong = CHINESE if lang == "en" else ENGLISH
    machine = _machine_cells(path)
    return {
        place: text[:60]
        for place, text in _texts(values).items()
        if place not in machine and wrong.search(text)
    }


def _keys(values: Mapping[str, Mapping[str, object]]) -> list[str]:
    # The column that says for programs which setting stands in a row is all keys.
    texts = _texts({sheet: cells for sheet, cells in values.items() if not _is_settings(sheet)})
    return [text for text in texts.values() if KEY.search(text) and not text.startswith("{")]


def _is_settings(sheet: str) -> bool:
    return sheet in {words(lang)("sheet.settings") for lang in LANGUAGES}


def _columns(name: str, path: Path, lang: str) -> list[str]:
    """What the column finder makes of the headers, where it is not what they mean."""
    scheme, text = preset(name), words(lang)
    wanted = inputs_of(name, scheme, text, with_sample=True)
    keys = ["customer", "name", "date", "order", "category", "amount"]
    if len(wanted.orders.columns) < len(keys):
        keys.remove("category")
    problems = []
    places = input_sheets(path)
    for sheet in read_sources([path]):
        table = places.get(sheet.sheet)
        if table is None:
            continue
        found = layout(sheet)
        if found.header_row + 1 != table.area.top:
            problems.append(f"{sheet.sheet}: header in row {found.header_row + 1}")
        expected = dict(zip(keys, range(len(keys)), strict=True))
        if table.name == ORDERS and (found.kind, dict(found.columns)) != ("orders", expected):
            problems.append(f"{found.kind} {dict(found.columns)}")
        if table.name == ATTRIBUTES:
            if {"customer": 0}.items() - found.columns.items() or found.kind != "other":
                problems.append(f"{found.kind} {dict(found.columns)}")
            own = [c.name[lang] for c in run.own_columns(scheme).values()]
            if list(found.headers[2:]) != own:
                problems.append(f"{found.headers} for {own}")
    return problems


def _grading(path: Path) -> dict[str, object]:
    """What is wrong with the grading that stands in the workbook."""
    graded = read_graded(path)
    counts = graded.frame["tier"].value_counts()
    there = dict(counts.iter_rows())
    names = [name for rung in graded.tiers for name in rung.names.values()]
    empty = [r.key for r in graded.tiers if not any(there.get(n) for n in r.names.values())]
    return {
        what: found
        for what, found in (
            ("tiers without a customer", empty),
            ("unknown tiers", set(there) - set(names)),
        )
        if found
    }


def _marked(path: Path, values: Mapping[str, Mapping[str, object]], lang: str) -> list[str]:
    """Where it is not said that all of this is a sample."""
    text = words(lang)
    said = {
        "customers": text("inputs.source"),
        "dashboard": text("inputs.headline", sheet=text("sheet.orders")),
        "start": text("start.sample"),
        "orders": text("inputs.sample"),
    }
    missing = [k for k, line in said.items() if line not in values[text(f"sheet.{k}")].values()]
    graded = read_graded(path)
    ids = graded.frame["customer"].to_list()
    return missing + [each for each in ids if not each.startswith(SAMPLE_START[lang])]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", presets())
def test_sample_rows_fill_every_column(name: str, lang: str) -> None:
    inputs = inputs_of(name, preset(name), words(lang), with_sample=True)
    assert 60 <= len(inputs.orders.rows) <= 140
    people = {row[0] for row in inputs.orders.rows}
    assert 20 <= len(people) <= 30
    assert len({row[1] for row in inputs.orders.rows}) == len(people)
    assert all(cell is not None for row in inputs.orders.rows for cell in row)
    if inputs.attributes:
        assert {row[0] for row in inputs.attributes.rows} == people
        for number, column in enumerate(inputs.attributes.columns):
            cells = [row[number] for row in inputs.attributes.rows]
            assert None not in cells, column.header
            if column.kind == "class":
                assert set(cells) <= set(column.choices), column.header
    assert sample(name, lang) == sample(name, lang)


def test_both_languages_have_the_same_sample() -> None:
    for name in presets():
        one, other = (sample(name, lang) for lang in LANGUAGES)
        assert [(r["date"], r["amount"]) for r in one.orders] == [
            (r["date"], r["amount"]) for r in other.orders
        ]


def test_the_list_of_templates(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["template", "--list", "--lang", "zh"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("\t")[0] for line in lines] == list(presets())
    assert all(CHINESE.search(line) for line in lines)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_empty_template_has_no_rows_and_no_results(tmp_path: Path, lang: str) -> None:
    path = tmp_path / "t.xlsx"
    assert main(["template", "finance", "--lang", lang, "-o", str(path), "--empty"]) == 0
    book = openpyxl.load_workbook(path)
    for key in ("orders", "attributes", "customers"):
        sheet = book[words(lang)(f"sheet.{key}")]
        (table,) = sheet.tables.values()
        rows = sheet[table.ref][1:]
        values = [c.value for row in rows for c in row if not str(c.value or "").startswith("=")]
        assert set(values) == {None}
    assert not any(SAMPLE_START[lang] + "0" in str(c.value) for s in book for r in s for c in r)


def test_start_is_a_sheet_of_ours_and_the_inputs_are_not(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    assert main(["template", "retail", "--lang", "en", "-o", str(path)]) == 0
    text = words("en")
    inputs = {text("sheet.orders"), text("sheet.attributes")}
    assert set(input_sheets(path)) == inputs
    names = set(openpyxl.load_workbook(path).sheetnames)
    assert set(own_sheets(path)) == names - inputs
    left = without_own(read_sources([path]), [path])
    assert {s.sheet for s in left} - {text("sheet.customers")} == inputs
