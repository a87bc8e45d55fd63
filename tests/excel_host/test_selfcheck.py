"""The self-checking workbooks: Fenji's formulas by xlwings' code, the rest by LibreOffice."""

from __future__ import annotations

import re
import warnings

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula

from addin.functions import FUNCTIONS
from addin.words import LANGUAGES
from tests.excel_host import selfcheck
from tests.excel_host.calling import VBA_MISSING
from tests.excel_host.selfcheck_cases import NEW_YEAR, cases
from tests.excel_host.standin.addresses import parse, sheet_and_rest
from tests.excel_host.standin.windows import TimeType

FORMULA = re.compile(r"=([A-Z_]+)\((.*)\)$", re.DOTALL)
ARGUMENT = re.compile(r'(?:"(?:[^"]|"")*"|DATE\([^)]*\)|[^,"])*')
DAY = "DATE(2026,1,1)"


@pytest.fixture(scope="module", params=LANGUAGES)
def built(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("selfcheck") / f"{request.param}.xlsx"
    selfcheck.build(path, request.param)
    return path, request.param


def calls_in(book):
    """Every formula with one of Fenji's functions: worksheet, cell, name, arguments as text."""
    found = []
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                text = cell.value.text if isinstance(cell.value, ArrayFormula) else cell.value
                match = FORMULA.match(text) if isinstance(text, str) else None
                if match and match[1] in FUNCTIONS:
                    found.append((sheet, cell, match[1], split(match[2])))
    return found


def split(text):
    """``A1:B2,"x;y",,0.5`` → its four parts."""
    parts, at = [], 0
    while True:
        match = ARGUMENT.match(text, at)
        parts.append(match[0])
        at = match.end() + 1
        if at > len(text):
            return parts


def value(text, sheet):
    """A literal, or the stand-in's Range of a reference, as Excel hands it to a function."""
    if not text:
        return VBA_MISSING
    if text.startswith('"'):
        return text[1:-1].replace('""', '"')
    if text in ("TRUE", "FALSE"):
        return text == "TRUE"
    if text.startswith("DATE("):
        year, month, day = (int(part) for part in text[5:-1].split(","))
        return TimeType(year, month, day, tzinfo=selfcheck.dt.UTC)
    title, rest = sheet_and_rest(text)
    if parse(rest):
        return (sheet.book.sheet_called(title) if title else sheet).Range(rest)
    return float(text)


def evaluated(excel, path, out, lang, change=None):
    """A copy with the answers of xlwings in place of Fenji's formulas; errors as Excel has them."""
    from xlwings.udfs import call_udf  # noqa: PLC0415

    standin = excel.open(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(path)
    for sheet, cell, name, arguments in calls_in(book):
        there = standin.sheet_called(sheet.title)
        given = [value(text, there) for text in arguments]
        if change:
            change(sheet.cell(cell.row - 2, 1).value.partition(":")[0], given)
        answer = call_udf(f"addin.hosts.excel.udfs_{lang}", name, tuple(given))
        for r, row in enumerate(answer):
            for c, content in enumerate(row):
                target = sheet.cell(cell.row + r, cell.column + c)
                failed = isinstance(content, str) and content.startswith(selfcheck.FAILURES)
                target.value = content.partition(" ")[0] if failed else content
                if isinstance(content, str):  # openpyxl would take some texts for something else
                    target.data_type = "e" if failed else "s"
    book.save(out)
    return out


def verdicts(office, path):
    """The named cells ``test_*`` after LibreOffice has calculated them."""
    book = openpyxl.load_workbook(office.recalculate(path), data_only=True)
    found = {}
    for name, defined in book.defined_names.items():
        title, rest = sheet_and_rest(defined.attr_text)
        found[name] = book[title][rest.replace("$", "")].value
    return found


def test_the_workbook_calls_every_function(built):
    path, lang = built
    book = openpyxl.load_workbook(path)
    called = calls_in(book)
    assert {name for _, _, name, _ in called} == set(FUNCTIONS)
    names = {f"test_{case.key}" for case in cases(lang)} | {"test_all"}
    assert set(book.defined_names) == names
    assert len(called) == len(names) - 1
    assert book[selfcheck.text_of(lang)["start"]]["A1"].value == selfcheck.text_of(lang)["title"]


def test_nothing_is_true_before_it_is_calculated(built):
    book = openpyxl.load_workbook(built[0], data_only=True)
    for defined in book.defined_names.values():
        title, rest = sheet_and_rest(defined.attr_text)
        assert book[title][rest.replace("$", "")].value is False


def test_all_tests_become_true(built, excel, office, tmp_path):
    path, lang = built
    found = verdicts(office, evaluated(excel, path, tmp_path / "right.xlsx", lang))
    assert {name for name, verdict in found.items() if verdict is not True} == set()


def test_a_changed_input_makes_its_test_false(built, excel, office, tmp_path):
    path, lang = built

    def spoil(key, given):
        if key.endswith("_range"):
            given[0].sheet.file.cell(given[0].Row, given[0].Column).value = "#NAME?"

    found = verdicts(office, evaluated(excel, path, tmp_path / "wrong.xlsx", lang, spoil))
    wrong = {name for name, verdict in found.items() if verdict is not True}
    changed = {f"test_{c.key}" for c in cases(lang) if c.name == "range"}
    assert wrong == {*changed, "test_all"}


def test_excel_can_read_it(built, validator):
    assert validator(built[0]) == []


def test_both_languages_say_the_same():
    one, other = (selfcheck.text_of(lang) for lang in LANGUAGES)
    assert {k: len(v) if isinstance(v, list) else None for k, v in one.items()} == {
        k: len(v) if isinstance(v, list) else None for k, v in other.items()
    }
    assert set(one["groups"]) == set(other["groups"])
    modules = {f.module.rpartition(".")[2] for f in FUNCTIONS.values()}
    assert modules <= set(one["groups"])


def test_arguments_are_told_apart():
    assert split('$A$1:$B$2,"x;""y"",z",,0.5,DATE(2026,1,1)') == [
        "$A$1:$B$2",
        '"x;""y"",z"',
        "",
        "0.5",
        DAY,
    ]
    assert selfcheck._literal(NEW_YEAR) == DAY
