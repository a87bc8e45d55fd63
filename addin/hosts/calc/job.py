"""One button's work for Calc, in a process of its own: ``python -m addin.hosts.calc.job ACTION …``.

Knows files only. On standard output stands a line of JSON for each step, and a plan at the end
(`addin.hosts.calc.jobs.task.Plan`), in the user's language and never with a traceback; what a
message does not say stands in ``fenji.log`` in the configuration folder.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path
from typing import TextIO

from addin.button_words import button_words
from addin.hosts.calc.jobs.places import configuration
from addin.hosts.calc.jobs.task import CalcProblem, Plan, Task
from addin.job_log import FILE as LOG
from addin.job_log import begin_log
from addin.words import LANGUAGES, Words
from segmentation.errors import FenjiError

ACTIONS = ("grade", "check", "template", "compare", "explain", "help", "repair")
# By name, for this module is called __main__ when it runs.
_log = logging.getLogger("addin.hosts.calc.job")


def main(argv: Sequence[str] | None = None) -> int:
    """Do what one button asks for; 0 when it is done, 1 when there was a problem."""
    options = _parser().parse_args(sys.argv[1:] if argv is None else list(argv))
    begin_log(configuration(), "addin.hosts.calc")
    out, folder = sys.stdout, Path(options.folder)
    text = button_words(options.lang, "calc")
    # Whatever happens to this process, what it leaves behind lies in that folder.
    tempfile.tempdir = str(folder)
    task = Task(
        words=text,
        folder=folder,
        configuration=configuration(),
        step=partial(_step, out),
        copy=Path(options.copy) if options.copy else None,
        title=options.title,
        beside=Path(options.beside) if options.beside else None,
        name=options.name,
        sheet=options.sheet,
        row=options.row,
    )
    with redirect_stdout(sys.stderr):
        plan = outcome(task, options.action)
    print(plan.line(text(f"ribbon.{options.action}.label")), file=out, flush=True)
    return 0 if plan.kind == "done" else 1


def outcome(task: Task, action: str) -> Plan:
    """What came of it; a problem is a plan that changes nothing."""
    text = task.words
    try:
        task.folder.mkdir(parents=True, exist_ok=True)
        return _work(action)(task)
    except CalcProblem as problem:
        _log.warning("%s %s", problem.code, problem.params)
        said = problem.told(text)
    except FenjiError as error:
        said = _told(error, task, text)
    except BaseException as error:  # a panic in Rust is no Exception
        _log.exception("unexpected")
        detail = f"{type(error).__name__}: {error}".splitlines()[0][:200]
        log = task.configuration / LOG
        said = text("excel.problem.unexpected", detail=detail, log=log)
    return Plan(kind="problem", said=said)


def _told(error: FenjiError, task: Task, text: Words) -> str:
    """A problem of the core in words, with the document called as the user calls it."""
    from addin.messages import explain_error  # noqa: PLC0415 (late: it takes a while)

    made = task.folder / "document"
    names = [path.name for path in made.iterdir()] if made.is_dir() else []
    # An empty document has no sheets that could say which file they are of.
    if task.title and error.params.get("file") in (*names, ""):
        error.params["file"] = task.title
    return explain_error(error, text)


def _work(action: str) -> Callable[[Task], Plan]:
    """What an action does. Imported late: each needs other things."""
    if action in {"grade", "compare"}:
        from addin.hosts.calc.jobs.grading import grade  # noqa: PLC0415

        return partial(grade, compare=action == "compare")
    if action == "check":
        from addin.hosts.calc.jobs.checking import check  # noqa: PLC0415

        return check
    if action == "explain":
        from addin.hosts.calc.jobs.explaining import explain  # noqa: PLC0415

        return explain
    from addin.hosts.calc.jobs import more  # noqa: PLC0415

    return {"template": more.template, "help": more.help_page, "repair": more.repair}[action]


def _step(out: TextIO, said: str) -> None:
    print(json.dumps({"step": said}), file=out, flush=True)


def _parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="addin.hosts.calc.job", allow_abbrev=False)
    made.add_argument("action", choices=ACTIONS)
    made.add_argument("--lang", choices=LANGUAGES, default=LANGUAGES[0])
    made.add_argument("--folder", required=True)
    made.add_argument("--copy", default="")
    made.add_argument("--title", default="")
    made.add_argument("--beside", default="")
    made.add_argument("--name", default="")
    made.add_argument("--sheet", default="")
    made.add_argument("--row", type=int, default=0)
    return made


if __name__ == "__main__":
    sys.exit(main())
