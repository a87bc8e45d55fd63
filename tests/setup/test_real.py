"""A real environment: made, asked, and used to build the real add-in.

Only pip is spared: instead of fetching 100 MB the new environment is shown the packages of the
one that runs the tests.
"""

from __future__ import annotations

import dataclasses
import importlib.util
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from zipfile import ZipFile

import pytest

from addin.setup import environment
from addin.setup.doctor import look
from addin.setup.installing import install
from addin.setup.machine import Machine, Ran, this_machine
from addin.setup.removing import is_ours, uninstall
from tests.house import ROOT
from tests.setup.sandbox import Sandbox

pytestmark = pytest.mark.skipif(
    sys.platform == "win32" or importlib.util.find_spec("ensurepip") is None,
    reason="the layout of a Mac, and a Python that can make environments",
)


def real(sources: Path) -> Machine:
    machine = this_machine()
    shown = [sysconfig.get_paths()["purelib"], str(sources)]

    def run(command: Sequence[str]) -> Ran:
        if "venv" in command:
            return machine.run([*command[:-1], "--without-pip", command[-1]])
        if "pip" not in command:
            return machine.run(command)
        (packages,) = Path(command[0]).parents[1].glob("lib/python*/site-packages")
        (packages / "shown.pth").write_text("\n".join(shown), encoding="utf-8")
        return Ran(code=0, output="")

    return dataclasses.replace(machine, run=run)


def test_a_real_environment(mac: Sandbox, tmp_path: Path) -> None:
    # A copy, which nobody edits meanwhile.
    sources = environment._copied(ROOT, tmp_path / "sources")
    machine, source = real(sources), environment.Source(checkout=sources)
    before = mac.tree()
    assert install(mac.place, machine, source).changed
    states = {check.key: check.state for check in look(mac.place, machine)}
    assert set(states.values()) == {"ok"}, states
    with ZipFile(mac.place.addin) as package:
        assert "xl/vbaProject.bin" in package.namelist()
    assert is_ours(mac.place.addin)
    python = str(mac.place.python)
    said = subprocess.run(
        [python, "-I", "-B", "-m", "addin.cli", "--version"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert said.stdout.startswith("fenji ")
    installed = mac.tree()
    assert not install(mac.place, machine, source).changed
    assert mac.tree() == installed
    uninstall(mac.place, machine)
    assert mac.tree() == before
