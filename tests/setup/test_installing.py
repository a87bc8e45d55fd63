"""Installing puts everything where Excel looks, again changes nothing, and fails without trace."""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path

import pytest

from addin.setup import environment, journal
from addin.setup.doctor import diagnose
from addin.setup.errors import SetupError
from addin.setup.installing import Installed, install, remembered
from addin.setup.place import Place
from addin.setup.versions import XLWINGS
from tests.setup.sandbox import SCRIPT, SHORT, Sandbox, addin

LIBRARY = "Library/Containers/com.microsoft.Excel/Data/fenji"


def put_in(computer: Sandbox, place: Place | None = None) -> Installed:
    return install(place or computer.place, computer.machine, computer.source)


def settings(computer: Sandbox, name: str) -> dict[str, str]:
    """The configuration's lines, read by hand."""
    raw = (computer.home / name / "fenji.conf").read_bytes()
    lines = raw.decode("utf-8").removesuffix("\n").split("\n")
    assert all(line.startswith('"') and line.endswith('"') for line in lines)
    return dict(line[1:-1].split('","') for line in lines)


def test_windows_gets_everything_where_excel_looks(windows: Sandbox) -> None:
    assert put_in(windows).changed
    home = windows.home
    added = home / "AppData/Roaming/Microsoft/Excel/XLSTART/Fenji.xlam"
    assert added.read_bytes() == windows.addin
    env = home / "AppData/Local/Fenji/env"
    for name in ("Scripts/python.exe", "Scripts/pythonw.exe", f"xlwings64-{XLWINGS}.dll"):
        assert (env / name).is_file()
    short = home.parent / SHORT / "AppData/Local/Fenji/env"
    assert settings(windows, ".fenji") == {
        "INTERPRETER_WIN": str(short / "Scripts/pythonw.exe"),
        "PYTHONPATH": str(short / "Lib/site-packages"),
        "UDF MODULES": "addin.hosts.excel.udfs_en;addin.hosts.excel.udfs_zh",
        "USE UDF SERVER": "True",
    }
    assert (short / "Scripts/pythonw.exe").is_file()


def test_a_mac_gets_everything_where_excel_looks(mac: Sandbox) -> None:
    assert put_in(mac).changed
    home = mac.home
    group = "Library/Group Containers/UBF8T346G9.Office/User Content.localized"
    assert (home / group / "Startup.localized/Excel/Fenji.xlam").read_bytes() == mac.addin
    script = home / f"Library/Application Scripts/com.microsoft.Excel/xlwings-{XLWINGS}.applescript"
    assert script.read_text(encoding="utf-8") == SCRIPT
    env = home / "Library/Application Support/Fenji/env"
    found = settings(mac, LIBRARY)
    assert found["INTERPRETER_MAC"] == str(env / "bin/python")
    assert found["PYTHONPATH"] == str(env / "lib/python3.12/site-packages")


def test_what_was_installed_is_well(computer: Sandbox) -> None:
    put_in(computer)
    assert {
        c.key: c.code for c in diagnose(computer.place, False, computer.machine) if c.code
    } == {}


def test_again_changes_nothing(computer: Sandbox) -> None:
    put_in(computer)
    before = computer.tree()
    computer.ran.clear()
    assert put_in(computer) == Installed(changed=False)
    assert computer.tree() == before
    # Only the question what is in there; no network, no build.
    assert [("pip" in c, "venv" in c, "build" in c) for c in computer.ran] == [(False,) * 3]


def test_again_while_excel_is_open(computer: Sandbox) -> None:
    put_in(computer)
    computer.open_files.add(computer.place.addin)
    assert not put_in(computer).changed


@pytest.mark.parametrize("gone", ["addin", "settings", "script", "manifest"])
def test_what_is_missing_comes_back(computer: Sandbox, gone: str) -> None:
    put_in(computer)
    path = getattr(computer.place, gone)
    if path is None:
        pytest.skip("there is none on Windows")
    content = path.read_bytes()
    path.unlink()
    computer.ran.clear()
    assert put_in(computer).changed
    assert path.read_bytes() == content or gone == "manifest"
    assert not any("pip" in command for command in computer.ran)


def test_another_version_is_installed_over_it(computer: Sandbox) -> None:
    put_in(computer)
    left_over = computer.place.environment / "left over"
    left_over.write_text("of the old version")
    (computer.root / "Fenji sources/addin/__init__.py").write_text("newer")
    computer.addin = addin(computer.root / "spare/Fenji.xlam", "2")
    assert put_in(computer).changed
    assert computer.place.addin.read_bytes() == computer.addin
    assert not left_over.exists()
    assert [path.name for path in computer.place.environment.parent.iterdir()] == ["env"]
    assert not put_in(computer).changed


def test_a_script_of_an_older_xlwings_goes(mac: Sandbox) -> None:
    put_in(mac)
    known = json.loads(mac.place.manifest.read_text())
    assert mac.place.script
    old = mac.place.script.with_name("xlwings-0.37.7.applescript")
    mac.place.script.rename(old)
    known["files"][str(old)] = known["files"].pop(str(mac.place.script))
    mac.place.manifest.write_text(json.dumps(known))
    put_in(mac)
    assert mac.place.script.exists()
    assert not old.exists()


# ── half-way failures ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("fails", ["venv", "pip", "build", "ask"])
@pytest.mark.parametrize("earlier", [False, True], ids=["fresh", "upgrade"])
def test_a_failure_leaves_everything_as_it_was(
    computer: Sandbox, fails: str, earlier: bool
) -> None:
    if earlier:
        put_in(computer)
        (computer.root / "Fenji sources/addin/__init__.py").write_text("newer")
    before = computer.tree()
    computer.fails = fails
    with pytest.raises(SetupError):
        put_in(computer)
    assert computer.tree() == before
    computer.fails = ""
    assert put_in(computer).changed


@pytest.mark.parametrize("file", [1, 2, 3, 4])
@pytest.mark.parametrize("error", [OSError(28, "No space left"), KeyboardInterrupt()])
def test_a_disk_that_is_full_leaves_everything_as_it_was(
    computer: Sandbox, monkeypatch: pytest.MonkeyPatch, file: int, error: BaseException
) -> None:
    before = computer.tree()
    real, seen = os.replace, []

    def replace(old: Path, new: Path) -> None:
        seen.append(new)
        if len(seen) == file:
            raise error
        real(old, new)

    monkeypatch.setattr(journal.os, "replace", replace)
    windows = computer.platform == "win32"
    if windows and file == 4:
        put_in(computer)  # three files there: add-in, configuration, manifest
        return
    with pytest.raises(KeyboardInterrupt if isinstance(error, KeyboardInterrupt) else SetupError):
        put_in(computer)
    assert computer.tree() == before


def test_excel_that_holds_the_add_in_is_named_and_nothing_is_done(computer: Sandbox) -> None:
    put_in(computer)
    (computer.root / "Fenji sources/addin/__init__.py").write_text("newer")
    before = computer.tree()
    computer.open_files.add(computer.place.addin)
    with pytest.raises(SetupError) as refused:
        put_in(computer)
    assert refused.value.code == "excel_open"
    assert computer.tree() == before


def test_a_python_that_runs_is_named(windows: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    put_in(windows)
    (windows.root / "Fenji sources/addin/__init__.py").write_text("newer")
    before = windows.tree()

    def in_use(*_: object) -> None:
        raise PermissionError(13, "in use", "env")

    monkeypatch.setattr(Path, "rename", in_use)
    with pytest.raises(SetupError) as refused:
        put_in(windows)
    assert refused.value.code == "excel_open"
    assert windows.tree() == before


def test_a_library_file_that_vanishes_is_named(windows: Sandbox) -> None:
    before = windows.tree()
    windows.quarantined = True
    with pytest.raises(SetupError) as refused:
        put_in(windows)
    assert refused.value.code == "library_missing"
    assert windows.tree() == before


def test_a_python_that_may_not_start_is_named(computer: Sandbox) -> None:
    put_in(computer)
    before = computer.tree()
    computer.blocked = True
    with pytest.raises(SetupError) as refused:
        put_in(computer)
    assert refused.value.code == "python_blocked"
    assert computer.tree() == before


# ── what is refused before anything is done ────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("python_32", {"bits": 32}),
        (
            "python_store",
            {"base": "C:\\Program Files\\WindowsApps\\PythonSoftwareFoundation.Python.3.12_x"},
        ),
        (
            "python_store",
            {"executable": "C:\\X\\AppData\\Local\\Microsoft\\WindowsApps\\python.exe"},
        ),
    ],
)
def test_a_python_that_excel_cannot_use(
    windows: Sandbox, code: str, change: dict[str, object]
) -> None:
    before = windows.tree()
    windows.interpreter = dataclasses.replace(windows.interpreter, **change)
    with pytest.raises(SetupError) as refused:
        put_in(windows)
    assert refused.value.code == code
    assert windows.tree() == before


def test_an_excel_that_never_ran_on_a_mac(mac: Sandbox) -> None:
    data = mac.home / "Library/Containers/com.microsoft.Excel/Data"
    data.rmdir()
    data.parent.rmdir()
    with pytest.raises(SetupError) as refused:
        put_in(mac)
    assert refused.value.code == "excel_not_started"
    assert not (mac.home / "Library/Application Support/Fenji").exists()


def test_without_sources_or_wheels_nothing_is_fetched_by_name(computer: Sandbox) -> None:
    with pytest.raises(SetupError) as refused:
        install(computer.place, computer.machine, environment.Source())
    assert refused.value.code == "no_source"
    assert not any("pip" in command for command in computer.ran)


# ── other people's files ───────────────────────────────────────────────────────────────────────


def test_an_add_in_of_somebody_else_is_kept(computer: Sandbox) -> None:
    theirs = addin(computer.place.addin, "theirs")
    done = put_in(computer)
    assert computer.place.addin.read_bytes() == computer.addin
    assert [Path(path).read_bytes() for path in done.set_aside] == [theirs]


def test_a_configuration_that_cannot_be_read_is_kept(computer: Sandbox) -> None:
    put_in(computer)
    computer.place.settings.write_bytes(b"\xff\xfe not lines")
    done = put_in(computer)
    assert [Path(path).read_bytes() for path in done.set_aside] == [b"\xff\xfe not lines"]
    assert diagnose(computer.place, False, computer.machine)[-1].state == "ok"


def test_settings_that_somebody_added_stay(windows: Sandbox) -> None:
    put_in(windows)
    text = windows.place.settings.read_text(encoding="utf-8")
    evil = text.replace(windows.place.interpreter.name, "other.exe") + '"SHOW CONSOLE","True"\n'
    windows.place.settings.write_text(evil, encoding="utf-8")
    assert put_in(windows).changed
    found = settings(windows, ".fenji")
    assert found["SHOW CONSOLE"] == "True"
    assert found["INTERPRETER_WIN"].endswith("pythonw.exe")


def test_a_folder_with_other_things_is_not_touched(windows: Sandbox) -> None:
    folder = windows.root / "Tools"
    (folder / "env").mkdir(parents=True)
    (folder / "env/thesis.docx").write_text("years of work")
    with pytest.raises(SetupError) as refused:
        put_in(windows, windows.at(folder))
    assert refused.value.code == "folder_taken"
    assert (folder / "env/thesis.docx").exists()


def test_the_mark_of_the_web_goes(windows: Sandbox) -> None:
    put_in(windows)
    mark = windows.place.addin.with_name("Fenji.xlam:Zone.Identifier")
    mark.write_text("[ZoneTransfer]\nZoneId=3")
    assert put_in(windows).changed
    assert not mark.exists()


# ── elsewhere, and without a network ───────────────────────────────────────────────────────────


def test_the_environment_may_lie_elsewhere_and_is_found_there(windows: Sandbox) -> None:
    put_in(windows)
    old = windows.place.environment
    moved = windows.at(windows.root / "Fenji")
    assert put_in(windows, moved).changed
    assert not old.exists()
    assert remembered(windows.place) == moved
    named = settings(windows, ".fenji")["INTERPRETER_WIN"]
    assert named == str(windows.root / "Fenji/env/Scripts/pythonw.exe")
    assert not put_in(windows, remembered(windows.place)).changed


def wheels(computer: Sandbox) -> Path:
    folder = computer.root / "离线 wheels"
    folder.mkdir()
    (folder / "fenji-0.1.0-py3-none-any.whl").write_text("a wheel")
    return folder


def test_offline_asks_no_index(computer: Sandbox) -> None:
    folder = wheels(computer)
    install(computer.place, computer.machine, environment.source(folder))
    (command,) = [each for each in computer.ran if "pip" in each]
    assert command[:6] == [str(computer.place.python), "-I", "-X", "utf8", "-m", "pip"]
    at = command.index("--no-index")
    assert command[at:] == ["--no-index", "--find-links", str(folder), "fenji[excel]"]
    assert not install(computer.place, computer.machine, environment.source(folder)).changed


def test_a_signed_add_in_beside_the_wheels_is_taken(computer: Sandbox) -> None:
    folder = wheels(computer)
    signed = addin(folder / "Fenji.xlam", "signed", signed=True)
    install(computer.place, computer.machine, environment.source(folder))
    assert computer.place.addin.read_bytes() == signed
    assert not any("build" in command for command in computer.ran)


def test_a_folder_without_fenji_is_refused(computer: Sandbox) -> None:
    folder = wheels(computer)
    next(folder.iterdir()).unlink()
    before = computer.tree()
    with pytest.raises(SetupError) as refused:
        install(computer.place, computer.machine, environment.source(folder))
    assert refused.value.code == "no_fenji_wheel"
    assert computer.tree() == before
    with pytest.raises(SetupError) as refused:
        environment.source(folder / "nowhere")
    assert refused.value.code == "no_wheels"


def test_sources_are_installed_with_their_constraints(computer: Sandbox) -> None:
    put_in(computer)
    (command,) = [each for each in computer.ran if "pip" in each]
    assert command[-1].endswith("[excel]")
    copied = Path(command[-1].removesuffix("[excel]"))
    # A copy: the sources may lie on a share where nobody may write.
    assert copied != computer.source.checkout
    assert command[-3:-1] == ["-c", str(copied / "constraints.txt")]
    assert "--no-index" not in command
