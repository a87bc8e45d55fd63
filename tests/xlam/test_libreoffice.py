"""The add-in's code runs: LibreOffice reads all of it, and what is not Windows' own works there.

Stand-ins take the place of two modules, xlwings' one and FenjiSystem; the rest is as shipped.
"""

from __future__ import annotations

import re
import subprocess
import sys
import types
import zipfile
from pathlib import Path

import pytest
from pyopenvba import ExcelFile
from pyopenvba.vba import VBAModuleKind

from addin.functions import FUNCTIONS
from addin.words import words as words_of
from addin.xlam.modules import BOOK, as_vba, book_module, modules
from addin.xlam.package import MACRO_BOOK, as_kind, packed
from addin.xlam.texts import texts
from addin.xlam.workbook import write_workbook
from segmentation.scheme_file import preset, presets
from tests.conftest import need
from tests.office import libreoffice_path
from tests.xlam import basic

STUBS = Path(__file__).with_name("stubs")
PYTHON = "C:\\Fenji\\Scripts\\python.exe"
CHINESE_PYTHON = "D:\\\u5f20\u4e09\\python.exe"
SHORT_PYTHON = "C:\\SHORT~1\\python.exe"
SERVER = '"{python}" -B -I -c "import xlwings; xlwings.serve(\'$(CLSID)\')"'
CONFIGURATION = (
    f'"PYTHONPATH","C:\\a, b"\r\n"interpreter_win","{CHINESE_PYTHON}"\n\n"QUOTED","say ""x"""\n'
    '"EMPTY",""\nno line\n'
)
TEXT = "\ufeffA \u00e9 \u5ba2\u6237 \U0001f600"


def words_en(key, **params):
    return words_of("en")(key, **params)


def need_libreoffice() -> None:
    need(libreoffice_path)
    need(basic.bridge_python)


@pytest.fixture(scope="module")
def loaded(package, tmp_path_factory):
    """The add-in's own project in a workbook with macros, as LibreOffice has it."""
    need_libreoffice()
    book = tmp_path_factory.mktemp("twin") / "twin.xlsm"
    book.write_bytes(packed(as_kind(package, MACRO_BOOK)))
    return basic.run(book, [], [])


def live_book(book: Path) -> None:
    """The add-in's code with stand-ins, and with what the tests ask."""
    stubs = {p.stem: as_vba(p.read_text(encoding="utf-8")) for p in sorted(STUBS.glob("*.bas"))}
    fakes = {p.stem: as_vba(p.read_text(encoding="utf-8")) for p in sorted(STUBS.glob("*.cls"))}
    write_workbook(book, texts(FUNCTIONS))
    with ExcelFile(book) as file:
        project = file.add_vba_project()
        file.set_module(BOOK, book_module())
        for name, text in {**modules(), **stubs}.items():
            project.add_module(name, text)
        for name, text in fakes.items():
            project.add_module(name, text, kind=VBAModuleKind.other)
        file.save()
    with zipfile.ZipFile(book) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    book.write_bytes(packed(as_kind(parts, MACRO_BOOK)))


CALLS = {
    "languages": [("FenjiWords", "FenjiLanguageOf", [n]) for n in (2052, 1028, 3076, 4100, 5124)],
    "other languages": [("FenjiWords", "FenjiLanguageOf", [n]) for n in (1033, 1041, 0)],
    "text": [("FenjiWords", "FenjiText", ["vba.not_started", "seconds", 30])],
    "unknown text": [("FenjiWords", "FenjiText", ["vba.gone", "seconds", 30])],
    "nth": [("FenjiWords", "FenjiNth", ["arguments.", n]) for n in (1, 99)],
    "errors": [
        ("FenjiCall", "FenjiErrorOf", [t])
        for t in ("#VALUE! x", "#N/A x", "#N/A", "#VALUE!", "#NAME? x", "A", "")
    ],
    "reason": [("FenjiCall", "FenjiReasonOf", ["#N/A because it is so"])],
    "failures": [
        ("FenjiCall", "FenjiPlainError", [t])
        for t in (
            "RPC server is gone",
            "Oops: Traceback (most recent call last):\r\n  a\r\nE: x\r\n\r\n",
        )
    ],
    "rows": [
        ("FenjiCall", "FenjiRowsMeant", list(n))
        for n in (
            (9, 1, 100, 5),
            (100, 1, 100, 5),
            (100, 1, 100, 0),
            (65_536, 1, 65_536, 65_536),
            (99, 2, 100, 5),
            (98, 2, 100, 5),
        )
    ],
    "values": [
        ("FenjiConfig", "FenjiValueOf", [CONFIGURATION, k])
        for k in ("INTERPRETER_WIN", "pythonpath", "QUOTED", "EMPTY", "GONE")
    ],
    "paths": [
        ("FenjiConfig", "FenjiIsFullPath", [p])
        for p in (PYTHON, "\\\\server\\x\\python.exe", "/opt/x/python", "python", "pythonw.exe", "")
    ],
    "hex": [("FenjiConfig", "FenjiHex", [TEXT])],
    "utf-8": [("FenjiConfig", "FenjiFromUtf8", [list(TEXT.encode())])],
    "server": [("Probe", "Server", [p]) for p in (PYTHON, CHINESE_PYTHON)],
    "unconfigured": [
        ("Probe", "Unconfigured", [p]) for p in ("", "python", "C:\\gone\\python.exe")
    ],
    "table": [("Probe", "Table", [])],
    "row": [("Probe", "OneRow", [])],
    "cell": [("Probe", "OneCell", [])],
    "many": [("Probe", "Many", [n]) for n in (999, 1_500)],
    "reasons": [("Probe", "Reasons", [])],
    "wrapped": [("Probe", "Wrapped", [])],
    "failing": [("Probe", "Failing", [])],
    "idle": [("Probe", "Enabled", [n]) for n in ("stop", "grade", "template", "help", "repair")],
    "late": [("Probe", "Late", [])],
    "grade": [("Probe", "Grade", [])],
    "running": [("Probe", "Enabled", [n]) for n in ("stop", "grade", "template", "help", "repair")],
    "life": [("Probe", "Life", [])],
    "repairing": [("Probe", "Repairing", [])],
    "says": [("Probe", "Says", [n]) for n in ("grade", "stop")],
    "industries": [("Probe", "Industries", [])],
    "template": [("Probe", "Template", [1])],
}
CELLS = {
    '=FenjiText("vba.busy")': words_en("vba.busy"),
    '=FenjiErrorOf("#N/A x")': "2042",
    '=FenjiReasonOf("#VALUE! x y")': "x y",
    "=FenjiRowsMeant(1048576;1;1048576;7)": "7",
    "=RFM_TIER(1;2;3)": "Error 2015",
}


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """The answers to CALLS, one after the other, by their names, and the cells."""
    need_libreoffice()
    book = tmp_path_factory.mktemp("live") / "live.xlsm"
    live_book(book)
    asked = [call for calls in CALLS.values() for call in calls]
    found = basic.run(book, asked, list(CELLS))
    waiting = iter(found["answers"])
    named = {name: [next(waiting) for _ in calls] for name, calls in CALLS.items()}
    return {**named, "cells": found["cells"]}


def statements(text):
    """The lines that are code, without what VBA and LibreOffice put at the top."""
    lines = (line.strip() for line in text.splitlines())
    skipped = ("Attribute ", "Rem Attribute VBA_ModuleType=", "Option VBASupport 1")
    return [line for line in lines if line and not line.startswith(skipped)]


def test_libreoffice_has_all_modules(loaded, code):
    assert set(loaded["modules"]) == {*code, "Sheet1", "Sheet2"}
    for name, text in code.items():
        assert statements(loaded["modules"][name]) == statements(text), name


def test_words(answers):
    assert answers["languages"] == ["zh"] * 5
    assert answers["other languages"] == ["en"] * 3
    assert answers["text"] == [words_en("vba.not_started", seconds=30)]
    assert answers["unknown text"] == ["vba.gone"]
    assert answers["nth"] == [next(iter(FUNCTIONS)), ""]


def test_errors_and_reasons(answers):
    assert answers["errors"] == [2015, 2042, 0, 0, 0, 0, 0]
    assert answers["reason"] == ["because it is so"]
    assert answers["table"] == ["A|True|True|5|0\t1\tbad number\n1\t0\tnone at all\n"]
    assert answers["row"] == ["x||True|#N/A|#NAME? x|0\t2\tno\n"]
    assert answers["cell"] == ["True|0\t0\tno\n"]
    # All cells show their error; reasons are kept up to a limit.
    assert answers["many"] == ["True|999", "True|1000"]


def test_nobody_sees_a_traceback(answers):
    said = words_en("vba.python_failed", detail="E: x")
    assert answers["failures"] == ["RPC server is gone", said]


def test_reasons_are_kept_by_cell(answers):
    assert answers["reasons"] == ["|second|a|b|||a"]


def test_whole_columns_end_at_the_last_used_row(answers):
    assert answers["rows"] == [9, 5, 1, 65_536, 4, 98]


def test_the_configuration_is_read(answers):
    assert answers["values"] == [CHINESE_PYTHON, "C:\\a, b", 'say "x"', "", ""]
    assert answers["paths"] == [True, True, True, False, False, False]
    assert answers["hex"] == [TEXT.encode("utf-16-le").hex().upper()]
    assert answers["utf-8"] == [TEXT.removeprefix("\ufeff")]


def test_the_command_of_the_server(answers):
    """The same at each call, the file read once, a name that a code page lacks made short."""
    assert answers["server"] == [
        f"{SERVER.format(python=PYTHON)}|True|1",
        f"{SERVER.format(python=SHORT_PYTHON)}|True|1",
    ]
    # The buffer of xlwings' library has 2,048 bytes.
    assert max(map(len, answers["server"])) < 400


def test_without_a_configuration_the_user_hears_of_repair(answers):
    missing = words_en("vba.no_configuration", file="folder/fenji.conf")
    gone = words_en("vba.no_interpreter", file="C:\\gone\\python.exe")
    assert answers["unconfigured"] == [missing, missing, gone]
    assert answers["failing"] == [f"False||48|{words_en('vba.title')}|{missing}/"]
    assert "Repair" in missing
    assert "Repair" in gone


def test_a_call_goes_through_its_wrapper(answers):
    """The library is looked for beside the interpreter, then a folder up, once."""
    (said,) = answers["wrapped"]
    error, reason, tried = said.split("|")
    assert re.fullmatch(r"Error 2042", error)
    assert reason == "0\t0\ts N Integer String\n"
    assert tried == "C:\\Fenji\\Scripts\\library.dll;C:\\Fenji\\library.dll;True"


def arguments(launched):
    """What the Python code of a job hands to the job, run for real."""
    python, _, code = launched.partition("|")
    assert python == PYTHON
    given = []
    source, _, call = code.partition(";")
    assert source == "import addin.hosts.excel.job as j"
    exec(call, {"j": types.SimpleNamespace(main=given.append)})
    return given[0]


def test_a_job_gets_its_arguments_unharmed(answers):
    launched, _, heard = answers["grade"][0].rpartition("|")
    assert heard == ""
    given = arguments(launched)
    assert given[0] == "grade"
    options = dict(zip(given[1::2], given[2::2], strict=True))
    assert re.fullmatch(r"\d{8}-\d+", options.pop("--job"))
    assert options == {
        "--lang": "en",
        "--hwnd": "77",
        "--book": "live.xlsm",
        "--sheet": 'it\'s "%TEMP%" $(x)',
        "--row": "5",
    }
    # Nothing that a shell, AppleScript or Windows would look at.
    assert re.fullmatch(r"[\w .,;:()'=-]+", launched.partition("|")[2])


def test_the_code_of_a_job_is_python(answers):
    launched = answers["grade"][0].rpartition("|")[0].partition("|")[2]
    stub = "import sys, types; m = types.ModuleType('j'); m.main = lambda a: print(a[0]); "
    stub += "sys.modules.update({'addin': m, 'addin.hosts': m, 'addin.hosts.excel': m,"
    stub += " 'addin.hosts.excel.job': m}); m.hosts = m; m.excel = m; m.job = m; "
    run = [sys.executable, "-B", "-I", "-c", stub + launched]
    done = subprocess.run(run, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "grade"


def test_buttons_make_sense(answers):
    """Order: stop, grade, template, help, repair; first with nothing running, then with a job."""
    assert [answer.lower() for answer in answers["idle"]] == ["false", *["true"] * 4]
    assert [answer.lower() for answer in answers["running"]] == ["true", *["false"] * 4]


def test_a_job_runs_is_stopped_and_ends(answers):
    """Another is refused while it runs; each message is shown once, also one of another job."""
    busy = f"48|{words_en('vba.title')}|{words_en('vba.busy')}/"
    told = "48|other title|other text/64|title|text/"
    assert answers["life"] == [f"True|False|{busy}{told}"]


def test_repair_looks_at_the_configuration_anew(answers):
    assert answers["repairing"] == [f"killed/|True|{PYTHON}|False|C:\\Other\\python.exe"]


def test_a_template_is_asked_for_by_its_name(answers):
    given = arguments(answers["template"][0])
    assert given[0] == "template"
    assert given[-2:] == ["--name", presets()[1]]


def test_a_job_that_comes_late_is_taken_up(answers):
    """And one that comes while another runs is told to stop."""
    assert answers["late"] == ["True|folder/stray.stop|False|64|title|text/"]


def test_the_ribbon_speaks(answers):
    assert answers["says"] == [
        "|".join(words_en(f"ribbon.{name}.{word}") for word in ("label", "tip", "help"))
        for name in ("grade", "stop")
    ]
    (industries,) = answers["industries"]
    assert industries.split("|")[:-1] == [preset(name).name["en"] for name in presets()]


def test_cells_can_ask(answers):
    assert dict(zip(CELLS, answers["cells"], strict=True)) == CELLS
