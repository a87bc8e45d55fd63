"""Where things lie on a machine: all of it computed, nothing looked up elsewhere."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from addin.setup.errors import SetupError
from addin.setup.versions import XLWINGS

WINDOWS, MAC = "win32", "darwin"
ADDIN = "Fenji.xlam"
CALC_MANIFEST = "calc-installed.json"
_GROUP = "Library/Group Containers/UBF8T346G9.Office/User Content.localized"
_ALL_USERS = "/Library/Application Support/Microsoft/Office365/User Content.localized"


@dataclass(frozen=True, kw_only=True)
class Place:
    """The folders of one user on one machine.

    ``environment`` is the folder of Fenji's own Python, ``startup`` Excel's start-up folder,
    ``configuration`` holds the settings and what Fenji remembers, ``scripts`` is where Excel for
    Mac looks for AppleScripts, ``container`` what Excel for Mac makes when it first starts.
    ``others`` are folders from which Excel would load a second add-in, ``programs`` those of
    Excel for Mac. ``excel`` is False where there is no Excel and the environment serves Calc
    alone, ``calc`` what an installation for LibreOffice Calc created.
    """

    platform: str
    environment: Path
    startup: Path
    configuration: Path
    scripts: Path | None = None
    container: Path | None = None
    others: tuple[Path, ...] = ()
    programs: tuple[Path, ...] = ()
    excel: bool = True
    calc: Path | None = None

    @property
    def addin(self) -> Path:
        """The add-in that Excel opens when it starts."""
        return self.startup / ADDIN

    @property
    def original(self) -> Path:
        """The add-in as it was built, or signed, to copy and compare with."""
        return self.environment / ADDIN

    @property
    def settings(self) -> Path:
        """The only file that may say which Python runs."""
        return self.configuration / "fenji.conf"

    @property
    def manifest(self) -> Path:
        """What an installation created."""
        return self.configuration / "installed.json"

    @property
    def kept(self) -> Path:
        """Where files go that Fenji must take away but did not write."""
        return self.configuration / "kept"

    @property
    def script(self) -> Path | None:
        """The AppleScript through which Excel for Mac starts Python."""
        return self.scripts / f"xlwings-{XLWINGS}.applescript" if self.scripts else None

    @property
    def python(self) -> Path:
        """The environment's Python, to install and ask."""
        name = "Scripts/python.exe" if self.platform == WINDOWS else "bin/python"
        return self.environment / name

    @property
    def interpreter(self) -> Path:
        """The environment's Python that Excel starts: the one without a window."""
        if self.platform == WINDOWS:
            return self.environment / "Scripts/pythonw.exe"
        return self.python

    @property
    def libraries(self) -> tuple[Path, ...]:
        """What Excel for Windows loads into itself; which of the two depends on its bits."""
        if self.platform != WINDOWS:
            return ()
        return tuple(self.environment / f"xlwings{bits}-{XLWINGS}.dll" for bits in (64, 32))


def place(
    platform: str, variables: Mapping[str, str], *, home: Path, folder: Path | None = None
) -> Place:
    """The places of a machine of that kind; ``folder`` takes the environment elsewhere.

    Raises SetupError where there is no Excel that could load an add-in.
    """
    if platform == WINDOWS:
        return _windows(variables, home, folder)
    if platform == MAC:
        return _mac(home, folder)
    raise SetupError("platform", exit_code=2)


def here(folder: Path | None = None) -> Place:
    """The places of this machine and user."""
    return place(sys.platform, os.environ, home=Path.home(), folder=folder)


def _windows(variables: Mapping[str, str], home: Path, folder: Path | None) -> Place:
    home = Path(variables.get("USERPROFILE") or home)
    roaming = Path(variables.get("APPDATA") or home / "AppData/Roaming")
    local = Path(variables.get("LOCALAPPDATA") or home / "AppData/Local")
    programs = [variables[k] for k in ("PROGRAMFILES", "PROGRAMFILES(X86)") if variables.get(k)]
    installed = (Path(each) / "Microsoft Office/root/Office16/XLSTART" for each in programs)
    return Place(
        platform=WINDOWS,
        environment=(folder or local / "Fenji") / "env",
        startup=roaming / "Microsoft/Excel/XLSTART",
        configuration=home / ".fenji",
        calc=home / ".fenji" / CALC_MANIFEST,
        others=(roaming / "Microsoft/AddIns", *installed),
    )


def _mac(home: Path, folder: Path | None) -> Place:
    container = home / "Library/Containers/com.microsoft.Excel"
    group = home / _GROUP
    return Place(
        platform=MAC,
        environment=(folder or home / "Library/Application Support/Fenji") / "env",
        startup=group / "Startup.localized/Excel",
        configuration=container / "Data/fenji",
        scripts=home / "Library/Application Scripts/com.microsoft.Excel",
        container=container,
        calc=home / "Library/Application Support/Fenji" / CALC_MANIFEST,
        others=(group / "Add-Ins.localized", Path(_ALL_USERS) / "Startup.localized/Excel"),
        programs=(Path("/Applications"), home / "Applications"),
    )
