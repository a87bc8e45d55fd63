"""Installing Fenji for the user who runs it: nothing outside that user's own folders.

It may be run again at any time: what is right stays untouched, what is missing or of another
version is put right. If anything fails, the machine is as it was before.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from addin.setup import configuration, environment, manifest
from addin.setup.environment import BlockedError, BrokenError, Contents, Source
from addin.setup.errors import SetupError
from addin.setup.journal import Journal
from addin.setup.machine import Machine
from addin.setup.manifest import Manifest
from addin.setup.place import MAC, Place
from addin.setup.spoken import spoken
from addin.setup.versions import XLWINGS, fenji_version

Say = Callable[[str], None]
# Windows marks what came from elsewhere with this second stream of the file.
ZONE = ":Zone.Identifier"


@dataclass(frozen=True, kw_only=True)
class Installed:
    """Whether anything had to be done, and the user's own files that were set aside."""

    changed: bool
    set_aside: tuple[str, ...] = ()


def remembered(place: Place) -> Place:
    """The same place with the environment where an earlier installation put it."""
    known = manifest.load(place)
    if known is None or not known.environment:
        return place
    return dataclasses.replace(place, environment=Path(known.environment))


def zone(path: Path) -> Path:
    """The mark of a file that came from elsewhere."""
    return path.with_name(path.name + ZONE)


def install(place: Place, machine: Machine, source: Source, say: Say = lambda _: None) -> Installed:
    """Install, renew or repair. Raises SetupError, after which nothing has changed."""
    refuse(place, machine)
    before = manifest.load(place) or Manifest()
    try:
        with Journal() as journal:
            found = right_environment(journal, place, machine, source, say)
            set_aside = _files(journal, place, machine, found, before)
            _unblock(journal, place)
            _remember(journal, place, before)
    except PermissionError as error:
        code = "mac_denied" if place.platform == MAC else "denied"
        raise SetupError(code, file=str(error.filename)) from None
    except OSError as error:
        raise SetupError("failed", detail=str(error)) from None
    return Installed(changed=journal.changes > 0, set_aside=tuple(set_aside))


def refuse(place: Place, machine: Machine) -> None:
    """What can be seen to go wrong before anything is done. Raises SetupError."""
    if machine.interpreter.bits < 64:
        raise SetupError("python_32")
    if environment.is_store(machine.interpreter):
        raise SetupError("python_store")
    if place.container and not place.container.is_dir():
        raise SetupError("excel_not_started")
    spoken(place.interpreter, place, machine)


def state(place: Place, machine: Machine, source: Source) -> tuple[str, Contents | None]:
    """``right``, ``library`` (only xlwings' library files are missing) or ``wrong``."""
    try:
        found = environment.contents(place, machine)
    except (BlockedError, BrokenError):
        return "wrong", None
    if found is None:
        return "wrong", None
    known = environment.stamp(place).get("mark")
    anywhere = source.checkout or source.wheels
    if known != environment.mark(source) if anywhere else not known:
        return "wrong", found
    if found.fenji != fenji_version():
        return "wrong", found
    if place.excel and (found.xlwings != XLWINGS or not place.original.exists()):
        return "wrong", found
    missing = any(not each.exists() for each in place.libraries)
    return ("library" if missing else "right"), found


def right_environment(
    journal: Journal, place: Place, machine: Machine, source: Source, say: Say
) -> Contents:
    """The environment, made or renewed where it is not right. Raises SetupError."""
    how, found = state(place, machine, source)
    if how == "right" and found:
        return found
    inside = environment.runs_inside(place, machine)
    if how == "library":
        say("library")
        environment.renew_library(place, machine, source)
        journal.changes += 1
    elif inside:
        raise SetupError("inside", folder=str(place.environment))
    else:
        _new_environment(journal, place, machine, source, say)
    return _checked(place, machine)


def _new_environment(
    journal: Journal, place: Place, machine: Machine, source: Source, say: Say
) -> None:
    if not source.checkout and not source.wheels:
        raise SetupError("no_source")
    folder = place.environment
    ours = (folder / environment.STAMP).is_file()
    if folder.exists() and not ours and any(folder.iterdir()):
        raise SetupError("folder_taken", folder=str(folder))
    if machine.locked(place.addin):
        raise SetupError("excel_open", file=str(place.addin))
    try:
        journal.new_folder(folder)
    except PermissionError:
        if not folder.exists():
            raise
        raise SetupError("excel_open", file=str(place.addin)) from None
    environment.make(place, machine, source, say)


def _checked(place: Place, machine: Machine) -> Contents:
    """What is in the environment, which must be complete by now."""
    try:
        found = environment.contents(place, machine)
    except BlockedError as error:
        raise SetupError("python_blocked", file=str(place.python), detail=str(error)) from None
    except BrokenError as error:
        raise SetupError("python_broken", detail=str(error)) from None
    if found is None or (place.excel and found.xlwings != XLWINGS):
        have = found.xlwings if found else ""
        raise SetupError("versions_differ", have=f"xlwings {have}", need=f"xlwings {XLWINGS}")
    missing = [each for each in place.libraries if not each.exists()]
    if missing:
        raise SetupError("library_missing", file=str(missing[0]))
    return found


def wanted_settings(place: Place, machine: Machine, found: Contents) -> configuration.Settings:
    """What the configuration must say. Raises SetupError."""
    return configuration.wanted(
        place,
        interpreter=spoken(place.interpreter, place, machine),
        packages=spoken(Path(found.folder).parent, place, machine),
    )


def original_script(found: Contents) -> Path:
    """xlwings' AppleScript as it came."""
    return Path(found.folder) / f"xlwings-{XLWINGS}.applescript"


def _files(
    journal: Journal, place: Place, machine: Machine, found: Contents, before: Manifest
) -> list[str]:
    wanted = wanted_settings(place, machine, found)
    try:
        # What somebody added, such as SHOW CONSOLE, stays.
        wanted = {**configuration.read(place), **wanted}
        readable = True
    except configuration.UnreadableError:
        readable = False
    contents = {place.addin: place.original.read_bytes()}
    if place.script:
        contents[place.script] = original_script(found).read_bytes()
    foreign = [path for path in contents if _foreign(path, contents[path], before)]
    if not readable:
        foreign.append(place.settings)
    contents[place.settings] = configuration.text_of(wanted).encode("utf-8")
    if machine.locked(place.addin) and manifest.digest_of(place.addin) != manifest.digest(
        contents[place.addin]
    ):
        raise SetupError("excel_open", file=str(place.addin))
    kept = [_keep(journal, path, place) for path in foreign]
    for path, content in contents.items():
        # What somebody else put there, exactly as we would, is not ours to remove.
        theirs = path.exists() and str(path) not in before.files and path == place.script
        journal.write(path, content)
        if theirs and path not in foreign:
            journal.files.pop(str(path))
    return kept


def _foreign(path: Path, content: bytes, before: Manifest) -> bool:
    """Whether something lies there that neither we wrote nor are about to write."""
    there = manifest.digest_of(path)
    return there not in (None, manifest.digest(content), before.files.get(str(path)))


def _keep(journal: Journal, path: Path, place: Place) -> str:
    target, number = place.kept / path.name, 1
    while target.exists():
        number += 1
        target = place.kept / f"{path.stem}-{number}{path.suffix}"
    journal.write(target, path.read_bytes())
    # The user's, not ours to remove.
    journal.files.pop(str(target))
    return str(target)


def _unblock(journal: Journal, place: Place) -> None:
    for path in (place.addin, place.settings):
        with suppress(FileNotFoundError):
            journal.remove(zone(path))


def _remember(journal: Journal, place: Place, before: Manifest) -> None:
    moved = Path(before.environment) if before.environment else place.environment
    if moved != place.environment and (moved / environment.STAMP).is_file():
        journal.remove_later(moved)
    journal.folder(place.configuration)
    for name in set(before.files) - set(journal.files):
        # An AppleScript of an older xlwings: nothing asks for it any more.
        if manifest.digest_of(Path(name)) == before.files[name]:
            journal.remove(Path(name))
    new = [each for each in journal.folders if each not in before.folders]
    made = Manifest(
        fenji=fenji_version(),
        environment=str(place.environment),
        files=journal.files,
        folders=[*before.folders, *new],
    )
    journal.write(place.manifest, manifest.text_of(made).encode("utf-8"))
