"""The command line, for the tests that fill workbooks by it."""

from tests.addin.conftest import fenji, folder

__all__ = ["fenji", "folder"]
