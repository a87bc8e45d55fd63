"""Where Fenji lies for LibreOffice Calc: all of it computed, nothing looked up elsewhere."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from addin.setup import manifest
from addin.setup.place import CALC_MANIFEST, MAC, WINDOWS, Place
from addin.setup.place import place as excel_place

EXTENSION, IDENTIFIER = "Fenji.oxt", "org.fenji.calc"


@dataclass(frozen=True, kw_only=True)
class CalcPlace:
    """``fenji`` holds the environment; on Windows and Mac it is the one that Excel uses too.

    ``configuration`` is the folder of calc.json, ``settings_base`` that under which LibreOffice
    keeps its profiles.
    """

    fenji: Place
    configuration: Path
    settings_base: Path

    @property
    def platform(self) -> str:
        return self.fenji.platform

    @property
    def settings(self) -> Path:
        """The only file that may say which Python answers."""
        return self.configuration / "calc.json"

    @property
    def manifest(self) -> Path:
        """What an installation created."""
        return self.configuration / CALC_MANIFEST

    @property
    def extension(self) -> Path:
        """The extension as it was built, to register and compare with."""
        return self.fenji.environment / EXTENSION


def calc_place(
    platform: str, variables: Mapping[str, str], *, home: Path, folder: Path | None = None
) -> CalcPlace:
    """The places of a machine of that kind; ``folder`` takes the environment elsewhere."""
    if platform in (WINDOWS, MAC):
        return _beside_excel(platform, variables, home, folder)
    home = Path(variables.get("HOME") or home)
    configuration = _xdg(variables, "XDG_CONFIG_HOME", home / ".config")
    data = _xdg(variables, "XDG_DATA_HOME", home / ".local/share")
    own = Place(
        platform=platform,
        environment=(folder or data / "fenji") / "env",
        startup=configuration / "fenji",
        configuration=configuration / "fenji",
        excel=False,
    )
    return CalcPlace(fenji=own, configuration=configuration / "fenji", settings_base=configuration)


def here(folder: Path | None = None) -> CalcPlace:
    """The places of this machine and user."""
    return calc_place(sys.platform, os.environ, home=Path.home(), folder=folder)


def remembered(place: CalcPlace) -> CalcPlace:
    """The same place with the environment where an earlier installation put it."""
    for file in (place.manifest, place.fenji.manifest):
        known = manifest.read(file)
        if known and known.environment:
            return replace(place, fenji=replace(place.fenji, environment=Path(known.environment)))
    return place


def excel_uses(place: CalcPlace) -> bool:
    """Whether an installation for Excel needs the environment."""
    known = manifest.read(place.fenji.manifest)
    return known is not None and known.environment == str(place.fenji.environment)


def _beside_excel(
    platform: str, variables: Mapping[str, str], home: Path, folder: Path | None
) -> CalcPlace:
    excel = excel_place(platform, variables, home=home, folder=folder)
    if platform == MAC:
        support = home / "Library/Application Support"
        return CalcPlace(fenji=excel, configuration=support / "Fenji", settings_base=support)
    home = Path(variables.get("USERPROFILE") or home)
    roaming = Path(variables.get("APPDATA") or home / "AppData/Roaming")
    return CalcPlace(fenji=excel, configuration=home / ".fenji", settings_base=roaming)


def _xdg(variables: Mapping[str, str], name: str, otherwise: Path) -> Path:
    """The rule of XDG: a folder that is not absolute counts as none."""
    given = variables.get(name) or ""
    return Path(given) if Path(given).is_absolute() else otherwise
