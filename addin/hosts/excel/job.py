"""One button's work, in a process of its own: ``python -m addin.hosts.excel ACTION …``.

Tells Excel when it begins and how it ended, in the user's language and never with a traceback;
what a message does not say stands in ``fenji.log`` in the configuration folder.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections.abc import Callable, Sequence

from addin.hosts.excel.folders import configuration
from addin.hosts.excel.problems import ExcelProblem, Stopped
from addin.hosts.excel.session import Session, find_app
from addin.hosts.excel.wording import words_in_excel
from addin.job_log import FILE as LOG
from addin.job_log import begin_log
from addin.words import LANGUAGES, Words
from segmentation.errors import FenjiError

ACTIONS = ("grade", "check", "template", "compare", "explain", "help", "repair")
LONGEST_MESSAGE = 3000
_TRIES = 20
_PAUSE = 0.5
_log = logging.getLogger(__name__)


def main(argv: Sequence[str] | None = None) -> int:
    """Do what one button asks for; 0 when it is done, 1 when there was a problem or a stop."""
    options = _parser().parse_args(sys.argv[1:] if argv is None else list(argv))
    folder = configuration()
    begin_log(folder, "addin.hosts.excel")
    text = words_in_excel(options.lang)
    try:
        app = find_app(options.hwnd)
    except Exception:
        _log.exception("no Excel found")
        return 1
    session = Session(app=app, words=text, folder=folder, job=options.job, book_name=options.book)
    _tell(session, "FenjiStarted", options.job)
    kind, message = outcome(session, options)
    session.clear()
    title = text(f"ribbon.{options.action}.label")
    _tell(session, "FenjiDone", options.job, kind, title, message[:LONGEST_MESSAGE])
    return 0 if kind == "done" else 1


def outcome(session: Session, options: argparse.Namespace) -> tuple[str, str]:
    """How it ended (``done``, ``problem`` or ``stopped``), and what to say."""
    text = session.words
    try:
        return "done", _work(options)(session)
    except Stopped:
        return "stopped", text("excel.stopped")
    except ExcelProblem as problem:
        _log.warning("%s %s", problem.code, problem.params)
        return "problem", problem.told(text)
    except FenjiError as error:
        return "problem", told(error, text)
    except BaseException as error:  # a panic in Rust is no Exception
        _log.exception("unexpected")
        detail = f"{type(error).__name__}: {error}".splitlines()[0][:200]
        log = session.folder / LOG
        return "problem", text("excel.problem.unexpected", detail=detail, log=log)


def told(error: FenjiError, text: Words) -> str:
    """A problem of the core, in words."""
    from addin.messages import explain_error  # noqa: PLC0415 (late: Excel waits for a sign)

    return explain_error(error, text)


def _work(options: argparse.Namespace) -> Callable[[Session], str]:
    """What an action does. Imported late, so that Excel hears at once that Python is there."""
    from addin.hosts.excel import checking, explaining, grading, more  # noqa: PLC0415

    actions: dict[str, Callable[[Session], str]] = {
        "grade": grading.grade,
        "compare": lambda session: grading.grade(session, compare=True),
        "check": checking.check,
        "explain": lambda session: explaining.explain(session, options.sheet, options.row),
        "template": lambda session: more.template(session, options.name),
        "help": more.help_page,
        "repair": more.repair,
    }
    return actions[options.action]


def _tell(session: Session, macro: str, *arguments: object) -> None:
    """Call the add-in; Excel may be busy for a while (a cell is being edited, a dialog is open)."""
    for attempt in range(_TRIES):
        try:
            session.call(macro, *arguments)
        except Exception:
            _log.exception("%s could not be called", macro)
            if attempt + 1 < _TRIES:
                time.sleep(_PAUSE)
        else:
            return


def _parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="addin.hosts.excel", allow_abbrev=False)
    made.add_argument("action", choices=ACTIONS)
    made.add_argument("--hwnd", type=int, default=0)
    made.add_argument("--book", default="")
    made.add_argument("--lang", choices=LANGUAGES, default=LANGUAGES[0])
    made.add_argument("--job", required=True)
    made.add_argument("--name", default="")
    made.add_argument("--sheet", default="")
    made.add_argument("--row", type=int, default=0)
    return made
