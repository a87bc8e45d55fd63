"""Paths reach Python through ANSI functions on Windows and one text of parts on a Mac."""

from __future__ import annotations

from pathlib import Path

import pytest

from addin.setup.errors import SetupError
from addin.setup.installing import install
from addin.setup.spoken import LONGEST, spoken
from tests.setup.sandbox import SHORT, USERS, Sandbox


def said(computer: Sandbox, path: Path | None = None) -> str:
    return spoken(path or computer.place.interpreter, computer.place, computer.machine)


def test_plain_paths_stay(windows: Sandbox) -> None:
    path = windows.root / "Users/John Smith/env/pythonw.exe"
    assert said(windows, path) == str(path)


def test_the_short_name_is_taken_where_there_is_one(windows: Sandbox) -> None:
    assert said(windows) == str(windows.place.interpreter).replace(USERS["win32"], SHORT)
    assert said(windows).isascii()


def test_the_short_name_is_that_of_the_part_that_exists(windows: Sandbox) -> None:
    assert not windows.place.environment.exists()
    before = said(windows)
    install(windows.place, windows.machine, windows.source)
    assert said(windows) == before


@pytest.mark.parametrize(
    ("code_page", "can"), [("cp936", True), ("utf-8", True), ("cp1252", False), ("cp932", False)]
)
def test_without_short_names_the_code_page_decides(
    windows: Sandbox, code_page: str, can: bool
) -> None:
    windows.short_names, windows.code_page = False, code_page
    if can:
        assert said(windows) == str(windows.place.interpreter)
        return
    # U+5F20 U+4E09: only the first is missing from the Japanese code page.
    with pytest.raises(SetupError) as refused:
        said(windows)
    assert refused.value.code == "path_unsayable"
    assert refused.value.params["folder"] == "C:\\Fenji"


def test_a_refusal_changes_nothing_and_the_way_out_works(windows: Sandbox) -> None:
    windows.short_names, windows.code_page = False, "cp1252"
    before = windows.tree()
    with pytest.raises(SetupError):
        install(windows.place, windows.machine, windows.source)
    assert windows.tree() == before
    assert windows.ran == [], "seen before anything is fetched"
    elsewhere = windows.at(windows.root / "Fenji")
    assert install(elsewhere, windows.machine, windows.source).changed
    named = elsewhere.settings.read_text(encoding="utf-8")
    assert named.isascii()


def test_a_path_too_long_for_the_buffer(windows: Sandbox) -> None:
    with pytest.raises(SetupError):
        said(windows, Path("C:/" + "x" * LONGEST))


@pytest.mark.parametrize("name", ['a"b', "a|b"])
def test_what_would_part_the_command_is_refused_on_a_mac(mac: Sandbox, name: str) -> None:
    with pytest.raises(SetupError):
        said(mac, Path("/Users") / name / "env/bin/python")


def test_chinese_and_blanks_are_no_trouble_on_a_mac(mac: Sandbox) -> None:
    assert said(mac) == str(mac.place.interpreter)
    assert "张三" in said(mac)
