"""Taking Fenji away: what was created, and nothing else."""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from addin.setup import configuration, environment, manifest
from addin.setup.errors import SetupError
from addin.setup.installing import original_script, remembered, zone
from addin.setup.machine import Machine
from addin.setup.manifest import Manifest
from addin.setup.place import MAC, WINDOWS, Place

# What Fenji leaves while it runs; backups are the user's and stay.
_LEFT_BEHIND = ("*.stop", "*.log", "help-*.html")
# Run by the Python beneath, once the environment's own has ended: Windows deletes no running file.
_LATER = """
import os, shutil, sys, time
folder = sys.argv[1]
for _ in range(60):
    shutil.rmtree(folder, ignore_errors=True)
    if not os.path.exists(folder): break
    time.sleep(1)
try: os.rmdir(os.path.dirname(folder))
except OSError: pass
"""


@dataclass(frozen=True, kw_only=True)
class Removed:
    """What is gone, what stays because it is the user's, and whether the environment follows
    when this program has ended."""

    gone: tuple[str, ...]
    kept: tuple[str, ...]
    later: bool = False


def uninstall(place: Place, machine: Machine) -> Removed:
    """Remove what an installation created. Raises SetupError before anything is removed when
    Excel still holds it."""
    place = remembered(place)
    known = manifest.load(place) or _guessed(place, machine)
    if machine.locked(place.addin):
        raise SetupError("excel_open", file=str(place.addin))
    try:
        later = None if _calc_uses(place) else remove_environment(place, machine)
        gone = [str(place.environment)] if later is not None else []
        kept = _files(place, known, gone)
    except PermissionError as error:
        code = "mac_denied" if place.platform == MAC else "denied"
        raise SetupError(code, file=str(error.filename)) from None
    except OSError as error:
        raise SetupError("failed", detail=str(error)) from None
    if place.calc:
        manifest.hand_on(known.folders, place.calc)
    _folders(known)
    stay = [
        path
        for path in _all_files(place.configuration)
        if path not in kept and not _is_calcs(Path(path), place)
    ]
    return Removed(gone=tuple(gone), kept=(*kept, *stay), later=bool(later))


def _is_calcs(path: Path, place: Place) -> bool:
    """Whether a file belongs to an installation for LibreOffice Calc that stays."""
    if place.calc is None or not place.calc.exists():
        return False
    return path in (place.calc, place.calc.with_name("calc.json"))


def _calc_uses(place: Place) -> bool:
    """Whether LibreOffice Calc needs the environment."""
    known = manifest.read(place.calc) if place.calc else None
    return known is not None and known.environment == str(place.environment)


def remove_environment(place: Place, machine: Machine) -> bool | None:
    """Whether it goes later; None when there is none of ours. Raises SetupError."""
    folder = place.environment
    if not (folder / environment.STAMP).is_file():
        return None
    if place.platform == WINDOWS and environment.runs_inside(place, machine):
        base = Path(machine.interpreter.base) / Path(machine.interpreter.executable).name
        machine.start([str(base), "-I", "-c", _LATER, str(folder)])
        return True
    aside = folder.with_name(f"{folder.name}.old")
    if aside.exists():
        shutil.rmtree(aside)
    try:
        # All or nothing: Windows refuses this while a program runs from the folder.
        folder.rename(aside)
    except PermissionError:
        raise SetupError("excel_open", file=str(place.addin)) from None
    shutil.rmtree(aside)
    return False


def _files(place: Place, known: Manifest, gone: list[str]) -> list[str]:
    kept = []
    for name, written in known.files.items():
        path = Path(name)
        there = manifest.digest_of(path)
        if there is None:
            continue
        if there != written and path == place.addin:
            # Somebody's own version; Excel must not go on starting it without its Python.
            kept.append(_set_aside(path, place))
        elif there != written:
            kept.append(name)
            continue
        path.unlink(missing_ok=True)
        with suppress(OSError):
            zone(path).unlink()
        gone.append(name)
    for pattern in _LEFT_BEHIND:
        for path in place.configuration.glob(pattern):
            path.unlink()
    place.manifest.unlink(missing_ok=True)
    return kept


def _set_aside(path: Path, place: Place) -> str:
    place.kept.mkdir(parents=True, exist_ok=True)
    target = place.kept / path.name
    shutil.copyfile(path, target)
    return str(target)


def _folders(known: Manifest) -> None:
    """Those that we made, where nothing of anybody else's has come since."""
    for name in sorted(known.folders, key=len, reverse=True):
        with suppress(OSError):
            Path(name).rmdir()


def _guessed(place: Place, machine: Machine) -> Manifest:
    """What must be ours when nobody wrote it down: known places, and only if it looks so."""
    ours = [path for path in (place.addin,) if is_ours(path)]
    with suppress(configuration.UnreadableError):
        if configuration.read(place).get("UDF MODULES") == configuration.UDF_MODULES:
            ours.append(place.settings)
    if place.script and place.script.exists():
        with suppress(environment.BlockedError, environment.BrokenError, OSError):
            found = environment.contents(place, machine)
            if found and original_script(found).read_bytes() == place.script.read_bytes():
                ours.append(place.script)
    files = {str(path): manifest.digest_of(path) or "" for path in ours}
    folders = [str(place.environment.parent), str(place.configuration)]
    return Manifest(environment=str(place.environment), files=files, folders=folders)


def is_ours(path: Path) -> bool:
    """Whether a file is Fenji's add-in: a workbook whose ribbon calls Fenji's macros."""
    try:
        with ZipFile(path) as package:
            ribbons = [name for name in package.namelist() if name.startswith("customUI/")]
            return any(b"Fenji" in package.read(name) for name in ribbons)
    except (OSError, BadZipFile):
        return False


def _all_files(folder: Path) -> list[str]:
    return [str(path) for path in sorted(folder.rglob("*")) if path.is_file()]
