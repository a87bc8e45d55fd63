"""A real LibreOffice for a user whose home is a temporary folder."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import pytest

from addin.setup import environment
from addin.setup.calc import host as hosts
from addin.setup.calc import office as offices
from addin.setup.calc.host import Host
from addin.setup.calc.office import Office
from addin.setup.calc.place import CalcPlace, calc_place
from addin.setup.environment import Source
from tests.house import ROOT
from tests.setup.test_real import real


@dataclasses.dataclass
class Calc:
    """The user's places, the machine, and the sources to install from."""

    home: Path
    place: CalcPlace
    host: Host
    source: Source

    @property
    def office(self) -> Office:
        office = offices.find(self.host, self.place)
        assert office is not None
        return office

    def files(self) -> set[str]:
        """Every file of Fenji's under the home; what LibreOffice keeps for itself is its own."""
        own = ("fenji", "Fenji", "org.fenji")
        return {
            name
            for path in self.home.rglob("*")
            if any(each in (name := str(path.relative_to(self.home))) for each in own)
        }


def calc_user(home: Path, monkeypatch: pytest.MonkeyPatch) -> Calc:
    """A user who never started LibreOffice."""
    home.mkdir()
    folders = {
        "HOME": home,
        "XDG_CONFIG_HOME": home / ".config",
        "XDG_DATA_HOME": home / ".local/share",
        "XDG_CACHE_HOME": home / ".cache",
    }
    for name, folder in folders.items():
        monkeypatch.setenv(name, str(folder))
    sources = environment._copied(ROOT, home.parent / "sources")
    host = dataclasses.replace(hosts.this_host(), machine=real(sources))
    place = calc_place(sys.platform, host.variables, home=home)
    return Calc(home=home, place=place, host=host, source=Source(checkout=sources))


def calculated(formula: str) -> str:
    """What a cell of a fresh LibreOffice shows for the formula."""
    done = subprocess.run(
        ["/usr/bin/python3", str(Path(__file__).with_name("calc_asking.py")), formula],
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        env=hosts.undisturbed(os.environ),
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
