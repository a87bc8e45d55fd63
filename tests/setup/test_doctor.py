"""The doctor names each known trouble, and repairs those that it can."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from addin.setup import environment
from addin.setup.checks import Check
from addin.setup.doctor import diagnose, report
from addin.setup.installing import install
from addin.words import LANGUAGES
from addin.words import words as words_of
from tests.setup.sandbox import APP_PATHS, Sandbox, addin, program

USER, COMPUTER = "HKEY_CURRENT_USER", "HKEY_LOCAL_MACHINE"
POLICIES = r"Software\Policies\Microsoft\Office\16.0"
RULES = r"SOFTWARE\Policies\Microsoft\Windows Defender\Windows Defender Exploit Guard\ASR\Rules"
CHILD = "D4F940AB-401B-4EFC-AADC-AD5F3C50688A"
API = "92e97fa1-2edf-4476-bdd6-9dd0b4dddc7b"


@pytest.fixture
def installed(computer: Sandbox) -> Sandbox:
    install(computer.place, computer.machine, computer.source)
    return computer


@pytest.fixture
def on_windows(windows: Sandbox) -> Sandbox:
    install(windows.place, windows.machine, windows.source)
    return windows


def look(computer: Sandbox, *, repair: bool = False) -> list[Check]:
    return diagnose(computer.place, repair, computer.machine, computer.source)


def wrong(checks: list[Check]) -> set[tuple[str, str]]:
    return {(check.key, check.code) for check in checks if check.state == "problem"}


def said(checks: list[Check]) -> None:
    """Every line can be said in both languages, with nothing left open."""
    for lang in LANGUAGES:
        lines = report(checks, words_of(lang))
        assert len(lines) == len(checks)
        assert all("{" not in line and line.strip() for line in lines)


def gone(name: str) -> Callable[[Sandbox], None]:
    return lambda computer: getattr(computer.place, name).unlink()


def written(name: str, content: bytes) -> Callable[[Sandbox], None]:
    return lambda computer: getattr(computer.place, name).write_bytes(content) and None


def marked(computer: Sandbox) -> None:
    path = computer.place.addin
    path.with_name(path.name + ":Zone.Identifier").write_text("[ZoneTransfer]\nZoneId=3")


def without_environment(computer: Sandbox) -> None:
    shutil.rmtree(computer.place.environment)


def other_interpreter(computer: Sandbox) -> None:
    text = computer.place.settings.read_text(encoding="utf-8")
    key = '"INTERPRETER_WIN"' if computer.platform == "win32" else '"INTERPRETER_MAC"'
    lines = [line for line in text.splitlines() if not line.startswith(key)]
    lines.append(f'{key},"/nowhere/python"')
    computer.place.settings.write_text("\n".join(lines) + "\n", encoding="utf-8")


def no_path(computer: Sandbox) -> None:
    text = computer.place.settings.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if "PYTHONPATH" not in line]
    computer.place.settings.write_text("\n".join(lines) + "\n", encoding="utf-8")


def blank_line(computer: Sandbox) -> None:
    text = computer.place.settings.read_text(encoding="utf-8")
    computer.place.settings.write_text("\n" + text, encoding="utf-8")


def other_versions(computer: Sandbox) -> None:
    for path in computer.place.environment.rglob("versions.json"):
        path.write_text(json.dumps({"fenji": "0.0.9", "xlwings": "0.33.0"}), encoding="utf-8")


DAMAGES = {
    "add-in missing": (gone("addin"), {("addin", "addin_missing")}),
    "add-in changed": (written("addin", b"other"), {("addin", "addin_changed")}),
    "no environment": (without_environment, {("python", "python_missing")}),
    "no python": (gone("python"), {("python", "python_missing")}),
    "other versions": (other_versions, {("versions", "versions_differ")}),
    "no configuration": (gone("settings"), {("configuration", "conf_missing")}),
    "garbage": (written("settings", b"\xff\xfe"), {("configuration", "conf_unreadable")}),
    "blank line": (blank_line, {("configuration", "conf_unreadable")}),
    "interpreter gone": (other_interpreter, {("configuration", "conf_interpreter")}),
    "empty path": (no_path, {("configuration", "conf_other")}),
}
ON_WINDOWS = {
    "marked": (marked, {("blocked", "file_blocked")}),
    "library missing": (
        lambda computer: computer.place.libraries[0].unlink(),
        {("library", "library_missing")},
    ),
}
ON_MAC = {
    "script missing": (gone("script"), {("script", "script_missing")}),
    "script changed": (written("script", b"other"), {("script", "script_changed")}),
}


def check_repair(
    computer: Sandbox, damage: Callable[[Sandbox], None], expected: set[tuple[str, str]]
) -> None:
    assert wrong(look(computer)) == set()
    damage(computer)
    found = look(computer)
    keys = {key for key, _ in expected}
    assert wrong(found) >= expected
    # Without a Python nobody can say whether the configuration names the right one.
    assert {key for key, _ in wrong(found)} <= keys | {"configuration"}
    said(found)
    before = computer.tree()
    assert wrong(look(computer)) == wrong(found)
    assert computer.tree() == before, "looking changes nothing"
    repaired = look(computer, repair=True)
    assert wrong(repaired) == set()
    assert {check.key for check in repaired if check.state == "repaired"} >= keys
    said(repaired)
    assert {check.state for check in look(computer)} == {"ok"}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_named_and_repaired(installed: Sandbox, damage: str) -> None:
    check_repair(installed, *DAMAGES[damage])


@pytest.mark.parametrize("damage", ON_WINDOWS)
def test_damage_on_windows(on_windows: Sandbox, damage: str) -> None:
    check_repair(on_windows, *ON_WINDOWS[damage])


@pytest.mark.parametrize("damage", ON_MAC)
def test_damage_on_a_mac(mac: Sandbox, damage: str) -> None:
    install(mac.place, mac.machine, mac.source)
    check_repair(mac, *ON_MAC[damage])


def test_a_well_machine_is_not_touched_by_a_repair(installed: Sandbox) -> None:
    before = installed.tree()
    assert {check.state for check in look(installed, repair=True)} == {"ok"}
    assert installed.tree() == before


def test_the_library_alone_is_put_back(on_windows: Sandbox) -> None:
    on_windows.place.libraries[0].unlink()
    on_windows.ran.clear()
    look(on_windows, repair=True)
    (command,) = [each for each in on_windows.ran if "pip" in each]
    assert command[-3:] == ["--force-reinstall", "--no-deps", "xlwings==0.37.8"]


def test_an_antivirus_program_that_takes_the_library_again(on_windows: Sandbox) -> None:
    on_windows.place.libraries[0].unlink()
    on_windows.quarantined = True
    found = look(on_windows, repair=True)
    assert wrong(found) == {("library", "library_missing"), ("repair", "library_missing")}
    said(found)


def test_a_python_that_may_not_start(installed: Sandbox) -> None:
    installed.blocked = True
    assert wrong(look(installed)) == {("python", "python_blocked")}
    before = installed.tree()
    assert ("repair", "python_blocked") in wrong(look(installed, repair=True))
    assert installed.tree() == before


def test_a_python_whose_base_is_gone(installed: Sandbox) -> None:
    installed.fails = "ask"
    found = look(installed)
    assert wrong(found) == {("python", "python_broken")}
    assert any("No Python at" in line for line in report(found, words_of("en")))


def test_a_python_of_the_store(on_windows: Sandbox) -> None:
    store = "C:\\Program Files\\WindowsApps\\PythonSoftwareFoundation.Python.3.12_3.12.2"
    on_windows.interpreter = type(on_windows.interpreter)(
        executable="python.exe", prefix="x", base=store, bits=64
    )
    assert wrong(look(on_windows)) == {("python", "python_store")}


def test_nothing_is_installed(computer: Sandbox) -> None:
    found = look(computer)
    assert wrong(found) == {
        ("python", "python_missing"),
        ("addin", "addin_missing"),
        ("configuration", "conf_missing"),
        *({("script", "script_missing")} if computer.platform == "darwin" else ()),
    }
    said(found)


def test_repair_from_inside_the_environment(installed: Sandbox) -> None:
    installed.place.addin.unlink()
    machine = installed.inside()
    assert wrong(diagnose(installed.place, True, machine, installed.source)) == set()
    (installed.root / "Fenji sources/addin/__init__.py").write_text("newer")
    installed.place.addin.unlink()
    found = diagnose(installed.place, True, machine, installed.source)
    assert wrong(found) == {("addin", "addin_missing"), ("repair", "inside")}
    said(found)


def test_a_repair_takes_the_wheels_of_the_installation(
    computer: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = computer.root / "wheels"
    folder.mkdir()
    (folder / "fenji-0.1.0-py3-none-any.whl").write_text("a wheel")
    monkeypatch.setattr(environment, "checkout", lambda: computer.source.checkout)
    install(computer.place, computer.machine, environment.source(folder))

    def repaired() -> list[list[str]]:
        computer.ran.clear()
        found = diagnose(computer.place, True, computer.machine)
        left = {("python", "python_missing"), ("configuration", "conf_interpreter")}
        assert wrong(found) <= {*left, ("repair", "no_source")}
        return [command for command in computer.ran if "pip" in command]

    computer.place.addin.unlink()
    assert repaired() == [], "nothing but the add-in was missing"
    computer.place.python.unlink()
    (command,) = repaired()
    assert command[-3:] == ["--find-links", str(folder), "fenji[excel]"]
    shutil.rmtree(folder)
    computer.place.addin.unlink()
    assert repaired() == [], "the folder is no longer needed"
    computer.place.python.unlink()
    assert repaired() == [], "and without it nothing is fetched by name"


# ── Excel and what administrators decide ───────────────────────────────────────────────────────


def test_no_excel(computer: Sandbox) -> None:
    computer.registry.clear()
    for path in (computer.home / "Applications").glob("*"):
        path.rmdir()
    assert ("excel", "excel_missing") in wrong(look(computer))


def test_excel_of_the_store(on_windows: Sandbox) -> None:
    store = r"C:\Program Files\WindowsApps\Microsoft.Office.Desktop.Excel_16051\EXCEL.EXE"
    on_windows.registry["HKEY_LOCAL_MACHINE", APP_PATHS] = {"": store}
    assert wrong(look(on_windows)) == {("excel", "excel_store")}


@pytest.mark.parametrize(("kind", "name"), [(0x8664, "xlwings64"), (0x14C, "xlwings32")])
def test_an_excel_of_32_bits_loads_the_other_library(
    on_windows: Sandbox, kind: int, name: str
) -> None:
    program(on_windows.root / "Program Files/Microsoft Office/root/Office16/EXCEL.EXE", kind)
    (found,) = [check for check in look(on_windows) if check.key == "library"]
    assert Path(found.params["file"]).name.startswith(name)


SECURITY, TRUSTED = r"Excel\Security", r"Excel\Security\Trusted Locations"
UNTRUSTED = (TRUSTED, "AllLocationsDisabled", 1)
SETTINGS = {
    "vba off": ([("Common", "vbaoff", 1)], "vba_off"),
    "no add-ins": ([(SECURITY, "DisableAllAddins", 1)], "addins_off"),
    "signed add-ins": ([(SECURITY, "RequireAddinSig", 1)], "addins_signed"),
    "signed always": ([(r"Common\Security", "RequireAlwaysOnMacroSig", 1)], "addins_signed"),
    "no macros": ([(SECURITY, "VBAWarnings", 4), UNTRUSTED], "macros_off"),
    "signed macros": ([(SECURITY, "vbawarnings", 3), UNTRUSTED], "macros_signed"),
    "user locations": (
        [
            (SECURITY, "VBAWarnings", 4),
            (r"Common\Security\Trusted Locations", "Allow User Locations", 0),
        ],
        "macros_off",
    ),
    # The start-up folder is a trusted location: the level does not matter there.
    "trusted": ([(SECURITY, "VBAWarnings", 4)], ""),
    "usual": ([(SECURITY, "VBAWarnings", 2), UNTRUSTED], ""),
}


def set_values(computer: Sandbox, values: list[tuple[str, str, object]]) -> None:
    for key, name, value in values:
        computer.registry.setdefault((USER, rf"{POLICIES}\{key}"), {})[name] = value


@pytest.mark.parametrize("name", SETTINGS)
def test_what_administrators_decide_about_macros(on_windows: Sandbox, name: str) -> None:
    values, code = SETTINGS[name]
    set_values(on_windows, values)
    found = look(on_windows)
    assert wrong(found) == ({("macros", code)} if code else set())
    said(found)


@pytest.mark.parametrize("name", ["signed add-ins", "signed always", "signed macros"])
def test_a_signed_add_in_may_load(on_windows: Sandbox, name: str) -> None:
    set_values(on_windows, SETTINGS[name][0])
    signed = addin(on_windows.place.addin, signed=True)
    on_windows.place.original.write_bytes(signed)
    assert wrong(look(on_windows)) == set()


def test_an_administrator_overrules_the_user(on_windows: Sandbox) -> None:
    own = (USER, r"Software\Microsoft\Office\16.0\Excel\Security")
    on_windows.registry[own] = {"RequireAddinSig": 1}
    assert wrong(look(on_windows)) == {("macros", "addins_signed")}
    on_windows.registry[COMPUTER, rf"{POLICIES}\{SECURITY}"] = {"RequireAddinSig": 0}
    assert wrong(look(on_windows)) == set()


def test_an_add_in_that_excel_disabled(on_windows: Sandbox) -> None:
    key = r"Software\Microsoft\Office\16.0\Excel\Resiliency\DisabledItems"
    value = b"\x01\x00\x00\x00" + "C:\\x\\XLSTART\\FENJI.XLAM\0".encode("utf-16-le")
    on_windows.registry[USER, key] = {"A1B2": value}
    assert wrong(look(on_windows)) == {("macros", "disabled_item")}


@pytest.mark.parametrize(
    ("rule", "value", "code"),
    [
        (CHILD, "1", "child_rule"),
        (CHILD, 1, "child_rule"),
        (CHILD, "6", "child_rule"),
        (API, "1", "api_rule"),
        (CHILD, "0", ""),
        (CHILD, "2", ""),
        ("3b576869-a4ec-4529-8536-b80a7769e899", "1", ""),
    ],
)
@pytest.mark.parametrize("managed", [False, True])
def test_rules_of_defender(
    on_windows: Sandbox, rule: str, value: object, code: str, managed: bool
) -> None:
    if managed:
        key = r"SOFTWARE\Policies\Microsoft\Windows Defender\Policy Manager"
        on_windows.registry[COMPUTER, key] = {"ASRRules": f"x=1|{rule}={value}"}
    else:
        on_windows.registry[COMPUTER, RULES] = {rule: value}
    found = look(on_windows)
    assert wrong(found) == ({("antivirus", code)} if code else set())
    said(found)


def test_a_second_add_in(installed: Sandbox) -> None:
    other = installed.place.others[0] / "Fenji.xlam"
    addin(other)
    found = look(installed, repair=True)
    assert wrong(found) == {("second", "second_addin")}
    assert other.exists(), "somebody else's file is theirs to delete"
    said(found)


def test_a_second_add_in_that_excel_lists(on_windows: Sandbox) -> None:
    key = r"Software\Microsoft\Office\16.0\Excel\Options"
    on_windows.registry[USER, key] = {"OPEN1": r'/R "D:\Tools\Fenji.xlam"', "Font": "Arial,11"}
    assert wrong(look(on_windows)) == {("second", "second_listed")}


def test_names_that_cannot_be_said(windows: Sandbox) -> None:
    install(windows.place, windows.machine, windows.source)
    windows.short_names, windows.code_page = False, "cp1252"
    found = look(windows, repair=True)
    assert wrong(found) == {("path", "path_unsayable"), ("repair", "path_unsayable")}
    assert any("--folder C:\\Fenji" in line for line in report(found, words_of("zh")))
