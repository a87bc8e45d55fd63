"""Looks for everything that is known to keep Fenji from working in Calc, and repairs it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from addin.setup import environment
from addin.setup.calc import office as offices
from addin.setup.calc import probing, registration, settings
from addin.setup.calc.host import Host, this_host
from addin.setup.calc.installing import found_office, install
from addin.setup.calc.office import Office
from addin.setup.calc.place import CalcPlace, here, remembered
from addin.setup.calc.probing import Facts, ProbeError
from addin.setup.checks import PROBLEM, REPAIRED, Check, ok, problem
from addin.setup.environment import BlockedError, BrokenError, Source
from addin.setup.errors import SetupError
from addin.setup.versions import fenji_version


def diagnose(
    repair: bool,
    place: CalcPlace | None = None,
    host: Host | None = None,
    source: Source | None = None,
) -> list[Check]:
    """Everything that was looked at; with ``repair`` what can be put right is put right first."""
    host = host or this_host()
    place = remembered(place or here())
    source = source or environment.known_source(place.fenji)
    before = look(place, host)
    wrong = {check.key for check in before if check.state == PROBLEM}
    if not repair or not wrong:
        return before
    try:
        install(place, host, source)
    except SetupError as error:
        if wrong == {"calc.configuration"} or error.code == "calc_open":
            _settings_alone(place, host)
        params = {key: str(value) for key, value in error.params.items()}
        after = _repaired(look(place, host), wrong)
        left = any(check.state == PROBLEM for check in after)
        return [*after, problem("repair", error.code, **params)] if left else after
    return _repaired(look(place, host), wrong)


def look(place: CalcPlace, host: Host) -> list[Check]:
    """Every check, in the order in which one would ask."""
    office, checked = _office(place, host)
    python = _python(place, host)
    found, asked = _facts(place, host) if python.state != PROBLEM else (None, ())
    return [
        checked,
        python,
        *asked,
        *(_registered(place, office) if office else ()),
        _settings(place, found),
        *(_inside(place, office, found) if office and found else ()),
        *(_running(host, office) if office else ()),
    ]


def _repaired(checks: list[Check], wrong: set[str]) -> list[Check]:
    return [
        dataclasses.replace(check, state=REPAIRED)
        if check.state != PROBLEM and check.key in wrong
        else check
        for check in checks
    ]


def _settings_alone(place: CalcPlace, host: Host) -> None:
    """What can be put right while LibreOffice runs."""
    try:
        content = settings.content(place, probing.facts(host, place))
        place.configuration.mkdir(parents=True, exist_ok=True)
        place.settings.write_bytes(content)
    except (ProbeError, OSError):
        return  # the checks that follow say so


def _office(place: CalcPlace, host: Host) -> tuple[Office | None, Check]:
    try:
        office = found_office(host, place)
    except SetupError as error:
        params = {key: str(value) for key, value in error.params.items()}
        return offices.find(host, place), problem("calc.office", error.code, **params)
    return office, ok("calc.office", have=office.said, file=str(office.program))


def _python(place: CalcPlace, host: Host) -> Check:
    name = str(place.fenji.python)
    try:
        found = environment.contents(place.fenji, host.machine)
    except BlockedError as error:
        return problem("calc.python", "calc_python_blocked", file=name, detail=str(error))
    except BrokenError as error:
        return problem("calc.python", "calc_python_broken", detail=str(error))
    if found is None:
        return problem("calc.python", "calc_python_missing", file=name)
    if found.fenji != fenji_version():
        return problem(
            "calc.python", "calc_python_other", have=found.fenji or "-", need=fenji_version()
        )
    return ok("calc.python", file=name, have=found.fenji)


def _facts(place: CalcPlace, host: Host) -> tuple[Facts | None, tuple[Check, ...]]:
    try:
        found = probing.facts(host, place)
    except ProbeError as error:
        return None, (problem("calc.functions", "calc_functions", detail=str(error)),)
    try:
        probing.answers(host, place)
    except ProbeError as error:
        return found, (problem("calc.functions", "calc_functions", detail=str(error)),)
    return found, (ok("calc.functions"),)


def _registered(place: CalcPlace, office: Office) -> Iterator[Check]:
    there, name = registration.registered(office), "calc.extension"
    if there is None:
        yield problem(name, "calc_extension_missing")
    elif not there.enabled:
        yield problem(name, "calc_extension_off")
    elif there.version != fenji_version():
        yield problem(name, "calc_extension_other", have=there.version, need=fenji_version())
    elif not registration.same(there, place.extension):
        yield problem(name, "calc_extension_changed", folder=str(there.folder))
    else:
        yield ok(name, have=there.version)


def _settings(place: CalcPlace, found: Facts | None) -> Check:
    name, key = str(place.settings), "calc.configuration"
    try:
        told = settings.read(place)
    except settings.UnreadableError:
        return problem(key, "calc_conf_unreadable", file=name)
    if not told:
        return problem(key, "calc_conf_missing", file=name)
    wanted = settings.wanted(place, found) if found else {}
    wrong = [each for each, value in wanted.items() if told.get(each) != value]
    if wrong:
        return problem(key, "calc_conf_other", file=name, keys=", ".join(wrong))
    return ok(key, file=name)


def _inside(place: CalcPlace, office: Office, found: Facts) -> Iterator[Check]:
    """Where functions run: for information."""
    own, theirs = (".".join(map(str, each or ())) for each in (found.version, office.python))
    if theirs:
        try:
            worker = settings.read(place).get("mode") == "worker" or own != theirs
        except settings.UnreadableError:
            worker = own != theirs
        yield ok("calc.worker" if worker else "calc.process", own=own, theirs=theirs)


def _running(host: Host, office: Office) -> Iterator[Check]:
    if offices.running(host, office):
        yield ok("calc.running")
    elif (office.profile / ".lock").exists():
        yield ok("calc.lock", file=str(office.profile / ".lock"))
