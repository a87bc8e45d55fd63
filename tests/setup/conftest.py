"""A computer for each test, with Windows and with macOS in turn where both matter."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.setup.sandbox import Sandbox, sandbox


@pytest.fixture(params=["win32", "darwin"])
def computer(request: pytest.FixtureRequest, tmp_path: Path) -> Sandbox:
    return sandbox(tmp_path / "C", request.param)


@pytest.fixture
def windows(tmp_path: Path) -> Sandbox:
    return sandbox(tmp_path / "C", "win32")


@pytest.fixture
def mac(tmp_path: Path) -> Sandbox:
    return sandbox(tmp_path / "C", "darwin")
