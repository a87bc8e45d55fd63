"""No workbook, and no file beside one, chooses what runs."""

from __future__ import annotations

import re

import pytest

from addin.hosts.excel.job import _parser
from addin.setup.configuration import KEYS, text_of
from addin.xlam import upstream
from addin.xlam.upstream import CHANGES, UpstreamError, cut_down, xlwings_module
from tests.xlam import vba


@pytest.fixture(scope="module")
def original():
    return upstream._installed()


@pytest.fixture(scope="module")
def procedures(code):
    found = [p for name, text in code.items() for p in vba.parsed(name, text).procedures]
    return {p.name: p for p in found}


def statements(procedure):
    return "\n".join((*procedure.lines, *procedure.strings))


def test_what_is_kept_of_xlwings():
    text = xlwings_module()
    names = [p.name for p in vba.parsed("xlwings", text).procedures]
    assert names == ["XLPy", "KillPy"]
    assert "Copyright (C) 2014-present, Zoomer Analytics LLC." in text
    assert "Redistributions of source code must retain the above copyright" in text
    assert text.count(upstream.VERSION) == 5


@pytest.mark.parametrize(
    "weakness",
    ["ActiveWorkbook", "ThisWorkbook", ".conf", "python", "CONDA", "LICENSE", "libc", '".py"'],
)
def test_weaknesses_of_the_original_are_gone(original, weakness):
    assert weakness in original
    assert weakness not in xlwings_module()


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.why)
def test_a_text_that_is_not_there_as_often_as_known_fails_the_build(original, change):
    assert change.why
    unchanged = "\n".join(line for line in change.new.splitlines() if line in change.old)
    for altered in (
        original.replace(change.old, unchanged),
        original.replace(change.old, change.old + change.old),
    ):
        with pytest.raises(UpstreamError):
            cut_down(altered)


def test_another_version_or_procedure_fails_the_build(original):
    with pytest.raises(UpstreamError, match="version"):
        cut_down(original.replace("'Version: 0.37.8", "'Version: 0.37.9"))
    with pytest.raises(UpstreamError, match="NewThing"):
        cut_down(original + "\nSub NewThing()\nEnd Sub\n")
    with pytest.raises(UpstreamError, match="GetConfig"):
        cut_down(original.replace("Function GetConfig(", "Function GetSetting("))


def test_the_interpreter_comes_from_the_users_file_alone(procedures):
    """Whatever is reached from there looks at no workbook and no folder of one."""
    reached = vba.reach("FenjiInterpreter", procedures)
    assert {"FenjiSetting", "FenjiReadUtf8", "FenjiConfigFile", "FenjiFolder"} <= reached
    text = "\n".join(statements(procedures[name]) for name in reached)
    # ThisWorkbook: only for the words of an error.
    looks = {n for n in reached if "ThisWorkbook" in statements(procedures[n])}
    assert looks == {"FenjiRead"}
    for banned in ("ActiveWorkbook", "ActiveSheet", "CurDir", "FullName", "Sheets(", "Environ("):
        assert banned not in text.replace("Worksheets(WORDS_SHEET)", "")
    files = re.findall(r"FenjiFile\(([^)]*)\)", text)
    assert set(files) == {'PROJECT_NAME & ""'}
    assert ".conf" in procedures["FenjiConfigFile"].strings
    assert "%USERPROFILE%" in procedures["FenjiFolder"].strings


def test_only_these_settings_are_read(procedures):
    asked = {
        text
        for procedure in procedures.values()
        if procedure.module in ("FenjiSystem", "FenjiConfig", "xlwings")
        for text in procedure.strings
        if re.fullmatch(r"[A-Z]+(?:[ _][A-Z]+)+", text)
    }
    assert asked == {"INTERPRETER_WIN", "INTERPRETER_MAC"}
    assert asked <= set(KEYS)


def test_no_interpreter_is_searched_for(procedures):
    """A bare "python" would be found on a path, or beside a workbook."""
    strings = [text for p in procedures.values() for text in p.strings]
    bare = re.compile(r"(?:python|pythonw|cmd|powershell|open)(?:\.exe)?(?: .*)?", re.IGNORECASE)
    assert [text for text in strings if bare.fullmatch(text)] == []
    assert not any("cmd.exe" in text.lower() for text in strings)


def test_one_python_for_all_workbooks(procedures):
    """Nothing of a workbook is in the command, and it is made once a session."""
    reached = vba.reach("XLPyCommand", procedures)
    assert {"FenjiServerCommand", "FenjiInterpreter"} <= reached
    for name in reached - {"FenjiRead"}:
        assert not re.search(r"Workbook|Sheet|\.Name\b", statements(procedures[name])), name
    assert procedures["XLPyCommand"].lines[0] == 'If mCommand = "" Then'
    assert procedures["XLPyLoadDLL"].lines[1] == "If mLoaded Then Exit Sub"


def test_python_takes_no_code_from_the_current_folder(procedures):
    """Isolated mode: neither the current folder nor PYTHONPATH nor the user's own packages."""
    for name in ("FenjiServerCommand", "FenjiLaunch"):
        assert any(" -B -I -c " in text for text in procedures[name].strings), name


def test_a_job_gets_names_as_digits_alone(procedures):
    """The one way to start a job goes through FenjiHex."""
    launches = [p for p in procedures.values() if any("FenjiLaunch " in x for x in p.lines)]
    (launcher,) = launches
    (line,) = (x for x in launcher.lines if "FenjiLaunch " in x)
    assert line.startswith("FenjiLaunch FenjiInterpreter(), FenjiJobCode(")
    assert "FenjiHex(arguments)" in statements(procedures["FenjiJobCode"])


def test_a_job_understands_what_it_is_given(procedures):
    options = {option for action in _parser()._actions for option in action.option_strings}
    given = {
        text
        for name in ("FenjiArguments", "FenjiExplain", "FenjiTemplatePress")
        for text in procedures[name].strings
        if text.startswith("--")
    }
    assert given == options - {"-h", "--help"}


def test_the_code_reads_what_the_installation_writes():
    """Keys and values in quotes, a comma between: what FenjiValueOf takes apart."""
    assert text_of({"INTERPRETER_WIN": "C:\\a b\\python.exe"}) == (
        '"INTERPRETER_WIN","C:\\a b\\python.exe"\n'
    )
