"""Grade customers, and Re-grade and compare: what the two buttons do."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from addin import requests
from addin.closing import first_lines, first_notes
from addin.graded import Graded, read_graded
from addin.hosts.excel import beside, filters, native, own, protection
from addin.hosts.excel.backup import Copy, backed_up, saved_copy
from addin.hosts.excel.folders import free_place
from addin.hosts.excel.own import Place
from addin.hosts.excel.problems import ExcelProblem, Stopped, Unfit
from addin.hosts.excel.results import Results
from addin.hosts.excel.session import Session, held
from addin.hosts.excel.sources import Source, source, spoken_by
from addin.hosts.excel.undo import Undo
from addin.moves import Comparison, compared, graded_of
from addin.words import Words
from segmentation.errors import FenjiError
from segmentation.run import Grading

if TYPE_CHECKING:
    import xlwings as xw

_log = logging.getLogger(__name__)


@dataclass(kw_only=True)
class Work:
    """One grading of one workbook: what it is made of, and what came of it."""

    session: Session
    book: xw.Book
    copy: Copy
    backup: Path
    places: Mapping[str, Place]
    words: Words
    source: Source
    grading: Grading
    moves: Comparison | None = None
    listed: list[str] = field(default_factory=list)
    apart: Path | None = None
    lost: int = 0
    unfiltered: list[str] = field(default_factory=list)


def grade(session: Session, *, compare: bool = False) -> str:
    """Grade the workbook and write the results into it; gives the closing message.

    Raises ExcelProblem, FenjiError, Stopped; the workbook is then as it was.
    """
    book, text = session.book, session.words
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        places = own.tables(book)
        _refuse_early(book, places)
        if compare and own.CUSTOMERS not in places:
            raise ExcelProblem("nothing_to_compare")
        session.step(text("excel.step.backup"))
        copy = saved_copy(book, Path(folder))
        backup = backed_up(copy, book, folder=session.folder, words=text)
        spoken = spoken_by(places, text)
        before = _before(copy, book) if compare else None
        found = source(session, copy, places, spoken)
        grading = requests.graded(found.asked, found.sheets, session.step)
        moves = compared(before, graded_of(grading, book.name, spoken)) if before else None
        work = Work(
            session=session,
            book=book,
            copy=copy,
            backup=backup,
            places=places,
            words=spoken,
            source=found,
            grading=grading,
            moves=moves,
        )
        _write(work, Path(folder))
        return _message(work)


def _refuse_early(book: xw.Book, places: Mapping[str, Place]) -> None:
    """What can be known before the work: sheets of ours with a password, a protected structure."""
    closed = [s for s in protection.ours(book, places.values()) if not protection.opens(s)]
    own.refuse_protected(book, closed, adds=own.CUSTOMERS not in places)


def _before(copy: Copy, book: xw.Book) -> Graded:
    """The grading that stands in the workbook, with the workbook's name."""
    try:
        return read_graded(copy.path)
    except FenjiError:
        raise ExcelProblem("before_unreadable", book=book.name) from None


def _write(work: Work, folder: Path) -> None:
    """Write everything, or leave the workbook as it was."""
    session, undo = work.session, Undo()
    # As they are by now: grading takes a while, and Excel was free meanwhile.
    work.book = session.book
    work.places = own.tables(work.book)
    _refuse_early(work.book, work.places)
    lists = beside.answers(
        work.grading,
        [] if work.copy.is_text else work.source.lists(work.grading),
        work.words,
    )
    sheets = [work.book.sheets[a.layout.sheet.sheet] for a in lists]
    own.refuse_protected(work.book, sheets, adds=False)
    session.step(session.words("excel.step.write"))
    try:
        ours = protection.ours(work.book, work.places.values())
        with held(session.app), protection.opened(ours), undo:
            active = work.book.sheets.active
            undo.add(lambda: native.activate(active))
            hiding = [sheet for sheet in work.book.sheets if filters.filtered(sheet)]
            _place(work, folder, undo)
            writer = beside.Writer(
                book=work.book, text=work.words, undo=undo, pause=session.check_stop
            )
            for answer in lists:
                writer.write(answer)
                work.listed.append(answer.layout.sheet.sheet)
            work.unfiltered = [s.name for s in hiding if not filters.filtered(s)]
    except Exception as error:
        if not undo.complete:
            raise ExcelProblem("half_way", backup=work.backup) from error
        if isinstance(error, Stopped | ExcelProblem | FenjiError):
            raise
        _log.exception("writing failed")
        raise ExcelProblem("write_failed", backup=work.backup) from error
    _calculate(work)
    _show(work)


def _calculate(work: Work) -> None:
    """Where the user calculates by hand, our own sheets would show the formulas of before."""
    try:
        if work.session.app.calculation == "manual" and not work.apart:
            for title in dict.fromkeys(p.sheet.name for p in own.tables(work.book).values()):
                native.calculate(work.book.sheets[title])
    except Exception:
        _log.exception("the sheets could not be calculated")


def _place(work: Work, folder: Path, undo: Undo) -> None:
    """The results into the workbook; where they can't stand there, into one of their own."""
    results = Results(
        session=work.session,
        book=work.book,
        copy=work.copy,
        grading=work.grading,
        words=work.words,
        scheme=work.source.asked.text,
        moves=work.moves,
        undo=undo,
        folder=folder,
    )
    mark = undo.mark()
    try:
        results.place(work.places)
        work.lost = results.lost
    except Unfit:
        undo.back(mark)
        name = work.words("file.graded", stem=work.copy.path.stem)
        work.apart = free_place(work.book, name, work.session)
        undo.add(partial(work.apart.unlink, missing_ok=True))
        results.write(work.apart, inside=False)


def _show(work: Work) -> None:
    """Let the user see what was made; that it can't be shown is no reason to fail."""
    try:
        if work.apart:
            work.session.app.books.open(str(work.apart))
        elif work.listed:
            native.activate(work.book.sheets[work.listed[0]])
        else:
            found = own.tables(work.book).get(own.CUSTOMERS)
            if found:
                native.activate(found.sheet)
    except Exception:
        _log.exception("the result could not be shown")


def _message(work: Work) -> str:
    text = work.session.words
    said = first_lines(work.grading, work.moves, work.book.name, text)
    if work.listed:
        sheets = text("cli.list").join(work.listed)
        said.append(text("excel.done.beside", sheets=sheets))
    if work.apart:
        said.append(text("excel.done.apart", file=work.apart))
    elif own.CUSTOMERS in work.places:
        said.append(text("excel.done.filled"))
    else:
        said.append(text("excel.done.inserted"))
    if work.unfiltered:
        sheets = text("cli.list").join(work.unfiltered)
        said.append(text("excel.done.unfiltered", sheets=sheets))
    if work.lost:
        said.append(text("excel.done.lost", customers=f"{work.lost:,}"))
    said += first_notes(work.grading.notes, text)
    return "\n".join([*said, text("excel.done.backup", file=work.backup)])
