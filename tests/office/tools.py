"""Where the office programs are on this machine."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).parent
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


def validator_path() -> Path:
    """The Open XML SDK validator's own binary, without node around it; raises MissingToolError."""
    system = {"linux": "linux", "darwin": "darwin", "win32": "win32"}.get(sys.platform, "")
    chip = "arm64" if platform.machine().lower() in ("arm64", "aarch64") else "x64"
    name = "ooxml-validator.exe" if os.name == "nt" else "ooxml-validator"
    path = HERE / "node_modules" / "@xarsh" / f"ooxml-validator-{system}-{chip}" / name
    if path.exists():
        return path
    raise MissingToolError("the Open XML SDK validator is not installed (it needs npm)")
