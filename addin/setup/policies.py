"""What the machine and its administrators decide: Excel itself, macros, antivirus rules.

Everything here is only read. The names of keys are Microsoft's, of Office 2016 and newer.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from addin.setup.checks import Check, ok, problem
from addin.setup.machine import COMPUTER, USER, Machine, Registry
from addin.setup.place import ADDIN, WINDOWS, Place

_APP_PATHS = r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
_OPTIONS = r"Software\Microsoft\Office\16.0\Excel\Options"
_DISABLED = r"Software\Microsoft\Office\16.0\Excel\Resiliency\DisabledItems"
# Those of administrators first: they overrule the user's own.
_OFFICE = (
    r"Software\Policies\Microsoft\Cloud\Office\16.0",
    r"Software\Policies\Microsoft\Office\16.0",
    r"Software\Microsoft\Office\16.0",
)
_DEFENDER = r"SOFTWARE\Policies\Microsoft\Windows Defender"
_RULES = (
    _DEFENDER + r"\Windows Defender Exploit Guard\ASR\Rules",
    r"SOFTWARE\Microsoft\Windows Defender\Windows Defender Exploit Guard\ASR\Rules",
)
# Attack surface reduction rules: no child processes of Office, no Win32 calls from macros.
_CHILD = "d4f940ab-401b-4efc-aadc-ad5f3c50688a"
_API = "92e97fa1-2edf-4476-bdd6-9dd0b4dddc7b"
_STOPS = {"1", "6"}  # block; warn, which stops as well until somebody agrees
_SIGNED_ONLY, _NONE = 3, 4  # values of VBAWarnings
_AMD64, _ARM64 = 0x8664, 0xAA64


def excel(place: Place, machine: Machine) -> Check:
    """Whether there is an Excel that can load add-ins."""
    if place.platform != WINDOWS:
        names = [folder / "Microsoft Excel.app" for folder in place.programs]
        found = next((path for path in names if path.exists()), None)
        return ok("excel", file=str(found)) if found else problem("excel", "excel_missing")
    named = (_value(machine.registry, hive, _APP_PATHS, "") for hive in (USER, COMPUTER))
    program = next((str(name).strip('"') for name in named if name), None)
    if program is None:
        return problem("excel", "excel_missing")
    if "windowsapps" in program.lower():
        return problem("excel", "excel_store", file=program)
    return ok("excel", file=program)


def bits_of(program: Path) -> int | None:
    """The bits of a Windows program; None when it can't be read."""
    with suppress(OSError, struct.error), program.open("rb") as file:
        start = file.read(4096)
        (at,) = struct.unpack_from("<I", start, 0x3C)
        (kind,) = struct.unpack_from("<H", start, at + 4)
        return 64 if kind in (_AMD64, _ARM64) else 32
    return None


def macros(place: Place, machine: Machine) -> list[Check]:
    """Whether Excel may run the add-in's macros."""
    if place.platform != WINDOWS:
        return []
    asked = machine.registry
    found = []
    signed = is_signed(place.addin)
    if _office(asked, r"Common", "VBAOff") == 1:
        found.append("vba_off")
    if _office(asked, r"Excel\Security", "DisableAllAddins") == 1:
        found.append("addins_off")
    must_be_signed = (
        _office(asked, r"Excel\Security", "RequireAddinSig"),
        _office(asked, r"Common\Security", "RequireAlwaysOnMacroSig"),
    )
    if 1 in must_be_signed and not signed:
        found.append("addins_signed")
    if _untrusted(asked):
        level = _office(asked, r"Excel\Security", "VBAWarnings")
        if level == _NONE:
            found.append("macros_off")
        elif level == _SIGNED_ONLY and not signed:
            found.append("macros_signed")
    if any(ADDIN.lower() in name for name in _disabled(asked)):
        found.append("disabled_item")
    return [problem("macros", code) for code in found] or [ok("macros")]


def is_signed(addin: Path) -> bool:
    """Whether somebody signed the add-in's macros (whom Excel trusts is another matter)."""
    try:
        with ZipFile(addin) as package:
            return any("vbaProjectSignature" in name for name in package.namelist())
    except (OSError, BadZipFile):
        return False


def _untrusted(asked: Registry) -> bool:
    """Whether Excel's start-up folder is no longer a trusted location."""
    locations = r"Excel\Security\Trusted Locations"
    off = _office(asked, locations, "AllLocationsDisabled") == 1
    return off or _office(asked, r"Common\Security\Trusted Locations", "Allow User Locations") == 0


def _disabled(asked: Registry) -> Iterator[str]:
    """The names of what Excel no longer loads, because it crashed with it or was told so."""
    for value in asked(USER, _DISABLED).values():
        if isinstance(value, bytes):
            yield value.decode("utf-16-le", errors="ignore").lower()


def antivirus(place: Place, machine: Machine) -> list[Check]:
    """Whether Microsoft Defender forbids Excel to start Python."""
    if place.platform != WINDOWS:
        return []
    rules = _defender_rules(machine.registry)
    codes = {"child_rule": _CHILD, "api_rule": _API}
    found = [problem("antivirus", code) for code, rule in codes.items() if rule in rules]
    return found or [ok("antivirus")]


def _defender_rules(asked: Registry) -> set[str]:
    """The rules that stop what they name."""
    found = {k.lower(): str(v) for key in _RULES for k, v in asked(COMPUTER, key).items()}
    managed = _value(asked, COMPUTER, _DEFENDER + r"\Policy Manager", "ASRRules")
    for part in str(managed or "").split("|"):
        name, _, value = part.partition("=")
        found[name.strip().lower()] = value.strip()
    return {name for name, value in found.items() if value in _STOPS}


def second(place: Place, machine: Machine) -> list[Check]:
    """Other copies of the add-in that Excel loads too; which of them answers is chance."""
    folders = list(place.others)
    named: list[str] = []
    if place.platform == WINDOWS:
        options = machine.registry(USER, _OPTIONS)
        folders += [Path(str(v)) for k, v in options.items() if k.lower() == "altstartup" and v]
        named = [str(v) for k, v in options.items() if k.upper().startswith("OPEN")]
    files = [folder / ADDIN for folder in folders]
    found = [str(path) for path in files if path != place.addin and path.is_file()]
    listed = [line for line in named if ADDIN.lower() in line.lower()]
    codes = [("second_addin", path) for path in found] + [("second_listed", x) for x in listed]
    return [problem("second", code, file=name) for code, name in codes] or [ok("second")]


def _office(asked: Registry, key: str, name: str) -> object:
    """The setting that holds: the first of the administrators' and the user's own."""
    for root in _OFFICE:
        for hive in (COMPUTER, USER):
            value = _value(asked, hive, rf"{root}\{key}", name)
            if value is not None:
                return value
    return None


def _value(asked: Registry, hive: str, key: str, name: str) -> object:
    values: Mapping[str, object] = asked(hive, key)
    return next((v for k, v in values.items() if k.lower() == name.lower()), None)
