"""start.py sets up again when it must, and says in one sentence what is wrong."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import start


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small stand-in for the project, which start.py takes for its own."""
    (tmp_path / "addin").mkdir()
    for name in ("pyproject.toml", "constraints.txt", "addin/cli.py"):
        (tmp_path / name).write_text("one", encoding="utf-8")
    monkeypatch.setattr(start, "ROOT", tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt", "addin/cli.py"])
def test_a_change_means_installing_again(checkout: Path, name: str) -> None:
    before = start.digest(developer=False)
    assert start.digest(developer=False) == before
    (checkout / name).write_text("two", encoding="utf-8")
    assert start.digest(developer=False) != before


def test_an_editable_installation_follows_the_sources(checkout: Path) -> None:
    before = start.digest(developer=True)
    (checkout / "addin" / "cli.py").write_text("two", encoding="utf-8")
    assert start.digest(developer=True) == before
    assert start.digest(developer=False) != before


def test_an_unknown_command_shows_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert start.main(["dmeo"]) == 2
    said = capsys.readouterr().err
    assert all(f"start.py {command}" in said for command in ("demo", "test", "fenji"))


def test_a_failed_set_up_ends_with_a_reason(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(**_: object) -> None:
        raise start.SetupError("no way")

    monkeypatch.setattr(start, "prepare", fail)
    assert start.main(["demo"]) == 1
    assert capsys.readouterr().err == "no way\n"


def test_a_venv_of_another_place_is_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert start.PYTHON.name.startswith("python")
    monkeypatch.setattr(start, "PYTHON", tmp_path / "python")
    assert not start.venv_works()
    monkeypatch.setattr(start, "PYTHON", Path(sys.executable))
    assert start.venv_works()


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for an old Python is a shell script")
def test_an_old_python_hands_over_to_a_new_one(tmp_path: Path) -> None:
    newer = tmp_path / "python3.11"
    newer.write_text('#!/bin/sh\n[ "$1" = -c ] || echo "ran $2"\n', encoding="utf-8")
    newer.chmod(0o755)
    source = Path(start.__file__).read_text(encoding="utf-8")
    old = tmp_path / "start.py"
    old.write_text(source.replace("MINIMUM = (3, 11)", "MINIMUM = (9, 9)"), encoding="utf-8")

    def said(path: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(old), "demo"],
            check=False,
            env={"PATH": path, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            text=True,
            encoding="utf-8",
        )

    assert shutil.which("python3.11", path=str(tmp_path)) == str(newer)
    assert said(str(tmp_path)).stdout == "ran demo\n"
    alone = said(str(tmp_path / "nowhere"))
    assert alone.returncode == 1
    assert alone.stderr.startswith("Fenji needs Python 3.11 or newer")


@pytest.mark.parametrize(("command", "wanted"), [("grade", ""), ("build", "[excel]")])
def test_building_the_add_in_gets_what_it_needs(
    command: str, wanted: str, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[object, ...]] = []

    def quiet(*parts: object) -> subprocess.CompletedProcess[str]:
        asked.append(parts)
        return subprocess.CompletedProcess(parts, 0, stdout="")

    (checkout / ".venv").mkdir()
    monkeypatch.setattr(start, "STAMP", checkout / ".venv" / "stamp")
    monkeypatch.setattr(start, "venv_works", lambda: True)
    monkeypatch.setattr(start, "quiet", quiet)
    monkeypatch.setattr(start, "run", lambda *_: 0)
    assert start.fenji(command) == 0
    assert str(asked[-1][-1]) == f"{start.ROOT}{wanted}"
