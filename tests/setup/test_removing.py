"""Uninstalling leaves the computer as it was, and leaves what is not Fenji's."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from addin.setup.errors import SetupError
from addin.setup.installing import install
from addin.setup.removing import _LATER, Removed, is_ours, uninstall
from tests.setup.sandbox import SCRIPT, Sandbox, addin


def put_in(computer: Sandbox) -> None:
    install(computer.place, computer.machine, computer.source)


def take_out(computer: Sandbox) -> Removed:
    return uninstall(computer.place, computer.machine)


def test_not_a_trace_is_left(computer: Sandbox) -> None:
    before = computer.tree()
    put_in(computer)
    assert computer.tree() != before
    done = take_out(computer)
    assert computer.tree() == before
    assert done.gone
    assert done.kept == ()


def test_not_a_trace_after_a_repair_an_upgrade_and_some_work(computer: Sandbox) -> None:
    before = computer.tree()
    put_in(computer)
    sources = computer.root / "Fenji sources/addin/__init__.py"
    text = sources.read_bytes()
    sources.write_text("newer")
    computer.addin = addin(computer.root / "spare/Fenji.xlam", "2")
    put_in(computer)
    computer.place.addin.unlink()
    put_in(computer)
    (computer.place.configuration / "7f.stop").write_text("")
    (computer.place.configuration / "jobs.log").write_text("a line")
    take_out(computer)
    sources.write_bytes(text)
    addin(computer.root / "spare/Fenji.xlam")
    assert computer.tree(times=False).keys() == before.keys()


def test_twice(computer: Sandbox) -> None:
    put_in(computer)
    take_out(computer)
    before = computer.tree()
    assert take_out(computer) == Removed(gone=(), kept=())
    assert computer.tree() == before


def test_excel_folders_that_were_there_stay(computer: Sandbox) -> None:
    computer.place.startup.mkdir(parents=True)
    other = computer.place.startup / "PERSONAL.XLSB"
    other.write_text("the user's macros")
    before = computer.tree()
    put_in(computer)
    take_out(computer)
    assert computer.tree() == before


def test_what_the_user_put_beside_it_stays(computer: Sandbox) -> None:
    put_in(computer)
    mine = [
        computer.place.startup / "Mine.xlam",
        computer.place.configuration / "backups/orders-backup.xlsx",
        computer.place.environment.parent / "notes.txt",
    ]
    for path in mine:
        path.parent.mkdir(exist_ok=True)
        path.write_text("mine")
    done = take_out(computer)
    assert all(path.read_text() == "mine" for path in mine)
    assert str(mine[1]) in done.kept
    assert not computer.place.addin.exists()
    assert not computer.place.environment.exists()


def test_an_add_in_that_somebody_changed_is_set_aside(computer: Sandbox) -> None:
    put_in(computer)
    signed = addin(computer.place.addin, "1", signed=True)
    done = take_out(computer)
    assert not computer.place.addin.exists()
    assert [Path(path).read_bytes() for path in done.kept] == [signed]


def test_a_configuration_that_somebody_changed_stays(computer: Sandbox) -> None:
    put_in(computer)
    text = computer.place.settings.read_text(encoding="utf-8") + '"SHOW CONSOLE","True"\n'
    computer.place.settings.write_text(text, encoding="utf-8")
    assert take_out(computer).kept == (str(computer.place.settings),)
    assert computer.place.settings.read_text(encoding="utf-8") == text


def test_a_script_that_was_there_before_stays(mac: Sandbox) -> None:
    assert mac.place.script
    mac.place.script.parent.mkdir(parents=True)
    mac.place.script.write_text(SCRIPT, encoding="utf-8")
    before = mac.tree()
    put_in(mac)
    take_out(mac)
    assert mac.tree() == before


@pytest.mark.parametrize("damage", ["gone", "garbage"])
def test_without_the_list_of_what_was_created(computer: Sandbox, damage: str) -> None:
    computer.place.startup.mkdir(parents=True)
    if computer.place.scripts:
        computer.place.scripts.mkdir(parents=True)
    before = computer.tree()
    put_in(computer)
    if damage == "gone":
        computer.place.manifest.unlink()
    else:
        computer.place.manifest.write_text("{")
    take_out(computer)
    assert computer.tree() == before


def test_without_the_list_only_what_is_surely_ours(computer: Sandbox) -> None:
    put_in(computer)
    computer.place.manifest.unlink()
    theirs = addin(computer.place.addin, ribbon="Somebody")
    computer.place.settings.write_text('"PYTHONPATH","mine"\n', encoding="utf-8")
    take_out(computer)
    assert computer.place.addin.read_bytes() == theirs
    assert computer.place.settings.exists()
    assert not computer.place.environment.exists()


def test_a_folder_that_is_not_ours_stays(computer: Sandbox) -> None:
    thesis = computer.place.environment / "thesis.docx"
    thesis.parent.mkdir(parents=True)
    thesis.write_text("years of work")
    take_out(computer)
    assert thesis.exists()


def test_excel_that_is_open_is_named_and_nothing_is_removed(computer: Sandbox) -> None:
    put_in(computer)
    before = computer.tree()
    computer.open_files.add(computer.place.addin)
    with pytest.raises(SetupError) as refused:
        take_out(computer)
    assert refused.value.code == "excel_open"
    assert computer.tree() == before


def test_a_python_that_runs_keeps_everything(
    computer: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_in(computer)
    before = computer.tree()

    def in_use(*_: object) -> None:
        raise PermissionError(13, "in use", "env")

    monkeypatch.setattr(Path, "rename", in_use)
    with pytest.raises(SetupError) as refused:
        take_out(computer)
    assert refused.value.code == "excel_open"
    assert computer.tree() == before


def test_from_inside_the_environment_goes_once_it_has_ended(windows: Sandbox) -> None:
    before = windows.tree()
    put_in(windows)
    done = uninstall(windows.place, windows.inside())
    assert done.later
    ((program, isolated, _, code, folder),) = windows.started
    assert (Path(program), isolated) == (windows.root / "Python312/python.exe", "-I")
    assert (code, folder) == (_LATER, str(windows.place.environment))
    subprocess.run([sys.executable, "-I", "-c", code, folder], check=True, timeout=60)
    assert windows.tree() == before


def test_an_environment_elsewhere_goes_too(windows: Sandbox) -> None:
    before = windows.tree()
    install(windows.at(windows.root / "Fenji"), windows.machine, windows.source)
    take_out(windows)
    assert windows.tree() == before


def test_a_list_that_names_a_folder_of_others_does_not_remove_it(computer: Sandbox) -> None:
    put_in(computer)
    known = json.loads(computer.place.manifest.read_text())
    shutil.rmtree(computer.place.environment)
    known["environment"] = str(computer.home)
    computer.place.manifest.write_text(json.dumps(known))
    take_out(computer)
    assert computer.home.exists()


def test_what_looks_like_fenji(tmp_path: Path) -> None:
    ours, theirs, text = (tmp_path / name for name in ("a.xlam", "b.xlam", "c.xlam"))
    addin(ours)
    addin(theirs, ribbon="Somebody")
    text.write_text("no package")
    assert [is_ours(path) for path in (ours, theirs, text, tmp_path / "none")] == [
        True,
        False,
        False,
        False,
    ]
