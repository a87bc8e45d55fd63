"""What tests may ask for: office programs, the validator, the real data, the words."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import settings

from addin.words import LANGUAGES, Words
from addin.words import words as words_of
from tests import office as programs

ROOT = Path(__file__).parents[1]

# A build server tries the same examples each time, so that red means that something changed;
# everybody else goes on looking for new ones.
settings.register_profile("ci", derandomize=True, deadline=None)
if os.environ.get("CI") == "true":
    settings.load_profile("ci")


def need(find: Callable[[], object]) -> None:
    """Skip the test when a program is missing; in CI, where all must be there, fail it."""
    try:
        find()
    except programs.MissingToolError as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing))
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def office() -> ModuleType:
    """``tests.office``, with LibreOffice there: recalculate, to_pdf, render, convert, …"""
    need(programs.libreoffice_path)
    return programs


@pytest.fixture(scope="session")
def validator() -> Callable[[Path], list[str]]:
    """``validate(path)``: the Open XML SDK's errors, none for a valid file."""
    need(programs.validator_path)
    return programs.validate


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data sets, which are not part of the project."""
    place = os.environ.get("FENJI_DATA")
    folder = Path(place) if place else ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("no real data: neither FENJI_DATA nor ../shared/data beside the checkout")
    return folder


@pytest.fixture(params=LANGUAGES)
def words(request: pytest.FixtureRequest) -> Words:
    """The words of each language in turn."""
    return words_of(request.param)
