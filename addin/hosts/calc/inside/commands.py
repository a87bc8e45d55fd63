"""Fenji's commands in LibreOffice: what the menu, the toolbar and scripts call.

A command is an address such as ``org.fenji.calc:grade``. From the menu its work runs in a process
and a thread, and LibreOffice stays alive; a script (``SynchronMode``) waits until it is done.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uno
import unohelper
from com.sun.star.frame import XDispatchProvider, XNotifyingDispatch
from com.sun.star.lang import XInitialization, XServiceInfo

from . import document as documents
from .applying import apply
from .jobs import Job
from .later import Later
from .messages import Steps, Told, Words, box, language

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "org.fenji.calc.Commands"
PROTOCOL = "org.fenji.calc:"
JOBS = ("grade", "compare", "check", "explain", "template", "help", "repair")
# Which need no document; the others look at the one of their window.
FREE = ("template", "help", "repair")
CHANGING = ("grade", "compare", "check")
GO = {"whatif": "FenjiModel", "strategy": "FenjiStrategy", "settings": "FenjiSettings"}
_SUCCESS, _FAILURE = 1, 0  # com.sun.star.frame.DispatchResultState


class Outcome:
    """How a command ended: ``kind`` is done, problem or stopped."""

    def __init__(self, kind: str, title: str, text: str) -> None:
        self.kind = kind
        self.title = title
        self.text = text


class Running:
    """The one job that runs, in whichever window."""

    lock = threading.Lock()
    job: Job | None = None


class Commands(
    unohelper.Base, XInitialization, XDispatchProvider, XNotifyingDispatch, XServiceInfo
):
    """The protocol handler; LibreOffice makes one for each window."""

    def __init__(self, context: Any, *_given: Any) -> None:
        self._context = context
        self._frame: Any = None

    def initialize(self, given: Any) -> None:
        if given:
            self._frame = given[0]

    def queryDispatch(self, url: Any, _target: str, _flags: int) -> Any:  # noqa: N802
        return self if url.Protocol == PROTOCOL else None

    def queryDispatches(self, requests: Any) -> Any:  # noqa: N802
        return tuple(
            self.queryDispatch(each.FeatureURL, each.FrameName, each.SearchFlags)
            for each in requests
        )

    def dispatch(self, url: Any, given: Any) -> None:
        self.dispatchWithNotification(url, given, None)

    def dispatchWithNotification(self, url: Any, given: Any, listener: Any) -> None:  # noqa: N802
        """Do a command; the listener hears how it ended, as kind, title and text."""
        options = {each.Name: each.Value for each in given}
        action, _, name = url.Complete[len(PROTOCOL) :].partition("?")
        press = Press(self._context, self._frame, action, options, name)
        press.begin(lambda outcome: _notify(listener, self, outcome))

    def addStatusListener(self, listener: Any, url: Any) -> None:  # noqa: N802
        with suppress(Exception):
            state = uno.createUnoStruct("com.sun.star.frame.FeatureStateEvent")
            state.Source, state.FeatureURL, state.IsEnabled = self, url, True
            listener.statusChanged(state)

    def removeStatusListener(self, _listener: Any, _url: Any) -> None:  # noqa: N802
        pass

    def getImplementationName(self) -> str:  # noqa: N802
        return NAME

    def supportsService(self, name: str) -> bool:  # noqa: N802
        return name in self.getSupportedServiceNames()

    def getSupportedServiceNames(self) -> Any:  # noqa: N802
        return ("com.sun.star.frame.ProtocolHandler", NAME)


def _notify(listener: Any, source: Any, outcome: Outcome) -> None:
    if listener is None:
        return
    with suppress(Exception):
        event = uno.createUnoStruct("com.sun.star.frame.DispatchResultEvent")
        event.Source = source
        event.State = _FAILURE if outcome.kind == "problem" else _SUCCESS
        event.Result = uno.Any("[]string", (outcome.kind, outcome.title, outcome.text))
        listener.dispatchFinished(event)


class Press:
    """One press of a command in one window."""

    def __init__(
        self, context: Any, frame: Any, action: str, options: dict[str, Any], name: str
    ) -> None:
        self._context = context
        self._frame = frame
        self._action = action
        self._name = str(options.get("Name") or name)
        self._silent = bool(options.get("Silent"))
        self._waits = bool(options.get("SynchronMode"))
        self._words = Words(str(options.get("Language") or language(context)))
        self._steps = Steps(frame)
        self._document: Any = None
        self._folder: Path | None = None
        self._watch: documents.Watch | None = None
        self._job: Job | None = None
        self._end: Callable[[Outcome], None] = lambda _outcome: None

    def begin(self, end: Callable[[Outcome], None]) -> None:
        """Do it, or start doing it; ``end`` hears how it ended."""
        self._end = end
        try:
            if self._action == "stop":
                self._stop()
            elif self._action in GO:
                self._go()
            elif self._action in JOBS:
                self._start()
            else:
                raise Told("calc.job.unknown", command=self._action)
        except Told as told:
            self._finish(told=told)
        except Exception as error:
            self._finish(told=_unexpected(error))

    def _stop(self) -> None:
        job = Running.job
        if job is None:
            raise Told("vba.nothing_runs")
        job.stop()
        self._end(Outcome("done", "", ""))

    def _go(self) -> None:
        document = documents.spreadsheet(self._frame)
        if not documents.show_table(document, GO[self._action]):
            raise Told("vba.not_graded")
        self._end(Outcome("done", self._title(), self._words(f"vba.hint_{self._action}")))

    def _start(self) -> None:
        if not Running.lock.acquire(blocking=False):
            raise Told("vba.busy")
        try:
            self._steps.show(self._words("vba.starting"))
            self._folder = Path(tempfile.mkdtemp(prefix="fenji-"))
            self._job = Running.job = Job(self._action, self._options(), str(self._folder))
        except BaseException:
            self._release(keep=False)
            raise
        later = Later(self._context)
        if self._waits:
            self._work(later.wait)
        else:
            threading.Thread(
                target=self._work, args=(later.call,), name="fenji-command", daemon=True
            ).start()

    def _options(self) -> list[str]:
        """The job's arguments; a copy of the document is made for it. Raises Told."""
        assert self._folder is not None
        options = ["--lang", self._words.lang, "--folder", str(self._folder)]
        if self._name:
            options += ["--name", self._name]
        if self._action in FREE:
            return options
        document = documents.spreadsheet(self._frame)
        self._document = document
        if self._action in CHANGING:
            documents.refuse(document)
        self._watch = documents.Watch(document)
        copy = documents.copy_of(document, self._folder)
        options += ["--copy", str(copy), "--title", documents.title_of(document)]
        beside = documents.folder_of(document)
        if beside:
            options += ["--beside", beside]
        if self._action == "explain":
            sheet, row = documents.selected(document)
            options += ["--sheet", sheet, "--row", str(row)]
        return options

    def _work(self, there: Callable[[Callable[[], None]], None]) -> None:
        """Wait for the plan, then apply it; ``there`` calls where LibreOffice may be touched."""
        assert self._job is not None
        try:
            plan = self._job.plan(lambda step: there(lambda: self._show(step)))
        except Told as told:
            problem = told
            there(lambda: self._close(told=problem))
        except Exception as error:
            problem = _unexpected(error)
            there(lambda: self._close(told=problem))
        else:
            there(lambda: self._apply(plan))

    def _show(self, step: str) -> None:
        self._steps.show(self._words("excel.status", step=step))

    def _apply(self, plan: dict[str, Any]) -> None:
        keep = False
        told: Told | None = None
        try:
            if plan["kind"] == "done":
                if self._document is not None:
                    self._refuse_changed(plan)
                self._show(self._words("excel.step.write"))
                keep = apply(
                    self._context, self._document, plan, self._title(), self._folder or Path()
                )
        except Told as problem:
            told = problem
        except Exception as error:
            told = _unexpected(error)
        self._close(plan=plan, told=told, keep=keep)

    def _refuse_changed(self, plan: dict[str, Any]) -> None:
        """Raises Told when the document was closed or changed while the job looked at its copy."""
        assert self._watch is not None
        if self._watch.gone:
            raise Told("calc.document.closed")
        if self._watch.changed and (plan.get("put") in ("insert", "replace") or plan["columns"]):
            raise Told("calc.document.changed")

    def _close(
        self,
        *,
        plan: dict[str, Any] | None = None,
        told: Told | None = None,
        keep: bool = False,
    ) -> None:
        self._release(keep=keep)
        if told is not None:
            self._finish(told=told)
        elif plan is not None:
            self._say(Outcome(str(plan["kind"]), str(plan["title"]), str(plan["said"])))

    def _release(self, *, keep: bool) -> None:
        if self._watch is not None:
            self._watch.end()
        if self._folder is not None and not keep:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._steps.end()
        Running.job = None
        Running.lock.release()

    def _finish(self, *, told: Told) -> None:
        kind = "stopped" if told.key == "excel.stopped" else "problem"
        self._say(Outcome(kind, self._title(), self._words(told.key, **told.params)))

    def _say(self, outcome: Outcome) -> None:
        """Show how it ended. The listener first: a box waits for the user."""
        self._end(outcome)
        if not self._silent and outcome.text:
            box(
                self._context,
                self._frame,
                warning=outcome.kind == "problem",
                title=outcome.title,
                text=outcome.text,
            )

    def _title(self) -> str:
        key = f"ribbon.{self._action}.label"
        title = self._words(key)
        return self._words("calc.extension.name") if title == key else title


def _unexpected(error: Exception) -> Told:
    detail = f"{type(error).__name__}: {error}".splitlines()[0][:200]
    return Told("calc.job.unexpected", detail=detail)
