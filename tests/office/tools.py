"""Where the office programs are on this machine."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
# Where Debian keeps LibreOffice's Python bridge: for its own Python, and others of that version.
BRIDGE = "/usr/lib/python3/dist-packages"
SCREEN_PROGRAMS = ("Xvfb", "xdotool", "openbox")
USUAL_PLACES = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "C:/Program Files/LibreOffice/program/soffice.com",
)


class MissingToolError(Exception):
    """A program that the tests want is not on this machine; the text says which and why."""


def libreoffice_path() -> Path:
    """The LibreOffice starter; raises MissingToolError."""
    for place in (shutil.which("soffice"), *USUAL_PLACES):
        if place and Path(place).exists():
            return Path(place)
    raise MissingToolError("LibreOffice (soffice) is not installed")


def screen_programs() -> dict[str, Path]:
    """What a screen without a monitor takes, by name; raises MissingToolError."""
    found = {name: shutil.which(name) for name in SCREEN_PROGRAMS}
    missing = [name for name, place in found.items() if place is None]
    if missing:
        raise MissingToolError(f"no virtual screen: {', '.join(missing)} not installed")
    return {name: Path(place) for name, place in found.items() if place}


@cache
def bridge_path() -> Path:
    """Where this Python finds the module ``uno``; raises MissingToolError.

    Asked of another process, because importing it changes how a process imports.
    """
    code = f"import sys; sys.path.append({BRIDGE!r}); import uno; print(uno.__file__)"
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, text=True, capture_output=True, timeout=60
    )
    if done.returncode != 0:
        version = ".".join(str(part) for part in sys.version_info[:2])
        raise MissingToolError(f"no bridge to LibreOffice (python3-uno) for Python {version}")
    return Path(done.stdout.strip())


def chinese_path() -> Path:
    """LibreOffice's menus in Chinese; raises MissingToolError."""
    path = libreoffice_path().resolve().parent / "resource" / "zh_CN"
    if not path.is_dir():
        raise MissingToolError("LibreOffice has no Chinese menus (libreoffice-l10n-zh-cn)")
    return path


def validator_path() -> Path:
    """The Open XML SDK validator's own binary, without node around it; raises MissingToolError."""
    system = {"linux": "linux", "darwin": "darwin", "win32": "win32"}.get(sys.platform, "")
    chip = "arm64" if platform.machine().lower() in ("arm64", "aarch64") else "x64"
    name = "ooxml-validator.exe" if os.name == "nt" else "ooxml-validator"
    path = HERE / "node_modules" / "@xarsh" / f"ooxml-validator-{system}-{chip}" / name
    if path.exists():
        return path
    raise MissingToolError("the Open XML SDK validator is not installed (it needs npm)")
