"""One undo step for everything that one button changes."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import unohelper
from com.sun.star.document import XUndoAction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from .changes import Changes


def quiet(document: Any, call: Callable[..., Any], *given: Any) -> Any:
    """Call something that changes the document without an undo step for it.

    One lock for each call: LibreOffice 25.2 lets go of it when it paints what has changed. And not
    while controllers are locked and the first sheet is shown: see ``changes``.
    """
    manager = document.UndoManager
    manager.lock()
    try:
        return call(*given)
    finally:
        manager.unlock()


@contextmanager
def unlocked(document: Any, sheets: Iterable[str]) -> Iterator[None]:
    """With the protected ones among these sheets open; they have no password."""
    found = [document.Sheets.getByName(name) for name in sheets]
    locked = [sheet for sheet in found if sheet.isProtected()]
    for sheet in locked:
        quiet(document, sheet.unprotect, "")
    try:
        yield
    finally:
        for sheet in locked:
            quiet(document, sheet.protect, "")


class Action(unohelper.Base, XUndoAction):
    """A step of ours; ``back`` and ``again`` may change the document only through ``quiet``."""

    def __init__(self, title: str, back: Callable[[], None], again: Callable[[], None]) -> None:
        self.Title = title
        self._back = back
        self._again = again

    def getTitle(self) -> str:  # noqa: N802 (UNO's name)
        return self.Title

    def undo(self) -> None:
        """Take it back; an exception would make LibreOffice forget all other steps as well."""
        with suppress(Exception):
            self._back()

    def redo(self) -> None:
        with suppress(Exception):
            self._again()


class Step:
    """All that one button changes, as one undo step; a failure takes everything back.

    First ``add`` does what goes through ``quiet``: inside an open undo context LibreOffice 25.2
    crashes when it imports sheets. Then ``record`` takes in what LibreOffice records by itself.
    """

    def __init__(self, document: Any, title: str) -> None:
        self._document = document
        self._title = title
        self._actions: list[Action] = []

    def add(self, do: Callable[[], None], back: Callable[[], None]) -> None:
        """Do something of ours that can be taken back, and be done again."""
        try:
            do()
        except BaseException:
            back()
            raise
        self._actions.append(Action(self._title, back, do))

    def write(self, changes: Changes) -> None:
        """Inside ``record``: cells, at their place among LibreOffice's own steps."""
        call = partial(quiet, self._document)
        back, again = partial(changes.back, call), partial(changes.do, call)
        # First: should it fail half way, it is taken back with the rest.
        self._document.UndoManager.addUndoAction(Action(self._title, back, again))
        again()

    @contextmanager
    def record(self) -> Iterator[None]:
        """Record what was added, and what LibreOffice records meanwhile."""
        manager = self._document.UndoManager
        manager.enterUndoContext(self._title)
        # LibreOffice drops a step with nothing in it; the undo below would take the one before.
        for action in self._actions or [Action(self._title, _nothing, _nothing)]:
            manager.addUndoAction(action)
        self._actions = []
        done = False
        try:
            yield
            done = True
        finally:
            manager.leaveUndoContext()
            if not done:
                manager.undo()
                manager.clearRedo()


def _nothing() -> None:
    return None
