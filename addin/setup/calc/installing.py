"""Installing Fenji into this user's LibreOffice Calc.

It may be run again at any time. If anything fails, the machine is as it was before.
"""

from __future__ import annotations

import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from addin.setup import environment, manifest
from addin.setup.calc import office as offices
from addin.setup.calc import probing, registration, settings
from addin.setup.calc.host import Host
from addin.setup.calc.office import Office
from addin.setup.calc.place import CalcPlace
from addin.setup.environment import Source
from addin.setup.errors import SetupError
from addin.setup.installing import Say, right_environment, state
from addin.setup.journal import Journal
from addin.setup.manifest import Manifest
from addin.setup.place import MAC
from addin.setup.versions import fenji_version


@dataclass(frozen=True, kw_only=True)
class Installed:
    """Whether anything had to be done, and for which LibreOffice."""

    changed: bool
    office: Office


def install(place: CalcPlace, host: Host, source: Source, say: Say = lambda _: None) -> Installed:
    """Install, renew or repair. Raises SetupError, after which nothing has changed."""
    office = found_office(host, place)
    refuse(host, place)
    if offices.running(host, office) and not _untouched(place, host, office, source):
        raise SetupError("calc_open")
    before = manifest.read(place.manifest) or Manifest()
    try:
        with Journal() as journal:
            right_environment(journal, place.fenji, host.machine, source, say)
            _extension(journal, place, host, say)
            found = probing.facts(host, place)
            probing.answers(host, place)
            journal.write(place.settings, settings.content(place, found))
            _register(journal, place, host, office, say)
            _remember(journal, place, before)
    except probing.ProbeError as error:
        raise SetupError("calc_failed", detail=str(error)) from None
    except PermissionError as error:
        code = "mac_denied" if place.platform == MAC else "denied"
        raise SetupError(code, file=str(error.filename)) from None
    except OSError as error:
        raise SetupError("failed", detail=str(error)) from None
    return Installed(changed=journal.changes > 0, office=office)


def found_office(host: Host, place: CalcPlace) -> Office:
    """The LibreOffice to install into. Raises SetupError."""
    office = offices.find(host, place)
    if office is None:
        confined = offices.confined(host)
        if confined:
            raise SetupError("calc_confined", file=confined)
        raise SetupError("calc_missing")
    if not office.new_enough:
        raise SetupError("calc_old", have=office.said, need=offices.OLDEST_SAID)
    if office.python is None:
        raise SetupError("calc_no_python", file=str(office.program))
    return office


def refuse(host: Host, place: CalcPlace) -> None:
    """What can be seen to go wrong with this Python. Raises SetupError."""
    if host.machine.interpreter.bits < 64:
        raise SetupError("python_32")
    if environment.is_store(host.machine.interpreter):
        raise SetupError("calc_store")
    if not place.fenji.environment.is_absolute():
        raise SetupError("failed", detail=str(place.fenji.environment))


def _untouched(place: CalcPlace, host: Host, office: Office, source: Source) -> bool:
    """Whether neither the environment nor the extension has to change."""
    there = registration.registered(office)
    made = state(place.fenji, host.machine, source)[0] == "right"
    return made and registration.right(there, place.extension)


def _extension(journal: Journal, place: CalcPlace, host: Host, say: Say) -> None:
    """The extension as the environment builds it, where it is missing there."""
    if place.extension.is_file():
        return
    say("extension")
    journal.undo(lambda: place.extension.unlink(missing_ok=True))
    probing.build(host, place)


def _register(journal: Journal, place: CalcPlace, host: Host, office: Office, say: Say) -> None:
    there = registration.registered(office)
    if registration.right(there, place.extension):
        return
    say("registering")
    before = registration.packed(there) if there else None
    journal.undo(lambda: _put_back(host, office, before))
    registration.add(host, office, place.extension)


def _put_back(host: Host, office: Office, before: bytes | None) -> None:
    with suppress(SetupError):
        if before is None:
            if registration.registered(office):
                registration.remove(host, office)
            return
        with tempfile.TemporaryDirectory() as scratch:
            old = Path(scratch) / "Fenji.oxt"
            old.write_bytes(before)
            registration.add(host, office, old)


def _remember(journal: Journal, place: CalcPlace, before: Manifest) -> None:
    moved = Path(before.environment) if before.environment else place.fenji.environment
    if moved != place.fenji.environment and (moved / environment.STAMP).is_file():
        journal.remove_later(moved)
    journal.folder(place.configuration)
    new = [each for each in journal.folders if each not in before.folders]
    made = Manifest(
        fenji=fenji_version(),
        environment=str(place.fenji.environment),
        files=journal.files,
        folders=[*before.folders, *new],
    )
    journal.write(place.manifest, manifest.text_of(made).encode("utf-8"))
