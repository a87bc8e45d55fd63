"""Says on a terminal what takes longer than a second; silent everywhere else."""

from __future__ import annotations

import sys
import threading
from types import TracebackType
from typing import Self

WAIT_SECONDS = 1.0


class Progress:
    """Call it with the step that begins; use it as a context, so that it ends with the work."""

    def __init__(self) -> None:
        self._timer: threading.Timer | None = None
        self._heard = sys.stderr.isatty()

    def __call__(self, step: str) -> None:
        self._stop()
        if self._heard:
            self._timer = threading.Timer(WAIT_SECONDS, self._say, [step])
            self._timer.daemon = True
            self._timer.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    @staticmethod
    def _say(step: str) -> None:
        sys.stderr.write(step + "\n")
        sys.stderr.flush()
