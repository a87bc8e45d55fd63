"""LibreOffice with a window on a virtual screen: its profile, its document, its menu.

What stands where is asked of LibreOffice's accessibility over UNO; every click goes through the
screen's mouse, as a person's would.
"""

from __future__ import annotations

import subprocess
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from tests.office.screen import Screen, ScreenError, stop
from tests.office.screen_parts import (
    SECONDS,
    bridge,
    children,
    entry,
    middle,
    name_of,
    parts,
    role_numbers,
    uno_error,
    wait_for,
)
from tests.office.tools import libreoffice_path

START_SECONDS, END_SECONDS = 60, 15
# What a window manager may draw left and right of a window.
BORDERS = 12
LOCALES = {"en": "en-US", "zh": "zh-CN"}
# Nothing may come up by itself: no tip of the day, no news, no recovery, no request for money.
LATER = 4_000_000_000
SETTINGS = (
    ("Common/Misc", "FirstRun", "false"),
    ("Common/Misc", "ShowTipOfTheDay", "false"),
    ("Common/Misc", "ShowDonation", "false"),
    ("Common/Misc", "CrashReport", "false"),
    ("Recovery/RecoveryInfo", "Enabled", "false"),
    ("Recovery/AutoSave", "Enabled", "false"),
)
SETUP = (
    ("Product", "ooSetupLastVersion", "25.2"),
    ("Product", "LastTimeDonateShown", str(LATER)),
    ("Product", "LastTimeGetInvolvedShown", str(LATER)),
)


def write_profile(folder: Path, lang: str) -> None:
    """A quiet profile whose menus are in ``lang``."""
    locale = LOCALES[lang]
    items = [(f"/org.openoffice.Office.{path}", name, value) for path, name, value in SETTINGS]
    items += [(f"/org.openoffice.Setup/{path}", name, value) for path, name, value in SETUP]
    items += [
        ("/org.openoffice.Office.Linguistic/General", "UILocale", locale),
        ("/org.openoffice.Setup/L10N", "ooLocale", locale),
        ("/org.openoffice.Setup/L10N", "ooSetupSystemLocale", locale),
    ]
    lines = [
        f'<item oor:path="{path}"><prop oor:name="{name}" oor:op="fuse">'
        f"<value>{escape(value)}</value></prop></item>\n"
        for path, name, value in items
    ]
    (folder / "user").mkdir(parents=True, exist_ok=True)
    (folder / "user" / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<oor:items xmlns:oor="http://openoffice.org/2001/registry">\n'
        f"{''.join(lines)}</oor:items>\n",
        encoding="utf-8",
    )


class Office:
    """A running LibreOffice on a screen, and the document it shows."""

    def __init__(self, context: Any, screen: Screen) -> None:
        self.context = context
        self.screen = screen
        self.desktop = self.service("com.sun.star.frame.Desktop")

    def service(self, name: str) -> Any:
        """A new UNO service."""
        return self.context.ServiceManager.createInstanceWithContext(name, self.context)

    def add_extension(self, path: Path) -> None:
        """Install an extension for this profile; it works from the next start."""
        manager = self.context.getByName("/singletons/com.sun.star.deployment.ExtensionManager")
        manager.addExtension(path.as_uri(), (), "user", manager.createAbortChannel(), consenting())

    def open(self, path: Path) -> Any:
        """The document of a file, in a window that fills the screen."""
        document = self.desktop.loadComponentFromURL(path.as_uri(), "_default", 0, ())
        if document is None:
            raise ScreenError(f"{path} can't be opened")
        frame = document.CurrentController.Frame
        wait_for(lambda: self._fills(frame.ContainerWindow), "a window as large as the screen")
        frame.ContainerWindow.setFocus()
        self.screen.rest()
        return document

    def _fills(self, window: Any) -> bool:
        """Whether a window fills the screen; if not, it is told to.

        Told while it opens, LibreOffice now and then misses that the window manager did it.
        """
        if window.PosSize.Width >= self.screen.size[0] - BORDERS:
            return True
        window.IsMaximized = False
        self.screen.rest()
        window.IsMaximized = True
        self.screen.rest()
        return bool(window.PosSize.Width >= self.screen.size[0] - BORDERS)

    def do(self, frame: Any, command: str, **arguments: object) -> None:
        """A command of LibreOffice's own, such as ``.uno:Sidebar``, to set the scene."""
        uno = bridge()
        given = []
        for name, value in arguments.items():
            one = uno.createUnoStruct("com.sun.star.beans.PropertyValue")
            one.Name, one.Value = name, value
            given.append(one)
        helper = self.service("com.sun.star.frame.DispatchHelper")
        helper.executeDispatch(frame, command, "", 0, tuple(given))

    def windows(self) -> list[Any]:
        """The accessible contexts of all open windows, boxes and menus."""
        toolkit = self.service("com.sun.star.awt.Toolkit")
        found = []
        for index in range(toolkit.getTopWindowCount()):
            with suppress(Exception):
                found.append(toolkit.getTopWindow(index).getAccessibleContext())
        return [one for one in found if one is not None]

    def find(self, name: str, *roles: str, seconds: float = SECONDS) -> Any:
        """What is called ``name`` on the screen and has one of the accessible ``roles``."""
        return wait_for(
            lambda: self._seen(name, roles), f"{name!r} ({', '.join(roles)}) on the screen", seconds
        )

    def _seen(self, name: str, roles: tuple[str, ...]) -> Any:
        wanted = role_numbers(*roles)
        for window in self.windows():
            for part in parts(window):
                if part.getAccessibleRole() in wanted and name_of(part) == name:
                    return part
        return None

    def gone(self, name: str, *roles: str) -> None:
        """Wait until something is no longer on the screen."""
        wait_for(lambda: self._seen(name, roles) is None, f"a screen without {name!r}")

    def focus(self, document: Any) -> None:
        """Give the keyboard to a document's cells."""
        document.CurrentController.Frame.ComponentWindow.setFocus()
        self.screen.rest()

    def menu_bar(self) -> Any:
        """The menu bar of the window in front."""
        bar = role_numbers("MENU_BAR")

        def seen() -> Any:
            for window in self.windows():
                found = [one for one in children(window) if one.getAccessibleRole() in bar]
                if found:
                    return found[0]
            return None

        return wait_for(seen, "a menu bar on the screen")

    def click(self, part: Any) -> None:
        """Click the middle of a part of the screen."""
        self.screen.click(*middle(part))

    def menu(self, *names: str) -> Any:
        """Open menus by clicking their names, one below the other; the last one's part."""
        part = self.menu_bar()
        for level, name in enumerate(names):
            part = entry(part, name)
            if level + 1 < len(names):
                self.click(part)
                self.screen.rest()
        return part


def consenting() -> Any:
    """Somebody who says yes to whatever installing an extension asks."""
    uno = bridge()
    import unohelper  # noqa: PLC0415 -- as the bridge
    from com.sun.star.task import XInteractionHandler  # noqa: PLC0415
    from com.sun.star.ucb import XCommandEnvironment, XProgressHandler  # noqa: PLC0415

    approve = uno.getTypeByName("com.sun.star.task.XInteractionApprove")

    class Consenting(unohelper.Base, XCommandEnvironment, XProgressHandler, XInteractionHandler):  # type: ignore[misc]
        def getInteractionHandler(self) -> Any:  # noqa: N802 -- UNO's names
            return self

        def getProgressHandler(self) -> Any:  # noqa: N802
            return self

        def push(self, _status: object) -> None: ...

        def update(self, _status: object) -> None: ...

        def pop(self) -> None: ...

        def handle(self, request: Any) -> None:
            for way in request.getContinuations():
                if way.queryInterface(approve):
                    way.select()
                    return

    return Consenting()


@contextmanager
def office(screen: Screen, profile: Path) -> Iterator[Office]:
    """LibreOffice on a screen, with a profile that no other program has."""
    pipe = f"fenji-{uuid.uuid4().hex}"
    command = [
        str(libreoffice_path()),
        f"-env:UserInstallation={profile.as_uri()}",
        *("--norestore", "--nolockcheck", "--nologo", "--nodefault"),
        f"--accept=pipe,name={pipe};urp",
    ]
    with (profile.parent / f"{profile.name}.log").open("wb") as log:
        process, context = _connected(command, screen, pipe, log)
    try:
        yield Office(context, screen)
    except uno_error() as failed:
        # What UNO raises can't pass a context manager, which wants to note the way it came.
        raise ScreenError(f"LibreOffice: {failed}") from failed
    finally:
        # In a thread, because LibreOffice does not answer while a dialog is open.
        threading.Thread(target=_end, args=(context,), daemon=True).start()
        with suppress(subprocess.TimeoutExpired):
            process.wait(END_SECONDS)
        stop(process)


def _end(context: Any) -> None:
    with suppress(Exception):
        desktop = context.ServiceManager.createInstanceWithContext(
            "com.sun.star.frame.Desktop", context
        )
        for document in tuple(desktop.Components):
            document.setModified(False)
        desktop.terminate()


def _connected(
    command: list[str], screen: Screen, pipe: str, log: Any
) -> tuple[subprocess.Popen[bytes], Any]:
    """A started LibreOffice and its context; a fresh profile ends the first start by itself."""
    uno = bridge()
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
    address = f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext"
    end = time.monotonic() + START_SECONDS
    process = None
    while time.monotonic() < end:
        if process is None or process.poll() is not None:
            process = subprocess.Popen(
                command,
                env={**screen.environment, "SAL_USE_VCLPLUGIN": "gen"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        with suppress(Exception):
            return process, resolver.resolve(address)
        time.sleep(0.2)
    if process is not None:
        stop(process)
    raise ScreenError("LibreOffice did not start on the screen")
