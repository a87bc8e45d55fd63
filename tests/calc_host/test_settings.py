"""calc.json: where it lies, and what is said of one that is of no use."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from addin.hosts.calc.inside import settings
from addin.words import LANGUAGES, words

GOOD = {
    "format": 1,
    "fenji": "0.1.0",
    "python": sys.executable,
    "site": "/env/site-packages",
    "version": [3, 11],
    "mode": "auto",
}


def written(folder: Path, told: Any) -> Path:
    path = folder / "calc.json"
    path.write_text(told if isinstance(told, str) else json.dumps(told), encoding="utf-8")
    return path


def code(path: Path) -> str:
    with pytest.raises(settings.AnswerError) as said:
        settings.read(path)
    return said.value.code


def test_what_install_writes_is_read(tmp_path: Path) -> None:
    read = settings.read(written(tmp_path, GOOD))
    assert (read.python, read.site, read.version) == (sys.executable, "/env/site-packages", (3, 11))
    assert (read.mode, read.fenji, read.seconds, read.start_seconds) == ("auto", "0.1.0", 60, 30)


def test_a_mark_of_notepad_does_no_harm(tmp_path: Path) -> None:
    assert settings.read(written(tmp_path, "\ufeff" + json.dumps(GOOD))).version == (3, 11)


@pytest.mark.parametrize(
    ("given", "seconds"),
    [(5, 5), (0.5, 0.5), (0, 60), (-1, 60), ("9", 60), (True, 60), (1e9, 60), (None, 60)],
)
def test_there_is_always_a_time_limit(tmp_path: Path, given: Any, seconds: float) -> None:
    assert settings.read(written(tmp_path, {**GOOD, "seconds": given})).seconds == seconds


def test_an_unknown_mode_is_auto(tmp_path: Path) -> None:
    assert settings.read(written(tmp_path, {**GOOD, "mode": "worker"})).mode == "worker"
    assert settings.read(written(tmp_path, {**GOOD, "mode": "other"})).mode == "auto"


@pytest.mark.parametrize(
    "told",
    [
        "",
        "{",
        "[]",
        "null",
        "[" * 100_000,
        {"format": 1},
        {**GOOD, "python": None},
        {**GOOD, "python": ""},
        {**GOOD, "python": "bin/python"},
        {**GOOD, "python": "/a\0b"},
        {**GOOD, "site": 3},
        {**GOOD, "version": "3.11"},
        {**GOOD, "version": [3]},
        {**GOOD, "version": ["x", "y"]},
    ],
)
def test_what_can_not_be_read(tmp_path: Path, told: Any) -> None:
    assert code(written(tmp_path, told)) == "unreadable"


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "calc.json"
    path.write_bytes(b"\xff\xfe\x00{")
    assert code(path) == "unreadable"


def test_a_folder_in_its_place(tmp_path: Path) -> None:
    assert code(tmp_path) == "unreadable"


def test_no_file(tmp_path: Path) -> None:
    assert code(tmp_path / "calc.json") == "not_installed"
    assert code(tmp_path / "no" / "calc.json") == "not_installed"


@pytest.mark.parametrize("number", [0, 2, "1", None])
def test_another_format(tmp_path: Path, number: Any) -> None:
    assert code(written(tmp_path, {**GOOD, "format": number})) == "other_format"


def test_a_python_that_is_gone(tmp_path: Path) -> None:
    gone = str(tmp_path / "python")
    with pytest.raises(settings.AnswerError) as said:
        settings.read(written(tmp_path, {**GOOD, "python": gone}))
    assert (said.value.code, said.value.params) == ("python_gone", {"python": gone})


def test_where_it_lies() -> None:
    def place(platform: str, **environment: str) -> str:
        return str(settings.file(environment, platform)).replace("\\", "/")

    assert place("linux", HOME="/h") == "/h/.config/fenji/calc.json"
    assert place("linux", HOME="/h", XDG_CONFIG_HOME="/c") == "/c/fenji/calc.json"
    assert place("linux", HOME="/h", XDG_CONFIG_HOME="c") == "/h/.config/fenji/calc.json"
    mac = "/h/Library/Application Support/Fenji/calc.json"
    assert place("darwin", HOME="/h", XDG_CONFIG_HOME="/c") == mac
    assert place("win32", USERPROFILE="C:\\h") == "C:/h/.fenji/calc.json"
    assert place("win32", USERPROFILE="C:\\h", FENJI_CALC_CONFIGURATION="/t.json") == "/t.json"


def test_every_reason_has_a_sentence_that_says_what_to_do() -> None:
    source = Path(settings.__file__).parent
    raised = {
        said
        for name in ("settings", "client", "answering")
        for call in re.findall(
            r"(?:AnswerError|_answer)\(([^()]*)", (source / f"{name}.py").read_text("utf-8")
        )
        for said in re.findall(r'"([a-z_]+)"', call)
    }
    for lang in LANGUAGES:
        sentences = words(lang).section("calc.reason")
        assert set(sentences) == raised
        for sentence in sentences.values():
            assert re.search("[;；]|, so ", sentence)
