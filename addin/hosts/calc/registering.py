"""Registers the extension through a LibreOffice without a window; run by a Python that has uno.

    python registering.py SOFFICE add FILE.oxt | remove IDENTIFIER

``unopkg`` does this for everybody but root, whom it refuses. It is run as a file by a foreign
Python, so it needs nothing but that Python's own library and ``uno``. Prints why it failed and
ends with 1; LibreOffice has ended when it ends.
"""

import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import uno
import unohelper
from com.sun.star.task import XInteractionHandler
from com.sun.star.ucb import XCommandEnvironment, XProgressHandler

START_SECONDS, END_SECONDS, TRIES = 60.0, 20.0, 2
APPROVE = "com.sun.star.task.XInteractionApprove"


class Consent(unohelper.Base, XCommandEnvironment, XProgressHandler, XInteractionHandler):  # type: ignore[misc]
    """Answers yes to whatever the extension manager asks, and shows nothing."""

    def getInteractionHandler(self) -> Any:  # noqa: N802
        return self

    def getProgressHandler(self) -> Any:  # noqa: N802
        return self

    def push(self, status: Any) -> None:
        pass

    def update(self, status: Any) -> None:
        pass

    def pop(self) -> None:
        pass

    def handle(self, request: Any) -> None:
        # Not getRequest: the bridge can't carry every request's type.
        wanted = uno.getTypeByName(APPROVE)
        for answer in request.getContinuations():
            if answer.queryInterface(wanted):
                answer.select()
                return


def started(soffice: str) -> "tuple[subprocess.Popen[bytes], Any]":
    """LibreOffice and its context. A first start in a new profile may end at once: again, then."""
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
    until = time.monotonic() + START_SECONDS
    for _ in range(TRIES):
        pipe = "fenji" + secrets.token_hex(8)
        options = ["--headless", "--norestore", "--nologo", "--nodefault"]
        office = subprocess.Popen(
            [soffice, *options, f"--accept=pipe,name={pipe};urp"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        while time.monotonic() < until and office.poll() is None:
            try:
                return office, resolver.resolve(
                    f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext"
                )
            except Exception:  # nobody listens yet
                time.sleep(0.1)
        ended(office, 0)
    raise RuntimeError("LibreOffice did not start")


def ended(office: "subprocess.Popen[bytes]", seconds: float) -> None:
    """It has ended by itself, or is ended with all that it started."""
    try:
        office.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(office.pid, signal.SIGKILL)
        office.wait()


def change(context: Any, what: str, name: str) -> None:
    """Add the extension in that file (over an older one), or remove that identifier."""
    manager = context.getByName("/singletons/com.sun.star.deployment.ExtensionManager")
    channel = manager.createAbortChannel()
    if what == "add":
        manager.addExtension(Path(name).as_uri(), (), "user", channel, Consent())
    else:
        manager.removeExtension(name, "", "user", channel, Consent())


def main(soffice: str, what: str, name: str) -> int:
    office, context = started(soffice)
    try:
        change(context, what, name)
    except Exception as error:
        sys.stdout.write((str(error).strip() or type(error).__name__) + "\n")
        return 1
    finally:
        try:
            desktop = context.ServiceManager.createInstanceWithContext(
                "com.sun.star.frame.Desktop", context
            )
            desktop.terminate()
        except Exception:  # it has gone already
            pass
        ended(office, END_SECONDS)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
