"""The files that a business user double-clicks, and what the pages promise about installing."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from addin.setup.policies import _API, _CHILD
from addin.setup.versions import XLWINGS
from tests.house import ROOT
from tests.setup.sandbox import Sandbox, sandbox

CJK = re.compile(r"[\u3400-\u9fff]")
PAGES = ("it.md", "it.zh-CN.md")


def test_the_windows_starter_is_what_cmd_can_read() -> None:
    raw = (ROOT / "install-windows.cmd").read_bytes()
    assert raw.count(b"\r\n") == raw.count(b"\n")
    lines = raw.decode("utf-8").splitlines()
    # cmd.exe reads further lines in the code page that is set by then.
    spoken = [number for number, line in enumerate(lines) if not line.isascii()]
    assert spoken[0] > lines.index("chcp 65001 >nul")
    assert all(lines[number].strip().startswith("echo ") for number in spoken)
    # A bracket in a sentence would end the block that it stands in.
    echoed = [line for line in lines if line.strip().startswith("echo ")]
    assert not any("(" in line or ")" in line or "%" in line for line in echoed)
    # Whoever typed its name stands where they stood before.
    ends = [at for at, line in enumerate(lines) if line.strip().startswith("exit /b")]
    assert all("popd" in lines[at - 1] for at in ends)


def test_the_mac_starter_is_a_program() -> None:
    path = ROOT / "install-mac.command"
    assert path.stat().st_mode & 0o111
    assert b"\r" not in path.read_bytes()


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script")
def test_the_mac_starter_says_what_to_do_without_python() -> None:
    path = ROOT / "install-mac.command"
    shell = shutil.which("sh")
    assert shell
    assert subprocess.run([shell, "-n", str(path)], check=False).returncode == 0
    if any(Path(each).exists() for each in ("/Library/Frameworks", "/opt/homebrew")):
        pytest.skip("it would install")
    done = subprocess.run(
        [shell, str(path), "doctor"], check=False, capture_output=True, text=True, env={"PATH": ""}
    )
    assert done.returncode != 0


@pytest.mark.parametrize("name", ["install-windows.cmd", "install-mac.command"])
def test_a_starter_speaks_both_languages(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "start.py" in text
    assert "Fenji needs Python" in text
    assert "Fenji 需要" in text


@pytest.mark.parametrize("page", PAGES)
def test_the_page_for_it_names_the_real_places(page: str, windows: Sandbox, tmp_path: Path) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    variables = {
        "%LOCALAPPDATA%": windows.variables["LOCALAPPDATA"],
        "%APPDATA%": windows.variables["APPDATA"],
        "%USERPROFILE%": windows.variables["USERPROFILE"],
    }

    def named(path: Path) -> str:
        for variable, value in variables.items():
            if path.is_relative_to(value):
                return "\\".join([variable, *path.relative_to(value).parts])
        raise AssertionError(path)

    place = windows.place
    for path in (place.environment, place.addin, place.configuration, place.libraries[0]):
        assert f"`{named(path)}`" in text
    mac = sandbox(tmp_path / "mac", "darwin")
    for path in (mac.place.environment, mac.place.addin, mac.place.configuration, mac.place.script):
        assert path
        assert f"`~/{path.relative_to(mac.home).as_posix()}`" in text
    assert {_CHILD, _API} <= set(re.findall(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", text))
    assert set(re.findall(r"xlwings(?:32|64)?-(\d+\.\d+\.\d+)", text)) == {XLWINGS}


@pytest.mark.parametrize("page", ["it", "excel-checklist"])
def test_both_languages_of_a_page_have_the_same_commands_and_steps(page: str) -> None:
    one, other = (
        (ROOT / f"docs/{page}{ending}.md").read_text(encoding="utf-8") for ending in ("", ".zh-CN")
    )
    blocks = re.compile(r"```\n(.*?)```", re.DOTALL)
    assert blocks.findall(one) == blocks.findall(other)
    steps = re.compile(r"^\| (\d+) \|", re.MULTILINE)
    assert steps.findall(one) == steps.findall(other)
    assert not CJK.search(one.replace("张三", "").replace("中文", "").replace("客户分级", ""))


def test_the_checklist_counts_without_a_gap() -> None:
    text = (ROOT / "docs/excel-checklist.md").read_text(encoding="utf-8")
    found = [int(number) for number in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)]
    assert found == list(range(1, len(found) + 1))
