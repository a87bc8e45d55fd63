"""LibreOffice without a screen: convert, recalculate, print."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from tests.office.tools import libreoffice_path

SECONDS = 180
STARTED_ANEW = 81
FILTERS = {
    "xlsx": "xlsx:Calc MS Excel 2007 XML",
    "xls": "xls:MS Excel 97",
    "ods": "ods:calc8",
    "pdf": "pdf:calc_pdf_Export",
    # A file a sheet, UTF-8, values as they are rather than as they look.
    "csv": "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1",
}
ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="ODFRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""  # noqa: E501


class LibreOfficeError(Exception):
    """LibreOffice did not make the file; the text is what it said."""


@cache
def scratch() -> Path:
    """This process's own folder, gone when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="fenji-office-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def profile() -> Path:
    """This process's own LibreOffice profile: two programs cannot share one."""
    folder = scratch() / "profile"
    (folder / "user").mkdir(parents=True)
    settings = folder / "user" / "registrymodifications.xcu"
    settings.write_text(ALWAYS_RECALCULATE, encoding="utf-8")
    return folder


def fresh_folder() -> Path:
    """A new empty folder that lives as long as the process."""
    return Path(tempfile.mkdtemp(dir=scratch()))


def _start(*arguments: str) -> tuple[int, str]:
    """Start LibreOffice once, with a time limit that its child processes cannot outlive."""
    command = [
        str(libreoffice_path()),
        f"-env:UserInstallation={profile().as_uri()}",
        *("--headless", "--norestore", "--nolockcheck", "--nodefault", "--nologo"),
        *arguments,
    ]
    process = subprocess.Popen(
        command,
        text=True,
        errors="replace",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        said, _ = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired as late:
        if os.name == "nt":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise LibreOfficeError(f"LibreOffice took more than {SECONDS} s") from late
    return process.returncode, said


def convert(path: Path, kind: str, out_dir: Path | None = None) -> Path:
    """Open a workbook, recalculate everything, save it as ``kind`` (a key of FILTERS).

    Works on a copy, so the input and its folder stay untouched. ``out_dir`` defaults to a fresh
    folder that lives as long as the process. Raises LibreOfficeError.
    """
    folder = out_dir or fresh_folder()
    folder.mkdir(parents=True, exist_ok=True)
    copy = fresh_folder() / path.name
    shutil.copyfile(path, copy)
    made = fresh_folder()
    arguments = ("--convert-to", FILTERS[kind], "--outdir", str(made), str(copy))
    code, said = _start(*arguments)
    if code == STARTED_ANEW:
        code, said = _start(*arguments)
    files = sorted(made.iterdir())
    if code != 0 or not files:
        raise LibreOfficeError(f"{path.name} to {kind}: exit code {code}. {said.strip()}")
    moved = [Path(shutil.move(file, folder / file.name)) for file in files]
    return moved[0] if len(moved) == 1 else folder


def recalculate_all(paths: Sequence[Path]) -> list[Path]:
    """Workbooks of different names calculated in one start, in their order. LibreOfficeError."""
    made = fresh_folder()
    files = [str(path) for path in paths]
    arguments = ("--convert-to", FILTERS["xlsx"], "--outdir", str(made), *files)
    code, said = _start(*arguments)
    if code == STARTED_ANEW:
        code, said = _start(*arguments)
    found = [made / path.name for path in paths]
    if code != 0 or not all(path.exists() for path in found):
        raise LibreOfficeError(f"{len(paths)} workbooks: exit code {code}. {said.strip()}")
    return found


def recalculate(path: Path, out_dir: Path | None = None) -> Path:
    """The same workbook as .xlsx with every formula calculated by LibreOffice."""
    return convert(path, "xlsx", out_dir)


def to_pdf(path: Path, out_dir: Path | None = None) -> Path:
    """The workbook as it prints."""
    return convert(path, "pdf", out_dir)
