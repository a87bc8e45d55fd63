"""Calling functions in LibreOffice's main thread."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any

import unohelper
from com.sun.star.awt import XCallback

# Seconds after which the main thread is taken to be the one that waits.
PATIENCE = 5.0


class Later:
    """Calls functions in the main thread, one after another.

    In any other thread LibreOffice may draw or calculate between two calls of ours, and crash over
    sheets that are only half there.
    """

    def __init__(self, context: Any) -> None:
        self._caller = context.ServiceManager.createInstanceWithContext(
            "com.sun.star.awt.AsyncCallback", context
        )

    def call(self, function: Callable[[], None]) -> None:
        """Call it when LibreOffice is idle; do not wait."""
        self._caller.addCallback(_Call(function), None)

    def wait(self, function: Callable[[], None]) -> None:
        """Call it and wait until it is done, in whichever thread we are."""
        if _is_main():
            function()
            return
        call = _Call(function)
        self._caller.addCallback(call, None)
        # A macro waits in the main thread, which then never becomes idle.
        if not call.begun.wait(PATIENCE) and call.take():
            function()
            return
        call.done.wait()


class _Call(unohelper.Base, XCallback):
    def __init__(self, function: Callable[[], None]) -> None:
        self._function = function
        self._lock = threading.Lock()
        self._taken = False
        self.begun = threading.Event()
        self.done = threading.Event()

    def take(self) -> bool:
        """Whether nobody has begun with it yet; nobody will then."""
        with self._lock:
            taken, self._taken = self._taken, True
        return not taken

    def notify(self, _data: Any) -> None:
        if not self.take():
            return
        self.begun.set()
        try:
            self._function()
        finally:
            self.done.set()


def _is_main() -> bool:
    """Whether this is surely the main thread; Linux can tell."""
    if not sys.platform.startswith("linux"):
        return False
    import os  # noqa: PLC0415

    return threading.get_native_id() == os.getpid()
