"""What stands where on the screen, asked of LibreOffice's accessibility over UNO."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, TypeVar

from tests.office.screen import Box, ScreenError
from tests.office.tools import BRIDGE, MissingToolError

SECONDS = 30
# More entries than any menu or toolbar has; a sheet has millions.
MANY = 400
Found = TypeVar("Found")


def bridge() -> Any:
    """The module ``uno`` in this Python; raises MissingToolError."""
    with suppress(ImportError):
        import uno  # noqa: PLC0415 -- the bridge is there only where LibreOffice is

        return uno
    # Last, so that nothing else of the system's Python stands before the environment's own.
    sys.path.append(BRIDGE)
    try:
        import uno  # noqa: PLC0415
    except ImportError as missing:
        sys.path.remove(BRIDGE)
        raise MissingToolError(f"this Python has no bridge to LibreOffice: {missing}") from missing
    return uno


def uno_error() -> type[Exception]:
    """What LibreOffice raises over the bridge."""
    raised: type[Exception] = bridge().getClass("com.sun.star.uno.Exception")
    return raised


def role_numbers(*roles: str) -> set[int]:
    """The numbers of accessible roles."""
    uno = bridge()
    group = "com.sun.star.accessibility.AccessibleRole"
    return {int(uno.getConstantByName(f"{group}.{role}")) for role in roles}


def name_of(part: Any) -> str:
    """What a part is called, without the letter that opens it: ``插入(I)`` is 插入."""
    name = str(part.getAccessibleName()).replace("~", "")
    return re.sub(r"\([A-Z]\)", "", name).rstrip("….: ")


def place(part: Any) -> Box:
    """Where a part stands on the screen."""
    at, size = part.getLocationOnScreen(), part.getSize()
    return int(at.X), int(at.Y), int(size.Width), int(size.Height)


def middle(part: Any) -> tuple[int, int]:
    """The point to click at."""
    left, top, width, height = place(part)
    return left + width // 2, top + height // 2


def beside(part: Any) -> tuple[int, int]:
    """A point in a part where the mouse hides none of its words."""
    left, top, width, height = place(part)
    return left + width - height // 2, top + height // 2


def children(whole: Any) -> Iterator[Any]:
    """What stands directly in a part of the screen."""
    for index in range(min(whole.getAccessibleChildCount(), MANY)):
        # A part may be gone between counting and asking.
        with suppress(Exception):
            child = whole.getAccessibleChild(index)
            if child is not None:
                yield child.getAccessibleContext()


def parts(whole: Any, depth: int = 12) -> Iterator[Any]:
    """A part and everything in it; the cells of a sheet are left out."""
    yield whole
    if depth == 0 or whole.getAccessibleRole() in role_numbers("DOCUMENT_SPREADSHEET", "TABLE"):
        return
    for child in children(whole):
        yield from parts(child, depth - 1)


def wait_for(look: Callable[[], Found | None], what: str, seconds: float = SECONDS) -> Found:
    """What ``look`` finds, tried again and again; ScreenError names ``what`` when it is late."""
    end, trouble = time.monotonic() + seconds, ""
    while time.monotonic() < end:
        # A part may be gone between finding and asking it.
        try:
            found = look()
        except uno_error() as failed:
            found, trouble = None, f"; LibreOffice: {failed}"
        if found:
            return found
        time.sleep(0.2)
    raise ScreenError(f"not there after {seconds:g} s: {what}{trouble}")


def entry(menu: Any, name: str) -> Any:
    """An entry of an open menu, or a menu of the menu bar."""

    def seen() -> Any:
        return next((one for one in children(menu) if name_of(one) == name), None)

    return wait_for(seen, f"{name!r} in a menu")
