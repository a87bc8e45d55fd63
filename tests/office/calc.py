"""A real LibreOffice Calc with Fenji.oxt, driven from a process that does not load ``uno``."""

from __future__ import annotations

import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from addin.hosts.calc.build import build
from addin.setup.calc.host import undisturbed
from addin.setup.versions import fenji_version
from tests.office.screen_office import write_profile
from tests.office.tools import MissingToolError, libreoffice_path

DRIVER = Path(__file__).with_name("calc_driver.py")
SECONDS, START_SECONDS = 120.0, 240.0


class CalcError(Exception):
    """What was asked failed in Calc; the text is the driver's traceback."""


@cache
def uno_python() -> str:
    """A Python that can ``import uno``; raises MissingToolError."""
    beside = libreoffice_path().resolve().parent
    for place in (
        beside / "python",
        beside / "python.exe",
        beside.parent / "Resources" / "python",
        Path("/usr/bin/python3"),
    ):
        if place.exists() and _loads(str(place)):
            return str(place)
    raise MissingToolError("no Python with LibreOffice's bridge (python3-uno)")


def _loads(python: str) -> bool:
    done = subprocess.run(
        [python, "-c", "import uno, sys; assert sys.version_info >= (3, 9)"],
        check=False,
        capture_output=True,
        timeout=60,
    )
    return done.returncode == 0


def write_configuration(path: Path, **changes: Any) -> Path:
    """calc.json as ``fenji install --calc`` writes it, for the Python that runs the tests."""
    settings = {
        "format": 1,
        "fenji": fenji_version(),
        "python": sys.executable,
        "site": sysconfig.get_path("purelib"),
        "version": list(sys.version_info[:2]),
        "mode": "auto",
    }
    path.write_text(json.dumps(settings | changes), encoding="utf-8")
    return path


class Calc:
    """LibreOffice with Fenji's extension; documents are numbers. Close it when done.

    ``area`` is an address such as ``A1:C9``, or None for all that is used; ``sheet`` a name, or
    its place from 0. Every call has a time limit, after which LibreOffice is killed.
    """

    def __init__(
        self,
        *,
        lang: str = "en",
        display: str | None = None,
        extension: bool = True,
        settings: Mapping[str, Any] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="fenji-calc-"))
        self.configuration = write_configuration(self.folder / "calc.json", **(settings or {}))
        profile = self.folder / "profile"
        write_profile(profile, lang)
        made = str(build(self.folder)) if extension else ""
        known = {k: v for k, v in undisturbed(os.environ).items() if k != "DISPLAY"}
        known |= {"FENJI_CALC_CONFIGURATION": str(self.configuration)} | dict(environment or {})
        if display:
            known["DISPLAY"] = display
        # A session of its own, so that all of it can be ended.
        self._process = subprocess.Popen(
            [uno_python(), str(DRIVER), str(libreoffice_path()), str(profile), made],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(self.folder / "driver.log").open("ab"),
            text=True,
            encoding="utf-8",
            env=known,
            start_new_session=True,
        )
        self._replies: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()
        self._reply(START_SECONDS)

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._replies.put(line)
        self._replies.put("")

    def _reply(self, seconds: float) -> Any:
        try:
            line = self._replies.get(timeout=seconds)
        except queue.Empty:
            self.kill()
            raise CalcError(f"LibreOffice took longer than {seconds:g} s") from None
        if not line:
            log = (self.folder / "driver.log").read_text(encoding="utf-8", errors="replace")
            self.kill()
            raise CalcError(f"LibreOffice's driver has ended: {log[-3000:]}")
        reply = json.loads(line)
        if "failed" in reply:
            raise CalcError(reply["failed"])
        return reply["ok"]

    def ask(self, what: str, *, seconds: float = SECONDS, **given: Any) -> Any:
        """One request to the driver: a method of its `Office`."""
        assert self._process.stdin is not None
        print(json.dumps({"do": what, "with": given}), file=self._process.stdin, flush=True)
        return self._reply(seconds)

    def kill(self) -> None:
        """End all of it at once."""
        with suppress(OSError):
            if os.name == "nt":
                self._process.kill()
            else:
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(30)

    def end(self) -> None:
        """Let LibreOffice end; kill what is left."""
        with suppress(OSError, subprocess.TimeoutExpired):
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process.wait(30)
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def open(self, path: Path, *, hidden: bool = True) -> int:
        return int(self.ask("open", path=str(path), hidden=hidden))

    def new(self, *, hidden: bool = True) -> int:
        return int(self.ask("new", hidden=hidden))

    def set_values(
        self, doc: int, sheet: int | str, start: str, rows: Sequence[Sequence[Any]]
    ) -> None:
        """Numbers and text; None makes a blank cell."""
        self.ask("set_values", doc=doc, sheet=sheet, start=start, rows=rows)

    def set_formulas(self, doc: int, sheet: int | str, cells: Mapping[str, str]) -> None:
        self.ask("set_formulas", doc=doc, sheet=sheet, cells=dict(cells))

    def set_column(self, doc: int, sheet: int | str, start: str, formulas: Sequence[str]) -> None:
        """Many formulas, one below the other."""
        self.ask("set_column", doc=doc, sheet=sheet, start=start, formulas=list(formulas))

    def set_array(self, doc: int, sheet: int | str, area: str, formula: str) -> None:
        self.ask("set_array", doc=doc, sheet=sheet, area=area, formula=formula)

    def values(self, doc: int, sheet: int | str, area: str | None = None) -> list[list[Any]]:
        """Numbers, text, None for an error."""
        found: list[list[Any]] = self.ask("values", doc=doc, sheet=sheet, area=area)
        return found

    def formulas(self, doc: int, sheet: int | str, area: str | None = None) -> list[list[str]]:
        found: list[list[str]] = self.ask("formulas", doc=doc, sheet=sheet, area=area)
        return found

    def strings(self, doc: int, sheet: int | str, area: str | None = None) -> list[list[str]]:
        """What the cells show."""
        found: list[list[str]] = self.ask("strings", doc=doc, sheet=sheet, area=area)
        return found

    def calculate(self, doc: int) -> None:
        self.ask("calculate", doc=doc)

    def save(self, doc: int, path: Path, kind: str = "xlsx") -> Path:
        """A copy as ``xlsx``, ``ods`` or ``xls``."""
        self.ask("save", doc=doc, path=str(path), kind=kind)
        return path

    def close(self, doc: int) -> None:
        self.ask("close", doc=doc)

    def dispatch(self, doc: int, url: str, *, seconds: float = SECONDS, **options: Any) -> Any:
        """Do a command in silence and wait for it: kind, title and text of how it ended."""
        return self.ask("dispatch", seconds=seconds, doc=doc, url=url, options=options)

    def undo(self, doc: int) -> None:
        self.ask("undo", doc=doc)

    def redo(self, doc: int) -> None:
        self.ask("redo", doc=doc)

    def undo_titles(self, doc: int) -> list[str]:
        return list(self.ask("undo_titles", doc=doc))

    def sheets(self, doc: int) -> list[str]:
        return list(self.ask("sheets", doc=doc))

    def modified(self, doc: int) -> bool:
        return bool(self.ask("modified", doc=doc))

    def run(self, code: str, *, seconds: float = SECONDS, **args: Any) -> Any:
        """A snippet with ``ctx desktop docs office properties uno``; it answers in ``result``."""
        return self.ask("run", seconds=seconds, code=code, args=args)
