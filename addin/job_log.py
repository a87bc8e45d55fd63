"""The log that the jobs of a host write."""

from __future__ import annotations

import logging
from contextlib import suppress
from pathlib import Path

FILE = "fenji.log"
_LARGEST = 500_000


def begin_log(folder: Path, name: str) -> None:
    """Warnings and errors of ``name`` go to a log, begun anew when grown too large."""
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        log = folder / FILE
        if log.exists() and log.stat().st_size > _LARGEST:
            log.unlink()
        handler = logging.FileHandler(log, encoding="utf-8", delay=True)
        handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
        ours = logging.getLogger(name)
        for old in list(ours.handlers):
            ours.removeHandler(old)
            old.close()
        ours.addHandler(handler)
        ours.propagate = False
