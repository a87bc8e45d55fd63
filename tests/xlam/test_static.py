"""The VBA text, checked as its compiler would; the rules that Excel's are stricter than ours."""

from __future__ import annotations

import re

import pytest

from addin.xlam import wrappers
from tests.house import SENTENCE
from tests.xlam import vba

LONGEST_LINE = 1023
MOST_CONTINUED = 24
KEYWORDS = set(
    """
    And As Boolean ByRef ByVal Byte Call Case Collection Const Date Declare Dim Do Double Each Else
    ElseIf Empty End Error Exit Explicit False For Function GoTo If In Integer Is Let Like Long
    LongPtr Loop Mod New Next Not Nothing Null Object On Option Optional Or ParamArray Preserve
    Private Public ReDim Resume Select Set Static Step String Sub Then To True TypeOf Until Variant
    Wend While With Xor Open Close Get Binary Access Read Output Me PtrSafe Lib Mac Win64
    """.split()  # noqa: SIM905
)
# https://learn.microsoft.com/office/vba/language/reference
LANGUAGE = set(
    """
    Array AscW CDbl CLng CStr CVErr ChrW CreateObject Environ Err Format FreeFile Hex InStr
    InStrRev IsArray IsEmpty IsError IsNull Join LBound LOF Left Len Mid MsgBox Now
    Replace Right Split StrComp StrPtr TimeSerial Timer Trim TypeName UBound UCase VarType
    vbCr vbExclamation vbInformation vbLf vbNullChar vbString vbTab vbTextCompare
    """.split()  # noqa: SIM905
)
# https://learn.microsoft.com/office/vba/api/excel(object-model), …/office.iribbonui
EXCEL = set(
    """
    ActiveCell ActiveSheet ActiveWorkbook Application AppleScriptTask IRibbonControl IRibbonUI
    ListObject Range Selection ThisWorkbook Workbook Workbooks Worksheet xlSheetVisible
    """.split()  # noqa: SIM905
)
MEMBERS = {
    "Application": "Caller Goto Hwnd LanguageSettings MacroOptions OnTime Path StatusBar",
    "LanguageSettings": "LanguageID",
    "Workbook": "Name SaveCopyAs Saved Worksheets",
    "Worksheet": "ListObjects Name Rows UsedRange Visible",
    "ListObject": "Name Parent Range",
    "Range": "Address Areas Cells Column Count CurrentArray HasArray HasSpill Resize Row Rows"
    " SpillParent Value Value2 Worksheet",
    "IRibbonControl": "ID",
    "IRibbonUI": "Invalidate",
    "Collection": "Add Count Item Remove",
    "Err": "Description Number Raise",
    "WScript.Shell": "ExpandEnvironmentStrings Run",
    "Scripting.FileSystemObject": "CreateTextFile FileExists GetFile",
    "Scripting.TextStream": "Close",
    "Scripting.File": "ShortPath",
    "ADODB.Stream": "Charset Close LoadFromFile Open ReadText Type",
    "xlwings": "CallUDF",
    "ThisWorkbook": "FenjiListen",
}
NAMED_ARGUMENTS = {
    "Address": {"External"},
    "MacroOptions": {"Macro", "Description", "Category", "ArgumentDescriptions"},
}
# Called from outside: by Python, by Excel itself, by xlwings' library.
ENTRIES = {"FenjiStarted", "FenjiDone", "Workbook_Open", "mExcel_WorkbookActivate"}
ENTRIES |= {"mExcel_WorkbookDeactivate", "FenjiSaveCopy"}
FROM_XLWINGS = {"XLPy", "KillPy", "XLWINGS_VERSION", "PROJECT_NAME", "XLPyDLLActivateAuto"}


@pytest.fixture(scope="module")
def sources(code):
    return {name: vba.parsed(name, text) for name, text in code.items()}


@pytest.fixture(scope="module")
def ours(sources):
    return {name: source for name, source in sources.items() if name != "xlwings"}


@pytest.fixture(scope="module")
def procedures(ours):
    return {p.name: p for source in ours.values() for p in source.procedures}


def test_text_fits_vba(code):
    for name, text in code.items():
        assert text.isascii()
        assert text.endswith("\r\n")
        assert "\t" not in text
        lines = text.split("\r\n")
        assert "\n" not in "".join(lines)
        assert max(map(len, lines)) < LONGEST_LINE, name
        continued = "".join("x" if line.endswith(" _") else " " for line in lines).split()
        assert max(map(len, continued), default=0) <= MOST_CONTINUED, name


def test_variables_must_be_declared(ours):
    assert [name for name, source in ours.items() if not source.explicit] == []


def test_blocks_are_closed(ours):
    problems = {
        f"{name}.{p.name}": vba.unbalanced(p)
        for name, source in ours.items()
        for p in source.procedures
        if vba.unbalanced(p)
    }
    assert problems == {}


def test_names_are_declared(ours, sources):
    shared = {p.name for s in sources.values() for p in s.procedures if p.public}
    shared |= {n for s in sources.values() for n, public in s.variables.items() if public}
    for name, source in ours.items():
        known = shared | {p.name for p in source.procedures}
        unknown = vba.unknown_names(source, known, KEYWORDS | LANGUAGE | EXCEL)
        assert unknown == {}, name


def test_no_name_is_allowed_that_nothing_uses(ours):
    """The lists above say what the code relies on, no more."""
    lines = [x for s in ours.values() for p in s.procedures for x in p.lines]
    lines += [p.given for s in ours.values() for p in s.procedures]
    lines += [line for source in ours.values() for line in source.head]
    used = {name.casefold() for line in lines for name in re.findall(r"[A-Za-z]\w*", line)}
    assert {n for n in LANGUAGE | EXCEL if n.casefold() not in used} == set()


def test_members_are_known(ours):
    known = set(" ".join(MEMBERS.values()).split())
    used = {
        member
        for source in ours.values()
        for procedure in source.procedures
        for line in procedure.lines
        for member in vba.members_used(line)
    }
    assert used - known == set()
    assert known - used == set()


def test_named_arguments_are_known(ours):
    known = set().union(*NAMED_ARGUMENTS.values())
    used = {
        argument
        for source in ours.values()
        for procedure in source.procedures
        for line in procedure.lines
        for argument in vba.named_arguments(line)
    }
    assert used == known


def test_calls_give_as_many_arguments_as_are_taken(ours, procedures):
    problems = []
    for source in ours.values():
        for caller in source.procedures:
            for line in caller.lines:
                for name in {*vba.names_used(line)} & set(procedures):
                    called = procedures[name]
                    if name == caller.name or name in vba.declared_in(line):
                        continue
                    problems += [
                        f"{caller.name}: {line}"
                        for count in vba.arguments_of(line, name)
                        if not called.fewest <= count <= called.most
                    ]
    assert problems == []


def test_no_two_procedures_of_one_name(sources):
    names = [p.name.casefold() for source in sources.values() for p in source.procedures]
    assert len(names) == len(set(names))
    modules = {name.casefold() for name in sources}
    assert modules.isdisjoint(names)


def test_exits_fit_their_procedures(ours):
    for source in ours.values():
        for procedure in source.procedures:
            exits = {
                line.split("Exit ")[1].split()[0] for line in procedure.lines if "Exit " in line
            }
            assert exits <= {procedure.kind, "Do", "For"}, procedure.name


def test_jumps_have_labels(ours):
    for source in ours.values():
        for procedure in source.procedures:
            wanted = {
                m[1]
                for line in procedure.lines
                if (m := re.search(r"\b(?:GoTo|Resume) (?!Next|0)(\w+)", line))
            }
            assert wanted == vba.labels(procedure), procedure.name


def test_functions_answer(ours):
    """Each function gives itself a value somewhere."""
    for source in ours.values():
        for p in source.procedures:
            if p.kind == "Function":
                assert any(re.search(rf"(?:^|\b)(?:Set )?{p.name} = ", line) for line in p.lines)


def test_only_the_wrappers_are_functions_for_cells(sources):
    """A public function outside a private module shows in Excel's list of functions."""
    for name, source in sources.items():
        shown = {p.name for p in source.procedures if p.public and p.kind == "Function"}
        if name == wrappers.NAME:
            assert shown
            assert not source.private
        else:
            assert source.private or not shown, name


def test_macros_that_excel_calls_can_be_called(code, procedures, ours):
    """OnTime and Run want a Sub without arguments in a module that is not private."""
    scheduled = set(re.findall(r'FenjiMacro\("(\w+)"\)', "".join(code.values())))
    assert scheduled == {
        "FenjiWatch",
        "FenjiShow",
        "FenjiClearHint",
        "FenjiRegister",
        "FenjiRefresh",
    }
    for name in scheduled:
        procedure = procedures[name]
        assert (procedure.kind, procedure.public, procedure.most) == ("Sub", True, 0)
        assert not ours[procedure.module].private
    for name, most in {"FenjiStarted": 1, "FenjiDone": 4, "FenjiSaveCopy": 2}.items():
        assert (procedures[name].public, procedures[name].most) == (True, most)
        assert not ours[procedures[name].module].private


def test_every_procedure_is_used(ours, code, package):
    """By another one, by the ribbon, by OnTime, or from outside."""
    ribbon = package["customUI/customUI14.xml"].decode()
    called = {
        name.casefold()
        for source in ours.values()
        for caller in source.procedures
        for line in caller.lines
        for name in [*vba.names_used(line), *vba.members_used(line)]
        if name.casefold() != caller.name.casefold()
    }
    called |= {n.casefold() for n in re.findall(r'"(Fenji\w+)"', ribbon + "".join(code.values()))}
    called |= {name.casefold() for name in ENTRIES}
    called |= {"xlpycommand", "xlpyloaddll"}  # by xlwings' module
    unused = {
        p.name
        for name, source in ours.items()
        if name != wrappers.NAME
        for p in source.procedures
        if p.name.casefold() not in called
    }
    assert unused == set()


def test_entries_from_outside_exist(procedures):
    assert set(procedures) >= ENTRIES


def test_nothing_to_read_stands_in_code(ours):
    strings = [t for s in ours.values() for p in s.procedures for t in p.strings]
    assert [text for text in strings if SENTENCE.search(text)] == []
    messages = [
        line
        for source in ours.values()
        for procedure in source.procedures
        for line in procedure.lines
        if re.match(r'(?:FenjiTell|FenjiMessage|MsgBox) "', line)
    ]
    assert messages == []


def test_what_can_fail_in_front_of_a_user_is_caught(procedures):
    """A user who sees VBA's own error and presses End loses what the add-in remembers."""
    for name in ("FenjiRun", "FenjiStop", "FenjiPress", "FenjiAnswer", "FenjiRegister"):
        assert any(line.startswith("On Error GoTo ") for line in procedures[name].lines), name
    assert "On Error Resume Next" in procedures["FenjiRefresh"].lines


def test_nothing_asks_for_trust(code):
    """No look at VBA projects, no change of security settings, no shell, no registry."""
    banned = (
        r"VBProject|VBComponent|AutomationSecurity|MacroSecurity|RegWrite|RegRead|HKEY|\bShell\("
    )
    banned += (
        r"|\bSendKeys\b|PowerShell|RtlMoveMemory|CopyMemory|VirtualAlloc|URLDownload|MacScript"
    )
    assert re.findall(banned, "".join(code.values()), flags=re.IGNORECASE) == []


def test_conditions_are_of_the_platform_alone(code):
    found = set(re.findall(r"^ *#If (.*) Then\r$", "".join(code.values()), flags=re.MULTILINE))
    assert found == {"Mac", "Win64", "VBA7"}
    elsewhere = {name for name, text in code.items() if "#If" in text}
    assert elsewhere == {"FenjiSystem", "xlwings"}


def test_library_calls_fit_32_and_64_bits(code):
    lines = re.findall(r"Declare .*", code["FenjiSystem"])
    assert len(lines) == 2
    for line in lines:
        assert "PtrSafe" in line
        handles = re.findall(r"ByVal (\w+) As (\w+)", line)
        assert {kind for name, kind in handles if name != "style"} == {"LongPtr"}


GOOD = """Attribute VB_Name = "M"
Option Explicit
Private mA As Long, mB() As String
Public Sub One(ByVal a As Long, Optional b As String = "x, y") ' comment
    Dim c As Long
    If a > 1 Then
        c = Two(a, "if Then") + mA
    ElseIf a < 0 Then c = 1
    End If
    Select Case c
        Case 1, 2
            One c, "a, b"
    End Select
    Exit Sub
failed:
    c = Err.Number: c = 0
End Sub
Private Function Two(x, y)
    Two = x
End Function
"""


def test_the_checker_reads_vba():
    source = vba.parsed("M", GOOD)
    one, two = source.procedures
    assert (one.parameters, one.fewest, one.most, one.public) == (("a", "b"), 1, 2, True)
    assert (two.kind, two.public) == ("Function", False)
    assert source.variables == {"mA": False, "mB": False}
    assert vba.unbalanced(one) == []
    assert vba.labels(one) == {"failed"}
    assert list(vba.arguments_of('c = Two(a, "", f(1, 2)) + Two()', "Two")) == [3, 0]
    assert list(vba.arguments_of('One c, ""', "One")) == [2]
    assert vba.unknown_names(source, {"Two", "One"}, KEYWORDS | LANGUAGE) == {}


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("    End If\n", ""),
        ("    End Select\n", "    End If\n"),
        ("        Case 1, 2\n", "        Next\n"),
    ],
)
def test_the_checker_sees_open_blocks(good, bad):
    source = vba.parsed("M", GOOD.replace(good, bad, 1))
    assert vba.unbalanced(source.procedures[0]) != []


def test_the_checker_sees_undeclared_names():
    source = vba.parsed("M", GOOD.replace("c = 0", "d = 0"))
    assert vba.unknown_names(source, {"Two", "One"}, KEYWORDS | LANGUAGE) == {"One": {"d"}}


def test_the_checker_sees_procedures_without_an_end():
    with pytest.raises(ValueError, match="within a procedure"):
        vba.parsed("M", GOOD.replace("End Sub\n", ""))
    with pytest.raises(ValueError, match="does not end"):
        vba.parsed("M", GOOD.replace("End Function\n", ""))
    with pytest.raises(ValueError, match="End Sub of Two"):
        vba.parsed("M", GOOD.replace("End Function\n", "End Sub\n"))
