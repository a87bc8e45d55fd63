"""The real machine's answers; those of Windows from stand-ins of its two libraries."""

from __future__ import annotations

import ctypes
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from addin.setup.machine import COMPUTER, USER, this_machine


def test_a_program_is_run_and_heard() -> None:
    code = "import sys; print('张三'); sys.stderr.write('and this'); sys.exit(7)"
    done = this_machine().run([sys.executable, "-I", "-X", "utf8", "-c", code])
    assert done.code == 7
    assert "张三" in done.output
    assert "and this" in done.output


def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no such"):
        this_machine().run([str(tmp_path / "no such program")])


def test_a_program_is_started_and_left_alone(tmp_path: Path) -> None:
    code = "import pathlib, sys; pathlib.Path(sys.argv[1]).touch()"
    this_machine().start([sys.executable, "-I", "-c", code, str(tmp_path / "made")])
    for _ in range(100):
        if (tmp_path / "made").exists():
            return
        time.sleep(0.1)
    raise AssertionError("it never ran")


def test_who_runs() -> None:
    interpreter = this_machine().interpreter
    assert (interpreter.executable, interpreter.prefix) == (sys.executable, sys.prefix)
    assert interpreter.bits == (64 if sys.maxsize > 2**32 else 32)


def test_a_file_that_nobody_holds(tmp_path: Path) -> None:
    path = tmp_path / "Fenji.xlam"
    locked = this_machine().locked
    assert not locked(path)
    path.write_bytes(b"content")
    assert not locked(path)
    assert path.read_bytes() == b"content"


def test_a_file_that_is_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def held(*_: object, **__: object) -> None:
        raise PermissionError(13, "used by another process")

    monkeypatch.setattr(Path, "open", held)
    assert this_machine().locked(tmp_path / "Fenji.xlam")


@pytest.mark.skipif(sys.platform == "win32", reason="elsewhere than on Windows")
def test_what_only_windows_has(tmp_path: Path) -> None:
    machine = this_machine()
    assert machine.registry(USER, r"Software\Microsoft") == {}
    assert machine.short_name(tmp_path) is None


def test_the_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    values = [("VBAWarnings", 3, 4), ("", "C:\\EXCEL.EXE", 1)]
    asked = []

    @contextmanager
    def opened(*given: object):
        asked.append(given)
        if given[1] == "missing":
            raise FileNotFoundError(2, "not found")
        yield "a key"

    fake = SimpleNamespace(
        HKEY_CURRENT_USER="user",
        HKEY_LOCAL_MACHINE="computer",
        KEY_READ=0x20019,
        KEY_WOW64_64KEY=0x100,
        OpenKey=opened,
        QueryInfoKey=lambda _: (0, len(values), 0),
        EnumValue=lambda _, number: values[number],
    )
    monkeypatch.setitem(sys.modules, "winreg", fake)
    registry = this_machine().registry
    assert registry(COMPUTER, "there") == {"VBAWarnings": 3, "": "C:\\EXCEL.EXE"}
    assert registry(USER, "missing") == {}
    assert asked == [("computer", "there", 0, 0x20119), ("user", "missing", 0, 0x20119)]


@pytest.mark.parametrize(("answer", "expected"), [("C:\\ZHANG~1", "C:\\ZHANG~1"), ("", None)])
def test_short_names(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, answer: str, expected: str | None
) -> None:
    def short(path: str, room: ctypes.Array, size: int) -> int:
        assert (path, size) == (str(tmp_path), len(room))
        room.value = answer
        return len(answer)

    windll = SimpleNamespace(kernel32=SimpleNamespace(GetShortPathNameW=short))
    monkeypatch.setattr(ctypes, "windll", windll, raising=False)
    assert this_machine().short_name(tmp_path) == expected
