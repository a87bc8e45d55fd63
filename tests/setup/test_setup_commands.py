"""What a user reads of install, uninstall and doctor, and how the commands end."""

from __future__ import annotations

import json
import re
import string
import subprocess
import sys
from pathlib import Path

import pytest

import start
from addin.cli import main
from addin.setup import command
from addin.setup.errors import SetupError
from addin.words import LANGUAGES
from tests.addin.conftest import check_sentence
from tests.house import ROOT
from tests.setup.sandbox import Sandbox
from tests.test_words import texts_of


@pytest.fixture
def at(computer: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """The command line runs on the sandbox."""
    monkeypatch.setattr(command, "here", computer.at)
    monkeypatch.setattr(command, "this_machine", lambda: computer.machine)
    monkeypatch.setattr(command.environment, "checkout", lambda: computer.source.checkout)
    monkeypatch.setattr(command.environment, "source", lambda _=None: computer.source)
    return computer


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_life_of_an_installation(
    at: Sandbox, lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    say = texts_of(lang)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main([*arguments, "--lang", lang])
        done = capsys.readouterr()
        assert "Traceback" not in done.out + done.err
        return code, done.out, done.err

    kind = "installed_mac" if at.platform == "darwin" else "installed"
    code, out, err = run("install")
    assert (code, out) == (
        0,
        say[f"setup.done.{kind}"].format(tab=say["ribbon.fenji.label"]) + "\n",
    )
    assert err.splitlines() == [
        say[f"setup.step.{step}"] for step in ("making", "installing", "building")
    ]
    assert run("install") == (0, say["setup.done.nothing"] + "\n", "")
    code, out, err = run("doctor")
    assert (code, err) == (0, "")
    assert out.splitlines()[-1] == say["setup.done.well"]
    assert all(line.startswith(f"[{say['setup.mark.ok']}]") for line in out.splitlines()[:-1])
    at.place.addin.unlink()
    code, out, err = run("doctor")
    assert code == 3
    assert str(at.place.addin) in out
    assert "1" in err
    code, out, err = run("doctor", "--repair")
    assert (code, err) == (0, "")
    assert f"[{say['setup.mark.repaired']}]" in out
    assert run("uninstall") == (0, say["setup.done.uninstalled"] + "\n", "")
    assert run("uninstall") == (0, say["setup.done.not_installed"] + "\n", "")


def test_the_doctor_as_one_object(at: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--json", "--lang", "en"]) == 3
    found = json.loads(capsys.readouterr().out)
    assert found["problems"] == len([c for c in found["checks"] if c["state"] == "problem"]) > 0
    missing = next(c for c in found["checks"] if c["check"] == "addin")
    assert (missing["code"], missing["file"]) == ("addin_missing", str(at.place.addin))
    assert str(at.place.addin) in missing["text"]


def test_what_still_stands_in_the_way_is_said(
    at: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    at.registry.clear()
    for path in (at.home / "Applications").glob("*"):
        path.rmdir()
    assert main(["install", "--lang", "en"]) == 0
    assert "Excel was not found" in capsys.readouterr().err


def test_a_refusal_is_a_sentence(at: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    at.fails = "pip"
    assert main(["install", "--lang", "en"]) == 4
    said = capsys.readouterr().err.splitlines()[-1]
    assert "ERROR: no network" in said
    check_sentence(said + ".\n" if not said.endswith(".") else said + "\n", "en")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_refusal_can_be_said(lang: str) -> None:
    source = "".join(path.read_text("utf-8") for path in (ROOT / "addin/setup").rglob("*.py"))
    raised = set(re.findall(r'(?:SetupError\(|_must\([^\n]*, |code = )"(\w+)"', source))
    raised |= {"no_venv", "no_packages", "no_addin", "denied", "mac_denied"}
    texts = texts_of(lang)
    for code in raised:
        text = texts[f"setup_error.{code}"]
        names = {name for _, name, _, _ in string.Formatter().parse(text) if name}
        assert names <= {"file", "folder", "path", "detail", "have", "need", "count"}
    assert {f"setup_error.{code}" for code in raised} == {
        key for key in texts if key.startswith("setup_error.")
    }


def test_there_is_no_excel_here(capsys: pytest.CaptureFixture[str]) -> None:
    if sys.platform in ("win32", "darwin"):
        pytest.skip("there may be one here")
    for name in ("install", "uninstall", "doctor"):
        assert main([name, "--lang", "en"]) == 2
        check_sentence(capsys.readouterr().err, "en")


@pytest.mark.parametrize("through", [["install"], ["fenji", "install"]])
def test_a_bare_python_is_enough(through: list[str], tmp_path: Path) -> None:
    """-S: none of the packages that grading needs; -P: not even this folder."""
    done = subprocess.run(
        [sys.executable, "-S", "-P", start.__file__, *through, "--help", "--lang", "en"],
        check=False,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    assert "--wheels" in done.stdout


def test_problems_end_with_three() -> None:
    assert SetupError("problems", exit_code=3, count=1).exit_code == 3
