"""Grade customers, and Re-grade and compare: what the two buttons make for the document."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from addin import beside_list, clearing, regrade, requests
from addin.closing import first_lines, first_notes
from addin.graded import Graded, read_graded
from addin.graded_book import CUSTOMERS, is_graded
from addin.hosts.calc.jobs.columns import columns_of
from addin.hosts.calc.jobs.document import Document
from addin.hosts.calc.jobs.names import free_names, sheets_in
from addin.hosts.calc.jobs.places import free_place
from addin.hosts.calc.jobs.task import CalcProblem, Column, Plan, Task
from addin.hosts.file.own_tables import own_sheets
from addin.moves import Comparison, compared, graded_of
from addin.output import write
from addin.requests import Request
from addin.words import Words
from segmentation.errors import FenjiError
from segmentation.run import Grading

_FRESH = "regrade_fresh"


@dataclass(frozen=True, kw_only=True)
class _Work:
    """One grading of one document: what it is made of, and what came of it."""

    task: Task
    document: Document
    words: Words
    asked: Request
    grading: Grading
    moves: Comparison | None


def grade(task: Task, *, compare: bool = False) -> Plan:
    """Grade the document; the plan brings the results into it.

    Raises CalcProblem, FenjiError.
    """
    document = Document.of(task)
    if compare and not document.is_graded:
        raise CalcProblem("nothing_to_compare")
    words = document.spoken(task.words)
    before = _before(document) if compare else None
    asked = document.asked(words)
    sheets = document.to_grade(asked, task)
    grading = requests.graded(asked, sheets, task.step)
    grading = dataclasses.replace(grading, notes=document.notes(grading.notes))
    moves = None
    if before:
        moves = compared(before, graded_of(grading, document.title, words))
    work = _Work(
        task=task, document=document, words=words, asked=asked, grading=grading, moves=moves
    )
    lists = beside_list.lists_of(sheets, frozenset(document.own), grading)
    answers = beside_list.answers(grading, lists, words)
    listed = [answer.layout.sheet.sheet for answer in answers]
    document.refuse_protected()
    task.step(task.words("excel.step.write"))
    plan = _again(work) if document.is_graded else _first(work)
    return _told(work, plan, columns_of(answers, words), listed)


def _before(document: Document) -> Graded:
    """The grading that stands in the document."""
    try:
        found = read_graded(document.path)
    except FenjiError:
        raise CalcProblem("before_unreadable", book=document.title) from None
    return dataclasses.replace(found, file=document.title)


def _first(work: _Work) -> Plan:
    """Fenji's sheets alone, to be inserted."""
    out = work.task.folder / "fenji.xlsx"
    write(
        work.grading,
        out,
        words=free_names(work.words, work.document.sheets),
        files=[work.document.title],
        scheme=work.asked.text,
        where={work.document.path.name: ""},
    )
    return Plan(
        said=work.task.words("excel.done.inserted"),
        file=out,
        put="insert",
        sheets=sheets_in(out),
    )


def _again(work: _Work) -> Plan:
    """The whole document graded anew, or a workbook of its own where its sheets do not fit."""
    text, document = work.task.words, work.document
    out = work.task.folder / "graded" / document.path.name
    out.parent.mkdir()
    aim = regrade.Target(
        out=out, template=document.path, words=work.words, is_graded=is_graded(document.path)
    )
    done = regrade.write_into(
        aim,
        work.grading,
        files=[document.title],
        scheme=work.asked.text,
        moves=work.moves,
        where={document.path.name: ""},
    )
    fresh = next((params for code, params in done.notes if code == _FRESH), None)
    if fresh is not None:
        return _apart(work, out, fresh)
    clearing.clear_filled(out, document.path, [document.path])
    ours = own_sheets(out)
    return Plan(
        said="\n".join([text("excel.done.filled"), *first_notes(document.notes(done.notes), text)]),
        file=out,
        put="replace",
        sheets=tuple(sheet for sheet in sheets_in(out) if sheet in ours),
    )


def _apart(work: _Work, made: Path, fresh: Mapping[str, Any]) -> Plan:
    """A workbook of its own, at a place where it stays."""
    text, document = work.task.words, work.document
    target = free_place(work.task, text("file.graded", stem=document.path.stem))
    shutil.copyfile(made, target)
    params = {**document.named(fresh), "out": target.name}
    said = [text("excel.done.apart", file=target), text(f"note.{_FRESH}", **params)]
    return Plan(said="\n".join(said), file=target, put="open")


def _told(work: _Work, plan: Plan, columns: tuple[Column, ...], listed: Sequence[str]) -> Plan:
    """The plan with all that there is to say, and the sheet to look at."""
    text = work.task.words
    said = first_lines(work.grading, work.moves, work.document.title, text)
    if listed:
        said.append(text("excel.done.beside", sheets=text("cli.list").join(listed)))
    said += [plan.said, *first_notes(work.grading.notes, text)]
    if plan.put != "open" or columns:
        said.append(text("calc.done.undo"))
    show = None
    if plan.put != "open":
        show = listed[0] if listed else _customers_sheet(plan)
    return dataclasses.replace(plan, said="\n".join(said), columns=columns, show=show)


def _customers_sheet(plan: Plan) -> str | None:
    there = own_sheets(plan.file) if plan.file else {}
    named = (s for s, tables in there.items() if any(t.name == CUSTOMERS for t in tables))
    return next(named, None)
