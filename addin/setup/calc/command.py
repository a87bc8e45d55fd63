"""``fenji install --calc``, ``uninstall --calc`` and ``doctor --calc``: what they say."""

from __future__ import annotations

import argparse
from pathlib import Path

from addin.setup import doctor as doctors
from addin.setup import environment
from addin.setup.calc import doctor as calc_doctor
from addin.setup.calc import removing
from addin.setup.calc.host import this_host
from addin.setup.calc.installing import install as install_into
from addin.setup.calc.place import here, remembered
from addin.setup.checks import PROBLEM, Check
from addin.setup.tell import tell
from addin.words import Words

Options = argparse.Namespace


def install(options: Options, words: Words) -> None:
    """Install Fenji into this user's LibreOffice Calc."""
    folder = Path(options.folder).expanduser().resolve() if options.folder else None
    place = here(folder) if folder else remembered(here())
    host = this_host()
    source = environment.source(Path(options.wheels) if options.wheels else None)
    done = install_into(
        place, host, source, lambda step: tell(words(f"setup.step.{step}"), error=True)
    )
    menu = words("ribbon.fenji.label")
    if done.changed:
        tell(words("setup.done.calc_installed", menu=menu, have=done.office.said))
    else:
        tell(words("setup.done.nothing"))
    wrong = [check for check in calc_doctor.look(place, host) if check.state == PROBLEM]
    if wrong:
        tell(words("setup.done.calc_warnings"), error=True)
        for line in doctors.report(wrong, words):
            tell(line, error=True)


def uninstall(options: Options, words: Words) -> None:  # noqa: ARG001
    """Remove Fenji from this user's LibreOffice Calc."""
    done = removing.uninstall(here(), this_host())
    tell(words("setup.done.calc_uninstalled" if done.gone else "setup.done.not_installed"))
    if done.later:
        tell(words("setup.done.later"))
    for file in done.kept:
        tell(words("setup.done.kept", file=file))


def checks(options: Options) -> list[Check]:
    """What the doctor finds in Calc."""
    return calc_doctor.diagnose(options.repair)
