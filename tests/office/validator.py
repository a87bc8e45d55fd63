"""The Open XML SDK's opinion of a workbook."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.office.tools import validator_path

SECONDS = 180


def validate(path: Path) -> list[str]:
    """Every schema or package error, one line each; empty for a valid file.

    Raises RuntimeError when the file could not be checked at all.
    """
    done = subprocess.run(
        [str(validator_path()), str(path), "Microsoft365"],
        check=False,
        text=True,
        encoding="utf-8",
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=SECONDS,
    )
    try:
        found = json.loads(done.stdout)["errors"]
    except (ValueError, KeyError) as problem:
        raise RuntimeError(f"the validator failed: {done.stderr or done.stdout}") from problem
    broken = [error["description"] for error in found if error["errorType"] == "Exception"]
    if broken:
        raise RuntimeError(f"{path.name} cannot be validated: {'; '.join(broken)}")
    return [f"{error['path']} {error['xPath']}: {error['description']}" for error in found]
