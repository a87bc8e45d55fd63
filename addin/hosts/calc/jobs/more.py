"""New from template, Help and Repair: what these buttons do."""

from __future__ import annotations

import importlib

from addin.arguments import parser
from addin.hosts.calc.jobs.places import free_place
from addin.hosts.calc.jobs.task import CalcProblem, Plan, Task

_DOCTOR = "addin.setup.calc.doctor"


def template(task: Task) -> Plan:
    """Make an industry's template under a free name, to be opened.

    Raises CalcProblem, FenjiError.
    """
    from addin.template_workbook import asked_for  # noqa: PLC0415 (late: it takes a while)
    from segmentation.scheme_file import preset, presets  # noqa: PLC0415

    text = task.words
    if task.name not in presets():
        raise CalcProblem("no_template", name=task.name, names=", ".join(presets()))
    task.step(text("excel.step.template"))
    name = text("excel.template_name", title=preset(task.name).name[text.lang])
    out = free_place(task, name)
    asked_for(parser(text).parse_args(["template", task.name, "-o", str(out)]), text)
    return Plan(said=text("excel.done.template", file=out), file=out, put="open")


def help_page(task: Task) -> Plan:
    """Write the help as a page, to be shown in the browser."""
    from addin.help_page import page_text  # noqa: PLC0415

    text = task.words
    page = task.configuration / f"help-{text.lang}.html"
    page.parent.mkdir(parents=True, exist_ok=True)
    own = text.section("excel.help") | text.section("calc.help")
    page.write_text(page_text(text, task.configuration, own), encoding="utf-8")
    return Plan(said=text("excel.done.help", file=page), url=page.as_uri())


def repair(task: Task) -> Plan:
    """Look for everything that keeps Fenji from working, and put right what can be."""
    from addin.setup import doctor  # noqa: PLC0415

    task.step(task.words("excel.step.repair"))
    # By name: it belongs to the installation, which this module must not need to be loaded.
    checks = importlib.import_module(_DOCTOR).diagnose(repair=True)
    return Plan(said="\n".join(doctor.report(checks, task.words)))
