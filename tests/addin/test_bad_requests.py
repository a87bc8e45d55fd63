"""Requests that can't be met: one clear sentence, the right exit code, nothing written."""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from addin import commands
from addin.cli import main
from addin.words import LANGUAGES, words
from segmentation import run
from tests.addin.conftest import ENGLISH, Refuse, Run, check_sentence, files_in
from tests.addin.orders import orders, write_text, write_workbook

# what follows `fenji grade o.csv`, exit code, what the sentence says in English and in Chinese
BAD_OPTIONS: dict[str, tuple[list[str], int, str, str]] = {
    "as_of": (["--as-of", "31.12.2025"], 2, "31.12.2025", "31.12.2025"),
    "as_of_impossible": (["--as-of", "2025-02-30"], 2, "2025-02-30", "2025-02-30"),
    "as_of_empty": (["--as-of", ""], 2, "--as-of", "--as-of"),
    "as_of_before": (["--as-of", "2001-01-01"], 3, "before the first order", "早于第一张订单"),
    "unknown_role": (["--column", "colour=Amount"], 2, "colour", "colour"),
    "no_role": (["--column", "Amount"], 2, "ROLE=HEADER", "用途=列名"),
    "no_header": (["--column", "amount="], 2, "ROLE=HEADER", "用途=列名"),
    "unknown_header": (["--column", "amount=Price"], 2, "Price", "Price"),
    "unknown_sheet": (["--sheet", "Sheet7"], 4, "Sheet7", "Sheet7"),
    "unknown_industry": (["--industry", "mining"], 2, "mining", "mining"),
    "unknown_method": (["--method", "magic"], 2, "magic", "magic"),
    "two_schemes": (["--industry", "general", "--scheme", "s.toml"], 2, "--scheme", "--scheme"),
    "model_and_scheme": (["--model", "m.json", "--scheme", "s.toml"], 2, "--model", "--model"),
    "model_and_industry": (["--model", "m.json", "--industry", "general"], 2, "--model", "--model"),
    "model_and_method": (["--model", "m.json", "--method", "rfm"], 2, "--model", "--model"),
    "missing_scheme": (["--scheme", "none.toml"], 4, "none.toml", "none.toml"),
    "folder_as_scheme": (["--scheme", "folder"], 4, "folder", "文件夹"),
    "binary_scheme": (["--scheme", "binary"], 4, "save it as UTF-8.", "另存为 UTF-8。"),
    "missing_model": (["--model", "none.json"], 4, "none.json", "none.json"),
    "folder_as_model": (["--model", "folder"], 4, "folder", "文件夹"),
    "no_model": (["--model", "o.csv"], 2, "not a model", "不是"),
    "binary_model": (["--model", "binary"], 2, "not a model", "不是"),
    "empty_model": (["--model", "empty.json"], 2, "not a model", "不是"),
    "hollow_model": (["--model", "hollow.json"], 2, "not a model", "不是"),
    "missing_template": (["--template", "none.xlsx"], 4, "none.xlsx", "none.xlsx"),
    "no_template": (["--template", "o.csv"], 4, "no template", "不是模板"),
    "broken_template": (["--template", "old.xlsx"], 4, "not a workbook", "不是工作簿"),
    "strange_template": (["--template", "o.xlsx"], 4, "none of Fenji", "没有 Fenji"),
    "unknown_ending": (["-o", "x.docx"], 2, ".parquet", ".parquet"),
    "no_ending": (["-o", "x"], 2, ".parquet", ".parquet"),
    "no_folder": (["-o", "none/x.xlsx"], 4, "can't be written", "无法写入"),
    "no_folder_csv": (["-o", "none/x.csv"], 4, "can't be written", "无法写入"),
    "out_is_folder": (["-o", "folder.xlsx", "--force"], 4, "can't be written", "无法写入"),
    "out_exists": (["-o", "old.xlsx"], 4, "--force", "--force"),
    "out_exists_csv": (["-o", "old.csv"], 4, "--force", "--force"),
    "out_is_source": (["-o", "o.csv", "--force"], 2, "being graded", "正在评级"),
    "out_is_source_twice": (["-o", "folder/../o.csv", "--force"], 2, "being graded", "正在评级"),
    "model_exists": (["-o", "x.csv", "--save-model", "old.csv"], 4, "--force", "--force"),
    "model_over_source": (
        ["-o", "x.csv", "--save-model", "o.csv", "--force"],
        2,
        "being graded",
        "正在评级",
    ),
    "model_no_folder": (["-o", "x.csv", "--save-model", "none/m.json"], 4, "can't be", "无法写入"),
    "unknown_option": (["--colour", "red"], 2, "--colour", "--colour"),
    "shortened_option": (["--as", "2025-01-01"], 2, "--as", "--as"),
    "unknown_choice": (["--date-order", "xyz"], 2, "dmy", "dmy"),
    "no_value": (["-o"], 2, "--out", "--out"),
    "value_for_a_switch": (["--json=yes"], 2, "--json", "--json"),
}


@pytest.fixture
def scene(folder: Path) -> Path:
    """A folder with orders, older results, and files that are not what they should be."""
    write_text(folder / "o.csv", orders(60, 8))
    write_workbook(folder / "o.xlsx", orders(60, 8))
    for name in ("folder", "folder.xlsx"):
        (folder / name).mkdir()
    for name in ("old.xlsx", "old.csv"):
        (folder / name).write_text("an older result", encoding="utf-8")
    (folder / "binary").write_bytes(bytes(range(256)))
    (folder / "empty.json").write_text("{}", encoding="utf-8")
    hollow = {k: {} for k in ("name", "measures", "rfm", "tiers", "abc", "stage")}
    hollow |= {"format": 1, "method": "rfm", "as_of": None, "customers": 1}
    (folder / "hollow.json").write_text(json.dumps(hollow), encoding="utf-8")
    return folder


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("case", BAD_OPTIONS)
def test_a_bad_option_is_refused(case: str, lang: str, scene: Path, refuse: Refuse) -> None:
    options, code, english, chinese = BAD_OPTIONS[case]
    assert scene == Path.cwd()
    said = refuse(["grade", "o.csv", "--json", *options], code, lang)
    assert (english if lang == "en" else chinese) in said


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([], "COMMAND"),
        (["grade", "o.csv", "--lang", "fr"], "fr"),
        (["frobnicate"], "frobnicate"),
        (["grade"], "SOURCE"),
    ],
)
def test_half_a_command_is_refused(
    *,
    given: list[str],
    told: str,
    lang: str,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FENJI_LANG", lang)
    assert main(given) == 2
    said = capsys.readouterr()
    check_sentence(said.err, lang)
    assert told in said.err
    assert said.out == ""
    assert not list(folder.iterdir())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_scheme_shows_all_its_problems(lang: str, scene: Path, fenji: Run) -> None:
    scheme = 'format = 1\n[rfm]\nbinz = 3\ncut = "sharp"\n[measures]\nfrequency = "visits"\n'
    (scene / "bad.toml").write_text(scheme, encoding="utf-8")
    before = files_in(scene)
    done = fenji("grade", "o.csv", "--scheme", "bad.toml", lang=lang)
    assert files_in(scene) == before
    assert (done.code, done.out) == (2, "")
    head, *problems = done.err.splitlines()
    assert "bad.toml" in head
    assert len(problems) == 3
    assert all(any(told in line for line in problems) for told in ("binz", "sharp", "visits"))
    if lang == "zh":
        assert not ENGLISH.search(done.err)


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("out", ["/proc/x.xlsx", "/proc/x.csv"])
def test_a_place_where_nobody_may_write(out: str, lang: str, scene: Path, refuse: Refuse) -> None:
    assert scene.is_dir()
    assert refuse(["grade", "o.csv", "-o", out], 4, lang).startswith(f"“{out}”")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read every file")
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_file_that_may_not_be_read(lang: str, scene: Path, fenji: Run) -> None:
    (scene / "o.csv").chmod(0)
    done = fenji("grade", "o.csv", lang=lang)
    assert done.code == 4
    check_sentence(done.err, lang)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ["o.csv", "o.xlsx"])
def test_a_source_that_another_program_has_locked(
    name: str, lang: str, scene: Path, refuse: Refuse, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", locked(Path.open, scene / name, "rb"))
        said = main(["grade", name, "--lang", lang])
    assert said == 4
    assert refuse(["grade", "none.csv"], 4, lang)


def locked(real: Callable[..., object], path: Path, mode: str) -> Callable[..., object]:
    """``open`` as Windows has it for a file that Excel holds open."""

    def fake(self: Path, *given: str, **named: object) -> object:
        if self.name == path.name and mode in given:
            raise PermissionError(errno.EACCES, "used by another process", str(self))
        return real(self, *given, **named)

    return fake


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ["old.xlsx", "old.csv"])
def test_an_output_that_is_open_elsewhere(
    name: str, lang: str, scene: Path, refuse: Refuse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows opens it for nobody else; that is found before any work is done."""
    monkeypatch.setattr(Path, "open", locked(Path.open, scene / name, "r+b"))
    monkeypatch.setattr(commands, "read_sources", None)
    assert refuse(["grade", "o.csv", "-o", name, "--force"], 4, lang).startswith(f"“{name}”")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ["old.xlsx", "old.csv", "old.parquet"])
@pytest.mark.parametrize("reason", [errno.EACCES, errno.ENOSPC])
def test_an_output_that_cannot_be_replaced(
    *,
    name: str,
    reason: int,
    lang: str,
    scene: Path,
    refuse: Refuse,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It was opened while the work went on, or the disk is full."""
    (scene / name).write_text("an older result", encoding="utf-8")

    def fail(*_: object) -> None:
        raise OSError(reason, "no")

    monkeypatch.setattr(os, "replace", fail)
    monkeypatch.setattr(Path, "replace", fail)
    assert refuse(["grade", "o.csv", "-o", name, "--force"], 4, lang).startswith(f"“{name}”")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("moment", ["grading", "writing"])
@pytest.mark.parametrize("name", ["new.xlsx", "new.csv"])
def test_stopped_by_hand(
    *, name: str, moment: str, lang: str, scene: Path, fenji: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    if moment == "grading":
        monkeypatch.setattr(run, "grade", stop)
    else:
        monkeypatch.setattr(os, "replace", stop)
        monkeypatch.setattr(Path, "replace", stop)
    before = files_in(scene)
    done = fenji("grade", "o.csv", "-o", name, lang=lang)
    assert (done.code, done.out) == (130, "")
    assert done.err.strip() == words(lang)("error.interrupted")
    assert files_in(scene) == before


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_fault_of_ours_is_one_sentence_too(
    lang: str, scene: Path, refuse: Refuse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("first line\nsecond line")

    assert scene.is_dir()
    monkeypatch.delenv("FENJI_DEBUG", raising=False)
    monkeypatch.setattr(run, "grade", fail)
    assert "RuntimeError: first line" in refuse(["grade", "o.csv"], 1, lang)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("existed", [True, False])
@pytest.mark.parametrize("name", ["new.xlsx", "new.csv"])
def test_no_model_stays_without_its_result(
    *,
    name: str,
    existed: bool,
    lang: str,
    scene: Path,
    refuse: Refuse,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And no result without its model: neither or both."""
    if existed:
        (scene / "m.json").write_text("an older model", encoding="utf-8")
    request = ["grade", "o.csv", "-o", name, "--save-model", "m.json", "--force"]
    for failing in (name, "m.json"):
        with monkeypatch.context() as patch:
            only_one_fails(patch, failing)
            assert refuse(request, 4, lang).startswith(f"“{failing}”")


def only_one_fails(patch: pytest.MonkeyPatch, name: str) -> None:
    """The disk takes every file but the one of that name."""
    replace, path_replace = os.replace, Path.replace

    def check(target: object) -> None:
        if Path(str(target)).name == name:
            raise OSError(errno.ENOSPC, "no")

    def fake(source: Path, target: Path) -> None:
        check(target)
        replace(source, target)

    def fake_of_path(self: Path, target: Path) -> Path:
        check(target)
        return path_replace(self, target)

    patch.setattr(os, "replace", fake)
    patch.setattr(Path, "replace", fake_of_path)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_scheme_replaces_nothing_unasked(lang: str, scene: Path, refuse: Refuse) -> None:
    (scene / "my.toml").write_text("an older scheme", encoding="utf-8")
    shown = ["scheme", "show", "general", "-o"]
    assert "--force" in refuse([*shown, "my.toml"], 4, lang)
    assert refuse([*shown, "none/my.toml"], 4, lang)
    assert refuse(["scheme", "show", "mining", "-o", "x.toml"], 2, lang)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_pattern_that_finds_results_only(lang: str, scene: Path, refuse: Refuse) -> None:
    for name in ("a-graded.xlsx", "a-分级.csv"):
        (scene / name).write_text("an older result", encoding="utf-8")
    assert "a-*" in refuse(["grade", "a-*"], 4, lang)
