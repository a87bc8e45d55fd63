"""Taking Fenji away from LibreOffice Calc: what was created, and nothing else."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from addin.setup import manifest
from addin.setup.calc import office as offices
from addin.setup.calc import registration
from addin.setup.calc.host import Host
from addin.setup.calc.place import CalcPlace, excel_uses, remembered
from addin.setup.errors import SetupError
from addin.setup.manifest import Manifest
from addin.setup.place import MAC
from addin.setup.removing import Removed, remove_environment

# What Fenji leaves while it runs.
_LEFT_BEHIND = ("*.log", "help-*.html")


def uninstall(place: CalcPlace, host: Host) -> Removed:
    """Remove what an installation created. Raises SetupError before anything is removed when
    LibreOffice runs."""
    place = remembered(place)
    known = manifest.read(place.manifest) or _guessed(place)
    office = offices.find(host, place)
    there = registration.registered(office) if office else None
    if office and there and offices.running(host, office):
        raise SetupError("calc_open")
    gone: list[str] = []
    if office and there:
        registration.remove(host, office)
        gone.append(str(there.folder))
    try:
        later = _environment(place, host, gone)
        kept = _files(place, known, gone)
    except PermissionError as error:
        code = "mac_denied" if place.platform == MAC else "denied"
        raise SetupError(code, file=str(error.filename)) from None
    except OSError as error:
        raise SetupError("failed", detail=str(error)) from None
    manifest.hand_on(known.folders, place.fenji.manifest)
    for name in sorted(known.folders, key=len, reverse=True):
        with suppress(OSError):
            Path(name).rmdir()
    return Removed(gone=tuple(gone), kept=tuple(kept), later=later)


def _environment(place: CalcPlace, host: Host, gone: list[str]) -> bool:
    """Whether it goes later. Where Excel uses it, only what is Calc's goes."""
    if excel_uses(place):
        with suppress(FileNotFoundError):
            place.extension.unlink()
            gone.append(str(place.extension))
        return False
    try:
        later = remove_environment(place.fenji, host.machine)
    except SetupError as error:
        raise SetupError("calc_open") from error
    if later is not None:
        gone.append(str(place.fenji.environment))
    return bool(later)


def _files(place: CalcPlace, known: Manifest, gone: list[str]) -> list[str]:
    """calc.json goes even where somebody changed it: it names a Python that is no more."""
    for path in (*map(Path, known.files), place.manifest):
        if path.is_file() and path.is_relative_to(place.configuration):
            path.unlink()
            gone.append(str(path))
    if excel_uses(place):
        return []
    for pattern in _LEFT_BEHIND:
        for path in place.configuration.glob(pattern):
            path.unlink()
    return [
        str(path)
        for path in sorted(place.configuration.rglob("*"))
        if path.is_file() and place.fenji.environment not in path.parents
    ]


def _guessed(place: CalcPlace) -> Manifest:
    """What must be ours when nobody wrote it down."""
    files = {str(place.settings): ""} if place.settings.is_file() else {}
    folders = [str(place.fenji.environment.parent), str(place.configuration)]
    return Manifest(environment=str(place.fenji.environment), files=files, folders=folders)
