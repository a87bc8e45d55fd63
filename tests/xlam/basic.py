"""Visual Basic in LibreOffice: what of the add-in's code runs without Excel."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests.office import MissingToolError, libreoffice_path
from tests.office.libreoffice import fresh_folder

CLIENT = Path(__file__).with_name("basic_client.py")
SECONDS = 180


def has_bridge(python: str) -> bool:
    run = [python, "-c", "import uno"]
    return subprocess.run(run, check=False, capture_output=True).returncode == 0


def bridge_python() -> Path:
    """A Python with LibreOffice's bridge; raises MissingToolError."""
    for place in (shutil.which("python3", path=os.defpath), shutil.which("python3")):
        if place and has_bridge(place):
            return Path(place)
    raise MissingToolError("no Python with LibreOffice's bridge (python3-uno)")


def run(book: Path, calls: list[Any], cells: list[str]) -> dict[str, Any]:
    """Open a workbook with macros and call functions of it; see basic_client."""
    pipe = f"fenji{secrets.token_hex(6)}"
    profile = fresh_folder()
    office = subprocess.Popen(
        [
            str(libreoffice_path()),
            f"-env:UserInstallation={profile.as_uri()}",
            f"--accept=pipe,name={pipe};urp;",
            *("--headless", "--norestore", "--nolockcheck", "--nodefault", "--nologo"),
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    asked = {"pipe": pipe, "book": str(book), "calls": calls, "cells": cells}
    try:
        done = subprocess.run(
            [str(bridge_python()), str(CLIENT)],
            input=json.dumps(asked),
            text=True,
            capture_output=True,
            check=False,
            timeout=SECONDS,
        )
        assert done.returncode == 0, f"{done.returncode} {done.stderr}"
        return dict(json.loads(done.stdout))
    finally:
        if office.poll() is None:
            try:
                office.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(office.pid, 9)
