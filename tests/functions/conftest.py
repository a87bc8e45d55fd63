"""What tests of functions share."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for data sets that come packed."""
    return tmp_path_factory.mktemp("unpacked")
