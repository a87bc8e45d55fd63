"""The process that does a command's work: it is given a copy, tells its steps, and makes a plan."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from . import settings as configuration
from .client import surroundings
from .messages import Told
from .settings import AnswerError

MODULE = "addin.hosts.calc.job"
LIMIT = 30 * 60.0
_PAUSE = 0.2


def command(python: str, action: str, options: Sequence[str]) -> list[str]:
    """What starts the work; -I for the same reasons as the worker's."""
    return [python, "-I", "-X", "utf8", "-m", MODULE, action, *options]


class Job:
    """One run of the process. ``step`` hears each step, in whichever thread waits for the plan."""

    def __init__(self, action: str, options: Sequence[str], folder: str) -> None:
        """Start it in a folder of its own. Raises Told."""
        try:
            python = configuration.read().python
        except AnswerError:
            raise Told("calc.job.no_python") from None
        self._stopped = False
        self._lines: queue.Queue[str | None] = queue.Queue()
        try:
            self._process = subprocess.Popen(
                command(python, action, options),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=folder,
                env=surroundings(),
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
                encoding="utf-8",
                errors="replace",
            )
        except (OSError, ValueError):
            raise Told("calc.job.no_python") from None
        threading.Thread(target=self._read, name="fenji-job", daemon=True).start()

    def plan(self, step: Callable[[str], None], limit: float = LIMIT) -> dict[str, Any]:
        """Wait for the plan. Raises Told ``late died stopped``."""
        end = time.monotonic() + limit
        last: dict[str, Any] = {}
        while True:
            try:
                line = self._lines.get(timeout=_PAUSE)
            except queue.Empty:
                if time.monotonic() > end:
                    self.stop()
                    raise Told("calc.job.late", minutes=round(limit / 60)) from None
                continue
            if line is None:
                break
            last = _told(line) or last
            if "step" in last:
                step(str(last["step"]))
        if self._stopped:
            raise Told("excel.stopped")
        if "kind" not in last:
            raise Told("calc.job.died")
        return last

    def stop(self) -> None:
        """End the process; who waits for the plan hears of it."""
        self._stopped = True
        with suppress(OSError):
            self._process.kill()

    def _read(self) -> None:
        lines = self._process.stdout
        assert lines is not None
        with suppress(OSError, ValueError):
            for line in lines:
                self._lines.put(line)
        with suppress(OSError, subprocess.TimeoutExpired):
            self._process.wait(timeout=5)
        with suppress(OSError):
            lines.close()
        self._lines.put(None)


def _told(line: str) -> dict[str, Any]:
    """What a line says; nothing where it is none of the job's."""
    with suppress(ValueError):
        found = json.loads(line)
        if isinstance(found, dict):
            return found
    return {}
