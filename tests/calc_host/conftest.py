"""Somebody at Calc: with files alone, and in a real LibreOffice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.calc_host.jobs import Desk
from tests.conftest import need
from tests.office.calc import Calc, uno_python


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture(scope="session")
def calc() -> Iterator[Calc]:
    """An English LibreOffice, in which the functions run, for all tests of one process."""
    need(uno_python)
    running = Calc()
    yield running
    running.end()


@pytest.fixture(scope="session")
def calc_zh() -> Iterator[Calc]:
    """A Chinese one, in which the worker answers everything."""
    need(uno_python)
    running = Calc(lang="zh", settings={"mode": "worker"})
    yield running
    running.end()
