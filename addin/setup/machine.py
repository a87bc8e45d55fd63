"""What Fenji asks of the machine itself, in one value so that tests can answer instead."""

from __future__ import annotations

import locale
import struct
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

USER, COMPUTER = "HKEY_CURRENT_USER", "HKEY_LOCAL_MACHINE"
Registry = Callable[[str, str], Mapping[str, object]]


@dataclass(frozen=True, kw_only=True)
class Interpreter:
    """The Python that runs: its program, its folder (that of the environment, if it is one),
    the folder of the Python beneath, and its bits."""

    executable: str
    prefix: str
    base: str
    bits: int


@dataclass(frozen=True, kw_only=True)
class Ran:
    """How a program ended, and all that it printed."""

    code: int
    output: str


@dataclass(frozen=True, kw_only=True)
class Machine:
    """The machine's answers.

    ``run`` starts a program and waits (OSError when it can't be started), ``start`` does not
    wait; ``short_name`` is the 8.3 name of an existing path, or None; ``code_page`` the ANSI
    encoding; ``registry`` the values of a key, none when it is missing; ``locked`` says whether
    a program holds a file open.
    """

    interpreter: Interpreter
    run: Callable[[Sequence[str]], Ran]
    start: Callable[[Sequence[str]], None]
    short_name: Callable[[Path], str | None]
    code_page: str
    registry: Registry
    locked: Callable[[Path], bool]


def this_machine() -> Machine:
    """The real one."""
    return Machine(
        interpreter=Interpreter(
            executable=sys.executable,
            prefix=sys.prefix,
            base=sys.base_prefix,
            bits=struct.calcsize("P") * 8,
        ),
        run=_run,
        start=_start,
        short_name=_short_name,
        code_page="mbcs" if sys.platform == "win32" else locale.getpreferredencoding(False),
        registry=_registry,
        locked=_locked,
    )


def hidden() -> dict[str, Any]:
    """No console window flashes up on Windows."""
    return {"creationflags": getattr(subprocess, "CREATE_NO_WINDOW", 0)}


def _run(command: Sequence[str]) -> Ran:
    done = subprocess.run(
        list(command),
        check=False,
        text=True,
        encoding="utf-8",
        errors="replace",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        **hidden(),
    )
    return Ran(code=done.returncode, output=done.stdout.strip())


def _start(command: Sequence[str]) -> None:
    subprocess.Popen(
        list(command),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=Path(command[0]).parent,
        **hidden(),
    )


def _short_name(path: Path) -> str | None:
    with suppress(ImportError, AttributeError, OSError):
        import ctypes  # noqa: PLC0415

        call: Any = getattr(ctypes, "windll").kernel32.GetShortPathNameW  # noqa: B009
        room = ctypes.create_unicode_buffer(1024)
        if 0 < call(str(path), room, len(room)) < len(room):
            return room.value
    return None


def _registry(hive: str, key: str) -> dict[str, object]:
    found: dict[str, object] = {}
    with suppress(ImportError, OSError):
        import winreg  # noqa: PLC0415

        # Excel's own view, also from a Python of other bits.
        registry: Any = winreg
        access = registry.KEY_READ | registry.KEY_WOW64_64KEY
        with registry.OpenKey(getattr(registry, hive), key, 0, access) as opened:
            for number in range(registry.QueryInfoKey(opened)[1]):
                name, value, _ = registry.EnumValue(opened, number)
                found[name] = value
    return found


def _locked(path: Path) -> bool:
    try:
        with path.open("r+b"):
            return False
    except FileNotFoundError:
        return False
    except PermissionError:
        return True
