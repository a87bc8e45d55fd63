"""The worker's client: starts it, asks it with a time limit, and starts it anew when it fails."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, BinaryIO, cast

from . import pipes, wire
from .settings import SECONDS, START_SECONDS, AnswerError, Settings, read

MODULE = "addin.hosts.calc.worker"
# Seconds without a new try after a worker could not be started, or failed again and again.
REST = 20.0
_FAILURES = 3


def command(settings: Settings) -> list[str]:
    """What starts the worker.

    -I: neither the current folder, which may be a document's, nor the user's variables nor the
    packages of another Python decide what is loaded; an environment's own .pth files are read.
    """
    return [settings.python, "-I", "-X", "utf8", "-m", MODULE]


def surroundings() -> dict[str, str]:
    """The environment variables without those with which LibreOffice prepares its own Python."""
    return {k: v for k, v in os.environ.items() if not k.upper().startswith("PYTHON")}


class Worker:
    """A worker process, or the hope of one. Threads may share it; calls go one after another.

    The configuration is read anew for each start, so that a repaired one is found by itself.
    """

    def __init__(
        self,
        read: Callable[[], Settings] = read,
        *,
        command: Callable[[Settings], list[str]] = command,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read, self._command, self._clock = read, command, clock
        self._lock = threading.Lock()
        self._running: _Running | None = None
        self._rest_until = -1.0
        self._failures = 0
        self._problem = AnswerError("not_started")

    def call(self, *message: Any) -> Any:
        """The worker's answer to a message.

        Raises AnswerError: ``late stopped failed`` for this call, ``not_started start_late
        other_version missing_package`` and those of `settings.read` where there is no worker,
        ``busy`` where another thread's call takes longer than anybody waits.
        """
        if not self._lock.acquire(timeout=SECONDS + START_SECONDS):
            raise AnswerError("busy")
        try:
            return self._asked(message)
        finally:
            self._lock.release()

    def close(self) -> None:
        """End the worker, if one runs, without waiting for a call; the next call starts one."""
        running = self._running
        if running is not None:
            running.kill()
        if self._lock.acquire(timeout=1):
            self._end()
            self._lock.release()

    @property
    def pid(self) -> int | None:
        running = self._running
        return None if running is None else running.process.pid

    def _asked(self, message: tuple[Any, ...]) -> Any:
        running = self._ready()
        try:
            packed = wire.packed(message, running.kept)
        except Exception:  # pickle raises nearly anything for what it can't take
            self._end()
            raise AnswerError("failed") from None
        try:
            state, answer = running.ask(packed)
        except AnswerError as problem:
            self._end()
            self._failures += 1
            # A sheet full of calls that each take the whole limit would never come to an end.
            if self._failures >= _FAILURES:
                self._rest(problem)
            raise
        except (TypeError, ValueError):
            self._end()
            raise AnswerError("other_version") from None
        self._failures = 0
        if state != "ok":
            raise AnswerError("failed")
        return answer

    def _ready(self) -> _Running:
        if self._clock() < self._rest_until:
            raise self._problem
        # One that died while nobody asked is replaced without a word.
        if self._running is not None and self._running.process.poll() is not None:
            self._end()
        if self._running is None:
            try:
                self._running = self._started()
            except AnswerError as problem:
                self._rest(problem)
                raise
        return self._running

    def _started(self) -> _Running:
        settings = self._read()
        try:
            running = _Running(self._command(settings), settings.seconds)
        except (OSError, ValueError):
            raise AnswerError("not_started") from None
        try:
            _check(running.hello(settings.start_seconds))
        except BaseException:
            running.end()
            raise
        return running

    def _rest(self, problem: AnswerError) -> None:
        self._problem = problem
        self._rest_until = self._clock() + REST
        self._failures = 0

    def _end(self) -> None:
        if self._running is not None:
            self._running.end()
            self._running = None


def _check(hello: Any) -> None:
    """Raises AnswerError ``other_version missing_package`` unless the worker is ready."""
    if not isinstance(hello, dict) or hello.get("protocol") != wire.PROTOCOL:
        raise AnswerError("other_version")
    if hello.get("missing"):
        raise AnswerError("missing_package", package=str(hello["missing"]))


class _Running:
    """One process that answers, from its start to its end."""

    def __init__(self, command: Sequence[str], seconds: float) -> None:
        self._seconds = seconds
        self.kept = wire.Kept()
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # Not LibreOffice's own, which may be a document's, and which Windows would keep in use.
            cwd=os.path.dirname(command[0]),  # noqa: PTH120
            env=surroundings(),
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        reads, writes = self.process.stdout, self.process.stdin
        self._pipes = pipes.asking(cast("BinaryIO", reads), cast("BinaryIO", writes))

    def hello(self, seconds: float) -> Any:
        """What the worker says first. Raises AnswerError ``start_late not_started``."""
        return self._answer(None, seconds, "start_late", "not_started")

    def ask(self, packed: bytes) -> Any:
        """Raises AnswerError ``late stopped``; the process is then of no more use."""
        return self._answer(packed, self._seconds, "late", "stopped")

    def _answer(self, packed: bytes | None, seconds: float, late: str, gone: str) -> Any:
        try:
            return self._pipes.exchange(packed, seconds)
        except wire.LateError:
            raise AnswerError(late, seconds=f"{seconds:g}") from None
        except wire.BrokenError:
            raise AnswerError(gone) from None

    def end(self) -> None:
        self.kill()
        with suppress(OSError, subprocess.TimeoutExpired):
            self.process.wait(timeout=5)
        self._pipes.close()

    def kill(self) -> None:
        with suppress(OSError):
            self.process.kill()
