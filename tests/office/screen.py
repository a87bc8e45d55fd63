"""A screen without a monitor: its picture, its mouse and its keyboard."""

from __future__ import annotations

import os
import signal
import struct
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np

from addin.setup.calc.host import undisturbed
from tests.office import png
from tests.office.tools import screen_programs

SIZE = 1600, 1000
SECONDS = 30
# The fields of an X window dump's head that we need, as the format (XWDFile.h) numbers them.
HEAD_SIZE, BYTES_PER_LINE, COLOURS = 0, 12, 19
COLOUR_BYTES = 12
# No keys of the window manager's own: every key is LibreOffice's.
OPENBOX = """<?xml version="1.0"?>
<openbox_config xmlns="http://openbox.org/3.4/rc"><keyboard/></openbox_config>
"""

Size = tuple[int, int]
"""Width and height in pixels."""
Box = tuple[int, int, int, int]
"""Left, top, width and height in pixels."""


class ScreenError(Exception):
    """The screen did not do what it was told; the text says what."""


class Screen:
    """One virtual screen; programs find it by ``environment``."""

    def __init__(self, environment: Mapping[str, str], folder: Path, size: Size) -> None:
        self.environment = dict(environment)
        self.size = size
        self._frame = folder / "Xvfb_screen0"

    def picture(self, path: Path, box: Box | None = None) -> Path:
        """Keep what the screen shows (or a part of it) as a small PNG."""
        left, top, width, height = box or (0, 0, *self.size)
        return png.save(self.dots()[top : top + height, left : left + width], path)

    def dots(self) -> png.Dots:
        """What the screen shows now."""
        wide, high = self.size
        dump = self._frame.read_bytes()
        head = struct.unpack(">25I", dump[:100])
        start = head[HEAD_SIZE] + head[COLOURS] * COLOUR_BYTES
        rows = np.frombuffer(dump, dtype=np.uint8, offset=start, count=head[BYTES_PER_LINE] * high)
        # The dump has blue, green, red and nothing.
        return rows.reshape(high, wide, 4)[:, :, 2::-1]

    def rest(self, seconds: float = SECONDS) -> None:
        """Wait until the picture has not changed for half a second."""
        end, before = time.monotonic() + seconds, b""
        while time.monotonic() < end:
            now = self._frame.read_bytes()
            if now == before:
                return
            before = now
            time.sleep(0.5)
        raise ScreenError(f"the screen still changes after {seconds} s")

    def move(self, x: int, y: int) -> None:
        """Put the mouse at a point."""
        self._hand("mousemove", "--sync", str(x), str(y))

    def click(self, x: int, y: int) -> None:
        """Click the left button at a point."""
        self._hand("mousemove", str(x), str(y), "click", "1")

    def key(self, *keys: str) -> None:
        """Press keys, such as ``ctrl+z``, one after the other."""
        self._hand("key", "--clearmodifiers", *keys)

    def _hand(self, *what: str) -> None:
        done = subprocess.run(
            [str(screen_programs()["xdotool"]), *what],
            check=False,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
        if done.returncode != 0:
            raise ScreenError(f"xdotool {' '.join(what)}: {done.stderr.strip()}")


@contextmanager
def screen(size: Size = SIZE) -> Iterator[Screen]:
    """A fresh screen with a window manager, on a display number that nobody has.

    Raises MissingToolError without the programs, ScreenError when they don't start.
    """
    programs = screen_programs()
    with tempfile.TemporaryDirectory(prefix="fenji-screen-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        settings = folder / "openbox.xml"
        settings.write_text(OPENBOX, encoding="utf-8")
        reading, writing = os.pipe()
        wide, high = size
        server = _start(
            [
                *(
                    str(programs["Xvfb"]),
                    "-displayfd",
                    str(writing),
                    "-screen",
                    "0",
                    f"{wide}x{high}x24",
                ),
                *("-dpi", "96", "-fbdir", str(folder), "-nolisten", "tcp"),
            ],
            os.environ,
            passing=(writing,),
        )
        os.close(writing)
        environment = {
            **undisturbed(os.environ),
            "HOME": str(folder),
            "XDG_CACHE_HOME": str(folder / "cache"),
        }
        started = [server]
        try:
            # Xvfb chooses the first free number itself, so two runs at once don't meet.
            with os.fdopen(reading) as line:
                number = line.readline().strip()
            if not number:
                raise ScreenError("Xvfb did not start")
            environment["DISPLAY"] = f":{number}"
            for unwanted in ("WAYLAND_DISPLAY", "XAUTHORITY", "SESSION_MANAGER"):
                environment.pop(unwanted, None)
            manager = [str(programs["openbox"]), "--sm-disable", "--config-file", str(settings)]
            started.append(_start(manager, environment))
            yield Screen(environment, folder, size)
        finally:
            for process in reversed(started):
                stop(process)


def _start(
    command: list[str], environment: Mapping[str, str], passing: tuple[int, ...] = ()
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        env=environment,
        pass_fds=passing,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process that was started in a session of its own, and its children."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with suppress(subprocess.TimeoutExpired):
            process.wait(5)
            return
