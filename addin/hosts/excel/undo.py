"""Everything that was changed in a workbook, so that it can be put back."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from addin.hosts.excel import native

if TYPE_CHECKING:
    import xlwings as xw

_TRIES = 3
_PAUSE = 0.2
_log = logging.getLogger(__name__)


class Undo:
    """A list of steps back. Leaving it as a context by an error takes them all, last one first.

    ``complete`` says afterwards whether every step could be taken. ``at_the_end`` keeps for the
    end what can't be taken back; it is done when all went well.
    """

    def __init__(self) -> None:
        self._steps: list[Callable[[], object]] = []
        self._last: list[Callable[[], object]] = []
        self.complete = True

    def __enter__(self) -> Undo:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if error is not None:
            self.back()
            return
        for step in self._last:
            with suppress(Exception):
                step()

    def add(self, step: Callable[[], object]) -> None:
        """A step that puts back what is changed next."""
        self._steps.append(step)

    def at_the_end(self, step: Callable[[], object]) -> None:
        self._last.append(step)

    def mark(self) -> int:
        """Where the list ends now; ``back`` to it later."""
        return len(self._steps)

    def back(self, mark: int = 0) -> None:
        """Take the steps back, down to a mark."""
        while len(self._steps) > mark:
            self._take(self._steps.pop())

    def _take(self, step: Callable[[], object]) -> None:
        for attempt in range(_TRIES):
            try:
                step()
            except Exception:
                _log.exception("a step back failed")
                time.sleep(_PAUSE * attempt)
            else:
                return
        self.complete = False

    def write(self, cells: xw.Range, rows: Sequence[Sequence[Any]]) -> None:
        """Write values or formulas over cells, whose old content is kept."""
        self.keep(cells)
        cells.raw_value = native.block(rows)

    def keep(self, cells: xw.Range) -> None:
        """Remember the content of cells that are about to be overwritten or cleared."""
        old = native.stored(cells)
        self.add(lambda: native.restore(cells, old))
