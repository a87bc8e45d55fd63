"""Run the command line as a user does, and hold it to what it promises."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from addin.cli import main

ENGLISH = re.compile(r"[A-Za-z]{2,}(?: [A-Za-z]{2,}){2,}")
CJK = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, kw_only=True)
class Done:
    """What a command ended with."""

    code: int
    out: str
    err: str


Run = Callable[..., Done]
Refuse = Callable[..., str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def fenji(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """``fenji("grade", "orders.xlsx", lang="zh")`` in this process."""
    assert folder == Path.cwd()

    def run(*arguments: object, lang: str = "en") -> Done:
        capsys.readouterr()
        code = main([*map(str, arguments), "--lang", lang])
        said = capsys.readouterr()
        return Done(code=code, out=said.out, err=said.err)

    return run


def files_in(folder: Path) -> dict[str, bytes | None]:
    """Everything in a folder, hidden files too, with its content."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


def check_sentence(text: str, lang: str) -> None:
    """One line, one sentence, in that language."""
    assert text.endswith("\n")
    assert text.count("\n") == 1, text
    assert "Traceback" not in text
    assert text.strip().endswith((".", "。")), text
    if lang == "zh":
        assert CJK.search(text), text
        assert not ENGLISH.search(text), text
    else:
        assert not CJK.search(text), text


@pytest.fixture
def refuse(fenji: Run, folder: Path) -> Refuse:
    """The sentence that a refused command ends with; the folder must stay as it was."""

    def run(arguments: Sequence[object], code: int, lang: str) -> str:
        before = files_in(folder)
        done = fenji(*arguments, lang=lang)
        assert files_in(folder) == before
        assert (done.code, done.out) == (code, ""), done
        check_sentence(done.err, lang)
        return done.err

    return run
