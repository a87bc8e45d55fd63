"""xlwings' own VBA module, cut down to what cells need.

It comes from the installed xlwings package. What is left out and changed stands here with its
reason; a release of xlwings that differs in any of it makes the build fail.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

VERSION = "0.37.8"
FILE = "xlwings/xlwings_custom_addin.bas"

PROCEDURE = re.compile(
    r"^(?:Public |Private )?(?P<kind>Function|Sub) (?P<name>\w+)\b.*?^End (?P=kind)$",
    re.MULTILINE | re.DOTALL,
)

KEPT = ("XLPy", "KillPy")

_SETTINGS = (
    "finds the interpreter: FenjiConfig does, from the user's own file alone and not from a sheet"
    " or a file beside a workbook"
)
_BUTTONS = (
    "runs Python for a button: FenjiJobs does, with no need of a workbook, and can be stopped"
)
_IMPORT = "writes wrappers into a workbook, which needs trust in the VBA project: ours are built in"
_UNUSED = "serves only procedures that are left out"

LEFT_OUT = {
    "RunPython": _BUTTONS,
    "ExecuteMac": _BUTTONS,
    "ExecuteWindows": _BUTTONS,
    "RunFrozenPython": _BUTTONS,
    "GetUdfModules": _IMPORT,
    "CleanUp": _BUTTONS,
    "XLPyCommand": "FenjiConfig has one without the workbook's name: one Python for all workbooks",
    "XLPyLoadDLL": "FenjiConfig has one that loads once, from paths in any characters",
    "NDims": _UNUSED,
    "ImportPythonUDFsBase": _IMPORT,
    "ImportPythonUDFs": _IMPORT,
    "ImportPythonUDFsToAddin": _IMPORT,
    "ImportXlwingsUdfsModule": _IMPORT,
    "GetDLLVersion": _UNUSED,
    "GetDirectoryPath": _SETTINGS,
    "GetConfigFilePath": _SETTINGS,
    "GetDirectoryConfigFilePath": _SETTINGS,
    "GetConfigFromSheet": _SETTINGS,
    "GetConfig": _SETTINGS,
    "SaveConfigToFile": _SETTINGS,
    "GetConfigFromFile": _SETTINGS,
    "WScript": _UNUSED,
    "IsFullName": _UNUSED,
    "FileExists": _UNUSED,
    "FileExistsOnWindows": _UNUSED,
    "FileOrFolderExistsOnMac": _UNUSED,
    "ParentFolder": _UNUSED,
    "GetDirectory": _UNUSED,
    "KillFileOnMac": _UNUSED,
    "ToMacPath": _UNUSED,
    "GetMacDir": _UNUSED,
    "ToPosixPath": _UNUSED,
    "ShowError": "can write into the user's workbook; FenjiJobs shows messages",
    "ExpandEnvironmentStrings": _UNUSED,
    "ReadFile": _UNUSED,
    "SheetExists": _UNUSED,
    "GetBaseName": _UNUSED,
    "has_dynamic_array": _UNUSED,
    "CreateGUID": _UNUSED,
    "CheckConda": _UNUSED,
    "GetFullName": _UNUSED,
}


@dataclass(frozen=True, kw_only=True)
class Change:
    """A text to be replaced as often as it stands there, which is ``times``."""

    old: str
    new: str
    times: int
    why: str


CHANGES = (
    Change(
        old='Attribute VB_Name = "xlwings"\n',
        new='Attribute VB_Name = "xlwings"\n'
        "'Cut down by the build of Fenji; addin/xlam/upstream.py says what and why.\n"
        "Option Private Module\n",
        times=1,
        why="hides XLPy and KillPy from the list of Excel's functions",
    ),
    Change(
        old='\'Attribute VB_Name = "Main"\n\n\n\n',
        new="",
        times=1,
        why="a trace of how the module was put together",
    ),
    Change(
        old='PROJECT_NAME As String = "myaddin"',
        new='PROJECT_NAME As String = "fenji"',
        times=1,
        why="the add-in's own name, which its configuration file has too",
    ),
    Change(
        old="    #If Mac Then\n        Private Declare PtrSafe Function system Lib"
        ' "libc.dylib" (ByVal Command As String) As Long\n    #End If\n',
        new="",
        times=1,
        why="runs shell commands; unused",
    ),
    Change(
        old='    #If Mac Then\n        Private Declare Function system Lib "libc.dylib"'
        " (ByVal Command As String) As Long\n    #End If\n",
        new="",
        times=1,
        why="runs shell commands; unused",
    ),
    Change(
        old='    Private Declare PtrSafe Function LoadLibrary Lib "KERNEL32" Alias "LoadLibraryA"'
        " (ByVal lpLibFileName As String) As Long\n",
        new="",
        times=1,
        why="loses characters of a path; FenjiConfig loads the library",
    ),
    Change(
        old='    Private Declare Function LoadLibrary Lib "KERNEL32" Alias "LoadLibraryA"'
        " (ByVal lpLibFileName As String) As Long\n",
        new="",
        times=1,
        why="loses characters of a path; FenjiConfig loads the library",
    ),
)
# Declarations that nothing is left to use, one pattern each, with how often it stands there.
UNUSED_LINES = (
    (r'^ *(?:Private )?Const XLPyDLLName As String = "xlwings\d\d-[\d.]+\.dll"\n', 3),
    (r"^ *(?:Private )?Declare (?:PtrSafe )?Function XLPyDLLNDims Lib .*\n", 3),
    (r"^ *(?:Private )?Declare (?:PtrSafe )?Function XLPyDLLVersion Lib .*\n", 3),
)


class UpstreamError(Exception):
    """The installed xlwings is not the one that this build knows."""


def xlwings_module() -> str:
    """The module ``xlwings`` of the add-in; lines end with a line feed."""
    return cut_down(_installed())


def _installed() -> str:
    version = metadata.version("xlwings")
    if version != VERSION:
        raise UpstreamError(f"xlwings {version} instead of {VERSION}")
    # Not by importing it: that looks for Excel.
    path = Path(str(metadata.distribution("xlwings").locate_file(FILE)))
    return path.read_text(encoding="ascii")


def cut_down(text: str) -> str:
    """The text with what is kept, changed. Raises UpstreamError where it is not as known."""
    _expect(text.count(f"'Version: {VERSION}\n"), 1, "version")
    procedures = {found["name"]: found for found in PROCEDURE.finditer(text)}
    if set(procedures) != {*KEPT, *LEFT_OUT}:
        differing = sorted(set(procedures) ^ {*KEPT, *LEFT_OUT})
        raise UpstreamError(f"other procedures: {', '.join(differing)}")
    head = text[: min(found.start() for found in procedures.values())]
    kept = "\n\n".join([head.rstrip("\n"), *(procedures[name][0] for name in KEPT)]) + "\n"
    for change in CHANGES:
        _expect(kept.count(change.old), change.times, change.old)
        kept = kept.replace(change.old, change.new)
    for pattern, times in UNUSED_LINES:
        kept, found_times = re.subn(pattern, "", kept, flags=re.MULTILINE)
        _expect(found_times, times, pattern)
    return kept


def _expect(found: int, times: int, what: str) -> None:
    if found != times:
        raise UpstreamError(f"{found} times instead of {times}: {what.strip()}")
