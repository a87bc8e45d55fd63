"""Every function through xlwings' own `call_udf`, with values as Excel hands them over."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from decimal import Decimal

import numpy as np
import pytest

from addin.functions import FUNCTIONS
from addin.functions.define import Failure
from addin.hosts.excel import udfs
from addin.words import LANGUAGES, words
from tests.excel_host.calling import VBA_MISSING, Placed, array, expected
from tests.excel_host.selfcheck_cases import MISSING, MONETARY, NEW_YEAR, Case, cases
from tests.excel_host.standin.cells import SCODES

ALL = [pytest.param(lang, c, id=f"{lang}-{c.key}") for lang in LANGUAGES for c in cases(lang)]
RANGES = [case for case in cases("en") if case.name == "range"]
COLUMN_KINDS = ("number", "date", "text")
SERIAL_EPOCH = dt.datetime(1899, 12, 30)


@pytest.fixture
def call(xw):
    """``call(case.function, arguments, lang)``: xlwings' answer, rows of cells."""
    assert xw.func.__module__ == "xlwings.udfs"
    from xlwings.udfs import call_udf  # noqa: PLC0415  (it is there only with the stand-ins)

    def run(function, arguments, lang="en"):
        return call_udf(f"addin.hosts.excel.udfs_{lang}", function, tuple(arguments))

    return run


def columns_of(case):
    """The places of the arguments that are columns as long as the first."""
    kinds = FUNCTIONS[case.function].arguments
    length = len(case.arguments[0])
    return [
        i
        for i, (kind, given) in enumerate(zip(kinds, case.arguments, strict=False))
        if kind.kind in COLUMN_KINDS and isinstance(given, list) and len(given) == length
    ]


def changed(case, index, rows):
    arguments = list(case.arguments)
    arguments[index] = rows
    return Case(function=case.function, name="changed", arguments=tuple(arguments))


def test_every_function_has_cases():
    assert {case.function for case in RANGES} == set(FUNCTIONS)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_xlwings_knows_names_arguments_and_help(xw, lang):
    module = __import__(f"addin.hosts.excel.udfs_{lang}", fromlist=["*"])
    assert xw.udfs.get_udf_module(module.__name__, None) is module
    known = {n: f.__xlfunc__ for n, f in vars(module).items() if hasattr(f, "__xlfunc__")}
    assert set(known) == set(FUNCTIONS)
    for name, function in FUNCTIONS.items():
        told = known[name]
        assert (told["name"], told["category"], told["sub"]) == (name, "Fenji", False)
        assert [a["name"] for a in told["args"]] == [a.name for a in function.arguments]
        assert ["optional" in a for a in told["args"]] == [a.optional for a in function.arguments]
        assert told["ret"]["doc"] == words(lang)(f"function.{name}.help")
        for argument in told["args"]:
            assert argument["doc"] == words(lang)(f"function.{name}.{argument['name']}")
            assert argument["options"] == {"ndim": 2, "err_to_str": True}


@pytest.mark.parametrize(("lang", "case"), ALL)
def test_values_of_ranges(call, lang, case):
    answer = call(case.function, map(array, case.arguments), lang)
    assert answer == expected(case.answer(lang))
    assert {type(cell) for row in answer for cell in row} <= {str, float, int, bool}


@pytest.mark.parametrize(("lang", "case"), ALL)
def test_com_ranges(call, excel, lang, case):
    placed = Placed(excel.new().active_sheet())
    answer = call(case.function, map(placed.range, case.arguments), lang)
    assert answer == expected(case.answer(lang))


@pytest.mark.parametrize("case", RANGES, ids=lambda c: c.key)
def test_whole_columns_end_with_what_is_used(call, case):
    columns = columns_of(case)
    if not columns:
        pytest.skip("no argument is a column")
    rows, width = case.arguments[columns[0]], len(case.arguments[columns[0]][0])
    longer = [
        array([*g, *[[None] * len(g[0])] * (65_536 - len(rows))]) if i in columns else array(g)
        for i, g in enumerate(case.arguments)
    ]
    answer, short = call(case.function, longer), expected(case.answer("en"))
    assert width
    assert answer == short


def test_a_whole_column_of_a_million_rows(call, excel):
    sheet = excel.new().active_sheet()
    for row, (amount,) in enumerate(MONETARY):
        sheet.file.cell(row + 1, 2).value = amount
    answer = call("ABC_CLASS", [sheet.Range("B:B"), *[VBA_MISSING] * 3])
    case = next(c for c in RANGES if c.function == "ABC_CLASS")
    assert answer == expected(case.answer("en"))


@pytest.mark.parametrize("case", [c for c in RANGES if len(columns_of(c)) > 1], ids=lambda c: c.key)
def test_unequal_lengths_are_a_failure(call, case):
    index = columns_of(case)[1]
    shorter = changed(case, index, case.arguments[index][:-2])
    answer = call(case.function, map(array, shorter.arguments))
    assert answer == expected(shorter.answer("en"))
    assert len(answer) == 1
    assert answer[0][0].startswith("#VALUE! ")


@pytest.mark.parametrize("error", SCODES)
@pytest.mark.parametrize("case", RANGES, ids=lambda c: c.key)
def test_an_error_in_a_cell_is_that_rows_matter(call, case, error):
    index = columns_of(case)[0]
    rows = [list(row) for row in case.arguments[index]]
    rows[1][0] = error
    hurt = changed(case, index, rows)
    answer = call(case.function, map(array, hurt.arguments))
    assert answer == expected(hurt.answer("en"))
    if len(answer) == len(rows):  # one answer a row
        assert str(answer[1][0]).startswith(("#VALUE! ", "#N/A "))
        assert not str(answer[2][0]).startswith(("#VALUE! ", "#N/A "))


@pytest.mark.parametrize("write", ["serial", "iso"])
@pytest.mark.parametrize(
    "case",
    [c for c in RANGES if "date" in str(FUNCTIONS[c.function].arguments)],
    ids=lambda c: c.key,
)
def test_dates_may_be_serials_and_text(call, case, write):
    def other(cell):
        if not isinstance(cell, dt.datetime):
            return cell
        return cell.date().isoformat() if write == "iso" else float((cell - SERIAL_EPOCH).days)

    arguments = [
        [[other(c) for c in row] for row in g] if isinstance(g, list) else other(g)
        for g in case.arguments
    ]
    assert arguments != list(case.arguments)
    found, wanted = (call(case.function, map(array, a)) for a in (arguments, case.arguments))
    if case.function != "DATA_CHECK":  # it quotes what it finds
        assert found == wanted


def test_answers_that_nobody_here_computed(call):
    """By the definitions: shares 50/80/95% before, limits, days, the best of ten percent."""
    column = ((50.0,), (30.0,), (15.0,), (5.0,), (None,))
    assert call("ABC_CLASS", [column, *[VBA_MISSING] * 3]) == [["A"], ["A"], ["B"], ["C"], [""]]
    assert call("THRESHOLD_TIER", [5000.0, "5000;2000", "VIP;Gold;Rest", VBA_MISSING]) == [["VIP"]]
    assert call("TOP_TIER", [column, "0.25", "Best;Rest"])[:4] == [["Best"], *[["Rest"]] * 3]
    assert call("TIER_MOVE", ["B", "A", VBA_MISSING], "en") == [["Up 1"]]


def test_what_vba_gets_of_the_server(call):
    from xlwings.com_server import XLPython  # noqa: PLC0415

    assert call
    server, module = XLPython(), "addin.hosts.excel.udfs_en"
    limits = ("300;60", "VIP;Gold;Rest", VBA_MISSING)
    assert server.CallUDF(module, "THRESHOLD_TIER", (400.0, *limits)) == "VIP"
    assert server.CallUDF(module, "THRESHOLD_TIER", (None, *limits)) == ""
    row = ((400.0, 50.0),)
    assert server.CallUDF(module, "THRESHOLD_TIER", (row, *limits)) == ["VIP", "Rest"]
    rows = ((400.0, 50.0), (100.0, "x"))
    answer = server.CallUDF(module, "THRESHOLD_TIER", (rows, *limits))
    assert answer[0] == ["VIP", "Rest"]
    assert answer[1][1].startswith("#VALUE! ")


class PanicException(BaseException):
    """As Polars has it: no Exception."""


@pytest.mark.parametrize("fault", [ZeroDivisionError, PanicException])
def test_a_fault_of_ours_is_one_sentence(call, monkeypatch, fault):
    def broken(*_):
        raise fault("in a loop")

    call("THRESHOLD_TIER", [1.0, "5", "A;B", VBA_MISSING])
    monkeypatch.setitem(FUNCTIONS["THRESHOLD_TIER"].__dict__, "answer", broken)
    ((text,),) = call("THRESHOLD_TIER", [1.0, "5", "A;B", VBA_MISSING])
    assert text.startswith("#VALUE! ")
    assert "THRESHOLD_TIER" in text
    assert "\n" not in text


def test_what_arrives():
    assert udfs.argument([[3.0]], None) == 3.0
    assert udfs.argument([[None]], 0.8) == 0.8
    assert udfs.argument(0.8, 0.8) == 0.8
    assert udfs.argument([[-2146826243]], None) == "#SPILL!"
    rows = [[1.0, "a"], [None, NEW_YEAR]]
    assert udfs.argument(rows, None) is rows
    given = [[Decimal("2.5"), -2146826238], [True, 7]]
    assert udfs.argument(given, None) == [[2.5, "#CALC!"], [True, 7]]
    assert type(udfs.argument(given, None)[0][0]) is float


def test_what_excel_takes():
    cells = [None, np.nan, np.float64(2.5), np.int64(7), np.bool_(True), Failure("#N/A none")]
    cells += [2**40, -5, "x", np.str_("y"), True, float("nan")]
    (row,) = udfs.result([cells])
    assert row == ["", "", 2.5, 7, True, "#N/A none", float(2**40), -5, "x", "y", True, ""]
    kinds = [str, str, float, int, bool, str, float, int, str, str, bool, str]
    assert [type(cell) for cell in row] == kinds
    assert udfs.result([[dt.date(2026, 1, 1)]]) == [[NEW_YEAR.replace(tzinfo=dt.UTC)]]
    assert udfs.result([]) == udfs.result([[]]) == udfs.result(None) == [[""]]


def test_they_can_be_imported_anywhere():
    """Without pywin32 xlwings' decorators do nothing; the functions are there all the same."""
    code = (
        "from addin.hosts.excel import udfs_en, udfs_zh\n"
        "answer = udfs_en.THRESHOLD_TIER([[5.0]], [['5']], [['A;B']], True)\n"
        "assert answer == [['A']], answer\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_left_out_is_not_blank():
    assert array(MISSING) == VBA_MISSING
    assert array([[None]]) is None
