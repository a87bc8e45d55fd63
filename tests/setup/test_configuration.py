"""Only the user's own file says which Python runs, whatever a workbook brings along."""

from __future__ import annotations

import csv
import io
import tomllib
from pathlib import Path

import openpyxl
import pytest

from addin.setup import configuration
from addin.setup.configuration import UnreadableError, interpreter, parsed, read, text_of
from addin.setup.doctor import diagnose
from addin.setup.installing import install
from addin.setup.versions import XLWINGS, fenji_version
from tests.house import ROOT
from tests.setup.sandbox import Sandbox

EVIL = '"INTERPRETER_WIN","C:\\evil\\python.exe"\n"INTERPRETER_MAC","/evil/python"\n'
NAMES = ("fenji.conf", "Fenji.conf", "xlwings.conf", "myaddin.conf", "pyvenv.cfg")


def strangers_workbook(folder: Path) -> Path:
    """A workbook with configuration sheets, and configuration files beside it."""
    folder.mkdir(parents=True)
    book = openpyxl.Workbook()
    for name in ("fenji.conf", "xlwings.conf"):
        sheet = book.create_sheet(name)
        for row in csv.reader(io.StringIO(EVIL)):
            sheet.append(row)
    book.save(folder / "orders.xlsx")
    for name in NAMES:
        (folder / name).write_text(EVIL, encoding="utf-8")
    return folder / "orders.xlsx"


def test_a_strangers_workbook_changes_nothing(
    computer: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(computer.place, computer.machine, computer.source)
    before = read(computer.place), interpreter(computer.place)
    book = strangers_workbook(computer.home / "Downloads")
    # Where a double-clicked workbook takes Excel, and with it every program it starts.
    monkeypatch.chdir(book.parent)
    assert (read(computer.place), interpreter(computer.place)) == before
    tree = computer.tree()
    assert not install(computer.place, computer.machine, computer.source).changed
    assert {check.state for check in diagnose(computer.place, True, computer.machine)} == {"ok"}
    assert computer.tree() == tree


def test_without_the_users_file_there_is_no_interpreter(
    computer: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = strangers_workbook(computer.home / "Downloads")
    monkeypatch.chdir(book.parent)
    assert read(computer.place) == {}
    assert interpreter(computer.place) is None


def test_installing_beside_a_strangers_workbook(
    computer: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = strangers_workbook(computer.home / "Downloads")
    monkeypatch.chdir(book.parent)
    install(computer.place, computer.machine, computer.source)
    assert "evil" not in computer.place.settings.read_text(encoding="utf-8")
    named = interpreter(computer.place)
    assert named
    assert named.resolve() == computer.place.interpreter.resolve()


def test_programs_are_run_without_the_current_folder(computer: Sandbox) -> None:
    """-I: neither PYTHONPATH nor the current folder add anything that could be imported."""
    install(computer.place, computer.machine, computer.source)
    diagnose(computer.place, True, computer.machine)
    assert computer.ran
    assert all(command[1] == "-I" for command in computer.ran)


def test_the_path_of_python_is_never_empty(computer: Sandbox) -> None:
    install(computer.place, computer.machine, computer.source)
    folder = Path(read(computer.place)["PYTHONPATH"])
    assert folder.is_absolute()
    assert (folder / "xlwings").is_dir()


def test_lines_are_read_as_they_are_written() -> None:
    settings = {"INTERPRETER_WIN": "C:\\张三, Ltd\\pythonw.exe", "PYTHONPATH": "x;y"}
    text = text_of(settings)
    assert text.count("\n") == 2
    assert parsed(text) == settings
    assert parsed(text.replace("\n", "\r\n").lower().replace("张", "张")) == {
        key: value.lower() for key, value in settings.items()
    }


@pytest.mark.parametrize("text", ['"A"\n', '"A","b","c"\n', '\n"A","b"\n', '"A","b"\n\n"C","d"\n'])
def test_what_vba_would_misread_is_seen(text: str) -> None:
    with pytest.raises(UnreadableError):
        parsed(text)


def test_the_udf_modules_are_those_of_the_excel_host() -> None:
    for name in configuration.UDF_MODULES.split(";"):
        assert (ROOT / f"{name.replace('.', '/')}.py").is_file()


def test_the_versions_are_those_that_are_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert f"xlwings=={XLWINGS}" in project["optional-dependencies"]["excel"]
    assert f"xlwings=={XLWINGS}" in (ROOT / "constraints.txt").read_text(encoding="utf-8").split()
    assert fenji_version() == project["version"]
