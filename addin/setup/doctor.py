"""Looks for everything that is known to keep Fenji from working in Excel, and repairs it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path

from addin.setup import configuration, environment, manifest, policies
from addin.setup.checks import OK, PROBLEM, REPAIRED, Check, ok, problem
from addin.setup.environment import BlockedError, BrokenError, Contents, Source
from addin.setup.errors import SetupError
from addin.setup.installing import install, original_script, remembered, wanted_settings, zone
from addin.setup.machine import Machine, this_machine
from addin.setup.place import WINDOWS, Place
from addin.setup.spoken import spoken
from addin.setup.versions import XLWINGS, fenji_version
from addin.words import Words


def diagnose(
    place: Place,
    repair: bool,
    machine: Machine | None = None,
    source: Source | None = None,
) -> list[Check]:
    """Everything that was looked at; with ``repair`` what can be put right is put right first."""
    machine = machine or this_machine()
    place = remembered(place)
    source = source or environment.known_source(place)
    before = look(place, machine)
    if not repair or all(check.state == OK for check in before):
        return before
    try:
        install(place, machine, source)
    except SetupError as error:
        params = {key: str(value) for key, value in error.params.items()}
        refused = problem("repair", error.code, **params)
        return [*look(place, machine), refused]
    wrong = {check.key for check in before if check.state == PROBLEM}
    return [
        dataclasses.replace(check, state=REPAIRED) if good(check) and check.key in wrong else check
        for check in look(place, machine)
    ]


def good(check: Check) -> bool:
    return check.state != PROBLEM


def report(checks: Sequence[Check], words: Words) -> list[str]:
    """One line a check, in the user's language."""
    return [
        words("setup.line", mark=words(f"setup.mark.{check.state}"), text=sentence(check, words))
        for check in checks
    ]


def sentence(check: Check, words: Words) -> str:
    """What was found, and what to do about it."""
    if check.key == "repair":
        text = words(f"setup_error.{check.code}", **check.params)
    elif good(check):
        text = words(f"setup.ok.{check.key}", **check.params)
    else:
        text = words(f"setup.problem.{check.code}", **check.params)
    return words("setup.check", title=words(f"setup.title.{check.key}"), text=text)


def look(place: Place, machine: Machine) -> list[Check]:
    """Every check, in the order in which one would ask."""
    found, python = _python(place, machine)
    library = _library(place, machine) if place.environment.exists() else ()
    return [
        policies.excel(place, machine),
        _path(place, machine),
        python,
        *library,
        *_versions(found),
        _addin(place),
        *_blocked(place),
        _configuration(place, machine, found),
        *_script(place, found),
        *policies.second(place, machine),
        *policies.macros(place, machine),
        *policies.antivirus(place, machine),
    ]


def _path(place: Place, machine: Machine) -> Check:
    try:
        return ok("path", path=spoken(place.interpreter, place, machine))
    except SetupError as error:
        return problem("path", error.code, **{k: str(v) for k, v in error.params.items()})


def _python(place: Place, machine: Machine) -> tuple[Contents | None, Check]:
    name = str(place.python)
    try:
        found = environment.contents(place, machine)
    except BlockedError as error:
        return None, problem("python", "python_blocked", file=name, detail=str(error))
    except BrokenError as error:
        return None, problem("python", "python_broken", detail=str(error))
    if found is None:
        return None, problem("python", "python_missing", file=name)
    beneath = dataclasses.replace(machine.interpreter, executable=name, base=found.base)
    if environment.is_store(beneath):
        return found, problem("python", "python_store")
    if found.bits < 64:
        return found, problem("python", "python_32")
    return found, ok("python", file=name)


def _library(place: Place, machine: Machine) -> Iterator[Check]:
    """The files that Excel loads into itself; an Excel of 32 bits needs the other one."""
    if place.platform != WINDOWS:
        return
    missing = [path for path in place.libraries if not path.exists()]
    if missing:
        yield problem("library", "library_missing", file=str(missing[0]))
        return
    program = policies.excel(place, machine).params.get("file", "")
    bits = policies.bits_of(Path(program)) if program else None
    yield ok("library", file=str(place.libraries[1 if bits == 32 else 0]))


def _versions(found: Contents | None) -> Iterator[Check]:
    if found is None:
        return
    have = f"Fenji {found.fenji}, xlwings {found.xlwings}"
    need = f"Fenji {fenji_version()}, xlwings {XLWINGS}"
    if have != need:
        yield problem("versions", "versions_differ", have=have, need=need)
    else:
        yield ok("versions", have=have)


def _addin(place: Place) -> Check:
    there, original = manifest.digest_of(place.addin), manifest.digest_of(place.original)
    if there is None:
        return problem("addin", "addin_missing", file=str(place.addin))
    known = manifest.load(place)
    wanted = original or (known.files.get(str(place.addin)) if known else None)
    if there != wanted:
        return problem("addin", "addin_changed", file=str(place.addin))
    return ok("addin", file=str(place.addin))


def _blocked(place: Place) -> Iterator[Check]:
    if place.platform != WINDOWS:
        return
    marked = zone(place.addin).exists()
    name = str(place.addin)
    yield problem("blocked", "file_blocked", file=name) if marked else ok("blocked")


def _configuration(place: Place, machine: Machine, found: Contents | None) -> Check:
    name = str(place.settings)
    try:
        settings = configuration.read(place)
    except configuration.UnreadableError:
        return problem("configuration", "conf_unreadable", file=name)
    if not settings:
        return problem("configuration", "conf_missing", file=name)
    interpreter = settings.get(configuration.interpreter_key(place), "")
    if not interpreter or not Path(interpreter).exists():
        return problem("configuration", "conf_interpreter", file=name, interpreter=interpreter)
    try:
        wanted = wanted_settings(place, machine, found) if found else {}
    except SetupError:
        wanted = {}  # the check of the path says so
    wrong = [key for key, value in wanted.items() if settings.get(key) != value]
    if wrong:
        return problem("configuration", "conf_other", file=name, keys=", ".join(wrong))
    return ok("configuration", file=name)


def _script(place: Place, found: Contents | None) -> Iterator[Check]:
    if place.script is None:
        return
    name = str(place.script)
    there = manifest.digest_of(place.script)
    if there is None:
        yield problem("script", "script_missing", file=name)
    elif found and there != manifest.digest_of(original_script(found)):
        yield problem("script", "script_changed", file=name)
    else:
        yield ok("script", file=name)
