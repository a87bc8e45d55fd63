"""`fenji scheme`: schemes to start from, and what a check of one's own says."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from addin.words import LANGUAGES, Words
from segmentation.scheme_file import preset_text
from tests.addin.conftest import Run, files_in
from tests.addin.orders import orders, write_text
from tests.conftest import ROOT

OWN = """
[[segments]]
name = "Recent"
recency = [3, 5]
[[segments]]
name = "Shadowed"
recency = [4, 5]
[[segments]]
name = "Impossible"
monetary = [6, 7]
[[segments]]
name = "Rest of them"
recency = [1, 3]
"""


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_scheme_is_written_to_a_file(lang: str, folder: Path, fenji: Run) -> None:
    done = fenji("scheme", "show", "general", "-o", "my.toml", lang=lang)
    assert done.code == 0, done.err
    assert "my.toml" in done.out
    assert (folder / "my.toml").read_text(encoding="utf-8") == preset_text("general")
    assert set(files_in(folder)) == {"my.toml"}
    (folder / "my.toml").write_text("an older scheme", encoding="utf-8")
    assert fenji("scheme", "show", "general", "-o", "my.toml", "--force", lang=lang).code == 0
    assert fenji("scheme", "check", "my.toml", lang=lang).code == 0


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_scheme_in_the_encodings_of_windows(
    encoding: str, lang: str, folder: Path, fenji: Run
) -> None:
    """PowerShell's > writes UTF-16, Notepad in China GB18030."""
    write_text(folder / "o.csv", orders(40, 6))
    text = preset_text("general").replace("\n", "\r\n")
    (folder / "my.toml").write_bytes(text.encode(encoding))
    done = fenji("scheme", "check", "my.toml", lang=lang)
    assert done.code == 0, done.err
    assert fenji("grade", "o.csv", "--scheme", "my.toml", lang=lang).code == 0


def test_a_scheme_through_a_pipe_is_whole(folder: Path) -> None:
    """A pipe of a Western Windows would take no Chinese."""
    done = subprocess.run(
        [sys.executable, "-m", "addin.cli", "scheme", "show", "general"],
        cwd=folder,
        check=True,
        capture_output=True,
        env={"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "cp1252"},
    )
    assert done.stdout.decode("utf-8").splitlines() == preset_text("general").splitlines()


def test_what_a_check_says_of_ones_own_map(folder: Path, fenji: Run, words: Words) -> None:
    (folder / "my.toml").write_text(OWN, encoding="utf-8")
    said = fenji("scheme", "check", "my.toml", lang=words.lang).out.splitlines()
    assert said[1:] == [
        words("cli.map_impossible", name="Impossible"),
        words("cli.map_never", name="Shadowed"),
        words("cli.map_overlap", first="Recent", second="Shadowed", count=50),
        words("cli.map_overlap", first="Recent", second="Rest of them", count=25),
    ]


def test_what_a_check_says_of_a_shipped_map(folder: Path, fenji: Run, words: Words) -> None:
    (folder / "my.toml").write_text('[rfm]\nsegments = "rfm-r"\n', encoding="utf-8")
    said = fenji("scheme", "check", "my.toml", lang=words.lang).out.splitlines()
    assert len(said) == 3
    assert "125" in said[1]
    assert said[2].startswith(words("cli.map_overlaps", pairs="|").split("|")[0])


def test_a_long_list_of_cells_is_cut_short(folder: Path, fenji: Run, words: Words) -> None:
    own = '[rfm]\nbins = 12\n[[segments]]\nname = "One"\nrecency = 1\n'
    (folder / "my.toml").write_text(own, encoding="utf-8")
    said = fenji("scheme", "check", "my.toml", lang=words.lang).out.splitlines()
    assert len(said) == 2
    assert f"{12 * 12 * 11}" in said[1]
    assert "2-1-1, 2-1-2" in said[1]
    assert len(said[1]) < 500


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_demo_says_how_to_go_on(lang: str, folder: Path, fenji: Run) -> None:
    assert folder == Path.cwd()
    done = fenji("demo", lang=lang)
    assert done.code == 0
    assert "python3 start.py fenji grade " in done.out.splitlines()[-1]


def test_notes_of_a_grading_are_sentences(folder: Path, fenji: Run, words: Words) -> None:
    """All bought once, and most fit no rule."""
    rows = [f"C{i},2025-03-{11 + i},{10 + i}" for i in range(10)]
    (folder / "o.csv").write_text("\n".join(["customer,date,amount", *rows]), encoding="utf-8")
    own = '[[segments]]\nname = "Recent"\nrecency = [4, 5]\n'
    (folder / "my.toml").write_text(own, encoding="utf-8")
    done = fenji("grade", "o.csv", "--scheme", "my.toml", "--json", lang=words.lang)
    assert done.code == 0, done.err
    notes = json.loads(done.out)["notes"]
    assert len(notes) == 3
    assert words("note.best_tier_empty", highest=11 / 3, limit=4.0) in notes
    assert words("note.many_without_segment", count=6, share="60%") in notes
