"""Finding LibreOffice, and what can be known of it without starting it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from addin.setup.calc.host import Host
from addin.setup.calc.place import CalcPlace
from addin.setup.machine import COMPUTER, USER
from addin.setup.place import MAC, WINDOWS

# The first that maps our functions by name when it reads and writes .xlsx.
OLDEST, OLDEST_SAID = (24, 2), "24.2"
_KEY = r"SOFTWARE\LibreOffice\UNO\InstallPath"
_PRODUCT = re.compile(r"^ProductKey=.*?(\d+)\.(\d+)", re.MULTILINE)
_PROFILE = re.compile(r"^UserInstallation=\$SYSUSERCONFIG/(\S+)", re.MULTILINE)
_CONFINED = ("/snap/", "/flatpak/")


@dataclass(frozen=True, kw_only=True)
class Office:
    """``program`` is the folder of its programs, ``version`` such as (25, 2), ``profile`` the
    user's folder for it, ``python`` the version of the Python inside, None if it has none."""

    program: Path
    version: tuple[int, int]
    profile: Path
    platform: str
    python: tuple[int, int] | None

    @property
    def said(self) -> str:
        return ".".join(map(str, self.version))

    @property
    def new_enough(self) -> bool:
        return self.version >= OLDEST

    @property
    def soffice(self) -> Path:
        return self.program / ("soffice.exe" if self.platform == WINDOWS else "soffice")

    @property
    def unopkg(self) -> Path:
        # Of Windows' two, .com waits and prints.
        return self.program / ("unopkg.com" if self.platform == WINDOWS else "unopkg")

    @property
    def user(self) -> Path:
        return self.profile / "user"

    @property
    def pipe(self) -> str:
        """The mark in the name of the pipe on which it listens while it runs."""
        spread = hashlib.md5(self.profile.as_uri().encode("utf-16-le"), usedforsecurity=False)
        return "".join(f"{byte:x}" for byte in spread.digest())


def find(host: Host, place: CalcPlace) -> Office | None:
    """The LibreOffice to set up: the first that is new enough, else the first; None for none."""
    found = [
        office for office in (_office(each, host, place) for each in _programs(host)) if office
    ]
    return next((office for office in found if office.new_enough), None) or next(iter(found), None)


def confined(host: Host) -> str:
    """A LibreOffice from Flatpak or Snap, whose sandbox can't start our Python; "" for none."""
    local = Path(host.variables.get("XDG_DATA_HOME") or host.home / ".local/share")
    name = "flatpak/app/org.libreoffice.LibreOffice"
    places = (host.root / "snap/libreoffice", host.root / "var/lib" / name, local / name)
    return next((str(path) for path in places if path.exists()), "")


def running(host: Host, office: Office) -> bool:
    """Whether it runs with this user's profile."""
    return host.listens(office.pipe)


def _programs(host: Host) -> Iterator[Path]:
    """Folders where it may lie, the likeliest first, each once."""
    seen: set[Path] = set()
    for path in _places(host):
        if path.is_dir():
            real = path.resolve()
            sandboxed = any(part in real.as_posix() for part in _CONFINED)
            if real not in seen and not sandboxed:
                seen.add(real)
                yield real


def _places(host: Host) -> Iterator[Path]:
    if host.platform == WINDOWS:
        for hive in (USER, COMPUTER):
            named = host.machine.registry(hive, _KEY).get("")
            if named:
                yield Path(str(named))
        for key in ("PROGRAMFILES", "PROGRAMW6432", "PROGRAMFILES(X86)"):
            if host.variables.get(key):
                yield Path(host.variables[key]) / "LibreOffice/program"
    elif host.platform == MAC:
        for folder in (host.root / "Applications", host.home / "Applications"):
            yield folder / "LibreOffice.app/Contents/MacOS"
    else:
        yield from _on_path(host)
        for name in ("usr/lib", "usr/lib64", "usr/local/lib", "opt"):
            yield host.root / name / "libreoffice/program"
        yield from sorted(host.root.glob("opt/libreoffice*/program"), reverse=True)


def _on_path(host: Host) -> Iterator[Path]:
    for folder in host.variables.get("PATH", "").split(":"):
        for name in ("soffice", "libreoffice"):
            path = Path(folder) / name
            if folder and path.exists():
                yield path.resolve().parent


def _office(program: Path, host: Host, place: CalcPlace) -> Office | None:
    """None where there is no LibreOffice."""
    names = ("bootstraprc", "bootstrap.ini", "../Resources/bootstraprc")
    file = next((program / name for name in names if (program / name).is_file()), None)
    if file is None:
        return None
    text = file.read_text(encoding="utf-8", errors="replace")
    version, profile = _PRODUCT.search(text), _PROFILE.search(text)
    if version is None:
        return None
    usual = "libreoffice/4" if host.platform not in (WINDOWS, MAC) else "LibreOffice/4"
    return Office(
        program=program,
        version=(int(version[1]), int(version[2])),
        profile=place.settings_base / (profile[1] if profile else usual),
        platform=host.platform,
        python=_python(program),
    )


def _python(program: Path) -> tuple[int, int] | None:
    """The version of LibreOffice's own Python: its folder's name, or what its bridge links to."""
    patterns = ("python-core-*", "../Frameworks/LibreOfficePython.framework/Versions/3.*")
    for pattern in patterns:
        for path in program.glob(pattern):
            found = re.search(r"(\d+)\.(\d+)", path.name)
            if found:
                return int(found[1]), int(found[2])
    bridge = program / "libpyuno.so"
    linked = re.search(rb"libpython(\d+)\.(\d+)", bridge.read_bytes()) if bridge.is_file() else None
    return (int(linked[1]), int(linked[2])) if linked else None
