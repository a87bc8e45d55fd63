"""Who answers a function: Fenji in this process, or the worker; with a reason if nobody can."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from . import local, wire
from . import settings as configuration
from .client import REST, Worker
from .settings import AnswerError, Settings

# They load Polars or scikit-learn or may take long, so that only a process of their own can be
# stopped. A test compares them with what the functions load.
HEAVY = frozenset({"CLV", "DATA_CHECK", "KMEANS_TIER", "P_ALIVE", "RFM_TABLE", "TIER_WHY"})
# Cells above which a call of any function may take long enough to want a time limit.
MANY = 2_000_000
_REMEMBERED = 8


class Answering:
    """Answers calls; it never raises, and no call takes longer than its limits allow.

    ``say(lang, key, **params)`` gives a sentence of the generated words, such as
    ``say("en", "calc.reason.late", seconds="60")``.
    """

    def __init__(
        self,
        say: Callable[..., str],
        *,
        read: Callable[[], Settings] = configuration.read,
        load: Callable[[Settings], local.Answer | None] = local.load,
        worker: Worker | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._say, self._read, self._load, self._clock = say, read, load, clock
        self._worker = worker or Worker(read, clock=clock)
        self._lock = threading.Lock()
        self._ready = False
        self._local: local.Answer | None = None
        self._problem = AnswerError("not_installed")
        self._rest_until = -1.0
        self._ranges: list[Any] = []

    def answer(self, name: str, lang: str, given: Sequence[Any]) -> list[list[Any]]:
        """Rows of Calc's values; where there is no answer, one cell with the reason."""
        try:
            return self._answered(name, lang, [self._known(each) for each in given])
        except AnswerError as problem:
            return [[self._told(lang, problem)]]
        except Exception:
            return [[self._told(lang, AnswerError("failed"))]]

    def close(self) -> None:
        """End the worker, if one runs; the next call that needs one starts it."""
        self._worker.close()

    def _answered(self, name: str, lang: str, given: Sequence[Any]) -> list[list[Any]]:
        if not self._ready:
            self._prepare()
        if self._local is not None and name not in HEAVY and not _many(given):
            return self._local(name, lang, given)
        rows: list[list[Any]] = self._worker.call(name, lang, tuple(given))
        return rows

    def _prepare(self) -> None:
        """Load what can be loaded here; raises AnswerError where the configuration is of no use."""
        with self._lock:
            if self._ready:
                return
            if self._clock() < self._rest_until:
                raise self._problem
            try:
                settings = self._read()
            except AnswerError as problem:
                self._problem, self._rest_until = problem, self._clock() + REST
                raise
            self._local = self._load(settings)
            self._ready = True

    def _known(self, given: Any) -> Any:
        """A small range as the equal one that came before: Calc makes each anew for every call.

        What was read from it is then found by its identity, without looking at its cells.
        """
        if type(given) is not tuple or not 1 < len(given) <= wire.SMALL:
            return given
        for seen in self._ranges:
            if seen == given:
                return seen
        self._ranges = [given, *self._ranges[: _REMEMBERED - 1]]
        return given

    def _told(self, lang: str, problem: AnswerError) -> str:
        try:
            return f"#N/A {self._say(lang, f'calc.reason.{problem.code}', **problem.params)}"
        except Exception:  # without words at least the error itself
            return "#N/A"


def _many(given: Sequence[Any]) -> bool:
    return any(isinstance(g, tuple) and g and len(g) * len(g[0]) > MANY for g in given)
