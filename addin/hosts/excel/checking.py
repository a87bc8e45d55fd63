"""Check data: what the button does. No cell of the user's is touched."""

from __future__ import annotations

import datetime as dt
import logging
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from addin.check_report import FINDINGS, Report, lines, report, workbook
from addin.hosts.excel import named, native, own
from addin.hosts.excel.backup import Copy, saved_copy
from addin.hosts.excel.filling import Filler
from addin.hosts.excel.folders import free_place
from addin.hosts.excel.inserting import insert
from addin.hosts.excel.own import Place
from addin.hosts.excel.problems import ExcelProblem, Stopped, Unfit
from addin.hosts.excel.session import Session, held
from addin.hosts.excel.sources import Source, source, spoken_by
from addin.hosts.excel.undo import Undo
from addin.words import Words
from segmentation import run
from segmentation.errors import FenjiError
from segmentation.run import Looked

if TYPE_CHECKING:
    import xlwings as xw

_log = logging.getLogger(__name__)


def check(session: Session) -> str:
    """Say which rows can be used, and list the others on the sheet Data check.

    Raises ExcelProblem, FenjiError, Stopped; the workbook is then as it was.
    """
    book, text = session.book, session.words
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        places = own.tables(book)
        place = places.get(FINDINGS.casefold())
        own.refuse_protected(book, [place.sheet] if place else [], adds=place is None)
        session.step(text("cli.check"))
        copy = saved_copy(book, Path(folder))
        spoken = spoken_by(places, text)
        found = source(session, copy, places, spoken)
        session.step(text("cli.check"))
        looked = run.look(
            found.sheets,
            scheme=found.asked.scheme,
            wanted=found.asked.wanted,
            model=found.asked.model,
            as_of=found.asked.as_of,
            today=dt.date.today(),
        )
        session.step(text("excel.step.write"))
        apart = _write(session, copy, places, looked, found, spoken, Path(folder))
    return _message(session, looked, spoken, apart)


def _write(  # noqa: PLR0917
    session: Session,
    copy: Copy,
    places: Mapping[str, Place],
    looked: Looked,
    found: Source,
    text: Words,
    folder: Path,
) -> Path | None:
    """The sheet Data check: filled, inserted, or in a workbook of its own, whose path is given."""
    book, undo = session.book, Undo()
    found_there, title = report(looked, text), found.asked.scheme.name[text.lang]
    apart: Path | None = None
    try:
        with held(session.app), undo:
            try:
                if not copy.keeps_tables:
                    raise Unfit(copy.path.name)
                if FINDINGS.casefold() in places:
                    _fill(session, book, places, found_there, undo)
                else:
                    made = workbook(found_there, title, text, folder / "check.xlsx")
                    insert(book, made, undo=undo, pause=session.check_stop)
            except Unfit:
                undo.back()
                name = text("excel.check_name", stem=copy.path.stem)
                apart = workbook(found_there, title, text, free_place(book, name, session))
    except Exception as error:
        if not undo.complete:
            raise ExcelProblem("check_half_way") from error
        if isinstance(error, Stopped | ExcelProblem | FenjiError):
            raise
        _log.exception("writing failed")
        raise ExcelProblem("check_failed") from error
    _show(session, book, apart)
    return apart


def _fill(
    session: Session, book: xw.Book, places: Mapping[str, Place], found: Report, undo: Undo
) -> None:
    tables, cells = found
    date1904, pause = own.date1904(book), session.check_stop
    filler = Filler(undo=undo, live=False, date1904=date1904, pause=pause)
    for name, frame in tables.items():
        if name.casefold() in places:
            filler.fill(places[name.casefold()], frame)
    named.fill(book, cells, undo=undo, date1904=date1904, pause=pause)


def _show(session: Session, book: xw.Book, apart: Path | None) -> None:
    try:
        if apart:
            session.app.books.open(str(apart))
            return
        place = own.tables(book).get(FINDINGS.casefold())
        if place:
            native.activate(place.sheet)
    except Exception:
        _log.exception("the sheet could not be shown")


def _message(session: Session, looked: Looked, spoken: Words, apart: Path | None) -> str:
    text = session.words
    said = lines(looked, session.book_name, text)
    where = spoken("sheet.data_check")
    said.append(
        text("excel.done.check_apart", file=apart)
        if apart
        else text("excel.done.check", sheet=where)
    )
    return "\n".join(said)
