"""Check data: which rows can be used, said and listed on a sheet."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

from addin.check_report import FINDINGS, Report, lines, report, workbook
from addin.hosts.calc.jobs.document import Document
from addin.hosts.calc.jobs.names import free_names, sheets_in
from addin.hosts.calc.jobs.task import Plan, Task
from addin.hosts.file.errors import TemplateError
from addin.hosts.file.fill import fill
from addin.hosts.file.own_tables import own_sheets, read_table
from addin.words import Words
from segmentation import run

_LIVE = (FINDINGS,)


def check(task: Task) -> Plan:
    """Say which rows can be used; the plan brings the sheet Data check into the document.

    Raises CalcProblem, FenjiError.
    """
    document = Document.of(task)
    task.step(task.words("cli.check"))
    words = document.spoken(task.words)
    asked = document.asked(words)
    sheets = document.to_grade(asked, task)
    task.step(task.words("cli.check"))
    looked = run.look(
        sheets,
        scheme=asked.scheme,
        wanted=asked.wanted,
        model=asked.model,
        as_of=asked.as_of,
        today=dt.date.today(),
    )
    looked = dataclasses.replace(looked, notes=document.notes(looked.notes))
    document.refuse_protected()
    task.step(task.words("excel.step.write"))
    plan = _filled(document, report(looked, words), task.folder)
    if plan is None:
        free = free_names(words, document.sheets)
        made = report(looked, free)
        file = workbook(made, asked.scheme.name[words.lang], free, task.folder / "check.xlsx")
        plan = Plan(said="", file=file, put="insert", sheets=sheets_in(file))
    return _told(plan, lines(looked, document.title, task.words), task.words)


def _filled(document: Document, found: Report, folder: Path) -> Plan | None:
    """The document with its own sheet Data check filled; None where it has none that fits."""
    there = read_table(document.path, FINDINGS)
    if there is None:
        return None
    out = folder / "checked.xlsx"
    tables, cells = found
    tables = tables | {
        FINDINGS: tables[FINDINGS].select(
            name for name in tables[FINDINGS].columns if name in there.headers
        )
    }
    try:
        fill(document.path, out, tables=tables, cells=cells, formulas=False, always=_LIVE)
    except TemplateError:
        return None
    sheets = [s for s, some in own_sheets(out).items() if any(t.name == FINDINGS for t in some)]
    return Plan(said="", file=out, put="replace", sheets=tuple(sheets))


def _told(plan: Plan, said: list[str], text: Words) -> Plan:
    said = [*said, text("excel.done.check", sheet=plan.sheets[0]), text("calc.done.undo")]
    return dataclasses.replace(plan, said="\n".join(said), show=plan.sheets[0])
