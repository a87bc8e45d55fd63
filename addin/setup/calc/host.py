"""What setting up Calc asks of the machine, in one value so that tests can answer instead."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from addin.setup.machine import Machine, Ran, hidden, this_machine

Run = Callable[[Sequence[str], float], Ran]
_PIPE = "SingleOfficeIPC_"
_SYSTEM = "/usr/bin"


class LateError(OSError):
    """A program took longer than it may; it has been ended."""


@dataclass(frozen=True, kw_only=True)
class Host:
    """``limited`` runs a program with a time limit in seconds (OSError, LateError), ``root``
    the folder that stands before absolute places in tests, ``administrator`` whether the user
    is root, ``listens`` whether a LibreOffice runs that has this pipe."""

    machine: Machine
    platform: str
    variables: Mapping[str, str]
    home: Path
    limited: Run
    listens: Callable[[str], bool]
    administrator: bool = False
    root: Path = Path("/")


def this_host() -> Host:
    """The real one."""
    return Host(
        machine=this_machine(),
        platform=sys.platform,
        variables=dict(os.environ),
        home=Path.home(),
        limited=limited,
        listens=_listens,
        administrator=hasattr(os, "geteuid") and os.geteuid() == 0,
    )


def limited(command: Sequence[str], seconds: float) -> Ran:
    """Run a program without a window and wait for it, no longer than that."""
    # What it prints goes to a file: a grandchild that keeps a pipe open would keep us waiting.
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            env=undisturbed(os.environ),
            start_new_session=True,
            **hidden(),
        )
        try:
            code = process.wait(seconds)
        except BaseException as error:
            _end(process)
            if isinstance(error, subprocess.TimeoutExpired):
                raise LateError(f"{Path(command[0]).name}: > {seconds:.0f} s") from None
            raise
        said.seek(0)
        return Ran(code=code, output=said.read().decode("utf-8", "replace").strip())


def undisturbed(variables: Mapping[str, str]) -> dict[str, str]:
    """The variables without what leads LibreOffice's Python astray, or ours.

    A LibreOffice of the system looks for its Python's library beside the first ``python3`` on the
    path; where that is another one (pyenv, conda), it can load no extension written in Python.
    """
    kept = {name: each for name, each in variables.items() if not name.startswith("PYTHON")}
    if sys.platform != "win32":
        kept["PATH"] = os.pathsep.join([_SYSTEM, kept.get("PATH", "")]).rstrip(os.pathsep)
    return kept


def _end(process: subprocess.Popen[bytes]) -> None:
    """The program and what it started."""
    with suppress(OSError):
        if sys.platform == "win32":
            tree = ["taskkill", "/T", "/F", "/PID", str(process.pid)]
            subprocess.run(tree, check=False, capture_output=True, timeout=20, **hidden())
        else:
            os.killpg(process.pid, 9)
    with suppress(OSError):
        process.kill()
    process.wait()


def _listens(mark: str) -> bool:
    """Whether a LibreOffice of this user listens on its pipe.

    On Linux the pipe names the profile; elsewhere the profile's address may be written in
    several ways, so that any LibreOffice of this user counts.
    """
    if sys.platform == "win32":
        with suppress(OSError):
            return any(_PIPE in name for name in os.listdir(r"\\.\pipe"))  # noqa: PTH208
        return False
    wanted = mark if sys.platform.startswith("linux") else "*"
    folders = {"/tmp", "/var/tmp", os.environ.get("TMPDIR") or "/tmp"}
    name = f"OSL_PIPE_{os.getuid()}_{_PIPE}{wanted}"
    return any(_answers(path) for folder in folders for path in Path(folder).glob(name))


def _answers(path: Path) -> bool:
    """Whether somebody is behind a pipe's file: a crashed program leaves the file."""
    with socket.socket(socket.AF_UNIX) as pipe, suppress(OSError):
        pipe.settimeout(2)
        pipe.connect(str(path))
        return True
    return False
