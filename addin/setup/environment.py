"""Fenji's own Python: how it is made, what is in it, whether it is still right."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from addin.setup.errors import SetupError
from addin.setup.machine import Interpreter, Machine
from addin.setup.place import ADDIN, Place
from addin.setup.versions import XLWINGS, checkout, fenji_version

# Whose folder it is, and what was put in; the last file to be written.
STAMP = "fenji.json"
PACKAGES = ("segmentation", "addin", "templates")
# Neither variables nor the current folder change what is imported; what is printed is UTF-8.
_ALONE = ("-I", "-X", "utf8")
# -B: asking changes nothing.
_PROBE = """
import importlib.metadata as m, importlib.util as u, json, struct, sys
def version(name):
    try: return m.version(name)
    except m.PackageNotFoundError: return ""
found = u.find_spec("xlwings")
print(json.dumps({"fenji": version("fenji"), "xlwings": version("xlwings"),
    "folder": list(found.submodule_search_locations)[0] if found else "",
    "bits": struct.calcsize("P") * 8, "base": sys.base_prefix}))
"""
_STORE = ("windowsapps", "pythonsoftwarefoundation.python")


@dataclass(frozen=True, kw_only=True)
class Source:
    """What to install from: a folder of wheels without network, or the sources."""

    checkout: Path | None = None
    wheels: Path | None = None


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What an environment says it holds; "" for a package that is missing."""

    fenji: str
    xlwings: str
    folder: str
    bits: int
    base: str


class BlockedError(Exception):
    """The environment's Python may not start."""


class BrokenError(Exception):
    """The environment's Python starts and fails; the text says how."""


def source(wheels: Path | None = None) -> Source:
    """The sources that this runs from, or the folder of wheels. Raises SetupError."""
    if wheels is not None and not wheels.is_dir():
        raise SetupError("no_wheels", folder=str(wheels), exit_code=2)
    return Source(checkout=checkout(), wheels=wheels.resolve() if wheels else None)


def known_source(place: Place) -> Source:
    """What the environment there was made from, as far as it is still there."""
    wheels = stamp(place).get("wheels")
    if not wheels:
        return source()
    return Source(wheels=Path(wheels)) if Path(wheels).is_dir() else Source()


def is_store(interpreter: Interpreter) -> bool:
    """Whether it is the Python of the Microsoft Store, whose files Excel can't reach."""
    places = f"{interpreter.executable} {interpreter.base}".lower()
    return any(name in places for name in _STORE)


def runs_inside(place: Place, machine: Machine) -> bool:
    """Whether this very program is the environment's, by whatever name Excel started it."""
    with suppress(OSError):
        return place.environment.samefile(machine.interpreter.prefix)
    return False


def mark(source: Source) -> str:
    """What an environment is made from, in a few characters: another mark means install anew."""
    found = hashlib.sha256(f"{fenji_version()} {XLWINGS}".encode())
    if source.wheels:
        names = sorted(path.name for path in source.wheels.glob("*.whl"))
        found.update("\n".join(names).encode())
        for path in [*sorted(source.wheels.glob("fenji-*.whl")), source.wheels / ADDIN]:
            found.update(path.read_bytes() if path.is_file() else b"")
    elif source.checkout:
        for path in _sources(source.checkout):
            name = path.relative_to(source.checkout).as_posix()
            found.update(name.encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def _sources(root: Path) -> list[Path]:
    files = [root / name for name in ("pyproject.toml", "constraints.txt")]
    for package in PACKAGES:
        found = sorted((root / package).rglob("*"))
        files += [path for path in found if path.is_file() and "__pycache__" not in path.parts]
    return [path for path in files if path.exists()]


def stamp(place: Place) -> dict[str, Any]:
    """What was written down when the environment was made; nothing if it is not ours."""
    with suppress(OSError, ValueError):
        found = json.loads((place.environment / STAMP).read_text(encoding="utf-8"))
        if isinstance(found, dict):
            return found
    return {}


def write_stamp(place: Place, source: Source, *, done: bool) -> None:
    wheels = str(source.wheels) if source.wheels else ""
    text = json.dumps({"mark": mark(source) if done else "", "wheels": wheels}, ensure_ascii=False)
    (place.environment / STAMP).write_text(text + "\n", encoding="utf-8")


def contents(place: Place, machine: Machine) -> Contents | None:
    """What is in the environment; None when there is none. Raises BlockedError and BrokenError."""
    if not place.python.exists():
        return None
    try:
        done = machine.run([str(place.python), *_ALONE, "-B", "-c", _PROBE])
    except OSError as error:
        raise BlockedError(str(error)) from None
    try:
        return Contents(**json.loads(done.output.splitlines()[-1]))
    except (ValueError, TypeError, IndexError):
        raise BrokenError(_end(done.output) or f"exit code {done.code}") from None


def make(place: Place, machine: Machine, source: Source, say: Callable[[str], None]) -> None:
    """Python, packages and, for Excel, the add-in into the empty folder ``place.environment``.

    Raises SetupError.
    """
    write_stamp(place, source, done=False)
    say("making")
    python = machine.interpreter.executable
    _must(machine, [python, *_ALONE, "-m", "venv", str(place.environment)], "no_venv")
    say("installing")
    with tempfile.TemporaryDirectory() as scratch:
        _must(machine, install_command(place, source, Path(scratch)), "no_packages")
    if place.excel:
        _build_addin(place, machine, source, say)
    write_stamp(place, source, done=True)


def _build_addin(
    place: Place, machine: Machine, source: Source, say: Callable[[str], None]
) -> None:
    say("building")
    with tempfile.TemporaryDirectory() as scratch:
        ready = source.wheels / ADDIN if source.wheels else Path(scratch)
        if not ready.is_file():
            _must(machine, build_command(place, Path(scratch)), "no_addin")
            ready = Path(scratch) / ADDIN
        if not ready.is_file():
            raise SetupError("no_addin", detail=ADDIN)
        shutil.copyfile(ready, place.original)


def build_command(place: Place, folder: Path) -> list[str]:
    """The command line that builds the add-in into the folder."""
    run = ["-B", "-m", "addin.cli", "build", "-o", str(folder)]
    return [str(place.python), *_ALONE, *run]


def install_command(place: Place, source: Source, scratch: Path) -> list[str]:
    """The command line that puts Fenji and what it needs into the environment.

    Sources are copied to ``scratch`` first: they may lie where nobody may write, and what
    an earlier build left beside them must not get in.
    """
    # A Python that is too new for a package's wheels should say so, not try to compile it.
    options = [*pip(place), "--no-warn-script-location", "--only-binary=:all:"]
    extra = "[excel]" if place.excel else ""
    if source.wheels:
        options += ["--no-index", "--find-links", str(source.wheels)]
        if not list(source.wheels.glob("fenji-*.whl")):
            raise SetupError("no_fenji_wheel", folder=str(source.wheels), exit_code=2)
        return [*options, f"fenji{extra}"]
    if source.checkout:
        copied = _copied(source.checkout, scratch / "fenji")
        return [*options, "-c", str(copied / "constraints.txt"), f"{copied}{extra}"]
    # Never by its bare name from an index, where it might be somebody else's.
    raise SetupError("no_source")


def library_command(place: Place, wheels: Path | None) -> list[str]:
    """The command line that puts back xlwings' library files alone."""
    options = [*pip(place), "--force-reinstall", "--no-deps"]
    if wheels:
        options += ["--no-index", "--find-links", str(wheels)]
    return [*options, f"xlwings=={XLWINGS}"]


def renew_library(place: Place, machine: Machine, source: Source) -> None:
    """Raises SetupError."""
    _must(machine, library_command(place, source.wheels), "no_packages")


def pip(place: Place) -> list[str]:
    options = ["install", "--quiet", "--disable-pip-version-check"]
    return [str(place.python), *_ALONE, "-m", "pip", *options]


def _copied(root: Path, target: Path) -> Path:
    ignored = shutil.ignore_patterns("__pycache__")
    for package in PACKAGES:
        shutil.copytree(root / package, target / package, ignore=ignored)
    for name in ("pyproject.toml", "constraints.txt", "README.md", "LICENSE"):
        shutil.copyfile(root / name, target / name)
    return target


def _must(machine: Machine, command: list[str], code: str) -> None:
    try:
        done = machine.run(command)
    except PermissionError as error:
        raise SetupError("python_blocked", file=command[0], detail=str(error)) from None
    except OSError as error:
        raise SetupError(code, detail=str(error)) from None
    if done.code != 0:
        raise SetupError(code, detail=_end(done.output))


def _end(output: str) -> str:
    """The last line that a program printed: what it stumbled over."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1][:300] if lines else ""
