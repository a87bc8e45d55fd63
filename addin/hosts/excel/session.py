"""The running Excel: its application and workbook, and its settings held while Python writes."""

from __future__ import annotations

import importlib
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from addin.hosts.excel.problems import ExcelProblem, Stopped
from addin.words import Words

if TYPE_CHECKING:
    import xlwings as xw

WINDOWS_ENGINE = "xlwings._xlwindows"
ADDIN = "Fenji.xlam"
# In this order; given back the other way round.
WRITING = {
    "screen_updating": False,
    "enable_events": False,
    "display_alerts": False,
    "calculation": "manual",
}
QUIET = {"enable_events": False, "display_alerts": False}
_TRIES = 5
_PAUSE = 0.2


@dataclass(kw_only=True)
class Session:
    """One job in one Excel. ``folder`` is the configuration folder, ``job`` the job's name."""

    app: xw.App
    words: Words
    folder: Path
    job: str
    book_name: str = ""

    @property
    def book(self) -> xw.Book:
        """The workbook that the button was pressed for. Raises ExcelProblem ``no_book``."""
        for book in self.app.books:
            if book.name.casefold() == self.book_name.casefold():
                return book
        raise ExcelProblem("no_book", book=self.book_name)

    def step(self, text: str) -> None:
        """Say in the status bar what begins. Raises Stopped where the user wants no more."""
        self.check_stop()
        with suppress(Exception):  # Excel may be busy, and the text is no more than a courtesy
            self.app.status_bar = self.words("excel.status", step=text)

    def check_stop(self) -> None:
        if (self.folder / f"{self.job}.stop").exists():
            raise Stopped

    def clear(self) -> None:
        """Give the status bar back, and forget that somebody wanted to stop."""
        _set(self.app, "status_bar", value=False)
        with suppress(OSError):
            (self.folder / f"{self.job}.stop").unlink(missing_ok=True)

    def call(self, macro: str, *arguments: Any) -> None:
        """Run a public macro of the add-in. Raises what Excel raises where there is none."""
        self.app.macro(f"'{ADDIN}'!{macro}")(*arguments)


def find_app(hwnd: int) -> xw.App:
    """The Excel that a window belongs to; without a window (on a Mac) the active one.

    Raises ExcelProblem ``no_excel``.
    """
    import xlwings as xw  # noqa: PLC0415 (late: it takes a while, and Excel waits for a sign)

    if not hwnd:
        active = xw.apps.active
        if active is None:
            raise ExcelProblem("no_excel")
        return active
    windows: Any = importlib.import_module(WINDOWS_ENGINE)
    try:
        wanted = windows.App(xl=hwnd)
        # The window may be gone by now, but not the others of the same process.
        app = next(a for a in xw.apps if a.pid == wanted.pid)
        app.books.count  # noqa: B018 (the first true call)
    except Exception:
        raise ExcelProblem("no_excel") from None
    return app


@contextmanager
def held(app: xw.App, settings: dict[str, Any] | None = None) -> Iterator[None]:
    """Excel's settings as writing needs them; given back whatever happens."""
    before: dict[str, Any] = {}
    try:
        for name, value in (settings or WRITING).items():
            before[name] = getattr(app, name)
            setattr(app, name, value)
        yield
    finally:
        for name in reversed(before):
            _set(app, name, value=before[name])


def _set(app: xw.App, name: str, *, value: Any) -> None:
    """Set a setting, and try again where Excel is busy: it must not stay as Python had it."""
    for attempt in range(_TRIES):
        with suppress(Exception):
            setattr(app, name, value)
            return
        time.sleep(_PAUSE * attempt)
