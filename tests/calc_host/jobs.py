"""Press a button as Calc does: the job in a process of its own, and what it says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import polars as pl

from addin.graded import read_graded
from addin.hosts.file.fill import fill
from addin.hosts.file.newsheet import add_sheet
from addin.hosts.file.reading import read_sources

SECONDS = 120
MINE = "OrdersOfMine"


@dataclass(frozen=True, kw_only=True)
class Said:
    """The steps and the plan of a job, what it ended with, and what stands on standard error."""

    steps: list[str]
    plan: Mapping[str, Any]
    code: int
    errors: str

    @property
    def file(self) -> Path:
        return Path(self.plan["file"])


class Desk:
    """Somebody at Calc, with a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.configuration = folder / "configuration"
        self._numbers = count()

    def command(self, action: str, copy: Path | None, *more: str, lang: str = "en") -> list[str]:
        temp = self.folder / f"job-{next(self._numbers)}"
        temp.mkdir()
        document = ["--copy", str(copy), "--title", copy.name] if copy else []
        module = [sys.executable, "-m", "addin.hosts.calc.job", action, "--lang", lang]
        return [*module, "--folder", str(temp), *document, *more]

    @property
    def environment(self) -> dict[str, str]:
        settings = str(self.configuration / "calc.json")
        return {**os.environ, "FENJI_CALC_CONFIGURATION": settings, "HOME": str(self.folder)}

    def press(self, action: str, copy: Path | None = None, *more: str, lang: str = "en") -> Said:
        command = self.command(action, copy, *more, lang=lang)
        done = subprocess.run(
            command, env=self.environment, capture_output=True, timeout=SECONDS, check=False
        )
        lines = [json.loads(line) for line in done.stdout.decode("ascii").splitlines()]
        return Said(
            steps=[line["step"] for line in lines[:-1]],
            plan=lines[-1],
            code=done.returncode,
            errors=done.stderr.decode("utf-8", "replace"),
        )


def tiers(path: Path) -> dict[str, str]:
    """The tier of each customer in a graded workbook."""
    frame = read_graded(path).frame
    return dict(zip(frame["customer"], frame["tier"], strict=True))


def sheets(path: Path) -> dict[str, list[tuple[str | None, ...]]]:
    """The cells of each sheet as text."""
    return {sheet.sheet: sheet.cells.rows() for sheet in read_sources([path])}


def with_orders(made: Path, out: Path, orders: pl.DataFrame) -> Path:
    """Fenji's sheets and the user's own sheet of orders in one document."""
    title = ("Orders", "as they came")
    add_sheet(made, out, title=title, table=MINE, headers=orders.columns, like="FenjiCustomers")
    return fill_orders(out, orders)


def fill_orders(path: Path, orders: pl.DataFrame) -> Path:
    """Other orders on the user's own sheet."""
    fill(path, path, tables={MINE: orders}, cells={})
    return path
