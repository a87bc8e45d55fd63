"""The add-in, built once for all tests."""

from __future__ import annotations

import io
import zipfile

import pytest

from addin.xlam.build import add_in
from addin.xlam.modules import BOOK, book_module, modules


@pytest.fixture(scope="session")
def addin_bytes():
    return add_in()


@pytest.fixture(scope="session")
def package(addin_bytes):
    """The parts of Fenji.xlam by their names."""
    with zipfile.ZipFile(io.BytesIO(addin_bytes)) as file:
        return {name: file.read(name) for name in file.namelist()}


@pytest.fixture(scope="session")
def code():
    """All our modules by their names, the workbook's own too, as VBA keeps them."""
    return {**modules(), BOOK: book_module()}
