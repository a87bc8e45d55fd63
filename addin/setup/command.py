"""``fenji install``, ``uninstall`` and ``doctor``: what they say and how they end."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from addin.setup import doctor as doctors
from addin.setup import environment, removing
from addin.setup.calc import command as calc
from addin.setup.checks import PROBLEM
from addin.setup.errors import SetupError
from addin.setup.installing import install as install_into
from addin.setup.installing import remembered
from addin.setup.machine import this_machine
from addin.setup.place import MAC, here
from addin.setup.tell import tell
from addin.words import Words

Options = argparse.Namespace


def install(options: Options, words: Words) -> None:
    """Install Fenji into this user's Excel, or LibreOffice Calc."""
    if options.calc:
        calc.install(options, words)
        return
    folder = Path(options.folder).expanduser().resolve() if options.folder else None
    place = here(folder) if folder else remembered(here())
    machine = this_machine()
    source = environment.source(Path(options.wheels) if options.wheels else None)
    done = install_into(
        place, machine, source, lambda step: tell(words(f"setup.step.{step}"), error=True)
    )
    for file in done.set_aside:
        tell(words("setup.done.set_aside", file=file))
    kind = "installed_mac" if place.platform == MAC else "installed"
    tab = words("ribbon.fenji.label")
    tell(words(f"setup.done.{kind}", tab=tab) if done.changed else words("setup.done.nothing"))
    wrong = [check for check in doctors.look(place, machine) if check.state == PROBLEM]
    if wrong:
        tell(words("setup.done.warnings"), error=True)
        for line in doctors.report(wrong, words):
            tell(line, error=True)


def uninstall(options: Options, words: Words) -> None:
    """Remove Fenji from this user's Excel, or LibreOffice Calc."""
    if options.calc:
        calc.uninstall(options, words)
        return
    done = removing.uninstall(here(), this_machine())
    tell(words("setup.done.uninstalled" if done.gone else "setup.done.not_installed"))
    if done.later:
        tell(words("setup.done.later"))
    for file in done.kept:
        tell(words("setup.done.kept", file=file))


def doctor(options: Options, words: Words) -> None:
    """Say what keeps Fenji from working, and repair it when asked to."""
    if options.calc:
        checks = calc.checks(options)
    else:
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
        tell(json.dumps({"checks": found, "problems": len(wrong)}, ensure_ascii=False))
    else:
        for line in doctors.report(checks, words):
            tell(line)
        if not wrong:
            tell(words("setup.done.well"))
    if wrong:
        raise SetupError("problems", exit_code=3, count=len(wrong))
