"""xlwings as on Windows, with a stand-in of Excel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.excel_host.buttons import Desk
from tests.excel_host.standin import LACKING, FakeExcel, windows_xlwings


@pytest.fixture
def xw() -> Iterator[ModuleType]:
    """``xlwings`` with its Windows engine and its decorators of functions."""
    with windows_xlwings() as module:
        yield module
        assert LACKING == [], "asked of the stand-in, which does not have it"


@pytest.fixture
def excel(xw: ModuleType) -> FakeExcel:
    """A running Excel without workbooks."""
    assert xw.engines.active.name == "excel"
    return FakeExcel()


@pytest.fixture
def desk(excel: FakeExcel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """For pressing buttons: Excel, a folder for files and a configuration folder of the test's."""
    from addin.hosts.excel import folders, job, session, undo  # noqa: PLC0415

    files, configuration = tmp_path / "files", tmp_path / "configuration"
    files.mkdir()
    for module in (folders, job):
        monkeypatch.setattr(module, "configuration", lambda: configuration)
    for module in (session, undo, job):
        monkeypatch.setattr(module, "_PAUSE", 0.0)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return Desk(excel=excel, folder=files, configuration=configuration)
