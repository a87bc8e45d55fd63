"""``fenji install``, ``uninstall`` and ``doctor``: what they say and how they end."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from addin.setup import doctor as doctors
from addin.setup import environment, removing
from addin.setup.checks import PROBLEM
from addin.setup.errors import SetupError
from addin.setup.installing import install as install_into
from addin.setup.installing import remembered
from addin.setup.machine import this_machine
from addin.setup.place import MAC, here
from addin.words import Words

Options = argparse.Namespace


def install(options: Options, words: Words) -> None:
    """Install Fenji into this user's Excel."""
    folder = Path(options.folder).expanduser().resolve() if options.folder else None
    place = here(folder) if folder else remembered(here())
    machine = this_machine()
    source = environment.source(Path(options.wheels) if options.wheels else None)
    done = install_into(
        place, machine, source, lambda step: _tell(words(f"setup.step.{step}"), error=True)
    )
    for file in done.set_aside:
        _tell(words("setup.done.set_aside", file=file))
    kind = "installed_mac" if place.platform == MAC else "installed"
    tab = words("ribbon.fenji.label")
    _tell(words(f"setup.done.{kind}", tab=tab) if done.changed else words("setup.done.nothing"))
    wrong = [check for check in doctors.look(place, machine) if check.state == PROBLEM]
    if wrong:
        _tell(words("setup.done.warnings"), error=True)
        for line in doctors.report(wrong, words):
            _tell(line, error=True)


def uninstall(options: Options, words: Words) -> None:  # noqa: ARG001
    """Remove Fenji from this user's Excel."""
    done = removing.uninstall(here(), this_machine())
    _tell(words("setup.done.uninstalled" if done.gone else "setup.done.not_installed"))
    if done.later:
        _tell(words("setup.done.later"))
    for file in done.kept:
        _tell(words("setup.done.kept", file=file))


def doctor(options: Options, words: Words) -> None:
    """Say what keeps Fenji from working, and repair it when asked to."""
    checks = doctors.diagnose(here(), options.repair, this_machine())
    wrong = [check for check in checks if check.state == PROBLEM]
    if options.json:
        found = [
            {
                "check": check.key,
                "state": check.state,
                "code": check.code,
                "text": doctors.sentence(check, words),
                **check.params,
            }
            for check in checks
        ]
        _tell(json.dumps({"checks": found, "problems": len(wrong)}, ensure_ascii=False))
    else:
        for line in doctors.report(checks, words):
            _tell(line)
        if not wrong:
            _tell(words("setup.done.well"))
    if wrong:
        raise SetupError("problems", exit_code=3, count=len(wrong))


def _tell(line: str, *, error: bool = False) -> None:
    stream = sys.stderr if error else sys.stdout
    stream.write(line + "\n")
    stream.flush()
